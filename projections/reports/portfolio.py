"""Portfolio: every site at an instant, from parcels to leased megawatts.

The instant is the window's end or as-of; facts at that very second are seen. Of each site

requested   = power of the latest interconnection request
contracted  = over its agreements, the power of the terms whose start is latest, while they have not stopped
energized   = the authorised draw as said last
in service  = sum of the capacities of its commissioned blocks
leased      = critical load, as amended, of its lease phases that are executed and not terminated

What was never said is unknown (null), not zero; a site without any phase executed has 0 leased.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ledger.units import format_quantity
from projections.engine.amounts import said
from projections.engine.fold import Rows
from projections.engine.pictures import Layer, Names, Picture, Plot
from projections.engine.report import Answer, Column, Lead, LeadFigure, Report, ReportRow, Scope, row_of
from projections.engine.words import Line, by_name, counted, listed, number_of, numbers, sentence, total, verb
from projections.figures.contradictions import above
from projections.figures.power_rungs import in_service_w, leased_w
from projections.rows.blocks import BLOCK
from projections.rows.lease_phases import PHASE
from projections.rows.site_power import POWER, contracted_w, energized_w, interest, requested_w
from projections.rows.sites import SITE, SiteData

COLUMNS: Final = (
    Column("site", "Site", "the site", unit=""),
    Column("name", "Name", "its name", unit="", draws=("site",)),
    Column("county", "County", "its county", unit="", draws=("site",)),
    Column("state", "State", "its state", unit="", draws=("site",)),
    Column("utility", "Utility", "its utility", unit="", draws=("site",)),
    Column("parcels", "Parcels", "number of land parcels", unit="", draws=("site",)),
    Column("site_class", "Class", "what the site is for", unit="", draws=("site",)),
    Column(
        "balancing_authority",
        "Authority",
        "EIA-930 code of its balancing authority",
        unit="",
        draws=("site",),
    ),
    Column(
        "interest",
        "Interest",
        "option, owned, leased or sold, as said last",
        unit="",
        draws=("site", "power"),
    ),
    Column(
        "requested_w",
        "Requested",
        "power of the latest interconnection request",
        unit="W",
        draws=("site", "power"),
    ),
    Column(
        "contracted_w",
        "Contracted",
        "power under contract, agreements added up",
        unit="W",
        draws=("site", "power"),
    ),
    Column("energized_w", "Energized", "the whole site's authorised draw", unit="W", draws=("site", "power")),
    Column(
        "in_service_w",
        "In service",
        "sum of the capacities of commissioned blocks",
        unit="W",
        draws=("site", "block"),
    ),
    Column(
        "leased_w",
        "Leased",
        "critical load of executed, not terminated phases",
        unit="W",
        draws=("site", "phase"),
    ),
)
_cells: Final = row_of(COLUMNS)
_TOTALS: Final = ("contracted_w", "energized_w", "in_service_w", "leased_w")
_RUNGS: Final = ("requested_w", *_TOTALS)


def compute(rows: Rows, scope: Scope) -> Answer:
    """One row for each site that is registered by then, and their totals as a note."""
    at_s = scope.window.stop_s - 1  # the window of an instant report ends just after its instant
    lines = [row for site in scope.sites if (row := _row(site, rows, at_s)) is not None]
    cells = by_name(COLUMNS, lines)
    return Answer(tuple(lines), (*_totals(cells), *(note for line in cells for note in _flags(line))))


def _row(site: str, rows: Rows, at_s: int) -> ReportRow | None:
    versions = [data for data in rows[SITE.name].get((site,), ()) if data.at_s <= at_s]
    if not versions:
        return None
    data: SiteData = versions[-1]
    power = rows[POWER.name].get((site,), ())
    return _cells(
        site=site,
        name=data.name,
        county=data.county,
        state=data.state,
        utility=data.utility,
        parcels=len(data.parcels),
        site_class=data.site_class,
        balancing_authority=data.balancing_authority,
        interest=interest(power, at_s),
        requested_w=requested_w(power, at_s),
        contracted_w=contracted_w(power, at_s),
        energized_w=energized_w(power, at_s),
        in_service_w=in_service_w(rows, site, at_s),
        leased_w=leased_w(rows, site, at_s),
    )


def _totals(lines: Sequence[Line]) -> Iterator[str]:
    if lines:
        sums = []
        for name in _TOTALS:
            known = numbers(lines, name)
            summed = format_quantity(sum(known), "_w") if known else "unknown"
            rest = f" ({len(lines) - len(known)} unknown)" if known and len(known) < len(lines) else ""
            sums.append(f"{name.removesuffix('_w').replace('_', ' ')} {summed}{rest}")
        yield f"{len(lines)} site{'' if len(lines) == 1 else 's'}: {', '.join(sums)}"


def _flags(line: Line) -> Iterator[str]:
    site, contracted_w, energized_w = str(line["site"]), line["contracted_w"], line["energized_w"]
    yield from above(site, "energized", energized_w, "contracted", contracted_w)
    yield from above(site, "in service", line["in_service_w"], "energized", energized_w)


# --- picture ------------------------------------------------------------------------------------------------


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """The capacity ladder: the total of each step, from request to lease, over all sites."""
    if not answer.rows:
        return ()
    lines = by_name(COLUMNS, answer.rows)
    totals = [total(lines, name) for name in _RUNGS]
    names = [name.removesuffix("_w").replace("_", " ") for name in _RUNGS]
    steps = [
        f"{'unknown' if watts is None else said(watts, 'W')} {name}"
        for name, watts in zip(names, totals, strict=True)
    ]
    many = len(answer.rows)
    says = f"Over {many} site{'' if many == 1 else 's'}: {', '.join(steps[:-1])} and {steps[-1]}."
    bars = Layer("power", "bar", tuple(enumerate(totals)))
    return (Plot("From request to lease", says, Names("", tuple(names)), "Power", "W", (bars,)),)


# --- first screen -------------------------------------------------------------------------------------------


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """The megawatt ladder over all sites."""
    lines = by_name(COLUMNS, answer.rows)
    sums = {name: total(lines, name) for name in _RUNGS}
    figures = (
        LeadFigure("Requested", sums["requested_w"], "W"),
        LeadFigure("Contracted", sums["contracted_w"], "W"),
        LeadFigure("Energized", sums["energized_w"], "W"),
        LeadFigure("In service", sums["in_service_w"], "W"),
        LeadFigure("Leased", sums["leased_w"], "W"),
    )
    if not lines:
        return Lead("No site is registered by then.", figures)
    steps = [f"{said(watts, 'W')} {_step(name)}" for name in _TOTALS if (watts := sums[name]) is not None]
    unknown = [(_step(name), len(lines) - len(numbers(lines, name))) for name in _TOTALS]
    gaps = [f"power {step} is unknown at {counted(count, 'site')}" for step, count in unknown if count]
    over = sum(
        (number_of(line, "in_service_w") or 0) > (number_of(line, "energized_w") or 10**15) for line in lines
    )
    verdict = sentence(
        f"{counted(len(lines), 'site')} {verb(len(lines), 'has', 'have')} {listed(steps)}",
        listed(gaps),
        f"{counted(over, 'site')} {verb(over, 'has', 'have')} more in service than energized" if over else "",
    )
    return Lead(verdict, figures)


def _step(name: str) -> str:
    return {"contracted_w": "under contract"}.get(name, name.removesuffix("_w").replace("_", " "))


REPORT: Final = Report(
    name="portfolio",
    definition_version=1,
    title="Sites and megawatts",
    packs=("lease", "quarterly-utility"),
    classes=("grid", "lease"),
    row_kinds=(SITE, POWER, BLOCK, PHASE),
    columns=COLUMNS,
    keys=1,
    compute=compute,
    definition=__doc__ or "",
    instant=True,
    pictures=pictures,
    lead=lead,
    first=(
        "site",
        "county",
        "state",
        "requested_w",
        "contracted_w",
        "energized_w",
        "in_service_w",
        "leased_w",
    ),
)
