"""Generator hours: how long each backup generator ran, why, and how many hours it has left.

One row for each registered generator and calendar year (by the site's clocks) of which a day begins in the
window. Its figures are of the whole year up to as-of, also before the window's start. A run is [started,
stopped), one that goes on runs until as-of; the runs of a generator are disjoint, so that the hours by
reason add up to run.

counted       = maintenance and tests + not an emergency + demand response + directives that are not
                exempt; at most 100 h (40 CFR 63.6640(f)(2), 60.4211(f)(2); in force)
not emergency = non-emergency + local reliability + demand response + directives that are not exempt; at
                most 50 h, within the 100 (40 CFR 63.6640(f)(3) and (4), 60.4211(f)(3); in force)
emergency     = the normal source was out: no limit (40 CFR 63.6640(f)(1), 60.4211(f)(1); in force)
directives    = runs for an emergency directive. Those of a DOE order are exempt and count toward neither
                limit: what is necessary to comply with one is no violation (16 U.S.C. 824a(c)(3)); others
                count (own)
run limit     = the permit's hours for all runs together, where it has any
left          = limit - hours, not below 0
verdict       = within; beyond: more hours than a limit; not emergency use: demand response or peak
                shaving, for which an emergency engine has no hours. The rules that gave it 100 h for
                emergency demand response were vacated (D.C. Circuit, May 1, 2015, 785 F.3d 1) and removed
                (87 FR 48603, August 10, 2022)
in time       = directives for which it ran at the end of the time allowed (15 minutes under DOE orders and
                PJM Manual 13, else as the directive says), of those whose time is over; one that was
                lifted before is not counted, nor a run that carried 0 then; carried = the least load it
                carried then, null where none was said

The limits are those of generator-registered in force at the year's end or as-of, else those above, which
hold for an emergency engine; another has none. Granted petitions for more hours and the limits of states
are recorded there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import UNSET

from ledger.calendar import Window, day_start_s, days_after, local_date, months_after, zone
from ledger.kinds import GeneratorRegistered, GeneratorRetired, GeneratorStartFailed
from ledger.units import format_quantity
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
    row_of,
)
from projections.engine.words import (
    Line,
    by_name,
    counted,
    duration,
    number_of,
    out_of,
    sentence,
    total,
    verb,
)
from projections.figures.generator_runs import RunPart, carried, directives_of, limit_s, named_by, parts_of
from projections.figures.large_load_rules import COUNTED, NON_EMERGENCY
from projections.rows.directives import DIRECTIVE
from projections.rows.fact_rows import RecordedFact
from projections.rows.generators import GENERATOR, GeneratorRun, runs

BY_REASON: Final = {
    "emergency": "emergency_s",
    "maintenance-test": "maintenance_s",
    "non-emergency": "non_emergency_s",
    "local-reliability": "local_s",
    "demand-response": "demand_response_s",
    "directive": "directive_s",
}
"""The column of each reason for a run."""
LIMITS: Final = (
    ("counted_s", "counted_max_s"),
    ("not_emergency_s", "not_emergency_max_s"),
    ("run_s", "run_max_s"),
)
_HOURS: Final = {"counted_s": "counted", "not_emergency_s": "non-emergency", "run_s": "permitted"}

COLUMNS: Final = (
    Column("site", "Site", "the site", unit=""),
    Column("generator", "Generator", "the generator", unit=""),
    Column("year", "Year", "calendar year by the site's clocks", unit=""),
    Column("verdict", "Verdict", "within, beyond, or not emergency use", unit=""),
    Column("fuel", "Fuel", "what it burns", unit=""),
    Column("rated_w", "Rated", "rated power", unit="W"),
    Column("engine", "Engine", "emergency or non-emergency, as permitted", unit=""),
    Column("permit", "Permit", "the permit", unit=""),
    Column("runs", "Runs", "runs that reach into the year", unit=""),
    Column("start_failures", "Failed starts", "starts that failed", unit=""),
    Column("run_s", "Run", "time run", unit="s"),
    Column("emergency_s", "Emergency", "the normal source was out", unit="s"),
    Column("maintenance_s", "Tests", "maintenance checks and readiness tests", unit="s"),
    Column("non_emergency_s", "Not an emergency", "other use that was no emergency", unit="s"),
    Column("local_s", "Local reliability", "dispatched for a local constraint", unit="s"),
    Column("demand_response_s", "Demand response", "demand response or peak shaving", unit="s"),
    Column("directive_s", "Directives", "for emergency directives", unit="s"),
    Column("counted_s", "Counted", "what counts toward the 100 h", unit="s"),
    Column("counted_max_s", "Limit", "most that may be counted; null without a limit", unit="s"),
    Column(
        "counted_left_s", "Left", "limit - counted, not below 0", unit="s", of=("counted_max_s", "counted_s")
    ),
    Column("not_emergency_s", "Non-emergency counted", "what counts toward the 50 h", unit="s"),
    Column("not_emergency_max_s", "Non-emergency limit", "most of it; null without a limit", unit="s"),
    Column(
        "not_emergency_left_s",
        "Non-emergency left",
        "non-emergency limit - non-emergency counted, not below 0",
        unit="s",
        of=("not_emergency_max_s", "not_emergency_s"),
    ),
    Column("run_max_s", "Run limit", "the permit's hours for all runs; null without", unit="s"),
    Column("run_left_s", "Run left", "run limit - run, not below 0", unit="s", of=("run_max_s", "run_s")),
    Column("dispatched_by", "Dispatched by", "who asked for runs, each once", unit=""),
    Column("directives", "Directed", "directives whose time allowed is over", unit=""),
    Column("in_time", "In time", "those for which it ran at the end of the time allowed", unit=""),
    Column("carried_w", "Carried", "least load carried then; null where none was said", unit="W"),
)
_cells: Final = row_of(COLUMNS)


class GeneratorYear(NamedTuple):
    """One calendar year of one generator, cut to as-of: its facts until then and its registration in force."""

    site: str
    generator: str
    first: date
    window: Window
    facts: tuple[RecordedFact, ...]
    terms: GeneratorRegistered


def compute(rows: Rows, scope: Scope) -> Answer:
    """One row for each generator and year, by site and name."""
    lines: list[ReportRow] = []
    notes: list[str] = []
    for (site, generator), row in sorted(rows[GENERATOR.name].items()):
        if site in scope.sites:
            for year in _years(site, generator, row, scope):
                lines.append(_row(year, rows))
                notes += _beyond(dict(zip((c.name for c in COLUMNS), lines[-1], strict=True)))
    return Answer(tuple(lines), tuple(notes))


def _years(site: str, generator: str, row: tuple[RecordedFact, ...], scope: Scope) -> Iterator[GeneratorYear]:
    start_s, stop_s = scope.window
    registered = [f.at_s for f in row if isinstance(f.body, GeneratorRegistered) and f.at_s < stop_s]
    if not registered or start_s >= stop_s:
        return
    tz = zone(scope.zones[site])
    last = local_date(stop_s - 1, tz).year
    for number in range(_first_year(max(registered[0], start_s), stop_s, tz), last + 1):
        first = date(number, 1, 1)
        window = Window(day_start_s(first, tz), min(day_start_s(months_after(first, 12), tz), stop_s))
        facts = tuple(fact for fact in row if fact.at_s < window.stop_s)
        terms = [fact.body for fact in facts if isinstance(fact.body, GeneratorRegistered)][-1]
        if not _gone(facts, window.start_s):
            yield GeneratorYear(site, generator, first, window, facts, terms)


def _first_year(start_s: int, stop_s: int, tz: ZoneInfo) -> int:
    """The year of the first local day that begins in [start_s, stop_s), else of the first instant: a window in UTC
    that begins with a year does not list the hours of the year before in zones to the west.
    """
    today = local_date(start_s, tz)
    next_s = day_start_s(days_after(today, 1), tz)
    return (today if day_start_s(today, tz) == start_s or next_s >= stop_s else days_after(today, 1)).year


def _gone(facts: Iterable[RecordedFact], at_s: int) -> bool:
    """Was it retired before the year, and not registered since?"""
    lives = [f for f in facts if isinstance(f.body, GeneratorRegistered | GeneratorRetired)]
    return isinstance(lives[-1].body, GeneratorRetired) and lives[-1].at_s < at_s


def _row(year: GeneratorYear, rows: Rows) -> ReportRow:
    found = [run for run in runs(year.facts) if run.stop_s > year.window.start_s]
    names = named_by(_within(year), found)
    directives = directives_of(rows, year.site, names, year.window.stop_s)
    parts = list(parts_of(found, year.window, directives))
    hours = _hours(year.terms, parts)
    asked = {str(run.started.dispatched_by) for run in found if run.started.dispatched_by is not UNSET}
    failures = sum(isinstance(fact.body, GeneratorStartFailed) for fact in _within(year))
    return _cells(
        site=year.site,
        generator=year.generator,
        year=str(year.first.year),
        verdict=_verdict(year.terms, hours),
        fuel=year.terms.fuel,
        rated_w=year.terms.rated_w,
        engine=year.terms.engine,
        permit=year.terms.permit,
        runs=len(parts),
        start_failures=failures,
        dispatched_by=", ".join(sorted(asked)) or None,
        **hours,
        **_directed(found, directives, year.window),
    )


def _within(year: GeneratorYear) -> Iterator[RecordedFact]:
    return (fact for fact in year.facts if fact.at_s >= year.window.start_s)


def _hours(terms: GeneratorRegistered, parts: list[RunPart]) -> dict[str, int | None]:
    hours: dict[str, int | None] = {
        column: sum(part.seconds for part in parts if part.run_reason == reason)
        for reason, column in BY_REASON.items()
    }
    used = {
        "counted": sum(part.seconds for part in parts if part.counted),
        "not_emergency": sum(part.seconds for part in parts if part.non_emergency),
        "run": sum(part.seconds for part in parts),
    }
    federal = terms.engine == "emergency"
    most = {
        "counted": _limit(terms.counted_max_s, COUNTED.most_s if federal else None),
        "not_emergency": _limit(terms.non_emergency_max_s, NON_EMERGENCY.most_s if federal else None),
        "run": _limit(terms.run_max_s, None),
    }
    for name, seconds in used.items():
        limit = most[name]
        hours[f"{name}_s"], hours[f"{name}_max_s"] = seconds, limit
        hours[f"{name}_left_s"] = None if limit is None else max(0, limit - seconds)
    return hours


def _limit(said: Any, default: int | None) -> int | None:
    return default if said is UNSET else int(said)


def _verdict(terms: GeneratorRegistered, hours: Mapping[str, int | None]) -> str:
    if terms.engine == "emergency" and hours["demand_response_s"]:
        return "not emergency use"
    over = [(hours[used] or 0) > most for used, limit in LIMITS if (most := hours[limit]) is not None]
    return "beyond" if any(over) else "within"


def _directed(
    found: list[GeneratorRun], directives: Mapping[str, Any], window: Window
) -> dict[str, int | None]:
    """Figures of the directives whose time allowed ended in the window."""
    carrying = []
    for name, directive in directives.items():
        at_s = limit_s(directive)
        lifted_s = directive.lifted_s
        if at_s is not None and at_s < window.stop_s and (lifted_s is None or lifted_s > at_s):
            carrying.append(carried(found, name, at_s))
    loads = [one.load_w for one in carrying]
    known = [load_w for load_w in loads if load_w is not None]
    return {
        "directives": len(carrying),
        "in_time": sum(one.running and one.load_w != 0 for one in carrying),
        "carried_w": min(known) if known and len(known) == len(loads) else None,
    }


def _beyond(cells: Mapping[str, Cell]) -> Iterator[str]:
    named = f"{cells['site']}/{cells['generator']}, {cells['year']}"
    for used, limit in LIMITS:
        ran, most = cells[used], cells[limit]
        if isinstance(ran, int) and isinstance(most, int) and ran > most:
            yield f"{named}: {format_quantity(ran, '_s')}, beyond the limit of {format_quantity(most, '_s')} {_HOURS[used]}"
    if cells["verdict"] == "not emergency use":
        yield f"{named}: an emergency engine ran for demand response, for which it has no hours"


def behind(rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: str) -> Behind:
    """The generator's facts until the year's end, and the directives that it was started for."""
    site, generator = str(cells["site"]), str(cells["generator"])
    years = _years(site, generator, rows[GENERATOR.name][site, generator], scope)
    year = next(one for one in years if str(one.first.year) == cells["year"])
    names = named_by(year.facts, runs(year.facts))

    def counts(kind: str, key: Key) -> bool:
        return kind != DIRECTIVE.name or key[1] in names

    return Behind(counts, window=Window(0, year.window.stop_s))


# --- first screen -------------------------------------------------------------------------------------------


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Generators that ran more than they may, the one nearest to its limit, and failed starts."""
    lines = by_name(COLUMNS, answer.rows)
    wrong = [line for line in lines if line["verdict"] != "within"]
    used = [(most, line) for line in lines if (most := _used(line)) is not None]
    furthest = max((share for (share, _), _ in used), default=Fraction(0))
    failures, directed = total(lines, "start_failures"), total(lines, "directives") or 0
    in_time = total(lines, "in_time") or 0
    figures = (
        LeadFigure("Beyond their hours", f"{len(wrong):,} of {counted(len(lines), 'generator year')}", ""),
        LeadFigure("Time run", total(lines, "run_s"), "s"),
        LeadFigure("Counted toward limits", total(lines, "counted_s"), "s"),
        LeadFigure("Failed starts", failures, ""),
        LeadFigure("Ran in time for directives", f"{in_time:,} of {directed:,}" if directed else None, ""),
    )
    if not lines:
        return Lead("No backup generator was registered by the end of this window.", figures)
    verdict = sentence(
        _within_hours(len(wrong), len(lines)),
        f"{'the furthest beyond' if furthest > 1 else 'the nearest to'} a limit is {_most_used(used)}"
        if furthest
        else "",
        f"generators ran in time for {out_of(in_time, directed).lower()} {verb(directed, 'directive', 'directives')}"
        if directed
        else "",
        f"{counted(failures, 'start')} failed" if failures else "",
    )
    return Lead(verdict, figures)


def _within_hours(wrong: int, whole: int) -> str:
    if whole == 1:
        return f"The generator ran {'more or otherwise than it may' if wrong else 'no more than it may'}"
    if not wrong:
        return f"No generator ran more than it may in {whole:,} generator years"
    return f"Generators ran more or otherwise than they may in {wrong:,} of {whole:,} generator years"


def _used(line: Line) -> tuple[Fraction, str] | None:
    """The greatest share of a limit that is used, and which hours these are; None without a limit."""
    shares = [
        (Fraction(ran, most), used)
        for used, limit in LIMITS
        if (ran := number_of(line, used)) is not None and (most := number_of(line, limit))
    ]
    return max(shares, default=None)


def _most_used(used: Sequence[tuple[tuple[Fraction, str], Line]]) -> str:
    (_, name), line = max(
        used, key=lambda each: (*each[0], *(str(each[1][n]) for n in ("site", "generator", "year")))
    )
    ran_s, most_s = number_of(line, name) or 0, number_of(line, dict(LIMITS)[name]) or 0
    return (
        f"{line['generator']} at {line['site']} ({line['year']}) with {duration(ran_s)} of {duration(most_s)}"
        f" {_HOURS[name]}"
    )


def plain(scope: Scope, cells: Mapping[str, Cell]) -> Mapping[str, str]:
    """The verdict in words."""
    words = {
        "within": "within its hours",
        "beyond": "beyond its hours",
        "not emergency use": "used as no emergency engine may be",
    }
    return {"verdict": words[str(cells["verdict"])]}


# --- deadlines and picture ----------------------------------------------------------------------------------

_NEARLY_USED: Final = 80  # percent of the hours of a year


def deadlines(answer: Answer) -> Iterator[Deadline]:
    """Limits of which four fifths are used: what is left has to last until the year's last day."""
    for line in by_name(COLUMNS, answer.rows):
        site, generator, year = (str(line[name]) for name in ("site", "generator", "year"))
        on = date(int(year) + 1, 1, 1) - timedelta(days=1) if int(year) < date.max.year else date.max
        for used, limit in LIMITS:
            ran, most = number_of(line, used), number_of(line, limit)
            if ran is not None and most and 100 * ran >= _NEARLY_USED * most:
                left = f"{duration(max(most - ran, 0))} of {duration(most)} left until the year ends"
                yield Deadline(
                    on,
                    site,
                    f"{_HOURS[used]} hours of generator {generator}: {left}",
                    f"{site}/{generator}/{year}",
                )


_MOST: Final = 24


def pictures(rows: Rows, scope: Scope, answer: Answer) -> tuple[Picture, ...]:
    """Counted hours beside their limit and all hours, by generator, of the last year; those that ran most where
    they are many.
    """
    lines = by_name(COLUMNS, answer.rows)
    last = max((str(line["year"]) for line in lines), default="")
    ran = [line for line in lines if line["year"] == last and line["run_s"]]
    shown = sorted(ran, key=lambda line: (-(number_of(line, "run_s") or 0), line["site"], line["generator"]))
    shown = shown[:_MOST]
    if not shown:
        return ()
    layers = tuple(
        Layer(
            name,
            "bar",
            tuple(
                (n, long_s) for n, line in enumerate(shown) if (long_s := number_of(line, column)) is not None
            ),
        )
        for name, column in (("counted", "counted_s"), ("limit", "counted_max_s"), ("all runs", "run_s"))
    )
    first = shown[0]
    says = (
        f"In {last} generator {first['generator']} at {first['site']} ran longest, for"
        f" {duration(number_of(first, 'run_s') or 0)}; {duration(number_of(first, 'counted_s') or 0)} count toward its"
        " limit."
    )
    names = tuple(f"{line['site']} {line['generator']}" for line in shown)
    return (Plot(f"Hours of generators in {last}", says, Names("", names), "Time", "s", layers),)


REPORT: Final = Report(
    name="generator-hours",
    definition_version=1,
    title="Hours of backup generators",
    packs=("utility", "reliability", "registration"),
    classes=("grid",),
    row_kinds=(GENERATOR, DIRECTIVE),
    columns=COLUMNS,
    keys=3,
    compute=compute,
    definition=__doc__ or "",
    behind=behind,
    lead=lead,
    plain=plain,
    first=(
        "site",
        "generator",
        "year",
        "verdict",
        "counted_s",
        "counted_left_s",
        "run_s",
        "start_failures",
    ),
    pictures=pictures,
    deadlines=deadlines,
)
