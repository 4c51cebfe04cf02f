"""Write verify.py, the verifier as one file, from its rooms in ledger/verifier.

    uv run python tools/amalgamate.py

The file begins with the description of the command, then come the imports of all rooms, then the rooms in
their order, each under its own description. The text is not changed: the file holds what a reviewer reads
in the rooms, to the letter. So a room may import only names of rooms before it and of the standard library,
and no two rooms may use one name for two things.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ledger.verifier import ROOMS  # noqa: E402

FOLDER = ROOT / "ledger" / "verifier"
MADE = FOLDER / "verify.py"
WIDTH = 110
HEADER = """#!/usr/bin/env python3
{description}

# Made by tools/amalgamate.py from the files in ledger/verifier: change those. In this order:
{rooms}
from __future__ import annotations

{imports}

"""
OURS = "ledger.verifier."


class Room(NamedTuple):
    """A file of the verifier: its description, its imports as {module: names} (no names: the module itself),
    the names it defines, and the source of the rest.
    """

    name: str
    description: str
    imports: dict[str, set[str]]
    gives: list[str]
    source: str


def read_room(name: str) -> Room:
    """A room from its file; ``ValueError`` where it could not stand in one file with the others."""
    text = (FOLDER / f"{name}.py").read_text()
    first, *rest = ast.parse(text).body
    description = ast.get_source_segment(text, first)
    if not isinstance(first, ast.Expr) or description is None:
        raise ValueError(f"{name} has no module docstring")
    imports: dict[str, set[str]] = defaultdict(set)
    for node in rest:
        if isinstance(node, ast.Import | ast.ImportFrom):
            _take(name, node, imports)
    others = [node for node in rest if not isinstance(node, ast.Import | ast.ImportFrom)]
    begins = min([others[0].lineno, *(one.lineno for one in getattr(others[0], "decorator_list", ()))])
    source = "".join(text.splitlines(keepends=True)[begins - 1 :])
    return Room(name, description, imports, [given for node in others for given in _given(node)], source)


def _take(name: str, node: ast.Import | ast.ImportFrom, imports: dict[str, set[str]]) -> None:
    if any(alias.asname for alias in node.names):
        raise ValueError(f"{name}:{node.lineno}: imports something under another name")
    if isinstance(node, ast.Import):
        for alias in node.names:
            imports[alias.name]
    elif node.module != "__future__":
        imports[node.module or ""].update(alias.name for alias in node.names)


def _given(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def rooms() -> list[Room]:
    """All rooms in their order; ``ValueError`` where a room imports what does not come before it, or a name
    is given twice.
    """
    found = [read_room(name) for name in ROOMS]
    given: dict[str, str] = {}
    for room in found:
        for module, names in room.imports.items():
            of = module.removeprefix(OURS)
            if module.startswith("ledger") and any(given.get(name) != of for name in names):
                raise ValueError(f"{room.name} imports from {module}, which does not come before it")
        for name in room.gives:
            if name in given:
                raise ValueError(f"{room.name} and {given[name]} both have a {name}")
            given[name] = room.name
    return found


def single_file() -> str:
    """The source of verify.py."""
    found = rooms()
    imports: dict[str, set[str]] = defaultdict(set)
    for room in found:
        for module, names in room.imports.items():
            if not module.startswith("ledger"):
                imports[module] |= names
    lines = [f"import {module}" for module, names in sorted(imports.items()) if not names]
    lines += [
        f"from {of} import {', '.join(sorted(names))}" for of, names in sorted(imports.items()) if names
    ]
    head = HEADER.format(
        description=found[-1].description,
        rooms=_listed([room.name for room in found]),
        imports="\n".join(lines),
    )
    return head + "\n\n".join(f"{_heading(room)}\n{room.source.rstrip()}\n" for room in found)


def _heading(room: Room) -> str:
    """The room's name and description as a comment; the command's description begins the file."""
    title = f"# --- {room.name} "
    said = "" if room.name == ROOMS[-1] else ast.literal_eval(room.description)
    about = [f"# {line}".rstrip() for line in said.rstrip().splitlines()]
    space = ["", ""] if room.source.startswith(("def ", "class ", "@")) else [""]
    return "\n".join([title + "-" * (WIDTH - len(title)), *about, *space])


def _listed(names: list[str]) -> str:
    lines = ["#"]
    for name in names:
        if len(lines[-1]) + len(name) + 1 > WIDTH:
            lines.append("#")
        lines[-1] += f" {name}"
    return "\n".join(lines)


if __name__ == "__main__":
    MADE.write_text(single_file())
