"""Records of a stream read fast: whatever was learned of those before, each is read or refused as if it came alone."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.verifier import leaf_patterns
from ledger.verifier.faults import LEAF_LIMIT, ProofError
from ledger.verifier.leaf import Leaf, read_leaf
from ledger.verifier.leaf_patterns import Leaves
from tests.unit.verifier.test_leaf import ID, RECORD, written

MEMBER = "streams/2.jsonl"
FULL: dict[str, Any] = RECORD | {
    "body": {
        "count": 5,
        "estimated": True,
        "marks": [False],
        "names": ["a", "b"],
        "none": [],
        "of": {"block": "a", "size": {"mw": 1}},
        "steps": [1, 2, 3],
    },
    "reason": "seen later",
    "source": {"name": "meter", "ref": "r1"},
}


def bodied(**said: Any) -> dict[str, Any]:
    """The full record with other values in its fact."""
    return FULL | {"body": FULL["body"] | said}


ALIKE: dict[str, dict[str, Any]] = {
    "a later one": FULL
    | {
        "index": 10**15 - 1,
        "pos": 10**15 - 1,
        "at": "2027-12-31T23:59:59Z",
        "rec": "2027-12-31T23:59:59.999999Z",
    },
    "the first": FULL | {"index": 0, "pos": 0},
    "by another": FULL | {"actor": 4096 * "~", "nonce": 32 * "0", "id": ID.format(9)},
    "for another reason": FULL | {"reason": 4096 * " "},
    "from elsewhere": FULL | {"source": {"name": "! #[]~", "ref": "x"}},
    "of none": bodied(count=0),
    "of fewer": bodied(count=-1),
    "of the most": bodied(count=10**15 - 1),
    "of the least": bodied(count=1 - 10**15),
    "of fewer inside": bodied(of={"block": "", "size": {"mw": -7}}),
    "measured": bodied(estimated=False),
    "of more steps": bodied(steps=[-1, 0, 10**15 - 1, 4]),
    "of one step": bodied(steps=[0]),
    "of more names": bodied(names=["", "x", "y"]),
    "of more marks": bodied(marks=[True, False]),
}
OTHERWISE: dict[str, dict[str, Any]] = {
    "of an index of 16 digits": FULL | {"index": 10**15},
    "of a position of 16 digits": FULL | {"pos": 10**15},
    "of a number of 16 digits": bodied(count=10**15),
    "of a text for a number": bodied(count="5"),
    "of a number for a text": bodied(of={"block": 1, "size": {"mw": 1}}),
    "of a number for a mark": bodied(estimated=1),
    "of no steps": bodied(steps=[]),
    "of steps of two kinds": bodied(steps=[1, "2"]),
    "of something for nothing": bodied(none=[1]),
    "of a list of lists": bodied(steps=[[1], [2]]),
    "of a list of objects": bodied(steps=[{"a": 1}]),
    "of a member more": bodied(x=1),
    "of a member that is odd": bodied(of={"A-b": 1}),
    "of a letter beyond ASCII": bodied(names=["\u00e9"]),
    "of a quote": bodied(names=['"']),
    "of a backslash": bodied(names=["\\"]),
    "by a foreign letter": FULL | {"actor": "\u00e9"},
    "for no reason": {name: one for name, one in FULL.items() if name != "reason"},
    "from nowhere": {name: one for name, one in FULL.items() if name != "source"},
    "from a file": FULL | {"source": {"name": "meter", "sha256": 64 * "0"}},
    "of another kind": FULL | {"kind": "incident-closed.v1"},
}
WRONG: dict[str, bytes] = {
    "a number with a zero before it": written(FULL).replace(b'"count":5', b'"count":05'),
    "a zero with a sign": written(FULL).replace(b'"count":5', b'"count":-0'),
    "a fraction": written(FULL).replace(b'"count":5', b'"count":5.0'),
    "an index with a zero before it": written(FULL).replace(b'"index":7', b'"index":07'),
    "a step with a zero before it": written(FULL).replace(b"[1,2,3]", b"[1,02,3]"),
    "no step between commas": written(FULL).replace(b"[1,2,3]", b"[1,,3]"),
    "a space": written(FULL).replace(b'"count":5', b'"count": 5'),
    "a raw control character": written(FULL).replace(b'"a","b"', b'"a\x1f","b"'),
    "an escape that is not needed": written(FULL).replace(b'"a","b"', b'"a","\\u0062"'),
    "no actor": written(FULL | {"actor": ""}),
    "an actor too long": written(FULL | {"actor": 4097 * "x"}),
    "no reason": written(FULL | {"reason": ""}),
    "a reason too long": written(FULL | {"reason": 4097 * "x"}),
    "a source without a name": written(FULL | {"source": {"name": "", "ref": "r"}}),
    "a source too long": written(FULL | {"source": {"name": 4097 * "x", "ref": "r"}}),
    "a day that is none": written(FULL | {"at": "2026-02-30T00:00:00Z"}),
    "a record time that is none": written(FULL | {"rec": "2026-07-01T24:00:00.000000Z"}),
    "an id that is none": written(FULL | {"id": ID.format("g")}),
    "a nonce that is none": written(FULL | {"nonce": 31 * "a"}),
    "another version": written(FULL | {"v": 2}),
    "a newer form": written(FULL)[:-1] + b',"w":1}',
    "another stream": written(FULL | {"stream": "s2/operations"}),
    "more bytes than a record may have": written(bodied(names=[LEAF_LIMIT * "x"])),
}


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The records that were parsed as JSON."""
    found: list[bytes] = []

    def counting(line: bytes) -> Leaf:
        found.append(line)
        return read_leaf(line)

    monkeypatch.setattr(leaf_patterns, "read_leaf", counting)
    return found


def learned() -> Leaves:
    """A reader that has seen a record of its stream."""
    found = Leaves(FULL["stream"], MEMBER)
    found.read([written(FULL)], 0)
    return found


@pytest.mark.parametrize("record", (ALIKE | OTHERWISE).values(), ids=ALIKE | OTHERWISE)
def test_a_record_after_another_is_read_as_it_stands(record: dict[str, Any]) -> None:
    found = learned().read([written(record)], 1)
    assert found == ([record["index"]], [record["pos"]], [record["rec"].encode()])


def test_of_records_that_look_alike_the_first_is_parsed(parsed: list[bytes]) -> None:
    """Ten times as fast as parsing each."""
    reader = learned()
    for record in ALIKE.values():
        reader.read([written(record)] * 2, 1)
    assert parsed == [written(FULL)]


@pytest.mark.parametrize("record", OTHERWISE.values(), ids=OTHERWISE)
def test_a_record_that_looks_otherwise_is_parsed(record: dict[str, Any], parsed: list[bytes]) -> None:
    learned().read([written(record)], 1)
    assert parsed == [written(FULL), written(record)]


@pytest.mark.parametrize("line", WRONG.values(), ids=WRONG)
def test_a_record_after_another_is_refused_at_its_line(line: bytes) -> None:
    """Its form is wrong, and would look right to a pattern that is loose."""
    with pytest.raises(ProofError) as why:
        learned().read([written(FULL), line, written(FULL)], 1)
    assert why.value.where == f"{MEMBER}:3"


def test_a_record_of_as_many_bytes_as_one_may_have_is_read() -> None:
    plain = len(written(RECORD | {"body": {"summary": ""}}))
    line = written(RECORD | {"body": {"summary": (LEAF_LIMIT - plain) * "x"}})
    assert Leaves(RECORD["stream"], MEMBER).read([line], 0)[0] == [RECORD["index"]]


def test_the_record_that_is_too_long_is_named(parsed: list[bytes]) -> None:
    """The one before it has just as many bytes as may be."""
    long = written(bodied(names=[LEAF_LIMIT * "x"]))
    most = long.replace((len(long) - LEAF_LIMIT) * b"x", b"", 1)
    with pytest.raises(ProofError) as why:
        learned().read([most, long], 1)
    assert (why.value.code, why.value.where) == ("leaf-too-large", f"{MEMBER}:3")


@pytest.mark.parametrize("fact", [{"A-b": 1, "c": 1}, {"a": [[1]], "b": 1}, {"a": [1, "2"]}])
def test_a_record_of_an_odd_fact_is_parsed_each_time(fact: dict[str, Any], parsed: list[bytes]) -> None:
    lines = [written(RECORD | {"body": fact})] * 2
    Leaves(RECORD["stream"], MEMBER).read(lines, 0)
    assert parsed == lines


def test_sixty_four_forms_are_learned(parsed: list[bytes]) -> None:
    """A stream of no two records alike is not looked up in ever more of them. What cannot be learned takes no place."""
    odd = [written(RECORD | {"body": {f"a{n}": [[1]]}}) for n in range(64)]
    lines = [written(RECORD | {"body": {f"a{n}": 1}}) for n in range(66)]
    reader = Leaves(RECORD["stream"], MEMBER)
    reader.read([*odd, *lines], 0)
    reader.read(lines, 130)
    assert parsed == [*odd, *lines, *lines[64:]]


KEPT = {
    "one that corrects": RECORD | {"corrects": [ID.format(2), ID.format(3)], "reason": "typed wrong"},
    "one with a section": RECORD | {"sections": {"commercial": 64 * "0"}},
    "one that tells of an erasure": RECORD
    | {"kind": "section-erased.v1", "body": {"section": "commercial", "target": ID.format(2)}},
}


@pytest.mark.parametrize("record", KEPT.values(), ids=KEPT)
def test_records_that_the_checks_of_a_stream_read_are_kept(record: dict[str, Any]) -> None:
    """Each of them, and no other."""
    reader = Leaves(RECORD["stream"], MEMBER)
    reader.read([written(one) for one in (RECORD, record, bodied(steps=[[1]]), record)], 0)
    assert [(leaf.kind, leaf.id, leaf.sections) for leaf in reader.parsed] == [
        (record["kind"], record["id"], record.get("sections", {}))
    ] * 2


def test_of_the_records_that_are_kept_lists_and_objects_are_not() -> None:
    """The ids that one corrects are one text; a text, a number and a mark of its fact stay."""
    said = {"a": "x", "b": 1, "c": True, "d": [1], "e": {"f": 1}}
    reader = Leaves(RECORD["stream"], MEMBER)
    reader.read([written(KEPT["one that corrects"] | {"body": said})], 0)
    (leaf,) = reader.parsed
    assert (leaf.corrects, leaf.body) == (
        (f"{ID.format(2)} {ID.format(3)}",),
        {"a": "x", "b": 1, "c": True, "d": None, "e": None},
    )
