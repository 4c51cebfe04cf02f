"""First screen of the report incident, and the words that people read in place of its codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from ledger.calendar import instant_s, rec_us
from projections.engine.fold import Rows
from projections.engine.report import Answer, Cell, Lead, LeadFigure, Scope
from projections.engine.words import Line, by_name, counted, duration, listed, numbers, sentence, verb
from projections.reports.incident.columns import COLUMNS, IMPACT
from projections.reports.incident.impact_line import lost_words
from projections.reports.incident.timeline import clock
from projections.rows.incidents import INCIDENT, open_during

FEW: Final = 3


def lead(rows: Rows, scope: Scope, answer: Answer) -> Lead:
    """Impact and cause of an incident, what was believed first, and the delay until it was recorded."""
    found = by_name(COLUMNS, answer.rows)
    lines = [line for line in found if line["kind"] != IMPACT]
    wholes = [line for line in found if line["kind"] == IMPACT and line["known_records"] is None]
    if not lines:
        return Lead("No record of an incident is in this window.", (LeadFigure("Records", 0, ""),))
    slowest_s = max(numbers(lines, "delay_s"), default=None)
    corrected = sum(line["corrected_by"] is not None for line in lines)
    slow = slowest_s if slowest_s and slowest_s > 0 else None
    many = f"{counted(len(lines), 'record')} {verb(len(lines), 'tells', 'tell')} of it"
    if len(wholes) == 1:
        (whole,) = wholes
        then = [line for line in found if line["kind"] == IMPACT and line["known_records"] is not None]
        verdict = sentence(
            _outcome(rows, scope, lines) + (f": {whole['cause']}" if whole["cause"] else ""),
            lost_words(whole),
            _believed(lines) or many,
            *(f"with the first {line['known_records']:,} records, {lost_words(line)}" for line in then),
        )
        return Lead(verdict, _figures(lines, wholes, corrected))
    verdict = sentence(
        _outcome(rows, scope, lines),
        many + (f", {corrected:,} of them corrected or retracted" if corrected else ""),
        "" if slow is None else f"the slowest was recorded {duration(slow)} after it happened",
    )
    return Lead(verdict, _figures(lines, wholes, corrected))


def _believed(lines: Sequence[Line]) -> str:
    """The belief that the incident was opened with, or the first record withdrawn, with its end and
    reason.
    """
    wrong = [line for line in lines if line["corrected_by"] is not None]
    first = min(wrong, key=lambda line: (line["kind"] != "incident-opened", line["seq"]), default=None)
    if first is None:
        return ""
    after_s = rec_us(str(first["believed_until"])) // 1_000_000 - rec_us(str(first["rec"])) // 1_000_000
    why = f" ({first['why']})" if first["why"] else ""
    return f'"{first["told"]}" was believed for {duration(after_s)}, until it was {first["standing"]}{why}'


def plain(scope: Scope, cells: Mapping[str, Cell]) -> Mapping[str, str]:
    """Correcting and corrected records, and the time until which the wrong one was believed."""
    words: dict[str, str] = {}
    if cells["corrected_by"] is not None:
        words["standing"] = f"{cells['standing']} by record {cells['corrected_by']:,}"
        if cells["since_s"] is not None:
            opened_s = instant_s(str(cells["at"])) - int(cells["since_s"])
            until = clock(rec_us(str(cells["believed_until"])) // 1_000_000 - opened_s)
            words["why"] = f"believed until {until}" + (f": {cells['why']}" if cells["why"] else "")
    elif cells["corrects"] is not None:
        indexes = [f"{int(index):,}" for index in str(cells["corrects"]).split()]
        words["standing"] = f"corrects record {listed(indexes)}"
    return words


def _figures(lines: Sequence[Line], wholes: Sequence[Line], corrected: int) -> tuple[LeadFigure, ...]:
    if len(wholes) == 1:
        (whole,) = wholes
        return (
            LeadFigure("Power lost", whole["lost_w"], "W"),
            LeadFigure("Energy lost", whole["lost_wh"], "Wh"),
            LeadFigure("Time to detect", whole["detect_s"], "s", "min"),
            LeadFigure("Time to restore", whole["restore_s"], "s", "min"),
            LeadFigure("Open actions", f"{whole['actions_open']} of {whole['actions']}", ""),
        )
    times = [str(line["at"]) for line in lines]
    return (
        LeadFigure("Records", len(lines), ""),
        LeadFigure("Corrected or retracted", corrected, ""),
        LeadFigure("First", min(times, default=None), ""),
        LeadFigure("Last", max(times, default=None), ""),
        LeadFigure("Longest until recorded", max(numbers(lines, "delay_s"), default=None), "s"),
    )


def _outcome(rows: Rows, scope: Scope, lines: Sequence[Line]) -> str:
    """Outcome of the incidents that the lines are about."""
    named = {line["incident"] for line in lines} - {None}
    if not named:
        where = listed(scope.sites) if len(scope.sites) <= FEW else counted(len(scope.sites), "site")
        return f"This is what happened at {where} in this window, whatever incident it belongs to"
    stop_s = scope.window.stop_s
    windows = {
        key: window
        for key, row in rows[INCIDENT.name].items()
        if key[0] in scope.sites
        and key[1] in named
        and (window := open_during(fact for fact in row if fact.at_s < stop_s)) is not None
    }
    still = sum(window.stop_s > stop_s for window in windows.values())
    if len(windows) != 1:
        return f"{len(windows):,} incidents, of which {still:,} {verb(still, 'is', 'are')} still open"
    (((site, name), window),) = windows.items()
    if still:
        return f"Incident {name} at {site} is still open after {duration(stop_s - window.start_s)}"
    return f"Incident {name} at {site} was closed after {duration(window.stop_s - 1 - window.start_s)}"
