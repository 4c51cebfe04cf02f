"""CSV files of interval values of one meter, in a named dialect (``dialects``): one record per run of
readings and UTC day.

The file is read part by part and each part is dropped once its claims are made, so that memory grows only by
8 bytes a reading, kept to find an interval that is given twice: if equal, it counts once; if different, it is
a Problem and the first stands. A part is put in order of time. A blank is not a reading, and never zero: it
ends the record. A bad row is a Problem at its line and the good ones go on; of rows with the same fault the
first three are reported, and the number of the others. Quality is not stated (-1), unless ``quality=`` names
its column and the meanings of its cells.

Values keep the file's digits: each record has the least power of ten of Wh that holds all its values. Mean
power becomes energy exactly, or where the interval is not an exact part of an hour (five minutes) rounded
once to the milliwatt-hour, with a note.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from ledger import calendar
from ledger.errors import Malformed
from ledger.exchange.interval_csv import cells, dialects
from ledger.exchange.interval_csv.cells import Piece
from ledger.exchange.interval_csv.dialect_form import ChosenDialect, Dialect
from ledger.exchange.interval_csv.headers import recognized
from ledger.exchange.interval_csv.interval_file import PREAMBLE, IntervalFile
from ledger.exchange.interval_csv.record_maker import Options, RecordMaker
from ledger.exchange.interval_csv.runs import NONE, apart, joined
from ledger.exchange.reading import Reading
from ledger.kinds import Source

HEAD_BYTES: Final = 1 << 16
"""Bytes of a file that are searched for the dialect where none is named."""


def read(chunks: Iterable[bytes], source: str, sha256: str, options: Options) -> Iterator[Reading]:
    """The readings of a file as claims for one meter, part by part; the last part reports what was passed
    over.
    """
    rest = iter(chunks)
    if options.dialect:
        file = IntervalFile(source, dialects.parse(options.dialect))
    else:
        first = b""
        while len(first) < HEAD_BYTES and (more := next(rest, b"")):
            first += more
        asked = _recognized(first, source)
        file, rest = IntervalFile(source, asked), chain((first,), rest)
        file.note(f"read as {asked.dialect.name}, which its columns are of")
    return _parts(file, rest, Source(source, sha256=sha256), options)


def _recognized(first: bytes, source: str) -> ChosenDialect:
    """The dialect whose own columns a file has; ``Malformed`` where none or several fit."""
    piece: Piece | None = next(cells.pieces((first[: first.rfind(b"\n") + 1] or first,)), None)
    fit: list[Dialect] = []
    for _ in range(PREAMBLE):
        found = None if piece is None else cells.header(piece)
        if found is None or fit:
            break
        names, piece = found
        fit = recognized(names)
    if len(fit) != 1:
        what = (
            f"could be {' or '.join(each.name for each in fit)}" if fit else "has the columns of no dialect"
        )
        raise Malformed(f"{source}: {what}; name one with --dialect (--dialect list explains them)")
    return dialects.parse(fit[0].name)


def _parts(
    file: IntervalFile, chunks: Iterable[bytes], evidence: Source, options: Options
) -> Iterator[Reading]:
    """The claims and problems of each part of a file. The UTC day in which a part ends is carried over into
    the next.
    """
    maker = RecordMaker(file, evidence, options)
    carry = NONE
    try:
        for part in file.cells(chunks):
            found = file.readings(part)
            last_s = next(iter((found.runs or carry.runs)[-1:]), range(1))[-1]
            whole, carry = apart(file.in_order(joined(carry, found)), last_s - last_s % calendar.DAY_S)
            yield maker.reading(whole)
    except Malformed as why:
        if file.columns is None:
            raise
        file.problem(0, f"{str(why).removeprefix(f'{file.source}: ')}; the readings before it are taken")
    yield maker.reading(carry)
    yield file.end()
