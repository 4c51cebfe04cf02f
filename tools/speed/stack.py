"""The server stack of the ledger (Starlette on uvicorn, its parser and loop) with another answer to a post."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def serve(post: Callable[[Request], Awaitable[Response]]) -> None:
    """Answer posts of records at a free port, which is told on standard output, until it is ended."""
    starlette = Starlette(routes=[Route("/api/v1/records", post, methods=["POST"])])
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    host, port = listening.getsockname()[:2]
    print(f"Serving http://{host}:{port}/", flush=True)
    config = uvicorn.Config(
        starlette, http="httptools", log_config=None, access_log=False, server_header=False
    )
    uvicorn.Server(config).run([listening])
