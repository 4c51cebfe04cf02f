"""One name, one meaning: report a class that two files define, with both places.

    python tools/names.py

The hand-out verify.py, which is made of the rooms beside it, is left out.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("ledger", "projections", "wattledger")
MADE = {"ledger/verifier/verify.py"}
SAME_THING_TWICE: dict[str, str] = {}
"""Names that two files may define, with the reason."""


def definitions() -> dict[str, list[str]]:
    """Places of each class definition, by its name without leading underscores."""
    found = defaultdict(list)
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            place = str(path.relative_to(ROOT))
            if place not in MADE:
                for node in ast.walk(ast.parse(path.read_text())):
                    if isinstance(node, ast.ClassDef):
                        found[node.name.lstrip("_")].append(f"{place}:{node.lineno}")
    return found


def main() -> int:
    """Print each name with two meanings; 1 if there is one."""
    found = definitions()
    twice = {
        name: places
        for name, places in sorted(found.items())
        if len(places) > 1 and name not in SAME_THING_TWICE
    }
    for name, places in twice.items():
        print(f"class {name} means {len(places)} things: {', '.join(places)}")
    print(f"names: {len(found)} classes, {len(twice)} with two meanings")
    return bool(twice)


if __name__ == "__main__":
    sys.exit(main())
