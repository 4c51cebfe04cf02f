"""Arguments for the parameters of single reports: words and files in, typed values out.

A flag and a text are recorded with an issued report as ``name=value``, a file as its SHA-256; its bytes are
kept as evidence, so that the report can be made again from them. ``READERS`` has the reader for the file of a
``series`` parameter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from ledger.app.book.evidence import evidence, keep_evidence
from ledger.errors import Malformed
from ledger.fields import is_sha256
from projections.engine.report import Given, Report, Series


class Document(NamedTuple):
    """A file given for a parameter: its name and its bytes."""

    name: str
    data: bytes

    @property
    def sha256(self) -> str:
        """Its SHA-256 in hex."""
        return hashlib.sha256(self.data).hexdigest()


Words = bool | str | Document
Reader = Callable[[Document, Mapping[str, Words]], Iterable[tuple[str, int, int | None]]]


def _hours(document: Document, said: Mapping[str, Words]) -> Iterable[tuple[str, int, int | None]]:
    """The hourly load of a balancing authority in W."""
    from ledger.exchange.interval_csv.series import series
    from projections.reports import flexibility

    dialect, authority = str(said.get("dialect", flexibility.DIALECT)), str(said["balancing-authority"])
    return series(document.data, document.name, dialect, authority)


READERS: Final[dict[str, Reader]] = {"series": _hours}
"""By the parameter's name: the values of a file at their timestamps, which may depend on another argument
(its dialect).
"""


def read_words(said: Mapping[str, Any], directory: Path) -> Mapping[str, Words]:
    """Options as the command line has them: a file is read, or taken from a book's evidence by its SHA-256;
    options not given are left out.
    """
    return MappingProxyType(
        {
            name: _document(name, value, directory) if _form(name) == "series" else value
            for name, value in said.items()
            if value is not None
        }
    )


def _document(name: str, said: str, directory: Path) -> Document:
    path = Path(said)
    if is_sha256(said) and not path.exists():
        return Document(said, evidence(directory, said))
    try:
        return Document(path.name, path.read_bytes())
    except OSError as why:
        raise Malformed(f"--{name}: {said}: {why.strerror}") from None


def given(report: Report, said: Mapping[str, Words]) -> Mapping[str, Given]:
    """Arguments of a report; ``Malformed`` for an option it does not take, or one that is missing."""
    own = {parameter.name: parameter for parameter in report.parameters}
    for name in said:
        if name not in own:
            from projections.reports.catalogue import REPORTS

            those = _listed([r.name for r in REPORTS if name in {p.name for p in r.parameters}])
            raise Malformed(f"{report.name} has no --{name}; leave it out (it is for {those})")
        missing = [f"--{other}" for other in own[name].needs if other not in said]
        if missing:
            raise Malformed(f"--{name} needs {_listed(missing)}")
    return MappingProxyType({name: _value(name, said) for name in own if name in said})


def filters(values: Mapping[str, Given]) -> tuple[str, ...]:
    """Arguments as an issued report records them."""
    return tuple(f"{name}={_text(value)}" for name, value in values.items())


def said_again(directory: Path, recorded: Iterable[Sequence[str]]) -> Mapping[str, Words]:
    """Arguments from the recorded name and value of each; files from the book's evidence."""
    return MappingProxyType({name: _word(directory, name, value) for name, value in recorded if _form(name)})


def keep_documents(directory: Path, said: Mapping[str, Words]) -> None:
    """Keep the files given as evidence."""
    for word in said.values():
        if isinstance(word, Document):
            keep_evidence(directory, word.data, word.name)


def _value(name: str, said: Mapping[str, Words]) -> Given:
    word = said[name]
    return Series(word.sha256, tuple(READERS[name](word, said))) if isinstance(word, Document) else word


def _text(value: Given) -> str:
    return value.sha256 if isinstance(value, Series) else "true" if value is True else str(value)


def _word(directory: Path, name: str, value: str) -> Words:
    form = _form(name)
    if form == "series":
        return Document(value, evidence(directory, value))
    return value == "true" if form == "flag" else value


def _form(name: str) -> str | None:
    """The form of a parameter by its name; None for one that no report has."""
    from projections.reports.catalogue import parameters  # which commands without a report need not load

    found = parameters().get(name)
    return None if found is None else found.form


def _listed(names: Sequence[str]) -> str:
    return " and ".join(names)
