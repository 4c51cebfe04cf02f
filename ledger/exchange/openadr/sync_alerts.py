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

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from msgspec import UNSET

from ledger import calendar, kinds
from ledger.errors import Problem
from ledger.exchange.openadr.alerts import (
    EDITED,
    Alert,
    Declared,
    condition,
    condition_of,
    declared_of,
    named_by,
)
from ledger.exchange.openadr.gone_alerts import (
    Known,
    ahead,
    in_force,
    instant,
    newest,
    retracted,
    taken_back,
    vanished,
)
from ledger.exchange.openadr.sync_dispatches import CALLED_OFF, DROPPED, WHEN, called_off_at, older
from ledger.exchange.reading import Listing, Reading
from ledger.records.envelope import Claim, changed


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
    for alert, cause, gone in vanished(now, said, listing):
        at = listing.at
        if cause == CALLED_OFF:
            at = called_off_at(listing.called_off[alert.event], newest(now[alert]), gone[-1].at, listing.at)
        if at is None:
            message = f"{alert.kind} of event {alert.event!r} {cause}: {WHEN}"
            problems.append(Problem(listing.source.name, 0, message))
            continue
        told_gone = taken_back(alert, gone, cause, at, listing)
        claims += told_gone
        now[alert] = (*_without(now[alert], gone, at), *_stands(told_gone))
    return SettledAlerts(reading.settled(claims, problems, notes, unchanged), now)


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
    recorded = newest(known)
    if older(version, recorded):
        note = f"event {alert.event!r} of {version} is older than what is recorded, of {recorded}"
        return _AlertOutcome([], known, (note,))
    if alert.event in listing.undated and stands:
        listed = _dated(alert, listed, min(one.at for one in stands))
    listed, notes = _since_gone(alert, known, listed, listing.at or instant(version))
    same = set(map(_states, stands)) & {_states(_declared(claim)) for claim in listed}
    was = [] if notes else [one for one in stands if _states(one) not in same]
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
        left = [*ahead(left, listing.at), *in_force(left, listing.at)]
        claims += taken_back(alert, left, DROPPED, listing.at, listing)
        now = _without(now, left, listing.at)
    return _AlertOutcome(claims, (*now, *_stands(claims)), tuple(notes), len(same))


def _replaced(alert: Alert, before: Declared, claim: Claim, listing: Listing) -> tuple[list[Claim], str]:
    """The claims that put a listed condition in place of a recorded one, and when the latter was gone."""
    if (before.stop is None) == isinstance(claim.body, kinds.GridConditionDeclared):
        return [_edited(alert, claim, before.id)], ""
    at = listing.at or instant(_declared(claim).version) or claim.at
    return [retracted(before, EDITED, at, listing), _edited(alert, claim)], at


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
            body = msgspec.structs.replace(body, notice=named_by(alert, start), start=start, stop=stop)
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
    return condition(condition_of(alert, one), foreign, claim.source, corrects)


def _without(known: Sequence[Declared], gone: Sequence[Declared], at: str) -> tuple[Declared, ...]:
    """The conditions with some of them gone."""
    return tuple(one._replace(gone_at=at) if one in gone else one for one in known)
