"""Files that pages load: the one style sheet, and scripts of this room's ``static``.

An address carries the hash of the content, so that a browser keeps a file for good and never shows a page with
the style of another version.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

from ledger.app.delivery.page_templates import DRAWINGS, environment, markup
from ledger.app.web.routes import ApiCall, Reply, RouteParameter

ROOM: Final = "ledger.app.web"
SHEET: Final = "service.css"
CSS: Final = "text/css; charset=utf-8"
SCRIPT: Final = "text/javascript; charset=utf-8"
ICON: Final = "image/svg+xml"
TYPES: Final = {"css": CSS, "js": SCRIPT, "svg": ICON}
FILES: Final = (
    SHEET,
    *sorted(file.name for file in resources.files(ROOM).joinpath("static").iterdir() if file.is_file()),
)
FILE: Final = RouteParameter(
    "file", "a file of the pages", in_path=True, required=True, choices=FILES, example=SHEET
)
VERSION: Final = RouteParameter("v", "the first digits of its SHA-256, as pages give it")


class StaticFile(NamedTuple):
    """A file with the hash that its address carries."""

    content: bytes
    version: str
    media_type: str


@cache
def static_file(name: str) -> StaticFile:
    """A file of ``FILES``."""
    if name == SHEET:
        content = environment(ROOM).get_template(SHEET).render(drawings=markup(DRAWINGS)).encode()
    else:
        content = resources.files(ROOM).joinpath("static", name).read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:16]
    return StaticFile(content, digest, TYPES[name.rpartition(".")[2]])


def address_of(name: str) -> str:
    """The address that a page loads a file from."""
    return f"/static/{name}?v={static_file(name).version}"


async def get_static(call: ApiCall) -> Reply:
    """A file; 304 where the browser has it already."""
    found = static_file(call.said("file"))
    tag = f'"{found.version}"'
    kept = "public, max-age=31536000, immutable" if call.text("v") == found.version else "no-cache"
    headers = (("ETag", tag), ("Cache-Control", kept))
    if tag in call.headers.get("if-none-match", ""):
        return Reply(b"", found.media_type, 304, headers)
    return Reply(found.content, found.media_type, 200, headers)
