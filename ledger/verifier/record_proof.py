"""C2SP tlog-proof: the file that proves one record, with its bytes as extra data."""

from __future__ import annotations

import binascii
import re

from ledger.verifier.faults import NOTE_LIMIT, Misshapen
from ledger.verifier.keys import strict_base64

SINGLE = b"c2sp.org/tlog-proof@v1\n"


def parse_single(data: bytes) -> tuple[int, bytes, list[bytes], bytes]:
    head, _, note = bytes(data[:NOTE_LIMIT]).removeprefix(SINGLE).partition(b"\n\n")
    try:
        extra, place, *proof = head.decode("ascii").split("\n")
        index, leaf = place[len("index ") :], extra[len("extra ") :]
        if extra[: len("extra ")] != "extra " or place[: len("index ")] != "index " or len(data) > NOTE_LIMIT:
            raise ValueError(
                "its lines are: the header, extra with the record, index, the proof, an empty line,"
                " the checkpoint"
            )
        if not re.fullmatch("0|[1-9][0-9]{0,17}", index, re.ASCII):
            raise ValueError(f"its index is no number: {index[:40]!r}")
        return int(index), strict_base64(leaf), list(map(strict_base64, proof)), note
    except (ValueError, binascii.Error) as why:
        raise Misshapen("malformed", f"is no proof of one record: {why}") from None
