"""Words of the first screens of reports: rows by column name, and counts, shares, money and lists in words. A
sentence chooses its units by size (``amounts.said``); columns and lead figures have fixed ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final

from ledger.units import rounded
from projections.engine.report import Cell, Column

Line = Mapping[str, Cell]
_MILLION: Final = 10**6
_TWO_DAYS_S: Final = 2 * 86_400


def by_name(columns: Sequence[Column], rows: Iterable[tuple[Cell, ...]]) -> list[Line]:
    """Rows as mappings from column name to cell."""
    names = [column.name for column in columns]
    return [dict(zip(names, row, strict=True)) for row in rows]


def number_of(line: Line, name: str) -> int | None:
    """The number in a cell, None where it is unknown or withheld."""
    cell = line[name]
    return cell if isinstance(cell, int) and not isinstance(cell, bool) else None


def numbers(lines: Iterable[Line], name: str) -> list[int]:
    """The known numbers of a column."""
    return [number for line in lines if (number := number_of(line, name)) is not None]


def total(lines: Iterable[Line], name: str) -> int | None:
    """The sum of a column's known numbers; None where none is known."""
    known = numbers(lines, name)
    return sum(known) if known else None


def counted(count: int, one: str, many: str = "") -> str:
    """``1 dispatch``, ``1,204 dispatches``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def out_of(count: int, whole: int) -> str:
    """``2 of 14``, ``None of 14``: how a sentence begins."""
    return f"{count:,} of {whole:,}" if count else f"None of {whole:,}"


def among(count: int, whole: int, one: str, many: str = "") -> str:
    """`` in 2 of 6 cases``; empty where there is only one."""
    return "" if whole == 1 else f" in {count:,} of {counted(whole, one, many)}"


def verb(count: int, one: str, many: str) -> str:
    """The verb that goes with a count: ``is``, ``are``."""
    return one if count == 1 else many


def listed(words: Sequence[str]) -> str:
    """``a, b and c``."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def sentence(*parts: str) -> str:
    """One sentence of the parts that are not empty."""
    return "; ".join(part for part in parts if part) + "."


def percent(share_ppm: int) -> str:
    """A share with at most two decimals, or four where two would round it to none or all: ``97.5 %``,
    ``99.9996 %``.
    """
    hundredths = rounded(Fraction(share_ppm, 100))
    whole = hundredths * 100 in (0, _MILLION) and share_ppm not in (0, _MILLION)
    digits, decimals = (abs(share_ppm), 4) if whole else (abs(hundredths), 2)
    integer, rest = divmod(digits, 10**decimals)
    fraction = f".{rest:0{decimals}d}".rstrip("0") if rest else ""
    return f"{'-' if share_ppm < 0 else ''}{integer:,}{fraction} %"


def dollars(cents: int) -> str:
    """Money in words: ``$1,250``, ``-$0.05``."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}${whole:,}" + (f".{rest:02d}" if rest else "")


def duration(seconds: int) -> str:
    """A duration in words: ``42 s``, ``6 min``, ``3 h 20 min``; from two days on in hours."""
    if abs(seconds) >= _TWO_DAYS_S:
        return f"{rounded(Fraction(seconds, 3600)):,} h"
    hours, rest_s = divmod(abs(seconds), 3600)
    minutes, left_s = divmod(rest_s, 60)
    parts = [(hours, "h"), (minutes, "min"), (0 if hours else left_s, "s")]
    told = " ".join(f"{amount} {unit}" for amount, unit in parts if amount)
    return f"{'-' if seconds < 0 else ''}{told or '0 s'}"
