"""The one valid form of a bundle as a ZIP file: stored members, sorted, nothing between or after them."""

from __future__ import annotations

import re
import struct

from ledger.verifier.faults import PIECE_LIMIT, PROOF_LIMIT, REPORT_LIMIT, Misshapen

MANIFEST = "manifest.json"
DIRECTORY = "directory.jsonl"
LOG_HASHES = "log.hashes"
_NAMES = re.compile(
    r"checkpoint|directory\.jsonl|heads\.json|log\.hashes|manifest\.json|registry\.jsonl|sections\.jsonl"
    r"|streams/0\.json|streams/[1-9]\d{0,9}\.jsonl?"
    r"|consistency/[1-9]\d{0,18}|report/[a-z0-9-]{1,64}\.json|anchors/[1-9]\d{0,18}\.tsr",
    re.ASCII,
)


def size_limit(name: str) -> int:
    """The most bytes that a member may have; how many records there are is no matter."""
    if name.endswith(".jsonl"):
        return 1 << 32
    if name == LOG_HASHES:
        return 1 << 30
    if name.startswith("report/"):
        return REPORT_LIMIT
    return PROOF_LIMIT if name == MANIFEST or name.startswith("streams/") else PIECE_LIMIT


_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_JANUARY_1980 = 33


def zip_local(name: bytes, crc: int, size: int) -> bytes:
    """The header before a stored member's bytes."""
    return _LOCAL.pack(b"PK\x03\x04", 20, 0, 0, 0, _JANUARY_1980, crc, size, size, len(name), 0) + name


def zip_central(name: bytes, crc: int, size: int, start: int) -> bytes:
    """A member's entry in the list at the end; ``start`` is where its local header begins."""
    fields = (20 | 3 << 8, 20, 0, 0, 0, _JANUARY_1980, crc, size, size, len(name), 0, 0, 0, 0, 0, start)
    return _CENTRAL.pack(b"PK\x01\x02", *fields) + name


def zip_end(count: int, size: int, start: int) -> bytes:
    """The last bytes: how many entries, in how many bytes, from where."""
    return _END.pack(b"PK\x05\x06", 0, 0, count, count, size, start, 0)


def zip_members(data: memoryview) -> dict[str, tuple[memoryview, int]]:
    if len(data) < _END.size:
        raise Misshapen(
            "malformed", "is empty" if not len(data) else f"has only {len(data)} bytes: it is no bundle"
        )
    tail = bytes(data[-_END.size :])
    count, size, start = _END.unpack(tail)[4:7] if tail[:4] == b"PK\x05\x06" else (0, 0, 0)
    if tail != zip_end(count, size, start) or start + size + _END.size != len(data):
        if bytes(data[-(1 << 16) :]).rfind(b"PK\x05\x06") >= 0:
            raise Misshapen("trailing-data", "has bytes after its end, or its end is not that of a bundle")
        raise Misshapen("malformed", "is not a ZIP file, or its end is missing")
    found: dict[str, tuple[memoryview, int]] = {}
    place, entry, last = 0, start, ""
    for _ in range(count):
        said = _CENTRAL.unpack(data[entry : entry + _CENTRAL.size])
        crc, length, width = said[7], said[9], said[10]
        raw = bytes(data[entry + _CENTRAL.size : entry + _CENTRAL.size + width])
        central, local = zip_central(raw, crc, length, place), zip_local(raw, crc, length)
        name = raw.decode("ascii")
        if data[entry : entry + len(central)] != central or data[place : place + len(local)] != local:
            raise Misshapen("malformed", f"member {name[:80]!r} is not packed as bundles are")
        if name <= last or not _NAMES.fullmatch(name):
            raise Misshapen("malformed", f"a bundle has no member {name[:80]!r} there")
        if length > size_limit(name):
            raise Misshapen("malformed", f"has {length:,} bytes, {size_limit(name):,} are the most", name)
        first = place + len(local)
        place, entry, last = first + length, entry + len(central), name
        found[name] = (data[first:place], crc)
    if (place, entry) != (start, start + size):
        raise Misshapen("trailing-data", "has bytes between its members")
    return found
