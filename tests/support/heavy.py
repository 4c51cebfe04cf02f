"""Bundles made to cost a reader much: long texts, many small values, deep lists, many members, in every file
that a bundle has.

Each is signed by the key that its reader brings, so that only what it holds decides. ``kinds`` names them; none is made before it is asked for.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from ledger.verifier.bundle import FORMAT
from ledger.verifier.canonical_json import canonical
from ledger.verifier.zip_form import MANIFEST, zip_central, zip_end, zip_local
from tests.support.forging import GRID, OPERATIONS, Log

Members = dict[str, bytes]
Made = tuple[Members, list[dict[str, Any]]]
MB = 1 << 20
WINDOW = ("2026-07-01T00:00:00Z", "2026-07-02T00:00:00Z", "UTC")
NAME = "uptime"
REPORT, PROOF, RECORDS = f"report/{NAME}.json", "streams/2.json", "streams/2.jsonl"


def kinds(size: int) -> Iterator[tuple[str, Callable[[], Made]]]:
    """Every kind by its name, with about so many bytes in one member."""
    yield from reports(size)
    yield from proofs(min(size, 16 * MB - 4096))
    yield from lines(size)


def forced(members: Members, reports: list[dict[str, Any]]) -> bytes:
    """The bundle of some members with a true manifest, as one who keeps to no limit packs it."""
    files = {name: [len(data), hashlib.sha256(data).hexdigest()] for name, data in members.items()}
    manifest = canonical({"files": files, "format": FORMAT, "reports": reports}).encode()
    parts, entries, place = [], [], 0
    for name, data in sorted({**members, MANIFEST: manifest}.items()):
        header = zip_local(name.encode(), zlib.crc32(data), len(data))
        entries.append(zip_central(name.encode(), zlib.crc32(data), len(data), place))
        parts += [header, data]
        place += len(header) + len(data)
    listed_ = b"".join(entries)
    return b"".join([*parts, listed_, zip_end(len(entries), len(listed_), place)])


def log() -> Log:
    """A log of one site with two streams."""
    found = Log()
    for stream in (OPERATIONS, GRID):
        for n in range(3):
            found.told(f"i{n}", stream)
    found.seal()
    return found


def reported(notes: bytes = b"[]", rows: bytes = b"[]", more: bytes = b"") -> Made:
    """A bundle with a report whose notes or rows are these bytes, or that begins with more members."""
    made = log()
    size = len(made.leaves)
    root = base64.b64decode(made.notes[size].decode().split("\n")[2]).hex()
    head = {
        "report": NAME,
        "definition_version": 1,
        "title": "t",
        "window": dict(zip(("start", "stop", "tz"), WINDOW, strict=True)),
        "as_of": WINDOW[1],
        "known_at": {"size": size, "root": root},
        "tzdata": "2026a",
    }
    begun = json.dumps(head, separators=(",", ":")).encode()[:-1]
    report = begun + more + b',"rows":' + rows + b',"notes":' + notes + b"}\n"
    said = {
        "definition_version": 1,
        "name": NAME,
        "program": "wattledger 0",
        "tzdata": "2026a",
        "parameters": {
            "as_of": WINDOW[1],
            "blocks": [],
            "known_at": size,
            "sites": ["s1"],
            **dict(zip(("start", "stop", "tz"), WINDOW, strict=True)),
        },
    }
    return made.members([OPERATIONS, GRID]) | {REPORT: report}, [said]


def filled(start: bytes, unit: bytes, stop: bytes, size: int) -> bytes:
    """So many bytes: a beginning, a unit again and again, an end."""
    return start + unit * ((size - len(start) - len(stop)) // len(unit)) + stop


def listed(unit: bytes, size: int) -> bytes:
    """A list of the same value in about so many bytes."""
    return filled(b"[", unit + b",", unit + b"]", size)


def reports(size: int) -> Iterator[tuple[str, Callable[[], Made]]]:
    """What a report may hold."""
    yield "report: one long string", lambda: reported(string(b"x", size))
    yield "report: a string of escapes", lambda: reported(string(b"\\n", size))
    yield "report: a string of quotes", lambda: reported(string(b'\\"', size))
    yield "report: a string with one emoji", lambda: reported(string(b"x", size, EMOJI))
    yield "report: a string that never ends", lambda: reported(filled(b'["', b"x", b"", size))
    yield "report: many numbers", lambda: reported(listed(b"1", size))
    yield "report: many empty objects", lambda: reported(listed(b"{}", size))
    yield "report: many small strings", lambda: reported(listed(b'"ab"', size))
    yield "report: many brackets", lambda: reported(b"[" * (size // 2) + b"]" * (size // 2))
    yield "report: many members", lambda: reported(more=many_members(size))
    yield "report: many rows", lambda: reported(rows=many_rows(size))
    yield (
        "report: one long row",
        lambda: reported(rows=b"[\n" + filled(b'{"a":"', b"x", b'"}', size) + b"\n]"),
    )
    yield "report: rows of empty objects", lambda: reported(rows=filled(b"[\n", b"{},\n", b"{}\n]", size))


EMOJI = "\U0001f600".encode()


def string(unit: bytes, size: int, before: bytes = b"") -> bytes:
    """A list of one string."""
    return filled(b'["' + before, unit, b'"]', size)


def many_members(size: int) -> bytes:
    """Members that are each another."""
    return b"," + b",".join(b'"%d":1' % n for n in range(size // 11))


def many_rows(size: int) -> bytes:
    """Rows as reports have them."""
    row = (
        b'{"scope":"site","site":"sandersville","block":"m%d","start":"2026-07-01T00:00:00Z","a":null,"b":%d,"c":true,"d":"it'
        b' was hot",'
    )
    row += b'"e":123456,"f":7890123,"g":0,"h":1000000,"i":99999,"j":null,"k":null,"l":12345,"m":6789,"n":1,"o":2}'
    return b"[\n" + b",\n".join(row % (n, n) for n in range(size // 250)) + b"\n]"


def proofs(size: int) -> Iterator[tuple[str, Callable[[], Made]]]:
    """What members that prove may hold."""
    values: tuple[tuple[str, Callable[[], bytes]], ...] = (
        ("one long string", lambda: string(b"x", size)),
        ("a string with one emoji", lambda: string(b"x", size, EMOJI)),
        ("many empty objects", lambda: listed(b"{}", size)),
        ("many numbers", lambda: listed(b"1", size)),
    )
    for what, value in values:
        for name in ("heads.json", PROOF):
            yield f"{name}: {what}", partial(other, name, value)
        yield f"manifest.json: {what}", partial(said_of_a_report, value)
    yield (
        f"{PROOF}: as many hashes as it holds",
        partial(other, PROOF, lambda: listed(b'"' + base64.b64encode(bytes(32)) + b'"', size)),
    )
    yield "many members", many_files


def said_of_a_report(value: Callable[[], bytes]) -> Made:
    """A bundle whose manifest says a value of a report."""
    return log().members([OPERATIONS]), [{"name": "x", "x": json.loads(value())}]


def other(name: str, value: Callable[[], bytes]) -> Made:
    """A bundle with a value in the place of the hashes of a member's proof."""
    members = log().members([OPERATIONS])
    proof = "inclusion" if name == "heads.json" else "range"
    said = json.loads(members[name]) | {proof: 0}
    members[name] = (
        canonical(said).encode().replace(b'"%s":0' % proof.encode(), b'"%s":' % proof.encode() + value())
    )
    return members, []


def many_files() -> Made:
    """As many members as a ZIP of this form can list."""
    members = log().members([OPERATIONS])
    return members | {f"consistency/{n}": b"" for n in range(10_000, 10_000 + 65_535 - 10)}, []


def lines(size: int) -> Iterator[tuple[str, Callable[[], Made]]]:
    """What records and sections may hold."""
    yield "records: one long line", lambda: with_records(filled(b'{"a":"', b"x", b'"}', size))
    yield "records: long strings", lambda: long_records(size, "x" * 30_000)
    yield "records: honest", lambda: long_records(size, "it was hot")
    yield "records: empty objects", lambda: bodies(size, [{}] * 20_000)
    yield "records: corrections", lambda: corrections(size)
    yield "records: sections", lambda: sectioned(size)
    yield "sections: one long string", lambda: with_sections(filled(b'{"a":"', b"x", b'"}', size))
    yield (
        "sections: a long line",
        lambda: with_sections(filled(b'{"a":"', b"x", b'"}', 4 * MB - 2) + b"\n" * 10),
    )
    yield "sections: many empty objects", lambda: with_sections(b'{"a":' + listed(b"{}", 4 * MB - 10) + b"}")
    yield "sections: many lines", lambda: with_sections(b"\n" * size)


def with_records(data: bytes) -> Made:
    """A stream that holds these bytes."""
    return log().members([OPERATIONS]) | {RECORDS: data + b"\n"}, []


def with_sections(data: bytes) -> Made:
    """Sections that are these bytes."""
    return log().members([OPERATIONS]) | {"sections.jsonl": data + b"\n"}, []


def long_records(size: int, text: str) -> Made:
    """A log of many records of a text."""
    made = Log()
    made.told(text)
    return rewritten(made, lambda said, n: said, size // (len(text) * 2 + 330))


def rewritten(made: Log, change: Callable[[dict[str, Any], int], dict[str, Any]], count: int) -> Made:
    """The log's operations stream with every record but the first changed by the operator's own hand."""
    stream = made.streams[OPERATIONS]
    template = json.loads(stream[0])
    for n in range(1, count):
        said = template | {
            "id": f"{n:08x}-0000-8000-8000-000000000000",
            "index": len(made.leaves),
            "nonce": f"{n:032x}",
            "pos": len(stream),
        }
        leaf = canonical(change(said, n)).encode()
        made.leaves.append(leaf)
        stream.append(leaf)
    made.now_us += 1_000_000
    made.seal()
    return made.members([OPERATIONS]), []


def bodies(size: int, value: Any) -> Made:
    """Records whose bodies are made of a value that teaches no pattern."""
    made = Log()
    made.told("a")
    return rewritten(
        made, lambda said, n: said | {"body": {"a": value}}, size // (len(canonical(value)) + 400)
    )


def corrections(size: int) -> Made:
    """Records that correct as many as a record can name."""
    made = Log()
    made.told("a")
    wide = 1_600
    ids = [f"{n:08x}-0000-8000-8000-{n:012x}" for n in range(10**6)]

    def change(said: dict[str, Any], n: int) -> dict[str, Any]:
        return said | {"corrects": ids[n * wide : (n + 1) * wide], "reason": "r"}

    return rewritten(made, change, size // (wide * 39 + 400))


def sectioned(size: int) -> Made:
    """Records with as many sections as a record can name."""
    made = Log()
    made.told("a")
    wide = 800

    def change(said: dict[str, Any], n: int) -> dict[str, Any]:
        return said | {"sections": {f"s{k}": f"{n * wide + k:064x}" for k in range(wide)}}

    return rewritten(made, change, size // (wide * 74 + 400))
