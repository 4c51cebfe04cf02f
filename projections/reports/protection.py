"""Protection: did the firm load beside the mining keep running while a dispatch was answered?

One row for each dispatch that starts in the window (one cancelled before its start has none) and each ai-hpc
block of its site that is commissioned then. The dispatch is [start, released or stop), as far as the window's
end.

load before    = mean power of the block's last interval before the start; minimum during = the lowest of its
                 intervals wholly in the dispatch
sla lost       = time in the dispatch with ALL feeds of the block down; a feed is up until something else is
                 said
mining reduced = mining load before - mean mining load during, summed over the site's mining blocks
                 commissioned at the start
firm touched   = blocks of the site that were curtailed under the dispatch beyond what is allowed: a firm
                 block by any depth (outside firm-load-shed that is flagged), or, where a throttle of it is
                 agreed for the program, by more than its depth or for longer than its time; an AI block that
                 is not firm under a program that does not name it, or by all of its capacity. Where the
                 program names it, it may be throttled: by a depth that leaves it some, service kept

A block's load is that of its own meters, delivered, of the first role of revenue, facility, sub, it that it
has (several are summed). Without a meter, or a reading, it is unknown; mining reduced is unknown unless every
mining block has one. The last interval before counts only where none is missing between it and the start.
Rounded once, half to even. What a lease allows of a block is its service class, or a throttle that names it
as its agreement: no other fact ties a lease's terms to a block.

Definition 2 counts in firm touched what is beyond what the program allows, AI blocks that are not firm too,
and not what an agreed throttle allows. Definition 1 counted firm blocks alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from msgspec import UNSET

from ledger.calendar import DAY_S, Window, format_instant
from ledger.kinds import ProgramThrottleAgreed
from ledger.units import ppm, rounded
from projections.engine.fold import Key, Rows
from projections.engine.report import (
    Answer,
    Behind,
    Cell,
    Column,
    Lead,
    LeadFigure,
    Report,
    ReportRow,
    Scope,
    found_for,
    row_of,
)
from projections.engine.windows import Span
from projections.engine.words import among, by_name, duration, number_of, numbers, out_of, sentence
from projections.figures.availability import HeldBack, held_in
from projections.figures.baselines import mean_w
from projections.figures.contradictions import unusual
from projections.figures.metered_load import Days, Interval, MeteredLoad, days_of, load_of
from projections.rows.blocks import BLOCK, BlockChange, Rating, rating_at
from projections.rows.curtailments import CURTAILMENT, Curtailment, depths
from projections.rows.dispatches import DISPATCH, DispatchCall, call
from projections.rows.feed_states import FEED, all_down_s
from projections.rows.meters import METER, METER_DAY, terms_before
from projections.rows.programs import PROGRAM, terms_at, throttle_at
from projections.rows.restored_loads import RESTORED

ROLES: Final = ("revenue", "facility", "sub", "it")
CALLED: Final = (DISPATCH.name, BLOCK.name)
LOADED: Final = (*CALLED, METER.name, METER_DAY.name)
SITE_WIDE: Final = ("block",)

COLUMNS: Final = (
    Column("dispatch", "Dispatch", "the dispatch", unit=""),
    Column("block", "Block", "an ai-hpc block of its site", unit=""),
    Column("site", "Site", "the site", unit=""),
    Column("dispatch_class", "Class", "why it was called", unit="", draws=CALLED),
    Column("start", "Start", "when it began", unit="", draws=CALLED),
    Column("stop", "Stop", "release or stop; null while it is open", unit="", draws=CALLED),
    Column(
        "load_before_w", "Load before", "the block's last interval before the start", unit="W", draws=LOADED
    ),
    Column("load_min_w", "Minimum", "the lowest interval of the block during it", unit="W", draws=LOADED),
    Column(
        "sla_lost_s",
        "All feeds down",
        "time in it with all feeds down",
        unit="s",
        draws=(*CALLED, FEED.name),
        shown="min",
    ),
    Column(
        "mining_reduced_w",
        "Mining reduced",
        "mining load before - mean during",
        unit="W",
        draws=LOADED,
        beyond=SITE_WIDE,
    ),
    Column(
        "firm_touched",
        "Firm touched",
        "firm and AI blocks of the site curtailed under it beyond what its program allows",
        unit="",
        draws=(*CALLED, CURTAILMENT.name, PROGRAM.name),
        beyond=SITE_WIDE,
    ),
)
_cells: Final = row_of(COLUMNS)


class ProtectionEvent(NamedTuple):
    """A dispatch that started in the window, up to as-of."""

    site: str
    name: str
    call: DispatchCall
    window: Window


def compute(rows: Rows, scope: Scope) -> Answer:
    """By site, start and dispatch, then block."""
    held = _ByDispatch.of(held_in(rows, scope))
    days = days_of(rows)
    events = _events(rows, scope)
    lines = [
        _row(event, block, held, rows, days, scope)
        for event in events
        for block in _commissioned(held, event, "ai-hpc")
    ]
    down = (note for event in events for note in _down(event, held, rows, scope))
    return Answer(tuple(lines), (*unusual(held.rows, rows, scope), *down))


class _ByDispatch(NamedTuple):
    """The blocks of each site, and the curtailments under each dispatch of a site by block: found at once,
    where going through all of them for each dispatch took the product of both.
    """

    rows: HeldBack
    blocks: dict[str, dict[str, tuple[BlockChange, ...]]]
    curtailments: dict[Key, dict[str, Curtailment]]

    @classmethod
    def of(cls, rows: HeldBack) -> _ByDispatch:
        """The rows by site, and by site and dispatch."""
        held = cls(rows, {}, {})
        for (site, block), changes in rows.blocks.items():
            held.blocks.setdefault(site, {})[block] = changes
        for (site, block, dispatch), row in rows.curtailments.items():
            held.curtailments.setdefault((site, dispatch), {})[block] = row
        return held


def _events(rows: Rows, scope: Scope) -> list[ProtectionEvent]:
    found = [
        _event(site, name, one, scope)
        for (site, name), row in rows[DISPATCH.name].items()
        if site in scope.sites
        and (one := call(row, scope.window.stop_s)) is not None
        and one.took_place
        and scope.window.start_s <= one.start_s < scope.window.stop_s
    ]
    return sorted(found, key=lambda event: (event.site, event.call.start_s, event.name))


def _event(site: str, name: str, one: DispatchCall, scope: Scope) -> ProtectionEvent:
    stop_s = scope.window.stop_s if one.stop_s is None else min(one.stop_s, scope.window.stop_s)
    return ProtectionEvent(site, name, one, Window(one.start_s, stop_s))


def _commissioned(held: _ByDispatch, event: ProtectionEvent, load_class: str) -> list[str]:
    """The blocks of a class at the site that are commissioned when the dispatch starts."""
    return [
        block
        for block, changes in held.blocks.get(event.site, {}).items()
        if _class_at(changes, event.call.start_s) == load_class
    ]


def _class_at(changes: Sequence[BlockChange], at_s: int) -> str | None:
    rating = rating_at(changes, at_s)
    return None if rating is None else rating.load_class


def _events_by_name(rows: Rows, scope: Scope) -> dict[Key, ProtectionEvent]:
    return {(event.site, event.name): event for event in _events(rows, scope)}


def _held(rows: Rows, scope: Scope) -> _ByDispatch:
    return _ByDispatch.of(held_in(rows, scope))


def _days(rows: Rows, scope: Scope) -> Days:
    return days_of(rows)


def _row(
    event: ProtectionEvent, block: str, held: _ByDispatch, rows: Rows, days: Days, scope: Scope
) -> ReportRow:
    own = _load(event, block, rows, days, scope)
    before, during = own.before(event.call.start_s, 1), own.within(event.window)
    rating = rating_at(held.blocks[event.site][block], event.call.start_s)
    assert rating is not None, "a row is of a block that is commissioned"
    feeds = [f for f in rows[FEED.name].get((event.site, block), ()) if f.at_s < scope.window.stop_s]
    return _cells(
        dispatch=event.name,
        block=block,
        site=event.site,
        dispatch_class=event.call.called.dispatch_class,
        start=format_instant(event.call.start_s),
        stop=None if event.call.stop_s is None else format_instant(event.call.stop_s),
        load_before_w=rounded(before[-1].power_w) if before else None,
        load_min_w=rounded(min(interval.power_w for interval in during)) if during else None,
        sla_lost_s=all_down_s(feeds, rating.feeds, event.window),
        mining_reduced_w=_rounded(_mining_reduced(event, held, rows, days, scope)),
        firm_touched=len({one.block for one in _beyond(event, held, rows, scope)}),
    )


def _rounded(value: Fraction | None) -> int | None:
    return None if value is None else rounded(value)


def _mining_reduced(
    event: ProtectionEvent, held: _ByDispatch, rows: Rows, days: Days, scope: Scope
) -> Fraction | None:
    loads = [_load(event, block, rows, days, scope) for block in _commissioned(held, event, "mining")]
    before = [load.before(event.call.start_s, 1) for load in loads]
    means = [mean_w(load.within(event.window)) for load in loads]
    known = [mean for mean in means if mean is not None]
    if not loads or not all(before) or len(known) < len(loads):
        return None
    return sum((interval.power_w for (interval,) in before), Fraction(0)) - sum(known, Fraction(0))


class Beyond(NamedTuple):
    """A curtailment of a block beyond what is allowed, at the block's rating then."""

    block: str
    span: Span[int]
    rating: Rating

    @property
    def is_down_whole(self) -> bool:
        """True for an AI block that is not firm and was taken down whole."""
        return self.rating.service_class != "firm" and self.span.value >= self.rating.capacity_w


def _beyond(event: ProtectionEvent, held: _ByDispatch, rows: Rows, scope: Scope) -> Iterator[Beyond]:
    """The curtailments under a dispatch beyond what the class of the block and the program allow."""
    program = event.call.called.program
    enrolled = rows[PROGRAM.name].get((event.site, str(program)), ()) if program else ()
    blocks = held.blocks.get(event.site, {})
    for block, row in held.curtailments.get((event.site, event.name), {}).items():
        for span in depths(row):
            rating = rating_at(blocks.get(block, ()), span.start_s)
            if rating is None or (rating.load_class != "ai-hpc" and rating.service_class != "firm"):
                continue
            one = Beyond(block, span, rating)
            if rating.service_class == "firm":
                if not _throttled(
                    throttle_at(enrolled, block, span.start_s, scope.window.stop_s), one, event
                ):
                    yield one
                continue
            named = terms_at(enrolled, span.start_s, scope.window.stop_s).get("blocks", ())
            if one.is_down_whole or (enrolled and block not in named):
                yield one


def _throttled(agreed: ProgramThrottleAgreed | None, one: Beyond, event: ProtectionEvent) -> bool:
    """True where a curtailment of a firm block is within the agreed depth and time, up to as-of."""
    if agreed is None or one.span.value > agreed.depth_w:
        return False
    lasted_s = min(one.span.stop_s, event.window.stop_s) - one.span.start_s
    return agreed.duration_max_s is UNSET or lasted_s <= agreed.duration_max_s


def _down(event: ProtectionEvent, held: _ByDispatch, rows: Rows, scope: Scope) -> Iterator[str]:
    """Notes on AI blocks that were taken down rather than throttled."""
    for one in _beyond(event, held, rows, scope):
        if one.is_down_whole:
            at = format_instant(one.span.start_s)
            yield f"{event.site}/{one.block}: an AI block, taken down whole at {at} under {event.name}"


# --- meters of a block --------------------------------------------------------------------------------------


def _load(event: ProtectionEvent, block: str, rows: Rows, days: Days, scope: Scope) -> MeteredLoad:
    """The load of a block from a day before the dispatch to its end."""
    window = Window(event.call.start_s - DAY_S, event.window.stop_s)
    return load_of(days, event.site, _meters(event.site, block, rows, scope), window)


def _meters(site: str, block: str, rows: Rows, scope: Scope) -> list[str]:
    roles: dict[str, list[str]] = {}
    for (place, meter), row in sorted(rows[METER.name].items()):
        terms = terms_before(row, scope.window.stop_s)
        if place == site and terms is not None and (terms.scope, terms.direction) == (block, "delivered"):
            roles.setdefault(terms.role, []).append(meter)
    return next((roles[role] for role in ROLES if role in roles), [])


# --- explained ----------------------------------------------------------------------------------------------


def behind(rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: str) -> Behind:
    """The dispatch, the block (for mining reduced also the mining blocks, for firm touched those curtailed),
    and their meters' readings.
    """
    site, name, own = (str(cells[part]) for part in ("site", "dispatch", "block"))
    event = found_for(rows, scope, _events_by_name)[site, name]
    held, days = found_for(rows, scope, _held), found_for(rows, scope, _days)
    mining = _commissioned(held, event, "mining") if column == "mining_reduced_w" else []
    measured = mining if column == "mining_reduced_w" else [own]
    blocks = {own, *mining, *held.curtailments.get((site, name), ())}
    meters = {meter for block in measured for meter in _meters(site, block, rows, scope)}
    touched = list(_touched(event, [_load(event, block, rows, days, scope) for block in measured]))
    utc_days = {format_instant(at_s)[:10] for one in touched for at_s in (one.start_s, one.stop_s - 1)}

    program = str(event.call.called.program)

    def counts(kind: str, key: Key) -> bool:
        if kind == PROGRAM.name:
            return key[1] == program
        if kind in (METER.name, METER_DAY.name):
            return key[1] in meters and (kind == METER.name or key[2] in utc_days)
        return kind not in (BLOCK.name, CURTAILMENT.name) or key[1] in blocks

    # a block may have been curtailed under it before it began
    first_s = 0 if column == "firm_touched" else min([event.call.start_s, *(one.start_s for one in touched)])
    return Behind(counts, window=Window(first_s, scope.window.stop_s))


def _touched(event: ProtectionEvent, loads: Iterable[MeteredLoad]) -> Iterator[Interval]:
    for load in loads:
        yield from load.before(event.call.start_s, 1)
        yield from load.within(event.window)


# --- first screen -------------------------------------------------------------------------------------------


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Dispatches that touched firm or AI load beyond what is allowed, or in which it lost its feeds."""
    lines = by_name(COLUMNS, answer.rows)
    touched, down, called = (
        {(line["site"], line["dispatch"]) for line in some}
        for some in (
            [line for line in lines if line["firm_touched"]],
            [line for line in lines if line["sla_lost_s"]],
            lines,
        )
    )
    kept = [
        share
        for line in lines
        if (least := number_of(line, "load_min_w")) is not None
        and (before := number_of(line, "load_before_w"))
        and (share := ppm(least, before)) is not None
    ]
    longest_s = max(numbers(lines, "sla_lost_s"), default=None)
    figures = (
        LeadFigure("Dispatches", len(called), ""),
        LeadFigure("Dispatches that touched firm or AI load", len(touched), ""),
        LeadFigure("Longest time with all feeds down", longest_s, "s", "min"),
        LeadFigure("Least load kept by an AI block", min(kept, default=None), "ppm"),
        LeadFigure("Most mining load let go", max(numbers(lines, "mining_reduced_w"), default=None), "W"),
    )
    if not lines:
        return Lead("No dispatch started in this window at a site with an AI block.", figures)
    unread = sum(line["load_min_w"] is None for line in lines)
    alone = len(called) == 1
    feeds = f"lost all {'its' if alone else 'their'} feeds{among(len(down), len(called), 'dispatch', 'dispatches')}"
    verdict = sentence(
        _touching(len(touched), len(called)),
        f"{'an AI block' if alone else 'AI blocks'} {feeds}, for {duration(longest_s or 0)} at most"
        if down
        else "no AI block lost all its feeds",
        f"what AI blocks drew is not known{among(unread, len(lines), 'case')}" if unread else "",
    )
    return Lead(verdict, figures)


def _touching(touched: int, called: int) -> str:
    what = "firm or AI load beyond what is allowed"
    if called == 1:
        return f"The dispatch {'touched' if touched else 'did not touch'} {what}"
    return f"{out_of(touched, called)} dispatches touched {what}"


REPORT: Final = Report(
    name="protection",
    definition_version=2,
    title="Firm load protected by dispatches",
    packs=("lease",),
    classes=("grid", "operations"),
    row_kinds=(DISPATCH, BLOCK, METER, METER_DAY, CURTAILMENT, PROGRAM, FEED, RESTORED),
    columns=COLUMNS,
    keys=3,
    compute=compute,
    definition=__doc__ or "",
    behind=behind,
    lead=lead,
    first=(
        "dispatch",
        "block",
        "site",
        "firm_touched",
        "sla_lost_s",
        "load_before_w",
        "load_min_w",
        "mining_reduced_w",
    ),
)
