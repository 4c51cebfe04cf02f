"""Checkpoints to a mailbox file (mbox, RFC 4155): a message each, which any mail program reads and forwards."""

from __future__ import annotations

import mailbox
import os
import re
from contextlib import closing
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Final

from ledger.app.anchor.checkpoint import OutgoingCheckpoint
from ledger.app.host.receivers import NotTold
from ledger.errors import Malformed

ID_HOST: Final = "anchor.wattledger.invalid"
_HOST: Final = re.compile(r"[A-Za-z0-9.-]+")


class MailboxDestination:
    """A mailbox file; it is made where it is missing, in a folder that is there."""

    def __init__(self, address: str, allow_private: bool) -> None:
        self._path = Path(address)
        if self._path.is_dir():
            raise Malformed(f"--mailbox is a file, not a folder: {address}")
        self.where = f"mailbox {address}"

    def send(self, checkpoint: OutgoingCheckpoint) -> None:
        """Add the message, durably, unless it is there."""
        made = message(checkpoint)
        try:
            with closing(mailbox.mbox(self._path)) as box:
                box.lock()
                try:
                    if not _holds(self._path, made["Message-ID"]):
                        box.add(made)
                        box.flush()
                        _sync(self._path)
                finally:
                    box.unlock()
        except (OSError, mailbox.Error) as why:
            raise NotTold(f"{self._path}: {why}", all_wait=True) from None


def message(checkpoint: OutgoingCheckpoint) -> EmailMessage:
    """The message: the note is its whole body."""
    host = _HOST.match(checkpoint.origin)
    found = EmailMessage()
    found["From"] = f"wattledger <wattledger@{ID_HOST if host is None else host[0]}>"
    found["Subject"] = f"checkpoint of {checkpoint.origin} over {checkpoint.size} records"
    found["Date"] = format_datetime(datetime.fromisoformat(checkpoint.rec))
    found["Message-ID"] = f"<{checkpoint.key}@{ID_HOST}>"
    found.set_content(checkpoint.note, cte="8bit")
    return found


def _holds(path: Path, message_id: str) -> bool:
    with path.open("rb") as file:
        return any(message_id.encode() in line for line in file if line.lower().startswith(b"message-id:"))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
