"""A utility's list of dispatches against the operator's ledger, dispatch by dispatch."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ledger.app.cli.main import main
from ledger.app.queries.dispatch_comparison import DispatchComparison, compared
from ledger.errors import Malformed
from ledger.exchange.sheets.dispatch_list import ListedDispatch
from tests.support.row_replay import Heard

SITE = (
    "county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training"
)
KNOWN = f"""
2026-06-01T00:00Z s1 site-registered name=S {SITE}
2026-06-01T00:00Z s2 site-registered name=S {SITE}
2026-06-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
2026-06-01T00:00Z s1 program-enrolled program=dr1 operator=O agreement=A blocks=[m1] meters=[] method=meter-before-after notice=0s response=0s program_year_start=06-01 tz=UTC capped=false adjustment=none holidays=[]
2026-06-10T11:00Z s1 dispatch-notified dispatch=d1 program=dr1 external_id=EV-7 dispatch_class=emergency mode=reduce-by target=80MW start=2026-06-10T12:00Z stop=2026-06-10T16:00Z
2026-06-10T14:00Z s1 dispatch-released dispatch=d1
2026-06-11T11:00Z s1 dispatch-notified dispatch=d2 program=dr1 dispatch_class=emergency mode=reduce-by target=80MW start=2026-06-11T12:00Z stop=2026-06-11T14:00Z
2026-06-12T11:00Z s1 dispatch-notified dispatch=d3 program=dr1 dispatch_class=emergency mode=reduce-by target=80MW start=2026-06-12T12:00Z stop=2026-06-12T14:00Z
2026-06-12T11:30Z s1 dispatch-cancelled dispatch=d3
2026-06-11T20:00Z s1 dispatch-notified dispatch=own dispatch_class=own-economic mode=reduce-by target=80MW start=2026-06-11T20:00Z stop=2026-06-11T21:00Z
2026-06-13T11:00Z s2 dispatch-notified dispatch=d1 dispatch_class=emergency mode=reduce-by target=5MW start=2026-06-13T12:00Z stop=2026-06-13T14:00Z
"""


def row(
    dispatch: str | None = None,
    start: str | None = None,
    stop: str | None = None,
    target_w: int | None = None,
    program: str | None = None,
    site: str | None = "s1",
    line: int = 2,
) -> ListedDispatch:
    return ListedDispatch(line, dispatch, program, site, start, stop, target_w)


def told(found: DispatchComparison) -> list[tuple[str, str, list[str], int]]:
    return [
        (each.name, each.way, [term.term for term in each.terms], len(each.records)) for each in found.found
    ]


FIRST = row("d1", "2026-06-10T12:00:00Z", "2026-06-10T14:00:00Z", 80_000_000)


@pytest.mark.parametrize("name", ["d1", "EV-7"])
def test_a_dispatch_is_known_by_the_ledger_s_id_or_the_caller_s(heard: Heard, name: str) -> None:
    """It was released two hours early; the utility's list has the release too."""
    found = compared(heard.book, [FIRST._replace(dispatch=name)], ("s1",))
    assert (found.equal, found.found) == (1, ())


def test_what_differs_is_named_with_both_values_and_the_records(heard: Heard) -> None:
    """The utility has the stop as called, not as released, and 20 MW more."""
    found = compared(heard.book, [FIRST._replace(stop="2026-06-10T16:00:00Z", target_w=100_000_000)], ("s1",))
    assert told(found) == [("d1", "differs", ["stop", "target_w"], 2)]
    assert [(term.own, term.ledger) for term in found.found[0].terms] == [
        ("2026-06-10T16:00:00Z", "2026-06-10T14:00:00Z"),
        (100_000_000, 80_000_000),
    ]


@pytest.mark.parametrize("start", ["2026-06-11T12:00:00Z", "2026-06-11T13:00:00Z"])
def test_a_row_without_an_id_is_the_dispatch_of_its_program_then(heard: Heard, start: str) -> None:
    found = compared(heard.book, [row(program="dr1", start=start)], ("s1",))
    assert [each.name for each in found.found] == ([] if start.endswith("12:00:00Z") else ["d2"])


def test_a_dispatch_that_one_side_lacks_is_named(heard: Heard) -> None:
    """The list is of two days: the ledger's second is not in it, and its own load cut is no dispatch of the
    utility's.
    """
    found = compared(heard.book, [FIRST, row("d9", "2026-06-11T12:00:00Z", "2026-06-11T22:00:00Z")], ("s1",))
    assert told(found) == [("d9", "only yours", [], 0), ("d2", "only the ledger's", [], 1)]


def test_a_dispatch_that_the_ledger_has_as_cancelled_says_so(heard: Heard) -> None:
    found = compared(heard.book, [row("d3", "2026-06-12T12:00:00Z", "2026-06-12T14:00:00Z")], ("s1",))
    assert told(found) == [("d3", "differs", ["cancelled"], 2)]


def test_an_id_that_two_sites_have_needs_its_site(heard: Heard) -> None:
    with pytest.raises(Malformed, match="dispatch 'd1' of line 2 is at s1, s2; add a column site, or --site"):
        compared(heard.book, [FIRST._replace(site=None)], ())


CSV = "dispatch,start,stop,target_mw\nd1,2026-06-10 08:00,2026-06-10 10:00,80\nd2,2026-06-11 08:00,,90\n"


@pytest.mark.parametrize("form", ["dispatches", "csv"])
def test_a_list_is_compared_on_the_command_line(heard: Heard, tmp_path: Path, form: str) -> None:
    """Times are of the site's clocks; a CSV with these titles is known without its format."""
    path = tmp_path / "d.csv"
    path.write_text(CSV)
    asked = ["--book", str(heard.book.directory), "compare", form, str(path), "--site", "s1"]
    done, as_json = CliRunner().invoke(main, asked), CliRunner().invoke(main, [*asked, "--json"])
    assert (done.exit_code, done.stdout.splitlines()[:4]) == (
        3,
        [
            "The lists do not agree: 1 is equal and 1 differs.",
            "",
            "d2 at s1: differs",
            "  target: yours 90MW, ledger 80MW",
        ],
    )
    assert [one["dispatch"] for one in json.loads(as_json.stdout)["discrepancies"]] == ["d2"]


def test_options_of_readings_are_refused_for_dispatches(heard: Heard, tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text(CSV)
    asked = ["--book", str(heard.book.directory), "compare", "dispatches", str(path), "--tolerance", "1kWh"]
    done = CliRunner().invoke(main, asked)
    assert (done.exit_code, "--tolerance is for readings of a meter" in done.stderr) == (2, True)
