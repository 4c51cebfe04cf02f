"""Import of outside files beside what the book knows about their site: shared by ``import``, ``follow`` and
the demo.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ledger.app.book.book import Book
from ledger.app.host.files import read_text
from ledger.app.imports.known_site import (
    SiteKnown,
    energized_voltages,
    grid_notices,
    meter_directions,
    site_zones,
)
from ledger.app.imports.source_files import Parts
from ledger.calendar import parse_instant
from ledger.errors import Malformed, named
from ledger.exchange.formats import Format, Given, OfBook
from ledger.exchange.grid_notices import settle
from ledger.exchange.openadr import event_options, events, gone_alerts, sync_alerts, sync_dispatches
from ledger.exchange.reading import Reading
from ledger.units import parse_quantity


class ImportContext:
    """A format's files beside what the book knows of their site: ``given`` with it, and readings settled with
    its dispatches and alerts, or with the notices of grid operators, one after the other.
    """

    def __init__(
        self,
        given: Given,
        dispatches: sync_dispatches.Known | None = None,
        alerts: gone_alerts.Known | None = None,
        notices: settle.Known | None = None,
    ) -> None:
        self.given, self._dispatches, self._alerts = given, dispatches, alerts or {}
        self._notices = notices

    @classmethod
    def of(cls, book: Book, form: Format, given: Given, documents: Iterable[bytes]) -> ImportContext:
        """Context from the book, and the units that program objects among the documents state."""
        if form.asks_zones:
            return cls(given._replace(of_book=OfBook(zones=site_zones(book))))
        if form.asks_notices:
            notices = grid_notices(book)
            beside = OfBook(notices=settle.by_text(notices))
            return cls(given._replace(of_book=beside), notices=notices)
        if given.site is None:
            return cls(given)
        if form.asks_meters:
            return cls(given._replace(of_book=OfBook(directions=meter_directions(book, given.site))))
        if form.asks_voltage:
            return cls(given._replace(of_book=OfBook(voltages=energized_voltages(book, given.site))))
        if not form.asks_book:
            return cls(given)
        known = SiteKnown(book, given.site)
        stated = {key: unit for data in documents for key, unit in events.units_stated(data).items()}
        of_book = OfBook(known.authority(), known.levels(), stated)
        return cls(given._replace(of_book=of_book), known.dispatches(), known.alerts())

    def settle(self, parts: Parts) -> Iterator[tuple[str, Reading]]:
        """The readings as they are to be recorded."""
        for name, reading in parts:
            if self._notices is not None:
                published = settle.settled(self._notices, reading)
                self._notices = published.known
                yield name, published.reading
                continue
            if self._dispatches is None:
                yield name, reading
                continue
            called = sync_dispatches.settled(self._dispatches, reading)
            declared = sync_alerts.settled(self._alerts, called.reading)
            self._dispatches, self._alerts = called.known, declared.known
            yield name, declared.reading


def given_of(said: dict[str, Any]) -> Given:
    """Values of the options given beside files, in the words of the command line."""
    at, hold = said.pop("at"), said.pop("hold")
    with named("--at"):
        at = None if at is None else parse_instant(at)
    with named("--hold"):
        hold_s = None if hold is None else parse_quantity(hold, "_s")
    programs = tuple(_program(text) for text in said.pop("programs"))
    alerts = tuple(_alert(text) for text in said.pop("alerts"))
    setpoints = tuple(_setpoint(text) for text in said.pop("setpoints"))
    vtn = said.pop("vtn") or event_options.DEFAULT_VTN
    map_file = said.pop("map_file", None)
    if map_file is not None:
        said |= {"map_text": map_text(Path(map_file)), "map_name": Path(map_file).name}
    return Given(
        **said,
        at=at,
        hold_s=hold_s,
        programs=programs,
        alerts=alerts,
        vtn=vtn,
        setpoints=setpoints,
    )


def map_text(path: Path) -> str:
    """The text of a map; ``Malformed`` where it is not text."""
    try:
        return read_text(path)
    except UnicodeDecodeError:
        raise Malformed(f"{path.name}: is not UTF-8 text; a map is a TOML file") from None


def _program(text: str) -> tuple[str | None, str]:
    theirs, equals, ours = text.rpartition("=")
    return (theirs if equals else None), ours


def _alert(text: str) -> tuple[str, str]:
    kind, equals, state = text.partition("=")
    if not equals:
        raise Malformed(f"--alert is TYPE=STATE, such as ALERT_GRID_EMERGENCY=eea3: {text!r}")
    return kind, state


def _setpoint(text: str) -> event_options.Setpoint:
    kind, equals, meaning = text.rpartition("=")
    mode, colon, unit = meaning.partition(":")
    if not equals or not kind:
        raise Malformed(
            "--setpoint is TYPE=MODE or TYPE=MODE:UNIT, such as"
            f" CONSUMPTION_POWER_LIMIT=reduce-to:KW: {text!r}"
        )
    return event_options.Setpoint(kind, mode, unit if colon else None)
