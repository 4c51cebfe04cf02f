"""Check 6: the registry of all streams, whole, and what the reader asked of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ledger.verifier.bundle import Bundle
from ledger.verifier.faults import BadOption, ProofError
from ledger.verifier.forest import ProvenStreams
from ledger.verifier.leaf import Leaf, read_leaf
from ledger.verifier.leaf_patterns import kept
from ledger.verifier.reader import Asked
from ledger.verifier.streams import check_stream


def read_leaves(bundle: Bundle, member: str) -> list[Leaf]:
    found = []
    for lines in bundle.lines(member):
        for line in lines:
            try:
                found.append(kept(read_leaf(line)))
            except ProofError as why:
                why.where = f"{member}:{len(found) + 1}"
                raise
    return found


STREAM_NAME = re.compile(r"[a-z0-9-]{1,64}/[a-z]{1,64}", re.ASCII)
_OWN = ("ledger/registry", "ledger/heads")


def check_registry(forest: ProvenStreams, registry: Sequence[Leaf]) -> dict[str, int]:
    """The registry is line 0 of the directory, whole; the streams it opens, in the order of their numbers,
    with the index where each was opened.
    """
    check_stream(forest, 0, _OWN[0], "registry.jsonl")
    names: dict[str, int] = {}
    for leaf in registry:
        if leaf.kind.partition(".")[0] != "stream-opened":
            continue
        where, body = f"registry.jsonl:{leaf.pos + 1}", leaf.body
        name = body.get("stream")
        if leaf.kind != "stream-opened.v1" or not isinstance(name, str) or not STREAM_NAME.fullmatch(name):
            raise ProofError(
                "registry-mismatch",
                f"record {leaf.place} opens no stream in a form that this version knows",
                where,
            )
        if type(body.get("number")) is not int or body["number"] != len(names):
            raise ProofError(
                "registry-mismatch",
                f"stream {name} has the number {body.get('number')}, where {len(names)} is due",
                where,
            )
        if name in names:
            raise ProofError("registry-mismatch", f"stream {name} is opened twice", where)
        if len(names) < len(_OWN) and name != _OWN[len(names)]:
            raise ProofError(
                "registry-mismatch", f"stream {len(names)} is {name}, not {_OWN[len(names)]}", where
            )
        names[name] = leaf.place
    if len(names) != forest.count:
        raise ProofError(
            "registry-mismatch",
            f"it opens {len(names)} streams, the log committed to {forest.count}",
            "registry.jsonl",
        )
    return names


def check_stream_name(name: str) -> None:
    """Refuse what no stream can be called."""
    if not STREAM_NAME.fullmatch(name):
        right = name.lower() if STREAM_NAME.fullmatch(name.lower()) else "sandersville/grid"
        why = f"{name[:80]!r} is not a stream name: SITE/CLASS in lower case, such as {right}"
        raise BadOption("--stream", why)


def check_asked(bundle: Bundle, asked: Asked, names: Mapping[str, int], size: int) -> None:
    numbers = {name: number for number, name in enumerate(names)}
    for name in asked.streams:
        check_stream_name(name)
        if name not in numbers:
            why = (
                f"no stream {name} was ever opened in the first {size} records; that is proven,"
                " so there are no records of it"
            )
            raise ProofError("never-opened", why, name)
        if numbers[name] and f"streams/{numbers[name]}.json" not in bundle.members:
            raise ProofError("wrong-stream", f"the bundle does not hold {name}, which you asked for", name)
