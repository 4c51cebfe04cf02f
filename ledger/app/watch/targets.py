"""Receivers of alerts: a command that gets one as JSON on its standard input, or a webhook that it is posted
to.

No datum becomes part of a command line. A webhook is looked up once for each alert and the address that was
checked is the one that is called, so that a name cannot lead to this machine or its network after the check.
Neither a proxy nor a redirect is followed.
"""

from __future__ import annotations

import ipaddress
import shlex
import shutil
import socket
import ssl
import subprocess
from contextlib import suppress
from typing import Any, Final, Protocol
from urllib.parse import SplitResult

import httpx
import msgspec

from ledger.app.host.web_address import split_address
from ledger.errors import Malformed, inert

TIMEOUT_S: Final = 30
COMMAND_S: Final = 120
DETAIL: Final = 200
NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotTold(Exception):
    """An alert was not taken; ``all_wait`` where the next would not be either, ``after_s`` where the receiver
    asks for a delay.
    """

    def __init__(self, message: str, *, all_wait: bool = False, after_s: int | None = None) -> None:
        super().__init__(message)
        self.all_wait, self.after_s = all_wait, after_s


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
        self._parts = _parts(url)
        self._host = str(self._parts.hostname)
        self._allow_private = allow_private
        self._trusted = ssl.create_default_context()
        with suppress(NotTold):
            self._address()  # what may not be called is told at once

    def tell(self, alert: dict[str, Any]) -> None:
        """Post it."""
        headers = {
            "Host": self._parts.netloc.rpartition("@")[2],
            "Content-Type": "application/json",
            "Idempotency-Key": alert["alert"],
            "User-Agent": "wattledger",
        }
        try:
            address = self._address()
        except Malformed as why:  # its name leads elsewhere since
            raise NotTold(str(why), all_wait=True) from None
        url = self._parts._replace(netloc=_netloc(address, self._parts.port)).geturl()
        try:
            with (
                httpx.Client(verify=self._trusted, timeout=TIMEOUT_S, trust_env=False) as client,
                client.stream(
                    "POST",
                    url,
                    content=msgspec.json.encode(alert),
                    headers=headers,
                    extensions={"sni_hostname": self._host},
                ) as answer,
            ):
                code, after = answer.status_code, answer.headers.get("Retry-After", "")
        except (httpx.HTTPError, httpx.InvalidURL) as why:
            told = str(why) or type(why).__name__
            raise NotTold(f"{self._host} cannot be reached: {told}", all_wait=True) from None
        if 200 <= code < 300:
            return
        after_s = min(int(after), 3600) if after.isdecimal() and len(after) < 6 else None
        elsewhere = "; a redirect is not followed" if 300 <= code < 400 else ""
        raise NotTold(
            f"{self._host} answers {code}{elsewhere}", all_wait=code == 429 or code >= 500, after_s=after_s
        )

    def _address(self) -> Address:
        """The first address of the host; ``Malformed`` where one may not be called."""
        port = self._parts.port or (443 if self._parts.scheme == "https" else 80)
        try:
            found = socket.getaddrinfo(self._host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as why:
            raise NotTold(f"{self._host} is not found: {why}", all_wait=True) from None
        addresses = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
        near = [address for address in addresses if not is_public(address)]
        if near and not self._allow_private:
            raise Malformed(
                f"{self._host} is {near[0]}, an address of this machine or of a private network; add"
                " --allow-private if alerts may go there"
            )
        if self._parts.scheme == "http" and len(near) < len(addresses):
            raise Malformed(f"alerts go over a public network by https only: use https://{self._host}...")
        return addresses[0]


def is_public(address: Address) -> bool:
    """True for an address of the public internet, also where it embeds one of another family."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner and not is_public(inner):
            return False
    return address.is_global and not address.is_multicast


def _parts(url: str) -> SplitResult:
    parts = split_address(url, "--webhook is not an address", "--webhook is https://HOST[:PORT]/PATH")
    if parts.username is not None:
        raise Malformed(
            "--webhook must have no user: put a secret that identifies the sender into the path or the query"
        )
    return parts._replace(fragment="")


def _netloc(address: Address, port: int | None) -> str:
    host = f"[{address}]" if address.version == 6 else str(address)
    return host if port is None else f"{host}:{port}"
