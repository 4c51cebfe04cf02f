"""The demonstration's portfolio: 35 invented sites of 1.8 GW over twelve months, told as story text from a
seed.

It is shaped like a real operator's year (October 2025 to September 2026): a 250 MW site in Georgia energized
and mining, its basis of design concluded and its lease terms still in negotiation; metro, inference and
training sites; land held for later; a winter storm and a heat wave answered by curtailment for the grid; an
interruptible tariff on the terms of a published TVA agreement; planned, maintenance and forced outages, and
an incident that was first blamed on the wrong breaker; backup generators, directives, coincident peaks and
voltage excursions; commitments kept, late and not measurable. Every number that varies is drawn from SHA-256
of the seed, so the story is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.app.demo.portfolio.commitments import commitments
from ledger.app.demo.portfolio.dispatches import call_facts, grid_conditions
from ledger.app.demo.portfolio.incident import storm_trip
from ledger.app.demo.portfolio.large_loads import large_loads
from ledger.app.demo.portfolio.leases import lease_phase
from ledger.app.demo.portfolio.outages import outage_facts
from ledger.app.demo.portfolio.power import land, power
from ledger.app.demo.portfolio.programs import enrolled
from ledger.app.demo.portfolio.sites import SITES, Site
from ledger.app.demo.portfolio.telemetry import feeder_readings, hashrates, revenue_readings
from ledger.app.demo.portfolio.telling import Line


def story() -> list[Line]:
    """The whole year in the order in which the ledger records it; facts recorded at once keep the order of
    the story.
    """
    lines = [line for site in SITES for line in _site(site)]
    lines += grid_conditions()
    lines += large_loads()
    return sorted(lines, key=lambda line: line.heard_s)


def _site(site: Site) -> Iterator[Line]:
    yield from land(site)
    if site.energized:
        yield from power(site)
        yield from enrolled(site)
        yield from outage_facts(site)
        yield from call_facts(site)
        yield from hashrates(site)
        yield from revenue_readings(site)
        yield from feeder_readings(site)
        yield from storm_trip(site)
    yield from commitments(site)
    if site.site_class in ("training", "inference"):
        yield from lease_phase(site)
