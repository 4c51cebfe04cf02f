"""What a command says first: the answer, before the list it was counted from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from ledger.app.cli.doctor_wording import SHOWN
from ledger.app.cli.main import main

SITE = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training
2026-06-01T01:00Z s1 capacity-energized power=60MW point_of_delivery=P voltage=115kV
2026-06-02T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=50MW feeds=[A]
2026-06-02T00:00Z s1 meter-registered meter=revenue scope=site role=revenue direction=delivered interval=1h
2026-06-20T00:00Z s1 intervals-recorded meter=revenue start=2026-06-20T00:00Z interval=1h power_of_ten=6 values=[41,42,43] quality=[0,0,0]
2026-06-20T01:30Z s1 outage-started block=m1 outage=trip outage_class=forced-u1 derate=50MW cause=relay outside_management_control=false
"""
LONG = "".join(
    f"2026-06-{n:02}T00:00Z s1 outage-started block=m1 outage=o{n} outage_class=planned derate=1MW cause=x"
    f" outside_management_control=false\n2026-06-{n:02}T13:00Z s1 outage-ended outage=o{n}\n"
    for n in range(5, 6 + SHOWN)
)
Run = Callable[..., list[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def call(*words: str, story: str = "") -> list[str]:
        (tmp_path / "s.story").write_text(story)
        done = CliRunner().invoke(
            main, ["--book", str(tmp_path / "b"), *words, *([str(tmp_path / "s.story")] if story else [])]
        )
        return done.stdout.splitlines()

    call("init", "--origin", "example.com/b")
    call("record", story=SITE)
    return call


def test_the_state_begins_with_what_an_engineer_asks_first(run: Run) -> None:
    """The relay tripped at half past one: what was energized, what was drawn, what is open?"""
    assert run("state", "--at", "2026-06-20T02:10Z", "--site", "s1")[0] == (
        "s1, 2026-06-19 22:10 -04:00: 60 MW energized, 43 MW drawn, 1 load block, open: 1 outage."
    )


def test_what_is_open_comes_before_what_is_in_force(run: Run) -> None:
    """The outage stands above the block and the meter."""
    told = run("state", "--at", "2026-06-20T02:10Z", "--site", "s1")
    assert [line.split()[0] for line in told[2:6] if line] == ["Open:", "outage", "In"]


def test_doctor_lists_ten_facts_of_a_rule_and_counts_the_others(run: Run) -> None:
    """Eleven outages of 13 hours and one without an end, all unlikely for one reason."""
    run("record", story=LONG)
    assert run("doctor")[-1] == "          and 2 more (--all lists them)"


def test_doctor_lists_every_fact_when_asked(run: Run) -> None:
    run("record", story=LONG)
    assert sum("longer than 12 h" in line for line in run("doctor", "--all")) == 1 + SHOWN


@pytest.mark.parametrize(
    ("then", "said"),
    [((), "11 records, 8 of them not yet sealed."), (("checkpoint",), "12 records, all sealed.")],
)
def test_status_says_first_whether_all_is_sealed(run: Run, then: tuple[str, ...], said: str) -> None:
    if then:
        run(*then)
    assert run("status")[0] == said
