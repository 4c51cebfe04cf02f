"""A name that nothing has ends every command with exit 2 and the nearest name that exists, never with an empty
answer; and a column is named by its title too.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ledger.app.cli.main import main

STORY = """
2026-06-01T00:00Z dalton site-registered name=D county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training
2026-06-02T00:00Z dalton load-block-commissioned block=mine-1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-06-03T00:00Z dalton incident-opened incident=breaker-52 summary=x
2026-06-03T00:00Z dalton meter-registered meter=revenue scope=site role=revenue direction=delivered interval=15min
"""
FILE = "s.story"
WRONG = {
    "report": (["report", "uptmie"], "no report is called 'uptmie'; did you mean uptime?"),
    "report --site": (
        ["report", "uptime", "--site", "Dalton"],
        "no site is called 'Dalton'; did you mean dalton?",
    ),
    "report --block": (
        ["report", "uptime", "--block", "mine-2"],
        "no block is called 'mine-2'; did you mean mine-1?",
    ),
    "report --incident": (
        ["report", "incident", "--incident", "braeker-52"],
        "no incident is called 'braeker-52'; did you mean breaker-52?",
    ),
    "report --meter": (
        ["report", "intervals", "--meter", "revenu"],
        "no meter is called 'revenu'; did you mean revenue?",
    ),
    "report --format": (
        ["report", "uptime", "--format", "xslx"],
        "no format is called 'xslx'; did you mean xlsx?",
    ),
    "report --pack": (
        ["report", "--pack", "utilty", "-o", "p"],
        "no pack is called 'utilty'; did you mean utility?",
    ),
    "report --tz": (
        ["report", "uptime", "--tz", "America/NewYork"],
        "'America/NewYork'; did you mean America/New_York?",
    ),
    "pack --block": (
        ["report", "--pack", "operations", "-o", "p", "--block", "mine-2"],
        "no block is called 'mine-2'; did you mean mine-1?",
    ),
    "explain": (["explain", "uptmie", "--row", "fleet/all"], "did you mean uptime?"),
    "explain --row": (
        ["explain", "uptime", "--row", "site/daltn/all"],
        "no row is called 'site/daltn/all' in uptime over this window; did you mean site/dalton/all",
    ),
    "explain without --row": (
        ["explain", "uptime"],
        "needs --row, the values of scope, site, block, load_class joined by /; there are fleet/all, ",
    ),
    "import of no format": (["import", "nosuch", "x"], "there are cloudevents, comtrade, conditions, csv, "),
    "two letters of one name": (["log", "--site", "da"], "did you mean dalton?"),
    "two letters of several": (["report", "in"], "no report is called 'in'; there are "),
    "explain --column": (
        ["explain", "uptime", "--row", "fleet/all", "--column", "eaf_pm"],
        "no column is called 'eaf_pm' in uptime; did you mean eaf_ppm, af_ppm, x_eaf_ppm?",
    ),
    "explain --block": (
        ["explain", "uptime", "--row", "fleet/all", "--block", "mine-2"],
        "no block is called 'mine-2'",
    ),
    "diff --block": (
        ["diff", "uptime", "--known-at", "5", "--known-at", "now", "--block", "mine-2"],
        "no block is called 'mine-2'; did you mean mine-1?",
    ),
    "log --site": (["log", "--site", "nope"], "no site is called 'nope'; there are dalton"),
    "log --stream": (["log", "--stream", "Dalton/grid"], "did you mean dalton/grid?"),
    "log --kind": (["log", "--kind", "outage-begun"], "did you mean outage-ended, outage-started"),
    "kinds": (["kinds", "outage-begun"], "did you mean outage-ended, outage-started"),
    "state --site": (["state", "--at", "now", "--site", "daltn"], "did you mean dalton?"),
    "replay --site": (["replay", "--site", "daltn"], "did you mean dalton?"),
    "what-if --site": (["replay", "--what-if", FILE, "--site", "daltn"], "did you mean dalton?"),
    "import": (
        ["import", "greenbuton", FILE],
        "no import format is called 'greenbuton'; did you mean greenbutton?",
    ),
    "import --site": (["import", "openadr", "--site", "daltn", FILE], "did you mean dalton?"),
    "import --meter": (
        ["import", "greenbutton", "--site", "dalton", "--meter", "revenu", FILE],
        "no meter is called 'revenu' at dalton; did you mean revenue?",
    ),
    "import --block": (
        ["import", "miners", "--site", "dalton", "--block", "mine-2", FILE],
        "no block is called 'mine-2' at dalton; did you mean mine-1?",
    ),
    "import --dialect": (
        ["import", "csv", "--site", "dalton", "--meter", "revenue", "--dialect", "eia930", FILE],
        "did you mean eia-930?",
    ),
    "import --class": (
        ["import", "openadr", "--site", "dalton", "--class", "emergncy", FILE],
        "did you mean emergency?",
    ),
    "export": (["export", "stori"], "no export format is called 'stori'; did you mean story?"),
    "export --site": (
        ["export", "openadr", "--site", "daltn"],
        "no site is called 'daltn'; did you mean dalton?",
    ),
    "export --stream": (["export", "story", "--stream", "dalton/gird"], "did you mean dalton/grid?"),
    "export --meter": (
        ["export", "greenbutton", "--site", "dalton", "--meter", "revenu"],
        "no meter is called 'revenu' at dalton; did you mean revenue?",
    ),
    "bundle --stream": (["bundle", "--stream", "dalton/gird", "-o", "b.zip"], "did you mean dalton/grid?"),
    "bundle --report": (
        ["bundle", "--stream", "dalton/grid", "--report", "uptmie", "-o", "b.zip"],
        "did you mean uptime?",
    ),
    "restore --key": (["restore", FILE, "--key", "nonsense"], "--key: a verifier key is name+hash+base64"),
    "help": (["help", "verfy"], "did you mean verify?"),
    "record": (["record", "typo.story"], "unknown kind 'outage-begun'; did you mean outage-ended"),
}


@pytest.fixture(scope="module", autouse=True)
def _book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    before, folder = Path.cwd(), tmp_path_factory.mktemp("names")
    os.chdir(folder)
    Path(FILE).write_text(STORY)
    Path("typo.story").write_text("now dalton outage-begun block=mine-1\n")
    assert [ran("init").exit_code, ran("record", FILE).exit_code] == [0, 0]
    yield
    os.chdir(before)


def ran(*words: str) -> Result:
    return CliRunner().invoke(main, ["--book", "book", *words])


@pytest.mark.parametrize(("words", "message"), WRONG.values(), ids=WRONG)
def test_a_name_that_nothing_has_is_told_with_the_nearest(words: list[str], message: str) -> None:
    done = ran(*words)
    assert (done.exit_code, message in done.output) == (2, True), done.output


def test_the_ledger_is_not_listed_as_a_site() -> None:
    assert "ledger," not in ran("log", "--site", "nope").output.partition("there are")[2]


@pytest.mark.parametrize(
    ("line", "near"),
    [
        ("now daltn incident-opened incident=i summary=x", "did you mean dalton?"),
        (
            "now dalton outage-started block=mine-2 outage=o outage_class=planned derate=1MW cause=x"
            " outside_management_control=false",
            "did you mean mine-1?",
        ),
        ("now dalton incident-closed incident=breaker-25 cause=x actions=[y]", "did you mean breaker-52?"),
    ],
)
def test_a_fact_about_what_is_not_recorded_is_refused_with_the_nearest(line: str, near: str) -> None:
    Path("one.story").write_text(line)
    done = ran("record", "one.story")
    assert (done.exit_code, near in done.output) == (3, True), done.output


@pytest.mark.parametrize("column", ["eaf_ppm", "EAF", "eaf", "EAF (%)"])
def test_a_column_is_named_as_it_is_stored_or_as_it_is_shown(column: str) -> None:
    done = ran("explain", "uptime", "--row", "fleet/all", "--column", column)
    assert (done.exit_code, "  EAF = " in done.stdout) == (0, True), done.output
