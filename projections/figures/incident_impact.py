"""Impact of an incident: its outages, their duration, the power lost, and the dispatches and blocks affected
(definitions of our own).

An outage belongs to an incident if it began at its site while the incident was open, or forced in the two
hours before the opening and was going on then, or if its start was linked to it. Power is lost as in the
uptime report, by the outages that belong to it alone: a full outage takes the block's capacity, derates
what is left.

onset    = the first start of its outages, at the latest the opening
restored = the end of the last of its outages; unknown while one goes on; none without outages
detect   = opening - onset; restore = restored - onset
lost     = the most power that was lost at a time; energy = lost power x time; out = time in which any was
           lost
hashrate = that of the blocks that lost power, just before the onset, less the least until they were
           restored; unknown where it is not known of one of them, and nothing where they do not mine
touched  = dispatches of the site in progress between the onset and the restoring (without outages: the
           closing), and blocks of firm service that lost power
cost     = the penalties of these dispatches, as settled last
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from ledger.calendar import Window
from ledger.kinds import DispatchSettled, OutageStarted
from projections.engine.fold import Key, Rows
from projections.engine.report import Scope, TimelineRecord
from projections.engine.windows import FOREVER, Span, sweep
from projections.engine.words import listed
from projections.figures.availability import AvailabilityRows, by_block, derates, facts_in, shares
from projections.rows.blocks import BLOCK, BlockChange, rating_at
from projections.rows.curtailments import CURTAILMENT
from projections.rows.dispatches import DISPATCH, call
from projections.rows.hashrate_days import HASHRATE_DAY, held
from projections.rows.outages import OUTAGE, OutageFacts

ROW_KINDS: Final = (BLOCK, OUTAGE, CURTAILMENT, DISPATCH, HASHRATE_DAY)


class Impact(NamedTuple):
    """The impact of an incident. ``restored_s`` is None while an outage goes on or where there is none;
    ``notes`` state what is not counted.
    """

    onset_s: int
    opened_s: int
    restored_s: int | None
    outages: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    out_s: int = 0
    lost_w: int = 0
    lost_ws: int = 0
    hashrate_ghs: int | None = 0
    dispatches: tuple[str, ...] = ()
    firm_blocks: tuple[str, ...] = ()
    cost_cents: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def detect_s(self) -> int:
        """Time from the onset to the opening of the incident."""
        return self.opened_s - self.onset_s

    @property
    def restore_s(self) -> int | None:
        """Time from the onset until everything was restored."""
        return None if self.restored_s is None else self.restored_s - self.onset_s


LEAD_S: Final = 2 * 3600


class ImpactRows(NamedTuple):
    """The rows that impacts are computed from, found once for all incidents: each site's outages, its dispatches
    that took place with their windows, and each block's hashrate by day.
    """

    facts: AvailabilityRows
    outages: dict[str, dict[Key, OutageFacts]]
    dispatches: dict[str, list[tuple[str, Window]]]
    hashrates: dict[Key, dict[str, bytes]]

    @classmethod
    def of(cls, rows: Rows, scope: Scope) -> ImpactRows:
        """The rows as a scope sees them."""
        found = cls(facts_in(rows, scope._replace(blocks=())), {}, {}, {})
        for key, outage in found.facts.outages.items():
            found.outages.setdefault(key[0], {})[key] = outage
        for (site, name), row in sorted(rows[DISPATCH.name].items()):
            one = call(row, scope.window.stop_s)
            if one is not None and one.took_place:
                window = Window(one.start_s, FOREVER if one.stop_s is None else one.stop_s)
                found.dispatches.setdefault(site, []).append((name, window))
        for (site, block, day), steps in rows[HASHRATE_DAY.name].items():
            found.hashrates.setdefault((site, block), {})[day] = steps
        return found


def leading(ground: ImpactRows, site: str, opened: Window) -> frozenset[tuple[str, int]]:
    """Positions of the starts of outages that belong to an incident although they began before it was
    opened.
    """
    return frozenset(
        (f"{site}/operations", row.start.pos)
        for row in _going_on(ground, site, opened).values()
        if row.start is not None and row.start.at_s >= opened.start_s - LEAD_S
    )


def _going_on(ground: ImpactRows, site: str, opened: Window) -> dict[Key, OutageFacts]:
    """Forced outages that were going on when the incident was opened."""
    return {
        key: row
        for key, row in ground.outages.get(site, {}).items()
        if row.start is not None
        and row.start.outage_class.startswith("forced")
        and row.start.at_s < opened.start_s
        and (row.end is None or row.end.at_s > opened.start_s)
    }


def impact(
    rows: Rows,
    scope: Scope,
    ground: ImpactRows,
    site: str,
    opened: Window,
    timeline: Sequence[TimelineRecord],
) -> Impact:
    """The impact of an incident that was open at a site in a window, from its records."""
    standing = [one for one in timeline if one.corrected_by is None]
    named = {
        (one.stream.partition("/")[0], one.body.outage)
        for one in standing
        if isinstance(one.body, OutageStarted)
    }
    facts = ground.facts
    own: dict[Key, OutageFacts] = {
        key: row
        for key in sorted(named)
        if (row := facts.outages.get(key)) is not None and row.start is not None
    }
    starts = [row.start.at_s for row in own.values() if row.start is not None]
    onset_s = min([opened.start_s, *starts])
    lost, firm = _lost(facts.blocks, own, Window(onset_s, scope.window.stop_s)) if own else ([], set())
    pieces = [piece for piece in sweep(Window(onset_s, scope.window.stop_s), lost) if piece.open[0]]
    powers = [sum(power_w for _, power_w in piece.open[0]) for piece in pieces]
    blocks = sorted({span.value[0] for span in lost})
    ends = [FOREVER if row.end is None else row.end.at_s for row in own.values()]
    until_s = max(ends, default=opened.stop_s)
    back_s = max(ends) if ends and max(ends) < FOREVER else None
    reach = Window(onset_s, max(onset_s + 1, min(until_s, scope.window.stop_s)))
    dispatches = _dispatches(ground, site, reach)
    return Impact(
        onset_s,
        opened.start_s,
        back_s,
        tuple(sorted(name for _, name in own)),
        tuple(block if where == site else f"{where}/{block}" for where, block in blocks),
        sum(piece.seconds for piece in pieces),
        max(powers, default=0),
        sum(power_w * piece.seconds for power_w, piece in zip(powers, pieces, strict=True)),
        _hashrate(rows, ground, blocks, reach),
        dispatches,
        tuple(block if where == site else f"{where}/{block}" for where, block in sorted(firm)),
        _cost(rows, scope, site, dispatches),
        (*_counted(site, opened, own, dispatches), *_not_linked(ground, site, opened, named)),
    )


def _lost(
    blocks: dict[Key, tuple[BlockChange, ...]], outages: dict[Key, OutageFacts], window: Window
) -> tuple[list[Span[tuple[tuple[str, str], int]]], set[tuple[str, str]]]:
    """The power that each block lost by outages, and the blocks of firm service among them."""
    found: list[Span[tuple[tuple[str, str], int]]] = []
    firm: set[tuple[str, str]] = set()
    hit = {(site, row.start.block) for (site, _), row in outages.items() if row.start is not None}
    facts = AvailabilityRows({key: blocks[key] for key in sorted(hit & blocks.keys())}, outages, {})
    for (site, block), of_block in by_block(facts).items():
        derated = derates(of_block.outages, of_block.changes)
        for share in shares(of_block.changes, derated, [], window) if derated else ():
            sums = share.amounts
            out_s = sums.forced_out_s + sums.maintenance_out_s + sums.planned_out_s
            lost_ws = sums.forced_derated_ws + sums.maintenance_derated_ws + sums.planned_derated_ws
            power_w = share.rating.capacity_w if out_s else lost_ws // sums.period_s
            if power_w:
                found.append(Span(share.at_s, share.at_s + sums.period_s, ((site, block), power_w)))
                if share.rating.service_class == "firm":
                    firm.add((site, block))
    return found, firm


def _hashrate(rows: Rows, ground: ImpactRows, blocks: Sequence[tuple[str, str]], reach: Window) -> int | None:
    """The hashrate of some blocks just before a window, less the least in it."""
    before = 0
    steps: list[Span[int]] = []
    mining = [
        key
        for key in blocks
        if (rating := rating_at(rows[BLOCK.name][key], reach.start_s)) and rating.load_class == "mining"
    ]
    for site, block in mining:
        days = ground.hashrates.get((site, block), {})
        known = held(days, Window(reach.start_s - 1, reach.stop_s)) if days else None
        if known is None or not known.starts_s or known.starts_s[0] >= reach.start_s:
            return None
        values = list(zip(known.starts_s, known.stops_s, known.hashrates_ghs, strict=True))
        before += values[0][2]
        if values[-1][1] < reach.stop_s or any(a[1] < b[0] for a, b in pairwise(values)):
            return None
        steps += [Span(start_s, stop_s, ghs) for start_s, stop_s, ghs in values]
    least: int = min(sum(piece.open[0]) for piece in sweep(reach, steps))
    return max(0, before - least)


def _dispatches(ground: ImpactRows, site: str, reach: Window) -> tuple[str, ...]:
    return tuple(
        name
        for name, (start_s, stop_s) in ground.dispatches.get(site, ())
        if start_s < reach.stop_s and stop_s > reach.start_s
    )


def _cost(rows: Rows, scope: Scope, site: str, dispatches: Sequence[str]) -> int | None:
    settled = []
    for name in dispatches:
        said = [
            fact.body
            for fact in rows[DISPATCH.name][site, name]
            if isinstance(fact.body, DispatchSettled) and fact.at_s < scope.window.stop_s
        ]
        if said:
            settled.append(said[-1].penalty_cents)
    return sum(settled) if settled else None


def _counted(
    site: str, opened: Window, own: Mapping[Key, OutageFacts], dispatches: Sequence[str]
) -> Iterator[str]:
    """Notes on what counts because of its time alone: a site with two simultaneous incidents counts it in
    both.
    """
    begun = [
        name
        for (where, name), row in sorted(own.items())
        if where == site
        and row.start is not None
        and opened.start_s - LEAD_S <= row.start.at_s < opened.stop_s
    ]
    counts = [
        *([f"each outage that began at {site} then or just before ({listed(begun)})"] if begun else ()),
        *([f"each dispatch of {site} in progress then ({listed(dispatches)})"] if dispatches else ()),
    ]
    if counts:
        yield f"what it took while it was open counts {' and '.join(counts)}, linked to it or not"


def _not_linked(ground: ImpactRows, site: str, opened: Window, named: set[tuple[str, str]]) -> list[str]:
    """Notes on outages that were going on when the incident was opened and are not linked to it."""
    return [
        f"outage {name} was going on for more than {LEAD_S // 3600} hours when the incident was opened and is not"
        " linked to it, so what it took is not counted"
        for where, name in _going_on(ground, site, opened)
        if (where, name) not in named
    ]
