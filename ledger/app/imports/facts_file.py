"""Files of facts as people and machines write them, story text or JSON Lines, by their ending."""

from __future__ import annotations

from ledger.exchange import jsonl, story
from ledger.exchange.reading import Reading

FORMS = {"story": story.read, "jsonl": jsonl.read}


def read_facts(data: bytes, name: str, form: str | None) -> Reading:
    """The facts of a file in a form (None: by its ending, else story)."""
    return FORMS[form or ("jsonl" if name.endswith((".jsonl", ".ndjson")) else "story")](data, name)
