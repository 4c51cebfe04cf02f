"""The whole authorization matrix over a real socket: every principal with every request, for its own objects,
those of others, and missing ones.

    uv run python tools/authorization.py [--rounds 5]

A cell holds where the status is as the table of docs/design/trust.md declares it, stated by hand in
tests/support/rights.py, and where an object of others is answered as a missing one: status, body, headers.
The last line counts cells and those that do not hold. Exit 1 if there is any.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ledger.app.book.book import Book  # noqa: E402
from tests.support.rights import ask, cells, declared, pairs, rights_book, told  # noqa: E402
from tests.support.serving import serving  # noqa: E402


def main() -> int:
    """Request every cell and print each that does not hold."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5, help="how often the matrix is asked")
    rounds = parser.parse_args().rounds
    asked, wrong = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "book"
        secrets = rights_book(place)
        with Book.open(place, write=False) as book:
            every = list(cells(book))
        with serving(place) as served, served.client() as client:
            for _ in range(rounds):
                answers = {}
                for cell in every:
                    answer = ask(client, secrets.get(cell.principal), cell)
                    refused = answer.status_code if answer.status_code in (401, 403) else None
                    answers[id(cell)] = told(answer, cell)
                    asked += 1
                    if refused != declared(cell):
                        wrong += 1
                        print(f"{cell.principal} {cell.method} {cell.path}: {answer.status_code}")
                for foreign, missing in pairs(every):
                    if answers[id(foreign)] != answers[id(missing)]:
                        wrong += 1
                        print(f"{foreign.principal} {foreign.method} {foreign.path}: tells what is of others")
                        print(f"    {answers[id(foreign)]}\n    {answers[id(missing)]}")
    print(f"authorization: {asked:,} cells, {wrong} not as declared")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
