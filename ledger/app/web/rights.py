"""The rights that routes ask for."""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """What a principal must be allowed to do (docs/design/trust.md, who may do what)."""

    OPEN = "anyone"
    HOLDER = "a token"
    APPEND = "append"
    RECORDS = "read records"
    REPORTS = "reports"
    PROOFS = "proofs"
    ADMIN = "administer"
