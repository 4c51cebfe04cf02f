"""Dialects: how a CSV file of interval values is written. Each is a value in one list; the name is said,
never guessed.

A dialect fixes the zone of the stamps, which end of the interval they are, the interval's length, the unit of
the values, what a blank looks like, and the layouts in which its publisher lays out columns: the header says
which of them a file has, and a header that has none is refused. Values are energy (Wh, kWh, MWh, GWh) or mean
power over the interval (W, kW, MW, GW).

``--dialect NAME[,KEY=VALUE...]`` names it; keys (CSV quoting, so a name may hold a comma): ``value`` the
column of the values, ``area`` the balancing authority, zone or load area whose values are meant, ``time`` the
column of the stamp or ``DATE+TIME`` those of its date and its time of day, ``unit``, ``decimals`` to round
longer numbers to, ``only`` the rows that are meant, such as ``TYPE:Electric usage``, ``date`` the order of a
date's parts (ymd, mdy or dmy; years may then have two digits), ``thousands=yes`` where commas group digits,
``blank`` the texts that mean no value beside an empty cell (``-|N/A``), ``interval`` where a publisher has
files of several, ``quality`` the column of the quality
and what its cells mean (``QUAL:E=estimated,A=actual``); and for ``generic``, where nothing is known, also
``zone``, ``stamp`` (begin or end), ``interval`` and ``flag``, the column that marks the second of two equal
hours.

``value`` may be the place of a column, from 1, where two have one name, and ``FIRST..LAST`` in a file with
one row a day, where the titles of the columns show the times of day.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Final, NamedTuple

from ledger import calendar, units
from ledger.calendar import HOUR_S
from ledger.errors import Malformed, did_you_mean, named
from ledger.exchange.interval_csv import nem12
from ledger.exchange.interval_csv.stamps import ORDERS, Clock

QUARTER_S: Final = 900
MINUTES: Final = "{minutes}"
"""In ``Layout.only``: the interval's length in minutes."""
ENDS: Final = {"begin": False, "end": True}
ENERGY: Final = {"Wh": 0, "kWh": 3, "MWh": 6, "GWh": 9}
POWER: Final = {"W": 0, "kW": 3, "MW": 6, "GW": 9}


class Layout(NamedTuple):
    """The columns of one form of a file; ``a|b`` are names that mean the same, spaces, ``_`` and capitals
    aside.

    ``day`` holds the stamp, or its date if ``clock`` columns hold the time of day (two: hour and interval,
    from 1). ``second`` is Y where the hour is the second of two. Values are in ``value``, else in the column
    that the area names by one of ``area_columns``; rows are those whose ``area_rows`` cell is the area and
    whose ``only`` cells are so. ``zone`` and ``order`` in place of the dialect's own, if they are said;
    ``offset`` is a column that says EST or EDT; ``end`` one that holds the end of the interval, which must be
    an interval after its begin. ``unit`` in place of the dialect's own, if it is not asked for. A file that
    has the columns of an ``own`` layout is this publisher's, so that the dialect need not be said. Rows that
    differ in the column ``sort`` are of different things (forecast and actual load, two meters), of which
    ``only`` must choose one. ``NAME#2`` is the second of several columns of that name.
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
    offset: str = ""
    own: bool = False
    end: str = ""
    unit: str = ""
    sort: str = ""


class Dialect(NamedTuple):
    """How a file is written. ``example`` are lines of such a file, read with ``example_keys`` after the name:
    they say ``example_reads``, begins of intervals with their energy in Wh. ``areas`` are other names of an
    area in it, ``blanks`` the cells that mean no value, ``totals`` the first cells of rows that are none,
    such as one that counts the others.
    """

    name: str
    summary: str
    clock: Clock
    unit: str
    layouts: tuple[Layout, ...]
    example: tuple[str, ...]
    example_reads: tuple[tuple[str, str], ...]
    example_keys: str = ""
    areas: tuple[tuple[str, tuple[str, ...]], ...] = ()
    blanks: tuple[str, ...] = ("",)
    thousands: bool = False
    totals: frozenset[str] = frozenset()
    group: str = "Grid operators"


class ChosenDialect(NamedTuple):
    """A dialect as it is said: with the column, area, unit and rounding of this file."""

    dialect: Dialect
    time: str | None = None
    value: str | None = None
    area: str | None = None
    decimals: int | None = None
    only: tuple[str, str] | None = None
    blanks: tuple[str, ...] = ()
    quality: tuple[str, dict[str, int]] | None = None
    flag: str | None = None
    offset: str | None = None
    is_unit_asked: bool = False

    @property
    def power_of_ten(self) -> int:
        """Of the unit: 6 for MWh and MW."""
        return (ENERGY | POWER)[self.dialect.unit]

    @property
    def factor(self) -> tuple[int, int | None]:
        """(n, decimals): energy of the interval = value x n x 10^-decimals, exactly. (1, 0) where values are
        energy, (1, None) where the interval is no such number of hours.
        """
        return (1, 0) if self.dialect.unit in ENERGY else _hours(self.dialect.clock.interval_s)


ERCOT_AREAS: Final = (("ERCO", ("ERCOT", "TOTAL")),)
CENTRAL: Final = "America/Chicago"
PJM_VALUES: Final = "mw|prelim_load_avg_hourly|estimated_load_hourly"

DIALECTS: Final = (
    Dialect(
        "ercot-hourly",
        "ERCOT hourly load by weather zone: hour ending in Central time, 01:00 to 24:00, none ends at 03:00"
        ' in spring, the second 02:00 of autumn is "02:00 DST" or flagged Y',
        Clock(CENTRAL, True, HOUR_S, "mdy", marks=True),
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
        (
            ("2025-11-02T06:00:00Z", "40309206275"),
            ("2025-11-02T07:00:00Z", "39670106541"),
        ),
        "area=ERCO",
        ERCOT_AREAS,
        thousands=True,
    ),
    Dialect(
        "ercot-15min",
        "ERCOT quarter-hours: interval ending in Central time, 00:15 to 24:00, none ends from 02:15 to 03:00"
        ' in spring, the second 01:15 to 02:00 of autumn is marked " DST" or flagged Y; or ends as clocks show'
        " them (03:00 after 01:45 in spring, a second 01:00 in autumn); or delivery hour and interval, from 1",
        Clock(CENTRAL, True, QUARTER_S, "mdy", marks=True),
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
            # system-wide actuals (NP6-235-CD): mean MW of the quarter-hour; ERCOT's peaks are 85,000 MW, so
            # that the 25,000 to 85,000 of a quarter cannot be MWh (gridstatus 0.36.0 reads them as load in MW)
            Layout("OperDay", ("TimeEnding",), "DSTFlag", area_columns=("{}",), own=True, unit="MW"),
            Layout("Interval Ending|Interval End|Hour Ending|Hour End|Time Ending", area_columns=("{}",)),
        ),
        (
            "DeliveryDate,DeliveryHour,DeliveryInterval,MWh,DSTFlag",
            "11/02/2025,2,4,62.115,N",
            "11/02/2025,2,1,61.98,Y",
        ),
        (
            ("2025-11-02T06:45:00Z", "62115000"),
            ("2025-11-02T07:00:00Z", "61980000"),
        ),
        "",
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
            Layout(
                "UTC Time at End of Hour", value="Demand (MW)", area_rows="Sub-Region", order="mdy", own=True
            ),
            Layout(
                "UTC Time at End of Hour",
                value="Demand (MW)",
                area_rows="Balancing Authority",
                order="mdy",
                own=True,
            ),
            Layout("period", value="value", area_rows="respondent", only=(("type", "D"),), own=True),
            Layout("period|period_utc|", area_columns=("{}_D_mwh", "E_{}_D", "EBA.{}-ALL.D.H", "{}_D", "{}")),
            Layout("date_time", value="demand (MW)"),
            Layout("date_time"),
        ),
        ("period_utc,SOCO_D_mwh,TVA_D_mwh", "2021-07-10T00,32324.0,22940.0", "2021-07-10T01,31046.0,22223.0"),
        (("2021-07-09T23:00:00Z", "32324000000"), ("2021-07-10T00:00:00Z", "31046000000")),
        "area=SOCO",
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
            Layout("datetime_beginning_utc", value=PJM_VALUES, area_rows="load_area", own=True),
            Layout(
                "datetime_beginning_ept", value=PJM_VALUES, area_rows="load_area", zone="America/New_York"
            ),
        ),
        (
            "datetime_beginning_utc,datetime_beginning_ept,nerc_region,mkt_region,zone,load_area,mw,is_verified",
            "1/1/2025 5:00:00 AM,1/1/2025 12:00:00 AM,RFC,WEST,AEP,AEPAPT,4064.992,True",
        ),
        (("2025-01-01T05:00:00Z", "4064992000"),),
        "area=AEPAPT",
        (("PJM", ("RTO",)),),
    ),
    Dialect(
        "caiso",
        "CAISO OASIS system load (SLD_FCST, hourly): interval begin in GMT, rows of load areas; of several"
        " market runs choose one: only=MARKET_RUN_ID:ACTUAL",
        Clock("UTC", False, HOUR_S, "ymd"),
        "MW",
        (
            Layout(
                "INTERVALSTARTTIME_GMT",
                value="MW",
                area_rows="TAC_AREA_NAME",
                own=True,
                end="INTERVALENDTIME_GMT",
                sort="MARKET_RUN_ID",
            ),
            Layout("INTERVALSTARTTIME_GMT", value="MW", end="INTERVALENDTIME_GMT", sort="MARKET_RUN_ID"),
        ),
        (
            "INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,OPR_DT,OPR_HR,MARKET_RUN_ID,TAC_AREA_NAME,MW",
            "2025-11-02T08:00:00-00:00,2025-11-02T09:00:00-00:00,2025-11-02,2,ACTUAL,PGE-TAC,9541.13",
            "2025-11-02T09:00:00-00:00,2025-11-02T10:00:00-00:00,2025-11-02,3,ACTUAL,PGE-TAC,9322.05",
        ),
        (
            ("2025-11-02T08:00:00Z", "9541130000"),
            ("2025-11-02T09:00:00Z", "9322050000"),
        ),
        "area=PGE-TAC,only=MARKET_RUN_ID:ACTUAL",
    ),
    Dialect(
        "nyiso",
        "NYISO integrated real-time load (palIntegrated): hour beginning in Eastern prevailing time, EST or"
        " EDT said in a column of its own, rows of zones",
        Clock("America/New_York", False, HOUR_S, "mdy"),
        "MW",
        (Layout("Time Stamp", value="Integrated Load", area_rows="Name", offset="Time Zone", own=True),),
        (
            '"Time Stamp","Time Zone","Name","PTID","Integrated Load"',
            '"11/02/2025 01:00:00","EDT","CAPITL",61757,1091.4',
            '"11/02/2025 01:00:00","EST","CAPITL",61757,1064.9',
        ),
        (
            ("2025-11-02T05:00:00Z", "1091400000"),
            ("2025-11-02T06:00:00Z", "1064900000"),
        ),
        "area=CAPITL",
    ),
    Dialect(
        "isone",
        "ISO New England hourly system load: rows that begin with D, hour ending 01 to 24 in Eastern"
        " prevailing time, the second 02 of autumn is 02X, none is 03 in spring",
        Clock("America/New_York", True, HOUR_S, "mdy", marks=True),
        "MW",
        (Layout("Date", ("Hour Ending|Hour",), only=(("H", "D"),)),),
        (
            '"H","Date","Hour Ending","Total Load"',
            '"H","String","String","MW"',
            '"D","11/02/2025","02","9412.7"',
            '"D","11/02/2025","02X","9201.3"',
            '"T","2"',
        ),
        (
            ("2025-11-02T05:00:00Z", "9412700000"),
            ("2025-11-02T06:00:00Z", "9201300000"),
        ),
        "",
        totals=frozenset("CT"),
    ),
    Dialect(
        "miso",
        "MISO historical forecast and actual load: hour ending 1 to 24 in Eastern standard time all year",
        Clock("Etc/GMT+5", True, HOUR_S, "mdy"),
        "MWh",
        (
            Layout(
                "Market Day",
                ("HourEnding",),
                area_columns=("{} ActualLoad (MWh)", "{} ActualLoad", "{}"),
                own=True,
            ),
        ),
        (
            "Market Day,HourEnding,LRZ1 ActualLoad (MWh),MISO ActualLoad (MWh)",
            "03/09/2025,2,10841,67210",
            "03/09/2025,3,10752,66830",
        ),
        (
            ("2025-03-09T06:00:00Z", "67210000000"),
            ("2025-03-09T07:00:00Z", "66830000000"),
        ),
        "area=MISO",
    ),
    Dialect(
        "spp",
        "SPP hourly load of control zones, and mid-term forecast beside its averaged actual load (mtlf-vs-actual):"
        " hour ending in GMT; where a zone has conforming and nonconforming load in rows of their own, choose one:"
        " only=Forecast Area Type:CF",
        Clock("UTC", True, HOUR_S, "mdy", is_midnight_bare=True),
        "MW",
        (
            Layout(
                "Market Hour",
                value="Load MW",
                area_rows="Control Zone Name",
                own=True,
                sort="Forecast Area Type",
            ),
            Layout("GMTIntervalEnd", value="Averaged Actual", area_rows="BAA", own=True),
            Layout("GMTIntervalEnd", value="Averaged Actual", own=True),
            Layout("MarketHour", area_columns=("{}",), own=True),
        ),
        (
            "Market Hour,Balancing Area Name,Control Zone Name,Forecast Area Type,Load MW",
            "11/1/2026 6:00,SPP,CSWS,CF,4607.037",
            "11/1/2026 7:00,SPP,CSWS,CF,4518.204",
        ),
        (
            ("2026-11-01T05:00:00Z", "4607037000"),
            ("2026-11-01T06:00:00Z", "4518204000"),
        ),
        "area=CSWS",
    ),
    Dialect(
        "spp-5min",
        "SPP short-term forecast beside actual load (stlf-vs-actual): five minutes ending in GMT; since 2026"
        " with rows of the balancing areas SPP and SWPW",
        Clock("UTC", True, 300, "mdy"),
        "MW",
        (
            Layout("GMTInterval|GMTIntervalEnd", value="Actual", area_rows="BAA"),
            Layout("GMTInterval|GMTIntervalEnd", value="Actual"),
        ),
        (
            "Interval,GMTInterval,STLF,Actual,BAA",
            "11/01/2026 01:05:00,11/01/2026 06:05:00,24010.5,24018,SPP",
            "11/01/2026 01:05:00,11/01/2026 07:05:00,23870.2,23861.4,SPP",
        ),
        (
            ("2026-11-01T06:00:00Z", "2001500000"),
            ("2026-11-01T07:00:00Z", "1988450000"),
        ),
        "area=SPP",
    ),
    Dialect(
        "aeso",
        "AESO pool price and Alberta internal load: hour ending 01 to 24 in Mountain prevailing time, the"
        " second 02 of autumn is 02*, none is 03 in spring",
        Clock("America/Edmonton", True, HOUR_S, "mdy", marks=True),
        "MW",
        (Layout("Date (HE)", value="AIL Demand (MW)", own=True),),
        (
            "Date (HE),Price ($),30Ravg ($),AIL Demand (MW)",
            "11/02/2025 02,31.44,41.02,9377.0",
            "11/02/2025 02*,30.80,41.00,9305.0",
        ),
        (
            ("2025-11-02T07:00:00Z", "9377000000"),
            ("2025-11-02T08:00:00Z", "9305000000"),
        ),
        "",
    ),
    Dialect(
        "ieso",
        "IESO hourly demand (PUB_Demand): hour ending 1 to 24 in Eastern standard time all year",
        Clock("Etc/GMT+5", True, HOUR_S, "ymd"),
        "MW",
        (Layout("Date", ("Hour",), value="Ontario Demand", own=True),),
        (
            "\\\\Hourly Demand Report",
            "Date,Hour,Market Demand,Ontario Demand",
            "2025-11-02,2,15011,12480",
            "2025-11-02,3,14880,12391",
        ),
        (
            ("2025-11-02T06:00:00Z", "12480000000"),
            ("2025-11-02T07:00:00Z", "12391000000"),
        ),
        "",
    ),
    Dialect(
        "smart-meter-texas",
        "Smart Meter Texas interval data: quarter-hours beginning in Central time, the meter's consumption;"
        " what autumn repeats cannot be told apart and is refused",
        Clock(CENTRAL, False, QUARTER_S, "mdy"),
        "kWh",
        (
            Layout(
                "USAGE_DATE",
                ("USAGE_START_TIME",),
                value="USAGE_KWH",
                only=(("CONSUMPTION_SURPLUSGENERATION", "Consumption"),),
                own=True,
                end="USAGE_END_TIME",
                sort="ESIID",
            ),
        ),
        (
            "ESIID,USAGE_DATE,REVISION_DATE,USAGE_START_TIME,USAGE_END_TIME,USAGE_KWH,ESTIMATED_ACTUAL,CONSUMPTION_SURPLUSGENERATION",
            "'10000000000000001,03/08/2025,03/09/2025 06:10:00, 01:45, 02:00,.213,A,Consumption",
            "'10000000000000001,03/08/2025,03/09/2025 06:10:00, 02:00, 02:15,.209,A,Consumption",
        ),
        (
            ("2025-03-08T07:45:00Z", "213"),
            ("2025-03-08T08:00:00Z", "209"),
        ),
        "",
        group="Utilities' downloads",
    ),
    Dialect(
        "pge",
        "PG&E Green Button download as CSV, hourly (or interval=15min): electricity used, below the customer's name, by date and"
        " start time in Pacific time; what autumn repeats cannot be told apart and is refused",
        Clock("America/Los_Angeles", False, HOUR_S, "ymd"),
        "kWh",
        (
            Layout(
                "DATE",
                ("START TIME",),
                value="IMPORT (kWh)|USAGE (kWh)|USAGE",
                only=(("TYPE", "Electric usage"),),
                end="END TIME",
            ),
        ),
        (
            "Name,JANE DOE",
            "",
            "TYPE,DATE,START TIME,END TIME,USAGE (kWh),COST,NOTES",
            "Electric usage,2025-07-02,00:00,00:59,0.38,$0.12,",
            "Electric usage,2025-07-02,01:00,01:59,0.40,$0.12,",
        ),
        (
            ("2025-07-02T07:00:00Z", "380"),
            ("2025-07-02T08:00:00Z", "400"),
        ),
        "",
        group="Utilities' downloads",
    ),
    Dialect(
        "sce",
        "SCE Green Button download as CSV, hourly (or interval=15min): energy from A to B in Pacific time; what autumn repeats"
        " cannot be told apart and is refused",
        Clock("America/Los_Angeles", False, HOUR_S, "ymd"),
        "kWh",
        (Layout("Energy consumption time period", value="Usage(Real energy in kilowatt-hours)", own=True),),
        (
            'Energy consumption time period,"Usage(Real energy in kilowatt-hours)",Reading quality',
            '"2025-07-02 00:00:00 to 2025-07-02 01:00:00","0.380",""',
            '"2025-07-02 01:00:00 to 2025-07-02 02:00:00","0.410",""',
        ),
        (
            ("2025-07-02T07:00:00Z", "380"),
            ("2025-07-02T08:00:00Z", "410"),
        ),
        "",
        group="Utilities' downloads",
    ),
    Dialect(
        "sdge",
        "SDG&E Green Button download as CSV, hourly (or interval=15min): consumption by date and start time in Pacific time; what"
        " autumn repeats cannot be told apart and is refused",
        Clock("America/Los_Angeles", False, HOUR_S, "mdy"),
        "kWh",
        (
            Layout(
                "Date",
                ("Start Time",),
                value="Consumption",
                only=(("Duration", MINUTES),),
                sort="Meter Number",
            ),
        ),
        (
            "Meter Number,Date,Start Time,Duration,Consumption,Generation,Net",
            '"01234567","7/2/2025","12:00 AM","60","0.3800","0.0000","0.3800"',
            '"01234567","7/2/2025","1:00 AM","60","0.4100","0.0000","0.4100"',
        ),
        (
            ("2025-07-02T07:00:00Z", "380"),
            ("2025-07-02T08:00:00Z", "410"),
        ),
        "",
        group="Utilities' downloads",
    ),
    Dialect(
        "ameren",
        "Ameren interval data (Advanced Metering Data): the quarter-hours of the file, beginning in Central"
        " time; what autumn repeats cannot be told apart and is refused, and the quarter after the clocks change"
        " in spring, which the file gives at 02:00, too",
        Clock(CENTRAL, False, QUARTER_S, "mdy"),
        "kWh",
        (
            Layout(
                "Start Interval Date/Time",
                value="Usage#2",
                only=(("Units#2", "kwh"), ("Interval#2", "15min")),
                own=True,
                sort="Meter Id",
            ),
        ),
        (
            "Name,JANE DOE,,,,,,",
            "Title,Advanced Metering Data,,,,,,",
            ",,,,,,,",
            "Start Interval Date/Time,Meter Id,Usage,Units,Interval,Usage,Units,Interval",
            "03/09/2025 01:45,10000001,-,-,-,0.42,kwh,15min",
            "03/09/2025 03:00,10000001,1.36,kwh,60min,-,-,-",
            "03/09/2025 03:15,10000001,-,-,-,0.4,kwh,15min",
        ),
        (
            ("2025-03-09T07:45:00Z", "420"),
            ("2025-03-09T08:15:00Z", "400"),
        ),
        "",
        group="Utilities' downloads",
    ),
    Dialect(
        nem12.NAME,
        "NEM12 (AEMO's Meter Data File Format): records of registers in Australian Eastern Standard Time all"
        " year, with their own unit, interval of 5, 15 or 30 min and quality; area= a NMI suffix or"
        " NMI/SUFFIX",
        Clock(nem12.ZONE, False, 2 * QUARTER_S, "ymd"),
        "kWh",
        (Layout("100", value="NEM12", own=True),),
        (
            "100,NEM12,202607150700,MDP1,RETAILER1",
            "200,6305168256,E1B1,1,E1,N1,METSER1,kWh,30,",
            "300,20260714,1.5,1.25," + ",".join(["0"] * 46) + ",V,,,20260715065000,",
            "400,1,2,A,,",
            "400,3,48,N,,",
            "900",
        ),
        (
            ("2026-07-13T14:00:00Z", "1500"),
            ("2026-07-13T14:30:00Z", "1250"),
        ),
        "area=E1",
        group="Utilities' downloads",
    ),
    Dialect(
        "generic",
        "any file: say time, value, unit, zone, stamp and interval; lines before the header that has the"
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
    ),
)
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
"""The keys of a dialect that states more than others, or leaves more open."""
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
"""Words for the ESPI codes of quality (NAESB REQ.21, QualityOfReading). What was projected is no reading."""
MEASURED: Final = frozenset((0, *range(7, 12), 13, 14, 16, 17, 18, 19))
"""The codes of what was metered, or estimated in its place: neither projected (12) nor made normal for the
weather (15).
"""


def parse(text: str) -> ChosenDialect:
    """What ``--dialect`` says; ``Malformed`` names the dialects, or the keys that are missing or unknown."""
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
            raise Malformed(f"says {key.strip()} twice")
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
        _quality(said.get("quality")),
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


def _hours(interval_s: int) -> tuple[int, int | None]:
    """An interval in hours as n x 10^-decimals; (1, None) where it is no such number, so that mean power
    gives no exact energy.
    """
    for decimals in range(7):
        if interval_s * 10**decimals % HOUR_S == 0:
            return interval_s * 10**decimals // HOUR_S, decimals
    return 1, None


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
