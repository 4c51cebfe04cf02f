"""The verdict for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ledger.verifier.signatures import AS_COMMITTED, AS_HELD, ML_DSA_NOT_CHECKED, ML_DSA_VERIFIED, NOT_TIED
from ledger.verifier.verdict import Verdict

_SECOND = {
    ML_DSA_VERIFIED: "the checkpoint is signed with Ed25519 and ML-DSA-44, and both signatures were checked",
    ML_DSA_NOT_CHECKED: (
        "the checkpoint's Ed25519 signature was checked, its ML-DSA-44 signature was passed over:"
        " wattledger verify checks it by the key that the bundle or your policy names"
    ),
}
_ASSURANCES = {
    AS_COMMITTED: "streams as committed; no witness that you trust has read the whole log",
    AS_HELD: "streams as the log holds them; a witness that you trust has read the whole log",
    NOT_TIED: "streams as committed; nothing ties them to the log (a bundle of the old format)",
}


def words(found: Verdict, stamped: str | None = None) -> Iterator[str]:
    """The verdict for people; ``stamped`` is when an authority that the reader trusts saw the checkpoint,
    where that was checked.
    """
    if found.scope is None:
        yield f"{found.verdict}: {found.code}"
        yield f"  {found.where + ': ' if found.where else ''}{found.why}"
        if found.code not in ("never-opened", "wrong-stream", "unknown-key", "wrong-origin"):
            yield "Nothing in the bundle is to be relied on."
        return
    said = found.scope
    if "record" in said:
        yield from _single_words(found, said)
        return
    if found.verdict == "VERIFIED":
        origin = said["origin"]
        yield f"VERIFIED: these are all records that {origin} committed to on these streams, none altered:"
    else:
        yield f"INCOMPLETE-TRUST: {found.code}: {found.why}"
        yield f"Nothing is wrong with what the bundle holds of {said['origin']}:"
    for one in said["streams"]:
        since = f" from position {one['from']:,}" if one["from"] else ""
        new = "" if one["new"] is None else f", {one['new']:,} of them new since your state file"
        yield f"  {one['stream']}: {one['size'] - one['from']:,} records{since}{new}"
    if said["window"] is not None:
        start, stop = said["window"][0] or "the first", said["window"][1] or "the last"
        dates = "" if said["tz"] is None else f" (dates of {said['tz']})"
        yield f"  {said['in_window']:,} of them are of an instant from {start} to {stop}{dates}"
    yield (
        f"  as of the checkpoint over {said['size']:,} records,"
        f" the newest recorded {said['rec']} by the operator's clock"
    )
    if "ml_dsa_44" in said:
        yield f"  {_SECOND[said['ml_dsa_44']]}"
    yield f"  assurance: {_ASSURANCES[said['assurance']]}"
    if said["receipts"]:
        yield f"  receipts that you hold: {said['receipts']:,}, each with its record at its position"
    held = said["sections"]
    if any(held.values()):
        disclosed, withheld, erased = held["disclosed"], held["withheld"], held["erased"]
        yield f"  sections: {disclosed} disclosed, {withheld} kept back, {erased} erased"
    for one in said["reports"]:
        where = ", ".join(one["sites"]) or "all sites"
        where += f" (of {', '.join(one['blocks'])} alone)" if one["blocks"] else ""
        where += f" (with {', '.join(one['options'])})" if one.get("options") else ""
        done = (
            "follows from these records, byte for byte"
            if found.report == "recomputed"
            else "was NOT computed again here"
        )
        yield f"  report {one['report']} of {where}, {one['start']} to {one['stop']}: {done}"
    if said["reports"] and found.report != "recomputed":
        yield "  to compute reports again: wattledger verify (pip install wattledger), with the same words"
    for name in said["anchors"]:
        seen = (
            "a timestamp that is not checked here (wattledger verify --authority FILE, or openssl ts -verify)"
            if stamped is None
            else f"stamped by an authority you trust: the log stood so by {stamped}"
        )
        yield f"  {name}: {seen}"


def _single_words(found: Verdict, said: Mapping[str, Any]) -> Iterator[str]:
    one = said["record"]
    if found.verdict == "VERIFIED":
        yield f"VERIFIED: this record is in the log of {said['origin']}, exactly as it was recorded:"
    else:
        yield f"INCOMPLETE-TRUST: {found.code}: {found.why}"
        yield f"Nothing is wrong with the proof that this record is in the log of {said['origin']}:"
    yield f"  record {one['index']:,}, position {one['pos']:,} of {one['stream']}: {one['kind']}, {one['id']}"
    yield (
        f"  of {one['at']}, recorded {one['rec']} by the operator's clock;"
        f" as of the checkpoint over {said['size']:,} records"
    )
    if "ml_dsa_44" in said:
        yield f"  {_SECOND[said['ml_dsa_44']]}"
    yield "It says nothing of other records: only a bundle shows that none was left out."
