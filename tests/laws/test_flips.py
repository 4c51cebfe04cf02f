"""A flipped bit in a book or in its bundle is found, or no answer changes; ``tools/tamper`` tries every bit."""

from __future__ import annotations

import random

import pytest

from tests.support.examples import tried
from tests.support.flipping import FILES, FOUND, SAME, Target

SEED = 1


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Target:
    return Target(tmp_path_factory.mktemp("flips"))


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_bit_is_found_or_changes_no_answer(target: Target, name: str) -> None:
    bits = random.Random(SEED).sample(range(8 * len(target.data(name))), tried(gate=60, search=1_000))
    seen = {bit: target.flipped(name, bit) for bit in bits}
    assert {bit: what for bit, what in seen.items() if what not in (FOUND, SAME)} == {}
