"""Options and story text of every command take instants as people say them, and show what was understood.

It is July 14, 2026, 14:30 in Sandersville, Georgia.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ledger import calendar
from ledger.app.cli.main import main
from ledger.app.host.clock import Machine

NOW_US = calendar.instant_s("2026-07-14T18:30:00Z") * 1_000_000
STORY = """
2026-06-01 08:00 s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training
2026-06-02 08:00 s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
yesterday 18:00 s1 incident-opened incident=i1 summary=x
"""
COMMANDS = {
    "log": ["log", "--site", "s1", "--from", "yesterday 18:00"],
    "log --known-at": ["log", "--site", "s1", "--known-at", "14:30 EDT"],
    "state": ["state", "--site", "s1", "--at", "2026-07-14 06:14"],
    "replay": ["replay", "--site", "s1", "--from", "06:14", "--to", "now"],
    "report": ["report", "uptime", "--site", "s1", "--as-of", "06:14"],
    "report --period": ["report", "uptime", "--site", "s1", "--period", "this-month"],
    "explain": ["explain", "uptime", "--site", "s1", "--row", "fleet/all", "--to", "06:14"],
    "diff": ["diff", "uptime", "--site", "s1", "--known-at", "now", "--known-at", "now"],
    "export": ["export", "story", "--site", "s1", "--from", "yesterday 18:00"],
    "bundle": ["bundle", "--stream", "s1/operations", "--report", "uptime", "--to", "now", "-o", "b.zip"],
    "record": ["record", "--dry-run", "s.story"],
    "what-if": ["replay", "--what-if", "s.story", "--to", "06:14"],
}


@pytest.fixture(autouse=True)
def _book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Machine, "now_us", lambda self: NOW_US)
    Path("site.story").write_text(STORY)
    Path("s.story").write_text("06:14 s1 incident-opened incident=i2 summary=y\n")
    assert [ran("init").exit_code, ran("record", "site.story").exit_code] == [0, 0]


def ran(*words: str) -> Result:
    return CliRunner().invoke(main, ["--book", "book", *words])


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_what_was_understood_is_shown_with_its_offset(words: list[str]) -> None:
    done = ran(*words)
    assert (done.exit_code, "note: " in done.stderr and "-04:00" in done.stderr) == (0, True), done.output


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_a_machine_is_told_nothing_beside_the_answer(words: list[str]) -> None:
    done = ran(*words, "--json")
    assert (done.exit_code, done.stderr) == (0, "")


def test_many_instants_of_a_file_are_shown_in_a_few_lines() -> None:
    lines = [f"2026-07-13 {hour:02}:00 s1 incident-opened incident=n{hour} summary=x" for hour in range(24)]
    Path("day.story").write_text("\n".join(lines))
    assert ran("record", "day.story").stderr.splitlines()[-2:] == [
        "note: s1 2026-07-13 03:00 is 2026-07-13T03:00:00-04:00",
        "note: and 20 more alike",
    ]


def test_a_report_over_a_named_period_is_the_report_over_its_days() -> None:
    named, spelled_out = (
        ran("report", "uptime", "--site", "s1", "--period", said, "--json").stdout
        for said in ("last-month", "2026-06")
    )
    assert named == spelled_out


@pytest.mark.parametrize(
    ("words", "quoted"),
    [
        (["log", "--from", "2026-07-14", "06:14"], '"2026-07-14 06:14"'),
        (["report", "uptime", "--to", "yesterday", "18:00"], '"yesterday 18:00"'),
        (["state", "--at", "2026-07-14T14:30", "EDT"], '"2026-07-14T14:30 EDT"'),
        (["report", "--from", "yesterday", "18:00"], '"yesterday 18:00"'),
    ],
)
def test_a_blank_inside_an_instant_on_a_shell_line_is_told_as_that(words: list[str], quoted: str) -> None:
    done = ran(*words)
    assert (done.exit_code, f"an instant with a blank needs quotes: {quoted}" in done.output) == (2, True)


def test_a_blank_inside_an_instant_is_told_to_machines_too() -> None:
    done = ran("log", "--from", "2026-07-14", "06:14", "--json")
    assert (done.exit_code, "needs quotes" in done.stderr) == (2, True)
