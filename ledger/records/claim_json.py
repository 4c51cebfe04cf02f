"""Claims as JSON: the object that a line of a file, an event or a call of the API carries."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec
from msgspec import UNSET

from ledger import calendar, fields
from ledger.errors import Malformed, named
from ledger.kinds import Source, kind_of
from ledger.records.envelope import Claim, authority_place, make_claim


class _Said(msgspec.Struct, forbid_unknown_fields=True, rename={"disclosure": "class"}):
    """A claim as JSON: the members of a record that a person may say, and ``site`` or
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
            raise Malformed(f"a claim never carries {name!r}; the ledger gives it")
    said = _converted(value, _Said, "")
    kind = kind_of(said.kind)
    place, disclosure = _place_said(said)
    site = said.site or place
    body = said.body
    names = {f.name for f in fields.fields_of(kind.body)}
    if site and "site" in names and "site" not in body:
        body = {**body, "site": site}
    if said.balancing_authority and "balancing_authority" in names and "balancing_authority" not in body:
        body = {**body, "balancing_authority": said.balancing_authority}
    with named("at"):
        at = calendar.parse_instant(said.at)
    return make_claim(
        kind,
        at,
        _converted(body, kind.body, "body."),
        place=place,
        disclosure=disclosure,
        actor=said.actor,
        id=UNSET if said.id is None else said.id,
        corrects=UNSET if said.corrects is None else tuple(said.corrects),
        reason=UNSET if said.reason is None else said.reason,
        source=UNSET if said.source is None else said.source,
    )


def _place_said(said: _Said) -> tuple[str | None, str | None]:
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
        raise Malformed(f"names several places: {', '.join(places)}")
    return (places[0] if places else None), disclosure


def _authority(code: str | None) -> str | None:
    return None if code is None else authority_place(code)


def _converted(value: dict[str, Any], struct: type[Any], where: str) -> Any:
    known = [f.encode_name for f in msgspec.structs.fields(struct)]
    for name in value:
        if name not in known:
            raise Malformed(f"unknown field {where}{name[:80]!r}; known are {', '.join(known)}")
    try:
        return msgspec.convert(value, struct)
    except msgspec.ValidationError as why:
        raise Malformed(_plainly(str(why), value, where)) from None


def _plainly(why: str, value: Any, where: str) -> str:
    """msgspec's message with the place first and the value it is about: ``body.depth_w: expected int >= 0,
    not -1``.
    """
    said, _, path = why.partition(" - at `$")
    for key, index in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        value = value[key] if key else value[int(index)]
    place = f"{where}{path.rstrip('`').lstrip('.')}".rstrip(".") or "a claim"
    if said.startswith(_MISSING):
        return f"{place} needs {said.removeprefix(_MISSING).strip('`')}"
    expected = said.partition(", got ")[0].replace("`", "").removeprefix("Expected ")
    return f"{place}: expected {expected}, not {str(msgspec.json.encode(value), 'utf-8')[:80]}"
