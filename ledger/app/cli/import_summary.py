"""Recording of parsed files, and its summary: shared by ``record``, ``import`` and the demo.

A large file comes in parts, each recorded and forgotten before the next, so that memory stays bounded; an
import that was interrupted is run again and finds what it recorded before. Only with ``--atomic`` and
``--dry-run`` the parts are decided together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import click

from ledger.app.book.batch import Position
from ledger.app.book.book import Book, Outcome, Said
from ledger.app.book.writer import CHUNK
from ledger.app.cli.unlikely_notes import UnlikelyNotes
from ledger.app.host.terminal import Bar, plural, say_json, say_problems
from ledger.app.imports.source_files import Parts, said
from ledger.errors import Problem, inert
from ledger.exchange.reading import Reading
from ledger.exchange.story import format_claim
from ledger.kinds import BY_TAG
from ledger.records.envelope import claim_of

MALFORMED, REFUSED = 2, 3
PLACES = 20
"""Number of new records shown one by one."""


def record_readings(
    book: Book,
    parts: Parts,
    *,
    as_json: bool,
    dry_run: bool = False,
    atomic: bool = False,
    restate: bool = False,
    places: bool = False,
    heard: Callable[[Sequence[Problem]], None] | None = None,
) -> int:
    """Record parsed facts and print the result, with ``places`` also index and id of each new record; return
    the exit code: 2 if a row was malformed, else 3 if one was refused, else 0. ``heard`` gets every problem.
    """
    told = _ImportSummary(as_json, dry_run, PLACES if places else 0)
    bar = Bar("recording", quiet=as_json)
    for group in [list(parts)] if dry_run or atomic else _grouped(parts):
        malformed = [problem for _, reading in group for problem in reading.problems]
        claims = [claim for source, reading in group for claim in said(source, reading)]
        stopped = atomic and bool(malformed)
        outcome = book.record(
            claims,
            atomic=atomic,
            dry_run=dry_run or stopped,
            restate=restate,
            judge=True,
            progress=(
                bar if len(claims) > CHUNK else None
            ),  # one batch of many: reading them shows the progress
        )
        problems = sorted(
            [*malformed, *map(_with_story(claims), outcome.problems)], key=lambda p: (p.source, p.line)
        )
        if heard is not None:
            heard(problems)
        notes = [note for _, reading in group for note in reading.notes]
        unchanged = sum(reading.unchanged for _, reading in group)
        nothing = dry_run or stopped or (atomic and bool(problems))
        told.hear(outcome, problems, notes, nothing=nothing, unchanged=unchanged)
    bar.close()
    told.say(book)
    return told.exit_code


def _grouped(parts: Parts) -> Iterator[list[tuple[str, Reading]]]:
    """Parts of a file joined as long as one batch holds their claims; notes on a file as a whole come
    separately, after them.
    """
    group: list[tuple[str, Reading]] = []
    held = 0
    for source, reading in parts:
        more = len(reading.claims)
        if group and (source != group[0][0] or not more or held + more > CHUNK):
            yield group
            group, held = [], 0
        group.append((source, reading))
        held += more
    if group:
        yield group


def _with_story(claims: Sequence[Said]) -> Any:
    """A refused claim shown as story text, where its format has no lines of its own."""

    @cache
    def by_place() -> dict[tuple[str, int], Said]:
        return {(claim.source, claim.line): claim for claim in claims}

    def shown(problem: Problem) -> Problem:
        claim = by_place().get((problem.source, problem.line))
        if problem.raw or claim is None:
            return problem
        where = "" if problem.line else f"{claim.claim.at} {claim.claim.kind}: "
        raw = format_claim(claim.claim)[:200]
        return Problem(problem.source, problem.line, where + problem.message, raw, problem.exit_code)

    return shown


class _ImportSummary:
    """Summary of an import: problems at once, counts and notes at the end."""

    def __init__(self, as_json: bool, dry_run: bool, places: int) -> None:
        self._as_json, self._dry_run, self._shown = as_json, dry_run, places
        self._codes: Counter[int] = Counter()
        self._recorded = self._repeated = 0
        self._nothing = dry_run
        self._notes: list[str] = []
        self._gone: list[Position] = []
        self._replaced: list[Position] = []
        self._unlikely = UnlikelyNotes()
        self._places: list[dict[str, Any]] = []

    def hear(
        self,
        outcome: Outcome,
        problems: Sequence[Problem],
        notes: list[str],
        *,
        nothing: bool,
        unchanged: int,
    ) -> None:
        """Count a part that was recorded, or (``nothing``) was not to be."""
        say_problems(problems, self._as_json)
        self._codes.update(problem.exit_code for problem in problems)
        self._recorded += outcome.recorded
        self._repeated += outcome.repeated + unchanged
        self._nothing = nothing
        self._notes += notes
        self._gone += outcome.gone
        self._replaced += outcome.replaced
        self._unlikely.hear(outcome.unlikely)
        new = [position.record for position in outcome.positions if not position.repeated]
        if self._as_json and not nothing:
            self._places += [{"id": r.id, "index": r.index, "stream": r.stream, "pos": r.pos} for r in new]
        elif not (self._as_json or nothing):
            for record in new[: self._shown]:
                click.echo(f"{record.index:>8}  {record.id}  {record.place} {BY_TAG[record.kind].name}")
            if self._shown and len(new) > self._shown:
                last = new[self._shown - 1].index
                click.echo(
                    f"          and {len(new) - self._shown:,} more: wattledger log --ids --after {last}"
                )
        if self._dry_run and not self._as_json:
            for record in new:
                click.echo(format_claim(claim_of(record)))

    @property
    def exit_code(self) -> int:
        """2 if a row was malformed, else 3 if one was refused, else 0."""
        return next((code for code in (MALFORMED, REFUSED) if self._codes[code]), 0)

    def say(self, book: Book) -> None:
        """Print the notes and the counts."""
        if self._gone:
            self._notes.append(_told_gone(self._gone))
        if self._replaced:
            self._notes.append(_told_replaced(self._replaced))
        if self._as_json:
            say_json(
                {
                    "recorded": 0 if self._nothing else self._recorded,
                    "repeated": self._repeated,
                    "malformed": self._codes[MALFORMED],
                    "refused": self._codes[REFUSED],
                    "size": book.store.size,
                    "notes": self._notes,
                    "unlikely": self._unlikely.json(),
                    "records": self._places,
                }
            )
            return
        for note in self._notes:
            click.echo(f"note: {inert(note)}")
        self._unlikely.say()
        facts = plural(self._recorded, "fact")
        verb = (
            f"would record {facts}"
            if self._dry_run
            else "recorded nothing"
            if self._nothing
            else f"recorded {facts}"
        )
        parts = [verb]
        idle = len(self._gone) + len(self._replaced)
        if unchanged := self._repeated - idle:
            parts.append(f"{unchanged:,} recorded before, unchanged")
        if idle:
            parts.append(f"{idle:,} that no longer hold{'s' if idle == 1 else ''}")
        for code, name in ((MALFORMED, "malformed"), (REFUSED, "refused")):
            if self._codes[code]:
                parts.append(f"{self._codes[code]:,} {name}")
        click.echo(f"{', '.join(parts)}; the book holds {plural(book.store.size, 'record')}")


def _told_gone(gone: Sequence[Position]) -> str:
    """Note on repeated facts that are not effective, and how to make one effective."""
    first = gone[0]
    facts = plural(len(gone), "fact")
    have = "has" if len(gone) == 1 else "have"
    return (
        f"{facts} recorded before {have} been corrected or retracted since and {'does' if len(gone) == 1 else 'do'}"
        f" not hold (record {first.record.index} by record {first.gone_by}); if a fact holds after all, record it"
        " under another id: id=..."
    )


def _told_replaced(replaced: Sequence[Position]) -> str:
    """Note on repeated facts that a later record of the same instant replaces, and how to undo that
    record.
    """
    first = replaced[0]
    facts = plural(len(replaced), "fact")
    do = "does" if len(replaced) == 1 else "do"
    return (
        f"{facts} recorded before {do} not hold: record {first.replaced_by} is of the same instant as record"
        f" {first.record.index} and came after it; to undo it: wattledger retract {first.replaced_by} --reason ..."
    )
