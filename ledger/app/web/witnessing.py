"""The service as a witness of other logs (C2SP tlog-witness): its key, the state file of what it cosigned last, and
the logs that it knows.

It is a role of this machine, not of the book: the book's own log has other witnesses. Requests are judged one after
the other, and a cosignature is durable before it leaves (``proofs/cosignatures``).
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ledger.app.proofs.cosignatures import judged, read_witness
from ledger.errors import Malformed
from ledger.log.witness import Witness, WitnessAnswer
from ledger.verifier.faults import ProofError
from ledger.verifier.keys import COSIGNATURE, parse_vkey
from ledger.verifier.policy import is_full_log


class WitnessSettings(NamedTuple):
    """Files and keys of a witness: its key, its state, the verifier keys of the logs that it cosigns, and the
    folder that a web server shows to monitors.
    """

    key: Path
    state: Path
    logs: tuple[str, ...]
    publish: Path | None = None


class WitnessDesk:
    """A witness that answers; ``Malformed`` where its key or those of the logs cannot be used."""

    def __init__(self, settings: WitnessSettings) -> None:
        self._settings, self._witness = settings, read_witness(settings.key)
        if is_full_log(parse_vkey(self._witness.vkey, COSIGNATURE)):
            raise Malformed(
                f"{self._witness.name} is the key of a full-log witness: it cosigns with the whole log beside it"
                " (wattledger cosign --log), not over HTTP"
            )
        for line in settings.logs:
            try:
                parse_vkey(line)
            except ProofError as why:
                raise Malformed(f"--witness-log: {why}") from None

    @property
    def witness(self) -> Witness:
        """Who cosigns."""
        return self._witness

    def answer(self, request: bytes, time_s: int) -> WitnessAnswer:
        """The answer to a request, and what it changes is kept."""
        held = self._settings
        return judged(request, held.logs, self._witness, held.state, time_s, publish=held.publish)
