"""Readings as meters and machines have them, posted by agents: interval files of utilities, Green Button feeds, dumps
of miners. The use case is that of ``import``: the same document twice records nothing twice, and it is kept as
evidence.
"""

from __future__ import annotations

from typing import Final

from ledger.app.book.book import Book
from ledger.app.imports.document import SentDocument, read_document, take_document
from ledger.app.queries.typed import Typed
from ledger.app.web.api.records import recorded, refused, tried
from ledger.app.web.auth import check_own_place, own_claims
from ledger.app.web.bodies import BATCH, ParsedClaims
from ledger.app.web.problems import HttpProblem
from ledger.app.web.routes import ApiCall, Reply
from ledger.errors import Malformed, named
from ledger.exchange.formats import Given
from ledger.units import parse_quantity

FORMATS: Final = {"csv": "csv", "greenbutton": "xml", "miners": "json"}
"""The formats by name, and the endings that their documents are kept with."""


async def post_readings(call: ApiCall) -> Reply:
    """Record the readings of a document, all or none."""
    writer, tries = call.service.writer, call.flag("dry_run")
    if writer is None:
        raise HttpProblem(403, "this server only reads; post to the one that writes")
    await call.ask_all(lambda book: check_own_place(call.principal, book, call.said("site")))
    document = await call.ask_all(lambda book: _document(call, book))
    read = await call.ask_all(lambda book: read_document(book, document))
    parsed = ParsedClaims(list(read.claims), list(read.problems))
    if parsed.problems:
        return refused(parsed, ())
    if not parsed.claims:
        raise Malformed("the document holds no reading")
    if len(parsed.claims) > BATCH:
        raise Malformed(
            f"the document makes {len(parsed.claims):,} facts, more than {BATCH:,}; send a part of it"
        )
    claims = await call.ask_all(lambda book: own_claims(call.principal, book, parsed.claims))
    token = call.principal.token
    restate = token is None or token.role.corrects
    outcome = await writer.run(
        lambda book: take_document(book, document, claims, dry_run=tries, restate=restate)
    )
    if outcome.problems:
        return refused(parsed, outcome.problems)
    return tried(claims, outcome) if tries else recorded(call, outcome)


def _document(call: ApiCall, book: Book) -> SentDocument:
    form, site = call.said("format"), call.said("site")
    hold, at = call.text("hold"), call.text("at")
    with named("hold"):
        hold_s = None if hold is None else parse_quantity(hold, "_s")
    given = Given(
        site=site,
        meter=call.text("meter"),
        block=call.text("block"),
        at=book.now() if at is None else Typed(book).instant("at", at, [site]),
        hold_s=hold_s,
        dialect=call.text("dialect"),
    )
    return SentDocument(form, f"readings.{FORMATS[form]}", call.body, given)
