"""Rules of a large load's contract: ramps within it, months and quarters that are over, collateral held."""

from __future__ import annotations

import pytest

from ledger.errors import Malformed
from ledger.rules.register import Register
from tests.unit.rules.test_decide import SITE, refusal, taken

CONTRACT = "2026-06-02T00:00Z s1 power-contracted agreement=A power=200MW firm=0MW start=2026-06-02T00:00Z\n"
RAMP = (
    "2026-06-03T00:00Z s1 load-ramp-agreed agreement=A tariff=aep-ohio-dct steps_on=[2026-07-01,2027-07-01]"
    " steps=[100MW,200MW]\n"
)
AGREED = SITE + CONTRACT + RAMP
POSTED = (
    "2026-06-10T15:00Z s1 collateral-posted agreement=A instrument=lc-1 form=letter-of-credit"
    " amount=20.00USD posted_on=2026-06-10\n"
)
RELEASED = (
    "2026-07-10T15:00Z s1 collateral-released agreement=A instrument=lc-1 released_on=2026-07-10"
    " amount=15.00USD\n"
)


@pytest.mark.parametrize(
    ("text", "because"),
    [
        (SITE + RAMP, "contract 'A' was never recorded at s1; record its power-contracted first"),
        (
            SITE + CONTRACT + RAMP.replace("100MW,200MW", "100MW,201MW"),
            "a step to 201MW is above the 200MW of the agreement, by record 102",
        ),
        (
            SITE + CONTRACT + "2026-06-04T00:00Z s1 demand-charge-set agreement=A charge=9USD",
            "load-ramp 'A' was never recorded at s1; record its load-ramp-agreed first",
        ),
        (
            AGREED + "2026-07-31T09:59Z s1 billing-demand-recorded agreement=A month=2026-07 demand=1MW",
            "month 2026-07 is not over at 2026-07-31T09:59:00Z; record it once it has ended",
        ),
        (
            AGREED + "2026-09-01T00:00Z s1 load-report-filed agreement=A quarter=2026-Q3 filed_on=2026-09-01",
            "quarter 2026-Q3 is not over at 2026-09-01T00:00:00Z",
        ),
        (
            AGREED + "2026-10-02T00:00Z s1 load-report-filed agreement=A quarter=2026-Q3 filed_on=2026-10-09",
            "filed_on 2026-10-09 is after the fact itself",
        ),
        (
            AGREED + "2026-10-02T00:00Z s1 load-forecast-set year=2026 season=summer peak=1MW",
            "the summer of 2026 was over by 2026-10-01, before the fact itself",
        ),
        (
            AGREED + RELEASED,
            "collateral 'A/lc-1' was never recorded at s1; record its collateral-posted first",
        ),
        (
            AGREED + POSTED + RELEASED + RELEASED.replace("07-10", "07-11"),
            "15.00USD cannot be released of instrument 'lc-1', of which 5.00USD is held, by record",
        ),
        (
            AGREED + POSTED + RELEASED.replace("2026-07-10T", "2026-06-09T").replace("07-10", "06-09"),
            "instrument 'lc-1' cannot be released at 2026-06-09T15:00:00Z, before it was posted, by record",
        ),
        (
            AGREED + POSTED + RELEASED.replace("released_on=2026-07-10", "released_on=2026-06-09"),
            "released_on 2026-06-09 is before posted_on 2026-06-10, by record",
        ),
    ],
)
def test_what_cannot_be_of_a_large_loads_contract_is_refused(text: str, because: str) -> None:
    """A contract of 200 MW with a ramp; $20 of collateral, of which $15 are released once."""
    assert because in refusal(text)


@pytest.mark.parametrize(
    ("text", "because"),
    [
        (RAMP.replace("[100MW,200MW]", "[100MW]"), "steps_on=[...] and steps=[...] go together"),
        (
            RAMP.replace("[2026-07-01,2027-07-01]", "[]").replace("[100MW,200MW]", "[]"),
            "one power for each day",
        ),
        (RAMP.replace("2027-07-01", "2026-07-01"), "steps_on has 2026-07-01 after 2026-07-01"),
        (
            RAMP.replace("aep-ohio-dct", "ga-large-load"),
            "needs minimum, such as minimum=85%: tariff=ga-large-load says none",
        ),
        (RAMP.strip() + " minimum=101%", "minimum=101% must be at most 100%"),
        (RAMP.strip() + " ends_on=2027-06-30", "ends_on 2027-06-30 is before the last step 2027-07-01"),
        (
            RAMP.strip() + " demand_interval=7min",
            "demand_interval must be a minute or more and divide a day, such as 15min or 1h",
        ),
        (RAMP.strip() + " demand_interval=30s", "demand_interval must be a minute or more"),
        (
            RAMP + "2026-08-02T00:00Z s1 billing-demand-recorded agreement=A month=2026-Q3 demand=1MW",
            "month must be a month such as 2026-07: '2026-Q3'",
        ),
        (
            RAMP + "2026-10-02T00:00Z s1 load-report-filed agreement=A quarter=2026-07 filed_on=2026-10-02",
            "quarter must be a quarter such as 2026-Q3: '2026-07'",
        ),
        (
            RAMP + POSTED.strip() + " expires_on=2026-06-09",
            "expires_on 2026-06-09 is before posted_on 2026-06-10",
        ),
    ],
)
def test_a_contract_that_says_nothing_possible_is_malformed(text: str, because: str) -> None:
    with pytest.raises(Malformed) as why:
        taken(Register(), SITE + CONTRACT + text)
    assert because in str(why.value)


@pytest.mark.parametrize(
    "text",
    [
        RAMP,
        RAMP.replace("aep-ohio-dct", "other").strip() + " minimum=0%",
        RAMP + "2026-07-31T10:00Z s1 billing-demand-recorded agreement=A month=2026-07 demand=1MW",
        RAMP + "2026-10-01T00:00Z s1 load-forecast-set year=2026 season=summer peak=1MW",
        RAMP + "2027-02-01T00:00Z s1 load-forecast-set year=2026 season=winter peak=1MW",
        RAMP + POSTED + RELEASED + RELEASED.replace("15.00", "5.00").replace("07-10", "07-11"),
        RAMP + POSTED + RELEASED + POSTED.replace("06-10", "08-01") + RELEASED.replace("07-10", "08-02"),
    ],
)
def test_near_misses_are_accepted(text: str) -> None:
    """A month ends first on the clocks that are 14 hours ahead; what is posted again can be released again."""
    assert taken(Register(), SITE + CONTRACT + text)
