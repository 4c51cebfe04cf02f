"""Rules of registrations: versions in order of their days, items that are asked for, terms that say something."""

from __future__ import annotations

import pytest

from ledger.errors import Malformed
from ledger.rules.register import Register
from tests.unit.rules.test_decide import SITE, refusal, taken

FIRST = "2026-06-10T00:00Z s1 registration-filed registry=tx-25-114 version=1 filed_on=2026-06-09\n"
THIRD = "2026-07-10T00:00Z s1 registration-filed registry=tx-25-114 version=3 filed_on=2026-07-09\n"
ITEM = "2026-06-10T00:00Z s1 registration-item-stated registry=tx-25-114 item=state-filing answer=x\n"
TERMS = "2026-06-10T00:00Z s1 registration-terms-set registry=tx-25-114 rule=letter renewal=03-01\n"


@pytest.mark.parametrize(
    ("text", "because"),
    [
        (FIRST + FIRST.replace("06-09", "06-08"), "version 1 of tx-25-114 is already recorded, by record"),
        (
            FIRST + THIRD.replace("2026-07-09", "2026-06-01"),
            "version 3 of tx-25-114 cannot be filed on 2026-06-01, before version 1, by record",
        ),
        (
            THIRD + FIRST.replace("2026-06-10T", "2026-08-10T").replace("2026-06-09", "2026-08-01"),
            "version 1 of tx-25-114 cannot be filed on 2026-08-01, after version 3, by record",
        ),
        (FIRST.replace("2026-06-09", "2026-06-12"), "filed_on 2026-06-12 is after the fact itself"),
    ],
)
def test_versions_are_filed_once_and_in_order(text: str, because: str) -> None:
    """A version may be missing from the book; two of one number or out of order may not."""
    assert because in refusal(SITE + text)


@pytest.mark.parametrize(
    ("text", "because"),
    [
        (ITEM.replace("state-filing", "state-file"), "tx-25-114 asks for no item 'state-file'"),
        (ITEM.replace("state-filing", "owners"), "item 'owners' is answered by registrant-recorded"),
        (
            ITEM.replace("state-filing", "forecast-2027"),
            "item 'forecast-2027' is answered by load-forecast-set",
        ),
        (TERMS.replace(" renewal=03-01", ""), "sets no term; give one or more, such as renewal=03-01"),
        (
            TERMS.replace("renewal=03-01", "interruptible=120%"),
            "interruptible=120% is more than all of the load",
        ),
    ],
)
def test_items_are_those_asked_for_and_terms_say_something(text: str, because: str) -> None:
    """Names stand in sections and forecasts are facts of their own: neither is stated as free text."""
    with pytest.raises(Malformed) as caught:
        taken(Register(), SITE + text)
    assert because in str(caught.value)


def test_a_third_version_may_follow_the_first() -> None:
    """The second was filed before the book began."""
    assert len(taken(Register(), SITE + FIRST + THIRD)) == 4
