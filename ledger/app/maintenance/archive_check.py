"""``verify DIR``: a whole archive, by the log's verifier key alone.

The folder is all that is read. Every file is hashed as it is opened (``ledger.store.archive``); then each record is
read strictly, each heads record must commit to the streams before it, and the checkpoints must be signed by keys that
were handed on from the reader's (PROOF 1 to 3). So the assurance is that of a witness who read the whole log.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from msgspec import UNSET

from ledger.app.book import config
from ledger.app.host.files import pasted
from ledger.app.host.progress import Progress
from ledger.app.maintenance.export_reader import Item
from ledger.app.maintenance.full_log import check_records
from ledger.app.proofs.verification import typed
from ledger.errors import Malformed, Refused, Tampered, VerificationFailed
from ledger.log.checkpoint import parse_checkpoint
from ledger.records import leaf_format
from ledger.records.ids import text_id
from ledger.store.archive.store import ArchiveStore
from ledger.store.open import ARCHIVE
from ledger.verifier.faults import ProofError
from ledger.verifier.key_chain import key_walk
from ledger.verifier.keys import parse_vkey
from ledger.verifier.leaf import read_leaf
from ledger.verifier.notes import parse_note, verified_by
from ledger.verifier.signatures import AS_HELD, pinned_key
from ledger.verifier.verdict import Verdict, refusal

ALTERED = "altered"


def check_archive(directory: Path, key: str, progress: Progress) -> Verdict:
    """The verdict on an archive; ``Malformed`` where the folder is none, or the key is none."""
    vkey = pasted(key)
    with typed():
        pinned_key(vkey)
    settings = config.read_config(directory)
    if settings.backend != ARCHIVE:
        raise Malformed(f"{directory} is a book, not an archive; wattledger fsck checks a book")
    try:
        with closing(ArchiveStore(directory)) as store:
            return Verdict(
                "VERIFIED", None, "", "", "none", _scope(store, directory, settings, vkey, progress)
            )
    except ProofError as why:
        return refusal(why)
    except (Tampered, Malformed, Refused, VerificationFailed) as why:
        if isinstance(why, Malformed) and not (directory / "checkpoint").exists():
            raise
        return Verdict("FAILED", ALTERED, str(directory), str(why), "none", None)


def _scope(
    store: ArchiveStore, directory: Path, settings: config.Config, vkey: str, progress: Progress
) -> dict[str, Any]:
    """What the verdict is about; raises where anything is wrong."""
    seal = store.last_seal()
    if seal is None or seal.size != store.size:
        raise VerificationFailed(
            f"{directory}/checkpoints holds no note over the last {store.size:,} records"
        )
    newest = store.note
    checkpoint = parse_checkpoint(newest)
    if checkpoint.origin != settings.origin or not vkey.startswith(f"{checkpoint.origin}+"):
        raise ProofError(
            "wrong-origin",
            f"it is a log of {checkpoint.origin}, and book.toml or your key is of another",
            "checkpoint",
        )
    held = {"held": 0, "left_out": 0}
    corrected = {text_id(target) for target, _ in store.corrections()}
    check_records(_items(store, held, progress), str(directory), checkpoint, newest, [vkey], corrected)
    registry = list(map(read_leaf, store.read_stream(0, 0, None)))
    walked = [parse_vkey(one) for one in key_walk(checkpoint.origin, vkey, registry)]
    for one in store.seals():
        if not verified_by(parse_note(one.note), walked):
            raise ProofError(
                "bad-signature",
                f"the note over {one.size:,} records is signed by no key of this log",
                "checkpoints",
            )
    return {
        "origin": checkpoint.origin,
        "size": store.size,
        "root": checkpoint.root.hex(),
        "rec": leaf_format.decode(next(store.read(store.size - 1, store.size))).rec,
        "key": vkey,
        "streams": store.forest.count(),
        "checkpoints": len(store.seals()),
        "sections": held,
        "assurance": AS_HELD,
    }


def _items(store: ArchiveStore, held: dict[str, int], progress: Progress) -> Iterator[Item]:
    """The records as an export would give them; sections are compared with their hashes and counted."""
    for index, leaf in enumerate(store.read(0, store.size)):
        record = leaf_format.decode_strict(leaf)
        sections = store.read_sections(index)
        due = {} if record.sections is UNSET else record.sections
        for section in sections:
            if due.get(section.name) != leaf_format.section_hash(*section):
                raise Tampered(f"section {section.name!r} of record {index} is not what was recorded")
        held["held"] += len(sections)
        held["left_out"] += len(due) - len(sections)
        yield Item(index + 1, leaf, record, tuple(sections))
        if index % 1000 == 999:
            progress(index + 1, store.size)
    progress(store.size, store.size)


def words(found: Verdict, directory: Path) -> Iterator[str]:
    """The verdict for people."""
    said = found.scope
    if said is None:
        yield f"{found.verdict}: {found.code}"
        yield f"  {found.where}: {found.why}"
        yield "Nothing in the archive is to be relied on."
        return
    yield f"VERIFIED: {directory} is the whole log of {said['origin']}, no record altered or left out:"
    yield f"  {said['size']:,} records of {said['streams']:,} streams, {said['checkpoints']:,} signed checkpoints"
    yield f"  the newest recorded {said['rec']} by the operator's clock"
    sections = said["sections"]
    if any(sections.values()):
        yield f"  sections: {sections['held']:,} are here, {sections['left_out']:,} were left out or erased"
