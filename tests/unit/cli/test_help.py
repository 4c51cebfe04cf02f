"""``help``: the pages of the manual in a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from ledger.app.cli.commands.help import plain
from ledger.app.cli.main import COMMANDS, GROUPS, SHORT, main
from ledger.app.cli.topics import topics


def told(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, words, prog_name="wattledger")
    return done.exit_code, done.output


def test_help_lists_every_topic() -> None:
    """A reader who types ``wattledger help`` finds each page of the manual."""
    output = told("help")[1]
    assert [name for name in topics() if f"- {name}: " not in output] == []


def test_every_command_is_explained_in_one_line_of_the_list() -> None:
    """A newcomer in a terminal of 80 columns reads what each command is for to its end."""
    cut = [name for name, command in COMMANDS.items() if len(command.get_short_help_str(500)) > SHORT]
    assert cut == []


def test_commands_are_listed_by_what_they_are_for() -> None:
    """``wattledger --help`` begins with what a newcomer needs, not with the letter A."""
    titles = [line for line in told("--help")[1].splitlines() if line.endswith(":") and line[0] != " "]
    assert titles == ["Options:", *(f"{title}:" for title in GROUPS)]


def test_a_topic_is_shown_as_plain_text() -> None:
    """An auditor reads ``wattledger help verify`` without the marks of Markdown, and learns where the options
    are.
    """
    output = told("help", "verify")[1]
    assert (output.startswith("VERIFY\n"), "](" in output, "Options: wattledger verify --help" in output) == (
        True,
        False,
        True,
    )


def test_a_command_that_is_no_topic_shows_its_options() -> None:
    assert "Usage: wattledger fsck" in told("help", "fsck")[1]


def test_a_topic_that_is_misspelled_is_answered_with_those_that_are_near() -> None:
    code, output = told("help", "verfy")
    assert (code, output) == (
        2,
        "wattledger: no topic or command is called 'verfy'; did you mean verify?\n",
    )


def test_a_program_gets_the_page_as_json() -> None:
    assert told("--json", "help", "keys")[1].startswith('{"topic":"keys","text":"KEYS\\n')


@pytest.mark.parametrize("name", topics())
def test_prose_fits_the_terminal(name: str) -> None:
    """Every line of a page fits 80 columns, but those of a fenced block and those with a word of more than
    40 characters.
    """
    lines = plain(topics()[name].read_text(encoding="utf-8"), 80)
    long = [line for line in lines if len(line) > 80 and not line.startswith("    ")]
    assert [line for line in long if max(map(len, line.split())) <= 40] == []


def test_a_wide_table_is_shown_row_by_row() -> None:
    """Where the last column would get less than 24 columns, each cell has a line."""
    page = "| format | takes | content |\n|---|---|---|\n| `jsonl` | `--a`, `--b` | all records |\n"
    assert list(plain(page, 30)) == ["jsonl", "    takes: --a, --b", "    content: all records"]


def test_a_link_an_emphasis_and_a_comment_leave_their_words() -> None:
    page = "<!-- continues x.md -->\n\nRead [the *old* page](a.md) **now**: `a|b`.\n"
    assert list(plain(page, 80)) == ["Read the old page now: a|b."]


def test_of_a_picture_its_description_is_left() -> None:
    assert list(plain("![Rates of five stores.](rates.svg)\n", 80)) == ["Rates of five stores."]


def test_the_pages_stand_in_the_package() -> None:
    """An installed program has them: the wheel takes everything in ``ledger``."""
    assert {Path(str(page)).parents[2].name for page in topics().values()} == {"ledger"}
