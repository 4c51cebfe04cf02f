"""Half-open interval arithmetic, shared by all reports: clip, union, steps that hold, a sweep over
breakpoints.

Instants are whole seconds since 1970 (UTC); a span holds on [start_s, stop_s), so spans that touch neither
overlap nor leave a gap, and the sum over any pieces is the sum over the whole (DOMAIN 2). A span that has no
end yet stops at ``FOREVER`` and is cut by the window of the question. Nothing here rounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar
from zoneinfo import ZoneInfo

from ledger.calendar import Window, add_months, day_start_s, local_date

T = TypeVar("T")

FOREVER: Final = 253_402_300_800  # 10000-01-01T00:00:00Z, after every instant that can be stored


class Span(NamedTuple, Generic[T]):
    """``value`` holds on [start_s, stop_s); it is empty unless start_s < stop_s."""

    start_s: int
    stop_s: int
    value: T


class ConstantPiece(NamedTuple):
    """A span on which nothing changes. ``open[g]`` are the values of group g that hold on all of it."""

    start_s: int
    stop_s: int
    open: tuple[tuple[Any, ...], ...]

    @property
    def seconds(self) -> int:
        """Its length."""
        return self.stop_s - self.start_s


def spans(steps: Iterable[tuple[int, T]], stop_s: int = FOREVER) -> list[Span[T]]:
    """Steps ``(at_s, value)`` in order, each holding until the next or until ``stop_s``; no span is empty.

    Of steps at the same instant the last holds. Before the first step nothing holds.
    """
    found: list[Span[T]] = []
    holding: tuple[int, T] | None = None
    for step in steps:
        if holding is not None and holding[0] < min(step[0], stop_s):
            found.append(Span(holding[0], min(step[0], stop_s), holding[1]))
        holding = step
    if holding is not None and holding[0] < stop_s:
        found.append(Span(holding[0], stop_s, holding[1]))
    return found


def clip(items: Iterable[Span[T]], window: Window) -> list[Span[T]]:
    """The parts of spans that lie in a window, in the order given."""
    cut = (
        Span(max(item.start_s, window.start_s), min(item.stop_s, window.stop_s), item.value) for item in items
    )
    return [item for item in cut if item.start_s < item.stop_s]


def union(windows: Iterable[Window]) -> list[Window]:
    """The same instants as disjoint windows in order, touching ones joined; nothing is counted twice."""
    found: list[Window] = []
    for window in sorted(windows):
        if window.start_s >= window.stop_s:
            continue
        if found and window.start_s <= found[-1].stop_s:
            found[-1] = Window(found[-1].start_s, max(found[-1].stop_s, window.stop_s))
        else:
            found.append(window)
    return found


def local_days(window: Window, tz: ZoneInfo) -> list[Window]:
    """A window cut at the midnights of a zone, whose days may have 23 or 25 hours."""
    return _cut(window, tz, lambda day: day + timedelta(days=1), local_date(window.start_s, tz))


def local_months(window: Window, tz: ZoneInfo) -> list[Window]:
    """A window cut at the first instants of a zone's months."""
    return _cut(window, tz, lambda day: add_months(day, 1), local_date(window.start_s, tz).replace(day=1))


def local_years(window: Window, tz: ZoneInfo) -> list[Window]:
    """A window cut at the first instants of a zone's years."""
    first = local_date(window.start_s, tz).replace(month=1, day=1)
    return _cut(window, tz, lambda day: add_months(day, 12), first)


def _cut(window: Window, tz: ZoneInfo, after: Callable[[date], date], day: date) -> list[Window]:
    found = []
    while (start_s := day_start_s(day, tz)) < window.stop_s:
        try:
            day = after(day)
        except (OverflowError, ValueError):  # the last of the year 9999
            found.append(Window(max(start_s, window.start_s), window.stop_s))
            break
        found.append(Window(max(start_s, window.start_s), min(day_start_s(day, tz), window.stop_s)))
    return found


def total_s(windows: Iterable[Window]) -> int:
    """Seconds covered by windows, each instant counted once."""
    return sum(window.stop_s - window.start_s for window in union(windows))


def sweep(window: Window, *groups: Iterable[Span[Any]]) -> Iterator[ConstantPiece]:
    """Cut a window at every instant where a span of any group starts or stops.

    The pieces are in order, not empty, and cover the window exactly. The open values of a group are in the
    order of their spans' starts (before the window too), those that start together in the order given.
    """
    held: tuple[dict[int, Any], ...] = tuple({} for _ in groups)
    for start_s, stop_s in swept(window, groups, held):
        yield ConstantPiece(start_s, stop_s, tuple(tuple(values.values()) for values in held))


class OpenValues(Protocol):
    """The values of a group that are open, by number in the order of their starts."""

    def __setitem__(self, number: int, value: Any, /) -> None:
        """A span starts."""
        ...

    def __delitem__(self, number: int, /) -> None:
        """A span stops."""
        ...


def swept(
    window: Window, groups: Sequence[Iterable[Span[Any]]], held: Sequence[OpenValues]
) -> Iterator[tuple[int, int]]:
    """The pieces of ``sweep``, with what is open on each in ``held`` until the next is asked for. A group that keeps
    a sum of what is open costs the same for each piece, however much is open: copies take the square of it.
    """
    if window.start_s >= window.stop_s:
        return
    starts, stops = _edges(window, groups)
    at_s = window.start_s
    for cut_s in sorted({*starts, *stops, window.stop_s}):
        if at_s < cut_s:
            yield at_s, cut_s
            at_s = cut_s
        for group, number in stops.get(cut_s, ()):
            del held[group][number]
        for group, number, value in starts.get(cut_s, ()):
            held[group][number] = value


_Starts = dict[int, list[tuple[int, int, Any]]]
_Stops = dict[int, list[tuple[int, int]]]


def _edges(window: Window, groups: Sequence[Iterable[Span[Any]]]) -> tuple[_Starts, _Stops]:
    """The starts and ends at each instant of the window; a span open at its start begins there."""
    starts: _Starts = {}
    stops: _Stops = {}
    numbered = ((group, item) for group, items in enumerate(groups) for item in items)
    in_order = sorted(numbered, key=lambda pair: pair[1].start_s)  # stable: ties keep the order given
    for number, (group, item) in enumerate(in_order):
        start_s, stop_s = max(item.start_s, window.start_s), min(item.stop_s, window.stop_s)
        if start_s < stop_s:
            starts.setdefault(start_s, []).append((group, number, item.value))
            stops.setdefault(stop_s, []).append((group, number))
    return starts, stops
