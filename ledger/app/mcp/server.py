"""The server of the tools: a message a line in, its answer a line out, in order, until the input ends."""

from __future__ import annotations

import asyncio
import logging
from importlib.metadata import version
from typing import Any, BinaryIO, Final

import msgspec

from ledger.app.mcp import protocol
from ledger.app.mcp.protocol import RpcError
from ledger.app.mcp.tools import READING, failed
from ledger.app.mcp.verify_tool import VERIFY
from ledger.app.web.auth import LOCAL, Principal
from ledger.app.web.service import Service, ServiceSettings
from ledger.errors import Malformed
from ledger.records.strict_json import parse_json

LOG: Final = logging.getLogger("wattledger.mcp")
TOOLS: Final = {tool.name: tool for tool in (*READING, VERIFY)}
LINE_BYTES: Final = 1 << 20
INSTRUCTIONS: Final = (
    "Reads a wattledger book: an append-only log of what happened at power sites, and reports made from it."
    " Begin with get_reports. Every report takes as_of (facts up to an instant) and known_at (what had been"
    " recorded by then). get_explanation takes a figure down to its records. Nothing can be changed here."
)


async def serve(settings: ServiceSettings, secret: str | None, lines: BinaryIO, out: BinaryIO) -> None:
    """Answer until the input ends. ``secret`` is a token's; without one the caller is the local user."""
    service = Service(settings._replace(read_only=True))
    try:
        while line := await asyncio.to_thread(lines.readline, LINE_BYTES + 1):
            answer = await answered(service, secret, line)
            if answer is not None:
                out.write(msgspec.json.encode(answer) + b"\n")
                out.flush()
    finally:
        service.close()


async def answered(service: Service, secret: str | None, line: bytes) -> dict[str, Any] | None:
    """The answer to a line; None to a notification, and to an answer, since nothing was asked of the
    client.
    """
    number: object = None
    try:
        message = _message(line)
        number, method = message.get("id"), message.get("method")
        if method is None or "id" not in message:
            return None
        params = message.get("params", {})
        if not isinstance(method, str) or not isinstance(params, dict) or not isinstance(number, int | str):
            raise RpcError(protocol.INVALID_REQUEST, "id, method or params is malformed")
        return {"jsonrpc": "2.0", "id": number, "result": await _result(service, secret, method, params)}
    except RpcError as why:
        error = {"code": why.code, "message": str(why)}
        return {
            "jsonrpc": "2.0",
            "id": number,
            "error": error if why.data is None else {**error, "data": why.data},
        }


def _message(line: bytes) -> dict[str, Any]:
    if len(line) > LINE_BYTES:
        raise RpcError(protocol.PARSE_ERROR, f"a message has at most {LINE_BYTES:,} bytes")
    try:
        message = parse_json(line)
    except Malformed as why:
        raise RpcError(protocol.PARSE_ERROR, str(why)) from None
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        raise RpcError(protocol.INVALID_REQUEST, "a message is a JSON-RPC 2.0 object")
    return message


async def _result(
    service: Service, secret: str | None, method: str, params: dict[str, Any]
) -> dict[str, Any]:
    program = version("wattledger")
    if method == "initialize":
        return protocol.initialized(params, program, INSTRUCTIONS)
    modern = protocol.is_modern(params)
    if method == "server/discover":
        found = protocol.discovered(program, INSTRUCTIONS)
        return protocol.complete(found, modern=True, cached=True)
    if method == "ping":
        return protocol.complete({}, modern=modern)
    if method == "tools/list":
        tools = [{"name": t.name, "description": t.what, "inputSchema": t.schema} for t in TOOLS.values()]
        return protocol.complete({"tools": tools}, modern=modern, cached=True)
    if method == "tools/call":
        return protocol.complete(await _called(service, secret, params), modern=modern)
    raise RpcError(protocol.NO_METHOD, f"no method is called {method[:80]!r}")


async def _called(service: Service, secret: str | None, params: dict[str, Any]) -> dict[str, Any]:
    tool, given = TOOLS.get(str(params.get("name"))), params.get("arguments") or {}
    if tool is None or not isinstance(given, dict):
        raise RpcError(protocol.INVALID_PARAMS, f"no tool is called {str(params.get('name'))[:80]!r}")
    try:
        return await tool.call(service, await _principal(service, secret), given)
    except Exception:
        LOG.exception("%s failed", tool.name)
        return failed("the tool failed unexpectedly; the server's log has the details")


async def _principal(service: Service, secret: str | None) -> Principal:
    """The caller as of now: a revoked token is void at the next call."""
    if secret is None:
        return LOCAL
    return await service.readers.ask(lambda book: service.ring.principal(book, secret, open_to_local=False))
