"""Claims and records: the envelope around a fact, and the stream it belongs to.

A *claim* is a fact before it is accepted; the ledger makes it a *record* by assigning ``index``, ``stream``,
``pos``, ``rec`` and ``nonce``. One fact = one record = one leaf; its members and their forms are those of
PROOF 1.

The stream of a record is ``<place>/<class>``: the place is a site's slug, ``ba-<lower-case code>`` for a
balancing authority, ``fleet`` for what belongs to no single site, or ``ledger``. The class follows from the
kind.
"""

from typing import Any, Final, Literal

import msgspec
from msgspec import UNSET

from ledger import calendar, fields
from ledger.errors import Malformed
from ledger.fields import Unset
from ledger.kinds import BY_TAG, CLASSES, KINDS, Fact, Kind, Source
from ledger.records.ids import named_id

RESERVED_PLACES: Final = ("fleet", "ledger")
DEFAULT_ACTOR: Final = "operator"


class Claim(msgspec.Struct, frozen=True, kw_only=True, gc=False, repr_omit_defaults=True):
    """A fact before it is accepted: it has no index, record time, position or nonce.

    ``at`` is a stored instant. ``place`` is the site's slug, ``ba-<code>`` or ``fleet``; empty for a kind
    whose stream is that of the records it corrects. ``disclosure`` is the class, None where the targets
    decide it. ``id`` is UNSET until derived from the content.
    """

    kind: str
    at: str
    place: str
    body: Fact
    disclosure: str | None = None
    actor: str = ""
    id: str | Unset = UNSET
    corrects: tuple[str, ...] | Unset = UNSET
    reason: str | Unset = UNSET
    source: Source | Unset = UNSET

    @property
    def stream(self) -> str | None:
        """``sandersville/grid``; None while the class is not known."""
        return f"{self.place}/{self.disclosure}" if self.disclosure and self.place else None


class Record(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False, repr_omit_defaults=True
):
    """An accepted fact: exactly the members of the stored bytes; ``kind`` is the tag of the concrete
    struct.
    """

    actor: str
    at: str
    body: Fact
    corrects: tuple[str, ...] | Unset = UNSET
    id: str
    index: int
    nonce: str
    pos: int
    reason: str | Unset = UNSET
    rec: str
    sections: dict[str, str] | Unset = UNSET
    source: Source | Unset = UNSET
    stream: str
    v: Literal[1] = 1

    @property
    def kind(self) -> str:
        """The stored tag with its version: ``curtailment-started.v1``."""
        tag = self.__struct_config__.tag
        assert isinstance(tag, str), "every record struct of a kind has its tag"
        return tag

    @property
    def place(self) -> str:
        """The first part of the stream: site, ``ba-<code>``, ``fleet`` or ``ledger``."""
        return self.stream.partition("/")[0]


def _record_struct(kind: Kind) -> type[Record]:
    struct: type[Any] = msgspec.defstruct(
        kind.body.__name__ + "Record",
        [("body", kind.body)],
        bases=(Record,),
        frozen=True,
        kw_only=True,
        forbid_unknown_fields=True,
        gc=False,
        tag_field="kind",
        tag=kind.tag,
    )
    return struct


RECORDS: Final[dict[str, type[Record]]] = {kind.tag: _record_struct(kind) for kind in KINDS}


# --- places and streams -------------------------------------------------------------------------------------


def check_place(place: str) -> None:
    """``Malformed`` unless this can be the place of a claim: a site's slug, ``ba-<code>`` or ``fleet``."""
    if not fields.is_slug(place):
        raise Malformed(f"a site must be 1 to 64 of a-z, 0-9 and -: {place!r}")
    if place == "ledger":
        raise Malformed("only the ledger itself writes the streams of 'ledger'")


def authority_place(code: str) -> str:
    """The place of a balancing authority's facts: ``SWPP`` -> ``ba-swpp``."""
    return f"ba-{code.lower()}"


def place_of(kind: Kind, body: Fact, said: str | None) -> str:
    """The place of a claim, from what was given beside the fact and from the fact itself.

    ``Malformed`` where the two differ, where neither names it, or where the kind cannot be recorded there.
    """
    site = getattr(body, "site", None)
    authority = getattr(body, "balancing_authority", None)
    if isinstance(site, str):
        place = site
        if place in RESERVED_PLACES or place.startswith("ba-"):
            raise Malformed(f"a site may not be called fleet or ledger nor begin with ba-: {place!r}")
    elif isinstance(authority, str):
        place = authority_place(authority)
    elif said is None:
        raise Malformed(f"{kind.name} needs a site")
    else:
        place = said
        if place.startswith("ba-") and kind.disclosure is not None:
            raise Malformed(f"{kind.name} does not belong to a balancing authority: {place!r}")
    if said is not None and said != place:
        raise Malformed(f"site {said!r} differs from the fact's own {place!r}")
    check_place(place)
    return place


def make_claim(
    kind: Kind,
    at: str,
    body: Fact,
    *,
    place: str | None = None,
    disclosure: str | None = None,
    actor: str = "",
    id: str | Unset = UNSET,
    corrects: tuple[str, ...] | Unset = UNSET,
    reason: str | Unset = UNSET,
    source: Source | Unset = UNSET,
) -> Claim:
    """A claim with every form checked, and its id derived where none was given; ``Malformed`` names the wrong
    field.
    """
    fields.check(body)
    if kind.disclosure is not None and kind.disclosure not in CLASSES:
        raise Malformed(f"{kind.name} is written by the ledger itself")
    if not calendar.is_instant(at):
        raise Malformed(f"at must be an instant such as 2026-07-14T18:00:00Z: {at!r}")
    if disclosure is not None and disclosure not in CLASSES:
        raise Malformed(f"class must be one of {', '.join(CLASSES)}: {disclosure!r}")
    if kind.disclosure is not None and disclosure not in (None, kind.disclosure):
        raise Malformed(f"{kind.name} belongs to {kind.disclosure}, not to {disclosure!r}")
    if actor and not fields.is_text(actor):
        raise Malformed(f"actor must be text: {actor!r}")
    if reason is not UNSET and not fields.is_text(reason):
        raise Malformed(
            f"reason must be 1 to 4,096 characters without NUL or lone surrogates: {reason[:200]!r}"
        )
    if source is not UNSET:
        fields.check(source)
    claim = Claim(
        kind=kind.tag,
        at=at,
        place=place_of(kind, body, place),
        body=body,
        disclosure=kind.disclosure or disclosure,
        actor=actor or DEFAULT_ACTOR,
        id=id,
        corrects=_checked_targets(corrects, reason),
        reason=reason,
        source=source,
    )
    if id is UNSET:
        return msgspec.structs.replace(claim, id=derived_id(claim))
    if not fields.is_id(id):
        raise Malformed(f"id must be a lower-case UUID of version 7 or 8: {id!r}")
    return claim


def changed(claim: Claim, **changes: Any) -> Claim:
    """A checked claim with some members replaced by others known to be well formed, its id derived again."""
    made = msgspec.structs.replace(claim, **changes)
    return msgspec.structs.replace(made, id=derived_id(made))


def _checked_targets(corrects: tuple[str, ...] | Unset, reason: str | Unset) -> tuple[str, ...] | Unset:
    if corrects is UNSET:
        return UNSET
    if not corrects:
        raise Malformed("corrects must name at least one record")
    for target in corrects:
        if not fields.is_id(target):
            raise Malformed(f"corrects must name records by id: {target!r}")
    if len(set(corrects)) != len(corrects):
        raise Malformed("corrects names the same record twice")
    if reason is UNSET:
        raise Malformed("a correction needs a reason")
    return tuple(sorted(corrects))


# --- derived ids --------------------------------------------------------------------------------------------


def without_sections(body: Fact) -> Fact:
    """The body as the leaf holds it: without its section fields."""
    hidden = {field.name: UNSET for field in fields.sectioned(type(body))}
    return msgspec.structs.replace(body, **hidden) if hidden else body


def derived_id(claim: Claim) -> str:
    """The id of a claim that gives none: UUIDv8 of 48 bits of ``at`` in milliseconds, then SHA-256 bits (RFC
    9562).

    The hash is over the canonical JSON of the claim as given, with nothing filled in and section fields left
    out, so that the same claim always gets the same id and recording a file again changes nothing.
    """
    said: dict[str, Any] = {
        "at": claim.at,
        "body": without_sections(claim.body),
        "kind": BY_TAG[claim.kind].name,
        "balancing_authority" if claim.place.startswith("ba-") else "site": claim.place,
    }
    if claim.disclosure is not None:
        said["class"] = claim.disclosure
    if claim.corrects is not UNSET:
        said["corrects"] = claim.corrects
    if claim.reason is not UNSET:
        said["reason"] = claim.reason
    return named_id(claim.at, said)


# --- claims and the records they became --------------------------------------------------------------------


def claim_of(record: Record, body: Fact | None = None) -> Claim:
    """The claim that a record was made from (with ``body`` for a record whose sections were put back)."""
    place, _, disclosure = record.stream.partition("/")
    return Claim(
        kind=record.kind,
        at=record.at,
        place=place,
        body=record.body if body is None else body,
        disclosure=disclosure,
        actor=record.actor,
        id=record.id,
        corrects=record.corrects,
        reason=record.reason,
        source=record.source,
    )


def same_content(claim: Claim, record: Record, stream: str) -> bool:
    """True where a claim has the content of the record with its id: stream, kind, at, actor, corrects, reason
    and body.

    A ``depth_w`` that the ledger filled in, and section fields, are not compared here.
    """
    said, stored = without_sections(claim.body), record.body
    if "depth_w" in said.__struct_fields__ and getattr(said, "depth_w") is UNSET:  # noqa: B009 - a field of two kinds
        stored = msgspec.structs.replace(stored, depth_w=UNSET)
    return (
        stream == record.stream
        and claim.kind == record.kind
        and claim.at == record.at
        and claim.actor == record.actor
        and claim.corrects == record.corrects
        and claim.reason == record.reason
        and said == stored
    )
