"""Registration: is each large load registered where it must be, is every item answered, and what is due?

Each site in each registry that asks for it has a row for the registration itself, one for each version that
a later one replaced, and one for each item asked.
Facts before the end of the window are seen, its start hides nothing; days are of the site's clocks, today is
the window's last.

must register = the site's balancing authority is one of the registry's; total load (under contract, else
                energized) is more than the registry's threshold, or reaches it where the rule says so; for
                mining, a mining block is in service and interruptible load has the least share. An operator
                overrides the numbers, and whether it applies, with registration-terms-set. A site that filed,
                must
interruptible = capacity of interruptible blocks in service, at most the annual peak; share = it / annual
                peak; annual peak = the highest metered interval of the calendar year before, where all of it
                has readings, else the peak forecast for this year, else the capacity in service (own)
last year     = revenue meters of the site over the calendar year before, from the first energized power on
forecast      = one item for each year from this one on; the peak of the year, else the higher of its summer
                and winter
due           = of a registration: once filed, the renewal day of the year after it, where one is set, else 12
                months later; before, the working day after power came (Monday to Friday, own), but not before
                the registry's first day. Of an item out of date: the day of the change + update days, where
                set; else null

status of a registration = filed, to be filed, overdue (its due date is past), below (it need not register),
                           not in force (the text is a draft: nothing is owed by it)
status of an item        = answered; out of date: changed after the last version was filed; incomplete: known
                           for a part of its time; missing

Owners, address and contact stand in sections that this report does not read: it says that they are recorded,
and the report registrant prints them. Items and numbers of the registries, with their sections and states,
are one table: 16 TAC 25.114 (a), (b), (c)(1) to (5) and Utilities Code 39.361 and 37.0561(a) to (d) as read;
the rest, marked so, is from secondary sources. That a registration is renewed yearly is from summaries; no
text with its day, or with the days for a change, was at hand.

Worked: 90 MW under contract since June 2, 2025, all of it interruptible mining, energized on Monday, January
5, 2026: due by January 6. Forecast 90, 120, 120 MW for 2026 to 2028, filed on February 14, renewal by March
1: on October 31, 13 of 16 items are answered; state-filing, forecast-2029 and forecast-2030 are missing; due
on March 1, 2027.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Final

from ledger.calendar import days_after
from ledger.kinds import RegistrationFiled
from ledger.kinds.registries import FORECAST, REGISTRIES
from projections.engine.amounts import said
from projections.engine.fold import Key, Rows
from projections.engine.pictures import Layer, Names, Picture, Plot
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
from projections.engine.words import Line, by_name, counted, listed, out_of, percent, sentence, verb
from projections.figures.metered_load import days_of
from projections.figures.registered_site import RegisteredSite
from projections.figures.registration_answers import (
    ANSWERED,
    INCOMPLETE,
    MISSING,
    OUT_OF_DATE,
    ItemAnswer,
    answers,
)
from projections.figures.registrations import Registration, registrations
from projections.rows.blocks import BLOCK
from projections.rows.generators import GENERATOR
from projections.rows.large_loads import FORECAST as PEAKS
from projections.rows.meters import METER, METER_DAY, positions
from projections.rows.programs import PROGRAM
from projections.rows.registrations import REGISTRATION, REGISTRATION_SECTIONS, REGISTRATION_SOURCES
from projections.rows.site_power import POWER, requested_w
from projections.rows.sites import SITE

FILING: Final = "registration"
FILED: Final = "filed"
TO_FILE: Final = "to be filed"
OVERDUE: Final = "overdue"
BELOW: Final = "below"
DRAFT: Final = "not in force"
REPLACED: Final = "replaced"

COLUMNS: Final = (
    Column("site", "Site", "the site", unit=""),
    Column("registry", "Registry", "the registry", unit=""),
    Column("item", "Item", "registration, an earlier version, or the item asked for", unit=""),
    Column("status", "Status", "where it stands", unit=""),
    Column("answer", "Answer", "the answer in words; null where there is none", unit=""),
    Column("evidence", "Evidence", "the latest fact that it rests on, by kind and day", unit=""),
    Column("section", "Section", "section of the rule that asks", unit=""),
    Column("due_on", "Due", "day by which it is filed, or renewed; null where none is set", unit=""),
    Column("asks", "Asks", "what is asked for", unit=""),
    Column("power_w", "Power", "the power answered", unit="W"),
    Column("energy_wh", "Energy", "the energy answered", unit="Wh"),
    Column(
        "share_ppm", "Share", "interruptible of the annual peak; generation of the total load", unit="ppm"
    ),
    Column("known_on", "Known on", "day of the latest fact that it rests on", unit=""),
    Column("document_sha256", "Document", "SHA-256 of the document of that fact", unit=""),
    Column("version", "Version", "version filed last", unit=""),
    Column("number", "Number", "the authority's number of it", unit=""),
    Column("filed_on", "Filed on", "day on which it was filed", unit=""),
    Column(
        "late_days",
        "Late days",
        "today - due, not below 0; null without a due date",
        unit="d",
        of=("due_on",),
    ),
    Column("source", "Source", "text read, or secondary source", unit=""),
    Column("rule", "Rule", "the registry's rule", unit=""),
    Column("rule_state", "State of the rule", "what holds of it on the window's last day", unit=""),
)
_cells: Final = partial_row_of(COLUMNS)


def compute(rows: Rows, scope: Scope) -> Answer:
    """By site and registry: the registration, then its items in the rule's order."""
    lines: list[ReportRow] = []
    notes: list[str] = []
    for site in _sites(rows, scope):
        for one in registrations(site):
            lines += [_filing(site, one), *(_replaced(site, one, version) for version in one.earlier)]
            if one.below is None:
                lines += [_item(site, one, item) for item in answers(site, one)]
            if not one.state.in_force and one.below is None:
                notes.append(f"{one.registry.title}: {one.state.status}")
    return Answer(tuple(lines), tuple(dict.fromkeys(notes)))


def _sites(rows: Rows, scope: Scope) -> Iterator[RegisteredSite]:
    days = days_of(rows)
    return (RegisteredSite(site, rows, scope, days) for site in scope.sites)


def _filing(site: RegisteredSite, one: Registration) -> ReportRow:
    filed, due_on = one.filed, one.due_on
    fact = next((f for f in reversed(site.facts) if f.body is filed), None) if filed else None
    document = None if filed is None else filed.document_sha256 or None
    return _cells(
        site=site.site,
        registry=one.name,
        item=FILING,
        status=_status(site, one),
        answer=_filing_words(site, one),
        evidence=None if fact is None else site.evidence(fact),
        section=next((item.section for item in one.registry.items if item.item == "contracted"), None),
        due_on=None if due_on is None else due_on.isoformat(),
        asks=f"registration with {one.registry.filed_with}",
        power_w=site.total_w,
        share_ppm=site.interruptible_ppm if one.registry.mining else None,
        known_on=None if fact is None else site.day(fact.at_s).isoformat(),
        document_sha256=document or (None if fact is None else site.sources.get(fact.pos)),
        version=None if filed is None else filed.version,
        number=None if filed is None else filed.number or None,
        filed_on=None if filed is None else filed.filed_on,
        late_days=_late(site, due_on),
        rule=one.registry.title,
        rule_state=one.state.status,
    )


def _replaced(site: RegisteredSite, one: Registration, filed: RegistrationFiled) -> ReportRow:
    """A version that a later one replaced."""
    fact = next(fact for fact in site.facts if fact.body is filed)
    number = f", number {filed.number}" if filed.number else ""
    return _cells(
        site=site.site,
        registry=one.name,
        item=f"version-{filed.version}",
        status=REPLACED,
        answer=f"version {filed.version}{number}, filed {filed.filed_on}",
        evidence=site.evidence(fact),
        known_on=site.day(fact.at_s).isoformat(),
        document_sha256=filed.document_sha256 or site.sources.get(fact.pos),
        version=filed.version,
        number=filed.number or None,
        filed_on=filed.filed_on,
        rule=one.registry.title,
        rule_state=one.state.status,
    )


def _late(site: RegisteredSite, due_on: date | None) -> int | None:
    return None if due_on is None else max(0, (site.today - due_on).days)


def _status(site: RegisteredSite, one: Registration) -> str:
    if one.below is not None:
        return BELOW
    if one.due_on is not None and one.due_on < site.today:
        return OVERDUE
    if one.filed is not None:
        return FILED
    return TO_FILE if one.state.in_force else DRAFT


def _filing_words(site: RegisteredSite, one: Registration) -> str:
    due = "" if one.due_on is None else f"; {'renewal' if one.filed else 'filing'} due {one.due_on}"
    if one.filed is not None:
        number = f", number {one.filed.number}" if one.filed.number else ""
        return f"version {one.filed.version}{number}, filed {one.filed.filed_on}{due}"
    load, least = said(site.total_w or 0, "W"), said(one.terms.threshold_w, "W")
    if one.below == "load":
        return f"{load} is not more than {least}" if one.registry.above else f"{load} is less than {least}"
    if one.below == "share":
        share, floor = percent(site.interruptible_ppm or 0), percent(one.terms.interruptible_ppm)
        return f"{share} of the annual peak is interruptible, less than {floor}"
    if one.below is not None:
        return one.below
    return (f"{load} is more than {least}" if one.registry.above else f"{load} reaches {least}") + due


def _item(site: RegisteredSite, one: Registration, found: ItemAnswer) -> ReportRow:
    reply, due_on = found.reply, _item_due_on(site, one, found)
    known_on = None if reply is None or reply.at_s is None else site.day(reply.at_s).isoformat()
    return _cells(
        site=site.site,
        registry=one.name,
        item=found.item,
        status=found.status,
        answer=None if reply is None else reply.words,
        evidence=None if reply is None else reply.evidence,
        section=found.asked.section,
        due_on=None if due_on is None else due_on.isoformat(),
        asks=found.asked.asks,
        power_w=None if reply is None else reply.power_w,
        energy_wh=None if reply is None else reply.energy_wh,
        share_ppm=None if reply is None else reply.share_ppm,
        known_on=known_on,
        document_sha256=None if reply is None else reply.sha256,
        late_days=_late(site, due_on),
        source="text read" if found.asked.read else "secondary source",
        rule=one.registry.title,
        rule_state=one.state.status,
    )


def _item_due_on(site: RegisteredSite, one: Registration, found: ItemAnswer) -> date | None:
    """The day by which a change is filed."""
    days, reply = one.terms.update_days, found.reply
    if found.status != OUT_OF_DATE or days is None or reply is None or reply.at_s is None:
        return None
    return days_after(site.day(reply.at_s), days)


_ALWAYS: Final = (SITE.name, POWER.name, BLOCK.name, REGISTRATION.name, REGISTRATION_SOURCES.name)
_OF_ITEM: Final[dict[str, tuple[str, ...]]] = {
    FILING: (METER.name, METER_DAY.name, PEAKS.name),
    "interruptible": (METER.name, METER_DAY.name, PEAKS.name),
    "last-year-peak": (METER.name, METER_DAY.name),
    "last-year-energy": (METER.name, METER_DAY.name),
    "interruptible-by": (PROGRAM.name,),
    "backup-generation": (GENERATOR.name,),
    "own-supply": (GENERATOR.name,),
    "owners": (REGISTRATION_SECTIONS.name,),
    "address": (REGISTRATION_SECTIONS.name,),
    "contact": (REGISTRATION_SECTIONS.name,),
    "parallel-requests": (REGISTRATION_SECTIONS.name,),
}


def behind(rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: str) -> Behind:
    """The facts by which the site must register, and those of the item; readings are those of the year
    before.
    """
    item = str(cells["item"])
    year = item.removeprefix(f"{FORECAST}-")
    kinds = {*_ALWAYS, *((PEAKS.name,) if year != item else _OF_ITEM.get(item, ()))}

    def counts(kind: str, key: Key) -> bool:
        own = kind != PEAKS.name or year in (item, key[1])
        return kind in kinds and kind != METER_DAY.name and own

    if METER_DAY.name not in kinds:
        return Behind(counts)
    (site,) = _sites(rows, scope._replace(sites=(str(cells["site"]),)))
    return Behind(counts, also=tuple(_readings(rows, site)))


def _readings(rows: Rows, site: RegisteredSite) -> Iterator[tuple[str, int]]:
    """The readings of a site in the year before, by stream and position."""
    year = str(site.use.year)
    near = (f"{int(year) - 1}-12-31", year, f"{int(year) + 1}-01-01")
    for (place, _, day), row in sorted(rows[METER_DAY.name].items()):
        if place == site.site and day.startswith(near):
            yield from ((f"{place}/grid", pos) for pos in dict.fromkeys(positions(row)))


# --- first screen -------------------------------------------------------------------------------------------


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Number of items answered, what is missing, and what is due next, of the rules in force; then the drafts."""
    lines = [line for line in by_name(COLUMNS, answer.rows) if line["status"] != BELOW]
    drafts = {_order(line) for line in lines if line["status"] == DRAFT}
    owed = [line for line in lines if _order(line) not in drafts]
    filings = sorted((line for line in owed if line["item"] == FILING), key=_order)
    items = [line for line in owed if line["item"] != FILING and line["status"] != REPLACED]
    done = sum(line["status"] == ANSWERED for line in items)
    due = sorted(str(line["due_on"]) for line in owed if line["due_on"] is not None)
    figures = (
        LeadFigure("Registrations", len(filings), ""),
        LeadFigure("Answered", f"{done:,} of {len(items):,} items" if items else None, ""),
        LeadFigure("Missing", sum(line["status"] in (MISSING, INCOMPLETE) for line in items), ""),
        LeadFigure("Out of date", sum(line["status"] == OUT_OF_DATE for line in items), ""),
        LeadFigure("Due first", due[0] if due else None, ""),
    )
    named = "registry" if len(drafts) == 1 else "registries"
    more = f"{len(drafts):,} more {named} {verb(len(drafts), 'is', 'are')} not in force yet"
    return Lead(sentence(*_verdict(filings, items), more if drafts else ""), figures)


def _verdict(filings: Sequence[Line], items: Sequence[Line]) -> Iterator[str]:
    if not filings:
        yield "No site in scope must register as a large load by the end of this window"
    elif len(filings) == 1:
        yield _counts(items)
        yield from _gaps(items)
        yield from _changes(items)
        yield _of_one(filings[0])
    else:
        sites = len({line["site"] for line in filings})
        yield f"{_counts(items)} in {counted(len(filings), 'registration')} of {counted(sites, 'site')}"
        yield from _changes(items)
        yield from _of_all(filings)


def _order(line: Line) -> tuple[str, str]:
    return str(line["site"]), str(line["registry"])


def _counts(items: Sequence[Line]) -> str:
    done = sum(line["status"] == ANSWERED for line in items)
    return f"{out_of(done, len(items))} items {verb(done, 'is', 'are')} answered"


def _gaps(items: Sequence[Line]) -> Iterator[str]:
    for status in (MISSING, INCOMPLETE, OUT_OF_DATE):
        named = sorted(str(line["item"]) for line in items if line["status"] == status)
        years = [int(item.partition("-")[2]) for item in named if item.startswith(f"{FORECAST}-")]
        words = [item for item in named if not item.startswith(f"{FORECAST}-")]
        words += [f"{FORECAST} {_spans(years)}"] if years else []
        if words:
            yield f"{listed(words)} {verb(len(named), 'is', 'are')} {status}"


def _spans(years: Sequence[int]) -> str:
    """``2027, 2029-2030``"""
    runs = (
        [year for _, year in run] for _, run in groupby(enumerate(years), key=lambda one: one[1] - one[0])
    )
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)


def _changes(items: Sequence[Line]) -> Iterator[str]:
    """Changes that are not filed and whose day is past: they are due beside the registrations."""
    late = [line for line in items if line["late_days"]]
    if late:
        first = min(late, key=lambda line: (str(line["due_on"]), *_order(line)))
        yield (
            f"{counted(len(late), 'change')} {verb(len(late), 'is', 'are')} overdue{_longest(late)} since"
            f" {first['due_on']} ({first['site']}, {_short(first)})"
        )


def _longest(late: Sequence[Line]) -> str:
    return ", the longest" if len(late) > 1 else ""


def _of_one(line: Line) -> str:
    if line["filed_on"] is None:
        what = "it is not filed"
        return f"{what} and was due {line['due_on']}" if line["status"] == OVERDUE else _due_words(line, what)
    filed = f"filed {line['filed_on']}"
    if line["due_on"] is None:
        return filed
    return f"{filed}, renewal {verb(line['status'] != OVERDUE, 'due', 'was due')} {line['due_on']}"


def _due_words(line: Line, what: str) -> str:
    return (
        f"{what}, due {line['due_on']}" if line["due_on"] is not None else f"{what} and no day for it is set"
    )


def _of_all(filings: Sequence[Line]) -> Iterator[str]:
    overdue = [line for line in filings if line["status"] == OVERDUE]
    if overdue:
        first = min(overdue, key=lambda line: (str(line["due_on"]), *_order(line)))
        yield (
            f"{counted(len(overdue), 'registration')} {verb(len(overdue), 'is', 'are')} overdue{_longest(overdue)} since {first['due_on']}"
            f" ({first['site']}, {_short(first)})"
        )
    ahead = [line for line in filings if line["due_on"] is not None and line["status"] != OVERDUE]
    if ahead:
        first = min(ahead, key=lambda line: (str(line["due_on"]), *_order(line)))
        yield f"the next is due {first['due_on']} ({first['site']}, {_short(first)})"


def _short(line: Mapping[str, Cell]) -> str:
    return next(one.short for name, one in REGISTRIES.items() if name == line["registry"])


def plain(scope: Scope, cells: Mapping[str, Cell]) -> Mapping[str, str]:
    """Registries by their names; of one below its threshold that it need not be registered in."""
    words = {"registry": _short(cells)}
    return words | ({"status": "need not register"} if cells["status"] == BELOW else {})


# --- deadlines and picture ----------------------------------------------------------------------------------


def deadlines(answer: Answer) -> Iterator[Deadline]:
    """Registrations and renewals, and changes to be filed by one day together."""
    due = [line for line in by_name(COLUMNS, answer.rows) if line["due_on"] is not None]
    for (_, _, _, filing), together in groupby(due, key=_together):
        lines = list(together)
        first, more = lines[0], len(lines) - 1
        key = "/".join(str(first[name]) for name in ("site", "registry", "item"))
        if not filing:
            rest = f" and {counted(more, 'item')} more" if more else ""
            what = f"file the change of {first['item']}{rest} under {_short(first)}"
        elif first["filed_on"] is None:
            what = f"register: {first['rule']}"
        else:
            what = f"renew the registration: {first['rule']}"
        yield Deadline(date.fromisoformat(str(first["due_on"])), str(first["site"]), what, key)


def _together(line: Line) -> tuple[str, str, str, bool]:
    return (*_order(line), str(line["due_on"]), line["item"] == FILING)


_MOST: Final = 3


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """The megawatt ladder of each site that registers, and the peaks that it forecast against its contract; of
    many, the first.
    """
    lines = by_name(COLUMNS, answer.rows)
    named = sorted({str(line["site"]) for line in lines if line["status"] != BELOW})[:_MOST]
    years = {
        str(line["site"]): int(str(line["item"])[-4:])
        for line in lines
        if str(line["item"]).startswith(FORECAST)
    }
    found: list[Picture] = []
    for site in _sites(rows, scope._replace(sites=tuple(named))):
        found.append(_ladder(site))
        if site.site in years:
            found.append(_forecast(site, years[site.site]))
    return tuple(found)


def _ladder(site: RegisteredSite) -> Plot:
    steps = {
        "requested": requested_w(site.power, site.last_s),
        "contracted": site.contracted_w,
        "energized": site.energized_w,
        "in service": site.in_service_w,
        "interruptible": site.interruptible_w,
    }
    bars = Layer("power", "bar", tuple(enumerate(steps.values())))
    says = _said(site.site, steps)
    return Plot(f"Megawatts of {site.site}", says, Names("", tuple(steps)), "Power", "W", (bars,))


def _forecast(site: RegisteredSite, last: int) -> Plot:
    """The peak of the year before as metered, then the years to come as forecast."""
    peaks = {f"{site.use.year} (metered)": site.use.peak_w}
    for year in range(site.today.year, last + 1):
        peaks[f"{year}"] = site.peak_of(site.forecasts[year]) if year in site.forecasts else None
    contract = tuple((n, site.contracted_w) for n in range(len(peaks)))
    layers = (Layer("peak", "bar", tuple(enumerate(peaks.values()))), Layer("contracted", "line", contract))
    says = _said(f"Highest load of {site.site}", peaks, "in ")
    return Plot(f"Peak forecast of {site.site}", says, Names("", tuple(peaks)), "Power", "W", layers)


def _said(about: str, steps: Mapping[str, int | None], link: str = "") -> str:
    known = [f"{said(watts, 'W')} {link}{name}" for name, watts in steps.items() if watts is not None]
    unknown = [name for name, watts in steps.items() if watts is None]
    return sentence(
        f"{about}: {listed(known)}" if known else f"{about} is unknown",
        f"{listed(unknown)} {verb(len(unknown), 'is', 'are')} unknown" if known and unknown else "",
    )


REPORT: Final = Report(
    name="registration",
    definition_version=1,
    title="Registration of large loads",
    packs=("registration",),
    classes=("grid",),
    row_kinds=(
        SITE,
        POWER,
        BLOCK,
        GENERATOR,
        PROGRAM,
        METER,
        METER_DAY,
        PEAKS,
        REGISTRATION,
        REGISTRATION_SECTIONS,
        REGISTRATION_SOURCES,
    ),
    columns=COLUMNS,
    keys=3,
    compute=compute,
    definition=__doc__ or "",
    behind=behind,
    lead=lead,
    plain=plain,
    first=("site", "registry", "item", "status", "answer", "evidence"),
    pictures=pictures,
    deadlines=deadlines,
)
