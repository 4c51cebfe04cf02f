"""One-bit flips anywhere in the files of a book: no command crashes, and fsck detects every flip that changes
an answer.

    uv run python tools/flips.py [--flips 3050] [--seed 0]

After each flip fsck and nine other commands run. A flip is silent if fsck finds nothing (exit 0) and the
answer of another command differs from that of the undamaged book; unused bytes, such as SQLite's free space,
change no answer. A failing flip is printed as file, byte and bit.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.damaged import Table, random_flip, wrong_after  # noqa: E402


def main() -> int:
    """Flip a number of bits, one at a time; 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--flips", type=int, default=3050)
    parser.add_argument("--seed", type=int, default=0)
    said = parser.parse_args()
    rng, files, wrong = random.Random(said.seed), Counter[str](), 0
    with tempfile.TemporaryDirectory() as place:
        table = Table(Path(place))
        for n in range(1, said.flips + 1):
            flip = random_flip(table, rng)
            files[flip.file] += 1
            for what in wrong_after(table, flip):
                wrong += 1
                print(f"{flip}: {what}", flush=True)
            print(f"\r{n:,} of {said.flips:,} flips, {wrong:,} wrong", end="", file=sys.stderr, flush=True)
    print(f"\n{said.flips:,} flips ({', '.join(f'{name} {count:,}' for name, count in files.most_common())})")
    print(f"{wrong:,} answers wrong: crashes, or changes that fsck does not see")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
