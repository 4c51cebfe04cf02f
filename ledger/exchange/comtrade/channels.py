"""The channels of a recording that are voltages, frequency and loads: by their phase and unit, or by a map.

    nominal = "138kV"          # phase to phase; else what the site was energized at
    clock = "America/Chicago"  # of files without an offset from UTC; or UTC
    revision = "1999"          # in place of one that the file says and no standard has
    times = "rates"            # leave out time stamps that disagree with the rates
    [voltage]
    A = "VA BUS 1"
    [frequency]
    channel = "F BUS 1"
    [load]
    m1 = "MW BLOCK M1"         # a block and the channels that add up to its load
    ai1 = ["MW AI 1", "MW AI 2"]
    ai2 = { A = "IA", B = "IB", C = "IC" }  # or its currents, beside voltages to ground

Without ``[voltage]`` the channels in V or kV with a phase are taken, if there is one a phase; without
``[frequency]`` the one in Hz. Two that could be meant are not chosen between.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final, NamedTuple

from ledger.errors import Malformed, did_you_mean, named
from ledger.exchange.comtrade.config import Analog, RecorderConfig
from ledger.fields import is_slug
from ledger.units import parse_quantity

VOLTS: Final = {"v": 1, "kv": 1000, "mv": Fraction(1, 1000)}
AMPERES: Final = {"a": 1, "ka": 1000}
WATTS: Final = {"w": 1, "kw": 10**3, "mw": 10**6}
HERTZ: Final = {"hz": 1}
PHASES: Final = {
    spelled: phase
    for phase, spellings in {
        "A": ("a", "an", "l1", "r", "1"),
        "B": ("b", "bn", "l2", "s", "2"),
        "C": ("c", "cn", "l3", "t", "3"),
        "AB": ("ab",),
        "BC": ("bc",),
        "CA": ("ca",),
    }.items()
    for spelled in spellings
}
KEYS: Final = ("nominal", "clock", "revision", "times", "voltage", "frequency", "load")


class Map(NamedTuple):
    """The contents of a map: nominal volts phase to phase, the clock's zone, how to read the file, and
    channel ids.
    """

    nominal_v: int | None = None
    clock: str | None = None
    voltage: Mapping[str, str] = {}
    frequency: str | None = None
    load: Mapping[str, tuple[str, ...]] = {}
    currents: Mapping[str, Mapping[str, str]] = {}
    revision: str | None = None
    by_rates: bool = False


class Chosen(NamedTuple):
    """The places of the channels that are read."""

    voltage: Mapping[str, int]
    frequency: int | None
    load: Mapping[str, tuple[int, ...]]
    currents: Mapping[str, Mapping[str, int]]

    @property
    def places(self) -> tuple[int, ...]:
        """All of them, each once."""
        loads = (place for places in self.load.values() for place in places)
        currents = (place for phases in self.currents.values() for place in phases.values())
        one = () if self.frequency is None else (self.frequency,)
        return tuple(dict.fromkeys((*self.voltage.values(), *one, *loads, *currents)))


def parse_map(text: str, name: str) -> Map:
    """The map of a TOML text; ``Malformed`` names what it cannot mean."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as why:
        raise Malformed(f"{name}: is not TOML: {why}") from None
    with named(name):
        for key in said:
            if key not in KEYS:
                raise Malformed(f"unknown key {key!r}{did_you_mean(key, KEYS)}; there are {', '.join(KEYS)}")
        nominal = said.get("nominal")
        with named("nominal"):
            nominal_v = None if nominal is None else parse_quantity(str(nominal), "_v")
        voltage = _texts(said.get("voltage", {}), "voltage")
        for phase in voltage:
            if phase not in PHASES.values():
                raise Malformed(
                    f"[voltage] has {phase!r}; phases are {', '.join(dict.fromkeys(PHASES.values()))}"
                )
        blocks = _table(said.get("load", {}), "load")
        load = {block: _several(ids, block) for block, ids in blocks.items() if not isinstance(ids, dict)}
        currents = {
            block: _texts(ids, f"load.{block}") for block, ids in blocks.items() if isinstance(ids, dict)
        }
        for block in blocks:
            if not is_slug(block):
                raise Malformed(f"[load] has {block!r}, which is no block's name")
        frequency = _texts(said.get("frequency", {}), "frequency")
        if frequency.keys() - {"channel"}:
            raise Malformed('[frequency] has one key, such as channel = "F"')
        clock, revision = (None if said.get(key) is None else str(said[key]) for key in ("clock", "revision"))
        if said.get("times", "rates") != "rates":
            raise Malformed('times has one value, "rates"')
        return Map(
            nominal_v, clock, voltage, frequency.get("channel"), load, currents, revision, "times" in said
        )


def _table(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed(f"{what} is a table: [{what}]")
    return value


def _texts(value: Any, what: str) -> dict[str, str]:
    table = _table(value, what)
    if not all(isinstance(one, str) for one in table.values()):
        raise Malformed(f"[{what}] names one channel with each key, in quotes")
    return table


def _several(value: Any, block: str) -> tuple[str, ...]:
    found = tuple(value) if isinstance(value, list) else (value,)
    if not found or not all(isinstance(one, str) for one in found):
        raise Malformed(f"[load] {block} names a channel, or a list of them, in quotes")
    return found


def chosen(config: RecorderConfig, said: Map) -> Chosen:
    """The channels to read; ``Malformed`` where it is not sure which."""
    voltage = (
        {phase: _place(config, name, VOLTS) for phase, name in said.voltage.items()}
        if said.voltage
        else _voltages(config)
    )
    in_hertz = [place for place, one in enumerate(config.analogs) if one.unit.lower() in HERTZ]
    if said.frequency is not None:
        frequency: int | None = _place(config, said.frequency, HERTZ)
    elif len(in_hertz) > 1:
        raise Malformed(f"{_listed(config, in_hertz)} are all in Hz; name one in [frequency] of --map")
    else:
        frequency = in_hertz[0] if in_hertz else None
    load = {block: tuple(_place(config, name, WATTS) for name in names) for block, names in said.load.items()}
    if not voltage and frequency is None:
        raise Malformed(f"has no channel in V, kV or Hz with a phase; name them in --map ({_listed(config)})")
    currents = {
        block: {phase: _place(config, name, AMPERES) for phase, name in phases.items()}
        for block, phases in said.currents.items()
    }
    for block, phases in currents.items():
        if phases.keys() != {"A", "B", "C"} or not phases.keys() <= voltage.keys():
            raise Malformed(
                f"the power of block {block!r} by its currents needs those of A, B and C and the voltages to ground"
            )
    return Chosen(voltage, frequency, load, currents)


def _voltages(config: RecorderConfig) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, one in enumerate(config.analogs):
        phase = PHASES.get(one.phase.lower())
        if one.unit.lower() not in VOLTS or phase is None:
            continue
        if phase in found:
            raise Malformed(
                f"{_listed(config, (found[phase], place))} are both voltages of phase {phase}; name one in"
                " [voltage] of --map"
            )
        found[phase] = place
    if {len(phase) for phase in found} == {1, 2}:
        raise Malformed(
            "has voltages to ground and between phases; name those of one kind in [voltage] of --map"
        )
    return found


def _place(config: RecorderConfig, name: str, units: Mapping[str, Any]) -> int:
    found = [place for place, one in enumerate(config.analogs) if one.name == name]
    if len(found) != 1:
        near = did_you_mean(name, [one.name for one in config.analogs])
        raise Malformed(
            f"{len(found) or 'no'} channels are called {name!r}{near}; there are {_listed(config)}"
        )
    unit = config.analogs[found[0]].unit
    if unit.lower() not in units:
        raise Malformed(f"channel {name!r} is in {unit or 'no unit'}, not in {', '.join(units)}")
    return found[0]


def _listed(config: RecorderConfig, places: Iterable[int] | None = None) -> str:
    names = [
        config.analogs[place].name for place in (range(len(config.analogs)) if places is None else places)
    ]
    return ", ".join(map(repr, names[:12])) + (" ..." if len(names) > 12 else "")


def primary(one: Analog, units: Mapping[str, Any]) -> tuple[Fraction, Fraction]:
    """Scale and offset that make a count the primary value in base units."""
    factor = Fraction(units[one.unit.lower()])
    if one.secondary:
        assert one.ratio is not None, "a secondary value has its transformer's ratio"
        factor *= one.ratio
    return one.scale * factor, one.offset * factor
