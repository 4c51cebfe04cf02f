"""Checkpoints to a syslog server: RFC 5424 messages with octet counts, over TLS (RFC 5425) to the internet and
over plain TCP (RFC 6587) to a private network, where that is allowed.

Syslog answers nothing. A message counts as taken when the server has closed the connection after ours, or
has kept it open without an error.
"""

from __future__ import annotations

import base64
import re
import socket
import ssl
from contextlib import closing, suppress
from typing import Final

from ledger.app.anchor.checkpoint import OutgoingCheckpoint
from ledger.app.host.receivers import TIMEOUT_S, Address, NotTold, addresses_of, is_public
from ledger.errors import Malformed

AUDIT_NOTICE: Final = 13 * 8 + 5
ANSWER_S: Final = 2
ELEMENT: Final = "wattledger@32473"
_PLACE: Final = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([^\s:\[\]]+)):([0-9]{1,5})")


class SyslogDestination:
    """A host and port."""

    def __init__(self, address: str, allow_private: bool) -> None:
        found = _PLACE.fullmatch(address)
        if found is None or not 0 < int(found[3]) < 65_536:
            raise Malformed(f"--syslog is HOST:PORT, such as logs.example.com:6514: {address[:200]!r}")
        self._host, self._port = found[1] or found[2], int(found[3])
        self._allow_private = allow_private
        self.where = f"syslog {address}"
        with suppress(NotTold):
            self._addresses()  # an address that may not be called is refused before anything is sent

    def _addresses(self) -> list[Address]:
        return addresses_of(self._host, self._port, "checkpoints", allow_private=self._allow_private)

    def send(self, checkpoint: OutgoingCheckpoint) -> None:
        """Send it in a connection of its own."""
        try:
            address = self._addresses()[0]
        except Malformed as why:  # its name leads elsewhere since
            raise NotTold(str(why), all_wait=True) from None
        line = message(checkpoint)
        try:
            with closing(self._connected(address)) as connection:
                connection.sendall(f"{len(line)} ".encode() + line)
                if not isinstance(connection, ssl.SSLSocket):
                    connection.shutdown(socket.SHUT_WR)
                    connection.settimeout(ANSWER_S)
                    _wait_for_end(connection)
        except OSError as why:
            raise NotTold(f"{self._host} cannot be reached: {why}", all_wait=True) from None

    def _connected(self, address: Address) -> socket.socket:
        plain = socket.create_connection((str(address), self._port), TIMEOUT_S)
        if not is_public(address):
            return plain
        try:
            return ssl.create_default_context().wrap_socket(plain, server_hostname=self._host)
        except BaseException:
            plain.close()
            raise


def _wait_for_end(connection: socket.socket) -> None:
    """Let the server close the connection; a reset is an error, a server that keeps it open is not."""
    try:
        while connection.recv(1_024):
            pass
    except TimeoutError:
        return


def message(checkpoint: OutgoingCheckpoint) -> bytes:
    """The message: origin, size and root as structured data, the note in base64."""
    host = re.sub(r"[^!-~]", "", checkpoint.origin.partition("/")[0])[:255] or "-"
    fields = {"origin": checkpoint.origin, "size": str(checkpoint.size), "root": checkpoint.root}
    data = " ".join(f'{name}="{_escaped(value)}"' for name, value in fields.items())
    note = base64.b64encode(checkpoint.note.encode()).decode()
    return f"<{AUDIT_NOTICE}>1 {checkpoint.rec} {host} wattledger - checkpoint [{ELEMENT} {data}] {note}".encode()


def _escaped(value: str) -> str:
    return re.sub(r'(["\\\]])', r"\\\1", value)
