"""Forms of the kinds: shown as a line first, then recorded."""

from __future__ import annotations

import html
import re

import httpx
import pytest

from ledger.exchange.kind_form import ENTERED
from tests.support.serving import Served

PAGE = {"Accept": "text/html"}
OUTAGE = {
    "site": "s1",
    "at": "2026-06-05 14:30",
    "block": "m1",
    "outage": "o7",
    "outage_class": "forced-u1",
    "derate": "20",
    "derate.unit": "MW",
    "cause": 'breaker "52-3" tripped',
    "outside_management_control": "false",
}
LINE = (
    "2026-06-05T14:30-04:00[America/New_York] s1 outage-started block=m1 outage=o7 outage_class=forced-u1"
    ' derate=20MW cause="breaker \\"52-3\\" tripped" outside_management_control=false'
)


def posted(served: Served, kind: str, **form: str) -> httpx.Response:
    with served.client() as client:
        return client.post(f"/enter/{kind}", data=form, headers=PAGE)


def test_a_form_shows_the_line_of_story_text(shown: Served) -> None:
    """The desk types on the site's clocks and in megawatts, and reads what will stay in the log."""
    assert LINE in html.unescape(posted(shown, "outage-started", **OUTAGE).text)


def test_what_was_shown_is_recorded_by_the_second_form(served: Served) -> None:
    """The page holds all that was typed, the instant as it was understood; one press records it."""
    shown_page = posted(served, "outage-started", **OUTAGE).text
    held = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', shown_page))
    form = {name: html.unescape(value) for name, value in held.items()}
    answer = posted(served, "outage-started", **form, step="record")
    with served.client() as client:
        page = client.get(answer.headers["location"], headers=PAGE).text
    assert (answer.status_code, LINE in html.unescape(page)) == (303, True)


def test_everything_that_is_wrong_is_told_at_once(shown: Served) -> None:
    answer = posted(shown, "outage-started", **{**OUTAGE, "derate": "much", "outage_class": "forced"})
    assert (answer.status_code, "derate" in answer.text, "outage_class" in answer.text) == (422, True, True)


def test_a_fact_that_contradicts_the_log_names_the_record(shown: Served) -> None:
    answer = posted(shown, "incident-opened", site="s1", at="2026-06-05T00:00Z", incident="i1", summary="x")
    assert (answer.status_code, "record 17" in answer.text) == (409, True)


def test_a_hostile_name_is_inert(shown: Served) -> None:
    """A name from a file of others cannot become markup of the page."""
    hostile = '<img src=x onerror=alert(1)>"\u202e{{7*7}}'
    answer = posted(
        shown, "incident-opened", site="s1", at="2026-06-05T00:00Z", incident="i7", summary=hostile
    )
    assert ("<img" in answer.text, "{{7*7}}" in answer.text) == (False, True)


def test_what_was_typed_is_sent_back_to_the_letter(served: Served) -> None:
    """A cause of two lines, with a letter that turns the line around, is recorded as it was typed."""
    cause = "the fan stood\nand \u202e<turned>"
    shown_page = posted(served, "outage-started", **{**OUTAGE, "cause": cause.replace("\n", "\r\n")}).text
    held = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', shown_page))
    form = {name: html.unescape(value) for name, value in held.items()}
    answer = posted(served, "outage-started", **form, step="record")
    with served.client() as client:
        made = client.get(f"/api/v1{answer.headers['location']}").json()
    assert made["record"]["body"]["cause"] == cause


@pytest.mark.parametrize("kind", [kind.name for kind in ENTERED])
def test_every_kind_has_a_form(kind: str, shown: Served) -> None:
    with shown.client() as client:
        answer = client.get(f"/enter/{kind}?site=s1", headers=PAGE)
    assert (answer.status_code, f"<h1>{kind}</h1>" in answer.text) == (200, True)
