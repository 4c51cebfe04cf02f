"""Row kind ``site``: a site's master data, each version from its ``at`` on.

Key (site,). The row is a tuple of versions in order of (at, pos); the last one before an instant holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from msgspec import UNSET

from ledger.calendar import instant_s
from ledger.kinds import SiteRegistered
from ledger.records.envelope import Record
from projections.engine.fold import RowKind, bears_all, in_order, key_of


class SiteData(NamedTuple):
    """One version of the master data; ``country`` is None where it was not given."""

    at_s: int
    pos: int
    name: str
    county: str
    state: str
    country: str | None
    tz: str
    balancing_authority: str
    utility: str
    parcels: tuple[str, ...]
    site_class: str


def data_of(record: Record) -> SiteData:
    """The master data that a record states."""
    body = record.body
    assert isinstance(body, SiteRegistered), record.kind
    return SiteData(
        instant_s(record.at),
        record.pos,
        body.name,
        body.county,
        body.state,
        None if body.country is UNSET else body.country,
        body.tz,
        body.balancing_authority,
        body.utility,
        body.parcels,
        body.site_class,
    )


def data_before(row: Iterable[SiteData], instant_s: int) -> SiteData | None:
    """The master data in force just before an instant; None if the site was registered later."""
    found = None
    for version in row:
        if version.at_s < instant_s:
            found = version
    return found


SITE: Final = RowKind(
    "site",
    1,
    ("site",),
    (SiteRegistered,),
    key_of(("site",)),
    in_order(data_of),
    bears_all,
    tuple[SiteData, ...],
    items=True,
)
