"""Instants and durations, as they are stored and as a reader types them."""

from __future__ import annotations

import argparse
import re
from datetime import datetime, timedelta, timezone
from typing import Any

UTC = timezone.utc  # noqa: UP017 - Python 3.10 knows no datetime.UTC


def seconds(stored: str) -> int:
    """POSIX seconds of a stored instant or record time, rounded down."""
    when = datetime.strptime(stored[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    return (when - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)


def instant(posix_s: int) -> str:
    """Stored form of POSIX seconds: ``2026-07-14T18:00:00Z``."""
    when = datetime(1970, 1, 1) + timedelta(seconds=posix_s)
    return f"{when.year:04d}-{when:%m-%dT%H:%M:%S}Z"


def is_time(text: Any, form: str) -> bool:
    try:
        when = datetime.strptime(text, form)
    except (TypeError, ValueError):
        return False
    exact = f"{when:%H:%M:%S}" + (f".{when.microsecond:06d}Z" if "%f" in form else "Z")
    return when.year >= 1970 and bool(text == f"{when.year:04d}-{when:%m-%d}T{exact}")


def parse_time(text: str) -> int | str:
    """POSIX seconds of an instant with Z or an offset; a date as it is, to be read in the sites' zone."""
    dated = re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) is not None
    try:
        when = datetime.fromisoformat(f"{text}T00:00+00:00" if dated else re.sub("Z$", "+00:00", text))
        if dated:
            return text
        if when.tzinfo is None:
            raise ValueError
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"must be a date, or an instant with Z such as 2026-07-01T04:00Z: {text!r}"
        ) from None
    return (when - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)


_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}


def parse_duration(text: str) -> int:
    """Seconds of ``7d``, ``24h``, ``90min`` or ``30s``."""
    found = re.fullmatch(r"(\d{1,9})(s|min|h|d)", text, re.ASCII)
    if found is None:
        raise argparse.ArgumentTypeError(f"must be such as 7d, 24h, 90min or 30s: {text!r}")
    return int(found[1]) * _UNITS[found[2]]
