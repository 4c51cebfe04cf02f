"""Rule 7: ``corrects`` names records of the same kind (retraction aside) and stream, known and not yet named.

Evidence, too, must name records of this ledger that are effective.
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET

from ledger import kinds
from ledger.errors import Malformed, Refused
from ledger.records.envelope import Claim, Record
from ledger.rules.known import Known, Targets


def check_targets(claim: Claim, targets: Targets) -> None:
    """Require that every record a claim corrects has its kind and stream, and was not corrected before."""
    for target in claim.corrects or ():
        record = standing(target, targets, "corrects")
        if record.stream != claim.stream:
            raise Refused(
                f"corrects names record {record.index} ({target}) of stream {record.stream}, not"
                f" {claim.stream}; retract it there and record it here"
            )
        if record.kind != claim.kind and not isinstance(claim.body, kinds.EventRetracted):
            raise Refused(
                f"corrects names record {record.index} ({target}), which is of kind {record.kind}, not"
                f" {claim.kind}"
            )
        if isinstance(record.body, kinds.SectionErased):
            raise Refused(
                f"corrects names record {record.index} ({target}), which erased a section: that cannot be"
                " undone"
            )


def standing(target: str, targets: Targets, field: str) -> Record:
    """The effective record of an id named in a field; ``Refused`` where no such record exists, or it was
    corrected or retracted.
    """
    record = targets.records.get(target)
    if record is None:
        raise Refused(f"{field} names {target}, which is not a record of this ledger")
    if target in targets.named_by:
        raise Refused(
            f"{field} names {target} (record {record.index}), which record {targets.named_by[target]} "
            f"already corrects; {'correct' if field == 'corrects' else 'name'} that one instead"
        )
    return record


def retraction_stream(claim: Claim, targets: Targets) -> Claim:
    """The claim with its class filled in from its targets where the kind leaves it open (event-retracted,
    section-erased).
    """
    if claim.disclosure is not None:
        return claim
    body = claim.body
    for target in (body.target,) if isinstance(body, kinds.SectionErased) else claim.corrects or ():
        record = targets.records.get(target)
        if record is not None:
            place, _, disclosure = record.stream.partition("/")
            if place != claim.place:
                raise Refused(f"record {record.index} ({target}) belongs to {place}, not to {claim.place}")
            return msgspec.structs.replace(claim, disclosure=disclosure)
    if isinstance(body, kinds.SectionErased):
        raise Refused(f"target names {body.target}, which is not a record of this ledger")
    if claim.corrects:
        raise Refused(f"corrects names {claim.corrects[0]}, which is not a record of this ledger")
    raise Malformed(f"{claim.kind} needs corrects=[...] or class=")


def retracts_something(known: Known, claim: Claim, body: kinds.EventRetracted) -> None:
    """Require that a retraction names the records that are withdrawn."""
    if not claim.corrects:
        raise Malformed("event-retracted needs corrects=[...]: the records that are withdrawn")


def erases_a_section(known: Known, claim: Claim, body: kinds.SectionErased) -> None:
    """Require that the target is a record of the claim's own stream and has the section."""
    record = known.targets.records.get(body.target)
    if record is None:
        raise Refused(f"target names {body.target}, which is not a record of this ledger")
    if record.stream != claim.stream:
        raise Refused(
            f"target names record {record.index} ({body.target}) of stream {record.stream}, not"
            f" {claim.stream}"
        )
    sections = {} if record.sections is UNSET else record.sections
    if body.section not in sections:
        held = f"only {', '.join(sections)}" if sections else "no sections"
        raise Refused(f"record {record.index} ({body.target}) has no section {body.section!r}, {held}")
