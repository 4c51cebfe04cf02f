"""A suggested map as text: its settings, then a table for each fact in a row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from ledger import units
from ledger.exchange.kind_guide import CLAIMABLE, value_of
from ledger.exchange.sheets.cells import Sheet, SheetRow, plain, shown
from ledger.exchange.sheets.column_match import ColumnMatch
from ledger.exchange.sheets.column_words import (
    FEW,
    GENERIC,
    KIND_COLUMNS,
    LENGTHS,
    SITES,
    TOTALS,
    ZONES,
    alike,
    choices_meant,
    has_unit,
    is_total,
    kinds_of,
    length_unit,
    pair_of_times,
    unit_of_title,
)
from ledger.exchange.sheets.columns import TitledColumn, stems
from ledger.exchange.sheets.decimal_marks import NumberCell, decimal_told
from ledger.exchange.sheets.kind_guess import Guess, KindClues, kind_of_sheet, kind_of_words, whole_kind
from ledger.exchange.sheets.sheet_map import OPEN, keys_of
from ledger.exchange.sheets.sheet_times import zone_of_title
from ledger.fields import Field, is_slug
from ledger.kinds import BY_BODY, Kind

NAME_WORDS: Final = 4
"""Most words of a value that names a kind."""


class _Times(NamedTuple):
    """The columns of the begin and end of a fact."""

    start: TitledColumn | None
    start_time: TitledColumn | None
    end: TitledColumn | None
    end_time: TitledColumn | None
    length: TitledColumn | None


class MapWriter:
    """Lines of a suggested map."""

    def __init__(
        self,
        sheet: Sheet,
        file: str,
        header: int,
        columns: list[TitledColumn],
        sites: Sequence[str],
        site: str | None,
        kind: Kind | None = None,
    ) -> None:
        self._kind = kind
        self._sheet, self._file, self._header, self._columns = sheet, file, header, columns
        self._sites, self._site = sites, site
        column = self._first(SITES, ("text",))
        several = column is not None and len(column.values) > 1
        self._site_column = column if site is None or several else None
        self._zone_column = self._first(ZONES, ("text",))
        self._times = self._find_times()
        self._kind_column = None if kind else self._find_kind_column()
        apart = (self._kind_column, self._site_column, self._zone_column)
        self._match = ColumnMatch([column for column in columns if column not in apart])
        self.kinds: list[str] = []
        self._used: set[str] = set()
        self._rows: Sequence[SheetRow] = ()

    def _first(self, words: frozenset[str], types: Sequence[str]) -> TitledColumn | None:
        return next((c for c in self._columns if c.words & words and c.type in types), None)

    # --- above the facts ------------------------------------------------------------------------------------

    def top(
        self, header: SheetRow, rows: Sequence[SheetRow], order: str | None, several: bool
    ) -> Iterator[str]:
        """Settings that hold for the whole sheet."""
        outright = f" --kind {self._kind.name}" if self._kind else ""
        yield f"# Map of {self._file}, made by: wattledger import events {self._file} --suggest{outright}"
        yield f'# Put what you mean in place of each "{OPEN}", then try it with --dry-run. Keep the map.'
        yield '# A value is a constant in quotes or { column = "Title" }; see wattledger help spreadsheets'
        yield f"# Columns, from the header in row {header.number}:"
        for column in self._columns:
            samples = ", ".join(_short(value) for value in list(column.values)[:3])
            blanks = f"; {column.blanks:,} blank" if column.blanks else ""
            yield f"#   {_short(column.name)}: {samples or 'nothing'}{blanks}"
        yield ""
        if several:
            yield f"sheet = {_quoted(self._sheet.name)}"
        if order == OPEN:
            yield '# decide: "mdy" if 7/4/2026 is July 4 (US), "dmy" if it is April 7; no row tells'
        if order:
            yield f"dates = {_quoted(order)}"
        yield from self._decimal(rows)
        yield from self._serial(rows)
        yield from self._site_lines()
        if self._zone_column is not None:
            self._used.add(self._zone_column.name)
            yield f"zone = {{ column = {_quoted(self._zone_column.name)} }}"
        else:
            yield from self._zone_of_titles()
        yield from self._skip(rows)
        if any(row.hidden for row in rows):
            yield 'hidden = "read"  # some rows are hidden; "skip" leaves them out'

    def _zone_of_titles(self) -> Iterator[str]:
        """The zone named in the titles of the time columns."""
        columns = [column for column in self._times[:4] if column is not None]
        zones = {zone for column in columns if (zone := zone_of_title(column.title))}
        if len(zones) == 1 and zones <= {"UTC"}:
            yield 'zone = "UTC"'
        elif zones:
            yield f"# decide: the titles say {', '.join(sorted(zones))}; an IANA zone such as America/New_York knows"
            yield "# summer time, EST is -05:00 all year"
            yield f'zone = "{OPEN}"'
        else:
            yield '# zone = "America/Chicago"  # only if times are not local time of the site'

    def _decimal(self, rows: Sequence[SheetRow]) -> Iterator[str]:
        columns = [column for column in self._columns if column.type == "number"]
        told = decimal_told(
            [
                NumberCell(column.name, row.number, cell)
                for row in rows
                for column in columns
                if isinstance(cell := row.at(column.place), str)
            ]
        )
        if told is not None:
            yield f"# {told.why}"
            yield f"decimal = {_quoted(told.mark or OPEN)}"

    def _serial(self, rows: Sequence[SheetRow]) -> Iterator[str]:
        for column in self._columns:
            if (
                column.type == "number"
                and column.words & stems("date day when")
                and column.words.isdisjoint(stems("number no"))
            ):
                system = OPEN if not self._sheet.name else "1904" if self._sheet.from_1904 else "1900"
                yield f"# {_short(column.name)} has bare numbers: serial dates of a spreadsheet, counted from"
                yield f'serial = "{system}"'
                return

    def _site_lines(self) -> Iterator[str]:
        if self._site_column is None:
            if self._site is None and len(self._sites) != 1:
                known = f", one of {', '.join(self._sites)}" if self._sites else ""
                yield f"# decide: the site of all rows{known}"
            yield f"site = {_quoted(self._site or (self._sites[0] if len(self._sites) == 1 else OPEN))}"
            return
        self._used.add(self._site_column.name)
        values = {value: self._site_of(value) for value in self._site_column.values}
        name = _quoted(self._site_column.name)
        if all(meant == value.lower() for value, meant in values.items()) or len(values) > 60:
            yield f"site = {{ column = {name} }}"
            return
        if OPEN in values.values():
            known = f": {', '.join(self._sites)}" if self._sites else ""
            yield f"# decide: the name of each site in the book{known}"
        yield f"site = {{ column = {name}, values = {_table(values)} }}"

    def _site_of(self, said: str) -> str:
        """The only site that a text can stand for."""
        made = re.sub(r"[^a-z0-9]+", "-", said.lower()).strip("-")
        if not self._sites:
            return said.lower() if is_slug(said.lower()) else OPEN
        near = [
            site
            for site in self._sites
            if made == site or made.startswith(f"{site}-") or site.startswith(f"{made}-")
        ]
        return near[0] if len(near) == 1 else OPEN

    def _skip(self, rows: Sequence[SheetRow]) -> Iterator[str]:
        totals: dict[tuple[str, str], None] = {}
        for row in rows:
            for column in self._columns:
                said = shown(row.at(column.place))
                if is_total(row.at(column.place)):
                    totals.setdefault((column.name, said.split()[0].rstrip(":")))
        if totals:
            told = ", ".join(
                f"{{ column = {_quoted(name)}, begins = {_quoted(word)} }}" for name, word in totals
            )
            yield f"skip = [{told}]"
        else:
            yield '# skip = [{ column = "Status", is = ["Draft"] }]  # rows that are no facts'

    # --- which columns --------------------------------------------------------------------------------------

    def _find_times(self) -> _Times:
        dates = [c for c in self._columns if c.type == "date"]
        if not dates:
            dates = [c for c in self._columns if c.type == "number" and c.words & stems("date day when")]
        times = [c for c in self._columns if c.type == "time"]
        start, end = pair_of_times(dates)
        start_time, end_time = pair_of_times(times)
        if start is not None and start.times:
            start_time = None
        if end is None and start is not None and end_time is not None:
            end = start
        if end is not None and end.times:
            end_time = None
        length = next(
            (
                c
                for c in self._columns
                if c.type in ("number", "duration")
                and stems(c.title) & LENGTHS
                and c.words.isdisjoint(stems("notice ramp"))
            ),
            None,
        )
        if length is None:  # a column of lengths that the sheet shows as times of day
            length = next((c for c in times if stems(c.title) & LENGTHS), None)
        return _Times(start, start_time, end, end_time, None if end is not None else length)

    def _find_kind_column(self) -> TitledColumn | None:
        """The column whose values name kinds; not one of causes, whose words a kind may share ("breaker")."""
        best, most, causes = None, 0, alike(stems("cause"))
        for column in self._columns:
            if column.type != "text" or len(column.values) > FEW or column is self._site_column:
                continue
            if column.words & causes and not column.words & KIND_COLUMNS:
                continue
            named = sum(
                bool(kinds_of(stems(value) - GENERIC))
                for value in column.values
                if len(value.split()) <= NAME_WORDS
            )
            score = 2 * named + bool(column.words & KIND_COLUMNS) if 2 * named >= len(column.values) else 0
            if score > most:
                best, most = column, score
        return best

    # --- facts ----------------------------------------------------------------------------------------------

    def facts(self, rows: Sequence[SheetRow]) -> Iterator[str]:
        """Every fact that the rows seem to hold."""
        self._rows = rows
        clues = self._clues()
        whole = None if self._kind else whole_kind(clues.sheet)
        if self._kind is not None or whole is not None:
            yield from self._fact(Guess(self._kind or whole), None)
        elif self._kind_column is None:
            yield from self._fact(kind_of_sheet(clues), None)
        else:
            self._used.add(self._kind_column.name)
            by_kind: dict[Guess, list[str]] = {}
            for value in self._kind_column.values:
                if plain(value) not in TOTALS:
                    by_kind.setdefault(kind_of_words(stems(value), clues), []).append(value)
            place = self._kind_column.place
            for guess, values in by_kind.items():
                self._rows = [row for row in rows if shown(row.at(place)) in values]
                said = ", ".join(map(_quoted, values))
                yield from self._fact(
                    guess, f"{{ column = {_quoted(self._kind_column.name)}, is = [{said}] }}"
                )
        left = [column.name for column in self._columns if column.name not in self._used]
        if left:
            yield ""
            yield f"# Columns that no fact uses: {', '.join(map(_short, left))}"

    def _clues(self) -> KindClues:
        """What the sheet and the name of its file say of the kind of its rows."""
        above = " ".join(
            shown(cell) for row in self._sheet.rows if row.number < self._header for cell in row.cells
        )
        return KindClues(
            frozenset().union(*(column.words for column in self._match.columns)),
            stems(f"{self._sheet.name} {above}"),
            stems(self._file.rpartition(".")[0]),
            self._times.end is not None or self._times.length is not None,
            self._kind_column is not None,
            self._match,
        )

    def _fact(self, guess: Guess, when: str | None) -> Iterator[str]:
        """A fact, and its end where a row has both."""
        kind, times = guess.kind, self._times
        begin = _at(times.start, times.start_time)
        if kind is None:
            yield from ("", "[[fact]]")
            yield "# decide: a kind of those that wattledger kinds lists, with its fields;"
            yield "# or delete this fact, and let skip name such rows"
            yield f'kind = "{OPEN}"'
            yield from (() if when is None else (f"when = [{when}]",))
            yield f"at = {begin}"
            return
        ending = next(
            (
                k
                for k in CLAIMABLE
                if k.effect == "ends" and kind.effect == "begins" and k.subject == kind.subject
            ),
            None,
        )
        if kind.effect == "ends" and times.end is not None:
            begin = self._end()
        paired = ending is not None and (times.end is not None or times.length is not None)
        if guess.note:
            yield from ("", f"# {guess.note}")
        yield from self._one_fact(kind, begin, (when, None), guess.rivals, paired)
        if ending is not None and paired:
            blank = times.end_time or times.end or times.length
            assert blank is not None, "one of them is there"
            there = f"{{ column = {_quoted(blank.name)}, blank = false }}"
            yield from self._one_fact(
                ending, self._end(), (when, there), (ending,) if guess.rivals else (), paired
            )

    def _end(self) -> str:
        times = self._times
        if times.end is None:
            assert times.length is not None, "an end is given by a column or by a length"
            self._used.add(times.length.name)
            unit = (
                ""
                if times.length.type in ("duration", "time")
                else f", unit = {_quoted(length_unit(times.length))}"
            )
            return _at(times.start, times.start_time, f", plus = {_quoted(times.length.name)}{unit}")
        after = (
            f", after = {_quoted(times.start_time.name)}"
            if times.end is times.start and times.start_time
            else ""
        )
        return _at(times.end, times.end_time, after)

    def _one_fact(
        self,
        kind: Kind,
        at: str,
        conditions: Sequence[str | None],
        rivals: Sequence[Kind],
        paired: bool,
    ) -> Iterator[str]:
        self._used.update(column.name for column in self._times[:4] if column is not None)
        yield from ("", "[[fact]]")
        if rivals:
            yield f"# decide: perhaps {' or '.join(each.name for each in rivals)};"
            yield f"# the fields below are those of {kind.name}"
            yield f'kind = "{OPEN}"'
        else:
            self.kinds.append(kind.name)
            if kind.effect != "ends" and kind.needs:
                names = ", ".join(BY_BODY[body].name for body in kind.needs)
                yield f"# refused unless recorded before, in the book or by a fact of this map: {names}"
            yield f"kind = {_quoted(kind.name)}"
        held = [condition for condition in conditions if condition]
        if held:
            yield f"when = [{', '.join(held)}]"
        if OPEN in at:
            yield "# decide: the column of the date, or of date and time"
        elif "midnight" in at:
            yield "# a date alone means the begin of that day; time = ... names the column of the time"
        yield f"at = {at}"
        fields = keys_of(kind)
        if fields:
            yield "[fact.fields]"
        taken: set[str] = set()
        for key, field in fields.items():
            column = self._match.column_of(field, kind, frozenset(taken))
            if column is not None:
                taken.add(column.name)
                self._used.add(column.name)
                yield from self._field(key, field, column)
            elif paired and kind.subject and field.name == kind.subject.what and self._made_name():
                yield "# a name made of columns, the same at each import; better a column of your own names"
                yield f"{key} = {self._made_name()}"
            elif field.required:
                yield f"# decide: {value_of(field)}"
                yield f'{key} = "{OPEN}"'
            else:
                yield f"# {key} = optional: {value_of(field)}"

    def _made_name(self) -> str | None:
        """A name made from the kind and the time of a row's fact."""
        block = self._first(alike(stems("block")), ("text",))
        parts = [c.name for c in (block, self._times.start, self._times.start_time) if c is not None]
        return (
            f"{{ columns = [{', '.join(map(_quoted, parts))}], slug = true }}"
            if self._times.start is not None and parts
            else None
        )

    def _field(self, key: str, field: Field, column: TitledColumn) -> Iterator[str]:
        cells = [shown(row.at(column.place)) for row in self._rows]
        blanks = cells.count("")
        column = column._replace(values=Counter(filter(None, cells)), blanks=blanks)
        parts = [f"column = {_quoted(column.name)}"]
        if field.form == "instant":
            yield f"{key} = {_at(column, None)}"
            return
        if field.unit is not None and column.type not in ("percentage", "duration", "time"):
            known = list(units.UNITS[field.unit])
            own = all(map(has_unit, column.values))
            unit = unit_of_title(field, column) or (known[0] if len(known) == 1 else OPEN)
            if own:
                unit = ""
            if unit == OPEN:
                yield f"# decide: the unit of {_short(column.name)}, one of {', '.join(known)}"
            if unit:
                parts.append(f"unit = {_quoted(unit)}")
        if field.form == "slug" and not all(map(is_slug, column.values)):
            parts.append("slug = true")
        meant = choices_meant(field, column)
        if meant:
            if OPEN in meant.values():
                yield f"# decide what each means: {value_of(field)}"
            parts.append(f"values = {_table(meant)}")
        if blanks and field.required:
            yield f"# {blanks:,} blank here, which is refused; default = ... gives the value of a blank"
        yield f"{key} = {{ {', '.join(parts)} }}"


def _at(column: TitledColumn | None, time: TitledColumn | None, more: str = "") -> str:
    if column is None:
        return f'{{ column = "{OPEN}"{more} }}'
    clock = f", time = {_quoted(time.name)}" if time is not None else ""
    midnight = ", midnight = true" if time is None and not column.times else ""
    return f"{{ column = {_quoted(column.name)}{clock}{more}{midnight} }}"


def _quoted(text: str) -> str:
    import tomlkit

    return tomlkit.item(text).as_string()


def _table(values: dict[str, str] | dict[str, str | bool]) -> str:
    said = (
        f"{_quoted(key)} = {'true' if value is True else 'false' if value is False else _quoted(str(value))}"
        for key, value in values.items()
    )
    return f"{{ {', '.join(said)} }}"


def _short(text: str) -> str:
    """A text on one line, cut where it is long."""
    line = " ".join(text.split())
    return repr(line if len(line) <= 40 else f"{line[:37]}...")
