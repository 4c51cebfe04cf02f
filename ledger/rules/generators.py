"""Rules of backup generators: one run at a time, in order, with the entity that asked for it where there is
one.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import UNSET

from ledger import kinds
from ledger.errors import Malformed, Refused
from ledger.records.envelope import Claim
from ledger.rules.known import Known

ASKED_BY: Final = frozenset(("local-reliability", "demand-response", "directive"))
"""Reasons for which another entity asks for the run."""


def not_running(known: Known, claim: Claim, body: Any) -> None:
    """Refuse to start or retire a running generator."""
    latest = known.latest(claim.at, "generator-run", claim.place, body.generator)
    if latest is not None and isinstance(latest.body, kinds.GeneratorStarted):
        raise Refused(
            f"generator {body.generator!r} is running at {claim.at}, by {latest}; record its generator-stopped"
            " first"
        )


def running(known: Known, claim: Claim, body: Any) -> None:
    """Require that a generator runs when it is measured or stopped."""
    latest = known.latest(claim.at, "generator-run", claim.place, body.generator)
    if latest is None or not isinstance(latest.body, kinds.GeneratorStarted):
        since = f": it stopped, by {latest}" if latest else ""
        raise Refused(
            f"generator {body.generator!r} does not run at {claim.at}{since}; record its generator-started first"
        )


def stops_once(known: Known, claim: Claim, body: kinds.GeneratorStopped) -> None:
    """Refuse a second stop of one run, also one dated before the first."""
    later = [m for m in known.marks("generator-run", claim.place, body.generator) if m.at > claim.at]
    if later and isinstance(later[0].body, kinds.GeneratorStopped):
        raise Refused(
            f"the run of generator {body.generator!r} already stopped, by {later[0]}; correct that one instead"
        )


def who_asked(known: Known, claim: Claim, body: kinds.GeneratorStarted) -> None:
    """Require the entity that asked for a run, and the directive of a directed run: the rule makes the owner
    record the entity that dispatched the engine (40 CFR 63.6640(f)(4)(ii)(E), 60.4211(f)(3)(i)(E)).
    """
    if body.run_reason in ASKED_BY and body.dispatched_by is UNSET:
        raise Malformed(
            f"a run for {body.run_reason} needs dispatched_by, the entity that asked for it, such as"
            " dispatched_by=ERCOT"
        )
    if (body.run_reason == "directive") != (body.directive is not UNSET):
        raise Malformed(
            "a run for a directive names it, and no other run does: run_reason=directive directive=NAME"
        )
