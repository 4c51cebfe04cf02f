"""Rule 2: an end needs its start, instants are in order, and nothing starts on a retired block, a terminated
phase or a withdrawn program.

A block must be commissioned at the fact's ``at``; a site, meter, program, dispatch, phase, commitment,
incident need only be recorded, at any time; a fact that closes old business is still accepted.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from msgspec import UNSET

from ledger import kinds
from ledger.errors import Malformed, Refused
from ledger.kinds import BY_BODY, Fact
from ledger.records.envelope import Claim
from ledger.rules.known import Known, Rule
from ledger.rules.register import FactMark


def site_recorded(known: Known, claim: Claim, body: Fact) -> None:
    """Require that the site is registered; balancing authorities and the fleet need no registration."""
    if known.is_marked("site", claim.place) or claim.place.startswith("ba-") or claim.place == "fleet":
        return
    near = known.near("site", claim.place, claim.place)
    raise Refused(f"site {claim.place!r} was never registered; record its site-registered first{near}")


@cache
def recorded(begun_by: type[Fact]) -> Rule:
    """Require a record that begins the subject named by the fact, at any time; an omitted name needs nothing.

    Changes and ends do not count: the beginning may have been retracted since.
    """
    what, fields = BY_BODY[begun_by].marks[0][:2]

    def rule(known: Known, claim: Claim, body: Any) -> None:
        name = tuple(getattr(body, field) for field in fields)
        if UNSET in name:
            return
        if not any(isinstance(mark.body, begun_by) for mark in known.marks(what, claim.place, *name)):
            near = known.near(what, claim.place, *name) if len(name) == 1 else ""
            raise Refused(
                f"{what} {'/'.join(name)!r} was never recorded at {claim.place}; record its"
                f" {BY_BODY[begun_by].name} first{near}"
            )

    rule.__doc__ = f"Require that the {what} is recorded, by {BY_BODY[begun_by].name}."
    return rule


def commissioned(known: Known, claim: Claim, body: Any) -> None:
    """Require that the block is commissioned at the fact's ``at``."""
    if body.block is UNSET:
        return
    latest = life(known, claim, body.block)
    if latest is None:
        marks = known.marks("block", claim.place, body.block)
        begun = next((mark for mark in marks if isinstance(mark.body, kinds.LoadBlockCommissioned)), None)
        if begun is None:
            raise Refused(
                f"block {body.block!r} was never commissioned at {claim.place}; record its"
                f" load-block-commissioned first{known.near('block', claim.place, body.block)}"
            )
        raise Refused(f"block {body.block!r} is commissioned only from {begun.at} on, by {begun}")
    if isinstance(latest.body, kinds.LoadBlockRetired):
        raise Refused(f"block {body.block!r} has been retired since {latest.at}, by {latest}")


def not_commissioned(known: Known, claim: Claim, body: Any) -> None:
    """Refuse to commission a block again before it was retired."""
    latest = life(known, claim, body.block)
    if latest is not None and not isinstance(latest.body, kinds.LoadBlockRetired):
        raise Refused(f"block {body.block!r} is already commissioned, by {latest}")


def life(known: Known, claim: Claim, block: str) -> FactMark | None:
    """The commissioning or retirement in force for a block at the claim's ``at``; None before the first."""
    return known.latest(claim.at, "block-life", claim.place, block)


def new(what: str, field: str, ended_by: type[Fact] | None = None) -> Rule:
    """Require a free name: its subject has not begun, or has ended before the fact's ``at``.

    Changes and ends do not take a name: the start of an outage can be corrected after its end was recorded.
    """

    def rule(known: Known, claim: Claim, body: Any) -> None:
        marks = [
            mark
            for mark in known.marks(what, claim.place, getattr(body, field))
            if isinstance(mark.body, (type(body), *([ended_by] if ended_by else [])))
        ]
        begun = [mark for mark in marks if isinstance(mark.body, type(body))]
        past = [mark for mark in marks if mark.at <= claim.at]
        if begun and not (past and ended_by and isinstance(past[-1].body, ended_by)):
            raise Refused(f"{what} {getattr(body, field)!r} is already recorded, by {begun[0]}")

    rule.__doc__ = f"Require a name that no other {what} has."
    return rule


def not_over(what: str, field: str, ended_by: type[Fact]) -> Rule:
    """Refuse a fact about a subject that has ended by the fact's ``at``."""

    def rule(known: Known, claim: Claim, body: Any) -> None:
        name = getattr(body, field)
        if name is UNSET:
            return
        latest = known.latest(claim.at, what, claim.place, name)
        if latest is not None and isinstance(latest.body, ended_by):
            raise Refused(f"{what} {name!r} has ended at {latest.at}, by {latest}")

    rule.__doc__ = f"Refuse a fact about a {what} that has ended."
    return rule


def outage_open(known: Known, claim: Claim, body: kinds.OutageEnded) -> None:
    """Require that the outage started before its end and has not already ended."""
    marks = known.marks("outage", claim.place, body.outage)
    start = next((m for m in marks if isinstance(m.body, kinds.OutageStarted)), None)
    if start is None:
        raise Refused(
            f"outage {body.outage!r} was never started at {claim.place}; record its outage-started first"
        )
    end = next((m for m in marks if isinstance(m.body, kinds.OutageEnded)), None)
    if end is not None:
        raise Refused(f"outage {body.outage!r} has already ended, by {end}")
    if claim.at < start.at:
        raise Refused(f"outage {body.outage!r} cannot end at {claim.at}, before it started, by {start}")


def curtailment_open(known: Known, claim: Claim, body: Any) -> None:
    """Require that the curtailment started under the same dispatch before its end and has not already
    ended.
    """
    marks = known.marks("curtailment", claim.place, body.dispatch, body.block)
    named = f"curtailment of block {body.block!r} under dispatch {body.dispatch!r}"
    if not marks:
        raise Refused(f"{named} was never started at {claim.place}; record its curtailment-started first")
    started = [
        m
        for m in known.until(claim.at, "curtailment", claim.place, body.dispatch, body.block)
        if _is_start(m)
    ]
    if not started:
        raise Refused(f"{named} cannot end at {claim.at}, before it started, by {marks[0]}")
    following = marks[marks.index(started[-1]) + 1 :]
    if following and isinstance(following[0].body, kinds.CurtailmentEnded):
        raise Refused(f"{named} has already ended, by {following[0]}")


def curtailment_begun(known: Known, claim: Claim, body: Any) -> None:
    """Require that a curtailment has started before it reaches its target."""
    marks = known.until(claim.at, "curtailment", claim.place, body.dispatch, body.block)
    if not any(_is_start(mark) for mark in marks):
        raise Refused(
            f"curtailment of block {body.block!r} under dispatch {body.dispatch!r} had not started by"
            f" {claim.at}; record its curtailment-started first"
        )


def not_curtailed(known: Known, claim: Claim, body: Any) -> None:
    """Refuse to curtail a block twice at a time under one dispatch."""
    latest = known.latest(claim.at, "curtailment", claim.place, body.dispatch, body.block)
    if latest is not None and isinstance(latest.body, kinds.CurtailmentStarted):
        raise Refused(
            f"block {body.block!r} is already curtailed under dispatch {body.dispatch!r}, by {latest}"
        )


def program_suspended(known: Known, claim: Claim, body: Any) -> None:
    """Require that a program is suspended before it is reinstated."""
    latest = known.latest(claim.at, "program", claim.place, body.program)
    if latest is None or not isinstance(latest.body, kinds.ProgramSuspended):
        by = f", by {latest}" if latest else ""
        raise Refused(
            f"program {body.program!r} is not suspended at {claim.at}{by}; "
            "only a suspended program can be reinstated"
        )


def ordered(first: str, last: str) -> Rule:
    """Require that two instants of a fact are in order; an omitted instant is not compared."""

    def rule(known: Known, claim: Claim, body: Any) -> None:
        a = claim.at if first == "at" else getattr(body, first)
        b = getattr(body, last)
        if UNSET not in (a, b) and b < a:
            raise Refused(f"{last} {b} is before {first} {a}; it must be the same instant or later")

    rule.__doc__ = f"Require that {last} is not before {first}."
    return rule


def one_of(*names: str) -> Rule:
    """Require exactly one of some fields."""

    def rule(known: Known, claim: Claim, body: Any) -> None:
        said = [name for name in names if getattr(body, name) is not UNSET]
        if len(said) != 1:
            raise Malformed(f"needs exactly one of {', '.join(names)}, not {' and '.join(said) or 'none'}")

    rule.__doc__ = f"Require exactly one of {' and '.join(names)}."
    return rule


def dispatch_window(known: Known, claim: Claim, body: kinds.DispatchAmended) -> None:
    """Require that an amended dispatch still starts before it stops."""
    start, stop = (_stated(known, claim, body, term) for term in ("start", "stop"))
    if start and stop and stop < start:
        raise Refused(
            f"dispatch {body.dispatch!r} would stop at {stop}, before it starts at {start}; amend both"
        )


def _stated(known: Known, claim: Claim, body: kinds.DispatchAmended, term: str) -> Any:
    """The start or the stop of a dispatch as amended; UNSET where it has none."""
    if getattr(body, term) is not UNSET:
        return getattr(body, term)
    latest = known.latest(claim.at, f"dispatch-{term}", claim.place, body.dispatch)
    return UNSET if latest is None else getattr(latest.body, term)


def _is_start(mark: FactMark) -> bool:
    return isinstance(mark.body, kinds.CurtailmentStarted)
