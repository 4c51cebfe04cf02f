"""Rules of emergency directives: an instruction states what it asks for, and its answers come after it."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from ledger import kinds
from ledger.errors import Malformed, Refused
from ledger.kinds import BY_BODY, Fact
from ledger.records.envelope import Claim
from ledger.rules.known import Known, Rule
from ledger.rules.register import FactMark


def can_be_judged(known: Known, claim: Claim, body: kinds.DirectiveReceived) -> None:
    """Require the load that the instruction asks for, an order of cut without repeats, and an issue time not
    later than the receipt.
    """
    wanted = {"curtail": ("target_w",), "deploy-backup": ("backup_w",)}.get(
        body.instruction, ("target_w", "backup_w")
    )
    if all(getattr(body, name) is UNSET for name in wanted):
        typed = " or ".join(f"{name.removesuffix('_w')}=..MW" for name in wanted)
        raise Malformed(f"instruction={body.instruction} needs {typed}; target=0W is all off")
    if body.issued > claim.at:
        raise Refused(
            f"directive {body.directive!r} cannot be received at {claim.at}, before it was issued at {body.issued}"
        )
    blocks = body.blocks or ()
    if len(set(blocks)) < len(blocks):
        raise Malformed(f"blocks names a block twice: {', '.join(blocks)}; name each once")
    for block in blocks:
        if not known.marks("block", claim.place, block):
            raise Refused(
                f"block {block!r} was never commissioned at {claim.place}; record its load-block-commissioned"
                f" first{known.near('block', claim.place, block)}"
            )


def after_receipt(known: Known, claim: Claim, body: Any) -> None:
    """Refuse an answer dated before the directive was received."""
    received = _first(known, claim, body, kinds.DirectiveReceived)
    if received is not None and claim.at < received.at:
        raise Refused(
            f"directive {body.directive!r} cannot be answered at {claim.at}, before it was received, by {received}"
        )


def once(kind: type[Fact]) -> Rule:
    """Refuse to record twice what can happen to a directive only once."""

    def rule(known: Known, claim: Claim, body: Any) -> None:
        first = _first(known, claim, body, kind)
        if first is not None:
            raise Refused(
                f"the {BY_BODY[kind].name} of {body.directive!r} is already recorded, by {first}; correct that one"
            )

    rule.__doc__ = f"Refuse a second {BY_BODY[kind].name} of the same directive."
    return rule


def _first(known: Known, claim: Claim, body: Any, kind: type[Fact]) -> FactMark | None:
    marks = known.marks("directive", claim.place, body.directive)
    return next((mark for mark in marks if isinstance(mark.body, kind)), None)
