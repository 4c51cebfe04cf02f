"""``correct``, ``retract`` and ``note``: one fact about a record, made from a few words.

A correction restates the whole fact, sections included, with some fields changed. It takes the place of its
target, so a target that was corrected or retracted before is refused, with the record to name instead
(DOMAIN 3, corrections). A note is an observation on an incident.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from functools import partial
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import UNSET

from ledger import kinds
from ledger.app.book.book import Book, Said
from ledger.app.maintenance import dependents
from ledger.app.queries.record_filter import disclosed, index_said
from ledger.app.queries.registry import times_of
from ledger.calendar import parse_instant
from ledger.errors import Malformed, Refused, named
from ledger.exchange import story
from ledger.kinds import CURRENT
from ledger.records import leaf_format
from ledger.records.envelope import Claim, Record, claim_of, make_claim
from ledger.records.ids import binary_id
from ledger.records.wording import sentence
from ledger.rules.plausibility.rule import Unlikely

INCIDENT: Final = "incident"


class TakenFact(NamedTuple):
    """Result of recording one fact: its record, with its sections in its body, and whether the log held it
    before; ``target`` is the record that it corrects or retracts, if it does.
    """

    record: Record
    repeated: bool
    target: Record | None = None
    notes: tuple[str, ...] = ()
    unlikely: tuple[Unlikely, ...] = ()

    def json(self, size: int, *, dry_run: bool) -> dict[str, Any]:
        """For machines: the counts and places of ``record --json``, and the fact before and after."""
        record = self.record
        new = not (self.repeated or dry_run)
        place = {"id": record.id, "index": record.index, "stream": record.stream, "pos": record.pos}
        return {
            "recorded": int(new),
            "repeated": int(self.repeated),
            "size": size,
            "notes": list(self.notes),
            "records": [place] if new or self.repeated else [],
            "target": self.target and {"id": self.target.id, "index": self.target.index},
            "before": self.target and story.format_claim(claim_of(self.target)),
            "after": story.format_claim(claim_of(record)),
        }


class Prepared(NamedTuple):
    """A fact about a record, ready to be recorded: its claim, the record that it corrects or retracts, and what
    is to be known of it. ``verb`` is what it does.
    """

    claim: Claim
    verb: str
    target: Record | None = None
    notes: tuple[str, ...] = ()


def correct(book: Book, said: str, changes: Sequence[str], reason: str, *, dry_run: bool) -> TakenFact:
    """Restate the fact of a record, named by index or id, with some ``KEY=VALUE`` changed."""
    return take(book, correction_of(book, said, changes, reason), dry_run=dry_run)


def correction_of(book: Book, said: str, changes: Sequence[str], reason: str) -> Prepared:
    """The correction of a record, named by index or id, by some ``KEY=VALUE``."""
    target = _target(book, said)
    if not changes:
        raise Malformed(f"state what to change, KEY=VALUE; record {target.index}: {sentence(target.body)}")
    if isinstance(target.body, kinds.EventRetracted | kinds.SectionErased):
        raise Refused(
            f"record {target.index} is of kind {target.kind} and cannot be corrected; record the fact again if"
            " it holds after all"
        )
    kept, body = disclosed(book, target, sections=True)
    before = claim_of(target, body)
    instant = partial(times_of(book).instant, place=target.place)
    claim = story.corrected(before, target.id, reason, changes, instant)
    if (claim.at, claim.body, claim.actor, claim.source) == (before.at, before.body, before.actor, UNSET):
        _check_effective(book, target, "correct")
        raise Malformed(f"record {target.index} states this already: {story.format_claim(before)}")
    notes = []
    if target.source is not UNSET and claim.source is UNSET:
        notes.append(
            f"the source of record {target.index} ({target.source.name}) states the old values and is not"
            " repeated; add source=NAME for a document that states the new ones"
        )
    missing = sorted(set(target.sections or ()) - kept)
    if missing:
        notes.append(f"the {' and '.join(missing)} section of record {target.index} is not held any more")
    return Prepared(claim, "correct", target, tuple(notes))


def retract(book: Book, said: str, reason: str, *, dry_run: bool) -> TakenFact:
    """Withdraw the fact of a record, named by index or id."""
    return take(book, retraction_of(book, said, reason), dry_run=dry_run)


def retraction_of(book: Book, said: str, reason: str) -> Prepared:
    """The retraction of a record, named by index or id."""
    target = _target(book, said)
    _check_effective(book, target, "retract")
    if isinstance(target.body, kinds.EventRetracted | kinds.SectionErased):
        raise Refused(
            f"record {target.index} is of kind {target.kind} and cannot be undone; record the fact again if it"
            " holds after all"
        )
    claim = make_claim(
        CURRENT["event-retracted"],
        book.now(),
        kinds.EventRetracted(),
        place=target.place,
        disclosure=target.stream.partition("/")[2],
        corrects=(target.id,),
        reason=reason,
    )
    standing = dependents.standing_on(book, target)
    notes = (dependents.told(target, standing),) if standing else ()
    return Prepared(claim, "retract", target, notes)


def note(
    book: Book,
    incident: str,
    text: str,
    *,
    site: str | None,
    at: str | None,
    observer: str | None,
    dry_run: bool,
) -> TakenFact:
    """Add an observation to an incident: now, or at an instant."""
    instant = book.now()
    if at is not None:
        with named("--at"):
            instant = parse_instant(at)
    claim = make_claim(
        CURRENT["incident-observation-added"],
        instant,
        kinds.IncidentObservationAdded(
            incident=incident, text=text, observer=UNSET if observer is None else observer
        ),
        place=_site_of(book, incident, site),
    )
    return take(book, Prepared(claim, "note"), dry_run=dry_run)


def _target(book: Book, said: str) -> Record:
    target = book.record_at(index_said(book, said, "RECORD"))
    if target.place == "ledger":
        raise Refused(f"record {target.index} ({target.kind}) was written by the ledger itself and stays")
    return target


def take(book: Book, prepared: Prepared, *, dry_run: bool) -> TakenFact:
    """Record a fact that was prepared, or decide it only."""
    claim, target = prepared.claim, prepared.target
    outcome = book.record([Said(claim, prepared.verb)], dry_run=dry_run, judge=True)
    for problem in outcome.problems:
        if target is not None:
            _check_effective(book, target, prepared.verb)
        raise (Malformed if problem.exit_code == Malformed.exit_code else Refused)(problem.message)
    (position,) = outcome.positions
    record, repeated = position.record, position.repeated
    whole = leaf_format.with_sections(record.body, leaf_format.sections_of(claim.body))
    return TakenFact(
        msgspec.structs.replace(record, body=whole, sections=UNSET),
        repeated,
        target,
        prepared.notes,
        outcome.unlikely,
    )


def _check_effective(book: Book, target: Record, verb: str) -> None:
    """``Refused`` where a later record took the target's place, with the record to name instead."""
    first = last = _superseder(book, target)
    while last is not None and not isinstance(last.body, kinds.EventRetracted):
        following = _superseder(book, last)
        if following is None:
            break
        last = following
    if first is None or last is None:
        return
    what = "retracted" if isinstance(first.body, kinds.EventRetracted) else "corrected"
    why = f"record {target.index} was {what} by record {first.index} ({first.id}): {first.reason}"
    if not isinstance(last.body, kinds.EventRetracted):
        raise Refused(f"{why}; {verb} record {last.index} instead")
    ended = "" if last is first else f"; record {last.index} ({last.id}) retracted that: {last.reason}"
    raise Refused(
        f"{why}{ended}; nothing of it is left; if the fact holds after all, record it again under an id of its own: id=..."
    )


def _superseder(book: Book, record: Record) -> Record | None:
    """The record that corrects or retracts a record."""
    found = book.store.superseders([binary_id(record.id)])
    return book.record_at(next(iter(found.values()))) if found else None


def _site_of(book: Book, incident: str, said: str | None) -> str:
    """The site that has an incident of this name; ``Malformed`` where none has, or several and no site is
    given.
    """
    known = _incidents(book)
    sites = [site for site in known.get(incident, ()) if said in (None, site)]
    if len(sites) == 1:
        return sites[0]
    if sites:
        raise Malformed(f"incident {incident!r} is at {' and at '.join(sites)}; add --site")
    at = "" if said is None else f" at {said!r}"
    if incident in known:
        raise Malformed(
            f"no incident is called {incident!r}{at}; it is at {' and at '.join(known[incident])}"
        )
    near = difflib.get_close_matches(incident, known, n=3)
    hint = f"did you mean {', '.join(near)}?" if near else "record its incident-opened first"
    raise Malformed(f"no incident is called {incident[:80]!r}{at}; {hint}")


def _incidents(book: Book) -> dict[str, list[str]]:
    """The sites of each incident by its name."""
    with book.writing():
        register = book.writer.fold().register
        places = sorted({name.partition("/")[0] for name in register.streams if name.endswith("/operations")})
        found: dict[str, list[str]] = {}
        for place in places:
            for (name,) in register.names(place, INCIDENT):
                if register.marks(place, INCIDENT, name):
                    found.setdefault(name, []).append(place)
    return found
