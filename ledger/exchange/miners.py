"""Miner telemetry: pyasic's MinerData as JSON (one object, a list, or one a line), in as one hashrate-changed of a block.

Every device of a file counts: ``hashrate_ghs`` is the exact sum of rate x unit over SHA-256 devices, rounded once (half to even);
``units_total`` the devices, ``units_hashing`` those with a rate above zero. ``power_w`` is said only if every hashing device reports its wattage: a
wattage that is null is unknown, not zero. Other algorithms are refused, since their rate is no Bitcoin work. The time is the latest of
the devices' own, else the one given; the value holds for ``hold_s``, after which it is unknown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NamedTuple

from msgspec import UNSET, UnsetType

from ledger import calendar, units
from ledger.codec import parse_json
from ledger.errors import Malformed, Problem
from ledger.events import BY_TAG, HashrateChanged, Source
from ledger.exchange.reading import Reading
from ledger.records import make_claim

KIND: Final = BY_TAG["hashrate-changed.v1"]
SHA256: Final = ("sha256", "sha256d", "sha-256")
HASHES_IN_GH: Final = 10**9
SIZE_LIMIT: Final = 64 * 1024 * 1024


class Options(NamedTuple):
    """Which block the devices are in; when they were polled, if the file does not say; how long the value holds."""

    site: str
    block: str
    at: str | None = None
    hold_s: int | None = None


class Device(NamedTuple):
    """One device as polled: exact GH/s (None unknown), watts (None unknown), its own time in seconds since 1970 or None."""

    rate_ghs: Fraction | None
    power_w: Fraction | None
    time_s: int | None


def read(data: bytes, source: str, options: Options) -> Reading:
    """One claim for the block from all devices of a file."""
    if len(data) > SIZE_LIMIT:
        raise Malformed(f"{source}: has {len(data):,} bytes; an import has at most {SIZE_LIMIT:,}")
    devices: list[Device] = []
    problems: list[Problem] = []
    for line, name, value in _objects(data, source, problems):
        try:
            devices.append(_device(value))
        except Malformed as why:
            problems.append(Problem(source, line, f"{name}{why}", str(value)[:200]))
    if not devices:
        return Reading((), tuple(problems) or (Problem(source, 0, "holds no device"),))
    try:
        claim = make_claim(
            KIND,
            _at(devices, options),
            _body(devices, options),
            place=options.site,
            source=Source(source, sha256=hashlib.sha256(data).hexdigest()),
        )
    except Malformed as why:
        return Reading((), (*problems, Problem(source, 0, str(why))))
    return Reading((claim,), tuple(problems), tuple(_notes(devices, source)))


def _objects(data: bytes, source: str, problems: list[Problem]) -> Iterator[tuple[int, str, Any]]:
    """(line, name for messages, device) of a file that is one object, a list, or one object a line."""
    try:
        whole = parse_json(data, decimals=True)
    except Malformed as why:
        lines = [(n, line) for n, line in enumerate(data.split(b"\n"), start=1) if line.strip()]
        if len(lines) < 2 or not lines[0][1].strip().endswith(b"}"):
            problems.append(Problem(source, 0, str(why), data[:200].decode("utf-8", "replace")))
            return
        for number, line in lines:
            try:
                yield number, "", parse_json(line, decimals=True)
            except Malformed as wrong:
                problems.append(Problem(source, number, str(wrong), line[:200].decode("utf-8", "replace")))
        return
    if isinstance(whole, list):
        yield from ((0, f"device {n}: ", value) for n, value in enumerate(whole, start=1))
    else:
        yield 0, "", whole


def _device(value: Any) -> Device:
    if not isinstance(value, dict) or not value.keys() & {"hashrate", "device_info"}:
        raise Malformed("is not a pyasic MinerData object")
    info = value.get("device_info")
    algorithm = value.get("algo") or (info.get("algo") if isinstance(info, dict) else None)
    if algorithm is not None and str(algorithm).lower() not in SHA256:
        raise Malformed(f"mines {algorithm}, whose rate is no Bitcoin work; only SHA-256 devices are read")
    return Device(_rate_ghs(value.get("hashrate")), _watts(value.get("wattage")), _time_s(value))


def _rate_ghs(said: Any) -> Fraction | None:
    if said is None:
        return None
    if not isinstance(said, dict) or not isinstance(said.get("unit"), dict):
        raise Malformed(f'hashrate must be {{"unit": {{"value", "suffix"}}, "rate"}}: {str(said)[:80]!r}')
    rate = said.get("rate")
    if rate is None:
        return None
    unit = _number(said["unit"].get("value"), "hashrate unit value")
    return Fraction(_number(rate, "hashrate rate") * unit, HASHES_IN_GH)


def _watts(said: Any) -> Fraction | None:
    return None if said is None else _number(said, "wattage")


def _number(said: Any, name: str) -> Fraction:
    if isinstance(said, bool) or not isinstance(said, (int, Decimal)):
        raise Malformed(f"{name} is not a number: {str(said)[:40]!r}")
    if said < 0:
        raise Malformed(f"{name} is below zero: {said}")
    return Fraction(said)


def _time_s(value: dict[str, Any]) -> int | None:
    stamp, text = value.get("timestamp"), value.get("datetime")
    if isinstance(stamp, int) and not isinstance(stamp, bool):
        calendar.format_instant(stamp)
        return stamp
    if isinstance(text, str):
        seconds = text.partition(".")[0] + (
            "+" + text.rpartition("+")[2] if "." in text and "+" in text else ""
        )
        return calendar.instant_s(calendar.parse_instant(seconds if "." in text else text))
    return None


def _at(devices: list[Device], options: Options) -> str:
    times = [device.time_s for device in devices if device.time_s is not None]
    if times:
        return calendar.format_instant(max(times))
    if options.at is None:
        raise Malformed("says no time: add --at 2026-07-14T18:00Z, when the devices were polled")
    return options.at


def _body(devices: list[Device], options: Options) -> HashrateChanged:
    hashing = [device for device in devices if device.rate_ghs]
    powers = [device.power_w for device in hashing]
    power = sum((p for p in powers if p is not None), Fraction(0))
    until: str | UnsetType = UNSET
    if options.hold_s is not None:
        until = calendar.format_instant(calendar.instant_s(_at(devices, options)) + options.hold_s)
    return HashrateChanged(
        block=options.block,
        hashrate_ghs=_whole(sum((d.rate_ghs for d in hashing if d.rate_ghs), Fraction(0)), "hashrate"),
        power_w=UNSET if None in powers or not hashing else _whole(power, "wattage"),
        units_hashing=len(hashing),
        units_total=len(devices),
        method="device",
        until=until,
    )


def _whole(value: Fraction, name: str) -> int:
    return units.checked(units.rounded(value), name)


def _notes(devices: list[Device], source: str) -> Iterator[str]:
    silent = sum(device.rate_ghs is None for device in devices)
    unmetered = sum(device.power_w is None and bool(device.rate_ghs) for device in devices)
    if silent:
        yield f"{source}: {silent} of {len(devices)} devices report no hashrate and count as not hashing"
    if unmetered:
        yield f"{source}: {unmetered} of {len(devices)} devices report no wattage, so the block's power is unknown"
