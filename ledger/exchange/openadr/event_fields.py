"""Parts of OpenADR objects: their type, descriptors, payloads by interval, and other members of events."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from ledger import calendar
from ledger.errors import Malformed, named
from ledger.exchange.openadr.event_options import EventOptions
from ledger.exchange.openadr.times import EventInterval, date_time_s, is_now, is_zero

NAME_LIMIT: Final = 40
TYPE_LIMIT: Final = 128
_PLAIN_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_SORTED = msgspec.json.Encoder(order="sorted")


def event_name(event: Mapping[str, Any], vtn: str) -> str:
    """The dispatch's slug: ``adr-44``.

    An id that is not a slug is lower-cased and made unambiguous by its SHA-256; an event without id is named
    after its name and its whole content, since two of one name are two events.
    """
    id_ = event.get("id")
    if isinstance(id_, str) and _PLAIN_ID.fullmatch(id_) and len(id_) <= NAME_LIMIT:
        return f"{vtn}-{id_}"
    said = str(id_ or event.get("eventName") or "event")
    content = said.encode("utf-8", "replace") if id_ else _SORTED.encode(_plain(event))
    plain = re.sub(r"[^a-z0-9]+", "-", said.lower())[:24].strip("-")
    return f"{vtn}-{plain or 'event'}-{hashlib.sha256(content).hexdigest()[:8]}"


def is_number(value: Any) -> bool:
    """True for a JSON number; true and false are not numbers."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def target_words(said: Any) -> str:
    """A target in words: a text, or before 3.1.0 ``{"type", "values"}``."""
    if isinstance(said, dict) and isinstance(said.get("values"), list):
        return f"{said.get('type')} {' '.join(map(str, said['values']))}"
    return str(said)


def one_line(text: str) -> str:
    """Text from outside on one line of a message."""
    return "".join(char if char.isprintable() else "?" for char in text)[:160]


def _plain(value: Any) -> Any:
    """A parsed value with everything as text that UTF-8 can hold, so that equal content gives equal bytes."""
    if isinstance(value, Mapping):
        return {_plain(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return str(value).encode("utf-8", "replace").decode()


def object_type(value: Any) -> str | None:
    """The type that an object states; None where it is not an object of OpenADR."""
    if not isinstance(value, dict):
        return None
    said = value.get("objectType")
    if isinstance(said, str):
        for kind in ("PROGRAM", "EVENT", "REPORT", "SUBSCRIPTION", "RESOURCE", "VEN"):
            if said == kind or said.endswith(f"_{kind}_REQUEST"):
                return kind
        return None
    for kind, member in (
        ("REPORT", "resources"),
        ("EVENT", "programID"),
        ("PROGRAM", "programName"),
        ("RESOURCE", "resourceName"),
        ("VEN", "venName"),
    ):
        if member in value and (kind != "REPORT" or "eventID" in value):
            return kind
    return None


def stated_units(value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The payload types whose unit an object states, each with it."""
    said = value.get("payloadDescriptors")
    for one in said if isinstance(said, list) else ():
        if (
            isinstance(one, dict)
            and isinstance(one.get("payloadType"), str)
            and isinstance(one.get("units"), str)
        ):
            yield one["payloadType"], one["units"]


def payloads_of(span: EventInterval, options: EventOptions) -> Iterator[tuple[str, list[Any]]]:
    """The payloads of an interval: each type with its values."""
    if not isinstance(span.payloads, list | tuple):
        raise Malformed(f"interval {span.number}: payloads must be a list")
    seen = set()
    for payload in span.payloads:
        kind = payload.get("type") if isinstance(payload, dict) else None
        values = payload.get("values") if isinstance(payload, dict) else None
        if not isinstance(kind, str) or not isinstance(values, list):
            raise Malformed(
                f'interval {span.number}: a payload is {{"type", "values": [...]}}: {str(payload)[:80]!r}'
            )
        if not 0 < len(kind) <= TYPE_LIMIT or not kind.isprintable():
            raise Malformed(
                f"interval {span.number}: a payload type has 1 to {TYPE_LIMIT} printable characters:"
                f" {kind[:40]!r}"
            )
        if kind in seen and options.call(kind) is not None:
            raise Malformed(f"interval {span.number}: gives {kind} twice")
        seen.add(kind)
        yield kind, values


def unpacked(
    span: EventInterval, kind: str, values: list[Any], options: EventOptions
) -> list[tuple[int, int | None, Any]]:
    """The values of an interval; packed values divide it evenly. A payload that calls for nothing here is
    passed on as it is.
    """
    if options.call(kind) is None:
        return [(span.start_s, span.stop_s, values)]
    if len(values) == 1:
        return [(span.start_s, span.stop_s, values[0])]
    if not values:
        raise Malformed(f"interval {span.number}: {kind} has no value")
    if span.stop_s is None or (span.stop_s - span.start_s) % len(values):
        raise Malformed(
            f"interval {span.number}: {kind} packs {len(values)} values, which do not divide its duration"
            " into whole seconds"
        )
    step = (span.stop_s - span.start_s) // len(values)
    return [(span.start_s + n * step, span.start_s + (n + 1) * step, value) for n, value in enumerate(values)]


def joined(slots: Iterator[tuple[int, int | None, int]]) -> Iterator[tuple[int, int | None, int]]:
    """Slots that follow each other and ask for the same power, joined."""
    ordered = sorted(slots, key=lambda slot: slot[0])
    for some, other in pairwise(ordered):
        if some[1] is None or some[1] > other[0]:
            raise Malformed(f"has intervals that overlap at {calendar.format_instant(other[0])}")
    run: tuple[int, int | None, int] | None = None
    for slot in ordered:
        if slot[1] == slot[0]:
            raise Malformed(
                "has an interval that lasts no time; write P9999Y for one without end, and start 0001-01-01 with"
                " duration PT0S for one that is called off"
            )
        if run is not None and run[1] == slot[0] and run[2] == slot[2]:
            run = (run[0], slot[1], run[2])
            continue
        if run is not None:
            yield run
        run = slot
    if run is not None:
        yield run


def unheard(event: Mapping[str, Any]) -> Iterator[str]:
    """Members of an event beside its power and time that are not recorded, in words."""
    periods = [event.get("intervalPeriod")]
    periods += [i.get("intervalPeriod") for i in event.get("intervals") or () if isinstance(i, dict)]
    for period in periods:
        shift = period.get("randomizeStart") if isinstance(period, dict) else None
        if shift is not None and not is_zero(shift):
            yield (
                f"may start up to {one_line(str(shift))} earlier or later (randomizeStart); "
                "the start is recorded as stated"
            )
            break
    if event.get("priority") is not None:
        yield f"has priority {one_line(str(event['priority']))}, which has no meaning here"
    asked = reports_asked(event)
    if asked:
        yield asked.removeprefix(", ") + (": export openadr writes them" if "USAGE" in asked else "")


def reports_asked(event: Mapping[str, Any]) -> str:
    """The reports that an event asks for, as the end of a note."""
    descriptors = event.get("reportDescriptors")
    said = descriptors if isinstance(descriptors, list) else ()
    kinds = [
        str(one.get("payloadType") or one.get("payLoadType") or "?") for one in said if isinstance(one, dict)
    ]
    return f", asks for reports of {one_line(', '.join(dict.fromkeys(kinds)))}" if kinds else ""


def version_of(event: Mapping[str, Any]) -> str | UnsetType:
    """The ``external_version`` of an event."""
    said = event.get("modificationDateTime")
    if said is None or is_now(said):  # the zero time of servers in Go states no version
        return UNSET
    with named("modificationDateTime"):
        date_time_s(said)
    return str(said)
