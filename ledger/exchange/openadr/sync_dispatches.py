"""A server's current events compared with the book's dispatches: new, edited, gone, or listed again (OpenADR
3, DOMAIN 8).

OpenADR has no cancel and no history: events are edited and deleted in place. So each list of events is
compared with what is recorded. An unknown event is recorded as it is; one with other terms, or the same with
a later ``modificationDateTime``, becomes dispatch-amended at that time; one that is missing from a complete
list, whose interval is gone from it, or that the server calls off, becomes dispatch-cancelled with the list
as evidence, unless it was over by then; one that comes back retracts its cancellation. Older versions than
the one recorded are passed over, so that files may be read again and in any order; two versions within one
second are put in order by their fractions. An event that starts now and does not state when it was called
keeps the start from the first list.

``settled`` is pure: known dispatches and a reading in, claims and the resulting dispatches out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from ledger import calendar, kinds
from ledger.errors import Malformed, Problem
from ledger.exchange.openadr.times import date_time, stamp
from ledger.exchange.reading import Listing, Reading
from ledger.kinds import BY_TAG, Source
from ledger.records.envelope import Claim, make_claim
from ledger.records.ids import named_id

AMENDED: Final = BY_TAG["dispatch-amended.v1"]
CANCELLED: Final = BY_TAG["dispatch-cancelled.v1"]
RETRACTED: Final = BY_TAG["event-retracted.v1"]
GONE: Final = "no longer listed"
CALLED_OFF: Final = "the server called it off"
DROPPED: Final = "its interval is no longer in the event"
NO_END: Final = "9999-12-31T23:59:59Z"
WHEN: Final = "when is not known: add --at 2026-07-14T18:00Z, when the list was read"


class CurrentDispatch(NamedTuple):
    """The current state of a dispatch in the book: its call, its terms now, and its cancellation if it is
    called off.
    """

    called: kinds.DispatchNotified
    at: str
    target_w: int
    start: str
    stop: str | None
    version: str | None
    released: bool = False
    cancelled_at: str | None = None
    cancelled_id: str | None = None


Known = Mapping[str, CurrentDispatch]


class SettledDispatches(NamedTuple):
    """The claims to record, and the dispatches after them."""

    reading: Reading
    known: dict[str, CurrentDispatch]


def settled(known: Known, reading: Reading) -> SettledDispatches:
    """The parsed file with the claims to record beside the known dispatches."""
    listing = reading.listing
    if listing is None:
        return SettledDispatches(reading, dict(known))
    now = dict(known)
    claims: list[Claim] = []
    problems, notes, unchanged = list(reading.problems), list(reading.notes), 0
    for said in reading.claims:
        claim = _as_named(known, said, listing)
        body = claim.body
        stands = now.get(body.dispatch) if isinstance(body, kinds.DispatchNotified) else None
        if not isinstance(body, kinds.DispatchNotified) or stands is None:
            claims.append(claim)
            if isinstance(body, kinds.DispatchNotified):
                now[body.dispatch] = _called(claim, body)
            continue
        if body.external_id in listing.undated:
            body = _dated(body, calendar.instant_s(stands.at) - calendar.instant_s(claim.at))
        try:
            found, told = _beside(stands, claim, body, listing)
        except Malformed as why:
            problems.append(
                Problem(listing.source.name, 0, f"event {body.external_id!r}: {why}", body.dispatch)
            )
            continue
        claims += found
        notes += [f"{listing.source.name}: {text}" for text in told]
        unchanged += not found and not told
        for one in found:
            now[body.dispatch] = _then(now[body.dispatch], one)
    for name, cause, at in _vanished(now, listing):
        try:
            cancelled = _cancellation(name, cause, at, listing)
        except Malformed as why:
            problems.append(Problem(listing.source.name, 0, f"dispatch {name!r} {cause}: {why}"))
        else:
            claims.append(cancelled)
            now[name] = _then(now[name], cancelled)
    return SettledDispatches(reading.settled(claims, problems, notes, unchanged), now)


def _as_named(known: Known, claim: Claim, listing: Listing) -> Claim:
    """The claim under the name that the book has for the event, where it was recorded by hand with its
    ``external_id``.
    """
    body = claim.body
    if not isinstance(body, kinds.DispatchNotified) or body.external_id is UNSET or body.dispatch in known:
        return claim
    own = [
        name
        for name, stands in known.items()
        if (stands.called.external_id, stands.called.mode) == (body.external_id, body.mode)
        and not name.startswith(listing.prefix)
    ]
    if len(own) != 1 or body.dispatch.rpartition("--")[2].isdecimal():
        return claim
    return msgspec.structs.replace(claim, body=msgspec.structs.replace(body, dispatch=own[0]))


def _dated(body: kinds.DispatchNotified, later_s: int) -> kinds.DispatchNotified:
    """The call at the time of the first list that had it, which was *now* then."""
    stop = UNSET if body.stop is UNSET else _moved(body.stop, later_s)
    return msgspec.structs.replace(body, start=_moved(body.start, later_s), stop=stop)


def _moved(at: str, later_s: int) -> str:
    return calendar.format_instant(calendar.instant_s(at) + later_s)


def standing(facts: Iterable[tuple[str, str, Any]]) -> CurrentDispatch | None:
    """A dispatch from its effective facts as (at, id, body), in order; None where it was never notified."""
    stands: CurrentDispatch | None = None
    for at, id_, body in facts:
        if isinstance(body, kinds.DispatchNotified):
            stands = _noted(at, body)
        elif stands is not None:
            stands = _after(stands, at, id_, body)
    return stands


def _noted(at: str, body: kinds.DispatchNotified) -> CurrentDispatch:
    return CurrentDispatch(
        body, at, body.target_w, body.start, body.stop or None, body.external_version or None
    )


def _called(claim: Claim, body: kinds.DispatchNotified) -> CurrentDispatch:
    return _noted(claim.at, body)


def _then(stands: CurrentDispatch, claim: Claim) -> CurrentDispatch:
    if isinstance(claim.body, kinds.EventRetracted):
        return stands._replace(cancelled_at=None, cancelled_id=None)
    return _after(stands, claim.at, str(claim.id), claim.body)


def _after(stands: CurrentDispatch, at: str, id_: str, body: Any) -> CurrentDispatch:
    if isinstance(body, kinds.DispatchAmended):
        return stands._replace(
            target_w=stands.target_w if body.target_w is UNSET else body.target_w,
            start=body.start or stands.start,
            stop=body.stop or stands.stop,
            version=body.external_version or stands.version,
        )
    if isinstance(body, kinds.DispatchCancelled):
        return stands._replace(cancelled_at=at, cancelled_id=id_)
    return stands._replace(released=True) if isinstance(body, kinds.DispatchReleased) else stands


# --- listed -------------------------------------------------------------------------------------------------


def _beside(
    stands: CurrentDispatch, claim: Claim, body: kinds.DispatchNotified, listing: Listing
) -> tuple[list[Claim], list[str]]:
    """The claims that a listed event adds to its current dispatch, and the notes on it."""
    name, version = body.dispatch, body.external_version or None
    if older(version, stands.version):
        return [], [
            f"event {body.external_id!r} of {version} is older than what is recorded, of {stands.version}"
        ]
    found: list[Claim] = []
    notes: list[str] = []
    if stands.cancelled_at is not None:
        seen = listing.at or (None if version is None else date_time(version))
        if seen is None or seen <= stands.cancelled_at:
            return [], [f"event {body.external_id!r} was listed before it was gone at {stands.cancelled_at}"]
        assert stands.cancelled_id is not None, "a cancellation has its id"
        found.append(
            retraction(claim.place, seen, stands.cancelled_id, "the event is listed again", claim.source)
        )
    for field in ("dispatch_class", "program"):
        was, now = getattr(stands.called, field), getattr(body, field)
        if was != now:
            notes.append(
                f"event {body.external_id!r} stays recorded with {field} {was or 'none'}, not {now or 'none'}"
            )
    terms: dict[str, Any] = {}
    if body.target_w != stands.target_w:
        terms["target_w"] = body.target_w
    if body.start != stands.start:
        terms["start"] = body.start
    stop = body.stop or (None if stands.stop is None else NO_END)
    if stop != stands.stop:
        terms["stop"] = stop
    if terms or version not in (None, stands.version):
        found.append(_amendment(name, terms, version, claim, listing))
    return found, notes


def older(version: str | None, other: str | None) -> bool:
    """True where a ``modificationDateTime`` is before another; false where one is unknown."""
    return version is not None and other is not None and stamp(version) < stamp(other)


def _amendment(
    name: str, terms: dict[str, Any], version: str | None, claim: Claim, listing: Listing
) -> Claim:
    if version is not None:
        at = date_time(version)
    elif listing.at is not None:
        at = listing.at
    else:
        raise Malformed("is edited and does not state when: add --at 2026-07-14T18:00Z")
    body = kinds.DispatchAmended(
        dispatch=name, external_version=UNSET if version is None else version, **terms
    )
    return _of(claim, AMENDED, at, body, ["openadr", "amended", claim.place, name, version, terms])


def retraction(place: str, at: str, target: str, reason: str, source: Source | UnsetType) -> Claim:
    """A retraction of a record of a grid stream."""
    return make_claim(
        RETRACTED,
        at,
        kinds.EventRetracted(),
        place=place,
        disclosure="grid",
        corrects=(target,),
        reason=reason,
        source=source,
    )


def _of(claim: Claim, kind: Any, at: str, body: Any, foreign: list[Any]) -> Claim:
    return make_claim(kind, at, body, place=claim.place, id=named_id(at, foreign), source=claim.source)


# --- gone ---------------------------------------------------------------------------------------------------


def _vanished(known: Known, listing: Listing) -> Iterator[tuple[str, str, str | None]]:
    """Dispatches of the server that are missing from the list, why they are cancelled, and when if it is
    known.
    """
    for name, stands in sorted(known.items()):
        event = stands.called.external_id
        if (
            event is UNSET
            or stands.cancelled_at is not None
            or stands.released
            or not name.startswith(listing.prefix)
        ):
            continue
        if event in listing.called_off:
            version = listing.called_off[event]
            at = called_off_at(version, stands.version, stands.at, listing.at)
            if not older(version, stands.version) and not _over(stands, at):
                yield name, CALLED_OFF, at
        elif event in listing.events:
            names = listing.events[event]
            if names is not None and name not in names and not _over(stands, listing.at):
                yield name, DROPPED, listing.at
        elif _all_listed(stands, listing) and not _over(stands, listing.at):
            yield name, GONE, listing.at


def called_off_at(version: str | None, recorded: str | None, since: str, listed: str | None) -> str | None:
    """The time at which an event was called off: that of its new version, else that of the list; None where
    both are unknown.
    """
    edited = None if version in (None, recorded) else date_time(version)
    return edited if edited is not None and edited >= since else listed


def _all_listed(stands: CurrentDispatch, listing: Listing) -> bool:
    """True where the list holds all events of the dispatch's program."""
    return listing.programs is not None and (stands.called.program or None) in listing.programs


def _over(stands: CurrentDispatch, at: str | None) -> bool:
    """True where the dispatch was over, or not yet called, when the list was read."""
    return at is not None and (at < stands.at or (stands.stop is not None and stands.stop <= at))


def _cancellation(name: str, cause: str, at: str | None, listing: Listing) -> Claim:
    if at is None:
        raise Malformed(WHEN)
    body = kinds.DispatchCancelled(dispatch=name, cause=cause)
    foreign = ["openadr", "cancelled", listing.site, name, cause, at]
    id_ = named_id(at, foreign)
    return make_claim(CANCELLED, at, body, place=listing.site, id=id_, source=listing.source)
