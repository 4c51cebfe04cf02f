"""A reply of the service, and the media types it comes in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final, NamedTuple

import msgspec

API: Final = "/api/v1"
JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"
TEXT: Final = "text/plain; charset=utf-8"
OCTETS: Final = "application/octet-stream"
EVENTS: Final = "text/event-stream"


class Reply(NamedTuple):
    """An answer: its body whole, or as a stream."""

    body: bytes | AsyncIterator[bytes]
    media_type: str = JSON
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


def json_reply(value: Any, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """A value as JSON."""
    return Reply(msgspec.json.encode(value), JSON, status, headers)
