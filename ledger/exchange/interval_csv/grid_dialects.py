"""Dialects of the files that grid operators publish, and of EIA-930."""

from __future__ import annotations

from typing import Final

from ledger.calendar import HOUR_S
from ledger.exchange.interval_csv.dialect_form import CENTRAL, QUARTER_S, Dialect, Layout
from ledger.exchange.interval_csv.stamps import Clock

ERCOT_AREAS: Final = (("ERCO", ("ERCOT", "TOTAL")),)
PJM_VALUES: Final = "mw|prelim_load_avg_hourly|estimated_load_hourly"
GRID_DIALECTS: Final = (
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
        " EDT in a column of its own, rows of zones",
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
)
