"""Records: the one form of their bytes, and the envelope around each fact."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from operator import lt
from typing import Any, NamedTuple

from ledger.verifier.canonical_json import read_json
from ledger.verifier.faults import LEAF_LIMIT, Misshapen
from ledger.verifier.times import is_time

_DAY = (
    r"(?:(?:19[7-9]\d|[2-9]\d\d\d)-"
    r"(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31))"
)
_CLOCK = r"T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d"
AT_FORM = _DAY + _CLOCK + "Z"
REC_FORM = _DAY + _CLOCK + r"\.\d{6}Z"
ID_FORM = r"[0-9a-f]{8}-[0-9a-f]{4}-[78][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
HEX64 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_ENVELOPE = frozenset(["actor", "at", "body", "id", "index", "kind", "nonce", "pos", "rec", "stream", "v"])
_OPTIONAL = frozenset(["corrects", "reason", "sections", "source"])
_FORMS: dict[str, re.Pattern[str]] = {
    name: re.compile(form, re.ASCII | re.DOTALL)
    for name, form in {
        "actor": r"[^\0]{1,4096}",
        "reason": r"[^\0]{1,4096}",
        "id": ID_FORM,
        "kind": r"[a-z0-9]+(?:-[a-z0-9]+)*\.v[1-9]\d{0,3}",
        "nonce": "[0-9a-f]{32}",
        "stream": r"(?:[a-z0-9-]{1,64}/[a-z]{1,64})",
    }.items()
}


class Leaf(NamedTuple):
    """A record's envelope; ``place`` is its index in the log, ``body`` its fact as JSON."""

    place: int
    pos: int
    at: str
    rec: str
    kind: str
    stream: str
    id: str
    corrects: tuple[str, ...]
    sections: Mapping[str, str]
    body: Mapping[str, Any]


def read_leaf(data: bytes) -> Leaf:
    """The record of exactly these bytes; ``ProofError`` ``non-canonical-leaf`` or ``leaf-too-large`` where
    they are none.
    """
    if len(data) > LEAF_LIMIT:
        raise Misshapen("leaf-too-large", f"a record has at most {LEAF_LIMIT:,} bytes, not {len(data):,}")
    try:
        said = read_json(data)
        _check_envelope(said)
    except ValueError as why:
        raise Misshapen("non-canonical-leaf", f"{why}: {data[:120]!r}") from None
    return Leaf(
        said["index"],
        said["pos"],
        said["at"],
        said["rec"],
        said["kind"],
        said["stream"],
        said["id"],
        tuple(said.get("corrects", ())),
        said.get("sections", {}),
        said["body"],
    )


def _check_envelope(said: Any) -> None:
    if not isinstance(said, dict) or not _ENVELOPE <= said.keys() <= _ENVELOPE | _OPTIONAL:
        raise ValueError("has not the members of a record")
    for name, form in _FORMS.items():
        if name in said and not (isinstance(said[name], str) and form.fullmatch(said[name])):
            raise ValueError(f"{name} has not its form")
    source, sections, corrects = said.get("source"), said.get("sections"), said.get("corrects")
    tests = {
        "at": is_time(said["at"], "%Y-%m-%dT%H:%M:%SZ"),
        "rec": is_time(said["rec"], "%Y-%m-%dT%H:%M:%S.%fZ"),
        "index": type(said["index"]) is int and said["index"] >= 0,
        "pos": type(said["pos"]) is int and said["pos"] >= 0,
        "v": type(said["v"]) is int and said["v"] == 1,
        "body": isinstance(said["body"], dict),
        "source": "source" not in said
        or (
            isinstance(source, dict)
            and {"name"} <= source.keys() <= {"name", "ref", "sha256"}
            and all_match(source.values(), _FORMS["actor"])
        ),
        "sections": "sections" not in said
        or (isinstance(sections, dict) and bool(sections) and all_match(sections.values(), HEX64)),
        "corrects": "corrects" not in said
        or (
            isinstance(corrects, list)
            and bool(corrects)
            and all_match(corrects, _FORMS["id"])
            and all(map(lt, corrects, corrects[1:]))
        ),
    }
    for name, good in tests.items():
        if not good:
            raise ValueError(f"{name} has not its form")


def all_match(values: Iterable[Any], form: re.Pattern[str]) -> bool:
    return all(isinstance(value, str) and form.fullmatch(value) for value in values)
