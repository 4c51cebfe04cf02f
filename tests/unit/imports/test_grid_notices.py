"""Publications of grid operators through the command line: recorded once, corrected when they are published
again, and what the grid's state is by them.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ledger.app.cli.main import main

SITE = (
    "2026-01-05T06:00Z s1 site-registered name=S county=C state=OH tz=America/New_York balancing_authority={}"
    " utility=U parcels=[] site_class=training\n"
)
POSTING = (
    "Msg ID: 104712\nMessage Type: {}\nPriority: Action\nEffective Start Time: 07.14.2026 14:00\n"
    "Effective End Time: {}\nRegions\nPJM-RTO\nAn emergency action has been issued.\n"
)
ACTION = "Emergency Load Mgmt Reduction Action"
TEXT = "ERCOT has declared EEA Level 2."
ROW = "<tr><td>{}</td><td>{}</td><td>Emergency</td><td>{}</td></tr>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    call(tmp_path, "init", "--origin", "example.com/ledger")
    return tmp_path


def call(folder: Path, *words: str) -> str:
    return CliRunner().invoke(main, ["--book", str(folder / "book"), *words]).output


def imported(folder: Path, text: str, source: str = "pjm", name: str = "page.html", *more: str) -> str:
    (folder / name).write_text(text)
    return call(folder, "import", "conditions", str(folder / name), "--source", source, *more)


def states(folder: Path, authority: str = "PJM") -> dict[str, int]:
    """Seconds of 14 July 2026 UTC in each state."""
    (folder / "s.story").write_text(SITE.format(authority))
    call(folder, "record", str(folder / "s.story"))
    said = call(folder, "report", "grid-states", "--period", "2026-07-14", "--tz", "UTC", "--format", "json")
    return {str(row["state"]): row["in_state_s"] for row in json.loads(said)["rows"]}


def test_a_page_that_is_imported_again_changes_nothing(folder: Path) -> None:
    imported(folder, POSTING.format(ACTION, ""))
    assert "recorded 0 facts, 1 recorded before, unchanged" in imported(folder, POSTING.format(ACTION, ""))


def test_an_end_that_is_published_later_corrects_the_notice(folder: Path) -> None:
    """Called at 14:00 Eastern; the page of the evening has the end, 18:30."""
    imported(folder, POSTING.format(ACTION, ""))
    imported(folder, POSTING.format(ACTION, "07.14.2026 18:30"))
    assert states(folder) == {"normal": 5_400, "eea2": 4 * 3600 + 1_800, "None": 18 * 3600}


def test_what_was_known_before_a_correction_stays_known(folder: Path) -> None:
    """Two records: the notice, and its correction with a reason."""
    imported(folder, POSTING.format(ACTION, ""))
    imported(folder, POSTING.format(ACTION, "07.14.2026 18:30"))
    lines = [line for line in call(folder, "log").splitlines() if "grid-notice-published" in line]
    assert ["corrects=" in line for line in lines] == [False, True]


def test_an_older_page_that_is_imported_later_changes_nothing(folder: Path) -> None:
    imported(folder, POSTING.format(ACTION, ""))
    imported(folder, POSTING.format(ACTION, "07.14.2026 18:30"))
    said = imported(folder, POSTING.format(ACTION, ""))
    assert "notice pjm-104712 is of an earlier publication" in said


def test_a_page_from_before_the_end_does_not_take_the_end_away(folder: Path) -> None:
    """Pages are put into the book in any order: the one of the evening first."""
    imported(folder, POSTING.format(ACTION, "07.14.2026 18:30"))
    imported(folder, POSTING.format(ACTION, ""))
    assert states(folder)["eea2"] == 4 * 3600 + 1_800


def test_a_message_whose_end_is_known_to_the_hour_of_a_page_keeps_it(folder: Path) -> None:
    """Saved at 20:00 and again at 23:00 UTC: it was cancelled by 20:00."""
    row = ROW.format("Jul 14, 2026 1:00:00 PM", TEXT, "Cancelled")
    for at in ("2026-07-14T20:00Z", "2026-07-14T23:00Z"):
        imported(folder, row, "ercot", "page.html", "--at", at)
    assert states(folder, "ERCO")["eea2"] == 2 * 3600


def test_a_posting_of_another_level_under_the_same_id_corrects_it(folder: Path) -> None:
    imported(folder, POSTING.format("Maximum Generation Emergency Action", "07.14.2026 18:00"))
    imported(folder, POSTING.format(ACTION, "07.14.2026 18:00"))
    assert states(folder)["eea2"] == 4 * 3600


def test_the_same_posting_on_another_page_is_no_correction(folder: Path) -> None:
    """The board and the posting's own page set its text in different ways."""
    imported(folder, POSTING.format(ACTION, "07.14.2026 18:00"))
    said = imported(folder, POSTING.format(ACTION, "07.14.2026 18:00") + "Contact us", "pjm", "other.html")
    assert "recorded 0 facts, 1 recorded before, unchanged" in said


def test_a_message_that_left_the_page_is_ended_by_its_cancellation(folder: Path) -> None:
    """The page of the morning has the message, that of the evening only what cancels it."""
    imported(folder, ROW.format("Jul 14, 2026 1:00:00 PM", TEXT, "Active"), "ercot")
    cancels = f"ERCOT is cancelling the following notice: {TEXT}"
    imported(folder, ROW.format("Jul 14, 2026 3:00:00 PM", cancels, "Active"), "ercot", "evening.html")
    assert states(folder, "ERCO") == {"normal": 4 * 3600, "eea2": 2 * 3600, "None": 18 * 3600}


def test_a_later_row_of_a_csv_file_corrects_an_earlier_one(folder: Path) -> None:
    rows = (
        "authority,notice,published,start,stop,wording\n"
        "SWPP,7,2026-07-14T12:00Z,2026-07-14T13:00Z,,Resource Advisory\n"
        "SWPP,7,2026-07-14T12:00Z,2026-07-14T13:00Z,2026-07-14T15:00Z,Resource Advisory\n"
    )
    imported(folder, rows, "csv", "n.csv")
    assert states(folder, "SWPP")["resource-alert"] == 2 * 3600


BOARD_LATER = POSTING.format("Hot Weather Alert", "").replace("104712", "104799")


def test_a_posting_that_the_board_lists_no_more_ended_by_then(folder: Path) -> None:
    """PJM's board drops what is over: seen without an end at 14:30, gone at 16:00 Eastern."""
    imported(folder, POSTING.format(ACTION, ""))
    imported(folder, BOARD_LATER, "pjm", "later.html", "--at", "2026-07-14T20:00Z", "--ends-missing")
    assert states(folder)["eea2"] == 2 * 3600


def test_a_board_without_postings_ends_them_all(folder: Path) -> None:
    imported(folder, POSTING.format(ACTION, ""))
    imported(folder, "No records found.", "pjm", "l.html", "--at", "2026-07-14T20:00Z", "--ends-missing")
    assert states(folder) == {"normal": 4 * 3600, "eea2": 2 * 3600, "None": 18 * 3600}


def test_without_the_option_a_posting_that_is_missing_stays_in_force(folder: Path) -> None:
    """The page of one posting lists no other."""
    imported(folder, POSTING.format(ACTION, ""))
    imported(folder, BOARD_LATER, "pjm", "later.html", "--at", "2026-07-14T20:00Z")
    assert states(folder)["eea2"] == 6 * 3600


def test_a_board_with_an_entry_that_cannot_be_read_ends_nothing(folder: Path) -> None:
    """It may be the very posting."""
    imported(folder, POSTING.format(ACTION, ""))
    page = POSTING.format("Purple Alert", "").replace("104712", "104713")
    said = imported(folder, page, "pjm", "later.html", "--at", "2026-07-14T20:00Z", "--ends-missing")
    assert "notice pjm-104712 is not ended" in said


def test_a_page_saved_before_a_notice_does_not_end_it(folder: Path) -> None:
    imported(folder, POSTING.format(ACTION, ""))
    imported(folder, "No records found.", "pjm", "l.html", "--at", "2026-07-14T10:00Z", "--ends-missing")
    assert states(folder)["eea2"] == 6 * 3600


def test_only_a_page_with_its_time_ends_what_it_lacks(folder: Path) -> None:
    said = imported(folder, "No records found.", "pjm", "l.html", "--ends-missing")
    assert "--ends-missing needs --at" in said


def test_a_retracted_notice_is_not_recorded_again_by_the_next_page(folder: Path) -> None:
    imported(folder, POSTING.format(ACTION, ""))
    (line,) = [line for line in call(folder, "log").splitlines() if "grid-notice-published" in line]
    call(folder, "retract", line.split()[0], "--reason", "recorded by mistake")
    assert "recorded 0 facts" in imported(folder, POSTING.format(ACTION, ""))


def test_a_wording_that_is_not_known_fails_and_the_rest_is_recorded(folder: Path) -> None:
    page = POSTING.format(ACTION, "") + POSTING.format("Purple Alert", "").replace("104712", "104713")
    (folder / "page.html").write_text(page)
    result = CliRunner().invoke(
        main,
        [
            "--book",
            str(folder / "book"),
            "import",
            "conditions",
            str(folder / "page.html"),
            "--source",
            "pjm",
        ],
    )
    assert (result.exit_code, "recorded 1 fact, 1 malformed" in result.output) == (2, True)


def test_a_notice_is_open_from_its_start_and_not_from_its_posting(folder: Path) -> None:
    imported(folder, POSTING.format(ACTION, "07.14.2026 18:30"))
    times = ("2026-07-14T17:59Z", "2026-07-14T18:00Z", "2026-07-14T22:30Z")
    assert ["pjm-104712" in call(folder, "now", "--at", at) for at in times] == [False, True, False]


def test_sources_are_explained() -> None:
    said = CliRunner().invoke(main, ["import", "conditions", "--source", "list"]).output
    assert ("pjm (PJM)" in said, "spp: not read" in said) == (True, True)
