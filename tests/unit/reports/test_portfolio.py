"""The portfolio: every site at an instant; what was never said is unknown, and what does not fit is
flagged.
"""

from __future__ import annotations

from pathlib import Path

from projections.reports.portfolio import REPORT
from tests.support.report_answers import answer, lines
from tests.support.row_replay import Heard, cells
from tests.support.story_facts import told

SITE = """
2026-01-01T00:00Z s1 site-registered name=S county=C state=GA tz=UTC balancing_authority=SOCO utility=U parcels=[a,b] site_class=training
2026-01-01T00:00Z s1 site-interest-changed interest=option
2026-01-02T00:00Z s1 interconnection-milestone-reached milestone=requested power=300MW
2026-01-03T00:00Z s1 interconnection-milestone-reached milestone=study-done power=250MW
2026-01-04T00:00Z s1 power-contracted agreement=A power=150MW firm=0W start=2026-02-01T00:00Z
2026-01-04T00:00Z s1 power-contracted agreement=B power=50MW firm=0W start=2026-02-01T00:00Z stop=2026-06-01T00:00Z
2026-02-02T00:00Z s1 capacity-energized power=190MW point_of_delivery=p voltage=115kV
2026-02-03T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[]
2026-02-03T00:00Z s1 load-block-commissioned block=m2 load_class=mining service_class=interruptible capacity=50MW feeds=[]
2026-03-01T00:00Z s1 load-block-rerated block=m2 capacity=60MW
2026-02-04T00:00Z s1 lease-phase-opened lease=l phase=p1 tenant=t critical=40MW
2026-02-04T00:00Z s1 lease-terms-recorded phase=p1 version=1 target_rfs_on=2026-12-01 tiers=[1mo:1] extension_causes=[] notice_days=1
2026-02-05T00:00Z s1 lease-milestone-reached phase=p1 milestone=lease-executed
2026-02-04T00:00Z s1 lease-phase-opened lease=l phase=p2 tenant=t critical=70MW
2026-04-01T00:00Z s1 lease-amended phase=p1 critical=45MW
2026-01-01T00:00Z s2 site-registered name=T county=C state=GA tz=UTC balancing_authority=SOCO utility=U parcels=[] site_class=land
"""


def at(day: str) -> dict[str, object]:
    return lines(REPORT, SITE, f"2026-01-01T00:00Z/{day}T00:00:01Z", sites=("s1", "s2"))["s1"]


def test_a_site_in_may() -> None:
    found = at("2026-05-01")
    assert {
        name: found[name] for name in found if name.endswith("_w") or name in ("parcels", "interest")
    } == {
        "parcels": 2,
        "interest": "option",
        "requested_w": 300_000_000,
        "contracted_w": 200_000_000,
        "energized_w": 190_000_000,
        "in_service_w": 160_000_000,
        "leased_w": 45_000_000,
    }


def test_a_contract_ends_at_its_stop() -> None:
    assert at("2026-06-01")["contracted_w"] == 150_000_000


def test_a_contract_begins_at_its_start_and_before_it_is_unknown() -> None:
    assert at("2026-01-31")["contracted_w"] is None


def test_the_same_agreement_again_replaces() -> None:
    again = "2026-03-01T00:00Z s1 power-contracted agreement=A power=180MW firm=0W start=2026-03-01T00:00Z\n"
    found = lines(REPORT, SITE + again, "2026-01-01T00:00Z/2026-05-01T00:00Z")["s1"]
    assert found["contracted_w"] == 230_000_000


def test_a_terminated_phase_is_not_leased() -> None:
    over = "2026-04-15T00:00Z s1 lease-terminated phase=p1 cause=x\n"
    assert lines(REPORT, SITE + over, "2026-01-01T00:00Z/2026-05-01T00:00Z")["s1"]["leased_w"] == 0


def test_what_was_never_said_of_a_site_is_unknown() -> None:
    found = lines(REPORT, SITE, "2026-01-01T00:00Z/2026-05-01T00:00Z")["s2"]
    assert (found["contracted_w"], found["energized_w"], found["in_service_w"]) == (None, None, 0)


def test_a_contract_that_lapses_below_what_is_energized_is_flagged_and_totals_are_said() -> None:
    found = answer(REPORT, told(SITE), "2026-01-01T00:00Z/2026-07-01T00:00Z")
    assert found.notes == (
        "2 sites: contracted 150MW (1 unknown), energized 190MW (1 unknown), in service 160MW, leased 45MW",
        "s1: energized is above contracted: 190MW against 150MW",
    )


def test_an_instant_report_sees_facts_of_that_very_second(tmp_path: Path) -> None:
    heard = Heard(tmp_path / "b")
    heard.at("2026-12-01T00:00Z", SITE)
    found = [
        cells(heard.report("portfolio", stop=stop, sites=("s1",)), "energized_w")[0][0]
        for stop in ("2026-02-01T23:59:59Z", "2026-02-02T00:00:00Z")
    ]
    heard.book.close()
    assert found == [None, 190_000_000]


def test_a_total_of_nothing_known_is_unknown_and_not_zero() -> None:
    first = SITE.splitlines()[1]
    found = answer(REPORT, told(first), "2026-01-01T00:00Z/2026-05-01T00:00Z")
    assert found.notes == ("1 site: contracted unknown, energized unknown, in service 0W, leased 0W",)
