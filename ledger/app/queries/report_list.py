"""The reports and their options, for rooms that import no report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from ledger.app.queries import parameters
from ledger.app.queries.parameters import Words
from ledger.errors import Malformed
from ledger.fields import is_sha256
from projections.reports import catalogue
from projections.reports.catalogue import REPORTS

NAMES: Final = catalogue.NAMES


class OwnOption(NamedTuple):
    """An option of single reports: its name in a query (``balancing_authority``), its help and its form;
    a ``document`` is named by the SHA-256 of a file that the book keeps as evidence.
    """

    name: str
    what: str
    form: Literal["flag", "text", "document"]
    reports: tuple[str, ...]


def own_options() -> tuple[OwnOption, ...]:
    """The options of single reports."""
    return tuple(
        OwnOption(
            one.name.replace("-", "_"),
            one.what,
            "document" if one.form == "series" else one.form,
            tuple(report.name for report in REPORTS if one in report.parameters),
        )
        for one in catalogue.parameters().values()
    )


def list_json() -> list[dict[str, Any]]:
    """Every report with its title."""
    return [{"name": r.name, "definition_version": r.definition_version, "title": r.title} for r in REPORTS]


def own_words(directory: Path, given: Mapping[str, str | bool]) -> Mapping[str, Words]:
    """Values given for options of single reports; the only files read are those the book keeps as
    evidence.
    """
    said = []
    for name, value in given.items():
        parameter = catalogue.parameters()[name.replace("_", "-")]
        if parameter.form == "series" and not is_sha256(str(value)):
            raise Malformed(
                f"{name} is the SHA-256 of a file that the book keeps as evidence: {str(value)[:80]!r}"
            )
        if value is not False:
            said.append((parameter.name, "true" if value is True else str(value)))
    return parameters.said_again(directory, said)
