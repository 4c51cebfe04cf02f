"""C2SP tlog-policy: whom the reader trusts, and who must have cosigned."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from ledger.verifier.faults import BadOption, ProofError
from ledger.verifier.keys import COSIGNATURE, ED25519, ML_DSA_44, VerifierKey, parse_vkey


class Policy(NamedTuple):
    """Whom the reader trusts: log keys (empty: any he names), witnesses by name, groups {name: (needed,
    members)}, the one that must agree.
    """

    logs: list[str]
    witnesses: dict[str, VerifierKey]
    groups: dict[str, tuple[int, tuple[str, ...]]]
    quorum: str | None

    def met(self, names: Iterable[str]) -> bool:
        """Is the quorum reached by these witnesses?"""
        agreed = set(names)
        for group, (needed, members) in self.groups.items():  # a group names only what was said before it
            if sum(member in agreed for member in members) >= needed:
                agreed.add(group)
        return self.quorum is None or self.quorum in agreed

    def log_keys(self, kind: int) -> list[VerifierKey]:
        """The log keys of a kind."""
        return [key for key in map(log_key, self.logs) if key.kind == kind]


def log_key(line: str) -> VerifierKey:
    return parse_vkey(line, ED25519, ML_DSA_44)


FULL = "full"
FULL_LOG = "/full-log"


def is_full_log(key: VerifierKey) -> bool:
    """Does a witness's key say by its name that it cosigns only a log that it has read whole?"""
    return key.name.endswith(FULL_LOG)


def parse_policy(text: str) -> Policy:
    """The policy of a file with these lines, as C2SP tlog-policy writes them; a line ``# ...`` is a comment.

    - ``log VKEY [URL]``: a log key that is trusted
    - ``witness NAME VKEY [URL]``: a witness
    - ``group NAME N|any|all MEMBER...``: a group that agrees when N of its members do
    - ``quorum NAME|none``: the witness or group that must have cosigned

    A log's key is Ed25519 or ML-DSA-44 (type 0x06), a witness's is of cosignatures, Ed25519 or ML-DSA-44.
    Where keys of both kinds are named for a log, both must have signed.

    No witness counts twice: a key is there once whatever its names are, a log's key is no witness's, and a
    name is a member of one group at most. The group ``full``, which is not C2SP's, is always there: it agrees
    when a full-log witness has cosigned, one of the policy's whose key has a name that ends with
    ``/full-log``. It can be the quorum and a member of another group.
    """
    if found := re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text):
        why = f"has the control character {found[0]!r}: a policy has lines that end with a newline alone"
        raise BadOption("--policy", why, "policy")
    policy = Policy([], {}, {}, None)
    quorums = 0
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.strip(" \t")
        try:
            if words and words[0] != "#":
                quorum = _policy_line(re.split(r"[ \t]+", words), policy)
                quorums += quorum is not None
                policy = policy._replace(quorum=quorum or policy.quorum)
        except (ProofError, ValueError) as why_:
            wrong = f"not a line of a policy ({why_}): {line[:200]!r}"
            raise BadOption("--policy", wrong, f"policy:{number}") from None
    if quorums != 1:
        raise BadOption("--policy", "a policy has one line: quorum NAME, or quorum none", "policy")
    _check_members(policy)
    return policy._replace(quorum=None if policy.quorum == "none" else policy.quorum)


def _policy_line(words: list[str], policy: Policy) -> str | None:
    """Take a line in; the quorum where it says one."""
    kind, count = words[0], len(words)
    keys = [log_key(line).public for line in policy.logs]
    keys += [key.public for key in policy.witnesses.values()]
    known = policy.witnesses.keys() | policy.groups.keys() | {FULL}
    if kind == "log" and count in (2, 3):
        if log_key(words[1]).public in keys:
            raise ValueError("its key is there twice")
        policy.logs.append(words[1])
    elif kind == "witness" and count in (3, 4):
        key = parse_vkey(words[2], COSIGNATURE, ML_DSA_44)
        _check_name(words[1], known)
        if key.public in keys:
            raise ValueError("its key is there twice")
        policy.witnesses[words[1]] = key
    elif kind == "group" and count > 3:
        members = tuple(words[3:])
        _check_name(words[1], known)
        if not set(members) <= known:
            raise ValueError("its members are witnesses or groups named before it")
        number = re.fullmatch("[1-9][0-9]{0,5}", words[2], re.ASCII)
        needed = {"any": 1, "all": len(members)}.get(words[2], int(words[2]) if number else 0)
        if not 1 <= needed <= len(members):
            raise ValueError("it needs any, all, or from 1 to as many as it has members")
        policy.groups[words[1]] = (needed, members)
    elif kind == "quorum" and count == 2 and (words[1] in known or words[1] == "none"):
        return words[1]
    else:
        raise ValueError("log, witness, group or quorum")
    return None


def _check_name(name: str, known: Iterable[str]) -> None:
    if name in known or name == "none" or "#" in name:
        raise ValueError(f"{name[:80]!r} is taken, or has a #")


def _check_members(policy: Policy) -> None:
    """Each witness contributes to the quorum in one way; ``full`` has the full-log witnesses as members."""
    members = [member for _, group in policy.groups.values() for member in group]
    if FULL in members:
        members += [name for name, key in policy.witnesses.items() if is_full_log(key)]
    for name in members:
        if members.count(name) > 1:
            why = f"{name[:80]!r} is a member of groups twice, and would count twice"
            raise BadOption("--policy", why, "policy")
