"""Sessions: a page shows the program's output to the byte.

    python tools/sessions.py [--write] PAGE...

A session is a ```console block. Its lines that begin with "$ " are run by bash; the lines after each are its
output. The blocks of a page run one after the other in a directory that holds the files of tests/stories and
of the demonstration's stories.
A ```python block holds examples after ">>> ", as doctest reads them; those of a page run in one Python after
its console blocks.
``pip install -q uv && uv run`` is left out: the program installed beside this Python is run. With --write the
outputs are put into the page, to be read as a diff.

The README runs the program as its reader does. Of the other pages each ``wattledger`` is a fork of one
process that has loaded the program (tests/support/forked_program.py): starts would take most of the time.

A page that begins with ``<!-- continues ../README.md -->`` runs in a copy of the directory as that page left
it, so that a book is made once for all pages that read it.

A page that begins with ``<!-- needs PostgreSQL -->`` runs with a server of its own (tests/support/postgres.py),
which ``PGHOST`` names. One that says ``<!-- needs Dask -->`` is left out where Dask is not installed.
"""

from __future__ import annotations

import difflib
import doctest
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tests.support import postgres  # noqa: E402
from tests.support.forked_program import program, stop  # noqa: E402

README = ROOT / "README.md"
SAMPLES = ROOT / "ledger" / "app" / "demo" / "samples"
FILES = ROOT / "tests" / "stories", SAMPLES / "story", SAMPLES / "eia930", SAMPLES / "conditions"
BLOCK = re.compile(r"```console\n(.*?)```\n", re.DOTALL)
EXAMPLES = re.compile(r"```python\n(>>> .*?)```\n", re.DOTALL)
NEEDS = "<!-- needs PostgreSQL -->\n"
DASK = "<!-- needs Dask -->\n"
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
    """Every page with program output: the README, the guides, the transcripts."""
    folders = (ROOT / "ledger" / "docs" / "guide", ROOT / "tests" / "transcripts")
    return [README, *(page for folder in folders for page in sorted(folder.glob("*.md")))]


def first_of(page: Path) -> Path:
    """The page that a page continues, or itself."""
    continues = CONTINUES.search(page.read_text())
    return first_of((page.parent / continues[1]).resolve()) if continues else page


def prepare(place: Path) -> None:
    """Make the directory of a page that continues none."""
    place.mkdir()
    for file in (path for folder in FILES for path in folder.rglob("*") if path.is_file()):
        (place / file.name).write_bytes(file.read_bytes())


def run(page: Path, place: Path) -> str:
    """The text of a page with every session's output as it is now, run in a directory."""
    text = BLOCK.sub(lambda block: f"```console\n{_session(block[1], place, page)}```\n", page.read_text())
    return _examples(text, place, page)


def continued(page: Path, place: Path, copy: Path) -> str:
    """The same for a page that continues the one whose directory this is."""
    shutil.copytree(place, copy)
    try:
        return run(page, copy)
    finally:
        shutil.rmtree(copy)


def _ran(pages: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Each page and its text as it is now."""
    together: dict[Path, list[Path]] = {}
    for page in pages:
        if page.read_text().startswith(NEEDS) and not postgres.FOUND:
            print(f"{page}: not run: PostgreSQL is not installed", file=sys.stderr)
            continue
        if DASK in page.read_text() and importlib.util.find_spec("distributed") is None:
            print(f"{page}: not run: dask is not installed", file=sys.stderr)
            continue
        if page.read_text().startswith(NEEDS) and "PGHOST" not in os.environ:
            os.environ |= {"PGHOST": str(postgres.start("off")), "PGUSER": "postgres"}
        together.setdefault(first_of(page), []).append(page)
    for first, others in together.items():
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / "first"
            prepare(place)
            now = run(first, place)
            for page in others:
                yield page, now if page == first else continued(page, place, Path(folder) / "next")


def _examples(text: str, place: Path, page: Path) -> str:
    """The page with the outputs of its Python examples as they are now."""
    blocks = [PARSER.get_examples(block) for block in EXAMPLES.findall(text)]
    if not blocks:
        return text
    told = json.dumps([example.source for block in blocks for example in block])
    outputs = iter(json.loads(_output(f"python -c {shlex.quote(RUNNER)} {shlex.quote(told)}", place, page)))
    made = ("".join(_prompted(example.source) + next(outputs) for example in block) for block in blocks)
    return EXAMPLES.sub(lambda _: f"```python\n{next(made)}```\n", text)


def _prompted(source: str) -> str:
    first, *rest = source.splitlines()
    return "".join(f"{line}\n" for line in (f">>> {first}", *(f"... {line}".rstrip() for line in rest)))


def _session(block: str, place: Path, page: Path) -> str:
    if not block.startswith("$ "):
        return block  # a command to be typed, whose output is not shown
    commands = [line for line in block.splitlines() if line.startswith("$ ")]
    return "".join(f"{command}\n{_output(command[2:], place, page)}" for command in commands)


def _output(command: str, place: Path, page: Path) -> str:
    folder = INSTALLED if page == README else Path(program()).parent
    environment = {
        "PATH": f"{folder}:{INSTALLED}:{os.environ['PATH']}",
        "HOME": str(place),
        "COLUMNS": "100",
        "LC_ALL": "C.UTF-8",
    }
    served = page.read_text().startswith(NEEDS)
    for name in ("PYTHONPATH", "PYTHONPYCACHEPREFIX", *(("PGHOST", "PGUSER") if served else ())):
        if name in os.environ:
            environment[name] = os.environ[name]
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


def diff(page: Path, now: str) -> str:
    """A page and what it should show as a diff; empty where it shows that."""
    lines = page.read_text().splitlines(True), now.splitlines(True)
    return "".join(difflib.unified_diff(*lines, str(page), "as run"))


def main(arguments: list[str]) -> int:
    """Compare, or write; 1 if a page shows anything else."""
    write = "--write" in arguments
    if not arguments or {"-h", "--help"} & set(arguments):
        print(__doc__)
        return 0
    differ = False
    try:
        for page, now in _ran(Path(argument).resolve() for argument in arguments if argument != "--write"):
            if write:
                page.write_text(now)
            else:
                found = diff(page, now)
                sys.stdout.write(found)
                differ = differ or bool(found)
    finally:
        stop()
    return int(differ)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
