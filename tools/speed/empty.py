"""The limit of posts: the server stack that the ledger uses (Starlette on uvicorn, its parser and loop) reads the
same bodies and answers an empty 201; nothing is decoded, decided or kept.

    python tools/speed/empty.py
"""

from __future__ import annotations

import socket

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


async def post(request: Request) -> Response:
    """Read the body."""
    await request.body()
    return Response(b"", 201)


def main() -> None:
    """Serve until it is ended."""
    starlette = Starlette(routes=[Route("/api/v1/records", post, methods=["POST"])])
    listening = socket.create_server(("127.0.0.1", 0), backlog=512)
    host, port = listening.getsockname()[:2]
    print(f"Serving http://{host}:{port}/", flush=True)
    config = uvicorn.Config(
        starlette, http="httptools", log_config=None, access_log=False, server_header=False
    )
    uvicorn.Server(config).run([listening])


if __name__ == "__main__":
    main()
