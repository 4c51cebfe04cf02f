"""Everything at once: eight writers of one book are killed and started again, the clock is stepped back and
forth, the disk is full and freed, and backups are taken. In the end the sums of a report are those that a
script finds by brute force (``brute_sums``), and each backup is a beginning of the log.
"""

from __future__ import annotations

import json
import mmap
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.app.host.clock import Machine
from ledger.app.maintenance.backup import back_up, restore_backup
from ledger.app.maintenance.fsck import check_book
from ledger.app.maintenance.restore import RestoreOptions
from ledger.errors import Conflict, Refused, UnknownOutcome, WattledgerError
from ledger.store.roots import root_at
from tests.support.power import brute_sums
from tests.support.power.faults import said
from tests.support.power.recording import ORIGIN, SITE
from tests.support.power.small_disk import SmallDisk

WRITERS: Final = 8
SIZE: Final = 24 << 20
YEAR_S: Final = 366 * 86_400
STEPS_S: Final = (0, 1, -1, 3_600, -3_600, -86_400, 6 * YEAR_S, 12 * YEAR_S, -6 * YEAR_S)
"""Steps of the clock; the sixth year goes back again, the twelfth is beyond January 2038."""
COMMITMENT: Final = (
    "2026-06-02T00:00Z s1 commitment-made commitment=c1 counterparty=X instrument=pilot category=tax-payment"
    " target=20 comparator=at-least basis=cumulative periods=[2026] due_on=[2026-12-31] observed_on=[2026-12-31]"
    " cure_days=30 binding=true\n"
)
STOP: Final = 8
"""Byte of the shared memory that ends the writers; the bytes before it are the clock's step in seconds."""


class Stepped(Machine):
    """The machine's clock and a step that another process may change at any time."""

    def __init__(self, shared: mmap.mmap) -> None:
        self.shared = shared

    def now_us(self) -> int:
        return super().now_us() + 1_000_000 * int.from_bytes(self.shared[:STOP], "big", signed=True)


class Trial:
    """One run; ``rounds`` is the number of harms."""

    def __init__(self, place: Path, rounds: int, seed: int) -> None:
        self.place, self.rounds, self.rng = place, rounds, random.Random(seed)
        self.disk = SmallDisk(place / "disk", SIZE)
        self.book, self.told = self.disk.place / "book", place / "told"
        self.told.mkdir()
        self.shared = mmap.mmap(-1, STOP + 1)
        self.running: dict[int, int] = {}
        self.backups: list[Path] = []
        self.kills = self.started = 0

    def run(self) -> tuple[dict[str, object], list[str]]:
        """Counts, and what is wrong."""
        try:
            self._make()
            for number in range(WRITERS):
                self._start(number)
            for _ in range(self.rounds):
                self.rng.choice((self._kill, self._kill, self._step, self._fill, self._back_up))()
                time.sleep(self.rng.random() / 10)
            self._end()
            return self._judged()
        finally:
            for child in self.running:
                os.kill(child, signal.SIGKILL)
            self.disk.close()

    def _make(self) -> None:
        Book.create(self.book, Config(ORIGIN)).close()
        due = "2026-06-02T00:00Z s1 payment-scheduled commitment=c1 instalment=w{} due_on=2026-12-20 amount=9999999.00USD\n"
        with Book.open(self.book, write=True) as book:
            book.record(said(SITE + COMMITMENT + "".join(due.format(n) for n in range(WRITERS))))

    # --- harms ------------------------------------------------------------------------------------------

    def _start(self, number: int) -> None:
        self.started += 1
        child = os.fork()
        if child == 0:
            code = 1
            try:
                with (self.told / f"{number}-{self.started}").open("w") as told:
                    _write(self.book, self.shared, number, self.started, told)
                code = 0
            finally:
                os._exit(code)
        self.running[child] = number

    def _kill(self) -> None:
        child = self.rng.choice(list(self.running))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        self.kills += 1
        self._start(self.running.pop(child))

    def _step(self) -> None:
        self.shared[:STOP] = self.rng.choice(STEPS_S).to_bytes(STOP, "big", signed=True)

    def _fill(self) -> None:
        self.disk.fill(leaving=self.rng.choice((0, 4_096, 65_536)))
        time.sleep(self.rng.random() / 4)
        self.disk.free()

    def _back_up(self) -> None:
        path = self.place / f"backup-{len(self.backups)}.zip"
        back_up(self.book, path, lambda done, total: None)
        self.backups.append(path)

    def _end(self) -> None:
        self.shared[STOP] = 1
        for child in list(self.running):
            _, status = os.waitpid(child, 0)
            del self.running[child]
            assert os.waitstatus_to_exitcode(status) == 0, "a writer ended with a traceback"
        self.shared[:STOP] = bytes(STOP)

    # --- afterwards -------------------------------------------------------------------------------------

    def _judged(self) -> tuple[dict[str, object], list[str]]:
        wrong = [str(finding["what"]) for finding in check_book(self.book, _unheard)["findings"]]
        export, report = self.place / "export.jsonl", self.place / "report.json"
        own = [sys.executable, "-m", "ledger.app", "--book", str(self.book)]
        subprocess.run([*own, "export", "jsonl", "-o", str(export)], check=True, capture_output=True)
        asked = [*own, "report", "payments", "--site", "s1", "-o", str(report)]
        subprocess.run(asked, check=True, capture_output=True)
        script = [sys.executable, "-IS", brute_sums.__file__, str(export), str(report)]
        found = subprocess.run(
            [*script, *map(str, sorted(self.told.iterdir()))], capture_output=True, text=True, check=False
        )
        sums = json.loads(found.stdout) if found.stdout else {"wrong": [found.stderr]}
        wrong += sums.pop("wrong") + list(self._backups_wrong())
        return {**sums, "kills": self.kills, "backups": len(self.backups)}, wrong

    def _backups_wrong(self) -> Iterator[str]:
        with Book.open(self.book, write=False) as whole:
            for n, path in enumerate(self.backups):
                folder = self.place / f"restored-{n}"
                restore_backup(folder, path, RestoreOptions(), _unheard)
                yield from (f"{path.name}: {one['what']}" for one in check_book(folder, _unheard)["findings"])
                with Book.open(folder, write=False) as one:
                    size = one.store.size
                    if one.root_at(size) != root_at(whole.store, size):
                        yield f"{path.name} is no beginning of the log"


def _unheard(done: int, total: int) -> None:
    """No progress is shown."""


def _write(book: Path, shared: mmap.mmap, number: int, started: int, told: object) -> None:
    """Record payments until told to stop, opening the book again and again."""
    rng, n = random.Random(f"{number} {started}"), 0
    while not shared[STOP]:
        try:
            with Book.open(book, write=True, surroundings=Stepped(shared)) as opened:
                opened.writer.accept_clock = rng.random() < 0.7
                for _ in range(rng.choice((1, 1, 5))):
                    n += 1
                    if not _recorded(opened, rng, f"{number}-{started}-{n}", number, told):
                        break
                if rng.random() < 0.1:
                    opened.checkpoint()
        except (Conflict, Refused, UnknownOutcome):
            time.sleep(rng.random() / 100)
        except OSError as why:
            if why.errno != 28:
                raise


def _recorded(opened: Book, rng: random.Random, name: str, number: int, told: object) -> bool:
    """Record one payment, or twenty at once, and write down what was answered; False where the handle is not to
    be used any more.
    """
    parts = {f"{name}-{m}": rng.randrange(1, 1_000) for m in range(rng.choice((1, 1, 1, 20)))}

    def say(word: str) -> None:
        text = "".join(f"{word} {receipt} {cents}\n" for receipt, cents in parts.items())
        os.write(told.fileno(), text.encode())  # type: ignore[attr-defined]

    say("try")
    text = "".join(
        f"2026-06-03T00:00Z s1 payment-made commitment=c1 instalment=w{number} paid_on=2026-06-03"
        f" amount={cents // 100}.{cents % 100:02}USD receipt={receipt}\n"
        for receipt, cents in parts.items()
    )
    try:
        outcome = opened.record(said(text), atomic=True)
    except UnknownOutcome:
        say("unknown")
        return False
    except WattledgerError:
        say("no")
        return False
    say("ok" if outcome.recorded == len(parts) else "no")
    return True
