"""A whole log read by a witness who trusts nobody: every record is hashed again, every stream and the directory
are rebuilt, and all of it must be what the checkpoint commits to.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Final, cast

from ledger import kinds
from ledger.app.maintenance.export_reader import Following, Item, items
from ledger.errors import Malformed, Refused, VerificationFailed
from ledger.log.checkpoint import Checkpoint
from ledger.log.forest import Forest
from ledger.store.port import Store


class NoRecords:
    """What a witness holds of a log before reading it: nothing."""

    size: Final = 0

    def __init__(self) -> None:
        self.forest = Forest()

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """No leaves."""
        return iter(())

    def read_stream(self, number: int, start: int, stop: int | None) -> Iterator[bytes]:
        """No leaves."""
        return iter(())


def check_whole(path: Path, checkpoint: Checkpoint) -> None:
    """Raise unless an export holds the log that a checkpoint commits to, from its first record to its last.

    Every heads record must commit to the streams as they were before it. The last must be one, since readers
    rely on the directory it commits to. Records after the checkpoint are not read.
    """
    try:
        with path.open("rb") as file:
            following = Following(cast(Store, NoRecords()), checkpoint.origin, str(path), [checkpoint])
            last = deque(following.new(_until(items(file, str(path)), checkpoint.size)), maxlen=1)
    except OSError as why:
        raise Malformed(f"{path}: cannot be read: {why.strerror or why}") from None
    except (Malformed, Refused) as why:
        raise VerificationFailed(f"not cosigned: log: {why}") from None
    if not last or not isinstance(last[0].record.body, kinds.LedgerHeads):
        raise VerificationFailed(
            f"not cosigned: log: {path}: record {checkpoint.size - 1}, the last of the checkpoint, commits to no"
            " streams (it is no ledger-heads record)"
        )


def _until(found: Iterator[Item], size: int) -> Iterator[Item]:
    for item in found:
        if item.record.index >= size:
            return
        yield item
