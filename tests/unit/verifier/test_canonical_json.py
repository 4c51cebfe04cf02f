"""Canonical JSON beside the test data of RFC 8785's author: what a log can hold of it is read, and the rest is
refused by its name.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ledger.verifier.canonical_json import read_json

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
