"""SQL over HTTP: one SELECT over the tables of what a token may read, in a process that is killed in time."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from ledger.app.book.book import Book
from ledger.app.queries.typed import Typed
from ledger.app.read_models import sql
from ledger.app.read_models.sql import SqlAnswer, SqlLimits
from ledger.app.read_models.sql_folders import SqlFolder, SqlQuestion
from ledger.app.read_models.sql_formats import as_csv, as_json
from ledger.app.web.bodies import struct_of
from ledger.app.web.negotiation import accepted
from ledger.app.web.questions import AS_OF, KNOWN_AT
from ledger.app.web.routes import JSON, ApiCall, Reply, RouteParameter, json_reply

CSV: Final = "text/csv; charset=utf-8"
ANSWERS: Final = (JSON, CSV)
ROWS: Final = 1_000
ROWS_MOST: Final = 100_000
QUERY_S: Final = 10
TABLES_S: Final = 60
SQL: Final = RouteParameter("sql", "one SELECT", required=True, example="SELECT * FROM made_from")
MOST: Final = RouteParameter("limit", "at most so many rows", form="integer", least=1, most=ROWS_MOST)
PARAMETERS: Final = (SQL, AS_OF, KNOWN_AT, MOST)
FORMATS: Final = {"json": JSON, "csv": CSV}
FORMAT: Final = RouteParameter(
    "format", "the ending of the file", in_path=True, required=True, choices=tuple(FORMATS), example="csv"
)


class QueryBody(msgspec.Struct, forbid_unknown_fields=True):
    """A query: one SELECT, the clocks that it is asked with, and how many rows it answers at most."""

    sql: str
    as_of: str | None = None
    known_at: str | None = None
    limit: Annotated[int, Meta(ge=1, le=ROWS_MOST)] = ROWS


async def post_query(call: ApiCall) -> Reply:
    """The answer to a query in the body."""
    asked = struct_of(call.body, QueryBody)
    form = accepted(call.accept, ANSWERS)
    return _reply(await answered(call, asked.sql, asked.as_of, asked.known_at, asked.limit), form)


async def get_query(call: ApiCall) -> Reply:
    """The answer to a query in the address."""
    return await _of_address(call, accepted(call.accept, ANSWERS))


async def get_query_file(call: ApiCall) -> Reply:
    """The same, in the form of an ending."""
    return await _of_address(call, FORMATS[call.said("format")])


async def _of_address(call: ApiCall, form: str) -> Reply:
    limit = call.number("limit") or (ROWS if form == JSON else ROWS_MOST)
    return _reply(
        await answered(call, call.said("sql"), call.text("as_of"), call.text("known_at"), limit), form
    )


def _reply(answer: SqlAnswer, form: str) -> Reply:
    return json_reply(as_json(answer)) if form == JSON else Reply(as_csv(answer), CSV)


async def answered(
    call: ApiCall, text: str, as_of: str | None, known_at: str | None, limit: int
) -> SqlAnswer:
    """The answer to a query over what the caller may read."""
    sql.check(text)
    service, token = call.service, call.principal.token
    reader = "" if token is None else token.name

    def filled(book: Book) -> SqlFolder:
        typed = Typed(book)
        known = typed.known_at(known_at, ())
        instant = None if as_of is None else typed.instant("as-of", as_of, ())
        return service.sql_folders.prepared(book, SqlQuestion(text, known, instant, reader), TABLES_S)

    folder = await service.sql_readers.ask(lambda book: filled(call.principal.view(book)))
    try:
        return await service.run_sql(lambda: sql.run(folder, text, SqlLimits(QUERY_S, limit)))
    finally:
        service.sql_folders.done(folder)
