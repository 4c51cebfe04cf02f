#!/usr/bin/env python3
"""Change the program in small ways, one at a time, and see whether a test fails: what survives is not tested.

    uv run python tools/mutants.py ledger/rules/power.py [FILE ...] --tests tests/unit/rules [...]
        [--sample 150] [--seconds 20] [--seed 1] [--again OUTPUT]

Of each file so many changes are tried, drawn by the seed. The tests run once to learn which of them reach which
line; then each change is made in a fork, and its tests run until one fails: those of its own file first, of those
that go the same way through its function the fastest, and up to so many seconds of them. A change that no test
reaches has survived. --again tries only those that survived by the output of an earlier run. The last lines are the
score by file. Exit 1 if a test fails without a change.
"""

from __future__ import annotations

import argparse
import os
import pickle
import random
import re
import resource
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, Final, NamedTuple, NoReturn

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import pytest  # noqa: E402
from _pytest.runner import runtestprotocol  # noqa: E402
from hypothesis import Phase, settings  # noqa: E402

from tests.support import forked_program, in_memory  # noqa: E402
from tests.support.mutating import Change, Module  # noqa: E402

KILLED: Final = 1
SLOWER: Final = 3
"""A change that takes so many times as long as the tests do is found: it may never end."""
SURVIVED: Final = re.compile(r"^(\S+:\d+): (?:survived|not reached): (.*)$", re.MULTILINE)
SLOW_S: Final = 2
"""Tests that take longer are left out."""


class Reached(NamedTuple):
    """What one test took, and the lines that it reached by file; ``failed`` without a change."""

    seconds: float
    lines: dict[str, frozenset[int]]
    failed: bool


class Mutants:
    """A plugin that runs the tests of pytest's session once for each change."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self.asked = asked
        self.modules = [Module(Path(os.path.abspath(name))) for name in asked.files]
        self.failed = 0

    def pytest_collection(self) -> None:
        """Examples of a law that failed are not made smaller: that it fails is enough."""
        plain = (Phase.explicit, Phase.generate)
        settings.register_profile("mutants", settings.get_profile("gate"), phases=plain)
        settings.load_profile("mutants")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """The place where pytest would run the tests."""
        for module in self.modules:
            module.find()
        reached = self._learned(session.items)
        failing = sorted(name for name, one in reached.items() if one.failed)
        self.failed = len(failing)
        for name in failing:
            print(f"{name} fails without a change, and is left out", flush=True)
        total = [0, 0]
        print(f"{len(reached):,} tests looked at", flush=True)
        lines = []
        for module in self.modules:
            tried, killed = self._module(module, session.items, reached)
            lines.append(says(module, tried, killed))
            total = [total[0] + tried, total[1] + killed]
        print(*lines, sep="\n")
        print(f"seed {self.asked.seed}: {total[0]:,} changes, {total[1]:,} killed, {share(*total)}")
        return True

    def _module(
        self, module: Module, items: Sequence[pytest.Item], reached: dict[str, Reached]
    ) -> tuple[int, int]:
        changes = module.changes
        if len(changes) > self.asked.sample:
            rng = random.Random(f"{self.asked.seed} {module.path.name}")
            changes = sorted(rng.sample(changes, self.asked.sample), key=lambda one: one.lines.start)
        if self.asked.again is not None:
            before = set(SURVIVED.findall(self.asked.again.read_text()))
            changes = [one for one in changes if (named(module, one), one.says()) in before]
        killed = 0
        for change in changes:
            outcome = self._outcome(module, change, items, reached)
            killed += outcome == "killed"
            if outcome != "killed":
                print(f"{named(module, change)}: {outcome}: {change.says()}", flush=True)
        return len(changes), killed

    def _outcome(
        self, module: Module, change: Change, items: Sequence[pytest.Item], reached: dict[str, Reached]
    ) -> str:
        chosen, took = [], 0.0
        for item in self._telling(module, change, items, reached):
            if took < self.asked.seconds:
                chosen.append(item)
                took += reached[item.nodeid].seconds
        if not chosen:
            return "not reached"

        def work(_: Path) -> int:
            limit_s = int(sum(os.times()[:2]) + took * SLOWER) + 1
            resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s))
            module.change(change)
            return KILLED if any(fails(item, None) for item in chosen) else 0

        return "killed" if in_fork(chosen[0], work) else "survived"

    def _telling(
        self, module: Module, change: Change, items: Sequence[pytest.Item], reached: dict[str, Reached]
    ) -> list[pytest.Item]:
        """The tests that reach a change: those of its own file first, and of those that go the same way through its
        function the fastest first.
        """
        own = {f"test_{name}.py" for name in (module.path.stem, module.path.parent.name)}
        ways: Counter[tuple[bool, frozenset[int]]] = Counter()
        found: list[tuple[bool, int, float, int, pytest.Item]] = []
        for item in sorted(items, key=lambda one: reached[one.nodeid].seconds):
            one = reached[item.nodeid]
            lines = one.lines.get(str(module.path), frozenset())
            if one.failed or one.seconds >= SLOW_S or lines.isdisjoint(change.lines):
                continue
            way = item.path.name not in own, lines.intersection(change.function)
            found.append((way[0], ways[way], one.seconds, len(found), item))
            ways[way] += 1
        return [item for *_, item in sorted(found)]

    def _learned(self, items: Sequence[pytest.Item]) -> dict[str, Reached]:
        """Every test, run once with an eye on the functions it calls."""
        files = frozenset(str(module.path) for module in self.modules)
        with tempfile.TemporaryDirectory() as folder:
            answer = Path(folder) / "reached"

            def work(_: Path) -> int:
                learned = {item.nodeid: watched(item, files) for item in items}
                answer.write_bytes(pickle.dumps(learned))
                return 0

            if in_fork(items[0], work):
                raise RuntimeError("the tests do not come to an end")
            found: dict[str, Reached] = pickle.loads(answer.read_bytes())
        return found


def watched(item: pytest.Item, files: frozenset[str]) -> Reached:
    """Run a test and note which lines of these files it reaches."""
    lines: dict[str, set[int]] = {}

    def entered(frame: FrameType, event: str, _: Any) -> Any:
        return seen if frame.f_code.co_filename in files else None

    def seen(frame: FrameType, event: str, _: Any) -> Any:
        lines.setdefault(frame.f_code.co_filename, set()).add(frame.f_lineno)
        return seen

    begun = sum(os.times()[:4])
    sys.settrace(entered)
    try:
        failed = fails(item, None)
    finally:
        sys.settrace(None)
    return Reached(
        sum(os.times()[:4]) - begun, {name: frozenset(found) for name, found in lines.items()}, failed
    )


def fails(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """Run a test; True where it fails."""
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=nextitem))


def in_fork(item: pytest.Item, work: Callable[[Path], int]) -> int:
    """What a fork of this process ends with; it has a temporary folder of its own."""
    place = Path(tempfile.mkdtemp(prefix="mutants-", dir=in_memory.FOLDER if in_memory.has_room() else None))
    child = os.fork()
    if child == 0:
        be(item, place, work)
    _, status = os.waitpid(child, 0)
    shutil.rmtree(place, ignore_errors=True)
    return status


def be(item: pytest.Item, place: Path, work: Callable[[Path], int]) -> NoReturn:
    """Be that fork."""
    code = KILLED
    try:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        tempfile.tempdir = str(place)
        item.config._tmp_path_factory._basetemp = place  # type: ignore[attr-defined]  # of the plugin tmpdir
        code = work(place)
        forked_program.stop()
    finally:
        os._exit(code)


def named(module: Module, change: Change) -> str:
    """The place of a change."""
    return f"{module.path.relative_to(ROOT)}:{change.lines.start}"


def share(tried: int, killed: int) -> str:
    return f"{100 * killed / tried:.1f} %" if tried else "-"


def says(module: Module, tried: int, killed: int) -> str:
    of = f" of {len(module.changes)}" if tried < len(module.changes) else ""
    return f"{module.path.relative_to(ROOT)}: {tried}{of} changes, {killed} killed, {share(tried, killed)}"


def main() -> int:
    """Try changes; 1 if a test fails without one."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--tests", nargs="+", required=True)
    parser.add_argument("--sample", type=int, default=150, help="at most so many changes of a file")
    parser.add_argument(
        "--seconds", type=float, default=20, help="at most so many seconds of tests for a change"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--again", type=Path, metavar="OUTPUT")
    asked = parser.parse_args()
    plugin = Mutants(asked)
    words = [
        "-q",
        "-s",
        "-p",
        "no:cacheprovider",
        "--disable-warnings",
        "--tb=native",
        "--assert=plain",
        *asked.tests,
    ]
    code = pytest.main(words, plugins=[plugin])
    return int(code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) or plugin.failed > 0)


if __name__ == "__main__":
    sys.exit(main())
