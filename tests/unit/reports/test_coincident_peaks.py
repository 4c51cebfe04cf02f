"""Coincident peaks: a worked year of four peaks by hand, schemes as data, and curtailments that met none."""

from __future__ import annotations

import pytest

from ledger.app.queries.explanation import figure
from ledger.errors import Malformed
from projections.engine.fold import replay
from projections.reports.coincident_peaks import REPORT
from tests.support.report_answers import answer, cells_of, lines, pictures, scope_of, verdict
from tests.support.story_facts import told

SITE = """
2025-01-01T00:00Z s1 site-registered name=S county=C state=TX tz=America/Chicago balancing_authority={ba} utility=U parcels=[] site_class=mining-only
2025-01-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=75MW feeds=[]
2025-01-01T00:00Z s1 meter-registered meter=r scope=site role=revenue direction=delivered interval=15min
"""
ERCOT = SITE.format(ba="ERCO")
CHARGE = "2026-01-01T00:00Z s1 peak-charge-set scheme=ercot-4cp charge=60.00USD\n"
YEAR = "2026"


def peak(start: str, stop: str, system: str = "80GW", ba: str = "ERCO") -> str:
    return (
        f"2026-10-01T00:00Z ba-{ba} coincident-peak-confirmed start={start}Z stop={stop}Z system={system}\n"
    )


def reading(start: str, load_mw: int, interval: str = "15min", quarters: int = 1) -> str:
    """A reading of a mean load over one or more quarter-hours."""
    return (
        f"{start}Z s1 intervals-recorded meter=r start={start}Z interval={interval} power_of_ten=3"
        f" values=[{load_mw * 250 * quarters}] quality=[0]\n"
    )


PEAKS = "".join(
    peak(f"2026-{day}T22:00", f"2026-{day}T22:15") for day in ("06-10", "07-16", "08-25", "09-08")
)
LOADS = "".join(
    reading(f"2026-{day}T22:00", load_mw) + "".join(reading(f"2026-{like}T22:00", 70) for like in alike)
    for day, load_mw, alike in (
        ("06-10", 5, ("06-11", "06-12")),
        ("07-16", 10, ("07-17", "07-20")),
        ("08-25", 70, ("08-26", "08-27")),
        ("09-08", 45, ("09-09", "09-10")),
    )
)
WORKED = ERCOT + CHARGE + PEAKS + LOADS


def call(name: str, start: str, stop: str, depth_mw: int = 60, kind: str = "coincident-peak") -> str:
    """A dispatch for a peak that curtails m1 for all of it."""
    return (
        f"{start}Z s1 dispatch-notified dispatch={name} dispatch_class={kind} mode=reduce-by target=60MW"
        f" start={start}Z stop={stop}Z\n"
        f"{start}Z s1 curtailment-started dispatch={name} block=m1 depth={depth_mw}MW\n"
        f"{stop}Z s1 curtailment-ended dispatch={name} block=m1\n"
    )


def at(text: str, name: str, period: str = YEAR) -> dict[str, object]:
    return lines(REPORT, text, period)[f"s1/{name}"]


def test_the_worked_year_of_four_peaks() -> None:
    """Like hours 70 MW. Load 5, 10, 70, 45: avoided 65, 60, 0, 25 MW. At $60 per kW and year of the mean of four:
    65,000 kW x $60 / 4 = $975,000; $900,000; $0; $375,000. In all $2,250,000 = 37,500 kW x $60.
    """
    found = list(lines(REPORT, WORKED, YEAR).values())
    assert [(line["avoided_w"], line["worth_cents"]) for line in found] == [
        (65_000_000, 97_500_000),
        (60_000_000, 90_000_000),
        (0, 0),
        (25_000_000, 37_500_000),
    ]


def test_the_share_is_of_the_systems_load() -> None:
    """5 MW of 80 GW = 62.5 ppm, half to even."""
    assert at(WORKED, "ercot-4cp/2026-06-10T22:00:00Z")["share_ppm"] == 62


def test_the_verdict_sums_up_the_year() -> None:
    assert verdict(REPORT, WORKED, YEAR) == (
        "At 4 coincident peaks the load was 32.5 MW on average, where like hours have 70 MW; that is worth $2,250,000 a"
        " year."
    )


def test_a_charge_that_is_given_takes_the_place_of_the_recorded_one() -> None:
    found = answer(REPORT, told(WORKED), YEAR, given={"charge": "100.00USD"}).rows
    assert sum(int(str(row[17])) for row in found) == 375_000_000


def test_a_charge_without_its_unit_is_refused_in_words() -> None:
    with pytest.raises(Malformed, match=r"--charge needs a unit \(USD\): '100'; such as --charge 61.50USD"):
        answer(REPORT, told(WORKED), YEAR, given={"charge": "100"})


def test_like_days_are_of_the_same_type_without_dispatch_peak_or_gap() -> None:
    """Of June 10, a Wednesday: June 11 counts. June 12 had a dispatch, June 13 is a Saturday, June 15 has no reading
    there, and June 16 is another peak of the scheme, which is not chosen, and counts.
    """
    text = ERCOT + peak("2026-06-10T22:00", "2026-06-10T22:15") + reading("2026-06-10T22:00", 5)
    for day, load_mw in (("11", 70), ("12", 30), ("13", 20), ("16", 60)):
        text += reading(f"2026-06-{day}T22:00", load_mw)
    text += reading("2026-06-15T22:15", 10)
    text += call("d1", "2026-06-12T22:10", "2026-06-12T23:00", kind="emergency")
    text += peak("2026-06-16T22:00", "2026-06-16T22:15", "79GW")
    found = at(text, "ercot-4cp/2026-06-10T22:00:00Z")
    assert (found["like_count"], found["like_w"]) == (2, 65_000_000)


def test_of_a_month_the_highest_confirmed_interval_counts() -> None:
    """Two were confirmed for June: the later figure of 81 GW takes the place of the provisional one."""
    text = ERCOT + peak("2026-06-10T22:00", "2026-06-10T22:15")
    text += peak("2026-06-18T21:45", "2026-06-18T22:00", "81GW")
    assert list(lines(REPORT, text, YEAR)) == ["s1/ercot-4cp/2026-06-18T21:45:00Z"]


def test_five_peaks_of_pjm_are_of_five_days() -> None:
    """Seven hours are confirmed, two of them on July 14: the lower of these and the sixth day are left out."""
    hours = [("07-14T20:00", 160), ("07-14T21:00", 159), ("07-15T21:00", 158), ("07-16T21:00", 157)]
    hours += [("06-24T21:00", 156), ("08-11T21:00", 155), ("08-12T21:00", 154)]
    text = SITE.format(ba="PJM")
    for start, system in hours:
        stop = f"{start[:6]}{int(start[6:8]) + 1}:00"
        text += peak(f"2026-{start}", f"2026-{stop}", f"{system}GW", "PJM")
    found = lines(REPORT, text, YEAR)
    assert sorted(((int(line["rank"]), name.split("/")[-1][5:16]) for name, line in found.items())) == [
        (1, "07-14T20:00"),
        (2, "07-15T21:00"),
        (3, "07-16T21:00"),
        (4, "06-24T21:00"),
        (5, "08-11T21:00"),
    ]


def test_a_proposed_scheme_has_rows_only_where_its_intervals_were_confirmed() -> None:
    """Half an hour in January is no interval of the four; the row names the proposal."""
    text = ERCOT + peak("2026-01-26T12:30", "2026-01-26T13:00")
    ((name, line),) = lines(REPORT, text, YEAR).items()
    assert (name, "proposal of 2026" in str(line["rule"])) == ("s1/ercot-12cp/2026-01-26T12:30:00Z", True)


def test_a_winter_season_is_named_by_the_year_that_it_begins_in() -> None:
    """January 2027 belongs to the winter of 2026, whose highest hour it is."""
    text = SITE.format(ba="MISO") + peak("2026-12-15T23:00", "2026-12-16T00:00", "100GW", "MISO")
    text += peak("2027-01-20T13:00", "2027-01-20T14:00", "101GW", "MISO")
    found = lines(REPORT, text, "2026-12-01T00:00Z/2027-06-01T00:00Z")
    assert [(name, line["period"]) for name, line in found.items()] == [
        ("s1/miso-winter/2027-01-20T13:00:00Z", "2026")
    ]


def test_a_recorded_scheme_takes_the_place_of_the_tables() -> None:
    """The Commission decides for half-hours in June to September already."""
    text = ERCOT + peak("2026-06-10T22:00", "2026-06-10T22:30")
    text += (
        "2026-05-01T00:00Z ba-ERCO peak-scheme-set scheme=ercot-4cp months=[6,7,8,9] per=month peaks=1"
        ' interval=30min tz=America/Chicago rule="as decided" in_force=true\n'
    )
    found = lines(REPORT, text, YEAR)
    assert found["s1/ercot-4cp/2026-06-10T22:00:00Z"]["rule"] == "as decided"


@pytest.mark.parametrize(
    ("start", "stop", "as_of", "verdict_then"),
    [
        ("2026-06-10T22:10", "2026-06-10T23:00", "2026-12-01", "met"),
        ("2026-06-10T22:15", "2026-06-10T23:00", "2026-12-01", "no peak"),
        ("2026-06-10T21:00", "2026-06-10T22:00", "2026-12-01", "no peak"),
        ("2026-06-12T21:00", "2026-06-12T23:00", "2026-12-01", "no peak"),
        ("2026-06-12T21:00", "2026-06-12T23:00", "2026-07-01", "not confirmed"),
    ],
)
def test_a_curtailment_for_a_peak_met_it_or_not(start: str, stop: str, as_of: str, verdict_then: str) -> None:
    """The peak of June is [22:00, 22:15) of June 10, confirmed on October 1."""
    text = ERCOT + peak("2026-06-10T22:00", "2026-06-10T22:15") + call("cp-1", start, stop)
    found = lines(REPORT, text, f"2026-06-01T00:00Z/{as_of}T00:00Z")
    assert found[f"s1/ercot-4cp/{start}:00Z/cp-1"]["verdict"] == verdict_then


def test_what_was_held_back_for_no_peak_is_depth_by_time() -> None:
    """60 MW for two hours = 120 MWh; a depth above the block's 75 MW counts as these."""
    text = ERCOT + call("cp-1", "2026-06-12T21:00", "2026-06-12T23:00")
    text += call("cp-2", "2026-06-13T21:00", "2026-06-13T23:00", depth_mw=90)
    found = [line["held_back_wh"] for line in lines(REPORT, text, YEAR).values()]
    assert found == [120_000_000, 150_000_000]


def test_a_peak_in_which_nothing_was_held_back_was_not_curtailed() -> None:
    text = WORKED + call("d1", "2026-06-10T21:00", "2026-06-10T22:00:01", kind="emergency")
    found = [at(text, f"ercot-4cp/2026-{day}T22:00:00Z")["verdict"] for day in ("06-10", "07-16")]
    assert found == ["curtailed", "not curtailed"]


def test_readings_that_are_longer_than_the_peak_are_spread_and_noted() -> None:
    """An hour of 40 MW holds a quarter-hour of 40 MW; nobody can tell how it was."""
    text = ERCOT + peak("2026-06-10T22:15", "2026-06-10T22:30") + reading("2026-06-10T22:00", 40, "1h", 4)
    found = answer(REPORT, told(text), YEAR)
    assert (found.rows[0][11], found.notes) == (
        40_000_000,
        ("s1/ercot-4cp: readings of 1h are spread evenly over intervals of 15min",),
    )


def test_every_figure_is_made_again_from_the_records_behind_it() -> None:
    """The worked year with two curtailments: what explain names suffices for each cell."""
    text = WORKED + call("cp-1", "2026-08-19T21:00", "2026-08-19T23:00")
    records = told(text + call("cp-2", "2026-09-08T21:50", "2026-09-08T22:10"))
    scope, rows = scope_of(records, YEAR, "UTC"), replay(records, REPORT.row_kinds)
    wrong = []
    for row in REPORT.compute(rows, scope).rows:
        cells = cells_of(REPORT.columns, row)
        for column in REPORT.columns[REPORT.keys :]:
            named = set(figure(REPORT, rows, scope, cells, column).records)
            some = replay([r for r in records if (r.stream, r.pos) in named], REPORT.row_kinds)
            again = [r for r in REPORT.compute(some, scope).rows if r[: REPORT.keys] == row[: REPORT.keys]]
            if (cells_of(REPORT.columns, again[0]) if again else {}).get(column.name) != cells[column.name]:
                wrong.append((row[: REPORT.keys], column.name))
    assert wrong == []


def test_the_picture_shows_each_peak_beside_like_hours() -> None:
    (picture,) = pictures(REPORT, WORKED, YEAR)
    assert (picture.title, picture.says) == (
        "Load at coincident peaks",
        "At 4 coincident peaks the load was 32.5 MW on average, where like hours have 70 MW.",
    )


def test_a_site_without_a_load_yet_has_no_peak() -> None:
    """Land with a contract draws nothing: it neither ran nor curtailed."""
    text = "2025-01-01T00:00Z s2 site-registered name=L county=C state=TX tz=America/Chicago balancing_authority=ERCO utility=U parcels=[] site_class=land\n"
    assert answer(REPORT, told(PEAKS + text), YEAR).rows == ()


def test_the_verdict_leaves_a_proposal_out_beside_what_is_in_force() -> None:
    """A half-hour in January is no peak that anybody is charged for."""
    text = WORKED + peak("2026-01-26T12:30", "2026-01-26T13:00")
    assert verdict(REPORT, text, YEAR) == verdict(REPORT, WORKED, YEAR)
