"""One file with all parts of a recording (CFF, IEEE C37.111-2013): its sections by their separator lines."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ledger.errors import Malformed

_SEPARATOR: Final = re.compile(
    rb"^---[ \t]*file type:[ \t]*(CFG|INF|HDR|DAT)[ \t]*(?:([A-Z0-9]+)[ \t]*)?"
    rb"(?::[ \t]*([0-9]{1,12})[ \t]*)?---[ \t]*\r?$\n?",
    re.MULTILINE | re.IGNORECASE,
)


class RecordingParts(NamedTuple):
    """The two parts that make a recording."""

    cfg: bytes
    dat: bytes


def split(data: bytes) -> RecordingParts:
    """CFG and DAT of a CFF; ``Malformed`` names the one that is not there or cut short."""
    found: dict[bytes, bytes] = {}
    place = 0
    while (match := _SEPARATOR.search(data, place)) is not None:
        kind, length = match[1].upper(), match[3]
        if kind in found:
            raise Malformed(f"has two sections {kind.decode()}")
        if kind == b"DAT" and length is not None:
            stop = match.end() + int(length)
            if stop > len(data):
                raise Malformed(
                    f"its DAT has {len(data) - match.end():,} bytes of {int(length):,}; a part is missing"
                )
        else:
            after = _SEPARATOR.search(data, match.end())
            stop = len(data) if after is None else after.start()
        found[kind] = data[match.end() : stop]
        place = stop
    missing = [kind for kind in ("CFG", "DAT") if kind.encode() not in found]
    if missing:
        raise Malformed(f"has no section {' and '.join(missing)}, such as --- file type: CFG ---")
    return RecordingParts(found[b"CFG"], found[b"DAT"])
