"""``wattledger kinds`` tells a person everything that recording a fact takes, before the first try."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from ledger.app.cli.main import main
from ledger.kinds import CLASSES, CURRENT


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["kinds", *words])


def test_every_kind_a_person_may_record_is_listed() -> None:
    """A new operator looks for the word for what happened."""
    listed = {line.split()[0] for line in run().output.splitlines() if line.startswith("  ")}
    assert listed == {kind.name for kind in CURRENT.values() if kind.claimable}


def test_a_class_lists_its_own_kinds_only() -> None:
    """A community officer asks only for kinds of class community."""
    listed = {
        line.split()[0] for line in run("--class", "community").output.splitlines() if line.startswith("  ")
    }
    assert listed == {kind.name for kind in CURRENT.values() if kind.disclosure == "community"}


def test_a_field_is_shown_with_its_unit_choices_and_whether_it_is_required() -> None:
    """An operator reads what a derate is given in, and which outage classes there are."""
    text = run("outage-started").output
    assert [
        line.split(maxsplit=2) for line in text.splitlines() if line.startswith(("  derate", "  noticed"))
    ] == [
        ["derate=", "required", "number with its unit: W, kW, MW, GW"],
        ["noticed_at=", "optional", "an instant such as 2026-07-14T18:00:00Z"],
    ]


def test_a_field_that_can_be_erased_names_its_section() -> None:
    """A lessor sees which terms stay out of the hashed leaf."""
    fields = json.loads(run("lease-terms-recorded", "--json").output)["fields"]
    assert {field["name"]: field["section"] for field in fields if field["section"]} == {
        "tiers": "commercial",
        "monthly_rent_cents": "commercial",
    }


def test_what_must_be_recorded_before_is_named_with_the_field_that_ties_it() -> None:
    """A dispatch may be under a program; a curtailment is always of a dispatch and a block."""
    needs = [
        json.loads(run(kind, "--json").output)["needs"]
        for kind in ("dispatch-notified", "curtailment-started")
    ]
    assert needs == [
        [{"kind": "program-enrolled", "what": "with the same program=, where it is given"}],
        [
            {"kind": "dispatch-notified", "what": "with the same dispatch="},
            {"kind": "load-block-commissioned", "what": "with the same block="},
        ],
    ]


def test_the_lines_of_a_guide_record_in_an_empty_book(tmp_path: Path) -> None:
    """An operator pastes the lines of ``kinds curtailment-ended`` into a file and records it."""
    guide = json.loads(run("curtailment-ended", "--json").output)
    (tmp_path / "f.story").write_text("\n".join([*guide["before_example"], guide["example"]["story"]]))
    book = ["--book", str(tmp_path / "b")]
    CliRunner().invoke(main, [*book, "init", "--origin", "example.com/kinds"])
    told = CliRunner().invoke(main, [*book, "record", str(tmp_path / "f.story")])
    assert (told.exit_code, told.output.splitlines()[-1].split(";")[0]) == (0, "recorded 7 facts")


def test_the_json_example_says_the_same_as_the_story_text(tmp_path: Path) -> None:
    """Recording the JSON line after the story line changes nothing: both have the same id."""
    guide = json.loads(run("site-registered", "--json").output)
    (tmp_path / "f.story").write_text(guide["example"]["story"])
    (tmp_path / "f.jsonl").write_text(guide["example"]["json"])
    book = ["--book", str(tmp_path / "b")]
    CliRunner().invoke(main, [*book, "init", "--origin", "example.com/kinds"])
    told = [
        CliRunner().invoke(main, [*book, "record", str(tmp_path / f"f.{form}")])
        for form in ("story", "jsonl")
    ]
    assert [one.output.splitlines()[-1].split(";")[0] for one in told] == [
        "recorded 1 fact",
        "recorded 0 facts, 1 recorded before, unchanged",
    ]


def test_an_unknown_kind_is_answered_with_the_nearest() -> None:
    """A typo costs one look, not a search."""
    told = run("outage-begun")
    assert (told.exit_code, "did you mean outage-ended, outage-started?" in told.output) == (2, True)


def test_a_kind_that_the_ledger_writes_itself_is_named_so() -> None:
    """Nobody writes ledger-heads by hand."""
    told = run("ledger-heads")
    assert (told.exit_code, "written by the ledger itself" in told.output) == (2, True)


def test_every_class_has_kinds() -> None:
    """No class of ``--class`` gives an empty list."""
    assert [len(run("--class", name).output.splitlines()) > 3 for name in CLASSES] == [True] * len(CLASSES)


def second_word(kind: str) -> str:
    """What the second word of a line of the kind is, as it is shown."""
    return next(
        line.split("required")[1].strip()
        for line in run(kind).output.splitlines()
        if line.startswith("  second word")
    )


def test_the_second_word_of_a_fact_about_an_authority_is_its_code() -> None:
    """It was called a text, in double quotes where it has spaces."""
    assert second_word("generation-recorded").endswith("as ba-SOCO")


def test_a_kind_that_has_no_field_for_its_site_tells_of_the_second_word() -> None:
    """Its example has one, which the list of fields left out."""
    assert second_word("certificates-retired") == "the site that it is about, as sandersville"
