"""Input and output of the full check of a store: how to read a leaf, the findings, and the contents on the
way.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple, Protocol


class Finding(NamedTuple):
    """A fault, with its record where one can be named."""

    place: int | None
    what: str


class LeafColumns(NamedTuple):
    """The content of a leaf that its columns repeat, for comparison."""

    place: int
    id: bytes
    pos: int
    kind: str
    stream: str
    opens: tuple[str, int] | None
    supersedes: tuple[bytes, ...]


class Glance(Protocol):
    """The part of a leaf that its columns repeat; ``corrects`` is empty or unset where it names nothing.

    ``sections`` and ``source`` are the JSON of the leaf's sections and source, empty where it has none.
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
    """Ways to read a leaf: at a glance, in full, or for the commitment of a heads record; each raises
    ``ValueError`` for malformed bytes.

    ``wanted`` are the kinds whose records the caller looks at afterwards.
    """

    glance: Callable[[bytes], Glance]
    read: Callable[[bytes], LeafColumns]
    heads: Callable[[bytes], tuple[int, str]]
    wanted: frozenset[str] = frozenset()


class Contents(Protocol):
    """The contents that a check read: the number of records, roots by size (at every seal, at the head, and
    at the sizes asked for), the JSON of sections and of sources by record, and the records of wanted kinds.
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
    """The check of a store as of one moment; ask for the rest once ``findings`` is exhausted. Stored values
    may be damaged, so they have any type.
    """

    notices: list[Finding]

    @property
    def size(self) -> int:
        """Number of records."""
        ...

    @property
    def contents(self) -> Contents | None:
        """The contents that the check read; None where nothing could be read."""
        ...

    def findings(self) -> Iterator[Finding]:
        """Every finding; the check does not stop at the first."""
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
        """Size and note of every seal, oldest first; as of the moment of the check, or as of now."""
        ...

    def documents(self, *, now: bool = False) -> set[str]:
        """The documents listed as kept; as of the moment of the check, or as of now."""
        ...

    def sections(self) -> dict[tuple[Any, Any], tuple[Any, Any]]:
        """Salt and data of every section, by record and name."""
        ...

    def holds_now(self, place: Any, name: Any) -> bool:
        """True where a section is kept now."""
        ...
