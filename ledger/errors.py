"""The whole error tree of wattledger, and Problem, which is not an error.

Three kinds of wrong are never mixed:

- a bad row is data: a ``Problem(source, line, message, raw)`` that is collected while the good rows go on;
- a call that cannot be done raises one of the classes below, each with the exit code of the command line
  and the HTTP status of the API;
- our own bug is an ``assert`` that says why.

======================  =========  ===========  ==================================================
class                   exit code  HTTP status  meaning
======================  =========  ===========  ==================================================
``VerificationFailed``  1          422          a proof, a checkpoint or a bundle does not verify
``Malformed``           2          422          the input or the call is not well formed
``Refused``             3          409          well formed, but it contradicts what is recorded
``Tampered``            4          500          stored history is not what was committed
``Conflict``            5          409          someone else wrote, or holds the lock
``UnknownOutcome``      6          503          the disk failed during a write: ask again by id
======================  =========  ===========  ==================================================

A message says where, what with the value quoted, and what would be right:
``july.story:1: power needs a unit (W, kW, MW, GW): '250'``.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, ClassVar, Final

import msgspec

NAMES_SHOWN: Final = 40
CUTOFFS: Final[tuple[Any, ...]] = (Fraction(4, 5), Fraction(3, 5))
"""Similarity, as difflib counts it, from which a name is suggested; the second where no name reaches the
first.
"""
PREFIX: Final = 3
"""Fewest letters that count as the beginning of names; of a single name two do, as ``ai`` of ``ai-hpc``."""


class WattledgerError(Exception):
    """Root of the tree; never raised itself."""

    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500


class VerificationFailed(WattledgerError):
    """A proof, a checkpoint or a bundle does not verify."""

    exit_code = 1
    http_status = 422


class Malformed(WattledgerError):
    """The input or the call is not well formed; nothing was done."""

    exit_code = 2
    http_status = 422


class MalformedFact(Malformed):
    """Fields of a fact are missing, unknown or wrong, and the message names them all; a reader adds an
    example in its form.
    """


class Refused(WattledgerError):
    """The claim contradicts what is recorded; the message names the record that it contradicts."""

    exit_code = 3
    http_status = 409


class Tampered(WattledgerError):
    """Stored history is not the history that was committed; nothing more is appended."""

    exit_code = 4
    http_status = 500


class Conflict(WattledgerError):
    """Another writer was first, or holds the book; the message names that writer where it is known."""

    exit_code = 5
    http_status = 409


class UnknownOutcome(WattledgerError):
    """The disk failed or had no room, or something failed after records were acknowledged; retry by the same
    ids is safe.

    The records may or may not be there, or they are and the rest is not done; the message says which.
    """

    exit_code = 6
    http_status = 503


class _Named:
    """The block of ``named``; a class, as a generator takes longer than reading most values."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, trace: object) -> None:
        if isinstance(why, Malformed):
            raise Malformed(f"{self._name} {why}") from None


def named(name: str) -> _Named:
    """Name the value that a ``Malformed`` raised inside is about: its message goes on after the name."""
    return _Named(name)


class _Collected:
    """The block of ``collected``."""

    __slots__ = ("_faults",)

    def __init__(self, faults: list[str]) -> None:
        self._faults = faults

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, trace: object) -> bool:
        if isinstance(why, Malformed):
            self._faults.append(str(why))
            return True
        return False


def collected(faults: list[str]) -> _Collected:
    """Add the message of a ``Malformed`` raised inside to a list and go on, so that all faults are reported
    at once.
    """
    return _Collected(faults)


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """At most three names that a mistyped one may stand for, the nearest first."""
    import difflib

    spelled = {each.lower(): each for each in known if each != name}
    if name.lower() in spelled:
        return [spelled[name.lower()]]
    longer = [spelled[each] for each in spelled if each.startswith(name.lower())]
    if longer and len(name) >= (PREFIX if len(longer) > 1 else PREFIX - 1):
        return longer[:3]
    for cutoff in CUTOFFS[:1] if "/" in name else CUTOFFS:  # names with a part in common are alike anyway
        near = difflib.get_close_matches(name.lower(), spelled, 3, cutoff)
        if near:
            return [spelled[each] for each in near]
    return []


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``; did you mean ...?`` for the end of a message, empty where nothing is near."""
    near = nearest(name, known)
    return f"; did you mean {', '.join(near)}?" if near else ""


def no_such(what: str, name: str, known: Iterable[str], where: str = "") -> Malformed:
    """The error for a name that does not exist: it lists the nearest names, or all where none is near."""
    names = list(dict.fromkeys(known))
    near = did_you_mean(name[:80], names) or there_are(names)
    return Malformed(f"no {what} is called {name[:80]!r}{where}{near}")


def there_are(known: Iterable[str]) -> str:
    """``; there are ...`` for the end of a message: the first of some names, and the number of the others."""
    names = list(dict.fromkeys(known))
    more = f" and {len(names) - NAMES_SHOWN:,} more" if len(names) > NAMES_SHOWN else ""
    return f"; there are {', '.join(names[:NAMES_SHOWN]) or 'none yet'}{more}"


def malformed_fact(unknown: str | None, missing: str | None, wrong: list[str]) -> Malformed:
    """The error for a fact's faults; a single wrong value already states what would be right, so it gets no
    example.
    """
    faults = [fault for fault in (unknown, missing, *wrong) if fault]
    message = "; ".join(faults)
    return MalformedFact(message) if unknown or missing or len(faults) > 1 else Malformed(message)


class Problem(msgspec.Struct, frozen=True):
    """One bad row of an input: data, not an exception.

    ``line`` counts from 1 (0 when the whole input is meant); ``raw`` is the row as it was read, cut to 200
    characters. ``exit_code`` is 2 for a malformed row and 3 for a refused one.
    """

    source: str
    line: int
    message: str
    raw: str = ""
    exit_code: int = 2

    def __str__(self) -> str:
        """One line, whatever the input holds: unprintable characters are shown as escapes."""
        place = f"{self.source}:{self.line}" if self.line else self.source
        return inert(f"{place}: {self.message}")


def inert(text: str) -> str:
    """Text that cannot move a cursor, start a line or change its direction: unprintable characters are
    written as in a story, ``\\u{1b}``.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else f"\\u{{{ord(char):x}}}" for char in text)
