"""Map of a sheet: a TOML file that ties columns to facts.

```toml
dates = "mdy"                       # how dates in text are written: ymd, mdy, dmy
site = { column = "Site", values = { "Sandersville GA" = "sandersville" } }
skip = [{ column = "Status", is = ["Draft"] }]

[fields]                            # of every fact below whose kind has the field
block = { column = "Unit", slug = true }
outage = { column = "Ticket", slug = true }

[[fact]]
kind = "outage-started"             # or { column = "Event", values = { "Trip" = "outage-started" } }
at = { column = "Date", time = "Start" }
[fact.fields]
derate = { column = "Lost MW", unit = "MW" }
outage_class = { column = "Type", values = { "Trip" = "forced-u1" } }
outside_management_control = false  # a constant

[[fact]]
kind = "outage-ended"
when = [{ column = "End", blank = false }]
at = { column = "Date", time = "End", after = "Start" }
```

Each row makes every fact whose conditions hold. A value that is still "?" (or begins with it) is an open
decision: the map is refused until the user has made it.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator
from typing import Any, Final, Literal

import msgspec
from msgspec import UNSET

from ledger.errors import Malformed
from ledger.exchange.story import ENVELOPE
from ledger.fields import Field, Unset, fields_of
from ledger.kinds import Kind, kind_of
from ledger.records.wording import story_key

OPEN: Final = "?"
SKIP: Final = "skip"
KEYS: Final = ("actor", "reason", "corrects", "class")
"""Envelope members that a row may state; the id is derived and the source is the sheet."""
Order = Literal["ymd", "mdy", "dmy"]
Constant = str | bool | int | list[str]


class CellSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The source of a value: a column, or several that are joined, and how its cells are read.

    ``values`` maps the texts of cells to their meanings. ``slug`` makes a name of any text. ``unit`` is the
    unit of bare numbers. ``split`` separates the items of a list. ``round`` rounds to whole base units. For
    an instant: ``time`` is the column of its time of day, ``after`` another time of day of the same row after
    which it comes, on the next day if need be; ``plus`` is a column with a duration, in ``unit``;
    ``midnight`` lets a date alone mean its first instant.
    """

    column: str | Unset = UNSET
    columns: list[str] | Unset = UNSET
    values: dict[str, str | bool | int] | Unset = UNSET
    default: Constant | Unset = UNSET
    slug: bool = False
    unit: str | Unset = UNSET
    split: str = ";"
    round: bool = False
    time: str | Unset = UNSET
    after: str | Unset = UNSET
    plus: str | Unset = UNSET
    midnight: bool = False

    @property
    def named(self) -> tuple[str, ...]:
        """All columns that it reads."""
        single = (self.column, self.time, self.after, self.plus)
        return tuple(name for name in (*single, *(self.columns or ())) if isinstance(name, str))


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"is_": "is"}):
    """A condition on a row: all of its tests of the cell hold. Case is ignored."""

    column: str
    is_: list[str] | Unset = UNSET
    is_not: list[str] | Unset = UNSET
    begins: str | Unset = UNSET
    blank: bool | Unset = UNSET


class MappedFact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fact that a row makes when its conditions hold."""

    kind: str | CellSource
    at: CellSource
    when: list[Condition] = []
    fields: dict[str, Constant | CellSource] = {}
    site: str | CellSource | Unset = UNSET
    id: list[str] | Unset = UNSET

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds that it can make."""
        if isinstance(self.kind, str):
            return (kind_of(self.kind),)
        named = [str(name) for name in (self.kind.values or {}).values() if name != SKIP]
        return tuple(kind_of(name) for name in dict.fromkeys(named))


class SheetMap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole map of one sheet."""

    fact: list[MappedFact]
    sheet: str | Unset = UNSET
    header: int | Unset = UNSET
    site: str | CellSource | Unset = UNSET
    zone: str | CellSource | Unset = UNSET
    dates: Order | Unset = UNSET
    decimal: Literal[".", ","] | Unset = UNSET
    serial: Literal["1900", "1904"] | Unset = UNSET
    encoding: str | Unset = UNSET
    delimiter: str | Unset = UNSET
    hidden: Literal["read", "skip"] = "read"
    skip: list[Condition] = []
    fields: dict[str, Constant | CellSource] = {}
    example: str | Unset = UNSET

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are read, each once."""
        sources: list[Any] = [self.site, self.zone, *self.fields.values()]
        conditions = list(self.skip)
        names: list[str] = []
        for fact in self.fact:
            sources += [fact.kind, fact.at, fact.site, *fact.fields.values()]
            conditions += fact.when
            names += fact.id or ()
        names += [name for source in sources if isinstance(source, CellSource) for name in source.named]
        return tuple(dict.fromkeys([*names, *(condition.column for condition in conditions)]))


def read_map(text: str) -> SheetMap:
    """The map of a TOML text; ``Malformed`` names every open decision, or the first fault."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as why:
        raise Malformed(f"is not TOML: {why}") from None
    undecided = list(_open(said, ""))
    if undecided:
        raise Malformed(
            f"has {len(undecided)} open decision{'' if len(undecided) == 1 else 's'}; put what you mean in"
            f" place of {OPEN!r} at {', '.join(undecided)}"
        )
    try:
        found = msgspec.convert(said, SheetMap)
    except msgspec.ValidationError as why:
        raise Malformed(_plainly(str(why))) from None
    _check(found)
    return found


def _open(said: Any, where: str) -> Iterator[str]:
    """The positions of open decisions."""
    if isinstance(said, str):
        if said.startswith(OPEN):
            yield where
    elif isinstance(said, dict):
        for name, value in said.items():
            yield from _open(value, f"{where}.{name}".removeprefix("."))
    elif isinstance(said, list):
        for number, value in enumerate(said, start=1):
            yield from _open(value, f"{where}[{number}]")


def _plainly(why: str) -> str:
    """msgspec's message with the member first."""
    message, _, place = why.partition(" - at `$")
    where = place.rstrip("`").lstrip(".")
    return f"{where}: {message[:1].lower()}{message[1:]}" if where else message[:1].lower() + message[1:]


def _check(found: SheetMap) -> None:
    """``Malformed`` for a map that cannot work: no fact, unknown fields, values without a source."""
    if not found.fact:
        raise Malformed("makes no fact: add [[fact]] with kind and at")
    used: set[str] = set()
    for number, fact in enumerate(found.fact, start=1):
        where = f"fact[{number}]"
        if isinstance(fact.kind, CellSource) and not (fact.kind.column and fact.kind.values):
            raise Malformed(f"{where}.kind needs column and values, from what cells say to kinds")
        for kind in fact.kinds:
            if not kind.claimable:
                raise Malformed(f"{where}.kind: {kind.name} is written by the ledger itself")
        known = {key for kind in fact.kinds for key in keys_of(kind)} | set(KEYS)
        for key in fact.fields:
            if key not in known:
                raise Malformed(f"{where}.fields: {_unknown(key, known, fact.kinds)}")
        used |= known
        if not fact.at.named:
            raise Malformed(f"{where}.at needs a column")
        for name, source in {**found.fields, **fact.fields}.items():
            if isinstance(source, CellSource) and not source.named:
                raise Malformed(f"fields.{name} needs a column")
    for key in found.fields:
        if key not in used:
            kinds = tuple(dict.fromkeys(kind for fact in found.fact for kind in fact.kinds))
            raise Malformed(f"fields: {_unknown(key, used, kinds)}")


def keys_of(kind: Kind) -> dict[str, Field]:
    """The fields of a kind by their keys in story text, without the one that the site fills."""
    fields = fields_of(kind.body)
    names = [field.name for field in fields]
    place = "site" if "site" in names else "balancing_authority"
    return {story_key(field): field for field in fields if field.name != place}


def _unknown(key: str, known: set[str], kinds: tuple[Kind, ...]) -> str:
    near = difflib.get_close_matches(key, sorted(known), n=1)
    hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(sorted(known))}"
    return f"{' and '.join(kind.name for kind in kinds)} has no field {key!r}{hint}"


assert set(KEYS) <= set(ENVELOPE), "the envelope members of a row are members of a claim"
