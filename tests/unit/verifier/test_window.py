"""The window that a reader asks about: its dates are days of the sites he asks of."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.verifier.faults import BadOption
from ledger.verifier.leaf import Leaf, read_leaf
from ledger.verifier.reader import Asked
from ledger.verifier.window import check_order, dated
from tests.unit.verifier.test_leaf import RECORD, written

DENVER, NEW_YORK = "America/Denver", "America/New_York"
REGISTRY = {"s1/grid": DENVER, "s1/lease": DENVER, "s2/grid": DENVER, "s3/grid": NEW_YORK, "s4/grid": ""}
FIRST, HOURS = 1_782_864_000, 3600
"""2026-07-01T00:00:00Z"""


def opened() -> list[Leaf]:
    bodies: list[dict[str, Any]] = [{"stream": name, "tz": tz} for name, tz in REGISTRY.items()]
    return [
        read_leaf(written(RECORD | {"body": body}))
        for body in [*bodies, {"stream": "s5/grid"}, {"old_vkey": "x"}]
    ]


@pytest.mark.parametrize(
    ("streams", "zone", "hours"),
    [
        (("s1/grid", "s1/lease"), DENVER, 6),
        (("s1/grid", "s2/grid"), DENVER, 6),
        (("s3/grid",), NEW_YORK, 4),
        (("s1/grid", "s4/grid", "s5/grid"), DENVER, 6),
        (("s1/grid", "s3/grid"), "UTC", 0),
        (("s4/grid", "s5/grid"), "UTC", 0),
        ((), "UTC", 0),
    ],
)
def test_a_date_is_a_day_of_the_zone_that_the_sites_share(
    streams: tuple[str, ...], zone: str, hours: int
) -> None:
    """Midnight in Denver is 06:00 in Greenwich in summer. Sites of two zones share none."""
    asked, told = dated(Asked("", streams, start_on="2026-07-01", stop_on="2026-07-02"), opened())
    start_s = FIRST + hours * HOURS
    assert (asked.start_s, asked.stop_s, asked.start_on, asked.stop_on, told) == (
        start_s, start_s + 24 * HOURS, None, None, zone,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("more", "window"),
    [
        ({"start_on": "2026-07-01"}, (FIRST, None, "UTC")),
        ({"stop_on": "2026-07-01"}, (None, FIRST, "UTC")),
        ({"start_s": 5, "stop_on": "2026-07-01"}, (5, FIRST, "UTC")),
        ({"start_on": "2026-07-01", "stop_s": FIRST + 1}, (FIRST, FIRST + 1, "UTC")),
        ({"start_s": 5, "stop_s": 6}, (5, 6, None)),
        ({}, (None, None, None)),
    ],
)
def test_a_bound_that_is_no_date_stays_as_it_is(more: dict[str, Any], window: tuple[Any, ...]) -> None:
    asked, zone = dated(Asked("", **more), opened())
    assert (asked.start_s, asked.stop_s, zone) == window


@pytest.mark.parametrize(("start_s", "stop_s"), [(5, 5), (5, 4)])
def test_a_window_without_an_instant_is_refused(start_s: int, stop_s: int) -> None:
    with pytest.raises(BadOption, match="the window ends before it begins") as why:
        check_order(start_s, stop_s)
    assert why.value.option == "--to"


@pytest.mark.parametrize(("start_s", "stop_s"), [(5, 6), (None, 5), (5, None), (None, None), (0, 1), (-1, 0)])
def test_a_window_of_a_second_or_without_a_bound_is_one(start_s: int | None, stop_s: int | None) -> None:
    check_order(start_s, stop_s)
