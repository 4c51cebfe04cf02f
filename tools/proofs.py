"""The long form of two tests about bundles: honest books by the thousand, and every other value of every byte
of a bundle.

    uv run python tools/proofs.py [--histories 2000] [--first SEED] [--bytes]

A history that fails is named by its seed; with --bytes 255 values of each byte of a small bundle are tried,
instead of three.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ledger.app.book.book import Book, Said  # noqa: E402
from ledger.app.book.config import Config  # noqa: E402
from ledger.app.host.clock import Seeded  # noqa: E402
from ledger.exchange import story  # noqa: E402
from tests.laws.test_honest import history_verifies  # noqa: E402
from tests.unit.proofs.test_bundles import START_US, STORY, accepted, small  # noqa: E402


def histories(first: int, count: int) -> None:
    """Random histories, each with its readers."""
    for seed in range(first, first + count):
        try:
            history_verifies(seed)
        except BaseException:
            print(
                f"\nseed {seed} fails: uv run python tools/proofs.py --first {seed} --histories 1",
                file=sys.stderr,
            )
            raise
        print(f"\r{seed - first + 1:,} of {count:,} histories verify", end="", file=sys.stderr, flush=True)
    print(f"{count:,} histories verify")


def every_byte() -> int:
    """Try every other value of every byte and count those accepted."""
    with tempfile.TemporaryDirectory() as place:
        clock = Seeded("b", START_US)
        with Book.create(Path(place) / "book", Config("example.com/bundles"), surroundings=clock) as book:
            book.record([Said(claim) for claim in story.read(STORY.encode(), "s.story").claims])
            data, key = small(book), str(book.seals.vkey())
    assert accepted(data, key)
    wrong = 0
    for place_, byte in enumerate(data):
        for value in range(256):
            if value != byte and accepted(data[:place_] + bytes([value]) + data[place_ + 1 :], key):
                print(f"byte {place_}: {byte} -> {value} is accepted")
                wrong += 1
        print(f"\r{place_ + 1:,} of {len(data):,} bytes", end="", file=sys.stderr, flush=True)
    print(f"{255 * len(data):,} changed bundles, {wrong} accepted")
    return wrong


def main() -> int:
    """Run the requested form; 1 if something is wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--histories", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--bytes", action="store_true")
    said = parser.parse_args()
    histories(said.first, said.histories)
    return int(bool(every_byte() if said.bytes else 0))


if __name__ == "__main__":
    sys.exit(main())
