"""What is open or abnormal among the things that are so at an instant: what a shift looks at first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from projections.figures.state_at import ThingState

OPEN: Final = (
    "directive",
    "incident",
    "outage",
    "dispatch",
    "curtailment",
    "generator-run",
    "feed",
    "condition",
)
"""In the order in which they are told."""
USUAL: Final = frozenset(["up", "normal"])
"""States in which a feed or a grid is as it should be."""


def open_things(things: Iterable[ThingState]) -> list[ThingState]:
    """Directives, incidents, outages, dispatches, curtailments and runs of generators that are not over, feeds that are down, grids that are not
    normal: by place, in the order of ``OPEN``, by name.
    """
    found = [thing for thing in things if thing.what in OPEN and thing.fields.get("state") not in USUAL]
    return sorted(found, key=lambda thing: (thing.place, OPEN.index(thing.what), thing.name))
