"""The limit of posts: the server stack that the ledger uses (Starlette on uvicorn, its parser and loop) reads the
same bodies and answers an empty 201; nothing is decoded, decided or kept.

    python -m tools.speed.empty
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from tools.speed.stack import serve


async def post(request: Request) -> Response:
    """Read the body."""
    await request.body()
    return Response(b"", 201)


def main() -> None:
    """Serve until it is ended."""
    serve(post)


if __name__ == "__main__":
    main()
