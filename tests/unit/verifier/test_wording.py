"""A verdict in words: what was verified, how far, and what was not."""

from __future__ import annotations

from typing import Any, Final

import pytest

from ledger.verifier.signatures import AS_COMMITTED, ML_DSA_NOT_CHECKED, ML_DSA_VERIFIED
from ledger.verifier.verdict import Verdict
from ledger.verifier.wording import words

REC: Final = "2026-07-01T00:00:00.000000Z"
REPORT: Final = {"report": "uptime", "sites": ["s1"], "blocks": [], "start": "a", "stop": "b"}
SCOPE: Final[dict[str, Any]] = {
    "origin": "example.com/ledger",
    "size": 1_000,
    "rec": REC,
    "streams": [{"stream": "s1/grid", "from": 0, "size": 20, "new": None}],
    "window": None,
    "tz": None,
    "in_window": 0,
    "assurance": AS_COMMITTED,
    "receipts": 0,
    "sections": {"disclosed": 0, "withheld": 0, "erased": 0},
    "reports": [],
    "anchors": [],
}


def said(
    verdict: str = "VERIFIED", report: str = "none", stamped: str | None = None, **scope: Any
) -> list[str]:
    """The words of a sound bundle's verdict with some of it changed."""
    code, why = (None, "") if verdict == "VERIFIED" else ("no-cosignature", "too few cosignatures")
    return list(words(Verdict(verdict, code, "", why, report, {**SCOPE, **scope}), stamped))


def test_a_verdict_begins_with_what_it_is_of() -> None:
    """The streams, how many records, as of which checkpoint, and what nobody vouches for."""
    assert said() == [
        "VERIFIED: these are all records that example.com/ledger committed to on these streams, none altered:",
        "  s1/grid: 20 records",
        f"  as of the checkpoint over 1,000 records, the newest recorded {REC} by the operator's clock",
        "  assurance: streams as committed; no witness that you trust has read the whole log",
    ]


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"verdict": "INCOMPLETE-TRUST"}, "INCOMPLETE-TRUST: no-cosignature: too few cosignatures"),
        (
            {"verdict": "INCOMPLETE-TRUST"},
            "Nothing is wrong with what the bundle holds of example.com/ledger:",
        ),
        (
            {"streams": [{"stream": "s1/grid", "from": 5, "size": 20, "new": 3}]},
            "  s1/grid: 15 records from position 5, 3 of them new since your state file",
        ),
        (
            {"window": ["2026-06-01", None], "tz": "America/Denver", "in_window": 7},
            "  7 of them are of an instant from 2026-06-01 to the last (dates of America/Denver)",
        ),
        (
            {"window": [None, "2026-06-01T00:00:00Z"], "in_window": 7},
            "  7 of them are of an instant from the first to 2026-06-01T00:00:00Z",
        ),
        (
            {"ml_dsa_44": ML_DSA_NOT_CHECKED},
            "  the checkpoint's Ed25519 signature was checked, its ML-DSA-44 signature was passed over: wattledger"
            " verify checks it by the key that the bundle or your policy names",
        ),
        ({"receipts": 2}, "  receipts that you hold: 2, each with its record at its position"),
        (
            {"sections": {"disclosed": 1, "withheld": 2, "erased": 3}},
            "  sections: 1 disclosed, 2 kept back, 3 erased",
        ),
        (
            {"reports": [REPORT], "report": "recomputed"},
            "  report uptime of s1, a to b: follows from these records, byte for byte",
        ),
        (
            {
                "reports": [{**REPORT, "sites": [], "blocks": ["m1"], "options": ["--x 1"]}],
                "report": "not-checked",
            },
            "  report uptime of all sites (of m1 alone) (with --x 1), a to b: was NOT computed again here",
        ),
        (
            {"reports": [REPORT], "report": "not-checked"},
            "  to compute reports again: wattledger verify (pip install wattledger), with the same words",
        ),
        (
            {"anchors": ["1000.tsr"]},
            "  1000.tsr: a timestamp that is not checked here (wattledger verify --authority FILE, or openssl ts"
            " -verify)",
        ),
        (
            {"anchors": ["1000.tsr"], "stamped": REC},
            f"  1000.tsr: stamped by an authority you trust: the log stood so by {REC}",
        ),
    ],
)
def test_a_verdict_tells_what_else_it_is_of(changed: dict[str, Any], line: str) -> None:
    """A line for each thing that the bundle or the reader brings."""
    assert line in said(**changed)


@pytest.mark.parametrize(
    ("code", "where", "lines"),
    [
        (
            "leaf-root",
            "log.json",
            ["FAILED: leaf-root", "  log.json: x", "Nothing in the bundle is to be relied on."],
        ),
        *(
            (code, "", [f"FAILED: {code}", "  x"])
            for code in ("unknown-key", "never-opened", "wrong-stream", "wrong-origin")
        ),
    ],
)
def test_a_failure_says_whether_anything_is_to_be_relied_on(code: str, where: str, lines: list[str]) -> None:
    """A mistyped name or key says nothing about the bundle."""
    assert list(words(Verdict("FAILED", code, where, "x", "none", None))) == lines


ONE: Final = {"index": 5, "pos": 2, "stream": "s1/grid", "kind": "x.v1", "id": "i", "at": "t", "rec": REC}
OF_ONE: Final = [
    "  record 5, position 2 of s1/grid: x.v1, i",
    f"  of t, recorded {REC} by the operator's clock; as of the checkpoint over 1,000 records",
    "It says nothing of other records: only a bundle shows that none was left out.",
]


@pytest.mark.parametrize(
    ("verdict", "first"),
    [
        (
            "VERIFIED",
            ["VERIFIED: this record is in the log of example.com/ledger, exactly as it was recorded:"],
        ),
        (
            "INCOMPLETE-TRUST",
            [
                "INCOMPLETE-TRUST: no-cosignature: too few cosignatures",
                "Nothing is wrong with the proof that this record is in the log of example.com/ledger:",
            ],
        ),
    ],
)
def test_the_proof_of_one_record_says_nothing_of_others(verdict: str, first: list[str]) -> None:
    """Only a bundle shows that none was left out."""
    assert said(verdict, record=ONE) == [*first, *OF_ONE]


def test_the_proof_of_one_record_tells_of_a_second_signature() -> None:
    told = said(record=ONE, ml_dsa_44=ML_DSA_VERIFIED)
    assert (
        told[3] == "  the checkpoint is signed with Ed25519 and ML-DSA-44, and both signatures were checked"
    )


@pytest.mark.parametrize("report", ["recomputed", "not-checked"])
def test_who_has_computed_the_reports_again_is_not_told_how(report: str) -> None:
    told = said(report=report, reports=[REPORT])
    assert any("to compute reports again" in line for line in told) == (report == "not-checked")


def test_sections_are_told_where_there_are_some_of_one_fate() -> None:
    told = said(sections={"disclosed": 0, "withheld": 2, "erased": 0})
    assert "  sections: 0 disclosed, 2 kept back, 0 erased" in told
