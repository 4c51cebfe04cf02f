"""The list of formats that can be imported: one line each. The command line is made from it. A format loads its
reader when it reads: a command that records or completes a name needs none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from ledger.errors import Malformed, no_such
from ledger.exchange.openadr.event_options import DEFAULT_VTN, EventOptions, Level, Setpoint
from ledger.exchange.reading import Reading
from ledger.kinds import GridNoticePublished

PACKED: Final = {b"PK\x03\x04": "a ZIP archive", b"\x1f\x8b": "compressed (gzip)"}


class OfBook(NamedTuple):
    """The book's knowledge about a site, for a format that asks: its balancing authority, its programs'
    service levels, units stated by other files; each meter's directions, (from second, direction) in order of
    time; the zone of every site; the voltages at which the site was energized, (from second, volts) in order
    of time; the notices of grid operators, when each was published and its fact, by the SHA-256 of their
    text.
    """

    authority: str | None = None
    levels: tuple[Level, ...] = ()
    units: Mapping[tuple[str, str], str] = {}
    directions: Mapping[str, tuple[tuple[int, str], ...]] = {}
    zones: Mapping[str, str] = {}
    voltages: tuple[tuple[int, int], ...] = ()
    notices: Mapping[str, tuple[str, GridNoticePublished]] = {}


class Given(NamedTuple):
    """Options of an import; each format states those that it needs. ``beside`` are the files of the same name
    that belong to the file, by their ending.
    """

    site: str | None = None
    meter: str | None = None
    block: str | None = None
    at: str | None = None
    hold_s: int | None = None
    programs: tuple[tuple[str | None, str], ...] = ()
    dispatch_class: str | None = None
    alerts: tuple[tuple[str, str], ...] = ()
    vtn: str = DEFAULT_VTN
    of_book: OfBook = OfBook()
    dialect: str | None = None
    setpoints: tuple[Setpoint, ...] = ()
    relative: str | None = None
    sheet: str | None = None
    map_text: str | None = None
    map_name: str = "map"
    clock: str | None = None
    source: str | None = None
    areas: tuple[str, ...] = ()
    authority: str | None = None
    ends_missing: bool = False
    beside: Mapping[str, bytes] = {}


class Format(NamedTuple):
    """An import format: its name, a description, the options it needs, and its reader, of a whole file or
    part by part.

    ``read_parts`` is for files that may be larger than memory; it gets the file's SHA-256 in hex beside its
    bytes. A format that ``asks_book`` is read beside the dispatches, programs and alerts of the site, one
    that ``asks_meters`` beside its meters, one that ``asks_zones`` beside the zones of all sites, one that
    ``asks_voltage`` beside the voltages at which it was energized (``OfBook``), one that ``asks_notices``
    beside the notices of grid operators. ``beside`` are the endings of files of the same name that belong to
    a file.
    """

    name: str
    summary: str
    needs: tuple[str, ...]
    read_file: Callable[[bytes, str, Given], Reading] | None = None
    read_parts: Callable[[Iterable[bytes], str, str, Given], Iterator[Reading]] | None = None
    asks_book: bool = False
    asks_meters: bool = False
    asks_zones: bool = False
    asks_voltage: bool = False
    asks_notices: bool = False
    beside: tuple[str, ...] = ()

    def read(self, chunks: Iterable[bytes], source: str, sha256: str, given: Given) -> Iterator[Reading]:
        """The claims of a file, in one part or many; ``Malformed`` names missing options."""
        missing = [f"--{name}" for name in self.needs if getattr(given, name) is None]
        if missing:
            raise Malformed(f"import {self.name} needs {' and '.join(missing)}")
        if self.read_parts is not None:
            return self.read_parts(chunks, source, sha256, given)
        assert self.read_file is not None, "a format is read as a whole or in parts"
        return iter((self.read_file(b"".join(_unpacked(chunks, source)), source, given),))


def _unpacked(chunks: Iterable[bytes], source: str) -> Iterator[bytes]:
    """The bytes of a file; ``Malformed`` for a compressed one, as utilities hand out feeds."""
    rest = iter(chunks)
    first = next(rest, b"")
    for magic, what in PACKED.items():
        if first.startswith(magic):
            raise Malformed(f"{source}: is {what}; unpack it first")
    yield first
    yield from rest


def _greenbutton(chunks: Iterable[bytes], source: str, sha256: str, given: Given) -> Iterator[Reading]:
    from ledger.exchange.greenbutton import reader as greenbutton

    options = greenbutton.FeedOptions.of(str(given.site), str(given.meter), given.of_book.directions)
    return greenbutton.read_parts(_unpacked(chunks, source), source, sha256, options)


def _miners(data: bytes, source: str, given: Given) -> Reading:
    from ledger.exchange import miners

    options = miners.MinerOptions(str(given.site), str(given.block), given.at, given.hold_s)
    return miners.read(data, source, options)


def _openadr(data: bytes, source: str, given: Given) -> Reading:
    from ledger.exchange.openadr import events

    return events.read(
        data,
        source,
        EventOptions(
            str(given.site),
            given.programs,
            given.dispatch_class,
            given.alerts,
            given.at,
            given.vtn,
            given.meter,
            given.of_book.authority,
            given.of_book.levels,
            given.of_book.units,
            given.setpoints,
            given.relative,
        ),
    )


def _cloudevents(chunks: Iterable[bytes], source: str, sha256: str, given: Given) -> Iterator[Reading]:
    from ledger.exchange import cloudevents

    return cloudevents.read_parts(_unpacked(chunks, source), source, sha256)


def _conditions(data: bytes, source: str, given: Given) -> Reading:
    from ledger.exchange.grid_notices import reader as grid_notices
    from ledger.exchange.grid_notices.notice import NoticeOptions

    known = given.of_book.notices
    options = NoticeOptions(str(given.source), given.at, given.areas, given.alerts, known, given.ends_missing)
    return grid_notices.read(data, source, options)


def _csv(chunks: Iterable[bytes], source: str, sha256: str, given: Given) -> Iterator[Reading]:
    from ledger.exchange.interval_csv import reader as interval_csv
    from ledger.exchange.interval_csv.record_maker import Options as IntervalCsvOptions

    options = IntervalCsvOptions(str(given.site), str(given.meter), given.dialect or "")
    return interval_csv.read(chunks, source, sha256, options)


def _generation(chunks: Iterable[bytes], source: str, sha256: str, given: Given) -> Iterator[Reading]:
    from ledger.exchange import generation_csv

    return generation_csv.read(_unpacked(chunks, source), source, sha256, str(given.authority))


def _comtrade(data: bytes, source: str, given: Given) -> Reading:
    from ledger.exchange.comtrade import reader as comtrade

    def nominal_v(at_s: int) -> int | None:
        held = [volts for since_s, volts in given.of_book.voltages if since_s <= at_s]
        return held[-1] if held else None

    options = comtrade.RecorderOptions(
        str(given.site), given.map_text, given.map_name, given.clock, nominal_v, given.beside
    )
    return comtrade.read(data, source, options)


def _events(chunks: Iterable[bytes], source: str, sha256: str, given: Given) -> Iterator[Reading]:
    from ledger.exchange.sheets import reader as sheets
    from ledger.exchange.sheets.mapped_sheets import SheetOptions

    options = SheetOptions(given.map_text, given.map_name, given.sheet, given.site, given.of_book.zones)
    return sheets.read_parts(chunks, source, sha256, options)


FORMATS: Final = (
    Format(
        "cloudevents",
        "CloudEvents 1.0.2 of this ledger's kinds, one, a batch or lines",
        (),
        read_parts=_cloudevents,
    ),
    Format(
        "comtrade",
        "fault recorder files (IEEE C37.111: CFG with DAT, or CFF): excursions of voltage and frequency",
        ("site",),
        _comtrade,
        asks_voltage=True,
        beside=(".dat",),
    ),
    Format(
        "conditions",
        "notices of grid operators (PJM, ERCOT, MISO; others as CSV): alerts and emergencies of the grid",
        ("source",),
        _conditions,
        asks_notices=True,
    ),
    Format(
        "csv",
        "interval values of one meter, in a dialect",
        ("site", "meter"),
        read_parts=_csv,
    ),
    Format(
        "events",
        "histories kept in spreadsheets (CSV, XLSX): rows as facts, by a map of the columns or a template",
        (),
        read_parts=_events,
        asks_zones=True,
    ),
    Format(
        "generation",
        "EIA-930 net generation by source of one balancing authority (six-month files, rows of the API)",
        ("authority",),
        read_parts=_generation,
    ),
    Format(
        "greenbutton",
        "Green Button (ESPI) interval readings of one meter",
        ("site", "meter"),
        read_parts=_greenbutton,
        asks_meters=True,
    ),
    Format("miners", "pyasic MinerData JSON: the devices of one block", ("site", "block"), _miners),
    Format(
        "openadr",
        "OpenADR 3.1.0: events as dispatches, alerts, reports of a meter",
        ("site",),
        _openadr,
        asks_book=True,
    ),
)

BY_NAME: Final = {form.name: form for form in FORMATS}


def format_named(name: str) -> Format:
    """A format of the list; ``Malformed`` lists the names that exist."""
    if name not in BY_NAME:
        raise no_such("import format", name, BY_NAME)
    return BY_NAME[name]
