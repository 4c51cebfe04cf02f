"""An opened bundle: its format, its members, and their lines."""

from __future__ import annotations

from hashlib import sha256

import pytest

from ledger.verifier.bundle import FORMAT, OLD_FORMAT, Bundle
from ledger.verifier.canonical_json import canonical
from ledger.verifier.faults import Misshapen
from tests.support.forging import OPERATIONS, judged, two_streams
from tests.unit.verifier.test_attacks import _zipped


@pytest.mark.parametrize(
    ("format_", "where"),
    [(FORMAT, ""), (OLD_FORMAT, ""), ("wattledger-bundle/v3", "manifest.json"), (2, "manifest.json")],
)
def test_a_bundle_is_of_a_format_that_the_verifier_knows(format_: object, where: str) -> None:
    """One of the new form that says it is of the old has members too many."""
    members = two_streams().members([OPERATIONS])
    files = {name: [len(data), sha256(data).hexdigest()] for name, data in members.items()}
    manifest = canonical({"files": files, "format": format_, "reports": []}).encode()
    found = judged(_zipped({**members, "manifest.json": manifest}))
    assert (found.code, found.where) == (None if format_ == FORMAT else "malformed", where)


def parts(data: bytes, size: int) -> list[list[bytes]]:
    return list(Bundle({"x.jsonl": memoryview(data)}, ()).lines("x.jsonl", size))


@pytest.mark.parametrize(
    ("data", "size", "read"),
    [
        (b"", 4, []),
        (b"\n", 4, [[b""]]),
        (b"ab\ncd\n", 6, [[b"ab", b"cd"]]),
        (b"ab\ncd\n", 5, [[b"ab"], [b"cd"]]),
        (b"ab\ncd\n", 3, [[b"ab"], [b"cd"]]),
        (b"a\nb\ncd\n", 4, [[b"a", b"b"], [b"cd"]]),
    ],
)
def test_a_member_is_read_in_parts_of_whole_lines(data: bytes, size: int, read: list[list[bytes]]) -> None:
    assert parts(data, size) == read


@pytest.mark.parametrize(
    ("data", "size", "why"),
    [(b"ab", 4, "does not end with a newline"), (b"abc\n", 3, "has a line of more than 3 bytes")],
)
def test_a_member_that_is_not_made_of_lines_is_malformed(data: bytes, size: int, why: str) -> None:
    with pytest.raises(Misshapen, match=why) as found:
        parts(data, size)
    assert (found.value.code, found.value.where) == ("malformed", "x.jsonl")
