"""Row kinds ``energy-supply`` and ``certificates`` of a site; ``emission-factor`` and ``generation-day`` of a
balancing authority.

``energy-supply``, ``certificates``: key (site, supply). ``emission-factor``: key (``ba-<code>``,). Their rows are
tuples of facts in order of (at, pos).

``generation-day``: key (``ba-<code>``, source, UTC day in which the intervals begin). The row is packed as that of
``meter-day``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ledger.kinds import CertificatesRetired, EmissionFactorSet, EnergySupplyRegistered, GenerationRecorded
from ledger.records.envelope import Record
from projections.engine.fold import FigureScope, Key, RowKind
from projections.rows.fact_rows import RecordedFact, fact_rows
from projections.rows.meters import day_bears, day_evolve


def day_key(record: Record) -> Key:
    """(authority, source, UTC day)."""
    body = record.body
    assert isinstance(body, GenerationRecorded), f"generation-day does not hear {record.kind}"
    return record.place, body.energy_source, record.at[:10]


def _bears_last(row: Iterable[RecordedFact], asked: FigureScope) -> Iterator[int]:
    """The registration that holds at the window's end."""
    seen = [fact.pos for fact in row if fact.at_s < asked.stop_s]
    yield from seen[-1:]


SUPPLY: Final = fact_rows("energy-supply", 1, ("site", "supply"), (EnergySupplyRegistered,), _bears_last)
CERTIFICATES: Final = fact_rows("certificates", 1, ("site", "supply"), (CertificatesRetired,))
FACTOR: Final = fact_rows("emission-factor", 1, ("authority",), (EmissionFactorSet,))
GENERATION_DAY: Final = RowKind(
    "generation-day",
    1,
    ("authority", "energy_source", "day"),
    (GenerationRecorded,),
    day_key,
    day_evolve,
    day_bears,
    bytes,
)
