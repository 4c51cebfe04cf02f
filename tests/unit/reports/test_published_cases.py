"""Real restatements and delays: as first known and as known now, both from one log (sources in
tests/data/facts/SOURCES.md).
"""

from __future__ import annotations

import csv
import json
from itertools import permutations
from pathlib import Path

import pytest

from ledger.app.delivery.issue import issue
from ledger.app.queries import moment
from projections.engine.table import Table
from projections.render.json_file import render
from projections.reports.catalogue import BY_NAME
from tests.support.row_replay import Heard, cells

FACTS = Path(__file__).parents[2] / "data" / "facts"
SITE = (
    "{at} {site} site-registered name=S county=C state=TX tz=America/Chicago balancing_authority=ERCO"
    " utility=U parcels=[] site_class=training"
)


# --- SPP, February 2021 -------------------------------------------------------------------------------------


def condition(heard: Heard, at: str, known: str | None) -> str:
    found = moment.state(heard.book, at, ("ba-swpp",), known)
    return str(found.things[0].fields["state"])


def test_spp_as_first_known_on_15_february_2021(heard: Heard) -> None:
    """Each declaration is heard when it is made; at any time the state is what had been declared by then."""
    said = json.loads((FACTS / "spp_eea_as_of_2021-02-15T1108.json").read_text())
    for event in said["events"]:
        local = f"{event['at_local']}[{said['timezone']}]"
        state = event["state"].lower().replace("_", "-")
        heard.at(local, f"{local} ba-SWPP grid-condition-declared state={state}")
    asked = [
        "2021-02-15T04:59",
        "2021-02-15T05:00",
        "2021-02-15T07:22",
        "2021-02-15T10:07",
        "2021-02-15T11:08",
    ]
    found = [condition(heard, f"{at}[{said['timezone']}]", f"{at}[{said['timezone']}]") for at in asked]
    assert found == ["conservative-operations", "eea1", "eea2", "eea2", "eea3"]


def test_what_spp_says_later_of_an_earlier_hour_leaves_what_was_known_then(heard: Heard) -> None:
    """EEA3 of 10:08 is heard; a correction to 10:00 comes a day later."""
    (first,) = heard.at("2021-02-15T16:08Z", "2021-02-15T16:08Z ba-SWPP grid-condition-declared state=eea3")
    heard.at("2021-02-15T16:08Z", "2021-02-15T13:22Z ba-SWPP grid-condition-declared state=eea2")
    heard.at(
        "2021-02-16T18:00Z",
        f"2021-02-15T16:00Z ba-SWPP grid-condition-declared state=eea3 corrects=[{first.id}] reason=log",
    )
    at = "2021-02-15T16:04Z"
    assert (condition(heard, at, "2021-02-15T20:00Z"), condition(heard, at, None)) == ("eea2", "eea3")


# --- restated figures ---------------------------------------------------------------------------------------

PROMISE = (
    "2023-08-01T00:00Z rockdale commitment-made commitment={name} counterparty=public"
    ' instrument=public-statement category=other measure="{measure}" unit={unit} comparator=at-least'
    " basis=cumulative periods=[{period}] due_on=[{due}] observed_on=[] cure_days=0 binding=false"
)
EVIDENCE = (
    "{at} rockdale evidence-recorded commitment={name} period={period} value={value} document_sha256={sha}"
)


def riot(metric: str) -> tuple[int, int]:
    """August 2023 in cents of a million dollars: as reported in August 2023, and as reported a year later."""
    with (FACTS / "miner_monthly_facts.csv").open(newline="") as file:
        found = {
            row["as_reported_in"][:11]: row["value"]
            for row in csv.DictReader(file)
            if (row["operator"], row["period"], row["metric"]) == ("Riot", "2023-08", metric)
        }
    first, later = (found[name].replace(".", "") for name in ("August 2023", "August 2024"))
    return int(first) * 10_000_000, int(later) * 10_000_000


@pytest.mark.parametrize(
    ("metric", "difference"),
    [("power_credits", -90_000_000), ("demand_response_credits", -220_000_000)],
)
def test_riot_restated_its_credits_of_august_2023_a_year_later(
    heard: Heard, metric: str, difference: int
) -> None:
    """$24.2M and $7.4M became $23.3M and $5.2M: both reports can be made today, and the difference is listed
    with its record.
    """
    first, later = riot(metric)
    named = {"name": "credits", "period": "2023-08"}
    heard.at(
        "2023-08-01T00:00Z",
        SITE.format(at="2023-08-01T00:00Z", site="rockdale")
        + "\n"
        + PROMISE.format(**named, measure=metric, unit="cents", due="2023-09-30"),
    )
    (told,) = heard.at(
        "2023-09-06T00:00Z", EVIDENCE.format(**named, at="2023-09-05T00:00Z", value=first, sha="a1" * 32)
    )
    asked = {"start": "2023-08-01", "stop": "2024-01-01", "as_of": "2023-10-01T00:00Z"}
    issued = heard.report("commitments", **asked)
    issue(heard.book, BY_NAME["commitments"], issued, "investors")
    (again,) = heard.at(
        "2024-09-04T00:00Z",
        EVIDENCE.format(**named, at="2023-09-05T00:00Z", value=later, sha="a2" * 32)
        + f" corrects=[{told.id}] reason=restated",
    )
    then = heard.report("commitments", **asked, known_at=str(issued.known_at.size))
    (restated,) = [
        row
        for row in cells(
            heard.report("restatements"), "column", "as_reported", "now", "difference", "caused_by"
        )
        if row[0] == "value"
    ]
    assert (render(then) == render(issued), restated) == (
        True,
        ("value", str(first), str(later), difference, str(again.index)),
    )


@pytest.mark.parametrize("row", range(4))
def test_georgias_auditors_restated_the_tax_exemptions_jobs_and_impact(heard: Heard, row: int) -> None:
    """28,350 construction jobs became 8,505, and so on: what was reported stays, what is known is the
    revision.
    """
    facts = json.loads((FACTS / "georgia_audit_restatement.json").read_text())["rows"][row]
    named = {"name": "exemption", "period": "2024"}
    heard.at(
        "2024-01-01T00:00Z",
        SITE.format(at="2023-08-01T00:00Z", site="rockdale")
        + "\n"
        + PROMISE.format(**named, measure=facts["category"], unit="count", due="2025-12-31"),
    )
    (first,) = heard.at(
        "2025-02-01T00:00Z",
        EVIDENCE.format(**named, at="2025-01-31T00:00Z", value=facts["original"], sha="b1" * 32),
    )
    size = heard.book.store.size
    heard.at(
        "2025-12-01T00:00Z",
        EVIDENCE.format(**named, at="2025-01-31T00:00Z", value=facts["revised"], sha="b2" * 32)
        + f' corrects=[{first.id}] reason="corrected by the auditors"',
    )
    then, now = (cells(heard.report("commitments", known_at=known), "value") for known in (str(size), None))
    assert (then, now) == ([(facts["original"],)], [(facts["revised"],)])


def test_the_denton_delay_moves_the_forecast_and_not_what_was_known(heard: Heard) -> None:
    """260 MW: weather stopped concrete pours for about 60 days; notice is given, days are granted, the
    forecast moves.
    """
    days = json.loads((FACTS / "lease_delay_case_denton.json").read_text())["facts"][0]["delay_days_approx"]
    heard.at(
        "2025-03-01T00:00Z",
        SITE.format(at="2025-02-01T00:00Z", site="denton")
        + """
2025-02-02T00:00Z denton lease-phase-opened lease=l phase=p1 tenant=coreweave critical=260MW
2025-02-03T00:00Z denton lease-terms-recorded phase=p1 version=1 target_rfs_on=2025-12-31 tiers=[2mo:1] extension_causes=[weather] notice_days=10
2025-02-04T00:00Z denton lease-forecast-set phase=p1 milestone=ready-for-service-accepted forecast_on=2025-12-31""",
    )
    size = heard.book.store.size
    heard.at(
        "2025-08-10T00:00Z",
        f"""2025-08-08T00:00Z denton lease-delay-noticed phase=p1 delay=rain cause="adverse weather stopped concrete pours" days={days} began_on=2025-08-01 noticed_on=2025-08-08
2025-08-09T00:00Z denton lease-extension-granted phase=p1 delay=rain from_on=2025-08-01 days={days}
2025-08-09T00:00Z denton lease-forecast-set phase=p1 milestone=ready-for-service-accepted forecast_on=2026-03-01""",
    )

    def forecast(known: str | None) -> tuple[str, list[int]]:
        found = moment.state(heard.book, "2025-09-01T00:00Z", ("denton",), known)
        (forecast_,) = (thing.fields["forecast_on"] for thing in found.things if thing.what == "forecast")
        return forecast_, [thing.fields["days"] for thing in found.things if thing.what == "extension"]

    assert (forecast(str(size)), forecast(None)) == (("2025-12-31", []), ("2026-03-01", [60]))


# --- late facts in any order --------------------------------------------------------------------------------

OCTOBER = """
2026-09-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[]
2026-09-02T00:00Z s1 dispatch-notified dispatch=d1 dispatch_class=emergency mode=reduce-by target=80MW start=2026-10-05T10:00Z
2026-10-03T00:00Z s1 outage-started block=m1 outage=o1 outage_class=planned derate=100MW cause=x outside_management_control=false
2026-10-03T06:00Z s1 outage-ended outage=o1
"""
LATE = (
    (
        "2026-10-07T00:00Z s1 outage-started block=m1 outage=o2 outage_class=forced-u1 derate=40MW cause=x"
        " outside_management_control=true"
    ),
    "2026-10-05T10:00Z s1 curtailment-started dispatch=d1 block=m1 depth=80MW",
    "2026-10-06T00:00Z s1 load-block-rerated block=m1 capacity=90MW",
)


def october(place: Path, order: tuple[int, ...]) -> tuple[Table, Table, Table]:
    """October as issued, made again at that knowledge, and as known when three facts have come late in some
    order.
    """
    heard = Heard(place)
    heard.at("2026-10-31T23:00Z", SITE.format(at="2026-08-01T00:00Z", site="s1") + OCTOBER)
    issued = heard.report("uptime", period="2026-10", as_of="2026-11-01T00:00Z")
    for day, n in enumerate(order, start=1):
        heard.at(f"2026-11-0{day}T00:00Z", LATE[n])
    again = heard.report(
        "uptime", period="2026-10", as_of="2026-11-01T00:00Z", known_at=str(issued.known_at.size)
    )
    now = heard.report("uptime", period="2026-10", as_of="2026-11-01T00:00Z")
    heard.book.close()
    return issued, again, now


def test_three_late_facts_give_the_same_october_in_any_order_and_leave_the_issued_one(tmp_path: Path) -> None:
    found = [october(tmp_path / f"b{n}", order) for n, order in enumerate(permutations(range(3)))]
    nows = {(now.rows, now.notes) for _, _, now in found}
    assert (len(found), len(nows), all(render(a) == render(b) for a, b, _ in found)) == (6, 1, True)
