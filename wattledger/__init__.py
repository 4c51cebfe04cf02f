"""wattledger in Python: open a book read-only, compute its reports, read its log.

    import wattledger

    with wattledger.open("demo-book") as book:
        uptime = book.report("uptime", period="2026-07")
        print(uptime.verdict)
        frame = uptime.to_pandas()

``wattledger help python`` is the guide. A failed call raises one of the errors below, with the message of the
command line. Every other module is internal and may change.
"""

from ledger.app.api import DisplayUnit, DueDay, LogEntry, OpenBook, ReportAnswer, open
from ledger.errors import (
    Conflict,
    Malformed,
    Refused,
    Tampered,
    UnknownOutcome,
    VerificationFailed,
    WattledgerError,
)

__all__ = [
    "Conflict",
    "DisplayUnit",
    "DueDay",
    "LogEntry",
    "Malformed",
    "OpenBook",
    "Refused",
    "ReportAnswer",
    "Tampered",
    "UnknownOutcome",
    "VerificationFailed",
    "WattledgerError",
    "open",
]
