"""Row kinds ``registration``, ``registration-sections`` and ``registration-sources``: what a site registers of
its large load, the erasures of sections of it, and the documents by which it is known.

``registration``: key (site,), the tuple of its facts in order of (at, pos). ``registration-sources``: key
(site,), a tuple of (pos, SHA-256) for the facts of a registration's answers whose source is a document with a
hash. It tells where an answer comes from and changes none, so no figure rests on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import UNSET

from ledger.kinds import (
    GeneratorRegistered,
    LoadBlockCommissioned,
    LoadBlockRerated,
    LoadBlockRetired,
    LoadForecastSet,
    ParallelRequestsDisclosed,
    ProgramEnrolled,
    RegistrantRecorded,
    RegistrationFiled,
    RegistrationItemStated,
    RegistrationTermsSet,
    RegistryContactSet,
    SectionErased,
    SiteRegistered,
)
from ledger.records.envelope import Record
from projections.engine.fold import FigureScope, RowKind, key_of
from projections.rows import sectioned_facts, site_power
from projections.rows.fact_rows import RecordedFact, fact_rows
from projections.rows.sectioned_facts import PARTS, Sectioned

FACTS: Final = (
    RegistrantRecorded,
    RegistryContactSet,
    RegistrationFiled,
    RegistrationTermsSet,
    RegistrationItemStated,
    ParallelRequestsDisclosed,
)
SOURCED: Final = (
    *FACTS,
    *site_power.FACTS,
    SiteRegistered,
    LoadBlockCommissioned,
    LoadBlockRerated,
    LoadBlockRetired,
    GeneratorRegistered,
    ProgramEnrolled,
    LoadForecastSet,
)
_ANSWERING: Final[dict[str, type]] = {
    "owners": RegistrantRecorded,
    "address": RegistrantRecorded,
    "business-form": RegistrantRecorded,
    "contact": RegistryContactSet,
    "parallel-requests": ParallelRequestsDisclosed,
}
Sources = tuple[tuple[int, str], ...]


def evolve_sources(row: Sources | None, records: Sequence[Record]) -> Sources:
    """The documents with those of more records, where their source has one."""
    found = [
        (record.pos, record.source.sha256)
        for record in records
        if record.source is not UNSET and record.source.sha256 is not UNSET
    ]
    return tuple(sorted((*(row or ()), *found)))


def no_figure(row: object, asked: FigureScope) -> Iterator[int]:
    """No position: a source changes no answer."""
    return iter(())


def bears(row: tuple[RecordedFact, ...], asked: FigureScope) -> Iterator[int]:
    """The versions and terms of the figure's registry, and the facts of its item."""
    registry, item = asked.cells.get("registry"), str(asked.cells.get("item", ""))
    for fact in row:
        if fact.at_s < asked.stop_s and (not registry or _of(str(registry), item, fact.body)):
            yield fact.pos


def _of(registry: str, item: str, body: object) -> bool:
    if isinstance(body, RegistrationFiled | RegistrationTermsSet):
        return body.registry == registry
    if isinstance(body, RegistrationItemStated):
        return (body.registry, body.item) == (registry, item)
    return isinstance(body, _ANSWERING.get(item, ()))


REGISTRATION: Final = fact_rows("registration", 1, ("site",), FACTS, bears)
REGISTRATION_SOURCES: Final = RowKind(
    "registration-sources", 1, ("site",), SOURCED, key_of(("site",)), evolve_sources, no_figure, Sources
)
REGISTRATION_SECTIONS: Final = RowKind(
    "registration-sections",
    1,
    PARTS,
    (RegistrantRecorded, RegistryContactSet, ParallelRequestsDisclosed, SectionErased),
    sectioned_facts.key,
    sectioned_facts.evolve,
    sectioned_facts.bears,
    Sectioned,
)
