"""Proofs: the checkpoint, that a record is in the log, that a log goes on from an earlier one, and bundles."""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, BinaryIO, Final

import msgspec

from ledger.app.book.book import Book
from ledger.app.proofs import bundle_writer, log_proofs
from ledger.app.queries import report_run
from ledger.app.queries.record_filter import index_said
from ledger.app.queries.report_run import Question
from ledger.app.queries.typed import Typed
from ledger.app.web.auth import check_in_scope
from ledger.app.web.bodies import struct_of
from ledger.app.web.negotiation import accepted
from ledger.app.web.problems import HttpProblem
from ledger.app.web.routes import JSON, TEXT, ApiCall, Reply, json_reply
from ledger.errors import Malformed
from ledger.verifier.faults import ProofError
from ledger.verifier.reader import State, parse_state

ZIP: Final = "application/zip"
PART: Final = 1 << 18


class BundleBody(msgspec.Struct, forbid_unknown_fields=True, rename={"start": "from", "stop": "to"}):
    """Contents of a bundle to be made: streams, reports that follow from them and their window, an earlier
    checkpoint's size, and the reader's state file (text) for only what came after it.
    """

    streams: Annotated[list[str], msgspec.Meta(extra_json_schema={"minItems": 1})]
    reports: list[str] = []
    start: str | None = None
    stop: str | None = None
    size: int | None = None
    state: str | None = None


async def get_checkpoint(call: ApiCall) -> Reply:
    """The newest signed checkpoint, as C2SP text or read."""
    form = accepted(call.accept, (TEXT, JSON))

    def made(book: Book) -> Reply:
        if form == TEXT:
            return Reply(log_proofs.sealed(book)[1], TEXT)
        return json_reply(log_proofs.checkpoint_json(book))

    return await call.ask(made)


async def get_inclusion(call: ApiCall) -> Reply:
    """Prove that a record is in the log."""
    form = accepted(call.accept, (JSON, TEXT))

    def made(book: Book) -> Reply:
        try:
            index = index_said(book, call.said("record"), "record")
        except Malformed as why:
            raise HttpProblem(404, f"no record has the id or index {call.said('record')[:80]!r}") from why
        found = log_proofs.inclusion(book, index, call.number("size"))
        return Reply(found.text(), TEXT) if form == TEXT else json_reply(log_proofs.inclusion_json(found))

    return await call.ask(made)


async def get_consistency(call: ApiCall) -> Reply:
    """Prove that an earlier log is the beginning of a later one."""
    first, second = call.number("from"), call.number("to")
    assert first is not None, "the route requires it"
    return await call.ask(
        lambda book: json_reply(log_proofs.consistency_json(log_proofs.consistency(book, first, second)))
    )


async def post_bundle(call: ApiCall) -> Reply:
    """A bundle as of a checkpoint: of the log as it is now, where this server writes."""
    return zip_reply(await bundle_of(call, struct_of(call.body, BundleBody)))


async def bundle_of(call: ApiCall, asked: BundleBody) -> BinaryIO:
    """The bundle that a principal asks for, in a file without a name; that a token takes it is on record first."""
    if not asked.streams:
        raise Malformed('streams is empty: name what is to be proven whole, such as ["sandersville/grid"]')
    if call.principal.token is not None:
        await call.ask_all(lambda book: check_in_scope(call.principal, book, asked.streams, asked.reports))
        await call.service.journal.export(call.principal, f"bundle of {', '.join(asked.streams)}")
    if asked.size is None and call.service.writer is not None:
        await call.service.writer.run(Book.checkpoint)
    return await call.ask_all(lambda book: _written(book, asked))


def zip_reply(file: BinaryIO) -> Reply:
    """The answer that hands out a bundle."""
    headers = (
        ("Content-Disposition", 'attachment; filename="bundle.zip"'),
        ("Content-Length", str(os.fstat(file.fileno()).st_size)),
    )
    return Reply(_parts(file), ZIP, 200, headers)


async def _parts(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while part := file.read(PART):
            yield part


def _written(book: Book, asked: BundleBody) -> BinaryIO:
    """The bundle in a file that has no name any more, so that nothing is left of it however the answer ends."""
    size = log_proofs.sealed(book)[0].size if asked.size is None else asked.size
    typed, places = Typed(book), [name.partition("/")[0] for name in asked.streams]
    window = Question(start=typed.end("from", asked.start, places), stop=typed.end("to", asked.stop, places))
    reports = tuple(report_run.report_named(name) for name in dict.fromkeys(asked.reports))
    state = None if asked.state is None else _state(asked.state)
    wanted = bundle_writer.BundleRequest(tuple(asked.streams), reports, window, state, size)
    descriptor, name = tempfile.mkstemp(".zip", "wattledger-")
    os.close(descriptor)
    path = Path(name)
    try:
        bundle_writer.write(book, wanted, path)
        return path.open("rb")
    finally:
        path.unlink(missing_ok=True)


def _state(text: str) -> State:
    try:
        return parse_state(text.encode())
    except ProofError as why:
        raise Malformed(f"state: {why}") from None
