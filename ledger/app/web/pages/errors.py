"""Errors as a page: the same words as in problem+json, and what to do next."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import msgspec
from starlette.requests import Request

from ledger.app.web import auth
from ledger.app.web.negotiation import accepted
from ledger.app.web.pages.layout import HTML, PageFrame, page
from ledger.app.web.problems import PROBLEM, HttpProblem, ProblemDocument
from ledger.app.web.routes import Reply, Right

TITLES: Final = {
    401: "Sign in",
    403: "Not allowed",
    404: "Nothing is here",
    405: "Nothing to show here",
    409: "Refused",
    422: "This cannot be meant",
    503: "Not now",
}

MAY: Final = {
    Right.APPEND: "record facts",
    Right.CORRECT: "correct facts",
    Right.RECORDS: "read records",
    Right.REPORTS: "read reports",
    Right.PROOFS: "download proofs",
    Right.ADMIN: "grant and revoke tokens",
}
"""What the rights let a reader do, in words."""


def as_page(reply: Reply, request: Request, origin: str = "wattledger") -> Reply:
    """The page of a problem, for a browser; others get the problem as it is."""
    if not _wants_page(request) or not isinstance(reply.body, bytes):
        return reply
    found = msgspec.json.decode(reply.body, type=ProblemDocument)
    reader = request.scope.get("principal", auth.NOBODY)
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    made = page(
        "problem.html",
        PageFrame(origin, "", reader.token is not None) if reader is auth.NOBODY else _frame(origin, reader),
        status=reply.status,
        problem=found,
        title=TITLES.get(reply.status, HTTPStatus(reply.status).phrase),
        asked=asked,
        method=request.method,
        path=request.url.path,
        may=[words for right, words in MAY.items() if right in reader.rights],
    )
    return made._replace(headers=(*reply.headers, *made.headers))


def _frame(origin: str, reader: auth.Principal) -> PageFrame:
    return PageFrame(origin, reader.name, reader.token is not None)


def _wants_page(request: Request) -> bool:
    try:
        return accepted(request.headers.get("accept", ""), (PROBLEM, HTML)) == HTML
    except HttpProblem:
        return False
