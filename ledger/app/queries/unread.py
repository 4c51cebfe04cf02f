"""What of some sites a reader may not read, so that nothing of it is told as if it had not happened.

A stream is unread where the scope of the reader's token, or a bundle, leaves it out. Its name is no secret to
whoever may read another stream of the site; what is in it is, and so is whether anything is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ledger.app.book.book import Book
from ledger.app.queries.registry import registry_at


class Unread(NamedTuple):
    """The places that were asked for, and the names of their streams that are not read, sorted."""

    places: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()

    def some(self, *classes: str) -> bool:
        """Is a stream of these classes not read?"""
        return any(name.partition("/")[2] in classes for name in self.streams)

    def has(self, place: str, disclosure: str) -> bool:
        """Is this stream not read?"""
        return f"{place}/{disclosure}" in self.streams

    def all(self, *classes: str) -> bool:
        """Is no stream of these classes read, though there are places that could have one?"""
        missing = {f"{place}/{one}" for place in self.places for one in classes}
        return bool(missing) and missing <= set(self.streams)

    @property
    def words(self) -> str:
        """The streams in words: ``dalton/grid and dalton/lease``, ``grid and lease of dalton and s1``."""
        classes: dict[str, list[str]] = {}
        for name in self.streams:
            place, _, disclosure = name.partition("/")
            classes.setdefault(place, []).append(disclosure)
        alike: dict[tuple[str, ...], list[str]] = {}
        for place, found in classes.items():
            alike.setdefault(tuple(found), []).append(place)
        return "; ".join(_told(found, places) for found, places in alike.items())


def _told(classes: Sequence[str], places: Sequence[str]) -> str:
    if len(places) == 1:
        return _listed(f"{places[0]}/{one}" for one in classes)
    return f"{_listed(classes)} of {_listed(places)}"


def _listed(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def unread(book: Book, size: int, sites: Sequence[str] = ()) -> Unread:
    """The streams of some sites, or of all, that are not read of the first ``size`` records."""
    registry = registry_at(book, size)
    places = tuple(sites) or registry.sites
    wanted = {name: n for name, n in registry.numbers.items() if name.partition("/")[0] in places}
    return Unread(places, tuple(sorted(book.absent(wanted))))


__all__ = ["Unread", "unread"]
