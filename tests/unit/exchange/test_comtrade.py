"""Recorder files: one dip in every form of the standard, against another reader and against floating point.

The dip: 138 kV fall to 42 % in all phases from 100 ms to 280 ms after the first sample. The RMS of a cycle (T
= 16.67 ms) falls below 90 % when the dip fills more than f of it: (1 - f) + f * 0.42^2 = 0.81, f = 0.2307; it
is back when less is filled. It lies below for 180 ms + T * (1 - 2f) = 189.0 ms; phases meet it at other
points of their waves, so that the lowest of three is below a few ms longer.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import comtrade as oracle
import numpy as np
import pytest
from msgspec import UNSET

from ledger.exchange.comtrade import config, reader, samples, waves
from ledger.exchange.comtrade.reader import RecorderOptions
from ledger.exchange.reading import Reading
from ledger.kinds import ExcursionRecorded
from ledger.units import parse_quantity
from tests.support.comtrade_files import NOMINAL_V, PHASES, STEP_V, How, Made, cff, dip, made
from tests.support.story_facts import body_of

OLD = How(revision="1991", start="09/03/26,21:14:08.000000", trigger="09/03/26,21:14:08.100000")
NANOSECONDS = How(
    revision="2013", start="03/09/2026,21:14:08.000000000", trigger="03/09/2026,21:14:08.100000000"
)
TWO_RATES = How(rates=((1920, 480), (960, 480)))
FORMS = {
    "1991 text": OLD,
    "1991 binary": OLD._replace(form="BINARY"),
    "1999 text": How(),
    "1999 binary": How(form="BINARY"),
    "1999 LF": How(newline="\n"),
    "two rates": TWO_RATES,
    "two rates, binary": TWO_RATES._replace(form="BINARY"),
    "stamps counted in 2 us": How(multiplier="2"),
    "stamps alone, counted in 2 us": How(multiplier="2", rated=False),
    "stamps alone": How(rated=False),
    "no stamps": How(stamped=False),
    "no stamps, binary": How(stamped=False, form="BINARY"),
    "secondary": How(secondary=True),
    "kV": How(units=("kV", "kW")),
    "2013 text": How(revision="2013"),
    "2013 nanoseconds": NANOSECONDS._replace(rated=False),
    "2013 binary": How(revision="2013", form="BINARY"),
    "2013 BINARY32": How(revision="2013", form="BINARY32"),
    "2013 FLOAT32": How(revision="2013", form="FLOAT32"),
}
every_form = pytest.mark.parametrize("how", FORMS.values(), ids=FORMS)
DIP = dip("0.1", "0.28", "0.42")


def read(files: Made, how: How, **more: Any) -> Reading:
    options = {"clock": None if how.revision == "2013" else "UTC", "nominal_v": lambda at_s: NOMINAL_V} | more
    return reader.read(files.cfg, "dfr.cfg", RecorderOptions("s1", beside={".dat": files.dat}, **options))


def body(found: Reading) -> ExcursionRecorded:
    assert not found.problems, found.problems
    (claim,) = found.claims
    return body_of(claim, ExcursionRecorded)


def problem(found: Reading) -> str:
    assert not found.claims
    return found.problems[0].message


@every_form
def test_one_dip_is_one_fact_in_every_form_of_the_standard(how: How) -> None:
    """Depth to a thousandth of a percent, since counts are of 5 V; duration to the interval of the rates."""
    found = body(read(made(how, DIP), how))
    assert (
        abs(int(found.voltage_ppm or 0) - 420_000) <= 20,
        189 <= found.duration_ms <= 194,
        found.phases,
        found.nominal_v,
    ) == (True, True, ("A", "B", "C"), NOMINAL_V)


@every_form
def test_both_files_in_one_say_the_same(how: How) -> None:
    files = made(how, DIP)
    one = reader.read(
        cff(files, how),
        "dfr.cff",
        RecorderOptions("s1", clock="UTC", nominal_v=lambda at_s: NOMINAL_V),
    )
    assert body(one).duration_ms == body(read(files, how)).duration_ms


@every_form
def test_values_and_times_are_those_of_another_reader(how: How, tmp_path: Path) -> None:
    """The package comtrade reads the same files; secondary values it leaves as they are, and where two rates
    meet without looking at the time stamps it takes the later rate's interval, half a millisecond more here.
    """
    files = made(how, DIP)
    for ending, data in (("cfg", files.cfg), ("dat", files.dat)):
        (tmp_path / f"dfr.{ending}").write_bytes(data)
    theirs = oracle.Comtrade(use_double_precision=True, ignore_warnings=True)
    theirs.load(str(tmp_path / "dfr.cfg"), str(tmp_path / "dfr.dat"))
    told = config.parse(files.cfg)
    ours = samples.read(files.dat, told, (0, 1, 2, 3))
    apart = max(
        abs(float((ours.counts[place][n] or 0) * one.scale + one.offset) - theirs.analog[place][n])
        for place, one in enumerate(told.analogs)
        for n in range(told.samples)
    )
    late = max(abs(float(at * ours.tick) - their) for at, their in zip(ours.ticks, theirs.time, strict=True))
    bound = 0.00053 if len(told.rates) > 1 else 0.0000011
    assert (apart < 1e-3, late < bound) == (True, True)


def test_times_are_those_of_the_time_stamps_where_two_rates_meet() -> None:
    """480 intervals of 1/1920 s, then one of 1/960."""
    files = made(TWO_RATES, DIP)
    found = samples.read(files.dat, config.parse(files.cfg), ())
    assert [found.ticks[n] * found.tick for n in (479, 480, 481)] == [
        Fraction(479, 1920),
        Fraction(1, 4),
        Fraction(1, 4) + Fraction(1, 960),
    ]


def test_the_rms_of_a_cycle_is_that_of_floating_point() -> None:
    how = How(rates=((1920, 960),))
    files = made(how, dip("0.1", "0.28", "0.42", "AC"))
    taken = samples.read(files.dat, config.parse(files.cfg), (0,))
    counts = [int(one or 0) for one in taken.counts[0]]
    base = Fraction(3, NOMINAL_V**2) * STEP_V**2
    phase = waves.phase_of(waves.Sampled("VA", counts, base, taken.ticks, taken.tick), Fraction(60))
    squares = np.convolve(np.array(counts, dtype=float) ** 2, np.ones(32) / 32, "valid") * float(base)
    ours = [phase.beyond[at] for at in phase.ticks if at in phase.beyond]
    theirs = [one for one in squares if one < 0.81]
    assert np.allclose([float(one) for one in ours], theirs, rtol=1e-12)


def test_only_the_phases_that_left_their_range_are_named() -> None:
    how = How()
    assert body(read(made(how, dip("0.1", "0.28", "0.42", "AC")), how)).phases == ("A", "C")


def test_time_below_each_level_is_told_and_falls_with_the_level() -> None:
    found = body(read(made(How(), DIP), How()))
    assert found.voltage_levels_ppm == (900_000, 800_000, 700_000, 600_000, 500_000)
    held = found.levels_held_ms
    assert held is not UNSET
    assert (list(held), max(held)) == (sorted(held, reverse=True), found.duration_ms)


def test_the_begin_is_the_recorders_time_with_its_milliseconds() -> None:
    """The first cycle below 90 % ends 102 ms after the first sample; the recorder is five hours behind UTC."""
    how = How(revision="2013")
    (claim,) = read(made(how, DIP), how).claims
    found = body(read(made(how, DIP), how))
    assert (claim.at, found.offset_ms, found.excursion) == (
        "2026-09-04T02:14:08Z",
        102,
        "v20260904t021408-102",
    )


def test_a_clock_in_a_zone_is_given_beside_an_older_file() -> None:
    (claim,) = read(made(How(), DIP), How(), clock="America/Chicago").claims
    assert claim.at == "2026-09-04T02:14:08Z"


def test_two_dips_are_two_facts() -> None:
    first, second = dip("0.1", "0.2", "0.5"), dip("0.3", "0.4", "0.7")

    def both(at: Fraction, phase: str) -> Fraction:
        return min(first(at, phase), second(at, phase))

    found = read(made(How(), both), How())
    lowest = [body_of(claim, ExcursionRecorded).voltage_ppm for claim in found.claims]
    assert [round(int(one or 0), -3) for one in lowest] == [500_000, 700_000]


def test_a_swell_has_its_highest_value_and_levels_above_nominal() -> None:
    found = body(read(made(How(), dip("0.1", "0.28", "1.25")), How()))
    assert (round(int(found.voltage_ppm or 0), -3), found.voltage_levels_ppm) == (
        1_250_000,
        (1_100_000, 1_200_000),
    )


def test_without_an_excursion_nothing_is_recorded_and_the_range_is_told() -> None:
    found = read(made(How(), dip("0.1", "0.28", "0.95")), How())
    assert (found.claims, found.problems, "95" in found.notes[0]) == ((), (), True)


def test_what_a_block_drew_is_a_line_to_complete() -> None:
    """20 MW, 3 MW from the dip's begin on and 19 MW a second after it."""
    how = How(rates=((1920, 3840),))

    def load(at: Fraction) -> int:
        return 20_000 if at < Fraction("0.1") else 3_000 if at < Fraction("0.8") else 19_000

    found = read(made(how, DIP, load), how, map_text='[load]\nm1 = "MW block m1"\n')
    assert [note for note in found.notes if "complete" in note] == [
        "complete and record: 2026-09-03T21:14:08Z s1 load-response-recorded excursion=v20260903t211408-102 block=m1"
        " before=20MW minimum=3MW after_1s=19MW response=... initiated_by=..."
    ]


def test_what_a_block_drew_follows_from_its_currents() -> None:
    """20 MW at nominal voltage; the same currents at 42 % of it draw 8.4 MW, to the tenth of an ampere of 25 kW."""
    how = How(rates=((1920, 3840),), amperes=True)
    found = read(made(how, DIP), how, map_text='[load]\nm1 = { A = "IA", B = "IB", C = "IC" }\n')
    (line,) = (note for note in found.notes if "complete" in note)
    told = dict(word.split("=") for word in line.split() if "=" in word)
    loads = {name: parse_quantity(told[name], "_w") / 1e6 for name in ("before", "minimum", "after_1s")}
    assert loads == pytest.approx({"before": 20, "minimum": 8.4, "after_1s": 20}, abs=0.025)


def test_currents_that_point_the_other_way_are_told() -> None:
    how = How(amperes=True)
    found = read(
        made(how, DIP, lambda at: -20_000), how, map_text='[load]\nm1 = { A = "IA", B = "IB", C = "IC" }\n'
    )
    assert found.notes[-1] == (
        "block m1: its power is negative before the excursion; its currents point the other way"
    )


Bend = Callable[[Made], Made]


def cfg(old: bytes, new: bytes) -> Bend:
    return lambda files: Made(files.cfg.replace(old, new), files.dat)


UNSURE: dict[str, tuple[How, Bend, str]] = {
    "a clock without a zone": (How(clock=("x", "x"), revision="2013"), cfg(b"", b""), "give --clock UTC or a zone"),
    "a clock that failed": (How(revision="2013", quality=("F", "3")), cfg(b"", b""), "clock was of quality F"),
    "another time multiplier": (How(), cfg(b"ASCII\r\n1\r\n", b"ASCII\r\n3\r\n"), "its multiplier are wrong"),
    "another ratio": (How(), cfg(b",1200,1,P", b",1200,1,S"), "its ratio, primary or secondary"),
    "a month that is none": (
        How(start="25/13/2026,21:14:08.000000"),
        cfg(b"", b""),
        "not a time written dd/mm/yyyy",
    ),
    "a day first in 1991": (
        How(revision="1991", start="25/09/26,21:14:08.0", trigger="25/09/26,21:14:08.1"),
        cfg(b"", b""),
        "not a time written mm/dd/yy",
    ),
    "a missing part": (How(), lambda files: Made(files.cfg, files.dat[:20_000]), "a part is missing"),
    "a missing value": (
        How(),
        lambda files: Made(files.cfg, files.dat.replace(b"\r\n3,", b"\r\n3,").replace(b"20000,0\r\n2,", b"20000,0\r\n7,", 1)),
        "sample 2 is numbered 7",
    ),
    "binary that is called text": (
        How(form="BINARY"), cfg(b"BINARY", b"ASCII"), "its CFG says"),
    "neither rates nor stamps": (How(rated=False, stamped=False), cfg(b"", b""), "when they were taken is unknown"),
    "two channels of a phase": (How(), cfg(b"2,VB,B", b"2,VB,A"), "are both voltages of phase A"),
    "three samples a cycle": (How(rates=((180, 180),)), cfg(b"", b""), "3.00 samples a cycle"),
    "an unknown revision": (How(), cfg(b"DFR-1,1999", b"DFR-1,2001"), "revision '2001' is not one of"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNSURE.values(), ids=UNSURE)
def test_what_is_not_sure_is_not_recorded_and_says_why(case: tuple[How, Bend, str]) -> None:
    how, bend, said = case
    found = read(bend(made(how, DIP)), how)
    assert said in problem(found)


STRANGE: dict[str, tuple[How, Bend, str]] = {
    "numbered from 0": (How(), lambda files: renumbered(files, lambda n: n - 1), ""),
    "a revision of its own": (How(), cfg(b"DFR-1,1999", b"DFR-1,2000"), 'revision = "1999"'),
    "stamps in milliseconds": (NANOSECONDS._replace(rates=((1200, 600),), multiplier="1000000"),
                               cfg(b"ASCII\r\n1000000\r\n", b"ASCII\r\n1\r\n"), ""),
    "stamps that start again": (How(), lambda files: restamped(files, lambda at: at % 65_536), 'times = "rates"'),
    "stamps cut to 520 us": (How(), lambda files: restamped(files, lambda at: at * 6250 // 10_417 * 520 // 312), ""),
    "three digits of an exponent": (How(), cfg(b",V,5,0,", b",V,5.0e+000,0,"), ""),
    "status channels of four fields": (How(), cfg(b"1,52-1 open,,,0", b"1,52-1 open,,0"), ""),
}  # fmt: skip
"""What recorders write that the standard does not have, found in files of six makes."""


def fields(files: Made, place: int, change: Callable[[int], int]) -> Made:
    rows = [line.split(b",") for line in files.dat.splitlines()]
    for row in rows:
        row[place] = b"%d" % change(int(row[place]))
    return Made(files.cfg, b"".join(b",".join(row) + b"\r\n" for row in rows))


def renumbered(files: Made, change: Callable[[int], int]) -> Made:
    return fields(files, 0, change)


def restamped(files: Made, change: Callable[[int], int]) -> Made:
    return fields(files, 1, change)


@pytest.mark.parametrize("case", STRANGE.values(), ids=STRANGE)
def test_what_recorders_write_beside_the_standard_is_read_where_it_is_sure(
    case: tuple[How, Bend, str],
) -> None:
    """Some of it only where the map says so, as the message does without it."""
    how, bend, said = case
    files = bend(made(how, DIP))
    alone = read(files, how)
    assert (said in str(alone.problems), 188 <= body(read(files, how, map_text=said)).duration_ms <= 195) == (
        True,
        True,
    )


def test_a_dip_that_the_file_cuts_off_is_not_recorded() -> None:
    assert problem(read(made(How(), dip("0.4", "0.9", "0.42")), How())) == (
        "an excursion of voltage is cut off by an end of the file"
    )


def test_a_frequency_that_leaves_its_range_is_a_fact_in_millihertz() -> None:
    """A channel in Hz as RMS recorders have it: 60 Hz, 58.6 Hz from 100 to 280 ms."""
    how = How(ids=("VA", "VB", "VC", "F"), units=("V", "Hz"))
    files = made(
        how, dip("2", "3", "1"), lambda at: 5860 if Fraction("0.1") <= at < Fraction("0.28") else 6000
    )
    files = cfg(b"4,F,,,Hz,1,", b"4,F,,,Hz,0.01,")(files)
    found = body(read(files, how))
    assert (found.quantity, found.frequency_mhz, found.duration_ms) == ("frequency", 58_600, 180)


def test_phases_are_those_of_the_map_where_the_file_names_none() -> None:
    files = made(How(), DIP)
    for phase in PHASES:
        files = cfg(f"V{phase},{phase},".encode(), f"V{phase},,".encode())(files)
    mapped = read(files, How(), map_text='[voltage]\nA = "VA"\nB = "VB"\n')
    assert (body(mapped).phases, "name them in --map" in problem(read(files, How()))) == (("A", "B"), True)
