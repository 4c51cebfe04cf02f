"""Claims as JSON: the object in a line of a file, an event or a call of the API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final

import msgspec
from msgspec import UNSET

from ledger import calendar, fields
from ledger.errors import Malformed, collected, malformed_fact, named
from ledger.kinds import BY_TAG, Fact, Source, kind_of
from ledger.records.envelope import DEFAULT_ACTOR, Claim, authority_place, derived_id, make_claim


class ClaimJson(msgspec.Struct, forbid_unknown_fields=True, rename={"disclosure": "class"}):
    """A claim as JSON: the members of a record that a person may give, and ``site`` or
    ``balancing_authority``.
    """

    kind: str
    at: str
    body: dict[str, Any]
    site: str | None = None
    balancing_authority: str | None = None
    stream: str | None = None
    disclosure: str | None = None
    actor: str = ""
    id: str | None = None
    corrects: list[str] | None = None
    reason: str | None = None
    source: Source | None = None


_MISSING: Final = "Object missing required field "
NEVER_SAID: Final = ("index", "rec", "pos", "nonce", "v", "sections")


def claim_from_json(value: Any) -> Claim:
    """A claim from a parsed JSON object: ``{"kind","at","site" | "balancing_authority" |
    "stream","body",...}``.

    The instant may be typed in any form of ``calendar.parse_instant``; the kind may leave its version out.
    """
    if not isinstance(value, dict):
        raise Malformed("a claim is a JSON object")
    for name in NEVER_SAID:
        if name in value:
            raise Malformed(f"a claim never carries {name!r}; the ledger assigns it")
    said = _converted(value, ClaimJson, "")
    kind = kind_of(said.kind)
    place, disclosure = _place_said(said)
    site = said.site or place
    body = said.body
    names = kind.body.__struct_fields__
    if site and "site" in names and "site" not in body:
        body = {**body, "site": site}
    if said.balancing_authority and "balancing_authority" in names and "balancing_authority" not in body:
        body = {**body, "balancing_authority": said.balancing_authority}
    wrong: list[str] = []
    at = said.at
    if not calendar.is_instant(at):
        with collected(wrong), named("at"):
            at = calendar.parse_instant(at)
    return make_claim(
        kind,
        at,
        _converted(body, kind.body, "body.", wrong),
        place=place,
        disclosure=disclosure,
        actor=said.actor,
        id=UNSET if said.id is None else said.id,
        corrects=UNSET if said.corrects is None else tuple(said.corrects),
        reason=UNSET if said.reason is None else said.reason,
        source=UNSET if said.source is None else said.source,
    )


def _place_said(said: ClaimJson) -> tuple[str | None, str | None]:
    places = [p for p in (said.site, _authority(said.balancing_authority)) if p is not None]
    disclosure = said.disclosure
    if said.stream is not None:
        place, slash, disclosed = said.stream.partition("/")
        if not slash:
            raise Malformed(f"stream must be <site>/<class>: {said.stream!r}")
        if disclosure not in (None, disclosed):
            raise Malformed(f"class {disclosure!r} differs from the stream's {disclosed!r}")
        places.append(place)
        disclosure = disclosed
    if len(set(places)) > 1:
        raise Malformed(f"names more than one site or authority: {', '.join(places)}")
    return (places[0] if places else None), disclosure


def _authority(code: str | None) -> str | None:
    return None if code is None else authority_place(code)


@cache
def _members(struct: type[msgspec.Struct]) -> Mapping[str, msgspec.structs.FieldInfo]:
    """The members of a struct's JSON object by name, cached: msgspec evaluates the types at every call, which
    took more than a quarter of a claim's time.
    """
    return MappingProxyType({f.encode_name: f for f in msgspec.structs.fields(struct)})


def _converted(
    value: dict[str, Any], struct: type[msgspec.Struct], where: str, before: list[str] | None = None
) -> Any:
    """The struct of a JSON object; ``Malformed`` names every fault, those found ``before`` included."""
    known = _members(struct)
    unknown = [f"{where}{name[:80]!r}" for name in value if name not in known]
    whole = ""
    if not unknown and not before:
        try:
            return msgspec.convert(value, struct)
        except msgspec.ValidationError as why:
            whole = plainly(str(why), value, where)
    forms = {f.name: f for f in fields.fields_of(struct)} if issubclass(struct, Fact) else {}
    missing = [
        name
        for name, f in known.items()
        if name not in value and (f.required or (f.name in forms and forms[f.name].required))
    ]
    wrong = list(before or ())
    for name, f in known.items():
        if name in value:
            try:
                part = msgspec.convert(value[name], f.type)
            except msgspec.ValidationError as why:
                wrong.append(plainly(str(why), value[name], f"{where}{name}"))
            else:
                wrong += fields.form_faults(forms[f.name], part) if f.name in forms else []
    raise malformed_fact(
        f"unknown field {', '.join(unknown)}; known are {', '.join(known)}" if unknown else None,
        f"{where.rstrip('.') or 'a claim'} needs {', '.join(missing)}" if missing else None,
        wrong if wrong or missing or unknown else [whole],
    )


def plainly(why: str, value: Any, where: str) -> str:
    """msgspec's message with the member and its value first: ``body.depth_w: expected int >= 0, not -1``."""
    said, _, path = why.partition(" - at `$")
    for key, index in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        value = value[key] if key else value[int(index)]
    place = f"{where}{path.rstrip('`')}".replace("..", ".").rstrip(".") or "a claim"
    if said.startswith(_MISSING):
        return f"{place} needs {said.removeprefix(_MISSING).strip('`')}"
    expected = said.partition(", got ")[0].replace("`", "").removeprefix("Expected ")
    return f"{place}: expected {expected}, not {str(msgspec.json.encode(value), 'utf-8')[:80]}"


def json_of(claim: Claim) -> dict[str, Any]:
    """The JSON object that ``claim_from_json`` reads back as this claim; members that can be derived are left
    out.
    """
    kind = BY_TAG[claim.kind]
    body: dict[str, Any] = msgspec.to_builtins(claim.body)
    value: dict[str, Any] = {"kind": kind.name, "at": claim.at}
    if "site" not in body and "balancing_authority" in body:
        value["balancing_authority"] = body.pop("balancing_authority")
    else:
        value["site"] = body.pop("site", claim.place)
    value["body"] = body
    if kind.disclosure is None and claim.disclosure is not None:
        value["class"] = claim.disclosure
    if claim.actor != DEFAULT_ACTOR:
        value["actor"] = claim.actor
    if claim.id != derived_id(claim):
        value["id"] = claim.id
    for name in ("corrects", "reason", "source"):
        if getattr(claim, name) is not UNSET:
            value[name] = msgspec.to_builtins(getattr(claim, name))
    return value
