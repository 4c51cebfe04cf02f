"""SQL as a page: a query, whose address holds it, its result, and the tables with their columns and units."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from ledger.app.book.book import Book
from ledger.app.read_models.sql import SqlAnswer
from ledger.app.read_models.sql_formats import cell_text, is_number
from ledger.app.read_models.sql_tables import SqlTables, columns_by_table
from ledger.app.web.api import query as api
from ledger.app.web.pages.clocks import page_clocks
from ledger.app.web.pages.layout import frame_of, link, page
from ledger.app.web.routes import API, ApiCall, Reply
from ledger.errors import Malformed

SQL: Final = api.SQL._replace(required=False)
SHOWN: Final = 500
EXAMPLES: Final = (
    (
        "Peak load by month, MW",
        "SELECT month, site, peak_w / 1e6 AS peak_mw\nFROM power_use_monthly\nWHERE peak_w IS NOT NULL\n"
        "ORDER BY time, site",
    ),
    (
        "Facts recorded by kind, and how long after they happened",
        "SELECT kind, count(*) AS facts, sum(1 - stands) AS corrected,\n"
        "  median(recorded::TIMESTAMP - time::TIMESTAMP) AS delay\nFROM records\nGROUP BY kind\nORDER BY facts DESC",
    ),
    (
        "Who corrected what, and why",
        "SELECT recorded, site, kind, actor, reason, said\nFROM records\nWHERE reason IS NOT NULL\nORDER BY record DESC",
    ),
)


async def get_query(call: ApiCall) -> Reply:
    """A query with its result; 422 with the reason where it has none."""
    sql, answer, why = call.text("sql"), None, ""
    if sql is not None:
        try:
            answer = await api.answered(call, sql, call.text("as_of"), call.text("known_at"), SHOWN)
        except Malformed as fault:
            why = str(fault)
    clocks, withheld = await call.ask(lambda book: (page_clocks(call, book), _withheld(book)))
    if answer is not None:
        clocks = clocks._replace(as_of=answer.clocks.as_of, size=answer.clocks.size, told="")
    size, examples = clocks.size, _examples(withheld)
    held = {"known_at": str(size), **({"as_of": clocks.asked["as_of"]} if "as_of" in clocks.asked else {})}
    return page(
        "query.html",
        frame_of(call, clocks, "/query"),
        status=422 if why else 200,
        sql=sql or examples[0][1],
        why=why,
        result=None if answer is None else _Result(answer),
        downloads=[
            (link(f"{API}/query.{form}", sql=sql or "", **held), form.upper()) for form in api.FORMATS
        ],
        examples=examples,
        tables=[one for one in _tables() if one[0] not in withheld],
        withheld=sorted(withheld),
    )


def _withheld(book: Book) -> set[str]:
    """Names of the tables that cannot be made of what the reader may read."""
    tables = SqlTables(book, None, None, lambda: None)
    return {name for name in columns_by_table() if not tables.has(name)}


def _examples(withheld: set[str]) -> list[tuple[str, str]]:
    """The examples of tables that can be made; records always can."""
    return [one for one in EXAMPLES if withheld.isdisjoint(re.findall(r"\w+", one[1]))]


class _Result:
    """The rows of an answer as they are shown."""

    def __init__(self, answer: SqlAnswer) -> None:
        self.more, self.count = answer.more, len(answer.rows)
        kinds = ["n" if is_number(kind) else "w" if kind in ("JSON",) else "" for _, kind in answer.columns]
        self.columns = [(name, kind) for (name, _), kind in zip(answer.columns, kinds, strict=True)]
        self.rows = [[cell_text(cell) for cell in row] for row in answer.rows]


@cache
def _tables() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every table with its columns and their units."""
    return [
        (name, [(column.name, column.unit) for column in columns])
        for name, columns in sorted(columns_by_table().items())
    ]
