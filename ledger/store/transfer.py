"""From one store to another: the same records, sections, seals and documents, whatever the backends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ledger.errors import Refused, Tampered
from ledger.store.port import KeptStore, Store
from ledger.store.roots import root_at

CHUNK: Final = 1_000


def fill(source: KeptStore, target: Store, progress: Callable[[int, int], None] | None = None) -> None:
    """Append to a store what it lacks of another; inside ``writing`` of the target.

    ``Refused`` where it holds another history; ``Tampered`` where the source's records changed since they were
    committed. Sections that were erased meanwhile are left out.
    """
    if target.size > source.size or root_at(source, target.size) != target.forest.root():
        raise Refused(
            f"the {target.size} records that are there already are not of this log: nothing was copied"
        )
    last = target.last_seal()
    notes = {seal.size: seal.note for seal in source.seals() if last is None or seal.size > last.size}
    for stop in sorted({*notes, source.size}):
        while target.size < stop:
            batch = list(source.entries(target.size, min(target.size + CHUNK, stop)))
            target.append(batch, target.size)
            if progress:
                progress(target.size, source.size)
        if stop in notes:
            target.seal(notes[stop])
    target.hold(source.documents())
    if target.forest.root() != source.forest.root():
        raise Tampered("the records to copy are not the ones that were committed: some changed; run fsck")
