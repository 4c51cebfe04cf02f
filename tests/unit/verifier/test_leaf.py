"""The envelope of a record, member by member: what may stand there is read, anything else is no record (PROOF 1)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ledger.verifier.faults import LEAF_LIMIT, Misshapen
from ledger.verifier.leaf import read_leaf

ID = "019e807a-ec00-8000-8000-00000000000{}"
RECORD: dict[str, Any] = {
    "actor": "operator",
    "at": "2026-07-01T00:00:00Z",
    "body": {"summary": "x"},
    "id": ID.format(1),
    "index": 7,
    "kind": "incident-opened.v1",
    "nonce": 32 * "a",
    "pos": 3,
    "rec": "2026-07-01T00:00:00.000001Z",
    "stream": "s1/operations",
    "v": 1,
}
MORE: dict[str, Any] = {
    "corrects": [ID.format(2), ID.format(3)],
    "reason": "typed wrong",
    "sections": {"commercial": 64 * "0"},
    "source": {"name": "meter", "ref": "r1", "sha256": 64 * "0"},
}


def written(record: dict[str, Any]) -> bytes:
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "more",
    [
        {},
        MORE,
        *({name: value} for name, value in MORE.items()),
        {"index": 0, "pos": 0},
        {"source": {"name": "meter"}},
        {"corrects": [ID.format(2)]},
        {"kind": "x.v9999"},
        {"actor": 4096 * "x"},
        {"at": "1970-01-01T00:00:00Z", "rec": "9999-12-31T23:59:59.999999Z"},
        {"at": "2028-02-29T23:59:59Z"},
    ],
)
def test_a_record_is_read_as_it_stands(more: dict[str, Any]) -> None:
    record = RECORD | more
    found = read_leaf(written(record))
    assert (found.place, found.pos, found.body, list(found.corrects), dict(found.sections)) == (
        record["index"],
        record["pos"],
        record["body"],
        record.get("corrects", []),
        record.get("sections", {}),
    )


@pytest.mark.parametrize("missing", RECORD)
def test_no_member_may_be_missing(missing: str) -> None:
    with pytest.raises(Misshapen, match="has not the members of a record"):
        read_leaf(written({name: value for name, value in RECORD.items() if name != missing}))


OTHER: dict[str, list[Any]] = {
    "actor": [1, "", 4097 * "x"],
    "at": [
        1, "2026-02-29T00:00:00Z", "2026-07-01T24:00:00Z", "2026-07-01T00:00:60Z", "1969-12-31T23:59:59Z",
        "2026-07-01T00:00:00.000001Z", "2026-07-01T00:00:00", "2026-07-01 00:00:00Z", "2026-04-31T00:00:00Z",
    ],
    "body": [1, []],
    "corrects": [1, [], [1], ["x"], [ID.format(3), ID.format(2)], [ID.format(2), ID.format(2)]],
    "id": [1, ID.format("g"), ID.format("A"), ID.format(1).replace("-8", "-3", 1)],
    "index": [-1, "1", True, []],
    "kind": [1, "x", "x.v0", "X.v1", "x.v10000", "x-.v1", "os:system.v1"],
    "nonce": [1, 31 * "a", 33 * "a", 32 * "A"],
    "pos": [-1, "1", True, []],
    "reason": [1, ""],
    "rec": [1, "2026-07-01T00:00:00Z", "2026-07-01T00:00:00.00001Z"],
    "sections": [1, {}, [], {"a": 63 * "0"}, {"a": 64 * "G"}, {"a": 1}],
    "source": [1, "x", {}, {"ref": "x"}, {"name": ""}, {"name": "x", "more": "y"}, {"name": 1}],
    "stream": [1, "s1", "s1/", "/grid", "S1/grid", "s1/grid/x", 65 * "s" + "/grid"],
    "v": [0, 2, "1", True],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in OTHER.items() for value in values]
)
def test_a_member_has_its_form(name: str, value: Any) -> None:
    with pytest.raises(Misshapen, match=f"^{name} has not its form") as why:
        read_leaf(written(RECORD | {name: value}))
    assert why.value.code == "non-canonical-leaf"


def test_nothing_else_may_stand_in_a_record() -> None:
    with pytest.raises(Misshapen, match="has not the members of a record"):
        read_leaf(written(RECORD | {"more": 1}))


@pytest.mark.parametrize(("size", "code"), [(LEAF_LIMIT, None), (LEAF_LIMIT + 1, "leaf-too-large")])
def test_a_record_has_a_limit_of_bytes(size: int, code: str | None) -> None:
    empty = len(written(RECORD | {"body": {"summary": ""}}))
    data = written(RECORD | {"body": {"summary": (size - empty) * "x"}})
    refused = None
    try:
        read_leaf(data)
    except Misshapen as why:
        refused = why.code
    assert (len(data), refused) == (size, code)
