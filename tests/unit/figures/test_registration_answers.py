"""The answers that the log has to the items of a registry: in words, with the latest fact that each rests on."""

from __future__ import annotations

from typing import Any

import pytest

from projections.reports.registration import REPORT
from tests.support.report_answers import lines

CHI = "America/Chicago"
SITE = (
    "2025-06-01T05:00Z s1 site-registered name=S county=Ward state=TX tz=America/Chicago balancing_authority={}"
    " utility=U parcels=[{}] site_class=mining-only\n"
)
POWER = (
    "2026-01-05T15:00Z s1 capacity-energized power=90MW point_of_delivery=P voltage=138kV\n"
    "2026-01-05T15:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible"
    " capacity=90MW feeds=[]\n"
)
TEXAS = SITE.format("ERCO", "") + POWER


def item(story: str, name: str, registry: str = "tx-25-114", period: str = "2026-10") -> dict[str, Any]:
    """The row of an item of s1 at the end of October 2026."""
    return lines(REPORT, story, period, tz=CHI)[f"s1/{registry}/{name}"]


def said(story: str, name: str, registry: str = "tx-25-114") -> tuple[Any, ...]:
    """Status, answer, evidence and power of an item."""
    found = item(story, name, registry)
    return tuple(found[column] for column in ("status", "answer", "evidence", "power_w"))


MILESTONE = "2025-{}T15:00Z s1 interconnection-milestone-reached milestone={} power={}MW\n"
REQUESTED = (
    TEXAS
    + MILESTONE.format("06-02", "requested", 120)
    + MILESTONE.format("07-02", "requested", 150)
    + MILESTONE.format("08-02", "study-done", 140)
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "requested",
            ("answered", "150 MW", "interconnection-milestone-reached 2025-07-02", 150_000_000),
        ),
        (
            "interconnection",
            (
                "answered",
                "study-done for 140 MW",
                "interconnection-milestone-reached 2025-08-02",
                140_000_000,
            ),
        ),
    ],
)
def test_the_power_requested_is_that_of_the_latest_request(name: str, expected: tuple[Any, ...]) -> None:
    """120 MW were requested in June and 150 MW in July; the study of August found 140 MW."""
    assert said(REQUESTED, name, "ercot-audit") == expected


@pytest.mark.parametrize("name", ["requested", "interconnection", "contracted"])
def test_a_rung_that_nobody_recorded_is_missing(name: str) -> None:
    assert said(TEXAS, name, "ercot-audit") == ("missing", None, None, None)


def test_a_contract_that_begins_next_year_is_no_answer_yet() -> None:
    """Recorded in June 2026, in force from January 2027 on."""
    contract = (
        "2026-06-02T05:00Z s1 power-contracted agreement=A power=90MW firm=0W start=2027-01-01T06:00:00Z\n"
    )
    assert said(TEXAS + contract, "contracted", "ercot-audit")[:2] == ("missing", None)


def test_an_answer_rests_on_the_latest_of_its_facts() -> None:
    """90 MW since January, 60 MW since March; the two facts of May 2 are of one second, and the second holds."""
    story = (
        TEXAS
        + "2026-03-02T15:00Z s1 capacity-deenergized power=60MW point_of_delivery=P cause=x\n"
        + "2026-05-02T15:00Z s1 capacity-energized power=70MW point_of_delivery=P voltage=138kV"
        + f" source=first sha256={'aa' * 32}\n"
        + "2026-05-02T15:00Z s1 capacity-energized power=80MW point_of_delivery=P voltage=138kV"
        + f" source=second sha256={'bb' * 32}\n"
    )
    found = item(story, "energized", "ercot-audit")
    assert (found["power_w"], found["evidence"], found["document_sha256"]) == (
        80_000_000,
        "capacity-energized 2026-05-02",
        "bb" * 32,
    )


STATED = (
    "2026-02-02T15:00Z s1 registration-item-stated registry=tx-25-114 item=state-filing answer=filed"
    f" document_sha256={'cd' * 32}\n"
)


def test_what_the_operator_stated_has_the_document_that_it_names() -> None:
    assert item(TEXAS + STATED, "state-filing")["document_sha256"] == "cd" * 32


@pytest.mark.parametrize(("day", "status"), [("2026-02-02", "answered"), ("2026-02-01", "out of date")])
def test_what_became_true_on_the_day_of_filing_is_not_out_of_date(day: str, status: str) -> None:
    """Stated on February 2, and filed on that day or on the one before."""
    filed = f"2026-02-03T18:00Z s1 registration-filed registry=tx-25-114 version=1 filed_on={day}\n"
    assert item(TEXAS + STATED + filed, "state-filing")["status"] == status


@pytest.mark.parametrize(
    ("internal", "words"),
    [
        ("true", "recorded in a section; internal staff"),
        ("false", "recorded in a section; not internal staff"),
    ],
)
def test_a_contact_is_of_the_staff_or_not(internal: str, words: str) -> None:
    contact = f"2026-02-02T15:00Z s1 registry-contact-set internal={internal} name=N title=T address=A telephone=1 email=e\n"
    assert said(TEXAS + contact, "contact")[1] == words


@pytest.mark.parametrize(
    ("parcels", "words"),
    [("", "S, Ward County, TX"), ("R-1,R-2", "S, Ward County, TX, 2 parcels R-1 and R-2")],
)
def test_a_location_names_the_parcels_that_there_are(parcels: str, words: str) -> None:
    assert said(SITE.format("ERCO", parcels) + POWER, "location")[1] == words


def test_the_service_area_is_that_of_the_sites_master_data() -> None:
    assert said(SITE.format("PJM", "") + POWER, "utility", "pjm-large-load") == (
        "answered",
        "U",
        "site-registered 2025-06-01",
        None,
    )


BLOCKS = (
    TEXAS
    + "2026-01-04T15:00Z s1 load-block-commissioned block=z load_class=mining service_class=interruptible"
    + " capacity=5MW feeds=[]\n"
    + "2026-01-05T15:00Z s1 load-block-commissioned block=m2 load_class=auxiliary service_class=interruptible"
    + " capacity=5MW feeds=[]\n"
)


def test_what_is_in_service_rests_on_the_block_that_changed_last() -> None:
    """Block z came on the 4th, m1 and m2 on the 5th; of two that came at once the last by name stands for both."""
    assert said(BLOCKS, "in-service", "ercot-audit") == (
        "answered",
        "100 MW in 3 blocks",
        "block m2 2026-01-05",
        100_000_000,
    )


ENROLLED = (
    "2026-01-0{}T15:00Z s1 program-enrolled program={} operator=ERCOT agreement=A blocks=[m1] meters=[]"
    " method=meter-before-after {}notice=30min response=10min program_year_start=06-01 tz=UTC capped=false"
    " adjustment=none holidays=[]\n"
)


def test_the_programs_that_interrupt_a_site_are_named_with_the_power_committed_to_them() -> None:
    """Of two programs one states no power."""
    story = TEXAS + ENROLLED.format(6, "ers", "committed=80MW ") + ENROLLED.format(7, "lr", "")
    assert said(story, "interruptible-by")[:3] == (
        "answered",
        "ers of ERCOT (80 MW) and lr of ERCOT",
        "program-enrolled 2026-01-07",
    )


@pytest.mark.parametrize(("name", "power_w"), [("last-year-peak", 0), ("last-year-energy", None)])
def test_a_year_without_power_has_a_peak_of_zero(name: str, power_w: int | None) -> None:
    """Power came in January 2026; the row of the energy has no power."""
    assert said(TEXAS, name) == ("answered", "none: no power was energized in 2025", None, power_w)


INTEREST = "2025-0{}-02T15:00Z s1 site-interest-changed interest={}\n"


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        (
            INTEREST.format(6, "option") + INTEREST.format(7, "leased"),
            ("answered", "leased", "site-interest-changed 2025-07-02"),
        ),
        (INTEREST.format(6, "owned") + INTEREST.format(7, "sold"), ("missing", None, None)),
        ("", ("missing", None, None)),
    ],
    ids=["leased since July", "sold in July", "never recorded"],
)
def test_a_site_is_controlled_by_the_latest_interest_unless_it_was_sold(
    story: str, expected: tuple[Any, ...]
) -> None:
    assert said(TEXAS + story, "site-control", "tx-25-194")[:3] == expected


def test_generation_of_all_of_the_load_is_a_share_of_one() -> None:
    """Two sets of 45 MW beside 90 MW energized: 90 / 90, more than half of it."""
    sets = "".join(
        f"2026-02-0{n}T15:00Z s1 generator-registered generator=g{n} fuel={fuel} rated=45MW engine=emergency permit=P\n"
        for n, fuel in ((1, "natural-gas"), (2, "diesel"))
    )
    found = item(TEXAS + sets, "backup-generation", "tx-25-194")
    assert (found["answer"], found["share_ppm"]) == (
        "90 MW in 2 generators (diesel and natural-gas), 100 % of the total load: half of it or more",
        1_000_000,
    )


REQUESTS = "2026-02-0{} s1 parallel-requests-disclosed requests={} {}disclosed_to=U disclosed_on=2026-02-02\n"


@pytest.mark.parametrize(
    ("requests", "power", "words", "power_w"),
    [
        (2, "power=100MW ", "2 requests of 100 MW, disclosed to U on 2026-02-02", 100_000_000),
        (2, "", "2 requests, disclosed to U on 2026-02-02", None),
        (0, "power=0W ", "none, disclosed to U on 2026-02-02", 0),
        (0, "", "none, disclosed to U on 2026-02-02", None),
    ],
)
def test_the_latest_disclosure_of_similar_requests_is_the_answer(
    requests: int, power: str, words: str, power_w: int | None
) -> None:
    """One request of 7 MW was disclosed the day before."""
    story = (
        TEXAS + REQUESTS.format("1T15:00Z", 1, "power=7MW ") + REQUESTS.format("2T15:00Z", requests, power)
    )
    evidence = "parallel-requests-disclosed 2026-02-02"
    assert said(story, "parallel-requests", "tx-25-194") == ("answered", words, evidence, power_w)
