"""What must hold of any bytes that are given to a parser; tools/fuzz looks for bytes that break it, and
tests/fuzz keeps those that did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final

from ledger.errors import Malformed
from ledger.exchange import cloudevents, jsonl, miners, story
from ledger.exchange.comtrade import reader as comtrade
from ledger.exchange.greenbutton import reader as greenbutton
from ledger.exchange.grid_notices import reader as grid_notices
from ledger.exchange.grid_notices import sources
from ledger.exchange.grid_notices.notice import NoticeOptions
from ledger.exchange.interval_csv import dialects
from ledger.exchange.interval_csv import reader as interval_csv
from ledger.exchange.interval_csv.record_maker import Options
from ledger.exchange.openadr import events
from ledger.exchange.openadr.event_options import EventOptions, Level
from ledger.exchange.reading import Reading
from ledger.exchange.sheets import reader as sheets
from ledger.exchange.sheets.mapped_sheets import SheetOptions

AT: Final = "2026-07-14T17:00:00Z"
OPENADR: Final = EventOptions(
    "s1",
    programs=((None, "ilc"),),
    dispatch_class="emergency",
    alerts=(("ALERT_GRID_EMERGENCY", "eea3"),),
    at=AT,
    meter="revenue",
    authority="SOCO",
    levels=(Level("ilc", 0, 5_000_000),),
)
DIALECTS: Final = (
    *(",".join(filter(None, (dialect.name, dialect.example_keys))) for dialect in dialects.DIALECTS),
    "generic,time=t,value=v,unit=kW,zone=America/New_York,stamp=begin,interval=15min",
)
MAP: Final = """
dates = "mdy"
site = "s1"
skip = [{ column = "Ticket", begins = "Total" }]
[fields]
block = { column = "Unit", slug = true }
outage = { columns = ["Ticket", "Unit"], slug = true }
[[fact]]
kind = "outage-started"
at = { column = "Date", time = "Start" }
[fact.fields]
outage_class = { column = "Type", values = { "Trip" = "forced-u1", "Planned" = "planned" } }
derate = { column = "Lost MW", unit = "MW", round = true }
cause = { column = "Why", default = "none" }
outside_management_control = { column = "Weather", values = { "hot" = true, "" = false } }
[[fact]]
kind = "outage-ended"
when = [{ column = "End", blank = false }]
at = { column = "Date", time = "End", after = "Start" }
"""
SHEET: Final = SheetOptions(MAP, zones={"s1": "America/New_York"})
Read = Callable[[bytes], Reading]


def _in_dialect(dialect: str, data: bytes) -> list[Reading]:
    return list(interval_csv.read((data,), "f", "0" * 64, Options("s1", "m1", dialect)))


def _in_dialects(data: bytes) -> Reading:
    """What a CSV file says in all dialects that take its header; ``Malformed`` if none does."""
    parts = []
    for dialect in DIALECTS:
        with suppress(Malformed):
            parts += _in_dialect(dialect, data)
    if not parts:
        raise Malformed("f: no dialect takes it")
    return _joined(parts)


def _joined(parts: list[Reading]) -> Reading:
    return Reading(
        tuple(claim for part in parts for claim in part.claims),
        tuple(problem for part in parts for problem in part.problems),
    )


def in_chosen_dialect(data: bytes) -> Reading:
    """What a CSV file says in the one dialect that its first byte chooses: twenty times as many inputs in the
    same time as in all dialects.
    """
    return _joined(_in_dialect(DIALECTS[data[0] % len(DIALECTS) if data else 0], data[1:]))


def examples() -> Iterator[bytes]:
    """The example of every dialect after the byte that chooses it."""
    for number, dialect in enumerate(dialects.DIALECTS):
        yield bytes([number]) + "\n".join(dialect.example).encode()


def _in_sources(data: bytes) -> Reading:
    """What a page says as a publication of every grid operator; ``Malformed`` if it is none."""
    parts = []
    for source in sources.SOURCES:
        with suppress(Malformed):
            options = NoticeOptions(source.name, AT, ("south",), (("purple alert", "eea1"),))
            parts.append(grid_notices.read(data, source.example_name, options))
    if not parts:
        raise Malformed("f: no source takes it")
    return _joined(parts)


def notice_examples() -> Iterator[bytes]:
    """The example of every publication of a grid operator."""
    for source in sources.SOURCES:
        yield "\n".join(source.example).encode()


def _recorder(data: bytes) -> Reading:
    """Bytes as a recorder's one file, else as a CFG and a DAT with an empty line between."""
    options = comtrade.RecorderOptions("s1", clock="UTC", nominal_v=lambda at_s: 138_000)
    if data.startswith(b"---"):
        return comtrade.read(data, "f.cff", options)
    cfg, _, dat = data.partition(b"\n\n")
    return comtrade.read(cfg, "f.cfg", options._replace(beside={".dat": dat}))


READERS: Final[dict[str, Read]] = {
    "story": lambda data: story.read(data, "f"),
    "jsonl": lambda data: jsonl.read(data, "f"),
    "greenbutton": lambda data: greenbutton.read(data, "f", greenbutton.FeedOptions("s1", "revenue")),
    "miners": lambda data: miners.read(data, "f", miners.MinerOptions("s1", "m1", AT, 900)),
    "openadr": lambda data: events.read(data, "f", OPENADR),
    "comtrade": _recorder,
    "conditions": _in_sources,
    "cloudevents": lambda data: cloudevents.read(data, "f"),
    "csv": _in_dialects,
    "events": lambda data: next(sheets.read_parts([data], "f", "0" * 64, SHEET)),
}


def _target(read: Read) -> Callable[[bytes], None]:
    def holds(data: bytes) -> None:
        try:
            found = read(data)
        except Malformed:
            return
        assert read(data) == found, "the same bytes say the same"
        for problem in found.problems:
            assert "\n" not in str(problem), "a problem is one line"
        for claim in found.claims:
            assert story.parse(story.format_claim(claim)) == claim, "a claim can be told as story text"

    return holds


CHOSEN: Final = _target(in_chosen_dialect)
TARGETS: Final = {name: _target(read) for name, read in READERS.items()}
"""``TARGETS[format](data)`` raises where something that must hold does not."""
