"""Dialects of CSV files of interval values. Each is a value in one list; the name is given, never guessed.

A dialect fixes the zone of the stamps, which end of the interval they are, the interval's length, the unit of
the values, what a blank looks like, and the layouts in which its publisher lays out columns: the header shows
which of them a file has, and a header that matches none is refused. Values are energy (Wh, kWh, MWh, GWh) or
mean power over the interval (W, kW, MW, GW).

``--dialect NAME[,KEY=VALUE...]`` names it; keys (CSV quoting, so a name may hold a comma): ``value`` the
column of the values, ``area`` the balancing authority, zone or load area whose values are meant, ``time`` the
column of the stamp or ``DATE+TIME`` those of its date and its time of day, ``unit``, ``decimals`` to round
longer numbers to, ``only`` the rows that are meant, such as ``TYPE:Electric usage``, ``date`` the order of a
date's parts (ymd, mdy or dmy; years may then have two digits), ``thousands=yes`` where commas group digits,
``blank`` the texts that mean no value beside an empty cell (``-|N/A``), ``interval`` where a publisher has
files of several, ``quality`` the column of the quality and what its cells mean
(``QUAL:E=estimated,A=actual``); and for ``generic``, which fixes nothing, also ``zone``, ``stamp`` (begin or
end), ``interval`` and ``flag``, the column that marks the second of two equal hours.

``value`` may be the position of a column, from 1, where two have one name, and ``FIRST..LAST`` in a file with
one row a day, where the titles of the columns show the times of day.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Final

from ledger import calendar, units
from ledger.calendar import HOUR_S
from ledger.errors import Malformed, did_you_mean, named
from ledger.exchange.interval_csv import nem12
from ledger.exchange.interval_csv.dialect_form import ENERGY, POWER, ChosenDialect, Dialect, Layout
from ledger.exchange.interval_csv.grid_dialects import GRID_DIALECTS
from ledger.exchange.interval_csv.stamps import ORDERS, Clock
from ledger.exchange.interval_csv.utility_dialects import UTILITY_DIALECTS

ENDS: Final = {"begin": False, "end": True}
GENERIC: Final = Dialect(
    "generic",
    "any file: give time, value, unit, zone, stamp and interval; lines before the header that has the"
    " columns are passed over, as utilities write them",
    Clock("UTC", False, HOUR_S, "ymd"),
    "MWh",
    (),
    (
        "Datetime,PJME_MW",
        "2018-01-02 13:00:00,45970.5",
    ),
    (("2018-01-02T18:00:00Z", "45970500000"),),
    "time=Datetime,value=PJME_MW,unit=MW,zone=America/New_York,stamp=begin,interval=1h",
    group="Any file",
)
DIALECTS: Final = (*GRID_DIALECTS, *UTILITY_DIALECTS, GENERIC)
BY_NAME: Final = {dialect.name: dialect for dialect in DIALECTS}
NEEDED: Final = ("time", "value", "unit", "zone", "stamp", "interval")
KEYS: Final = ("time", "value", "area", "unit", "decimals", "only", "date", "thousands", "blank", "quality")
GENERIC_KEYS: Final = (*KEYS, "zone", "stamp", "interval", "flag", "offset")
LENGTH_KEYS: Final = (*KEYS, "interval")
OWN_KEYS: Final = {
    "generic": GENERIC_KEYS,
    nem12.NAME: ("area", "decimals"),
    "pge": LENGTH_KEYS,
    "sce": LENGTH_KEYS,
    "sdge": LENGTH_KEYS,
}
"""The keys of dialects that state more than others, or leave more open."""
QUALITIES: Final = {
    "valid": 0,
    "actual": 0,
    "edited": 7,
    "estimated": 8,
    "questionable": 10,
    "derived": 11,
    "raw": 14,
    "other": 16,
    "validated": 17,
    "verified": 18,
    "revenue": 19,
}
"""Words for the ESPI codes of quality (NAESB REQ.21, QualityOfReading). A projected value is not a reading.
"""
MEASURED: Final = frozenset((0, *range(7, 12), 13, 14, 16, 17, 18, 19))
"""The codes of values that were metered or estimated: neither projected (12) nor normalized for weather (15).
"""


def parse(text: str) -> ChosenDialect:
    """The meaning of ``--dialect``; ``Malformed`` names the dialects, or the missing or unknown keys."""
    try:
        name, *settings = next(csv.reader([text], strict=True), []) or [""]
    except csv.Error as why:
        raise Malformed(f"names no dialect ({why}): {text[:80]!r}") from None
    dialect = BY_NAME.get(name.strip())
    if dialect is None:
        there = f"; there are {', '.join(BY_NAME)}"
        raise Malformed(
            f"names no dialect: {name!r}{did_you_mean(name, BY_NAME) or there} (--dialect list explains them)"
        )
    keys = OWN_KEYS.get(dialect.name, KEYS)
    said: dict[str, str] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if key.strip() not in keys and equals and list(said)[-1:] == ["quality"]:
            said["quality"] += f",{setting}"  # one more of its meanings
            continue
        if not equals or key.strip() not in keys or not value:
            raise Malformed(
                f"{dialect.name} takes {', '.join(f'{key}=' for key in keys)} after it, not {setting!r}"
            )
        if said.setdefault(key.strip(), value) != value:
            raise Malformed(f"gives {key.strip()} twice")
    missing = [f"{key}=" for key in NEEDED if key not in said] if dialect.name == "generic" else []
    if missing:
        raise Malformed(
            f"generic needs {', '.join(missing)}, for example {dialect.name},{dialect.example_keys}"
        )
    return _asked(dialect, said)


def _asked(dialect: Dialect, said: dict[str, str]) -> ChosenDialect:
    unit = said.get("unit", dialect.unit)
    if unit not in ENERGY | POWER:
        raise Malformed(f"unit must be one of {', '.join(ENERGY | POWER)}: {unit!r}")
    clock = dialect.clock
    if dialect.name == "generic":
        clock = _clock(said)
    elif "interval" in said:
        clock = clock._replace(interval_s=_interval_s(said["interval"]))
    if "date" in said:
        if said["date"] not in ORDERS:
            raise Malformed(f"date must be one of {', '.join(ORDERS)}: {said['date']!r}")
        clock = clock._replace(order=said["date"], said=True)
    thousands = said.get("thousands")
    if thousands not in (None, "yes", "no"):
        raise Malformed(f"thousands must be yes or no (are digits grouped by commas?): {thousands!r}")
    return ChosenDialect(
        dialect._replace(
            unit=unit,
            clock=clock,
            thousands=dialect.thousands if thousands is None else thousands == "yes",
        ),
        said.get("time"),
        said.get("value"),
        said.get("area"),
        _decimals(said.get("decimals")),
        _only(said.get("only")),
        tuple(text.strip() for text in said.get("blank", "").split("|") if text.strip()),
        _quality(said.get("quality", dialect.quality or None)),
        said.get("flag"),
        said.get("offset"),
        "unit" in said,
    )


def _quality(text: str | None) -> tuple[str, dict[str, int]] | None:
    """``COLUMN:CELL=MEANING,...`` as the column and the ESPI code of each cell; an empty cell states none."""
    if text is None:
        return None
    column, colon, rest = text.partition(":")
    found = {"": -1}
    for pair in rest.split(","):
        cell, equals, meaning = pair.partition("=")
        plain = meaning.strip().casefold()
        code = (
            int(plain)
            if plain.isascii() and plain.isdecimal() and int(plain) in MEASURED
            else QUALITIES.get(plain)
        )
        if not colon or not column or not equals or code is None:
            raise Malformed(
                "quality is COLUMN:CELL=MEANING,..., such as QUAL:E=estimated,A=actual; a meaning is one of"
                f" {', '.join(QUALITIES)} or the ESPI code of a metered value: {text[:80]!r}"
            )
        if found.setdefault(cell.strip(), code) != code and cell.strip():
            raise Malformed(f"quality gives {cell.strip()!r} two meanings: {text[:80]!r}")
        found[cell.strip()] = code
    return column, found


def _clock(said: dict[str, str]) -> Clock:
    with named("zone"):
        calendar.zone(said["zone"])
    interval_s = _interval_s(said["interval"])
    if said["stamp"] not in ENDS:
        raise Malformed(f"stamp must be begin or end, of the interval: {said['stamp']!r}")
    return Clock(said["zone"], ENDS[said["stamp"]], interval_s, "ymd", marks="flag" in said)


def _interval_s(text: str) -> int:
    with named("interval"):
        interval_s = units.parse_quantity(text, "_s")
    if not 0 < interval_s <= calendar.DAY_S or calendar.DAY_S % interval_s:
        raise Malformed(f"interval must divide a day evenly: {text!r}")
    return interval_s


def _decimals(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isdecimal() and text.isascii() and int(text) <= 9):
        raise Malformed(f"decimals must be 0 to 9: {text!r}")
    return int(text)


def _only(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    column, colon, cell = text.partition(":")
    if not colon or not column:
        raise Malformed(f"only is COLUMN:VALUE, the rows that are meant: {text!r}")
    return column, cell


def explained() -> Iterator[str]:
    """Every dialect with its columns and an example, for people."""
    group = ""
    for dialect in DIALECTS:
        clock = dialect.clock
        if dialect.group != group:
            group = dialect.group
            yield f"{group}:"
        yield f"{dialect.name}: {dialect.summary}"
        if dialect.layouts:
            yield (
                f"  stamp at the {'end' if clock.ends else 'begin'} of {clock.interval_s // 60} min, zone"
                f" {clock.zone}, values in {dialect.unit}"
            )
        for layout in dialect.layouts:
            yield f"  columns: {_columns(layout)}"
        yield f"  example, read with --dialect {','.join(filter(None, (dialect.name, dialect.example_keys)))}"
        yield from (f"    {line}" for line in dialect.example)
    yield (
        "After the name, each after a comma: value=COLUMN (or FIRST..LAST across a day, or its place, or"
        " NAME#2, the second of that name)"
        " area=NAME time=COLUMN (or DATE+TIME) unit=MW decimals=6 only=COLUMN:VALUE date=mdy thousands=yes"
        " blank=-|N/A quality=COLUMN:E=estimated,A=actual, for example pjm,area=AEPAPT"
    )
    yield "pge, sce and sdge also take interval=15min, where the file has quarter-hours"
    yield (
        "generic also takes zone=America/Chicago stamp=begin (or end) interval=15min flag=COLUMN, the column"
        " that marks the second of two equal hours as clocks go back, with Y, true, 1 or *, and offset=COLUMN,"
        " the column of each stamp's offset or its name, such as -05:00 or CDT"
    )


def _columns(layout: Layout) -> str:
    named_by_area = "|".join(layout.area_columns).replace("{}", "AREA")
    names = [
        layout.day,
        *layout.clock,
        layout.offset,
        layout.second,
        layout.area_rows,
        layout.value or named_by_area or "VALUE",
    ]
    return ", ".join(" or ".join(filter(None, name.split("|"))) for name in names if name)
