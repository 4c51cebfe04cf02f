"""The state at an instant: every subject that had begun by then and not ended, with its latest fields.

Facts with ``at`` <= T are seen (DOMAIN 3). A beginning sets all fields, a change replaces the fields it
names; machines installed and removed add up. A retirement ends the outages and curtailments of its block, a
contract and a notice of the grid are there from their ``start`` to their ``stop``, a dispatch until its
``stop``; a grid that is said to be normal ends its notices without a stop. A hashrate holds until the next or
its ``until``; a meter shows the mean power of the interval that T lies in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import UNSET

from ledger import calendar
from ledger.calendar import Window
from ledger.fields import fields_of
from ledger.kinds import BY_BODY
from ledger.records.wording import quoted, story_key, written
from ledger.units import format_quantity, rounded, suffix
from projections.engine.fold import Key, Rows
from projections.rows.blocks import BLOCK, retired_after
from projections.rows.fact_rows import RecordedFact
from projections.rows.hashrate_days import HASHRATE_DAY, held
from projections.rows.lifecycles import THING
from projections.rows.meters import METER_DAY, metered
from projections.rows.packed_steps import NONE

STATE_ROWS: Final = (THING, BLOCK, HASHRATE_DAY, METER_DAY)
_WH_J: Final = 3600


class ThingState(NamedTuple):
    """The state of one thing: its beginning, its fields by name (integers in the field's unit, text, lists),
    and its fields in words.
    """

    place: str
    what: str
    name: tuple[str, ...]
    since_s: int
    fields: dict[str, Any]
    words: str

    @property
    def named(self) -> str:
        """``outage breaker-4``"""
        return " ".join((self.what, "/".join(self.name))).strip()


def state_at(rows: Rows, places: Iterable[str], at_s: int) -> list[ThingState]:
    """The state of everything at an instant in some places, by place, then what, then name; ``rows`` of
    ``STATE_ROWS``.
    """
    wanted = frozenset(places)
    found = []
    for key in sorted(rows[THING.name]):
        if key[0] in wanted:
            thing = as_it_stands(key, [fact for fact in rows[THING.name][key] if fact.at_s <= at_s])
            if thing is not None and not _over(thing, rows, at_s):
                found.append(_from_its_start(thing))
    return sorted([*found, *_hashrates(rows, wanted, at_s), *_loads(rows, wanted, at_s)], key=lambda h: h[:3])


def as_it_stands(key: Key, facts: Sequence[RecordedFact]) -> ThingState | None:
    """A thing after some facts, in order; None before it began and after it ended."""
    since_s: int | None = None
    standing: list[RecordedFact] = []
    for fact in facts:
        effect = BY_BODY[type(fact.body)].effect
        if effect == "ends":
            since_s, standing = None, []
        elif effect == "begins" or since_s is None:
            since_s, standing = fact.at_s, [fact]
        else:
            standing.append(fact)
    return None if since_s is None else _described(key, since_s, standing)


def _described(key: Key, since_s: int, standing: Iterable[RecordedFact]) -> ThingState:
    """A thing from the facts that set its fields."""
    fields: dict[str, Any] = {}
    words: dict[str, str] = {}
    units = 0
    for fact in standing:
        kind = BY_BODY[type(fact.body)]
        body: msgspec.Struct = fact.body
        for field in fields_of(type(body)):
            value = getattr(body, field.name)
            if value is not UNSET and field.name not in kind.named and field.name not in ("site",):
                fields[field.name] = value
                words[story_key(field)] = written(field, value)
        if kind.effect in ("adds", "takes"):
            units += fact.body.units if kind.effect == "adds" else -fact.body.units
            fields["units"], words["units"] = units, str(units)
        if kind.status:
            fields["status"], words["status"] = kind.status, quoted(kind.status)
    return ThingState(
        key[0], key[1], key[2:], since_s, fields, " ".join(f"{k}={v}" for k, v in words.items())
    )


def _over(thing: ThingState, rows: Rows, at_s: int) -> bool:
    """True where another fact ended a thing: its block's retirement, or its own dates."""
    fields = thing.fields
    if thing.what in ("outage", "curtailment"):
        block = fields["block"] if thing.what == "outage" else thing.name[1]
        return retired_after(rows[BLOCK.name].get((thing.place, block), ()), thing.since_s) <= at_s
    if thing.what == "fleet":
        return bool(fields["units"] == 0)
    if thing.what == "grid-notice" and "stop" not in fields:
        return calendar.instant_s(fields["start"]) > at_s or _normal_since(thing, rows, at_s)
    if thing.what in ("contract", "grid-notice") and calendar.instant_s(fields["start"]) > at_s:
        return True
    return (
        thing.what in ("contract", "dispatch", "grid-notice")
        and "stop" in fields
        and calendar.instant_s(fields["stop"]) <= at_s
    )


def _from_its_start(thing: ThingState) -> ThingState:
    """A notice begins when its state does, not when it was published."""
    if thing.what != "grid-notice":
        return thing
    return thing._replace(since_s=calendar.instant_s(thing.fields["start"]))


def _normal_since(thing: ThingState, rows: Rows, at_s: int) -> bool:
    """True where a grid was said to be normal after a notice of it began."""
    start_s = calendar.instant_s(thing.fields["start"])
    declared = rows[THING.name].get((thing.place, "condition"), ())
    return any(start_s <= fact.at_s <= at_s and fact.body.state == "normal" for fact in declared)


def _hashrates(rows: Rows, places: frozenset[str], at_s: int) -> Iterable[ThingState]:
    for (place, block), days in _by_day(rows, HASHRATE_DAY.name, places, at_s):
        for start_s, _, *value in zip(*held(days, Window(at_s, at_s + 1)), strict=True):
            fields = dict(zip(("hashrate_ghs", "power_w", "units_hashing"), value, strict=True))
            yield _measured(place, "hashrate", block, start_s, fields)


def _loads(rows: Rows, places: frozenset[str], at_s: int) -> Iterable[ThingState]:
    for (place, meter), days in _by_day(rows, METER_DAY.name, places, at_s):
        for reading in zip(*metered(days, Window(at_s, at_s + 1)), strict=True):
            start_s, _, value, power_of_ten, interval_s, quality = reading
            load_w = rounded(Fraction(value * _WH_J, interval_s) * Fraction(10) ** power_of_ten)
            yield _measured(place, "load", meter, start_s, {"load_w": load_w, "quality": quality})


def _by_day(
    rows: Rows, kind: str, places: frozenset[str], at_s: int
) -> Iterable[tuple[Key, dict[str, bytes]]]:
    today = calendar.format_instant(at_s)[:10]
    found: dict[Key, dict[str, bytes]] = {}
    for (place, name, day), row in rows[kind].items():
        if place in places and day <= today:
            found.setdefault((place, name), {})[day] = row
    return found.items()


def _measured(place: str, what: str, name: str, since_s: int, fields: dict[str, int]) -> ThingState:
    known = {field: value for field, value in fields.items() if value != NONE or field == "quality"}
    words = []
    for field, value in known.items():
        unit = suffix(field)
        words.append(
            f"{field.removesuffix(unit)}={format_quantity(value, unit)}" if unit else f"{field}={value}"
        )
    return ThingState(place, what, (name,), since_s, known, " ".join(words))
