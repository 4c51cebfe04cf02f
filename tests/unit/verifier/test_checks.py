"""The checks of a bundle as its reader meets them: a name that he misspelled is his slip, where nothing else is wrong."""

from __future__ import annotations

import pytest

from ledger.verifier.bundle import read_bundle
from ledger.verifier.checks import check_as_typed
from ledger.verifier.faults import BadOption, ProofError
from ledger.verifier.reader import Asked
from tests.support.forging import KEY, OPERATIONS, Log, packed


def log(*names: str) -> Log:
    found = Log()
    for name in names:
        found.told("i0", name)
    found.seal()
    return found


def told(data: bytes, *streams: str) -> ProofError:
    """The fault that a reader of some streams is told."""
    with pytest.raises(ProofError) as why:
        check_as_typed(read_bundle(data), Asked(KEY.vkey, streams))
    return why.value


@pytest.mark.parametrize(("typed", "near"), [("s1/operat", True), ("s1/opera", False), ("s9/lease", False)])
def test_a_stream_is_offered_whose_name_is_spelled_nearly_so(typed: str, near: bool) -> None:
    """Four fifths of the letters of both names must be alike: 18 of 22 are, 16 of 21 are not."""
    why = told(log(OPERATIONS).bundle(OPERATIONS), typed)
    assert (why.code, isinstance(why, BadOption)) == ("never-opened", near)


def test_the_three_nearest_names_are_offered() -> None:
    names = [f"mills{n}/grid" for n in (1, 2, 3, 4, 6)]
    assert str(told(log(*names).bundle(*names), "mills5/grid")) == (
        "no stream mills5/grid was ever opened; did you mean mills6/grid, mills4/grid, mills3/grid?"
    )


def test_a_misspelled_name_does_not_hide_that_a_record_was_altered() -> None:
    """No name is offered from a bundle that is wrong otherwise."""
    members = log(OPERATIONS).members([OPERATIONS])
    members["streams/2.jsonl"] = members["streams/2.jsonl"].replace(b'"i0"', b'"i1"')
    why = told(packed(members), "s1/operat")
    assert (why.code, isinstance(why, BadOption)) == ("never-opened", False)


def test_a_fault_of_the_bundle_is_told_whatever_the_name_of_the_stream() -> None:
    members = log(OPERATIONS).members([OPERATIONS])
    members["streams/2.jsonl"] = members["streams/2.jsonl"].replace(b'"i0"', b'"i1"')
    assert told(packed(members), OPERATIONS).code == "directory-inclusion"
