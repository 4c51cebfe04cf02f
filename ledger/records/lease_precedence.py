"""Precedence of milestones and commissioning levels of a lease phase (DOMAIN 5, rule 5): a precedence graph,
not a chain, since a basis of design may precede execution.

``NEEDED`` is read by the rule, which refuses a claim, and by the report lease-dates, which flags an accepted
fact whose need a later or corrected fact no longer meets. Each need has the wording of both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from msgspec import UNSET

from ledger.kinds import (
    LAST_LEVEL,
    CommissioningLevelFailed,
    CommissioningLevelPassed,
    LeaseAmended,
    LeaseMilestoneReached,
    LeaseTermsRecorded,
)

IN_SERVICE: Final = ("ready-for-service-accepted", "ready-for-service-deemed")
"""Milestones that put a phase in service."""
LEVELS: Final = (CommissioningLevelPassed, CommissioningLevelFailed)


class PhaseFact(Protocol):
    """A fact of a phase, from a mark of the register or a row of a report."""

    @property
    def body(self) -> Any:
        """The fact itself."""


class PhaseBefore(NamedTuple):
    """The facts of a phase up to an instant, in order, and the fact that opened it, at any time."""

    facts: Sequence[PhaseFact]
    opening: PhaseFact | None

    def of(self, *bodies: type) -> list[PhaseFact]:
        """The facts of some kinds."""
        return [fact for fact in self.facts if isinstance(fact.body, bodies)]

    def reached(self, *milestones: str) -> list[PhaseFact]:
        """The facts that record one of some milestones as reached."""
        return [fact for fact in self.of(LeaseMilestoneReached) if fact.body.milestone in milestones]

    def results(self, system: str) -> list[PhaseFact]:
        """The commissioning tests of a system."""
        return [fact for fact in self.of(*LEVELS) if fact.body.system == system]

    @property
    def critical(self) -> PhaseFact | None:
        """The fact that sets the critical load: the latest amendment that states one, or the opening."""
        amended = [fact for fact in self.of(LeaseAmended) if fact.body.critical_w is not UNSET]
        return amended[-1] if amended else self.opening

    @property
    def critical_w(self) -> int | None:
        """The critical load; None for a phase that was never opened."""
        found = self.critical
        return None if found is None else found.body.critical_w


class Lack(NamedTuple):
    """One missing need: the fact that shows it, and the system it is about."""

    by: PhaseFact | None = None
    system: str = ""


class Need(NamedTuple):
    """A fact that must have come before.

    ``unless`` is the field that lifts the need; ``refused`` is the rule's sentence, ``flagged`` the report's
    words after "while".
    """

    lacks: Callable[[PhaseBefore, Any], Iterator[Lack]]
    refused: str
    flagged: str
    unless: str = ""


def _one_of(*milestones: str) -> Callable[[PhaseBefore, Any], Iterator[Lack]]:
    def lacks(before: PhaseBefore, body: Any) -> Iterator[Lack]:
        if not before.reached(*milestones):
            yield Lack()

    return lacks


def _terms(before: PhaseBefore, body: Any) -> Iterator[Lack]:
    if not before.of(LeaseTermsRecorded):
        yield Lack()


def _megawatts(before: PhaseBefore, body: Any) -> Iterator[Lack]:
    if before.critical_w == 0:
        yield Lack(before.critical)


def _last_level(before: PhaseBefore, body: Any) -> Iterator[Lack]:
    for system in sorted({fact.body.system for fact in before.of(*LEVELS)}):
        last = before.results(system)[-1]
        if not (isinstance(last.body, CommissioningLevelPassed) and last.body.level == LAST_LEVEL):
            yield Lack(last, system)


def _level_below(before: PhaseBefore, body: Any) -> Iterator[Lack]:
    below = [fact for fact in before.results(body.system) if fact.body.level == body.level - 1]
    if body.level > 1 and not (below and isinstance(below[-1].body, CommissioningLevelPassed)):
        yield Lack(below[-1] if below else None, body.system)


def _powered(before: PhaseBefore, body: Any) -> Iterator[Lack]:
    on = before.reached("power-on")
    enough_w = before.critical_w or 0
    if not any(fact.body.waived_by is not UNSET or (fact.body.power_w or 0) >= enough_w for fact in on):
        yield Lack(on[-1] if on else None)


_NOT_OFFERED: Final = "ready for service of phase {phase!r} cannot be offered at {at}: "
_RECORD_OR_WAIVE: Final = "; record it first, or add waived_by= if it was waived"

NEEDED: Final[Mapping[str, tuple[Need, ...]]] = {
    "lease-executed": (
        Need(
            _terms,
            "phase {phase!r} cannot be executed at {at}: no terms with a target date are recorded; record its"
            " lease-terms-recorded first",
            "no terms were recorded",
        ),
        Need(_megawatts, "phase {phase!r} cannot be executed without megawatts{by}", "it had no megawatts"),
    ),
    "notice-to-proceed": (
        Need(
            _one_of("lease-executed"),
            "phase {phase!r} cannot proceed at {at}: its lease is not executed; add at_risk=true if it goes"
            " ahead at risk",
            "its lease was not executed",
            unless="at_risk",
        ),
    ),
    "ready-for-service-offered": (
        Need(
            _one_of("substantial-completion"),
            f"{_NOT_OFFERED}substantial completion is not reached{_RECORD_OR_WAIVE}",
            "substantial completion was not reached",
            unless="waived_by",
        ),
        Need(
            _last_level,
            f"{_NOT_OFFERED}system {{system!r}} has not passed level {LAST_LEVEL}{{by}}{_RECORD_OR_WAIVE}",
            f"system {{system!r}} had not passed level {LAST_LEVEL}",
            unless="waived_by",
        ),
        Need(
            _powered,
            f"{_NOT_OFFERED}power-on with the critical {{critical}} is missing{{by}}{_RECORD_OR_WAIVE}",
            "power-on with the critical load was not reached",
            unless="waived_by",
        ),
    ),
    "commencement": (
        Need(
            _one_of(*IN_SERVICE),
            "phase {phase!r} cannot commence at {at}: ready for service is neither accepted nor deemed;"
            " record ready-for-service-accepted or -deemed first",
            "ready for service was neither accepted nor deemed",
        ),
    ),
}
"""Needs of each milestone; a milestone that is not listed has none."""
LEVEL_BELOW: Final = Need(
    _level_below,
    "level {level} of system {system!r} needs level {below}, not passed by {at}{by}; "
    "add waived_by= if it was waived",
    "level {below} was not passed",
    unless="waived_by",
)
"""Needs of a commissioning test: the level below, passed by the same system."""


def lacking(before: PhaseBefore, body: Any) -> Iterator[tuple[Need, Lack]]:
    """The unmet needs of a milestone or a commissioning test, in the order of the table."""
    needs = NEEDED.get(body.milestone, ()) if isinstance(body, LeaseMilestoneReached) else (LEVEL_BELOW,)
    for need in needs:
        if not need.unless or getattr(body, need.unless) in (UNSET, False):
            for lack in need.lacks(before, body):
                yield need, lack
