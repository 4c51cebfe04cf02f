"""What only one report can be asked: options are made from the catalogue, words and files become what the
report is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pytest

from ledger.app.book.evidence import keep_evidence
from ledger.app.cli.commands.diff import diff
from ledger.app.cli.commands.explain import explain
from ledger.app.cli.commands.report import report
from ledger.app.queries import parameters
from ledger.app.queries.parameters import (
    Document,
    Words,
    filters,
    given,
    keep_documents,
    read_words,
    said_again,
)
from ledger.errors import Malformed
from projections.engine.report import Parameter, Report, Series
from projections.reports import catalogue
from projections.reports.catalogue import BY_NAME, REPORTS

HOURS = b"2026-07-01T00 5\n2026-07-01T01\n"
CURVE = BY_NAME["uptime"]._replace(
    name="curve",
    parameters=(
        Parameter("hours", "A file.", "series", needs=("dialect",)),
        Parameter("dialect", "How the file is written."),
        Parameter("deep", "Say more.", "flag"),
    ),
)


def read(document: Document, said: Mapping[str, Words]) -> Iterator[tuple[str, int, int | None]]:
    """A stamp and perhaps a number a line."""
    for n, line in enumerate(document.data.decode().splitlines()):
        stamp, _, value = line.partition(" ")
        yield stamp, 3600 * n, int(value) if value else None


@pytest.fixture
def curve(monkeypatch: pytest.MonkeyPatch) -> Report:
    """A report with one parameter of each form, known to the commands."""
    monkeypatch.setitem(parameters.READERS, "hours", read)
    for parameter in CURVE.parameters:
        monkeypatch.setitem(catalogue.parameters(), parameter.name, parameter)
    return CURVE


def test_a_file_is_given_as_its_values_and_recorded_as_its_hash(curve: Report, tmp_path: Path) -> None:
    file = tmp_path / "hours.txt"
    file.write_bytes(HOURS)
    said = read_words({"hours": str(file), "dialect": "plain", "deep": None}, tmp_path)
    found = given(curve, said)
    sha256 = Document("x", HOURS).sha256
    assert found["hours"] == Series(sha256, (("2026-07-01T00", 0, 5), ("2026-07-01T01", 3600, None)))
    assert filters(found) == (f"hours={sha256}", "dialect=plain")


def test_a_file_that_was_kept_can_be_said_by_its_hash(curve: Report, tmp_path: Path) -> None:
    digest = keep_evidence(tmp_path, HOURS, "h.txt")
    assert read_words({"hours": digest}, tmp_path) == {"hours": Document(digest, HOURS)}


@pytest.mark.parametrize(
    ("said", "why"), [("no.csv", "No such file"), ("ab" * 32, "is not among the evidence")]
)
def test_a_file_that_is_not_there_is_said(curve: Report, tmp_path: Path, said: str, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        read_words({"hours": said}, tmp_path)


def test_what_was_recorded_is_said_again_with_the_file_from_the_evidence(
    curve: Report, tmp_path: Path
) -> None:
    said: dict[str, Words] = {"hours": Document("h.txt", HOURS), "dialect": "a=b c", "deep": True}
    keep_documents(tmp_path, said)
    recorded = [text.split("=", 1) for text in ("site=s1", *filters(given(curve, said)))]
    assert given(curve, said_again(tmp_path, recorded)) == given(curve, said)


def test_evidence_that_was_changed_is_not_read_again(curve: Report, tmp_path: Path) -> None:
    digest = keep_evidence(tmp_path, HOURS, "h.txt")
    (tmp_path / "evidence" / f"{digest}.txt").write_bytes(b"other")
    with pytest.raises(Malformed, match="is not the stored document"):
        said_again(tmp_path, [("hours", digest)])
    (tmp_path / "evidence" / f"{digest}.txt").unlink()
    with pytest.raises(Malformed, match="is not among the evidence of this book"):
        said_again(tmp_path, [("hours", digest)])


def test_a_parameter_that_needs_another_says_so(curve: Report) -> None:
    with pytest.raises(Malformed, match="--hours needs --dialect"):
        given(curve, {"hours": Document("h.txt", HOURS)})


def test_a_report_is_not_asked_what_is_another_reports() -> None:
    with pytest.raises(Malformed, match=r"uptime has no --incident; leave it out \(it is for incident\)"):
        given(BY_NAME["uptime"], {"incident": "i1"})


@pytest.mark.parametrize("command", [report, explain, diff], ids=lambda command: command.name)
def test_every_parameter_of_a_report_is_an_option_of_the_commands(command: click.Command) -> None:
    params = command.get_params(command.make_context("x", ["uptime"], resilient_parsing=True))
    options = [option for param in params for option in param.opts]
    assert sorted(f"--{name}" for name in catalogue.parameters()) == sorted(
        set(options) & {f"--{n}" for n in catalogue.parameters()}
    )
    assert len(options) == len(set(options)), "a parameter has the name of an option that every report has"


def test_reports_that_share_a_parameter_mean_the_same_by_it() -> None:
    assert all(catalogue.parameters()[own.name] == own for each in REPORTS for own in each.parameters)
