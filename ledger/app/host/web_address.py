"""Web addresses as a person types them: split, and refused where they are none."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from ledger.errors import Malformed


def split_address(url: str, none: str, form: str) -> SplitResult:
    """The parts of an http or https address with a host; ``Malformed`` begins with ``none`` where it cannot be
    parsed, and with ``form`` where it is another address.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as why:
        raise Malformed(f"{none} ({why}): {url[:200]!r}") from None
    if (
        parts.scheme not in ("http", "https")
        or not host
        or any(c.isspace() or not c.isprintable() for c in url)
    ):
        raise Malformed(f"{form}: {url[:200]!r}")
    return parts
