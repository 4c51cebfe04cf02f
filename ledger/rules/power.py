"""Rules 1 and 3: limits on a site's draw, on derates, on enrollment and on the removal of machines.

contracted(t) = the sum over the site's agreements of the power of the terms recorded last whose start is not
later than t (0 after their stop); energized(t) = the power of the latest capacity-energized or -deenergized;
capacity(t) = the sum over commissioned blocks.

A value that was never recorded is unknown, not zero: without a contract known at the fact's ``at``,
energizing is not judged; without energized power, a commissioning is not judged (own).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from msgspec import UNSET

from ledger import kinds
from ledger.errors import Refused
from ledger.records.envelope import Claim
from ledger.rules.known import Known
from ledger.rules.register import FactMark
from ledger.units import format_quantity


class Power(NamedTuple):
    """Watts, and the records they follow from."""

    power_w: int
    said_by: tuple[FactMark, ...]

    def __str__(self) -> str:
        return f"{format_quantity(self.power_w, '_w')}, by {'; '.join(map(str, self.said_by))}"


def contracted(known: Known, place: str, at: str) -> Power | None:
    """The site's contracted power at an instant; None where no contract is in the register by then."""
    found = []
    for name in known.names("contract", place):
        terms = [mark for mark in known.until(at, "contract", place, *name) if _body(mark).start <= at]
        found += terms[-1:]
    if not found:
        return None
    held = [mark for mark in found if _body(mark).stop is UNSET or at < _body(mark).stop]
    return Power(sum(_body(mark).power_w for mark in held), tuple(held or found))


def energized(known: Known, place: str, at: str) -> Power | None:
    """The site's energized power at an instant; None where none is recorded by then."""
    mark = known.latest(at, "energized", place)
    return None if mark is None else Power(_body(mark).power_w, (mark,))


class RatedBlock(NamedTuple):
    """A commissioned block: the record that commissioned it, and its capacity now."""

    commissioning: FactMark
    capacity: Power

    @property
    def said(self) -> kinds.LoadBlockCommissioned:
        """The fact that commissioned it."""
        assert isinstance(self.commissioning.body, kinds.LoadBlockCommissioned), "a life begins with it"
        return self.commissioning.body


def block_at(known: Known, place: str, name: str, at: str) -> RatedBlock | None:
    """A block with its capacity at an instant; None while it is not commissioned."""
    begun, rated = known.latest(at, "block-life", place, name), known.latest(at, "block", place, name)
    if begun is None or rated is None or isinstance(begun.body, kinds.LoadBlockRetired):
        return None
    return RatedBlock(begun, Power(_body(rated).capacity_w, (rated,)))


def within_contract(known: Known, claim: Claim, body: kinds.CapacityEnergized) -> None:
    """Refuse to energize more than the contracted power without ``approval``."""
    allowed = contracted(known, claim.place, claim.at)
    if allowed is not None and body.power_w > allowed.power_w and body.approval is UNSET:
        raise Refused(
            f"{format_quantity(body.power_w, '_w')} energized is above the contracted {allowed}; "
            "add approval= if it was approved"
        )


def within_energized(known: Known, claim: Claim, body: Any) -> None:
    """Refuse block capacities that add up to more than the energized power without ``approval``, and AI load
    on mining megawatts that were not released.
    """
    allowed = energized(known, claim.place, claim.at)
    if allowed is None:
        return
    own = block_at(known, claim.place, body.block, claim.at)
    names = known.names("block", claim.place)
    others = [block_at(known, claim.place, name, claim.at) for (name,) in names if name != body.block]
    blocks = [block for block in others if block is not None]
    total_w = body.capacity_w + sum(block.capacity.power_w for block in blocks)
    lifts = own is None or body.capacity_w > own.capacity.power_w
    if not lifts or total_w <= allowed.power_w:
        return
    mining = [block for block in blocks if block.said.load_class == "mining" and block.capacity.power_w]
    class_ = body.load_class if isinstance(body, kinds.LoadBlockCommissioned) else own and own.said.load_class
    said = f"{format_quantity(total_w, '_w')} of block capacity is above the energized {allowed}"
    if class_ == "ai-hpc" and mining:
        raise Refused(
            f"{said}; mining capacity must be released before AI load takes its megawatts: "
            f"retire or rerate the block of {mining[0].commissioning}"
        )
    if body.approval is UNSET:
        raise Refused(f"{said}; add approval= if it was approved")


def predecessor_released(known: Known, claim: Claim, body: kinds.LoadBlockCommissioned) -> None:
    """Require that a block's predecessor is retired."""
    if body.predecessor is UNSET:
        return
    block = block_at(known, claim.place, body.predecessor, claim.at)
    if block is not None:
        raise Refused(
            f"predecessor {body.predecessor!r} is not retired by {claim.at}: it holds {block.capacity};"
            " retire it first"
        )
    if not known.until(claim.at, "block", claim.place, body.predecessor):
        raise Refused(
            f"predecessor {body.predecessor!r} was never commissioned at {claim.place}; record its"
            " load-block-commissioned first, or leave predecessor= out"
        )


def derate_fits(known: Known, claim: Claim, body: kinds.OutageStarted) -> None:
    """Refuse a derate larger than the block's capacity."""
    found = block_at(known, claim.place, body.block, claim.at)
    assert found is not None, "an outage is judged after its block was found commissioned"
    if body.derate_w > found.capacity.power_w:
        raise Refused(
            f"a derate of {format_quantity(body.derate_w, '_w')} is more than the block's {found.capacity}; "
            "a full outage takes the capacity itself"
        )


def enrols_interruptible(known: Known, claim: Claim, body: Any) -> None:
    """Require that the enrolled blocks are commissioned and not firm, and that the meters are recorded."""
    for name in body.blocks or ():
        block = block_at(known, claim.place, name, claim.at)
        if block is None:
            raise Refused(
                f"block {name!r} is not commissioned at {claim.place} at {claim.at}; record its"
                " load-block-commissioned first"
            )
        if block.said.service_class == "firm":
            raise Refused(
                f"block {name!r} is firm and cannot be enrolled, by {block.commissioning}; enroll "
                "interruptible blocks only, and record program-throttle-agreed for a firm one that may be"
                " throttled"
            )
    for name in body.meters or ():
        if not known.marks("meter", claim.place, name):
            raise Refused(
                f"meter {name!r} was never recorded at {claim.place}; record its meter-registered first"
            )


def leaves_service(known: Known, claim: Claim, body: kinds.ProgramThrottleAgreed) -> None:
    """Refuse a throttle that leaves a block no power: its service would not be kept."""
    found = block_at(known, claim.place, body.block, claim.at)
    assert found is not None, "a throttle is judged after its block was found commissioned"
    if body.depth_w >= found.capacity.power_w:
        raise Refused(
            f"a throttle of {format_quantity(body.depth_w, '_w')} leaves nothing of the block's {found.capacity};"
            " agree on a depth below it"
        )


def removes_installed(known: Known, claim: Claim, body: kinds.FleetRemoved) -> None:
    """Refuse to remove more machines of a model than the block has."""
    marks = known.until(claim.at, "fleet", claim.place, body.block, body.model)
    units = sum(
        mark.body.units if isinstance(mark.body, kinds.FleetInstalled) else -_body(mark).units
        for mark in marks
    )
    if body.units > units:
        by = f", by {marks[-1]}" if marks else ""
        raise Refused(
            f"{body.units} {body.model} cannot be removed from block {body.block!r}, "
            f"which has {units} of them at {claim.at}{by}"
        )


def available_w(known: Known, place: str, block: str, at: str) -> int:
    """The block's capacity at an instant less the derates open then, not below 0, in watts."""
    found = block_at(known, place, block, at)
    capacity_w = found.capacity.power_w if found else 0
    for (name,) in known.names("outage", place, block):
        latest = known.latest(at, "outage", place, name)
        if latest and isinstance(latest.body, kinds.OutageStarted) and latest.body.block == block:
            capacity_w -= latest.body.derate_w
    return max(capacity_w, 0)


def _body(mark: FactMark) -> Any:
    return mark.body
