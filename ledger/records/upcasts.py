"""Old versions of kinds, read as today's.

Stored bytes never change: a record of an old version is decoded as it was stored (its golden file stays, byte
for byte), and read as today's version by one function here. Rules, folds and reports know today's kinds only;
``log --json``, exports, bundles and fsck show what is stored.

How to change a kind (after 0.1.0; until then a body that nobody else has stored may be changed and its golden
file written again):

1. In its file under ``ledger/kinds`` rename the struct ``ThingHappened`` to ``ThingHappenedV1``, leave it as
   it is, and write the new ``ThingHappened`` below it.
2. In ``KINDS`` (``ledger/kinds/table.py``) keep ``Kind("thing-happened.v1", ThingHappenedV1, ...)`` and add
   ``Kind("thing-happened.v2", ThingHappened, ...)`` after it. A name
   without a version means the last. The disclosure class stays: a kind belongs to exactly one.
3. Here add one line to ``UPCASTS``: a function from the old body to the next version's. It may use only what
   the old body states; new fields are left unset. Chains are followed, so v1 -> v2 -> v3 needs no v1 -> v3.
4. Raise the ``version`` of the row kinds whose rows change by it, and the definition version of reports whose
   figures do.
5. ``tools/bless`` writes the golden file of the new version; the old one must not change, and the tests say
   so.

A claim in an old version is taken as today's. Ids are derived from the kind's name without its version, so a
file recorded under v1 and recorded again under v2 changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from ledger import kinds
from ledger.kinds import BY_BODY, Fact
from ledger.records.envelope import RECORDS, Claim, Record
from ledger.records.leaf_format import decode, decode_all


def observation_2(old: kinds.IncidentObservationAddedV1) -> kinds.IncidentObservationAdded:
    """v2 can name the observer."""
    return kinds.IncidentObservationAdded(incident=old.incident, text=old.text)


def issue_2(old: kinds.ReportIssuedV1) -> kinds.ReportIssued:
    """v2 can keep the hash in a section."""
    return kinds.ReportIssued(**{name: getattr(old, name) for name in old.__struct_fields__})


def grant_2(old: kinds.AccessGrantedV1) -> kinds.AccessGranted:
    """v2 keeps the hash of the secret."""
    return kinds.AccessGranted(**{name: getattr(old, name) for name in old.__struct_fields__})


UPCASTS: Final[dict[type[Fact], Callable[[Any], Fact]]] = {
    kinds.AccessGrantedV1: grant_2,
    kinds.IncidentObservationAddedV1: observation_2,
    kinds.ReportIssuedV1: issue_2,
}
_OLD: Final = frozenset(RECORDS[BY_BODY[body].tag] for body in UPCASTS)


def read(leaf: bytes) -> Record:
    """The record of a stored leaf, its fact in today's version."""
    record = decode(leaf)
    return today(record) if type(record) in _OLD else record


def read_all(leaves: Sequence[bytes]) -> list[Record]:
    """The records of stored leaves, their facts in today's version."""
    records = decode_all(leaves)
    return records if _OLD.isdisjoint(map(type, records)) else list(map(today, records))


def today(record: Record) -> Record:
    """A record with its fact in today's version."""
    body = latest(record.body)
    if body is record.body:
        return record
    said = {name: getattr(record, name) for name in record.__struct_fields__ if name != "v"}
    return RECORDS[BY_BODY[type(body)].tag](**{**said, "body": body})


def latest(body: Fact) -> Fact:
    """A fact in today's version."""
    while type(body) in UPCASTS:
        body = UPCASTS[type(body)](body)
    return body


def today_claim(claim: Claim) -> Claim:
    """A claim in today's version."""
    if type(claim.body) not in UPCASTS:
        return claim
    body = latest(claim.body)
    return msgspec.structs.replace(claim, kind=BY_BODY[type(body)].tag, body=body)
