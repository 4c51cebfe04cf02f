"""Whole documents of other people's formats with anything in the place of any part: answered with claims and
problems, never with a crash.
"""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.examples import tried
from tests.support.fuzzed import TARGETS

STORIES = Path(__file__).parents[2] / "stories"
SAMPLES = Path(__file__).parents[3] / "ledger" / "app" / "demo" / "samples"
DOCUMENTS = {
    "openadr": [
        STORIES / "poll-1.json",
        STORIES / "simple.json",
        STORIES / "openadr3" / "event_8_10_1-1.json",
        STORIES / "openadr3" / "event_8_1-1.json",
        STORIES / "openadr3" / "program_8_3-1.json",
        STORIES / "openadr3" / "report_8_3-4.json",
        STORIES / "openadr3" / "report_7_8-1.json",
    ],
    "miners": [SAMPLES / "miners" / "minerdata_avalon1566_sha256.json"],
    "cloudevents": [STORIES / "events.json"],
}
junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        [
            "KW",
            "P9999Y",
            "PT0S",
            "0001-01-01",
            "2026-07-14T18:00:00Z",
            "EVENT",
            "USAGE",
            "9999-12-31T23:59:59Z",
        ]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=4,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path to every part of a value."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in parts for place in places(part, (*path, key)))]


def put(value: Any, path: tuple[Any, ...], part: Any) -> Any:
    """The value with another part at a path."""
    if not path:
        return part
    changed = deepcopy(value)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = part
    return changed


@pytest.mark.parametrize("form", DOCUMENTS)
@settings(max_examples=tried(gate=40, search=150))
@given(data=st.data())
def test_anything_in_the_place_of_any_part_is_answered(form: str, data: st.DataObject) -> None:
    value = json.loads(data.draw(st.sampled_from(DOCUMENTS[form])).read_bytes())
    for _ in range(data.draw(st.integers(1, 2))):
        value = put(value, data.draw(st.sampled_from(places(value))), data.draw(junk))
    TARGETS[form](json.dumps(value).encode("utf-8", "surrogatepass"))
