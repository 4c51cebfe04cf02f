"""Interval files as utilities let their customers download them, and as tools write them: each a trait that
was seen in public files.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from ledger.errors import Malformed
from ledger.exchange.interval_csv.dialects import QUALITIES
from ledger.kinds import IntervalsRecorded
from tests.support.story_facts import body_of
from tests.unit.exchange.test_interval_csv import energies, messages, read

GENERIC = "generic,unit=kWh,stamp=begin,zone=America/Chicago"
HOURS = f"{GENERIC},time=time,value=value,interval=1h"

COMED = """Name,JANE DOE
Address,"123 MAIN ST, CHICAGO IL"
Account Number,0000000000

TYPE,DATE,START TIME,END TIME,USAGE (kWh),COST,NOTES
Electric usage,7/2/2026,0:00,0:29,0.38,$0.12 ,
Natural gas usage,7/2/2026,0:00,23:59,1.02,$0.97,
Electric usage,7/2/2026,0:30,0:59,0.40,$0.12 ,* This data was estimated
"""


def test_the_download_of_a_utility_is_read_below_its_preamble_by_date_and_time_of_day() -> None:
    """ComEd's and PG&E's: the customer's name first, date and time apart, gas between the electricity."""
    asked = (
        f"{GENERIC},time=DATE+START TIME,value=USAGE (kWh),interval=30min,date=mdy,only=TYPE:Electric usage"
    )
    found = read("\ufeff" + COMED, asked)
    assert (energies(found), messages(found), found.notes) == (
        {"2026-07-02T05:00:00Z": 380, "2026-07-02T05:30:00Z": 400},
        [],
        (
            "f.csv: lines before the header, which is line 5, passed over",
            "f.csv: values in kWh from the column 'USAGE (kWh)'",
            "f.csv: 1 row passed over, not selected",
        ),
    )


def test_the_surplus_of_a_texan_meter_is_not_mixed_with_its_consumption() -> None:
    """Smart Meter Texas writes both directions of an interval below each other."""
    rows = "USAGE_DATE,USAGE_START_TIME,USAGE_KWH,KIND\n01/01/2024,00:00,.088,Consumption\n01/01/2024,00:00,2,Surplus\n"
    asked = f"{GENERIC},time=USAGE_DATE+USAGE_START_TIME,value=USAGE_KWH,interval=15min,date=mdy,only=KIND:Consumption"
    assert energies(read(rows, asked)) == {"2024-01-01T06:00:00Z": 88}


def test_no_row_is_taken_for_a_header_but_the_one_that_has_the_columns() -> None:
    with pytest.raises(Malformed, match="needs the columns 'DATE' and 'START TIME'; there are 'Name', 'JANE"):
        read(COMED.replace("START TIME", "FROM"), f"{GENERIC},time=DATE+START TIME,value=USAGE,interval=1h")


@pytest.mark.parametrize("asked", [f"{HOURS},only=TYPE", f"{HOURS},only=:x"])
def test_rows_that_are_meant_are_said_by_column_and_value(asked: str) -> None:
    with pytest.raises(Malformed, match="only is COLUMN:VALUE, the rows that are meant"):
        read("time,value\n", asked)


@pytest.mark.parametrize(
    ("stamp", "begins"), [("begin", ("05:00", "06:00", "07:00")), ("end", ("04:00", "05:00", "06:00"))]
)
def test_offsets_tell_the_hour_that_is_repeated_from_the_one_before(
    stamp: str, begins: tuple[str, ...]
) -> None:
    rows = (
        "time,value\n2026-11-01T00:00:00-05:00,1\n2026-11-01T01:00:00-05:00,2\n2026-11-01 01:00:00-0600,3\n"
    )
    found = read(rows, HOURS.replace("begin", stamp))
    assert (energies(found), messages(found)) == (
        {f"2026-11-01T{begin}:00Z": n * Fraction(1000) for n, begin in enumerate(begins, start=1)},
        [],
    )


@pytest.mark.parametrize(
    "stamp",
    ["2026-11-01T00:00:00-04:00", "2026-11-01T01:00:00-07:00", "2026-03-08T02:30-06:00", "2026-07-14T00:00Z"],
)
def test_an_offset_that_clocks_there_have_not_is_another_zone(stamp: str) -> None:
    (message,) = messages(read(f"time,value\n{stamp},1\n", HOURS.replace("1h", "30min")))
    assert message.startswith("2: stamp has another offset than clocks in America/Chicago have at ")


def test_a_date_that_begins_with_its_year_is_read_in_every_dialect() -> None:
    """PJM's and ERCOT's hours as programs write them again."""
    pjm = "datetime_beginning_utc,load_area,mw\n2024-11-03T05:00:00,AEP,4\n"
    ercot = "Hour_Ending,ERCOT\n2024-11-03 01:00:00,4\n"
    assert energies(read(pjm, "pjm,area=AEP")) == {"2024-11-03T05:00:00Z": 4_000_000}
    assert energies(read(ercot, "ercot-hourly")) == {"2024-11-03T05:00:00Z": 4_000_000}


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_a_file_that_is_not_cut_at_commas_says_so(mark: str) -> None:
    with pytest.raises(Malformed, match="cells are cut at commas"):
        read(f"time{mark}value\n2026-07-14 00:00{mark}1\n", HOURS)


def test_two_columns_of_one_name_are_not_said_to_be_missing() -> None:
    with pytest.raises(
        Malformed, match="has several columns of 'value'; choose one by its position, value=2 or value=3"
    ):
        read("time,value,value\n2026-07-14 00:00,1,2\n", HOURS)


def test_an_area_that_is_there_is_not_said_to_be_missing() -> None:
    found = read("datetime_beginning_utc,load_area,mw\n3 Nov 2024 05:00,AEP,4\n", "pjm,area=AEP")
    assert [message for message in messages(found) if "area" in message] == []


@pytest.mark.parametrize(
    ("begin", "end", "length_s"),
    [
        ("2026-03-08 00:00", "2026-03-09 00:00", 82_800),
        ("2026-11-01 00:00", "2026-11-02 00:00", 90_000),
        ("2026-11-01 00:00-05:00", "2026-11-02 00:00-06:00", 90_000),
    ],
)
@pytest.mark.parametrize("stamp", ["begin", "end"])
def test_a_daily_value_of_a_day_of_23_or_25_hours_is_not_said_to_be_of_24(
    begin: str, end: str, length_s: int, stamp: str
) -> None:
    rows = f"time,value\n2026-02-28 00:00,1\n{begin if stamp == 'begin' else end},2\n2026-12-01 00:00,3\n"
    found = read(rows, HOURS.replace("1h", "24h").replace("begin", stamp))
    assert (list(energies(found).values()), messages(found)) == (
        [1000, 3000],
        [
            f"3: stamp begins an interval of {length_s // 3600}h, not 24h, since clocks in America/Chicago"
            " change in it"
        ],
    )


@pytest.mark.parametrize(
    ("cell", "option"),
    [("-", "blank=-"), ("n/a", "blank=n/a"), ("#N/A", "blank=#N/A"), ('"1,500"', "thousands=yes")],
)
def test_a_cell_that_an_option_would_read_has_the_option_in_its_message(cell: str, option: str) -> None:
    (message,) = messages(read(f"time,value\n2026-07-14 01:00,{cell}\n", HOURS))
    assert f": {option} in --dialect)" in message


@pytest.mark.parametrize("zone", ["UTC", "GMT"])
def test_a_stamp_that_ends_in_the_name_of_utc_is_in_utc(zone: str) -> None:
    """As BigQuery writes a timestamp: ``2026-11-01 07:00:00 UTC``."""
    rows = f"time,value\n2026-11-01 06:00:00 {zone},1\n2026-11-01 07:00:00 {zone},2\n"
    found = read(rows, HOURS.replace("America/Chicago", "UTC"))
    other = read(rows, HOURS)
    assert (list(energies(found)), messages(found)) == (["2026-11-01T06:00:00Z", "2026-11-01T07:00:00Z"], [])
    assert (energies(other), len(messages(other))) == ({}, 2)


@pytest.mark.parametrize("mark", ["to", "TO", "-", "\u2013"])
def test_from_a_to_b_may_be_written_with_a_dash(mark: str) -> None:
    found = read(f"time,value\n2026-07-14 00:00 {mark} 2026-07-14 01:00,1\n", HOURS)
    assert (list(energies(found)), messages(found)) == (["2026-07-14T05:00:00Z"], [])


# --- SPP, Ameren, Xcel --------------------------------------------------------------------------------------

ZONES = "Market Hour,Balancing Area Name,Control Zone Name,Forecast Area Type,Load MW\n"


def test_the_hours_of_spp_end_in_gmt_also_as_clocks_go_back() -> None:
    """SPP's hourly load before 2026-03-24: MarketHour is GMT, hour ending, one local day a file (gridstatus
    0.36.0, get_hourly_load_historical). The local day of 25 hours has 25 rows, from 06:00 to 06:00.
    """
    stamps = [f"11/2/2025 {hour}:00" for hour in range(6, 24)] + [f"11/3/2025 {hour}:00" for hour in range(7)]
    rows = "".join(f"{stamp},{n},9\n" for n, stamp in enumerate(stamps))
    found = read(f"MarketHour, CSWS, EDE\n{rows}", "spp,area=CSWS")
    assert (len(energies(found)), min(energies(found)), max(energies(found)), messages(found)) == (
        25,
        "2025-11-02T05:00:00Z",
        "2025-11-03T05:00:00Z",
        [],
    )


def test_a_date_alone_is_its_midnight_in_files_of_spp_and_nowhere_else() -> None:
    """``12/2/2016`` for ``12/2/2016 00:00`` (gridstatus 0.36.0, clean_market_hour)."""
    spp = read("MarketHour,CSWS\n12/1/2016 23:00,1\n12/2/2016,2\n", "spp,area=CSWS")
    other = read("time,value\n2016-12-02,2\n", HOURS)
    assert (list(energies(spp)), messages(spp)) == (["2016-12-01T22:00:00Z", "2016-12-01T23:00:00Z"], [])
    assert (energies(other), messages(other)) == ({}, ["2: stamp needs a time of day such as 13:00: ''"])


def test_conforming_and_nonconforming_load_of_a_zone_are_not_taken_for_one_another() -> None:
    """Since 2026-03-24 SPP writes both in rows of their own, and the load of a zone is their sum (gridstatus
    0.36.0, pull request 823). No row is the reading of the zone, so one must be chosen.
    """
    rows = ZONES + "4/1/2026 6:00,SPP,KCPL,CF,10\n4/1/2026 6:00,SPP,KCPL,NC,2\n4/1/2026 6:00,SPP,CSWS,CF,5\n"
    both = read(rows, "spp,area=KCPL")
    assert (energies(both), messages(both)) == (
        {},
        [
            " has rows of different things, by the column 'Forecast Area Type': 'CF', 'NC'; choose one, for example"
            " only=Forecast Area Type:CF; the readings before it are taken"
        ],
    )
    assert list(energies(read(rows, "spp,area=KCPL,only=Forecast Area Type:NC")).values()) == [2_000_000]
    assert list(energies(read(rows, "spp,area=CSWS")).values()) == [5_000_000]


def test_runs_of_caiso_are_not_taken_for_one_another_either() -> None:
    """A day-ahead forecast is no reading of the load that came (OASIS SLD_FCST, MARKET_RUN_ID)."""
    head = "INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,MARKET_RUN_ID,TAC_AREA_NAME,MW\n"
    row = "2026-07-14T08:00:00-00:00,2026-07-14T09:00:00-00:00,{},PGE-TAC,{}\n"
    found = read(head + row.format("DAM", 1) + row.format("ACTUAL", 2), "caiso,area=PGE-TAC")
    assert (energies(found), len(messages(found))) == ({}, 1)


def test_two_meters_in_one_download_are_not_read_as_one() -> None:
    """Smart Meter Texas exports all meters of an account together, told apart by their ESIID alone."""
    head = "ESIID,USAGE_DATE,USAGE_START_TIME,USAGE_END_TIME,USAGE_KWH,CONSUMPTION_SURPLUSGENERATION\n"
    rows = "'1,07/01/2026, 00:00, 00:15,.1,Consumption\n'2,07/02/2026, 00:00, 00:15,.2,Consumption\n"
    both = read(head + rows, "smart-meter-texas")
    assert (energies(both), len(messages(both))) == ({}, 1)
    assert list(energies(read(head + rows, "smart-meter-texas,only=ESIID:'2")).values()) == [200]


@pytest.mark.parametrize("area", ["SPP", "SWPW"])
def test_five_minutes_of_spp_are_of_one_balancing_area(area: str) -> None:
    """stlf-vs-actual: GMTInterval is the end, in GMT; the file that the change of clocks repeats has its own
    GMT stamps (gridstatus 0.36.0, get_load_by_baa; issue 357 of gridstatus).
    """
    rows = "".join(
        f"11/01/2026 01:05:00,11/01/2026 {hour}:05:00,1,{60 if baa == area else 12},{baa}\n"
        for hour in ("06", "07")
        for baa in ("SPP", "SWPW")
    )
    found = read(f"Interval,GMTInterval,STLF,Actual,BAA\n{rows}", f"spp-5min,area={area}")
    assert (energies(found), messages(found)) == (
        {"2026-11-01T06:00:00Z": 5_000_000, "2026-11-01T07:00:00Z": 5_000_000},
        [],
    )


def test_the_hours_of_spp_that_have_no_actual_load_yet_are_blank() -> None:
    """mtlf-vs-actual: the forecast goes on for a week, the averaged actual load ends now."""
    rows = (
        "04/01/2023 07:00:00,04/01/2023 12:00:00,1500,1480\n04/01/2023 08:00:00,04/01/2023 13:00:00,1550,\n"
    )
    found = read(f"Interval,GMTIntervalEnd,MTLF,Averaged Actual\n{rows}", "")
    assert (energies(found), messages(found)) == ({"2023-04-01T11:00:00Z": 1_480_000_000}, [])


AMEREN = """\ufeffName,JANE DOE,,,,,,
Title,Advanced Metering Data,,,,,,
Commodity,Electric,,,,,,
,,,,,,,
Start Interval Date/Time,Meter Id,Usage,Units,Interval,Usage,Units,Interval
"""


def test_the_quarter_hours_of_ameren_begin_in_central_time_and_its_wrong_stamp_of_spring_is_refused() -> None:
    """Ameren's Advanced Metering Data of 2024/25 (sample of patrickvorgers/Home-Assistant-Import-Energy-Data):
    one column is the start, the hour and its first quarter stand in one row. After 01:45 in spring it writes
    the first quarter of the hour of three at 02:00, which was never shown; nobody can know that it is.
    """
    rows = (
        "03/09/2025 01:45,10000001,-,-,-,0.42,kwh,15min\n"
        "03/09/2025 02:00,10000001,0.6,kwh,60min,0.6,kwh,15min\n"
        "03/09/2025 03:00,10000001,1.36,kwh,60min,-,-,-\n"
        "03/09/2025 03:15,10000001,-,-,-,0.4,kwh,15min\n"
    )
    found = read(AMEREN + rows, "")
    assert (energies(found), messages(found)) == (
        {"2025-03-09T07:45:00Z": 420, "2025-03-09T08:15:00Z": 400},
        [
            "7: stamp begins at 2025-03-09 02:00:00, which clocks in America/Chicago skip that day; no interval"
            " begins then"
        ],
    )


def test_the_one_hour_that_ameren_writes_of_the_two_of_autumn_is_refused() -> None:
    """The same file has 24 hours on 2024-11-03, each once: of 01:00 to 01:45 nobody can say which it is."""
    rows = "".join(
        f"11/03/2024 {at},10000001,{hour},{'kwh,60min' if hour != '-' else '-,-'},0.25,kwh,15min\n"
        for at, hour in (("00:45", "-"), ("01:00", "1.0"), ("01:15", "-"), ("02:00", "1.0"))
    )
    found = read(AMEREN + rows, "ameren")
    assert (list(energies(found)), len(messages(found))) == (
        ["2024-11-03T05:45:00Z", "2024-11-03T08:00:00Z"],
        2,
    )


@pytest.mark.parametrize(
    "rows",
    [
        "DateTime,kWh,rate_level\n2026-02-26 08:30,0.21,off-peak\n",
        "Bill Date,Electric Charges,Electric Usage (kWh)\n09/24/2025,89.45,450\n",
        "Usage Date,Usage Time,Usage Value,Unit\n07/14/2026,00:15,0.21,kWh\n",
    ],
)
def test_a_file_of_xcel_is_never_read_by_a_guess(rows: str) -> None:
    """Xcel has no dialect. No public document or program was found that says whether its interval stamps
    begin or end their interval; its bill history is monthly, and its Green Button is XML (sources: Xcel
    Energy README of patrickvorgers/Home-Assistant-Import-Energy-Data, April 2026). So such a file is asked for.
    """
    with pytest.raises(Malformed, match="has the columns of no dialect; name one with --dialect"):
        read(rows, "")


def test_the_reader_of_a_file_of_xcel_is_asked_which_end_its_stamps_are() -> None:
    with pytest.raises(Malformed, match="generic needs stamp="):
        read("DateTime,kWh\n", "generic,time=DateTime,value=kWh,unit=kWh,zone=America/Denver,interval=15min")


# --- quarter-hours of Californian downloads -----------------------------------------------------------------

PGE = "TYPE,DATE,START TIME,END TIME,USAGE (kWh)\nElectric usage,2025-07-02,00:00,00:14,0.38\nElectric usage,2025-07-02,00:15,00:29,0.4\n"
SCE = 'Energy consumption time period,"Usage(Real energy in kilowatt-hours)"\n"2025-07-02 00:00:00 to 2025-07-02 00:15:00","0.38"\n"2025-07-02 00:15:00 to 2025-07-02 00:30:00","0.4"\n'
SDGE = 'Date,Start Time,Duration,Consumption\n"7/2/2025","12:00 AM","15","0.38"\n"7/2/2025","12:15 AM","15","0.4"\n'


@pytest.mark.parametrize(("rows", "name"), [(PGE, "pge"), (SCE, "sce"), (SDGE, "sdge")])
def test_a_large_customer_s_download_has_quarter_hours(rows: str, name: str) -> None:
    """The same columns with another length, which is named and not guessed."""
    found = read(rows, f"{name},interval=15min")
    assert (energies(found), messages(found)) == (
        {"2025-07-02T07:00:00Z": 380, "2025-07-02T07:15:00Z": 400},
        [],
    )
    assert energies(read(rows, name)) == {}


def test_a_row_of_another_length_says_how_it_would_be_read() -> None:
    (message, *_) = messages(read(PGE, "pge"))
    assert "an interval has 1h (another length: interval=15min in --dialect)" in message


SMART_METER_TEXAS = """ESIID,USAGE_DATE,REVISION_DATE,USAGE_START_TIME,USAGE_END_TIME,USAGE_KWH,ESTIMATED_ACTUAL,CONSUMPTION_SURPLUSGENERATION
'10000000000000001,03/08/2025,03/09/2025 06:10:00, 01:45, 02:00,.213,A,Consumption
'10000000000000001,03/08/2025,03/09/2025 06:10:00, 02:00, 02:15,.209,E,Consumption
"""


@pytest.mark.parametrize("dialect", ["smart-meter-texas", ""], ids=["by name", "recognized"])
def test_an_estimate_of_smart_meter_texas_is_recorded_as_one(dialect: str) -> None:
    """Its column ESTIMATED_ACTUAL says A or E; they are ESPI's actual and estimated (NAESB REQ.21)."""
    (claim,) = read(SMART_METER_TEXAS, dialect).claims
    assert body_of(claim, IntervalsRecorded).quality == (QUALITIES["actual"], QUALITIES["estimated"])


def test_a_file_of_smart_meter_texas_without_its_quality_column_states_none() -> None:
    rows = [line.split(",") for line in SMART_METER_TEXAS.splitlines()]
    (claim,) = read("\n".join(",".join(row[:6] + row[7:]) for row in rows), "smart-meter-texas").claims
    assert body_of(claim, IntervalsRecorded).quality == (-1, -1)
