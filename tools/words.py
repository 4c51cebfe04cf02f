"""House style for sentences: docstrings that begin as a riddle, and phrases that a utility would not write.

    python tools/words.py [FILE...]

A docstring of a value is a noun phrase ("Positions of ..."), of an action an imperative ("Refuse to remove
more machines than the block has"). A message names the thing, what is wrong, and what would be right. See
ledger/docs/design/architecture.md for the words of the house.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("ledger", "projections", "wattledger", "tools")
FIRST_WORDS = frozenset(
    [
        "Of",
        "Say",
        "Says",
        "What",
        "Whether",
        "Who",
        "Whoever",
        "Whatever",
        "Where",
        "Nobody",
        "Nothing",
        "That",
        "Which",
        "How",
    ]
)
PHRASES = (
    (re.compile(r"may be said again"), "(repeatable)"),
    (re.compile(r"ha(s|ve) not (its|their|the) form"), "is malformed"),
    (re.compile(r"\bis no (text|number|list|date|time|file|book)\b"), "must be a ..., is not a ..."),
    (re.compile(r"\b(is|are|was|were) said\b(?! to)"), "is given, is stated, states"),
    (re.compile(r"\bnot said\b"), "not given, not stated"),
)


def strings(tree: ast.Module) -> Iterator[tuple[int, str, bool]]:
    """Every text of a module with its line, and whether it is a docstring."""
    docs = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for first in body if isinstance(body, list) else ():
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                docs.add(id(first.value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value, id(node) in docs


def findings(path: Path) -> Iterator[str]:
    """Findings of a file: phrases to rewrite, with their place."""
    place = path.relative_to(ROOT)
    for line, text, is_doc in strings(ast.parse(path.read_text())):
        word = text.split(None, 1)[0] if text.split() else ""
        if is_doc and word in FIRST_WORDS:
            yield f"{place}:{line}: a docstring begins with {word!r}: use a noun phrase or an imperative"
        for pattern, better in PHRASES:
            for found in pattern.finditer(text):
                yield f"{place}:{line}: {found.group()!r}: {better}"


def main() -> int:
    """Print every finding; 1 if there is one."""
    paths = [Path(name).resolve() for name in sys.argv[1:]] or [
        path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))
    ]
    found = [finding for path in paths if path.name != "verify.py" for finding in findings(path)]
    print("\n".join([*found, f"words: {len(paths)} files, {len(found)} findings"]))
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
