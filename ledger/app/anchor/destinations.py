"""The list of destinations: a new one is one file here and one line in ``DESTINATIONS``; options of the command
and settings of ``book.toml`` follow from it.

[[anchor]]                                # may be repeated; wattledger serve sends each checkpoint there
webhook = "https://anchor.example.com/wattledger"

[[anchor]]
syslog = "10.0.0.7:514"
allow_private = true                      # an address of this machine or of a private network
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from ledger.app.anchor.checkpoint import AnchorDestination
from ledger.app.anchor.folder import FolderDestination
from ledger.app.anchor.mailbox import MailboxDestination
from ledger.app.anchor.syslog import SyslogDestination
from ledger.app.anchor.webhook import WebhookDestination
from ledger.errors import Malformed


class DestinationKind(NamedTuple):
    """A kind of destination: its name, the form of its address, help, and how it is made of its address."""

    name: str
    form: str
    what: str
    made: Callable[[str, bool], AnchorDestination]


DESTINATIONS: Final = (
    DestinationKind(
        "webhook", "URL", "Post each checkpoint as JSON to this https address.", WebhookDestination
    ),
    DestinationKind(
        "syslog", "HOST:PORT", "Send each to this syslog server (RFC 5424, TLS).", SyslogDestination
    ),
    DestinationKind(
        "folder", "DIR", "Write each into this folder, such as another party's share.", FolderDestination
    ),
    DestinationKind("mailbox", "FILE", "Add each to this mailbox file (mbox).", MailboxDestination),
)
PRIVATE: Final = "allow_private"


class NamedDestination(NamedTuple):
    """A destination with the name that its deliveries are remembered by, which tells nothing of its address."""

    id: str
    to: AnchorDestination


def destination(kind: DestinationKind, address: str, allow_private: bool) -> NamedDestination:
    """A destination of a kind; ``Malformed`` where its address is none, or may not be called."""
    digest = hashlib.sha256(os.fsencode(f"{kind.name} {address}")).hexdigest()
    return NamedDestination(digest[:16], kind.made(address, allow_private))


def of_settings(settings: Sequence[Mapping[str, Any]]) -> list[NamedDestination]:
    """The destinations of ``book.toml``; ``Malformed`` where a table names none, or something else."""
    found = []
    for table in settings:
        kinds = [kind for kind in DESTINATIONS if kind.name in table]
        others = sorted(set(table) - {kind.name for kind in DESTINATIONS} - {PRIVATE})
        if len(kinds) != 1 or others or not isinstance(table.get(PRIVATE, False), bool):
            names = ", ".join(kind.name for kind in DESTINATIONS)
            raise Malformed(
                f"book.toml: each [[anchor]] has one of {names}, and {PRIVATE} = true where that is meant;"
                f" not {', '.join(table) or 'nothing'}"
            )
        address = table[kinds[0].name]
        if not isinstance(address, str) or not address:
            raise Malformed(f"book.toml: [[anchor]] {kinds[0].name} is text: {address!r}")
        found.append(destination(kinds[0], address, table.get(PRIVATE, False)))
    return found
