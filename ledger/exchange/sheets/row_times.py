"""The instants of a row: its day, its time of day, its zone and what is added, each from cells as the map says."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from msgspec import UNSET

from ledger import calendar
from ledger.errors import Malformed
from ledger.exchange.sheets.cells import SheetRow, shown
from ledger.exchange.sheets.mapped_sheets import MappedSheet
from ledger.exchange.sheets.named_cells import NamedCells
from ledger.exchange.sheets.sheet_map import CellSource, MappedFact, keys_of
from ledger.exchange.sheets.sheet_times import (
    CellMoment,
    DateForm,
    Zoned,
    duration_s,
    instant_of,
    is_on_next_day,
    moment_of,
    seconds_of,
    zone_said,
)
from ledger.exchange.sheets.sheet_values import number_of, unit_named
from ledger.kinds import Kind, SiteRegistered
from ledger.units import UNITS, rounded


class RowTimes:
    """The instants of the rows of one sheet; ``zones`` is the zone of each site, and grows as rows register
    sites.
    """

    def __init__(self, mapped: MappedSheet, cells: NamedCells, zones: Mapping[str, str]) -> None:
        self._map, self._source, self._cells, self._zones = mapped.map, mapped.source, cells, zones
        self.clock: Final = DateForm(self._map.dates or None, self._map.serial or None)
        self._fixed_zone = self._constant_zone()
        self._check_titles()

    def _constant_zone(self) -> Zoned | None:
        if not isinstance(self._map.zone, str):
            return None
        try:
            return zone_said(self._map.zone)
        except Malformed as why:
            raise Malformed(f"{self._source}: the map's zone {why}") from None

    def _check_titles(self) -> None:
        """Refuse times whose column names a zone where the map names none: they are not local time of the
        site.
        """
        if self._map.zone is not UNSET:
            return
        for source in self._instants():
            for name in (source.column, source.time):
                zone = self._cells.zone_in_title(name) if name else None
                if zone is not None:
                    raise Malformed(
                        f"{self._source}: the column {name!r} names a zone, {zone}, and the map does not; set"
                        ' zone = "UTC", or an IANA zone such as "America/New_York", in the map'
                    )

    def _instants(self) -> Iterator[CellSource]:
        """The sources of the instants of all facts."""
        for fact in self._map.fact:
            yield fact.at
            forms = {key: field.form for kind in fact.kinds for key, field in keys_of(kind).items()}
            for key, source in {**self._map.fields, **fact.fields}.items():
                if isinstance(source, CellSource) and forms.get(key) == "instant":
                    yield source

    def zone(self, fact: MappedFact, kind: Kind, row: SheetRow, place: str) -> Zoned:
        """The zone of a row's times: its own, the map's, else the site's; a missing one is reported only
        where it is needed.
        """
        if self._fixed_zone is not None:
            return self._fixed_zone
        site_zone = self._zones.get(place, "")
        if isinstance(self._map.zone, CellSource):
            said = self._cells.text(self._map.zone, row)
            if said:
                try:
                    found = zone_said(said)
                except Malformed as why:
                    raise Malformed(f"{self._map.zone.named[0]!r} {why}") from None
                return found if found.zone or not site_zone else Zoned(found.offset, site_zone)
        if kind.body is SiteRegistered and not site_zone:
            source = {**self._map.fields, **fact.fields}.get("tz")
            said = self._cells.text(source, row) if isinstance(source, CellSource) else str(source or "")
            site_zone = said
        return Zoned("", site_zone)

    def instant(self, source: CellSource, row: SheetRow, zone: Zoned, key: str, place: str) -> str | None:
        """The instant in the cells, None where the first is blank."""
        name = source.named[0]
        value = self._cells.used(row, name)
        if value is None:
            return None
        try:
            moment = moment_of(value, self.clock)
        except Malformed as why:
            raise Malformed(f"{name!r} {why}") from None
        if isinstance(source.time, str):
            timed = self._timed(moment, source, row, zone)
            if timed is None:
                return None
            moment = timed
        if moment.seconds is None:
            if not source.midnight:
                raise Malformed(
                    f'{name!r} is a date without a time of day: {shown(value)!r}; set time = "COLUMN" or'
                    f" midnight = true for {key} in the map"
                )
            moment = moment._replace(seconds=0)
        if moment.where == zone == Zoned():
            near = difflib.get_close_matches(place, list(self._zones), n=1)
            raise Malformed(
                f"{place!r} is not a site of the book, so the zone of {name!r} is not known"
                f"{f'; did you mean {near[0]}?' if near else '; set zone in the map'}"
            )
        try:
            instant = instant_of(moment, zone)
        except Malformed as why:
            raise Malformed(f"{name!r} {why}") from None
        return self._later(instant, source, row) if isinstance(source.plus, str) else instant

    def _timed(self, moment: CellMoment, source: CellSource, row: SheetRow, zone: Zoned) -> CellMoment | None:
        """A day with the time of day of another cell, perhaps past midnight; None where that is blank."""
        name = str(source.time)
        value = self._cells.used(row, name)
        if value is None:
            if source.midnight:
                return moment
            if source.default is UNSET and not moment.seconds:
                return None
            raise Malformed(f"{name!r} is blank, so there is not a time of day")
        if moment.seconds:
            raise Malformed(f"{source.column!r} and {name!r} both hold a time of day")
        try:
            seconds, where = seconds_of(value, moment.day)
            if isinstance(source.after, str):
                before = self._cells.used(row, source.after)
                if before is not None:
                    begin = seconds_of(before)
                    seconds += calendar.DAY_S * is_on_next_day((seconds, where), begin, moment.day, zone)
        except Malformed as why:
            raise Malformed(f"{name!r} {why}") from None
        return CellMoment(moment.day, seconds, where if where != Zoned() else moment.where)

    def _later(self, instant: str, source: CellSource, row: SheetRow) -> str | None:
        """An instant plus the duration in another cell, None where that is blank."""
        name = str(source.plus)
        value = self._cells.used(row, name)
        if value is None:
            return None
        try:
            seconds = duration_s(value)
            if seconds is None:
                self._cells.check_mark(name, value)
                number, own = number_of(value, self._cells.decimal)
                unit = own or source.unit
                if not isinstance(unit, str):
                    raise Malformed(f'has no unit: {shown(value)!r}; set unit = "h" (or min, s) in the map')
                whole = Fraction(number) * UNITS["_s"][unit_named(unit, "_s")]
                seconds = rounded(whole)
            if seconds < 0:
                raise Malformed(f"is negative: {shown(value)!r}")
        except Malformed as why:
            raise Malformed(f"{name!r} {why}") from None
        return calendar.format_instant(calendar.instant_s(instant) + seconds)
