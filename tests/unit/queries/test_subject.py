"""Who and where a report is about, and sites chosen by what they have in common."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ledger.app.cli.main import main

STORY = """
2026-06-01T09:00Z s1 site-registered name=Elm county=Lake state=GA tz=America/New_York balancing_authority=SOCO utility="Georgia Power" parcels=[p] site_class=training
2026-06-01T09:00Z s2 site-registered name=Oak county=Lake state=TN tz=America/New_York balancing_authority=TVA utility="Oak Electric" parcels=[p] site_class=training
2026-06-01T10:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-06-01T10:00Z s1 program-enrolled program=dr1 operator="Georgia Power Company" agreement=a blocks=[m1] meters=[] method=meter-before-after committed=80MW notice=30min response=10min program_year_start=06-01 tz=America/New_York capped=false adjustment=none holidays=[]
2026-06-02T10:00Z s2 lease-phase-opened lease=l1 phase=ph1 tenant=tenant-a critical=50MW
2026-06-01T11:00Z s1 commitment-made commitment=tax counterparty=Lake instrument=pilot category=tax-payment comparator=at-least basis=cumulative periods=[2026] due_on=[2026-06-20] observed_on=[] cure_days=0 binding=true
"""


def call(book: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--book", str(book), *words])


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Two sites in two counties called Lake."""
    (tmp_path / "said.story").write_text(STORY)
    for words in (("init", "--operator", "Example Compute, Inc."), ("record", str(tmp_path / "said.story"))):
        done = call(tmp_path / "book", *words)
        assert done.exit_code == 0, done.output
    return tmp_path / "book"


def filters(book: Path, *words: str) -> list[str]:
    done = call(book, "report", "commitments", *words)
    assert done.exit_code == 0, done.output
    return re.findall(r"site=\w+", done.stdout)


@pytest.mark.parametrize(
    ("words", "sites"),
    [
        (("--county", "Lake County, GA"), ["site=s1"]),
        (("--county", "lake"), ["site=s1", "site=s2"]),
        (("--utility", "georgia power"), ["site=s1"]),
        (("--tenant", "tenant-a"), ["site=s2"]),
        (("--program", "dr1"), ["site=s1"]),
        (("--county", "lake", "--site", "s2"), ["site=s2"]),
        (("--utility", "Georgia Power", "--utility", "Oak Electric"), ["site=s1", "site=s2"]),
    ],
)
def test_a_choice_is_recorded_as_the_sites_that_it_stands_for(
    book: Path, words: tuple[str, ...], sites: list[str]
) -> None:
    """The report is made again from its sites, whatever county a site is registered in by then."""
    assert filters(book, *words) == sites


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--county", "Lak County, GA"), "did you mean Lake County, GA"),
        (("--county", "Lake County, TN", "--program", "dr1"), "no site fits --county"),
    ],
)
def test_a_choice_that_no_site_fits_is_told(book: Path, words: tuple[str, ...], why: str) -> None:
    done = call(book, "report", "commitments", *words)
    assert (done.exit_code, why in done.output) == (2, True), done.output


def test_a_page_names_the_operator_the_site_its_authority_and_who_runs_the_program(book: Path) -> None:
    """Its heading says of whom and where it is; a line below it says what else is known."""
    page = call(book, "report", "program-hours", "--site", "s1", "--format", "html").stdout
    told = (
        '<p class="over">Example Compute, Inc.: report <code>program-hours</code>',
        ", Elm (Lake County, GA)</h1>",
        "Balancing authority: Southern Company Services (SOCO). Program operator: Georgia Power Company.",
    )
    assert [words for words in told if words not in page] == []


def test_the_heading_of_a_page_names_the_incident_that_was_asked_for(book: Path) -> None:
    """A page of one incident is not taken for one of all sites."""
    facts = '2026-06-03T10:00Z s1 incident-opened incident=trip summary="feeder trip"\n'
    (book.parent / "more.story").write_text(facts)
    assert call(book, "record", str(book.parent / "more.story")).exit_code == 0
    page = call(book, "report", "incident", "--incident", "trip", "--format", "html").stdout
    assert re.findall("<h1>(.*)</h1>", page) == ["Timeline of an incident, incident trip"]


def test_a_report_of_one_class_has_its_site_by_name_although_another_class_registers_it(book: Path) -> None:
    """A commissioner's page says Elm in Lake County; the figures come from community records alone."""
    page = call(book, "report", "commitments", "--site", "s1", "--format", "html").stdout
    assert "Commitments to communities, " in page
    assert "Elm (Lake County, GA)" in page


def test_a_new_name_of_the_operator_changes_no_byte_of_json_and_csv(book: Path) -> None:
    """An issued report is known by the hash of its JSON: a display name must not change it."""
    before = [call(book, "report", "commitments", "--format", form).stdout for form in ("json", "csv")]
    assert call(book, "operator", "Other Name, LLC").exit_code == 0
    after = [call(book, "report", "commitments", "--format", form).stdout for form in ("json", "csv")]
    assert before == after


def test_the_operator_s_name_is_set_and_shown_and_the_rest_of_the_settings_stays(book: Path) -> None:
    """A comment that somebody wrote into book.toml stays where it is."""
    config = book / "book.toml"
    config.write_text("# ours\n" + config.read_text())
    call(book, "operator", "Other Name, LLC")
    shown = call(book, "operator").stdout
    assert (shown, config.read_text().startswith("# ours\n")) == ("Other Name, LLC\n", True)


@pytest.mark.parametrize("name", ["a\nb", "x" * 81, "\u202eevil"])
def test_a_name_that_could_turn_a_line_or_is_too_long_is_refused(book: Path, name: str) -> None:
    """A workbook's footer holds 255 characters in all, and no name may break a page."""
    done = call(book, "operator", name)
    assert (done.exit_code, "at most 80 printable characters" in done.output) == (2, True)
