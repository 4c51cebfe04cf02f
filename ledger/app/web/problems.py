"""Errors as problem+json (RFC 9457), with the meaning of the command line's exit codes.

``exit_code`` is that of the command line, left out where only HTTP knows the fault, as 0 would say that all
went well; ``problems`` are the rows that are wrong, each with its place. Messages of the command line name its
options; here they name the parameters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

import msgspec

from ledger.app.web.replies import Reply
from ledger.errors import Problem, WattledgerError, inert

PROBLEM: Final = "application/problem+json"
_OPTION: Final = re.compile(r"(?<![\w-])--([a-z]+(?:-[a-z]+)*)")
_NAMES: Final = re.compile(r"\b(as|known)-(of|at)\b")


class HttpProblem(RuntimeError):
    """A request that HTTP itself refuses: its status, why, and what would be right.

    A ``RuntimeError`` is foreseen: for another error the whole log is read, to see whether it is damaged.
    """

    def __init__(self, status: int, detail: str, headers: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(detail)
        self.status, self.headers = status, tuple(headers)


class ProblemRow(msgspec.Struct):
    """One row of a body that is wrong."""

    source: str
    line: int
    message: str
    raw: str


class ProblemDocument(msgspec.Struct):
    """problem+json."""

    type: str
    title: str
    status: int
    detail: str
    exit_code: int | msgspec.UnsetType = msgspec.UNSET
    problems: list[ProblemRow] = []


def problem_reply(why: Exception, rows: Sequence[Problem] = ()) -> Reply:
    """The answer to an error."""
    headers: tuple[tuple[str, str], ...] = ()
    code: int | msgspec.UnsetType = msgspec.UNSET
    if isinstance(why, HttpProblem):
        kind, status, headers = _slug(HTTPStatus(why.status).phrase), why.status, why.headers
    elif isinstance(why, WattledgerError):
        kind, status, code = _slug(type(why).__name__), why.http_status, why.exit_code
    else:
        kind, status, code = "internal-error", 500, 1
    detail = in_query_words(str(why)) if code != 1 or isinstance(why, WattledgerError) else OUR_BUG
    found = ProblemDocument(
        f"urn:wattledger:{kind}", kind.replace("-", " "), status, detail, code, [row(each) for each in rows]
    )
    if status == 503:
        headers = (*headers, ("Retry-After", "1"))
    return Reply(msgspec.json.encode(found), PROBLEM, status, headers)


OUR_BUG: Final = "the service failed here in a way that nobody foresaw; its log has the details"


def row(problem: Problem) -> ProblemRow:
    """A problem of a row."""
    return ProblemRow(problem.source, problem.line, in_query_words(problem.message), inert(problem.raw))


def in_query_words(message: str) -> str:
    """A message with the names of parameters in place of options: ``known_at`` for ``--known-at``."""
    message = _OPTION.sub(lambda found: found[1].replace("-", "_"), message)
    return inert(_NAMES.sub(r"\1_\2", message).encode("utf-8", "backslashreplace").decode())


def _slug(words: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[^A-Za-z]+", "-", words).lower()
