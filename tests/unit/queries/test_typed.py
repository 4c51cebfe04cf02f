"""What a person types beside a book: instants in the zone of the sites asked for, and names that exist.

The book is of two sites, in Georgia and in Texas; it heard of them on September 1, 2026, and it is still then.
"""

from __future__ import annotations

from typing import Any

import pytest

from ledger.app.queries.report_run import Question
from ledger.app.queries.typed import Typed
from ledger.errors import Malformed
from projections.reports.incident import REPORT as INCIDENT
from projections.reports.intervals import REPORT as INTERVALS
from projections.reports.uptime import REPORT as UPTIME
from tests.support.row_replay import Heard

SITE = "county=C state=X balancing_authority=SOCO utility=U parcels=[a] site_class=training"
BLOCK = "load_class=mining service_class=interruptible capacity=100MW feeds=[A]"
KNOWN = f"""
2026-06-01T00:00Z dalton site-registered name=D tz=America/New_York {SITE}
2026-06-01T00:00Z abilene site-registered name=A tz=America/Chicago {SITE}
2026-06-02T00:00Z dalton load-block-commissioned block=m1 {BLOCK}
2026-06-02T00:00Z abilene load-block-commissioned block=a1 {BLOCK}
2026-06-03T00:00Z dalton incident-opened incident=breaker-52 summary=x
"""


def asked(heard: Heard, **question: Any) -> Question:
    return Typed(heard.book).question(Question(**question), (UPTIME, INCIDENT, INTERVALS))


def test_a_local_time_is_of_the_site_that_is_asked_for(heard: Heard) -> None:
    found = [asked(heard, sites=(site,), start="2026-07-14 06:14").start for site in ("dalton", "abilene")]
    assert found == ["2026-07-14T10:14:00Z", "2026-07-14T11:14:00Z"]


def test_a_zone_that_is_named_stands_before_that_of_the_site(heard: Heard) -> None:
    found = asked(heard, sites=("dalton",), tz="America/Denver", start="06:14").start
    assert found == "2026-08-31T12:14:00Z"


def test_a_local_time_of_sites_in_two_zones_is_refused(heard: Heard) -> None:
    with pytest.raises(Malformed, match="--from needs Z, an offset or"):
        asked(heard, start="06:14")


def test_a_word_for_a_day_is_its_date_in_the_zone_of_the_site(heard: Heard) -> None:
    """Midnight UTC of September 1 is still August 31 in Georgia."""
    assert asked(heard, sites=("dalton",), start="yesterday").start == "2026-08-30"


def test_a_period_as_people_say_it_becomes_its_two_ends(heard: Heard) -> None:
    found = asked(heard, sites=("dalton",), period="last-month")
    assert (found.period, found.start, found.stop) == (None, "2026-07-01T04:00:00Z", "2026-08-01T04:00:00Z")


@pytest.mark.parametrize("period", ["2026-07", "last-month"])
def test_days_of_sites_in_two_zones_are_told_to_be_read_in_neither(heard: Heard, period: str) -> None:
    """July in UTC begins 4 hours early in Georgia and 5 in Texas; a reader should not find that out alone."""
    typed = Typed(heard.book)
    typed.question(Question(period=period), (UPTIME,))
    (meant,) = typed.times.understood.values()
    assert meant.endswith(
        ", as the sites are in 2 time zones; to read it in one of them: --tz America/Chicago"
    )


@pytest.mark.parametrize("question", [{"sites": ("dalton",)}, {"tz": "UTC"}])
def test_days_whose_zone_is_plain_are_not_told(heard: Heard, question: dict[str, Any]) -> None:
    typed = Typed(heard.book)
    typed.question(Question(start="2026-07-01", stop="2026-08-01", **question), (UPTIME,))
    assert typed.times.understood == {}


@pytest.mark.parametrize("report", ["uptime", "power-use", "payments", "lease-dates"])
def test_a_report_of_a_period_to_come_says_that_it_has_not_begun(heard: Heard, report: str) -> None:
    """Nothing is known of next year yet; "no load block was commissioned" would be true and mislead."""
    lead = heard.report(report, period="2027-01", sites=("dalton",)).lead()
    assert lead is not None
    assert lead.verdict == (
        "This period has not begun as of 2026-08-31 20:00 -04:00: it begins at 2027-01-01 00:00 -05:00."
    )


@pytest.mark.parametrize("period", ["2026-13", "0001"])
def test_nothing_is_told_of_how_a_period_that_is_none_is_read(heard: Heard, period: str) -> None:
    typed = Typed(heard.book)
    with pytest.raises(Malformed):
        typed.question(Question(period=period), (UPTIME,))
    assert not typed.times.understood


def test_a_period_that_a_ledger_cannot_hold_is_refused(heard: Heard) -> None:
    with pytest.raises(Malformed, match="period is not within the years 1970 to 9999"):
        heard.report("uptime", period="0001")


def test_a_date_that_a_ledger_cannot_hold_is_told_as_it_was_typed(heard: Heard) -> None:
    with pytest.raises(Malformed, match=r"^from is not within the years 1970 to 9999.*: '0001-01-01'$"):
        heard.report("uptime", start="0001-01-01")


def test_a_period_that_is_spelled_out_stays_as_it_is(heard: Heard) -> None:
    assert asked(heard, period="2026-07").period == "2026-07"


def test_a_period_beside_an_end_of_a_window_is_refused(heard: Heard) -> None:
    with pytest.raises(Malformed, match="give --period or --from and --to, not both"):
        asked(heard, period="last-month", start="2026-07-01")


def test_known_at_is_a_number_or_an_instant_as_people_say_it(heard: Heard) -> None:
    """By now everything is known, also what was recorded within this second."""
    found = [asked(heard, sites=("dalton",), known_at=said).known_at for said in ("5", "now")]
    assert found == ["5", str(heard.book.store.size)]


def test_a_day_of_known_at_is_its_first_instant_at_the_site(heard: Heard) -> None:
    """A commissioner asks what was known on January 1: as the day began in Dalton, not in Greenwich."""
    assert asked(heard, sites=("dalton",), known_at="2030-01-01").known_at == "2030-01-01T05:00:00Z"


def test_what_is_spelled_out_needs_no_note(heard: Heard) -> None:
    typed = Typed(heard.book)
    typed.question(Question(period="2026-07", as_of="2026-08-01T00:00Z", known_at="7", sites=("dalton",)))
    assert typed.times.understood == {}


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ({"sites": ("Dalton",)}, "no site is called 'Dalton'; did you mean dalton?"),
        ({"sites": ("tulsa",)}, "no site is called 'tulsa'; there are abilene, dalton"),
        ({"blocks": ("m11",)}, "no block is called 'm11'; did you mean m1?"),
        (
            {"sites": ("dalton",), "blocks": ("a1",)},
            "no block is called 'a1' at dalton; there are m1",
        ),
        (
            {"said": {"incident": "breaker-53"}},
            "no incident is called 'breaker-53'; did you mean breaker-52?",
        ),
        ({"said": {"meter": "revenue"}}, "no meter is called 'revenue'; there are none yet"),
    ],
)
def test_a_name_that_nothing_has_is_refused_with_the_nearest(
    heard: Heard, question: dict[str, Any], message: str
) -> None:
    with pytest.raises(Malformed) as refused:
        asked(heard, **question)
    assert str(refused.value) == message


def test_a_block_is_unknown_before_it_was_recorded(heard: Heard) -> None:
    """The first five records register the sites and open their streams."""
    with pytest.raises(Malformed, match="no block is called 'm1'"):
        asked(heard, blocks=("m1",), known_at="5")
