"""Every site on a line, for the wall of a control room: power from contracted to leased, the last load, the grid's
condition, what is open and what is due.

It says nothing of its own: power is that of ``portfolio``, what is open that of ``now``, what is due that of
``due``, all at one instant and one size of the log. A reader of one class of a site's streams is told the power
that these tell, by the functions of the report; the rest is unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from ledger import calendar
from ledger.app.book.book import Book
from ledger.app.queries import deadlines, log_view, moment, report_run
from ledger.app.queries.deadlines import Due, DueList
from ledger.app.queries.moment import Moment
from ledger.app.queries.registry import Registry
from ledger.app.queries.report_run import Question
from ledger.app.queries.shift import open_counts, unsealed
from projections.engine.fold import Rows
from projections.engine.subject import county
from projections.engine.words import counted, duration, listed, verb
from projections.figures.last_load import LastLoad, last_loads
from projections.figures.open_things import USUAL, open_things
from projections.figures.power_rungs import in_service_w, leased_w
from projections.figures.state_at import ThingState
from projections.rows.blocks import BLOCK
from projections.rows.grid_conditions import most_severe
from projections.rows.lease_phases import PHASE
from projections.rows.site_power import POWER as POWER_ROWS
from projections.rows.site_power import contracted_w, energized_w

PORTFOLIO: Final = "portfolio"
POWER: Final = ("contracted_w", "energized_w", "in_service_w", "leased_w")
WITHIN_DAYS: Final = 30


class SiteLine(NamedTuple):
    """A site: its master data as far as they may be seen, its power in W by name (None: unknown), its last load,
    the state of its grid, what is open there, deadlines that are past or come, and the power that its programs
    may call (None: it is in none).
    """

    site: str
    name: str
    county: str
    utility: str
    site_class: str
    tz: str
    power: Mapping[str, int | None]
    load: LastLoad | None
    grid: str
    open: tuple[ThingState, ...]
    due: tuple[Due, ...]
    committed_w: int | None = None

    @property
    def told(self) -> tuple[ThingState, ...]:
        """Open things, without the curtailments that answer a dispatch which is open too."""
        calls = {thing.name[0] for thing in self.open if thing.what == "dispatch"}
        return tuple(one for one in self.open if one.what != "curtailment" or one.name[0] not in calls)

    @property
    def overdue(self) -> int:
        """Number of past deadlines."""
        return sum(one.days < 0 for one in self.due)


class BlockLine(NamedTuple):
    """A load block: its classes, its capacity and the power of its machines in W (None: unknown), since when it
    is there, and what is open of it.
    """

    block: str
    load_class: str
    service_class: str
    capacity_w: int | None
    power_w: int | None
    since_s: int
    open: tuple[ThingState, ...]


class Board(NamedTuple):
    """The sites, every grid that is not as usual, and what no checkpoint covers yet."""

    lines: tuple[SiteLine, ...]
    grids: Mapping[str, str]
    unsealed: int
    unsealed_since: str | None


class SiteState(NamedTuple):
    """One site: its line of the board, and its load blocks with what they do."""

    line: SiteLine
    blocks: tuple[BlockLine, ...]


def board(book: Book, sites: Sequence[str], at: str, known: str | None) -> Board:
    """The board of some sites, or all, at an instant, as known at a size of the log."""
    found, rows = moment.state_and_rows(book, at, (), known)
    registry = report_run.registry_at(book, found.known_at.size)
    wanted = report_run.sites_of(registry, tuple(sites))
    due = deadlines.due(book, (), found.at, WITHIN_DAYS, known)
    lines = _lines(wanted, found, rows, _power(book, (), at, known), due)
    grids = {place: state for place, state in _grids(found).items() if state not in USUAL}
    return Board(tuple(lines), grids, *unsealed(book))


def site_state(book: Book, site: str, at: str, known: str | None) -> SiteState:
    """One site at an instant, as known at a size of the log."""
    registry = report_run.registry_at(book, report_run.known_at(book, known).size)
    places = (site, *registry.authorities)
    found, rows = moment.state_and_rows(book, at, places, known)
    due = deadlines.due(book, (site,), found.at, WITHIN_DAYS, known)
    (line,) = _lines((site,), found, rows, _power(book, (site,), at, known), due)
    return SiteState(line, tuple(_blocks([thing for thing in found.things if thing.place == site])))


def _lines(
    sites: Sequence[str],
    found: Moment,
    rows: Rows,
    power: Mapping[str, Mapping[str, int | None]],
    due: DueList,
) -> Iterator[SiteLine]:
    loads = last_loads(rows, found.things, calendar.instant_s(found.at))
    grids = _grids(found)
    opened: dict[str, list[ThingState]] = {}
    for thing in open_things(found.things):
        opened.setdefault(thing.place, []).append(thing)
    deadlines_of: dict[str, list[Due]] = {}
    for one in due.found:
        deadlines_of.setdefault(one.deadline.site, []).append(one)
    data = {thing.place: thing.fields for thing in found.things if thing.what == "site"}
    committed: dict[str, int] = {}
    for thing in found.things:
        if thing.what == "program":
            committed[thing.place] = committed.get(thing.place, 0) + (thing.fields.get("committed_w") or 0)
    for site in sites:
        yield _line(site, data.get(site, {}), found.zones.get(site, report_run.UTC), grids)._replace(
            power=power.get(site, dict.fromkeys(POWER)),
            load=loads.get(site),
            open=tuple(opened.get(site, ())),
            due=tuple(deadlines_of.get(site, ())),
            committed_w=committed.get(site),
        )


def _grids(found: Moment) -> dict[str, str]:
    """The state of each balancing authority's grid: the most severe of what is declared and of its notices."""
    states: dict[str, str] = {}
    for thing in found.things:
        if thing.what in ("condition", "grid-notice"):
            state = str(thing.fields["state"])
            states[thing.place] = most_severe((states.get(thing.place, state), state))
    return states


def _blocks(things: Sequence[ThingState]) -> Iterator[BlockLine]:
    """The load blocks of a site, with the power that their machines drew last and what is open of them."""
    power = {thing.name[0]: thing.fields.get("power_w") for thing in things if thing.what == "hashrate"}
    opened = open_things(things)
    for thing in things:
        if thing.what == "block":
            name, fields = thing.name[0], thing.fields
            mine = tuple(one for one in opened if name in (one.fields.get("block"), *one.name[1:]))
            yield BlockLine(
                name,
                str(fields.get("load_class", "")),
                str(fields.get("service_class", "")),
                fields.get("capacity_w"),
                power.get(name),
                thing.since_s,
                mine,
            )


def _line(site: str, data: Mapping[str, Any], tz: str, grids: Mapping[str, str]) -> SiteLine:
    """The master data of a site and the state of its grid."""
    where = county(data["county"], data["state"]) if data else ""
    grid = grids.get(f"ba-{data['balancing_authority'].lower()}", "") if data else ""
    return SiteLine(
        site,
        str(data.get("name", site)),
        where,
        str(data.get("utility", "")),
        str(data.get("site_class", "")),
        tz,
        {},
        None,
        grid,
        (),
        (),
    )


def _power(
    book: Book, sites: tuple[str, ...], at: str, known: str | None
) -> dict[str, dict[str, int | None]]:
    """The power of each site in W by name: that of the report, where it can be made of what of the book is here,
    else what the streams tell that are.
    """
    report, known_at = report_run.report_named(PORTFOLIO), report_run.known_at(book, known)
    registry = report_run.registry_at(book, known_at.size)
    whole, _ = report_run.sites_held(book, report, registry, sites)
    rest = [site for site in report_run.sites_of(registry, sites) if site not in whole]
    at_s = min(calendar.instant_s(at), report_run.last_s(known_at))
    found = _power_in_part(book, registry, rest, at_s, known_at.size) if rest else {}
    if whole:
        table = log_view.run(book, report, Question(as_of=at, known_at=known, sites=whole))
        found |= _powers([column.name for column in table.columns], table.rows)
    return found


def _powers(
    names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> Iterator[tuple[str, dict[str, int | None]]]:
    for row in rows:
        line = dict(zip(names, row, strict=True))
        yield line["site"], {name: line[name] for name in POWER}


def _power_in_part(
    book: Book, registry: Registry, sites: Sequence[str], at_s: int, size: int
) -> dict[str, dict[str, int | None]]:
    """The power of sites of which the stream of one class is not here: None for what that class tells."""
    absent = book.absent(registry.numbers)
    streams = {f"{site}/{name}" for site in sites for name in ("grid", "lease")} & set(registry.numbers)
    read = sorted(streams - set(absent))
    rows = report_run.rows_of(book, registry, read, size, (POWER_ROWS, BLOCK, PHASE))
    found: dict[str, dict[str, int | None]] = {}
    for site in sites:
        line: dict[str, int | None] = dict.fromkeys(POWER)
        if f"{site}/grid" in read:
            power = rows[POWER_ROWS.name].get((site,), ())
            line["contracted_w"], line["energized_w"] = contracted_w(power, at_s), energized_w(power, at_s)
            line["in_service_w"] = in_service_w(rows, site, at_s)
        if f"{site}/lease" in read:
            line["leased_w"] = leased_w(rows, site, at_s)
        found[site] = line
    return found


def told(lines: Sequence[SiteLine], found: Board, as_of_s: int) -> tuple[str, str]:
    """What is open and due at the sites, and what is not sealed."""
    counts = Counter(thing.what for line in lines for thing in line.open)
    sites, places = counted(len(lines), "site"), sum(bool(line.open) for line in lines)
    is_open = (
        f"{listed(open_counts(counts))} {verb(counts.total(), 'is', 'are')} open at {places:,} of {sites}"
    )
    overdue, due = sum(line.overdue for line in lines), sum(len(line.due) for line in lines)
    sealed = "All records are sealed"
    if found.unsealed_since is not None:
        age_s = as_of_s - calendar.rec_us(found.unsealed_since) // 1_000_000
        sealed = f"{counted(found.unsealed, 'record')} {verb(found.unsealed, 'is', 'are')} not sealed for {duration(age_s)}"
    first = is_open if counts else f"Nothing is open at {sites}"
    return f"{first}; {deadlines.deadlines_told(overdue, due, WITHIN_DAYS)}", sealed
