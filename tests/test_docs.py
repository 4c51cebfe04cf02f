"""The pages of ledger/docs: generated ones are as the program's lists make them, links lead somewhere, and the
index names every page once.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support import reference_pages

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "ledger" / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
GENERATED = reference_pages.pages()
PROOF = DOCS / "design" / "proof.md"
FENCED = re.compile(r"^```.*?^```\n", re.DOTALL | re.MULTILINE)


def prose(page: Path) -> str:
    return FENCED.sub("", page.read_text())


@pytest.mark.parametrize("name", GENERATED)
def test_a_reference_page_is_what_the_lists_make_it(name: str) -> None:
    """A kind, a column, a format, a dialect or a command that is added is on its page: ``tools/bless
    reference`` writes them.
    """
    assert (reference_pages.FOLDER / f"{name}.md").read_text() == GENERATED[name]


def test_every_reference_page_is_made() -> None:
    assert {page.stem for page in reference_pages.FOLDER.glob("*.md")} == set(GENERATED)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_link_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", prose(page))
    files = [(page.parent / link).resolve() for link in links if "://" not in link]
    assert [file for file in files if not file.exists() and file != PROOF] == []


def test_the_index_names_every_page_once() -> None:
    listed = re.findall(r"^- \[[^]]+\]\(([^)]+)\)", (DOCS / "README.md").read_text(), re.MULTILINE)
    there = [str(page.relative_to(DOCS)) for page in {*PAGES, PROOF} if page.is_relative_to(DOCS)]
    assert sorted(listed) == sorted(set(there) - {"README.md"})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_prose_has_at_most_110_columns(page: Path) -> None:
    """Tables, pictures and what the program prints are as long as they are."""
    lines = prose(page).splitlines()
    assert [line for line in lines if len(line) > 110 and not line.startswith(("|", "!["))] == []


@pytest.mark.parametrize("page", sorted((DOCS / "design").glob("*.md")), ids=lambda page: page.stem)
def test_a_section_that_a_docstring_cites_is_there(page: Path) -> None:
    """``(DOMAIN 5)`` in a docstring is section 5 of design/domain.md."""
    files = [path for room in ("ledger", "projections") for path in (ROOT / room).rglob("*.py")]
    cite = re.compile(rf"\b{page.stem.upper()} ([0-9]+)")
    cited = {number for path in files for number in cite.findall(path.read_text())}
    assert cited - set(re.findall(r"^## ([0-9]+)\.", page.read_text(), re.MULTILINE)) == set()


# --- what is promised, and how it is shown -------------------------------------------------------------------


TRUST = DOCS / "design" / "trust.md"
SHOWN = re.compile(r"`((?:tests|tools|\.ci)/[\w./-]+)`")


def promises() -> dict[str, list[str]]:
    """What the design page promises, with the tests and tools that show it: the tables that say so."""
    tables = re.findall(r"^\|.*\| shown by \|\n\|[-|]+\n((?:\|.*\n)+)", TRUST.read_text(), re.MULTILINE)
    rows = [row.strip("|").split(" | ") for table in tables for row in table.splitlines()]
    return {row[0].strip(): SHOWN.findall(row[-1]) for row in rows}


def test_every_promise_names_a_test_of_the_gate() -> None:
    """Tools are run before a release; what is in the gate cannot be forgotten."""
    assert [
        name for name, files in promises().items() if not any(f.startswith("tests/") for f in files)
    ] == []


def test_each_law_is_cited_by_the_tests_that_are_named_for_it() -> None:
    laws = {name: files for name, files in promises().items() if re.fullmatch(r"P\d+", name)}
    cited = {law: "".join((ROOT / file).read_text() for file in files) for law, files in laws.items()}
    assert (len(laws), [law for law, text in cited.items() if not re.search(rf"\b{law}\b", text)]) == (15, [])


def test_every_test_and_tool_that_is_named_is_there() -> None:
    assert [name for name in SHOWN.findall(TRUST.read_text()) if not (ROOT / name).exists()] == []
