"""Nothing acknowledged is lost and nothing half-written seen when the power goes, a process is killed or a disk
fails, at any system call. The gate tries what ``tools/crash`` tries longer; without strace it says "not run".
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.support.examples import tried
from tests.support.power import faults, loss, program, recording, served
from tests.support.power.calls import NOT_RUN, STRACE

pytestmark = pytest.mark.skipif(STRACE is None, reason=NOT_RUN)
SEED = 1
EVERY = 400


LOST = "records were acknowledged"


def searched(run: recording.Run, place: Path, count: int, *, until: str = "") -> loss.Tried:
    steps = recording.told_at(run, run.calls)
    return loss.search(run, steps, place / "state", count=count, seed=SEED, every=EVERY, until=until)


def wrong(found: loss.Tried) -> list[str]:
    return [f"seed {SEED}, after call {one.call}, {one.after}: {one.wrong}" for one in found.losses]


def test_a_power_loss_at_any_call_of_the_command_line_loses_nothing(tmp_path: Path) -> None:
    """A book is made in an empty folder, takes single facts and a batch, is sealed twice and exported; after each
    system call the power goes, and what was not synced is kept, lost or torn.
    """
    found = searched(recording.recorded(tmp_path), tmp_path, tried(gate=10_000, search=100_000))
    assert (wrong(found), found.states >= 10_000) == ([], True)


def test_a_power_loss_at_any_call_of_the_service_loses_nothing(tmp_path: Path) -> None:
    """Three clients record over HTTP: an answer of 201 that reached the socket is an acknowledgment."""
    found = searched(served.recorded(tmp_path), tmp_path, tried(gate=1_000, search=20_000))
    assert (wrong(found), found.states >= 1_000) == ([], True)


@pytest.mark.parametrize("mutant", program.MUTANTS)
def test_a_store_that_syncs_too_little_is_found(tmp_path: Path, mutant: str) -> None:
    """A search that found nothing in a store that loses records would prove nothing of ours."""
    found = searched(recording.recorded(tmp_path, singles=2, mutant=mutant), tmp_path, 400, until=LOST)
    assert any(LOST in line for line in wrong(found))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    program.load()
    return faults.base(tmp_path_factory.mktemp("faults") / "base")


WORKS = [faults.by_commands, faults.by_one_handle]


@pytest.mark.parametrize("work", WORKS)
def test_a_kill_at_any_call_loses_nothing(book: Path, tmp_path: Path, work: faults.Work) -> None:
    """Twenty appends, SIGKILL at one of their calls; the next command opens the book and goes on."""
    found = faults.points(work, tmp_path / "point", book, faults.HARMED)
    chosen = random.Random(SEED).sample(found, tried(gate=6, search=100))
    points = [faults.Point(*one, faults.KILL) for one in chosen]
    assert [line for point in points for line in faults.tried(point, work, book, tmp_path / "point")] == []


@pytest.mark.parametrize("work", WORKS)
def test_a_disk_that_fails_loses_nothing(book: Path, tmp_path: Path, work: faults.Work) -> None:
    """EIO or ENOSPC, once or from then on: what may be in the log without an acknowledgment was answered
    "outcome unknown", and the process writes no more until it opens the book again.
    """
    every = faults.errors(faults.points(work, tmp_path / "point", book, faults.FAILING))
    chosen = random.Random(SEED).sample(every, tried(gate=6, search=100))
    assert [line for point in chosen for line in faults.tried(point, work, book, tmp_path / "point")] == []
