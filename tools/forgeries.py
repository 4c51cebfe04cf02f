"""Every forged bundle of the tests, with the verdict a reader gets and the answer of a full-log witness who
is given the log as its operator hands it out.

    uv run python tools/forgeries.py [FILE...]

A line per bundle: the verdict of verify.py and of verify.html (they must agree), the witness's answer, the
test. A test fails if readers would VERIFY a bundle with the witness's cosignature although it is not the
log's.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.witnessing import AGREES, UNREADABLE, UNSIGNED, outcomes  # noqa: E402

FILES = ("tests/unit/verifier/test_attacks.py", "tests/unit/log/test_ml_dsa.py")


class Telling:
    """Prints the verdicts of each test."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        """Print the bundles of a test."""
        for found, said in outcomes:
            print(
                f"\n{found.verdict}\t{found.code or '-'}\t{said.rpartition('log.jsonl:')[2]}\t{item.name}",
                end="",
            )
            good = "not forged, or unseen by readers" if found.verdict == "VERIFIED" else "refused by readers"
            kind = said if said in (AGREES, UNREADABLE, UNSIGNED) else "refuses the log"
            self.counts[f"{good}; witness: {kind}"] += 1
        outcomes.clear()


def main() -> int:
    """Run the tests and count."""
    telling = Telling()
    files = sys.argv[1:] or [str(ROOT / name) for name in FILES]
    failed = pytest.main(
        ["-q", "-n", "0", "-p", "no:cacheprovider", "--capture=no", *files], plugins=[telling]
    )
    for what, count in sorted(telling.counts.items()):
        print(f"{count:>5}  {what}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
