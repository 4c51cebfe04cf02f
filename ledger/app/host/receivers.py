"""Receivers on other machines: where a name leads, which addresses may be called, and a webhook.

A name is looked up once for each call and the address that was checked is the one that is called, so that a
name cannot lead to this machine or its network after the check. Neither a proxy nor a redirect is followed.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from contextlib import suppress
from typing import Final
from urllib.parse import SplitResult

from ledger.app.host.web_address import split_address
from ledger.errors import Malformed

TIMEOUT_S: Final = 30
NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotTold(Exception):
    """A message was not taken; ``all_wait`` where the next would not be either, ``after_s`` where the receiver
    asks for a delay.
    """

    def __init__(self, message: str, *, all_wait: bool = False, after_s: int | None = None) -> None:
        super().__init__(message)
        self.all_wait, self.after_s = all_wait, after_s


class Webhook:
    """An address that JSON is posted to; an answer of 200 to 299 means that it was taken. ``what`` is what
    messages call that which is sent.
    """

    def __init__(self, url: str, *, allow_private: bool = False, what: str = "alerts") -> None:
        self._parts = _parts(url)
        self.host = str(self._parts.hostname)
        self._allow_private, self._what = allow_private, what
        self._trusted = ssl.create_default_context()
        with suppress(NotTold):
            self._address()  # what may not be called is told at once

    def post(self, content: bytes, key: str) -> None:
        """Post it under a key by which a receiver drops a duplicate; ``NotTold`` unless it was taken."""
        import httpx  # only where something is sent: it took half of the start of each command

        headers = {
            "Host": self._parts.netloc.rpartition("@")[2],
            "Content-Type": "application/json",
            "Idempotency-Key": key,
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
                    content=content,
                    headers=headers,
                    extensions={"sni_hostname": self.host},
                ) as answer,
            ):
                code, after = answer.status_code, answer.headers.get("Retry-After", "")
        except (httpx.HTTPError, httpx.InvalidURL) as why:
            told = str(why) or type(why).__name__
            raise NotTold(f"{self.host} cannot be reached: {told}", all_wait=True) from None
        if 200 <= code < 300:
            return
        after_s = min(int(after), 3600) if after.isdecimal() and len(after) < 6 else None
        elsewhere = "; a redirect is not followed" if 300 <= code < 400 else ""
        raise NotTold(
            f"{self.host} answers {code}{elsewhere}", all_wait=code == 429 or code >= 500, after_s=after_s
        )

    def _address(self) -> Address:
        """The first address of the host; ``Malformed`` where one may not be called."""
        port = self._parts.port or (443 if self._parts.scheme == "https" else 80)
        addresses = addresses_of(self.host, port, self._what, allow_private=self._allow_private)
        if self._parts.scheme == "http" and any(map(is_public, addresses)):
            raise Malformed(
                f"{self._what} go over a public network by https only: use https://{self.host}..."
            )
        return addresses[0]


def addresses_of(host: str, port: int, what: str, *, allow_private: bool) -> list[Address]:
    """Where a name leads; ``NotTold`` where it leads nowhere now, ``Malformed`` where one of its addresses may
    not be called.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as why:
        raise NotTold(f"{host} is not found: {why}", all_wait=True) from None
    addresses = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    near = [address for address in addresses if not is_public(address)]
    if near and not allow_private:
        raise Malformed(
            f"{host} is {near[0]}, an address of this machine or of a private network; add"
            f" --allow-private if {what} may go there"
        )
    return addresses


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
