"""``fsck``: the store's own check with this ledger's leaf decoder, and the check of everything beside the
records: sections, signatures, key, evidence, anchors.

The whole database is checked in one read transaction. Files beside it cannot be part of that: a finding on
them is reported only if a second look, after everything else, finds the same, so that a file being written
meanwhile raises no false alarm.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import UNSET

from ledger import kinds
from ledger.app.book import config, unfinished
from ledger.app.book.documents import documents_of
from ledger.app.host.progress import Progress
from ledger.app.maintenance.folder_check import (
    Evidence,
    anchor_findings,
    anchor_notices,
    evidence_findings,
    evidence_notices,
)
from ledger.app.maintenance.key_check import (
    KeyState,
    Log,
    key_findings,
    key_state,
    notices,
    signature_findings,
)
from ledger.errors import Malformed, Tampered
from ledger.kinds import KINDS
from ledger.log.checkpoint import parse_checkpoint
from ledger.records import leaf_format
from ledger.records.envelope import Record
from ledger.records.ids import binary_id
from ledger.store.audit import Audit, Finding, LeafColumns, Reader
from ledger.store.open import FAILURES, store_folder
from ledger.verifier.faults import ProofError

LOOKS: Final = 40
LOOK_S: Final = 0.05
NEW_SIZE: Final = 3  # of a book that holds nothing but what was written when it was made


_hashes = msgspec.json.Decoder(dict[str, str]).decode
_source = msgspec.json.Decoder(kinds.Source).decode


def read_leaf(leaf: bytes) -> LeafColumns:
    """Envelope of a leaf, as the leaf states it; ``ValueError`` unless its bytes are exactly canonical."""
    try:
        record = leaf_format.decode_strict(leaf)
    except Malformed as why:
        raise ValueError(str(why)) from None
    body = record.body
    return LeafColumns(
        record.index,
        binary_id(record.id),
        record.pos,
        record.kind,
        record.stream,
        (body.stream, body.number) if isinstance(body, kinds.StreamOpened) else None,
        () if record.corrects is UNSET else tuple(map(binary_id, record.corrects)),
    )


def read_heads(leaf: bytes) -> tuple[int, str]:
    """Commitment of a heads record; ``ValueError`` for another record."""
    try:
        body = leaf_format.decode_strict(leaf).body
    except Malformed as why:
        raise ValueError(str(why)) from None
    if not isinstance(body, kinds.LedgerHeads):
        raise ValueError("is not a heads record")
    return body.count, body.dir


def _tags(*bodies: type[kinds.Fact]) -> frozenset[str]:
    return frozenset(kind.tag for kind in KINDS if kind.body in bodies)


ERASURES: Final = _tags(kinds.SectionErased)
OPENING: Final = _tags(kinds.StreamOpened, kinds.LedgerHeads)
READER = Reader(leaf_format.glance, read_leaf, read_heads, ERASURES | _tags(kinds.ReportIssued))


def check_book(directory: Path, progress: Progress, key_file: str | None = None) -> dict[str, Any]:
    """``{"size", "findings": [{"index", "what"}], "notices": [{"index", "what"}]}``; no finding means that
    nothing is wrong.
    """
    found: list[Finding] = []
    settings = _settings(directory, found)

    try:
        unfinished.begun(directory)
    except Tampered as why:
        found.append(Finding(None, str(why)))

    def key() -> KeyState:
        return key_state(directory, key_file, settings.origin)

    state = key()
    signed = () if state.signed is None else (state.signed.size,)
    with store_folder(directory, settings.backend).audit(READER, progress, signed) as check:
        found += check.findings()
        told = list(check.notices)
        if check.contents is not None:
            try:
                found += _Beside(directory, check, settings.origin).findings(state, key, told)
            except FAILURES as why:
                found.append(Finding(None, f"the database cannot be read any further: {why}"))
        size = check.size
    return {"size": size, "findings": _json(found), "notices": _json([*told, *notices(state)])}


def copy_findings(
    directory: Path, state: KeyState, settings: config.Config, progress: Progress
) -> list[Finding]:
    """Faults of a copied database by itself: records, sections, and the signatures of its checkpoints.

    A missing section that the log states is erased is not a finding: a copy made during an erasure leaves it
    out.
    """
    with store_folder(directory, settings.backend).audit(READER, progress) as check:
        found = list(check.findings())
        if check.contents is not None:
            found += _Beside(directory, check, settings.origin, copied=True).kept_findings(state)
    return found


def _json(found: Iterable[Finding]) -> list[dict[str, Any]]:
    return [{"index": finding.place, "what": finding.what} for finding in dict.fromkeys(found)]


def _settings(directory: Path, found: list[Finding]) -> config.Config:
    """Settings of the book; where its ``book.toml`` is gone or damaged and the database is there, those that
    its newest checkpoint gives.
    """
    try:
        return config.read_config(directory)
    except (Malformed, OSError) as why:
        if not config.folder_of(directory).exists():
            raise
        what = str(why) if isinstance(why, Malformed) else f"{why.filename}: {why.strerror}"
        found.append(Finding(None, what))
        return config.Config(_origin(directory))


def _origin(directory: Path) -> str:
    note = config.folder_of(directory).note()
    with suppress(ProofError):
        return "unknown" if note is None else parse_checkpoint(note).origin
    return "unknown"


class _Beside:
    """Everything beside the records, compared with them in the check's transaction."""

    def __init__(self, directory: Path, check: Audit, origin: str, *, copied: bool = False) -> None:
        assert check.contents is not None, "made when the records were read"
        self.directory, self.origin, self.copied = directory, origin, copied
        self.contents, self.check = check.contents, check
        wanted = [record for place in sorted(self.contents.wanted) for record in self._record(place)]
        self.erased = {
            (record.body.target, record.body.section): record.index
            for record in wanted
            if isinstance(record.body, kinds.SectionErased)
        }
        self.issued = [record for record in wanted if isinstance(record.body, kinds.ReportIssued)]

    def findings(
        self, state: KeyState, key: Callable[[], KeyState], told: list[Finding]
    ) -> Iterator[Finding]:
        """Findings on sections, signatures, key, evidence and anchors; ``notice`` gets what is not a
        finding.
        """
        yield from self._sections()
        log = self._log()
        yield from signature_findings(state, log)
        wrong = list(key_findings(state, log))
        yield from _seen_twice(wrong, lambda: key_findings(key(), log))
        yield from self._evidence(told)
        seals = dict(log.seals)
        wrong = list(anchor_findings(self.directory, seals))
        yield from _seen_twice(wrong, lambda: anchor_findings(self.directory, self._seals_now()))
        told += anchor_notices(self.directory)

    def kept_findings(self, state: KeyState) -> Iterator[Finding]:
        """Sections and signatures alone."""
        yield from self._sections()
        yield from signature_findings(state, self._log())

    def _record(self, place: int) -> Iterator[Record]:
        """A record; None where its bytes are malformed, which is reported already."""
        for leaf in self.check.leaves(place):
            with suppress(Malformed):
                yield leaf_format.decode_strict(leaf if isinstance(leaf, bytes) else b"")

    # --- sections -------------------------------------------------------------------------------------------

    def _sections(self) -> Iterator[Finding]:
        """Every section must be here as it was recorded, or erased by a record, or marked as never here."""
        kept = self.check.sections()
        for place, name in sorted(kept.keys(), key=str):
            yield from self._kept(place, name, *kept[place, name])
        for place in sorted(self.contents.sections):
            missing = [name for name in self._hashes(place) if (place, name) not in kept]
            for record in self._record(place) if missing else ():
                for name in missing:
                    if (record.id, name) not in self.erased:
                        yield Finding(
                            place, f"its section {name!r} is gone, and no record says that it was erased"
                        )

    def _kept(self, place: Any, name: Any, salt: Any, data: Any) -> Iterator[Finding]:
        hashes = self._hashes(place)
        is_record = bool(self.check.leaves(place))
        if is_record and not hashes and not any(self._record(place)):
            return  # reported as malformed already
        whole = isinstance(name, str) and isinstance(salt, bytes) and isinstance(data, bytes)
        if whole and not salt and not data and name in hashes:
            return  # it was never here
        if (
            not whole
            or len(salt) != leaf_format.SALT_BYTES
            or leaf_format.section_hash(name, salt, data) != hashes.get(name)
        ):
            index = place if isinstance(place, int) else None
            yield Finding(index, f"its section {name!r} is not what was recorded")
            return
        for record in self._record(place):
            by = self.erased.get((record.id, name))
            if by is not None and self._is_still_kept(place, name):
                what = (
                    f"its section {name!r}, which record {by} says is erased, is still kept; erase it again"
                )
                yield Finding(place, what)

    def _hashes(self, place: int) -> dict[str, str]:
        said = self.contents.sections.get(place)
        with suppress(msgspec.MsgspecError):
            return {} if said is None else _hashes(said)
        return {}

    def _is_still_kept(self, place: int, name: str) -> bool:
        """True where the section is still there after a while: an erasure is recorded first, and then carried
        out.
        """
        if self.copied:
            return False
        for _ in range(LOOKS):
            if not self.check.holds_now(place, name):
                return False
            time.sleep(LOOK_S)
        return True

    # --- signatures -----------------------------------------------------------------------------------------

    def _log(self) -> Log:
        total = self.contents.total
        kinds_met = self.check.kinds(NEW_SIZE + 1)
        registry = [record for place in self.check.stream(0) for record in self._record(place)]
        return Log(
            self.origin,
            total,
            [seal for seal in self.check.seals() if isinstance(seal[1], bytes)],
            [(r.index, r.body) for r in registry if isinstance(r.body, kinds.KeyRotated)],
            [(r.index, r.body) for r in registry if isinstance(r.body, kinds.MlDsaKeyAdded)],
            self.contents.roots,
            total <= NEW_SIZE and kinds_met <= OPENING,
        )

    def _seals_now(self) -> dict[int, bytes]:
        return dict(self.check.seals(now=True))

    # --- evidence -------------------------------------------------------------------------------------------

    def _evidence(self, told: list[Finding]) -> Iterator[Finding]:
        listed = self.check.documents()
        named = self._named()
        seen = Evidence(self.directory)
        wrong = list(evidence_findings(seen, listed, named))

        def again() -> Iterator[Finding]:
            now = self.check.documents(now=True)
            erased = listed - now
            seen = Evidence(self.directory)
            seen.wrong = {digest: what for digest, what in seen.wrong.items() if digest not in erased}
            return evidence_findings(seen, now, named)

        yield from _seen_twice(wrong, again)
        told += evidence_notices(seen, listed, named)

    def _named(self) -> dict[str, int]:
        """The documents that records name, each with the first that does."""
        found: dict[str, int] = {}
        for said, place in self.contents.sources.items():
            with suppress(msgspec.MsgspecError):
                source = _source(said)
                if source.sha256 is not UNSET:
                    found[source.sha256] = min(place, found.get(source.sha256, place))
        for record in self.issued:
            for digest in documents_of(record):
                found.setdefault(digest, record.index)
        return found


def _seen_twice(first: list[Finding], again: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """The findings of a first look that a second one confirms."""
    if first:
        confirmed = set(again())
        yield from (finding for finding in first if finding in confirmed)
