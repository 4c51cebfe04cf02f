"""The rights that routes ask for."""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """A right that a principal must have (docs/design/trust.md, who may do what)."""

    OPEN = "anyone"
    HOLDER = "a token"
    APPEND = "append"
    CORRECT = "correct"
    RECORDS = "read records"
    EVERY_RECORD = "read every record"
    REPORTS = "reports"
    PROOFS = "proofs"
    ADMIN = "administer"
