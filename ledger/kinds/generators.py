"""Kinds about backup generators: units with their permits, runs by reason, failed starts (class grid,
DOMAIN 4).
"""

from typing import ClassVar, Literal

from msgspec import UNSET

from ledger.fields import Natural, Slug, Text, Unset
from ledger.kinds.base import Fact

RunReason = Literal[
    "emergency",
    "maintenance-test",
    "non-emergency",
    "local-reliability",
    "demand-response",
    "directive",
]


class GeneratorRegistered(Fact, frozen=True, kw_only=True):
    """A generator as of ``at``, with its permit and the hours it may run in a calendar year; recording it
    again replaces it. ``engine`` is its class in the permit; omitted hours are those of the federal rule.
    """

    site: Slug
    generator: Slug
    fuel: Literal["diesel", "natural-gas", "dual-fuel", "propane", "other"]
    rated_w: Natural
    engine: Literal["emergency", "non-emergency"]
    permit: Text
    counted_max_s: Natural | Unset = UNSET
    non_emergency_max_s: Natural | Unset = UNSET
    run_max_s: Natural | Unset = UNSET

    example: ClassVar[str] = (
        "2026-03-01T05:00Z sandersville generator-registered generator=g1 fuel=diesel rated=3MW engine=emergency"
        ' permit="GA EPD 4911-303-0071" run_max=500h'
    )


class GeneratorRetired(Fact, frozen=True, kw_only=True):
    """The generator is taken out of service for good; it must be stopped."""

    generator: Slug
    cause: Text

    example: ClassVar[str] = "2026-12-01T05:00Z sandersville generator-retired generator=g1 cause=replaced"


class GeneratorStarted(Fact, frozen=True, kw_only=True):
    """A generator starts to run, for a reason; ``dispatched_by`` is the entity that asked for it."""

    generator: Slug
    run_reason: RunReason
    dispatched_by: Text | Unset = UNSET
    directive: Slug | Unset = UNSET
    load_w: Natural | Unset = UNSET

    example: ClassVar[str] = (
        "2026-07-07T14:00Z sandersville generator-started generator=g1 run_reason=maintenance-test load=0.9MW"
    )


class GeneratorLoadMeasured(Fact, frozen=True, kw_only=True):
    """The load that a running generator carries from now on."""

    generator: Slug
    load_w: Natural

    example: ClassVar[str] = "2026-07-07T14:10Z sandersville generator-load-measured generator=g1 load=2.4MW"


class GeneratorStopped(Fact, frozen=True, kw_only=True):
    """A generator stops."""

    generator: Slug

    example: ClassVar[str] = "2026-07-07T14:30Z sandersville generator-stopped generator=g1"


class GeneratorStartFailed(Fact, frozen=True, kw_only=True):
    """A generator fails to start."""

    generator: Slug
    cause: Text
    directive: Slug | Unset = UNSET

    example: ClassVar[str] = (
        '2026-07-07T13:58Z sandersville generator-start-failed generator=g1 cause="battery low"'
    )
