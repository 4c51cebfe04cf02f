"""Collateral that a utility holds: what is left of an instrument on a day, and whether each step is met."""

from __future__ import annotations

from datetime import date

import pytest

from projections.figures.collateral import Facts, Step, balance_cents, held, in_force, steps
from projections.rows.fact_rows import fact_of
from tests.support.story_facts import told


def facts(story: str) -> Facts:
    """The facts of a story, in its order."""
    return tuple(map(fact_of, told(story)))


def usd(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}USD"


def posted(day: str, cents: int, more: str = "", name: str = "lc") -> str:
    return (
        f"{day}T17:00Z s1 collateral-posted agreement=A instrument={name} form=letter-of-credit"
        f" amount={usd(cents)} posted_on={day} {more}\n"
    )


def released(day: str, cents: int | None = None) -> str:
    amount = "" if cents is None else f" amount={usd(cents)}"
    return f"{day}T17:00Z s1 collateral-released agreement=A instrument=lc released_on={day}{amount}\n"


def step(name: str, due: str, cents: int, at: str = "2026-01-01T00:00Z") -> str:
    return f"{at} s1 collateral-step-set agreement=A step={name} due_on={due} required={usd(cents)}\n"


@pytest.mark.parametrize(
    ("story", "left_cents", "expired"),
    [
        (posted("2026-03-01", 500), None, None),
        (posted("2026-02-28", 500), 500, False),
        (posted("2026-01-05", 500) + released("2026-02-28", 120), 380, False),
        (posted("2026-01-05", 500) + released("2026-03-01", 120), 500, False),
        (posted("2026-01-05", 500) + released("2026-02-01", 120) + released("2026-02-02", 80), 300, False),
        (posted("2026-01-05", 500) + released("2026-02-01"), 0, False),
        (posted("2026-01-05", 500) + released("2026-02-01", 501), 0, False),
        (posted("2026-01-05", 500) + released("2026-02-01", 120) + posted("2026-02-10", 200), 200, False),
        (released("2026-01-02", 120) + posted("2026-01-05", 500), 500, False),
        (posted("2026-01-05", 500, "expires_on=2026-02-28"), 500, False),
        (posted("2026-01-05", 500, "expires_on=2026-02-27"), 0, True),
    ],
    ids=[
        "posted the day after",
        "posted on the day",
        "a part given back on the day",
        "a part given back the day after",
        "two parts given back",
        "given back",
        "more given back than there was",
        "posted again, and what was given back before is forgotten",
        "given back before it was posted",
        "its last day",
        "its last day is past",
    ],
)
def test_what_is_left_of_a_letter_of_credit_on_the_last_day_of_february(
    story: str, left_cents: int | None, expired: bool | None
) -> None:
    """The amount posted last by that day less what was released since; 0 after its last day."""
    found = held(facts(story), date(2026, 2, 28))
    assert (found and found.left_cents, found and found.expired) == (left_cents, expired)


def test_instruments_add_up_and_one_that_is_posted_later_does_not_count_yet() -> None:
    """5 + 3 dollars on February 28; 4 more come on March 1."""
    instruments = {
        "a": facts(posted("2026-01-05", 500)),
        "b": facts(posted("2026-02-28", 300)),
        "c": facts(posted("2026-03-01", 400)),
    }
    assert balance_cents(instruments, date(2026, 2, 28)) == 800


def judged(*story: str, today: date = date(2026, 7, 1), lc: str = posted("2026-01-05", 500)) -> list[Step]:
    """The steps of a contract on a day, beside one letter of credit."""
    found = {str(n): facts(one) for n, one in enumerate(story)}
    return list(steps(found, {"lc": facts(lc)}, today))


@pytest.mark.parametrize(
    ("today", "judged_on", "followed"),
    [
        (date(2026, 6, 30), date(2026, 6, 30), False),
        (date(2026, 7, 1), date(2026, 6, 30), True),
        (date(2026, 8, 1), date(2026, 6, 30), True),
    ],
)
def test_a_step_is_judged_on_the_day_before_the_next_one_holds(
    today: date, judged_on: date, followed: bool
) -> None:
    """The step of signing holds until that of July 1 does."""
    first, _ = judged(step("july", "2026-07-01", 900), step("signing", "2026-01-01", 500), today=today)
    assert (first.name, first.judged_on, first.followed) == ("signing", judged_on, followed)


def test_a_step_that_holds_for_no_day_is_judged_on_its_own() -> None:
    """Two steps of one day: the first was recorded earlier, and neither has a day before the other."""
    found = judged(step("late", "2026-03-01", 900, at="2026-01-02T00:00Z"), step("early", "2026-03-01", 500))
    assert [(one.name, one.judged_on) for one in found] == [
        ("early", date(2026, 3, 1)),
        ("late", date(2026, 7, 1)),
    ]


@pytest.mark.parametrize(
    ("lc", "met_on", "lacking_cents"),
    [
        (posted("2026-01-05", 500), date(2026, 1, 5), 0),
        (posted("2026-01-05", 600), date(2026, 1, 5), 0),
        (posted("2026-01-05", 499), None, 1),
        (posted("2026-01-05", 499) + posted("2026-02-01", 500), date(2026, 2, 1), 0),
        (posted("2026-07-01", 500), date(2026, 7, 1), 0),
        (posted("2026-07-02", 500), None, 500),
    ],
    ids=["on its day", "more than enough", "a cent less", "made up later", "posted today", "posted tomorrow"],
)
def test_a_step_of_five_dollars_is_met_on_the_first_day_with_enough(
    lc: str, met_on: date | None, lacking_cents: int
) -> None:
    """Judged on July 1, 2026."""
    (found,) = judged(step("signing", "2026-01-01", 500), lc=lc)
    assert (found.met_on, found.lacking_cents) == (met_on, lacking_cents)


def test_a_step_that_is_set_again_asks_for_the_new_amount() -> None:
    (found,) = judged(step("signing", "2026-01-01", 500) + step("signing", "2026-01-01", 700))
    assert (found.required_cents, found.lacking_cents) == (700, 200)


@pytest.mark.parametrize(
    ("today", "name"),
    [(date(2025, 12, 31), None), (date(2026, 1, 1), "signing"), (date(2026, 7, 1), "july")],
)
def test_the_step_whose_day_came_last_is_in_force(today: date, name: str | None) -> None:
    found = in_force(
        judged(step("signing", "2026-01-01", 500), step("july", "2026-07-01", 900), today=today), today
    )
    assert (found and found.name) == name
