"""Checkpoints to a folder, such as a mounted share of another party: a file ``SIZE.checkpoint`` each."""

from __future__ import annotations

from pathlib import Path

from ledger.app.anchor.checkpoint import OutgoingCheckpoint
from ledger.app.host.files import PUBLIC, write_new
from ledger.app.host.receivers import NotTold
from ledger.errors import Malformed
from ledger.verifier.faults import NOTE_LIMIT


class FolderDestination:
    """A folder, which must be there: a share that is not mounted is not made anew on this disk."""

    def __init__(self, address: str, allow_private: bool) -> None:
        self._folder = Path(address)
        if self._folder.exists() and not self._folder.is_dir():
            raise Malformed(f"--folder is a folder: {address}")
        self.where = f"folder {address}"

    def newest(self, size: int) -> bytes | None:
        """The newest checkpoint in the folder over at most so many records."""
        try:
            sizes = [int(path.stem) for path in self._folder.glob("*.checkpoint") if path.stem.isdecimal()]
            held = max((each for each in sizes if each <= size), default=None)
            if held is None:
                return None
            with (self._folder / f"{held}.checkpoint").open("rb") as file:
                return file.read(NOTE_LIMIT)
        except OSError:  # sending says why
            return None

    def send(self, checkpoint: OutgoingCheckpoint) -> None:
        """Write the file; one that holds another checkpoint of this size is left, and told."""
        path = self._folder / f"{checkpoint.size}.checkpoint"
        data = checkpoint.note.encode()
        try:
            write_new(path, data, PUBLIC)
        except FileExistsError:
            if path.read_bytes() != data:
                raise NotTold(
                    f"{path} holds another checkpoint over {checkpoint.size} records: a second history, or"
                    " another log. Next: wattledger verify --anchor",
                    all_wait=True,
                ) from None
        except OSError as why:
            raise NotTold(f"{why.filename or path}: {why.strerror or why}", all_wait=True) from None
