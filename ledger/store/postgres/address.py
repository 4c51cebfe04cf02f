"""Where a book's records are in PostgreSQL: a connection URL as libpq reads it, and the schema that holds them.

``postgresql://wattledger@db.example.com/ledger?schema=north``: ``schema`` is ours (default ``wattledger``) and is
taken out before libpq sees the rest. The URL is kept in ``book.toml``, so it holds no password: libpq finds that
in PGPASSFILE, in ``~/.pgpass`` or through a service file. A URL may name several hosts; with
``target_session_attrs=read-write`` writers find the one that was promoted.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from ledger.errors import Malformed

SCHEMA: Final = "wattledger"
ROLE: Final = "wattledger"
SECRETS: Final = ("password", "sslpassword", "oauth_client_secret")
_NAME: Final = re.compile("[a-z_][a-z0-9_]{0,62}")


class Address(NamedTuple):
    """A database for libpq, the schema in it, the role that logs in, and the URL as it was written."""

    conninfo: str
    schema: str
    role: str
    url: str


def parsed(url: str) -> Address:
    """The address that a URL names; ``Malformed`` where it holds a secret or cannot be one."""
    try:
        parts = urlsplit(url)
        given = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError as why:
        raise _no_address(url.partition("?")[0].rpartition("@")[2], str(why)) from None
    user, at, hosts = parts.netloc.rpartition("@")
    name, colon, _ = user.partition(":")
    for secret in SECRETS:
        if secret in dict(given) or colon:
            raise Malformed(
                f"the address of a book holds no {'password' if colon else secret}, since book.toml keeps it:"
                " put the password into ~/.pgpass, into the file that PGPASSFILE names, or into a service"
                " (postgresql://?service=NAME)"
            )
    schema = dict(given).get("schema", SCHEMA)
    if not _NAME.fullmatch(schema):
        raise _no_address(schema, "a schema's name has lower-case letters, digits and _, at most 63")
    rest = urlencode([(key, value) for key, value in given if key != "schema"], quote_via=quote)
    conninfo = urlunsplit(("postgresql", f"{name}{at}{hosts}", parts.path, rest, ""))
    if not parts.netloc:  # urlunsplit drops the slashes of an address without a host
        conninfo = f"postgresql://{parts.path}{'?' if rest else ''}{rest}"
    return Address(conninfo, schema, unquote(name) or dict(given).get("user") or ROLE, url)


def _no_address(what: str, why: str) -> Malformed:
    return Malformed(
        f"{what!r} is no address of a book in PostgreSQL ({why}): write"
        " postgresql://ROLE@HOST/DATABASE?schema=NAME"
    )
