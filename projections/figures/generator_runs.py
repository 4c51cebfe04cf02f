"""Run hours of a backup generator in a calendar year by reason, and the load it carried for directives.

The runs of one generator are disjoint, so that the hours by reason add up to the hours run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from msgspec import UNSET

from ledger.calendar import Window
from ledger.kinds import GeneratorStartFailed
from projections.engine.fold import Rows
from projections.engine.windows import Span, clip
from projections.figures.large_load_rules import DIRECTIVE_RULES, RUN_RULES
from projections.rows.directives import DIRECTIVE, DirectiveSteps, steps
from projections.rows.fact_rows import RecordedFact
from projections.rows.generators import GENERATOR, GeneratorRun, runs

EXEMPT: Final = "exempt"


class RunPart(NamedTuple):
    """A part of a run within a year: its reason, whether it counts toward the 100 hours and the 50 within
    them.
    """

    seconds: int
    run_reason: str
    counted: bool
    non_emergency: bool
    allowed: bool


def parts_of(
    found: Iterable[GeneratorRun], window: Window, directives: dict[str, DirectiveSteps]
) -> Iterator[RunPart]:
    """The runs cut to a window."""
    for span in clip((Span(run.start_s, run.stop_s, run) for run in found), window):
        started = span.value.started
        rule = RUN_RULES[started.run_reason]
        exempt = _exempt(directives.get(str(started.directive)))
        yield RunPart(
            span.stop_s - span.start_s,
            started.run_reason,
            rule.counted and not exempt,
            rule.non_emergency and not exempt,
            rule.allowed,
        )


def _exempt(directive: DirectiveSteps | None) -> bool:
    return directive is not None and DIRECTIVE_RULES[directive.said.authority].exempt


def allowed_s(directive: DirectiveSteps) -> int | None:
    """The time that a directive allows: its own, else that of its rule."""
    said = directive.said.allowed_s
    return DIRECTIVE_RULES[directive.said.authority].allowed_s if said is UNSET else said


def limit_s(directive: DirectiveSteps) -> int | None:
    """The last instant for compliance; None where no time is set."""
    time_s = allowed_s(directive)
    return None if time_s is None else directive.received_s + time_s


def named_by(row: Iterable[RecordedFact], found: Iterable[GeneratorRun]) -> list[str]:
    """The directives in the starts and failed starts of a generator, each once."""
    failed = [fact.body.directive for fact in row if isinstance(fact.body, GeneratorStartFailed)]
    named = [*(run.started.directive for run in found), *failed]
    return sorted({str(name) for name in named if name is not UNSET})


def directives_of(rows: Rows, site: str, names: Iterable[str], before_s: int) -> dict[str, DirectiveSteps]:
    """The current state of some directives of a site before an instant; those not received by then are left
    out.
    """
    found = ((name, steps(rows[DIRECTIVE.name].get((site, name), ()), before_s)) for name in names)
    return {name: directive for name, directive in found if directive is not None}


class Carried(NamedTuple):
    """The service of a generator for a directive at the last instant of the time allowed: whether it ran, and
    its load (None where none was measured).
    """

    running: bool
    load_w: int | None


def carried(found: Sequence[GeneratorRun], directive: str, at_s: int) -> Carried:
    """The load that a generator's runs for a directive carried at an instant."""
    for run in found:
        if run.started.directive == directive and run.start_s <= at_s < run.stop_s:
            return Carried(True, run.carried_w(at_s))
    return Carried(False, 0)


def carried_together_w(rows: Rows, site: str, directive: str, at_s: int, before_s: int) -> int | None:
    """The load that all generators of a site carried for a directive at an instant; None where one of them is
    unknown.
    """
    total_w = 0
    for (place, _), row in rows[GENERATOR.name].items():
        if place == site:
            seen = runs(fact for fact in row if fact.at_s < before_s)
            one = carried(seen, directive, at_s)
            if one.load_w is None:
                return None
            total_w += one.load_w
    return total_w
