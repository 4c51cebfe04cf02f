"""The log as static files that other people's tools read: Go's sumdb takes our tiles, entries and proofs, and
refuses doctored ones.
"""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger import calendar
from ledger.app.book.book import Book, Said
from ledger.app.book.config import Config
from ledger.app.exports.options import ExportOptions
from ledger.app.exports.tiles import folder, proof
from ledger.app.host.clock import Seeded
from ledger.app.proofs.log_proofs import sealed
from ledger.errors import Malformed, Refused
from ledger.exchange import story
from ledger.log import merkle
from ledger.verifier.trees import check_inclusion, leaf_hash
from tests.support.go_programs import built

SITE = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training
2026-06-02T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[A]
"""


def polls(count: int) -> str:
    return "".join(
        f"{calendar.format_instant(1780444800 + 60 * n)} s1 hashrate-changed block=m1 hashrate={n + 1}PH/s"
        " method=pool\n"
        for n in range(count)
    )


def made(place: Path, count: int) -> Book:
    clock = Seeded("tiles", calendar.instant_s("2026-07-01T00:00:00Z") * 1_000_000)
    book = Book.create(place, Config("example.com/tiles"), surroundings=clock)
    book.record([Said(claim) for claim in story.read((SITE + polls(count)).encode(), "story").claims])
    book.checkpoint()
    return book


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A sealed book of 609 records: two full tiles and a partial one."""
    return made(tmp_path_factory.mktemp("tiles") / "b", 600)


@pytest.fixture(scope="module")
def check_tiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built("tiles", tmp_path_factory.mktemp("go"))


def said(program: Path, book: Book, place: Path) -> str:
    words = [str(program), book.seals.signer().vkey, str(place)]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()


@pytest.mark.parametrize("count", [0, 1, 247, 248, 600])
def test_go_takes_our_tiles_and_entries(check_tiles: Path, tmp_path: Path, count: int) -> None:
    with made(tmp_path / "b", count) as book:
        folder(book, ExportOptions(), tmp_path / "t")
        assert said(check_tiles, book, tmp_path / "t") == f"ok {book.store.size}"


def flipped(name: str, at: int) -> Callable[[Path], None]:
    def harm(place: Path) -> None:
        data = bytearray((place / name).read_bytes())
        data[at] ^= 1
        (place / name).write_bytes(data)

    return harm


def removed(name: str) -> Callable[[Path], None]:
    return lambda place: (place / name).unlink()


def swapped(place: Path) -> None:
    one, two = place / "tile/entries/000", place / "tile/entries/001"
    data = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(data)


def forged(place: Path) -> None:
    """Another entry, its hash put into its tile."""
    bundle = place / "tile/entries/000"
    data = bundle.read_bytes().replace(b'"actor":"ledger"', b'"actor":"nobody"', 1)
    bundle.write_bytes(data)
    tile = place / "tile/0/000"
    hashes = merkle.hashes_of([data[2 : 2 + int.from_bytes(data[:2], "big")]])
    tile.write_bytes(hashes[0] + tile.read_bytes()[32:])


def unasked(place: Path) -> None:
    (place / "tile/0/002.p/1").write_bytes(bytes(32))


@pytest.mark.parametrize(
    ("harm", "refusal"),
    [
        (flipped("tile/0/000", 7), "is not in the tree"),
        (forged, "is not in the tree"),
        (flipped("tile/1/000.p/2", 40), "inconsistent tile"),
        (flipped("tile/entries/001", 90), "is not in the tree"),
        (flipped("checkpoint", 24), "invalid signature"),
        (removed("tile/1/000.p/2"), "missing file"),
        (removed("tile/entries/000"), "missing file"),
        (swapped, "is not in the tree"),
        (unasked, "unexpected file"),
    ],
)
def test_go_refuses_doctored_tiles(
    check_tiles: Path, book: Book, tmp_path: Path, harm: Callable[[Path], None], refusal: str
) -> None:
    folder(book, ExportOptions(), tmp_path / "t")
    harm(tmp_path / "t")
    assert refusal in said(check_tiles, book, tmp_path / "t")


def test_every_sealed_record_has_a_proof_that_stands_alone(book: Book) -> None:
    checkpoint, note = sealed(book)
    for index in (0, 1, 255, 256, 511, 512, checkpoint.size - 1):
        head, _, signed = b"".join(proof(book, ExportOptions(record=str(index)))).partition(b"\n\n")
        first, extra, place, *hashes = head.decode().splitlines()
        leaf = base64.b64decode(extra.removeprefix("extra "))
        assert (first, place, signed) == ("c2sp.org/tlog-proof@v1", f"index {index}", note)
        assert [leaf] == list(book.store.read(index, index + 1))
        check_inclusion(
            checkpoint.root, checkpoint.size, index, leaf_hash(leaf), list(map(base64.b64decode, hashes))
        )


def test_go_takes_a_records_proof(book: Book, tmp_path_factory: pytest.TempPathFactory) -> None:
    program = built("check", tmp_path_factory.mktemp("go"))
    checkpoint, note = sealed(book)
    head = b"".join(proof(book, ExportOptions(record="300"))).partition(b"\n\n")[0].decode().splitlines()
    given = {
        "Note": note.decode(),
        "Leaf": head[1].removeprefix("extra "),
        "Index": 300,
        "Inclusion": head[3:],
        "OldSize": checkpoint.size,
        "OldRoot": base64.b64encode(checkpoint.root).decode(),
        "Consistency": [],
    }
    words = [str(program), book.seals.signer().vkey]
    assert (
        subprocess.run(words, input=json.dumps(given), capture_output=True, text=True, check=False).stdout
        == "ok\n"
    )


def test_a_record_is_named_by_its_id_too(book: Book) -> None:
    record = book.record_at(7)
    by_id, by_index = (b"".join(proof(book, ExportOptions(record=said))) for said in (record.id, "7"))
    assert by_id == by_index


@pytest.mark.parametrize("said", ["99999", "-1", "x", "019f61c9-2500-8704-a3d6-c98576c2a21f", "", "٣"])
def test_a_record_that_is_not_there_has_no_proof(book: Book, said: str) -> None:
    with pytest.raises(Malformed, match="--record"):
        list(proof(book, ExportOptions(record=said)))


def test_a_record_that_is_not_sealed_has_no_proof_yet(tmp_path: Path) -> None:
    clock = Seeded("tiles", calendar.instant_s("2026-07-01T00:00:00Z") * 1_000_000)
    with Book.create(tmp_path / "b", Config("example.com/tiles"), surroundings=clock) as book:
        book.record([Said(claim) for claim in story.read(SITE.encode(), "story").claims])
        with pytest.raises(Refused, match="is not sealed yet"):
            list(proof(book, ExportOptions(record="5")))


def test_a_tree_of_70_000_has_the_published_layout() -> None:
    """C2SP tlog-tiles: 273 full level 0 tiles and one of width 112, one full level 1 tile and one of width
    17, one of width 1.
    """
    assert list(merkle.tile_widths(70_000)) == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert merkle.entries_path(273, 112) == "tile/entries/273.p/112"
    assert merkle.entries_path(1_234_067) == "tile/entries/x001/x234/067"
