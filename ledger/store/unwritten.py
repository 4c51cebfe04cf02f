"""The writing half of the port for stores that are only read: a bundle, an archive."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import NoReturn


class Unwritten:
    """Raises where anything would be written: whoever opens such a store has refused to write before."""

    size: int

    def refresh(self) -> int:
        """The unchanged size: what is read here does not change."""
        return self.size

    def close(self) -> None:
        """Do nothing: no file is open."""

    def writing(self) -> AbstractContextManager[None]:
        """Nothing is written."""
        return _unwritable()

    def name_holder(self, words: str) -> None:
        """Nothing is written."""
        _unwritable()

    def append(self, entries: object, expected_size: int) -> None:
        """Nothing is written."""
        _unwritable()

    def erase_all(self, sections: object, *, wait: bool = True) -> None:
        """Nothing is written."""
        _unwritable()

    def hold(self, digests: Iterable[str]) -> None:
        """Nothing is written."""
        _unwritable()

    def let_go(self, digest: str) -> None:
        """Nothing is written."""
        _unwritable()

    def documents(self) -> set[str]:
        """There are no documents."""
        return set()

    def seal(self, note: bytes) -> None:
        """Nothing is written."""
        _unwritable()


def _unwritable() -> NoReturn:
    raise AssertionError("this store is read only")
