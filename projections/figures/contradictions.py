"""Notes on facts about blocks that contradict each other: accepted, and flagged (DOMAIN 5).

A late or corrected fact can make one that was accepted later contradictory: an end before its start, a
rerating of a retired block. Each is noted where it falls in the window, with its instant in UTC; the figures
beside it follow the row kinds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from msgspec import UNSET

from ledger.calendar import Window, format_instant
from ledger.records.doubts import firm_curtailed, helps_unenrolled, restored_early
from ledger.units import format_quantity
from projections.engine.fold import Key, Rows
from projections.engine.report import Cell, Scope
from projections.figures.availability import AvailabilityRows, HeldBack, Share
from projections.rows import blocks, curtailments
from projections.rows.blocks import BlockChange
from projections.rows.curtailments import Curtailment
from projections.rows.dispatches import DISPATCH, notified
from projections.rows.outages import OutageFacts
from projections.rows.programs import PROGRAM, terms_at, throttle_at
from projections.rows.restored_loads import RESTORED


def excess(named: str, shares: Iterable[Share]) -> Iterator[str]:
    """Derates that add up beyond the block's capacity, the first time they do."""
    for share in shares:
        if share.excess_w:
            capacity_w = share.rating.capacity_w
            yield (
                f"{named}: derates add up to {format_quantity(capacity_w + share.excess_w, '_w')}, beyond its"
                f" {format_quantity(capacity_w, '_w')}, at {format_instant(share.at_s)}; they count up to the"
                " capacity"
            )
            return


def above(site: str, upper: str, upper_w: Cell, lower: str, lower_w: Cell) -> Iterator[str]:
    """A power above its limit: a contract lapsed, or one of the two was corrected. Nothing where one is
    unknown.
    """
    if isinstance(upper_w, int) and isinstance(lower_w, int) and upper_w > lower_w:
        powers = " against ".join(format_quantity(power_w, "_w") for power_w in (upper_w, lower_w))
        yield f"{site}: {upper} is above {lower}: {powers}"


def contradictions(
    named: str,
    block: Sequence[BlockChange],
    outages: Iterable[tuple[str, OutageFacts]],
    held_back: Iterable[tuple[str, Curtailment]],
    window: Window,
) -> list[str]:
    """Contradictions among the facts of one block that fall in the window."""
    found = chain(
        _of_block(block),
        (said for name, outage in outages for said in _of_outage(name, outage, block)),
        (said for dispatch, row in held_back for said in _of_curtailment(dispatch, row, block)),
    )
    return [f"{named}: {said}" for at_s, said in found if _seen(at_s, window)]


def astray(facts: AvailabilityRows, scope: Scope) -> Iterator[str]:
    """Facts that belong to no block: unknown names in the filter, ends without a start, facts of blocks not
    commissioned yet.
    """
    for block in scope.blocks:
        if not any((site, block) in facts.blocks for site in scope.sites):
            yield f"no block in scope is called {block!r}"
    for (site, name), (start, end) in facts.outages.items():
        if start is None:
            assert end is not None, "a row without any fact is not seen"
            if _seen(end.at_s, scope.window):
                yield f"{site}: outage {name} ends at {format_instant(end.at_s)} but never started"
        elif (site, start.block) not in facts.blocks and _seen(start.at_s, scope.window):
            yield f"{site}/{start.block}: outage {name} is of a block that was never commissioned"
    for (site, block, dispatch), row in facts.curtailments.items():
        if (site, block) not in facts.blocks and any(_seen(change.at_s, scope.window) for change in row):
            yield (
                f"{site}/{block}: the curtailment under {dispatch} is of a block that was never commissioned"
            )


def unusual(facts: HeldBack, rows: Rows, scope: Scope) -> Iterator[str]:
    """Curtailments that are accepted and flagged, in the sentences of the rules that ``doctor`` lists
    (``rules/plausibility``): of a firm block outside firm-load-shed, of a block that its program does not
    enroll, and one that is open while more load than it leaves is recorded as restored.
    """
    for (site, block, dispatch), row in facts.curtailments.items():
        answers = rows[DISPATCH.name].get((site, dispatch), ())
        called = notified(fact for fact in answers if fact.at_s < scope.window.stop_s)
        of_block = facts.blocks.get((site, block), ())
        for change in row:
            if change.depth_w is None or called is None or not _seen(change.at_s, scope.window):
                continue
            at = format_instant(change.at_s)
            rating = blocks.rating_at(of_block, change.at_s)
            program = rows[PROGRAM.name].get((site, str(called.program)), ())
            agreed = throttle_at(program, block, change.at_s, scope.window.stop_s)
            if agreed is not None and change.depth_w <= agreed.depth_w:
                continue
            firm = rating is not None and rating.service_class == "firm"
            if firm and called.dispatch_class != "firm-load-shed":
                yield f"{site}/{block}: {firm_curtailed(at, dispatch, called.dispatch_class)}"
            if called.program is not UNSET:
                terms = terms_at(program, change.at_s, scope.window.stop_s)
                if block not in terms.get("blocks", ()):
                    yield f"{site}/{block}: {helps_unenrolled(at, dispatch, called.program)}"
    yield from _restored(facts, rows, scope.window)


def _restored(facts: HeldBack, rows: Rows, window: Window) -> Iterator[str]:
    """Loads recorded as restored above the capacity less the deepest curtailment open then."""
    under: dict[Key, list[tuple[str, Curtailment]]] = {}
    for (*of, dispatch), row in facts.curtailments.items():
        under.setdefault(tuple(of), []).append((dispatch, row))
    for (site, block), of_block in facts.blocks.items():
        restored = rows[RESTORED.name].get((site, block), ())
        if not restored:
            continue
        held = [
            (dispatch, span)
            for dispatch, row in under.get((site, block), ())
            for span in curtailments.depths(row)
        ]
        for fact in restored:
            rating = blocks.rating_at(of_block, fact.at_s)
            is_open = [
                (span.value, dispatch) for dispatch, span in held if span.start_s <= fact.at_s < span.stop_s
            ]
            if not is_open or rating is None or not _seen(fact.at_s, window):
                continue
            depth_w, dispatch = max(is_open)
            left_w = max(rating.capacity_w - depth_w, 0)
            if fact.body.load_w > left_w:
                said = restored_early(fact.body.load_w, format_instant(fact.at_s), left_w, dispatch)
                yield f"{site}/{block}: {said}"


def _seen(at_s: int, window: Window) -> bool:
    return window.start_s <= at_s < window.stop_s


def _of_block(block: Sequence[BlockChange]) -> Iterator[tuple[int, str]]:
    for change in blocks.contradicted(block):
        at = format_instant(change.at_s)
        if change.rating is not None:
            yield change.at_s, f"commissioned at {at} while it already was; the new rating holds from then on"
        elif change.capacity_w is not None:
            yield change.at_s, f"rerated at {at} while not commissioned; that changes nothing"
        else:
            yield change.at_s, f"retired at {at} while not commissioned; that changes nothing"


def _of_outage(name: str, outage: OutageFacts, block: Sequence[BlockChange]) -> Iterator[tuple[int, str]]:
    start, end = outage
    if start is None:
        return
    at = format_instant(start.at_s)
    if end is not None and end.at_s < start.at_s:
        yield start.at_s, f"outage {name} starts at {at}, after it ended; it counts nothing"
    elif not _commissioned(block, start.at_s):
        yield start.at_s, f"outage {name} starts at {at} while the block is not commissioned"


def _of_curtailment(
    dispatch: str, row: Curtailment, block: Sequence[BlockChange]
) -> Iterator[tuple[int, str]]:
    for change in curtailments.contradicted(row):
        what = "ends" if change.depth_w is None else "starts"
        state = "without being open" if change.depth_w is None else "while it is open"
        yield change.at_s, f"the curtailment under {dispatch} {what} at {format_instant(change.at_s)} {state}"
    for change in row:
        if change.depth_w is not None and not _commissioned(block, change.at_s):
            at = format_instant(change.at_s)
            yield (
                change.at_s,
                f"the curtailment under {dispatch} starts at {at} while the block is not commissioned",
            )


def _commissioned(block: Sequence[BlockChange], at_s: int) -> bool:
    return blocks.rating_at(block, at_s) is not None
