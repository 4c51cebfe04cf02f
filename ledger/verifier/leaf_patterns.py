"""Records read fast: what most records of a stream look like is learned as a pattern."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ledger.verifier.faults import LEAF_LIMIT, Misshapen, ProofError
from ledger.verifier.leaf import AT_FORM, ID_FORM, REC_FORM, Leaf, read_leaf

_NATURAL = r"(?:0|[1-9]\d{0,14})"  # those of 16 digits are read the slow way
_SIMPLE = r'"[ !#-\[\]-~]*"'
Match = Callable[[bytes], "re.Match[bytes] | None"]


class Leaves:
    """Reads the records of one stream. What most of them look like is learned as a pattern, so that few are
    parsed as JSON.

    A pattern is made of a record that was found canonical: its own keys and punctuation to the byte, and in
    the place of each value what every canonical value of its kind looks like (an integer of at most 15
    digits, a text of plain ASCII without quote or backslash, true or false, a list of one of these). So
    whatever it matches is canonical too, and has the form of a record of this stream. Records that correct,
    erase or have sections are always parsed; they are kept in ``parsed``.
    """

    def __init__(self, stream: str, member: str) -> None:
        self.parsed: list[Leaf] = []
        self._stream, self._member = stream, member
        self._patterns: list[Match] = []

    def read(self, lines: Sequence[bytes], before: int) -> tuple[list[int], list[int], list[bytes]]:
        """Indexes, positions and record times of lines, of which ``before`` came before."""
        if max(map(len, lines)) > LEAF_LIMIT:
            long = next(n for n, line in enumerate(lines) if len(line) > LEAF_LIMIT)
            why = f"a record has at most {LEAF_LIMIT:,} bytes, not {len(lines[long]):,}"
            raise Misshapen("leaf-too-large", why, f"{self._member}:{before + long + 1}")
        first: Match = self._patterns[0] if self._patterns else lambda line: None
        rows = [
            found.groups() if (found := first(line)) else self._other(line, n)
            for n, line in enumerate(lines, start=before + 1)
        ]
        indexes, places, recs = zip(*rows, strict=True)
        return list(map(int, indexes)), list(map(int, places)), list(recs)

    def _other(self, line: bytes, number: int) -> tuple[Any, ...]:
        for n, pattern in enumerate(self._patterns):
            found = pattern(line)
            if found is not None:
                if n:
                    self._patterns.insert(0, self._patterns.pop(n))
                return found.groups()
        where = f"{self._member}:{number}"
        try:
            leaf = read_leaf(line)
        except ProofError as why:
            why.where = where
            raise
        if leaf.stream != self._stream:
            raise ProofError(
                "wrong-stream", f"a record of {leaf.stream} among those of {self._stream}", where
            )
        if leaf.corrects or leaf.sections or leaf.kind in PARSED:
            self.parsed.append(kept(leaf))
        elif len(self._patterns) < 64 and (learned := _pattern(json.loads(line))) is not None:
            self._patterns.insert(0, learned)
        return leaf.place, leaf.pos, leaf.rec.encode()


def _pattern(said: Mapping[str, Any]) -> Match | None:
    forms = {
        "actor": r'"[ !#-\[\]-~]{1,4096}"',
        "at": f'"{AT_FORM}"',
        "id": f'"{ID_FORM}"',
        "index": f"({_NATURAL})",
        "kind": re.escape(f'"{said["kind"]}"'),
        "nonce": '"[0-9a-f]{32}"',
        "pos": f"({_NATURAL})",
        "reason": r'"[ !#-\[\]-~]{1,4096}"',
        "rec": f'"({REC_FORM})"',
        "stream": re.escape(f'"{said["stream"]}"'),
        "v": "1",
    }
    if "source" in said:
        forms["source"] = (
            r"\{"
            + ",".join(f'"{name}":' + r'"[ !#-\[\]-~]{1,4096}"' for name in sorted(said["source"]))
            + r"\}"
        )
    forms["body"] = _value_pattern(said["body"])
    if any("\0" in form for form in forms.values()):
        return None
    members = ",".join(f'"{name}":{forms[name]}' for name in sorted(said))
    return re.compile((r"\{" + members + r"\}").encode(), re.ASCII).fullmatch


def kept(leaf: Leaf) -> Leaf:
    """The parts of a record that the checks of a stream read, in little memory: ids as one text, and nothing
    that lists and objects of its body hold.
    """
    body = {name: None if isinstance(value, (list, dict)) else value for name, value in leaf.body.items()}
    return leaf._replace(corrects=(" ".join(leaf.corrects),) if leaf.corrects else (), body=body)


PARSED = frozenset(["section-erased.v1"])
_NO_PATTERN = "\0"


def _value_pattern(value: Any) -> str:
    """A pattern of every canonical value like this one; ``_NO_PATTERN`` stands in it where there is none."""
    if isinstance(value, bool):
        return "(?:true|false)"
    if isinstance(value, int):
        return r"(?:0|-?[1-9]\d{0,14})"
    if isinstance(value, str):
        return _SIMPLE
    if isinstance(value, dict) and all(re.fullmatch("[a-z0-9_]+", name, re.ASCII) for name in value):
        return r"\{" + ",".join(f'"{name}":{_value_pattern(value[name])}' for name in sorted(value)) + r"\}"
    if (
        isinstance(value, list)
        and value
        and len({type(one) for one in value}) == 1
        and not isinstance(value[0], (dict, list))
    ):
        one = _value_pattern(value[0])
        return rf"\[{one}(?:,{one})*\]"
    return r"\[\]" if value == [] else _NO_PATTERN
