"""Record ids: UUIDs of version 8 derived from a fact's content, as text and as the 16 bytes that stores
keep.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from ledger import calendar

ID_BYTES: Final = 16
_SORTED = msgspec.json.Encoder(order="sorted")


def named_id(at: str, name: Any) -> str:
    """The id of a fact from its ``at`` and from what names it, any JSON value: the same for everybody and at
    any time.
    """
    return uuid8(calendar.instant_s(at) * 1000, _SORTED.encode(name))


def uuid8(milliseconds: int, content: bytes) -> str:
    """A UUIDv8 whose first 48 bits are a time and whose other 74 free bits are the start of
    SHA-256(content).
    """
    bits = int.from_bytes(hashlib.sha256(content).digest()[:10], "big") >> 6
    high, middle, low = bits >> 62, 0b10 << 14 | bits >> 48 & 0x3FFF, bits & 0xFFFF_FFFF_FFFF
    return f"{milliseconds >> 16 & 0xFFFF_FFFF:08x}-{milliseconds & 0xFFFF:04x}-8{high:03x}-{middle:04x}-{low:012x}"


def binary_id(id_: str) -> bytes:
    """The 16 bytes of a record's id, as stores keep it."""
    return bytes.fromhex(id_.replace("-", ""))


def binary_ids(ids: Sequence[str]) -> list[bytes]:
    """The 16 bytes of each id, converted at once."""
    whole = bytes.fromhex("".join(ids).replace("-", ""))
    return [whole[n : n + ID_BYTES] for n in range(0, len(whole), ID_BYTES)]


def text_id(id_: bytes) -> str:
    """A record's id as text, as records hold it, from its 16 bytes."""
    text = id_.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
