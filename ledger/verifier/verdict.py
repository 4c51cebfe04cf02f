"""The verdict, and what it is about."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from ledger.verifier.checks import Checked
from ledger.verifier.faults import MALFORMED, Misshapen, ProofError
from ledger.verifier.forest import Proven
from ledger.verifier.reader import Asked
from ledger.verifier.times import instant

EXITS = {"VERIFIED": 0, "FAILED": 1, "MALFORMED": 2, "INCOMPLETE-TRUST": 3}


class Verdict(NamedTuple):
    """``report`` is recomputed, not-checked or none; ``scope`` what the verdict is about, None where nothing
    is proven.
    """

    verdict: str
    code: str | None
    where: str
    why: str
    report: str
    scope: dict[str, Any] | None

    @property
    def exit_code(self) -> int:
        """0 VERIFIED, 1 FAILED, 2 MALFORMED, 3 INCOMPLETE-TRUST."""
        return EXITS[self.verdict]

    def json(self) -> str:
        """The last line of output."""
        return json.dumps(self._asdict())


def refusal(why: ProofError, report: str = "not-checked") -> Verdict:
    """The verdict for something that is wrong."""
    malformed = isinstance(why, Misshapen) or why.code in MALFORMED
    return Verdict("MALFORMED" if malformed else "FAILED", why.code, why.where, str(why), report, None)


def verdict(checked: Checked, report: str) -> Verdict:
    """The verdict where nothing is wrong."""
    code, where, why = checked.missing[0] if checked.missing else (None, "", "")
    return Verdict(
        "INCOMPLETE-TRUST" if checked.missing else "VERIFIED", code, where, why, report, scope(checked)
    )


def scope(checked: Checked) -> dict[str, Any]:
    """The scope of a verdict: the log as of its checkpoint, each stream's positions [from, size) with how
    many the reader's state did not know (None without one), the window, sections and reports.
    """
    asked = checked.asked
    wanted = asked.streams or tuple(name for name, one in checked.streams.items() if one.number)
    window = None if asked.start_s is asked.stop_s is None else [_said(asked.start_s), _said(asked.stop_s)]
    return {
        "origin": checked.checkpoint.origin,
        "size": checked.checkpoint.size,
        "root": checked.checkpoint.root.hex(),
        "rec": checked.heads.rec,
        "key": checked.key,
        "streams": [
            {"stream": name, "from": one.lo, "size": one.size, "new": _new(asked, one)}
            for name in wanted
            for one in [checked.streams[name]]
        ],
        "window": window,
        "in_window": None if window is None else sum(_inside(checked, name) for name in wanted),
        "tz": checked.zone,
        "sections": {name: len(found) for name, found in checked.sections._asdict().items()},
        "reports": [{"report": one["name"], **one["parameters"]} for one in checked.bundle.reports],
        "anchors": [name for name in checked.bundle.members if name.startswith("anchors/")],
        "assurance": checked.assurance,
        "receipts": checked.receipts,
        **ml_dsa_said(checked.ml_dsa),
    }


def ml_dsa_said(ml_dsa: str | None) -> dict[str, str]:
    return {} if ml_dsa is None else {"ml_dsa_44": ml_dsa}


def _said(posix_s: int | None) -> str | None:
    return None if posix_s is None else instant(posix_s)


def _new(asked: Asked, one: Proven) -> int | None:
    """The number of a stream's records that the reader's state does not know; None without a state."""
    if asked.state is None:
        return None
    seen = asked.state.streams.get(one.name)
    return one.size - (0 if seen is None else seen.size)


def _inside(checked: Checked, name: str) -> int:
    """The number of a stream's records of an instant in the window."""
    asked = checked.asked
    start = b"" if asked.start_s is None else instant(asked.start_s).encode()
    stop = b"~" if asked.stop_s is None else instant(asked.stop_s).encode()
    return sum(
        start <= at < stop
        for lines in checked.bundle.lines(checked.streams[name].member)
        for line in lines
        for at in [_AT_MEMBER.findall(line)[0]]
    )


_AT_MEMBER = re.compile(b'^{"actor":"(?:[^"\\\\]|\\\\.)*","at":"([^"]*)"')
