"""Names beside the JSON of a report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ledger.app.book.book import Book
from ledger.app.book.config import Config, Operator
from ledger.app.cli.main import main
from ledger.app.host.clock import Seeded
from tests.support.small_book import SITE, START_US, said


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("names") / "b"
    config = Config("example.com/book", operator=Operator("Example Compute, Inc."))
    with Book.create(place, config, surroundings=Seeded("names", START_US)) as made:
        made.record(said(SITE))
    return place


def report(book: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--book", str(book), "report", "commitments", *words])


def test_the_json_of_a_report_names_operator_county_and_authority_on_request(book: Path) -> None:
    found = json.loads(report(book, "--format", "json", "--names").stdout)["subject"]
    assert (found["operator"], found["sites"][0]["words"], found["sites"][0]["authority_name"]) == (
        "Example Compute, Inc.",
        "S (C County, GA)",
        "Southern Company Services (SOCO)",
    )


def test_names_leave_the_rest_of_the_json_as_it_is_hashed(book: Path) -> None:
    plain, named = (report(book, "--format", "json", *more).stdout for more in ((), ("--names",)))
    assert named.startswith(plain.removesuffix("}\n"))


def test_names_are_asked_of_json_alone(book: Path) -> None:
    done = report(book, "--format", "csv", "--names")
    assert (done.exit_code, done.stderr) == (
        2,
        "wattledger: --names is for --format json; csv has the names that it can have\n",
    )
