"""Rules of directives: what is asked can be judged, and what answers comes after it."""

from __future__ import annotations

import pytest

from ledger.errors import Malformed
from ledger.rules.register import Register
from tests.unit.rules.test_decide import SITE, refusal, taken

ASKED = (
    "2026-07-01T10:00Z s1 directive-received directive=e1 issuer=I channel=phone authority=sb6"
    " issued=2026-07-01T09:58Z instruction=curtail target=0W"
)
ANSWER = "2026-07-01T10:10Z s1 directive-complied directive=e1\n"


@pytest.mark.parametrize(
    ("text", "because"),
    [
        (SITE + ANSWER, "directive 'e1' was never recorded at s1; record its directive-received first"),
        (SITE + f"{ASKED}\n{ASKED}", "directive 'e1' is already recorded, by record"),
        (
            SITE + f"{ASKED}\n{ANSWER}{ANSWER}",
            "the directive-complied of 'e1' is already recorded, by record",
        ),
        (
            SITE + f"{ASKED}\n2026-07-01T09:59Z s1 directive-acknowledged directive=e1",
            "directive 'e1' cannot be answered at 2026-07-01T09:59:00Z, before it was received, by record",
        ),
        (
            SITE + ASKED.replace("issued=2026-07-01T09:58Z", "issued=2026-07-01T10:01Z"),
            "directive 'e1' cannot be received at 2026-07-01T10:00:00Z, before it was issued at 2026-07-01T10:01:00Z",
        ),
        (SITE + f"{ASKED} blocks=[m1,m9]", "block 'm9' was never commissioned at s1"),
        (SITE + f"{ASKED} dispatch=d9", "dispatch 'd9' was never recorded at s1"),
        (
            SITE
            + f"{ASKED}\n2026-07-01T10:05Z s1 breaker-opened directive=e1 block=m9 breaker=B opened_by=utility",
            "block 'm9' was never commissioned at s1",
        ),
    ],
)
def test_what_cannot_be_of_a_directive_is_refused(text: str, because: str) -> None:
    """Each names the record that contradicts it, or what must be recorded first."""
    assert because in refusal(text)


@pytest.mark.parametrize(
    ("said", "needed"),
    [
        ("instruction=curtail", "instruction=curtail needs target=..MW; target=0W is all off"),
        ("instruction=deploy-backup target=0W", "instruction=deploy-backup needs backup=..MW"),
        ("instruction=curtail-or-deploy", "instruction=curtail-or-deploy needs target=..MW or backup=..MW"),
        ("instruction=curtail target=0W blocks=[m1,m1]", "blocks names a block twice: m1, m1"),
    ],
)
def test_an_instruction_says_what_complies_with_it(said: str, needed: str) -> None:
    with pytest.raises(Malformed) as why:
        taken(Register(), SITE + ASKED.replace("instruction=curtail target=0W", said))
    assert needed in str(why.value)


def test_a_breaker_that_the_utility_opened_before_its_call_is_taken() -> None:
    """The utility may open the breaker first and say why afterwards."""
    text = f"{ASKED}\n2026-07-01T09:59Z s1 breaker-opened directive=e1 block=m1 breaker=B opened_by=utility"
    assert len(taken(Register(), SITE + text)) == 4
