"""The state at an instant for people: each place's answer in a sentence, what is open there, then the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from ledger import calendar
from ledger.app.queries.moment import Moment
from ledger.app.queries.shift import open_counts
from projections.engine.amounts import said
from projections.engine.words import counted, listed
from projections.figures.open_things import open_things
from projections.figures.state_at import ThingState


def moment_lines(found: Moment) -> Iterator[str]:
    """A place after the other, each on its own clocks; what was known comes last."""
    for place, those in groupby(found.things, lambda thing: thing.place):
        things, tz = list(those), found.zones.get(place, "UTC")
        is_open = open_things(things)
        named = {thing.named for thing in is_open}
        yield f"{place}, {calendar.clock(calendar.instant_s(found.at), tz)}: {_verdict(things, is_open)}."
        for title, listed_here in (
            ("Open", is_open),
            ("In force", [thing for thing in things if thing.named not in named]),
        ):
            if listed_here:
                yield ""
                yield f"{title}:"
                yield from (f"  {_line(thing, tz)}" for thing in listed_here)
        yield ""
    if not found.things:
        yield "Nothing had been recorded yet."
    known = found.known_at
    yield f"known at {known.size:,} records, root {known.root[:16]}..., last taken {known.rec}"


def _verdict(things: Sequence[ThingState], is_open: Sequence[ThingState]) -> str:
    """Power of the site as far as it is known, its blocks, and how much is open."""
    energized = [thing.fields["power_w"] for thing in things if thing.what == "energized"]
    whole = {
        thing.name
        for thing in things
        if thing.what == "meter"
        and (thing.fields.get("scope"), thing.fields.get("role")) == ("site", "revenue")
    }
    drawn = [thing.fields["load_w"] for thing in things if thing.what == "load" and thing.name in whole]
    blocks = sum(thing.what == "block" for thing in things)
    parts = [f"{said(power, 'W')} energized" for power in energized]
    parts += [f"{said(sum(drawn), 'W')} drawn"] if drawn else []
    parts += [counted(blocks, "load block")] if blocks else []
    counts = open_counts(Counter(thing.what for thing in is_open))
    parts.append(f"open: {listed(counts)}" if counts else "nothing is open")
    return ", ".join(parts)


def _line(thing: ThingState, tz: str) -> str:
    words = f": {thing.words}" if thing.words else ""
    return f"{thing.named}{words}  since {calendar.clock(thing.since_s, tz)}"
