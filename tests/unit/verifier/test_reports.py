"""Reports in a bundle: the streams that each reads, and what they say of themselves (PROOF 4, check 12)."""

from __future__ import annotations

import pytest

from ledger.verifier.faults import PIECE_LIMIT
from ledger.verifier.reports import report_streams
from tests.support.forging import GRID, OPERATIONS, judged, packed
from tests.support.heavy import filled, reported

UPTIME = "report/uptime.json"
NAMES = [
    "ledger/registry",
    "ledger/heads",
    "s2/grid",
    "s1/grid",
    "s1/operations",
    "s1/lease",
    "ba-ercot/grid",
    "fleet/grid",
    "fleet/operations",
]


@pytest.mark.parametrize(
    ("classes", "beyond", "sites", "reads"),
    [
        (("grid",), (), (), ["s1/grid", "s2/grid"]),
        (("grid", "operations"), (), (), ["s1/grid", "s1/operations", "s2/grid"]),
        (("grid", "lease"), (), ("s1",), ["s1/grid", "s1/lease"]),
        (("grid",), (), ("s2", "s1"), ["s2/grid", "s1/grid"]),
        (("grid",), ("conditions",), ("s2",), ["s2/grid", "ba-ercot/grid"]),
        (("operations",), ("fleet",), ("s2",), ["fleet/operations"]),
        (("grid",), ("fleet", "conditions"), (), ["s1/grid", "s2/grid", "fleet/grid", "ba-ercot/grid"]),
        (("community",), (), (), []),
    ],
)
def test_a_report_reads_the_streams_of_its_classes_for_each_site_and_what_it_reads_beyond_them(
    classes: tuple[str, ...], beyond: tuple[str, ...], sites: tuple[str, ...], reads: list[str]
) -> None:
    """Those alone that were opened."""
    assert report_streams(classes, beyond, NAMES, sites) == reads


@pytest.mark.parametrize("name", ["actions", "unheard-of"])
def test_a_report_that_the_verifier_does_not_know_hides_no_wrong_one_after_it(name: str) -> None:
    members, (said,) = reported()
    other = said | {"name": name, "definition_version": 99}
    wrong = said | {"parameters": said["parameters"] | {"known_at": 1}}
    told = [
        judged(
            packed(
                {**members, f"report/{name}.json": b"{}"}, sorted([other, one], key=lambda each: each["name"])
            )
        )
        for one in (said, wrong)
    ]
    assert [(one.code, one.where) for one in told] == [
        ("report-version", f"report/{name}.json"),
        ("report-mismatch", UPTIME),
    ]


@pytest.mark.parametrize(("more", "verdict"), [(0, "VERIFIED"), (1, "MALFORMED")])
def test_a_report_on_one_line_is_read_up_to_the_size_of_a_piece(more: int, verdict: str) -> None:
    """A longer one has each row on a line."""
    members, said = reported()
    room = PIECE_LIMIT - len(members[UPTIME]) + len(b"[]") + more
    members, said = reported(notes=filled(b'["', b"x", b'"]', room))
    assert len(members[UPTIME]) == PIECE_LIMIT + more
    assert judged(packed(members, said), streams=(OPERATIONS, GRID)).verdict == verdict


def test_a_verdict_says_the_question_of_each_report() -> None:
    members, (said,) = reported()
    scope = judged(packed(members, [said]), streams=(OPERATIONS, GRID)).scope
    assert scope is not None
    assert scope["reports"] == [{"report": "uptime", **said["parameters"]}]
