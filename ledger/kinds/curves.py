"""Ride-through curves as data: for how long a load must stay connected at a voltage or a frequency, by
standard and date, and the clocks of load models.

A band holds [low, high) below nominal and (low, high] above it; what lies between the bands holds for ever,
and what lies beyond them need not be ridden through. An excursion is within a curve while, for each band, the
time it has lain in that band or farther from nominal is no longer than the band's ``held_ms``.

Only texts that were found are here. A curve whose status is not ``in force`` judges nothing until an operator
sets it with ride-through-terms-set. Not here, because no text with numbers was found: the second stage of
ERCOT's voltage curve (from 1 January 2028), and any curve of NERC's drafts CLO-001-1 to CLO-003-1. NERC
PRC-029-1 is about generators (inverter-based resources) and no rule for a load.

ercot-nogrr282 follows a public summary of ERCOT's text as approved by the PUCT on 9 July 2026; caiso-straw
that of the ISO's straw proposal, which names no outer limits of frequency and overvoltage; itic is the curve
of the Information Technology Industry Council for 120 V equipment.
"""

from typing import Final, Literal, NamedTuple

NOMINAL_PPM: Final = 1_000_000
NOMINAL_MHZ: Final = 60_000
NO_CURVE: Final = "none"
Status = Literal["in force", "draft", "equipment"]


class Band(NamedTuple):
    """A range of ppm of nominal voltage, or of mHz, and how long it must be ridden through."""

    low: int
    high: int
    held_ms: int


class RideThroughCurve(NamedTuple):
    """A curve that must be ridden through. ``authorities`` are the balancing authorities (EIA-930) for whose
    sites it is in force from the local day ``since_on`` on. The load must be back at ``recovery_share_ppm``
    within ``recovery_ms`` of the excursion's end; None where no recovery is required.
    """

    name: str
    standard: str
    status: Status
    since_on: str
    voltage: tuple[Band, ...]
    frequency: tuple[Band, ...] = ()
    recovery_share_ppm: int | None = None
    recovery_ms: int | None = None
    authorities: tuple[str, ...] = ()


CURVES: Final = (
    RideThroughCurve(
        "ercot-nogrr282",
        "ERCOT Nodal Operating Guide 2.6.4 and 2.14 (NOGRR282), large electronic loads of 75 MW and more",
        "in force",
        "2026-08-01",
        voltage=(
            Band(0, 200_000, 150),
            Band(200_000, 500_000, 250),
            Band(500_000, 800_000, 500),
            Band(800_000, 900_000, 2000),
            Band(1_100_000, 1_200_000, 2000),
        ),
        frequency=(Band(57_000, 58_800, 299_000), Band(61_200, 61_800, 299_000)),
        recovery_share_ppm=900_000,
        recovery_ms=2000,
        authorities=("ERCO",),
    ),
    RideThroughCurve(
        "caiso-straw",
        "CAISO Large Load Technical Requirements, straw proposal of 15 June 2026",
        "draft",
        "2026-06-15",
        voltage=(
            Band(0, 250_000, 150),
            Band(250_000, 500_000, 1200),
            Band(500_000, 700_000, 3000),
            Band(700_000, 900_000, 6000),
        ),
        recovery_share_ppm=900_000,
        recovery_ms=3000,
    ),
    RideThroughCurve(
        "itic",
        "ITI (CBEMA) curve of 2000, tolerance of 120 V equipment, no rule of a grid operator",
        "equipment",
        "2000-01-01",
        voltage=(
            Band(0, 700_000, 20),
            Band(700_000, 800_000, 500),
            Band(800_000, 900_000, 10_000),
            Band(1_100_000, 1_200_000, 500),
            Band(1_200_000, 1_400_000, 3),
        ),
    ),
)
NAMED: Final = {curve.name: curve for curve in CURVES}


class ModelClocks(NamedTuple):
    """The days after a change within which a model must be verified again, and the months after its
    submission when it is due again.
    """

    rule: str
    verify_days: int
    resubmit_months: int


MODEL_CLOCKS: Final = ModelClocks("NERC CLO-001-1, draft posted 19 August 2026", 180, 13)


def in_force(authority: str | None, on: str) -> RideThroughCurve | None:
    """The curve in force for sites of a balancing authority on a local day (ISO): the latest."""
    found = [
        curve
        for curve in CURVES
        if curve.status == "in force" and authority in curve.authorities and curve.since_on <= on
    ]
    return max(found, key=lambda curve: curve.since_on, default=None)
