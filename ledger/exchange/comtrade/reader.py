"""Recorder files into facts: one excursion-recorded for each time that voltage or frequency left its range.

Whatever the file leaves open is not recorded: a clock without its offset from UTC, two channels that could be
meant, a voltage that is not the site's nominal before the event, an excursion that an end of the file cuts
off. Loads are told as a line to complete, since no channel says who dropped them.

Facts are in primary values. Voltage leaves its range below 90 % and above 110 % of nominal in any phase (IEC
61000-4-30), frequency half a hertz from nominal (own). ``at`` and ``offset_ms`` are the begin by the
recorder's clock, ``recorder_sha256`` the files, kept as evidence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Final, NamedTuple

import msgspec

from ledger.calendar import format_instant, parse_instant
from ledger.errors import Malformed, Problem, named
from ledger.exchange.comtrade import archive, channels, config, loads, samples, waves
from ledger.exchange.comtrade.channels import HERTZ, Map
from ledger.exchange.comtrade.config import RecorderConfig
from ledger.exchange.comtrade.recording import Recording
from ledger.exchange.reading import Reading
from ledger.kinds import BY_TAG, ExcursionRecorded, Source
from ledger.records.envelope import make_claim
from ledger.units import format_quantity, rounded

KIND: Final = BY_TAG["excursion-recorded.v1"]
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
UNSURE_CLOCK: Final = ("A", "B", "F")
"""Quality codes of a clock that is a second and more off, or failed."""
MOST_PPM: Final = 10**8
MOST_HERTZ: Final = 1000
NEAR: Final = Fraction(15, 100)
OUT_HERTZ: Final = Fraction(1, 2)
SIZE_LIMIT: Final = 64 * 1024 * 1024
SAMPLE_LIMIT: Final = 500_000


class RecorderOptions(NamedTuple):
    """The site, the map, the zone of the recorder's clock, the site's nominal voltage by the book, and the
    bytes of the files that belong to the named one, by their ending.
    """

    site: str
    map_text: str | None = None
    map_name: str = "map"
    clock: str | None = None
    nominal_v: Callable[[int], int | None] = lambda at_s: None
    beside: Mapping[str, bytes] = {}


def read(data: bytes, source: str, options: RecorderOptions) -> Reading:
    """The facts in a recording; where the file leaves one open, a Problem and no fact."""
    try:
        return _read(data, source, options)
    except Malformed as why:
        return Reading((), (Problem(source, 0, str(why)),))


def _read(data: bytes, source: str, options: RecorderOptions) -> Reading:
    if len(data) > SIZE_LIMIT or any(len(one) > SIZE_LIMIT for one in options.beside.values()):
        raise Malformed(f"has more than {SIZE_LIMIT >> 20} MiB")
    files: tuple[bytes, ...] = (data,)
    if source.lower().endswith(".cff"):
        cfg, dat = archive.split(data)
    else:
        if not source.lower().endswith(".cfg"):
            raise Malformed("name the .cfg of a recording, whose .dat lies beside it, or a .cff")
        if ".dat" not in options.beside:
            raise Malformed("has no .dat of the same name beside it")
        cfg, dat = data, options.beside[".dat"]
        files = (data, dat)
    said = Map() if options.map_text is None else channels.parse_map(options.map_text, options.map_name)
    told = config.parse(cfg, said.revision)
    if told.samples > SAMPLE_LIMIT:
        raise Malformed(
            f"has {told.samples:,} samples; at most {SAMPLE_LIMIT:,} are read: cut it around the event"
        )
    chosen = channels.chosen(told, said)
    start = _start(told, options.clock or said.clock)
    with named("DAT"):
        taken = samples.read(dat, told, chosen.places, said.by_rates)
    recording = Recording(told, start, chosen, taken)
    hashes = tuple(hashlib.sha256(one).hexdigest() for one in files)
    nominal_v = said.nominal_v or options.nominal_v(int(start))
    claims, problems, notes = [], [], list(taken.notes)
    if told.quality not in ("", "0"):
        notes.append(f"the recorder's clock was of quality {told.quality}, not locked to its source")
    for body, found in _excursions(recording, nominal_v, options.site, notes):
        if not found.whole:
            problems.append(
                Problem(source, 0, f"an excursion of {body.quantity} is cut off by an end of the file")
            )
            continue
        begin_ms = rounded((start + found.start) * 1000)
        at, name = format_instant(begin_ms // 1000), _name(body, begin_ms)
        whole = msgspec.structs.replace(
            body, excursion=name, offset_ms=begin_ms % 1000, recorder_sha256=hashes
        )
        file = Source(name=source, sha256=hashes[0])
        claims.append(make_claim(KIND, at, whole, place=options.site, source=file))
        notes.append(_told(whole, at))
        notes += loads.lines(recording, found, f"{at} {options.site} load-response-recorded excursion={name}")
    return Reading(tuple(claims), tuple(problems), tuple(notes))


def _start(told: RecorderConfig, clock: str | None) -> Fraction:
    """The time of the first sample in seconds since 1970."""
    if told.quality in UNSURE_CLOCK:
        raise Malformed(
            f"the recorder's clock was of quality {told.quality}: a second off and more, or failed"
        )
    local, fraction, _ = told.start
    if told.offset_s is not None:
        moment = local.replace(tzinfo=UTC) - timedelta(seconds=told.offset_s)
        return (moment - EPOCH) // timedelta(seconds=1) + fraction
    if clock is None:
        raise Malformed(
            f"does not say what its clock {local.isoformat(' ')} is ahead of UTC; give --clock UTC or a zone"
            " such as --clock America/Chicago"
        )
    with named("--clock"):
        zone = "UTC" if clock.upper() == "UTC" else clock
        instant = parse_instant(f"{local.isoformat()}[{zone}]")
    moment = datetime.fromisoformat(instant)
    return (moment - EPOCH) // timedelta(seconds=1) + fraction


def _excursions(
    recording: Recording, nominal_v: int | None, site: str, notes: list[str]
) -> Iterator[tuple[ExcursionRecorded, waves.FoundExcursion]]:
    if recording.chosen.voltage:
        yield from _voltage(recording, nominal_v, site, notes)
    if recording.chosen.frequency is not None:
        yield from _frequency(recording, recording.chosen.frequency, site, notes)


def _voltage(
    recording: Recording, nominal_v: int | None, site: str, notes: list[str]
) -> Iterator[tuple[ExcursionRecorded, waves.FoundExcursion]]:
    if nominal_v is None:
        raise Malformed(
            f"no nominal voltage of {site} is known; record capacity-energized, or say nominal in --map"
        )
    hertz = recording.config.line_hertz
    if hertz <= 0:
        raise Malformed("says no line frequency above 0")
    phases = {}
    for phase, place in recording.chosen.voltage.items():
        sampled = recording.sampled(place)
        base = _base(waves.first_square(sampled, hertz), nominal_v, sampled.name)
        phases[phase] = waves.phase_of(sampled._replace(factor=Fraction(sampled.factor) / base), hertz)
    low = waves.root_ppm(min(phase.low for phase in phases.values()))
    high = waves.root_ppm(max(phase.high for phase in phases.values()))
    notes.append(
        f"RMS voltage from {_percent(low)} to {_percent(high)} of {format_quantity(nominal_v, '_v')}"
        f" in {', '.join(phases)}, {len(recording.taken.ticks):,} samples"
    )
    if high > MOST_PPM:
        raise Malformed(f"reaches {_percent(high)} of nominal; its values are wrong")
    for one in waves.excursions(phases, recording.taken.tick, hertz):
        duration_ms = rounded((one.stop - one.start) * 1000)
        yield (
            ExcursionRecorded(
                site=site,
                excursion="",
                quantity="voltage",
                duration_ms=duration_ms,
                voltage_ppm=one.share_ppm,
                nominal_v=nominal_v,
                phases=one.phases,
                voltage_levels_ppm=tuple(int(level * 10**6) for level, _ in one.held),
                levels_held_ms=tuple(min(rounded(time * 1000), duration_ms) for _, time in one.held),
            ),
            one,
        )


def _percent(share_ppm: int) -> str:
    """A share to a hundredth of a percent."""
    return format_quantity(rounded(Fraction(share_ppm, 100)) * 100, "_ppm")


def _told(body: ExcursionRecorded, at: str) -> str:
    """An excursion in words."""
    extreme = (
        f"{_percent(int(body.voltage_ppm or 0))} of nominal in {', '.join(body.phases or ())}"
        if body.quantity == "voltage"
        else format_quantity(int(body.frequency_mhz or 0), "_mhz")
    )
    lasted = format_quantity(body.duration_ms, "_ms")
    return f"excursion {body.excursion}: {body.quantity} at {extreme} for {lasted} from {at}"


def _base(first: Fraction, nominal_v: int, name: str) -> Fraction:
    """The square of nominal that a channel is measured by: to ground, or between phases."""
    to_ground, between = Fraction(nominal_v**2, 3), Fraction(nominal_v**2)
    for base in (to_ground, between):
        if (1 - NEAR) ** 2 * base <= first <= (1 + NEAR) ** 2 * base:
            return base
    share = waves.root_ppm(Fraction(first) / to_ground)
    raise Malformed(
        f"channel {name!r} begins at {_percent(share)} of nominal to ground"
        f" ({format_quantity(nominal_v, '_v')} between phases); its ratio, primary or secondary, the nominal"
        " voltage or the channel is another"
    )


def _frequency(
    recording: Recording, place: int, site: str, notes: list[str]
) -> Iterator[tuple[ExcursionRecorded, waves.FoundExcursion]]:
    values = recording.values(place, HERTZ)
    nominal = recording.config.line_hertz
    if min(values) < 0 or max(values) > MOST_HERTZ:
        raise Malformed(
            f"its frequency is from {_hertz(min(values))} to {_hertz(max(values))}; its values are wrong"
        )
    notes.append(f"frequency from {_hertz(min(values))} to {_hertz(max(values))}")
    times = recording.times
    begun: int | None = None
    for n, value in enumerate((*values, None)):
        out = value is not None and abs(value - nominal) > OUT_HERTZ
        if out and begun is None:
            begun = n
        elif not out and begun is not None:
            part = values[begun:n]
            extreme = max(part, key=lambda one: abs(one - nominal))
            stop = times[n] if n < len(times) else times[-1]
            body = ExcursionRecorded(
                site=site,
                excursion="",
                quantity="frequency",
                duration_ms=rounded((stop - times[begun]) * 1000),
                frequency_mhz=rounded(extreme * 1000),
            )
            whole = begun > 0 and n < len(times)
            yield body, waves.FoundExcursion(times[begun], stop, Fraction(1), (), (), whole)
            begun = None


def _hertz(value: Fraction) -> str:
    return format_quantity(rounded(value * 1000), "_mhz")


def _name(body: ExcursionRecorded, begin_ms: int) -> str:
    at = format_instant(begin_ms // 1000)
    return f"{body.quantity[0]}{at[:19].replace('-', '').replace(':', '').lower()}-{begin_ms % 1000:03d}"
