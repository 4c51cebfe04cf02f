"""Miner telemetry: pyasic's MinerData as JSON (one object, a list, or one a line), in as one hashrate-changed
of a block.

Every device of a file counts: ``hashrate_ghs`` is the exact sum of rate x unit over SHA-256 devices, rounded
once (half to even); ``units_total`` the devices, ``units_hashing`` those with a rate above zero. ``power_w``
is said only if every hashing device reports its wattage: a wattage that is null (or -1, as versions before
0.50 say it, or 0 while it hashes) is unknown, not zero. A rate is ``{"unit", "rate"}`` with the unit's hashes
per second as a number or ``{"value", "suffix"}``; a plain number, of the oldest versions, is TH/s as they
document it, and that is said. Other algorithms are refused, since their rate is no Bitcoin work. The time is
the latest of the devices' own, else the one given; of a device that was polled again the latest counts. The
value holds for ``hold_s``, after which it is unknown.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NamedTuple

from msgspec import UNSET, UnsetType

from ledger import calendar, units
from ledger.errors import Malformed, Problem
from ledger.exchange.json_values import values
from ledger.exchange.openadr.times import date_time_s
from ledger.exchange.reading import Reading
from ledger.kinds import BY_TAG, HashrateChanged, Source
from ledger.records.envelope import make_claim

KIND: Final = BY_TAG["hashrate-changed.v1"]
SHA256: Final = ("sha256", "sha256d", "sha-256")
HASHES_IN_GH: Final = 10**9
HASHES: Final = {
    name: 10 ** (3 * n)
    for n, name in enumerate(("H/s", "KH/s", "MH/s", "GH/s", "TH/s", "PH/s", "EH/s", "ZH/s"))
}
NO_WATTAGE: Final = -1
OTHER_WORK: Final = {
    name: re.compile(rf"(?:[a-z]+ )?(?:{models})", re.ASCII | re.IGNORECASE)
    for name, models in (
        ("Scrypt", r"l\d|dg\d|d10?(?!\d)|mini doge|elite"),
        ("X11", r"d[3579](?!\d)"),
        ("Blake256", r"dr\d"),
        ("EtHash", r"e[39](?!\d)|a1[01](?!\d)"),
        ("Handshake", r"hs\d"),
        ("Eaglesong", r"c?k\d"),
        ("Kadena", r"ka\d|kd ?(?:\d|box|max)"),
        ("KHeavyHash", r"ks\d"),
        ("Equihash", r"z\d"),
        ("BlockFlow", r"al\d"),
    )
}
"""How names of models begin that mine other than SHA-256: versions of pyasic before 0.63 call all of them
SHA-256, and those before 0.60 say nothing.
"""
SIZE_LIMIT: Final = 64 * 1024 * 1024


class Options(NamedTuple):
    """Which block the devices are in; when they were polled, if the file does not say; how long the value
    holds.
    """

    site: str
    block: str
    at: str | None = None
    hold_s: int | None = None


class Device(NamedTuple):
    """One device as polled: exact GH/s (None unknown), watts (None unknown), its own time in seconds since
    1970 or None; its address, "" unknown; whether it says its algorithm and its unit.
    """

    rate_ghs: Fraction | None
    power_w: Fraction | None
    time_s: int | None
    address: str = ""
    says_algorithm: bool = True
    says_unit: bool = True


def read(data: bytes, source: str, options: Options) -> Reading:
    """One claim for the block from all devices of a file."""
    if len(data) > SIZE_LIMIT:
        raise Malformed(f"{source}: has {len(data):,} bytes; an import has at most {SIZE_LIMIT:,}")
    polled: list[Device] = []
    problems: list[Problem] = []
    for line, name, value in values(data, source, "device", problems, decimals=True):
        try:
            polled.append(_device(value))
        except Malformed as why:
            problems.append(Problem(source, line, f"{name}{why}", str(value)[:200]))
    devices = _latest(polled)
    if not devices:
        return Reading((), tuple(problems) or (Problem(source, 0, "holds no device"),))
    if all(device.rate_ghs is None for device in devices):
        none = f"holds {len(devices)} devices, and none reports a hashrate: unknown is not zero"
        return Reading((), (*problems, Problem(source, 0, none)))
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
    notes = [f"{source}: {note}" for note in _notes(devices, len(polled) - len(devices), len(problems))]
    return Reading((claim,), tuple(problems), tuple(notes))


def _latest(polled: list[Device]) -> list[Device]:
    """The devices without the earlier polls of those that were polled again."""
    last: dict[str, int] = {}
    for device in polled:
        if device.address and device.time_s is not None:
            last[device.address] = max(last.get(device.address, 0), device.time_s)
    return [
        device for device in polled if device.time_s is None or last.get(device.address, 0) <= device.time_s
    ]


def _device(value: Any) -> Device:
    if not isinstance(value, dict) or not value.keys() & {"hashrate", "device_info"}:
        raise Malformed("is not a pyasic MinerData object; a file holds one, a list of them, or one a line")
    info = value.get("device_info")
    info = info if isinstance(info, dict) else {}
    algorithm = str(value.get("algo") or info.get("algo") or "None")
    _check_work(algorithm, str(value.get("model") or info.get("model") or ""))
    rate = value.get("hashrate")
    rate_ghs = _rate_ghs(rate)
    return Device(
        rate_ghs,
        _watts(value.get("wattage"), hashing=bool(rate_ghs)),
        _time_s(value),
        _address(value),
        algorithm != "None",
        rate is None or isinstance(rate, dict),
    )


def _check_work(algorithm: str, model: str) -> None:
    """``Malformed`` unless a device does Bitcoin work, by what it says of its algorithm and by its model."""
    if "unknown" in algorithm.lower():
        raise Malformed(
            "is of a model that pyasic did not know, nor what it mines; only SHA-256 devices are read"
        )
    if algorithm != "None" and algorithm.lower() not in SHA256:
        raise Malformed(
            f"mines {algorithm[:40]}, whose rate is no Bitcoin work; only SHA-256 devices are read"
        )
    for other, models in OTHER_WORK.items():
        if models.match(model):
            raise Malformed(
                f"is a {model[:40]}, which mines {other}, whose rate is no Bitcoin work; only SHA-256 devices"
                " are read"
            )


def _address(value: dict[str, Any]) -> str:
    """What tells a device from others: its MAC address, else its IP address."""
    mac = value.get("mac")
    said = mac if isinstance(mac, str) and mac.strip("0:-") else value.get("ip")
    return said if isinstance(said, str) else ""


def _rate_ghs(said: Any) -> Fraction | None:
    if said is None:
        return None
    if isinstance(said, int | Decimal) and not isinstance(said, bool):
        return Fraction(_number(said, "hashrate") * HASHES["TH/s"], HASHES_IN_GH)
    unit = _hashes(said.get("unit")) if isinstance(said, dict) else None
    if unit is None:
        raise Malformed(f'hashrate must be {{"unit": {{"value", "suffix"}}, "rate"}}: {str(said)[:80]!r}')
    rate = said.get("rate")
    return None if rate is None else Fraction(_number(rate, "hashrate rate") * unit, HASHES_IN_GH)


def _hashes(unit: Any) -> Fraction | None:
    """Hashes per second in one unit, as a number, a name, or both; None where it is none of these."""
    if isinstance(unit, dict):
        return _number(unit.get("value"), "hashrate unit value")
    if isinstance(unit, str):
        if unit not in HASHES:
            raise Malformed(f"hashrate unit is not one of {', '.join(HASHES)}: {unit[:40]!r}")
        return Fraction(HASHES[unit])
    return None if unit is None else _number(unit, "hashrate unit")


def _watts(said: Any, *, hashing: bool) -> Fraction | None:
    if said is None or said == NO_WATTAGE:
        return None
    found = _number(said, "wattage")
    return None if hashing and not found else found


def _number(said: Any, name: str) -> Fraction:
    if isinstance(said, bool) or not isinstance(said, (int, Decimal)):
        raise Malformed(f"{name} is not a number: {str(said)[:40]!r}")
    if said < 0:
        raise Malformed(f"{name} is below zero: {said}")
    return Fraction(said)


def _time_s(value: dict[str, Any]) -> int | None:
    """When a device was polled: ``timestamp``, else ``datetime``, which is a date-time or (before 0.50) the
    seconds as text.
    """
    stamp, text = value.get("timestamp"), value.get("datetime")
    if isinstance(text, str) and stamp is None and text.isdecimal() and len(text) < 16:
        stamp = int(text)
    if isinstance(stamp, int) and not isinstance(stamp, bool):
        calendar.format_instant(stamp)
        return stamp
    return None if text in (None, "") else date_time_s(text)


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


def _notes(devices: list[Device], earlier: int, unread: int) -> Iterator[str]:
    """What an engineer must know to trust the sum."""
    total = len(devices)
    counts = (
        (sum(d.rate_ghs is None for d in devices), "report no hashrate and count as not hashing"),
        (
            sum(d.power_w is None and bool(d.rate_ghs) for d in devices),
            "report no wattage, so the block's power is unknown",
        ),
        (sum(not d.says_unit for d in devices), "give a plain number, which is TH/s as pyasic documents it"),
        (
            sum(not d.says_algorithm for d in devices),
            "do not say their algorithm and are taken to mine SHA-256",
        ),
    )
    yield from (f"{count} of {total} devices {what}" for count, what in counts if count)
    if unread:
        yield f"the sum is of {total} devices; {unread} more were not read"
    if earlier:
        yield f"{earlier} earlier polls of devices that were polled again are passed over"
