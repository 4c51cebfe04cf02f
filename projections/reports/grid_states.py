"""Grid states: how long each balancing authority said that its grid was in which state.

One row for each balancing authority of the sites in scope and each state. A site belongs to the authority of
its registration that holds at the window's end. A declaration holds until the authority's next one, also one
from before the window; of several at one instant the last holds. A notice of a grid operator holds from its
start to its stop, or until normal is declared; the most severe of what holds is the state, and it is normal
where every notice is over and nothing else holds. time = seconds of the window in the state; share = time /
window; declarations = those of the state and notices of it that begin within the window, also of a state that
was said before and those that another replaced at once. Time before the authority's first declaration or
notice is a row without a state: nothing is taken to be normal that was not said to be so. The times of an
authority add up to the window, which is cut to as-of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from ledger.records.envelope import authority_place
from ledger.units import ppm
from projections.engine.fold import FigureScope, Rows
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
    row_of,
)
from projections.engine.windows import clip
from projections.engine.words import Line, by_name, counted, duration, listed, number_of, sentence, total
from projections.rows.fact_rows import RecordedFact
from projections.rows.grid_conditions import CONDITION, STATES, begins_s, grid_spans
from projections.rows.sites import SITE, data_before

COLUMNS: Final = (
    Column("balancing_authority", "Authority", "EIA-930 code of the balancing authority", unit=""),
    Column("state", "State", "the grid state; null where none was declared yet", unit=""),
    Column("in_state_s", "Time", "time of the window in the state", unit="s"),
    Column("share_ppm", "Share", "time / window", unit="ppm", of=("in_state_s",)),
    Column("declarations", "Declarations", "declarations of the state within the window", unit=""),
    Column("sites", "Sites", "number of sites in scope of the authority", unit=""),
)
_cells: Final = row_of(COLUMNS)


def compute(rows: Rows, scope: Scope) -> Answer:
    """The states of each authority in order of code and severity, the time without a declaration last."""
    lines: list[ReportRow] = []
    for code, sites in sorted(_sites(rows, scope).items()):
        facts = rows[CONDITION.name].get((authority_place(code),), ())
        lines += _lines(code, len(sites), facts, scope)
    return Answer(tuple(lines))


def _lines(code: str, sites: int, facts: tuple[RecordedFact, ...], scope: Scope) -> list[ReportRow]:
    start_s, stop_s = scope.window
    whole_s = max(stop_s - start_s, 0)
    seconds: Counter[str] = Counter()
    for span in clip(grid_spans(facts), scope.window):
        seconds[span.value] += span.stop_s - span.start_s
    declared = Counter(fact.body.state for fact in facts if start_s <= begins_s(fact) < stop_s)
    unsaid_s = whole_s - seconds.total()
    said = [(state, seconds[state]) for state in STATES if seconds[state] or declared[state]]
    return [
        _cells(
            balancing_authority=code,
            state=state,
            in_state_s=held_s,
            share_ppm=ppm(held_s, whole_s),
            declarations=declared[state] if state else 0,
            sites=sites,
        )
        for state, held_s in (*said, *([(None, unsaid_s)] if unsaid_s else []))
    ]


def _sites(rows: Rows, scope: Scope) -> dict[str, list[str]]:
    """The sites in scope by the code of their authority."""
    found: dict[str, list[str]] = {}
    for site in scope.sites:
        data = data_before(rows[SITE.name].get((site,), ()), scope.window.stop_s)
        if data is not None:
            found.setdefault(data.balancing_authority, []).append(site)
    return found


def behind(rows: Rows, scope: Scope, cells: Mapping[str, Cell], column: str) -> Behind:
    """Facts behind a row: its authority's declarations, and the registrations of the authority's sites."""
    code = str(cells["balancing_authority"])
    sites, place = _sites(rows, scope).get(code, []), authority_place(code)
    said = CONDITION.bears(rows[CONDITION.name].get((place,), ()), FigureScope(*scope.window, cells))
    among = frozenset(sites)  # each key is looked for, and one grid may have thousands of sites
    return Behind(lambda kind, key: key[0] in among, also=tuple((f"{place}/grid", pos) for pos in said))


_FEW: Final = 3


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Times of grids in an emergency, in any state but normal, or without a declaration."""
    lines = by_name(COLUMNS, answer.rows)
    codes = sorted({str(line["balancing_authority"]) for line in lines})
    strained, emergency = (
        _longest(lines, [state for state in STATES if state in some])
        for some in (set(STATES) - {"normal"}, {"eea1", "eea2", "eea3", "load-shed"})
    )
    silent = {line["balancing_authority"] for line in lines if line["state"] is None}
    whole = {
        line["balancing_authority"] for line in lines if line["state"] is None and line["share_ppm"] == 10**6
    }
    figures = (
        LeadFigure("Balancing authorities", len(codes), ""),
        LeadFigure("Longest in a state other than normal", strained[0] if lines else None, "s"),
        LeadFigure("Longest in an energy emergency", emergency[0] if lines else None, "s"),
        LeadFigure("Declarations", total(lines, "declarations"), ""),
    )
    if not lines:
        return Lead("No balancing authority of the sites in scope is known in this window.", figures)
    if len(whole) == len(codes):
        who = listed(codes) if len(codes) <= _FEW else _authorities(len(codes))
        return Lead(f"{who} declared no state of the grid yet.", figures)
    partly = len(silent) - len(whole)
    verdict = sentence(
        f"The grid of {strained[1]} was in a state other than normal for {duration(strained[0])}"
        + (f", the longest of {_authorities(len(codes))}" if len(codes) > 1 else "")
        if strained[0]
        else "No grid was declared to be in a state other than normal",
        f"{emergency[1]} was in an energy emergency for {duration(emergency[0])}" if emergency[0] else "",
        f"{_authorities(len(whole))} declared nothing yet" if whole else "",
        f"{_authorities(partly)} declared nothing for the first part of the window" if partly else "",
    )
    return Lead(verdict, figures)


def _longest(lines: Sequence[Line], states: Sequence[str]) -> tuple[int, str]:
    """The longest time of an authority's grid in some states, and its code."""
    times: Counter[str] = Counter()
    for line in lines:
        if line["state"] in states:
            times[str(line["balancing_authority"])] += number_of(line, "in_state_s") or 0
    return max(((time_s, code) for code, time_s in times.items()), default=(0, ""))


def _authorities(count: int) -> str:
    return counted(count, "balancing authority", "balancing authorities")


def plain(scope: Scope, cells: Mapping[str, Cell]) -> Mapping[str, str]:
    """The grid state in words."""
    state = cells["state"]
    if state is None:
        return {"state": "nothing declared yet"}
    return {"state": _ALERTS.get(str(state), str(state).replace("-", " "))}


_ALERTS: Final = {f"eea{n}": f"energy emergency alert {n}" for n in (1, 2, 3)} | {
    "max-gen": "maximum generation"
}


REPORT: Final = Report(
    name="grid-states",
    definition_version=1,
    title="Time per grid state",
    packs=("utility", "reliability"),
    classes=("grid",),
    row_kinds=(CONDITION, SITE),
    columns=COLUMNS,
    keys=2,
    compute=compute,
    definition=__doc__ or "",
    daily=True,
    behind=behind,
    conditions=True,
    lead=lead,
    plain=plain,
    first=("balancing_authority", "state", "in_state_s", "share_ppm", "declarations", "sites"),
)
