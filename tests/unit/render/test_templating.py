"""Pages from templates: a value is text whatever the template says, a mistake is an error and no page, and the
templates are found wherever the program lies.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import inert
from projections.render import templating
from tests.unit.render.test_html import NAMES

ROOT = Path(__file__).parents[3]
TEMPLATES = sorted(path.name for path in (ROOT / "projections/render/templates").iterdir())
SHOWN = """<p title="{{ name }}">{{ name }}</p>"""


class Read(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Any] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, *attrs))

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def filled(template: str, **values: object) -> str:
    return templating.environment().from_string(template).render(**values)


@given((st.sampled_from(NAMES) | st.text(min_size=1)).filter(str.strip))
def test_a_name_is_text_in_a_page_whatever_is_in_it(name: str) -> None:
    assert Read(filled(SHOWN, name=name)).found == [("p", ("title", inert(name))), inert(name)]


def test_a_name_that_looks_like_a_template_is_not_read_as_one() -> None:
    assert filled("{{ name }}", name="{{ 7 * 7 }}") == "{{ 7 * 7 }}"


def test_lines_stay_lines_and_what_turns_them_does_not() -> None:
    assert filled("{{ words|lines }}", words="<a>\n\u202eb") == "&lt;a&gt;\n\\u{202e}b"


def test_what_nobody_gave_a_template_is_an_error() -> None:
    """A figure that is missing from a page would be taken for one that is not known."""
    with pytest.raises(jinja2.UndefinedError, match="figure"):
        filled("{{ figure }}")


def test_what_is_not_there_is_never_shown_as_none() -> None:
    with pytest.raises(AssertionError, match="not there"):
        filled("{{ figure }}", figure=None)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_can_be_read(name: str) -> None:
    assert templating.environment().get_template(name).name == name


def test_another_room_builds_on_the_same_layout_and_macros(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A room with pages of its own needs its contents only."""
    (tmp_path / "other_room/templates").mkdir(parents=True)
    (tmp_path / "other_room/__init__.py").touch()
    (tmp_path / "other_room/templates/own.html").write_text(
        """{% extends "base.html" %}
{% import "macros.html" as m %}
{% block title %}Own{% endblock %}
{% block skip %}{% endblock %}
{% block header %}<h1>{{ name }}</h1>{% endblock %}
{% block main %}{{ m.tiles([(name, "1 MW")]) }}{% endblock %}
"""
    )
    monkeypatch.syspath_prepend(tmp_path)
    made = templating.environment("other_room").get_template("own.html")
    page = made.render(style="", style_sha256="", name="<b>")
    assert "<div><dt>&lt;b&gt;</dt><dd>1 MW</dd></div>" in page


def test_a_command_that_makes_no_page_does_not_load_the_template_engine() -> None:
    code = "import sys, ledger.app.cli.main, projections.render.formats; print('jinja2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "False\n"


def test_templates_are_found_in_a_program_that_lies_in_one_file(tmp_path: Path) -> None:
    """A wheel on the path is not unpacked."""
    with zipfile.ZipFile(tmp_path / "program.zip", "w") as program:
        for room in ("ledger", "projections"):
            for path in (ROOT / room).rglob("*"):
                if path.suffix in (".py", ".html", ".css", ".xml") and "demo" not in path.parts:
                    program.write(path, path.relative_to(ROOT))
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from projections.render import templating as made;"
        " print(made.__file__, len(made.sheet('listing.css', 'a4')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "program.zip")],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    where, _, size = done.stdout.partition(" ")
    assert (where.startswith(str(tmp_path)), int(size or 0) > 5_000) == (True, True), done.stderr
