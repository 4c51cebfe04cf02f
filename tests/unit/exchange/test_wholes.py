"""Interval files are read in wholes: days, columns, parts. What they say is what each row says by itself,
however the file is bent.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from itertools import product
from random import Random
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import calendar
from ledger.exchange.interval_csv.numbers import numbers
from ledger.exchange.interval_csv.stamps import Clock, Stamps, stamped
from tests.support.examples import tried
from tests.unit.exchange.test_interval_csv import energies, read

# --- columns of numbers -------------------------------------------------------------------------------------

TEXTS: Final = st.one_of(
    st.from_regex(r"-?[0-9]{1,4}\.[0-9]{3}", fullmatch=True),
    st.from_regex(r"-?0*[0-9]{1,17}", fullmatch=True),
    st.text("0123456789.-, eN_+", max_size=12),
    st.sampled_from(
        ["", " ", "NA", "-0", "-0.000", "1.", ".5", ".", "٣", "1,234", "0" * 70, "\udc80", "1\n2"]
    ),
)


@settings(max_examples=tried(gate=100, search=500))
@given(
    st.one_of(
        st.lists(TEXTS, max_size=8),
        st.lists(st.from_regex(r"-?[0-9]{1,3}\.[0-9]{2}", fullmatch=True)),
        st.lists(st.from_regex(r"-?[0-9]{0,3}\.?[0-9]{0,3}", fullmatch=True), max_size=5),
    ),
    st.booleans(),
    st.sampled_from([None, 0, 1, 6]),
)
def test_a_column_says_of_each_number_what_it_says_alone(
    texts: list[str], thousands: bool, places: int | None
) -> None:
    def said(some: list[str]) -> list[Fraction | str | None]:
        found = numbers(some, blanks=("", "NA"), thousands=thousands, places=places)
        return [
            None if n in found.blank else found.wrong.get(n, Fraction(value, 10**found.decimals))
            for n, value in enumerate(found.values)
        ]

    assert said(texts) == [said([text])[0] for text in texts]


def each_of(texts: list[str], beside: list[str], thousands: bool, places: int | None) -> list[Fraction | str]:
    """What each text says at the end of a column of others."""
    found = [numbers([*beside, text], thousands=thousands, places=places) for text in texts]
    return [
        column.wrong.get(len(beside), Fraction(column.values[-1], 10**column.decimals)) for column in found
    ]


@pytest.mark.parametrize(("thousands", "places"), [(False, None), (True, 1)])
@pytest.mark.parametrize("beside", [[], ["1.5"], ["-3", "1.25"], ["7"]], ids=str)
def test_every_short_text_says_alone_and_in_a_column_what_it_says_beside_what_is_no_number(
    beside: list[str], thousands: bool, places: int | None
) -> None:
    """``.-0`` was 0 where all cells were read together, and no number where one of them made each be read by
    itself.
    """
    texts = ["".join(text) for size in range(5) for text in product("01.-+e, '%", repeat=size)]
    by_itself = numbers(["no number", *texts], thousands=thousands, places=places)
    said = [
        by_itself.wrong.get(n, Fraction(by_itself.values[n], 10**by_itself.decimals))
        for n in range(1, len(texts) + 1)
    ]
    assert each_of(texts, beside, thousands, places) == said


# --- days of stamps -----------------------------------------------------------------------------------------

DATES: Final = st.sampled_from(
    ["2025-03-09", "2025-07-14", "2025-07-15", " 2025-07-16", "2025-11-02", "x", "T", ""]
)
CLOCKS: Final = st.sampled_from(
    ["00:00", "00:15", "01:15", "01:15 DST", "24:00", "25:00", "", "\r", "0:15\t"]
)
MARKS: Final = st.sampled_from([" ", "T", "  ", ""])


@settings(max_examples=tried(gate=100, search=500))
@given(
    st.lists(
        st.tuples(st.lists(st.tuples(MARKS, CLOCKS), max_size=5), st.lists(DATES, max_size=4)), max_size=3
    ),
    st.booleans(),
    st.booleans(),
)
def test_a_day_begins_its_intervals_as_each_of_its_rows_alone(
    days: list[tuple[list[tuple[str, str]], list[str]]], ends: bool, apart: bool
) -> None:
    """Days written alike, row for row, with dates and clocks in one column or two; a CR can be in no cell."""
    rows = [
        (date, mark, clock.replace("\r", "\n"))
        for alike, dates in days
        for date in dates
        for mark, clock in alike
    ]
    columns = (
        [[date for date, _, _ in rows], [clock for _, _, clock in rows]]
        if apart
        else [["".join(row) for row in rows]]
    )
    clock = Clock("America/Chicago", ends, 900, "ymd", marks=True)
    found = [start_s for day in Stamps(clock).days(columns) for start_s in day]
    assert len(found) == len(rows)
    assert [start_s for start_s in found if start_s >= 0] == [
        Stamps(clock).start_s(*stamped(columns, n)) for n, start_s in enumerate(found) if start_s >= 0
    ]


# --- files --------------------------------------------------------------------------------------------------


class Kind(NamedTuple):
    """How a file of the test is written: dialect, header, step, what clocks it shows, and the cells of an
    interval's stamp.
    """

    dialect: str
    head: str
    step_s: int
    tz: str
    cells: Callable[[datetime, datetime], list[str]]


def _ends(begin: datetime) -> str:
    minutes = begin.hour * 60 + begin.minute + 15
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


KINDS: Final = (
    Kind(
        "ercot-15min",
        "Interval Ending,MWh",
        900,
        "America/Chicago",
        lambda begin, end: [f"{begin:%m/%d/%Y} {_ends(begin)}{' DST' * begin.fold}"],
    ),
    Kind(
        "ercot-15min",
        "DeliveryDate,DeliveryHour,DeliveryInterval,DSTFlag,MWh",
        900,
        "America/Chicago",
        lambda begin, end: [
            f"{begin:%m/%d/%Y}",
            str(begin.hour + 1),
            str(begin.minute // 15 + 1),
            "NY"[begin.fold],
        ],
    ),
    Kind(
        "eia-930,area=SOCO",
        "period_utc,SOCO_D_mwh",
        3600,
        "UTC",
        lambda begin, end: [f"{end:%Y-%m-%dT%H}"],
    ),
    Kind(
        "pjm,area=AEP",
        "datetime_beginning_utc,load_area,mw",
        3600,
        "UTC",
        lambda begin, end: [f"{begin:%m/%d/%Y %I:%M:%S %p}", "AEP"],
    ),
    Kind(
        "generic,time=t,value=v,unit=MWh,zone=Europe/Berlin,stamp=end,interval=5min,date=dmy",
        "t,v",
        300,
        "Europe/Berlin",
        lambda begin, end: [f"{end:%d.%m.%Y %H:%M}"],
    ),
)
FROM: Final = ("2025-03-08T20:00Z", "2025-07-14T00:00Z", "2025-11-01T07:15Z")
BAD: Final = ("x", "1e", "-", "9007199254740993.5", "1_0")


class Row(NamedTuple):
    """A row and what it says: when (None: no stamp that can be meant), and how much (None: blank; a text: no
    number).
    """

    cells: list[str]
    start_s: int | None
    said: Fraction | str | None

    def __str__(self) -> str:
        return ",".join(self.cells)


def number(rng: Random) -> str:
    """Most alike, some not, some small, some blank, some wrong."""
    chance = rng.random()
    if chance < 0.9:
        return f"{rng.randrange(10**6) / 1000:.3f}"
    return rng.choice(("", " ", "7", "-0.5", ".25", "100.000000", "0", *BAD))


def rows(rng: Random, kind: Kind) -> list[Row]:
    """Some days of a kind, some rows of them twice, missing, out of order or bad."""
    tz, first_s = ZoneInfo(kind.tz), calendar.instant_s(calendar.parse_instant(rng.choice(FROM)))
    first_s -= first_s % kind.step_s
    made = []
    for start_s in range(first_s, first_s + kind.step_s * rng.randrange(1, 500), kind.step_s):
        begin, end = (datetime.fromtimestamp(at_s, tz) for at_s in (start_s, start_s + kind.step_s))
        shown = begin.replace(tzinfo=None)
        twice = len(calendar.moments(shown, tz)) > 1 and not kind.dialect.startswith("ercot")
        text = number(rng)
        blank = not text.strip()
        said = None if blank else text if text in BAD else Fraction(text) * 10**6
        made.append(Row([*kind.cells(begin, end), text], None if twice else start_s, said))
    for row in rng.sample(made, min(len(made), rng.choice((0, 0, 1, 4)))):
        n = made.index(row)
        change = rng.choice(("again", "another", "gone", "stamp", "move"))
        if change == "again":
            made.insert(rng.randrange(n, len(made)), made[n])
        elif change == "another":
            made.insert(
                rng.randrange(n, len(made)) + 1,
                made[n]._replace(cells=[*made[n].cells[:-1], "31.25"], said=Fraction(31_250_000)),
            )
        elif change == "gone" and len(made) > 1:
            del made[n]
        elif change == "stamp":
            made[n] = made[n]._replace(cells=["32/32/2025 01:00", *made[n].cells[1:]], start_s=None)
        else:
            made.insert(rng.randrange(len(made)), made.pop(n))
    if rng.random() < 0.1:
        made.reverse()
    return made


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.head)
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_a_file_says_what_its_rows_say(kind: Kind, seed: int) -> None:
    """Across clock changes, in parts of any size, quoted or not, with any line end: the first of an interval
    stands, blanks are none, and each row that is bad or says another value is told with its line.
    """
    rng = Random(seed)
    made = rows(rng, kind)
    expected: dict[int, Fraction] = {}
    told = []
    for line, row in enumerate(made, start=2):
        if row.start_s is None or isinstance(row.said, str):
            told.append(line)
        elif row.said is not None:
            told += [line] * (expected.setdefault(row.start_s, row.said) != row.said)
    lines = [str(row) if rng.random() < 0.9 else ",".join(f'"{cell}"' for cell in row.cells) for row in made]
    text = rng.choice(("\n", "\r\n", "\r")).join([kind.head, *lines, ""])
    found = read(
        text.encode(rng.choice(("utf-8", "utf-8-sig"))), kind.dialect, rng.choice((300, 4000, 1 << 20))
    )
    assert energies(found) == {calendar.format_instant(at_s): said for at_s, said in expected.items()}
    assert sorted(problem.line for problem in found.problems if problem.line) == told
