"""The log as a whole over HTTP: the tiles are those of ``export tiles``, which Go's sumdb reads; a witness answers as
C2SP tlog-witness says.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.app.book.book import Book
from ledger.app.exports.options import ExportOptions
from ledger.app.exports.tiles import folder
from ledger.app.proofs.cosignatures import create_witness, request_since
from ledger.app.proofs.log_proofs import sealed
from ledger.app.web.witnessing import WitnessSettings
from ledger.log.witness import format_request
from ledger.verifier.checkpoints import cosigned_by
from ledger.verifier.keys import COSIGNATURE, parse_vkey
from ledger.verifier.notes import parse_note
from tests.support.serving import API, Served, serving
from tests.unit.exports.test_tiles import made

ADDRESS = f"{API}/add-checkpoint"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    """A sealed book of 609 records: two full tiles and a partial one."""
    with made(tmp_path_factory.mktemp("tiles") / "b", 600) as found:
        yield found


@pytest.fixture(scope="module")
def served(book: Book, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The book served by a witness that knows its log; read-only, as a witness may be."""
    place = tmp_path_factory.mktemp("witness")
    create_witness(place / "key", "example.org/witness", bytes(range(32)))
    key = book.seals.vkey()
    assert key is not None, "it is sealed"
    settings = WitnessSettings(place / "key", place / "state.json", (key,), place / "shown")
    with serving(book.directory, read_only=True, witness=settings) as found:
        yield found


def test_tiles_are_those_of_the_export(book: Book, served: Served, tmp_path: Path) -> None:
    """Every file, to the byte, the checkpoint too."""
    folder(book, ExportOptions(), tmp_path / "log")
    files = {path.relative_to(tmp_path / "log").as_posix(): path for path in (tmp_path / "log").rglob("*")}
    wanted = {name: path.read_bytes() for name, path in files.items() if path.is_file()}
    with served.client() as client:
        found = {name: client.get(f"{API}/{name}", headers={"Accept": "*/*"}).content for name in wanted}
    assert (len(wanted) > 6, found) == (True, wanted)


@pytest.mark.parametrize(
    "path",
    [
        "0/003",
        "0/002.p/98",
        "0/x000/001",
        "0/1",
        "0/001.p/256",
        "0/001.p/0",
        "9/000",
        "entries/003",
        "x",
    ],
)
def test_what_is_not_below_the_checkpoint_is_not_there(path: str, served: Served) -> None:
    with served.client() as client:
        assert client.get(f"{API}/tile/{path}").status_code == 404


def test_a_tile_may_be_kept_for_ever(served: Served) -> None:
    with served.client() as client:
        answer = client.get(f"{API}/tile/0/000")
    assert (len(answer.content), answer.headers["cache-control"]) == (
        8192,
        "private, max-age=31536000, immutable",
    )


def test_a_witness_cosigns_once_and_then_says_its_size(book: Book, served: Served) -> None:
    """As a client in Go asks: without a Content-Type."""
    request = format_request(request_since(book, 0))
    key = served.listening.server._service.witness
    assert key is not None, "it is one"
    with served.client() as client:
        first, again = (client.post(ADDRESS, content=request) for _ in range(2))
    note = parse_note(sealed(book)[1] + first.content)
    signers = cosigned_by(note, [parse_vkey(key.witness.vkey, COSIGNATURE)])
    assert (
        first.status_code,
        len(signers),
        again.status_code,
        again.headers["content-type"],
        again.text,
    ) == (
        200,
        1,
        409,
        "text/x.tlog.size",
        f"{book.store.size}\n",
    )


def test_a_witness_does_not_know_other_logs(served: Served, tmp_path: Path) -> None:
    with made(tmp_path / "b", 3) as other:
        request = format_request(request_since(other, 0)).replace(b"example.com/tiles", b"example.com/other")
    with served.client() as client:
        assert client.post(ADDRESS, content=request).status_code == 404


@pytest.mark.parametrize("body", [b"", b"old 0", b"old 0\n\nno note", b"old -1\n\n", b"PK\x03\x04"])
def test_what_is_no_request_is_refused(body: bytes, served: Served) -> None:
    with served.client() as client:
        answer = client.post(ADDRESS, content=body)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/plain; charset=utf-8")


def test_a_service_that_is_no_witness_says_so(book: Book) -> None:
    with serving(book.directory, read_only=True) as plain, plain.client() as client:
        answer = client.post(ADDRESS, content=b"old 0\n\n")
    assert (answer.status_code, answer.text) == (
        404,
        "this service is no witness; start it with --witness-key\n",
    )
