"""Which addresses alerts may go to: the public internet, and nothing that hides inside one of its addresses."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest

from ledger.app.host.receivers import NotTold, is_public
from ledger.app.watch.targets import WebhookTarget
from ledger.errors import Malformed

PRIVATE = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "224.0.0.1",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_a_private_network_is_none_of_the_public_one(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def names(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def found(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)


def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which of its addresses is called would be chance."""
    names(monkeypatch, "93.184.216.34", "10.0.0.1")
    with pytest.raises(Malformed, match=r"hooks\.example is 10\.0\.0\.1"):
        WebhookTarget("https://hooks.example/")


def test_a_name_that_leads_to_this_machine_later_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name was public when the watch began."""
    names(monkeypatch, "93.184.216.34")
    target = WebhookTarget("https://hooks.example/")
    names(monkeypatch, "127.0.0.1")
    with pytest.raises(NotTold, match="an address of this machine"):
        target.tell({"alert": "a"})


def test_alerts_do_not_go_over_the_internet_in_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, "93.184.216.34")
    with pytest.raises(Malformed, match="use https://hooks"):
        WebhookTarget("http://hooks.example/", allow_private=True)
