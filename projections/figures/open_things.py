"""Open or abnormal things at an instant: the first thing that a shift looks at."""

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
    "grid-notice",
)
"""Kinds of things in the order of the list."""
USUAL: Final = frozenset(["up", "normal"])
"""Normal states of feeds and grids."""


def open_things(things: Iterable[ThingState]) -> list[ThingState]:
    """Directives, incidents, outages, dispatches, curtailments and generator runs that are not over, feeds
    that are down, grids that are not normal and notices in force: by place, in the order of ``OPEN``, by name.
    """
    found = [thing for thing in things if thing.what in OPEN and thing.fields.get("state") not in USUAL]
    return sorted(found, key=lambda thing: (thing.place, OPEN.index(thing.what), thing.name))
