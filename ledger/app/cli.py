"""The command line: words in, calls of ``book`` and ``query``, words out (CONTRACT, Commands).

The commands are in ``ledger/app/commands``, a module a family; ``COMMANDS`` lists them. Every command takes ``--book`` and ``--json``. Modules
that cost start-up time are imported by the command that needs them.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from pathlib import Path
from typing import Any, Final

import click

from ledger import errors
from ledger.app.commands import bundles, exports, filling, following, keys, looking, repairing, reports, trust
from ledger.app.commands.common import book_path, common

COMMANDS: Final = (
    filling.demo,
    filling.init,
    filling.record,
    filling.import_,
    following.follow,
    looking.log,
    looking.status,
    looking.state,
    looking.replay,
    looking.doctor,
    reports.report,
    reports.explain,
    reports.diff,
    reports.rebuild,
    exports.export,
    exports.backup,
    exports.restore,
    exports.erase,
    trust.checkpoint,
    trust.cosign,
    keys.keys,
    trust.timestamp,
    bundles.bundle,
    bundles.verify,
    trust.fsck,
    repairing.repair,
)


class Group(click.Group):
    """The top of the command line: an error of ours becomes its message and exit code, never a traceback."""

    def main(self, *args: Any, **more: Any) -> Any:
        """Run as a program, with nothing on its streams that a terminal would obey."""
        from ledger.app.terminal import shown

        with shown():
            return super().main(*args, **more)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except errors.WattledgerError as why:
            _say_error(ctx, str(why))
            ctx.exit(why.exit_code)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except MemoryError:
            _say_error(
                ctx,
                "there is not enough memory for it; what was being recorded is known by its ids, so run it again",
            )
            ctx.exit(errors.UnknownOutcome.exit_code)
        except OSError as why:  # a file that was named cannot be read or written; a store's own failures are UnknownOutcome or Tampered
            if _is_no_file_of_the_book(ctx, why):
                _say_error(ctx, f"{why.filename}: {why.strerror}: a file of the book is due there; run fsck")
                ctx.exit(errors.Tampered.exit_code)
            _say_error(ctx, f"{why.filename or 'the disk'}: {why.strerror or why}")
            ctx.exit(errors.Malformed.exit_code)


def _is_no_file_of_the_book(ctx: click.Context, why: OSError) -> bool:
    """Does something else stand where the book's own file should: a directory, or a file for a directory?"""
    from ledger.app.anchors import FOLDER as ANCHORS
    from ledger.app.evidence import FOLDER as EVIDENCE
    from ledger.app.keys import KEY_FILE

    if why.errno not in (errno.EISDIR, errno.ENOTDIR) or not isinstance(why.filename, str | os.PathLike):
        return False
    book, path = book_path(ctx).absolute(), Path(os.fsdecode(why.filename)).absolute()
    if path.parent == book:
        return path.name.startswith("ledger.") and path.name != KEY_FILE
    return path.parent.parent == book and path.parent.name in (EVIDENCE, ANCHORS)


def _say_error(ctx: click.Context, message: str) -> None:
    if ctx.obj and ctx.obj.get("json"):
        from ledger.app.terminal import say_problems

        say_problems([errors.Problem("wattledger", 0, message)], True)
    else:
        click.echo(f"wattledger: {errors.inert(message)}", err=True)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="wattledger")
@common
@click.pass_context
def main(ctx: click.Context) -> None:
    """An operations ledger for power-hungry sites: verified facts in, reports anyone can recompute out."""
    # rows and tables are large and without cycles; walking them again and again found nothing and took a quarter of the time
    gc.set_threshold(100_000, 10, 1_000)


for _command in COMMANDS:
    main.add_command(_command)
