"""Check 5: the last record before the checkpoint commits to a directory of all streams."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Sequence

from ledger.verifier.bundle import Bundle, hashes_said
from ledger.verifier.checkpoints import Checkpoint
from ledger.verifier.faults import Misshapen, Missing, ProofError
from ledger.verifier.keys import strict_base64
from ledger.verifier.leaf import HEX64, Leaf, all_match, read_leaf
from ledger.verifier.reader import Asked
from ledger.verifier.times import seconds
from ledger.verifier.trees import check_inclusion, grow, leaf_hash, peaks_root
from ledger.verifier.zip_form import DIRECTORY


def check_heads(bundle: Bundle, checkpoint: Checkpoint) -> tuple[Leaf, int, bytes]:
    """The last leaf, with the number of streams and the root over their directory that it commits to."""
    where = "heads.json"
    said = bundle.json(where, "inclusion", "leaf")
    try:
        data = strict_base64(said["leaf"])
    except (ValueError, AttributeError, binascii.Error):
        raise Misshapen("malformed", "its leaf is not base64", where) from None
    try:
        heads = read_leaf(data)
    except ProofError as why:
        why.where = where
        raise
    body, last = heads.body, checkpoint.size - 1
    if (heads.kind, heads.stream, heads.place) != ("ledger-heads.v1", "ledger/heads", last):
        raise ProofError(
            "heads-not-last-leaf",
            f"it is not the heads record at index {last}, the last of the checkpoint",
            where,
        )
    if (
        set(body) != {"count", "dir"}
        or type(body["count"]) is not int
        or not all_match([body["dir"]], HEX64)
        or body["count"] < 2
    ):
        raise Misshapen("non-canonical-leaf", "a heads record says count and dir", where)
    try:
        check_inclusion(
            checkpoint.root, checkpoint.size, last, leaf_hash(data), hashes_said(said["inclusion"], where)
        )
    except ProofError as why:
        why.code, why.where = "heads-inclusion" if why.code == "range-root" else why.code, where
        raise
    return heads, body["count"], bytes.fromhex(body["dir"])


_LINE = re.compile(rb'\[(0|[1-9][0-9]{0,15}),(0|[1-9][0-9]{0,15}),"[0-9a-f]{64}"\]')
WHY_NOT_TIED = (
    "it is of the format before November 2026, which does not prove its records in the log itself: ask for a"
    " new bundle, or take it with --accept-old"
)


def check_directory(bundle: Bundle, count: int, root: bytes) -> Sequence[bytes]:
    """The lines of the directory that the heads record commits to."""
    lines = [line for part in bundle.lines(DIRECTORY) for line in part]
    for n, line in enumerate(lines, start=1):
        if not _LINE.fullmatch(line):
            raise Misshapen("malformed", "is no line [number,size,root]", f"{DIRECTORY}:{n}")
    hashes = [leaf_hash(line) for line in lines]
    if len(lines) != count or peaks_root(grow(0, [], hashes)) != root:
        raise ProofError(
            "directory-inclusion", "it is not the directory that the log committed to", DIRECTORY
        )
    return lines


def check_sizes(lines: Iterable[bytes], index: int) -> None:
    """Each stream has its own line, and each record before the heads record at ``index`` is in one stream."""
    total = 0
    for n, line in enumerate(lines):
        number, size, _ = line[1:].split(b",")
        if int(number) != n:
            why = f"it is of stream {int(number)}, where {n} is due"
            raise ProofError("directory-mismatch", why, f"{DIRECTORY}:{n + 1}")
        total += int(size)
    if total != index:
        why = f"its streams have {total:,} records, the log has {index:,} before the heads record"
        raise ProofError("directory-mismatch", why, DIRECTORY)


def check_age(asked: Asked, heads: Leaf, missing: Missing) -> None:
    if asked.max_age_s is None:
        return
    age_s = asked.now_s - seconds(heads.rec)
    if age_s > asked.max_age_s:
        missing.append(
            ("too-old", "heads.json", f"its newest record is of {heads.rec}, which is {age_s} s ago")
        )
    elif age_s < -300:
        missing.append(
            (
                "too-old",
                "heads.json",
                f"its newest record is of {heads.rec}, in the future by your clock: its age cannot be judged",
            )
        )
