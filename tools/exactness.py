"""Exactness: no float, clock, chance, environment, hash order or I/O in a fact, a rule, a proof, a fold or a
report.

    python tools/exactness.py [FILE...]

Reads the source (never runs it) of every module that decides what is stored or what a report prints, and
names each place that could give another result from the same records on another machine. Exit 1 if there is
one. With files: checks these instead.

A division is allowed where one side is visibly a ``Fraction``; a set may be looked into, counted and sorted,
but not walked.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXACT = (
    "ledger/errors.py",
    "ledger/units.py",
    "ledger/calendar.py",
    "ledger/fields.py",
    "ledger/kinds/*.py",
    "ledger/records/*.py",
    "ledger/rules/*.py",
    "ledger/verifier/*.py",
    "ledger/log/*.py",
    "ledger/exchange/**/*.py",
    "projections/**/*.py",
)
MODULES = frozenset(
    [
        "os",
        "time",
        "random",
        "secrets",
        "locale",
        "threading",
        "multiprocessing",
        "concurrent",
        "asyncio",
        "socket",
        "subprocess",
        "sqlite3",
        "io",
        "tempfile",
        "pathlib",
        "shutil",
        "platform",
        "getpass",
        "uuid",
        "cmath",
        "statistics",
    ]
)
COMMANDS = {
    f"ledger/verifier/{name}.py": frozenset(
        ["main", "_brought", "opened", "read_brought", "read_state", "say", "write_state"]
    )
    for name in ("files", "main", "verify")
}
"""Command functions of modules that also run alone: they read files and the clock, and decide nothing.
"""
HARMLESS = frozenset({("uuid", "UUID"), ("io", "StringIO"), ("io", "BytesIO"), ("tempfile", "TemporaryFile")})
"""Values, and bytes held aside: a file without a name is read back by nobody else."""
CALLS = frozenset(
    [
        "float",
        "complex",
        "hash",
        "id",
        "open",
        "input",
        "print",
        "eval",
        "exec",
        "compile",
        "globals",
        "vars",
        "dir",
        "__import__",
    ]
)
METHODS = frozenset(["now", "today", "utcnow", "fromtimestamp", "timestamp", "popitem"])
MATH = frozenset(["gcd", "lcm", "isqrt", "comb", "perm", "factorial", "prod"])
ORDERLESS = frozenset(["sorted", "min", "max", "sum", "len", "any", "all", "set", "frozenset", "dict"])
WALKS = frozenset(["list", "tuple", "iter", "enumerate", "next", "join"])
SETS = frozenset(["set", "frozenset"])


def findings(path: str, source: str) -> Iterator[str]:
    """Everything in a module that is not exact, with its place."""
    tree = ast.parse(source)
    command = next((names for module, names in COMMANDS.items() if path.endswith(module)), frozenset())
    tree.body = [
        node for node in tree.body if not (isinstance(node, ast.FunctionDef) and node.name in command)
    ]
    harmless = {
        id(argument)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and _name(call.func) in ORDERLESS
        for argument in call.args
    }
    for node in ast.walk(tree):
        for what in _wrong(node, harmless):
            yield f"{path}:{getattr(node, 'lineno', 0)}: {what}"


def _wrong(node: ast.AST, harmless: set[int]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (f"imports {a.name}" for a in node.names if a.name.split(".")[0] in MODULES)
    elif isinstance(node, ast.ImportFrom):
        yield from _imported(node)
    elif isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
        yield f"has the float {node.value!r}"
    elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
        exact = any(isinstance(n, ast.Call) and _name(n.func) == "Fraction" for n in ast.walk(node))
        yield from () if exact else ("divides with / where no side is visibly a Fraction",)
    elif isinstance(node, ast.Call):
        yield from _called(node)
    elif isinstance(node, ast.For) and _is_set(node.iter):
        yield "walks a set, whose order differs between runs: sort it"
    elif isinstance(node, ast.ListComp | ast.GeneratorExp | ast.DictComp) and id(node) not in harmless:
        walked = any(_is_set(generator.iter) for generator in node.generators)
        yield from ("walks a set, whose order differs between runs: sort it",) if walked else ()


def _imported(node: ast.ImportFrom) -> Iterator[str]:
    module = (node.module or "").split(".")[0]
    if module in MODULES and not all((module, a.name) in HARMLESS for a in node.names):
        yield f"imports {node.module}"
    if module == "math":
        yield from (f"imports math.{a.name}, which is not exact" for a in node.names if a.name not in MATH)


def _called(node: ast.Call) -> Iterator[str]:
    function = node.func
    if isinstance(function, ast.Name) and function.id in CALLS:
        yield f"calls {function.id}()"
    elif isinstance(function, ast.Attribute) and function.attr in METHODS:
        yield f"calls .{function.attr}()"
    elif _name(function) in WALKS and any(map(_is_set, node.args)):
        yield "walks a set, whose order differs between runs: sort it"


def _is_set(node: ast.expr) -> bool:
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.BitAnd | ast.Sub | ast.BitXor):
        return _is_set(node.left) or _is_set(node.right)
    return isinstance(node, ast.Call) and _name(node.func) in SETS


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def main(arguments: list[str]) -> int:
    """Check and print the result."""
    paths = [Path(a) for a in arguments] or sorted({p for pattern in EXACT for p in ROOT.glob(pattern)})
    found = [f for path in paths for f in findings(str(path), path.read_text())]
    for finding in found:
        print(finding)
    print(f"exactness: {len(paths)} modules, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
