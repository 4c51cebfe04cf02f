"""Canonical JSON beside the test data of RFC 8785's author: what a log can hold of it is read, and the rest is
refused by its name.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ledger.verifier.canonical_json import nesting_depth, read_json
from ledger.verifier.faults import DEPTH_LIMIT, VALUE_LIMIT

VECTORS = Path(__file__).parents[2] / "vectors" / "canonical-json"
HELD = ("structures", "unicode")
BEYOND = {
    "arrays": "has a null",
    "french": "has a key that is not ASCII",
    "values": "has a number that is no integer: 333333333",
    "weird": "is not canonical JSON",  # sorted as UTF-16, which differs only for keys beyond ASCII
}


def canonical(name: str) -> bytes:
    return (VECTORS / "output" / f"{name}.json").read_bytes()


def test_every_vector_is_read_or_refused() -> None:
    assert {path.stem for path in (VECTORS / "output").iterdir()} == {*HELD, *BEYOND}


@pytest.mark.parametrize("name", HELD)
def test_a_canonical_text_says_what_its_input_says(name: str) -> None:
    assert read_json(canonical(name)) == json.loads((VECTORS / "input" / f"{name}.json").read_bytes())


@pytest.mark.parametrize("name", HELD)
def test_the_same_value_written_otherwise_is_refused(name: str) -> None:
    otherwise = json.dumps(json.loads(canonical(name)), ensure_ascii=False, indent=1)
    with pytest.raises(ValueError, match="is not canonical JSON"):
        read_json(otherwise.encode())


@pytest.mark.parametrize(("name", "why"), BEYOND.items())
def test_what_no_log_holds_is_refused_by_name(name: str, why: str) -> None:
    """No null, no key beyond ASCII, no number but an integer."""
    with pytest.raises(ValueError, match=why):
        read_json(canonical(name))


@pytest.mark.parametrize("number", [2**53 - 1, 1 - 2**53])
def test_the_largest_numbers_that_every_reader_holds_are_read(number: int) -> None:
    assert read_json(str(number).encode()) == number


@pytest.mark.parametrize(
    "digits",
    [
        "9007199254740992",
        "-9007199254740992",
        "1" + 17 * "0",
        pytest.param("1" + 4_999 * "0", id="5,000 digits"),
    ],
)
def test_a_larger_number_is_refused_and_never_converted(digits: str) -> None:
    """Converting thousands of digits takes long, and JavaScript would round."""
    with pytest.raises(ValueError, match=r"has a number beyond 2\^53"):
        read_json(digits.encode())


def listed(count: int) -> bytes:
    """A list of so many values, each of which a comma or the bracket begins."""
    return b"[" + b",".join([b"1"] * count) + b"]"


def test_a_text_holds_as_many_values_as_the_limit() -> None:
    assert len(read_json(listed(VALUE_LIMIT))) == VALUE_LIMIT


def test_a_text_of_one_value_more_is_refused() -> None:
    with pytest.raises(ValueError, match=f"has more than {VALUE_LIMIT:,} values"):
        read_json(listed(VALUE_LIMIT + 1))


@pytest.mark.parametrize(
    "inside",
    [b"", b'"[",', b'"\\\\",', b'"\\"[[",', b'"' + b"x" * 70_000 + b'[",', b'"' + b"\\" * 65_535 + b'\\",'],
)
@pytest.mark.parametrize("deep", [1, DEPTH_LIMIT, DEPTH_LIMIT + 5])
def test_depth_is_that_of_the_brackets_outside_of_texts(inside: bytes, deep: int) -> None:
    """Wherever a text is cut for looking at it."""
    assert nesting_depth(b"[" * deep + inside + b"1" + b"]" * deep + b"," + b"[" + inside + b"1]") == deep


@pytest.mark.parametrize("unit", [(b"[", b"]"), (b'{"a":', b"}")], ids=["lists", "objects"])
@pytest.mark.parametrize("more", [0, 1])
def test_a_text_is_as_deep_as_the_limit_and_no_deeper(unit: tuple[bytes, bytes], more: int) -> None:
    """Every reader of a record must be able to go down to its last value."""
    text = unit[0] * (DEPTH_LIMIT + more) + b"1" + unit[1] * (DEPTH_LIMIT + more)
    try:
        read = json.dumps(read_json(text), separators=(",", ":")).encode()
    except ValueError as why:
        read = str(why).encode()
    assert read == (b"is nested deeper than 32" if more else text)
