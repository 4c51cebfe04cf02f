"""The command ``mcp``."""

from __future__ import annotations

import sys

import click

from ledger.app.cli.book_path import book_path
from ledger.app.cli.options import common

TOKEN_VARIABLE = "WATTLEDGER_TOKEN"


@click.command()
@common
@click.pass_context
def mcp(ctx: click.Context) -> None:
    """Answer an AI agent's questions about the book (MCP).

    It speaks the Model Context Protocol over standard input and output. The tools only read: reports,
    explanations, the state at an instant, differences, records, proofs. With a token in the variable
    WATTLEDGER_TOKEN they see what the token may read, else the whole book.
    """
    import asyncio
    import os

    from ledger.app.host.memory import for_a_long_run
    from ledger.app.mcp.server import serve
    from ledger.app.web.service import ServiceSettings

    for_a_long_run()
    secret = os.environ.get(TOKEN_VARIABLE) or None
    asyncio.run(serve(ServiceSettings(book_path(ctx)), secret, sys.stdin.buffer, sys.stdout.buffer))
