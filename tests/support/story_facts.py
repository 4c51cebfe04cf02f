"""Stories as records, for tests of row kinds and reports: each fact gets the next pos of its stream, nothing
else is judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

from ledger.exchange import story
from ledger.kinds import Fact
from ledger.records.envelope import RECORDS, Claim, Record

Body = TypeVar("Body", bound=Fact)


def claimed(line: str) -> Claim:
    """The claim of a line that is one fact."""
    found = story.parse(line)
    assert found is not None, f"a fact: {line!r}"
    return found


def body_of(told: Claim | Record, kind: type[Body]) -> Body:
    """What a claim or a record tells, which is of a kind."""
    assert isinstance(told.body, kind), f"{kind.__name__}: {told.body!r}"
    return told.body


def told(text: str) -> list[Record]:
    """The records of the facts in a text, in the order of its lines; lines that begin with no year are
    prose.
    """
    facts = [line for line in text.splitlines() if line.lstrip().startswith("20")]
    reading = story.read("\n".join(facts).encode(), "story")
    assert not reading.problems, reading.problems
    return recorded(reading.claims)


def recorded(claims: Iterable[Claim]) -> list[Record]:
    """Records of claims in the order of their arrival."""
    sizes: Counter[str] = Counter()
    records = []
    for index, claim in enumerate(claims):
        stream = claim.stream
        assert stream is not None, "every fact of these stories says its class"
        assert isinstance(claim.id, str), "a claim of a story has its id"
        records.append(
            RECORDS[claim.kind](
                actor=claim.actor,
                at=claim.at,
                body=claim.body,
                corrects=claim.corrects,
                id=claim.id,
                index=index,
                nonce="0" * 32,
                pos=sizes[stream],
                reason=claim.reason,
                rec="2030-01-01T00:00:00.000000Z",
                source=claim.source,
                stream=stream,
            )
        )
        sizes[stream] += 1
    return records
