"""The thresholds that rules of 2026 set for a large load, each with its section and its status: one table,
which a fact of the operator overrides (a permit's hours on generator-registered, the time allowed on
directive-received).

Draft texts stand with their date. Where a published text differs, it wins over this table.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from ledger.kinds.directives import Authority
from ledger.kinds.generators import RunReason

HOUR_S: Final = 3600


class HourLimit(NamedTuple):
    """The most hours in a calendar year, with the citation."""

    most_s: int
    section: str
    status: str


COUNTED: Final = HourLimit(
    100 * HOUR_S,
    "40 CFR 63.6640(f)(2), 60.4211(f)(2)",
    "in force; the paragraphs on emergency demand response and on voltage or frequency deviation were vacated (D.C."
    " Circuit, May 1, 2015, 785 F.3d 1) and removed (87 FR 48603, August 10, 2022)",
)
"""Maintenance checks, readiness tests and non-emergency use of an emergency engine together."""

NON_EMERGENCY: Final = HourLimit(
    50 * HOUR_S, "40 CFR 63.6640(f)(3) and (4), 60.4211(f)(3)", "in force; counts toward the 100 hours"
)


class RunRule(NamedTuple):
    """The limits that a run for a reason counts toward: the 100 hours, the 50 hours within them. ``allowed``
    is false for a use that an emergency engine has no hours for.
    """

    words: str
    counted: bool
    non_emergency: bool
    allowed: bool = True


RUN_RULES: Final[dict[RunReason, RunRule]] = {
    "emergency": RunRule("the normal source was out", counted=False, non_emergency=False),
    "maintenance-test": RunRule("maintenance and readiness tests", counted=True, non_emergency=False),
    "non-emergency": RunRule("other use that was no emergency", counted=True, non_emergency=True),
    "local-reliability": RunRule("dispatched for a local constraint", counted=True, non_emergency=True),
    "demand-response": RunRule(
        "demand response or peak shaving", counted=True, non_emergency=True, allowed=False
    ),
    "directive": RunRule("an emergency directive", counted=True, non_emergency=True),
}


class DirectiveRule(NamedTuple):
    """The legal basis of an emergency directive. ``allowed_s`` is the time allowed where the directive states
    none; with ``exempt``, steps necessary to comply break no emission rule, so their hours are not counted.
    """

    title: str
    section: str
    status: str
    allowed_s: int | None = None
    exempt: bool = False


DIRECTIVE_RULES: Final[dict[Authority, DirectiveRule]] = {
    "doe-202c": DirectiveRule(
        "DOE emergency order",
        "Federal Power Act 202(c), 16 U.S.C. 824a(c)(3)",
        "by order; the orders of 2026 on backup generation",
        900,
        exempt=True,
    ),
    "pjm-backup-generator": DirectiveRule(
        "PJM Backup Generator Action", "PJM Manual 13", "in force since June 24, 2026", 900
    ),
    "pjm-non-firm": DirectiveRule(
        "PJM non-firm service", "PJM Tariff", "filed August 13, 2026; not accepted yet"
    ),
    "sb6": DirectiveRule(
        "Texas SB 6",
        "Utilities Code 37.0561",
        "in force; 16 TAC 25.194 since October 8, 2026 (secondary source)",
    ),
    "tariff": DirectiveRule("the utility's tariff", "as agreed", "by contract"),
    "interconnection": DirectiveRule("the interconnection agreement", "as agreed", "by contract"),
    "site-condition": DirectiveRule("a condition of the site's permit", "as agreed", "by permit"),
    "other": DirectiveRule("another rule", "as the order says", "by order"),
}
