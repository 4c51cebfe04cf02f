"""Kinds that the ledger writes itself, and corrections and erasures (DOMAIN 4)."""

from typing import Annotated, ClassVar

from msgspec import UNSET

from ledger.fields import (
    Date,
    Id,
    Instant,
    Natural,
    RecordTime,
    Sha256,
    Text,
    Unset,
    Zone,
)
from ledger.kinds.base import COMMERCIAL, Fact


class StreamOpened(Fact, frozen=True, kw_only=True):
    """Assigns a stream the next dense number; ``tz`` is its site's zone, so that the stream has local dates
    by itself.
    """

    stream: Text
    number: Natural
    tz: Zone | Unset = UNSET


class KeyRotated(Fact, frozen=True, kw_only=True):
    """The log is signed by another key from the next checkpoint on; both keys sign the rotation text."""

    old_vkey: Text
    new_vkey: Text
    old_signature: Text
    new_signature: Text


class MlDsaKeyAdded(Fact, frozen=True, kw_only=True):
    """The log is signed by an ML-DSA-44 key too, from the next checkpoint on, beside its Ed25519 key
    ``vkey``. Both keys sign the addition, and so does the ML-DSA-44 key before it.
    """

    vkey: Text
    ml_dsa_vkey: Text
    signature: Text
    ml_dsa_signature: Text
    old_ml_dsa_signature: Text | Unset = UNSET


class LedgerHeads(Fact, frozen=True, kw_only=True):
    """The last leaf before a checkpoint: RFC 6962 root ``dir`` over ``count`` lines ``[number,size,root]`` of
    all streams.
    """

    count: Natural
    dir: Sha256


class AccessGrantedV1(Fact, frozen=True, kw_only=True):
    """A token (its name, never its secret) may do what its role allows, within its scope."""

    token: Text
    role: Text
    scope: tuple[Text, ...]
    expires_on: Date


class AccessGranted(Fact, frozen=True, kw_only=True):
    """A token may do what its role allows, within its scope, until the end of ``expires_on`` (UTC).

    ``token`` is its public name. ``secret_sha256`` is the SHA-256 of its secret, 256 random bits that are
    stored nowhere; without the secret nobody can present the token. ``narrowed_from`` names the token whose
    holder derived this one with fewer rights.
    """

    token: Text
    role: Text
    scope: tuple[Text, ...]
    expires_on: Date
    secret_sha256: Sha256 | Unset = UNSET
    narrowed_from: Text | Unset = UNSET


class AccessRevoked(Fact, frozen=True, kw_only=True):
    """A token is no longer valid."""

    token: Text


class AccessRefused(Fact, frozen=True, kw_only=True):
    """The API refused calls."""

    token: Text | Unset = UNSET
    route: Text
    count: Natural


class ExportMade(Fact, frozen=True, kw_only=True):
    """Records left the ledger."""

    token: Text | Unset = UNSET
    what: Text


class LoggingFailed(Fact, frozen=True, kw_only=True):
    """The program's own log could not be written."""

    cause: Text


class ClockAnomaly(Fact, frozen=True, kw_only=True):
    """The clock was behind the last record by more than five minutes, and the operator accepted it."""

    clock: RecordTime
    last_rec: RecordTime


class HeadRepaired(Fact, frozen=True, kw_only=True):
    """The head file was behind the signed records or unreadable, and was set to the records; sizes count
    records.

    ``head_size`` is the size that the head stated, absent where it could not be read; ``signed_size`` is the
    size of the last checkpoint; ``size`` is the size of the log at the repair, so it is this record's index.
    """

    head_size: Natural | Unset = UNSET
    signed_size: Natural
    size: Natural


class ReportIssuedV1(Fact, frozen=True, kw_only=True):
    """A report was issued to a reader; ``content_sha256`` is over its JSON form and stands in the leaf, even
    where the report prints values that can be erased.
    """

    report: Text
    definition_version: Natural
    tzdata: Text
    start: Instant | Unset = UNSET
    stop: Instant | Unset = UNSET
    tz: Zone
    as_of: Instant
    known_at: Natural
    filters: tuple[Text, ...]
    content_sha256: Sha256
    recipient: Text


class ReportIssued(Fact, frozen=True, kw_only=True):
    """A report is issued to a reader; exactly one of its two hashes is given, over its JSON form.

    ``salted_content_sha256`` is used where the report is made from sections: a plain hash in the leaf would
    let an erased value be guessed, so the hash is itself kept in a section and the leaf holds only its salted
    hash.
    """

    report: Text
    definition_version: Natural
    tzdata: Text
    start: Instant | Unset = UNSET
    stop: Instant | Unset = UNSET
    tz: Zone
    as_of: Instant
    known_at: Natural
    filters: tuple[Text, ...]
    content_sha256: Sha256 | Unset = UNSET
    salted_content_sha256: Annotated[Sha256 | Unset, COMMERCIAL] = UNSET
    recipient: Text

    example: ClassVar[str] = (
        "2026-10-02T14:00Z sandersville report-issued report=uptime definition_version=1 tzdata=2026a "
        "start=2026-07-01T04:00Z stop=2026-10-01T04:00Z tz=America/New_York as_of=2026-10-02T14:00Z "
        'known_at=412 filters=["site sandersville"] '
        "content_sha256=3f2a9c0d5e7b418896c1d4e2f7a0b3c85d6e9f1a2b4c7d8e0f3a6b9c2d5e8f17 "
        'recipient="Washington County" class=operations'
    )

    @property
    def sha256(self) -> str | None:
        """The hash of the JSON form; None where its section is erased or withheld."""
        for digest in (self.content_sha256, self.salted_content_sha256):
            if digest is not UNSET:
                return digest
        return None


class EventRetracted(Fact, frozen=True, kw_only=True):
    """Withdraws the records named in ``corrects``."""

    example: ClassVar[str] = (
        "2026-07-15T14:00Z sandersville event-retracted corrects=[019f61cd-b8e0-8080-ab0f-73316fecbdb5] "
        'reason="recorded for the wrong block"'
    )


class SectionErased(Fact, frozen=True, kw_only=True):
    """A section of a record and its salt are deleted; the record's proof stays valid."""

    target: Id
    section: Text

    example: ClassVar[str] = (
        "2026-12-31T15:00Z sandersville section-erased target=019df124-9600-892c-9935-544e9c97eb7c "
        "section=commercial"
    )
