"""CloudEvents 1.0.2: records out and in again are the same facts, the official SDK takes what we write, and
events of others say what would be right.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import msgspec
import pytest
from cloudevents.core.formats.json import JSONFormat
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType

from ledger.exchange import cloudevents
from ledger.exchange.reading import Reading
from ledger.kinds import KINDS, Kind, Source
from ledger.records.envelope import Claim, claim_of
from tests.support.making import any_claim, record_of, sample_body
from tests.support.story_facts import recorded

ORIGIN = "example.com/ledger"
OURS = [kind for kind in KINDS if not (kind.disclosure or "").startswith("ledger/")]


def body_of(kind: Kind) -> Any:
    """The fixed sample of a kind, with a balancing authority that has a code."""
    body: Any = sample_body(kind)
    of_authority = "balancing_authority" in body.__struct_fields__ and "site" not in body.__struct_fields__
    return msgspec.structs.replace(body, balancing_authority="SWPP") if of_authority else body


def agent(**more: Any) -> dict[str, Any]:
    """An event as a machine's own agent would send it."""
    said = {
        "specversion": "1.0",
        "type": "wattledger.outage-ended",
        "source": "urn:plc:7",
        "id": "A-1",
        "time": "2026-07-20T10:15:00.5Z",
        "subject": "sandersville",
        "data": {"body": {"outage": "breaker-4"}, "actor": "plc"},
    }
    return {name: value for name, value in (said | more).items() if value is not UNSET}


def read(value: Any) -> Reading:
    return cloudevents.read(value if isinstance(value, bytes) else json.dumps(value).encode(), "events.json")


def test_a_record_of_every_kind_is_said_again_by_its_event() -> None:
    differ = {}
    for kind in OURS:
        body = body_of(kind)
        record = record_of(body)
        found = read(cloudevents.encode(cloudevents.event_of(record, body, ORIGIN)))
        claims = [with_source(claim, UNSET) for claim in found.claims]
        if found.problems or claims != [claim_of(record, body)]:
            differ[kind.tag] = (claims, [str(problem) for problem in found.problems])
    assert differ == {}


def with_source(claim: Claim, source: Source | UnsetType) -> Claim:
    return msgspec.structs.replace(claim, source=source)


@given(st.lists(any_claim(), max_size=3))
def test_a_batch_out_and_in_is_the_same_claims(said: list[Claim]) -> None:
    made = recorded(said)
    events = [
        cloudevents.event_of(record, claim.body, ORIGIN) for record, claim in zip(made, said, strict=True)
    ]
    found = read(b"[" + b",".join(map(cloudevents.encode, events)) + b"]")
    for claim, again in zip(said, found.claims, strict=True):
        assert again == with_source(claim, again.source if claim.source is UNSET else claim.source)


def test_the_official_sdk_reads_our_events_and_we_read_what_it_writes() -> None:
    form, differ = JSONFormat(), {}
    for kind in OURS:
        body = body_of(kind)
        ours = cloudevents.encode(cloudevents.event_of(record_of(body), body, ORIGIN))
        theirs = form.write(form.read(None, ours))
        bodies = [[claim.body for claim in read(data).claims] for data in (theirs, ours)]
        if bodies[0] != bodies[1] or not bodies[0]:
            differ[kind.tag] = bodies
    assert differ == {}


def test_an_agent_s_event_is_a_fact_of_its_subject_s_site() -> None:
    (claim,) = read(agent()).claims
    assert isinstance(claim.source, Source)
    assert (claim.at, claim.stream, claim.actor, claim.source.ref) == (
        "2026-07-20T10:15:00Z",
        "sandersville/operations",
        "plc",
        "A-1",
    )


def test_source_and_id_together_are_the_fact_s_identity() -> None:
    ids = [
        read(agent(**more)).claims[0].id
        for more in ({}, {"data": {"body": {"outage": "o2"}}}, {"source": "urn:plc:8"}, {"id": "A-2"})
    ]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


def test_one_event_a_batch_and_lines_are_read_alike() -> None:
    lines = b"\n".join(json.dumps(agent(id=str(n))).encode() for n in range(3))
    batch = [agent(id=str(n)) for n in range(3)]
    assert [claim.id for claim in read(lines).claims] == [claim.id for claim in read(batch).claims]
    assert read(agent(id="0")).claims[0].id == read(batch).claims[0].id


@pytest.mark.parametrize("size", [7, 1000, 1 << 20])
def test_lines_of_any_number_are_read_part_by_part(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [json.dumps(agent(id=str(n)) if n % 10 else {"bad": n}).encode() for n in range(100)]
    lines[5] = b"{oops}"
    data = b"\n".join(lines)
    whole = read(data)
    monkeypatch.setattr(cloudevents, "PART", 9)
    chunks = (data[at : at + size] for at in range(0, len(data), size))
    parts = list(cloudevents.read_parts(chunks, "events.json", hashlib.sha256(data).hexdigest()))
    assert len(parts) == 12
    assert [claim for part in parts for claim in part.claims] == list(whole.claims)
    assert [(p.line, str(p)) for part in parts for p in part.problems] == [
        (p.line, str(p)) for p in whole.problems
    ]


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (7, "must be a CloudEvent: a JSON object"),
        ({}, "is not a CloudEvent: it needs id"),
        (agent(id=""), "is not a CloudEvent: it needs id"),
        (agent(source=UNSET), "it needs source"),
        (agent(specversion="0.3"), "specversion must be 1.0: '0.3'"),
        (
            agent(type="com.github.push"),
            "type 'com.github.push' is not of this ledger: an event it reads is wattledger.KIND",
        ),
        (agent(type="wattledger.outage-endet"), "unknown kind 'outage-endet'; did you mean outage-ended"),
        (agent(time=UNSET), "needs time"),
        (agent(time="yesterday"), "is not a date-time"),
        (agent(subject=7), "subject must be a stream"),
        (agent(subject="sandersville/grid"), "belongs to operations, not to 'grid'"),
        (agent(subject=UNSET), "needs a site"),
        (agent(data=UNSET), "data must be a JSON object"),
        (agent(data=UNSET, data_base64="e30="), "data must be a JSON object"),
        (agent(datacontenttype="text/plain"), "data must be a JSON object"),
        (agent(data={"outage": "breaker-4"}), "of which body is needed: 'outage'"),
        (agent(data={"body": {}}), "needs outage"),
        (agent(Bad=1), "an attribute name may have only a-z and 0-9: 'Bad'"),
        (agent(extension={"a": 1}), "extension must be a string, a number or a boolean"),
    ],
)
def test_an_event_that_is_none_of_ours_says_what_would_be_right(event: Any, message: str) -> None:
    found = read(event)
    assert (found.claims, len(found.problems)) == ((), 1)
    assert message in str(found.problems[0])


def test_an_attribute_that_is_null_is_none() -> None:
    """JSON event format 1.0.2, 2.2: a null must be read as if it were not there; the SDKs of some languages
    write it.
    """
    nulls = {"dataschema": None, "datacontenttype": None, "comexampleextension": None}
    (claim,) = read(agent(**nulls)).claims
    assert with_source(claim, UNSET) == with_source(read(agent()).claims[0], UNSET)
    assert "needs time" in str(read(agent(time=None)).problems[0])


def test_extensions_are_passed_over_and_that_is_said() -> None:
    """A name may have more than 20 letters, which it only should not have."""
    found = read([agent(traceparent="00-0af7", comexampleextensionsequence=5), agent(id="A-2", time=UNSET)])
    assert (len(found.claims), found.notes) == (
        1,
        ("events.json: attributes passed over: comexampleextensionsequence, traceparent",),
    )


def test_a_bad_event_keeps_no_good_one_out() -> None:
    found = read([agent(), agent(type="x"), agent(id="A-2")])
    assert (len(found.claims), str(found.problems[0]).split(": ")[1]) == (2, "event 2")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[" * 100_000,
        b"{}" * 1_000_000,
        b'{"id":1e999999}',
        b'{"id":NaN}',
        b'{"id":"1","id":"2"}',
        b'{"id":"\xff"}',
        b'{"id":"\\ud800"}',
    ],
    ids=lambda text: repr(text[:20]),
)
def test_hostile_json_is_a_problem_and_never_a_crash(text: bytes) -> None:
    found = read(text)
    assert (found.claims, len(found.problems) > 0) == ((), True)
