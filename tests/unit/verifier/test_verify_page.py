"""The verifier as a page, verify.html: it agrees with verify.py on every bundle that the attacks and these
changes make, and works in Chromium offline.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ledger.app.book.book import Book
from ledger.app.exports import tiles
from ledger.app.exports.options import ExportOptions as Exported
from ledger.log.signing import sign_note
from ledger.verifier.faults import ProofError
from ledger.verifier.reader import Asked, format_state, parse_state
from ledger.verifier.record_proof import SINGLE
from ledger.verifier.single import check_single
from ledger.verifier.verdict import refusal
from tests.support.browsing import by_day_and_night, chromium, window
from tests.support.examples import SEARCHING
from tests.support.forging import KEY, OPERATIONS, Log, altered, packed, state_of
from tests.support.page import PAGE, asking, made
from tests.support.witnessing import by_program
from tests.unit.proofs.test_bundles import _drop, book, bundle, tampered

__all__ = ["book", "chromium"]
GOLDEN = Path(__file__).parents[2] / "golden" / "bundles"
SCRAPS = (
    b"null",
    b"1.0",
    b"-0",
    b"\\ud800",
    b"9007199254740993",
    b'"x":1,',
    b"\xff",
    b"\xef\xbb\xbf",
    b" ",
    b"[" * 2000,
)


def members() -> dict[str, bytes]:
    """A small log that handed its key on, corrected a record, and was sealed twice."""
    log = Log()
    first = log.told("a")
    log.told("b")
    early = log.seal()
    log.told("c", corrects=[first])
    return log.members([OPERATIONS], earlier=early) if log.seal() else {}


def changed(rng: random.Random, data: bytes) -> bytes:
    """Some bytes changed, as chance or a cheat would."""
    place = rng.randrange(len(data))
    how = rng.randrange(5)
    if how == 0:
        return data[:place] + bytes([data[place] ^ 1 << rng.randrange(8)]) + data[place + 1 :]
    if how == 1:
        return data[:place] + data[place + rng.randrange(1, 40) :]
    if how == 2:
        return data[:place] + rng.choice(SCRAPS) + data[place:]
    if how == 3:
        return data[:place] + rng.choice(SCRAPS) + data[place + 1 :]
    lines = data.split(b"\n")
    rng.shuffle(lines)
    return b"\n".join(lines)


def by_page(data: bytes, asked: Asked) -> tuple[str, str | None, str]:
    page = asking()
    if page is None:
        pytest.skip("not run: Node is not installed")
    found = page.answer(data, asked)["found"]
    return found["verdict"], found["code"], found["where"]


ASKED = Asked(KEY.vkey, (OPERATIONS,))
CHANGES = 400 if SEARCHING else 150


@pytest.mark.parametrize("inside", [False, True], ids=["bundle", "member with a true manifest"])
def test_the_page_agrees_on_every_changed_bundle(inside: bool) -> None:
    rng = random.Random(7 + inside)
    whole = members()
    differ = []
    for _ in range(CHANGES):
        if inside:
            name = rng.choice([n for n in sorted(whole) if n != "manifest.json"])
            data = packed({**whole, name: changed(rng, whole[name])})
        else:
            data = changed(rng, packed(whole))
        page, program = by_page(data, ASKED), by_program(data, ASKED)
        if page != (program.verdict, program.code, program.where):
            differ.append((page, program))
    assert differ == []


def holding(number: int) -> bytes:
    """A bundle whose first record tells a number."""
    whole = members()
    first, _, rest = whole["streams/2.jsonl"].partition(b"\n")
    return packed({**whole, "streams/2.jsonl": altered(first, body={"n": number}) + b"\n" + rest})


def of_size(size: str) -> bytes:
    """A bundle whose checkpoint is signed over so many records."""
    whole = members()
    origin, _, root = whole["checkpoint"].decode().split("\n")[:3]
    return packed({**whole, "checkpoint": sign_note(f"{origin}\n{size}\n{root}\n", [KEY])})


CHEATS: dict[str, Callable[[], bytes]] = {
    **{
        f"a byte order mark before {name}": partial(
            lambda one: packed({**(whole := members()), one: b"\xef\xbb\xbf" + whole[one]}), name
        )
        for name in sorted(members())
    },
    **{f"a record with {n}": partial(holding, n) for n in (2**53 - 1, 2**53, 2**53 + 2, -(2**53))},
    **{
        f"a checkpoint over {size} records": partial(of_size, size)
        for size in ("08", "9007199254740991", "9007199254740992", "99999999999999999", "\u0663")
    },
}


@pytest.mark.parametrize("cheat", CHEATS)
def test_the_page_agrees_on_what_chance_seldom_writes(cheat: str) -> None:
    """JavaScript drops a byte order mark and rounds what is above 2^53: a reader that does finds the same value
    in other bytes. A checkpoint over 2^53 records had another verdict in the page than in verify.py.
    """
    data = CHEATS[cheat]()
    program = by_program(data, ASKED)
    assert by_page(data, ASKED) == (program.verdict, program.code, program.where)


def test_the_page_remembers_what_verify_py_remembers() -> None:
    page, data = asking(), packed(members())
    if page is None:
        pytest.skip("not run: Node is not installed")
    assert page.answer(data, ASKED)["state"].encode() == format_state(state_of(data))


def test_the_page_says_of_an_honest_bundle_all_that_verify_py_says() -> None:
    page, data = asking(), packed(members())
    if page is None:
        pytest.skip("not run: Node is not installed")
    assert page.answer(data, ASKED)["found"] == json.loads(by_program(data, ASKED).json())


def test_the_page_knows_the_reports_and_lets_only_its_own_script_run() -> None:
    page = PAGE.read_text()
    assert page == made(page), "uv run python tools/bless"
    assert re.findall(r"https?:", page) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda members, reports: None, ("VERIFIED", None)),
        (_drop("sections.jsonl"), ("FAILED", "section-missing")),
        (
            lambda members, reports: members.update(
                {"sections.jsonl": members["sections.jsonl"].replace(b"100000000", b"100000001")}
            ),
            ("FAILED", "section-mismatch"),
        ),
        (
            lambda members, reports: reports[0].update(definition_version=99),
            ("INCOMPLETE-TRUST", "report-version"),
        ),
        (lambda members, reports: reports[0]["parameters"].update(tz="UTC"), ("FAILED", "report-mismatch")),
        (lambda members, reports: reports[0]["parameters"].update(known_at=4), ("FAILED", "report-mismatch")),
        (lambda members, reports: reports[0]["parameters"].update(sites=["s1", "s2"]), ("VERIFIED", None)),
    ],
)
def test_reports_and_sections_are_judged_as_verify_py_judges_them(
    book: Book, change: Callable[..., None], told: tuple[str, str | None]
) -> None:
    path = tampered(bundle(book, "s1/lease", reports=("lease-dates",), sections=True), change)
    asked = Asked(str(book.seals.vkey()), ("s1/lease",))
    program = by_program(path.read_bytes(), asked)
    assert by_page(path.read_bytes(), asked)[:2] == (program.verdict, program.code) == told


def test_the_page_verifies_a_bundle_of_the_first_form_that_begins_where_a_state_ends() -> None:
    said = json.loads((GOLDEN / "v1.json").read_text())
    state = parse_state(json.dumps(said["state"]).encode())
    asked = Asked(said["key"], tuple(said["streams"]), state=state, accept_old=True)
    assert by_page((GOLDEN / "v1.zip").read_bytes(), asked) == ("VERIFIED", None, "")


def test_the_page_agrees_on_the_proof_of_one_record_and_on_every_change_of_it(book: Book) -> None:
    rng = random.Random(11)
    book.checkpoint()
    whole = b"".join(tiles.proof(book, Exported(record="5")))
    asked = Asked(str(book.seals.vkey()))
    differ = []
    for n in range(200):
        data = changed(rng, whole) if n else whole
        try:
            program = check_single(data, asked) if data.startswith(SINGLE) else by_program(data, asked)
        except ProofError as why:
            program = refusal(why)
        if by_page(data, asked) != (program.verdict, program.code, program.where):
            differ.append((n, by_page(data, asked), (program.verdict, program.code, program.where)))
    assert differ == []


# --- in a browser -------------------------------------------------------------------------------------------


def verified(page: Any, bundle: Path, key: str, streams: str) -> str:
    """Fill in the form as a person would, by keyboard but for the file; the headline of the verdict."""
    page.goto(PAGE.as_uri())
    page.set_input_files("#bundle", bundle)
    page.focus("#key")
    page.keyboard.type(key)
    page.keyboard.press("Tab")
    page.keyboard.type(streams)
    page.focus("button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#result:not([hidden])")
    return str(page.text_content("#verdict"))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "b.zip").write_bytes(packed(members()))
    return tmp_path / "b.zip"


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    with window(chromium) as found:
        yield found


def test_an_auditor_reads_the_verdict_in_a_browser(page: Any, small: Path) -> None:
    assert verified(page, small, KEY.vkey, OPERATIONS) == "VERIFIED"


def test_the_verifier_asks_for_nothing_but_its_own_file(page: Any, small: Path) -> None:
    asked: list[str] = []
    page.on("request", listener := lambda request: asked.append(request.url))
    verified(page, small, KEY.vkey, OPERATIONS)
    page.remove_listener("request", listener)
    assert asked == [PAGE.as_uri()]


def test_the_state_that_the_browser_saves_is_taken_the_next_time(page: Any, small: Path) -> None:
    verified(page, small, KEY.vkey, OPERATIONS)
    with page.expect_download() as saving:
        page.click("#newstate")
    saved = small.with_name("state.json")
    saving.value.save_as(saved)
    assert saved.read_bytes() == format_state(state_of(small.read_bytes()))


@pytest.mark.parametrize(
    ("key", "streams", "said"),
    [
        ("no key", OPERATIONS, "Not verified: Verifier key"),
        (KEY.vkey, "", "INCOMPLETE-TRUST: scope-not-given"),
        (KEY.vkey, "s9/grid", "FAILED: never-opened"),
    ],
)
def test_a_browser_says_what_is_wrong(page: Any, small: Path, key: str, streams: str, said: str) -> None:
    assert verified(page, small, key, streams) == said


def test_axe_finds_nothing_against_the_page(chromium: Any, small: Path) -> None:
    with window(chromium, past_policy=True) as page:
        verified(page, small, KEY.vkey, OPERATIONS)
        found = by_day_and_night(page)
    assert found == []
