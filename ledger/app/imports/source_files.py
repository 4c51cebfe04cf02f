"""Files named on the command line, read part by part: each is kept as evidence first, so that what was
imported can be read again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from ledger.app.book.book import Book, Said
from ledger.app.book.evidence import chunks, keep_file, sha256_of, tidy
from ledger.app.host.terminal import Bar
from ledger.exchange.formats import Format, Given
from ledger.exchange.reading import Reading
from ledger.exchange.story import format_claim

Parts = Iterable[tuple[str, Reading]]


def readings_of(
    book: Book, form: Format, files: Iterable[Path], given: Given, *, keep: bool, quiet: bool
) -> Iterator[tuple[str, Reading]]:
    """Parsed files of a format, part by part; with ``keep`` each is kept as evidence first, and read from
    there.
    """
    if keep:
        tidy(book.directory)
    for path in files:
        bar = Bar(f"importing {path.name}", quiet)
        digest = sha256_of(path)
        kept_in = book.directory if keep else None
        own = given._replace(beside=_beside(form, path, kept_in)) if form.beside else given
        for part in form.read(_bytes_of(path, digest, kept_in, bar), path.name, digest, own):
            yield path.name, part
        bar.close()


def _beside(form: Format, path: Path, kept_in: Path | None) -> dict[str, bytes]:
    """The files of the same name that belong to one, kept as evidence too; endings may be in capitals."""
    found: dict[str, bytes] = {}
    for other in sorted(path.parent.iterdir()) if path.parent.is_dir() else ():
        ending = other.suffix.lower()
        if other.stem == path.stem and ending in form.beside and ending not in found and other.is_file():
            if kept_in is not None:
                keep_file(kept_in, other, sha256_of(other))
            found[ending] = other.read_bytes()
    return found


def _bytes_of(path: Path, digest: str, kept_in: Path | None, bar: Bar) -> Iterator[bytes]:
    yield from chunks(path if kept_in is None else keep_file(kept_in, path, digest), bar)


def said(source: str, reading: Reading) -> list[Said]:
    """The claims of a parsed file with their place, for messages; a format without lines counts its facts."""
    lines = reading.lines or (0,) * len(reading.claims)
    if not reading.sources:
        return [Said(claim, source, line) for claim, line in zip(reading.claims, lines, strict=True)]
    places = list(zip(reading.sources, lines, strict=True))
    facts = Counter(places)  # of a row that makes several, each is told by its story
    return [
        Said(claim, *place, format_claim(claim)[:200] if facts[place] > 1 else "")
        for claim, place in zip(reading.claims, places, strict=True)
    ]
