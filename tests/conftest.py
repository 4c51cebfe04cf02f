"""Settings of every test: the gate tries the same examples every time, ``tools/search`` others; none is
judged by a clock.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support import browsing, forked_program, in_memory
from tests.support.examples import SEARCHING
from tests.support.once import AsRun, made_once
from tests.support.postgres import Server, server
from tools import sessions

GATE, SEARCH = 30, 100
"""How many examples a test tries that states no number of its own."""
settings.register_profile(
    "gate",
    max_examples=GATE,
    deadline=None,
    print_blob=True,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("search", settings.get_profile("gate"), max_examples=SEARCH, derandomize=False)
settings.load_profile("search" if SEARCHING else "gate")


@pytest.fixture(scope="session")
def readme(tmp_path_factory: pytest.TempPathFactory) -> AsRun:
    """The README as it is run, with the demonstration's book."""

    def make(folder: Path) -> None:
        sessions.prepare(folder / "place")
        (folder / "page.md").write_text(sessions.run(sessions.README, folder / "place"))

    folder = made_once(tmp_path_factory, "readme", make)
    return AsRun((folder / "page.md").read_text(), folder / "place")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A PostgreSQL server of this run; a test that asks for it is not run without one."""
    return server(tmp_path_factory)


if sys.dont_write_bytecode:  # the caller keeps his folders clean; each process would compile every module
    sys.pycache_prefix = str(Path(__file__).parents[1] / ".pytest_cache" / "compiled")
    sys.dont_write_bytecode = False
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
if in_memory.has_room():  # thousands of small books, each synced: on a disk the gate would wait for it
    for name in ("PYTEST_DEBUG_TEMPROOT", "TMPDIR"):
        os.environ.setdefault(name, in_memory.FOLDER)
    tempfile.tempdir = None  # whoever asked before asks again


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Every second worker begins at the other end: on a fresh machine each compiles half of the modules and
    reads what the other compiled of the other half, where both would compile all.
    """
    report = yield
    number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    if int(number) % 2 and isinstance(collector, pytest.Directory) and report.result:
        report.result.reverse()
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All workers name the tests in one order; those that need a browser stand first, and one is started."""
    items.sort(key=lambda item: (not browsing.browses(item), item.path))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Modules and tests stay to the end of the run: the collector need not walk them again and again, neither
    while they are imported nor later. What tests make is mostly without cycles, as in the program itself.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()
        gc.set_threshold(20_000, 10, 100)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    """End the browser after the last test that needs it."""
    yield
    browsing.stop_before(nextitem, item.path)


def pytest_sessionfinish() -> None:
    """End the process that the commands of tests are forks of."""
    forked_program.stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List at the end which tests were not run and why, and the command that installs what they need."""
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ").removeprefix("not run: ")
        for report in terminalreporter.getreports("skipped")
        if isinstance(report.longrepr, tuple)
    )
    if not reasons:
        return
    terminalreporter.section(f"{reasons.total()} tests not run")
    for reason, count in sorted(reasons.items()):
        terminalreporter.line(f"{count:4d}  {reason}")
    terminalreporter.line("tools/judges installs what they need (as root on Debian).")
