"""Commands of the real program, one process each, as a traced run starts them: forks of one process that has
loaded it.

    python -m tests.support.power.program WORK.json ACKNOWLEDGED

WORK is ``{"commands": [[argument, ...], ...], "mutant": NAME or null}``. Standard output of every command is
the file ACKNOWLEDGED, and a line ``#N CODE`` there says that a command has ended. A mutant is a store that is
wrong on purpose: what finds no loss in it would find none anywhere.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

MUTANTS: Final = ("wal-normal", "delete-full", "head-not-synced")


def mutate(name: str) -> None:
    """Make the store of this process wrong."""
    from ledger.store import head
    from ledger.store.sqlite import recorder

    if name == "head-not-synced":
        head.os = _Without(os, "fdatasync")  # type: ignore[attr-defined, assignment]  # an os that lacks one
        return
    statements = {
        "wal-normal": ("PRAGMA synchronous = NORMAL",),
        "delete-full": ("PRAGMA journal_mode = DELETE", "PRAGMA synchronous = FULL"),
    }[name]
    create = recorder.Pool._create_connection

    def wrong(self: recorder.Pool) -> Any:
        connection = create(self)
        for statement in statements if self._write else ():
            connection._sqlite_conn.execute(statement)
        return connection

    recorder.Pool._create_connection = wrong  # type: ignore[method-assign]  # that is the mutant


class _Without:
    """A module whose function of one name does nothing."""

    def __init__(self, module: Any, name: str) -> None:
        self._module, self._name = module, name

    def __getattr__(self, name: str) -> Any:
        return (lambda *_: None) if name == self._name else getattr(self._module, name)


def load() -> None:
    """Load what the commands need, once."""
    import ledger.app.cli.commands.checkpoint
    import ledger.app.cli.commands.export
    import ledger.app.cli.commands.init
    import ledger.app.cli.commands.rebuild
    import ledger.app.cli.commands.record
    import ledger.app.exports.records
    import ledger.app.read_models.rebuild
    import ledger.app.read_models.sql
    import ledger.rules.plausibility.table  # noqa: F401


def in_child(work: Callable[[], int]) -> int:
    """The exit code of a fork that does some work."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = work()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def called(words: list[str]) -> int:
    """Be ``wattledger`` with these arguments."""
    from ledger.app.cli.main import main

    main(args=words, prog_name="wattledger")
    return 0


def run(work: Path, acknowledged: Path) -> int:
    """Run the commands; 1 if any failed."""
    said = json.loads(work.read_text())
    load()
    if said["mutant"]:
        mutate(said["mutant"])
    descriptor = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(descriptor, 1)
    failed = False
    for number, words in enumerate(said["commands"]):
        code = in_child(partial(called, words))
        os.write(1, f"#{number} {code}\n".encode())
        failed = failed or code != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), Path(sys.argv[2])))
