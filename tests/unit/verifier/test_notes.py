"""Signed notes as their readers take them apart: the text, and a line for each who signed (C2SP signed-note)."""

from __future__ import annotations

import base64

import pytest

from ledger.verifier.faults import NOTE_LIMIT, SIGNATURE_LIMIT, Misshapen
from ledger.verifier.notes import Signature, parse_note


def line(name: str = "a.example/log", data: bytes = b"hash\1") -> str:
    return f"\u2014 {name} {base64.b64encode(data).decode()}\n"


def long(size: int) -> str:
    """A text with which a note has so many bytes."""
    return "x" * (size - len(f"\n\n{line()}".encode())) + "\n"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("origin\n", 1),
        ("two\n\nparts\n", 1),
        ("\n", 1),
        ("!\x7f \n", 1),
        (long(NOTE_LIMIT), 1),
        ("origin\n", SIGNATURE_LIMIT),
    ],
    ids=[
        "plain",
        "with an empty line",
        "a line end",
        "a space",
        "as long as may be",
        "as often signed as may be",
    ],
)
def test_a_note_is_its_text_and_its_signatures(text: str, count: int) -> None:
    """The last empty line parts them; a name is followed by four bytes of a key's hash, and one at least of a
    signature.
    """
    found = parse_note(f"{text}\n{count * line()}".encode())
    assert found == (text, count * (Signature("a.example/log", b"hash", b"\1"),))


@pytest.mark.parametrize(
    ("data", "code", "why"),
    [
        (f"{long(NOTE_LIMIT + 1)}\n{line()}", "trailing-data", "at most 1,000,000 bytes"),
        (f"origin\n\n{line() * (SIGNATURE_LIMIT + 1)}", "too-many-signatures", "at most 100 signatures"),
        (f"origin\n{line()}", "bad-signature", "has no signature lines"),
        (f"origin\n\n{line()}"[:-1], "bad-signature", "has no signature lines"),
        ("origin\n\n", "bad-signature", "has no signature lines"),
        (f"ori\x1fgin\n\n{line()}", "bad-signature", "has a control character"),
        (f"ori\tgin\n\n{line()}", "bad-signature", "has a control character"),
        (f"origin\n\n{line()[2:]}", "bad-signature", "not a signature line"),
        (f"origin\n\n{line('a+b')}", "bad-signature", "not a signature line"),
        (f"origin\n\n{line('')}", "bad-signature", "not a signature line"),
        (f"origin\n\n{line(data=b'hash')}", "bad-signature", "not a signature line"),
        ("origin\n\n\u2014 a.example/log\n", "bad-signature", "not a signature line"),
        ("origin\n\n\u2014 a.example/log aGFzaAE\n", "bad-signature", "not a signature line"),
    ],
)  # fmt: skip
def test_what_is_no_note_is_told_why(data: str, code: str, why: str) -> None:
    with pytest.raises(Misshapen, match=why) as found:
        parse_note(data.encode())
    assert found.value.code == code
