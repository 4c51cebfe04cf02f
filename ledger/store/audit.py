"""What the whole check of a store takes and gives: how to read a leaf, what is wrong, and what was met on the
way.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple, Protocol


class Finding(NamedTuple):
    """Something is wrong, at a record where one can be named."""

    place: int | None
    what: str


class LeafColumns(NamedTuple):
    """What a leaf says of itself, for comparing with the columns beside it."""

    place: int
    id: bytes
    pos: int
    kind: str
    stream: str
    opens: tuple[str, int] | None
    supersedes: tuple[bytes, ...]


class Glance(Protocol):
    """The part of a leaf that its columns repeat; ``corrects`` is empty or unset where it names nothing.

    ``sections`` and ``source`` are the JSON of what it says of its sections and of where it was read from,
    empty where it says nothing.
    """

    id: str
    index: int
    kind: str
    pos: int
    stream: str
    corrects: Any
    sections: Any
    source: Any


class Reader(NamedTuple):
    """How to read a leaf: at a glance, in full, or what a heads record commits to; each raises ``ValueError``
    for what is none.

    ``wanted`` are the kinds whose records the caller looks at afterwards.
    """

    glance: Callable[[bytes], Glance]
    read: Callable[[bytes], LeafColumns]
    heads: Callable[[bytes], tuple[int, str]]
    wanted: frozenset[str] = frozenset()


class Contents(Protocol):
    """What a check met: the number of records, roots by size (at every seal, at the head, and at the sizes
    asked for), the JSON of sections and of sources by record, and the records of wanted kinds.
    """

    @property
    def total(self) -> int: ...
    @property
    def roots(self) -> Mapping[int, bytes]: ...
    @property
    def sections(self) -> Mapping[int, bytes]: ...
    @property
    def sources(self) -> Mapping[bytes, int]: ...
    @property
    def wanted(self) -> Collection[int]: ...


class Audit(Protocol):
    """The check of a store as of one moment; the rest may be asked for once ``findings`` has come to its end.

    What is kept may be damaged, so values have any type.
    """

    notices: list[Finding]

    @property
    def size(self) -> int:
        """How many records there are."""
        ...

    @property
    def contents(self) -> Contents | None:
        """What was met on the way; None where nothing could be read."""
        ...

    def findings(self) -> Iterator[Finding]:
        """Everything that is wrong; it does not stop at the first."""
        ...

    def leaves(self, place: Any) -> list[Any]:
        """The leaf of an index; empty where there is none."""
        ...

    def kinds(self, limit: int) -> set[Any]:
        """The kinds of the first records."""
        ...

    def stream(self, number: int) -> list[Any]:
        """The indexes of a stream's records, by position."""
        ...

    def seals(self, *, now: bool = False) -> list[tuple[Any, Any]]:
        """Size and note of every seal, oldest first; as of the moment, or as they are now."""
        ...

    def documents(self, *, now: bool = False) -> set[str]:
        """The documents that are listed as kept; as of the moment, or as they are now."""
        ...

    def sections(self) -> dict[tuple[Any, Any], tuple[Any, Any]]:
        """Salt and data of every section, by record and name."""
        ...

    def holds_now(self, place: Any, name: Any) -> bool:
        """Whether a section is kept now."""
        ...
