"""POST and GET of records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from ledger.store.checked_reads import CheckedReads
from tests.support.route_examples import INCIDENT
from tests.support.serving import API, Served, copied, serving

STORY = '2026-06-05T00:00Z s1 incident-opened incident=i8 summary="a breaker tripped"'
TEXT = {"Content-Type": "text/plain"}


def post(served: Served, **request: Any) -> httpx.Response:
    with served.client() as client:
        return client.post(f"{API}/records", **request)


def incident(name: str, **more: Any) -> dict[str, Any]:
    return {**INCIDENT, "body": {"incident": name, "summary": "x"}, **more}


def test_a_claim_is_recorded_and_found_under_its_id(served: Served) -> None:
    """An agent posts a fact and reads it back by the place that it was told."""
    with served.client() as client:
        told = client.post(f"{API}/records", json=INCIDENT)
        found = client.get(told.headers["location"]).json()["record"]
    assert (told.status_code, found["index"], found["body"]) == (201, told.json()["index"], INCIDENT["body"])


def test_the_same_claim_again_has_the_same_place(served: Served) -> None:
    """A connection broke before the answer came: the agent posts again and nothing is recorded twice."""
    first, second = (post(served, json=INCIDENT) for _ in range(2))
    place = ("id", "index", "stream", "pos")
    assert (second.status_code, [second.json()[name] for name in place]) == (
        200,
        [first.json()[name] for name in place],
    )


def test_a_receipt_names_the_leaf_that_the_proof_is_of(served: Served) -> None:
    """Once the log is sealed the proof that the receipt points to has the leaf hash that was promised."""
    receipt = post(served, json=INCIDENT).json()["receipt"]
    with served.client() as client:
        client.post(f"{API}/bundles", json={"streams": ["s1/operations"]})  # seals
        proof = client.get(receipt["proof"]).json()
    assert (proof["index"], proof["leaf_hash"]) == (receipt["index"], receipt["leaf_hash"])


def test_story_text_is_taken_too(served: Served) -> None:
    answer = post(served, content=STORY, headers=TEXT)
    assert (answer.status_code, answer.json()["stream"]) == (201, "s1/operations")


def test_a_batch_is_recorded_in_its_order(served: Served) -> None:
    lines = "\n".join(STORY.replace("i8", f"i{n}") for n in range(20, 30))
    records = post(served, content=lines, headers=TEXT).json()["records"]
    indexes = [record["index"] for record in records]
    assert indexes == list(range(indexes[0], indexes[0] + 10))


def test_of_a_batch_with_a_malformed_claim_nothing_is_recorded(served: Served) -> None:
    """The second of three claims has a field that no kind has: the answer names its place, and the log is as
    it was.
    """
    before = served.size()
    wrong = incident("i9", body={"incident": "i9", "summry": "x"})
    answer = post(served, json=[incident("i8"), wrong, incident("i10")])
    rows = [(row["source"], row["line"]) for row in answer.json()["problems"]]
    assert (answer.status_code, rows, served.size()) == (422, [("body", 2)], before)


def test_of_a_batch_with_a_refused_claim_nothing_is_recorded(served: Served) -> None:
    """i1 is open already: both claims of the batch are kept out."""
    before = served.size()
    answer = post(served, json=[incident("i8"), incident("i1")])
    assert (answer.status_code, answer.json()["exit_code"], served.size()) == (409, 3, before)


def test_a_refused_batch_does_not_keep_others_out(served: Served) -> None:
    """A batch that is refused as a whole is taken back whole: what it would have opened can be opened by the
    next.
    """
    post(served, json=[incident("i8"), incident("i1")])
    assert post(served, json=incident("i8")).status_code == 201


def test_the_same_id_with_other_content_is_refused(served: Served) -> None:
    id_ = post(served, json=INCIDENT).json()["id"]
    answer = post(served, json=incident("i7", id=id_, body={"incident": "i7", "summary": "other"}))
    assert (answer.status_code, "with other content" in answer.json()["detail"]) == (409, True)


def test_the_messages_of_the_command_line_name_parameters_here(shown: Served) -> None:
    with shown.client() as client:
        detail = client.get(f"{API}/records?known_at=999").json()["detail"]
    assert detail.startswith("known_at must be from 1 to")


def test_a_server_that_only_reads_records_nothing(kept: Path, tmp_path: Path) -> None:
    with serving(copied(kept, tmp_path / "book"), read_only=True) as served:
        before = served.size()
        assert (post(served, json=INCIDENT).status_code, served.size()) == (403, before)


def test_records_are_listed_page_after_page(shown: Served) -> None:
    """Following ``next_after`` from the beginning shows every record once, in the order of the log."""
    found: list[int] = []
    with shown.client() as client:
        page = client.get(f"{API}/records?limit=7&after=0").json()
        while True:
            found += [record["index"] for record in page["records"]]
            if page["next_after"] is None:
                break
            page = client.get(f"{API}/records?limit=7&after={page['next_after']}").json()
    assert found == list(range(1, page["size"]))


def test_history_is_left_out_where_that_is_asked(served: Served) -> None:
    """A fact that was retracted stands in the log and not among what holds."""
    id_ = post(served, json=INCIDENT).json()["id"]
    retract = {"kind": "event-retracted", "at": "2026-06-06T00:00Z", "site": "s1", "body": {}}
    answer = post(served, json={**retract, "corrects": [id_], "reason": "never was"})
    assert answer.status_code == 201, answer.text
    with served.client() as client:
        pages = [
            client.get(f"{API}/records?kind=incident-opened&site=s1&include_history={said}").json()
            for said in ("true", "false")
        ]
    ids = [[record["id"] for record in page["records"]] for page in pages]
    assert (id_ in ids[0], id_ in ids[1], len(ids[0]) - len(ids[1])) == (True, False, 1)


def test_a_dry_run_tells_what_would_be_recorded_and_records_nothing(served: Served) -> None:
    """A form shows the line before it is for ever: its id is the one that the record will have."""
    before = served.size()
    with served.client() as client:
        tried = client.post(f"{API}/records?dry_run=true", content=STORY, headers=TEXT)
    size, recorded = served.size(), post(served, content=STORY, headers=TEXT)
    (shown,) = tried.json()["would_record"]
    assert (tried.status_code, size, shown["text"], shown["id"]) == (
        200,
        before,
        STORY,
        recorded.json()["id"],
    )


def test_a_dry_run_notes_what_is_unlikely(served: Served) -> None:
    """An incident three years ahead can be recorded, and is probably a slip."""
    far = STORY.replace("2026-06-05", "2029-06-05")
    with served.client() as client:
        told = client.post(f"{API}/records?dry_run=true", content=far, headers=TEXT).json()
    assert [note["rule"] for note in told["unlikely"]] == ["years-ahead"]


def test_a_dry_run_refuses_like_a_recording(shown: Served) -> None:
    with shown.client() as client:
        told = client.post(f"{API}/records?dry_run=true", json=incident("i1"))
    assert (told.status_code, told.json()["exit_code"]) == (409, 3)


@pytest.mark.parametrize(
    "path",
    ["records/9999999", "proof/inclusion?record=9999999", "reports/uptime?site=nowhere", "records/0000zzzz"],
)
def test_what_is_not_there_is_told_without_reading_the_log(
    shown: Served, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Agents ask for a record that is not there. Each answer took as long as the log, as if it might be damaged."""
    read: list[int] = []
    leaves = CheckedReads.leaves

    def noted(reads: CheckedReads, start: int, stop: int) -> Iterator[bytes]:
        read.append(stop - start)
        return leaves(reads, start, stop)

    monkeypatch.setattr(CheckedReads, "leaves", noted)
    with shown.client() as client:
        assert (client.get(f"{API}/{path}").status_code >= 404, len(read)) == (True, 0)
