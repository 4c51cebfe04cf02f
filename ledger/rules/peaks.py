"""Rules of coincident peaks: a scheme must be one that intervals can meet."""

from __future__ import annotations

from ledger import kinds
from ledger.errors import Malformed
from ledger.records.envelope import Claim
from ledger.rules.known import Known


def scheme_possible(known: Known, claim: Claim, body: kinds.PeakSchemeSet) -> None:
    """Require distinct months, at least one peak, and an interval that divides a day."""
    if not body.months or len(set(body.months)) < len(body.months):
        raise Malformed(f"months needs one month or more, each once, such as [6,7,8,9]: {list(body.months)}")
    if not body.peaks:
        raise Malformed("peaks must be 1 or more")
    if not body.interval_s or 86_400 % body.interval_s:
        raise Malformed("interval must divide a day, such as 15min, 30min or 1h")
