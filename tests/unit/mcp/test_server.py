"""The tools for agents, asked by the protocol's own client and line by line."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

from ledger.app.access import tokens
from ledger.app.book.book import Book
from ledger.app.mcp.server import TOOLS, answered
from ledger.app.web.service import Service, ServiceSettings
from tests.support.serving import world

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return world(tmp_path_factory.mktemp("mcp") / "book")


@pytest.fixture
def service(directory: Path) -> Iterator[Service]:
    found = Service(ServiceSettings(directory, read_only=True))
    yield found
    found.close()


def program(directory: Path) -> StdioServerParameters:
    return StdioServerParameters(
        command=sys.executable,
        args=["-m", "ledger.app", "--book", str(directory), "mcp"],
        env={"PYTHONPATH": str(ROOT)},
    )


def by_client(directory: Path, asked: Callable[[Client], Awaitable[Any]]) -> Any:
    """What the protocol's client of 2026 is answered by the program."""

    async def run() -> Any:
        async with Client(program(directory)) as client:
            return await asked(client)

    return asyncio.run(run())


def test_the_client_of_2026_lists_every_tool(directory: Path) -> None:
    async def asked(client: Client) -> Any:
        return client.session.protocol_version, [tool.name for tool in (await client.list_tools()).tools]

    assert by_client(directory, asked) == ("2026-07-28", list(TOOLS))


def test_the_client_reads_a_report_as_text_and_as_json(directory: Path) -> None:
    async def asked(client: Client) -> Any:
        return await client.call_tool("get_report", {"name": "portfolio"})

    found = by_client(directory, asked)
    with Book.open(directory, write=False) as book:
        size = book.store.size
    assert (
        found.structured_content["known_at"]["size"],
        "(portfolio, definition" in found.content[0].text,
    ) == (
        size,
        True,
    )


def test_an_older_client_is_answered_in_its_own_revision(directory: Path) -> None:
    async def run() -> Any:
        async with stdio_client(program(directory)) as streams, ClientSession(*streams) as session:
            found = await session.initialize()
            return found.protocol_version, found.server_info.name

    assert asyncio.run(run()) == ("2025-11-25", "wattledger")


def answer(service: Service, message: Any, secret: str | None = None) -> Any:
    line = message if isinstance(message, bytes) else json.dumps({"jsonrpc": "2.0", **message}).encode()
    return asyncio.run(answered(service, secret, line))


def call(name: str, /, **given: Any) -> dict[str, Any]:
    return {"id": 1, "method": "tools/call", "params": {"name": name, "arguments": given}}


def test_a_mistyped_argument_is_told_with_what_would_be_right(service: Service) -> None:
    found = answer(service, call("get_report", name="portfolio", sit="s1"))["result"]
    assert (found["isError"], found["content"][0]["text"]) == (
        True,
        "no parameter is called 'sit'; did you mean site?",
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"[" * 100_000, -32700),
        (b"{}", -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":"no/such"}', -32601),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"erase"}}', -32602),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', -32600),
    ],
    ids=["depth", "no version", "no method", "no tool", "a list of parameters"],
)
def test_what_is_no_request_is_answered_with_its_code(line: bytes, code: int, service: Service) -> None:
    assert answer(service, line)["error"]["code"] == code


def test_a_notification_is_not_answered(service: Service) -> None:
    assert answer(service, {"method": "notifications/initialized"}) is None


def test_a_token_sees_through_the_tools_what_it_may_read(tmp_path: Path) -> None:
    directory = world(tmp_path / "book")
    with Book.open(directory, write=True) as book:
        secret = tokens.grant(book, "grid", "auditor", ("stream=s1/grid",), 3, b"s" * 32).secret
    service = Service(ServiceSettings(directory, read_only=True))
    try:
        found = answer(service, call("get_records", limit=1000), secret)["result"]["structuredContent"]
    finally:
        service.close()
    assert {record["stream"] for record in found["records"]} == {"s1/grid"}


def test_no_tool_changes_the_book() -> None:
    assert not [name for name in TOOLS if not name.startswith(("get_", "verify_"))]
