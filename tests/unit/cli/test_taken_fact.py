"""What ``record``, ``correct``, ``retract``, ``note`` and ``log`` print of single facts: where they stand, what
they said before, and what is unlikely of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ledger.app.cli.main import main

SITE = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=UTC balancing_authority=SOCO utility=U parcels=[a] site_class=training
2026-06-02T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-06-04T08:00Z s1 outage-started block=m1 outage=fans outage_class=planned derate=25MW cause=cleaning outside_management_control=false
2026-06-04T12:00Z s1 outage-ended outage=fans
2026-06-04T08:10Z s1 incident-opened incident=trip summary="fans out"
"""
OUTAGE = 7
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def call(*words: str, story: str = "") -> Result:
        (tmp_path / "s.story").write_text(story)
        words = tuple(str(tmp_path / "s.story") if word == "-" else word for word in words)
        return CliRunner().invoke(main, ["--book", str(tmp_path / "b"), *words])

    call("init", "--origin", "example.com/b")
    assert call("record", "-", story=SITE).exit_code == 0
    return call


def test_record_shows_index_and_id_of_each_new_record(run: Run) -> None:
    """The operator copies the id into the shift book."""
    told = run(
        "record", "-", story="2026-06-05T00:00Z s1 outage-ended outage=fans\n" + SITE.replace("fans", "pumps")
    )
    shown = [line.split() for line in told.stdout.splitlines()[:-1]]
    logged = [json.loads(line) for line in run("log", "--json", "--after", "9").stdout.splitlines()]
    assert [(int(index), id_) for index, id_, *_ in shown] == [(one["index"], one["id"]) for one in logged]


def test_a_long_file_shows_the_first_records_and_how_to_see_the_others(run: Run) -> None:
    """Thirty feed changes: twenty are shown."""
    many = "".join(
        f"2026-06-05T00:{n:02}Z s1 feed-state-changed block=m1 feed=A state=up\n" for n in range(30)
    )
    told = run("record", "-", story=many).stdout.splitlines()
    assert told[20:] == [
        "          and 10 more: wattledger log --ids --after 29",
        "recorded 30 facts; the book holds 40 records",
    ]


def test_log_shows_ids_on_request(run: Run) -> None:
    """The index comes first with and without ids."""
    plain, with_ids = (run("log", "--limit", "1", *more).stdout.split() for more in ([], ["--ids"]))
    assert (plain[0], with_ids[0], with_ids[2:]) == (with_ids[0], "9", plain[1:])


def test_correct_shows_the_fact_before_and_after(run: Run) -> None:
    """The operator sees what the command understood."""
    told = run("correct", str(OUTAGE), "derate=30MW", "--reason", "read again").stdout.splitlines()
    assert [line.split()[0] for line in told] == ["before", "after", "record"]


def test_a_dry_run_says_that_nothing_is_recorded(run: Run) -> None:
    """Before and after are shown all the same."""
    told = run("correct", str(OUTAGE), "derate=30MW", "--reason", "x", "--dry-run").stdout.splitlines()
    assert told[-1] == "nothing is recorded: --dry-run"


def test_a_correction_that_is_there_already_is_named(run: Run) -> None:
    """The arrow key and enter."""
    words = ("correct", str(OUTAGE), "derate=30MW", "--reason", "read again")
    run(*words)
    assert run(*words).stdout.splitlines()[-1].startswith("recorded before as record 10 (")


@pytest.mark.parametrize(
    "words",
    [
        ("correct", str(OUTAGE), "derate=30MW", "--reason", "x"),
        ("retract", str(OUTAGE), "--reason", "x"),
        ("note", "trip", "no smoke"),
    ],
)
def test_a_machine_is_told_the_place_of_the_new_record(run: Run, words: tuple[str, ...]) -> None:
    """The places are as ``record --json`` gives them."""
    told = json.loads(run(*words, "--json").stdout)
    (place,) = told["records"]
    assert (told["recorded"], place["index"], place["stream"]) == (1, 10, "s1/operations")


def test_a_machine_is_told_that_a_dry_run_recorded_nothing(run: Run) -> None:
    """Counts and places are of what is in the book."""
    told = json.loads(run("retract", str(OUTAGE), "--reason", "x", "--dry-run", "--json").stdout)
    assert (told["recorded"], told["records"], told["size"]) == (0, [], 10)


LONG = "".join(
    f"2026-06-{n:02}T00:00Z s1 outage-started block=m1 outage=o{n} outage_class=planned derate=1MW cause=x"
    f" outside_management_control=false\n2026-06-{n:02}T13:00Z s1 outage-ended outage=o{n}\n"
    for n in range(5, 12)
)


def test_notes_that_are_alike_are_folded(run: Run) -> None:
    """Seven outages of 13 hours: three are told, four are counted."""
    told = run("record", "-", story=LONG).stderr.splitlines()
    assert (len(told), told[-1]) == (4, "note: and 4 more alike [lasts-long]; wattledger doctor lists them")


def test_an_unlikely_fact_is_recorded_with_exit_code_0(run: Run) -> None:
    """A note is no problem."""
    told = run("record", "-", story=LONG)
    assert (told.exit_code, told.stdout.splitlines()[-1].split(";")[0]) == (0, "recorded 14 facts")


def test_a_machine_is_told_every_note(run: Run) -> None:
    """Nothing is folded, and nothing is on stderr."""
    told = run("record", "-", "--json", story=LONG)
    assert ([one["rule"] for one in json.loads(told.stdout)["unlikely"]], told.stderr) == (
        ["lasts-long"] * 7,
        "",
    )


def test_a_correction_that_is_unlikely_is_noted(run: Run) -> None:
    """The end was mistyped by a day."""
    told = run("correct", str(OUTAGE + 1), "at=2026-06-05T12:00Z", "--reason", "x")
    assert "outage fans lasted 28 h, longer than 12 h [lasts-long]" in told.stderr


def test_doctor_lists_unlikely_facts_with_exit_code_0(run: Run) -> None:
    """They are no contradictions; scripts that watch the exit code hear nothing new."""
    run("record", "-", story=LONG)
    told = run("doctor")
    assert (told.exit_code, told.stdout.splitlines()[0]) == (
        0,
        "Of 24 records none is contradicted and 7 are unlikely; nothing else was found.",
    )


def test_doctor_lists_them_for_machines(run: Run) -> None:
    """Each with its record, its rule and its note."""
    run("record", "-", story=LONG)
    listed = json.loads(run("doctor", "--json").stdout)
    assert {(one["rule"], one["kind"]) for one in listed} == {("lasts-long", "outage-ended.v1")}


def test_a_fact_said_again_after_its_retraction_is_told_not_to_hold(run: Run) -> None:
    """A newcomer retracted the wrong outage and recorded it again: "recorded before, unchanged" was the answer,
    while every report went on without it.
    """
    run("retract", str(OUTAGE), "--reason", "wrong block")
    told = run("record", "-", story=SITE.splitlines()[3] + "\n").stdout.splitlines()
    assert told[-2:] == [
        "note: 1 fact recorded before has been corrected or retracted since and does not hold (record 7 by record 10); if"
        " a fact holds after all, record it under another id: id=...",
        "recorded 0 facts, 1 that no longer holds; the book holds 11 records",
    ]


LINE = "2026-06-03T00:00Z s1 capacity-energized power={}MW point_of_delivery=P voltage=115kV\n"


@pytest.mark.parametrize("at_once", [True, False])
def test_a_fact_said_again_after_another_of_its_instant_is_told_not_to_hold(
    run: Run, *, at_once: bool
) -> None:
    """The line is set to 50 MW, to 60 and back to 50 at one instant: "unchanged" was the answer, and 60 held."""
    lines = [LINE.format(power) for power in (50, 60, 50)]
    told = [run("record", "-", story=text).stdout for text in (["".join(lines)] if at_once else lines)][-1]
    assert told.splitlines()[-2].partition("; ")[0] == (
        "note: 1 fact recorded before does not hold: record 11 is of the same instant as record 10 and came after it"
    )


def test_a_fact_said_again_holds_once_the_other_of_its_instant_is_retracted(run: Run) -> None:
    for power in (50, 60):
        run("record", "-", story=LINE.format(power))
    run("retract", "11", "--reason", "typed wrong")
    told = run("record", "-", story=LINE.format(50)).stdout.splitlines()
    assert told[-1] == "recorded 0 facts, 1 recorded before, unchanged; the book holds 13 records"


def test_readings_delivered_again_as_they_were_first_become_readings_again(run: Run, tmp_path: Path) -> None:
    """A meter's file says 10 kWh, the next 11, the third 10 again: the third was taken for the first, "recorded
    before", and the ledger kept 11.
    """
    run(
        "record",
        "-",
        story="2026-06-01T00:00Z s1 meter-registered meter=q scope=site role=revenue direction=delivered"
        " interval=1h\n",
    )
    dialect = "generic,time=t,value=kWh,unit=kWh,zone=UTC,stamp=begin,interval=1h"
    for value in (10, 11, 10):
        (tmp_path / "q.csv").write_text(f"t,kWh\n2026-06-04T00:00Z,{value}\n2026-06-04T01:00Z,5\n")
        run("import", "csv", str(tmp_path / "q.csv"), "--site", "s1", "--meter", "q", "--dialect", dialect)
    told = run(
        "compare", "csv", str(tmp_path / "q.csv"), "--site", "s1", "--meter", "q", "--dialect", dialect
    )
    assert told.stdout.startswith("The readings agree: 2 intervals of meter q of s1")
