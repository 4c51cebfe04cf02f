"""The one form of a bundle as a ZIP file: stored members in order, nothing between them, none too large."""

from __future__ import annotations

import zlib

import pytest

from ledger.verifier.faults import Misshapen
from ledger.verifier.zip_form import size_limit, zip_central, zip_end, zip_local, zip_members

MIB = 1 << 20


@pytest.mark.parametrize(
    ("name", "bytes_"),
    [
        ("registry.jsonl", 4096 * MIB),
        ("streams/2.jsonl", 4096 * MIB),
        ("log.hashes", 1024 * MIB),
        ("report/uptime.json", 256 * MIB),
        ("manifest.json", 16 * MIB),
        ("streams/2.json", 16 * MIB),
        ("checkpoint", 2 * MIB),
        ("heads.json", 2 * MIB),
        ("consistency/7", 2 * MIB),
        ("anchors/7.tsr", 2 * MIB),
    ],
)
def test_a_member_has_as_many_bytes_at_most(name: str, bytes_: int) -> None:
    assert size_limit(name) == bytes_


def archive(*names: str, before: bytes = b"", between: bytes = b"", after: bytes = b"") -> bytes:
    """Members of one byte each, with bytes before them, between them and their list, and at the list's end."""
    local, central = before, b""
    for name in names:
        entry = name.encode(), zlib.crc32(b"x"), 1
        central += zip_central(*entry, len(local))
        local += zip_local(*entry) + b"x"
    return local + between + central + after + zip_end(len(names), len(central + after), len(local + between))


def test_members_are_found_by_their_names() -> None:
    found = zip_members(memoryview(archive("checkpoint", "heads.json")))
    assert {name: (bytes(data), crc) for name, (data, crc) in found.items()} == {
        "checkpoint": (b"x", zlib.crc32(b"x")),
        "heads.json": (b"x", zlib.crc32(b"x")),
    }


@pytest.mark.parametrize(
    ("data", "code", "why"),
    [
        (archive("checkpoint", between=b"x"), "trailing-data", "has bytes between its members"),
        (archive("checkpoint", after=b"x"), "trailing-data", "has bytes between its members"),
        (archive("checkpoint", before=b"x"), "malformed", "member 'checkpoint' is not packed as bundles are"),
        (archive("heads.json", "checkpoint"), "malformed", "a bundle has no member 'checkpoint' there"),
        (archive("checkpoint", "checkpoint"), "malformed", "a bundle has no member 'checkpoint' there"),
        (archive("readme"), "malformed", "a bundle has no member 'readme' there"),
        (archive("checkpoint") + b"x", "trailing-data", "has bytes after its end, or its end is not that of a bundle"),
        (archive("checkpoint")[:-1], "trailing-data", "has bytes after its end, or its end is not that of a bundle"),
        (archive("checkpoint")[:-22], "malformed", "is not a ZIP file, or its end is missing"),
        (archive("checkpoint")[:21], "malformed", "has only 21 bytes: it is no bundle"),
        (b"x" * 22, "malformed", "is not a ZIP file, or its end is missing"),
        (b"", "malformed", "is empty"),
    ],
    ids=[
        "bytes before the list", "bytes after the list", "bytes before the first", "out of order", "twice", "another",
        "bytes after the end", "cut short", "no end", "nearly nothing", "no ZIP file", "empty",
    ],
)  # fmt: skip
def test_what_is_packed_otherwise_is_told_why(data: bytes, code: str, why: str) -> None:
    with pytest.raises(Misshapen) as found:
        zip_members(memoryview(data))
    assert (found.value.code, str(found.value)) == (code, why)
