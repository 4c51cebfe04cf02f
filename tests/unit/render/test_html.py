"""HTML: the figures of JSON, for people; one file that needs nothing, runs nothing, and in which a name is a
name.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.engine.pictures import Layer, Names, Plot
from projections.engine.report import Cell, Column
from projections.engine.table import Table
from projections.render import html, json_file
from projections.render.formats import BY_NAME
from tests.support.readers import from_html
from tests.unit.render.test_text import COLUMNS, HOSTILE, LEAD, ROW, TULSA, led, table

NAMES = [
    *HOSTILE,
    "<img src=x onerror=alert(1)>",
    "</script>",
    "</style>",
    "{{ 7 * 7 }}{% raw %}{# x",
    "%s%%(x)s",
    '"><b>',
    "../../x",
    "x" * 4000,
    "\x00",
    "\ud7ff",
]
cells = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**60), 2**60), st.sampled_from(NAMES), st.text(max_size=8)
)


class Tags(HTMLParser):
    """Every element with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def page(*rows: tuple[Cell, ...], **said: Any) -> str:
    return BY_NAME["html"].render(table(*rows)._replace(**said)).decode()


def heads(said: Table) -> list[str]:
    return re.findall(
        r"<th scope=\"col(?:group)?\"[^>]*>([^<]*)</th>", html.render(said).decode().split("</thead>")[0]
    )


@given(st.lists(st.tuples(cells, cells, cells, cells, cells), max_size=4))
def test_it_says_cell_by_cell_what_json_says(rows: list[tuple[Cell, ...]]) -> None:
    said = led(*rows)
    assert from_html(html.render(said), [column.name for column in COLUMNS]) == [
        list(row.values()) for row in json.loads(json_file.render(said))["rows"]
    ]


@given(st.sampled_from(NAMES) | st.text())
def test_no_name_note_or_filter_adds_an_element_an_attribute_or_a_character_that_turns_lines(
    name: str,
) -> None:
    def shape(said: str) -> list[tuple[str, list[str]]]:
        return [(tag, sorted(set(attrs) - {"data-x"})) for tag, attrs in Tags(said).found]

    plain = page(("x", 1, 1, 1, True), notes=("x",), filters=("site=x",))
    said = page((name, 1, 1, 1, True), notes=(name,), filters=(f"site={name}",))
    assert shape(said) == shape(plain)
    assert all(c.isprintable() or c == "\n" for c in said)


def test_a_name_among_amounts_is_a_name() -> None:
    assert "<script>" not in page(("x", 1, 1, 1, True), ("x", "<script>", 1, 1, True))


def test_it_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    picture = Plot("a", "b", Names("", ("x",)), "", "W", (Layer("x", "bar", ((0, 1),)),))
    said = Tags(page(ROW, pictures=lambda: (picture,))).found
    assert not {tag for tag, _ in said} & {"script", "link", "img", "iframe", "object", "form", "base"}
    assert all((attrs.get("href") or "#").startswith("#") for _, attrs in said)
    assert not [
        name for _, attrs in said for name in attrs if name.startswith("on") or name in ("src", "style")
    ]


def test_its_policy_allows_its_own_style_sheet_and_nothing_else() -> None:
    said = page(ROW)
    style = said.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert (
        f"content=\"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'\""
        in said
    )


def test_neighbours_of_the_same_unit_stand_under_one_head() -> None:
    hours = (
        Column("site", "Site", "", unit=""),
        Column("a_s", "A", "", unit="s"),
        Column("b_s", "B", "", unit="s"),
        Column("c_w", "C", "", unit="W"),
    )
    assert heads(table(("x", 3600, 7200, 5_000_000), columns=hours)) == [
        "Site",
        "hours (h)",
        "C (MW)",
        "A",
        "B",
    ]


def test_numbers_of_a_column_have_the_same_decimals() -> None:
    said = page(ROW, ("tulsa", 1_500, 1, 0, False))
    assert [said.count(f">{shown}<") for shown in ("250.000", "0.002", "97.123", "&lt;0.001")] == [1, 1, 1, 1]


def test_a_word_among_amounts_stays_as_it_is() -> None:
    said = page(ROW, ("tulsa", "2026-05-15", 1, 0, False), ("enid", 1_500, 1, 0, False))
    assert [said.count(f">{shown}<") for shown in ("250.000", "2026-05-15", "0.002")] == [1, 1, 1]


def test_times_are_local_and_whole_days_are_said_as_days() -> None:
    said = page(ROW)
    assert "1 Jul 2026 to 31 Jul 2026" in said
    assert "Times are local, America/New_York (UTC-04:00)" in said


def test_an_instant_in_a_cell_is_local_and_exact() -> None:
    said = page(("2026-07-14T18:00:00Z", 1, 1, 1, True))
    assert '<th scope="row" data-x="&quot;2026-07-14T18:00:00Z&quot;">2026-07-14 14:00 -04:00</th>' in said


def test_it_says_where_it_comes_from_and_the_hash_of_its_json() -> None:
    said = page(ROW)
    assert hashlib.sha256(json_file.render(table(ROW))).hexdigest() in said
    assert "ab" * 32 in said
    assert "wattledger report demo --from 2026-07-01T04:00:00Z --to 2026-08-01T04:00:00Z" in said


def test_a_name_in_a_command_is_one_word_of_the_shell() -> None:
    assert "--site &#x27;a; rm -rf &#x27;\\&#x27;&#x27;x&#x27; --from" in page(
        ROW, filters=("site=a; rm -rf 'x",)
    )


def test_without_rows_it_says_so() -> None:
    assert "No rows: nothing of this is known in this window and scope." in page()


def test_a_table_too_wide_for_paper_is_in_parts_there_that_repeat_what_names_a_row() -> None:
    many = (
        Column("site", "Site", "", unit=""),
        *(Column(f"a{n}_w", f"Figure number{n}", "", "W") for n in range(40)),
    )
    said = page(("dalton", *range(1000, 1040)), columns=many)
    parts = re.findall(r'<table id="part-\d+".*?</table>', said, re.DOTALL)
    named = [re.findall(r">([^<>]*)</th>", part)[0] for part in parts]
    figures = [figure for part in parts for figure in re.findall(r'<td data-x="(\d+)"', part)]
    assert (len(parts) > 1, set(named), figures) == (True, {"Site"}, [str(n) for n in range(1000, 1040)])


def test_a_table_that_fits_the_paper_is_there_once() -> None:
    assert page(ROW).count("<table ") == 2  # the rows, and what the columns mean


def test_every_cell_that_names_a_row_is_its_header() -> None:
    assert html.render(table(ROW)._replace(keys=2)).decode().count('<th scope="row"') == 2 + len(COLUMNS)


@pytest.mark.parametrize("section", ["figures", "meanings", "provenance"])
def test_what_it_links_to_is_there(section: str) -> None:
    said = page(ROW)
    assert f'href="#{section}"' in said
    assert f'id="{section}"' in said


# --- the first screen ---------------------------------------------------------------------------------------


def test_the_verdict_and_its_figures_stand_under_the_title() -> None:
    said = html.render(led(ROW, TULSA)).decode()
    header = said.partition("<header>")[2].partition("<nav")[0]
    tiles = re.findall(r"<div><dt>([^<]*)</dt><dd>([^<]*)</dd></div>", header)
    assert header.index(LEAD.verdict) < header.index("<dl")
    assert tiles[:2] == [("Drawn", "250 MW"), ("Drawn at its peak", "1.25 GW")]


def test_the_heading_says_of_which_sites_and_of_what_it_is() -> None:
    """Two pages that were printed from one report are told apart by their headings."""
    asked = (("site=dalton", "block=m1"), ("site=dalton",), ())
    headings = [re.findall("<h1>(.*)</h1>", page(ROW, filters=filters)) for filters in asked]
    assert headings == [["A table, dalton, block m1"], ["A table, dalton"], ["A table, all sites"]]


def test_what_its_heading_says_is_not_said_again() -> None:
    assert ">Only " not in page(ROW, filters=("site=dalton", "block=m1"))


def test_what_its_heading_leaves_out_is_said_below() -> None:
    assert '<p class="asked">Only dalton, intervals=true</p>' in page(
        ROW, filters=("site=dalton", "intervals=true")
    )


def test_the_title_says_subject_window_and_where() -> None:
    said = page(ROW, filters=("site=dalton", "block=m1"))
    assert "<title>A table, 1 Jul 2026 to 31 Jul 2026, dalton</title>" in said
    assert "<title>A table, 1 Jul 2026 to 31 Jul 2026, all sites</title>" in page(ROW)


def test_the_first_columns_stand_first_and_a_box_shows_the_others() -> None:
    said = led(ROW)
    made = html.render(said).decode()
    assert heads(said)[:5] == ["Fresh", "Site", "Draw (MW)", "Share (%)", "Paid (USD)"]
    assert '<label for="all-columns" class="screen">Show all 5 columns</label>' in made
    assert "#all-columns:not(:checked)~.scroll #rows :is(col,tbody>tr>*):nth-child(n+4)" in made


def test_a_table_without_further_columns_has_no_box() -> None:
    assert 'id="all-columns"' not in page(ROW)


def test_paper_has_the_first_columns_first_and_then_the_others_with_the_name_of_their_row() -> None:
    parts = re.findall(r'<table id="part-\d+".*?</thead>', html.render(led(ROW)).decode(), re.DOTALL)
    assert [re.findall(r">([^<>]*)</th>", part) for part in parts] == [
        ["Fresh", "Site", "Draw (MW)"],
        ["Site", "Share (%)", "Paid (USD)"],
    ]


@pytest.mark.parametrize(("paper", "size"), [("letter", "letter"), ("a4", "A4")])
def test_a_page_is_printed_on_the_paper_of_its_sites(paper: str, size: str) -> None:
    assert f"@page{{size:{size} landscape" in page(ROW, paper=paper)


def test_the_first_picture_stands_before_the_figures_and_the_others_behind_them() -> None:
    picture = Plot("a", "b", Names("", ("x",)), "", "W", (Layer("x", "bar", ((0, 1),)),))
    said = page(ROW, pictures=lambda: (picture, picture))
    assert said.index('id="p0-t"') < said.index('<h2 id="figures">') < said.index('id="p1-t"')
