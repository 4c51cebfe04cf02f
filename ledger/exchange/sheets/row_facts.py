"""The facts of a row: the kinds that its map gives it, each with its time, place and fields."""

from __future__ import annotations

from collections import Counter

import msgspec
from msgspec import UNSET

from ledger.errors import Malformed, collected
from ledger.exchange import story
from ledger.exchange.sheets.cells import SheetRow, shown
from ledger.exchange.sheets.mapped_sheets import MappedSheet
from ledger.exchange.sheets.named_cells import NamedCells
from ledger.exchange.sheets.row_times import RowTimes
from ledger.exchange.sheets.row_values import RowValues
from ledger.exchange.sheets.sheet_map import SKIP, CellSource, MappedFact, keys_of
from ledger.exchange.sheets.sheet_times import Zoned
from ledger.exchange.sheets.sheet_values import chosen, constant_text, slug
from ledger.fields import is_slug
from ledger.kinds import Kind, kind_of
from ledger.records.envelope import Claim
from ledger.records.ids import named_id


class RowFacts:
    """Claims of the rows of one sheet; each names the file, its hash and the row as its source."""

    def __init__(
        self,
        mapped: MappedSheet,
        cells: NamedCells,
        times: RowTimes,
        source: dict[str, str],
        site: str | None,
    ) -> None:
        self._sheet, self._map, where = mapped
        self._cells, self._times, self._said, self._site = cells, times, source, site
        self._values = RowValues(cells, times)
        self.left_out: Counter[str] = Counter()
        """How many rows the map leaves out, by the reason."""
        if self._site not in (None, self._map.site) and self._map.site is not UNSET:
            raise Malformed(f"{where}: --site {self._site} differs from the site in the map; leave it out")

    def forget(self) -> None:
        """Begin again, as if no row had been read."""
        self._values.forget_names()
        self.left_out.clear()

    def of_row(self, row: SheetRow) -> tuple[list[Claim], list[str]]:
        """The claims of a row, or all of its faults."""
        claims: list[Claim] = []
        wrong: list[str] = []
        applies = False
        for fact in self._map.fact:
            if not all(self._cells.holds(condition, row) for condition in fact.when):
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
                f"{column} is {shown(self._cells.cell(row, column))!r}"
                for column in dict.fromkeys(c.column for fact in self._map.fact for c in fact.when)
            )
            wrong.append(f"matches no fact of the map ({said}); add one, or a condition to skip")
        return claims, wrong

    def _kind(self, fact: MappedFact, row: SheetRow) -> Kind | None:
        if isinstance(fact.kind, str):
            return kind_of(fact.kind)
        name = str(fact.kind.column)
        said = shown(self._cells.used(row, name))
        try:
            meant = str(chosen(fact.kind.values or {}, said))
        except Malformed as why:
            raise Malformed(f"{name!r} {why}") from None
        if meant == SKIP:
            self.left_out[f"{name} is {said!r}"] += 1
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
            zone = self._times.zone(fact, kind, row, place)
        if not wrong:
            with collected(wrong):
                at = self._times.instant(fact.at, row, zone, "at", place) or ""
                if not at:
                    blank = next(name for name in fact.at.named if self._cells.cell(row, name) is None)
                    raise Malformed(f"{blank!r} is blank, so the row has no time")
        known = keys_of(kind)
        for key, source in {**self._map.fields, **fact.fields}.items():
            if key in known:
                with collected(wrong):
                    value = self._values.value(known[key], key, source, row, zone, place)
                    if value is not None:
                        values[key] = value
                    elif known[key].required and isinstance(source, CellSource):
                        raise Malformed(f"{source.named[0]!r} is blank, and {kind.name} needs {key}")
            elif not isinstance(source, CellSource):
                values |= {key: constant_text(source)} if key not in known and key in story.ENVELOPE else {}
            elif key in story.ENVELOPE:
                with collected(wrong):
                    said = self._cells.text(source, row)
                    values |= (
                        {key: [part.strip() for part in said.split(";")] if key == "corrects" else said}
                        if said
                        else {}
                    )
        if wrong:
            raise Malformed("; ".join(wrong))
        values |= {**self._said, "ref": f"{self._sheet.name} row {row.number}".strip()}
        claim = story.claim_of_values(kind, at, place, values, [])
        if fact.id is UNSET:
            return claim
        name = [kind.name, claim.place, *(shown(self._cells.used(row, column)) for column in fact.id)]
        return msgspec.structs.replace(claim, id=named_id(claim.at, name))

    def _place(self, fact: MappedFact, kind: Kind, row: SheetRow) -> str:
        source = fact.site if fact.site is not UNSET else self._map.site
        if isinstance(source, str):
            return source
        if source is UNSET:
            if self._site is None:
                raise Malformed("has no site: add site to the map or --site to the command")
            return self._site
        said = self._cells.text(source, row)
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
