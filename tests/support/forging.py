"""A cheating operator: he writes whatever log he likes with the real code, knows every key, and signs what he
has written.

``Log`` is such a log in memory. What it is asked for it does without a question: streams that its directory commits to can be others than those in
the log, directories can be shifted, heads records left out. ``bundle`` makes the bundle of it as an honest operator would; what a test wants to be
different it changes in ``Log`` or in the members.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec import UNSET

from ledger import calendar, kinds
from ledger.kinds import BY_BODY, Fact
from ledger.log import merkle
from ledger.log.bundle_format import (
    Target,
    consistency_member,
    directory_member,
    heads_member,
    log_member,
    member,
    pack,
    records_name,
    stream_member,
)
from ledger.log.checkpoint import Checkpoint, format_checkpoint
from ledger.log.key_rotation import sign_ml_dsa_key, sign_rotation
from ledger.log.ml_dsa import MlDsaSigner
from ledger.log.signing import Signer, sign_note
from ledger.records import leaf_format
from ledger.records.envelope import RECORDS
from ledger.records.ids import uuid8
from ledger.verifier.bundle import read_bundle
from ledger.verifier.checks import check
from ledger.verifier.key_chain import ml_dsa_text, rotation_text
from ledger.verifier.leaf import read_leaf
from ledger.verifier.reader import Asked, State
from ledger.verifier.trees import directory_line
from ledger.verifier.verdict import Verdict
from tests.support.page import asking
from tests.support.witnessing import by_program, signed, witness

ORIGIN = "example.com/forged"
KEY = Signer(ORIGIN, bytes(range(32)))
NEXT = Signer(ORIGIN, bytes(range(1, 33)))
THIEF = Signer(ORIGIN, bytes(range(2, 34)))
START_US = calendar.rec_us("2026-07-01T00:00:00.000000Z")
TIME_S = 1_800_000_000
HOUR_US = 3_600_000_000
REGISTRY, HEADS = "ledger/registry", "ledger/heads"
GRID, OPERATIONS = "s1/grid", "s1/operations"


class Log:
    """A log being forged. ``leaves`` is the main log, ``streams`` what the directory commits to, ``notes``
    every checkpoint by its size.
    """

    def __init__(self, signer: Signer = KEY) -> None:
        self.signers = [signer]
        self.ml_dsa: list[Signer] = []  # those whose ML-DSA-44 key the log has
        self.leaves: list[bytes] = []
        self.streams: dict[str, list[bytes]] = {}
        self.names: list[str] = []
        self.notes: dict[int, bytes] = {}
        self.now_us = START_US
        self.lines: Callable[[list[bytes]], list[bytes]] = list
        for name in (REGISTRY, HEADS):
            self.open(name)

    def copy(self) -> Log:
        """The same log, to be gone on with otherwise."""
        other = Log.__new__(Log)
        other.__dict__ = {
            name: value.copy() if isinstance(value, (list, dict)) else value
            for name, value in self.__dict__.items()
        }
        other.streams = {name: list(leaves) for name, leaves in self.streams.items()}
        return other

    # --- recording ------------------------------------------------------------------------------------------

    def open(self, name: str) -> None:
        """Open a stream, even one that is open."""
        number = len(self.names)
        self.names.append(name)
        self.streams.setdefault(name, [])
        self.put(kinds.StreamOpened(stream=name, number=number), REGISTRY)

    def put(
        self, body: Fact, stream: str, *, corrects: Sequence[str] = (), at: str | None = None, **said: Any
    ) -> str:
        """Record a fact; its id. ``said`` replaces members of the record."""
        leaf = self.leaf(body, stream, corrects=corrects, at=at, **said)
        self.leaves.append(leaf)
        self.streams[stream].append(leaf)
        self.now_us += HOUR_US
        return read_leaf(leaf).id

    def leaf(
        self, body: Fact, stream: str, *, corrects: Sequence[str] = (), at: str | None = None, **said: Any
    ) -> bytes:
        """The leaf that would be next in a stream."""
        index, kind = len(self.leaves), BY_BODY[type(body)].tag
        members: dict[str, Any] = {
            "actor": "operator",
            "at": at or calendar.format_instant(self.now_us // 1_000_000),
            "body": body,
            "corrects": tuple(sorted(corrects)) or UNSET,
            "id": uuid8(self.now_us // 1000, b"%d" % index),
            "index": index,
            "nonce": f"{index:032x}",
            "pos": len(self.streams[stream]),
            "reason": "typed wrong" if corrects else UNSET,
            "rec": calendar.format_rec(self.now_us),
            "stream": stream,
        }
        return leaf_format.encode(RECORDS[kind](**members | said))

    def told(self, text: str, stream: str = OPERATIONS, **said: Any) -> str:
        """Record something, opening its stream where it is not open."""
        if stream not in self.streams:
            self.open(stream)
        return self.put(kinds.IncidentOpened(incident=text, summary=text), stream, **said)

    def rotate(self, old: Signer, new: Signer, signed_by: Sequence[Signer] | None = None) -> None:
        """Hand on to a key; the next checkpoint is signed by both. ``signed_by`` are those who really sign
        the rotation.
        """
        one, other = sign_rotation(ORIGIN, old, new, len(self.leaves))
        if signed_by:
            text = rotation_text(ORIGIN, old.vkey, new.vkey, len(self.leaves))
            one, other = (b64encode(signer.sign_text(text)).decode() for signer in signed_by)
        rotated = kinds.KeyRotated(
            old_vkey=old.vkey, new_vkey=new.vkey, old_signature=one, new_signature=other
        )
        self.put(rotated, REGISTRY)
        self.signers = [old, new]

    def add_ml_dsa(self, signer: Signer, by: Signer | None = None, before: Signer | None = None) -> None:
        """Add the ML-DSA-44 key of a signer; ``by`` and ``before`` are those who really sign it."""
        before = before or (self.ml_dsa[-1] if self.ml_dsa else None)
        made = sign_ml_dsa_key(ORIGIN, signer, before, len(self.leaves))
        if by is not None:
            text = ml_dsa_text(ORIGIN, signer.vkey, signer.ml_dsa.vkey, len(self.leaves))
            made = made._replace(ed25519=b64encode(by.sign_text(text)).decode())
        added = kinds.MlDsaKeyAdded(
            vkey=signer.vkey,
            ml_dsa_vkey=signer.ml_dsa.vkey,
            signature=made.ed25519,
            ml_dsa_signature=made.ml_dsa,
            old_ml_dsa_signature=UNSET if made.old_ml_dsa is None else made.old_ml_dsa,
        )
        self.put(added, REGISTRY)
        self.ml_dsa.append(signer)

    # --- sealing --------------------------------------------------------------------------------------------

    def directory(self) -> list[bytes]:
        """The lines that heads records commit to."""
        return self.lines(
            [
                directory_line(n, len(self.streams[name]), _root(self.streams[name]))
                for n, name in enumerate(self.names)
            ]
        )

    def heads(self) -> None:
        """Write the heads record."""
        lines = self.directory()
        dir_ = merkle.root(merkle.hashes_of(lines)).hex()
        self.put(kinds.LedgerHeads(count=len(lines), dir=dir_), HEADS)

    def sign(self) -> int:
        """Sign a checkpoint over all there is; its size."""
        checkpoint = Checkpoint(ORIGIN, len(self.leaves), _root(self.leaves))
        lines = [one.ml_dsa.cosign(checkpoint, TIME_S) for one in self.signers if one in self.ml_dsa]
        note = sign_note(format_checkpoint(checkpoint), self.signers)
        self.notes[checkpoint.size] = note + "".join(lines).encode()
        signed(self.notes[checkpoint.size], self.leaves)
        self.signers = self.signers[-1:]
        return checkpoint.size

    def seal(self) -> int:
        """Heads record and checkpoint."""
        self.heads()
        return self.sign()

    # --- bundles --------------------------------------------------------------------------------------------

    def members(
        self, names: Iterable[str], lo: Mapping[str, int] | None = None, earlier: int | None = None
    ) -> dict[str, bytes]:
        """The members of a bundle of the last checkpoint, by name; streams as the directory has them, without
        the heads record.
        """
        size = max(self.notes)
        assert size == len(self.leaves), "seal first"
        before = {
            name: [leaf for leaf in leaves if leaf != self.leaves[-1]]
            for name, leaves in self.streams.items()
        }
        lines, indexes = self._directory_of(before), {size - 1}
        main = merkle.hashes_of(self.leaves)
        found = [
            member("checkpoint", self.notes[size]),
            heads_member(self.leaves[-1], _proof(merkle.hashes_of(self.leaves), size - 1)),
        ]
        if earlier is not None:
            hashes = merkle.hashes_of(self.leaves)
            found.append(
                consistency_member(
                    earlier, self.notes[earlier], merkle.consistency_proof(_of(hashes), earlier, size)
                )
            )
        for name in (REGISTRY, *names):
            number, leaves, start = self.names.index(name), before[name], (lo or {}).get(name, 0)
            peaks = merkle.Frontier.of(merkle.hashes_of(leaves[:start])).hashes
            targets = _targets(leaves, start)
            indexes |= {read_leaf(leaf).place for leaf in (*leaves[start:], *(one.leaf for one in targets))}
            found.append(stream_member(number, start, peaks, targets))
            found.append(member(records_name(number), b"".join(leaf + b"\n" for leaf in leaves[start:])))
        held = sorted(index for index in indexes if index < size)
        found.append(directory_member(lines))
        found.append(log_member(merkle.multi_proof(merkle.tile_rows_of(main), size, held)))
        return {one.name: b"".join(one.parts()) for one in found}

    def _directory_of(self, streams: Mapping[str, list[bytes]]) -> list[bytes]:
        return self.lines(
            [directory_line(n, len(streams[name]), _root(streams[name])) for n, name in enumerate(self.names)]
        )

    def bundle(self, *names: str, **how: Any) -> bytes:
        """A bundle of the last checkpoint."""
        return packed(self.members(names, **how))


# --- forged logs --------------------------------------------------------------------------------------------


def altered(leaf: bytes, **said: Any) -> bytes:
    """A record with members changed."""
    return json.dumps(json.loads(leaf) | said, sort_keys=True, separators=(",", ":")).encode()


def renumbered(leaves: list[bytes]) -> list[bytes]:
    """Leaves with dense positions again, as an operator would write them."""
    return [altered(leaf, pos=pos) for pos, leaf in enumerate(leaves)]


def two_streams() -> Log:
    """An honest log: operations and grid of one site, by turns."""
    found = Log()
    for n in range(6):
        found.told(f"o{n}")
        found.told(f"g{n}", GRID)
    found.seal()
    return found


def shrunk() -> Log:
    """The newest operations record is in the log, and the stream that is committed to leaves it out."""
    found = two_streams()
    found.streams[OPERATIONS].pop()
    found.seal()
    return found


def hidden() -> Log:
    """As ``shrunk``, and the grid stream holds a record more in its place: the sizes add up."""
    found = two_streams()
    leaf, grid = read_leaf(found.streams[OPERATIONS].pop()), found.streams[GRID]
    grid.append(altered(grid[-1], index=leaf.place, rec=leaf.rec))
    grid.sort(key=lambda one: read_leaf(one).place)
    found.streams[GRID] = renumbered(grid)
    found.seal()
    return found


def other_record() -> Log:
    """The operations stream holds another record than the log at one index."""
    found = two_streams()
    found.streams[OPERATIONS][3] = altered(found.streams[OPERATIONS][3], actor="another")
    found.seal()
    return found


def swapped() -> Log:
    """Two records of the operations stream have changed places in it, and not in the log."""
    found = two_streams()
    one, other = found.streams[OPERATIONS][2:4]
    first, second = read_leaf(one), read_leaf(other)
    found.streams[OPERATIONS][2:4] = [
        altered(other, index=first.place, pos=first.pos, rec=first.rec),
        altered(one, index=second.place, pos=second.pos, rec=second.rec),
    ]
    found.seal()
    return found


def line_twice() -> Log:
    """A line of the directory stands twice, in the place of that of a stream that nobody audits."""
    found = two_streams()
    found.lines = lambda lines: [*lines[:-1], lines[-2]]
    found.seal()
    return found


def packed(members: Mapping[str, bytes], reports: Sequence[Mapping[str, Any]] = ()) -> bytes:
    """The bundle of some members, with a true manifest."""
    return b"".join(pack([member(name, data) for name, data in members.items()], reports))


def changed(members: Mapping[str, bytes], name: str, change: Callable[[Any], Any]) -> dict[str, bytes]:
    """The members with a JSON one changed."""
    said = change(json.loads(members[name]))
    return {**members, name: json.dumps(said, sort_keys=True, separators=(",", ":")).encode()}


def judged(
    data: bytes, key: Signer | MlDsaSigner = KEY, streams: Sequence[str] = (OPERATIONS,), **more: Any
) -> Verdict:
    """What a reader is told by verify.py and by the page, with a full-log witness beside him."""
    asked = Asked(key.vkey, tuple(streams), **more)
    found = by_program(data, asked)
    page = asking()
    if page is not None:  # the verifier as a page must say the same
        said = page.answer(data, asked)["found"]
        assert (said["verdict"], said["code"], said["where"]) == (
            found.verdict,
            found.code,
            found.where,
        ), said
    witness(data, asked, found)
    return found


def told(data: bytes, key: Signer = KEY, **more: Any) -> tuple[str, str | None]:
    """Verdict and code."""
    found = judged(data, key, **more)
    return found.verdict, found.code


def state_of(data: bytes, key: Signer = KEY, streams: Sequence[str] = (OPERATIONS,)) -> State:
    """What an honest reader remembers of a bundle."""
    return check(read_bundle(data), Asked(key.vkey, tuple(streams))).state


def _targets(leaves: Sequence[bytes], lo: int) -> list[Target]:
    ids = {target for leaf in leaves[lo:] for target in read_leaf(leaf).corrects}
    hashes = merkle.hashes_of(leaves)
    return [
        Target(pos, leaf, _proof(hashes, pos))
        for pos, leaf in enumerate(leaves[:lo])
        if read_leaf(leaf).id in ids
    ]


def _root(leaves: Sequence[bytes]) -> bytes:
    return merkle.root(merkle.hashes_of(leaves))


def _of(hashes: Sequence[bytes]) -> merkle.HashAt:
    return lambda level, index: merkle.root(hashes[index << level : (index + 1) << level])


def _proof(hashes: Sequence[bytes], index: int) -> list[bytes]:
    return merkle.inclusion_proof(_of(hashes), index, len(hashes))
