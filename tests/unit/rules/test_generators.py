"""Rules of generators: one run at a time, in order, and who asked for it."""

from __future__ import annotations

import pytest

from ledger.errors import Malformed
from ledger.rules.register import Register
from tests.unit.rules.test_decide import SITE, refusal, taken

UNIT = """
2026-06-03T00:00Z s1 generator-registered generator=g1 fuel=diesel rated=3MW engine=emergency permit=P
"""
RUN = "2026-07-01T10:00Z s1 generator-started generator=g1 run_reason=emergency\n"
STOP = "2026-07-01T12:00Z s1 generator-stopped generator=g1\n"


@pytest.mark.parametrize(
    ("text", "because"),
    [
        (SITE + RUN, "generator 'g1' was never recorded at s1; record its generator-registered first"),
        (SITE + UNIT + RUN + RUN, "generator 'g1' is running at 2026-07-01T10:00:00Z, by record"),
        (
            SITE + UNIT + RUN + "2026-07-01T11:00Z s1 generator-start-failed generator=g1 cause=x",
            "generator 'g1' is running at 2026-07-01T11:00:00Z, by record",
        ),
        (
            SITE + UNIT + RUN + "2026-07-01T11:00Z s1 generator-retired generator=g1 cause=x",
            "generator 'g1' is running at 2026-07-01T11:00:00Z, by record",
        ),
        (
            SITE + UNIT + STOP,
            "generator 'g1' does not run at 2026-07-01T12:00:00Z; record its generator-started",
        ),
        (
            SITE + UNIT + RUN + STOP + "2026-07-01T12:30Z s1 generator-load-measured generator=g1 load=1MW",
            "generator 'g1' does not run at 2026-07-01T12:30:00Z: it stopped, by record",
        ),
        (
            SITE + UNIT + RUN + STOP + "2026-07-01T11:00Z s1 generator-stopped generator=g1",
            "the run of generator 'g1' already stopped, by record",
        ),
        (
            SITE + UNIT + "2026-06-30T00:00Z s1 generator-retired generator=g1 cause=sold\n" + RUN,
            "generator 'g1' has ended at 2026-06-30T00:00:00Z",
        ),
        (
            SITE + UNIT + RUN.replace("emergency", "directive dispatched_by=I directive=e1"),
            "directive 'e1' was never recorded at s1; record its directive-received first",
        ),
    ],
)
def test_what_cannot_be_of_a_generator_is_refused(text: str, because: str) -> None:
    """Each names the record that contradicts it, or what must be recorded first."""
    assert because in refusal(text)


@pytest.mark.parametrize("reason", ["local-reliability", "demand-response"])
def test_a_run_that_somebody_asked_for_says_who(reason: str) -> None:
    """40 CFR 63.6640(f)(4)(ii)(E): the owner records the entity that dispatched the engine."""
    with pytest.raises(Malformed, match="needs dispatched_by"):
        taken(Register(), SITE + UNIT + RUN.replace("emergency", reason))


@pytest.mark.parametrize("said", ["directive dispatched_by=I", "emergency directive=e1"])
def test_a_run_names_a_directive_if_and_only_if_that_is_its_reason(said: str) -> None:
    """So that no hours of an order are counted as an emergency, nor the other way round."""
    order = (
        "2026-06-30T00:00Z s1 directive-received directive=e1 issuer=I channel=phone authority=sb6"
        " issued=2026-06-30T00:00Z instruction=curtail target=0W\n"
    )
    with pytest.raises(Malformed, match="names it, and no other run does"):
        taken(Register(), SITE + UNIT + order + RUN.replace("emergency", said))


def test_a_run_of_the_past_is_taken_between_two_others() -> None:
    """A log book is typed in later: the run from 10:00 to 12:00 comes after that of the next day."""
    next_day = (RUN + STOP).replace("2026-07-01", "2026-07-02")
    assert len(taken(Register(), SITE + UNIT + next_day + RUN + STOP)) == 7
