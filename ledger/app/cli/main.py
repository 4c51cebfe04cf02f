"""The command line: words in, calls of ``book`` and ``query``, words out.

Each command is one file in ``ledger/app/cli/commands``; ``GROUPS`` lists them, and the one that was called is
loaded, all of them for a list. Every command takes ``--book`` and ``--json``. Modules that cost start-up time
are imported by the command that needs them.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from itertools import chain
from keyword import iskeyword
from pathlib import Path
from typing import Any, Final, TextIO

import click

from ledger import errors
from ledger.app.book.acknowledged import ACKNOWLEDGED, Count
from ledger.app.cli.book_path import book_path
from ledger.app.cli.options import common
from ledger.app.host.files import NO_ROOM
from ledger.app.host.output import OUTPUT, on_output
from ledger.lists import LoadedByName

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "Begin": ("demo", "init", "kinds", "template", "operator", "help"),
    "Record": ("record", "import", "follow", "correct", "retract", "note", "erase"),
    "Ask": ("now", "due", "report", "explain", "diff", "state", "replay", "log", "sql", "compare"),
    "Prove": ("checkpoint", "bundle", "verify", "show", "anchor", "cosign", "timestamp", "keys"),
    "Hand out": ("serve", "token", "publish", "export", "watch", "mcp"),
    "Look after": ("status", "doctor", "fsck", "repair", "backup", "restore", "copy", "archive", "rebuild"),
}
"""Every command, by what it is for and in the order in which people come to need it, as ``--help`` lists them."""
NAMES: Final = tuple(chain.from_iterable(GROUPS.values()))


def _load(name: str) -> click.Command:
    """The command of a name, from its file; one that is a word of Python has a file with an underscore."""
    module = import_module(f"ledger.app.cli.commands.{name}{'_' * iskeyword(name)}")
    commands = (one for one in vars(module).values() if isinstance(one, click.Command) and one.name == name)
    return next(commands)


COMMANDS: Final = LoadedByName(NAMES, _load)


RECORDING: Final = frozenset(
    [
        "demo",
        "init",
        "record",
        "import",
        "follow",
        "correct",
        "retract",
        "note",
        "checkpoint",
        "publish",
        "serve",
        "cosign",
        "erase",
        "restore",
        "copy",
        "repair",
    ]
)
"""Commands that can always be run again: what they recorded is found by its id."""
INTERRUPTED: Final = 130
SHORT: Final = 62
"""Characters of a command's first sentence, which ``--help`` shows in one line of a terminal of 80."""
COMPLETES: Final = "_WATTLEDGER_COMPLETE"
WORDS: Final = f"{__name__}.words"


class Group(click.Group):
    """The top of the command line: any error of a command becomes its message and exit code, never a
    traceback.
    """

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the options before the command, and answer those that ask for help or the version."""
        with _ending(None):
            return super().make_context(*args, **extra)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options before the command, and keep the words for an error message."""
        ctx.meta[WORDS] = tuple(args)
        return super().parse_args(ctx, args)

    def main(self, *args: Any, **more: Any) -> Any:
        """Run as a program, with no control characters on its streams."""
        from ledger.app.host.terminal import shown

        if COMPLETES in os.environ:  # a shell reads the answer, whose tabs must stay
            return super().main(*args, **more)
        with shown():
            return super().main(*args, **more)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands by what they are for."""
        width = max(map(len, NAMES))
        for title, names in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl(
                    [(name.ljust(width), self.commands[name].get_short_help_str(SHORT)) for name in names]
                )

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with _ending(ctx):
            return super().invoke(ctx)


def _is_no_file_of_the_book(ctx: click.Context, why: OSError) -> bool:
    """True where something else is in the place of the book's own file: a directory, or a file for a
    directory.
    """
    from ledger.app.book.anchors import FOLDER as ANCHORS
    from ledger.app.book.evidence import FOLDER as EVIDENCE
    from ledger.app.book.keys import KEY_FILE

    if why.errno not in (errno.EISDIR, errno.ENOTDIR) or not isinstance(why.filename, str | os.PathLike):
        return False
    book, path = book_path(ctx).absolute(), Path(os.fsdecode(why.filename)).absolute()
    if path.parent == book:
        return path.name.startswith("ledger.") and path.name != KEY_FILE
    return path.parent.parent == book and path.parent.name in (EVIDENCE, ANCHORS)


def _has_no_room_in_the_book(ctx: click.Context, why: OSError) -> bool:
    """True where the disk has no room for a file in the book's folder, such as the next key."""
    if why.errno not in NO_ROOM or not isinstance(why.filename, str | os.PathLike):
        return False
    return Path(os.fsdecode(why.filename)).absolute().parent == book_path(ctx).absolute()


@contextmanager
def _ending(ctx: click.Context | None) -> Iterator[None]:
    """Give a command that fails its message and exit code.

    Output is flushed here: at the end of the process it would be too late to report that it could not be
    written.
    """
    before = ACKNOWLEDGED.count
    try:
        try:
            yield
        except click.exceptions.Exit:
            _flush()
            raise
        _flush()
    except click.ClickException as why:
        of, message = getattr(why, "ctx", None) or ctx, why.format_message()
        if hint := _unquoted(of):
            message = message.removesuffix(".") + hint
        if not _wants_json(ctx, why):
            raise (click.UsageError(message, of) if hint else why) from None
        _say_problem(message)
        raise click.exceptions.Exit(why.exit_code) from why
    except errors.WattledgerError as why:
        code, message = why.exit_code, _recorded(before) + str(why)
        message += _unquoted(ctx) if isinstance(why, errors.Malformed) else ""
    except BrokenPipeError:
        _drop(sys.stdout)
        code, message = 0, ""
    except (
        OSError
    ) as why:  # a file that was named, or the output; a store's own failures are UnknownOutcome or Tampered
        code, message = _failed(ctx, why, before)
    except MemoryError:
        code = errors.UnknownOutcome.exit_code
        message = (
            f"{_recorded(before)}there is not enough memory; run it again, recorded facts are known by"
            " their ids"
        )
    except KeyboardInterrupt:
        code, message = INTERRUPTED, f"interrupted{_interrupted(ctx, before)}"
    else:
        return
    if message:
        _say_error(ctx, message)
    raise click.exceptions.Exit(code)


def _failed(ctx: click.Context | None, why: OSError, before: Count) -> tuple[int, str]:
    """Exit code and message: 6 where something is recorded, or may be without its report, or where the
    book's disk has no room; else 2.
    """
    output, recorded = _is_output(why), _recorded(before)
    if output:
        _drop(sys.stdout)
    if ctx is not None and _is_no_file_of_the_book(ctx, why):
        told = f"{recorded}{why.filename}: {why.strerror}: a file of the book belongs there; run fsck"
        return errors.Tampered.exit_code, told
    told = f"{OUTPUT if output else why.filename or 'the disk'}: {why.strerror or why}"
    records = ctx is not None and ctx.invoked_subcommand in RECORDING
    no_room = records and (output or why.errno in NO_ROOM)
    if (
        ACKNOWLEDGED.since(before).records
        or no_room
        or (ctx is not None and _has_no_room_in_the_book(ctx, why))
    ):
        return errors.UnknownOutcome.exit_code, f"{recorded}{told}; run it again once that is repaired"
    return errors.Malformed.exit_code, told


def _recorded(before: Count) -> str:
    """Number of facts this command has recorded, as the beginning of a message; empty where it recorded
    none.
    """
    count = ACKNOWLEDGED.since(before).facts
    return f"{count:,} fact{' is' if count == 1 else 's are'} recorded; " if count else ""


def _interrupted(ctx: click.Context | None, before: Count) -> str:
    command = None if ctx is None else ctx.invoked_subcommand
    if command == "verify":
        return ": nothing was verified"
    if ACKNOWLEDGED.since(before).records or command in RECORDING:
        return f": {_recorded(before)}recorded facts stay, and running it again is safe"
    return ""


def _unquoted(ctx: click.Context | None) -> str:
    """Hint where the words of a call hold an instant in pieces, empty where they do not."""
    from ledger.exchange.everyday_times import split_instant

    split = split_instant(list(ctx.meta.get(WORDS, ()))) if ctx is not None else None
    return f'; an instant with a blank needs quotes: "{split}"' if split else ""


def _flush() -> None:
    if sys.stdout is not None:
        with on_output():
            sys.stdout.flush()


def _is_output(why: OSError) -> bool:
    """True where standard output cannot be written: such an error has no file name and is known by its
    traceback.
    """
    trace = why.__traceback__
    while trace is not None and trace.tb_frame.f_code is not click.echo.__code__:
        trace = trace.tb_next
    return why.filename == OUTPUT or trace is not None


def _drop(stream: TextIO) -> None:
    """Write nothing more to a stream, so that the end of the process finds nothing left to write."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _wants_json(ctx: click.Context | None, why: click.ClickException) -> bool:
    """True where --json was given before or after the command; a call that cannot be parsed may not have
    stored it.
    """
    remembered = (one.obj for one in (ctx, getattr(why, "ctx", None)) if one is not None)
    return any(said and said.get("json") for said in remembered) or "--json" in sys.argv[1:]


def _say_problem(message: str) -> None:
    from ledger.app.host.terminal import say_problems

    say_problems([errors.Problem("wattledger", 0, message)], True)


def _say_error(ctx: click.Context | None, message: str) -> None:
    try:
        if ctx is not None and ctx.obj and ctx.obj.get("json"):
            _say_problem(message)
        else:
            click.echo(f"wattledger: {errors.inert(message)}", err=True)
    except OSError:
        _drop(sys.stderr)


@click.group(
    cls=Group,
    commands=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="wattledger")
@common
@click.pass_context
def main(ctx: click.Context) -> None:
    """An operations ledger for power-hungry sites: verified facts in, reports anyone can recompute out.

    wattledger demo makes a book to look at, wattledger init one of your own. wattledger COMMAND --help
    explains a command, and wattledger help lists the pages of the manual.
    """
