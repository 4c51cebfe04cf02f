"""Checkpoints to a webhook: each is posted as JSON, with its key as ``Idempotency-Key``."""

from __future__ import annotations

import msgspec

from ledger.app.anchor.checkpoint import OutgoingCheckpoint
from ledger.app.host.receivers import Webhook


class WebhookDestination:
    """An https address; an answer of 200 to 299 means that it took the checkpoint."""

    def __init__(self, address: str, allow_private: bool) -> None:
        self._hook = Webhook(address, allow_private=allow_private, what="checkpoints")
        self.where = f"webhook {self._hook.host}"

    def send(self, checkpoint: OutgoingCheckpoint) -> None:
        """Post it."""
        body = {
            "anchor": checkpoint.key,
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "root": checkpoint.root,
            "rec": checkpoint.rec,
            "checkpoint": checkpoint.note,
        }
        self._hook.post(msgspec.json.encode(body), checkpoint.key)
