"""Alerts that a server's list lacks: what is ahead is retracted, what is in force ends at the time of the list,
and what the server calls off is retracted whether it had begun or not.

A condition that the list could not have held, as it is newer, and one that is over are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import UNSET, UnsetType

from ledger import kinds
from ledger.exchange.openadr.alerts import Alert, Declared, condition, condition_of
from ledger.exchange.openadr.sync_dispatches import CALLED_OFF, DROPPED, GONE, older, retraction
from ledger.exchange.openadr.times import date_time, stamp
from ledger.exchange.reading import Listing
from ledger.kinds import Fact, Source
from ledger.records.envelope import Claim, authority_place

Known = Mapping[Alert, tuple[Declared, ...]]


def gone_at(at: str, body: Fact, reason: str | UnsetType) -> str:
    """When a record that another names was gone, by the ``at``, body and reason of the other: an empty text
    where it is corrected.
    """
    if isinstance(body, kinds.GridNoticePublished) and reason in (GONE, DROPPED):
        return at if body.stop is UNSET else body.stop
    return at if isinstance(body, kinds.EventRetracted) else ""


def vanished(
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
            if gone and not older(listing.called_off[alert.event], newest(stands)):
                yield alert, CALLED_OFF, gone
            continue
        early = [*ahead(stands, listing.at), *in_force(stands, listing.at)]
        if not early:
            continue
        if alert.event in listing.events:
            if listing.events[alert.event] is not None and alert.kind in listing.alerts:
                yield alert, DROPPED, early
        elif listing.programs is not None and (
            listing.server_programs is None or alert.program in listing.server_programs
        ):
            yield alert, GONE, early


def ahead(known: Sequence[Declared], at: str | None) -> list[Declared]:
    """Effective conditions that were there and had not been in force when the list was read; all effective ones
    where the time of the list is not known.
    """
    stands = [one for one in known if one.gone_at is None]
    return stands if at is None else [one for one in stands if _was_there(one, at) and at <= one.at]


def in_force(known: Sequence[Declared], at: str | None) -> list[Declared]:
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


def newest(known: Sequence[Declared]) -> str | None:
    """The newest version that declared a condition of an alert; None where none is known. The last condition may
    have an older one: what ends keeps the version that declared it.
    """
    return max((one.version for one in known if one.version is not None), key=stamp, default=None)


def _was_there(one: Declared, at: str) -> bool:
    return (instant(one.version) or at) <= at


def instant(version: str | None) -> str | None:
    """The instant of a version, None where there is none."""
    return None if version is None else date_time(version)


def taken_back(alert: Alert, gone: Sequence[Declared], cause: str, at: str, listing: Listing) -> list[Claim]:
    """The claims that take conditions back: those in force end, the others, and what is called off, are
    retracted.
    """
    claims = []
    for one in gone:
        ends = cause != CALLED_OFF and one.at < at
        if not ends or one.stop is None:
            claims.append(retracted(one, cause, at, listing))
        if ends:
            claims.append(_ending(alert, one, cause, at, listing))
    return claims


def _ending(alert: Alert, one: Declared, cause: str, at: str, listing: Listing) -> Claim:
    """The condition until the time of the list: a correction of a notice, or a notice in place of a retracted
    declaration.
    """
    source = Source(listing.source.name, alert.ref(one.version), listing.source.sha256)
    ended = condition_of(alert, one)._replace(stop=at)
    corrects = None if one.stop is None else one.id
    return condition(ended, ["openadr", "ended", one.id], source, corrects, cause)


def retracted(gone: Declared, cause: str, at: str, listing: Listing) -> Claim:
    """A retraction of a condition's record."""
    return retraction(authority_place(gone.authority), at, gone.id, cause, listing.source)
