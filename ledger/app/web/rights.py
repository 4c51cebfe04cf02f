"""The rights that routes ask for."""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """What a principal must be allowed to do (docs/design/trust.md, who may do what)."""

    OPEN = "anyone"
    HOLDER = "a token"
    APPEND = "append"
    CORRECT = "correct"
    RECORDS = "read records"
    EVERY_RECORD = "read every record"
    REPORTS = "reports"
    PROOFS = "proofs"
    ADMIN = "administer"
