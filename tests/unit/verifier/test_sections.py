"""Sections of records in a bundle: disclosed, kept back or erased (PROOF 4, check 11)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ledger import kinds
from ledger.verifier.canonical_json import canonical
from ledger.verifier.sections import section_hash
from tests.support.forging import GRID, OPERATIONS, Log, altered, judged, packed

SECTIONS = "sections.jsonl"
SALT = bytes(range(16))
TERMS: dict[str, Any] = {"rate": 1}
PERSON: dict[str, Any] = {"name": "x"}


def hidden(found: Log, text: str, **said: str) -> str:
    """Record something with two sections; its id."""
    id_ = found.told(text, **said)
    hashes = {
        name: section_hash(name, SALT, canonical(section).encode())
        for name, section in (("commercial", TERMS), ("personal", PERSON))
    }
    found.leaves[-1] = found.streams[OPERATIONS][-1] = altered(found.leaves[-1], sections=hashes)
    return id_


def erased(found: Log, target: object, section: object = "personal", stream: str = OPERATIONS) -> None:
    found.put(kinds.SectionErased(target="0" * 36, section="x"), stream)
    said = altered(found.leaves[-1], body={"section": section, "target": target})
    found.leaves[-1] = found.streams[stream][-1] = said


def both(found: Log, target: str) -> None:
    erased(found, target, "commercial")
    erased(found, target, "personal")


def twice(found: Log, target: str) -> None:
    erased(found, target)
    erased(found, target)


def line(index: int, name: str, section: object, **more: object) -> dict[str, object]:
    return {"index": index, "name": name, "salt": SALT.hex(), "section": section, **more}


def log() -> Log:
    """A log whose records 3 and 4 have sections each."""
    found = Log()
    hidden(found, "i0")
    hidden(found, "i1")
    found.seal()
    return found


FIRST, SECOND, THIRD = line(3, "commercial", TERMS), line(3, "personal", PERSON), line(4, "commercial", TERMS)


def disclosing(*lines: object) -> bytes:
    """A bundle of that log with some of its sections."""
    data = b"".join(canonical(one).encode() + b"\n" for one in lines)
    return packed({**log().members([OPERATIONS]), SECTIONS: data})


@pytest.mark.parametrize(("lines", "disclosed"), [((FIRST, SECOND, THIRD), 3), ((SECOND,), 1)])
def test_the_sections_that_are_disclosed_and_those_that_are_kept_back_are_counted(
    lines: tuple[object, ...], disclosed: int
) -> None:
    found = judged(disclosing(*lines))
    assert found.scope is not None
    assert found.scope["sections"] == {"disclosed": disclosed, "withheld": 4 - disclosed, "erased": 0}


@pytest.mark.parametrize(
    ("lines", "code", "at"),
    [
        ((FIRST, FIRST), "malformed", 2),
        ((SECOND, FIRST), "malformed", 2),
        ((THIRD, FIRST), "malformed", 2),
        ((FIRST, [1]), "malformed", 2),
        ((FIRST | {"more": 1},), "malformed", 1),
        (({name: one for name, one in FIRST.items() if name != "salt"},), "malformed", 1),
        ((FIRST | {"index": "3"},), "malformed", 1),
        ((FIRST | {"name": 1},), "malformed", 1),
        ((FIRST | {"salt": SALT.hex().upper()},), "malformed", 1),
        ((FIRST | {"salt": SALT.hex()[:-2]},), "malformed", 1),
        ((FIRST | {"salt": "xy"},), "malformed", 1),
        ((FIRST | {"salt": 1},), "malformed", 1),
        ((FIRST | {"section": [1]},), "malformed", 1),
        ((FIRST | {"salt": 32 * "0"},), "section-mismatch", 1),
        ((FIRST | {"section": {"rate": 2}},), "section-mismatch", 1),
        ((FIRST, line(3, "other", PERSON)), "section-mismatch", 2),
        ((line(2, "commercial", TERMS),), "section-mismatch", 1),
        ((line(0, "commercial", TERMS), FIRST), "section-mismatch", 1),
    ],
)
def test_a_section_is_of_its_one_form_in_order_and_its_records(
    lines: tuple[object, ...], code: str, at: int
) -> None:
    found = judged(disclosing(*lines))
    assert (found.code, found.where) == (code, f"{SECTIONS}:{at}")


def test_a_bundle_without_a_disclosed_section_has_no_file_of_them() -> None:
    found = judged(packed({**log().members([OPERATIONS]), SECTIONS: b""}))
    assert (found.code, found.where) == ("malformed", SECTIONS)


def fates(found: Log) -> tuple[int, int]:
    """How many sections are erased and how many are kept back, of a log's two streams."""
    found.seal()
    verdict = judged(found.bundle(OPERATIONS, GRID), streams=(OPERATIONS, GRID))
    assert verdict.scope is not None
    return verdict.scope["sections"]["erased"], verdict.scope["sections"]["withheld"]


@pytest.mark.parametrize(
    ("erase", "count"),
    [
        (erased, 1),
        (both, 2),
        (twice, 1),
        (lambda found, id_: erased(found, id_, "other"), 0),
        (lambda found, id_: erased(found, id_, 1), 0),
        (lambda found, id_: erased(found, [id_]), 0),
        (lambda found, id_: erased(found, json.loads(found.streams[OPERATIONS][0])["id"]), 0),
        (lambda found, id_: erased(found, id_, stream=GRID), 0),
        (lambda found, id_: found.told("other", corrects=[id_]), 0),
    ],
    ids=[
        "one", "both", "one twice", "none of its sections", "a number", "a list of ids", "a record without sections",
        "in another stream", "only corrected",
    ],
)  # fmt: skip
def test_a_section_is_erased_where_a_later_record_of_its_stream_says_so(
    erase: Callable[[Log, str], object], count: int
) -> None:
    found = Log()
    found.told("i0")
    found.open(GRID)
    erase(found, hidden(found, "i1"))
    assert fates(found) == (count, 2 - count)


@pytest.mark.parametrize("itself", [True, False])
def test_a_section_is_not_erased_by_a_record_before_it_nor_by_its_own(itself: bool) -> None:
    found = Log()
    found.open(GRID)
    found.open(OPERATIONS)
    id_ = "018f0000-0000-8000-8000-000000000001"
    erased(found, id_)
    if itself:
        said = altered(found.leaves[-1], id=id_, sections={"personal": 64 * "0"})
        found.leaves[-1] = found.streams[OPERATIONS][-1] = said
    else:
        hidden(found, "i0", id=id_)
    assert fates(found) == (0, 1 if itself else 2)
