"""Unusual arguments on every option and argument of every command, in this process on a small book.

    uv run python tools/arguments.py [--seed 1] [--pairs 1000] [--every 1] [COMMAND...]

Each may end in an answer or in a message with its exit code; a traceback, a hang, another code, a failure
without a line or a line with control characters is a finding. Findings of one place in the program are shown
once, with their number and a call that shows it. Exit 1 if there was one.
"""

from __future__ import annotations

import argparse
import random
import shlex
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.arguments import Found, World, calls, pairs, quiet_stdin, windows  # noqa: E402


def main() -> int:
    """Try them all, or each n-th of them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("commands", nargs="*", metavar="COMMAND", help="only these")
    parser.add_argument("--seed", type=int, default=1, help="of the pairs, and of which are tried")
    parser.add_argument(
        "--pairs", type=int, default=1_000, help="so many with two options more, and so many windows"
    )
    parser.add_argument("--every", type=int, default=1, metavar="N", help="one in N of all")
    said = parser.parse_args()
    quiet_stdin()
    rng, begun = random.Random(said.seed), time.monotonic()
    tried: Counter[str] = Counter()
    found: dict[str, list[Found]] = {}
    with tempfile.TemporaryDirectory() as place:
        world = World(Path(place))
        every = [*calls(world.said), *pairs(world.said, rng, said.pairs), *windows(rng, said.pairs)]
        wanted = [call for call in every if not said.commands or call[0] in said.commands]
        for call in rng.sample(wanted, len(wanted) // said.every):
            tried[call[0]] += 1
            wrong = world.call(call)
            if wrong is not None:
                found.setdefault(wrong.where or wrong.what, []).append(wrong)
    for where, several in sorted(found.items(), key=lambda one: -len(one[1])):
        shortest = min(several, key=lambda one: sum(map(len, one.call)))
        print(
            f"{len(several):>5}  {where}\n       {shortest.what}\n      "
            f" {ascii(shlex.join(shortest.call))[:300]}"
        )
    findings = sum(map(len, found.values()))
    print(
        f"seed {said.seed}: {tried.total():,} calls of {len(tried)} commands in"
        f" {time.monotonic() - begun:.0f} s, {findings:,} findings in {len(found)} places"
    )
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
