"""What a request may say: parameters, Accept, methods and paths."""

from __future__ import annotations

import json

import pytest

from ledger.app.web.arguments import arguments
from ledger.app.web.negotiation import accepted
from ledger.app.web.problems import HttpProblem, in_query_words, problem_reply
from ledger.app.web.routes import JSON, NDJSON, TEXT, RouteParameter
from ledger.errors import Malformed
from tests.support.serving import API, Served

PARAMETERS = (
    RouteParameter("site", "a site", many=True),
    RouteParameter("limit", "so many", form="integer", least=1, most=100),
    RouteParameter("sealed", "sealed", form="flag"),
    RouteParameter("class", "a class", choices=("grid", "lease")),
)
FORMS = (JSON, NDJSON, TEXT)


def test_arguments_are_read_by_their_form() -> None:
    found = arguments(PARAMETERS, {}, b"site=s1&site=s2&limit=7&sealed=true&class=grid")
    assert found == {"site": ("s1", "s2"), "limit": 7, "sealed": True, "class": "grid"}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (b"sit=s1", "no parameter is called 'sit'; did you mean site?"),
        (b"limit=1&limit=2", "limit is given 2 times; give it once"),
        (b"limit=0", "limit is a whole number from 1 to 100: '0'"),
        (b"limit=07", "limit is a whole number from 1 to 100: '07'"),
        (b"limit=%D9%A3", "limit is a whole number from 1 to 100: '٣'"),
        (b"sealed=yes", "sealed is true or false: 'yes'"),
        (b"site=", "site is empty; leave it out, or give it a value"),
        (b"site=%00", "site holds a NUL character"),
        (b"site=%ff", "the query is not UTF-8 in percent-encoding"),
        (b"class=gird", "class is one of grid, lease: 'gird'; did you mean grid?"),
        (b"&".join([b"site=s"] * 300), "the query has more than 200 parameters"),
    ],
)
def test_an_argument_that_cannot_be_meant_is_refused(query: bytes, message: str) -> None:
    with pytest.raises(Malformed) as told:
        arguments(PARAMETERS, {}, query)
    assert str(told.value) == message


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("text/plain", TEXT),
        ("text/*;q=0.5, application/x-ndjson", NDJSON),
        ("text/plain, application/json;q=0.9", TEXT),
        ("application/*;q=0.2, text/plain;q=0.1", JSON),
        ("application/json;q=0, */*;q=0.1", NDJSON),
        ("text/html, */*;q=0.8", JSON),
    ],
)
def test_the_form_is_the_one_that_accept_likes_best(accept: str, form: str) -> None:
    assert accepted(accept, FORMS) == form


@pytest.mark.parametrize("accept", ["image/png", "application/json;q=0", "application/json;q=x", ";"])
def test_a_form_that_is_not_answered_in_is_refused(accept: str) -> None:
    with pytest.raises(HttpProblem) as told:
        accepted(accept, (JSON,))
    assert told.value.status == 406


def test_an_explanation_without_a_row_says_what_names_one(shown: Served) -> None:
    with shown.client() as client:
        told = client.get(f"{API}/reports/uptime/explain", params={"period": "2026-06"})
    said = "explain uptime needs row, the values of scope, site, block, load_class joined by /; there are fleet/all"
    assert (told.status_code, said in told.json()["detail"]) == (422, True)


def test_a_method_that_is_not_answered_names_those_that_are(shown: Served) -> None:
    with shown.client() as client:
        told = client.delete(f"{API}/records")
    assert (told.status_code, told.headers["allow"]) == (405, "HEAD, POST, GET")


def test_head_is_answered_like_get_without_its_body(shown: Served) -> None:
    with shown.client() as client:
        got, asked = client.get(f"{API}/status"), client.head(f"{API}/status")
    assert (asked.status_code, asked.headers["content-length"], asked.content) == (
        200,
        got.headers["content-length"],
        b"",
    )


def test_head_of_the_live_log_ends(shown: Served) -> None:
    with shown.client() as client:
        assert client.head(f"{API}/live").status_code == 200


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/api/v1/records/", "/api/v2/records", "/api/v1/records/x"]
)
def test_what_is_not_there_is_a_problem_document(path: str, shown: Served) -> None:
    with shown.client() as client:
        told = client.get(path)
    assert (told.status_code, told.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/healthz", "nothing is at '/healthz'; ask '/api/v1/healthz'"),
        ("/reports/uptime.csv/", "nothing is at '/reports/uptime.csv/'"),
        ("/proof/inclusion", "nothing is at '/proof/inclusion'; ask '/api/v1/proof/inclusion'"),
        ("/api/v1/nothing", "nothing is at '/api/v1/nothing'"),
    ],
)
def test_a_path_without_its_beginning_is_told_the_whole_one(path: str, told: str, shown: Served) -> None:
    """Probes and scrapers look at /healthz and /metrics unless they are told otherwise."""
    with shown.client() as client:
        assert client.get(path).json()["detail"] == told


@pytest.mark.parametrize("status", [401, 403, 404, 405, 413, 415])
def test_what_only_http_knows_has_no_exit_code(status: int) -> None:
    """0 would say that all went well."""
    body = problem_reply(HttpProblem(status, "why")).body
    assert isinstance(body, bytes)
    assert set(json.loads(body)) == {"type", "title", "status", "detail", "problems"}


def test_a_bundle_of_no_stream_is_none(shown: Served) -> None:
    """It held the registry alone, and passed for what somebody meant to prove."""
    with shown.client() as client:
        told = client.post(f"{API}/bundles", json={"streams": []})
    assert (told.status_code, told.json()["exit_code"], told.json()["detail"]) == (
        422,
        2,
        'streams is empty: name what is to be proven whole, such as ["sandersville/grid"]',
    )


def test_a_document_is_named_by_its_hash_and_never_by_a_path(shown: Served) -> None:
    """The load series of a flexibility report is a file on the command line; over HTTP it must not be one of
    the server's.
    """
    with shown.client() as client:
        told = client.get(f"{API}/reports/flexibility?balancing_authority=SOCO&series=/etc/passwd")
    assert (told.status_code, "SHA-256" in told.json()["detail"]) == (422, True)


def test_a_report_is_answered_in_the_format_of_its_ending_or_of_accept(shown: Served) -> None:
    with shown.client() as client:
        by_ending = client.get(f"{API}/reports/portfolio.csv")
        by_accept = client.get(f"{API}/reports/portfolio", headers={"Accept": "text/csv"})
    assert (by_ending.content, by_ending.headers["content-type"]) == (
        by_accept.content,
        by_accept.headers["content-type"],
    )


def test_options_of_the_command_line_are_named_as_parameters() -> None:
    text = "say --known-at twice, or --balancing-authority CODE; known-at must be from 1 to 9"
    assert (
        in_query_words(text)
        == "say known_at twice, or balancing_authority CODE; known_at must be from 1 to 9"
    )
