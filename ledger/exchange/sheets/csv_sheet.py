"""A CSV file as a sheet: every cell is text. The delimiter is the one that its first lines agree on; the
encoding is UTF-8, or UTF-16 with a byte order mark, or what the map states.
"""

from __future__ import annotations

import csv
from io import StringIO
from typing import Final

from ledger.errors import Malformed
from ledger.exchange.sheets.cells import Sheet, SheetRow, tidy

DELIMITERS: Final = (",", ";", "\t", "|")
ENCODINGS: Final = ("utf-8", "cp1252", "latin-1", "mac-roman")
CELL_LIMIT: Final = 1 << 17
UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


def read_csv(data: bytes, encoding: str | None = None, delimiter: str | None = None) -> Sheet:
    """The rows of a CSV file; ``Malformed`` for text in another encoding or a quote that is not closed."""
    text = decoded(data, encoding)
    rows = []
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter or found_delimiter(text), strict=True)
    before = 0
    try:
        for cells in reader:
            rows.append(SheetRow(before + 1, tuple(map(tidy, cells))))
            before = reader.line_num
    except csv.Error as why:
        raise Malformed(
            f"cannot be read as CSV from line {before + 1:,} on ({why}); is a quote not closed?"
        ) from None
    return Sheet("", tuple(rows))


def decoded(data: bytes, encoding: str | None) -> str:
    """The text of a file without its byte order mark."""
    if data.startswith(UTF_16):
        encoding = "utf-16"
    try:
        return data.decode(encoding or "utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as why:
        raise Malformed(
            f"is not {(encoding or 'UTF-8').upper()} at byte {why.start + 1:,}; save it as UTF-8, or set"
            ' encoding = "cp1252" in the map where it comes from an older Windows program'
        ) from None


def found_delimiter(text: str) -> str:
    """The delimiter that occurs equally often in most of the first lines."""
    lines = [line for line in text.split("\n", 20)[:20] if line.strip()]

    def agreed(mark: str) -> int:
        counts = [line.count(mark) for line in lines]
        return counts.count(max(counts)) if any(counts) else 0

    return max(DELIMITERS, key=agreed) if lines else DELIMITERS[0]
