"""Routes about the log as a whole, for programs of others: its tiles, and a witness of other logs. Their paths, bodies
and statuses are those of C2SP tlog-tiles and tlog-witness.
"""

from __future__ import annotations

from typing import Final

from ledger.app.web.api import tiles, witness
from ledger.app.web.routes import API, OCTETS, TEXT, Right, Route, RouteParameter
from ledger.errors import Malformed, Refused, Tampered

SIZE: Final = "text/x.tlog.size"
SEALED: Final = (Malformed, Refused, Tampered)


def _tile(what: str, example: str) -> RouteParameter:
    return RouteParameter("tile", what, in_path=True, required=True, example=example, rest=True)


LOG_ROUTES: Final = (
    Route(
        "GET",
        f"{API}/tile/entries/{{tile}}",
        "getEntries",
        "Show entries of the log, 256 to a bundle, for whoever reads every record.",
        Right.EVERY_RECORD,
        tiles.get_entries,
        (_tile("number of the bundle, such as x001/234, or 000.p/17 for its first 17", "000.p/1"),),
        answers=(OCTETS,),
        errors=SEALED,
    ),
    Route(
        "GET",
        f"{API}/tile/{{tile}}",
        "getTile",
        "Show a tile of the log's hashes.",
        Right.PROOFS,
        tiles.get_tile,
        (_tile("level and number, such as 0/x001/234, or 0/000.p/17 for its first 17", "0/000.p/1"),),
        answers=(OCTETS,),
        errors=SEALED,
    ),
    Route(
        "POST",
        f"{API}/add-checkpoint",
        "postCheckpoint",
        "Cosign a checkpoint of another log, where this service is a witness.",
        Right.OPEN,
        witness.post_checkpoint,
        bodies=((OCTETS, None), ("text/plain", None)),
        answers=(TEXT, SIZE),
        statuses=(200, 400, 403, 404, 409, 422),
    ),
)
