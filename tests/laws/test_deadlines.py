"""Laws of deadlines: whatever a report says is still to be done can be explained, and is about a site asked for."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given

from ledger.app.queries.deadlines import reports_with_deadlines
from projections.engine.report import Deadline, Report, Scope
from tests.support.worlds import scopes, seeds, world


def _found(seed: int) -> Iterator[tuple[Report, Scope, frozenset[str], Deadline]]:
    """Every deadline of a history, with the names of its report's rows."""
    rows = world(seed, 300)
    for report in reports_with_deadlines():
        for scope in scopes():
            answer = report.compute(rows, scope)
            names = frozenset(
                "/".join(str(cell) for cell in row[: report.keys] if cell is not None) for row in answer.rows
            )
            for deadline in report.deadlines(answer):
                yield report, scope, names, deadline


@given(seeds)
def test_every_deadline_names_a_row_that_explain_finds(seed: int) -> None:
    """A name that more than one row begins with is found where it is one row's whole name."""
    assert [
        (report.name, deadline.row)
        for report, _, names, deadline in _found(seed)
        if deadline.row not in names and sum(name.startswith(f"{deadline.row}/") for name in names) != 1
    ] == []


@given(seeds)
def test_every_deadline_is_of_a_site_in_scope(seed: int) -> None:
    assert {d.site for _, scope, _, d in _found(seed) if d.site not in scope.sites} == set()
