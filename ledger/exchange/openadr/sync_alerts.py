"""A server's current alerts compared with the book's conditions: new ones, edited ones, and those gone before
they began (OpenADR 3, DOMAIN 8).

A condition is recorded as it was declared. Where a later list gives the alert another time or state, the
record is corrected; an alert that is missing from a complete list, or whose interval is missing from it, is
retracted with the list as evidence, unless it had begun by then: the declaration was in force. An alert that
the server calls off is retracted whether it had begun or not: it was a mistake. An older version than the one
recorded is passed over, so that files may be read again and in any order.

``settled`` is pure: known conditions and a reading in, claims and the resulting conditions out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from msgspec import UNSET

from ledger import calendar, kinds
from ledger.errors import Problem
from ledger.exchange.openadr.alerts import Alert, alert_of, condition
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
from ledger.records.envelope import Claim, authority_place, changed


class Declared(NamedTuple):
    """A condition of the book that an alert declared: its record's id, the alert's version if it has one;
    when it was gone, once it is retracted, and an empty text once it is corrected.
    """

    id: str
    at: str
    authority: str
    state: str
    version: str | None
    gone_at: str | None = None


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
        claims += [_retraction(one, cause, at, listing) for one in gone]
        now[alert] = _without(now[alert], gone, at)
    return SettledAlerts(reading.settled(claims, problems, notes, unchanged), now)


def _alert(claim: Claim) -> Alert | None:
    if not isinstance(claim.body, kinds.GridConditionDeclared) or claim.source is UNSET:
        return None
    found = alert_of(claim.source.ref or "")
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
        listed = _dated(listed, min(one.at for one in stands))
    listed, notes = _since_gone(alert, known, listed, listing.at or _instant(version))
    same = {(one.at, one.state) for one in stands} & set(map(_states, listed))
    was = [one for one in stands if (one.at, one.state) not in same]
    new = [claim for claim in listed if _states(claim) not in same]
    taken = frozenset(one.id for one in known)
    claims = [_edited(claim, before.id) for before, claim in zip(was, new, strict=False)]
    claims += [_edited(claim, None) if str(claim.id) in taken else claim for claim in new[len(was) :]]
    left = was[len(new) :]
    ahead = [] if listing.at is None else _ahead(left, listing.at)
    if left and listing.at is None:
        notes.append(f"event {alert.event!r}: {alert.kind} stands recorded, but {DROPPED}: {WHEN}")
    now = _without(_without(known, was[: len(new)], ""), ahead, listing.at or "")
    edited = [_declared(claim) for claim in claims]
    claims += [_retraction(one, DROPPED, str(listing.at), listing) for one in ahead]
    return _AlertOutcome(claims, (*now, *edited), tuple(notes), len(same))


def _dated(listed: Sequence[Claim], first: str) -> list[Claim]:
    """The declaration of an alert that starts now, at the time of the first list that had it."""
    later_s = calendar.instant_s(first) - min(calendar.instant_s(claim.at) for claim in listed)
    return [
        changed(claim, at=calendar.format_instant(calendar.instant_s(claim.at) + later_s)) for claim in listed
    ]


def _since_gone(
    alert: Alert, known: Sequence[Declared], listed: Sequence[Claim], seen: str | None
) -> tuple[list[Claim], list[str]]:
    """The listed conditions without those that a later list retracted, and the notes on the latter."""
    in_order = sorted(known, key=lambda one: one.gone_at is None)  # what stands again is not gone
    gone = {(one.at, one.state): one.gone_at for one in in_order}
    gone_at = [gone.get(_states(claim)) or "" for claim in listed]
    kept = [claim for claim, at in zip(listed, gone_at, strict=True) if not at or (seen or "") > at]
    note = f"event {alert.event!r} was listed before it was gone at {max(gone_at)}"
    return kept, [note] if len(kept) < len(listed) else []


def _states(claim: Claim) -> tuple[str, str]:
    """The declaration of an alert's claim: its start and state."""
    assert isinstance(claim.body, kinds.GridConditionDeclared), "an alert declares a condition"
    return claim.at, claim.body.state


def _declared(claim: Claim) -> Declared:
    assert isinstance(claim.body, kinds.GridConditionDeclared), "an alert declares a condition"
    found = alert_of("" if claim.source is UNSET else claim.source.ref or "")
    version = None if found is None else found[1]
    return Declared(str(claim.id), claim.at, claim.body.balancing_authority, claim.body.state, version)


def _edited(claim: Claim, corrects: str | None) -> Claim:
    """The claim as a correction of a record, or as a new declaration after a retraction."""
    one = _declared(claim)
    assert claim.source is not UNSET, "an alert's source names it"
    foreign = ["openadr", "edited", str(claim.id), corrects, one.version, claim.source.sha256, one.state]
    return condition(one.authority, one.state, one.at, foreign, claim.source, corrects)


# --- gone ---------------------------------------------------------------------------------------------------


def _vanished(
    known: Known, said: Mapping[Alert, object], listing: Listing
) -> Iterator[tuple[Alert, str, list[Declared]]]:
    """Alerts of the server that are missing from the list, why they are retracted, and the conditions
    concerned: all of an alert that is called off, otherwise those still ahead.
    """
    for alert, stands in sorted(known.items()):
        if alert in said or f"{alert.vtn}-" != listing.prefix:
            continue
        if alert.event in listing.called_off:
            gone = [one for one in stands if one.gone_at is None]
            if gone and not older(listing.called_off[alert.event], gone[-1].version):
                yield alert, CALLED_OFF, gone
            continue
        ahead = _ahead(stands, listing.at)
        if not ahead:
            continue
        if alert.event in listing.events:
            if listing.events[alert.event] is not None and alert.kind in listing.alerts:
                yield alert, DROPPED, ahead
        elif listing.programs is not None and (
            listing.server_programs is None or alert.program in listing.server_programs
        ):
            yield alert, GONE, ahead


def _ahead(known: Sequence[Declared], at: str | None) -> list[Declared]:
    """Effective conditions that were there and had not begun when the list was read; all effective ones where
    the time of the list is not known.
    """
    stands = [one for one in known if one.gone_at is None]
    return stands if at is None else [one for one in stands if (_instant(one.version) or at) <= at < one.at]


def _instant(version: str | None) -> str | None:
    return None if version is None else date_time(version)


def _without(known: Sequence[Declared], gone: Sequence[Declared], at: str) -> tuple[Declared, ...]:
    """The conditions with some of them gone."""
    return tuple(one._replace(gone_at=at) if one in gone else one for one in known)


def _retraction(gone: Declared, cause: str, at: str, listing: Listing) -> Claim:
    return retraction(authority_place(gone.authority), at, gone.id, cause, listing.source)
