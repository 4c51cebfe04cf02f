"""Readings of files into a book, and what is said about it: shared by ``record``, ``import`` and the demo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from ledger.app.book import Book, Outcome, Said
from ledger.app.terminal import Bar, plural, say_json, say_problems
from ledger.errors import Problem
from ledger.exchange.reading import Reading
from ledger.exchange.story import format_claim

MALFORMED, REFUSED = 2, 3


def said(source: str, reading: Reading) -> list[Said]:
    """The claims of a reading with their place, for messages; a format without lines counts its facts."""
    lines = reading.lines or (0,) * len(reading.claims)
    return [Said(claim, source, line) for claim, line in zip(reading.claims, lines, strict=True)]


def record_readings(
    book: Book,
    readings: Sequence[tuple[str, Reading]],
    *,
    as_json: bool,
    dry_run: bool = False,
    atomic: bool = False,
    accept_clock: bool = False,
    restate: bool = False,
) -> int:
    """Record what was read and say so; the exit code: 2 if a row was malformed, else 3 if one was refused, else 0."""
    malformed = [problem for _, reading in readings for problem in reading.problems]
    claims = [claim for source, reading in readings for claim in said(source, reading)]
    stopped = atomic and bool(malformed)
    bar = Bar("recording", quiet=as_json)
    outcome = book.record(
        claims,
        atomic=atomic,
        dry_run=dry_run or stopped,
        accept_clock=accept_clock,
        restate=restate,
        progress=bar,
    )
    bar.close()
    problems = sorted(
        [*malformed, *map(_with_story(claims), outcome.problems)], key=lambda p: (p.source, p.line)
    )
    say_problems(problems, as_json)
    nothing = dry_run or stopped or (atomic and bool(problems))
    notes = [note for _, reading in readings for note in reading.notes]
    if as_json:
        say_json(_summary(book, outcome, problems, notes, nothing))
    else:
        _say(book, outcome, problems, notes, dry_run=dry_run, nothing=nothing)
    return max((_rank(problem) for problem in problems), key=lambda code: code == MALFORMED, default=0)


def _rank(problem: Problem) -> int:
    return problem.exit_code


def _with_story(claims: Sequence[Said]) -> Any:
    """A refused claim shown as the line that says it, where its format has no lines of its own."""
    by_place = {(claim.source, claim.line): claim for claim in claims}

    def shown(problem: Problem) -> Problem:
        claim = by_place.get((problem.source, problem.line))
        if problem.raw or claim is None:
            return problem
        where = "" if problem.line else f"{claim.claim.at} {claim.claim.kind}: "
        raw = format_claim(claim.claim)[:200]
        return Problem(problem.source, problem.line, where + problem.message, raw, problem.exit_code)

    return shown


def _summary(
    book: Book, outcome: Outcome, problems: Sequence[Problem], notes: Sequence[str], nothing: bool
) -> dict[str, Any]:
    recorded = [] if nothing else [p.record for p in outcome.positions if not p.repeated]
    return {
        "recorded": len(recorded),
        "repeated": outcome.repeated,
        "malformed": sum(p.exit_code == MALFORMED for p in problems),
        "refused": sum(p.exit_code == REFUSED for p in problems),
        "size": book.store.size,
        "notes": list(notes),
        "records": [{"id": r.id, "index": r.index, "stream": r.stream, "pos": r.pos} for r in recorded],
    }


def _say(
    book: Book,
    outcome: Outcome,
    problems: Sequence[Problem],
    notes: Sequence[str],
    *,
    dry_run: bool,
    nothing: bool,
) -> None:
    if dry_run:
        for position in outcome.positions:
            if not position.repeated:
                click.echo(format_claim(_claim(position)))
    for note in notes:
        click.echo(f"note: {note}")
    facts = plural(outcome.recorded, "fact")
    verb = f"would record {facts}" if dry_run else "recorded nothing" if nothing else f"recorded {facts}"
    parts = [verb]
    if outcome.repeated:
        parts.append(f"{outcome.repeated:,} recorded before, unchanged")
    for code, name in ((MALFORMED, "malformed"), (REFUSED, "refused")):
        count = sum(p.exit_code == code for p in problems)
        if count:
            parts.append(f"{count:,} {name}")
    click.echo(f"{', '.join(parts)}; the book holds {plural(book.store.size, 'record')}")


def _claim(position: Any) -> Any:
    from ledger.codec import claim_of

    return claim_of(position.record)
