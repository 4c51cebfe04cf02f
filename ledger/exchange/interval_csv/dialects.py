"""Dialects: how a CSV file of interval values is written. Each is a value in one list; the name is said,
never guessed.

A dialect fixes the zone of the stamps, which end of the interval they are, the interval's length, the unit of
the values, what a blank looks like, and the layouts in which its publisher lays out columns: the header says
which of them a file has, and a header that has none is refused. Values are energy (Wh, kWh, MWh, GWh) or mean
power over the interval (W, kW, MW, GW).

``--dialect NAME[,KEY=VALUE...]`` names it; keys (CSV quoting, so a name may hold a comma): ``value`` the
column of the values, ``area`` the balancing authority, zone or load area whose values are meant, ``time`` the
column of the stamp or ``DATE+TIME`` those of its date and its time of day, ``unit``, ``decimals`` to round
longer numbers to, ``only`` the rows that are meant, such as ``TYPE:Electric usage``; and for ``generic``,
where nothing is known, also ``zone``, ``stamp`` (begin or end), ``interval`` and ``date`` (ymd, mdy or dmy).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Final, NamedTuple

from ledger import calendar, units
from ledger.errors import Malformed, named
from ledger.exchange.interval_csv.stamps import ORDERS, Clock

QUARTER_S: Final = 900
HOUR_S: Final = 3600
ENDS: Final = {"begin": False, "end": True}
ENERGY: Final = {"Wh": 0, "kWh": 3, "MWh": 6, "GWh": 9}
POWER: Final = {"W": 0, "kW": 3, "MW": 6, "GW": 9}


class Layout(NamedTuple):
    """The columns of one form of a file; ``a|b`` are names that mean the same, spaces, ``_`` and capitals
    aside.

    ``day`` holds the stamp, or its date if ``clock`` columns hold the time of day (two: hour and interval,
    from 1). ``second`` is Y where the hour is the second of two. Values are in ``value``, else in the column
    that the area names by one of ``area_columns``; rows are those whose ``area_rows`` cell is the area and
    whose ``only`` cells are so. ``zone`` and ``order`` in place of the dialect's own, if they are said.
    """

    day: str
    clock: tuple[str, ...] = ()
    second: str = ""
    value: str = ""
    area_columns: tuple[str, ...] = ()
    area_rows: str = ""
    only: tuple[tuple[str, str], ...] = ()
    zone: str = ""
    order: str = ""


class Dialect(NamedTuple):
    """How a file is written. ``areas`` are other names of an area in it, ``blanks`` the cells that mean no
    value.
    """

    name: str
    summary: str
    clock: Clock
    unit: str
    layouts: tuple[Layout, ...]
    example: tuple[str, ...]
    areas: tuple[tuple[str, tuple[str, ...]], ...] = ()
    blanks: tuple[str, ...] = ("",)
    thousands: bool = False


class Asked(NamedTuple):
    """A dialect as it is said: with the column, area, unit and rounding of this file."""

    dialect: Dialect
    time: str | None = None
    value: str | None = None
    area: str | None = None
    decimals: int | None = None
    only: tuple[str, str] | None = None

    @property
    def power_of_ten(self) -> int:
        """Of the unit: 6 for MWh and MW."""
        return (ENERGY | POWER)[self.dialect.unit]

    @property
    def factor(self) -> tuple[int, int]:
        """(n, decimals): energy of the interval = value x n x 10^-decimals, exactly. (1, 0) where values are
        energy.
        """
        return (1, 0) if self.dialect.unit in ENERGY else _hours(self.dialect.clock.interval_s)


ERCOT_AREAS: Final = (("ERCO", ("ERCOT", "TOTAL")),)
ERCOT_ZONE: Final = "America/Chicago"
PJM_VALUES: Final = "mw|prelim_load_avg_hourly|estimated_load_hourly"

DIALECTS: Final = (
    Dialect(
        "ercot-hourly",
        "ERCOT hourly load by weather zone: hour ending in Central time, 01:00 to 24:00, none ends at 03:00"
        ' in spring, the second 02:00 of autumn is "02:00 DST" or flagged Y',
        Clock(ERCOT_ZONE, True, HOUR_S, "mdy", marks=True),
        "MW",
        (
            Layout("OperDay|DeliveryDate", ("HourEnding",), "DSTFlag|RepeatedHourFlag", area_columns=("{}",)),
            Layout("Hour Ending|Hour End", area_columns=("{}",)),
        ),
        (
            "Hour Ending,COAST,WEST,ERCOT",
            "11/02/2025 02:00,9842.264861,1134.937713,40309.206275",
            "11/02/2025 02:00 DST,9595.716227,1122.569795,39670.106541",
        ),
        ERCOT_AREAS,
        thousands=True,
    ),
    Dialect(
        "ercot-15min",
        "ERCOT quarter-hours: interval ending in Central time, 00:15 to 24:00, none ends from 02:15 to 03:00"
        ' in spring, the second 01:15 to 02:00 of autumn is marked " DST" or flagged Y; or delivery hour and'
        " interval, from 1",
        Clock(ERCOT_ZONE, True, QUARTER_S, "mdy", marks=True),
        "MWh",
        (
            Layout(
                "DeliveryDate|OperDay",
                ("DeliveryHour", "DeliveryInterval"),
                "DSTFlag|RepeatedHourFlag",
                area_columns=("{}",),
            ),
            Layout(
                "OperDay|DeliveryDate",
                ("Interval Ending|HourEnding",),
                "DSTFlag|RepeatedHourFlag",
                area_columns=("{}",),
            ),
            Layout("Interval Ending|Interval End|Hour Ending|Hour End|Time Ending", area_columns=("{}",)),
        ),
        (
            "DeliveryDate,DeliveryHour,DeliveryInterval,MWh,DSTFlag",
            "11/02/2025,2,4,62.115,N",
            "11/02/2025,2,1,61.98,Y",
        ),
        ERCOT_AREAS,
        thousands=True,
    ),
    Dialect(
        "eia-930",
        "EIA-930 hourly data: hour ending in UTC; a column an authority (gridemissions, EIA bulk series), or"
        " rows of authorities or subregions (six-month files of the grid monitor, EIA API)",
        Clock("UTC", True, HOUR_S, "ymd"),
        "MWh",
        (
            Layout("UTC Time at End of Hour", value="Demand (MW)", area_rows="Sub-Region", order="mdy"),
            Layout(
                "UTC Time at End of Hour", value="Demand (MW)", area_rows="Balancing Authority", order="mdy"
            ),
            Layout("period", value="value", area_rows="respondent", only=(("type", "D"),)),
            Layout("period|period_utc|", area_columns=("{}_D_mwh", "E_{}_D", "EBA.{}-ALL.D.H", "{}_D", "{}")),
            Layout("date_time", value="demand (MW)"),
            Layout("date_time"),
        ),
        ("period_utc,SOCO_D_mwh,TVA_D_mwh", "2021-07-10T00,32324.0,22940.0", "2021-07-10T01,31046.0,22223.0"),
        blanks=("", "NA", "MISSING", "EMPTY"),
        thousands=True,
    ),
    Dialect(
        "pjm",
        "PJM Data Miner hourly load: hour beginning, by the UTC column where the file has it, else in Eastern"
        " prevailing time, where the hour that autumn repeats cannot be told apart and is refused",
        Clock("UTC", False, HOUR_S, "mdy"),
        "MWh",
        (
            Layout("datetime_beginning_utc", value=PJM_VALUES, area_rows="load_area"),
            Layout(
                "datetime_beginning_ept", value=PJM_VALUES, area_rows="load_area", zone="America/New_York"
            ),
        ),
        (
            "datetime_beginning_utc,datetime_beginning_ept,nerc_region,mkt_region,zone,load_area,mw,is_verified",
            "1/1/2025 5:00:00 AM,1/1/2025 12:00:00 AM,RFC,WEST,AEP,AEPAPT,4064.992,True",
        ),
        (("PJM", ("RTO",)),),
    ),
    Dialect(
        "generic",
        "any file: say time, value, unit, zone, stamp and interval; lines before the header that has the"
        " columns are passed over, as utilities write them",
        Clock("UTC", False, HOUR_S, "ymd"),
        "MWh",
        (),
        (
            "generic,time=Datetime,value=PJME_MW,unit=MW,zone=America/New_York,stamp=begin,interval=1h",
            "Datetime,PJME_MW",
            "2018-01-02 13:00:00,45970.5",
        ),
    ),
)
BY_NAME: Final = {dialect.name: dialect for dialect in DIALECTS}
NEEDED: Final = ("time", "value", "unit", "zone", "stamp", "interval")
KEYS: Final = ("time", "value", "area", "unit", "decimals", "only")
GENERIC_KEYS: Final = (*KEYS, "zone", "stamp", "interval", "date")


def parse(text: str) -> Asked:
    """What ``--dialect`` says; ``Malformed`` names the dialects, or the keys that are missing or unknown."""
    try:
        name, *settings = next(csv.reader([text], strict=True), []) or [""]
    except csv.Error as why:
        raise Malformed(f"names no dialect ({why}): {text[:80]!r}") from None
    dialect = BY_NAME.get(name.strip())
    if dialect is None:
        raise Malformed(
            f"names no dialect: {name!r}; there are {', '.join(BY_NAME)} (--dialect list explains them)"
        )
    keys = GENERIC_KEYS if dialect.name == "generic" else KEYS
    said: dict[str, str] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or key.strip() not in keys or not value:
            raise Malformed(
                f"{dialect.name} takes {', '.join(f'{key}=' for key in keys)} after it, not {setting!r}"
            )
        if said.setdefault(key.strip(), value) != value:
            raise Malformed(f"says {key.strip()} twice")
    missing = [f"{key}=" for key in NEEDED if key not in said] if dialect.name == "generic" else []
    if missing:
        raise Malformed(f"generic needs {', '.join(missing)}, for example {dialect.example[0]}")
    return _asked(dialect, said)


def _asked(dialect: Dialect, said: dict[str, str]) -> Asked:
    unit = said.get("unit", dialect.unit)
    if unit not in ENERGY | POWER:
        raise Malformed(f"unit must be one of {', '.join(ENERGY | POWER)}: {unit!r}")
    clock = dialect.clock
    if dialect.name == "generic":
        clock = _clock(said)
    asked = Asked(
        dialect._replace(unit=unit, clock=clock),
        said.get("time"),
        said.get("value"),
        said.get("area"),
        _decimals(said.get("decimals")),
        _only(said.get("only")),
    )
    assert asked.factor, "a mean power is exact over this interval, else it was refused"
    return asked


def _clock(said: dict[str, str]) -> Clock:
    with named("zone"):
        calendar.zone(said["zone"])
    with named("interval"):
        interval_s = units.parse_quantity(said["interval"], "_s")
    if not 0 < interval_s <= calendar.DAY_S or calendar.DAY_S % interval_s:
        raise Malformed(f"interval must divide a day evenly: {said['interval']!r}")
    if said["stamp"] not in ENDS:
        raise Malformed(f"stamp must be begin or end, of the interval: {said['stamp']!r}")
    order = said.get("date", "ymd")
    if order not in ORDERS:
        raise Malformed(f"date must be one of {', '.join(ORDERS)}: {order!r}")
    return Clock(said["zone"], ENDS[said["stamp"]], interval_s, order)


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


def _hours(interval_s: int) -> tuple[int, int]:
    """An interval in hours as n x 10^-decimals; ``Malformed`` where it is no such number, so that mean power
    gives no exact energy.
    """
    for decimals in range(7):
        if interval_s * 10**decimals % HOUR_S == 0:
            return interval_s * 10**decimals // HOUR_S, decimals
    raise Malformed(
        f"a mean power over {interval_s} s is no exact number of watt-hours; give energy"
        f" (unit={', '.join(ENERGY)}), or another interval"
    )


def explained() -> Iterator[str]:
    """Every dialect with its columns and an example, for people."""
    for dialect in DIALECTS:
        clock = dialect.clock
        yield f"{dialect.name}: {dialect.summary}"
        if dialect.layouts:
            yield (
                f"  stamp at the {'end' if clock.ends else 'begin'} of {clock.interval_s // 60} min, zone"
                f" {clock.zone}, values in {dialect.unit}"
            )
        for layout in dialect.layouts:
            yield f"  columns: {_columns(layout)}"
        yield "  example:"
        yield from (f"    {line}" for line in dialect.example)
    yield (
        "After the name, each after a comma: value=COLUMN area=NAME time=COLUMN (or DATE+TIME) unit=MW"
        " decimals=6 only=COLUMN:VALUE, for example pjm,area=AEPAPT"
    )


def _columns(layout: Layout) -> str:
    named_by_area = "|".join(layout.area_columns).replace("{}", "AREA")
    names = [
        layout.day,
        *layout.clock,
        layout.second,
        layout.area_rows,
        layout.value or named_by_area or "VALUE",
    ]
    return ", ".join(" or ".join(filter(None, name.split("|"))) for name in names if name)
