"""The kind of fact that the rows of a sheet are, guessed from what the sheet says.

A sheet that is called as a kind is about it. Else the columns decide; the name of the file only chooses
between kinds that the columns leave open, so that a file which is renamed has the same map.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from ledger.exchange.kind_guide import CLAIMABLE
from ledger.exchange.sheets.column_match import ColumnMatch
from ledger.exchange.sheets.column_words import CAUSES, ENDS, GENERIC, STARTS, kinds_of
from ledger.exchange.sheets.columns import stems
from ledger.kinds import CURRENT, Kind

RIVALS: Final = 3
"""Most other kinds that a guess names."""
ENOUGH: Final = 50
"""Percentage of a kind's required fields above which its columns alone make it a candidate."""


class _Telling(NamedTuple):
    """Words of titles that tell a kind whose rows have a begin and an end: one of ``words``, and ``more``
    that speak for it too.
    """

    kind: Kind
    words: frozenset[str]
    more: frozenset[str] = frozenset()


_CALLED: Final = stems("curtailed target dispatch shed called")
TELLING: Final = (
    _Telling(
        CURRENT["outage-started"],
        stems(
            "outage outages lost loss down downtime derate derated trip tripped failure failed fault repair"
        ),
    ),
    _Telling(CURRENT["curtailment-started"], _CALLED, stems("program")),
    _Telling(CURRENT["dispatch-notified"], stems("notified notification"), _CALLED | stems("program")),
)
LASTING: Final = (CURRENT["outage-started"], CURRENT["curtailment-started"])
"""Kinds of rows that have a begin, an end and a cause, and nothing that tells more."""


class Guess(NamedTuple):
    """The most likely kind, other candidates, and a comment for the map."""

    kind: Kind | None
    rivals: tuple[Kind, ...] = ()
    note: str = ""


class KindClues(NamedTuple):
    """What a sheet says of its facts: the words of its titles, of its name and the rows above its header, and
    of the file's name; whether its rows have a begin and an end; whether a column names kinds.
    """

    titles: frozenset[str]
    sheet: frozenset[str]
    file: frozenset[str]
    spans: bool
    by_rows: bool
    columns: ColumnMatch


def whole_kind(words: frozenset[str]) -> Kind | None:
    """The kind whose whole name is among words, the longest."""
    named = [kind for kind in CLAIMABLE if stems(kind.name) <= words]
    return max(named, key=lambda kind: len(stems(kind.name)), default=None)


def kind_of_sheet(said: KindClues) -> Guess:
    """The kind of all rows of a sheet: by its own heading, by its columns, then by the name of its file."""
    if kinds_of(said.sheet - GENERIC):
        return _best(said.sheet | said.titles, said.sheet, said)
    told = _told(said)
    if len(told) == 1:
        return Guess(told[0], note=_otherwise(told[0], said))
    by_name = [kind for kind in told if kind in kinds_of(said.file - GENERIC)]
    if len(by_name) == 1:
        return Guess(by_name[0])
    if told:
        return Guess(told[0], tuple(told))
    named = whole_kind(said.file)
    guess = Guess(named) if named else _best(said.file | said.titles, said.file, said)
    if guess.kind is None or guess.rivals:
        return guess
    others = kinds_of(said.columns.words_beside(guess.kind) - GENERIC)
    if not others or guess.kind in others:
        return guess
    return Guess(guess.kind, (guess.kind, *sorted(others, key=said.columns.matched, reverse=True)[:RIVALS]))


def kind_of_words(words: frozenset[str], said: KindClues) -> Guess:
    """The kind that the words of a cell stand for."""
    return _best(words, words, said)


def _told(said: KindClues) -> Sequence[Kind]:
    """The kinds for which the most words of titles speak; none where the rows have no begin and end."""
    if not said.spans:
        return ()
    count = {
        each.kind: len((each.words | each.more) & said.titles) for each in TELLING if each.words & said.titles
    }
    if count:
        return [kind for kind in count if count[kind] == max(count.values())]
    return LASTING if said.titles & CAUSES and not kinds_of(said.titles - GENERIC) else ()


def _otherwise(kind: Kind, said: KindClues) -> str:
    """A comment where the file is called after something else than what its columns hold."""
    named = kinds_of(said.file - GENERIC)
    if not named or any(each.subject == kind.subject for each in named):
        return ""
    return "by its columns, not by the name of the file; --kind KIND with --suggest takes another"


def _best(words: frozenset[str], sure: frozenset[str], said: KindClues) -> Guess:
    """The kind that words stand for: by its name first, then by how many of its fields have a column."""
    matched = said.columns.matched
    found = kinds_of(sure - GENERIC)
    certain = bool(found)
    found = found or kinds_of(words - GENERIC)
    if not found and not said.by_rows:  # no word tells: by the columns
        found = [kind for kind in CLAIMABLE if kind.effect == "begins" and matched(kind)[0] > ENOUGH]
    if not found:
        return Guess(None)
    begins = bool(STARTS & words) and not ENDS & words
    ends = bool(ENDS & words) and not STARTS & words

    def rank(kind: Kind) -> tuple[int, int, tuple[int, int]]:
        named = len(stems(kind.name.replace("-", " ")) & words)
        wanted = {"begins": 1, "ends": -1}.get(str(kind.effect), 0)
        direction = wanted if begins else -wanted if ends else wanted * said.spans
        return named, direction, matched(kind)

    ranked = sorted(found, key=rank, reverse=True)
    best, others = ranked[0], ranked[1:]
    if certain:  # begin, change and end of one thing are told apart by the rows' times
        others = [
            kind
            for kind in others
            if rank(kind)[0] == rank(best)[0] and kind.subject not in (None, best.subject)
        ]
    return Guess(best, () if certain and not others else (best, *others[:RIVALS]))
