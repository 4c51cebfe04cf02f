"""Seals of a book: the checkpoints that its key signs over all records, and the key's rotation.

After 10,000 records, or 60 s after the first unsealed one, the next append seals (PROOF 2).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from msgspec import UNSET

from ledger import calendar, kinds
from ledger.app.book import keys
from ledger.app.book.batch import ACCESS, HEADS, REGISTRY
from ledger.app.book.fork_guard import signed_missing
from ledger.app.book.writer import Writer
from ledger.errors import Malformed, Refused, Tampered, UnknownOutcome
from ledger.log.checkpoint import Checkpoint, format_checkpoint
from ledger.log.key_rotation import sign_ml_dsa_key, sign_rotation
from ledger.log.ml_dsa import is_supported
from ledger.log.signing import Signer, sign_note
from ledger.records import upcasts
from ledger.records.envelope import Record
from ledger.store.checked_reads import stream_leaves
from ledger.verifier.faults import ProofError
from ledger.verifier.keys import NAME_BYTES, key_hash, parse_vkey
from ledger.verifier.notes import parse_note, verified_by

SEAL_RECORDS: Final = 10_000
SEAL_US: Final = 60 * 1_000_000


class Seals:
    """The signing side of a book. Methods that write are called inside ``Book.writing``."""

    def __init__(self, writer: Writer, key: Path) -> None:
        self._writer, self._store, self._key = writer, writer.store, key
        self._origin = writer.config.origin
        self._oldest_unsealed = (-1, 0)  # its index, and its rec in microseconds

    # --- sealing --------------------------------------------------------------------------------------------

    def checkpoint(self) -> bytes:
        """Seal what is unsealed, and return the last signed checkpoint (C2SP signed note)."""
        if self._unsealed():
            self.seal()
        seal = self._store.last_seal()
        assert seal is not None, "a book is sealed when it is made"
        return seal.note

    def seal(self) -> None:
        """Write the heads leaf, sign the checkpoint over it, remember it as signed, and keep it with the
        trees.

        A crash after the heads leaf is harmless: it is signed now if it is still the last leaf.
        """
        signers = self._signers()
        if not isinstance(self._record_at(self._store.size - 1).body, kinds.LedgerHeads) or not (
            self._unsealed()
        ):
            for number in self._writer.fold().register.streams.values():
                self._store.forest.open_stream(number)
            count, root = self._store.forest.heads()
            batch = self._writer.bare_batch()
            batch.add_own(HEADS, kinds.LedgerHeads(count=count, dir=root.hex()))
            self._writer.append(batch)
        checkpoint = Checkpoint(self._origin, self._store.size, self._store.forest.root())
        note = sign_note(format_checkpoint(checkpoint), signers) + self._ml_dsa_lines(checkpoint, signers)
        keys.write_signed(self._key, note)
        self._store.seal(note)
        keys.promote(self._key, signers[-1].vkey, self._origin)

    def seal_if_due(self) -> None:
        """Seal after recording; the records stand, whatever keeps the checkpoint from being signed."""
        if not self._is_due():
            return
        try:
            self.seal()
        except (OSError, Malformed, UnknownOutcome) as why:
            what = f"{why.filename or 'the disk'}: {why.strerror or why}" if isinstance(why, OSError) else why
            raise UnknownOutcome(
                f"the checkpoint over the newest could not be signed ({what}): run wattledger checkpoint once"
                " that is repaired"
            ) from why

    def seal_signed(self) -> None:
        """Keep the checkpoint that was signed last where a crash came between: the only one that carries both
        keys may be among them.
        """
        note = keys.read_signed(self._key)
        if note is None:
            return
        if self._unsealed() and keys.parse_signed(self._key, note).size == self._store.size:
            self._store.seal(note)
            keys.promote(self._key, self.signer().vkey, self._origin)

    def record_repair(self, repaired: kinds.HeadRepaired) -> Record:
        """Put on record that the head was set to all records, and seal: the head is written when that is
        durable.
        """
        batch = self._writer.bare_batch()
        record = batch.add_own(ACCESS, repaired)
        self._writer.append(batch)
        self.seal()
        return record

    def _unsealed(self) -> int:
        seal = self._store.last_seal()
        return self._store.size - (0 if seal is None else seal.size)

    def _is_due(self) -> bool:
        unsealed, size = self._unsealed(), self._store.size
        if not unsealed or unsealed >= SEAL_RECORDS or unsealed == size:
            return bool(unsealed)
        oldest = size - unsealed
        if self._oldest_unsealed[0] != oldest:
            self._oldest_unsealed = (oldest, calendar.rec_us(self._record_at(oldest).rec))
        return self._writer.surroundings.now_us() - self._oldest_unsealed[1] >= SEAL_US

    def _record_at(self, index: int) -> Record:
        return upcasts.read(self._writer.reads.leaf(index))

    # --- keys -----------------------------------------------------------------------------------------------

    def signed(self) -> Checkpoint:
        """The checkpoint that the key signed last; ``Tampered`` where none is kept or the log's key did not
        sign it.
        """
        note = keys.read_signed(self._key)
        if note is None:
            raise signed_missing(self._key)
        checkpoint = keys.parse_signed(self._key, note)
        try:
            good = verified_by(parse_note(note), [parse_vkey(self.signer().vkey)])
        except ProofError:
            good = []
        if not good:
            raise Tampered(f"{keys.signed_path(self._key)} is not signed by the log's key")
        return checkpoint

    def signer(self) -> Signer:
        """The key that signs now."""
        return self._signers()[-1]

    def _signers(self) -> list[Signer]:
        """Signers of the next checkpoint; ``Malformed`` where the key at hand is not the one that signed the
        last.
        """
        seal, signed = self._store.last_seal(), keys.read_signed(self._key)
        if seal and signed and seal.note != signed and keys.parse_signed(self._key, signed).size == seal.size:
            raise Tampered(
                f"the seal at {seal.size} records is not the checkpoint in {keys.signed_path(self._key)}: one"
                " of the two is damaged; run fsck"
            )
        notes = [note for note in (signed, seal and seal.note) if note is not None]
        size, note = max(
            ((keys.parse_signed(self._key, note).size, note) for note in notes), default=(0, None)
        )
        found = keys.signers(self._key, self._origin, self.rotations(), size)
        if note is not None and not _signed_by(note, found[0]):
            raise Malformed(
                f"{self._key}: is not the key that signed the newest checkpoint; put that one back, or rotate"
                " to a new one with it"
            )
        return found

    def vkey(self) -> str | None:
        """The verifier key of the log; None where neither key file nor log gives it."""
        try:
            return self.signer().vkey
        except Malformed:
            rotations = self.rotations()
            return rotations[-1].new_vkey if rotations else None

    def rotations(self) -> list[keys.Rotation]:
        """Every rotation of the key, oldest first."""
        return [
            keys.Rotation(record.index, record.rec, record.body.old_vkey, record.body.new_vkey)
            for record in map(upcasts.read, stream_leaves(self._store, 0))
            if isinstance(record.body, kinds.KeyRotated)
        ]

    def ml_dsa_keys(self) -> list[keys.MlDsaKey]:
        """Every ML-DSA-44 key of the log, oldest first."""
        return [
            keys.MlDsaKey(record.index, record.rec, record.body.vkey, record.body.ml_dsa_vkey)
            for record in map(upcasts.read, stream_leaves(self._store, 0))
            if isinstance(record.body, kinds.MlDsaKeyAdded)
        ]

    def _ml_dsa_lines(self, checkpoint: Checkpoint, signers: list[Signer]) -> bytes:
        """The ML-DSA-44 signatures of a checkpoint by those of its signers whose such key the log has, as
        of its heads record.
        """
        added = {one.vkey for one in self.ml_dsa_keys()}
        mine = [signer for signer in signers if signer.vkey in added]
        if not mine:
            return b""
        _check_supported()
        time_s = calendar.rec_us(self._record_at(checkpoint.size - 1).rec) // 1_000_000
        return "".join(signer.ml_dsa.cosign(checkpoint, time_s) for signer in mine).encode()

    def add_ml_dsa_key(self) -> keys.MlDsaKey:
        """Sign with ML-DSA-44 too from the next checkpoint on, and make that checkpoint."""
        added = self.ml_dsa_keys()
        if added:
            raise Refused(f"the log has an ML-DSA-44 key since record {added[-1].record}; rotate replaces it")
        signers = self._signers()
        if len(signers) > 1:
            raise Refused("the key is being handed on. Next: wattledger keys rotate")
        _check_supported()
        if len(self._origin.encode()) > NAME_BYTES:
            raise Refused(
                f"an ML-DSA-44 signature is by a name of at most {NAME_BYTES} bytes, and the log's origin has"
                f" {len(self._origin.encode())}"
            )
        batch = self._writer.batch()
        batch.add_own(REGISTRY, self._ml_dsa_fact(signers[0], None, batch.next_index))
        self._writer.append(batch)
        self.seal()
        return self.ml_dsa_keys()[-1]

    def _ml_dsa_fact(self, signer: Signer, before: Signer | None, index: int) -> kinds.MlDsaKeyAdded:
        made = sign_ml_dsa_key(self._origin, signer, before, index)
        return kinds.MlDsaKeyAdded(
            vkey=signer.vkey,
            ml_dsa_vkey=signer.ml_dsa.vkey,
            signature=made.ed25519,
            ml_dsa_signature=made.ml_dsa,
            old_ml_dsa_signature=UNSET if made.old_ml_dsa is None else made.old_ml_dsa,
        )

    def rotate_key(self) -> keys.Rotation:
        """Hand on to a new key, with its ML-DSA-44 key where the log has one, and sign a checkpoint with
        both; a rotation that a crash cut short is finished instead.
        """
        if len(self._signers()) == 1:
            keys.create_next(self._key, self._writer.surroundings.random(keys.SEED_BYTES))
            old, new = self.signer(), keys.next_key(self._key, self._origin)
            batch = self._writer.batch()
            signatures = sign_rotation(self._origin, old, new, batch.next_index)
            batch.add_own(
                REGISTRY,
                kinds.KeyRotated(
                    old_vkey=old.vkey,
                    new_vkey=new.vkey,
                    old_signature=signatures[0],
                    new_signature=signatures[1],
                ),
            )
            if self.ml_dsa_keys():
                _check_supported()
                batch.add_own(REGISTRY, self._ml_dsa_fact(new, old, batch.next_index))
            self._writer.append(batch)
        self.seal()
        return self.rotations()[-1]


def _check_supported() -> None:
    """Refuse to go on without what the log's checkpoints must carry."""
    if not is_supported():
        raise Malformed(
            "the cryptography library here has no ML-DSA-44. Next: pip install 'cryptography>=48' (a wheel)"
        )


def _signed_by(note: bytes, signer: Signer) -> bool:
    """True where a signature line has this key's name and hash."""
    mine = (signer.name, key_hash(signer.name, signer.public))
    return any((line.name, line.key_hash) == mine for line in parse_note(note).signatures)
