"""Arguments that nobody would type, on every option and argument of every command: what may come of it is an
answer or a message, never a traceback.

Made from the live commands, so that a new option is tried the day it comes. tools/arguments tries all of them; the tests a seeded few.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import time
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, chdir, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple
from unittest import mock

import click
from click.testing import CliRunner

from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.cli.main import main
from ledger.app.demo import demo
from ledger.app.host.clock import Seeded
from ledger.app.web import server
from ledger.exchange import story
from projections.reports.catalogue import REPORTS
from tests.support.books import CLOCK_US
from tests.support.histories import setup
from tests.unit.maintenance.test_erasure import PHASE

LIMIT_S: Final = 60
MEMORY: Final = 4 << 30
CODES: Final = frozenset((0, 2, 3, 4, 5, 6))
ID: Final = "019f61c9-2500-8704-a3d6-c98576c2a21f"
TEXTS: Final = (
    *(
        "",
        " ",
        " \t",
        "-",
        "--",
        "=",
        ",",
        "A=B",
        "=B",
        "A=",
        "A=B=C",
        "{}",
        "[a,b]",
        "null",
        "true",
        "*",
        "?",
        "[!a]",
    ),
    *(
        "%",
        "%s%n",
        "%(x)s",
        "'; DROP TABLE records; --",
        '" OR 1=1',
        "$HOME",
        "`x`",
        "a/b",
        "../..",
        "s1",
        "s1/grid",
    ),
    *("\x1b[31m", "a\nb", "a\rb", "\x9b2J", "\u202e", "\u2028", "\udc80", "x" * 5_000, "é" * 300, "x" * 300),
)
NUMBERS: Final = (
    *("0", "1", "-1", "00", "-0", "+1", "1.5", ".5", "1e5", "1_000", "0x1", "NaN", "inf", "٣", "２", "²"),
    *(str(2**31), str(2**53), str(2**63), str(-(2**63) - 1), "9" * 30, "9" * 5_000, "0MW", "-1MW", "1e9MW"),
    *("9" * 20 + "MW", "0s", "1min", "15MIN", "1d", "9" * 15 + "d", "9" * 400 + "d", "1.5h", "-1h"),
)
TIMES: Final = (
    *(
        "0000-01-01T00:00Z",
        "0001-01-01T00:00Z",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00Z",
        "9999-12-31T23:59:59Z",
    ),
    *("0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00", "1970-01-01T00:00+14:00", "2026-01-01T00:00+14:00"),
    *("2026-01-01T00:00+25:00", "2026-01-01T00:00+23:59", "2026-01-01T00:00-00:00", "2026-01-01T00:00+00:60"),
    *("9999-12-31T23:59[America/New_York]", "0001-01-01T00:00[Asia/Tokyo]", "1970-01-01T00:00[Asia/Tokyo]"),
    *(
        "9999-12-31T23:59-05:00[America/New_York]",
        "0001-01-01T00:00+09:18[Asia/Tokyo]",
        "9999-12-31T23:59[UTC]",
    ),
    *(
        "2026-03-08T02:30[America/New_York]",
        "2026-11-01T01:30[America/New_York]",
        "2011-12-30T12:00[Pacific/Apia]",
    ),
    *(
        "2026-11-01T01:30-04:00[America/New_York]",
        "2026-11-01T01:30-07:00[America/New_York]",
        "1971-06-01T00:00[Africa/Monrovia]",
    ),
    *(
        "2026-06-05T00:00[Nowhere/X]",
        "2026-06-05T00:00[../../etc/passwd]",
        "2026-06-05T00:00[America]",
        "2026-06-05T00:00[]",
    ),
    *(
        "2026-06-05T24:00Z",
        "2026-06-05T23:59:60Z",
        "2026-02-30T00:00Z",
        "2026-06-05 14:00",
        "2026-06-05T00:00",
        "now",
        "06:14",
    ),
    *(
        "2026-06-05",
        "0000-01-01",
        "0001-01-01",
        "1969-12-31",
        "1970-01-01",
        "9999-12-30",
        "9999-12-31",
        "10000-01-01",
    ),
    *(
        "2026-02-29",
        "2026-13-01",
        "2026-00-10",
        "２０２６-06-05",
        "2026-6-5",
        "20260605",
        "2026-W23-5",
        "2026-156",
    ),
)
PERIODS: Final = (
    *(
        "2026",
        "2026-Q2",
        "2026-06",
        "0000",
        "0001",
        "1969",
        "1970",
        "1970-01-01",
        "9999",
        "9999-Q4",
        "9999-12",
        "9998",
    ),
    *("2026-Q0", "2026-Q5", "2026-00", "2026-13", "２０２６", "2026-Q2-1", "99999", "-2026"),
)
ZONES: Final = (
    *(
        "UTC",
        "America/New_York",
        "Asia/Kathmandu",
        "Etc/GMT+12",
        "Pacific/Kiritimati",
        "Africa/Monrovia",
        "America",
        "..",
        "/etc/localtime",
    ),
    *("EST5EDT", "america/new_york", "posixrules", "localtime", "zone.tab", "tzdata.zi"),
)
PATHS: Final = (
    *(
        ".",
        "/",
        "missing",
        "missing/x",
        "folder",
        "text.txt",
        "empty",
        "binary",
        "loop",
        "unreadable",
        "text.txt/x",
        "book",
        "book/ledger.db",
    ),
    *(
        "/dev/full",
        "/dev/null",
        "/dev/stdin",
        "/proc/self/mem",
        "b.zip",
        "backup.zip",
        "book.jsonl",
        "facts.story",
        "new.json",
        "new.xyz",
    ),
)
NAMES: Final = (
    *(
        ID,
        ID.upper(),
        ID.replace("8704", "4704"),
        "block/s1/m1",
        "m1/s1",
        "c1/s1",
        "uptime",
        "commitments",
        "incident",
        "flexibility",
    ),
    *(
        "json",
        "pdf",
        "docx",
        "utility",
        "community",
        "operations",
        "s1/operations",
        "ledger/heads",
        "ba-SOCO",
        "ledger",
        "outage-started",
        "r1",
    ),
    *(
        "story",
        "jsonl",
        "cloudevents",
        "openadr",
        "greenbutton",
        "parquet",
        "tiles",
        "tlog-proof",
        "tlog-witness",
        "csv",
        "miners",
        "list",
    ),
    *(
        "http://",
        "http://[",
        "http://127.0.0.1:9",
        "http://127.0.0.1:99999",
        "https://a b/",
        "ftp://x",
        "example.com+abcdefgh+AAAA",
    ),
)
VALUES: Final = (*TEXTS, *NUMBERS, *TIMES, *PERIODS, *ZONES, *PATHS, *NAMES)
"""Every option is given every one of them, whatever it takes."""

PLAIN: Final[dict[str, tuple[str, ...]]] = {
    "demo": ("new",),
    "init": (),
    "record": ("facts.story",),
    "import": (
        "csv",
        "meter.csv",
        "--site",
        "s1",
        "--meter",
        "r1",
        "--dialect",
        "generic,time=t,value=v,unit=kW,zone=UTC,stamp=begin,interval=1h",
    ),
    "follow": ("openadr", "http://127.0.0.1:9", "--site", "s1", "--class", "emergency", "--polls", "1"),
    "watch": ("--rule", "rules.toml", "--exec", "true", "--once"),
    "anchor": ("--mailbox", "checkpoints.mbox", "--once"),
    "sql": ("SELECT 1 AS one", "--limit", "9"),
    "state": ("--at", "2026-06-05T00:00Z"),
    "report": ("commitments", "--period", "2026-06"),
    "operator": (),
    "publish": ("new",),
    "serve": ("--port", "0"),
    "explain": ("commitments", "--row", "c1/s1", "--period", "2026-06"),
    "diff": ("commitments", "--known-at", "9", "--known-at", "30", "--period", "2026-06"),
    "export": ("story",),
    "backup": ("new.zip",),
    "restore": ("backup.zip",),
    "copy": ("book", "new"),
    "erase": ("{terms}", "--reason", "asked"),
    "cosign": ("request", "--key", "{key}", "--state", "witness.state", "--witness-key", "witness.key"),
    "keys witness": ("w.example/1", "-o", "w.key"),
    "timestamp": ("-o", "request.tsq"),
    "bundle": ("--stream", "s1/grid", "-o", "new.zip"),
    "verify": ("b.zip", "--key", "{key}"),
}
"""A plain call of each command, into which one argument is put at a time."""


class Found(NamedTuple):
    """What is wrong with an answer, where in the program, and the call that it was the answer to."""

    what: str
    where: str
    call: tuple[str, ...]


class World:
    """A folder with a small book, and files of every kind beside it; each call begins with a fresh copy."""

    def __init__(self, folder: Path) -> None:
        self.kept, self.here = folder / "kept", folder / "here"
        self.kept.mkdir(parents=True)
        with chdir(self.kept):
            self.said = self._filled()

    def _filled(self) -> dict[str, str]:
        with Book.create(Path("book"), Config("example.com/a"), surroundings=Seeded("a", CLOCK_US)) as book:
            lease = story.read(PHASE.replace(" s1 ", " s9 ").encode(), "s").claims
            assert not book.record([Said(claim) for claim in (*setup(), *lease)]).problems
            terms = next(
                record.index for record in book.records() if record.place == "s9" and record.sections
            )
            key = book.seals.signer().vkey
        Path("facts.story").write_text("2026-06-05T00:00Z s1 incident-opened incident=i7 summary=x\n")
        Path("meter.csv").write_text("t,v\n2026-06-05 00:00,312.5\n2026-06-05 01:00,310\n")
        Path("rules.toml").write_text('[[rule]]\nname = "due"\non = "due"\n')
        Path("text.txt").write_text("plain words\n")
        Path("empty").touch()
        Path("binary").write_bytes(bytes(range(256)))
        Path("unreadable").touch(0o000)
        Path("folder").mkdir()
        Path("loop").symlink_to("loop")
        for words in (
            "bundle --stream s1/grid -o b.zip",
            "backup backup.zip",
            "export jsonl -o book.jsonl",
            "export tlog-witness -o request",
            "keys witness w.example/0 -o witness.key",
        ):
            done = CliRunner().invoke(main, ["--book", "book", *words.split()])
            assert done.exit_code == 0, (words, done.output)
        return {"terms": str(terms), "key": key}

    def call(self, words: tuple[str, ...]) -> Found | None:
        """Run a command of the command line in a fresh copy; what is wrong with what came of it."""
        shutil.rmtree(self.here, ignore_errors=True)
        shutil.copytree(self.kept, self.here, symlinks=True)
        before = signal.signal(signal.SIGALRM, _too_long)
        signal.alarm(LIMIT_S)
        try:
            with chdir(self.here), _memory(), ExitStack() as patched:
                for patch in PATCHES:
                    patched.enter_context(patch())
                done = CliRunner().invoke(main, ["--book", "book", *words], env={"WATTLEDGER_KEY_FILE": None})
        finally:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, before)
        return _judged(words, done)


def _judged(words: tuple[str, ...], done: Any) -> Found | None:
    if "-" in words and str(done.exception) == "'_io.BytesIO' object has no attribute 'name'":
        return None  # the standard input of this runner has no name, unlike a real one
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        frames = traceback.extract_tb(done.exc_info[2])
        ours = [
            frame for frame in frames if "/ledger/" in frame.filename or "/projections/" in frame.filename
        ]
        where = " < ".join(f"{Path(f.filename).name}:{f.name}" for f in reversed(ours[-3:]))
        return Found(f"{type(done.exception).__name__}: {str(done.exception)[:200]}", where, words)
    if "Traceback (most recent call last)" in done.output:
        return Found("prints a traceback", "", words)
    ended = "--follow" in words or words[0] in (
        "watch",
        "anchor",
    )  # what follows for ever ends as _no_more ends it
    if (
        done.exit_code not in CODES
        and not (done.exit_code == 130 and ended)
        and not (done.exit_code == 1 and (words[0] in ("verify", "restore") or "Aborted" in done.output))
    ):
        return Found(f"exit code {done.exit_code}", "", words)
    if done.exit_code and not done.output.strip():
        return Found(f"exit code {done.exit_code} without a line", "", words)
    if "\udc80" in done.output or any(not line.isprintable() for line in done.stderr.split("\n")):
        return Found("prints what a terminal obeys", "", words)
    return None


@contextmanager
def _memory() -> Iterator[None]:
    """So much more than now and no more, for what reads a device without end: libraries of data frames that
    other tests loaded reserve gigabytes of addresses, and end the process where they get none.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MEMORY, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


class TooLong(Exception):
    """A call took more than ``LIMIT_S``."""


def _too_long(*_: object) -> None:
    raise TooLong(f"more than {LIMIT_S} s")


def _no_more(seconds: float) -> None:
    raise KeyboardInterrupt  # as a person ends what follows for ever


def _only_book(directory: Path, *, as_json: bool) -> None:
    """The demonstration as far as its argument matters; the year it records takes a quarter of a minute."""
    with demo._book(directory, Seeded("demo", CLOCK_US)):
        pass


async def _not_at_all(*_: object) -> None:
    """A server that stops as soon as it could take connections."""


PATCHES: Final = (
    lambda: mock.patch.object(time, "sleep", _no_more),
    lambda: mock.patch.object(demo, "run", _only_book),
    lambda: mock.patch.object(server, "run_until_stopped", _not_at_all),
)


def commands(group: click.Group = main, name: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command with its name, those of groups too."""
    for word, command in group.commands.items():
        whole = f"{name} {word}".strip()
        if isinstance(command, click.Group):
            yield from commands(command, whole)
        else:
            yield whole, command


def calls(said: dict[str, str]) -> list[tuple[str, ...]]:
    """Every option and argument of every command with every value, one at a time; each option twice, and each
    flag.
    """
    found: list[tuple[str, ...]] = []
    for name, command in commands():
        plain = tuple(word.format_map(said) for word in PLAIN.get(name, ()))
        found.append((*name.split(), *plain))
        with click.Context(command, info_name=name) as ctx:
            params = command.get_params(ctx)
        for n, _ in enumerate(p for p in params if isinstance(p, click.Argument)):
            found += ((*name.split(), *_replaced(plain, n, value)) for value in VALUES)
        for option in (p for p in params if isinstance(p, click.Option)):
            flag = option.opts[-1]
            rest = _without(plain, option.opts)
            if option.is_flag:
                found += [(*name.split(), *plain, flag), (*name.split(), *plain, flag, flag)]
                continue
            found += ((*name.split(), *rest, flag, value) for value in VALUES)
            found += (
                (*name.split(), *plain, flag, value, flag, "2026-06")
                for value in ("", "1", "9999", "2026-06-01")
            )
    return found


def pairs(said: dict[str, str], rng: random.Random, count: int) -> Iterator[tuple[str, ...]]:
    """Two options of a command with any values, which may contradict each other."""
    known = list(commands())
    for _ in range(count):
        name, command = rng.choice(known)
        with click.Context(command, info_name=name) as ctx:
            options = [p for p in command.get_params(ctx) if isinstance(p, click.Option)]
        words = [*name.split(), *(word.format_map(said) for word in PLAIN.get(name, ()))]
        for option in rng.choices(options, k=2):
            words += [option.opts[-1]] if option.is_flag else [option.opts[-1], rng.choice(VALUES)]
        yield tuple(words)


def windows(rng: random.Random, count: int) -> Iterator[tuple[str, ...]]:
    """Reports, states and timelines over windows at the edges of what can be said."""
    for _ in range(count):
        name = rng.choice(REPORTS).name
        words = rng.choice(
            (["report", name], ["report", name], ["explain", name, "--row", "c1/s1"], ["replay"], ["log"])
        )
        options = ["--from", "--to", "--as-of", "--tz", "--period"] if name in words else ["--from", "--to"]
        for option in rng.sample(options, rng.randrange(1, len(options) + 1)):
            words += [option, rng.choice({"--tz": ZONES, "--period": PERIODS}.get(option, TIMES))]
        yield (*words, *(["--incident", "i1"] if "incident" in words else []))


def _replaced(plain: tuple[str, ...], n: int, value: str) -> tuple[str, ...]:
    """A plain call with its n-th argument, or one more, of this value; ``--`` keeps a value from being an
    option.
    """
    first = next((at for at, word in enumerate(plain) if word.startswith("-") and len(word) > 1), len(plain))
    named, options = list(plain[:first]), plain[first:]
    named[n : n + 1] = [value]
    return (*options, "--", *named)


def _without(plain: tuple[str, ...], names: list[str]) -> tuple[str, ...]:
    """A plain call without an option and its value."""
    at = next((n for n, word in enumerate(plain) if word in names), None)
    return plain if at is None else (*plain[:at], *plain[at + 2 :])


def quiet_stdin() -> None:
    """Nothing is typed: what reads the real standard input finds its end."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
