"""Bundles made to be expensive, and an honest log of full size: memory and time that verify.py needs for
each.

    uv run python tools/heavy.py [--megabytes 30] [--only WORD] [--verifier FILE] [--keep FOLDER]

Every bundle is signed by the key that its reader brings, so that only its contents matter. Memory is the
peak beyond that of a small bundle, beside the largest member; the file itself is mapped, and counts in it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.forging import KEY, OPERATIONS  # noqa: E402
from tests.support.heavy import MB, Made, forced, kinds, log  # noqa: E402


def written(folder: Path, name: str, make: Callable[[], Made]) -> Path:
    """The file of a bundle, made in a process of its own."""
    path = folder / (re.sub("[^a-z0-9]+", "-", name) + ".zip")
    if not path.exists():
        child = os.fork()
        if not child:
            path.write_bytes(forced(*make()))
            os._exit(0)
        os.waitpid(child, 0)
    return path


def measured(verifier: list[str], path: Path) -> tuple[int, float, str]:
    """Peak memory in bytes, CPU seconds, and the output."""
    words = [sys.executable, "-c", WRAPPED, *verifier, str(path), "--key", KEY.vkey, "--stream", OPERATIONS]
    found = subprocess.run(words, check=False, capture_output=True, text=True)
    *said, last = found.stderr.strip().split("\n")
    peak, used = last.split()
    try:
        verdict = json.loads(found.stdout.splitlines()[-1])
        told = " ".join(filter(None, (verdict["verdict"], verdict["code"], verdict["where"], verdict["why"])))
    except ValueError:
        told = f"exit {found.returncode}: {' '.join(said)[-200:]}"
    return int(peak) * 1024, float(used), told


WRAPPED = """
import runpy, sys, time
sys.argv = sys.argv[1:]
try:
    if sys.argv[0].endswith(".py"):
        runpy.run_path(sys.argv[0], run_name="__main__")
    else:
        from ledger.app.cli.main import main
        main()
finally:
    status = dict(line.split(":") for line in open("/proc/self/status"))
    print(status["VmHWM"].split()[0], time.process_time(), file=sys.stderr)
"""
"""Runs a verifier and prints its peak memory and time: the system's own figure for a child is never less than
what its parent had.
"""


def main() -> int:
    """Measure each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--megabytes", type=int, default=30)
    parser.add_argument("--only", default="")
    parser.add_argument("--verifier", default=str(ROOT / "ledger" / "verifier" / "verify.py"))
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    size = asked.megabytes * MB
    verifier = asked.verifier.split()
    with tempfile.TemporaryDirectory() as place:
        folder = asked.keep or Path(place)
        folder.mkdir(exist_ok=True)
        base, _, _ = measured(verifier, written(folder, "small", lambda: (log().members([OPERATIONS]), [])))
        print(f"base {base / MB:.0f} MB")
        for name, make in kinds(size):
            if asked.only not in name:
                continue
            path = written(folder, name, make)
            largest = max(largest_member(path), 1)
            peak, used, told = measured(verifier, path)
            print(
                f"{name:42} {(peak - base) / MB:7.0f} MB = {(peak - base) / largest:5.1f} x"
                f" {largest / MB:5.1f} MB {used:6.2f} s  {told[:150]}",
                flush=True,
            )
            if not asked.keep:
                path.unlink()
    return 0


def largest_member(path: Path) -> int:
    """The bytes of the largest member."""
    import zipfile

    return max(one.file_size for one in zipfile.ZipFile(path).infolist())


if __name__ == "__main__":
    sys.exit(main())
