"""CloudEvents 1.0.2 in the JSON format, in and out: one event, a batch (a list), or one event a line.

- ``specversion``: ``1.0``
- ``type``: ``wattledger.`` and the kind's tag: ``wattledger.curtailment-started.v1``; without a version the
  current one
- ``source``, ``id``: together unique. Out: the book's origin as a URL, and the record's id. In: an id that is
  a record's id is kept; of another the record's id is derived from source and id, so that an event delivered
  again changes nothing
- ``time``: the instant of the fact, ``at``; a fraction of a second is cut off
- ``subject``: the stream, ``sandersville/grid``, or the place alone
- ``data``: the other members of a claim, as in JSON Lines: ``body`` with the fact's fields in base units,
  and where they are given ``actor``, ``corrects``, ``reason`` and ``source`` {name, ref, sha256}. Without a
  source of its own the event is the source
- ``recordedtime``, ``sequence``: out only: the record's ``rec`` and its index in 16 digits

An event of another type is a Problem that states what would be right; nothing is guessed from it. Source:
CloudEvents 1.0.2, JSON event format 1.0.2.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any, Final

import msgspec
from msgspec import UNSET

from ledger import fields
from ledger.errors import Malformed, Problem
from ledger.exchange.json_values import values
from ledger.exchange.openadr.times import date_time
from ledger.exchange.reading import PROBLEM_LIMIT, Reading, check_line
from ledger.kinds import Fact, kind_of
from ledger.records.claim_json import claim_from_json
from ledger.records.envelope import Claim, Record
from ledger.records.ids import named_id
from ledger.records.strict_json import parse_json

NAMESPACE: Final = "wattledger."
VERSION: Final = "1.0"
SIZE_LIMIT: Final = 64 * 1024 * 1024
PART: Final = 10_000
REQUIRED: Final = ("id", "source", "specversion", "type")
OURS: Final = {*REQUIRED, "time", "subject", "datacontenttype", "data", "recordedtime", "sequence"}
"""The attributes that are read; an event may have others, which do not change its fact."""
_ATTRIBUTE = re.compile(r"[a-z0-9]{1,256}|data_base64", re.ASCII)
_JSON_TYPE = re.compile(r"application/(?:[a-z0-9.+-]+\+)?json(?:\s*;.*)?", re.ASCII | re.IGNORECASE)
DATA: Final = ("body", "actor", "corrects", "reason", "source")


# --- in -----------------------------------------------------------------------------------------------------


def read(data: bytes, source: str) -> Reading:
    """The claims of all events of a file; each event that cannot be read is a Problem, and the others go
    on.
    """
    parts = list(read_parts([data], source, hashlib.sha256(data).hexdigest()))
    return Reading(
        tuple(claim for part in parts for claim in part.claims),
        tuple(problem for part in parts for problem in part.problems),
        tuple(dict.fromkeys(note for part in parts for note in part.notes)),
        tuple(line for part in parts for line in part.lines),
    )


def read_parts(chunks: Iterable[bytes], source: str, sha256: str) -> Iterator[Reading]:
    """The claims part by part: events one a line are read as they come, so that such a file may be of any
    size; ``sha256`` is of the whole file.
    """
    lines = _lines(chunks)
    first = next(lines, b"")
    if not first.strip().endswith(b"}"):
        yield _document(b"".join((first, *lines)), source, sha256)
        return
    whole = list(islice(chain([first], lines), PART + 1))
    if len(whole) <= PART:
        yield _document(b"".join(whole), source, sha256)
        return
    number = wrong = 0
    rest = chain(whole, lines)
    while part := list(islice(rest, PART)):
        problems: list[Problem] = []
        reading = _reading(_each(part, number, source, problems), source, sha256, problems)
        number += len(part)
        wrong += len(reading.problems)
        if wrong < PROBLEM_LIMIT:
            yield reading
            continue
        end = Problem(source, 0, f"has {PROBLEM_LIMIT:,} problems and more; the rest is not read")
        kept = reading.problems[: PROBLEM_LIMIT - (wrong - len(reading.problems))]
        yield reading._replace(problems=(*kept, end))
        return


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines with their ends; a file without line ends is one line, of at most 64 MB."""
    held = b""
    for chunk in chunks:
        *lines, held = (held + chunk).split(b"\n")
        if len(held) > SIZE_LIMIT:
            raise Malformed(f"has {SIZE_LIMIT:,} bytes and more in one line; write one event a line")
        yield from (line + b"\n" for line in lines)
    if held:
        yield held


def _each(
    lines: Iterable[bytes], before: int, source: str, problems: list[Problem]
) -> Iterator[tuple[int, str, Any]]:
    for number, line in enumerate(lines, start=before + 1):
        if line.strip():
            try:
                check_line(line)
                yield number, "", parse_json(line)
            except Malformed as why:
                problems.append(Problem(source, number, str(why), line[:200].decode("utf-8", "replace")))


def _document(data: bytes, source: str, sha256: str) -> Reading:
    if len(data) > SIZE_LIMIT:
        raise Malformed(
            f"{source}: has {len(data):,} bytes; a batch has at most {SIZE_LIMIT:,}, one event a line may"
            " be any"
        )
    problems: list[Problem] = []
    return _reading(values(data, source, "event", problems), source, sha256, problems)


def _reading(
    events: Iterable[tuple[int, str, Any]], source: str, sha256: str, problems: list[Problem]
) -> Reading:
    claims: list[Claim] = []
    lines: list[int] = []
    others: set[str] = set()
    for line, name, value in events:
        try:
            claims.append(claim_of_event(value, sha256))
        except Malformed as why:
            problems.append(Problem(source, line, f"{name}{why}", str(value)[:200]))
        else:
            lines.append(line)
            others |= value.keys() - OURS
    notes = (f"{source}: attributes passed over: {', '.join(sorted(others))[:200]}",) if others else ()
    return Reading(tuple(claims), tuple(problems), notes, tuple(lines))


def claim_of_event(event: Any, sha256: str) -> Claim:
    """The claim of one event; ``sha256`` is of the document that holds it. A null attribute counts as absent
    (JSON event format 1.0.2, 2.2).
    """
    if isinstance(event, dict):
        event = {name: value for name, value in event.items() if value is not None}
    _check(event)
    kind = kind_of(event["type"].removeprefix(NAMESPACE))
    at = date_time(event.get("time"))
    place = event.get("subject")
    said: dict[str, Any] = {"kind": kind.tag, "at": at, **event["data"]}
    if place is not None:
        said["stream" if "/" in place else "site"] = place
    said.setdefault("source", {"name": event["source"], "ref": event["id"], "sha256": sha256})
    claim = claim_from_json(said)
    return msgspec.structs.replace(claim, id=_record_id(event, claim))


def _record_id(event: Mapping[str, Any], claim: Claim) -> str:
    id_ = str(event["id"])
    if fields.is_id(id_):
        return id_
    return named_id(claim.at, ["cloudevents", event["source"], id_])


def _check(event: Any) -> None:
    """``Malformed`` unless this is an event of this ledger with JSON data."""
    if not isinstance(event, dict):
        raise Malformed("must be a CloudEvent: a JSON object with id, source, specversion and type")
    for name in REQUIRED:
        if not isinstance(event.get(name), str) or not event[name]:
            raise Malformed(f"is not a CloudEvent: it needs {name}, a string")
    if event["specversion"] != VERSION:
        raise Malformed(f"specversion must be {VERSION}: {event['specversion'][:40]!r}")
    for name, value in event.items():
        if not _ATTRIBUTE.fullmatch(name):
            raise Malformed(f"an attribute name may have only a-z and 0-9: {name[:40]!r}")
        if name != "data" and not isinstance(value, str | int):
            raise Malformed(f"{name} must be a string, a number or a boolean: {str(value)[:40]!r}")
    if not event["type"].startswith(NAMESPACE):
        raise Malformed(
            f"type {event['type'][:80]!r} is not of this ledger: an event it reads is {NAMESPACE}KIND, such"
            f" as {NAMESPACE}outage-started.v1"
        )
    content = event.get("datacontenttype", "application/json")
    if (
        "data_base64" in event
        or not _JSON_TYPE.fullmatch(str(content))
        or not isinstance(event.get("data"), dict)
    ):
        raise Malformed('data must be a JSON object, {"body": {the fact\'s fields}, ...}')
    if "body" not in event["data"] or event["data"].keys() - set(DATA):
        raise Malformed(
            f"data has {', '.join(DATA)}, of which body is needed: {', '.join(event['data'])[:80]!r}"
        )
    if "subject" in event and not isinstance(event["subject"], str):
        raise Malformed(f"subject must be a stream such as sandersville/grid: {event['subject']!r}")
    if "time" not in event:
        raise Malformed("needs time, the instant of the fact")


# --- out ----------------------------------------------------------------------------------------------------


def event_of(record: Record, body: Fact, origin: str) -> dict[str, Any]:
    """The event of a record, with the disclosed part of its body."""
    data: dict[str, Any] = {"body": body, "actor": record.actor}
    data |= {
        name: said
        for name in ("corrects", "reason", "source")
        if (said := getattr(record, name)) is not UNSET
    }
    return {
        "specversion": VERSION,
        "type": f"{NAMESPACE}{record.kind}",
        "source": f"https://{origin}",
        "id": record.id,
        "time": record.at,
        "subject": record.stream,
        "datacontenttype": "application/json",
        "recordedtime": record.rec,
        "sequence": f"{record.index:016d}",
        "data": data,
    }


def encode(event: Mapping[str, Any]) -> bytes:
    """An event as JSON."""
    return msgspec.json.encode(event)
