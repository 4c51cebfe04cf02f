"""Files of facts as people and machines write them, story text or JSON Lines, by their ending."""

from __future__ import annotations

from ledger.exchange import jsonl, story
from ledger.exchange.everyday_times import EverydayTimes
from ledger.exchange.reading import Reading

JSONL_ENDINGS = (".jsonl", ".ndjson")


def read_facts(data: bytes, name: str, form: str | None, times: EverydayTimes) -> Reading:
    """The facts of a file in a form (None: by its ending, else story); story text may give instants as people
    type them.
    """
    if form == "jsonl" or (form is None and name.endswith(JSONL_ENDINGS)):
        return jsonl.read(data, name)
    return story.read(data, name, times)
