"""The service about itself: its contract, whether it works, and its figures."""

from __future__ import annotations

from ledger.app.book.book import Book
from ledger.app.queries.record_filter import status_of
from ledger.app.web import metrics
from ledger.app.web.routes import ApiCall, Reply, json_reply
from ledger.errors import WattledgerError


async def get_openapi(call: ApiCall) -> Reply:
    """The contract as OpenAPI 3.1."""
    return Reply(call.service.document)


async def get_health(call: ApiCall) -> Reply:
    """200 where the book is read and, by a server that writes, written; else 503."""
    writer = call.service.writer
    try:
        await call.ask(lambda book: book.store.size)
        works = writer is None or writer.trouble is None
    except WattledgerError:
        works = False
    return json_reply({"status": "ok" if works else "failing"}, 200 if works else 503)


async def get_status(call: ApiCall) -> Reply:
    """Describe the book and how far it is sealed."""

    def made(book: Book) -> Reply:
        found = status_of(book)
        shown = ("origin", "key", "size", "root", "rec", "sealed_size", "backend", "read_model_size")
        found["backend"] = found["backend"].partition("://")[0]  # where the records are is the operator's
        return json_reply({name: found[name] for name in shown} | {"read_only": call.service.writer is None})

    return await call.ask(made)


async def get_metrics(call: ApiCall) -> Reply:
    """Figures of the service in Prometheus's text format."""
    service = call.service
    figures = await call.ask(metrics.book_figures)
    return Reply(metrics.rendered(figures, service.meters, service.head, service.writer), metrics.TYPE)
