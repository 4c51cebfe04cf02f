"""The loads of blocks around an excursion, as lines of story text to complete: no channel says who dropped a
load.

The load of a block is the sum of its channels in watts, or of its three phases' voltage times current over
the cycle that ends with each sample. Before = one cycle before the excursion's begin, so that no cycle
reaches into it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from ledger.exchange.comtrade import waves
from ledger.exchange.comtrade.channels import AMPERES, VOLTS, WATTS, primary
from ledger.exchange.comtrade.recording import Recording
from ledger.units import format_quantity, rounded

AFTER_S = (("after_1s", 1), ("after_10s", 10), ("after_5min", 300))


class BlockLoad(NamedTuple):
    """Watts at times, in ticks since the first sample."""

    ticks: Sequence[int]
    loads: Sequence[Fraction]

    def at(self, tick: Fraction) -> Fraction:
        """The value that holds at a time; the first before it."""
        return self.loads[max(bisect_right(self.ticks, tick) - 1, 0)]


def lines(recording: Recording, found: waves.FoundExcursion, line: str) -> Iterator[str]:
    """A line for each block, to be completed with what its protection did."""
    tick = recording.taken.tick
    begin, end = found.start / Fraction(tick), found.stop / Fraction(tick)
    hertz = recording.config.line_hertz
    cycle = Fraction(1) / (hertz * tick) if hertz > 0 else Fraction(0)
    for block, drawn in _blocks(recording):
        if not drawn.loads or drawn.ticks[-1] < begin:
            yield f"block {block}: its load is not known for a whole cycle"
            continue
        before = drawn.at(begin - cycle)
        if before < 0:
            yield f"block {block}: its power is negative before the excursion; its currents point the other way"
            continue
        lowest = min(load for at, load in zip(drawn.ticks, drawn.loads, strict=True) if at >= begin)
        said = [("before", before), ("minimum", min(before, lowest))]
        said += [
            (name, drawn.at(end + after_s / Fraction(tick)))
            for name, after_s in AFTER_S
            if drawn.ticks[-1] >= end + after_s / Fraction(tick)
        ]
        values = " ".join(f"{name}={format_quantity(max(rounded(value), 0), '_w')}" for name, value in said)
        yield f"complete and record: {line} block={block} {values} response=... initiated_by=..."


def _blocks(recording: Recording) -> Iterator[tuple[str, BlockLoad]]:
    for block, places in recording.chosen.load.items():
        columns = [recording.values(place, WATTS) for place in places]
        loads = [sum(parts, Fraction(0)) for parts in zip(*columns, strict=True)]
        yield block, BlockLoad(recording.taken.ticks, loads)
    for block, phases in recording.chosen.currents.items():
        yield (
            block,
            _by_currents(recording, [(recording.chosen.voltage[phase], phases[phase]) for phase in phases]),
        )


def _by_currents(recording: Recording, pairs: Sequence[tuple[int, int]]) -> BlockLoad:
    products: list[Fraction | int] = [0] * len(recording.taken.ticks)
    for voltage, current in pairs:
        (volts, _), (amperes, _) = (
            primary(recording.config.analogs[place], units)
            for place, units in ((voltage, VOLTS), (current, AMPERES))
        )
        # raw values are whole numbers: one product a sample is a rational, not three
        if recording.plain(voltage) and recording.plain(current):
            factor = volts * amperes
            counted = zip(recording.counts(voltage), recording.counts(current), strict=True)
            parts = [factor * (one * other) for one, other in counted]
        else:
            told = zip(recording.values(voltage, VOLTS), recording.values(current, AMPERES), strict=True)
            parts = [one * other for one, other in told]
        products = [held + part for held, part in zip(products, parts, strict=True)]
    name = recording.config.analogs[pairs[0][1]].name
    sampled = waves.Sampled(name, (), Fraction(1), recording.taken.ticks, recording.taken.tick)
    ticks: list[int] = []
    loads: list[Fraction] = []
    for own, totals, size in waves.cycle_sums(products, sampled, recording.config.line_hertz):
        ticks += own
        loads += [total * Fraction(1, size) for total in totals]
    return BlockLoad(ticks, loads)
