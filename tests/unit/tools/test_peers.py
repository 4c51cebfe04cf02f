"""Side by side with other stores: every store keeps what it is given, durably, and the pages say what was measured."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, log2
from pathlib import Path

import pytest

from ledger.log.merkle import consistency_proof, inclusion_proof
from tools.peers import ours, plot, raw, sourcing
from tools.peers.readings import Calls
from tools.peers.worker import Peer
from tools.scale_pages import PAGES, PICTURE, measured, with_tables

STORES: dict[str, Callable[[Path], Peer]] = {"ours": ours.Ours, "sourcing": sourcing.Sourcing, "raw": raw.Raw}


@pytest.mark.parametrize("store", STORES)
def test_every_read_of_a_store_meets_every_reading_once(store: str, tmp_path: Path) -> None:
    """A store that lost half of the readings would be twice as fast."""
    peer, calls = STORES[store](tmp_path), Calls()
    for _ in range(40):
        peer.append(*calls.next(3))
    found = {name: read() for name, read in peer.reads().items()}
    peer.close()
    assert found == dict.fromkeys(found, 120)


@pytest.mark.parametrize("store", STORES)
def test_a_store_says_that_each_commit_waits_for_the_disk(store: str, tmp_path: Path) -> None:
    """``synchronous=NORMAL`` would be several times faster, and another thing."""
    peer = STORES[store](tmp_path)
    said = peer.about()["durability"]
    peer.close()
    assert said.startswith("journal_mode=wal, synchronous=FULL")


def test_eventsourcing_is_measured_on_a_file_and_not_in_its_memory(tmp_path: Path) -> None:
    """Without its environment the library silently keeps events in memory."""
    peer = sourcing.Sourcing(tmp_path)
    found = peer.about()["class"]
    peer.close()
    assert found == "eventsourcing.sqlite.SQLiteApplicationRecorder"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_figures_of_a_page_are_computed_from_what_was_measured(page: Path) -> None:
    """``tools/scale.py`` writes them."""
    assert with_tables(page.read_text()) == page.read_text()


def test_the_picture_shows_what_was_measured() -> None:
    assert PICTURE.read_text() == plot.svg(measured("peers"))


@pytest.mark.parametrize("size", [2, 3, 64, 65, 100])
def test_the_longest_proofs_are_as_long_as_the_plan_says(size: int) -> None:
    """The plan of ten billion records has them from these formulas."""

    def at(start: int, stop: int) -> bytes:
        return bytes(32)

    inclusion = max(len(inclusion_proof(at, index, size)) for index in range(size))
    consistency = max(len(consistency_proof(at, before, size)) for before in range(1, size + 1))
    assert (inclusion, consistency <= ceil(log2(size)) + 1) == (ceil(log2(size)), True)
