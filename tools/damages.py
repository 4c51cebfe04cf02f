"""Every file of a book x every damage x every command: the right exit code, a line of words, no crash; exit 0
only with the whole book's answer.

    uv run python tools/damages.py [--file NAME]

The gate runs fsck on all of them and other commands in turn (tests/unit/maintenance/test_damages.py).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.damaged import ASKED, DAMAGES, FILES, Table  # noqa: E402


def main() -> int:
    """Run all; 1 if any answer is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--file", choices=FILES, help="only this file")
    file = parser.parse_args().file
    asked = wrong = 0
    with tempfile.TemporaryDirectory() as place:
        table = Table(Path(place))
        for name in [file] if file else FILES:
            for damage in DAMAGES:
                for command in ASKED:
                    asked += 1
                    what = table.wrong(name, damage, command)
                    if what:
                        wrong += 1
                        print(f"{name} {damage}: {command}: {what}")
                print(f"\r{asked:,} asked, {wrong:,} wrong", end="", file=sys.stderr, flush=True)
    print(f"\n{asked:,} answers, {wrong:,} wrong")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
