"""``verify --anchor``: a bundle, or a book, against checkpoints that left it earlier.

Whoever rewrites a log can sign it again, but cannot change what others were sent. An anchored checkpoint that
is signed by a key of the log must be a prefix of it: one of the same size with another root is a fork, one
over more records than the book holds a rollback. A root is worth no more than the records under it: a book is
hashed again from the bytes of its records before its roots are compared. What was anchored is read as each
destination keeps it: a folder of ``.checkpoint`` files, one such file, JSON of a webhook, lines of a syslog
server, a mailbox.
"""

from __future__ import annotations

import base64
import binascii
import mailbox
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from ledger.app.book.book import Book
from ledger.app.host.progress import Progress, no_progress
from ledger.app.proofs.verification import Judged, typed
from ledger.errors import Malformed, Tampered, VerificationFailed
from ledger.verifier.checkpoints import Checkpoint, parse_checkpoint
from ledger.verifier.faults import NOTE_LIMIT, ProofError
from ledger.verifier.keys import VerifierKey, parse_vkey
from ledger.verifier.notes import parse_note, verified_by
from ledger.verifier.signatures import pinned_key
from ledger.verifier.verdict import Verdict

LARGEST: Final = 64 << 20
STEP: Final = 1024
ALTERED: Final = "altered"
_SYSLOG: Final = re.compile(rb"\[wattledger@32473 [^\n]*\] ([A-Za-z0-9+/]+=*)\s*$")
NOTHING: Final = "holds no checkpoint that was anchored: name the folder, mailbox or file that received them"


class AnchoredCheckpoint(NamedTuple):
    """A checkpoint as somebody kept it, and where."""

    where: str
    checkpoint: Checkpoint


class AnchorsFound(NamedTuple):
    """What is wrong (None: nothing): fork or rollback, where it is anchored, and why; the number of checkpoints
    that were compared, of how many there are, and the size of the newest. ``altered``: the book's own records
    are not those that it committed to, and ``where`` is the book.
    """

    code: str | None
    where: str
    why: str
    compared: int
    anchored: int
    newest: int

    @property
    def exit_code(self) -> int:
        """0, 1 for a verification that failed, 4 for a book that was changed."""
        if self.code is None:
            return 0
        return Tampered.exit_code if self.code == ALTERED else VerificationFailed.exit_code


# --- reading what was kept ----------------------------------------------------------------------------------


def read_anchors(path: Path, origin: str, keys: Sequence[VerifierKey]) -> list[AnchoredCheckpoint]:
    """The checkpoints of a log, the smallest first, each signed by one of its keys; ``Malformed`` where there
    is none, or a signature is wrong. What is of other logs is passed over.
    """
    found = []
    for where, note in _notes(path):
        try:
            parsed = parse_note(note)
            checkpoint = parse_checkpoint(parsed.text)
            if checkpoint.origin != origin:
                continue
            if not verified_by(parsed, keys):
                raise Malformed(f"--anchor {where}: it is signed by no key of {origin} that is known here")
        except ProofError as why:
            raise Malformed(f"--anchor {where}: {why}") from None
        found.append(AnchoredCheckpoint(where, checkpoint))
    if not found:
        raise Malformed(f"--anchor {path} {NOTHING} (log {origin})")
    return sorted(found, key=lambda one: (one.checkpoint.size, one.where))


def _notes(path: Path) -> Iterator[tuple[str, bytes]]:
    files = sorted(path.glob("*.checkpoint")) if path.is_dir() else [path]
    for file in files:
        with file.open("rb") as stream:
            data = stream.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise Malformed(f"--anchor {file}: is larger than {LARGEST:,} bytes; split it")
        yield from ((f"{file}{place}", note) for place, note in _of_file(file, data))


def _of_file(file: Path, data: bytes) -> Iterator[tuple[str, bytes]]:
    """The notes of one file, in the form that it is in, each with its place."""
    if data.startswith(b"From "):
        yield from _of_mailbox(file)
        return
    lines = [(f":{n}", note) for n, line in enumerate(data.splitlines(), 1) if (note := _of_line(line))]
    if lines:
        yield from lines
    elif b"\n\n" in data[:NOTE_LIMIT]:
        yield "", data.replace(b"\r\n", b"\n")


def _of_line(line: bytes) -> bytes | None:
    """The note in a line of a syslog file or of JSON; None in any other."""
    if found := _SYSLOG.search(line):
        try:
            return base64.b64decode(found[1], validate=True)
        except binascii.Error:
            return None
    if line.lstrip().startswith(b"{"):
        try:
            said: Any = msgspec.json.decode(line)
        except msgspec.DecodeError:
            return None
        note = said.get("checkpoint") if isinstance(said, Mapping) else None
        return note.encode() if isinstance(note, str) else None
    return None


def _of_mailbox(file: Path) -> Iterator[tuple[str, bytes]]:
    with closing(mailbox.mbox(file, create=False)) as box:
        for number, message in enumerate(box, 1):
            body = message.get_payload(decode=True)
            if isinstance(body, bytes) and str(message.get("Subject", "")).startswith("checkpoint of "):
                yield f": message {number}", body.replace(b"\r\n", b"\n").rstrip(b"\n") + b"\n"


# --- comparing ----------------------------------------------------------------------------------------------


def compare_book(book: Book, path: Path, key: str, progress: Progress = no_progress) -> AnchorsFound:
    """A book against what was anchored of it; ``key`` is the verifier key that its holder was given,
    ``Malformed`` where it is none.
    """
    with typed():
        pinned_key(key)
    chain = [one for rotation in book.seals.rotations() for one in (rotation.old_vkey, rotation.new_vkey)]
    known = dict.fromkeys((*chain, *([now] if (now := book.seals.vkey()) is not None else [])))
    if known and key not in known:
        return AnchorsFound("unknown-key", "--key", "the book's log has never had this key", 0, 0, 0)
    anchors = read_anchors(path, book.config.origin, [parse_vkey(one) for one in (key, *known)])
    try:
        _hash_again(book, progress)
        return _against(book, anchors)
    except Tampered as why:
        newest = anchors[-1].checkpoint.size
        return AnchorsFound(ALTERED, str(book.directory), str(why), 0, len(anchors), newest)


def _hash_again(book: Book, progress: Progress) -> None:
    """Hash every record from its bytes; ``Tampered``, with the first that changed, unless the book's roots are
    those of these bytes.
    """
    size = book.store.size
    for done, _ in enumerate(book.reads.leaves(0, size), 1):
        if done % STEP == 0 or done == size:
            progress(done, size)


def _against(book: Book, anchors: Sequence[AnchoredCheckpoint]) -> AnchorsFound:
    """A book whose roots are those of its records, against what was anchored of it."""
    for number, one in enumerate(anchors):
        size = one.checkpoint.size
        if size > book.store.size:
            why = f"{size:,} records were anchored; the book holds {book.store.size:,}"
            return _wrong("rollback", one, why, number, anchors)
        if book.root_at(size) != one.checkpoint.root:
            why = f"the book's first {size:,} records are not those that were anchored"
            return _wrong("fork", one, why, number, anchors)
    return AnchorsFound(None, "", "", len(anchors), len(anchors), anchors[-1].checkpoint.size)


def compare_bundle(judged: Judged, path: Path, key: str) -> tuple[Verdict, AnchorsFound | None]:
    """The verdict on a bundle in the light of what was anchored. A fork is proven with what the bundle carries:
    its own checkpoint and the earlier ones that it proves to be its prefix. It is not enough where the newest
    anchored checkpoint cannot be compared.
    """
    checked, verdict = judged.checked, judged.verdict
    if checked is None:
        return verdict, None
    mine = checked.checkpoint
    anchors = read_anchors(path, mine.origin, [parse_vkey(one) for one in dict.fromkeys((key, checked.key))])
    proven = {**checked.earlier, mine.size: mine}
    compared = [one for one in anchors if one.checkpoint.size in proven]
    newest = anchors[-1].checkpoint.size
    for one in compared:
        if proven[one.checkpoint.size].root != one.checkpoint.root:
            why = f"its first {one.checkpoint.size:,} records are not those that were anchored"
            failed = Verdict("FAILED", "fork", one.where, why, "not-checked", None)
            return failed, _wrong("fork", one, why, len(compared), anchors)
    found = AnchorsFound(None, "", "", len(compared), len(anchors), newest)
    if verdict.verdict != "VERIFIED" or newest in proven:
        return verdict, found
    if newest > mine.size:
        code = "behind-anchor"
        why = f"{newest:,} records were anchored, and this is of {mine.size:,}: ask for a newer bundle"
    else:
        code = "no-consistency"
        why = (
            f"nothing proves that these {mine.size:,} records go on from the {newest:,} that were anchored: ask"
            " for a bundle made --since your state"
        )
    where = anchors[-1].where
    return verdict._replace(verdict="INCOMPLETE-TRUST", code=code, where=where, why=why), found


def _wrong(
    code: str, one: AnchoredCheckpoint, why: str, compared: int, anchors: Sequence[AnchoredCheckpoint]
) -> AnchorsFound:
    return AnchorsFound(code, one.where, why, compared, len(anchors), anchors[-1].checkpoint.size)
