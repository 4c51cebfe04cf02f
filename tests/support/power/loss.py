"""Power losses of a traced run: after each of its calls, the states that the disk may be in, judged."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from tests.support.power.calls import Call
from tests.support.power.disk import Disk, differences
from tests.support.power.judging import Judge
from tests.support.power.recording import LEFT_OUT, NEVER_SYNCED, SENDS, Acknowledged, Run
from tests.support.power.states import Digests, State, states


class Loss(NamedTuple):
    """A state in which something is wrong: the number of the call, its words, the state, and what is
    wrong.
    """

    call: int
    after: str
    state: State
    wrong: list[str]


class Tried(NamedTuple):
    """Counts of a search: calls that changed the disk, states, states that differ in a byte, and the
    losses.
    """

    calls: int
    states: int
    distinct: int
    losses: list[Loss]
    whole: bool = True

    def says(self, seed: int) -> str:
        return (
            f"seed {seed}: {self.states:,} states after {self.calls:,} calls, {self.distinct:,} of them different:"
            f" {len(self.losses):,} wrong{'' if self.whole else '; interrupted, later calls were not tried'}"
        )


def search(
    run: Run,
    told: Iterable[tuple[Call, Acknowledged]],
    place: Path,
    *,
    count: int,
    seed: int,
    every: int = 20,
    stop: int = 0,
    until: str = "",
    heard: Callable[[int, int], None] = lambda tried, count: None,
) -> Tried:
    """Try about this many states of a run; end at the ``stop``-th wrong one, or at one that is wrong in words
    that hold ``until``, where these are given. Ctrl-C ends it with what was tried.
    """
    steps = list(told)
    changing = _changes(run, steps)
    rng, judge = random.Random(seed), Judge(run, place, every=every)
    disk, tried, losses = Disk(str(run.root), LEFT_OUT), 0, list[Loss]()
    done, digests = 0, Digests()
    try:
        for number, (call, now) in enumerate(steps):
            changed = disk.take(call)
            if call.path == run.output:
                disk.write_back(NEVER_SYNCED)
            if not changed and not _is_told(run, call):
                continue
            done += 1
            heard(tried, count)
            share = max(3, round((count - tried) / max(1, changing - done + 1)))
            for state in states(disk, rng, share, digests):
                tried += 1
                wrong = judge.wrong(state, now)
                if wrong:
                    losses.append(Loss(number, f"{call.name} {Path(call.path).name}", state, wrong))
                    if (stop and len(losses) >= stop) or (until and any(until in words for words in wrong)):
                        return Tried(done, tried, len(judge.seen), losses)
    except KeyboardInterrupt:
        return Tried(done, tried, len(judge.seen), losses, whole=False)
    assert not differences(disk, run.root), f"the model has other files: {differences(disk, run.root)}"
    return Tried(done, tried, len(judge.seen), losses)


def _is_told(run: Run, call: Call) -> bool:
    """True where a call may have told the world something new."""
    return call.path == run.output or call.name.removeprefix("begun ") in SENDS


def _changes(run: Run, steps: list[tuple[Call, Acknowledged]]) -> int:
    """Number of calls after which states are tried."""
    disk = Disk(str(run.root), LEFT_OUT)
    return sum(disk.take(call) or _is_told(run, call) for call, _ in steps)
