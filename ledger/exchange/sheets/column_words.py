"""Words that tie titles and values of a sheet to fields, units, choices and kinds of facts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ledger.errors import Malformed
from ledger.exchange.kind_guide import CLAIMABLE
from ledger.exchange.sheets.cells import Value, plain, shown
from ledger.exchange.sheets.columns import TitledColumn, stems
from ledger.exchange.sheets.sheet_map import OPEN
from ledger.exchange.sheets.sheet_values import FALSE, TRUE, number_of, unit_named
from ledger.fields import Field
from ledger.kinds import Kind

ALIKE: Final = (
    ("site", "location", "facility", "campus", "plant"),
    ("block", "unit", "hall", "building", "pod", "module", "asset", "equipment"),
    ("cause", "reason", "why", "description", "notes", "comment", "remarks", "details"),
    ("summary", "description", "title", "what"),
    ("text", "description", "observation", "notes"),
    ("name", "id", "ticket", "number", "no", "ref", "reference", "case"),
    ("derate", "lost", "loss", "reduction", "reduced", "mw"),
    ("depth", "curtailed", "reduction", "shed", "mw"),
    ("power", "load", "capacity", "mw"),
    ("capacity", "power", "mw", "size"),
    ("critical", "capacity", "it", "load"),
    ("committed", "commitment", "target"),
    ("amount", "payment", "paid", "usd", "total"),
    ("tenant", "customer", "client"),
    ("counterparty", "county", "authority"),
    ("phase", "lease", "tranche"),
    ("milestone", "event", "step", "stage"),
    ("class", "type", "category", "kind"),
    ("voltage", "kv"),
    ("point", "pod", "substation", "bay", "delivery"),
    ("dispatch", "event", "call"),
    ("outside", "omc", "external", "force"),
    ("model", "machine", "asic"),
    ("units", "machines", "count", "quantity", "qty"),
    ("agreement", "contract"),
)
STARTS: Final = stems("start started begin begins began from off open opened on out tripped trip")
ENDS: Final = stems(
    "end ended ends stop stopped to until back restored close closed cleared finished returned"
)
CAUSES: Final = stems("cause reason why")
SITES: Final = stems("site location facility campus")
LENGTHS: Final = stems("duration length hours hrs minutes mins lasted elapsed h")
KIND_COLUMNS: Final = stems("event kind type category activity what record entry")
ZONES: Final = stems("zone tz timezone")
TOTALS: Final = ("total", "totals", "subtotal", "sum", "average", "grand total")
FEW: Final = 20
GENERIC: Final = stems(
    "started ended recorded changed made reached set granted noticed opened closed registered notified added"
    " applied"
)


def alike(words: frozenset[str]) -> frozenset[str]:
    """Words, and those that spreadsheets use for them."""
    groups = (frozenset().union(*map(stems, group)) for group in ALIKE if stems(group[0]) & words)
    return words.union(*groups)


def is_total(cell: Value) -> bool:
    """True where a cell begins a row of totals."""
    said = plain(shown(cell))
    return any(said == word or said.startswith((f"{word} ", f"{word}:")) for word in TOTALS)


def pair_of_times(columns: Sequence[TitledColumn]) -> tuple[TitledColumn | None, TitledColumn | None]:
    """The column of the begin and that of the end; one without a word for either is a begin."""
    ends = [c for c in columns if c.words & ENDS and not c.words & STARTS]
    starts = [c for c in columns if c.words & STARTS and c not in ends]
    others = [c for c in columns if c not in ends and c not in starts and c.words.isdisjoint(LENGTHS)]
    start = next(iter([*starts, *others]), None)
    return start, next(iter(ends), None)


def kinds_of(words: frozenset[str]) -> list[Kind]:
    """The kinds that share a word of their name with others, those that share the most; "site", which most
    sheets say of their rows, counts where nothing else does.
    """
    return _sharing(words - SITES) or _sharing(words)


def _sharing(words: frozenset[str]) -> list[Kind]:
    shared = {kind: len((stems(kind.name.replace("-", " ")) - GENERIC) & words) for kind in CLAIMABLE}
    return [kind for kind, count in shared.items() if count and count == max(shared.values())]


def suits(field: Field, column: TitledColumn) -> bool:
    """True where the cells of a column can be values of a field."""
    if field.form == "int":
        return column.type in ("number", "percentage") or (
            field.unit in ("_s", "_ms") and column.type in ("duration", "time")
        )
    if field.form in ("instant", "date"):
        return column.type == "date" and (field.form == "instant" or not column.times)
    if field.form == "bool":
        return column.type in ("bool", "text") and len(column.values) <= FEW
    if field.form == "choice":
        return column.type == "text" and len(column.values) <= FEW
    return column.type in ("text", "number", "bool") or (field.form == "period" and column.type == "number")


def unit_of_title(field: Field, column: TitledColumn) -> str | None:
    """The unit of a column for a field, None if its title has none that fits."""
    if column.unit is None or field.unit is None:
        return None
    try:
        return unit_named(column.unit, field.unit)
    except Malformed:
        return None


def has_unit(said: str) -> bool:
    """True where the text of a number has its unit."""
    try:
        return bool(number_of(said, ".")[1])
    except Malformed:
        return False


def length_unit(column: TitledColumn) -> str:
    """The unit of a column of durations, from its title."""
    words = stems(column.title)
    return "min" if words & stems("minutes mins min") else "h" if words & stems("hours hrs hr h") else OPEN


def choices_meant(field: Field, column: TitledColumn) -> dict[str, str | bool]:
    """The choice for each value of a column, in a field with choices; empty where the cells already are
    choices.
    """
    if field.form == "bool":
        odd = [value for value in column.values if plain(value) not in (*TRUE, *FALSE)]
        return (
            {value: OPEN if value in odd else plain(value) in TRUE for value in column.values} if odd else {}
        )
    if field.form != "choice":
        return {}
    found = {value: _choice(field, value) for value in column.values}
    return {} if all(re.sub(r"[\s_]+", "-", plain(value)) in field.choices for value in found) else {**found}


def _choice(field: Field, said: str) -> str:
    """The only choice that a text can stand for."""
    word = re.sub(r"[\s_]+", "-", plain(said))
    if word in field.choices:
        return word
    near = [choice for choice in field.choices if stems(choice.replace("-", " ")) & stems(said)]
    return near[0] if len(near) == 1 else OPEN
