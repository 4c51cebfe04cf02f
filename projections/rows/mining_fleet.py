"""Row kind ``fleet``: machines installed in and removed from one block, each with its recorded nameplate.

Key (site, block). The row is a tuple of changes in order of (at, pos). The nameplate installed at an instant
is the sum over the changes before it, removals counting as negative units.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from ledger.calendar import instant_s
from ledger.kinds import FleetInstalled, FleetRemoved
from ledger.records.envelope import Record
from projections.engine.fold import RowKind, bears_all, in_order, key_of


class FleetChange(NamedTuple):
    """``units`` machines of a model put in (positive) or taken out (negative), and the nameplate of one."""

    at_s: int
    pos: int
    model: str
    units: int
    unit_hashrate_ghs: int
    unit_power_w: int


class Nameplate(NamedTuple):
    """The installed machines: their number, and the sum of their nameplates."""

    units: int
    hashrate_ghs: int
    power_w: int


def change_of(record: Record) -> FleetChange:
    """The change that a record states."""
    body = record.body
    assert isinstance(body, FleetInstalled | FleetRemoved), f"fleet does not hear {record.kind}"
    return FleetChange(
        instant_s(record.at),
        record.pos,
        body.model,
        body.units if isinstance(body, FleetInstalled) else -body.units,
        body.unit_hashrate_ghs,
        body.unit_power_w,
    )


def installed_before(row: Iterable[FleetChange], instant_s: int) -> Nameplate | None:
    """The sum of the nameplates of facts with ``at`` before an instant; None without any such fact."""
    seen = [change for change in row if change.at_s < instant_s]
    if not seen:
        return None
    return Nameplate(
        sum(change.units for change in seen),
        sum(change.units * change.unit_hashrate_ghs for change in seen),
        sum(change.units * change.unit_power_w for change in seen),
    )


FLEET: Final = RowKind(
    "fleet",
    1,
    ("site", "block"),
    (FleetInstalled, FleetRemoved),
    key_of(("site", "block")),
    in_order(change_of),
    bears_all,
    tuple[FleetChange, ...],
    items=True,
)
