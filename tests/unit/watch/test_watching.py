"""``watch`` as an operations desk runs it: each alert once, none lost, whoever fails."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ledger.app.book.book import Book, Said
from ledger.app.cli.main import main
from ledger.app.watch import watching
from ledger.exchange import story
from tests.support.alert_server import alert_server
from tests.support.interrupted import PROGRAM

NOON = "2026-06-10T16:00Z"
RULES = ["payments", "outages", "doubts"]


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "ONCE_WAITS_S", (0, 0))


def watched(place: Path, *words: str) -> Result:
    rules = ["--rule", str(place / "rules.toml")]
    return CliRunner().invoke(main, ["--book", str(place / "book"), "watch", *rules, *words])


def once(place: Path, *words: str) -> Result:
    return watched(place, "--once", "--at", NOON, *words)


def test_each_rule_tells_what_it_finds(place: Path) -> None:
    """A payment is due in ten days, an outage is open for days, another lasted too long."""
    with alert_server() as server:
        once(place, "--webhook", server.url, "--allow-private")
    assert [(alert["rule"], alert["said"]) for alert in server.taken] == [
        ("payments", "s1: payment 2026 of pilot: $80,000 to Washington County: due 2026-06-20, in 10 days"),
        (
            "outages",
            "s1: outage fan is open since 2026-06-05T10:00:00Z: block=m1 outage_class=forced-u1 derate=40MW"
            " cause=fan outside_management_control=false",
        ),
        (
            "doubts",
            "s1: record 11 is unlikely: s1: outage long lasted 20 h, longer than 12 h",
        ),
    ]


def test_an_alert_is_told_once(place: Path) -> None:
    """Cron checks every minute; the desk hears of each thing once."""
    with alert_server() as server:
        for _ in range(3):
            once(place, "--webhook", server.url, "--allow-private")
    assert [alert["rule"] for alert in server.taken] == RULES


def test_a_run_that_is_killed_loses_no_alert_and_tells_none_twice(place: Path) -> None:
    """The receiver takes the first alert and hangs over the second; the run is killed there. The next run tells
    the second and the third, and the first no more.
    """
    with alert_server() as server:
        server.answer = lambda alert: 200 if alert["rule"] == "payments" else 0
        words = ("--rule", str(place / "rules.toml"), "--webhook", server.url, "--allow-private")
        at = ("--once", "--at", NOON)
        command = [sys.executable, "-m", "ledger.app", "--book", str(place / "book"), "watch", *words, *at]
        run = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        assert server.silent.wait(60)
        run.send_signal(signal.SIGKILL)
        run.wait()
        server.answer = lambda alert: 200
        once(place, "--webhook", server.url, "--allow-private")
    assert [alert["rule"] for alert in server.taken] == RULES


def test_a_run_that_a_service_manager_stops_notes_the_alert_on_its_way(place: Path) -> None:
    """The command has the first alert when the stop comes, and takes it: the next run tells only the others."""
    desk = place / "desk.sh"
    desk.write_text('touch "$0.has"; until [ -e "$0.go" ]; do sleep 0.02; done; cat >> "$0.told"\n')
    words = ("--rule", str(place / "rules.toml"), "--exec", f"sh {desk}", "--once", "--at", NOON)
    command = [sys.executable, "-m", "ledger.app", "--book", str(place / "book"), "watch", *words]
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while not (place / "desk.sh.has").exists():
        assert run.poll() is None
        time.sleep(0.01)
    run.send_signal(signal.SIGTERM)
    (place / "desk.sh.go").touch()
    assert run.wait() == -signal.SIGTERM
    once(place, "--exec", f"sh {desk}")
    told = [json.loads(line)["rule"] for line in (place / "desk.sh.told").read_text().splitlines()]
    assert told == RULES


def test_an_alert_that_nobody_took_is_told_after_it_is_over(place: Path) -> None:
    """The receiver was down while the outage was open; the desk still hears of it."""
    with alert_server() as server:
        server.answer = lambda alert: 503
        once(place, "--webhook", server.url, "--allow-private")
        over = "2026-06-10T17:00Z s1 outage-ended outage=fan"
        with Book.open(place / "book", write=True, accept_clock=True) as book:
            book.record([Said(claim) for claim in story.read(over.encode(), "s.story").claims])
        server.answer = lambda alert: 200
        watched(place, "--once", "--at", "2026-06-10T18:00Z", "--webhook", server.url, "--allow-private")
    assert "outages" in [alert["rule"] for alert in server.taken]


def test_nobody_there_is_exit_6_and_says_what_is_kept(place: Path) -> None:
    with alert_server() as server:
        server.answer = lambda alert: 503
        done = once(place, "--webhook", server.url, "--allow-private")
    assert (done.exit_code, done.stderr.splitlines()) == (
        6,
        [
            "2026-06-10T16:00:00Z  127.0.0.1 answers 503",
            "wattledger: 3 alerts are kept that no receiver took; the next run sends them",
        ],
    )


def test_one_alert_that_is_refused_does_not_hold_up_the_others(place: Path) -> None:
    with alert_server() as server:
        server.answer = lambda alert: 422 if alert["rule"] == "payments" else 200
        once(place, "--webhook", server.url, "--allow-private")
    assert [alert["rule"] for alert in server.taken] == RULES[1:]


def test_an_alert_names_itself_so_that_a_receiver_knows_it_again(place: Path) -> None:
    with alert_server() as server:
        once(place, "--webhook", server.url, "--allow-private")
    assert [headers["Idempotency-Key"] for headers in server.headers] == [
        alert["alert"] for alert in server.taken
    ]


def test_a_command_gets_the_alert_on_its_input_and_no_shell_sees_it(place: Path) -> None:
    """A cause is what somebody typed; it must not become a command."""
    evil = '2026-06-04T10:00Z s1 incident-opened incident=i1 summary="$(touch pwned); `touch pwned`"'
    with Book.open(place / "book", write=True, accept_clock=True) as book:
        book.record([Said(claim) for claim in story.read(evil.encode(), "s.story").claims])
    (place / "rules.toml").write_text('[[rule]]\nname = "incidents"\non = "open"\nwhat = ["incident"]\n')
    once(place, "--exec", f"tee {place / 'heard'}")
    assert ("touch pwned" in (place / "heard").read_text(), list(place.glob("**/pwned"))) == (True, [])


def test_a_command_that_fails_is_tried_again_by_the_next_run(place: Path) -> None:
    first = once(place, "--exec", "false")
    second = once(place, "--exec", "true")
    assert (first.exit_code, second.exit_code, second.stdout.count("told")) == (6, 0, 3)


def test_what_holds_already_can_be_skipped(place: Path) -> None:
    """A desk that begins to watch an old book wants to hear what comes, not what is long known."""
    once(place, "--exec", "true", "--skip-current")
    later = watched(place, "--once", "--at", "2026-06-10T17:00Z", "--exec", "true", "--skip-current")
    assert later.stdout == ""


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "https://localhost/x", "https://[::1]/", "https://10.1.2.3/"]
)
def test_a_webhook_of_a_private_network_must_be_allowed(place: Path, url: str) -> None:
    done = once(place, "--webhook", url)
    assert (done.exit_code, "--allow-private" in done.stderr, (place / "rules.toml.told").exists()) == (
        2,
        True,
        False,
    )


def test_a_redirect_is_not_followed(place: Path) -> None:
    with alert_server() as server:
        server.answer = lambda alert: 307
        done = once(place, "--webhook", server.url, "--allow-private")
    assert "127.0.0.1 answers 307; a redirect is not followed" in done.stderr


def test_a_watch_that_is_interrupted_ends_quietly(place: Path) -> None:
    """Ctrl-C between two checks: what was told stands, nothing is half written."""
    with alert_server() as server:
        words = ("--rule", str(place / "rules.toml"), "--webhook", server.url, "--allow-private")
        command = [*PROGRAM, "--book", str(place / "book"), "watch", *words]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
            assert run.stdout is not None
            run.stdout.readline()
            os.kill(run.pid, signal.SIGINT)
            _, stderr = run.communicate(timeout=60)
    assert (run.returncode, "Traceback" in stderr) == (130, False)
