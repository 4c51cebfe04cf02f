"""JSON from outside is read strictly; whatever is hostile or inexact gets a clear message."""

from __future__ import annotations

import pytest

from ledger.errors import Malformed
from ledger.records import strict_json


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b'{"a":1,"a":2}', "has the key 'a' twice"),
        (b"1.0", "is not a whole number; give it in the base unit: 1.0"),
        (b"1e999999", "is not a whole number; give it in the base unit: 1e999999"),
        (b"NaN", "is not JSON: NaN is not a JSON number; write null for an unknown value"),
        (b"-Infinity", "is not JSON: -Infinity is not a JSON number; write null for an unknown value"),
        (
            b"9007199254740992",
            "is beyond 2^53, the largest number every reader keeps exactly: 9007199254740992",
        ),
        (b"9" * 5000, "is beyond 2^53, the largest number every reader keeps exactly: " + "9" * 40),
        (b"-0", "is minus zero; write 0"),
        (b'{"at":1e400,"b":{"c":1.5}}', "at is not a whole number; give it in the base unit: 1e400"),
        (b'{"b":[{"w":0},{"w":1.5}]}', "b[1].w is not a whole number; give it in the base unit: 1.5"),
        (b'{"a":{"b":-0', "is minus zero; write 0"),
        (b"[" * 40 + b"1.5" + b"]" * 40, "is not a whole number; give it in the base unit: 1.5"),
        (b"[" * 100_000, "is nested deeper than 32"),
        (b"[" * 40 + b"]" * 40, "is nested deeper than 32"),
        (b"\xff", "is not UTF-8: invalid start byte at byte 0"),
        (b"\xef\xbb\xbf{}", "begins with a byte order mark; save it as UTF-8 without one"),
        (b'{"a":', "is not JSON: Expecting value at character 6"),
    ],
    ids=lambda value: repr(value[:20]),
)
def test_hostile_json_gets_a_clear_message(text: bytes, message: str) -> None:
    with pytest.raises(Malformed) as why:
        strict_json.parse_json(text)
    assert str(why.value) == message
