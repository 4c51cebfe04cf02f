"""Expenditures: do the investment and the jobs that a tax exemption asks for come before its time is up?

Each exemption has a row for its investment, one for its jobs, one for each category and each purchase, and
one for each class of positions as reported last. Facts before the end of the window are seen, its start hides
nothing; days are of the site's clocks, today is the window's last.

amount       = sum of the purchases that count: made in [starts on, ends on] and not recorded as excluded; the
               others are listed and add to no category and no whole
left         = threshold - amount, not below 0
left days    = days from today until ends on, the last day of the investment period, not below 0
average jobs = qualifying positions, averaged over the days of the investment period until today; a report of
               a class holds until its next, and before the first there are none (own)
at the end   = that average on ends on, if the positions of the last reports are held until then (own)
mean wage    = weekly pay / weekly hours of a class, mean hours = weekly hours / positions; both rounded once,
               half to even

verdict of an investment = reached; open: not reached, and its time is not up; missed: not reached in time
verdict of jobs          = on course or behind: at the end against jobs asked for, until the time is up; then
                           kept or missed
verdict of a purchase    = counted; excluded, as it was recorded; outside: made outside the investment period
verdict of positions     = at the floors: all of them qualify; in part; below: none does

Threshold, jobs, the investment period and the day of proof are those of exemption-granted, else those of its
rule, Ga. Comp. R. & Regs. 560-12-2-.117 under O.C.G.A. 48-8-3(68.1), by the county's population (figures from
published summaries of HB 696 of 2018 and HB 1291 of 2022): more than 50,000 people $250M and 25 jobs; 30,000
to 50,000 $75M and 10; fewer $25M and 5; where the period started before May 9, 2022, $250M, $150M and $100M
with 20 jobs each. The period is seven years, proof is due 60 days after it. That the day on which the period
starts decides between the two is (own). Hours and wage of a qualifying position are the operator's fact.

Worked: $25M and 5 jobs from 2026-01-01; bought 0.4 + 6.0 + 2.1 + 9.5 = $18.0M, and $1.2M of land and $0.3M of
2025 that do not count: on 2026-07-31 $7.0M are left in 2,345 days. 4 positions qualify since April 1 and 2
more since July 1: (4 x 122 + 2 x 31) / 212 days = 2.594 on average, and (550 + 6 x 2,345) / 2,557 = 5.718 at
the end: on course.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Final

from msgspec import UNSET

from ledger.calendar import days_after, zone
from ledger.kinds import PositionsReported
from ledger.units import rounded
from projections.engine.amounts import said
from projections.engine.fold import Key, Rows
from projections.engine.pictures import Layer, Picture, Plot, Time, day_s
from projections.engine.report import (
    Answer,
    Behind,
    Cell,
    Column,
    Deadline,
    Lead,
    LeadFigure,
    Report,
    ReportRow,
    Scope,
    partial_row_of,
)
from projections.engine.words import (
    Line,
    by_name,
    counted,
    dollars,
    number_of,
    numbers,
    out_of,
    sentence,
    verb,
)
from projections.figures.exemptions import COUNTED, Exemption, Purchase, exemptions
from projections.rows.exemptions import EXEMPTION, EXPENDITURE, POSITIONS
from projections.rows.sectioned_facts import ERASED, EXEMPTION_SECTIONS

INVESTMENT: Final = "investment"
JOBS: Final = "jobs"
CATEGORY: Final = "category"
PURCHASE: Final = "purchase"
CLASS: Final = "positions"

_SPENT: Final = (EXEMPTION.name, EXPENDITURE.name)
_PEOPLE: Final = (EXEMPTION.name, POSITIONS.name)

COLUMNS: Final = (
    Column("exemption", "Exemption", "the exemption", unit=""),
    Column("site", "Site", "the site", unit=""),
    Column("part", "Part", "investment, jobs, category, purchase or positions", unit=""),
    Column("name", "Name", "the category, the purchase or the class of positions", unit=""),
    Column(
        "verdict",
        "Verdict",
        "whether it is reached, on course, counted or at the floors",
        unit="",
    ),
    Column(
        "amount_cents", "Amount", "purchases that count; of a purchase its own", unit="cent", draws=_SPENT
    ),
    Column(
        "threshold_cents", "Threshold", "least investment asked for", unit="cent", draws=(EXEMPTION.name,)
    ),
    Column(
        "left_cents",
        "Left",
        "threshold - amount, not below 0",
        unit="cent",
        of=("threshold_cents", "amount_cents"),
    ),
    Column("ends_on", "Ends on", "last day of the investment period", unit="", draws=(EXEMPTION.name,)),
    Column("left_days", "Left days", "from today until ends on, not below 0", unit="d", of=("ends_on",)),
    Column("due_on", "Proof due", "day by which the threshold is shown", unit="", draws=(EXEMPTION.name,)),
    Column(
        "filed_on", "Filed on", "day on which it was shown; null = not yet", unit="", draws=(EXEMPTION.name,)
    ),
    Column(
        "average_jobs_milli",
        "Average jobs",
        "qualifying positions over the days of the investment period until today",
        unit="1/1000",
        draws=_PEOPLE,
    ),
    Column(
        "average_at_end_milli",
        "At the end",
        "the average on ends on, if positions as reported last are held until then (own)",
        unit="1/1000",
        draws=_PEOPLE,
    ),
    Column("jobs", "Jobs", "qualifying positions as reported last", unit="", draws=_PEOPLE),
    Column("jobs_floor", "Jobs asked for", "average asked for", unit="", draws=(EXEMPTION.name,)),
    Column("positions", "Positions", "positions of the class as reported last", unit="", draws=_PEOPLE),
    Column("on", "On", "day of the purchase, or as of which positions were reported", unit=""),
    Column("paid_on", "Paid on", "day of payment; null = not recorded", unit="", draws=_SPENT),
    Column("category", "Category", "what was bought, by kind", unit="", draws=_SPENT),
    Column("excluded", "Excluded", "why it is not to be counted", unit="", draws=_SPENT),
    Column("vendor", "Vendor", "alias of the vendor; null where withheld", unit="", draws=_SPENT),
    Column("what", "What", "what was bought; null where withheld", unit="", draws=_SPENT),
    Column("weekly_hours_milli", "Mean hours", "weekly hours / positions", unit="1/1000", draws=_PEOPLE),
    Column("hours_floor", "Hours floor", "least weekly hours of a position", unit="", draws=_PEOPLE),
    Column(
        "wage_cents",
        "Mean wage",
        "weekly pay / weekly hours; null where withheld",
        unit="cent",
        draws=_PEOPLE,
    ),
    Column("wage_floor_cents", "Wage floor", "least wage an hour", unit="cent", draws=_PEOPLE),
    Column("authority", "Authority", "who granted the exemption", unit="", draws=(EXEMPTION.name,)),
    Column("rule", "Rule", "section of the rule, or other", unit="", draws=(EXEMPTION.name,)),
)
_cells: Final = partial_row_of(COLUMNS)


def compute(rows: Rows, scope: Scope) -> Answer:
    """By site and exemption: investment, jobs, categories, purchases by day, classes of positions."""
    lines: list[ReportRow] = []
    notes: list[str] = []
    for one in exemptions(rows, scope):
        lines += [_investment(one), _jobs(one), *_categories(one)]
        lines += [_purchase(one, purchase) for purchase in one.purchases]
        lines += [_class(one, name) for name in sorted(one.positions)]
        notes += _notes(one)
    return Answer(tuple(lines), tuple(notes))


def _investment(one: Exemption) -> ReportRow:
    terms, spent = one.terms, one.spent_cents
    return _cells(
        exemption=one.name,
        site=one.site,
        part=INVESTMENT,
        verdict=_reached(one),
        amount_cents=spent,
        threshold_cents=terms.threshold_cents,
        left_cents=max(0, terms.threshold_cents - spent),
        ends_on=terms.ends_on.isoformat(),
        left_days=max(0, (terms.ends_on - one.today).days),
        due_on=terms.due_on.isoformat(),
        filed_on=one.filed_on,
        authority=one.granted.authority,
        rule=terms.section,
    )


def _reached(one: Exemption) -> str:
    if one.spent_cents >= one.terms.threshold_cents:
        return "reached"
    return "open" if one.today <= one.terms.ends_on else "missed"


def _jobs(one: Exemption) -> ReportRow:
    average, at_end, terms = one.average_jobs, one.average_at_end, one.terms
    names = ("on course", "behind") if one.today <= terms.ends_on else ("kept", "missed")
    return _cells(
        exemption=one.name,
        site=one.site,
        part=JOBS,
        verdict=None if at_end is None else names[at_end < terms.jobs],
        ends_on=terms.ends_on.isoformat(),
        left_days=max(0, (terms.ends_on - one.today).days),
        average_jobs_milli=_milli(average),
        average_at_end_milli=_milli(at_end),
        jobs=sum(reports[max(reports)][0].qualifying for reports in one.positions.values()),
        jobs_floor=terms.jobs,
        positions=sum(reports[max(reports)][0].positions for reports in one.positions.values()),
        hours_floor=terms.min_weekly_hours,
        wage_floor_cents=terms.wage_floor_cents,
        authority=one.granted.authority,
        rule=terms.section,
    )


def _milli(value: Fraction | None) -> int | None:
    return None if value is None else rounded(value * 1000)


def _categories(one: Exemption) -> Iterator[ReportRow]:
    sums: dict[str, int] = defaultdict(int)
    for purchase in one.purchases:
        sums[purchase.body.category] += purchase.counted_cents
    for category in sorted(sums):
        yield _cells(
            exemption=one.name,
            site=one.site,
            part=CATEGORY,
            name=category,
            amount_cents=sums[category],
            category=category,
        )


def _purchase(one: Exemption, purchase: Purchase) -> ReportRow:
    body = purchase.body
    return _cells(
        exemption=one.name,
        site=one.site,
        part=PURCHASE,
        name=purchase.name,
        verdict=purchase.verdict,
        excluded=_known(body.excluded),
        amount_cents=body.amount_cents,
        on=body.incurred_on,
        paid_on=_known(body.paid_on),
        category=body.category,
        vendor=_section(body.vendor, erased=purchase.erased),
        what=_section(body.what, erased=purchase.erased),
    )


def _class(one: Exemption, name: str) -> ReportRow:
    reports = one.positions[name]
    last, erased = reports[max(reports)]
    return _cells(
        exemption=one.name,
        site=one.site,
        part=CLASS,
        name=name,
        verdict="at the floors"
        if last.qualifying == last.positions
        else "in part"
        if last.qualifying
        else "below",
        jobs=last.qualifying,
        positions=last.positions,
        on=last.as_of_on,
        weekly_hours_milli=rounded(Fraction(1000 * last.weekly_hours, last.positions))
        if last.positions
        else None,
        hours_floor=one.terms.min_weekly_hours,
        wage_cents=_wage_cents(last, erased=erased),
        wage_floor_cents=one.terms.wage_floor_cents,
    )


def _wage_cents(last: PositionsReported, *, erased: bool) -> int | str | None:
    pay = _section(last.weekly_pay_cents, erased=erased)
    if isinstance(pay, int) and last.weekly_hours:
        return rounded(Fraction(pay, last.weekly_hours))
    return pay if isinstance(pay, str) else None


def _section(value: Any, *, erased: bool) -> Any:
    """A value that is kept in a section; what is erased says so, what is withheld is null."""
    return value if value is not UNSET else ERASED if erased else None


def _known(value: Any) -> Any:
    return None if value is UNSET else value


def _notes(one: Exemption) -> Iterator[str]:
    named = f"{one.site}/{one.name}"
    out = [purchase for purchase in one.purchases if purchase.verdict != COUNTED]
    if out:
        amount = dollars(sum(purchase.body.amount_cents for purchase in out))
        yield f"{named}: {counted(len(out), 'purchase')} of {amount} {verb(len(out), 'does', 'do')} not count"
    if one.terms.min_weekly_hours is None or one.terms.wage_floor_cents is None:
        yield f"{named}: hours or wage of a qualifying position are not recorded; reports stand as they are"
    late = one.filed_on or one.today.isoformat()
    if late > one.terms.due_on.isoformat():
        filed = f"was filed on {one.filed_on}" if one.filed_on else "is not filed"
        yield f"{named}: proof was due on {one.terms.due_on} and {filed}"


def behind(rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: str) -> Behind:
    """The purchases, or the reports of positions, that a row is about."""
    part, name = cells["part"], cells["name"]

    def counts(kind: str, key: Key) -> bool:
        if kind == EXPENDITURE.name:
            return (
                part == INVESTMENT
                or (part == PURCHASE and key[2] == name)
                or (part == CATEGORY and _is_of(key))
            )
        if kind == POSITIONS.name:
            return part == JOBS or (part == CLASS and key[2] == name)
        return True

    def _is_of(key: Key) -> bool:
        return any(fact.body.category == name for fact in rows[EXPENDITURE.name][key])

    return Behind(counts)


# --- first screen -------------------------------------------------------------------------------------------


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Exemptions whose investment is reached, what is left and until when, and the average of jobs."""
    lines = by_name(COLUMNS, answer.rows)
    whole = [line for line in lines if line["part"] == INVESTMENT]
    jobs = [line for line in lines if line["part"] == JOBS]
    unmet = [line for line in whole if line["verdict"] == "open"]
    figures = (
        LeadFigure("Counted", sum(numbers(whole, "amount_cents")) if whole else None, "cent"),
        LeadFigure("Threshold", sum(numbers(whole, "threshold_cents")) if whole else None, "cent"),
        LeadFigure("Left", sum(numbers(whole, "left_cents")) if whole else None, "cent"),
        LeadFigure("Fewest days left", min(numbers(unmet, "left_days"), default=None), "d"),
        LeadFigure("Average jobs", _average(jobs), ""),
    )
    if not whole:
        return Lead(
            "No exemption that asks for an investment was granted by the end of this window.", figures
        )
    verdict = sentence(
        _of_one(whole[0]) if len(whole) == 1 else _of_all(whole),
        _jobs_of_one(jobs[0]) if len(jobs) == 1 else _jobs_of_all(jobs),
    )
    return Lead(verdict, figures)


def _average(jobs: Sequence[Line]) -> str | None:
    known = [line for line in jobs if line["average_jobs_milli"] is not None]
    if not known:
        return None
    floor = sum(numbers(known, "jobs_floor"))
    return f"{said(sum(numbers(known, 'average_jobs_milli')), '1/1000')} of {floor:,}"


def _of_one(line: Line) -> str:
    amount, threshold = (dollars(number_of(line, name) or 0) for name in ("amount_cents", "threshold_cents"))
    if line["verdict"] == "reached":
        return f"{amount} counts toward a threshold of {threshold}, which is reached"
    left = dollars(number_of(line, "left_cents") or 0)
    if line["verdict"] == "missed":
        return f"{amount} counted toward a threshold of {threshold} by {line['ends_on']}, {left} too little"
    days = counted(number_of(line, "left_days") or 0, "day")
    return f"{amount} counts toward a threshold of {threshold}; {left} is left to spend in {days}"


def _of_all(whole: Sequence[Line]) -> str:
    reached = sum(line["verdict"] == "reached" for line in whole)
    missed = sum(line["verdict"] == "missed" for line in whole)
    unmet = [line for line in whole if line["verdict"] == "open"]
    found = [f"{out_of(reached, len(whole))} exemptions have reached their thresholds"]
    if missed:
        found.append(f"{missed:,} missed {verb(missed, 'its threshold', 'theirs')}")
    if unmet:
        first = min(unmet, key=lambda line: (line["ends_on"], line["site"], line["exemption"]))
        left, days = (
            dollars(number_of(first, "left_cents") or 0),
            counted(number_of(first, "left_days") or 0, "day"),
        )
        named = f"{first['exemption']} at {first['site']}"
        found.append(f"the next to end is {named}, with {left} left to spend in {days}")
    return "; ".join(found)


def _jobs_of_one(line: Line) -> str:
    average, at_end = number_of(line, "average_jobs_milli"), number_of(line, "average_at_end_milli")
    if average is None or at_end is None:
        return "its investment period has not begun"
    words = f"{said(average, '1/1000')} jobs on average, of {line['jobs_floor']} asked for"
    if line["verdict"] in ("kept", "missed"):
        return words
    return f"{words}, and {said(at_end, '1/1000')} at the end if those of now are held"


def _jobs_of_all(jobs: Sequence[Line]) -> str:
    known = [line for line in jobs if line["average_jobs_milli"] is not None]
    good = sum(line["verdict"] in ("on course", "kept") for line in known)
    return f"jobs are enough or on course in {good:,} of {len(known):,}" if known else ""


def plain(scope: Scope, cells: Mapping[str, Cell]) -> Mapping[str, str]:
    """Words for what is not there."""
    words = {}
    if cells["part"] == INVESTMENT and cells["filed_on"] is None:
        words["filed_on"] = "not yet"
    if cells["part"] == PURCHASE:
        words |= {name: "withheld" for name in ("vendor", "what") if cells[name] is None}
    return words


# --- deadlines and picture ----------------------------------------------------------------------------------


def deadlines(answer: Answer) -> Iterator[Deadline]:
    """Amounts that are left to spend, by the investment period's last day, and the proof of the threshold."""
    for line in by_name(COLUMNS, answer.rows):
        if line["part"] != INVESTMENT:
            continue
        key, site = f"{line['exemption']}/{line['site']}/{INVESTMENT}", str(line["site"])
        left = number_of(line, "left_cents")
        if left:
            what = f"spend {dollars(left)} more under exemption {line['exemption']}"
            yield Deadline(date.fromisoformat(str(line["ends_on"])), site, what, key, lapses=True)
        if line["filed_on"] is None:
            what = f"show {line['authority']} that exemption {line['exemption']} met its threshold"
            yield Deadline(date.fromisoformat(str(line["due_on"])), site, what, key)


_MOST: Final = 4


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """Counted expenditures over time against the threshold, of each exemption whose period has begun; of
    many, those that end first.
    """
    found = sorted(exemptions(rows, scope), key=lambda one: (one.terms.ends_on, one.site, one.name))
    axes = ((one, _axis(one, scope)) for one in found)
    begun = [(one, axis) for one, axis in axes if axis.start_s < min(axis.stop_s, scope.window.stop_s)]
    return tuple(_plot(one, axis, scope.window.stop_s) for one, axis in begun[:_MOST])


def _axis(one: Exemption, scope: Scope) -> Time:
    """The investment period by the site's clocks."""
    name = scope.zones[one.site]
    first, after = one.terms.starts_on, days_after(one.terms.ends_on, 1)
    return Time(day_s(first, zone(name)), day_s(after, zone(name)), name)


def _plot(one: Exemption, axis: Time, now_s: int) -> Plot:
    tz, terms, start_s = zone(axis.tz), one.terms, axis.start_s
    spent, points = 0, {start_s: 0}
    for purchase in one.purchases:
        if purchase.verdict == COUNTED:
            spent += purchase.counted_cents
            points[day_s(date.fromisoformat(purchase.body.incurred_on), tz)] = spent
    until: tuple[tuple[int, int | None], ...] = ((now_s, None),)
    known = tuple(points.items()) + (until if max(points) < now_s < axis.stop_s else ())
    says = (
        f"{dollars(spent)} of {dollars(terms.threshold_cents)} counts under {one.name} at {one.site};"
        f" its investment period ends on {terms.ends_on}."
    )
    layers = (
        Layer("counted", "step", known),
        Layer("threshold", "step", ((start_s, terms.threshold_cents),)),
    )
    title = f"Investment under {one.name} at {one.site}"
    return Plot(title, says, axis, "Amount", "cent", layers, moment_s=now_s)


REPORT: Final = Report(
    name="expenditures",
    definition_version=1,
    title="Expenditures and jobs under tax exemptions",
    packs=("exemption",),
    classes=("community",),
    row_kinds=(EXEMPTION, EXPENDITURE, POSITIONS, EXEMPTION_SECTIONS),
    columns=COLUMNS,
    keys=4,
    compute=compute,
    definition=__doc__ or "",
    sections=True,
    behind=behind,
    lead=lead,
    plain=plain,
    first=("exemption", "site", "part", "name", "verdict", "amount_cents", "left_cents"),
    pictures=pictures,
    deadlines=deadlines,
)
