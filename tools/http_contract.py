"""The service against its own contract: schemathesis makes requests of every route from openapi.json, good
and bad ones, and judges the answers (all its checks).

    uv run python tools/http_contract.py [--book DIR] [--examples 40] [--seed 1]

A server of a copy of the book, or of a small one, is started for it. Exit 1 if an answer is not as declared.
The live log is left out: it does not end. 422 answers a request that has the form of the contract and names
something missing, so it counts as an answer to good requests too.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.serving import API, copied, serving, world  # noqa: E402

SETTINGS = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "409", "422"]
"""


def main() -> int:
    """Serve a book and run schemathesis against it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--book", type=Path)
    parser.add_argument("--examples", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        book = world(place / "book") if said.book is None else copied(said.book, place / "book")
        settings = place / "schemathesis.toml"
        settings.write_text(SETTINGS)
        now: dict[str, Any] = {} if said.book is None else {"surroundings": None}
        with serving(book, **now) as served:
            words = ["--checks", "all", "--max-examples", str(said.examples), "--seed", str(said.seed)]
            path = f"{served.address}{API}/openapi.json"
            call = ["--config-file", str(settings), "run", path, *words, "--exclude-path", f"{API}/live"]
            return subprocess.run([str(Path(sys.executable).parent / "st"), *call], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
