"""What a bundle may cost who checks it: memory is bounded whatever it holds, limits are told, and what the
program writes keeps to them (PROOF 5).
"""

from __future__ import annotations

import json
import random
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from ledger.log import bundle_format
from ledger.log.bundle_format import TooLarge, member, pack, pieces
from ledger.verifier.canonical_json import nesting_depth
from ledger.verifier.faults import PIECE_LIMIT
from ledger.verifier.reader import Asked
from ledger.verifier.zip_form import size_limit
from tests.support.forging import KEY, OPERATIONS, judged, packed
from tests.support.heavy import MB, forced, kinds, many_rows, reported
from tests.support.witnessing import by_program

SIZE = 4 * MB
PARSING = 60 * MB
KINDS = dict(kinds(SIZE))


@pytest.mark.parametrize(
    "kind", [name for name in KINDS if not name.startswith(("records", "many members", "report: rows"))]
)
def test_checking_takes_no_more_memory_than_three_times_the_largest_member_and_what_parsing_a_piece_takes(
    kind: str,
) -> None:
    """One text of 30 MB in a report took 3.6 GB and 9 s: a regular expression remembered each of its
    characters.
    """
    data = forced(*KINDS[kind]())
    tracemalloc.start()
    by_program(data, Asked(KEY.vkey, (OPERATIONS,)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= 3 * SIZE + PARSING


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("report: one long string", "has a line of more than 2,097,152 bytes"),
        ("sections: one long string", "has a line of more than 2,097,152 bytes"),
        ("heads.json: one long string", "has 4,194,780 bytes, 2,097,152 are the most"),
        (
            "streams/2.json: a string with one emoji",
            "has more than 2,097,152 bytes that are not all ASCII",
        ),
        ("manifest.json: many numbers", "has more than 400,000 values"),
        ("records: one long line", "a record has at most 65,535 bytes"),
    ],
)
def test_a_limit_is_told(kind: str, why: str) -> None:
    found = judged(forced(*KINDS[kind]()))
    assert (found.verdict, found.why) == ("MALFORMED", why)


@pytest.mark.parametrize("kind", [name for name in KINDS if name.startswith("report")])
def test_the_page_agrees_on_reports_of_any_make(kind: str) -> None:
    """``judged`` asks it beside verify.py; these are small enough to be read in one piece."""
    assert judged(forced(*dict(kinds(100_000))[kind]())).code in (None, "malformed")


def test_the_page_reads_a_text_as_long_as_a_proof_may_be() -> None:
    """Its own regular expression for base64 ran out of memory on it, and the page had no verdict."""
    found = judged(forced(*dict(kinds(16 * MB))["streams/2.json: one long string"]()))
    assert (found.where, found.why) == ("streams/2.json", "a hash has 32 bytes")


def long_report(change: Callable[[bytes], bytes]) -> bytes:
    """A bundle with a report of some megabytes, changed."""
    members, said = reported(rows=many_rows(PIECE_LIMIT + 200_000))
    return packed(members | {"report/uptime.json": change(members["report/uptime.json"])}, said)


def test_a_long_report_is_read_row_by_row() -> None:
    assert judged(long_report(bytes)).verdict == "VERIFIED"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"rows":[\n', b'"rows":[ \n'),
        (b'"rows":[\n', b'"rows":[\n,\n'),
        (b'"rows":[\n', b'"rows":[\n1,\n'),
        (b'"rows":[\n', b'"rows":[\n{"a":1,"a":2},\n'),
        (b'"rows":[\n', b'"rows":[\n{"a":1.5},\n'),
        (b'"rows":[\n', b'"rows":[\n{"a":-0},\n'),
        (b'"rows":[\n', b'"rows":[\n{"a":\n1},\n'),
        (b'"rows":[\n', b'"rows":[\n{"a":[{},\n{}]},\n'),
        (b'"rows":[\n', b'"rows":[\n{"a":"\xff"},\n'),
        (b'"rows":[\n', b'"rows":[\n{"a":' + b"[" * 30 + b"]" * 30 + b"},\n"),
        (b'"rows":[\n', b'"rows":[\n{}\n'),
        (b'\n],"notes"', b',\n],"notes"'),
        (b'\n],"notes"', b'\n] ,"notes"'),
        (b'\n],"notes":[]', b'\n],"notes":[],"title":"again"'),
        (b'\n],"notes":[]', b'\n],"notes":[],"notes":[]'),
        (b'\n],"notes":[]', b'\n],"notes":[\n]'),
        (b"}\n", b"}"),
        (b"}\n", b"}\n\n"),
        (b"}\n", b"}\n{}\n"),
    ],
)
def test_a_long_report_is_not_written_as_reports_are(old: bytes, new: bytes) -> None:
    def change(report: bytes) -> bytes:
        before, found, after = report.rpartition(old)
        assert found
        return before + new + after

    found = judged(long_report(change))
    assert (found.verdict, found.code, found.where) == ("MALFORMED", "malformed", "report/uptime.json")


def test_a_row_may_lie_as_deep_as_any_value() -> None:
    deep = b'"rows":[\n{"a":' + b"[" * 29 + b"]" * 29 + b"},\n"
    assert judged(long_report(lambda report: report.replace(b'"rows":[\n', deep))).verdict == "VERIFIED"


def by_hand(data: bytes) -> int:
    """How deep lists lie, a byte at a time."""
    depth = deepest = 0
    inside = escaped = False
    for byte in data:
        if escaped:
            escaped = False
        elif byte == ord("\\"):
            escaped = True
        elif byte == ord('"'):
            inside = not inside
        elif not inside and byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif not inside and byte in b"]}":
            depth -= 1
    return deepest


def test_depth_is_told_wherever_a_text_is_cut() -> None:
    """Texts are cut out of JSON in parts: what stands at the end of one must not change what the next
    means.
    """
    rng = random.Random(5)
    texts = [rb"\\", rb"\"", rb"\\\"", rb"[[", "\u00e9".encode(), b"x", rb"\u005c", b"}"]
    wrong = []
    for _ in range(40):
        value = b'"' + b"".join(rng.choices(texts, k=rng.randrange(4))) + b'"'
        pad = b" " * ((1 << 16) - rng.randrange(12))
        data = b"[" + pad + b"[" + value + b",[" + value + b"],{" + value + b":[" + value + b"]}]]"
        if nesting_depth(data) != by_hand(data):
            wrong.append(data)
    assert wrong == []


# --- what the program writes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "count"), [("streams/2.json", 16 * MB), ("heads.json", 2 * MB), ("anchors/7.tsr", 2 * MB)]
)
def test_no_bundle_is_written_with_a_file_that_no_reader_takes(name: str, count: int) -> None:
    assert size_limit(name) == count
    with pytest.raises(TooLarge, match=f"{name} would have {count + 1:,} bytes, readers accept {count:,}"):
        next(pack([member(name, bytes(count + 1))], []))


def test_no_bundle_is_written_with_more_files_than_its_form_can_list() -> None:
    """Two for each stream: a book of 33,000 streams ended in a traceback."""
    with pytest.raises(TooLarge, match="at most 65,535 files"):
        next(pack([member(f"streams/{n}.json", b"") for n in range(65_535)], []))


@pytest.mark.parametrize(
    ("limit", "what", "why"),
    [
        ("ZIP_LIMIT", len, "less than 4 GiB"),
        ("MEMBER_LIMIT", lambda bundle: 3, "files, two a stream"),
    ],
)
def test_a_bundle_is_written_up_to_the_limit(
    monkeypatch: pytest.MonkeyPatch, limit: str, what: Callable[[bytes], int], why: str
) -> None:
    """The size of the archive is known before its first byte: here two files and the manifest."""
    members = [member("heads.json", b"{}"), member("streams/2.json", b"[]")]
    bundle = b"".join(pack(members, []))
    monkeypatch.setattr(bundle_format, limit, what(bundle))
    assert b"".join(pack(members, [])) == bundle
    monkeypatch.setattr(bundle_format, limit, what(bundle) - 1)
    with pytest.raises(TooLarge, match=why):
        next(pack(members, []))


def test_a_file_of_as_many_bytes_as_readers_take_is_written() -> None:
    assert next(pack([member("heads.json", bytes(2 * MB))], []))


def test_no_line_is_written_that_no_reader_takes() -> None:
    with pytest.raises(TooLarge, match="has a line of 2,097,153 bytes, readers accept 2,097,152"):
        pieces("sections.jsonl", b"x\n" + b"x" * PIECE_LIMIT + b"\n")


def test_a_line_of_just_the_limit_is_written_and_read() -> None:
    notes: Any = ["x" * (PIECE_LIMIT - 200_000)]
    members, said = reported(rows=many_rows(MB), notes=json.dumps(notes).encode())
    assert judged(packed(members, said)).verdict == "VERIFIED"
