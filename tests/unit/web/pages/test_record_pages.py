"""The page of a record and its forms: both clocks, corrections, and the line that is shown before it stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.rights import rights_book
from tests.support.serving import API, Served, copied, serving

PAGE = {"Accept": "text/html"}
BLOCK = 7
CORRECTED = {"capacity": "90", "capacity.unit": "MW", "reason": "the nameplate says 90"}


def words(answer: httpx.Response) -> str:
    """What a page says, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def page(served: Served, path: str) -> httpx.Response:
    with served.client() as client:
        return client.get(path, headers=PAGE)


def posted(served: Served, path: str, **form: str) -> httpx.Response:
    with served.client() as client:
        return client.post(path, data=form, headers=PAGE)


def test_a_record_says_when_it_was_so_and_when_it_was_recorded(shown: Served) -> None:
    """The block stood since May 1, and the book learned of it on June 9, both on the site's clocks."""
    said = words(page(shown, f"/records/{BLOCK}"))
    assert "It was so at 2026-05-01 20:00:00" in said
    assert "It was recorded at 2026-06-09 20:00:00" in said


def test_a_record_names_the_rules_that_accepted_it(shown: Served) -> None:
    assert "Refuse to commission a block again before it was retired." in words(
        page(shown, f"/records/{BLOCK}")
    )


def test_a_record_that_is_not_there_is_told_as_such(shown: Served) -> None:
    assert page(shown, "/records/9999").status_code == 404


def test_a_correction_is_shown_before_it_is_recorded(served: Served) -> None:
    """The engineer sees the line before and after, and nothing is in the log yet."""
    size = served.size()
    said = words(posted(served, f"/records/{BLOCK}/correct", **CORRECTED))
    assert ("capacity=90MW" in said, served.size()) == (True, size)


def test_a_correction_that_was_seen_is_recorded(served: Served) -> None:
    answer = posted(served, f"/records/{BLOCK}/correct", **CORRECTED, step="record")
    with served.client() as client:
        made = client.get(f"{API}{answer.headers['location']}").json()
    assert (answer.status_code, made["corrects"], made["record"]["body"]["capacity_w"]) == (
        303,
        [BLOCK],
        90_000_000,
    )


def test_a_corrected_record_says_what_replaced_it(served: Served) -> None:
    size = served.size()
    posted(served, f"/records/{BLOCK}/correct", **CORRECTED, step="record")
    assert f"corrected by record {size}" in words(page(served, f"/records/{BLOCK}"))


def test_a_change_without_a_reason_asks_for_one(served: Served) -> None:
    answer = posted(served, f"/records/{BLOCK}/retract", reason="  ")
    assert (answer.status_code, "the reason is missing" in words(answer)) == (422, True)


def test_a_retraction_tells_what_stands_on_the_record(served: Served) -> None:
    """A program has enrolled the block; whoever retracts it is told so first."""
    assert "10 program-enrolled" in words(posted(served, f"/records/{BLOCK}/retract", reason="counted twice"))


def test_a_retraction_that_was_seen_withdraws_the_record(served: Served) -> None:
    size = served.size()
    posted(served, "/records/17/retract", reason="a drill", step="record")
    assert f"It was retracted by record {size}" in words(page(served, "/records/17"))


def test_what_cannot_be_is_told_above_the_form(served: Served) -> None:
    """More than the site is energized for is refused, with what was typed still in the form."""
    answer = posted(served, f"/records/{BLOCK}/correct", **{**CORRECTED, "capacity": "900"})
    assert (answer.status_code, 'value="900"' in answer.text) == (409, True)


def test_a_form_of_another_origin_is_refused(served: Served) -> None:
    """A page elsewhere cannot make the desk's browser retract a record."""
    with served.client() as client:
        answer = client.post(
            "/records/17/retract",
            data={"reason": "x", "step": "record"},
            headers={"Origin": "https://elsewhere.example"},
        )
    assert answer.status_code == 403


# --- rights ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    place = tmp_path_factory.mktemp("rights") / "book"
    return place, rights_book(place)


@pytest.fixture(scope="module")
def rights(
    secrets: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    with serving(copied(secrets[0], tmp_path_factory.mktemp("copy") / "book")) as found:
        yield found


def status(rights: Served, secret: str, method: str, path: str, **request: Any) -> int:
    with rights.client() as client:
        headers = {**PAGE, "Authorization": f"Bearer {secret}"}
        return client.request(method, path, headers=headers, **request).status_code


INCIDENT_OF_S2 = "/replay?site=s2"
RETRACT = {"data": {"reason": "x", "step": "record"}}


@pytest.mark.parametrize(
    ("principal", "method", "path", "request_", "expected"),
    [
        ("auditor", "GET", "/records/4", {}, 200),
        ("auditor", "POST", "/records/4/retract", RETRACT, 403),
        ("utility", "POST", "/records/4/retract", RETRACT, 403),
        ("commissioner", "GET", "/records/4", {}, 404),
        ("auditor-s1", "GET", INCIDENT_OF_S2, {}, 422),
        ("auditor-s1", "GET", "/replay?site=s1", {}, 200),
        ("utility", "GET", "/replay?site=s1", {}, 200),
        ("commissioner", "GET", "/replay?site=s1", {}, 200),
        ("agent", "GET", "/replay", {}, 403),
        ("agent", "GET", "/enter/incident-opened", {}, 200),
        ("auditor", "GET", "/enter", {}, 403),
        ("revoked", "GET", "/enter", {}, 401),
    ],
)
def test_a_page_is_for_whoever_may(
    rights: Served,
    secrets: tuple[Path, dict[str, str]],
    principal: str,
    method: str,
    path: str,
    request_: dict[str, object],
    expected: int,
) -> None:
    """The table of trust holds for pages and their forms as for the API."""
    assert status(rights, secrets[1][principal], method, path, **request_) == expected


def test_a_form_records_what_the_token_of_an_agent_lists_only(
    rights: Served, secrets: tuple[Path, dict[str, str]]
) -> None:
    form = {"site": "s2", "at": "2026-06-05T00:00Z", "incident": "i9", "summary": "x", "step": "record"}
    assert status(rights, secrets[1]["agent"], "POST", "/enter/incident-opened", data=form) == 403
