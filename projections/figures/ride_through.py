"""The requirement of a curve at an excursion, and the judgment of a load's response.

A load must ride an excursion through while, for each band of the curve on its side of nominal, the time
beyond the band's edge nearer nominal is at most the band's ``held_ms``, and the extreme does not lie beyond
the outermost band. Times beyond levels that the fact states are exact. Between them a time is known only to
lie between that of the next level nearer nominal (else the whole duration) and that of the next level farther
(else 0); where the bounds disagree the answer is "unknown", never a guess.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from ledger.calendar import local_date, zone
from ledger.kinds import ExcursionRecorded, LoadResponseRecorded
from ledger.kinds.curves import NAMED, NO_CURVE, NOMINAL_MHZ, NOMINAL_PPM, Band, RideThroughCurve, in_force
from projections.rows.fact_rows import RecordedFact

MUST: Final = "ride through"
MAY: Final = "may trip"
UNKNOWN: Final = "unknown"
AS_REQUIRED: Final = "as required"
NOT_AS_REQUIRED: Final = "not as required"
NOT_REQUIRED: Final = "not required"
NOT_JUDGED: Final = "not judged"
NO_CURVE_SAID: Final = "no curve in force"
MET: Final = (AS_REQUIRED, NOT_REQUIRED, NOT_JUDGED, NO_CURVE_SAID, UNKNOWN, NOT_AS_REQUIRED)
"""The judgments, the worst last."""
RODE: Final = "rode through"
BY_HAND: Final = "restored by hand"
VERDICTS: Final = (
    RODE,
    "reduced by the customer",
    "cut by the utility",
    "transferred to backup",
    "tripped",
    BY_HAND,
)
"""Responses of a load, the worst last."""
_BEGUN: Final = {"customer": VERDICTS[1], "utility": VERDICTS[2]}
_DID: Final = {"rode-through": RODE, "transferred": VERDICTS[3], "tripped": VERDICTS[4]}


def curve_at(
    terms: Iterable[RecordedFact], authority: str | None, tz: str, fact: RecordedFact
) -> RideThroughCurve | None:
    """The curve that holds for a site at an excursion: the latest that the operator set, else the one in
    force for its balancing authority.
    """
    said = [term.body for term in terms if term.at_s <= fact.at_s]
    if not said:
        return in_force(authority, local_date(fact.at_s, zone(tz)).isoformat())
    return None if said[-1].curve == NO_CURVE else _own(said[-1])


def _own(body: Any) -> RideThroughCurve:
    """The curve that a fact sets: one of the table, or its own points."""
    found = NAMED.get(body.curve) or RideThroughCurve(
        body.curve,
        f"{body.curve}, as the operator recorded it",
        "in force",
        "",
        _bands(body.voltage_from_ppm, body.voltage_to_ppm, body.voltage_held_ms),
        _bands(body.frequency_from_mhz, body.frequency_to_mhz, body.frequency_held_ms),
    )
    share, within = body.recovery_share_ppm, body.recovery_ms
    return found._replace(
        recovery_share_ppm=found.recovery_share_ppm if share is UNSET else share,
        recovery_ms=found.recovery_ms if within is UNSET else within,
    )


def _bands(low: Any, high: Any, held: Any) -> tuple[Band, ...]:
    return () if low is UNSET else tuple(map(Band, low, high, held))


class TimeBeyond(NamedTuple):
    """The time beyond a level by an excursion's facts: at least and at most."""

    least_ms: int
    most_ms: int


class AskedTime(NamedTuple):
    """A curve's requirement on an excursion at one of its levels: the time beyond the level that must be
    ridden through, and that time as it is known.
    """

    level: int
    held_ms: int
    time: TimeBeyond


def asked(body: ExcursionRecorded, curve: RideThroughCurve | None) -> tuple[AskedTime, ...] | None:
    """The levels that an excursion went beyond, nominal first; None where no curve says anything of its side.
    An extreme beyond the outermost band is a level that need not be ridden through at all.
    """
    voltage = body.quantity == "voltage"
    bands = () if curve is None else curve.voltage if voltage else curve.frequency
    extreme: Any = body.voltage_ppm if voltage else body.frequency_mhz
    nominal = NOMINAL_PPM if voltage else NOMINAL_MHZ
    # mirrored at nominal, so that deeper is always larger
    side = -1 if extreme < nominal else 1
    depth = side * (extreme - nominal)
    own = [_mirrored(band, side, nominal) for band in bands if (band.low < nominal) == (side < 0)]
    if not own:
        return None
    if depth > max(band.high for band in own):
        return (AskedTime(extreme, 0, TimeBeyond(body.duration_ms, body.duration_ms)),)
    levels = _levels(body, side, nominal)
    return tuple(
        AskedTime(nominal + side * band.low, band.held_ms, _beyond(levels, band.low, body.duration_ms))
        for band in sorted(own)
        if depth > band.low
    )


def expected(body: ExcursionRecorded, curve: RideThroughCurve | None) -> str | None:
    """``ride through``, ``may trip`` or ``unknown``; None where no curve says anything of its quantity."""
    found = asked(body, curve)
    if found is None:
        return None
    if any(one.time.least_ms > one.held_ms for one in found):
        return MAY
    return MUST if all(one.time.most_ms <= one.held_ms for one in found) else UNKNOWN


def _mirrored(band: Band, side: int, nominal: int) -> Band:
    ends = sorted((side * (band.low - nominal), side * (band.high - nominal)))
    return Band(ends[0], ends[1], band.held_ms)


def _levels(body: ExcursionRecorded, side: int, nominal: int) -> list[tuple[int, int]]:
    """The depths on the excursion's side whose time is stated, with it."""
    said: Any = body.voltage_levels_ppm if body.quantity == "voltage" else body.frequency_levels_mhz
    if said is UNSET or body.levels_held_ms is UNSET:
        return []
    return [
        (side * (level - nominal), held)
        for level, held in zip(said, body.levels_held_ms, strict=False)
        if side * (level - nominal) >= 0
    ]


def _beyond(levels: list[tuple[int, int]], edge: int, duration_ms: int) -> TimeBeyond:
    nearer = [held for depth, held in levels if depth <= edge]
    farther = [held for depth, held in levels if depth >= edge]
    return TimeBeyond(max(farther, default=0), min(nearer, default=duration_ms))


def verdict(body: LoadResponseRecorded) -> str:
    """The response of the load, in the words of the field."""
    if body.initiated_by in _BEGUN:
        return _BEGUN[body.initiated_by]
    did = _DID[body.response]
    return BY_HAND if did != RODE and body.restored == "by-hand" else did


def met(body: LoadResponseRecorded, asked: str | None, curve: RideThroughCurve | None) -> str:
    """The judgment of a response by the curve."""
    if body.initiated_by in _BEGUN:
        return NOT_JUDGED
    if asked is None or curve is None:
        return NO_CURVE_SAID
    if asked == MAY:
        return NOT_REQUIRED
    if body.response != "rode-through":
        return UNKNOWN if asked == UNKNOWN else NOT_AS_REQUIRED
    back = _back(body, curve)
    if back is None:
        return UNKNOWN
    return AS_REQUIRED if back else UNKNOWN if asked == UNKNOWN else NOT_AS_REQUIRED


def _back(body: LoadResponseRecorded, curve: RideThroughCurve) -> bool | None:
    """True where the load was back in time. None where that is unknown."""
    if curve.recovery_share_ppm is None or curve.recovery_ms is None:
        return True
    least_w = Fraction(body.before_w * curve.recovery_share_ppm, 10**6)
    if body.minimum_w >= least_w:
        return True
    if body.recovered_w is not UNSET and body.recovery_ms is not UNSET and body.recovered_w >= least_w:
        return body.recovery_ms <= curve.recovery_ms
    seen = [
        (after_ms, load_w >= least_w)
        for after_ms, load_w in (
            (1000, body.after_1s_w),
            (10_000, body.after_10s_w),
            (300_000, body.after_5min_w),
        )
        if load_w is not UNSET
    ]
    if any(fine for after_ms, fine in seen if after_ms <= curve.recovery_ms):
        return True
    if any(not fine for after_ms, fine in seen if after_ms >= curve.recovery_ms):
        return False
    return None
