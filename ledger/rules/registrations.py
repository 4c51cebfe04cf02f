"""Rule 11: versions of a registration in order of their days, terms that say something, items that the
registry asks for.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import UNSET

from ledger import kinds
from ledger.errors import Malformed, Refused, did_you_mean
from ledger.kinds.registries import FORECAST, REGISTRIES
from ledger.records.envelope import Claim
from ledger.rules.known import Known
from ledger.units import format_quantity

MOST_YEARS: Final = 50


def version_in_order(known: Known, claim: Claim, body: kinds.RegistrationFiled) -> None:
    """Refuse a version that is recorded already, and one filed before an earlier or after a later one."""
    for mark in known.marks("registration", claim.place, body.registry):
        other: Any = mark.body
        named = f"version {body.version} of {body.registry}"
        if other.version == body.version:
            raise Refused(f"{named} is already recorded, by {mark}; correct that record, or file the next")
        if other.version < body.version and other.filed_on > body.filed_on:
            raise Refused(
                f"{named} cannot be filed on {body.filed_on}, before version {other.version}, by {mark}"
            )
        if other.version > body.version and other.filed_on < body.filed_on:
            raise Refused(
                f"{named} cannot be filed on {body.filed_on}, after version {other.version}, by {mark}"
            )


def registry_terms_possible(known: Known, claim: Claim, body: kinds.RegistrationTermsSet) -> None:
    """Require at least one term, and a share and years that can be."""
    said = [name for name in body.__struct_fields__ if getattr(body, name) is not UNSET]
    if said == ["site", "registry", "rule"]:
        raise Malformed("sets no term; give one or more, such as renewal=03-01 or update_days=30")
    if body.interruptible_ppm is not UNSET and body.interruptible_ppm > 1_000_000:
        raise Malformed(
            f"interruptible={format_quantity(body.interruptible_ppm, '_ppm')} is more than all of the load"
        )
    if body.forecast_years is not UNSET and body.forecast_years > MOST_YEARS:
        raise Malformed(f"forecast_years={body.forecast_years} is more than {MOST_YEARS}")


def item_asked(known: Known, claim: Claim, body: kinds.RegistrationItemStated) -> None:
    """Require an item that the registry asks for and no other kind answers."""
    items = {one.item: one for one in REGISTRIES[body.registry].items}
    item = FORECAST if body.item.startswith(f"{FORECAST}-") else body.item
    found = items.get(item)
    if found is None:
        stated = [one.item for one in items.values() if one.stated]
        raise Malformed(
            f"{body.registry} asks for no item {body.item!r}; it asks for {', '.join(stated)}"
            f"{did_you_mean(body.item, stated)}"
        )
    if not found.stated:
        raise Malformed(f"item {body.item!r} is answered by {found.by}; record that instead")
