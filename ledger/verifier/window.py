"""The scope and the window that the reader asks about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ledger.verifier.faults import BadOption, Missing
from ledger.verifier.leaf import Leaf
from ledger.verifier.reader import Asked
from ledger.verifier.times import UTC, instant


def check_scope(asked: Asked, heads: Leaf, missing: Missing) -> None:
    if not asked.streams:
        why = (
            "say which streams you want all records of: --stream NAME for each;"
            " what is in the bundle is the choice of who made it"
        )
        missing.append(("scope-not-given", "--stream", why))
    if asked.stop_s is not None and f"{instant(asked.stop_s)[:-1]}.000000Z" > heads.rec:
        why = (
            f"the window ends at {instant(asked.stop_s)}, after {heads.rec} of the newest record:"
            " more may come; ask for a later bundle"
        )
        missing.append(("window-open", "--to", why))


def dated(asked: Asked, registry: Sequence[Leaf]) -> tuple[Asked, str | None]:
    """The window with its dates as instants: midnights in the zone that the sites of the streams share, else
    in UTC.
    """
    if asked.start_on is asked.stop_on is None:
        return asked, None
    sites = {name.partition("/")[0] for name in asked.streams}
    opened_ = [leaf.body for leaf in registry if str(leaf.body.get("stream")).partition("/")[0] in sites]
    shared = {str(body["tz"]) for body in opened_ if body.get("tz")}
    zone = shared.pop() if len(shared) == 1 else "UTC"
    start_s = asked.start_s if asked.start_on is None else midnight_s(asked.start_on, zone)
    stop_s = asked.stop_s if asked.stop_on is None else midnight_s(asked.stop_on, zone)
    check_order(start_s, stop_s)
    return asked._replace(start_s=start_s, stop_s=stop_s, start_on=None, stop_on=None), zone


def check_order(start_s: int | None, stop_s: int | None) -> None:
    """Refuse a window that ends before it begins."""
    if start_s is not None and stop_s is not None and stop_s <= start_s:
        raise BadOption("--to", "the window ends before it begins: --to is not included and must be later")


def midnight_s(day: str, zone: str) -> int:
    """POSIX seconds of the first instant of a local day."""
    try:
        tz = UTC if zone == "UTC" else ZoneInfo(zone)
        local = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=tz)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones is no zone
        why = f"{day} cannot be read as a date of {zone} here; give an instant such as 2026-07-01T04:00Z"
        raise BadOption("--from", why) from None
    return int((local - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1))
