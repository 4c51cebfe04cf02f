"""Inputs that once broke a parser, and hostile ones of TRUST.md for each: answered with claims or a bounded
number of messages.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.fuzzed import READERS, TARGETS

KEPT = sorted((Path(__file__).parents[2] / "fuzz").glob("*/*"))
HOSTILE = {
    "nothing": b"",
    "depth 100,000": b"[" * 100_000,
    "depth 100,000 of objects": b'{"a":' * 100_000,
    "depth 100,000 of elements": b"<a>" * 100_000,
    "10 MB of {}": b"{}" * 5_000_000,
    "a list of 300,000 {}": b"[" + b"{}," * 300_000 + b"{}]",
    "2^53": b'[{"id": 9007199254740992}]',
    "5,000 digits": b'[{"id": ' + b"9" * 5_000 + b"}]",
    "1e999999": b'[{"id": 1e999999}]',
    "NaN": b'[{"id": NaN}]',
    "-0.0": b'[{"id": -0.0}]',
    "a double key": b'{"id": 1, "id": 2}',
    "no UTF-8": b'{"id": "\xff\xfe"}',
    "NUL": b'{"id": "\x00"}',
    "a lone surrogate": b'{"id": "\\ud800"}',
    "a byte order mark": b'\xef\xbb\xbf{"id": "1"}',
    "billion laughs": b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><feed>&b;</feed>',
    "an external entity": b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><feed>&a;</feed>',
    "a long line": b"x" * 10_000_000,
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_input_is_answered(name: str, hostile: str) -> None:
    TARGETS[name](HOSTILE[hostile])


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_once_broke_a_parser_breaks_it_no_more(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())
