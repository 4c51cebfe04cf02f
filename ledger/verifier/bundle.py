"""Bundles: an opened file with its manifest."""

from __future__ import annotations

import binascii
import hashlib
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ledger.verifier.canonical_json import canonical, read_json
from ledger.verifier.faults import LEAF_LIMIT, PIECE_LIMIT, Misshapen, ProofError
from ledger.verifier.keys import strict_base64
from ledger.verifier.trees import HASH_BYTES
from ledger.verifier.zip_form import DIRECTORY, LOG_HASHES, MANIFEST, zip_members

FORMAT = "wattledger-bundle/v2"
OLD_FORMAT = "wattledger-bundle/v1"
"""The format until November 2026: it does not tie the directory to the log (``directory-not-tied``)."""
_NEEDED = ("checkpoint", "heads.json", MANIFEST, "registry.jsonl", "streams/0.json")


class Bundle(NamedTuple):
    """An opened bundle: every member as the manifest says it is, and nothing about its contents checked yet.

    ``tied``: it is of the format that ties the directory to the log.
    """

    members: Mapping[str, memoryview]
    reports: tuple[Mapping[str, Any], ...]
    tied: bool = True

    def data(self, name: str) -> bytes:
        """A member's bytes."""
        return bytes(self.members[name])

    def json(self, name: str, *members: str) -> Any:
        """A member that is a canonical JSON object of exactly these members."""
        try:
            value = read_json(self.data(name))
            if not isinstance(value, dict) or set(value) != set(members):
                raise ValueError(f"has not the members {', '.join(members)}")
        except ValueError as why:
            raise Misshapen("malformed", str(why), name) from None
        return value

    def lines(self, name: str, size: int = 1 << 22) -> Iterator[list[bytes]]:
        """The lines of a member, without newline, in parts of some megabytes."""
        data, start, stop = self.members[name], 0, len(self.members[name])
        if stop and data[stop - 1] != 10:
            raise Misshapen("malformed", "does not end with a newline", name)
        while start < stop:
            part = bytes(data[start : start + size])
            end = part.rfind(b"\n") + 1
            if end == 0 and size > PIECE_LIMIT:
                raise Misshapen("leaf-too-large", f"a record has at most {LEAF_LIMIT:,} bytes", name)
            if end == 0:
                raise Misshapen("malformed", f"has a line of more than {size:,} bytes", name)
            yield part[: end - 1].split(b"\n")
            start += end


def read_bundle(data: Any) -> Bundle:
    """The bundle in these bytes, which must be the one valid form: stored members, sorted, nothing between or
    after them, a true manifest.
    """
    try:
        members = zip_members(memoryview(data))
    except (struct.error, UnicodeDecodeError, IndexError) as why:
        raise Misshapen("malformed", f"is not a bundle: {why}") from None
    for name in _NEEDED:
        if name not in members:
            raise Misshapen("malformed", f"has no {name}: it is no bundle, or part of it is missing")
    bundle = Bundle({name: part for name, (part, _) in members.items()}, ())
    manifest = bundle.json(MANIFEST, "files", "format", "reports")
    if manifest["format"] not in (FORMAT, OLD_FORMAT):
        raise Misshapen(
            "malformed", f"is of the format {str(manifest['format'])[:60]!r}, not {FORMAT!r}", MANIFEST
        )
    tied = manifest["format"] == FORMAT
    for name in (DIRECTORY, LOG_HASHES):
        if (name in members) != tied:
            raise Misshapen("malformed", f"has {'no ' if tied else ''}{name}: not the form of its format")
    _check_files(bundle.members, manifest["files"])
    for name, (part, crc) in members.items():
        if zlib.crc32(part) != crc:
            raise Misshapen("malformed", "its CRC is wrong", name)
    return bundle._replace(reports=_reports_said(manifest["reports"], bundle.members), tied=tied)


def _check_files(members: Mapping[str, memoryview], files: Any) -> None:
    if not isinstance(files, dict) or set(files) != set(members) - {MANIFEST}:
        raise ProofError("manifest-mismatch", "the files are not those that the manifest lists", MANIFEST)
    for name, said in files.items():
        due = [len(members[name]), hashlib.sha256(members[name]).hexdigest()]
        if canonical(said) != canonical(due):
            raise ProofError("manifest-mismatch", "is not the file that the manifest lists", name)


_ASKED = ("as_of", "blocks", "known_at", "sites", "start", "stop", "tz")


def _reports_said(said: Any, members: Mapping[str, memoryview]) -> tuple[Mapping[str, Any], ...]:
    """The manifest's entries of reports, one for each report file."""
    names = [name[7:-5] for name in members if name.startswith("report/")]
    try:
        good = [report["name"] for report in said] == sorted(names) and all(map(_is_report, said))
    except (TypeError, KeyError):
        good = False
    if not good:
        raise Misshapen("malformed", "does not say of every report what it is", MANIFEST)
    return tuple(said)


def _is_report(said: Mapping[str, Any]) -> bool:
    asked = said["parameters"]
    texts = [
        said["name"],
        said["program"],
        said["tzdata"],
        *(asked[name] for name in ("as_of", "start", "stop", "tz")),
    ]
    lists = [asked[name] for name in ("blocks", "sites")] + [asked.get("options", [])]
    return (
        set(said) == {"definition_version", "name", "parameters", "program", "tzdata"}
        and set(asked) - {"options"} == set(_ASKED)
        and all(isinstance(text, str) for text in texts)
        and all(isinstance(one, list) and all(isinstance(text, str) for text in one) for one in lists)
        and type(asked["known_at"]) is type(said["definition_version"]) is int
    )


def hashes_said(said: Any, where: str) -> list[bytes]:
    """Hashes in canonical base64."""
    try:
        found = [strict_base64(one) for one in as_list(said)]
    except (TypeError, ValueError, AttributeError, binascii.Error):
        raise Misshapen("malformed", "a proof is a list of hashes in base64", where) from None
    if any(len(one) != HASH_BYTES for one in found):
        raise Misshapen("malformed", "a hash has 32 bytes", where)
    return found


def as_list(said: Any) -> list[Any]:
    if not isinstance(said, list):
        raise TypeError("is no list")
    return said


def as_position(said: Any) -> int:
    if type(said) is not int or said < 0:
        raise TypeError("is no position")
    return said
