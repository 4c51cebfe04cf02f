"""Check 11: sections that were disclosed, kept back or erased."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from ledger.verifier.bundle import Bundle
from ledger.verifier.canonical_json import canonical, read_json
from ledger.verifier.faults import PIECE_LIMIT, Misshapen, ProofError
from ledger.verifier.forest import ProvenStreams


def section_hash(name: str, salt: bytes, section: bytes) -> str:
    """The 64 hex digits that a record holds for a section."""
    return hashlib.sha256(b"wattledger-section/v1\0" + name.encode() + b"\0" + salt + section).hexdigest()


class Sections(NamedTuple):
    """The sections of the records in a bundle by their fate: (index, name) -> salt and bytes; those kept
    back; those the log says are erased.
    """

    disclosed: Mapping[tuple[int, str], tuple[bytes, bytes]]
    withheld: frozenset[tuple[int, str]]
    erased: frozenset[tuple[int, str]]


def check_sections(bundle: Bundle, forest: ProvenStreams) -> Sections:
    where = "sections.jsonl"
    held = {
        leaf.place: leaf.sections for leaves in forest.parsed.values() for leaf in leaves if leaf.sections
    }
    disclosed: dict[tuple[int, str], tuple[bytes, bytes]] = {}
    last = (-1, "")
    parts = bundle.lines(where, PIECE_LIMIT) if where in bundle.members else ()
    for n, line in enumerate((line for part in parts for line in part), start=1):
        try:
            said = read_json(line)
            index, name, salt = said["index"], said["name"], bytes.fromhex(said["salt"])
            section = canonical(said["section"]).encode()
            good = (
                set(said) == {"index", "name", "salt", "section"}
                and (type(index), type(name), len(salt), salt.hex()) == (int, str, 16, said["salt"])
                and isinstance(said["section"], dict)
                and (index, name) > last
            )
        except (ValueError, TypeError, KeyError, AttributeError):
            good = False
        if not good:
            raise Misshapen("malformed", "is no section, or not in order of index and name", f"{where}:{n}")
        if held.get(index, {}).get(name) != section_hash(name, salt, section):
            raise ProofError("section-mismatch", f"is not section {name!r} of record {index}", f"{where}:{n}")
        last = (index, name)
        disclosed[last] = salt, section
    if where in bundle.members and not disclosed:
        raise Misshapen("malformed", "is empty", where)
    erased = _erased(forest) - disclosed.keys()
    told = erased | disclosed.keys()
    withheld = ((index, name) for index, names in held.items() for name in names)
    return Sections(disclosed, frozenset(one for one in withheld if one not in told), frozenset(erased))


def _erased(forest: ProvenStreams) -> set[tuple[int, str]]:
    """The sections that a later record of the same stream says are erased."""
    found = set()
    for leaves in forest.parsed.values():
        held = {leaf.id: leaf for leaf in leaves if leaf.sections}
        for leaf in leaves:
            target, name = leaf.body.get("target", ""), leaf.body.get("section", "")
            of = held.get(target) if leaf.kind == "section-erased.v1" else None
            if of is not None and of.pos < leaf.pos and name in of.sections:
                found.add((of.place, name))
    return found
