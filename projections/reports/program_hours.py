"""Program hours: how much of what a demand response program may call was called.

One row for each enrolled program and program year that has begun by the window's end and reaches into the
window. A program year begins at program_year_start on the clocks of the program's zone (TVA October, MISO and
PJM June). Its figures are of the whole year up to as-of, also before the window's start.

events called = dispatches of the program that start in the year, without tests and without those cancelled
                before they started
called        = time in the union of [start, released or stop) of the program's dispatches, without tests,
                within the year; one cancelled after its start counts until then, one still open until as-of
cap           = called_max in force at the year's end or as-of; left = cap - called, not below 0
tests due     = tests_per_year - tests recorded in the year, not below 0

Hours or events beyond the cap are taken, counted and noted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final, NamedTuple

from ledger.calendar import Window, day_start_s, local_date, months_after, zone
from ledger.kinds import ProgramEnrolled, ProgramTestRecorded
from ledger.units import format_quantity, rounded
from projections.engine.fold import Key, Rows
from projections.engine.report import (
    Answer,
    Behind,
    Cell,
    Column,
    Deadline,
    Lead,
    LeadFigure,
    Report,
    ReportRow,
    Scope,
    row_of,
)
from projections.engine.windows import total_s
from projections.engine.words import (
    Line,
    by_name,
    counted,
    duration,
    number_of,
    percent,
    sentence,
    total,
    verb,
)
from projections.rows.dispatches import DISPATCH, DispatchCall, call
from projections.rows.fact_rows import RecordedFact
from projections.rows.programs import PROGRAM, terms_at

CALLS: Final = ("dispatch", "program")
COLUMNS: Final = (
    Column("program", "Program", "the program", unit=""),
    Column("year_start", "Year from", "first day of the program year", unit=""),
    Column("site", "Site", "the site enrolled", unit=""),
    Column("operator", "Operator", "who calls", unit=""),
    Column(
        "events_called",
        "Events",
        "dispatches that start in the year, tests and cancelled ones left out",
        unit="",
    ),
    Column("events_max", "Events cap", "events_max; null without a cap", unit=""),
    Column("called_s", "Called", "time in the union of the dispatches", unit="s"),
    Column("cap_s", "Cap", "called_max; null without a cap", unit="s"),
    Column("left_s", "Left", "cap - called, not below 0", unit="s", of=("cap_s", "called_s")),
    Column(
        "tests_due", "Tests due", "tests_per_year - tests recorded in the year", unit="", draws=("program",)
    ),
    Column(
        "last_test_passed",
        "Last test",
        "was the last test passed? null without any",
        unit="",
        draws=("program",),
    ),
    Column(
        "committed_w", "Committed", "power committed at the year's end or as-of", unit="W", draws=("program",)
    ),
)
_cells: Final = row_of(COLUMNS)


class Year(NamedTuple):
    """One program year of one program: its instants up to as-of, and the terms in force at their end."""

    site: str
    program: str
    first: date
    window: Window
    terms: dict[str, Any]


def compute(rows: Rows, scope: Scope) -> Answer:
    """One row for each program and year, by site and program."""
    lines: list[ReportRow] = []
    notes: list[str] = []
    for (site, program), facts in sorted(rows[PROGRAM.name].items()):
        if site in scope.sites:
            row = tuple(fact for fact in facts if fact.at_s < scope.window.stop_s)
            calls = _calls(site, program, rows, scope)
            for year in _years(site, program, row, scope):
                line = _row(year, row, calls, scope)
                lines.append(line)
                notes += _beyond(line, f"{site}/{program}, year from {year.first}")
    return Answer(tuple(lines), tuple(notes))


def _calls(site: str, program: str, rows: Rows, scope: Scope) -> list[DispatchCall]:
    found = (
        call(row, scope.window.stop_s) for key, row in sorted(rows[DISPATCH.name].items()) if key[0] == site
    )
    return [
        one
        for one in found
        if one is not None
        and one.called.program == program
        and one.called.dispatch_class != "test"
        and one.took_place
    ]


def _years(site: str, program: str, row: tuple[RecordedFact, ...], scope: Scope) -> Iterator[Year]:
    enrolled = [f for f in row if isinstance(f.body, ProgramEnrolled)]
    if not enrolled or scope.window.start_s >= scope.window.stop_s:
        return
    tz = zone(enrolled[-1].body.tz)
    month, day = map(int, enrolled[-1].body.program_year_start.split("-"))
    begun = local_date(max(enrolled[0].at_s, scope.window.start_s), tz)
    last = local_date(scope.window.stop_s - 1, tz)
    for number in range(begun.year - 1, last.year + 1):
        first = date(number, month, day)
        after = months_after(first, 12)
        if after > begun and first <= last:
            window = Window(day_start_s(first, tz), min(day_start_s(after, tz), scope.window.stop_s))
            terms = terms_at(row, window.stop_s - 1) or _latest(row, window.stop_s)
            yield Year(site, program, first, window, terms)


def _latest(row: tuple[RecordedFact, ...], stop_s: int) -> dict[str, Any]:
    """The terms last in force of a program that was withdrawn since."""
    held = [terms_at(row, fact.at_s - 1) for fact in row if fact.at_s < stop_s]
    return next((terms for terms in reversed(held) if terms), {})


def _row(year: Year, row: tuple[RecordedFact, ...], calls: list[DispatchCall], scope: Scope) -> ReportRow:
    start_s, stop_s = year.window
    called_s = total_s(
        Window(max(one.start_s, start_s), min(stop_s if one.stop_s is None else one.stop_s, stop_s))
        for one in calls
    )
    tests = [f for f in row if isinstance(f.body, ProgramTestRecorded) and f.at_s < stop_s]
    cap_s, due = year.terms.get("called_max_s"), year.terms.get("tests_per_year")
    return _cells(
        program=year.program,
        year_start=year.first.isoformat(),
        site=year.site,
        operator=year.terms.get("operator"),
        events_called=sum(start_s <= one.start_s < stop_s for one in calls),
        events_max=year.terms.get("events_max"),
        called_s=called_s,
        cap_s=cap_s,
        left_s=None if cap_s is None else max(0, cap_s - called_s),
        tests_due=None if due is None else max(0, due - sum(f.at_s >= start_s for f in tests)),
        last_test_passed=tests[-1].body.passed if tests else None,
        committed_w=year.terms.get("committed_w"),
    )


def _beyond(line: ReportRow, named: str) -> Iterator[str]:
    (cells,) = by_name(COLUMNS, [line])
    for value, cap, what in (("called_s", "cap_s", "_s"), ("events_called", "events_max", "")):
        a, b = cells[value], cells[cap]
        if isinstance(a, int) and isinstance(b, int) and a > b:
            said, most = (format_quantity(n, what) if what else f"{n} events" for n in (a, b))
            yield f"{named}: {said} called, beyond the cap of {most}"


def behind(rows: Rows, scope: Scope, cells: dict[str, Cell] | Any, column: str) -> Behind:
    """The program, and the dispatches called under it."""

    def counts(kind: str, key: Key) -> bool:
        if kind != DISPATCH.name:
            return True
        one = call(rows[DISPATCH.name][key], scope.window.stop_s)
        return one is not None and one.called.program == cells["program"]

    return Behind(counts)


# --- first screen -------------------------------------------------------------------------------------------


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Programs that called beyond their cap, and the one nearest to it."""
    lines = by_name(COLUMNS, answer.rows)
    used = [(share, line) for line in lines if (share := _used(line)) is not None]
    beyond = [line for share, line in used if share > 1]
    tests = total(lines, "tests_due")
    figures = (
        LeadFigure("Beyond their cap", f"{len(beyond):,} of {counted(len(lines), 'program year')}", ""),
        LeadFigure("Events called", total(lines, "events_called"), ""),
        LeadFigure("Time called", total(lines, "called_s"), "s"),
        LeadFigure("Tests due", tests, ""),
    )
    if not lines:
        return Lead("No program year reaches into this window.", figures)
    free = len(lines) - len(used)
    verdict = sentence(
        _within_caps(len(beyond), len(lines)),
        f"{'the furthest beyond' if beyond else 'the nearest to its cap'} is {_most_used(used)}"
        if any(share for share, _ in used)
        else "",
        f"{free:,} {verb(free, 'has', 'have')} no cap" if free else "",
        f"{counted(tests, 'test')} {verb(tests, 'is', 'are')} due" if tests else "",
    )
    return Lead(verdict, figures)


def _within_caps(beyond: int, whole: int) -> str:
    if whole == 1:
        return f"The program called {'more than it may' if beyond else 'no more than it may'}"
    if not beyond:
        return f"No program called more than it may in {whole:,} program years"
    return f"Programs called more than they may in {beyond:,} of {whole:,} program years"


def _used(line: Line) -> Fraction | None:
    """The greater share of the hours or the events that a program may call; None without a cap."""
    shares = [
        Fraction(called, cap) if cap else Fraction(2 if called else 0)
        for value, most in (("called_s", "cap_s"), ("events_called", "events_max"))
        if (called := number_of(line, value)) is not None and (cap := number_of(line, most)) is not None
    ]
    return max(shares, default=None)


def _most_used(used: Sequence[tuple[Fraction, Line]]) -> str:
    _, line = max(
        used, key=lambda each: (each[0], *(str(each[1][name]) for name in ("site", "program", "year_start")))
    )
    called_s, cap_s = number_of(line, "called_s") or 0, number_of(line, "cap_s")
    hours = f" {duration(called_s)} of {duration(cap_s)}" if cap_s is not None else ""
    most = number_of(line, "events_max")
    events = f" {line['events_called']} of {counted(most, 'event')}" if most is not None else ""
    called = " and".join(part for part in (hours, events) if part)
    return f"{line['program']} at {line['site']} (year from {line['year_start']}) with{called}"


_NEARLY_USED: Final = 80  # percent of a program's cap


def deadlines(answer: Answer) -> Iterator[Deadline]:
    """Tests that a program year still requires, and caps of which four fifths are used, by the year's last
    day; a cap lapses after it, since the year's calls are then final.
    """
    for line in by_name(COLUMNS, answer.rows):
        program, site, year = (str(line[name]) for name in ("program", "site", "year_start"))
        on = months_after(date.fromisoformat(year), 12) - timedelta(days=1)
        key = f"{program}/{year}/{site}"
        if line["tests_due"]:
            tests = counted(number_of(line, "tests_due") or 0, "test")
            what = f"{tests} of program {program} in its year from {year}"
            yield Deadline(on, site, what, key)
        called, cap = number_of(line, "called_s"), number_of(line, "cap_s")
        if called is not None and cap and 100 * called >= _NEARLY_USED * cap:
            used = percent(rounded(Fraction(called * 10**6, cap)))
            what = f"program {program} has called {used} of its hours; {duration(max(cap - called, 0))} left"
            yield Deadline(on, site, what, key, lapses=True)


REPORT: Final = Report(
    name="program-hours",
    definition_version=1,
    title="Hours and events called by programs",
    packs=("utility", "registration"),
    classes=("grid",),
    row_kinds=(PROGRAM, DISPATCH),
    columns=COLUMNS,
    keys=3,
    compute=compute,
    definition=__doc__ or "",
    behind=behind,
    lead=lead,
    first=("program", "year_start", "site", "events_called", "events_max", "called_s", "cap_s", "left_s"),
    deadlines=deadlines,
)
