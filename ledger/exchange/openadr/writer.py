"""OpenADR 3.1.0 out: dispatches as their events, and readings as reports to these events, as the OpenAPI
defines them.

``openadr`` reads the events back as the same dispatches, where OpenADR can carry them: a reduce-to is
DISPATCH_SETPOINT (IMPORT_CAPACITY_LIMIT where the dispatch was one), a reduce-by DISPATCH_SETPOINT_RELATIVE,
in KW; a dispatch without end lasts P9999Y. A reduce-by is written as the positive number of kW by which load
falls, since the enumeration of 3.1.0 allows numbers from 0 on only; ``--relative reduce-by`` reads it back,
and no event can state that meaning itself. A SIMPLE level is written as its power. Instants and watts are
exact. A cancelled dispatch has no event.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from ledger import calendar
from ledger.exchange.openadr.times import FOREVER, format_duration
from ledger.exchange.openadr.usage_reports import kilowatts

LIMIT_MARK: Final = "limit"
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")


class Dispatch(NamedTuple):
    """The current state of a dispatch: its terms, the event and the VTN's program it is of (None: unknown),
    when it was called and last changed.
    """

    name: str
    mode: str
    target_w: int
    start: str
    stop: str | None
    event: str | None
    program: str | None
    created: str
    modified: str


def events(dispatches: Iterable[Dispatch]) -> list[dict[str, Any]]:
    """The events of dispatches, those of one event together, in order of their call."""
    together: dict[str, list[Dispatch]] = {}
    for one in sorted(dispatches, key=lambda one: (one.created, one.start, one.name)):
        together.setdefault(one.event or one.name, []).append(one)
    return [_event(id_, group) for id_, group in together.items()]


def _event(id_: str, group: Sequence[Dispatch]) -> dict[str, Any]:
    first = group[0]
    kinds = list(dict.fromkeys(map(payload_type, group)))
    return {
        "id": id_,
        "objectType": "EVENT",
        "createdDateTime": first.created,
        "modificationDateTime": max(one.modified for one in group),
        "programID": first.program or "unknown",
        "eventName": first.name,
        "payloadDescriptors": [
            {"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": kind, "units": "KW"} for kind in kinds
        ],
        "intervals": [_interval(number, one) for number, one in enumerate(group)],
    }


def _interval(number: int, one: Dispatch) -> dict[str, Any]:
    start_s = calendar.instant_s(one.start)
    length = FOREVER if one.stop is None else format_duration(calendar.instant_s(one.stop) - start_s)
    return {
        "id": number,
        "intervalPeriod": {"start": one.start, "duration": length},
        "payloads": [{"type": payload_type(one), "values": [kilowatts(one.target_w)]}],
    }


def payload_type(one: Dispatch) -> str:
    """The payload that asks for the dispatch."""
    if one.mode == "reduce-by":
        return "DISPATCH_SETPOINT_RELATIVE"
    return "IMPORT_CAPACITY_LIMIT" if LIMIT_MARK in one.name.split("--") else "DISPATCH_SETPOINT"


def encode(values: Sequence[Mapping[str, Any]]) -> bytes:
    """A list as JSON, an object a line, numbers with their digits."""
    if not values:
        return b"[]\n"
    return b"[\n" + b",\n".join(map(_ENCODER.encode, values)) + b"\n]\n"
