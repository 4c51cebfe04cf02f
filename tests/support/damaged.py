"""A small book with every file that a book can have, the ways a file can be damaged, and every command asked
of it.

Used by the table of damages (tests/unit/maintenance/test_damages.py, tools/damages.py) and by the one-bit flips (tools/flips.py). Everything runs in this process.
"""

from __future__ import annotations

import os
import random
import shlex
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from click.testing import CliRunner

from ledger import calendar
from ledger.app.book.anchors import SUMS
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.book.evidence import keep_evidence
from ledger.app.cli.main import main
from ledger.app.host.clock import Seeded
from ledger.app.maintenance.erasure import erase
from ledger.app.proofs import cosignatures, timestamps
from ledger.app.read_models.rebuild import rebuild
from ledger.exchange import story
from ledger.log.witness import Witness
from ledger.store.sqlite.store import DATABASE
from ledger.verifier.notes import parse_note
from tests.support.authority import Authority

ORIGIN: Final = "example.com/damaged"
SITE: Final = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training
2026-06-02T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-06-02T00:00Z s1 lease-phase-opened lease=l1 phase=p1 tenant=t critical=10MW
2026-06-03T00:00Z s1 lease-terms-recorded phase=p1 version=1 target_rfs_on=2026-12-31 tiers=[2mo:1] monthly_rent=1234567.00USD extension_causes=[] notice_days=10
2026-06-03T00:00Z s1 lease-terms-recorded phase=p1 version=2 target_rfs_on=2027-12-31 tiers=[2mo:1] monthly_rent=7654321.00USD extension_causes=[] notice_days=10
"""
NEXT: Final = "2026-06-09T00:00Z s1 hashrate-changed block=m1 hashrate=9PH/s method=pool\n"
UNREADABLE_BY: Final = 65534  # root may read everything; what root asks as nobody may not


def polls(first: int, count: int, day: int = 4) -> str:
    return "".join(
        f"2026-06-{day:02d}T{n // 60:02d}:{n % 60:02d}Z s1 hashrate-changed block=m1 hashrate={n + 1}PH/s"
        " method=pool\n"
        for n in range(first, first + count)
    )


def said(text: str) -> list[Said]:
    return [Said(claim) for claim in story.read(text.encode(), "story").claims]


def small(folder: Path) -> Path:
    """A book of about 290 records in ``folder / "book"``, its last few only in the write-ahead log, and the
    files that commands are given beside it.

    It has a full tile, a correction, sections of which one is erased, a document, a rotation, an issued report, both kinds of anchors, read models.
    """
    book, clock = folder / "book", Seeded("damaged", calendar.instant_s("2026-07-01T00:00:00Z") * 1_000_000)
    with Book.create(book, Config(ORIGIN, tz="America/New_York"), surroundings=clock) as made:
        made.record(said(SITE))
        made.rotate_key()
        lines = said(polls(0, 260))
        made.record(lines)
        again = f"{polls(7, 1).strip()} corrects=[{lines[7].claim.id}] reason=misread"
        made.record(said(again.replace("8PH/s", "9PH/s")))
        terms = [record.index for record in made.records() if record.sections]
        erase(made, str(terms[0]), None, "asked", evidence=False)
        digest = keep_evidence(book, b"a contract\n", "contract.txt")
        source = f" source=contract.txt sha256={digest}\n"
        made.record(said(polls(0, 1, day=5).strip() + source))
        assert made.store.documents() == {digest}, "the document is listed"
        made.checkpoint()
        seal = made.store.last_seal()
        assert seal is not None, "it was sealed just now"
        witness = Witness("example.com/witness", bytes(32))
        text = parse_note(seal.note).text
        cosignatures.attach(made, witness.cosign(text, 1_790_000_000).encode(), witness.vkey)
        authority = Authority(folder / "stamps")
        timestamps.keep(book, seal.size, authority.respond(timestamps.request(text.encode())))
        rebuild(made)
    with closing(sqlite3.connect(book / DATABASE)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with Book.open(book, write=True, surroundings=clock) as made:
            made.record(said(polls(0, 3, day=6)))
            made.checkpoint()
            made.record(said(polls(0, 2, day=7)))
        shutil.copytree(book, folder / "copy")
    shutil.rmtree(book)
    (folder / "copy").rename(book)
    (book / f"{DATABASE}-shm").unlink(missing_ok=True)
    (folder / "next.story").write_text(NEXT)
    (folder / "none.json").write_text("[]")
    assert ask(book, "export jsonl --sections -o {out}/book.jsonl").code == 0, "it can be exported"
    (book / f"{DATABASE}-shm").unlink(missing_ok=True)
    return book


# --- files and damages --------------------------------------------------------------------------------------

# name -> where it is in the book; the first file that a pattern finds
FILES: Final = {
    "database": "ledger.db",
    "log": "ledger.db-wal",
    "head": "ledger.head",
    "lock": "ledger.lock",
    "key": "ledger.key",
    "signed": "ledger.key.signed",
    "settings": "book.toml",
    "read models": "readmodel.db",
    "row cache": "rowcache.db",
    "document": "evidence/*",
    "cosignatures": "anchors/*.cosignatures",
    "timestamp": "anchors/*.tsr",
    "sums": f"anchors/{SUMS}",
}
SECTOR: Final = 512


def file_of(book: Path, name: str) -> Path:
    """Where a file of a book is."""
    return next(iter(sorted(book.glob(FILES[name]))))


def _directory(path: Path) -> None:
    path.unlink()
    path.mkdir(0o700)


def _zeroed(path: Path, first: bool) -> None:
    data = path.read_bytes()
    zeros = bytes(min(SECTOR, len(data)))
    path.write_bytes(zeros + data[len(zeros) :] if first else data[: len(data) - len(zeros)] + zeros)


def _flipped(path: Path) -> None:
    """One bit, always the same for the same file."""
    data = bytearray(path.read_bytes())
    if data:
        place = random.Random(path.name[-8:]).randrange(len(data))
        data[place] ^= 1 << place % 8
    path.write_bytes(data)


DAMAGES: Final[dict[str, Callable[[Path], None]]] = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: os.truncate(path, 0),
    "a directory": _directory,
    "unreadable": lambda path: path.chmod(0),
    "its first sector zeroed": lambda path: _zeroed(path, True),
    "its last sector zeroed": lambda path: _zeroed(path, False),
    "cut in half": lambda path: os.truncate(path, path.stat().st_size // 2),
    "one bit flipped": _flipped,
}


# --- commands -----------------------------------------------------------------------------------------------


class Ask(NamedTuple):
    """Words for the command line, with {book} and {out} put in, and whether the command writes records or
    only reads.
    """

    words: str
    writes: bool = False


ASKED: Final = {
    "fsck": Ask("fsck"),
    "status": Ask("status"),
    "log": Ask("log"),
    "log of a site": Ask("log --site s1 --limit 5"),
    "state": Ask("state --at 2026-06-05T00:00Z"),
    "now": Ask("now --at 2026-06-05T00:00Z"),
    "due": Ask("due --at 2026-06-05T00:00Z --within 600d"),
    "replay": Ask("replay --from 2026-06-04T04:00Z"),
    "doctor": Ask("doctor"),
    "report": Ask("report efficiency --site s1 --period 2026-06"),
    "explain": Ask("explain lease-dates --period 2026-06 --row p1/ready-for-service/s1"),
    "diff": Ask("diff efficiency --period 2026-06 --known-at 100 --known-at 200"),
    "rebuild": Ask("rebuild"),
    "export jsonl": Ask("export jsonl --sections"),
    "export story": Ask("export story"),
    "export tlog-witness": Ask("export tlog-witness"),
    "export tlog-proof": Ask("export tlog-proof --record 5"),
    "export tiles": Ask("export tiles -o {out}/tiles"),
    "backup": Ask("backup {out}/backup.zip"),
    "copy": Ask("copy {out}/book {out}/copied"),
    "archive": Ask("archive {out}/archive"),
    "timestamp": Ask("timestamp -o {out}/request"),
    "keys show": Ask("keys show"),
    "token list": Ask("token list"),
    "token why": Ask("token why 'GET /' --role auditor"),
    "token create": Ask("token create audit --role auditor", True),
    "bundle --at": Ask("bundle --stream s1/operations --at 277 -o {out}/b.zip"),
    "repair": Ask("repair --head", True),
    "record": Ask("record {out}/next.story", True),
    "correct": Ask("correct 30 hashrate=5PH/s --reason misread", True),
    "retract": Ask("retract 31 --reason misread", True),
    "import": Ask("import cloudevents {out}/none.json", True),
    "erase": Ask("erase 9 --reason asked --evidence", True),
    "checkpoint": Ask("checkpoint", True),
    "bundle": Ask("bundle --stream s1/operations -o {out}/b.zip", True),
    "keys add-ml-dsa": Ask("keys add-ml-dsa", True),
    "keys rotate": Ask("keys rotate", True),
    "restore": Ask("restore {out}/book.jsonl", True),
    "report --issue": Ask("report efficiency --site s1 --period 2026-06 --issue utility", True),
}
# commands that never open the book of the table, or only after a server has answered
ELSEWHERE: Final = {
    *("demo", "init", "kinds", "help", "follow", "cosign", "keys witness", "verify", "show", "template"),
    "sql",  # reads as report and log do
    "anchor",  # reads as checkpoint does
    *("watch", "operator"),  # watch reads as due does; operator changes the settings
    "publish",  # reads as report and bundle do
    "compare",  # reads as report does, and needs a meter
    *("serve", "mcp"),  # answer what the commands answer, and do not end by themselves
    "token narrow",  # records as token create does, and needs a token
    "token revoke",  # the same
    "note",  # records as correct does, and needs an incident
}


class Answer(NamedTuple):
    """What a command answered: its exit code, its output, what went to stderr, and what it ended with if not
    in an exit.
    """

    code: int
    output: str
    said: str
    crash: BaseException | None


def ask(book: Path, words: str) -> Answer:
    """Run a command on a book."""
    given = shlex.split(words.format(book=book, out=book.parent))
    done = CliRunner().invoke(main, ["--book", str(book), *given])
    crash = done.exception if not isinstance(done.exception, SystemExit) else None
    return Answer(done.exit_code, done.stdout.replace(str(book.parent), ""), done.stderr, crash)


@contextmanager
def as_reader(book: Path, unreadable: bool) -> Iterator[None]:
    """As somebody whom a file's mode binds, which it does not bind root."""
    if not unreadable or os.geteuid() != 0:
        yield
        return
    for path in (
        book.parent,
        *book.parent.rglob("*"),
    ):  # the folder itself must be in one that everybody may enter
        os.chown(path, UNREADABLE_BY, UNREADABLE_BY)
    os.seteuid(UNREADABLE_BY)
    try:
        yield
    finally:
        os.seteuid(0)


# --- what is right ------------------------------------------------------------------------------------------

SLIGHT: Final = (
    "its last sector zeroed",
    "cut in half",
    "one bit flipped",
)  # what is damaged may not be needed
OLDER: Final = ("export tlog-witness", "export tlog-proof", "export tiles", "archive", "timestamp")
"""They hand out the newest checkpoint that is there: where the log of the database is lost, an older one of
the same history.
"""
OF_READ_MODELS: Final = {("rebuild", "a directory"), ("restore", "unreadable")}
STANDS: Final = {
    *((file, "unreadable") for file in ("read models", "row cache")),
    *(("key", damage) for damage in DAMAGES if damage != "missing"),
}
"""An erasure is recorded and stands; what comes after it, its checkpoint or its read models, fails."""


RECORDING: Final = ("record", "import", "correct", "retract", "report --issue", "token create")
"""Their facts stand; a checkpoint is due by time, so that each of them goes on to sign one."""


def right_codes(file: str, damage: str, name: str) -> set[int]:
    """The exit codes that a command may end with; 0 means that the damage does not matter to it, and its
    answer must be that of the whole book.

    4 is damage of the book; 2 a file that the caller must see to: what it is allowed to read, the key, the
    settings; 6 says that a record stands and something after it failed.
    """
    if name == "fsck":
        return _right_fsck(file, damage)
    writes, slight, barred = ASKED[name].writes, damage in SLIGHT, damage == "unreadable"
    if file in ("database", "log") and barred:
        return {2}
    if file in ("database", "log"):
        older = file == "log" and name in OLDER
        again = damage == "missing" and file == "database" and name == "restore"  # made anew, which is right
        return {0} if again else {4} if not slight and not older else {0, 4}
    if file == "head" and name == "repair":
        return {2} if barred else {2, 4} if damage == "a directory" else {0}
    if file == "head":
        needed = writes and damage in ("missing", "empty", "a directory")
        return {2} if barred and writes else {4} if needed else {0, 2 if barred else 4}
    if file == "lock":
        return {0} if not writes else {2} if barred else {4} if damage == "a directory" else {0}
    if name == "erase" and (file, damage) in STANDS:
        return {6}
    if file == "key" and name in RECORDING and damage != "missing":
        return {6}
    if file == "key":
        return {2} if writes and name != "restore" else {0, 2}
    if file == "signed":
        return {0, 2} if barred else {0, 4}
    if file == "settings":
        return {0, 2, 3, 4} if slight or name == "restore" else {2}
    if file in ("read models", "row cache"):
        return {2} if (name, damage) in OF_READ_MODELS else {0}
    if name in ("backup", "copy", "bundle --at"):
        return {0, 2, 4}
    return {0}


def _right_fsck(file: str, damage: str) -> set[int]:
    if file in ("read models", "row cache") or (file == "lock" and damage != "a directory"):
        return {0}
    if file in ("database", "log") and damage == "unreadable":
        return {2}
    if file == "sums" and damage in ("missing", "empty"):
        return {0}
    return (
        {0, 4} if file == "database" and damage == "one bit flipped" else {4}
    )  # no byte of SQLite's free space counts


def same_answer(name: str, file: str, answer: Answer, whole: Answer) -> bool:
    """Is an answer that of the whole book, but for what names the damaged file itself?"""
    if ASKED[name].writes or file == "settings" or (file == "log" and name in OLDER):
        return True  # settings may be edited: what they say then is the answer
    return _bare(name, answer.output) == _bare(name, whole.output)


def _bare(name: str, output: str) -> str:
    if name == "status":  # it says what of the key and the read models is here
        kept = [line for line in output.splitlines() if line.split()[:1] not in (["verifier"], ["read"])]
        return "\n".join(kept)
    if name in ("backup", "copy", "bundle --at"):  # a document or an anchor less makes it smaller
        return "" if output else "nothing"
    return output


def wrong_answer(file: str, damage: str, name: str, answer: Answer, whole: Answer) -> str | None:
    """What is wrong with an answer; None if it is right."""
    if answer.crash is not None:
        return f"ended with {answer.crash!r}"
    if answer.code not in right_codes(file, damage, name):
        return (
            f"exit {answer.code}, not one of {sorted(right_codes(file, damage, name))}: {answer.said[:200]}"
        )
    if answer.code == 0 and name != "fsck" and not same_answer(name, file, answer, whole):
        return "exit 0 with another answer than the whole book's"
    if answer.code and not answer.said.strip():
        return f"exit {answer.code} without a word"
    return None


class Table:
    """A small book, what each command answers of it, and copies of it to be damaged."""

    def __init__(self, place: Path) -> None:
        self._place = place / "whole"
        self._place.mkdir()
        self.book = small(self._place)
        self._whole: dict[str, Answer] = {}
        self._bundle = b""

    @contextmanager
    def copy(self) -> Iterator[Path]:
        """A copy of the book in a folder that everybody can come to."""
        with tempfile.TemporaryDirectory() as place:
            shutil.copytree(self._place, place, dirs_exist_ok=True)
            yield Path(place) / "book"

    def whole(self, name: str) -> Answer:
        """What a command answers of the undamaged book."""
        if name not in self._whole:
            with self.copy() as book:
                self._whole[name] = ask(book, ASKED[name].words)
        return self._whole[name]

    def bundle(self) -> bytes:
        """The bundle that is made of the undamaged book as of an earlier checkpoint."""
        if not self._bundle:
            with self.copy() as book:
                ask(book, ASKED["bundle --at"].words)
                self._bundle = (book.parent / "b.zip").read_bytes()
        return self._bundle

    def wrong(self, file: str, damage: str, name: str) -> str | None:
        """What is wrong with the answer of a command when a file is damaged in a way; None if it is right."""
        whole = self.whole(name)
        with self.copy() as book:
            DAMAGES[damage](file_of(book, file))
            with as_reader(book, damage == "unreadable"):
                answer = ask(book, ASKED[name].words)
        return wrong_answer(file, damage, name, answer, whole)


# --- one bit ------------------------------------------------------------------------------------------------

KEPT: Final = ("database", "log", "head", "signed", "document", "cosignatures", "timestamp", "sums")
"""The files whose every change fsck must see, if any command's answer shows it. The settings may be edited,
read models are made again.
"""
AFTER_A_FLIP: Final = (
    "status",
    "log",
    "report",
    "export jsonl",
    "export tlog-proof",
    "keys show",
    "bundle --at",
    "backup",
    "record",
)


class Flip(NamedTuple):
    """One bit of one file."""

    file: str
    byte: int
    bit: int


def random_flip(table: Table, rng: random.Random) -> Flip:
    """Half of them in a file of any kind, half in any byte of the book."""
    sizes = {name: file_of(table.book, name).stat().st_size for name in FILES}
    names = list(sizes)
    weights = [1] * len(names) if rng.random() < 0.5 else list(sizes.values())
    (file,) = rng.choices(names, weights)
    return Flip(file, rng.randrange(sizes[file]), rng.randrange(8))


def wrong_after(table: Table, flip: Flip) -> list[str]:
    """What is wrong after a flip: a crash, or a change that a command shows and fsck does not see."""
    found = []
    with table.copy() as book:
        path = file_of(book, flip.file)
        data = bytearray(path.read_bytes())
        data[flip.byte] ^= 1 << flip.bit
        path.write_bytes(data)
        seen = ask(book, ASKED["fsck"].words)
        if seen.crash is not None:
            found.append(f"fsck ended with {seen.crash!r}")
        for name in AFTER_A_FLIP:
            whole, made = table.whole(name), book.parent / "b.zip"
            answer = ask(book, ASKED[name].words)
            if answer.crash is not None:
                found.append(f"{name} ended with {answer.crash!r}")
            elif seen.code == 0 and flip.file in KEPT:
                other = name == "bundle --at" and made.exists() and made.read_bytes() != table.bundle()
                if answer.code != whole.code or not same_answer(name, flip.file, answer, whole) or other:
                    found.append(f"{name} answers otherwise (exit {answer.code}) and fsck sees nothing")
    return found
