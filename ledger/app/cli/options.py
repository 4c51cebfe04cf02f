"""Options that commands share: ``--book`` and ``--json``, the book of the call, the options of a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from ledger.app.cli import completion
from ledger.app.cli.book_path import DEFAULT_BOOK, VARIABLE, book_path

KEY_VARIABLE: Final = "WATTLEDGER_KEY"
UNDERSTOOD_SHOWN: Final = 4
_HELP: Final = ("-h", "--help")
_PLAIN: Final = f"{__name__}.plain"
"""Under this name a call keeps that it gives no option of a single report."""
Command = TypeVar("Command", bound=Callable[..., Any])


def common(command: Command) -> Command:
    """``--book`` and ``--json`` for a command."""

    def remember(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
        if value:
            ctx.ensure_object(dict)[str(param.name)] = value
        return value

    for option in (
        click.option(
            "--json",
            is_flag=True,
            expose_value=False,
            callback=remember,
            help="Answer in JSON, for machines.",
        ),
        click.option(
            "--book",
            type=click.Path(file_okay=False),
            expose_value=False,
            callback=remember,
            help=f"Directory of the book (else {VARIABLE}, else ./{DEFAULT_BOOK}).",
        ),
    ):
        command = option(command)
    return command


def store_option(command: Command) -> Command:
    """``--store`` for a command that makes a book."""
    return click.option(
        "--store",
        metavar="URL",
        help="Keep the records in PostgreSQL: postgresql://ROLE@HOST/DATABASE?schema=NAME, without a password.",
    )(command)


def wants_json(ctx: click.Context) -> bool:
    """True where ``--json`` was given."""
    return bool((ctx.obj or {}).get("json"))


def reads(command: Command) -> Command:
    """``--bundle`` and its ``--key`` for a command that only reads, beside ``common``'s."""

    def remember(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
        if value:
            ctx.ensure_object(dict)[str(param.name)] = value
        return value

    for option in (
        click.option(
            "--key",
            "bundle_key",
            envvar=KEY_VARIABLE,
            expose_value=False,
            callback=remember,
            help=f"With --bundle: the log's verifier key, as you were given it (else {KEY_VARIABLE}).",
        ),
        click.option(
            "--bundle",
            "bundle_file",
            type=click.Path(),
            expose_value=False,
            callback=remember,
            help="Read the records of a bundle or archive in place of a book's; they are verified first.",
        ),
    ):
        command = option(command)
    return common(command)


@contextmanager
def opened(
    ctx: click.Context, *, write: bool, key_file: str | None = None, accept_clock: bool = False
) -> Iterator[Any]:
    """The book of this call, closed afterwards; a bundle's where one was named."""
    from ledger.app.book.book import Book
    from ledger.app.host.terminal import Bar

    said = ctx.obj or {}
    if "bundle_file" in said:
        with _bundle_book(said, write=write, bar=Bar("verifying", quiet=wants_json(ctx))) as bundled:
            yield bundled
        return
    with Book.open(book_path(ctx), write=write, key_file=key_file, accept_clock=accept_clock) as book:
        book.progress = Bar("reading", quiet=wants_json(ctx))
        with book.blaming_damage():
            yield book


@contextmanager
def _bundle_book(said: dict[str, Any], *, write: bool, bar: Any) -> Iterator[Any]:
    from ledger.app.proofs.bundle_view import bundle_view
    from ledger.errors import Malformed

    if write:
        raise Malformed("a bundle is read-only: give --book in its place to record")
    if "book" in said:
        raise Malformed("give --bundle or --book, not both")
    if "bundle_key" not in said:
        raise Malformed(
            f"--bundle needs --key VKEY (or {KEY_VARIABLE}): the log's verifier key, as you were given it"
        )
    if Path(said["bundle_file"]).is_dir():
        with _archive_book(Path(said["bundle_file"]), said["bundle_key"], bar) as archived:
            yield archived
        return
    with bundle_view(said["bundle_file"], said["bundle_key"], bar) as view:
        bar.close()
        if view.verdict.verdict != "VERIFIED":
            click.echo(f"note: {view.verdict.verdict}: {view.verdict.code}: {view.verdict.why}", err=True)
        yield view.book


@contextmanager
def _archive_book(directory: Path, key: str, bar: Any) -> Iterator[Any]:
    from ledger.app.book.book import Book
    from ledger.app.maintenance.archive_check import check_archive
    from ledger.errors import Tampered

    found = check_archive(directory, key, bar)
    bar.close()
    if found.exit_code:
        raise Tampered(f"{directory}: {found.verdict} ({found.code}): {found.why}")
    with Book.open(directory, write=False) as book:
        yield book


key_option = click.option("--key-file", type=click.Path(dir_okay=False), help="File of the signing key.")
clock_option = click.option(
    "--accept-clock",
    is_flag=True,
    help="Proceed although the clock is behind or far ahead of the last record.",
)


CHOICES: Final = (
    click.option(
        "--county",
        multiple=True,
        shell_complete=completion.counties,
        help="Only sites of this county, such as 'Whitfield County, GA'.",
    ),
    click.option(
        "--utility",
        multiple=True,
        shell_complete=completion.utilities,
        help="Only sites that this utility serves.",
    ),
    click.option(
        "--tenant",
        multiple=True,
        shell_complete=completion.tenants,
        help="Only sites with a lease phase of this tenant.",
    ),
    click.option(
        "--program",
        multiple=True,
        shell_complete=completion.enrolled_programs,
        help="Only sites enrolled in this program.",
    ),
)
_REPORT_OPTIONS: Final = (
    click.option(
        "--site",
        "sites",
        multiple=True,
        shell_complete=completion.sites,
        help="Only this site (repeatable).",
    ),
    *CHOICES,
    click.option(
        "--block",
        "blocks",
        multiple=True,
        shell_complete=completion.blocks,
        help="Only this block (repeatable).",
    ),
    click.option(
        "--period",
        shell_complete=completion.periods,
        help="2026-Q3, 2026-07, 2026-W30, 2026-07@9 (from the 9th), last-month, this-quarter, in the report's"
        " zone.",
    ),
    click.option("--from", "start", help="Start of the window: an instant, or a date in the report's zone."),
    click.option("--to", "stop", help="End of the window, not included."),
    click.option("--tz", shell_complete=completion.zones, help="Zone of the period and of local dates."),
    click.option("--as-of", help="See facts up to this instant."),
)
_known_at = click.option("--known-at", help="Use only what had been recorded: a record count or an instant.")


class Asking(click.Command):
    """A command with a question to a report: the parameters of all reports are its options too, made from the
    catalogue when needed.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words of a call. One whose options are all the command's own loads the parameters of no
        report: loading every report takes longer than most answers.
        """
        own = {name for param in super().get_params(ctx) for name in param.opts if name not in _HELP}
        ctx.meta[_PLAIN] = all(word.partition("=")[0] in own for word in args if word.startswith("-"))
        return super().parse_args(ctx, args)

    @cached_property
    def _of_reports(self) -> list[click.Parameter]:
        from projections.reports.catalogue import parameters

        return [_option(parameter) for parameter in parameters().values()]

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The options in the order of the help: those of single reports before the window's."""
        params = super().get_params(ctx)
        if ctx.meta.get(_PLAIN) and not ctx.resilient_parsing:
            return params
        place = next(n for n, param in enumerate(params) if param.name in ("period", "start"))
        return [*params[:place], *self._of_reports, *params[place:]]


def _option(parameter: Any) -> click.Option:
    names = (f"--{parameter.name}",)
    if parameter.form == "flag":
        return click.Option(names, is_flag=True, default=None, help=parameter.what)
    file = click.Path(dir_okay=False) if parameter.form == "series" else None
    complete = completion.PARAMETERS.get(parameter.name)
    return click.Option(names, type=file, shell_complete=complete, help=parameter.what)


def chooses(command: Command) -> Command:
    """Options that choose sites by a common property."""
    for option in reversed(CHOICES):
        command = option(command)
    return command


def choices(asked: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Values given for ``CHOICES``, taken out of a command's options."""
    names = ("county", "utility", "tenant", "program")
    return {name: values for name in names if (values := asked.pop(name, ()))}


def question(asked: dict[str, Any], **more: Any) -> Any:
    """The question in the options of a command."""
    from ledger.app.queries.parameters import read_words
    from ledger.app.queries.report_run import Question

    ctx, said = click.get_current_context(), {}
    if not ctx.meta.get(_PLAIN):
        from projections.reports.catalogue import parameters

        said = {name: asked.pop(name.replace("-", "_")) for name in parameters()}
    words = read_words(said, book_path(ctx))
    return Question(choices=choices(asked), **asked, **more, said=words)


def resolved(ctx: click.Context, book: Any, asked: Any, *reports: Any) -> Any:
    """The question with instants in stored form and names that exist; show how they were understood."""
    from ledger.app.queries.typed import Typed

    typed = Typed(book)
    found = typed.question(asked, reports)
    show_understood(ctx, typed.times)
    return found


def show_understood(ctx: click.Context, times: Any) -> None:
    """Show people on stderr how instants and periods were read, with their offsets."""
    if wants_json(ctx):
        return
    shown = [f"note: {text} is {meant}" for text, meant in times.understood.items()]
    for line in shown[:UNDERSTOOD_SHOWN]:
        click.echo(line, err=True)
    if len(shown) > UNDERSTOOD_SHOWN:
        click.echo(f"note: and {len(shown) - UNDERSTOOD_SHOWN:,} more alike", err=True)


def asks(command: Command) -> Command:
    """Options of a question to a report, with ``--known-at``."""
    return asks_window(_known_at(command))


def asks_window(command: Command) -> Command:
    """Options of a question to a report, without ``--known-at``."""
    for option in reversed(_REPORT_OPTIONS):
        command = option(command)
    return command
