"""Lease dates: is ready-for-service on track, and what does lateness cost?

Of each phase one row for ready-for-service, and one for each other milestone that is forecast or reached.
Days are calendar days of the site's zone.

target   = the terms' target date; the latest terms and what later amendments replace in them hold for the
           whole phase
extended = target + days in the union of the granted [from_on, from_on + days) whose delay was noticed within
           notice_days of the day it began, or that name no delay
forecast = the latest forecast of the milestone; of ready-for-service the latest of offered, accepted or
           deemed
actual   = the day on which it was reached; of ready-for-service accepted or deemed, whichever was first, else
           the day of the termination, else as-of (reached says which)
float    = extended - forecast
credit   = sum over tiers of rate x days in [tier start, next tier's start) before actual; a tier starts after
           months or days after extended, months clamped to the month's last day
exposure = credit days x monthly rent x 12/365, rounded once, half to even

Target 1 March 2026, tiers (2 months, 1 day's rent a day), (3 months, 2), accepted 16 June: 31 x 1 + 15 x 2 =
61 credit days, at $1M a month $2.005M; with 20 days of force majeure 26. What a section withholds (tiers,
rent) leaves its figures null; where it was erased they say erased.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import UNSET

from ledger.calendar import DAY_S, Window, days_after, local_date, months_after, zone
from ledger.kinds import (
    LeaseAmended,
    LeaseDelayNoticed,
    LeaseExtensionGranted,
    LeaseForecastSet,
    LeaseMilestoneReached,
    LeasePhaseOpened,
    LeaseTerminated,
    LeaseTermsRecorded,
    Tier,
)
from ledger.records.lease_precedence import IN_SERVICE
from ledger.units import rounded
from projections.engine.fold import Rows
from projections.engine.pictures import Lane, LanePart, Lanes, Mark, Picture, around, day_s
from projections.engine.report import (
    Answer,
    Cell,
    Column,
    Deadline,
    Lead,
    LeadFigure,
    Report,
    ReportRow,
    Scope,
    row_of,
)
from projections.engine.windows import total_s
from projections.engine.words import (
    Line,
    by_name,
    counted,
    dollars,
    listed,
    numbers,
    out_of,
    sentence,
    total,
    verb,
)
from projections.figures.lease_precedence import out_of_order
from projections.rows.fact_rows import RecordedFact
from projections.rows.lease_phases import PHASE
from projections.rows.sectioned_facts import ERASED, SECTIONED, erased_positions

READY: Final = "ready-for-service"
COMMERCIAL: Final = ("tiers", "monthly_rent_cents")
EXPECTED: Final = ("ready-for-service-offered", *IN_SERVICE)

COLUMNS: Final = (
    Column("phase", "Phase", "the lease phase", unit=""),
    Column(
        "milestone",
        "Milestone",
        "ready-for-service, or another milestone that is forecast or reached",
        unit="",
    ),
    Column("site", "Site", "the site it is on", unit=""),
    Column("tenant", "Tenant", "alias of the tenant", unit=""),
    Column("target", "Target", "target date of the terms as amended; null without terms", unit=""),
    Column("extension_days", "Extension", "days in the union of the extensions that count", unit="d"),
    Column("extended", "Extended", "target + extension", unit="", of=("target", "extension_days")),
    Column("forecast", "Forecast", "the latest forecast; null if never forecast", unit=""),
    Column("actual", "Actual", "the day it was reached, else of the termination, else as-of", unit=""),
    Column("reached", "Reached", "was the milestone reached?", unit=""),
    Column("float_days", "Float", "extended - forecast", unit="d", of=("extended", "forecast")),
    Column(
        "credit_days",
        "Credit",
        "sum of rate x days in each tier before actual",
        unit="d",
        of=("extended", "actual"),
    ),
    Column(
        "exposure_cents", "Exposure", "credit days x monthly rent x 12/365", unit="cent", of=("credit_days",)
    ),
    Column(
        "outside_on",
        "Outside date",
        "the day after which the tenant may leave; null if there is none",
        unit="",
    ),
    Column("critical_w", "Critical", "critical load as amended", unit="W"),
)
_cells: Final = row_of(COLUMNS)
_OF_READY: Final = dict.fromkeys(
    ("target", "extension_days", "extended", "float_days", "credit_days", "exposure_cents", "outside_on")
)
"""Cells that only ready-for-service has."""


class PhaseTerms(NamedTuple):
    """Terms in force for a phase; None = not given or withheld, ``erased`` = they were in a section that is
    gone.
    """

    target: date | None
    outside: str | None
    tiers: tuple[Tier, ...] | Literal["erased"] | None
    rent_cents: int | Literal["erased"] | None
    notice_days: int
    critical_w: int | None


class Phase(NamedTuple):
    """One phase as known in a scope; ``as_of`` is the local day of the window's end, ``erased`` positions of
    facts whose section is gone.
    """

    site: str
    name: str
    facts: tuple[RecordedFact, ...]
    tz: str
    as_of: date
    erased: frozenset[int] = frozenset()

    def day(self, fact: RecordedFact) -> date:
        """Local day of a fact."""
        return local_date(fact.at_s, zone(self.tz))

    def said(self, body: type[Any]) -> list[Any]:
        """Bodies of a kind in order."""
        return [fact.body for fact in self.facts if isinstance(fact.body, body)]

    def reached(self, *milestones: str) -> date | None:
        """The first day on which one of some milestones was reached."""
        days = (
            self.day(fact)
            for fact in self.facts
            if isinstance(fact.body, LeaseMilestoneReached) and fact.body.milestone in milestones
        )
        return next(days, None)


def compute(rows: Rows, scope: Scope) -> Answer:
    """One row for each phase and milestone, by site and phase."""
    lines: list[ReportRow] = []
    notes: list[str] = []
    for (site, name), row in sorted(rows[PHASE.name].items()):
        facts = tuple(fact for fact in row if fact.at_s < scope.window.stop_s)
        if site in scope.sites and facts:
            tz = scope.zones[site]
            erased = erased_positions(rows, site, "lease")
            phase = Phase(site, name, facts, tz, local_date(scope.window.stop_s, zone(tz)), erased)
            lines += _rows(phase)
            notes += _notes(phase)
    return Answer(tuple(lines), tuple(notes))


def terms_of(phase: Phase) -> PhaseTerms:
    """The latest terms with what later amendments replace."""
    held: dict[str, Any] = {}
    for fact in phase.facts:
        body = fact.body
        if isinstance(body, LeaseTermsRecorded):
            held = {
                **{name: getattr(body, name) for name in body.__struct_fields__},
                "critical_w": held.get("critical_w"),
            }
        elif isinstance(body, LeasePhaseOpened):
            held["critical_w"] = body.critical_w
        elif isinstance(body, LeaseAmended):
            held |= {
                name: value for name in body.__struct_fields__ if (value := getattr(body, name)) is not UNSET
            }
        if isinstance(body, LeaseTermsRecorded | LeaseAmended) and fact.pos in phase.erased:
            held |= dict.fromkeys(COMMERCIAL, ERASED)  # an amendment may have given either
    target = held.get("target_rfs_on")
    return PhaseTerms(
        None if target is None else date.fromisoformat(target),
        held.get("outside_on") or None,
        held.get("tiers") or None,
        ERASED if held.get("monthly_rent_cents") == ERASED else _known(held.get("monthly_rent_cents")),
        int(held.get("notice_days") or 0),
        _known(held.get("critical_w")),
    )


def _known(value: Any) -> int | None:
    return None if value is None or value is UNSET else int(value)


# --- rows ---------------------------------------------------------------------------------------------------


def _rows(phase: Phase) -> Iterator[ReportRow]:
    terms = terms_of(phase)
    tenant = next((opened.tenant for opened in phase.said(LeasePhaseOpened)), None)
    ends = (phase.day(fact) for fact in phase.facts if isinstance(fact.body, LeaseTerminated))
    reached = phase.reached(*IN_SERVICE)
    actual = reached or min(next(ends, phase.as_of), phase.as_of)
    days = extension_days(phase, terms.notice_days)
    extended = None if terms.target is None else days_after(terms.target, days)
    forecast = _forecast(phase, EXPECTED)
    credit = _credit(extended, terms, actual)
    yield _cells(
        phase=phase.name,
        milestone=READY,
        site=phase.site,
        tenant=tenant,
        target=_text(terms.target),
        extension_days=days,
        extended=_text(extended),
        forecast=_text(forecast),
        actual=actual.isoformat(),
        reached=reached is not None,
        float_days=None if extended is None or forecast is None else (extended - forecast).days,
        credit_days=credit,
        exposure_cents=_exposure(credit, terms),
        outside_on=terms.outside,
        critical_w=terms.critical_w,
    )
    named = [
        fact.body.milestone
        for fact in phase.facts
        if isinstance(fact.body, LeaseMilestoneReached | LeaseForecastSet)
    ]
    for milestone in dict.fromkeys(named):
        day, expected = phase.reached(milestone), _forecast(phase, (milestone,))
        yield _cells(
            phase=phase.name,
            milestone=milestone,
            site=phase.site,
            tenant=tenant,
            forecast=_text(expected),
            actual=_text(day or phase.as_of),
            reached=day is not None,
            critical_w=terms.critical_w,
            **_OF_READY,
        )


def _forecast(phase: Phase, milestones: Sequence[str]) -> date | None:
    said = [set_.forecast_on for set_ in phase.said(LeaseForecastSet) if set_.milestone in milestones]
    return date.fromisoformat(said[-1]) if said else None


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


# --- dates and money ----------------------------------------------------------------------------------------


def extension_days(phase: Phase, notice_days: int) -> int:
    """Days in the union of the extensions that count."""
    noticed = {delay.delay: delay for delay in phase.said(LeaseDelayNoticed)}
    days: list[Window] = []
    for granted in phase.said(LeaseExtensionGranted):
        if _counts(granted, noticed, notice_days):
            first = date.fromisoformat(granted.from_on).toordinal()
            days.append(Window(first, first + granted.days))
    return total_s(days)


def _counts(granted: LeaseExtensionGranted, noticed: dict[str, LeaseDelayNoticed], notice_days: int) -> bool:
    if granted.delay is UNSET:
        return True
    delay = noticed.get(granted.delay)
    if delay is None:
        return False
    late = date.fromisoformat(delay.noticed_on) - date.fromisoformat(delay.began_on)
    return late.days <= notice_days


def _credit(extended: date | None, terms: PhaseTerms, actual: date) -> int | Literal["erased"] | None:
    if extended is None or terms.tiers is None:
        return None
    return ERASED if terms.tiers == ERASED else credit_days(extended, terms.tiers, actual)


def _exposure(credit: int | Literal["erased"] | None, terms: PhaseTerms) -> int | Literal["erased"] | None:
    if credit is None or terms.rent_cents is None:
        return None
    if isinstance(credit, str) or isinstance(terms.rent_cents, str):
        return ERASED
    return exposure_cents(credit, terms.rent_cents)


def credit_days(extended: date, tiers: Sequence[Tier], actual: date) -> int:
    """Days of rent credited for lateness up to a day."""
    starts = sorted((_tier_start(extended, tier), tier.rent_days_per_day) for tier in tiers)
    nexts = [start for start, _ in starts[1:]]
    return sum(
        rate * max(0, (min(stop, actual) - start).days)
        for (start, rate), stop in zip(starts, [*nexts, date.max], strict=True)
    )


def _tier_start(extended: date, tier: Tier) -> date:
    if tier.after_months is UNSET:
        return days_after(extended, int(tier.after_days or 0))
    return months_after(extended, tier.after_months)


def exposure_cents(credit: int, rent_cents: int) -> int:
    """Credit days at 12/365 of the monthly rent."""
    return rounded(Fraction(credit * rent_cents * 12, 365))


# --- notes --------------------------------------------------------------------------------------------------


def _notes(phase: Phase) -> Iterator[str]:
    named = f"{phase.site}/{phase.name}"
    terms = terms_of(phase)
    noticed = {delay.delay: delay for delay in phase.said(LeaseDelayNoticed)}
    for granted in phase.said(LeaseExtensionGranted):
        if not _counts(granted, noticed, terms.notice_days):
            why = "was noticed late" if granted.delay in noticed else "is not recorded"
            yield (
                f"{named}: {granted.days} days from {granted.from_on} do not count: delay {granted.delay}"
                f" {why}"
            )
    for fact in phase.facts:
        if isinstance(fact.body, LeaseTerminated):
            yield f"{named}: terminated on {phase.day(fact)}: {fact.body.cause}"
    if not phase.said(LeasePhaseOpened):
        yield f"{named}: facts about a phase that is not recorded"
    for said in out_of_order(phase.facts):
        yield f"{named}: {said}"
    if terms.target is not None and terms.tiers is None:
        yield f"{named}: tiers are withheld, so credit and exposure are unknown"
    if ERASED in (terms.tiers, terms.rent_cents):
        yield f"{named}: what its terms said of tiers and rent is erased"


def plain(scope: Scope, cells: Mapping[str, Cell]) -> Mapping[str, str]:
    """The words for the day of a milestone that is not reached."""
    if cells["reached"]:
        return {}
    ended = cells["milestone"] == READY and _was_terminated(cells, scope)
    return {"actual": f"terminated {cells['actual']}" if ended else "not yet"}


# --- picture ------------------------------------------------------------------------------------------------

_KINDS: Final = ("float", "extension", "late", "target", "ready for service", "forecast")
_MOST: Final = 12
_MARGIN_S: Final = 20 * DAY_S


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """The float of each phase: from its extended target back to its forecast, or beyond it; where there are
    many, those with the least float first.
    """
    lines = by_name(COLUMNS, answer.rows)
    ready = [line for line in lines if line["milestone"] == READY and line["extended"] is not None]
    if not ready:
        return ()
    shown = ready if len(ready) <= _MOST else sorted(ready, key=_left)[:_MOST]
    days = [
        day
        for line in shown
        for name in ("target", "extended", "forecast", "actual")
        if (day := _day(line[name]))
    ]
    tz = zone(scope.tz)
    time = around([day_s(day, tz) for day in days], _MARGIN_S, scope.tz)
    lanes = tuple(_lane(line, tz) for line in shown)
    return (
        Lanes("Float until ready for service", _says(ready, shown), time, _KINDS, lanes, scope.window.stop_s),
    )


def _left(line: Line) -> int:
    """Days between a phase's extended target and its actual or expected day; a large number where nothing
    is forecast.
    """
    expected = _day(line["actual"] if line["reached"] else line["forecast"])
    extended = _day(line["extended"])
    assert extended is not None, "only phases with a target date have a lane"
    return (extended - expected).days if expected else 10**6


def _lane(line: Line, tz: ZoneInfo) -> Lane:
    target, extended, forecast = (_day(line[name]) for name in ("target", "extended", "forecast"))
    actual = _day(line["actual"]) if line["reached"] else None
    spans = [("extension", target, extended)]
    expected = actual or forecast
    if expected and extended:
        spans.append(("float", expected, extended) if expected <= extended else ("late", extended, expected))
    stretches = tuple(LanePart(day_s(a, tz), day_s(b, tz), kind) for kind, a, b in spans if a and b and a < b)
    marks = (("target", target), ("forecast", forecast), ("ready for service", actual))
    left = _left(line)
    state = "ready, " if actual else ""
    label = (
        "no forecast"
        if expected is None
        else f"{state}{left} d float"
        if left >= 0
        else f"{state}{-left} d late"
    )
    return Lane(
        f"{line['phase']}",
        stretches,
        tuple(Mark(day_s(day, tz), kind) for kind, day in marks if day),
        label,
    )


def _says(ready: Sequence[Line], shown: Sequence[Line]) -> str:
    came = sum(line["reached"] is True for line in ready)
    late = sum(_left(line) < 0 for line in ready)
    least = min(ready, key=_left)
    many = "" if len(shown) == len(ready) else f" The {len(shown)} with the least float are shown."
    last = "" if _left(least) == 10**6 else f" The least float is {_left(least)} days, of {least['phase']}."
    return (
        f"Phases with a target date: {len(ready)}; ready for service: {came}; late, or expected to be:"
        f" {late}.{last}{many}"
    )


def _day(cell: Cell) -> date | None:
    return None if cell is None else date.fromisoformat(str(cell))


# --- first screen -------------------------------------------------------------------------------------------


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Phases ready for service, those late or expected late, and the cost of lateness."""
    ready = [line for line in by_name(COLUMNS, answer.rows) if line["milestone"] == READY]
    came = [line for line in ready if line["reached"]]
    ended = [line for line in ready if _was_terminated(line, scope)]
    dated = [line for line in ready if line["extended"] is not None and line not in ended]
    late = [(days, line) for line in dated if (days := _days_late(line)) > 0]
    exposure, credit = total(ready, "exposure_cents"), total(ready, "credit_days")
    figures = (
        LeadFigure("Ready for service", f"{len(came):,} of {counted(len(ready), 'phase')}", ""),
        LeadFigure("Late or forecast to be late", f"{len(late):,} of {len(dated):,} with a target date", ""),
        LeadFigure("Least float", min(numbers(dated, "float_days"), default=None), "d"),
        LeadFigure("Days of rent credited", credit, "d"),
        LeadFigure("Exposure", exposure, "cent"),
    )
    if not ready:
        return Lead("No lease phase was opened by the end of this window.", figures)
    held = sum(not isinstance(line["exposure_cents"], int) for line in ready if line["extended"] is not None)
    verdict = sentence(
        _ready(len(came), len(ready)),
        _late(ready, dated, late),
        f"{len(ended):,} {verb(len(ended), 'was', 'were')} terminated" if ended else "",
        f"lateness costs {dollars(exposure)} by now" if exposure else "",
        f"what lateness costs is not known for {counted(held, 'phase')}" if held else "",
    )
    return Lead(verdict, figures)


def _ready(came: int, whole: int) -> str:
    if whole == 1:
        return f"The lease phase is {'' if came else 'not '}ready for service"
    return f"{out_of(came, whole)} lease phases {verb(came or 1, 'is', 'are')} ready for service"


def _late(ready: Sequence[Line], dated: Sequence[Line], late: Sequence[tuple[int, Line]]) -> str:
    if not late:
        return "no target date is missed or forecast to be missed" if dated else "no target date is known"
    days, line = max(late, key=lambda each: (each[0], str(each[1]["site"]), str(each[1]["phase"])))
    if len(ready) == 1:
        how = "came" if line["reached"] else "is, or is forecast to be,"
        return f"it {how} {counted(days, 'day')} late"
    came = sum(line["reached"] is True for _, line in late)
    still = len(late) - came
    told = [
        *([f"{came:,} came late"] if came else []),
        *([f"{still:,} {verb(still, 'is', 'are')} late or forecast to be"] if still else []),
    ]
    worst = f"{line['phase']} at {line['site']} by {counted(days, 'day')}"
    return f"{listed(told)}, {'the most ' if len(late) > 1 else ''}{worst}"


def _was_terminated(line: Line, scope: Scope) -> bool:
    """True where a phase ended before it was ready."""
    as_of = local_date(scope.window.stop_s, zone(scope.zones[str(line["site"])]))
    return not line["reached"] and str(line["actual"]) < as_of.isoformat()


def _days_late(line: Line) -> int:
    """Days beyond the extended target, counted to the actual day, else to today or the forecast, whichever is
    later.
    """
    extended, actual, forecast = (_day(line[name]) for name in ("extended", "actual", "forecast"))
    assert extended is not None, "only phases with a target date can be late"
    assert actual is not None, "every row of ready-for-service has a day"
    expected = actual if line["reached"] or forecast is None else max(actual, forecast)
    return (expected - extended).days


def deadlines(answer: Answer) -> Iterator[Deadline]:
    """Milestones that are not reached, by the day of their terms; and outside dates."""
    for line in by_name(COLUMNS, answer.rows):
        phase, milestone, site = (str(line[name]) for name in ("phase", "milestone", "site"))
        key = f"{phase}/{milestone}/{site}"
        if line["reached"]:
            continue
        due = line["extended"] or line["target"]
        if due is not None:
            told = "" if line["forecast"] is None else f", forecast for {line['forecast']}"
            what = f"{milestone} of {phase} for {line['tenant']}{told}"
            yield Deadline(date.fromisoformat(str(due)), site, what, key)
        if line["outside_on"] is not None:
            what = f"outside date of {phase}: {line['tenant']} may leave after it"
            yield Deadline(date.fromisoformat(str(line["outside_on"])), site, what, key)


REPORT: Final = Report(
    name="lease-dates",
    definition_version=2,
    title="Lease dates and what lateness costs",
    packs=("lease",),
    classes=("lease",),
    sections=True,
    row_kinds=(PHASE, SECTIONED),
    columns=COLUMNS,
    keys=3,
    compute=compute,
    definition=__doc__ or "",
    pictures=pictures,
    lead=lead,
    plain=plain,
    first=("phase", "milestone", "site", "reached", "actual", "extended", "float_days", "exposure_cents"),
    deadlines=deadlines,
)
