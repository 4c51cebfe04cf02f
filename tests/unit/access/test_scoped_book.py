"""What a token may read: a book of two counties and two tenants, through the eyes of each role."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ledger.app.access import tokens
from ledger.app.access.scoped_book import book_of
from ledger.app.book.book import Book
from ledger.app.book.config import Config
from ledger.app.host.clock import Seeded
from ledger.app.queries import log_view
from ledger.app.queries.record_filter import Filter, index_said, listed
from ledger.app.queries.registry import registry_at
from ledger.app.queries.report_run import Question
from ledger.errors import Malformed
from projections.reports.catalogue import BY_NAME, REPORTS
from tests.support.rights import STORY as TWO_SITES
from tests.support.small_book import START_US, said

STORY = f"{TWO_SITES}2026-06-05T00:00Z s2 lease-phase-opened lease=l3 phase=p3 tenant=north critical=10MW\n"
SCOPES = {
    "engineer": (),
    "admin": (),
    "auditor": (),
    "utility": ("utility=GP",),
    "commissioner": ("county=Whitfield County, GA",),
    "tenant": ("tenant=north",),
    "agent": ("site=s1", "kind=hashrate-changed"),
}
OWN = {
    "engineer": {"grid", "operations", "community", "lease"},
    "admin": {"grid", "operations", "community", "lease"},
    "auditor": {"grid", "operations", "community", "lease"},
    "utility": {"grid"},
    "commissioner": {"community"},
    "tenant": {"lease"},
    "agent": set(),
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    folder = tmp_path_factory.mktemp("scoped") / "b"
    with Book.create(folder, Config("example.com/book"), surroundings=Seeded("scope", START_US)) as made:
        outcome = made.record(said(STORY))
        assert not outcome.problems
        for role, words in SCOPES.items():
            tokens.grant(made, f"a-{role}", role, words, 30, role.encode().ljust(32, b"-"))
        yield made


def seen(book: Book, role: str) -> Book:
    return book_of(book, tokens.tokens(book)[f"a-{role}"])


def streams(found: Book) -> set[str]:
    return {record.stream for record in found.records()}


@pytest.mark.parametrize("role", OWN)
def test_a_role_reads_the_classes_of_its_row_and_no_other(book: Book, role: str) -> None:
    read = {name.partition("/")[2] for name in streams(seen(book, role)) if not name.startswith("ledger/")}
    assert read == OWN[role]


def test_an_agent_is_told_that_nothing_is_open_to_it(book: Book) -> None:
    with pytest.raises(Malformed, match="not in the scope: s1/grid"):
        listed(seen(book, "agent"), Filter.of(seen(book, "agent"), None, None, (), None, None, None, None))


def test_a_utility_sees_the_sites_that_it_serves_alone(book: Book) -> None:
    assert streams(seen(book, "utility")) == {"s1/grid"}


def test_a_county_sees_its_own_commitments_alone(book: Book) -> None:
    assert streams(seen(book, "commissioner")) == {"s1/community"}


def test_a_tenant_does_not_see_a_lease_stream_that_it_shares_with_another(book: Book) -> None:
    """North has phases at s1 and s2; s2's stream holds a phase of south too."""
    assert streams(seen(book, "tenant")) == {"s1/lease"}


def test_a_narrowed_stream_is_all_that_is_left(book: Book) -> None:
    scope = {"stream": ("s2/grid",)}
    token = tokens.tokens(book)["a-auditor"]._replace(scope=scope)
    assert streams(book_of(book, token)) == {"s2/grid"}


def answered(book: Book, site: str) -> str:
    with pytest.raises(Malformed) as caught:
        log_view.run(book, BY_NAME["commitments"], Question(sites=(site,)))
    return str(caught.value).replace(site, "SITE")


def test_a_foreign_site_is_answered_as_one_that_is_not_there(book: Book) -> None:
    county = seen(book, "commissioner")
    assert answered(county, "s2") == answered(county, "s9")


def test_a_foreign_record_is_answered_as_one_that_is_not_there(book: Book) -> None:
    foreign = next(record for record in book.records() if record.stream == "s2/community")
    county = seen(book, "commissioner")
    with pytest.raises(Malformed) as caught:
        index_said(county, foreign.id, "record")
    assert str(caught.value) == f"record: no record has the id {foreign.id}"


def test_a_foreign_record_cannot_be_read_by_its_index(book: Book) -> None:
    foreign = next(record for record in book.records() if record.stream == "s2/community")
    with pytest.raises(Malformed):
        seen(book, "commissioner").record_at(foreign.index)


def test_the_registry_of_a_county_names_its_own_places_alone(book: Book) -> None:
    assert registry_at(seen(book, "commissioner"), book.store.size).sites == ("s1",)


def readable(book: Book, role: str) -> set[str]:
    found = set()
    for report in REPORTS:
        try:
            log_view.run(seen(book, role), report, Question())
        except Malformed:
            continue
        found.add(report.name)
    return found


def test_a_county_reads_the_reports_that_are_made_of_commitments_alone(book: Book) -> None:
    assert readable(book, "commissioner") >= {"commitments", "payments"}


@pytest.mark.parametrize("role", ["utility", "commissioner", "tenant"])
def test_a_report_that_a_role_may_read_is_the_report_of_its_sites(book: Book, role: str) -> None:
    """Byte for byte the figures of the whole book for the same site: scope hides, it never changes."""
    mine = seen(book, role)
    sites = tuple(sorted({name.partition("/")[0] for name in streams(mine)}))
    question = Question(sites=sites)
    for name in sorted(readable(book, role)):
        own = log_view.run(mine, BY_NAME[name], question)
        whole = log_view.run(book, BY_NAME[name], question)
        assert (own.rows, own.known_at) == (whole.rows, whole.known_at), name


def test_no_report_of_a_county_names_the_other_site(book: Book) -> None:
    mine = seen(book, "commissioner")
    told = [
        str(log_view.run(mine, BY_NAME[name], Question()).rows) for name in readable(book, "commissioner")
    ]
    assert not [rows for rows in told if "'s2'" in rows]
