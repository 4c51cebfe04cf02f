"""Writing a bundle: the one file that a stranger checks with ``verify`` (PROOF 5). The functions are pure;
their input comes from a book.

A ZIP of which only one byte string is valid: members stored, sorted, without times or attributes. Each member
is read twice, once to measure it and once to write it, so that a bundle of any size is written in little
memory.

- checkpoint: the signed checkpoint over N records
- anchors/N.tsr: an RFC 3161 timestamp of it
- directory.jsonl: a line [number, size, root] for each stream of the log: what record N-1 commits to
- log.hashes: the hashes, 32 bytes each, that with the bundle's records prove each of them in the log at its
  own index (``merkle.multi_proof``)
- heads.json: {inclusion, leaf}: record N-1, which commits to the directory of all streams, and its proof in
  the checkpoint
- registry.jsonl: every record of the registry, one a line, byte for byte: which streams there are, and which
  keys
- streams/<n>.jsonl: records [lo, size) of stream n
- streams/<n>.json: {lo, range, targets}: where its records begin; the compact range of [0, lo); [pos, record,
  proof] of each record before lo that a correction in the bundle names
- sections.jsonl: disclosed sections, by index and name
- consistency/<size>: {checkpoint, proof}: an earlier signed checkpoint, and the proof that this one goes on
  from it
- report/<name>.json: a report
- manifest.json: {files: {path: [size, sha256]}, format, reports: [{definition_version, name, parameters,
  program, tzdata}]}

A reader takes a report of at most 256 MiB, whose rows are each on a line, and a line of it or of the sections
of at most 2 MiB; 16 MiB of manifest.json and of streams/<n>.json each, 1 GiB of log.hashes, 2 MiB of any other
proof. Records may be as many as 4 GiB hold. No bundle is written beyond that.

The format wattledger-bundle/v1 had neither directory.jsonl nor log.hashes, and in streams/<n>.json the
``inclusion`` of the stream's line in the directory; verifiers still read it (``directory-not-tied``).
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from ledger.verifier.bundle import FORMAT
from ledger.verifier.canonical_json import canonical
from ledger.verifier.faults import PIECE_LIMIT
from ledger.verifier.zip_form import (
    DIRECTORY,
    LOG_HASHES,
    MANIFEST,
    size_limit,
    zip_central,
    zip_end,
    zip_local,
)

ZIP_LIMIT: Final = 2**32 - 1
MEMBER_LIMIT: Final = 65_535


class TooLarge(ValueError):
    """Raised for a bundle that is larger than readers accept."""


class Member(NamedTuple):
    """One file of a bundle; ``parts`` gives the same bytes each time it is called."""

    name: str
    parts: Callable[[], Iterable[bytes]]


def member(name: str, data: bytes) -> Member:
    """A file whose bytes are in memory."""
    return Member(name, lambda: (data,))


def pieces(name: str, data: bytes) -> Member:
    """A file whose bytes are in memory and are read line by line; ``TooLarge`` where a line is longer than
    readers accept.
    """
    longest = max(map(len, data.split(b"\n"))) + 1
    if longest > PIECE_LIMIT:
        raise TooLarge(f"{name} has a line of {longest:,} bytes, readers accept {PIECE_LIMIT:,} at most")
    return member(name, data)


def pack(members: Iterable[Member], reports: Sequence[Mapping[str, Any]]) -> Iterator[bytes]:
    """The bytes of the bundle, manifest included; ``TooLarge`` before the first byte where it or one of its
    files is larger than readers accept.
    """
    measured = sorted(map(_measured, members))
    files = {one.name: [one.size, one.sha256] for one in measured}
    manifest = _json(
        {"files": files, "format": FORMAT, "reports": sorted(reports, key=lambda one: str(one["name"]))}
    )
    measured = sorted([*measured, _measured(member(MANIFEST, manifest))])
    for one in measured:
        if one.size > size_limit(one.name):
            raise TooLarge(
                f"{one.name} would have {one.size:,} bytes, readers accept {size_limit(one.name):,} at most"
            )
    if len(measured) > MEMBER_LIMIT:
        raise TooLarge(f"a bundle holds at most {MEMBER_LIMIT:,} files, two a stream")
    if sum(one.size + 2 * len(one.name) + 76 for one in measured) + 22 > ZIP_LIMIT:
        raise TooLarge("a bundle holds less than 4 GiB")
    place, entries = 0, []
    for one in measured:
        name = one.name.encode()
        header = zip_local(name, one.crc, one.size)
        entries.append(zip_central(name, one.crc, one.size, place))
        yield header
        yield from one.parts()
        place += len(header) + one.size
    listed = b"".join(entries)
    yield listed + zip_end(len(entries), len(listed), place)


class _Measured(NamedTuple):
    name: str
    size: int
    sha256: str
    crc: int
    parts: Callable[[], Iterable[bytes]]


def _measured(one: Member) -> _Measured:
    size, digest, crc = 0, hashlib.sha256(), 0
    for part in one.parts():
        size += len(part)
        digest.update(part)
        crc = zlib.crc32(part, crc)
    return _Measured(one.name, size, digest.hexdigest(), crc, one.parts)


# --- proofs as members --------------------------------------------------------------------------------------


class Target(NamedTuple):
    """A record before ``lo`` that a correction names, and its proof in the stream's tree."""

    pos: int
    leaf: bytes
    proof: Sequence[bytes]


def heads_member(leaf: bytes, inclusion: Sequence[bytes]) -> Member:
    """The heads leaf with its proof in the checkpoint."""
    return member("heads.json", _json({"inclusion": _hashes(inclusion), "leaf": _64(leaf)}))


def directory_member(lines: Iterable[bytes]) -> Member:
    """The whole directory."""
    return member(DIRECTORY, b"".join(line + b"\n" for line in lines))


def log_member(proof: Sequence[bytes]) -> Member:
    """The hashes that prove every record of the bundle in the log."""
    return member(LOG_HASHES, b"".join(proof))


def stream_member(
    number: int,
    lo: int = 0,
    peaks: Sequence[bytes] = (),
    targets: Sequence[Target] = (),
) -> Member:
    """The proof of a stream's records: the tree of the records before ``lo``."""
    said = {
        "lo": lo,
        "range": _hashes(peaks),
        "targets": [[one.pos, _64(one.leaf), _hashes(one.proof)] for one in targets],
    }
    return member(f"streams/{number}.json", _json(said))


def records_name(number: int) -> str:
    """The member that holds the records of a stream."""
    return f"streams/{number}.jsonl" if number else "registry.jsonl"


def consistency_member(size: int, note: bytes, proof: Sequence[bytes]) -> Member:
    """An earlier checkpoint and the proof that the newer one goes on from it."""
    return member(f"consistency/{size}", _json({"checkpoint": note.decode(), "proof": _hashes(proof)}))


def _hashes(hashes: Sequence[bytes]) -> list[str]:
    return [_64(one) for one in hashes]


def _64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _json(value: Any) -> bytes:
    return canonical(value).encode()
