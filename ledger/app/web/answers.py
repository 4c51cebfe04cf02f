"""The shapes of JSON answers, for OpenAPI and the tests: the use cases make the values themselves."""

from __future__ import annotations

from typing import Any

import msgspec


class Receipt(msgspec.Struct):
    """The promise that the log of an origin holds a leaf at an index, and where its proof is asked for."""

    origin: str
    index: int
    leaf_hash: str
    proof: str


class RecordedClaim(msgspec.Struct, omit_defaults=True):
    """Place of a recorded claim. ``repeated``: it was there before; ``gone_by`` is the index of the record
    that has corrected or retracted it since.
    """

    id: str
    index: int
    stream: str
    pos: int
    rec: str
    repeated: bool
    receipt: Receipt
    gone_by: int | None = None


class RecordedClaims(msgspec.Struct):
    """The places of the recorded claims of a batch, in their order."""

    records: list[RecordedClaim]


class TriedClaim(msgspec.Struct):
    """A claim that would be recorded, or is (``repeated``), as a line of story text."""

    id: str
    stream: str
    text: str
    repeated: bool


class TriedClaims(msgspec.Struct):
    """The result of a dry run of claims: the records that they would become, and what is unlikely of them."""

    would_record: list[TriedClaim]
    unlikely: list[dict[str, str]]


class StoredRecord(msgspec.Struct):
    """A record as it is stored; its body has the fields of its kind."""

    id: str
    index: int
    stream: str
    pos: int
    kind: str
    at: str
    rec: str
    body: dict[str, Any]


class RecordPage(msgspec.Struct):
    """Records, oldest first, of a log of ``size``; ``next_after`` continues a page that was asked with
    ``after``.
    """

    size: int
    next_after: int | None
    records: list[StoredRecord]


class RecordFound(msgspec.Struct):
    """A record with what it corrects and what corrects it, by index."""

    record: StoredRecord
    leaf_hash: str
    text: str
    corrects: list[int]
    gone_by: int | None
    sections: list[str]


class KnownAtSize(msgspec.Struct):
    """The part of the log that was known."""

    size: int
    root: str
    rec: str


class ThingHeld(msgspec.Struct):
    """A thing as it is at an instant; fields as they are stored."""

    what: str
    name: list[str]
    since: str
    fields: dict[str, Any]


class PlaceHeld(msgspec.Struct):
    """A place and what is so there."""

    place: str
    things: list[ThingHeld]


class StateFound(msgspec.Struct):
    """Everything that was true at an instant; nothing of the streams ``beyond_scope``, which the token does not
    read.
    """

    at: str
    known_at: KnownAtSize
    places: list[PlaceHeld]
    beyond_scope: list[str]


class StepFound(msgspec.Struct):
    """One record of the timeline and how its thing is after it."""

    step: int
    at: str
    rec: str
    index: int
    id: str
    stream: str
    kind: str
    said: str
    about: str
    state: ThingHeld | None


class StepPage(msgspec.Struct):
    """Steps of the timeline."""

    steps: list[StepFound]
    next_after: int | None


class DeadlineFound(msgspec.Struct):
    """A deadline on a day of its site."""

    on: str
    days: int
    site: str
    what: str
    report: str
    row: str


class DueFound(msgspec.Struct):
    """Deadlines by day; none from the streams ``beyond_scope``, which the token does not read."""

    at: str
    within_days: int
    due: list[DeadlineFound]
    beyond_scope: list[str]


class OpenThing(ThingHeld, kw_only=True):
    """A thing that is open."""

    place: str


class UnsealedFound(msgspec.Struct):
    """Records that no checkpoint covers."""

    records: int
    since: str | None


class NowFound(msgspec.Struct):
    """Everything that is open now; nothing of the streams ``beyond_scope``, which the token does not read."""

    at: str
    open: list[OpenThing]
    overdue: list[DeadlineFound]
    unsealed: UnsealedFound
    beyond_scope: list[str]


class ReportListed(msgspec.Struct):
    """A report of the catalogue."""

    name: str
    definition_version: int
    title: str


class ReportsFound(msgspec.Struct):
    """The catalogue."""

    reports: list[ReportListed]


class ReportFound(msgspec.Struct):
    """A report; its rows by column name, integers in the column's unit, text, or null where unknown."""

    report: str
    definition_version: int
    title: str
    window: dict[str, str]
    as_of: str
    known_at: KnownAtSize
    tzdata: str
    columns: list[dict[str, Any]]
    rows: list[dict[str, Any]]
    notes: list[str]


class ExplanationFound(msgspec.Struct):
    """A row of a report explained."""

    report: str
    definition_version: int
    row: str
    window: dict[str, str]
    as_of: str
    known_at: KnownAtSize
    definition: str
    figures: list[dict[str, Any]]
    records: list[dict[str, Any]]


class DifferenceFound(msgspec.Struct):
    """Changes of a report between two knowledges."""

    report: str
    known_at: list[KnownAtSize]
    window: list[dict[str, str]]
    as_of: list[str]
    differences: list[dict[str, Any]]
    notes_gone: list[str]
    notes_new: list[str]


class HypothesisFound(msgspec.Struct):
    """Every report as it would be with hypothetical facts."""

    supposed: list[dict[str, Any]]
    reports: list[dict[str, Any]]
    problems: list[dict[str, Any]]


class CheckpointFound(msgspec.Struct):
    """The newest signed checkpoint."""

    origin: str
    size: int
    root: str
    key: str | None
    note: str


class InclusionFound(msgspec.Struct):
    """A proof that the leaf of an index is in the log of a size; hashes in hex, from the leaf up."""

    index: int
    size: int
    root: str
    leaf_hash: str
    hashes: list[str]
    checkpoint: str | None


class SizedRoot(msgspec.Struct):
    """The root over so many records."""

    size: int
    root: str


class ConsistencyFound(msgspec.Struct, rename={"earlier": "from", "later": "to"}):
    """A proof that the log of the earlier size is the beginning of that of the later one."""

    earlier: SizedRoot
    later: SizedRoot
    hashes: list[str]


class StatusFound(msgspec.Struct):
    """The state of the book."""

    origin: str
    key: str | None
    size: int
    root: str
    rec: str | None
    sealed_size: int
    backend: str
    read_model_size: int | None
    read_only: bool


class HealthFound(msgspec.Struct):
    """The health of the service."""

    status: str


class TokenFound(msgspec.Struct):
    """A token: never its secret. ``void`` is why it is void, null where it is good; ``last_used`` is the minute of
    its last request, null where none is known.
    """

    token: str
    role: str
    scope: list[str]
    expires_on: str
    narrowed_from: str | None
    granted_by: int
    void: str | None
    last_used: str | None


class TokenGranted(TokenFound):
    """A new token with its secret."""

    secret: str


class TokensFound(msgspec.Struct):
    """Every token, oldest first."""

    tokens: list[TokenFound]


class WhyFound(msgspec.Struct):
    """The reason why a route is allowed or refused, and what the token or role may read and record."""

    allowed: bool
    why: str
    role: str
    what: str
    needs: str
    rights: list[str]
    scope: list[str]
    sites: list[str]
    streams: list[str]
    kinds: list[str]


class SqlColumn(msgspec.Struct):
    """A column of a query's result, with its SQL type."""

    name: str
    type: str


class QueryFound(msgspec.Struct):
    """The result of a query: an object for each row; ``more`` where it goes on."""

    as_of: str
    known_at: dict[str, Any]
    columns: list[SqlColumn]
    rows: list[dict[str, Any]]
    more: bool
