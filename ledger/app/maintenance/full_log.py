"""A whole log read by a witness who trusts nobody: every record is hashed again, every stream and the
directory are rebuilt, and all of it must be what the checkpoint commits to.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Final, cast

from ledger import kinds
from ledger.app.book.batch import REGISTRY
from ledger.app.maintenance.export_reader import LINE_LIMIT, Following, Item, items
from ledger.errors import Malformed, Refused, VerificationFailed
from ledger.log.checkpoint import Checkpoint
from ledger.log.forest import Forest
from ledger.log.ml_dsa import check_cosigned, verifier
from ledger.records.envelope import Record
from ledger.store.port import Store
from ledger.verifier.faults import ProofError
from ledger.verifier.key_chain import key_walk, ml_dsa_walk
from ledger.verifier.keys import parse_vkey
from ledger.verifier.leaf import Leaf, read_leaf
from ledger.verifier.notes import Note, parse_note, verified_by

_ID: Final = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class NoRecords:
    """The state of a witness before it reads a log: no records."""

    size: Final = 0

    def __init__(self) -> None:
        self.forest = Forest()

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """No leaves."""
        return iter(())

    def read_stream(self, number: int, start: int, stop: int | None) -> Iterator[bytes]:
        """No leaves."""
        return iter(())


def check_whole(path: Path, checkpoint: Checkpoint, note: bytes, vkeys: Sequence[str]) -> None:
    """Raise unless an export holds the log that a checkpoint commits to (``check_records``). Records after the
    checkpoint are not read.
    """
    try:
        with path.open("rb") as file:
            corrected = _corrected(file)
            file.seek(0)
            found = _until(items(file, str(path)), checkpoint.size)
            check_records(found, str(path), checkpoint, note, vkeys, corrected)
    except OSError as why:
        raise Malformed(f"{path}: cannot be read: {why.strerror or why}") from None
    except (Malformed, Refused) as why:
        raise VerificationFailed(f"not cosigned: log: {why}") from None
    except ProofError as why:
        raise VerificationFailed(f"not cosigned: {why.code}: {why}") from None


def check_records(
    found: Iterable[Item],
    where: str,
    checkpoint: Checkpoint,
    note: bytes,
    vkeys: Sequence[str],
    corrected: Container[str],
) -> None:
    """Raise unless records are the log that a checkpoint commits to, from its first record to its last.

    Every heads record must commit to the streams as they were before it. The last must be one, since readers
    rely on the directory it commits to. Corrections must be of earlier records of their stream; ``corrected`` has
    the ids that are. The key must have been handed on from a trusted one (``vkeys``) to the one that signed the
    note, as the registry says.
    """
    last: Item | None = None
    streams: dict[str, str] = {}  # of the records that are corrected, by their ids
    registry: list[Leaf] = []
    following = Following(cast(Store, NoRecords()), checkpoint.origin, where, [checkpoint])
    for last in following.new(found):
        if last.record.stream == REGISTRY:
            registry.append(read_leaf(last.leaf))
        _check_corrects(last.record, streams, f"{where}:{last.line}")
        if last.record.id in corrected:
            streams[last.record.id] = last.record.stream
    if last is None or not isinstance(last.record.body, kinds.LedgerHeads):
        raise Malformed(
            f"{where}: record {checkpoint.size - 1}, the last of the checkpoint, commits to no"
            " streams (it is not a ledger-heads record)"
        )
    for vkey in vkeys:
        if vkey.startswith(f"{checkpoint.origin}+"):
            _check_keys(parse_note(note), key_walk(checkpoint.origin, vkey, registry), registry)


def _corrected(file: BinaryIO) -> set[str]:
    """The ids that lines with corrections name, so that few of a log's millions of records are kept in
    memory.
    """
    lines = (line for line in iter(lambda: file.readline(LINE_LIMIT), b"") if b'"corrects":' in line)
    return {id_.decode() for line in lines for id_ in _ID.findall(line)}


def _check_corrects(record: Record, streams: Mapping[str, str], where: str) -> None:
    """Refuse a correction of anything but an earlier record of its own stream, where its readers see both."""
    for target in record.corrects or ():
        if streams.get(target) != record.stream:
            raise Malformed(f"{where}: corrects {target}, which is not an earlier record of {record.stream}")


def _check_keys(note: Note, keys: Sequence[str], registry: Sequence[Leaf]) -> None:
    """Require the signatures of the log's last keys on the note: Ed25519, and ML-DSA-44 where the log has
    one.
    """
    if not verified_by(note, [parse_vkey(keys[-1])]):
        raise ProofError("unknown-key", f"the log was handed on to {keys[-1]}, which did not sign this")
    origin = parse_vkey(keys[-1]).name
    for key in ml_dsa_walk(origin, keys, registry, verifier())[-1:]:
        check_cosigned(note, key)


def _until(found: Iterator[Item], size: int) -> Iterator[Item]:
    for item in found:
        if item.record.index >= size:
            return
        yield item
