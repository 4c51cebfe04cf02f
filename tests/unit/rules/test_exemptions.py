"""Rules of exemptions: terms that can be, purchases once, totals of positions that can be true."""

from __future__ import annotations

import pytest

from ledger.errors import Malformed
from ledger.rules.register import Register
from tests.unit.rules.test_decide import SITE, refusal, taken

GRANT = (
    "2026-06-03T00:00Z s1 exemption-granted exemption=e1 authority=A rule=ga-560-12-2-117 county_population=9000"
    " min_weekly_hours=30 wage_floor=20.00USD starts_on=2026-01-01\n"
)
BUY = (
    "2026-07-01T10:00Z s1 expenditure-recorded exemption=e1 expenditure=x1 category=design amount=5USD"
    " incurred_on=2026-07-01 vendor=v what=w\n"
)
PEOPLE = (
    "2026-07-01T10:00Z s1 positions-reported exemption=e1 position_class=t as_of_on=2026-07-01 positions=4"
    " qualifying=4 weekly_hours=160 weekly_pay=4800.00USD\n"
)


@pytest.mark.parametrize(
    ("text", "because"),
    [
        (SITE + BUY, "exemption 'e1' was never recorded at s1; record its exemption-granted first"),
        (SITE + GRANT + BUY + BUY, "expenditure 'x1' is already recorded, by record"),
        (
            SITE + GRANT + BUY.replace("incurred_on=2026-07-01", "incurred_on=2026-07-03"),
            "incurred_on 2026-07-03 is after the fact itself (2026-07-01T10:00:00Z); record it once the day has come",
        ),
        (
            SITE + GRANT + BUY.replace("vendor=v", "vendor=v paid_on=2026-08-01"),
            "paid_on 2026-08-01 is after the fact itself",
        ),
        (
            SITE + GRANT + PEOPLE.replace("weekly_hours=160", "weekly_hours=119"),
            "4 qualifying positions work 120 hours a week or more, not 119, by record",
        ),
        (
            SITE + GRANT + PEOPLE.replace("4800", "2399"),
            "4 qualifying positions are paid 2400.00USD a week or more, not 2399.00USD, by record",
        ),
    ],
)
def test_what_cannot_be_of_an_exemption_is_refused(text: str, because: str) -> None:
    """4 x 30 hours x $20.00 = $2,400 a week are the least."""
    assert because in refusal(text)


@pytest.mark.parametrize(
    ("text", "because"),
    [
        (
            GRANT.replace("county_population=9000 ", ""),
            "needs county_population, by which the rule sets threshold and jobs, or both of these",
        ),
        (
            GRANT.replace("ga-560-12-2-117", "other"),
            "needs threshold, jobs, ends_on, due_on: rule=other says none",
        ),
        (
            GRANT.replace("starts_on=2026-01-01", "starts_on=2026-01-01 ends_on=2025-12-31"),
            "ends_on 2025-12-31 is before starts_on 2026-01-01; it must be the same day or later",
        ),
        (
            GRANT.replace(
                "starts_on=2026-01-01", "starts_on=2026-01-01 ends_on=2030-12-31 due_on=2030-12-30"
            ),
            "due_on 2030-12-30 is before ends_on 2030-12-31",
        ),
        (
            GRANT.replace("min_weekly_hours=30", "min_weekly_hours=169"),
            "min_weekly_hours=169 is more than a week has, 168",
        ),
        (GRANT + PEOPLE.replace("qualifying=4", "qualifying=5"), "qualifying=5 is more than positions=4"),
        (
            GRANT + PEOPLE.replace("weekly_hours=160", "weekly_hours=673"),
            "weekly_hours=673 is more than a week has for 4 positions",
        ),
    ],
)
def test_what_can_be_of_no_exemption_is_malformed(text: str, because: str) -> None:
    with pytest.raises(Malformed, match=because.replace("(", r"\(")):
        taken(Register(), SITE + text)


def test_a_day_that_has_begun_somewhere_is_taken() -> None:
    """At 10:00 UTC of June 30 it is July 1 on the clocks that are first on Earth."""
    story = SITE + GRANT + BUY.replace("2026-07-01T10:00Z", "2026-06-30T10:00Z")
    assert taken(Register(), story)[-1].kind == "expenditure-recorded.v1"
