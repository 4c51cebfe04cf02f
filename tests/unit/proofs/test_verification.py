"""A reader who misspells a stream is told so; that its records are none is said of a name that is not near."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ledger.app.cli.main import main
from ledger.verifier.main import main as alone
from tests.support.forging import KEY, OPERATIONS, Log

MISSPELLED = OPERATIONS.replace("oper", "oepr")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle of one stream of operations."""
    found = Log()
    found.told("i0")
    found.seal()
    path = tmp_path / "b.zip"
    path.write_bytes(found.bundle(OPERATIONS))
    return path


def verified(bundle: Path, stream: str) -> Result:
    return CliRunner().invoke(main, ["verify", str(bundle), "--key", KEY.vkey, "--stream", stream])


def test_a_stream_spelled_nearly_like_one_of_the_registry_is_asked_about(bundle: Path) -> None:
    """The registry proves which streams there are; the fault is the reader's, and the bundle is not judged."""
    done = verified(bundle, MISSPELLED)
    assert (done.exit_code, f"did you mean {OPERATIONS}?" in done.output) == (2, True), done.output


def test_a_stream_that_is_near_none_was_never_opened(bundle: Path) -> None:
    done = verified(bundle, "elsewhere/community")
    assert (done.exit_code, "never-opened" in done.output) == (1, True), done.output


def test_a_bundle_that_is_wrong_otherwise_is_told_as_ever(bundle: Path) -> None:
    """A misspelled name does not soften the verdict on a bundle whose records were altered."""
    data = bundle.read_bytes()
    bundle.write_bytes(data.replace(b'"i0"', b'"i1"', 1))
    assert "VERIFIED" not in verified(bundle, MISSPELLED).output


MISTYPED = {
    "--key": (["--key", "nonsense"], "--key: a verifier key is name+hash+base64: 'nonsense'"),
    "--stream": (
        ["--stream", "S1/Grid"],
        "--stream: 'S1/Grid' is not a stream name: SITE/CLASS in lower case, such as s1/grid",
    ),
    "--stream, near": (
        ["--stream", MISSPELLED],
        f"--stream: no stream {MISSPELLED} was ever opened; did you mean {OPERATIONS}?",
    ),
    "--to": (
        ["--from", "2026-02-01", "--to", "2026-01-01"],
        "--to: the window ends before it begins: --to is not included and must be later",
    ),
    "--policy": (["--policy", "nowhere"], "--policy nowhere: cannot be read: No such file or directory"),
    "--policy, a line": (
        ["--policy", "mine.txt"],
        "--policy mine.txt:2: not a line of a policy (log, witness, group or quorum): 'quorom none'",
    ),
    "--state": (
        ["--state", "mine.txt"],
        "--state mine.txt: is not a state file: Expecting value: line 1 column 1 (char 0)",
    ),
    "--receipt": (["--receipt", "nowhere"], "--receipt nowhere: cannot be read: No such file or directory"),
    "--receipt, no proof": (
        ["--receipt", "mine.txt"],
        "--receipt mine.txt: is no proof of one record: its lines are: the header, extra with the record, index,"
        " the proof, an empty line, the checkpoint",
    ),
}


@pytest.mark.parametrize(("typed", "told"), MISTYPED.values(), ids=MISTYPED)
def test_a_slip_of_the_reader_is_told_as_his_own_and_not_as_a_fault_of_the_bundle(
    bundle: Path,
    typed: list[str],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """ "MALFORMED: unknown-key", said of a key with a letter too few, sent an auditor back to the operator."""
    monkeypatch.chdir(bundle.parent)
    Path("mine.txt").write_text("# mine\nquorom none\n")
    words = ["b.zip", *(["--key", KEY.vkey] if "--key" not in typed else []), *typed]
    done = CliRunner().invoke(main, ["verify", *words])
    code, by_file = alone(words), capsys.readouterr()
    assert (done.exit_code, done.stdout, done.stderr, code, by_file.out, by_file.err) == (
        2,
        "",
        f"wattledger: {told}\n",
        2,
        "",
        f"verify.py: {told}\n",
    )


def test_a_bundle_that_is_not_there_is_told_as_its_name(bundle: Path) -> None:
    done = verified(bundle.with_name("c.zip"), OPERATIONS)
    told = f"wattledger: BUNDLE {bundle.with_name('c.zip')}: cannot be read: No such file or directory\n"
    assert (done.exit_code, done.stderr) == (2, told)
