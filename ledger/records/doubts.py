"""Sentences about facts that are accepted and flagged; reports print them in their notes and ``doctor`` lists
them (DOMAIN 5; ``rules/plausibility``).
"""

from __future__ import annotations

from ledger.units import format_quantity


def firm_curtailed(at: str, dispatch: str, dispatch_class: str) -> str:
    """A firm block curtailed by a dispatch that does not call on firm load."""
    return (
        f"a firm block, curtailed at {at} under {dispatch}, which is {dispatch_class} and not firm-load-shed"
    )


def helps_unenrolled(at: str, dispatch: str, program: str) -> str:
    """A block that is curtailed for a program that does not enroll it; spelled as in the first definitions of
    the reports, whose hashes cover it.
    """
    return f"helps at {at} under {dispatch} of program {program}, which does not enrol it"


def restored_early(load_w: int, at: str, left_w: int, dispatch: str) -> str:
    """More load restored than an open curtailment leaves."""
    return (
        f"{format_quantity(load_w, '_w')} are restored at {at}, above the {format_quantity(left_w, '_w')}"
        f" that the curtailment under {dispatch} leaves; it is still open"
    )
