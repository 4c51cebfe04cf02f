"""The faults that the checks find, and the limits of what is read at all."""

from __future__ import annotations

from collections.abc import Callable

NOTE_LIMIT = 1_000_000
SIGNATURE_LIMIT = 100
LEAF_LIMIT = 65_535
PIECE_LIMIT = 1 << 21
PROOF_LIMIT = 1 << 24
REPORT_LIMIT = 1 << 28
VALUE_LIMIT = 400_000
"""JSON is parsed in pieces, so that whatever a bundle holds, checking it takes little more memory than its
largest member has bytes.

A piece is a line of a report or of the sections, or a small member whole. Proofs are one piece; they are all
ASCII and have few values for their length.
"""
NUMBER_LIMIT = 2**53
DEPTH_LIMIT = 32
MALFORMED = frozenset(
    ["malformed", "trailing-data", "too-many-signatures", "non-canonical-leaf", "leaf-too-large"]
)
INCOMPLETE = frozenset(
    [
        "scope-not-given",
        "window-open",
        "left-unanchored",
        "no-consistency",
        "quorum",
        "too-old",
        "report-version",
        "directory-not-tied",
        "ml-dsa-not-checked",
    ]
)
Missing = list[tuple[str, str, str]]
"""Reasons why a bundle in which nothing is wrong is not enough: code, where, why."""


class ProofError(Exception):
    """Something does not verify; ``code`` says which check, ``where`` at what place, ``str`` why."""

    def __init__(self, code: str, why: str, where: str = "") -> None:
        super().__init__(why)
        self.code = code
        self.where = where


class Misshapen(ProofError):
    """It is not even of the form that could be checked."""


class BadOption(Misshapen):
    """A slip of the reader's: something he typed or brought cannot be meant. It says nothing of the bundle;
    ``option`` names where he gave it.
    """

    def __init__(self, option: str, why: str, where: str = "", code: str = "malformed") -> None:
        super().__init__(code, why, where or option)
        self.option = option

    def told(self) -> str:
        """The option, the place in its file where it has one, and what would be right."""
        return f"{self.option}{'' if self.where == self.option else ' ' + self.where}: {self}"


Progress = Callable[[int, int], None]


def no_progress(done: int, total: int) -> None:
    """Progress callback that does nothing."""
