"""Pages of records in Chromium: the proof that is checked there, replay by keyboard alone, and axe-core."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.browsing import by_day_and_night, chromium, watched, went, window
from tests.support.serving import API, Served, copied, serving

__all__ = ["chromium"]
STORY = """
2026-06-05T10:00Z s1 outage-started block=m1 outage=o7 outage_class=forced-u1 derate=20MW cause="52-3 tripped" outside_management_control=false
2026-06-05T10:14Z s1 incident-opened incident=trip summary="breaker 52-3 tripped"
2026-06-05T12:00Z s1 outage-ended outage=o7
2026-06-05T13:00Z s1 incident-closed incident=trip cause="a loose terminal" actions=["terminal tightened"]
"""
REPLAY = "/replay?site=s1&at=2026-06-05T10:00:00Z"


@pytest.fixture(scope="module")
def told(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of a book with an outage, whose cause was corrected by the last record."""
    with serving(copied(kept, tmp_path_factory.mktemp("told") / "book")) as found, found.client() as client:
        made = client.post(f"{API}/records", content=STORY, headers={"Content-Type": "text/plain"})
        index = made.json()["records"][1]["index"]
        change = {"summary": "breaker 52-1 tripped", "reason": "relay log", "step": "record"}
        assert client.post(f"/records/{index}/correct", data=change).status_code == 303
        client.post(f"{API}/bundles", json={"streams": ["s1/grid"]})  # seals
        yield found


@pytest.fixture
def opened(chromium: Any, told: Served) -> Iterator[Any]:
    with watched(chromium, told.address) as page:
        yield page


def verdict(page: Any) -> str:
    page.wait_for_selector("#verdict[data-verdict]")
    found: str = page.get_attribute("#verdict", "data-verdict")
    return found


# --- the proof ------------------------------------------------------------------------------------------------


def test_the_browser_finds_a_record_in_the_log(opened: Any) -> None:
    """Every hash is made from the bytes on the page, up to the signed root; the signature is checked too."""
    opened.goto("/records/17")
    assert (verdict(opened), "has signed it" in opened.inner_text("#steps")) == ("in", True)


def test_the_browser_refuses_a_changed_byte(opened: Any) -> None:
    opened.goto("/records/17")
    verdict(opened)
    opened.fill("#raw", opened.input_value("#raw").replace("2026-05-03", "2026-05-04"))
    opened.click("#check")
    opened.wait_for_selector("#verdict[data-verdict=out]")
    assert opened.inner_text("#verdict").startswith("NOT in the log")


def test_the_browser_refuses_a_proof_that_the_server_bent(opened: Any, told: Served) -> None:
    """A server that sends another hash beside the way up is found out by the root."""

    def bent(route: Any) -> None:
        found = json.loads(httpx.get(route.request.url, trust_env=False).content)
        found["hashes"][0] = "00" * 32
        route.fulfill(json=found)

    opened.route("**/proof/inclusion*", bent)
    opened.goto("/records/17")
    assert verdict(opened) == "out"


def test_the_browser_refuses_a_checkpoint_of_another_key(opened: Any, told: Served) -> None:
    """An auditor pastes the key that the operator gave him; a log that another key signed is not proven."""
    opened.goto("/records/17")
    verdict(opened)
    opened.fill("#key", OTHER_KEY)
    opened.click("#check")
    opened.wait_for_selector("#verdict[data-verdict=out]")
    assert opened.inner_text("#verdict").startswith("NOT proven")


OTHER_KEY = "demo.wattledger.example/portfolio+f2644062+AfDj4smoLYBVHEL6xGp/ikMVJjKwS89LdA9JAeUhoYVp"


# --- replay ---------------------------------------------------------------------------------------------------


def shown(page: Any) -> str:
    """The moment and what was known, as the page says them."""
    found: str = page.inner_text("#seen .now")
    return found


def press(page: Any, key: str, *, until: str) -> None:
    page.keyboard.press(key)
    page.wait_for_function(
        "words => document.querySelector('#seen .now').textContent.includes(words)", arg=until
    )


def test_replay_is_done_by_keyboard_alone(opened: Any) -> None:
    """The shift looks at the trip record by record, then at what was known before the correction came."""
    opened.goto(REPLAY)
    press(opened, "ArrowRight", until="06:14")
    press(opened, "j", until="08:00")
    press(opened, "k", until="06:14")
    press(opened, "[", until="as it was known with")
    assert "corrected since" in opened.inner_text("tr.differs")


def test_a_step_is_taken_though_the_log_grows_while_it_is_fetched(opened: Any) -> None:
    """The page was fetched again at the moment that it showed before, and the key was lost."""
    held: list[Any] = []
    asked: list[str] = []
    opened.goto(REPLAY)
    opened.route("**/replay?*", lambda route: route.fallback() if held else held.append(route))
    opened.on("requestfinished", lambda request: asked.append(request.url))
    with opened.expect_request("**/replay?*"):
        opened.keyboard.press("ArrowRight")
    opened.evaluate("document.dispatchEvent(new CustomEvent('grew', { detail: 99 }))")
    held[0].continue_()
    while sum("/replay?" in url for url in asked) < 2:
        opened.wait_for_timeout(10)
    opened.wait_for_function("() => document.querySelector('#seen .now').textContent.includes('06:14')")


def test_the_address_holds_both_clocks(opened: Any) -> None:
    """A colleague who is sent the address sees the same moment with the same knowledge."""
    opened.goto(REPLAY)
    press(opened, "ArrowRight", until="06:14")
    press(opened, "[", until="as it was known with")
    address, said = opened.url, shown(opened)
    opened.goto("/replay")
    opened.goto(address)
    assert shown(opened) == said


def test_play_goes_on_to_the_last_change_and_stops(opened: Any) -> None:
    opened.goto(REPLAY)
    press(opened, " ", until="09:00")
    opened.wait_for_selector("#play[aria-pressed=false]")
    assert "09:00" in shown(opened)


def test_a_slider_moves_what_was_known(opened: Any) -> None:
    """With one record less the correction is not known yet."""
    opened.goto(REPLAY.replace("10:00", "10:14"))
    opened.focus("#known-slider")
    opened.keyboard.press("Home")
    opened.wait_for_function("() => document.querySelector('#seen').dataset.size === '1'")
    assert opened.input_value("#known-at") == "1"


def test_what_if_names_the_figures_that_would_change(opened: Any, told: Served) -> None:
    """The trip had lasted an hour longer: the figures of uptime change, and the book does not."""
    size = told.size()
    opened.goto(REPLAY)
    opened.fill("#story", STORY.splitlines()[1].replace("o7", "o8").replace("10:00Z", "09:00Z"))
    opened.click("text=What would change?")
    opened.wait_for_selector("#what-if-answer h3")
    assert ("uptime" in opened.inner_text("#what-if-answer"), told.size()) == (True, size)


# --- everybody ------------------------------------------------------------------------------------------------

PAGES = ("/records/17", REPLAY, "/replay", "/enter", "/enter/outage-started?site=s1", "/enter-file")


def test_no_page_has_a_fault_that_axe_finds(chromium: Any, told: Served) -> None:
    found = {}
    with window(chromium, told.address, past_policy=True) as page:
        for path in PAGES:
            went(page, path)
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
            found[path] = by_day_and_night(page)
    assert {path: one for path, one in found.items() if one} == {}


def test_every_page_fits_a_phone(opened: Any) -> None:
    opened.set_viewport_size({"width": 390, "height": 844})
    wide = {}
    for path in PAGES:
        opened.goto(path)
        wide[path] = opened.evaluate("document.documentElement.scrollWidth")
    assert wide == dict.fromkeys(PAGES, 390)


# --- while the page is open ---------------------------------------------------------------------------------


def posted(told: Served, line: str) -> int:
    """Record a line of story text; its index."""
    with told.client() as client:
        answer = client.post(f"{API}/records", content=line, headers={"Content-Type": "text/plain"})
    index: int = answer.raise_for_status().json()["index"]
    return index


def test_an_open_record_says_when_it_is_corrected(opened: Any, told: Served) -> None:
    """Nobody touches the page, and what is typed into its forms stays."""
    index = posted(told, '2026-06-05T14:00Z s1 incident-opened incident=open-page summary="smoke"')
    opened.goto(f"/records/{index}")
    opened.wait_for_selector("#live:text-is('live')")
    opened.click("summary:text-is('Retract')")
    opened.fill("form[action$=retract] textarea", "half a sen")
    change = {"summary": "steam", "reason": "it was steam", "step": "record"}
    with told.client() as client:
        assert client.post(f"/records/{index}/correct", data=change).status_code == 303
    opened.wait_for_selector("#standing >> text=It does not hold any more")
    kept = opened.input_value("form[action$=retract] textarea")
    assert ("was replaced" in opened.inner_text("#facts"), kept) == (True, "half a sen")


def test_the_end_of_a_replay_moves_with_the_log(opened: Any, told: Served) -> None:
    """Opened without a moment it is at the last one, and goes on to the next that is recorded."""
    opened.goto("/replay?site=s1")
    opened.wait_for_selector("#live:text-is('live')")
    index = posted(told, '2026-06-08T09:30Z s1 incident-opened incident=newest summary="a new one"')
    opened.wait_for_selector(f"#known-slider[max='{index + 1}']")
    opened.wait_for_selector("#seen >> text=incident newest")
    assert "at=" not in opened.evaluate("location.search")


def test_a_replay_of_what_was_known_then_stays_and_can_go_further(opened: Any, told: Served) -> None:
    opened.goto(f"{REPLAY}&known_at=12")
    opened.wait_for_selector("#live:text-is('live')")
    before = opened.inner_text("#seen .now")
    index = posted(told, "2026-06-05T15:00Z s1 incident-opened incident=later summary=x")
    opened.wait_for_selector(f"#known-slider[max='{index + 1}']")
    assert opened.inner_text("#seen .now") == before
