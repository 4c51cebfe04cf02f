"""A recording as it was read: its channels' values, in primary base units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from ledger.errors import Malformed
from ledger.exchange.comtrade import samples, waves
from ledger.exchange.comtrade.channels import VOLTS, Chosen, primary
from ledger.exchange.comtrade.config import RecorderConfig


class Recording(NamedTuple):
    """A recording as it was read: when its first sample was taken, and the values of its channels."""

    config: RecorderConfig
    start: Fraction
    chosen: Chosen
    taken: samples.Samples

    @property
    def times(self) -> list[Fraction]:
        """When the samples were taken, in seconds since the first."""
        return [at * self.taken.tick for at in self.taken.ticks]

    def plain(self, place: int) -> bool:
        """Is a value its count times its scale, without an offset?"""
        return not self.config.analogs[place].offset

    def counts(self, place: int) -> list[Fraction | int]:
        """A channel's raw values; ``Malformed`` for one with a gap."""
        one = self.config.analogs[place]
        if abs(one.skew_us) >= 1000:
            raise Malformed(
                f"channel {one.name!r} is {waves.hundredths(one.skew_us)} us late, a millisecond and more"
            )
        found = []
        for number, count in enumerate(self.taken.counts[place], 1):
            if count is None:
                raise Malformed(f"channel {one.name!r} has no value at sample {number:,}")
            found.append(count)
        return found

    def values(self, place: int, units: Mapping[str, Any]) -> list[Fraction]:
        """A channel's primary values in base units."""
        scale, offset = primary(self.config.analogs[place], units)
        return [scale * count + offset for count in self.counts(place)]

    def sampled(self, place: int) -> waves.Sampled:
        """A voltage's samples, whose factor makes them primary volts squared."""
        one = self.config.analogs[place]
        scale, offset = primary(one, VOLTS)
        values: Sequence[Fraction | int] = self.values(place, VOLTS) if offset else self.counts(place)
        factor = Fraction(1) if offset else scale**2
        return waves.Sampled(one.name, values, factor, self.taken.ticks, self.taken.tick)
