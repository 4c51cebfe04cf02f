"""Output of ``correct``, ``retract`` and ``note``: the one fact that was recorded, for people and
machines.
"""

from __future__ import annotations

from ledger.app.book.book import Book
from ledger.app.cli.unlikely_notes import UnlikelyNotes
from ledger.app.host.terminal import plural, say, say_json
from ledger.app.maintenance.correction import TakenFact
from ledger.app.queries.record_filter import Lines


def say_taken(book: Book, taken: TakenFact, verb: str, *, as_json: bool, dry_run: bool) -> None:
    """Print the fact before and after, its record, and notes on it."""
    unlikely = UnlikelyNotes()
    unlikely.hear(taken.unlikely)
    if as_json:
        say_json({**taken.json(book.store.size, dry_run=dry_run), "unlikely": unlikely.json()})
        return
    lines, record, target = Lines(book, as_json=False), taken.record, taken.target
    if target is not None:
        say((f"before {lines.line(target)}",))
    say((f"{'note' if target is None else 'after':<6} {lines.line(record)}",))
    say(f"note: {note}" for note in taken.notes)
    unlikely.say()
    if dry_run and not taken.repeated:
        say(("nothing is recorded: --dry-run",))
        return
    place, size = f"record {record.index} ({record.id})", plural(book.store.size, "record")
    if taken.repeated:
        say((f"recorded before as {place}, unchanged; the book holds {size}",))
    elif target is None:
        say((f"recorded as {place}; the book holds {size}",))
    else:
        say((f"record {target.index} is {verb} by {place}; the book holds {size}",))
