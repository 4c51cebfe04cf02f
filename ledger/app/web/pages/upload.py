"""A spreadsheet of facts: read by a map of its columns, shown as lines, then recorded.

The file comes in a form's field, as a script read it (base64, so that no form of several parts is needed) or
as pasted text. It is held by the page between the steps, never by the server.
"""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from ledger.app.book.batch import Outcome
from ledger.app.book.book import Book
from ledger.app.imports.uploaded import Upload, carries_map, check_size, map_for, read_upload, take_upload
from ledger.app.web.auth import own_claims
from ledger.app.web.pages.layout import frame_of, page
from ledger.app.web.pages.sign_in import form_of
from ledger.app.web.pages.taking import is_final, writer_of
from ledger.app.web.problems import in_query_words
from ledger.app.web.routes import ApiCall, Reply
from ledger.errors import Conflict, Malformed, Problem, Refused
from ledger.exchange.story import format_claim
from ledger.records.envelope import claim_of

TAB: Final = "/enter"
SHOWN: Final = 50
CLAIMS_MOST: Final = 5_000
PASTED: Final = "pasted.csv"
_NAME: Final = re.compile(r"[^\w.-]+")


class UploadAnswer(NamedTuple):
    """Outcome of the rows: lines of the new facts (the first of them), counts, and what is wrong where."""

    lines: tuple[str, ...]
    new: int
    repeated: int
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    final: bool


async def get_upload(call: ApiCall) -> Reply:
    """The form."""
    return _page(call, None)


async def post_upload(call: ApiCall) -> Reply:
    """Suggest a map, show what would be recorded, or record it."""
    writer_of(call)
    form = form_of(call)
    upload: Upload | None = None
    try:
        given = _upload(form)
        check_size(given)
        upload = await call.ask(lambda book: _mapped(book, given))
        return _page(call, upload, await _taken(call, upload, final=is_final(form)))
    except (Malformed, Refused, Conflict) as why:
        return _page(call, upload, problem=why)


async def _taken(call: ApiCall, upload: Upload, *, final: bool) -> UploadAnswer:
    """Record the rows, or try them."""
    read = await call.ask(lambda book: read_upload(book, upload))
    if len(read.claims) > CLAIMS_MOST:
        raise Malformed(f"{upload.name}: makes {len(read.claims):,} facts, more than {CLAIMS_MOST:,}")
    claims = await call.ask_all(lambda book: own_claims(call.principal, book, read.claims))
    outcome = await writer_of(call).run(lambda book: take_upload(book, upload, claims, dry_run=not final))
    return _answer(outcome, (*read.problems, *outcome.problems), read.notes, final=final)


def _upload(form: Mapping[str, str]) -> Upload:
    name = _NAME.sub("-", form.get("name", "").rpartition("/")[2])[-80:] or PASTED
    text = form.get("map", "").strip()
    held = form.get("data", "")
    try:
        data = urlsafe_b64decode(held.encode("ascii")) if held else form.get("pasted", "").encode()
    except (binascii.Error, UnicodeEncodeError):
        raise Malformed("the file did not come whole; choose it again") from None
    if not data.strip():
        raise Malformed("choose a file, or paste its rows with their header")
    return Upload(name, data, f"{text}\n" if text else None)


def _mapped(book: Book, upload: Upload) -> Upload:
    """With the map that is suggested, where none was given and the file has none of its own."""
    if upload.map_text is not None or carries_map(upload):
        return upload
    return upload._replace(map_text=map_for(book, upload))


def _answer(
    outcome: Outcome, problems: Sequence[Problem], notes: Sequence[str], *, final: bool
) -> UploadAnswer:
    new = [position.record for position in outcome.positions if not position.repeated]
    unlikely = [f"{one.note} [{one.rule}]" for one in outcome.unlikely[:SHOWN]]
    return UploadAnswer(
        tuple(format_claim(claim_of(record)) for record in new[:SHOWN]),
        len(new),
        len(outcome.positions) - len(new),
        tuple(sorted(problems, key=lambda one: (one.source, one.line))),
        (*notes, *unlikely),
        final,
    )


def _page(
    call: ApiCall,
    upload: Upload | None,
    answer: UploadAnswer | None = None,
    problem: Malformed | Refused | Conflict | None = None,
) -> Reply:
    return page(
        "enter_file.html",
        frame_of(call, None, TAB),
        status=200 if problem is None else problem.http_status,
        upload=upload,
        data="" if upload is None else urlsafe_b64encode(upload.data).decode(),
        answer=answer,
        problems=[(one.line, in_query_words(one.message)) for one in answer.problems[:SHOWN]]
        if answer
        else [],
        problem="" if problem is None else in_query_words(str(problem)),
    )
