"""A reader's policy: whom he trusts, and who must have cosigned (C2SP tlog-policy)."""

from __future__ import annotations

import pytest

from ledger.log.signing import Signer
from ledger.log.witness import Witness
from ledger.verifier.faults import BadOption
from ledger.verifier.policy import Policy, parse_policy
from ledger.verifier.reader import Asked
from tests.support.forging import KEY, NEXT, OPERATIONS, two_streams
from tests.support.page import asking

U, V = Witness("u.example/w", bytes(32)), Witness("v.example/full-log", bytes(range(32)))
W = Witness("w.example/w", bytes(range(1, 33)))
TWO = f"witness u {U.vkey}\nwitness v {V.vkey} https://v.example/\n"
THREE = f"{TWO}witness w {W.vkey}\n"
ALIAS = Witness("alias.example/w", bytes(32)).vkey
AS_LOG = Signer("u.example/log", bytes(32)).vkey
BUNDLE = two_streams().bundle(OPERATIONS)
TWICE = "its key is there twice"
TAKEN = "is taken, or has a #"
UNKNOWN = "its members are witnesses or groups named before it"
NEEDS = "it needs any, all, or from 1 to as many as it has members"
NO_LINE = r"\(log, witness, group or quorum\)"
COUNTED = "is a member of groups twice"


def read(text: str) -> Policy:
    """The policy of a file; the page, where Node is here, takes or refuses the same."""
    page = asking()
    told = (
        None if page is None else page.answer(BUNDLE, Asked(KEY.vkey, (OPERATIONS,)), text)["found"]["code"]
    )
    try:
        found = parse_policy(text)
    except BadOption:
        assert told in (None, "malformed")
        raise
    assert told != "malformed"
    return found


@pytest.mark.parametrize(
    "text",
    [
        TWO + "group g 2 u v\nquorum g\n",
        TWO + "group g all u full\nquorum g\n",
        f"witness u {U.vkey}\ngroup g all u full\nquorum g\n",
        TWO + "\t# a comment\n \nquorum  full ",
        TWO + f"#no space\nlog {NEXT.vkey}\nquorum\tnone\n",
        f"log {KEY.vkey} https://log.example/\nquorum none\n",
    ],
)
def test_a_policy_is_as_c2sp_writes_it(text: str) -> None:
    assert read(text).quorum == {"g": "g", "full": "full", "none": None}[text.rsplit(maxsplit=1)[-1]]


@pytest.mark.parametrize(
    ("text", "where", "why"),
    [
        (TWO + f"witness again {ALIAS}\nquorum u\n", "policy:3", TWICE),
        (TWO + f"log {AS_LOG}\nquorum u\n", "policy:3", TWICE),
        (f"log {AS_LOG}\n" + TWO + "quorum u\n", "policy:2", TWICE),
        (f"log {KEY.vkey}\nlog {KEY.vkey}\nquorum none\n", "policy:2", TWICE),
        (TWO + f"witness u {W.vkey}\nquorum u\n", "policy:3", TAKEN),
        (TWO + "group u any v\nquorum u\n", "policy:3", TAKEN),
        (TWO + "group g any u\ngroup g any v\nquorum g\n", "policy:4", TAKEN),
        (TWO + "group g#1 any u\nquorum g#1\n", "policy:3", TAKEN),
        (TWO + "group none any u\nquorum none\n", "policy:3", TAKEN),
        (TWO + "group full any u\nquorum full\n", "policy:3", TAKEN),
        (TWO + "group g any u x\nquorum g\n", "policy:3", UNKNOWN),
        (TWO + "group g any g\nquorum g\n", "policy:3", UNKNOWN),
        (TWO + "group g +1 u v\nquorum g\n", "policy:3", NEEDS),
        (TWO + "group g 01 u v\nquorum g\n", "policy:3", NEEDS),
        (TWO + "group g 0 u v\nquorum g\n", "policy:3", NEEDS),
        (TWO + "group g 1_0 u v\nquorum g\n", "policy:3", NEEDS),
        (TWO + "group g \u0661 u v\nquorum g\n", "policy:3", NEEDS),
        (TWO + "group g 3 u v\nquorum g\n", "policy:3", NEEDS),
        (TWO + "group g any\nquorum g\n", "policy:3", NO_LINE),
        (TWO + "log\nquorum u\n", "policy:3", NO_LINE),
        (TWO + f"log {NEXT.vkey} https://a.example/ more\nquorum u\n", "policy:3", NO_LINE),
        (TWO + "witness w\nquorum u\n", "policy:3", NO_LINE),
        (TWO + f"witness w {W.vkey} https://a.example/ more\nquorum u\n", "policy:3", NO_LINE),
        (TWO + "quorum u v\n", "policy:3", NO_LINE),
        (TWO + "quorum x\n", "policy:3", NO_LINE),
        (TWO + "quorum u#a comment\n", "policy:3", NO_LINE),
        (TWO + "quorum\u00a0u\n", "policy:3", NO_LINE),
        (TWO + "quorum\n", "policy:3", NO_LINE),
        (TWO + "witness w x\nquorum u\n", "policy:3", "a verifier key is name"),
        (TWO + "quorum u\r\n", "policy", "has the control character"),
        (TWO + "quorum u\nquorum u\n", "policy", "a policy has one line: quorum NAME"),
        (TWO, "policy", "a policy has one line: quorum NAME"),
        (TWO + "group g any u\ngroup h any u\nquorum h\n", "policy", COUNTED),
        (TWO + "group g any u u\nquorum g\n", "policy", COUNTED),
        (TWO + "group g all u v\ngroup h all g v\nquorum h\n", "policy", COUNTED),
        (TWO + "group g all v full\nquorum g\n", "policy", COUNTED),
    ],
)
def test_what_is_no_policy_is_told_by_its_line_and_no_witness_counts_twice(
    text: str, where: str, why: str
) -> None:
    with pytest.raises(BadOption, match=why) as found:
        read(text)
    assert (found.value.option, found.value.where) == ("--policy", where)


@pytest.mark.parametrize(
    ("quorum", "names", "met"),
    [
        ("quorum none\n", "", True),
        ("quorum u\n", "v w", False),
        ("quorum u\n", "u", True),
        ("group g any u v w\nquorum g\n", "", False),
        ("group g any u v w\nquorum g\n", "w", True),
        ("group g 2 u v w\nquorum g\n", "v", False),
        ("group g 2 u v w\nquorum g\n", "u w", True),
        ("group g all u v w\nquorum g\n", "u v", False),
        ("group g all u v w\nquorum g\n", "u v w", True),
        ("group g any u v\ngroup h all g w\nquorum h\n", "v w", True),
        ("group g any u v\ngroup h all g w\nquorum h\n", "u v", False),
    ],
)
def test_a_quorum_is_met_by_as_many_as_it_needs(quorum: str, names: str, met: bool) -> None:
    assert read(THREE + quorum).met(names.split()) == met
