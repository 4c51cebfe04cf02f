"""What each report reads, as the verifier has it in its table: it knows no catalogue, so tools/bless writes
it there.
"""

from __future__ import annotations

import re

from projections.reports.catalogue import REPORTS

TABLE = re.compile(r"(?<=\nREPORTS: dict\[str, Reads\] = )\{.*?\n\}\n", re.DOTALL)


def table() -> str:
    """The table: definition version, classes, what it reads beyond them, sections? of every report that can
    be made from its streams alone.
    """
    lines = []
    for report in (report for report in REPORTS if report.alone):
        classes, beyond = map(_tuple, (report.classes, report.beyond))
        lines.append(
            f'    "{report.name}": ({report.definition_version}, {classes}, {beyond}, {report.sections}),\n'
        )
    return "{\n" + "".join(lines) + "}\n"


def _tuple(names: tuple[str, ...]) -> str:
    """As ruff writes it."""
    return f"({', '.join(_quoted(name) for name in names)}{',' if len(names) == 1 else ''})"


def _quoted(name: str) -> str:
    return f'"{name}"'


def with_reports(verifier: str) -> str:
    """The verifier's source with the table as it should be."""
    assert TABLE.search(verifier), "the verifier has its table of reports"
    return TABLE.sub(table(), verifier)
