"""The verifier page (``ledger/verifier/verify.html``) filled in for a reader: the log's key, the streams that he
must be shown, and the bundle in the page itself, so that it can be kept as one file and opened anywhere.

Its checks are the same. The page says that the key was filled in by whoever handed it over, so that a careful
reader compares it with the key that he was given.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Sequence
from importlib import resources
from typing import Final

ROOM: Final = "ledger.verifier"
PAGE: Final = "verify.html"
_KEY: Final = '<input id="key" name="key" type="text"'
_KEY_HELP: Final = re.compile(r'(<p id="key-help" class="help">).*?(</p>)')
_STREAMS: Final = re.compile(r'(<textarea id="streams"[^>]*>)(</textarea>)')
_POLICY: Final = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
_END: Final = "</main>"


def verifier_page(vkey: str | None, streams: Sequence[str], bundle: bytes = b"") -> bytes:
    """The page with what is known put in: no key, no streams and no bundle give the page as it is."""
    page = _page()
    if vkey is not None:
        told = "Filled in by whoever handed you this page: compare it with the key that you were given."
        page = page.replace(_KEY, f'{_KEY} value="{html.escape(vkey)}"', 1)
        page = _KEY_HELP.sub(lambda found: f"{found[1]}{told}{found[2]}", page, count=1)
    named = html.escape("\n".join(streams))
    page = _STREAMS.sub(lambda found: f"{found[1]}{named}{found[2]}", page, count=1)
    if bundle:
        held = f'<template id="given">{base64.b64encode(bundle).decode()}</template>\n'
        page = page.replace(_END, held + _END, 1)
    return page.encode()


def policy() -> str:
    """The content security policy that the page states for itself, for a server's header."""
    found = _POLICY.search(_page())
    assert found is not None, "the page states its policy"
    return found[1]


def _page() -> str:
    return resources.files(ROOM).joinpath(PAGE).read_text("utf-8")
