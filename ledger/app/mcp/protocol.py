"""The Model Context Protocol over standard input and output, as much of it as read-only tools need: JSON-RPC
2.0, one message a line.

Two eras are answered. A client of 2026-07-28 asks ``server/discover`` and names its version in the ``_meta``
of every request; an older one (2024-11-05 to 2025-11-25) begins with ``initialize``. Source: the
specification's schemas of these revisions, and the reference client (mcp 2.3.0 and 1.x), which the tests run.
"""

from __future__ import annotations

from typing import Any, Final

LATEST: Final = "2026-07-28"
EARLIER: Final = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
VERSION_KEY: Final = "io.modelcontextprotocol/protocolVersion"
SERVER_KEY: Final = "io.modelcontextprotocol/serverInfo"
PARSE_ERROR: Final = -32700
INVALID_REQUEST: Final = -32600
NO_METHOD: Final = -32601
INVALID_PARAMS: Final = -32602
NO_VERSION: Final = -32022


class RpcError(Exception):
    """A request that is answered with a JSON-RPC error."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code, self.data = code, data


def is_modern(params: dict[str, Any]) -> bool:
    """True where a request is of the revision of 2026; ``RpcError`` for a later one, which is not known."""
    meta = params.get("_meta")
    version = meta.get(VERSION_KEY) if isinstance(meta, dict) else None
    if version is None or version in EARLIER:
        return False
    if version != LATEST:
        data = {"supported": [LATEST, *EARLIER], "requested": str(version)[:80]}
        raise RpcError(NO_VERSION, "unsupported protocol version", data)
    return True


def server_info(version: str) -> dict[str, str]:
    """Name and version of this server."""
    return {"name": "wattledger", "title": "wattledger", "version": version}


def discovered(version: str, instructions: str) -> dict[str, Any]:
    """The answer to ``server/discover``."""
    return {
        "supportedVersions": [LATEST],
        "capabilities": {"tools": {}},
        "instructions": instructions,
        "_meta": {SERVER_KEY: server_info(version)},
    }


def initialized(params: dict[str, Any], version: str, instructions: str) -> dict[str, Any]:
    """The answer to ``initialize``: the client's revision where it is known, else the newest of its era."""
    asked = params.get("protocolVersion")
    return {
        "protocolVersion": asked if asked in EARLIER else EARLIER[0],
        "capabilities": {"tools": {}},
        "serverInfo": server_info(version),
        "instructions": instructions,
    }


def complete(result: dict[str, Any], *, modern: bool, cached: bool = False) -> dict[str, Any]:
    """A result in the form of its era."""
    if not modern:
        return result
    caching = {"ttlMs": 0, "cacheScope": "private"} if cached else {}
    return {**result, "resultType": "complete", **caching}
