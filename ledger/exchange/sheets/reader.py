"""Histories kept in spreadsheets: rows of a CSV file or of an XLSX workbook as facts, by a map.

A row is one or more facts or none: where the reader is not sure of one of them, it makes no fact of the row
and reports why. Facts come out in the order in which they are recorded (``order``). A template carries its
maps in a sheet of its own (``template``), so it needs none beside it.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, time
from fractions import Fraction
from typing import Final

import msgspec
from msgspec import UNSET

from ledger import calendar
from ledger.errors import Malformed, Problem, collected
from ledger.exchange import story
from ledger.exchange.reading import Reading
from ledger.exchange.sheets.cells import SheetRow, UnusableCell, Value, number_text, plain, shown
from ledger.exchange.sheets.decimal_marks import both_readings, has_three_decimals, may_be_grouped
from ledger.exchange.sheets.header import find_header
from ledger.exchange.sheets.mapped_sheets import MappedSheet, SheetOptions, mapped_sheets
from ledger.exchange.sheets.order import in_order
from ledger.exchange.sheets.sheet_map import SKIP, CellSource, Condition, Constant, MappedFact, keys_of
from ledger.exchange.sheets.sheet_times import (
    CellMoment,
    DateForm,
    Zoned,
    duration_s,
    instant_of,
    is_on_next_day,
    moment_of,
    seconds_of,
    zone_of_title,
    zone_said,
)
from ledger.exchange.sheets.sheet_values import (
    chosen,
    constant_text,
    number_of,
    slug,
    text_of,
    unit_named,
    value_text,
)
from ledger.fields import Field, form_faults, is_slug
from ledger.kinds import Kind, SiteRegistered, kind_of
from ledger.records.envelope import Claim
from ledger.records.ids import named_id
from ledger.units import UNITS, rounded

SHOWN: Final = 8
EXAMPLE: Final = "example"
"""Text that marks the example row of a template."""
CHANGED: Final = (
    "is marked as the example but has other values; clear the mark if it is a fact, else delete the row"
)


def read_parts(chunks: Iterable[bytes], source: str, sha256: str, options: SheetOptions) -> Iterator[Reading]:
    """The facts of a file, in one part."""
    pairs = mapped_sheets(b"".join(chunks), source, options)
    zones = dict(options.zones)
    readers = [RowReader(pair, source, sha256, options, zones) for pair in pairs]
    for reader in readers:  # the zones of sites that the file itself registers
        reader.register_zones()
    for reader in readers:
        reader.read()
    ordered = in_order([item for reader in readers for item in reader.claims])
    problems = [problem for reader in readers for problem in reader.problems]
    yield Reading(
        tuple(claim for claim, _ in ordered),
        tuple(problems),
        tuple(note for reader in readers for note in reader.notes()),
        tuple(row for _, (_, row) in ordered),
        sources=tuple(name for _, (name, _) in ordered),
    )


class RowReader:
    """Rows of one sheet into claims, problems and notes."""

    def __init__(
        self, mapped: MappedSheet, file: str, sha256: str, options: SheetOptions, zones: dict[str, str]
    ) -> None:
        self._sheet, self._map, self._source = mapped
        self._file, self._sha256, self._site, self._zones = file, sha256, options.site, zones
        self._clock = DateForm(self._map.dates or None, self._map.serial or None)
        self._decimal = self._map.decimal or None
        try:
            self._header = find_header(self._sheet, self._map.columns, self._map.header or None)
        except Malformed as why:
            raise Malformed(f"{self._source}: {why}") from None
        self._fixed_zone = self._constant_zone()
        self._check_titles()
        if self._site not in (None, self._map.site) and self._map.site is not UNSET:
            raise Malformed(
                f"{self._source}: --site {self._site} differs from the site in the map; leave it out"
            )
        self._skipped: Counter[str] = Counter()
        self._hidden: list[int] = []
        self._names: dict[tuple[str, str, str], tuple[str, int]] = {}
        self._seen: dict[str, int] = {}
        self._thirds: dict[str, bool] = {}
        self._same: list[str] = []
        self.claims: list[tuple[Claim, tuple[str, int]]] = []
        self.problems: list[Problem] = []

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
                zone = zone_of_title(self._header.titles[self._header.places[name]]) if name else None
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

    def rows(self) -> Iterator[SheetRow]:
        """The rows below the header that are not blank."""
        for row in self._sheet.rows:
            if row.number > self._header.number and not row.blank and not self._repeats_header(row):
                yield row

    def _repeats_header(self, row: SheetRow) -> bool:
        """True where the header is repeated, as at the top of a printed page."""
        places = self._header.places.values()
        titles = self._header.titles
        return bool(places) and all(
            n < len(titles) and plain(shown(row.at(n))) == plain(titles[n]) for n in places
        )

    def register_zones(self) -> None:
        """Learn the zones of the sites that rows register."""
        if not any(kind.body is SiteRegistered for fact in self._map.fact for kind in fact.kinds):
            return
        for row in self.rows():
            if self._skips(row) is None:
                claims, _ = self._row(row)
                for claim in claims:
                    if isinstance(claim.body, SiteRegistered):
                        self._zones.setdefault(claim.place, claim.body.tz)
        self._names.clear()
        self._skipped.clear()

    def read(self) -> None:
        """Read every row."""
        for row in self.rows():
            why = self._skips(row)
            if why is not None:
                self._skipped[why] += not self._is_example(row)
                continue
            if row.hidden:
                self._hidden.append(row.number)
            claims, wrong = ([], [CHANGED]) if self._is_example(row) else self._row(row)
            if wrong:
                raw = " | ".join(shown(cell) for cell in row.cells)[:200]
                self.problems.append(Problem(self._source, row.number, "; ".join(dict.fromkeys(wrong)), raw))
                continue
            for claim in claims:
                assert isinstance(claim.id, str), "a made claim has its id"
                before = self._seen.setdefault(claim.id, row.number)
                if before != row.number:
                    self._same.append(f"row {row.number} is the same as row {before}")
                    continue
                self.claims.append((claim, (self._source, row.number)))

    def notes(self) -> Iterator[str]:
        """Notes on rows that are not facts, and on contents that a reader of the sheet may not have seen."""
        for note in self._sheet.notes:
            yield f"{self._source}: {note}"
        for why, count in (+self._skipped).items():
            yield f"{self._source}: {count:,} row{' is' if count == 1 else 's are'} skipped: {why}"
        if self._hidden:
            first = ", ".join(map(str, self._hidden[:SHOWN]))
            more = len(self._hidden) - SHOWN
            rows = "hidden row is" if len(self._hidden) == 1 else "hidden rows are"
            yield (
                f"{self._source}: {len(self._hidden):,} {rows} read too: {first}"
                f"{f' and {more:,} more' if more > 0 else ''}"
                ' (hidden = "skip" in the map leaves hidden rows out)'
            )
        for same in self._same[:SHOWN]:
            yield f"{self._source}: {same}; it is recorded once"
        if len(self._same) > SHOWN:
            yield f"{self._source}: {len(self._same) - SHOWN:,} more rows are the same as another"

    def _skips(self, row: SheetRow) -> str | None:
        """The reason for skipping a row, None if it is not skipped."""
        if row.hidden and self._map.hidden == "skip":
            return "hidden"
        for condition in self._map.skip:
            if self._holds(condition, row):
                said = shown(self._cell(row, condition.column))
                if self._is_example(row) and self._is_changed(row):
                    return None
                return f"{condition.column} is {said!r}" if said else f"{condition.column} is blank"
        return None

    def _is_example(self, row: SheetRow) -> bool:
        """True where a row of a template is marked as its example."""
        return self._map.example is not UNSET and any(
            shown(self._cell(row, condition.column)) == EXAMPLE for condition in self._map.skip
        )

    def _is_changed(self, row: SheetRow) -> bool:
        """True where the example row differs from the template's example."""
        claims, _ = self._row(row)
        example = story.parse(self._map.example or "")
        return example is None or [claim.id for claim in claims] != [example.id]

    # --- one row --------------------------------------------------------------------------------------------

    def _row(self, row: SheetRow) -> tuple[list[Claim], list[str]]:
        """The claims of a row, or all of its faults."""
        claims: list[Claim] = []
        wrong: list[str] = []
        applies = False
        for fact in self._map.fact:
            if not all(self._holds(condition, row) for condition in fact.when):
                continue
            applies = True
            kind = None
            with collected(wrong):
                kind = self._kind(fact, row)
            if kind is not None:
                with collected(wrong):
                    claims.append(self._claim(fact, kind, row))
        if not applies:
            said = ", ".join(
                f"{column} is {shown(self._cell(row, column))!r}"
                for column in dict.fromkeys(c.column for fact in self._map.fact for c in fact.when)
            )
            wrong.append(f"matches no fact of the map ({said}); add one, or a condition to skip")
        return claims, wrong

    def _holds(self, condition: Condition, row: SheetRow) -> bool:
        said = plain(shown(self._cell(row, condition.column)))
        holds = True
        if condition.blank is not UNSET:
            holds = condition.blank is (said == "")
        if condition.is_ is not UNSET:
            holds = holds and said in map(plain, condition.is_)
        if condition.is_not is not UNSET:
            holds = holds and said not in map(plain, condition.is_not)
        if condition.begins is not UNSET:
            holds = holds and said.startswith(plain(condition.begins))
        return holds

    def _cell(self, row: SheetRow, name: str) -> Value:
        return row.at(self._header.places[name])

    def _used(self, row: SheetRow, name: str) -> Value:
        """A cell whose value must be known."""
        value = self._cell(row, name)
        if isinstance(value, UnusableCell):
            raise Malformed(f"{name!r} {value.why}: {value.shown!r}")
        return value

    def _kind(self, fact: MappedFact, row: SheetRow) -> Kind | None:
        if isinstance(fact.kind, str):
            return kind_of(fact.kind)
        name = str(fact.kind.column)
        said = shown(self._used(row, name))
        try:
            meant = str(chosen(fact.kind.values or {}, said))
        except Malformed as why:
            raise Malformed(f"{name!r} {why}") from None
        if meant == SKIP:
            self._skipped[f"{name} is {said!r}"] += 1
            return None
        return kind_of(meant)

    def _claim(self, fact: MappedFact, kind: Kind, row: SheetRow) -> Claim:
        """The claim of a row; ``Malformed`` names every fault, by column."""
        wrong: list[str] = []
        values: dict[str, str | list[str]] = {}
        at = place = ""
        with collected(wrong):
            place = self._place(fact, kind, row)
        zone = Zoned()
        with collected(wrong):
            zone = self._zone(fact, kind, row, place)
        if not wrong:
            with collected(wrong):
                at = self._instant(fact.at, row, zone, "at", place) or ""
                if not at:
                    blank = next(name for name in fact.at.named if self._cell(row, name) is None)
                    raise Malformed(f"{blank!r} is blank, so the row has no time")
        known = keys_of(kind)
        for key, source in {**self._map.fields, **fact.fields}.items():
            if key in known:
                with collected(wrong):
                    value = self._value(known[key], key, source, row, zone, place)
                    if value is not None:
                        values[key] = value
                    elif known[key].required and isinstance(source, CellSource):
                        raise Malformed(f"{source.named[0]!r} is blank, and {kind.name} needs {key}")
            elif not isinstance(source, CellSource):
                values |= {key: constant_text(source)} if key not in known and key in story.ENVELOPE else {}
            elif key in story.ENVELOPE:
                with collected(wrong):
                    said = self._plain_text(source, row)
                    values |= (
                        {key: [part.strip() for part in said.split(";")] if key == "corrects" else said}
                        if said
                        else {}
                    )
        if wrong:
            raise Malformed("; ".join(wrong))
        values |= {
            "source": self._file,
            "ref": f"{self._sheet.name} row {row.number}".strip(),
            "sha256": self._sha256,
        }
        claim = story.claim_of_values(kind, at, place, values, [])
        if fact.id is UNSET:
            return claim
        name = [kind.name, claim.place, *(shown(self._used(row, column)) for column in fact.id)]
        return msgspec.structs.replace(claim, id=named_id(claim.at, name))

    def _plain_text(self, source: CellSource, row: SheetRow) -> str:
        said = " ".join(filter(None, (text_of(self._used(row, name)) for name in source.named)))
        if source.values and said:
            said = str(chosen(source.values, said))
        return said or str(source.default or "")

    def _place(self, fact: MappedFact, kind: Kind, row: SheetRow) -> str:
        source = fact.site if fact.site is not UNSET else self._map.site
        if isinstance(source, str):
            return source
        if source is UNSET:
            if self._site is None:
                raise Malformed("has no site: add site to the map or --site to the command")
            return self._site
        said = self._plain_text(source, row)
        if not said:
            raise Malformed(f"{source.named[0]!r} is blank, so the row has no site")
        if source.slug:
            return slug(said)
        place = said if said.startswith("ba-") else said.lower() if is_slug(said.lower()) else said
        if not is_slug(place.lower()):
            raise Malformed(
                f"{source.named[0]!r} is not the name of a site: {said!r}; give its meaning in values = {...}"
            )
        return place

    def _zone(self, fact: MappedFact, kind: Kind, row: SheetRow, place: str) -> Zoned:
        """The zone of a row's times: its own, the map's, else the site's; a missing one is reported only
        where it is needed.
        """
        if self._fixed_zone is not None:
            return self._fixed_zone
        site_zone = self._zones.get(place, "")
        if isinstance(self._map.zone, CellSource):
            said = self._plain_text(self._map.zone, row)
            if said:
                try:
                    found = zone_said(said)
                except Malformed as why:
                    raise Malformed(f"{self._map.zone.named[0]!r} {why}") from None
                return found if found.zone or not site_zone else Zoned(found.offset, site_zone)
        if kind.body is SiteRegistered and not site_zone:
            source = {**self._map.fields, **fact.fields}.get("tz")
            said = self._plain_text(source, row) if isinstance(source, CellSource) else str(source or "")
            site_zone = said
        return Zoned("", site_zone)

    # --- values ---------------------------------------------------------------------------------------------

    def _value(
        self, field: Field, key: str, source: Constant | CellSource, row: SheetRow, zone: Zoned, place: str
    ) -> str | list[str] | None:
        """The text of a field; None where its cells are blank."""
        if not isinstance(source, CellSource):
            return self._checked(field, key, constant_text(source), "the map")
        name = source.named[0]
        if field.form == "instant" and not field.many:
            instant = self._instant(source, row, zone, key, place)
            return (
                constant_text(source.default) if instant is None and source.default is not UNSET else instant
            )
        try:
            if isinstance(source.columns, list):
                said = self._joined(source, row)
                if said is None:
                    return None if source.default is UNSET else constant_text(source.default)
                text: str | list[str] = slug(said) if source.slug or field.form == "slug" else said
            else:
                value = self._cell(row, name)
                if value is None:
                    blank = source.values.get("") if isinstance(source.values, dict) else None
                    default = source.default if blank is None else blank
                    return (
                        None if default is UNSET else self._checked(field, key, constant_text(default), name)
                    )
                if field.form == "int":
                    self._check_mark(name, value)
                text = value_text(field, value, source, self._decimal, self._clock)
        except Malformed as why:
            raise Malformed(f"{name!r} {why}") from None
        if field.form == "slug" and isinstance(text, str) and source.slug:
            self._check_name(field, place, text, source, row)
        return self._checked(field, key, text, name)

    def _check_mark(self, name: str, value: Value) -> None:
        """Refuse 1,000 under a decimal comma, where the column does not show that its numbers have three
        decimals: it may be a thousand.
        """
        if self._decimal != "," or not isinstance(value, str) or not may_be_grouped(value):
            return
        if name not in self._thirds:
            place = self._header.places[name]
            cells = [row.at(place) for row in self.rows()]
            self._thirds[name] = has_three_decimals([cell for cell in cells if isinstance(cell, str)], ",")
        if not self._thirds[name]:
            few, many = both_readings(value)
            thousand, one = number_text(many), number_text(few)
            fourth = f"{few:.4f}".replace(".", ",")
            raise Malformed(
                f"can mean {thousand} or {one}: {value!r}; write {thousand}, or {fourth} if it is {one}"
            )

    def _joined(self, source: CellSource, row: SheetRow) -> str | None:
        cells = [self._used(row, name) for name in source.named]
        if source.values is not UNSET or any(cell is None for cell in cells):
            blank = [name for name, cell in zip(source.named, cells, strict=True) if cell is None]
            if len(blank) == len(cells):
                return None
            if blank:
                raise Malformed(f"is not enough: {blank[0]!r} is blank")
        return "-".join(map(_part_of_name, cells))

    def _check_name(self, field: Field, place: str, text: str, source: CellSource, row: SheetRow) -> None:
        """Refuse two texts of a sheet that would make one name."""
        said = " ".join(shown(self._cell(row, name)) for name in source.named)
        first, number = self._names.setdefault((place, field.name, text), (said, row.number))
        if plain(first) != plain(said):
            raise Malformed(
                f"{source.named[0]!r} {said!r} would be called {text!r}, as {first!r} of row {number} is; "
                "give their names in values = {...}"
            )

    def _checked(self, field: Field, key: str, text: str | list[str], name: str) -> str | list[str]:
        """A text that is a valid value of the field; otherwise the message names the column."""
        try:
            faults = form_faults(field, story.field_value(field, key, text))
        except Malformed as why:
            faults = [str(why)]
        if faults:
            raise Malformed(f"{name!r}: {'; '.join(faults)}")
        return text

    def _instant(self, source: CellSource, row: SheetRow, zone: Zoned, key: str, place: str) -> str | None:
        """The instant in the cells, None where the first is blank."""
        name = source.named[0]
        value = self._used(row, name)
        if value is None:
            return None
        try:
            moment = moment_of(value, self._clock)
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
        value = self._used(row, name)
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
                before = self._used(row, source.after)
                if before is not None:
                    begin = seconds_of(before)
                    seconds += calendar.DAY_S * is_on_next_day((seconds, where), begin, moment.day, zone)
        except Malformed as why:
            raise Malformed(f"{name!r} {why}") from None
        return CellMoment(moment.day, seconds, where if where != Zoned() else moment.where)

    def _later(self, instant: str, source: CellSource, row: SheetRow) -> str | None:
        """An instant plus the duration in another cell, None where that is blank."""
        name = str(source.plus)
        value = self._used(row, name)
        if value is None:
            return None
        try:
            seconds = duration_s(value)
            if seconds is None:
                self._check_mark(name, value)
                number, own = number_of(value, self._decimal)
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


def _part_of_name(value: Value) -> str:
    """A cell as a part of a name: a typed time without zero seconds, a date without its midnight."""
    said = shown(value)
    if isinstance(value, datetime):
        said = said.removesuffix(" 00:00:00")
    return said.removesuffix(":00") if isinstance(value, datetime | time) else said
