"""A server's current alerts compared with the book's conditions: new ones, edited ones, and those gone before
they began (OpenADR 3, DOMAIN 8).

A condition is recorded as it was declared. Where a later list gives the alert another time, end or state, the
record is corrected. A correction keeps the kind of its record: an alert that gets an end, or loses it, is
retracted and recorded again. An alert that is missing from a complete list, or whose interval is missing from
it, is retracted with the list as evidence; if it had begun by then, it was in force and ends at the time of
the list. An alert that the server calls off is retracted whether it had begun or not: it was a mistake. An
older version than the one recorded is passed over, so that files may be read again and in any order.

``settled`` is pure: known conditions and a reading in, claims and the resulting conditions out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from ledger import calendar, kinds
from ledger.errors import Problem
from ledger.exchange.openadr.alerts import (
    EDITED,
    Alert,
    Condition,
    Declared,
    condition,
    declared_of,
    notice_name,
)
from ledger.exchange.openadr.sync_dispatches import (
    CALLED_OFF,
    DROPPED,
    GONE,
    WHEN,
    called_off_at,
    older,
    retraction,
)
from ledger.exchange.openadr.times import date_time
from ledger.exchange.reading import Listing, Reading
from ledger.kinds import Fact, Source
from ledger.records.envelope import Claim, authority_place, changed

Known = Mapping[Alert, tuple[Declared, ...]]


class SettledAlerts(NamedTuple):
    """The claims to record, and the conditions after them."""

    reading: Reading
    known: dict[Alert, tuple[Declared, ...]]


class _AlertOutcome(NamedTuple):
    """The outcome of one alert: the claims it adds to the book, its conditions after them, and the notes on
    it.
    """

    claims: list[Claim]
    stands: tuple[Declared, ...]
    notes: tuple[str, ...] = ()
    unchanged: int = 0


def settled(known: Known, reading: Reading) -> SettledAlerts:
    """The parsed file with its alerts turned into the claims to record beside the known conditions."""
    listing = reading.listing
    if listing is None:
        return SettledAlerts(reading, dict(known))
    now = dict(known)
    claims, notes, problems, unchanged = [], list(reading.notes), list(reading.problems), reading.unchanged
    said: dict[Alert, list[Claim]] = {}
    for claim in reading.claims:
        alert = _alert(claim)
        if alert is None or listing.events.get(alert.event) is None:
            claims.append(claim)
        else:
            said.setdefault(alert, []).append(claim)
    for alert, listed in said.items():
        told = _beside(alert, now.get(alert, ()), listed, listing)
        claims += told.claims
        notes += [f"{listing.source.name}: {text}" for text in told.notes]
        unchanged += told.unchanged
        now[alert] = told.stands
    for alert, cause, gone in _vanished(now, said, listing):
        at = listing.at
        if cause == CALLED_OFF:
            newest = gone[-1]
            at = called_off_at(listing.called_off[alert.event], newest.version, newest.at, listing.at)
        if at is None:
            message = f"{alert.kind} of event {alert.event!r} {cause}: {WHEN}"
            problems.append(Problem(listing.source.name, 0, message))
            continue
        taken_back = _taken_back(alert, gone, cause, at, listing)
        claims += taken_back
        now[alert] = (*_without(now[alert], gone, at), *_stands(taken_back))
    return SettledAlerts(reading.settled(claims, problems, notes, unchanged), now)


def gone_at(at: str, body: Fact, reason: str | UnsetType) -> str:
    """When a record that another names was gone, by the ``at``, body and reason of the other: an empty text
    where it is corrected.
    """
    if isinstance(body, kinds.GridNoticePublished) and reason in (GONE, DROPPED):
        return at if body.stop is UNSET else body.stop
    return at if isinstance(body, kinds.EventRetracted) else ""


def _alert(claim: Claim) -> Alert | None:
    found = declared_of("", claim.at, claim.body, claim.source)
    return None if found is None else found[0]


def _beside(
    alert: Alert, known: tuple[Declared, ...], listed: Sequence[Claim], listing: Listing
) -> _AlertOutcome:
    """A listed alert beside the conditions it declared before: equal ones stay, the others are corrected in
    order of time.
    """
    stands = [one for one in known if one.gone_at is None]
    version = _declared(listed[0]).version
    recorded = known[-1].version if known else None
    if older(version, recorded):
        note = f"event {alert.event!r} of {version} is older than what is recorded, of {recorded}"
        return _AlertOutcome([], known, (note,))
    if alert.event in listing.undated and stands:
        listed = _dated(alert, listed, min(one.at for one in stands))
    listed, notes = _since_gone(alert, known, listed, listing.at or _instant(version))
    if notes:
        return _AlertOutcome([], known, tuple(notes))
    same = set(map(_states, stands)) & {_states(_declared(claim)) for claim in listed}
    was = [one for one in stands if _states(one) not in same]
    new = [claim for claim in listed if _states(_declared(claim)) not in same]
    taken = frozenset(one.id for one in known)
    claims: list[Claim] = []
    now = known
    for before, claim in zip(was, new, strict=False):
        told, gone = _replaced(alert, before, claim, listing)
        claims += told
        now = _without(now, [before], gone)
    claims += [_edited(alert, claim) if str(claim.id) in taken else claim for claim in new[len(was) :]]
    left = was[len(new) :]
    if left and listing.at is None:
        notes.append(f"event {alert.event!r}: {alert.kind} stands recorded, but {DROPPED}: {WHEN}")
    elif listing.at is not None:
        left = [*_ahead(left, listing.at), *_in_force(left, listing.at)]
        claims += _taken_back(alert, left, DROPPED, listing.at, listing)
        now = _without(now, left, listing.at)
    return _AlertOutcome(claims, (*now, *_stands(claims)), tuple(notes), len(same))


def _replaced(alert: Alert, before: Declared, claim: Claim, listing: Listing) -> tuple[list[Claim], str]:
    """The claims that put a listed condition in place of a recorded one, and when the latter was gone."""
    if (before.stop is None) == isinstance(claim.body, kinds.GridConditionDeclared):
        return [_edited(alert, claim, before.id)], ""
    at = listing.at or _instant(_declared(claim).version) or claim.at
    return [_retraction(before, EDITED, at, listing), _edited(alert, claim)], at


def _dated(alert: Alert, listed: Sequence[Claim], first: str) -> list[Claim]:
    """The conditions of an alert that starts now, at the time of the first list that had it."""
    later_s = calendar.instant_s(first) - min(calendar.instant_s(_declared(claim).at) for claim in listed)

    def moved(at: str) -> str:
        return calendar.format_instant(calendar.instant_s(at) + later_s)

    found = []
    for claim in listed:
        body = claim.body
        if isinstance(body, kinds.GridNoticePublished) and body.stop is not UNSET:
            start, stop = moved(body.start), moved(body.stop)
            body = msgspec.structs.replace(body, notice=_name(alert, start), start=start, stop=stop)
        found.append(changed(claim, at=moved(claim.at), body=body))
    return found


def _since_gone(
    alert: Alert, known: Sequence[Declared], listed: Sequence[Claim], seen: str | None
) -> tuple[list[Claim], list[str]]:
    """The listed conditions without those that a later list retracted, and the notes on the latter."""
    in_order = sorted(known, key=lambda one: one.gone_at is None)  # what stands again is not gone
    gone = {_states(one): one.gone_at for one in in_order}
    ended = [gone.get(_states(_declared(claim))) or "" for claim in listed]
    kept = [claim for claim, at in zip(listed, ended, strict=True) if not at or (seen or "") > at]
    note = f"event {alert.event!r} was listed before it was gone at {max(ended)}"
    return kept, [note] if len(kept) < len(listed) else []


def _states(one: Declared) -> tuple[str, str, str | None]:
    """What two conditions of an alert are compared by: start, state and stop."""
    return one.at, one.state, one.stop


def _declared(claim: Claim) -> Declared:
    found = declared_of(str(claim.id), claim.at, claim.body, claim.source)
    assert found is not None, "an alert's source names it, and it declares a condition"
    return found[1]


def _stands(claims: Sequence[Claim]) -> list[Declared]:
    """The conditions that claims declare, retractions aside."""
    return [_declared(claim) for claim in claims if not isinstance(claim.body, kinds.EventRetracted)]


def _edited(alert: Alert, claim: Claim, corrects: str | None = None) -> Claim:
    """The claim as a correction of a record, or as a new condition after a retraction."""
    one = _declared(claim)
    assert claim.source is not UNSET, "an alert's source names it"
    foreign = ["openadr", "edited", str(claim.id), corrects, one.version, claim.source.sha256, one.state]
    return condition(_condition(alert, one), foreign, claim.source, corrects)


def _condition(alert: Alert, one: Declared) -> Condition:
    said = (one.authority, one.state, one.at, one.stop)
    return Condition(*said, _name(alert, one.at), alert.kind, one.published or one.at)


def _name(alert: Alert, start: str) -> str:
    return notice_name({"id": alert.event}, alert.vtn, alert.kind, start)


# --- gone ---------------------------------------------------------------------------------------------------


def _vanished(
    known: Known, said: Mapping[Alert, object], listing: Listing
) -> Iterator[tuple[Alert, str, list[Declared]]]:
    """Alerts of the server that are missing from the list, why they are retracted, and the conditions
    concerned: all of an alert that is called off, otherwise those still ahead or in force.
    """
    for alert, stands in sorted(known.items()):
        if alert in said or f"{alert.vtn}-" != listing.prefix:
            continue
        if alert.event in listing.called_off:
            gone = [one for one in stands if one.gone_at is None]
            if gone and not older(listing.called_off[alert.event], gone[-1].version):
                yield alert, CALLED_OFF, gone
            continue
        early = [*_ahead(stands, listing.at), *_in_force(stands, listing.at)]
        if not early:
            continue
        if alert.event in listing.events:
            if listing.events[alert.event] is not None and alert.kind in listing.alerts:
                yield alert, DROPPED, early
        elif listing.programs is not None and (
            listing.server_programs is None or alert.program in listing.server_programs
        ):
            yield alert, GONE, early


def _ahead(known: Sequence[Declared], at: str | None) -> list[Declared]:
    """Effective conditions that were there and had not been in force when the list was read; all effective ones
    where the time of the list is not known.
    """
    stands = [one for one in known if one.gone_at is None]
    return stands if at is None else [one for one in stands if _was_there(one, at) and at <= one.at]


def _in_force(known: Sequence[Declared], at: str | None) -> list[Declared]:
    """Effective conditions that were there and had begun when the list was read, and had no end by then."""
    return [
        one
        for one in known
        if at is not None
        and one.gone_at is None
        and _was_there(one, at)
        and one.at < at
        and (one.stop is None or at < one.stop)
    ]


def _was_there(one: Declared, at: str) -> bool:
    return (_instant(one.version) or at) <= at


def _instant(version: str | None) -> str | None:
    return None if version is None else date_time(version)


def _without(known: Sequence[Declared], gone: Sequence[Declared], at: str) -> tuple[Declared, ...]:
    """The conditions with some of them gone."""
    return tuple(one._replace(gone_at=at) if one in gone else one for one in known)


def _taken_back(alert: Alert, gone: Sequence[Declared], cause: str, at: str, listing: Listing) -> list[Claim]:
    """The claims that take conditions back: those in force end, the others, and what is called off, are
    retracted.
    """
    claims = []
    for one in gone:
        ends = cause != CALLED_OFF and one.at < at
        if not ends or one.stop is None:
            claims.append(_retraction(one, cause, at, listing))
        if ends:
            claims.append(_ending(alert, one, cause, at, listing))
    return claims


def _ending(alert: Alert, one: Declared, cause: str, at: str, listing: Listing) -> Claim:
    """The condition until the time of the list: a correction of a notice, or a notice in place of a retracted
    declaration.
    """
    source = Source(listing.source.name, alert.ref(one.version), listing.source.sha256)
    ended = _condition(alert, one)._replace(stop=at)
    corrects = None if one.stop is None else one.id
    return condition(ended, ["openadr", "ended", one.id], source, corrects, cause)


def _retraction(gone: Declared, cause: str, at: str, listing: Listing) -> Claim:
    return retraction(authority_place(gone.authority), at, gone.id, cause, listing.source)
