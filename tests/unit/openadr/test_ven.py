"""A VEN against real servers on this machine: a small one that judges every request by the OpenAPI, and
Stoplight's Prism, a mock of that OpenAPI by others.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.app.book.book import Book
from ledger.app.openadr import client
from ledger.app.openadr.client import checked_url, joined
from ledger.app.openadr.ven import VenSettings, follow
from ledger.errors import Malformed
from ledger.exchange.formats import Given
from tests.support.forked_program import program
from tests.support.openapi import PATH as OPENAPI
from tests.support.openapi import wrong

ROOT = Path(__file__).parents[3]
CREDENTIALS = {"WATTLEDGER_CLIENT_ID": "ven-7", "WATTLEDGER_CLIENT_SECRET": "open sesame"}
SITE = """
2026-06-01T00:00Z s1 site-registered name=S county=C state=GA tz=America/New_York balancing_authority=SOCO utility=U parcels=[a] site_class=training
2026-06-01T00:00Z s1 meter-registered meter=revenue scope=site role=revenue direction=delivered interval=15min
2026-06-01T00:00Z s1 load-block-commissioned block=m1 load_class=mining service_class=interruptible capacity=100MW feeds=[]
2026-06-01T00:00Z s1 program-enrolled program=ilc operator=SOCO agreement=a blocks=[m1] meters=[revenue] method=meter-before-after baseline_intervals=1 committed=80MW notice=30min response=10min program_year_start=06-01 tz=America/New_York capped=false adjustment=none holidays=[]
2026-07-14T18:00Z s1 intervals-recorded meter=revenue start=2026-07-14T18:00Z interval=15min power_of_ten=3 values=[9000,5000,5001,5002] quality=[17,17,17,17]
"""
PROGRAM = {
    "id": "44",
    "objectType": "PROGRAM",
    "createdDateTime": "2026-07-01T00:00:00Z",
    "modificationDateTime": "2026-07-01T00:00:00Z",
    "programName": "ilc",
    "payloadDescriptors": [
        {"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "DISPATCH_SETPOINT", "units": "KW"}
    ],
}


def event(id_: str, start: str, kw: float = 20_000, version: str = "2026-07-14T17:00:00Z") -> dict[str, Any]:
    """An event of an hour, whose unit only its program states."""
    found = {
        "id": id_,
        "objectType": "EVENT",
        "createdDateTime": "2026-07-14T17:00:00Z",
        "modificationDateTime": version,
        "programID": "44",
        "intervalPeriod": {"start": start, "duration": "PT1H"},
        "intervals": [{"id": 0, "payloads": [{"type": "DISPATCH_SETPOINT", "values": [kw]}]}],
    }
    assert wrong(found, "event") == []
    return found


OVER = event("over", "2026-07-14T18:00:00Z")
COMING = event("coming", "2036-07-14T18:00:00Z")


class World:
    """A server, a book, and the command line between them."""

    def __init__(self, place: Path, port: int, state: Path = Path("no state")) -> None:
        self.place, self.url, self.state = place, f"http://127.0.0.1:{port}", state

    def lists(self, *events: Any, **more: Any) -> None:
        """From now on the server holds these events."""
        self.state.write_text(json.dumps({"programs": [PROGRAM], "events": events} | more))

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [program(), "--book", str(self.place / "book"), *arguments]
        said = {**os.environ, **CREDENTIALS, **environment}
        return subprocess.run(
            command, capture_output=True, text=True, check=False, env=said, cwd=self.place, timeout=60
        )

    def follow(self, *more: str, polls: int = 1, **environment: str) -> subprocess.CompletedProcess[str]:
        said = ("--site", "s1", "--class", "emergency", "--every", "1s", "--polls", str(polls), *more)
        return self.run("follow", "openadr", self.url, *said, **environment)

    def facts(self, kind: str = "dispatch-") -> list[str]:
        """Kind and dispatch of what is recorded of dispatches."""
        lines = self.run("export", "story").stdout.splitlines()
        return [" ".join(line.split(" ")[2:4]) for line in lines if kind in line.split(" ")[2]]

    def reports(self) -> list[Any]:
        path = self.state.with_name("state.json.reports")
        found: list[Any] = json.loads(path.read_text()) if path.exists() else []
        return found

    def complaints(self) -> str:
        path = self.state.with_name("state.json.wrong")
        return path.read_text() if path.exists() else ""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """The port of a server, and its state."""
    state = tmp_path_factory.mktemp("vtn") / "state.json"
    command = [sys.executable, "-m", "tests.support.vtn_server", str(state)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline()), state
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def world(tmp_path: Path, server: tuple[int, Path]) -> World:
    """A book beside the server, which holds nothing of the test before."""
    port, state = server
    for path in state.parent.iterdir():
        path.unlink()
    made = World(tmp_path, port, state)
    made.lists()
    (tmp_path / "site.story").write_text(SITE)
    assert made.run("init", "--origin", "example.com/v").returncode == 0
    assert made.run("record", "site.story").returncode == 0
    return made


def test_what_a_server_lists_edits_and_drops_is_recorded_and_every_request_is_as_the_openapi_says(
    world: World,
) -> None:
    world.lists(COMING, OVER)
    assert world.follow().stdout.endswith("recorded 2 facts, 0 unchanged\n")
    assert world.follow().stdout.endswith("recorded 0 facts, 2 unchanged\n")
    world.lists(event("coming", "2036-07-14T18:00:00Z", 5, "2026-07-14T17:30:00Z"), OVER)
    assert world.follow().stdout.endswith("recorded 1 fact, 1 unchanged\n")
    world.lists()
    assert world.follow().stdout.endswith("recorded 1 fact, 0 unchanged\n")
    assert world.facts() == [
        "dispatch-notified dispatch=adr-coming",
        "dispatch-notified dispatch=adr-over",
        "dispatch-amended dispatch=adr-coming",
        "dispatch-cancelled dispatch=adr-coming",
    ]
    assert len(list((world.place / "book" / "evidence").glob("*.json"))) == 3
    assert world.complaints() == ""


def test_a_list_of_many_pages_is_one_poll(world: World) -> None:
    world.lists(*(event(f"e{n}", "2036-07-14T18:00:00Z") for n in range(120)))
    assert world.follow().stdout.endswith("recorded 120 facts, 0 unchanged\n")
    assert world.complaints() == ""


@pytest.mark.parametrize("way", [{"cap": 20}, {"unpaged": True}])
def test_a_server_that_pages_in_its_own_way_loses_no_event(world: World, way: dict[str, Any]) -> None:
    """Read up to its first short page, 100 of 120 events would seem to be gone, and be cancelled."""
    events = [event(f"e{n}", "2036-07-14T18:00:00Z") for n in range(120)]
    world.lists(*events)
    assert world.follow().stdout.endswith("recorded 120 facts, 0 unchanged\n")
    world.lists(*events, **way)
    assert world.follow().stdout.endswith("recorded 0 facts, 120 unchanged\n")


def test_a_server_that_gives_as_much_as_was_asked_for_again_and_again_may_have_more(world: World) -> None:
    world.lists(*(event(f"e{n}", "2036-07-14T18:00:00Z") for n in range(50)), unpaged=True)
    found = world.follow()
    assert (found.returncode, "answers the same 50 entries whatever is skipped" in found.stderr) == (2, True)


def test_an_event_that_cannot_be_read_keeps_no_other_out_and_is_in_the_exit_code(world: World) -> None:
    """As a bad row of a file does: whoever polls by a timer sees it."""
    world.lists(COMING, event("two", "2036-07-14T18:00:00Z") | {"intervals": "none"})
    found = world.follow()
    assert (found.returncode, found.stdout.split("  ")[1]) == (2, "recorded 1 fact, 0 unchanged\n")
    assert "event 'two': intervals must be a list" in found.stderr


@pytest.mark.parametrize("nonsense", ["<html>We are down for maintenance</html>", "", "[{", "null"])
def test_nonsense_after_good_answers_is_a_failed_poll_and_no_end(
    world: World, monkeypatch: pytest.MonkeyPatch, nonsense: str
) -> None:
    """A proxy's page for a minute must not end a follower that stays for months, nor cancel what it lists no
    more.
    """
    monkeypatch.setattr(time, "sleep", lambda _: None)
    server = client.Vtn(world.url, client.Credentials("ven-7", "open sesame"))
    given = Given(site="s1", dispatch_class="emergency")
    polls = follow(lambda: Book.open(world.place / "book", write=True), VenSettings(server, given, 1), None)
    world.lists(COMING)
    assert next(polls).recorded == 1
    world.lists(says=nonsense)
    failed = next(polls)
    assert (failed.recorded, failed.failed is not None, failed.wait_s) == (0, True, 2)
    world.lists(COMING)
    assert next(polls).unchanged == 1


def test_nonsense_at_first_is_said_and_ends_it(world: World) -> None:
    world.lists(says="<html>Welcome</html>")
    found = world.follow(polls=2)
    assert (found.returncode, "programs: is not JSON" in found.stderr) == (2, True)


def test_usage_is_put_back_once_and_again_when_readings_changed(world: World) -> None:
    world.lists(OVER, COMING)
    asked = ("--program", "44=ilc", "--report", "us")
    assert world.follow(*asked).stdout.endswith(", put 1 report\n")
    assert "report" not in world.follow(*asked).stdout
    (report,) = world.reports()
    assert (report["eventID"], report["clientName"]) == ("over", "us")
    again = SITE.splitlines()[-1].replace("values=[9000", "values=[9001")
    first = world.run("export", "jsonl").stdout.splitlines()[-1]
    id_ = json.loads(first)["id"] if "intervals" in first else _readings_id(world)
    (world.place / "edited.story").write_text(f"{again} corrects=[{id_}] reason=edited\n")
    assert world.run("record", "edited.story").returncode == 0
    assert world.follow(*asked).stdout.endswith(", put 1 report\n")
    (report,) = world.reports()
    assert report["resources"][0]["intervals"][0]["payloads"][0]["values"] == [9001]
    assert world.complaints() == ""


def _readings_id(world: World) -> str:
    lines = map(json.loads, world.run("export", "jsonl").stdout.splitlines())
    return str(next(line["id"] for line in lines if line["kind"] == "intervals-recorded.v1"))


def test_a_token_that_expired_is_fetched_again(world: World) -> None:
    world.lists(COMING, revoked=True)
    assert world.follow().stdout.endswith("recorded 1 fact, 0 unchanged\n")


def test_a_server_that_cannot_now_is_asked_again_when_it_says(world: World) -> None:
    world.lists(COMING, fail=503)
    begun = time.monotonic()
    found = world.follow(polls=2)
    assert found.returncode == 6
    assert (found.stderr.count("answers 503"), found.stderr.count("asking again in 1 s")) == (2, 1)
    assert time.monotonic() - begun >= 1
    world.lists(COMING)
    assert world.follow().returncode == 0


def test_a_server_that_is_not_there_is_asked_later_and_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    nobody = client.Vtn("http://127.0.0.1:1/x", client.Credentials("ven-7", "open sesame"))
    settings = VenSettings(nobody, Given(site="s1"), 1)
    polls = follow(lambda: Book.open(world.place / "book", write=True), settings, 4)
    assert ([poll.failed is not None for poll in polls], waits) == ([True] * 4, [2, 4, 8])


def test_a_redirect_is_not_followed_so_that_the_token_stays_where_it_is(world: World, tmp_path: Path) -> None:
    world.lists(COMING, redirect="http://127.0.0.1:1")
    found = world.follow()
    assert (found.returncode, "redirects are not followed" in found.stderr) == (2, True)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"WATTLEDGER_CLIENT_SECRET": "wrong"}, "answers 401: the credentials are not accepted"),
        (
            {"WATTLEDGER_CLIENT_SECRET": ""},
            "the client's secret is neither in WATTLEDGER_CLIENT_SECRET nor in a --secret-file",
        ),
        ({"WATTLEDGER_CLIENT_ID": "", "WATTLEDGER_CLIENT_SECRET": ""}, "the client's secret is neither"),
    ],
)
def test_credentials_that_are_not_accepted_say_so_and_are_not_shown(
    world: World, environment: dict[str, Any], message: str
) -> None:
    found = world.follow(**environment)
    assert (found.returncode, message in found.stderr) == (2, True)
    assert "wrong" not in found.stdout + found.stderr


@pytest.mark.parametrize(
    ("bytes_", "message"), [(30, "did not finish its answer in 1 s"), (2, "broke its answer off")]
)
def test_an_answer_that_drips_or_breaks_off_is_given_up(
    world: World, monkeypatch: pytest.MonkeyPatch, bytes_: int, message: str
) -> None:
    monkeypatch.setattr(client, "WHOLE_S", 1)
    world.lists(drip=bytes_)
    with pytest.raises(client.Unreachable, match=message):
        client.Vtn(world.url, client.Credentials("ven-7", "open sesame")).events()


def test_an_answer_that_is_too_long_is_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "BODY_LIMIT", 500)
    world.lists(COMING, OVER, COMING)
    with pytest.raises(Malformed, match="answered more than 500 bytes"):
        client.Vtn(world.url, client.Credentials("ven-7", "open sesame")).events()


def test_an_answer_that_is_refused_is_shown_without_control_characters(world: World) -> None:
    world.lists(fail=403)
    found = world.follow()
    assert (found.returncode, "answers 403: not now: try later [31m" in found.stderr) == (2, True)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://vtn.example.com", "http is for this machine only; use https://vtn.example.com"),
        ("http://169.254.169.254/latest", "http is for this machine only"),
        ("ftp://vtn.example.com", "an address is https://"),
        ("https://", "an address is https://"),
        ("https://user:pass@vtn.example.com", "has no user, query or fragment"),
        ("https://vtn.example.com?x=1", "has no user, query or fragment"),
        ("https://vtn.example.com:port", "is not an address"),
        ("https://vtn.example.com/\n", "an address is https://"),
    ],
)
def test_an_address_must_be_safe_to_send_a_secret_to(url: str, message: str) -> None:
    with pytest.raises(Malformed, match=message):
        checked_url(url)


def test_pages_are_joined_in_the_server_s_own_bytes() -> None:
    assert json.loads(joined([b' [1, {"a": [2]}]\n', b"[3]"])) == [1, {"a": [2]}, 3]


def prism() -> str | None:
    """Stoplight's Prism, where it is installed: on the path, or where .ci/run puts it."""
    own = Path.home() / ".cache" / "wattledger-prism" / "node_modules" / ".bin" / "prism"
    return shutil.which("prism") or (str(own) if own.exists() else None)


def test_a_mock_of_the_openapi_by_others_takes_every_request(tmp_path: Path) -> None:
    """Prism refuses with 422 what is not as the OpenAPI says, and answers what it does not hold with the
    standard's own examples.
    """
    mock = prism()
    if mock is None:
        pytest.skip("not run: Prism is not installed (npm install @stoplight/prism-cli)")
    port = "4723"
    server = subprocess.Popen(
        [mock, "mock", "--errors", "--port", port, "--host", "127.0.0.1", str(OPENAPI)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _answers(f"http://127.0.0.1:{port}/programs")
        world = World(tmp_path, int(port))
        (tmp_path / "site.story").write_text(SITE)
        assert world.run("init", "--origin", "example.com/v").returncode == 0
        assert world.run("record", "site.story").returncode == 0
        found = world.follow("--report", "us")
        assert (found.returncode, found.stdout.splitlines()[-1].split("  ")[1]) == (
            0,
            "recorded 0 facts, 0 unchanged",
        )
    finally:
        server.terminate()
        server.wait(10)


def _answers(url: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(url, timeout=1)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the mock did not start")
