"""Sessions: what a page shows of the program is what the program prints, to the byte.

    python tools/sessions.py [--write] PAGE...

A session is a ```console block. Its lines that begin with "$ " are run by bash; the lines after each are its
output. The blocks of a page run one after the other in a directory that holds the files of tests/stories.
A ```python block holds examples after ">>> ", as doctest reads them; those of a page run in one Python after
its console blocks.
``pip install -q uv && uv run`` is left out: the program installed beside this Python is run. With --write the
outputs are put into the page, to be read as a diff.

The README runs the program as its reader does. Of the other pages each ``wattledger`` is a fork of one process
that has loaded the program (tests/support/forked_program.py): starts would take most of the time.

A page that begins with ``<!-- continues ../README.md -->`` runs in a copy of the directory as that page left
it, so that a book is made once for all pages that read it.
"""

from __future__ import annotations

import difflib
import doctest
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tests.support.forked_program import forked_program  # noqa: E402

README = ROOT / "README.md"
FILES = ROOT / "tests" / "stories"
BLOCK = re.compile(r"```console\n(.*?)```\n", re.DOTALL)
EXAMPLES = re.compile(r"```python\n(>>> .*?)```\n", re.DOTALL)
CONTINUES = re.compile(r"<!-- continues (\S+) -->\n")
PARSER = doctest.DocTestParser()
RUNNER = """
import contextlib, io, json, sys, traceback
names, outputs = {}, []
for source in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        try:
            exec(compile(source, "example", "single"), names)
        except Exception as why:
            print("".join(traceback.format_exception_only(why)), end="")
    outputs.append(out.getvalue())
print(json.dumps(outputs))
"""
SETUP = "pip install -q uv && uv run "
INSTALLED = Path(sys.executable).parent


def pages() -> list[Path]:
    """Every page that shows the program: the README, the guides, the transcripts."""
    folders = (ROOT / "ledger" / "docs" / "guide", ROOT / "tests" / "transcripts")
    return [README, *(page for folder in folders for page in sorted(folder.glob("*.md")))]


def groups(said: Iterable[Path]) -> dict[Path, list[Path]]:
    """The pages that run together, by the page they begin with."""
    found: dict[Path, list[Path]] = {}
    for page in said:
        found.setdefault(_first(page), []).append(page)
    return found


def ran(first: Path, said: Iterable[Path], program: Path) -> dict[Path, str]:
    """The text of each page with every session's output as it is now; ``program`` is the folder of the
    program that pages other than the README run.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "first"
        place.mkdir()
        for file in (path for path in FILES.rglob("*") if path.is_file()):
            (place / file.name).write_bytes(file.read_bytes())
        now = {first: _run(first, place, INSTALLED if first == README else program)}
        for page in said:
            if page != first:
                copy = Path(folder) / "next"
                shutil.copytree(place, copy)
                now[page] = _run(page, copy, program)
                shutil.rmtree(copy)
        return now


def _first(page: Path) -> Path:
    continues = CONTINUES.search(page.read_text())
    return _first((page.parent / continues[1]).resolve()) if continues else page


def _run(page: Path, place: Path, program: Path) -> str:
    text = BLOCK.sub(lambda block: f"```console\n{_session(block[1], place, program)}```\n", page.read_text())
    return _examples(text, place, program)


def _examples(text: str, place: Path, program: Path) -> str:
    """The page with the outputs of its Python examples as they are now."""
    blocks = [PARSER.get_examples(block) for block in EXAMPLES.findall(text)]
    if not blocks:
        return text
    told = json.dumps([example.source for block in blocks for example in block])
    outputs = iter(
        json.loads(_output(f"python -c {shlex.quote(RUNNER)} {shlex.quote(told)}", place, program))
    )
    made = ("".join(_prompted(example.source) + next(outputs) for example in block) for block in blocks)
    return EXAMPLES.sub(lambda _: f"```python\n{next(made)}```\n", text)


def _prompted(source: str) -> str:
    first, *rest = source.splitlines()
    return "".join(f"{line}\n" for line in (f">>> {first}", *(f"... {line}".rstrip() for line in rest)))


def _session(block: str, place: Path, program: Path) -> str:
    if not block.startswith("$ "):
        return block  # a command to be typed, whose output is not shown
    commands = [line for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"{command}\n{_output(command[2:], place, program)}" for command in commands)


def _output(command: str, place: Path, program: Path) -> str:
    environment = {
        "PATH": f"{program}:{INSTALLED}:{os.environ['PATH']}",
        "HOME": str(place),
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


def differences(first: Path, together: Iterable[Path], program: Path) -> dict[Path, tuple[str, str]]:
    """The pages that do not show what the program prints: their text, and as it should be."""
    texts = {page: (page.read_text(), now) for page, now in ran(first, together, program).items()}
    return {page: (said, now) for page, (said, now) in texts.items() if said != now}


def diff(page: Path, said: str, now: str) -> str:
    """What a page shows and what it should, as a diff."""
    return "".join(difflib.unified_diff(said.splitlines(True), now.splitlines(True), str(page), "as run"))


def main(arguments: list[str]) -> int:
    """Compare, or write; 1 if a page shows something else."""
    write = "--write" in arguments
    differ = False
    asked = [Path(argument).resolve() for argument in arguments if argument != "--write"]
    with forked_program() as program:
        for first, together in groups(asked).items():
            for page, (said, now) in differences(first, together, program).items():
                if write:
                    page.write_text(now)
                else:
                    sys.stdout.write(diff(page, said, now))
                    differ = True
    return int(differ)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
