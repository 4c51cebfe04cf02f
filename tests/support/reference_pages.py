"""The pages of ledger/docs/reference, made from the lists that the program itself reads; ``tools/bless`` writes
them, a test compares them with what is there.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import wrap
from typing import Final

import click
from click.testing import CliRunner

from ledger import errors, units
from ledger.app.cli.main import INTERRUPTED, NAMES, main
from ledger.app.delivery.packs import PACKS
from ledger.app.exports.formats import FORMATS as EXPORTS
from ledger.exchange import story
from ledger.exchange.formats import FORMATS as IMPORTS
from ledger.exchange.grid_notices.sources import SOURCES
from ledger.exchange.grid_notices.words import WORDS
from ledger.exchange.interval_csv import dialects
from ledger.fields import FORMS, Field, fields_of
from ledger.kinds import KINDS, Kind
from projections.render.formats import FORMATS as OUTPUTS
from projections.reports.catalogue import REPORTS

FOLDER: Final = Path(__file__).parents[2] / "ledger" / "docs" / "reference"
WIDTH: Final = 110


def pages() -> dict[str, str]:
    """The text of every page by its name."""
    return {name: "\n".join(page()) + "\n" for name, page in PAGES.items()}


def _kinds() -> Iterator[str]:
    yield "# Kinds"
    yield ""
    yield "Every kind of fact. `wattledger kinds KIND` shows one of them, with the lines that must come before it."
    yield "[story-text](story-text.md) gives the form of a line."
    claimable = [kind for kind in KINDS if kind.claimable]
    current = {kind.name: kind for kind in claimable}
    for title, ours in _by_class(list(current.values())).items():
        yield from ("", f"## {title}")
        for kind in ours:
            yield from ("", f"### {kind.name}", "")
            told = _printed("kinds", kind.name).splitlines()
            yield from _prose(told[1])
            yield from ("", "```text")
            yield from _until(told[3:], "In an empty book")
            yield "```"
    yield from ("", "## Written by the ledger itself")
    for kind in KINDS:
        if not kind.claimable:
            yield from ("", f"### {kind.tag}", "", *_prose(_docstring(kind.body)), "")
            yield from (_field(field) for field in fields_of(kind.body))
    yield from ("", "## Earlier versions", "")
    yield "A book may hold records of these versions. They are read as the current version."
    yield ""
    yield from (f"- `{kind.tag}`" for kind in claimable if kind is not current[kind.name])


def _by_class(kinds: list[Kind]) -> dict[str, list[Kind]]:
    found: dict[str, list[Kind]] = {}
    for kind in kinds:
        title = f"Class {kind.disclosure}" if kind.disclosure else "The class of what they name"
        found.setdefault(title, []).append(kind)
    return found


def _field(field: Field) -> str:
    what = {"int": "whole number", "bool": "true or false"}.get(field.form, field.form)
    many = ", a list" if field.many else ""
    optional = "" if field.required else ", optional"
    section = f", in the erasable section {field.section}" if field.section else ""
    return f"- `{field.name}`: {what}{many}{optional}{section}"


def _until(lines: list[str], end: str) -> Iterator[str]:
    for line in lines:
        if line.startswith(end):
            return
        yield line


def _story_text() -> Iterator[str]:
    yield "# Story text"
    yield ""
    yield "A fact in story text is one line. `wattledger record` reads it; `log` and `export story` write it."
    yield ""
    told = str(story.__doc__).strip().partition("\n\n")[2].replace("``", "`")
    for line in re.sub(r"\n  (?=\S)", " ", told).splitlines():
        yield from _prose(line, "  ") if line and line[0] != " " else [line]
    yield from ("", "## Units", "", "A quantity is exact in its base unit. `0.5W` is refused.", "")
    yield from ("| field ends in | base unit | units |", "|---|---|---|")
    for suffix, known in units.UNITS.items():
        base = next((unit for unit, worth in known.items() if worth == 1), "cent")
        yield f"| `{suffix}` | {base} | {', '.join(known)} |"
    yield from ("", "## Forms of text", "", "| form | rule |", "|---|---|")
    yield from (f"| {form} | {rule.removeprefix('must be ')} |" for form, (_, rule) in FORMS.items())


def _columns() -> Iterator[str]:
    yield "# Columns"
    yield ""
    yield "Every report with its columns. A column without a unit holds text or a count. `explain` prints the method"
    yield "of a report. `--format json` and `--format csv` hold these columns."
    for report in REPORTS:
        yield from (
            "",
            f"## {report.name}",
            "",
            f"{report.title} (definition {report.definition_version}).",
            "",
        )
        keys = ", ".join(f"`{column.name}`" for column in report.columns[: report.keys])
        yield f"A row is named by {keys}."
        if report.parameters:
            yield ""
            yield from (f"- `--{parameter.name}`: {parameter.what}" for parameter in report.parameters)
        yield from ("", "| column | unit | definition |", "|---|---|---|")
        yield from (f"| `{c.name}` | {c.unit} | {_cell(c.definition)} |" for c in report.columns)


def _notices() -> Iterator[str]:
    yield from ("", "## Notices of grid operators", "")
    yield "`wattledger import conditions FILE --source SOURCE` reads:"
    yield from ("", "| source | content | form known from |", "|---|---|---|")
    for source in SOURCES:
        yield f"| `{source.name}` | {_cell(source.summary)} | {_cell(source.known_from)} |"
    yield ""
    yield from _prose(
        "A level of energy emergency (EEA 1 to 3) in a wording is the state. Else the first of these words that the"
        " wording holds decides; a dash is no condition of the grid. Steps of MISO's maximum generation events are"
        " levels by their date. `--alert WORDING=STATE` comes before all."
    )
    yield from ("", "| authority | words | state |", "|---|---|---|")
    for words in dict.fromkeys(WORDS.values()):
        codes = ", ".join(code for code, known in WORDS.items() if known is words)
        yield from (f"| {codes} | {phrase} | {state or '-'} |" for phrase, state in words)


def _formats() -> Iterator[str]:
    yield "# Formats"
    yield from ("", "## Imports", "", "`wattledger import FORMAT FILE...` reads:", "")
    yield from ("| format | needs | content |", "|---|---|---|")
    for form in IMPORTS:
        needs = ", ".join(f"`--{name}`" for name in form.needs) or "-"
        yield f"| `{form.name}` | {needs} | {_cell(form.summary)} |"
    yield from _notices()
    yield from ("", "## Exports", "", "`wattledger export FORMAT` writes:", "")
    yield from ("| format | takes | content |", "|---|---|---|")
    for out in EXPORTS:
        takes = ", ".join(f"`--{name}`" for name in out.takes) or "-"
        yield f"| `{out.name}` | {takes} | {_cell(out.summary)} |"
    yield from (
        "",
        "## Reports",
        "",
        "`wattledger report NAME --format FORMAT`, or the ending of `-o FILE`:",
        "",
    )
    yield from ("| format | ending | media type |", "|---|---|---|")
    yield from (f"| `{form.name}` | `.{form.ending}` | {form.media_type} |" for form in OUTPUTS)
    yield from ("", "The JSON form is the exact report:", "", "```text", REPORT_JSON, "```", "")
    yield "Values are integers in the unit of the column, text, true, false, or null where a figure is unknown or"
    yield "does not apply. Equal reports give equal bytes."
    yield from (
        "",
        "## Packs",
        "",
        "`wattledger report --pack PACK -o FOLDER` writes every report of a reader:",
        "",
    )
    yield from ("| pack | reader | reports | formats |", "|---|---|---|---|")
    for pack in PACKS:
        reports, formats = ", ".join(report.name for report in pack.reports), ", ".join(pack.formats)
        yield f"| `{pack.name}` | {pack.reader} | {reports} | {formats} |"


REPORT_JSON: Final = (
    '{"report","definition_version","title","window":{"start","stop","tz"},"as_of",\n'
    ' "known_at":{"size","root","rec"},"tzdata","filters",\n'
    ' "columns":[{"name","unit","title","definition"}],"rows":[{...}],"notes":[...]}'
)


def _dialects() -> Iterator[str]:
    yield "# Dialects"
    yield ""
    yield "A dialect says how an interval file is written. Name it with"
    yield "`wattledger import csv FILE --dialect NAME`, with options after commas."
    yield from ("", "```text", *dialects.explained(), "```")


def _commands() -> Iterator[str]:
    yield "# Commands"
    yield from ("", "```text", *_help(main, "wattledger"), "```")
    for name in NAMES:
        command = main.commands[name]
        yield from ("", f"## {name}", "", "```text", *_help(command, f"wattledger {name}"), "```")
        if isinstance(command, click.Group):
            for inner, under in sorted(command.commands.items()):
                yield from ("", "```text", *_help(under, f"wattledger {name} {inner}"), "```")


def _help(command: click.Command, name: str) -> list[str]:
    context = click.Context(command, info_name=name, terminal_width=100, max_content_width=100)
    context.help_option_names = ["-h", "--help"]
    with context:
        return command.get_help(context).splitlines()


def _exit_codes() -> Iterator[str]:
    yield "# Exit codes"
    yield ""
    yield "Problems go to standard error as `file:line: what is wrong and what would be right`. With `--json` each is"
    yield 'a line `{"source","line","message","raw"}`.'
    yield from ("", "| code | meaning |", "|---|---|", "| 0 | done |")
    classes = sorted(errors.WattledgerError.__subclasses__(), key=lambda error: error.exit_code)
    yield from (f"| {error.exit_code} | {_docstring(error)} |" for error in classes)
    yield f"| {INTERRUPTED} | Interrupted by Ctrl-C. What was acknowledged stands. |"
    yield ""
    yield "A file with good and bad lines ends with 2 if a line is malformed, else with 3 if a line is refused. The"
    yield "good lines are recorded; with `--atomic` none is."
    yield ""
    yield "`verify` ends with 0 VERIFIED, 1 FAILED, 2 MALFORMED or 3 INCOMPLETE-TRUST. `fsck` ends with 4 if it finds"
    yield "anything. `doctor` ends with 3 if facts contradict each other, others may read the book's files, or anything"
    yield "else endangers its records; facts that are only unlikely end with 0."


def _printed(*words: str) -> str:
    done = CliRunner().invoke(main, words, prog_name="wattledger")
    assert done.exit_code == 0, done.output
    return done.output


def _prose(text: str, hang: str = "") -> list[str]:
    return wrap(text, WIDTH, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False)


def _docstring(thing: type) -> str:
    return " ".join(inspect.cleandoc(str(thing.__doc__)).replace("``", "`").split())


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


PAGES: Final[dict[str, Callable[[], Iterator[str]]]] = {
    "kinds": _kinds,
    "story-text": _story_text,
    "columns": _columns,
    "formats": _formats,
    "dialects": _dialects,
    "commands": _commands,
    "exit-codes": _exit_codes,
}
