"""Dialects of the files that customers download from their utilities."""

from __future__ import annotations

from typing import Final

from ledger.calendar import HOUR_S
from ledger.exchange.interval_csv import nem12
from ledger.exchange.interval_csv.dialect_form import CENTRAL, MINUTES, QUARTER_S, Dialect, Layout
from ledger.exchange.interval_csv.stamps import Clock

UTILITY_DIALECTS: Final = (
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
        quality="ESTIMATED_ACTUAL:A=actual,E=estimated",
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
)
