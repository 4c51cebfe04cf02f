"""The pages of the manual that ship with the program, by topic."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def topics() -> dict[str, Traversable]:
    """Every page by its topic."""
    from importlib.resources import files  # which loads what a start can do without

    folders = (files("ledger") / "docs" / name for name in ("guide", "reference", "design"))
    pages = (page for folder in folders for page in folder.iterdir() if page.name.endswith(".md"))
    return {page.name.removesuffix(".md"): page for page in sorted(pages, key=lambda page: page.name)}
