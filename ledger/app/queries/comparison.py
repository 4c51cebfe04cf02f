"""A reader's own readings against those that a book or a bundle holds for the same meter: interval by
interval, with the records that differ.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final, NamedTuple

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.queries import explanation, log_view
from ledger.app.queries.report_run import Question, ReportRun
from ledger.errors import Malformed
from ledger.kinds import IntervalsRecorded
from ledger.records.envelope import Claim, Record
from ledger.units import rounded
from projections.engine.words import Line, by_name
from projections.reports import intervals

UWH: Final = 10**6
WAYS: Final = ("differs", "only yours", "only the ledger's", "other intervals")


class OwnReading(NamedTuple):
    """A reading of the reader's file: [start_s, stop_s) in seconds since 1970, energy in millionths of
    a Wh.
    """

    start_s: int
    stop_s: int
    energy_uwh: int


class Discrepancy(NamedTuple):
    """An interval in which the two differ. ``way`` is one of ``WAYS``: another energy, a reading that only
    one of them has, or intervals that do not add up to the reader's. Energies are in millionths of a Wh, None
    where that side has none; ``records`` are those behind the ledger's.
    """

    start_s: int
    stop_s: int
    way: str
    own_uwh: int | None
    ledger_uwh: int | None
    records: tuple[Record, ...]


class Comparison(NamedTuple):
    """Readings of one meter set side by side, over the span [start, stop) of the reader's; ``tz`` is the
    site's zone, ``own_uwh`` and ``ledger_uwh`` the totals of each.
    """

    site: str
    meter: str
    tz: str
    start_s: int
    stop_s: int
    equal: int
    own_uwh: int
    ledger_uwh: int
    found: tuple[Discrepancy, ...]
    notes: tuple[str, ...]


def own_readings(claims: Iterable[Claim]) -> list[OwnReading]:
    """The readings of a file's claims in order of time; ``Malformed`` where there is none, or where two begin
    at once.
    """
    found = sorted(reading for claim in claims for reading in _readings(claim))
    if not found:
        raise Malformed("the file holds no readings of intervals to compare")
    for one, other in pairwise(found):
        if other.start_s < one.stop_s:
            raise Malformed(
                f"the file has two readings at {calendar.format_instant(other.start_s)}; which is meant?"
            )
    return found


def compared(book: Book, site: str, meter: str, own: list[OwnReading], tolerance_uwh: int = 0) -> Comparison:
    """The reader's readings against the ledger's of one meter; energies no further apart than a tolerance are
    equal.
    """
    start_s, stop_s = own[0].start_s, own[-1].stop_s
    start, stop = map(calendar.format_instant, (start_s, stop_s))
    question = Question(start=start, stop=stop, sites=(site,), said={"meter": meter})
    run = log_view.run_whole(book, intervals.REPORT, question)
    lines = by_name(run.table.columns, run.table.rows)
    starts = [calendar.instant_s(str(line["start"])) for line in lines]
    found: list[Discrepancy] = []
    used: set[int] = set()
    for reading in own:
        inside = range(bisect_left(starts, reading.start_s), bisect_left(starts, reading.stop_s))
        used.update(inside)
        there = [lines[n] for n in inside]
        if not there:
            found.append(Discrepancy(*reading[:2], "only yours", reading.energy_uwh, None, ()))
        elif not _fills(there, reading):
            found.append(_differing(reading, "other intervals", there, None))
        elif (
            abs((total := sum(int(line["energy_uwh"] or 0) for line in there)) - reading.energy_uwh)
            > tolerance_uwh
        ):
            found.append(_differing(reading, "differs", there, total))
    equal = len(own) - len(found)
    for n in sorted(set(range(len(lines))) - used):
        span = (starts[n], calendar.instant_s(str(lines[n]["stop"])))
        found.append(Discrepancy(*span, "only the ledger's", None, int(lines[n]["energy_uwh"] or 0), ()))
    ordered = sorted(found, key=lambda each: each.start_s)
    whole = tuple(_with_records(book, run, starts, lines, each) for each in ordered)
    sums = sum(one.energy_uwh for one in own), sum(int(line["energy_uwh"] or 0) for line in lines)
    zone = run.scope.zones[site]
    return Comparison(site, meter, zone, start_s, stop_s, equal, *sums, whole, run.table.notes)


def _readings(claim: Claim) -> Iterator[OwnReading]:
    body = claim.body
    if isinstance(body, IntervalsRecorded):
        begin_s, worth = calendar.instant_s(body.start), Fraction(10) ** body.power_of_ten * UWH
        for n, value in enumerate(body.values):
            start_s = begin_s + n * body.interval_s
            yield OwnReading(start_s, start_s + body.interval_s, rounded(value * worth))


def _fills(there: list[Line], reading: OwnReading) -> bool:
    """True where the ledger's intervals follow each other from the reading's start to its end."""
    edges = [(str(line["start"]), str(line["stop"])) for line in there]
    joined = all(before[1] == after[0] for before, after in pairwise(edges))
    whole = tuple(map(calendar.instant_s, (edges[0][0], edges[-1][1]))) == reading[:2]
    return joined and whole


def _differing(reading: OwnReading, way: str, there: list[Line], total: int | None) -> Discrepancy:
    return Discrepancy(*reading[:2], way, reading.energy_uwh, total, ())


def _with_records(
    book: Book, run: ReportRun, starts: list[int], lines: list[Line], each: Discrepancy
) -> Discrepancy:
    """The discrepancy with the records behind the ledger's readings of the interval."""
    column = next(column for column in run.table.columns if column.name == "energy_uwh")
    inside = lines[bisect_left(starts, each.start_s) : bisect_left(starts, each.stop_s)]
    places = {
        place
        for line in inside
        for place in explanation.records_behind(intervals.REPORT, run.rows, run.scope, line, column)
    }
    records = explanation.read(book, explanation.numbers_of(book), sorted(places))
    return each._replace(records=tuple(sorted(records, key=lambda record: record.index)))


def comparison_json(found: Comparison) -> dict[str, Any]:
    """For machines."""
    return {
        "site": found.site,
        "meter": found.meter,
        "window": [calendar.format_instant(found.start_s), calendar.format_instant(found.stop_s)],
        "equal": found.equal,
        "own_uwh": found.own_uwh,
        "ledger_uwh": found.ledger_uwh,
        "discrepancies": [
            {
                "start": calendar.format_instant(each.start_s),
                "stop": calendar.format_instant(each.stop_s),
                "way": each.way,
                "own_uwh": each.own_uwh,
                "ledger_uwh": each.ledger_uwh,
                "records": [record.index for record in each.records],
            }
            for each in found.found
        ],
    }
