"""The scope of a verdict: which streams it is about, what is new to the reader, what is in his window."""

from __future__ import annotations

from typing import Any

import pytest

from ledger import calendar
from ledger.verifier.faults import Misshapen, ProofError
from ledger.verifier.reader import State
from ledger.verifier.verdict import refusal
from tests.support.forging import GRID, OPERATIONS, judged, state_of, two_streams

LOG = two_streams()
FIRST_S = calendar.instant_s("2026-07-01T03:00:00Z")
"""The instant of the first record of operations; one follows every two hours, but the second after three."""


def scope(streams: tuple[str, ...] = (OPERATIONS,), **asked: Any) -> dict[str, Any]:
    found = judged(LOG.bundle(OPERATIONS, GRID), streams=streams, **asked).scope
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("asked", "told"),
    [((OPERATIONS,), [OPERATIONS]), ((GRID, OPERATIONS), [GRID, OPERATIONS]), ((), [OPERATIONS, GRID])],
)
def test_a_verdict_is_about_the_streams_that_were_asked_for(asked: tuple[str, ...], told: list[str]) -> None:
    """Where none was, about those of the bundle, but not the registry, which is no choice of anybody's."""
    assert [one["stream"] for one in scope(asked)["streams"]] == told


@pytest.mark.parametrize(
    ("state", "new"),
    [
        (None, [None, None]),
        (state_of(LOG.bundle(OPERATIONS)), [0, 6]),
        (state_of(LOG.bundle(OPERATIONS, GRID)), [0, 0]),
    ],
)
def test_what_the_readers_state_does_not_know_is_new(state: State | None, new: list[int | None]) -> None:
    assert [one["new"] for one in scope((OPERATIONS, GRID), state=state)["streams"]] == new


@pytest.mark.parametrize(
    ("start_s", "stop_s", "window", "count"),
    [
        (None, None, None, None),
        (FIRST_S, FIRST_S + 1, ["2026-07-01T03:00:00Z", "2026-07-01T03:00:01Z"], 1),
        (FIRST_S - 1, FIRST_S, ["2026-07-01T02:59:59Z", "2026-07-01T03:00:00Z"], 0),
        (FIRST_S, None, ["2026-07-01T03:00:00Z", None], 6),
        (FIRST_S + 1, None, ["2026-07-01T03:00:01Z", None], 5),
        (None, FIRST_S, [None, "2026-07-01T03:00:00Z"], 0),
        (None, FIRST_S + 1, [None, "2026-07-01T03:00:01Z"], 1),
    ],
)
def test_records_of_an_instant_from_the_windows_start_until_before_its_end_are_counted(
    start_s: int | None, stop_s: int | None, window: list[str | None] | None, count: int | None
) -> None:
    found = scope(start_s=start_s, stop_s=stop_s)
    assert (found["window"], found["in_window"]) == (window, count)


def test_the_records_of_all_streams_that_were_asked_for_are_counted() -> None:
    assert scope((OPERATIONS, GRID), start_s=0)["in_window"] == 12


@pytest.mark.parametrize(
    ("why", "verdict", "code"),
    [
        (ProofError("fork", "x", "y"), "FAILED", 1),
        (ProofError("too-many-signatures", "x", "y"), "MALFORMED", 2),
        (Misshapen("bad-signature", "x", "y"), "MALFORMED", 2),
    ],
)
def test_what_is_not_even_of_its_form_is_malformed(why: ProofError, verdict: str, code: int) -> None:
    found = refusal(why, "none")
    assert (found.verdict, found.code, found.where, found.why, found.report, found.scope, found.exit_code) == (
        verdict, why.code, "y", "x", "none", None, code,
    )  # fmt: skip
