"""Excursions of a window with the responses to them, by the rows of their sites."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from ledger.calendar import Window
from ledger.kinds import ExcursionCommunicated, LoadResponseRecorded
from ledger.kinds.curves import RideThroughCurve
from projections.engine.fold import Rows
from projections.engine.report import Scope
from projections.figures.ride_through import curve_at, expected
from projections.rows.blocks import BLOCK, rating_at
from projections.rows.excursions import EXCURSION, TERMS, excursion_of
from projections.rows.fact_rows import RecordedFact
from projections.rows.sites import SITE

MINUTE_MS: Final = 60_000


class ExcursionEvent(NamedTuple):
    """An excursion with the facts known about it by the window's end."""

    site: str
    name: str
    fact: RecordedFact
    responses: tuple[tuple[str, Any], ...]
    told: tuple[RecordedFact, ...]
    curve: RideThroughCurve | None

    @property
    def required(self) -> str | None:
        """The requirement of the curve."""
        return expected(self.fact.body, self.curve)


def events_of(rows: Rows, scope: Scope) -> Iterator[ExcursionEvent]:
    """The excursions that began in the window."""
    for (site, name), row in rows[EXCURSION.name].items():
        fact = excursion_of(row, scope.window) if site in scope.sites else None
        if fact is None:
            continue
        seen = [one for one in row if one.at_s < scope.window.stop_s]
        responses = [one.body for one in seen if isinstance(one.body, LoadResponseRecorded)]
        terms = [one for one in rows[TERMS.name].get((site,), ()) if one.at_s < scope.window.stop_s]
        data = [one for one in rows[SITE.name].get((site,), ()) if one.at_s <= fact.at_s]
        authority = data[-1].balancing_authority if data else None
        yield ExcursionEvent(
            site,
            name,
            fact,
            tuple(
                sorted(((_class_of(rows, site, body.block, fact), body) for body in responses), key=_by_block)
            ),
            tuple(one for one in seen if isinstance(one.body, ExcursionCommunicated)),
            curve_at(terms, authority, scope.zones[site], fact),
        )


def _by_block(pair: tuple[str, Any]) -> tuple[str, str]:
    return pair[0], pair[1].block


def _class_of(rows: Rows, site: str, block: str, fact: RecordedFact) -> str:
    rating = rating_at(rows[BLOCK.name].get((site, block), ()), fact.at_s)
    return "unknown" if rating is None else rating.load_class


def _start_ms(fact: RecordedFact) -> int:
    return fact.at_s * 1000 + (0 if fact.body.offset_ms is UNSET else fact.body.offset_ms)


def begins(rows: Rows, scope: Scope) -> dict[str, list[int]]:
    """When the excursions of each site that are seen began, in ms since 1970, those before the window too."""
    found: dict[str, list[int]] = defaultdict(list)
    everything = Window(0, scope.window.stop_s)
    for (site, _), row in rows[EXCURSION.name].items():
        fact = excursion_of(row, everything)
        if fact is not None:
            found[site].append(_start_ms(fact))
    return found


def within_minute(fact: RecordedFact, begun: Sequence[int]) -> int:
    """Number of them that began in the minute up to an excursion's begin, itself included."""
    at_ms = _start_ms(fact)
    return sum(at_ms - MINUTE_MS < one <= at_ms for one in begun)
