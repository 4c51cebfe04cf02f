"""The verifier page asked beside verify.py: its script run by Node for as long as the tests run, one question
after the other.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from ledger.log.checkpoint import format_checkpoint
from ledger.verifier.checkpoints import Checkpoint
from ledger.verifier.keys import VerifierKey
from ledger.verifier.policy import Policy
from ledger.verifier.reader import Asked, format_state
from ledger.verifier.reports import REPORTS
from projections.reports.catalogue import REPORTS as CATALOGUE

PAGE = Path(__file__).parents[2] / "ledger" / "verifier" / "verify.html"
PROGRAM = PAGE.with_name("verify.py")
"""The verifier as one file, which an auditor is handed."""
NODE = shutil.which("node")


class Asking:
    """One Node that runs the page's script."""

    def __init__(self) -> None:
        assert NODE is not None, "Node is here"
        self._place = tempfile.TemporaryDirectory()
        self._process = subprocess.Popen(
            [NODE, str(Path(__file__).with_name("page.mjs")), str(PAGE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def answer(self, data: bytes, asked: Asked, policy: str | None = None) -> dict[str, Any]:
        """The page's verdict, {found, state}; ``policy`` is a file's text in the place of what is asked."""
        place, state = Path(self._place.name), None
        (place / "bundle").write_bytes(data)
        if asked.state is not None:
            state = place / "state"
            state.write_bytes(format_state(asked.state._replace(note=unsigned(asked.state.checkpoint))))
        said = {
            "bundle": str(place / "bundle"),
            "key": asked.key,
            "streams": asked.streams,
            "start": asked.start_s if asked.start_on is None else asked.start_on,
            "stop": asked.stop_s if asked.stop_on is None else asked.stop_on,
            "state": None if state is None else str(state),
            "policy": policy if asked.policy is None else format_policy(asked.policy),
            "maxAge": asked.max_age_s,
            "now": asked.now_s,
            "receipts": [[name, base64.b64encode(data).decode()] for name, data in asked.receipts],
            "acceptOld": asked.accept_old,
        }
        assert self._process.stdin is not None, "asked by a pipe"
        assert self._process.stdout is not None, "answers by a pipe"
        self._process.stdin.write(json.dumps(said) + "\n")
        self._process.stdin.flush()
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found


@cache
def asking() -> Asking | None:
    """The page, for all tests of this process; None where Node is not here."""
    return None if NODE is None else Asking()


def unsigned(checkpoint: Checkpoint) -> str:
    """A note of a checkpoint: whoever remembers one has verified it, and looks at no signature again."""
    return f"{format_checkpoint(checkpoint)}\n\u2014 seen {base64.b64encode(bytes(68)).decode()}\n"


def format_policy(policy: Policy) -> str:
    """The file of a policy."""
    lines = [f"log {key}" for key in policy.logs]
    lines += [f"witness {name} {_vkey(key)}" for name, key in policy.witnesses.items()]
    lines += [f"group {name} {n} {' '.join(members)}" for name, (n, members) in policy.groups.items()]
    return "\n".join([*lines, f"quorum {policy.quorum or 'none'}"]) + "\n"


def _vkey(key: VerifierKey) -> str:
    encoded = base64.b64encode(bytes([key.kind]) + key.public).decode()
    return f"{key.name}+{key.key_hash.hex()}+{encoded}"


# --- the file -----------------------------------------------------------------------------------------------


def made(page: str) -> str:
    """The page with what follows from the rest of the project: the table of reports, the columns of each that
    stand first, and the hashes that let its own script and style run.
    """
    rows = "".join(f"  {json.dumps(name)}: {json.dumps(list(reads))},\n" for name, reads in REPORTS.items())
    page = re.sub(
        r"(?<=\nconst REPORTS = )\{.*?\n\};\n",
        lambda _: "{\n" + rows + "};\n",
        page,
        count=1,
        flags=re.DOTALL,
    )
    first = "".join(
        f"  {json.dumps(report.name)}: {json.dumps(list(report.first))},\n"
        for report in CATALOGUE
        if report.alone and report.first
    )
    page = re.sub(
        r"(?<=\nconst FIRST = )\{.*?\n\};\n", lambda _: "{\n" + first + "};\n", page, count=1, flags=re.DOTALL
    )
    for name, part in (("script", "script-src"), ("style", "style-src")):
        text = re.findall(rf"<{name}>(.*)</{name}>", page, re.DOTALL)[0]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        page = re.sub(rf"{part} 'sha256-[^']*'", f"{part} 'sha256-{digest}'", page)
    return page
