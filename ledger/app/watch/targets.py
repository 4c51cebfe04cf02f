"""Receivers of alerts: a command that gets one as JSON on its standard input, or a webhook that it is posted
to (``host.receivers``). No datum becomes part of a command line.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
from typing import Any, Final, Protocol

import msgspec

from ledger.app.host.receivers import NotTold, Webhook
from ledger.errors import Malformed, inert

COMMAND_S: Final = 120
DETAIL: Final = 200


class AlertTarget(Protocol):
    """A receiver of alerts."""

    def tell(self, alert: dict[str, Any]) -> None:
        """Hand one over; ``NotTold`` unless it was taken."""
        ...


class CommandTarget:
    """A command, run once for each alert without a shell; exit code 0 means that it took the alert."""

    def __init__(self, command: str) -> None:
        try:
            self._words = shlex.split(command)
        except ValueError as why:
            raise Malformed(f"--exec is not a command ({why}): {command!r}") from None
        if not self._words or shutil.which(self._words[0]) is None:
            raise Malformed(f"--exec: no program is called {' '.join(self._words[:1])!r}")

    def tell(self, alert: dict[str, Any]) -> None:
        """Run it."""
        try:
            done = subprocess.run(
                self._words,
                input=msgspec.json.encode(alert) + b"\n",
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=COMMAND_S,
                check=False,
                start_new_session=True,  # Ctrl-C is for us: it would be ended in the middle of an alert
            )
        except subprocess.TimeoutExpired:
            raise NotTold(f"{self._words[0]} did not end within {COMMAND_S} s", all_wait=True) from None
        except OSError as why:
            raise NotTold(f"{self._words[0]}: {why.strerror}", all_wait=True) from None
        if done.returncode:
            told = inert(done.stderr.decode("utf-8", "replace").strip()[-DETAIL:])
            raise NotTold(f"{self._words[0]} ended with {done.returncode}{told and f': {told}'}")


class WebhookTarget:
    """An address that each alert is posted to; an answer of 200 to 299 means that it took the alert."""

    def __init__(self, url: str, *, allow_private: bool = False) -> None:
        self._hook = Webhook(url, allow_private=allow_private)

    def tell(self, alert: dict[str, Any]) -> None:
        """Post it."""
        self._hook.post(msgspec.json.encode(alert), alert["alert"])
