"""Kind about the notices that grid operators publish (class grid, DOMAIN 4)."""

from typing import ClassVar

from msgspec import UNSET

from ledger.fields import Instant, Sha256, Slug, Text, Unset
from ledger.kinds.base import Fact
from ledger.kinds.dispatches import GridState


class GridNoticePublished(Fact, frozen=True, kw_only=True):
    """A notice of a grid operator: the grid is in ``state`` from ``start`` until ``stop``.

    ``at`` is when the notice was published, ``notice`` its id, ``wording`` what the operator calls the state
    and ``area`` the part of the grid that it names. Without ``stop`` it holds until the operator ends it. A
    notice that is published again with other terms, or cancelled, corrects this fact.
    """

    balancing_authority: Text
    notice: Slug
    state: GridState
    start: Instant
    stop: Instant | Unset = UNSET
    wording: Text
    area: Text | Unset = UNSET
    text_sha256: Sha256 | Unset = UNSET

    example: ClassVar[str] = (
        "2026-07-13T20:25Z ba-PJM grid-notice-published notice=pjm-104712 state=weather-alert"
        ' start=2026-07-14T11:00Z stop=2026-07-15T01:00Z wording="Hot Weather Alert"'
    )
