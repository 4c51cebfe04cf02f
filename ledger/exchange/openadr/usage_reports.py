"""OpenADR 3.1.0 reports, in and out: the USAGE of a resource in KWH, interval by interval, as the readings of
one meter.

A report's intervals carry a USAGE of one value and beside it a DATA_QUALITY:

==============  =========================================
DATA_QUALITY    ESPI quality of the reading
==============  =========================================
(none)          -1, not stated; 8 where readingType is ESTIMATED
``OK``          0 valid (out: also 17, 18 and 19)
``ESTIMATED``   8 estimated (out: also 9)
``BAD``         10 questionable
``MISSING``     no reading: the record ends before it
==============  =========================================

USAGE of a readingType such as FORECAST or PEAK is not a reading and is passed over. In, values keep their
digits: 0.012 is 12 x 10^-3 kWh, which is 12 Wh. Out, energy is in KWH and exact. Beside it DEMAND and
BASELINE in KW of the meters together (``ProgramLoad``). Payloads other than USAGE and DATA_QUALITY are passed
over when a report is read, with a note.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final, NamedTuple

from ledger import calendar, units
from ledger.errors import Malformed, Problem, named
from ledger.exchange.openadr.times import EventInterval, format_duration, spans
from ledger.exchange.reading import Reading
from ledger.kinds import BY_TAG, IntervalsRecorded, Source
from ledger.records.envelope import make_claim

RECORDED: Final = BY_TAG["intervals-recorded.v1"]
QUALITIES: Final = {"OK": 0, "ESTIMATED": 8, "BAD": 10}
DATA_QUALITY: Final = {0: "OK", 17: "OK", 18: "OK", 19: "OK", 8: "ESTIMATED", 9: "ESTIMATED", 10: "BAD"}
READ: Final = (None, "DIRECT_READ", "ESTIMATED", "SUMMED")
"""The reading types whose USAGE is the energy of an interval; a FORECAST, PEAK or MEAN is not."""
NOT_STATED: Final = -1
KILO: Final = 3
AGGREGATED: Final = "AGGREGATED_REPORT"
LOWEST_POWER: Final = -12
HIGHEST_POWER: Final = 12


class UsageOptions(NamedTuple):
    """The meter of a report's resource; None where none was given."""

    site: str
    meter: str | None


class UsageReading(NamedTuple):
    """One reading: [start_s, stop_s), ``value`` x 10^power_of_ten Wh, its quality."""

    start_s: int
    stop_s: int
    value: int
    power_of_ten: int
    quality: int


# --- in -----------------------------------------------------------------------------------------------------


def read(report: Mapping[str, Any], options: UsageOptions, source: Source) -> Reading:
    """The readings of a report as claims of one meter."""
    name = report.get("reportName") or report.get("id") or "without name"
    resources = report.get("resources")
    if not isinstance(resources, list):
        return Reading((), (Problem("", 0, f"report {name!r}: resources must be a list", str(report)[:200]),))
    if not resources:
        return Reading((), (), (f"report {name!r} has no resources and so no readings",))
    if not any(name == "USAGE" for one in resources for name in _types(one)):
        return Reading((), (), (f"report {name!r} holds no USAGE and so no readings",))
    if options.meter is None:
        return Reading((), (), (f"report {name!r} is not recorded: name its meter with --meter",))
    try:
        chosen = _resource([one for one in resources if "USAGE" in _types(one)], options.meter)
        with named(f"resource {chosen.get('resourceName')!r}:"):
            slots, notes = _slots(report, chosen)
            claims = tuple(
                make_claim(RECORDED, body.start, body, place=options.site, source=source)
                for body in bodies(slots, options.meter)
            )
    except Malformed as why:
        return Reading((), (Problem("", 0, f"report {name!r}: {why}", str(report)[:200]),))
    return Reading(claims, (), tuple(f"report {name!r}: {note}" for note in notes))


def _resource(resources: Sequence[Any], meter: str) -> Mapping[str, Any]:
    if len(resources) == 1:
        return resources[0]  # type: ignore[no-any-return]
    named_so = [resource for resource in resources if resource.get("resourceName") == meter]
    if len(named_so) != 1:
        names = ", ".join(str(resource.get("resourceName")) for resource in resources)[:200]
        raise Malformed(f"has {len(resources)} resources ({names}), none named as the meter {meter!r}")
    return named_so[0]  # type: ignore[no-any-return]


def _types(resource: Any) -> Iterator[Any]:
    """The payload types of a resource in any form."""
    for interval in _list(resource, "intervals"):
        for one in _list(interval, "payloads"):
            yield one.get("type") if isinstance(one, dict) else None


def _list(value: Any, name: str) -> list[Any]:
    said = value.get(name) if isinstance(value, dict) else None
    return said if isinstance(said, list) else []


def _slots(report: Mapping[str, Any], resource: Mapping[str, Any]) -> tuple[list[UsageReading], list[str]]:
    unit, kind = _described(report, resource)
    if kind not in READ:
        return [], [
            f"USAGE of the readingType {str(kind)[:40]!r} is not measured energy, and is not recorded"
        ]
    slots, others, missing = [], 0, 0
    for span in spans(dict(resource), None):
        said = _said(span)
        others += sum(name not in ("USAGE", "DATA_QUALITY") for name, _ in said)
        found = [values for name, values in said if name == "USAGE"]
        if not found:
            continue
        quality = next((values for name, values in said if name == "DATA_QUALITY"), None)
        if quality == ["MISSING"]:
            missing += 1
            continue
        if unit != "KWH":
            raise Malformed(
                f"USAGE has {'no unit' if unit is None else f'the unit {unit!r}'}; payloadDescriptors must"
                " say KWH"
            )
        slots.append(_slot(span, found, quality, kind))
    notes = [f"{others} payloads other than USAGE passed over"] if others else []
    notes += [f"{missing} readings marked MISSING left out"] if missing else []
    return slots, notes


def _slot(span: EventInterval, found: Sequence[Any], quality: Any, kind: str | None) -> UsageReading:
    at = calendar.format_instant(span.start_s)
    if len(found) != 1 or len(found[0]) != 1:
        raise Malformed(f"has more than one USAGE at {at}; it does not state which one applies")
    if span.stop_s is None or span.stop_s <= span.start_s:
        raise Malformed(f"has a reading at {at} without a duration")
    value, power = _watt_hours(found[0][0], at)
    if quality is None:
        code = QUALITIES["ESTIMATED"] if kind == "ESTIMATED" else NOT_STATED
    elif len(quality) == 1 and quality[0] in QUALITIES:
        code = QUALITIES[quality[0]]
    else:
        raise Malformed(f"DATA_QUALITY must be OK, MISSING, ESTIMATED or BAD: {str(quality)[:40]}")
    return UsageReading(span.start_s, span.stop_s, value, power, code)


def _said(span: EventInterval) -> list[tuple[Any, list[Any]]]:
    found = []
    if not isinstance(span.payloads, list | tuple):
        raise Malformed(f"interval {span.number}: payloads must be a list")
    for payload in span.payloads:
        values = payload.get("values") if isinstance(payload, dict) else None
        if not isinstance(values, list):
            raise Malformed(
                f'interval {span.number}: a payload is {{"type", "values": [...]}}: {str(payload)[:80]!r}'
            )
        found.append((payload.get("type"), values))
    return found


def _described(report: Mapping[str, Any], resource: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Unit and reading type of USAGE, from the report or its resource."""
    for holder in (report, resource):
        said = holder.get("payloadDescriptors")
        for one in said if isinstance(said, list) else ():
            if isinstance(one, dict) and one.get("payloadType") == "USAGE":
                return one.get("units"), one.get("readingType")
    return None, None


def _watt_hours(said: Any, at: str) -> tuple[int, int]:
    """An integer and its power of ten in Wh: 0.012 kWh is (12, 0)."""
    if isinstance(said, bool) or not isinstance(said, int | Decimal):
        raise Malformed(f"USAGE at {at} is not a number: {str(said)[:40]!r}")
    sign, digits, exponent = Decimal(said).as_tuple()
    assert isinstance(exponent, int), "only finite numbers are read"
    value = int("".join(map(str, digits))) * (-1 if sign else 1)
    power = exponent + KILO
    if power > HIGHEST_POWER:
        value, power = value * 10 ** (power - HIGHEST_POWER), HIGHEST_POWER
    if power < LOWEST_POWER:
        value, rest = divmod(value, 10 ** (LOWEST_POWER - power))
        power = LOWEST_POWER
        if rest:
            raise Malformed(f"USAGE at {at} has more digits than a reading can hold: {said}")
    return units.checked(value, said), power


def bodies(slots: Iterable[UsageReading], meter: str) -> Iterator[IntervalsRecorded]:
    """Slots as records: one after the other, equally long, begun in one UTC day."""
    run: list[UsageReading] = []
    for slot in sorted(slots):
        if run and not _follows(run[0], run[-1], slot):
            yield _body(run, meter)
            run = []
        run.append(slot)
    if run:
        yield _body(run, meter)


def _follows(first: UsageReading, last: UsageReading, slot: UsageReading) -> bool:
    same_length = slot.stop_s - slot.start_s == first.stop_s - first.start_s
    same_day = slot.start_s // calendar.DAY_S == first.start_s // calendar.DAY_S
    return slot.start_s == last.stop_s and same_length and same_day


def _body(run: Sequence[UsageReading], meter: str) -> IntervalsRecorded:
    low = min(slot.power_of_ten for slot in run)
    return IntervalsRecorded(
        meter=meter,
        start=calendar.format_instant(run[0].start_s),
        interval_s=run[0].stop_s - run[0].start_s,
        power_of_ten=low,
        values=tuple(units.checked(slot.value * 10 ** (slot.power_of_ten - low), slot.value) for slot in run),
        quality=tuple(slot.quality for slot in run),
    )


# --- out ----------------------------------------------------------------------------------------------------


def slots_of(body: IntervalsRecorded) -> Iterator[UsageReading]:
    """The readings of one record."""
    start_s = calendar.instant_s(body.start)
    for n, (value, quality) in enumerate(zip(body.values, body.quality, strict=True)):
        at_s = start_s + n * body.interval_s
        yield UsageReading(at_s, at_s + body.interval_s, value, body.power_of_ten, quality)


def report(
    event_id: str, client: str, name: str, resources: Iterable[Mapping[str, Any]], *, loads: bool = False
) -> dict[str, Any]:
    """A reportRequest of USAGE in KWH, and with ``loads`` of DEMAND and BASELINE in KW; ``Decimal`` numbers
    are to be written with their digits.
    """
    kinds = [("USAGE", "DIRECT_READ", "KWH")]
    kinds += [("DEMAND", "MEAN", "KW"), ("BASELINE", "MEAN", "KW")] if loads else []
    return {
        "eventID": event_id,
        "clientName": client,
        "reportName": name,
        "payloadDescriptors": [
            {
                "objectType": "REPORT_PAYLOAD_DESCRIPTOR",
                "payloadType": kind,
                "readingType": reading,
                "units": unit,
            }
            for kind, reading, unit in kinds
        ],
        "resources": list(resources),
    }


class ProgramLoad(NamedTuple):
    """The summed load of a program's meters over an interval, and its baseline; None where the method has
    none.
    """

    start: str
    stop: str
    metered_w: int
    baseline_w: int | None


def aggregated(loads: Sequence[ProgramLoad]) -> dict[str, Any]:
    """The resource that stands for all of a program's meters together."""
    return {"resourceName": AGGREGATED, "intervals": [_load(n, load) for n, load in enumerate(loads)]}


def _load(number: int, load: ProgramLoad) -> dict[str, Any]:
    start_s, stop_s = calendar.instant_s(load.start), calendar.instant_s(load.stop)
    payloads = [{"type": "DEMAND", "values": [kilowatts(load.metered_w)]}]
    if load.baseline_w is not None:
        payloads.append({"type": "BASELINE", "values": [kilowatts(load.baseline_w)]})
    period = {"start": load.start, "duration": format_duration(stop_s - start_s)}
    return {"id": number, "intervalPeriod": period, "payloads": payloads}


def kilowatts(power_w: int) -> int | Decimal:
    """Exact kW, a whole number where it is one."""
    return Decimal(power_w).scaleb(-KILO) if power_w % 1000 else power_w // 1000


def resource(name: str, slots: Sequence[UsageReading]) -> dict[str, Any]:
    """A resource with its readings; a reading has a period of its own where it does not follow the last or
    has another length.
    """
    intervals = [_interval(n, slot) for n, slot in enumerate(slots)]
    first = slots[0]
    found: dict[str, Any] = {
        "resourceName": name,
        "intervalPeriod": _period(first),
        "intervals": intervals,
    }
    for n, (before, slot) in enumerate(pairwise(slots), start=1):
        if (
            slot.start_s != before.stop_s
            or _length(slot) != _length(first)
            or _length(before) != _length(first)
        ):
            intervals[n] = {"id": n, "intervalPeriod": _period(slot), "payloads": intervals[n]["payloads"]}
    return found


def _length(slot: UsageReading) -> int:
    return slot.stop_s - slot.start_s


def _period(slot: UsageReading) -> dict[str, str]:
    return {"start": calendar.format_instant(slot.start_s), "duration": format_duration(_length(slot))}


def _interval(number: int, slot: UsageReading) -> dict[str, Any]:
    payloads: list[dict[str, Any]] = [{"type": "USAGE", "values": [kilowatt_hours(slot)]}]
    if slot.quality in DATA_QUALITY:
        payloads.append({"type": "DATA_QUALITY", "values": [DATA_QUALITY[slot.quality]]})
    return {"id": number, "payloads": payloads}


def kilowatt_hours(slot: UsageReading) -> Decimal:
    """The reading's energy in kWh, exact: 12 Wh is ``0.012``."""
    return Decimal(slot.value).scaleb(slot.power_of_ten - KILO)
