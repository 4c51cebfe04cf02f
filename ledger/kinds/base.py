"""Parts every kind is made of: the base of facts, the source of a record, the tiers of a lease, and the two
sections that are kept apart from a leaf.
"""

from typing import ClassVar

import msgspec
from msgspec import UNSET, Meta

from ledger.fields import (
    Natural,
    Sha256,
    Text,
    Unset,
)


class Fact(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False, repr_omit_defaults=True
):
    """Root of all bodies; holds nothing.

    ``example`` is a line of story text that can be recorded as it stands once the kinds it needs are recorded
    (a law); it is empty for kinds that only the ledger writes and for old versions.
    """

    example: ClassVar[str] = ""


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False, repr_omit_defaults=True):
    """The document or message a fact was read from; ``sha256`` names its bytes in the book's evidence
    folder.
    """

    name: Text
    ref: Text | Unset = UNSET
    sha256: Sha256 | Unset = UNSET


class Tier(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False, repr_omit_defaults=True
):
    """A step of lateness: from ``after_months`` (or ``after_days``) past the target on, so many days of rent
    for each day.
    """

    rent_days_per_day: Natural
    after_months: Natural | Unset = UNSET
    after_days: Natural | Unset = UNSET

    def __post_init__(self) -> None:
        if (self.after_months is UNSET) == (self.after_days is UNSET):
            raise ValueError("a tier starts after months or after days: give exactly one of the two")


COMMERCIAL = Meta(extra={"section": "commercial"})


COMMERCIAL_REQUIRED = Meta(extra={"section": "commercial", "required": True})


PERSONAL = Meta(extra={"section": "personal"})


PERSONAL_REQUIRED = Meta(extra={"section": "personal", "required": True})
