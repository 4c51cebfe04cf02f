"""Cosign a checkpoint of another log (C2SP tlog-witness)."""

from __future__ import annotations

from ledger.app.host.clock import Machine
from ledger.app.web.routes import TEXT, ApiCall, Reply
from ledger.errors import Malformed


async def post_checkpoint(call: ApiCall) -> Reply:
    """The cosignature, or the status and the text that the protocol has for a refusal."""
    desk, clock = call.service.witness, call.service.settings.surroundings or Machine()
    if desk is None:
        return Reply(b"this service is no witness; start it with --witness-key\n", TEXT, 404)
    try:
        found = await call.service.parse(lambda: desk.answer(call.body, clock.now_us() // 1_000_000))
    except Malformed as why:
        return Reply(f"{why}\n".encode(), TEXT, 400)
    exact = (("Content-Type", found.content_type),)  # the protocol knows no charset on its own types
    return Reply(found.body, found.content_type, found.status, exact)
