"""Sessions: what a page shows of the program is what the program prints, to the byte.

    python tools/sessions.py [--write] PAGE...

A session is a ```console block; its lines that begin with "$ " are run by bash, the lines after each are its
output. The blocks of a page are run one after the other in one directory that holds the files of
tests/stories. ``pip install -q uv && uv run`` is left out: the program installed beside this Python is run.
With --write the outputs are put into the page, to be read as a diff.
"""

from __future__ import annotations

import difflib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = ROOT / "tests" / "stories"
BLOCK = re.compile(r"```console\n(.*?)```\n", re.DOTALL)
SETUP = "pip install -q uv && uv run "


def ran(text: str) -> str:
    """A page with every session's output as it is now."""
    with tempfile.TemporaryDirectory() as place:
        for file in (path for path in FILES.rglob("*") if path.is_file()):
            (Path(place) / file.name).write_bytes(file.read_bytes())
        return BLOCK.sub(lambda block: f"```console\n{_session(block[1], place)}```\n", text)


def _session(block: str, place: str) -> str:
    if not block.startswith("$ "):
        return block  # a command to be typed, whose output is not shown
    commands = [line for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"{command}\n{_output(command[2:], place)}" for command in commands)


def _output(command: str, place: str) -> str:
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": place,
        "COLUMNS": "100",
        "LC_ALL": "C.UTF-8",
    }
    if "PYTHONPATH" in os.environ:
        environment["PYTHONPATH"] = os.environ["PYTHONPATH"]
    done = subprocess.run(
        ["bash", "-c", command.removeprefix(SETUP)],
        cwd=place,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        text=True,
    )
    return done.stdout


def main(arguments: list[str]) -> int:
    """Compare, or write; 1 if a page shows something else."""
    write = "--write" in arguments
    differ = False
    for page in (Path(argument) for argument in arguments if argument != "--write"):
        said = page.read_text()
        now = ran(said)
        if write:
            page.write_text(now)
        else:
            lines = difflib.unified_diff(said.splitlines(True), now.splitlines(True), str(page), "as run")
            sys.stdout.writelines(lines)
        differ = differ or said != now
    return int(differ and not write)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
