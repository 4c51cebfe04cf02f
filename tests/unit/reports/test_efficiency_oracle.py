"""The efficiency report against a second way to compute it: every second of a small window looked at on its
own.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from ledger import calendar, kinds
from ledger.calendar import Window
from ledger.kinds import BY_BODY, Fact
from ledger.records.envelope import Record, make_claim
from projections.engine.fold import replay
from projections.engine.report import Scope
from projections.reports.efficiency import REPORT
from tests.support.examples import tried
from tests.support.story_facts import recorded

MIDNIGHT_S = calendar.instant_s("2026-07-14T00:00:00Z")  # facts fall on both sides of it
AROUND = st.integers(-40, 40)


class Said(NamedTuple):
    """A fact at some seconds from midnight."""

    at: int
    site: str
    body: Fact


def instant(offset: int) -> str:
    return calendar.format_instant(MIDNIGHT_S + offset)


# --- histories ----------------------------------------------------------------------------------------------


@st.composite
def lives(draw: st.DrawFn, site: str, block: str, load_class: Any) -> list[Said]:
    """Commissioned and retired by turns, at instants of their own."""
    found: list[Said] = []
    for number, at in enumerate(sorted(draw(st.sets(AROUND, min_size=1, max_size=3)))):
        body: Fact = kinds.LoadBlockRetired(block=block, cause="conversion")
        if number % 2 == 0:
            body = kinds.LoadBlockCommissioned(
                site=site,
                block=block,
                load_class=load_class,
                service_class="firm",
                capacity_w=9,
                feeds=("a",),
            )
        found.append(Said(at, site, body))
    return found


@st.composite
def hashrates(draw: st.DrawFn, site: str, block: str) -> list[Said]:
    found = []
    for _ in range(draw(st.integers(0, 5))):
        at = draw(AROUND)
        optional = {"power_w": st.integers(0, 50), "units_hashing": st.integers(0, 9)}
        said: dict[str, Any] = {
            name: draw(values) for name, values in optional.items() if draw(st.booleans())
        }
        if draw(st.booleans()):
            said["until"] = instant(at + draw(st.integers(0, 30)))
        body = kinds.HashrateChanged(
            block=block, hashrate_ghs=draw(st.integers(0, 20)), method="pool", **said
        )
        found.append(Said(at, site, body))
    return found


@st.composite
def fleets(draw: st.DrawFn, site: str, block: str) -> list[Said]:
    changes = st.sampled_from((kinds.FleetInstalled, kinds.FleetInstalled, kinds.FleetRemoved))
    return [
        Said(
            draw(AROUND),
            site,
            draw(changes)(
                block=block,
                model="x",
                units=draw(st.integers(0, 5)),
                unit_hashrate_ghs=draw(st.integers(0, 5)),
                unit_power_w=1,
            ),
        )
        for _ in range(draw(st.integers(0, 2)))
    ]


@st.composite
def meters(draw: st.DrawFn, site: str, scope: str) -> list[Said]:
    """One meter and its readings, none across midnight UTC; overlapping ones included."""
    name = f"r-{scope}"
    found = [
        Said(
            -100,
            site,
            kinds.MeterRegistered(
                site=site, meter=name, scope=scope, role="facility", direction="delivered", interval_s=9
            ),
        )
    ]
    for _ in range(draw(st.integers(0, 4))):
        start, interval_s, count = draw(AROUND), draw(st.integers(1, 15)), draw(st.integers(1, 4))
        if start < 0:
            count = min(count, -start // interval_s)
        if count:
            values = tuple(draw(st.integers(-5, 50)) for _ in range(count))
            body = kinds.IntervalsRecorded(
                meter=name,
                start=instant(start),
                interval_s=interval_s,
                power_of_ten=draw(st.integers(-2, 2)),
                values=values,
                quality=(17,) * count,
            )
            found.append(Said(start, site, body))
    return found


@st.composite
def histories(draw: st.DrawFn) -> list[Said]:
    """Two sites with up to two mining blocks, perhaps an ai-hpc block, in an order of arrival of their
    own.
    """
    found: list[Said] = []
    for site in ("s1", "s2"):
        for block in ("m1", "m2")[: draw(st.integers(0, 2))]:
            for part in (lives(site, block, "mining"), hashrates(site, block), fleets(site, block)):
                found += draw(part)
            if draw(st.booleans()):
                found += draw(meters(site, block))
        if draw(st.booleans()):
            found += draw(meters(site, "site"))
        if draw(st.integers(0, 3)) == 0:
            found += draw(lives(site, "h1", "ai-hpc"))
    return draw(st.permutations(found))


def records_of(history: list[Said]) -> list[Record]:
    return recorded(
        make_claim(
            BY_BODY[type(said.body)],
            instant(said.at),
            said.body,
            place=said.site,
            id=f"{n:08x}-0000-7000-8000-{n:012x}",
        )
        for n, said in enumerate(history)
    )


# --- the other way ------------------------------------------------------------------------------------------


class Second(NamedTuple):
    """What one second of one block is: commissioned as mining, and the value that holds (None = unknown)."""

    mining: bool
    value: kinds.HashrateChanged | None


class Oracle:
    """Figures of a set of blocks from the history alone; ``history`` is in order of pos."""

    def __init__(self, history: list[Said], start: int, stop: int) -> None:
        self.history, self.start, self.stop = history, start, stop
        self.seconds = range(start, stop)
        self.blocks = sorted(
            {(s.site, s.body.block) for s in history if isinstance(s.body, kinds.LoadBlockCommissioned)}
        )

    def last(self, site: str, kinds: Any, t: int, **named: str) -> Said | None:
        """The fact that holds at t: greatest at, then the later recorded."""
        found = None
        for said in self.history:
            same = isinstance(said.body, kinds) and said.site == site
            if same and said.at <= t and all(getattr(said.body, k) == v for k, v in named.items()):
                found = said if found is None or said.at >= found.at else found
        return found

    def second(self, site: str, block: str, t: int) -> Second:
        change = self.last(site, kinds.LoadBlockCommissioned | kinds.LoadBlockRetired, t, block=block)
        if change is None or getattr(change.body, "load_class", "") != "mining":
            return Second(False, None)
        value = self.last(site, kinds.HashrateChanged, t, block=block)
        retired = self.last(site, kinds.LoadBlockRetired, t, block=block)
        if value is None or (retired is not None and retired.at > value.at):
            return Second(True, None)
        assert isinstance(value.body, kinds.HashrateChanged)
        over = value.body.until is not UNSET and instant(t) >= value.body.until
        return Second(True, None if over else value.body)

    def energy_wh(self, site: str, scope: str, t: int) -> Fraction | None:
        """Energy of the scope's meter in the second t, None without a reading."""
        best: tuple[int, int, Fraction | None] | None = None
        for pos, said in enumerate(self.history):
            body = said.body
            if said.site == site and isinstance(body, kinds.IntervalsRecorded) and body.meter == f"r-{scope}":
                for n, value in enumerate(body.values):
                    begins = said.at + n * body.interval_s
                    if begins <= t and (best is None or (begins, pos) > best[:2]):
                        ended = t >= begins + body.interval_s
                        wh = Fraction(value, body.interval_s) * Fraction(10) ** body.power_of_ten
                        best = (begins, pos, None if ended else wh)
        return best[2] if best else None

    def over_known(self, blocks: list[tuple[str, str]], scope: str) -> tuple[Fraction, int]:
        energy_j, work = Fraction(0), 0
        for t in self.seconds:
            states = [s for s in (self.second(*b, t) for b in blocks) if s.mining]
            wh = self.energy_wh(blocks[0][0], scope, t)
            if wh is not None and states and all(s.value for s in states):
                energy_j += wh * 3600
                work += sum(s.value.hashrate_ghs for s in states if s.value)
        return energy_j, work

    def is_read(self, site: str, scope: str) -> bool:
        return any(self.energy_wh(site, scope, t) is not None for t in self.seconds)

    def in_window(self, block: tuple[str, str]) -> bool:
        return any(self.second(*block, t).mining for t in self.seconds)

    def has_ai(self, site: str) -> bool:
        for t in self.seconds:
            change = self.last(site, kinds.LoadBlockCommissioned | kinds.LoadBlockRetired, t, block="h1")
            if change is not None and isinstance(change.body, kinds.LoadBlockCommissioned):
                return True
        return False

    def facility(self, site: str, blocks: list[tuple[str, str]]) -> tuple[Fraction, int]:
        mining = [b for b in self.blocks if b[0] == site and self.in_window(b)]
        unread = [b for b in mining if not self.is_read(*b)]
        if unread and blocks == mining and not self.has_ai(site) and self.is_read(site, "site"):
            return self.over_known(mining, "site")
        parts = [self.over_known([b], b[1]) for b in blocks if self.is_read(*b)]
        return sum((p[0] for p in parts), Fraction(0)), sum(p[1] for p in parts)

    def installed(self, block: tuple[str, str]) -> tuple[int, int] | None:
        found = None
        for said in self.history:
            body = said.body
            if not isinstance(body, kinds.FleetInstalled | kinds.FleetRemoved) or said.at >= self.stop:
                continue
            if (said.site, body.block) == block:
                sign = 1 if isinstance(body, kinds.FleetInstalled) else -1
                units, ghs = found or (0, 0)
                found = units + sign * body.units, ghs + sign * body.units * body.unit_hashrate_ghs
        return found

    def row(
        self, keys: tuple[str | None, ...], blocks: list[tuple[str, str]], facility: tuple[Fraction, int]
    ) -> Any:
        grid = {t: [s for s in (self.second(*b, t) for b in blocks) if s.mining] for t in self.seconds}
        mining = [s for states in grid.values() for s in states]
        known = [s.value for s in mining if s.value]
        powered = [v for v in known if v.power_w is not UNSET]
        end = grid[self.stop - 1]
        fleets = [f for f in (self.installed(b) for b in blocks) if f]
        hashing = [s.value.units_hashing for s in end if s.value]
        units = [count for count in hashing if count is not UNSET]
        work = sum(v.hashrate_ghs for v in known)
        energy = sum(v.power_w for v in powered if v.power_w is not UNSET)
        return (
            *keys,
            sum(f[1] for f in fleets) if fleets else None,
            (
                None
                if end and not any(s.value for s in end)
                else sum(s.value.hashrate_ghs for s in end if s.value)
            ),
            round(Fraction(work, len(grid))),
            max(sum(s.value.hashrate_ghs for s in states if s.value) for states in grid.values()),
            sum(f[0] for f in fleets) if fleets else None,
            round(Fraction(energy, len(grid))) if powered or not mining else None,
            over(energy * 10**6, sum(v.hashrate_ghs for v in powered)),
            over(facility[0] * 10**6, facility[1]),
            over(len(known) * 10**6, len(mining)),
            sum(units) if units else None,
            over(len(powered) * 10**6, len(mining)),
            over(facility[1] * 10**6, work),
        )

    def table(self) -> list[Any]:
        rows, everything, facilities = [], [], []
        for site in ("s1", "s2"):
            blocks = [b for b in self.blocks if b[0] == site and b[1] != "h1"]
            shown = [
                b for b in blocks if self.in_window(b) or (self.began(b) and (self.installed(b) or (0,))[0])
            ]
            if not shown:
                continue
            mining = [b for b in shown if self.in_window(b)]
            facilities.append(self.facility(site, mining))
            everything += shown
            rows.append(self.row(("site", site, None), shown, facilities[-1]))
            rows += [self.row(("block", *b), [b], self.facility(site, [b])) for b in shown]
        total = sum((f[0] for f in facilities), Fraction(0)), sum(f[1] for f in facilities)
        return [self.row(("fleet", None, None), everything, total), *rows]

    def began(self, block: tuple[str, str]) -> bool:
        return self.last(block[0], kinds.LoadBlockCommissioned, self.stop - 1, block=block[1]) is not None


def over(part: Fraction | int, whole: int) -> int | None:
    return round(Fraction(part) / whole) if whole else None


# --- both ways ----------------------------------------------------------------------------------------------


def report(records: list[Record], start: int, stop: int) -> Any:
    window = Window(MIDNIGHT_S + start, MIDNIGHT_S + stop)
    scope = Scope(window, ("s1", "s2"), (), "UTC", {"s1": "UTC", "s2": "UTC"})
    return REPORT.compute(replay(records, REPORT.row_kinds), scope)


@settings(max_examples=tried(gate=75, search=400))
@given(histories(), st.integers(-30, 10), st.integers(1, 30))
def test_every_figure_is_what_looking_at_each_second_gives(
    history: list[Said], start: int, length: int
) -> None:
    found = report(records_of(history), start, start + length)
    assert list(found.rows) == Oracle(history, start, start + length).table()


@settings(max_examples=tried(gate=40, search=100), deadline=None)
@given(histories(), st.integers(-30, 10), st.integers(1, 30), st.randoms(use_true_random=False))
def test_facts_in_any_order_of_arrival_give_the_same_rows_and_notes(
    history: list[Said], start: int, length: int, random: Random
) -> None:
    records = records_of(history)
    late = random.sample(records, len(records))
    assert report(late, start, start + length) == report(records, start, start + length)


@settings(max_examples=tried(gate=40, search=100), deadline=None)
@given(histories(), st.integers(0, 60))
def test_replaying_a_prefix_and_then_the_rest_gives_the_same_rows(history: list[Said], cut: int) -> None:
    records = records_of(history)
    rows = replay(records[cut:], REPORT.row_kinds, replay(records[:cut], REPORT.row_kinds))
    assert rows == replay(records, REPORT.row_kinds)
