"""Miner telemetry: the device dumps of pyasic and asic-rs as JSON (one object, a list, or one a line), in as
one hashrate-changed of a block.

``hashrate_ghs`` is the exact sum of all SHA-256 devices, rounded once (half to even); ``units_total`` counts
the devices, ``units_hashing`` those with a rate above zero. The value holds for ``hold_s``, after which it is
unknown. Where the sender's meaning is open, this importer decides:

- **Hashrate.** ``{"unit", "rate"}`` is pyasic's: the unit is the hashes per second as a number, a name, or
  ``{"value", "suffix"}``. ``{"value", "unit", "algo"}`` is that of asic-rs and pyasic-rs (0.8.6,
  asic-rs-core/src/data/hashrate.rs): the unit is ``TH/s`` or ``TeraHash``. A plain number is TH/s, as pyasic
  before 0.50 documents it, and a note says so. An object of any other shape is a problem, never a zero. A
  rate of null is unknown: the device counts as not hashing, and a note says so.
- **Power.** ``power_w`` is the sum over all devices, since paused machines draw power too (fans and control
  board). It is unknown as soon as one device's wattage is unknown: null, -1 (pyasic before 0.50), or 0 on a
  device that hashes or does not report whether it does.
- **Work.** Every algorithm that a device states must be SHA-256, since no other rate is Bitcoin work.
- **Time.** ``datetime`` with an offset wins over ``timestamp``: pyasic (0.60 to 0.79, data/__init__.py)
  computes ``timestamp`` with mktime from a UTC time, which reads it in the collector's zone; a note tells a
  difference. asic-rs writes ``timestamp`` alone, in UTC; 0 states no time. The fact's time is the latest of
  the devices' own, else the one given.
- **The same device twice.** A MAC address names a device however it is spelled, else its IP address does. A
  device counts once: its latest poll, and of two at one time the one further down. Notes tell how many were
  passed over, and name devices that were seen at two addresses.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
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
    for n, name in enumerate(("H/s", "KH/s", "MH/s", "GH/s", "TH/s", "PH/s", "EH/s", "ZH/s", "YH/s"))
}
_PREFIXES: Final = ("", "kilo", "mega", "giga", "tera", "peta", "exa", "zetta", "yotta")
_UNITS: Final = {
    spelled: 10 ** (3 * n)
    for n, prefix in enumerate(_PREFIXES)
    for spelled in (f"{prefix[:1]}h/s", f"{prefix[:1]}hs", f"{prefix[:1]}h", f"{prefix}hash")
}
"""Hashes per second of a unit's name, in lower case and without spaces."""
NO_WATTAGE: Final = -1
MOVED_SHOWN: Final = 3
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
"""Beginnings of the names of models that mine other than SHA-256: versions of pyasic before 0.63 report
SHA-256 for all of them, and those before 0.60 report nothing.
"""
_OFFSET = re.compile(r"(?:[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)$", re.ASCII)
SIZE_LIMIT: Final = 64 * 1024 * 1024


class MinerOptions(NamedTuple):
    """The block of the devices; the time of the poll, if the file does not state it; the time that the value
    holds.
    """

    site: str
    block: str
    at: str | None = None
    hold_s: int | None = None


class Device(NamedTuple):
    """One device as polled: exact GH/s (None unknown), watts (None unknown), its own time in seconds since
    1970 or None; its MAC and IP address, "" unknown; whether it states its algorithm and its unit; the
    seconds by which its ``timestamp`` differs from its ``datetime``.
    """

    rate_ghs: Fraction | None
    power_w: Fraction | None
    time_s: int | None
    mac: str = ""
    ip: str = ""
    states_algorithm: bool = True
    states_unit: bool = True
    off_s: int = 0


def read(data: bytes, source: str, options: MinerOptions) -> Reading:
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
    devices, earlier, repeated = _latest(polled)
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
    about = (*_notes(devices, len(problems)), *_passed_over(earlier, repeated, _moved(polled)))
    notes = [f"{source}: {note}" for note in about]
    return Reading((claim,), tuple(problems), tuple(notes))


def _latest(polled: Sequence[Device]) -> tuple[list[Device], int, int]:
    """Each device once, as polled last; with the number of polls passed over as earlier, and as repeated at
    one time. A device without any address is one of its own.
    """
    owners = {device.ip: device.mac for device in polled if device.mac and device.ip}
    last: dict[object, Device] = {}
    earlier = repeated = 0
    for n, device in enumerate(polled):
        key = device.mac or owners.get(device.ip) or device.ip or n
        before = last.setdefault(key, device)
        if before is not device:  # devices may be equal, so identity tells
            repeated += before.time_s == device.time_s
            earlier += before.time_s != device.time_s
            if (device.time_s or 0) >= (before.time_s or 0):
                last[key] = device
    return list(last.values()), earlier, repeated


def _moved(polled: Sequence[Device]) -> dict[str, list[str]]:
    """The IP addresses of each MAC address that was seen at more than one."""
    seen: dict[str, dict[str, None]] = {}
    for device in polled:
        if device.mac and device.ip:
            seen.setdefault(device.mac, {})[device.ip] = None
    return {mac: list(ips) for mac, ips in seen.items() if len(ips) > 1}


def _device(value: Any) -> Device:
    if not isinstance(value, dict) or not value.keys() & {"hashrate", "device_info"}:
        raise Malformed(
            "is not a pyasic MinerData object, nor one of asic-rs; a file holds one, a list of them, or one a line"
        )
    info = value.get("device_info")
    info = info if isinstance(info, dict) else {}
    rate = value.get("hashrate")
    stated = (value.get("algo"), info.get("algo"), rate.get("algo") if isinstance(rate, dict) else None)
    algorithms = [str(said) for said in stated if said not in (None, "", "None")]
    model = str(value.get("model") or info.get("model") or "")
    for algorithm in algorithms or [""]:
        _check_work(algorithm, model)
    rate_ghs = _rate_ghs(rate)
    time_s, off_s = _time(value)
    return Device(
        rate_ghs,
        _watts(value.get("wattage"), idle=rate_ghs == 0),
        time_s,
        _mac(value.get("mac")),
        _ip(value.get("ip")),
        bool(algorithms),
        rate is None or isinstance(rate, dict),
        off_s,
    )


def _check_work(algorithm: str, model: str) -> None:
    """``Malformed`` unless a device mines Bitcoin, by its stated algorithm ("" none) and its model."""
    if "unknown" in algorithm.lower():
        raise Malformed(
            "is of a model that pyasic did not know, nor what it mines; only SHA-256 devices are read"
        )
    if algorithm and algorithm.lower() not in SHA256:
        raise Malformed(
            f"mines {algorithm[:40]}, whose hashrate is not Bitcoin work; only SHA-256 devices are read"
        )
    for other, models in OTHER_WORK.items():
        if models.match(model):
            raise Malformed(
                f"is a {model[:40]}, which mines {other}, whose hashrate is not Bitcoin work; only SHA-256"
                " devices are read"
            )


def _mac(said: Any) -> str:
    """A MAC address as 12 hex digits, so that both spellings are one; "" for none, or one of zeros."""
    digits = re.sub(r"[^0-9a-f]", "", said.lower()) if isinstance(said, str) else ""
    return digits if len(digits) == 12 and digits.strip("0") and digits.strip("f") else ""


def _ip(said: Any) -> str:
    return said.strip() if isinstance(said, str) else ""


def _rate_ghs(said: Any) -> Fraction | None:
    if said is None:
        return None
    if isinstance(said, int | Decimal) and not isinstance(said, bool):
        return Fraction(_number(said, "hashrate") * HASHES["TH/s"], HASHES_IN_GH)
    name = next((key for key in ("rate", "value") if key in said), "") if isinstance(said, dict) else ""
    unit = _hashes(said.get("unit")) if name and not {"rate", "value"} <= said.keys() else None
    if unit is None:
        raise Malformed(
            'hashrate must be {"unit": {"value", "suffix"}, "rate"} or {"value", "unit": "TH/s", "algo"}:'
            f" {str(said)[:80]!r}"
        )
    rate = said[name]
    return None if rate is None else Fraction(_number(rate, f"hashrate {name}") * unit, HASHES_IN_GH)


def _hashes(unit: Any) -> Fraction | None:
    """Hashes per second in one unit, given as a number or a name; None where it is neither. Of both the number
    counts.
    """
    if isinstance(unit, dict):
        stated = _number(unit.get("value"), "hashrate unit value")
    elif isinstance(unit, str):
        if _spelled(unit) not in _UNITS:
            raise Malformed(f"hashrate unit is not one of {', '.join(HASHES)}: {unit[:40]!r}")
        stated = Fraction(_UNITS[_spelled(unit)])
    elif unit is None:
        return None
    else:
        stated = _number(unit, "hashrate unit")
    if not stated:
        raise Malformed("hashrate unit is 0 hashes per second; it must be above zero")
    return stated


def _spelled(unit: object) -> str:
    return re.sub(r"[\s_]", "", unit.lower()) if isinstance(unit, str) else ""


def _watts(said: Any, *, idle: bool) -> Fraction | None:
    """Watts of a device; unknown where it states none, and at 0 unless it is known not to hash."""
    if said is None or said == NO_WATTAGE:
        return None
    found = _number(said, "wattage")
    return found if found or idle else None


def _number(said: Any, name: str) -> Fraction:
    if isinstance(said, bool) or not isinstance(said, (int, Decimal)):
        raise Malformed(f"{name} is not a number: {str(said)[:40]!r}")
    if said < 0:
        raise Malformed(f"{name} is below zero: {said}")
    return Fraction(said)


def _time(value: dict[str, Any]) -> tuple[int | None, int]:
    """When a device was polled, and how many seconds later its ``timestamp`` is than its ``datetime``.

    ``datetime`` is a date-time or (pyasic before 0.50) the seconds as text; without an offset it is on the
    collector's clock, and then only ``timestamp`` tells the time.
    """
    stamp, text = _stamp_s(value.get("timestamp")), value.get("datetime")
    if isinstance(text, str) and text.isdecimal() and len(text) < 16:
        stamp, text = _stamp_s(int(text)) if stamp is None else stamp, None
    if text in (None, "") or (stamp is not None and isinstance(text, str) and not _OFFSET.search(text)):
        return stamp, 0
    time_s = date_time_s(text)
    return time_s, 0 if stamp is None else stamp - time_s


def _stamp_s(said: Any) -> int | None:
    if said is None or (said == 0 and not isinstance(said, bool)):  # 0: a clock that was never set
        return None
    if isinstance(said, bool) or not isinstance(said, int | Decimal):
        raise Malformed(f"timestamp must be the seconds since 1970 as a number: {str(said)[:40]!r}")
    calendar.format_instant(int(said))
    return int(said)


def _at(devices: list[Device], options: MinerOptions) -> str:
    times = [device.time_s for device in devices if device.time_s is not None]
    if times:
        return calendar.format_instant(max(times))
    if options.at is None:
        raise Malformed("has no time: add --at 2026-07-14T18:00Z, when the devices were polled")
    return options.at


def _body(devices: list[Device], options: MinerOptions) -> HashrateChanged:
    hashing = [device for device in devices if device.rate_ghs]
    powers = [device.power_w for device in devices]
    power = sum((p for p in powers if p is not None), Fraction(0))
    until: str | UnsetType = UNSET
    if options.hold_s is not None:
        until = calendar.format_instant(calendar.instant_s(_at(devices, options)) + options.hold_s)
    return HashrateChanged(
        block=options.block,
        hashrate_ghs=_whole(sum((d.rate_ghs for d in hashing if d.rate_ghs), Fraction(0)), "hashrate"),
        power_w=UNSET if None in powers else _whole(power, "wattage"),
        units_hashing=len(hashing),
        units_total=len(devices),
        method="device",
        until=until,
    )


def _whole(value: Fraction, name: str) -> int:
    return units.checked(units.rounded(value), name)


def _notes(devices: Sequence[Device], unread: int) -> Iterator[str]:
    """Notes that an engineer needs in order to trust the sum."""
    total = len(devices)
    counts = (
        (sum(d.rate_ghs is None for d in devices), "report no hashrate and count as not hashing"),
        (sum(d.power_w is None for d in devices), "report no wattage, so the block's power is unknown"),
        (
            sum(not d.states_unit for d in devices),
            "give a plain number, which is TH/s as pyasic documents it",
        ),
        (
            sum(not d.states_algorithm for d in devices),
            "do not state their algorithm and are taken to mine SHA-256",
        ),
    )
    yield from (f"{count} of {total} devices {what}" for count, what in counts if count)
    off = [device.off_s for device in devices if device.off_s]
    if off:
        yield (
            f"{len(off)} of {total} devices have a timestamp up to {units.format_quantity(max(off, key=abs), '_s')} off their"
            " datetime, which counts, since it carries its offset"
        )
    if unread:
        yield f"the sum is of {total} devices; {unread} more were not read"


def _passed_over(earlier: int, repeated: int, moved: dict[str, list[str]]) -> Iterator[str]:
    """Notes on devices polled more than once, and on devices seen at more than one address."""
    if earlier:
        yield f"{earlier} earlier polls of devices that were polled again are passed over"
    if repeated:
        yield (
            f"{repeated} devices are repeated in the same poll, at the same time; each device counts once, as it"
            " stands last"
        )
    for mac, ips in list(moved.items())[:MOVED_SHOWN]:
        address = ":".join(mac[n : n + 2] for n in range(0, 12, 2))
        yield f"the device {address} is at {' and at '.join(ips[:3])}; it counts once, as polled last"
    if len(moved) > MOVED_SHOWN:
        yield f"{len(moved) - MOVED_SHOWN} more devices are at more than one address; each counts once"
