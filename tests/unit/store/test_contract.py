"""What every store must do, told of each store in the list."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import Conflict
from ledger.log import merkle
from ledger.store import recent_ids
from ledger.store.memory import MemoryStore
from ledger.store.open import ARCHIVE, BACKENDS, store_folder
from ledger.store.port import Entry, Section, Store


def entry(place: int, stream: int, pos: int, **more: Any) -> Entry:
    """An entry whose leaf and id follow from its place."""
    leaf = b'{"record":%d}' % place
    return Entry(place, stream, pos, hashlib.sha256(leaf).digest()[:16], "a-kind.v1", leaf, **more)


def entries(count: int, streams: int = 3) -> list[Entry]:
    """The first records of a log whose streams take turns."""
    return [entry(n, n % streams, n // streams) for n in range(count)]


@pytest.fixture(params=["memory", *sorted(BACKENDS.keys() - {ARCHIVE})])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = MemoryStore() if request.param == "memory" else store_folder(tmp_path, new(request)).create()
    yield made
    made.close()


def new(request: pytest.FixtureRequest) -> str:
    """A backend, where its server has one a new schema, as ``book.toml`` names it."""
    name: str = request.param
    return request.getfixturevalue("postgres").new_schema() if name == "postgresql" else name


def filled(store: Store, said: list[Entry]) -> Store:
    with store.writing():
        store.append(said, store.size)
    return store


def test_leaves_come_back_byte_for_byte_in_the_order_of_the_log(store: Store) -> None:
    said = entries(20)
    assert list(filled(store, said).read(0, 20)) == [e.leaf for e in said]


def test_a_range_is_half_open(store: Store) -> None:
    said = entries(20)
    assert list(filled(store, said).read(5, 8)) == [e.leaf for e in said[5:8]]


def test_a_stream_has_its_own_positions(store: Store) -> None:
    said = entries(20)
    assert list(filled(store, said).read_stream(1, 2, None)) == [e.leaf for e in said if e.stream == 1][2:]


def test_the_root_is_that_of_rfc_6962_over_the_leaves(store: Store) -> None:
    said = entries(20)
    assert filled(store, said).forest.root() == merkle.root(merkle.hashes_of([e.leaf for e in said]))


def test_an_append_at_another_size_is_a_conflict_and_writes_nothing(store: Store) -> None:
    filled(store, entries(3))
    with pytest.raises(Conflict), store.writing():
        store.append([entry(4, 0, 1)], 4)
    assert store.size == 3


@pytest.mark.parametrize(
    "wrong",
    [
        [entry(3, 0, 1), entry(3, 1, 1)],
        [entry(3, 0, 1), entry(5, 1, 1)],
        [entry(3, 0, 2)],
        [entry(3, 0, 0)],
        [entry(3, 0, 1)._replace(id=entry(0, 0, 0).id)],
        [entry(3, 0, 1, supersedes=(b"x" * 16,)), entry(4, 1, 1, supersedes=(b"x" * 16,))],
    ],
    ids=["same index", "index skipped", "position skipped", "position taken", "id taken", "corrected twice"],
)
def test_a_batch_that_does_not_follow_the_log_is_refused_whole(store: Store, wrong: list[Entry]) -> None:
    filled(store, entries(3))
    with pytest.raises(Conflict), store.writing():
        store.append(wrong, 3)
    assert (store.size, len(list(store.read(0, store.size)))) == (3, 3)


def test_after_a_refused_batch_the_next_one_is_taken(store: Store) -> None:
    filled(store, entries(3))
    with pytest.raises(Conflict), store.writing():
        store.append([entry(3, 0, 9)], 3)
    assert filled(store, [entry(3, 0, 1)]).size == 4


def test_a_record_is_found_by_its_id(store: Store) -> None:
    said = entries(20)
    filled(store, said)
    assert store.indexes([said[7].id, b"?" * 16, said[2].id]) == {said[7].id: 7, said[2].id: 2}


def test_more_ids_than_one_question_holds_are_found(store: Store) -> None:
    said = entries(1200)
    filled(store, said)
    assert store.indexes(e.id for e in said) == {e.id: e.place for e in said}


def test_a_writer_finds_every_id_whenever_its_record_was_appended(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One lock is held for 60 appends, and all ids are asked for after each, with others that no record has; the
    highest are kept in memory, here 20 of them at most.
    """
    monkeypatch.setattr(recent_ids, "FIRST", 7)
    monkeypatch.setattr(recent_ids, "MOST", 20)
    said, others = entries(120), [entry(n, 0, n).id for n in range(1000, 1020)]
    filled(store, said[:60])
    wrong = []
    with store.writing():
        for n in range(60, 120):
            store.append(said[n : n + 1], n)
            if store.indexes([e.id for e in said] + others) != {e.id: e.place for e in said[: n + 1]}:
                wrong.append(n)
    assert wrong == []


def test_an_id_that_another_writer_appended_meanwhile_is_found(store: Store) -> None:
    """The service lets go of the lock, a command records, the service takes it again."""
    said = entries(4)
    for one in said:
        with store.writing():
            store.indexes([one.id])
            store.indexes([one.id])
        filled(store, [one])
    with store.writing():
        assert [store.indexes([e.id for e in said]) for _ in range(2)] == 2 * [{e.id: e.place for e in said}]


def test_who_corrects_a_record_is_known(store: Store) -> None:
    said = entries(3)
    filled(store, [*said, entry(3, 0, 1, supersedes=(said[0].id,))])
    assert store.superseders(e.id for e in said) == {said[0].id: 3} == dict(store.corrections())


def test_sections_are_kept_beside_their_record(store: Store) -> None:
    rent = Section("commercial", b"s" * 16, b'{"rent":1}')
    filled(store, [entry(0, 0, 0, sections=(rent,))])
    assert (store.read_sections(0), store.read_sections(1)) == ([rent], [])


def test_whether_a_section_is_kept_is_asked_of_streams_and_a_size(store: Store) -> None:
    """Record 4 of stream 1 has one; asked of more streams than one question holds, too."""
    kept = Section("commercial", bytes(16), b"{}")
    filled(store, [entry(n, n % 3, n // 3, sections=(kept,) if n == 4 else ()) for n in range(9)])
    asked = [
        ((1,), 9),
        ((1,), 5),
        ((1,), 4),
        ((0, 2), 9),
        ((), 9),
        (range(1, 1_200), 9),
        (range(2, 1_200), 9),
    ]
    found = [store.keeps_sections(streams, size) for streams, size in asked]
    with store.writing():
        store.erase_all([(4, "commercial"), (5, "commercial")])
    assert [*found, store.keeps_sections((1,), 9)] == [True, True, False, False, False, True, False, False]


def test_seals_are_kept_in_order(store: Store) -> None:
    for size in (2, 4):
        filled(store, entries(4)[size - 2 : size])
        with store.writing():
            store.seal(b"note %d" % size)
    assert [seal.size for seal in store.seals()] == [2, 4]


def test_a_full_tile_holds_the_hashes_of_256_records(store: Store) -> None:
    said = entries(300)
    filled(store, said)
    with store.writing():
        store.seal(b"note")
    assert (store.tile(0, 0), store.tile(0, 1)) == (
        b"".join(merkle.hashes_of([e.leaf for e in said[:256]])),
        None,
    )
