"""Small changes of a module's functions, one at a time, made in the running program.

A change is made in the syntax tree of the module, and what compiles from it becomes the code of the functions
that are there: also of those that were made when the module was loaded, such as the rules in a table, and of
those that others have imported by name. So nothing is loaded twice, and a change costs a fork.

Left alone are sentences, which are words for people, assertions, and what runs only while the module is loaded.
"""

from __future__ import annotations

import ast
import functools
import gc
import re
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, Final, NamedTuple, TypeAlias

_OTHER: Final[dict[type[ast.AST], type[ast.AST]]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd, ast.Break: ast.Continue, ast.Continue: ast.Break,
}  # fmt: skip
_NAMES: Final = {"min": "max", "max": "min", "any": "all", "all": "any"}
_WORD: Final = re.compile(r"[a-z0-9_.-]+")
_DECIDED: Final = (ast.Compare, ast.BoolOp)
"""Conditions that have changes of their own."""
_ALONE: Final = (ast.FunctionDef, ast.Lambda, ast.Assert, ast.JoinedStr)
_Function: TypeAlias = ast.FunctionDef | ast.Lambda


class Place(NamedTuple):
    """Where a node hangs in the tree: in a field of another, in a list of it at a number."""

    parent: ast.AST
    field: str
    at: int | None

    def put(self, node: ast.AST) -> None:
        if self.at is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.at] = node


class Change(NamedTuple):
    """One change: the lines of its function and its own, what stood at a place and what stands there now."""

    function: range
    lines: range
    place: Place
    old: ast.AST
    new: ast.AST

    def says(self) -> str:
        was, now = (
            ast.unparse(ast.fix_missing_locations(node)).partition("\n")[0] for node in (self.old, self.new)
        )
        return f"{was or type(self.old).__name__} -> {now or type(self.new).__name__}"


class Module:
    """A module that has been loaded from a file, and its changes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tree = ast.parse(path.read_bytes())
        self.changes = [one for function in _functions(self.tree) for one in _changes(function)]
        self._there: list[FunctionType] = []
        self._caches: list[functools._lru_cache_wrapper[Any]] = []

    def find(self) -> None:
        """Look for the functions that are there, once everything is loaded."""
        gc.unfreeze()  # what pytest had put aside is asked too
        found = gc.get_objects()
        self._there = [
            one
            for one in found
            if isinstance(one, FunctionType) and one.__code__.co_filename == str(self.path)
        ]
        self._caches = [one for one in found if isinstance(one, functools._lru_cache_wrapper)]
        gc.freeze()

    def change(self, one: Change) -> None:
        """Make a change; it stays."""
        before = compile(self.tree, str(self.path), "exec", dont_inherit=True)
        one.place.put(one.new)
        after = compile(ast.fix_missing_locations(self.tree), str(self.path), "exec", dont_inherit=True)
        new = {old: code for old, code in zip(_codes(before), _codes(after), strict=True) if old != code}
        for function in self._there:
            function.__code__ = new.get(function.__code__, function.__code__)
        for cache in self._caches:
            cache.cache_clear()


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _codes(part)


def _functions(tree: ast.AST) -> Iterator[_Function]:
    """Functions, methods and lambdas, those within others too."""
    for node in ast.walk(tree):
        if isinstance(node, _Function):
            yield node


def _changes(function: _Function) -> Iterator[Change]:
    """Changes in the body of a function, but not in functions within it."""
    whole = _lines(function)
    bodies = enumerate(function.body) if isinstance(function.body, list) else [(None, function.body)]
    for at, node in bodies:
        for lines, place, old, new in _in(node, Place(function, "body", at), whole):
            yield Change(whole, lines, place, old, new)


def _lines(node: ast.AST, within: range = range(0)) -> range:
    """The lines of a node; those of what it is in, where it has none."""
    end = getattr(node, "end_lineno", None)
    return within if end is None else range(getattr(node, "lineno", end), end + 1)


def _in(node: ast.AST, place: Place, lines: range) -> Iterator[tuple[range, Place, ast.AST, ast.AST]]:
    """Changes of a node and of what is below it: lines, place and the two nodes."""
    if isinstance(node, _ALONE) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        return
    lines = _lines(node, lines)
    for new in _instead(node, place.field):
        yield lines, place, node, new
    if isinstance(node, ast.Raise):
        return
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "ctx") or (name == "func" and _plain(value)):
            continue
        for number, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST):
                yield from _in(child, Place(node, name, number), lines)


def _plain(value: ast.AST) -> bool:
    return isinstance(value, ast.Name) and value.id not in _NAMES


def _instead(node: ast.AST, field: str) -> Iterator[ast.AST]:
    """What may stand instead of a node."""
    kind = type(node)
    if kind in _OTHER:
        yield _OTHER[kind]()
    elif isinstance(node, ast.Constant):
        yield from _constant(node.value)
    elif isinstance(node, ast.Name) and node.id in _NAMES:
        yield ast.Name(_NAMES[node.id], ast.Load())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node.operand
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield ast.Return(ast.IfExp(ast.Constant(True), ast.Constant(None), node.value))
    elif isinstance(node, ast.Raise | ast.AugAssign | ast.Expr):
        yield ast.If(ast.Constant(False), [node], [])  # what is not run; a generator stays one
    if field in ("test", "ifs") and not isinstance(node, _DECIDED) and not _is_not(node):
        yield ast.UnaryOp(ast.Not(), node)  # type: ignore[arg-type]  # the field holds expressions


def _constant(value: object) -> Iterator[ast.AST]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
    elif isinstance(value, bytes):
        yield ast.Constant(value + b"X")
    elif isinstance(value, str) and _WORD.fullmatch(value):
        yield ast.Constant(f"{value}X")


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_not(node: ast.AST) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
