"""Facts for tests: one fixed sample of every kind, and hypothesis strategies over every kind, made from the
structs.

A new kind needs nothing here: its fields say what may be drawn.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import UNSET

from ledger import calendar
from ledger.fields import Field, fields_of
from ledger.kinds import BY_BODY, CLASSES, KINDS, Fact, Kind, Source, Tier
from ledger.records import envelope, leaf_format
from ledger.records import ids as record_ids
from ledger.records.envelope import RECORDS, Claim, Record

SAMPLES: dict[str, Any] = {
    "slug": "m1",
    "text": "a plain text",
    "instant": "2026-07-14T18:00:00Z",
    "rec": "2026-07-14T18:00:03.120000Z",
    "date": "2026-07-14",
    "month-day": "10-01",
    "period": "2026-Q3",
    "zone": "America/New_York",
    "sha256": "ab" * 32,
    "id": "019f61c9-2500-8704-a3d6-c98576c2a21f",
    "int": 3,
    "bool": True,
}


def sample_body(kind: Kind) -> Fact:
    """The fixed sample of a kind: every field said, lists of one."""
    return kind.body(**{field.name: _sample(field) for field in fields_of(kind.body)})


def _sample(field: Field) -> Any:
    if field.form == "choice":
        one: Any = field.choices[0]
    elif field.form == "struct":
        one = Tier(rent_days_per_day=1, after_months=2)
    else:
        one = max(field.low, SAMPLES["int"]) if field.form == "int" else SAMPLES[field.form]
    return (one,) if field.many else one


def record_of(
    body: Fact,
    *,
    at: str = "2026-07-14T18:00:00Z",
    place: str | None = None,
    index: int = 9,
    pos: int = 2,
    corrects: tuple[str, ...] | None = None,
) -> Record:
    """A record of a body as the ledger would store it, with sections hashed and left out."""
    kind = BY_BODY[type(body)]
    sections = {
        name: leaf_format.section_hash(name, bytes(16), data)
        for name, data in leaf_format.sections_of(body).items()
    }
    place = place or getattr(body, "site", None) or _authority(body) or "sandersville"
    disclosure = kind.disclosure or "grid"
    stream = disclosure if disclosure.startswith("ledger/") else f"{place}/{disclosure}"
    claim = Claim(kind=kind.tag, at=at, place=place, body=body, disclosure=disclosure, actor="ann")
    return RECORDS[kind.tag](
        actor="ann",
        at=at,
        body=envelope.without_sections(body),
        corrects=UNSET if corrects is None else corrects,
        id=envelope.derived_id(claim),
        index=index,
        nonce="0123456789abcdef" * 2,
        pos=pos,
        reason=UNSET if corrects is None else "typed wrong",
        rec="2026-07-14T18:00:03.120000Z",
        sections=sections or UNSET,
        source=UNSET,
        stream=stream,
    )


def _authority(body: Fact) -> str | None:
    code = getattr(body, "balancing_authority", None)
    return None if code is None else envelope.authority_place(code)


# --- strategies ---------------------------------------------------------------------------------------------

slugs = st.from_regex(r"[a-z0-9][a-z0-9-]{0,9}", fullmatch=True)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30)
instants = st.integers(0, 4_102_444_799).map(calendar.format_instant)
dates = st.dates(min_value=date(1970, 1, 1), max_value=date(2099, 12, 31)).map(str)
ids = st.binary(min_size=1, max_size=8).map(lambda seed: record_ids.uuid8(1_700_000_000_000, seed))
FORMS: dict[str, st.SearchStrategy[Any]] = {
    "slug": slugs,
    "text": texts,
    "instant": instants,
    "rec": st.integers(0, 4_102_444_799_999_999).map(calendar.format_rec),
    "date": dates,
    "month-day": dates.map(lambda day: "01-31" if day[5:] == "02-29" else day[5:]),
    "period": st.sampled_from(["2026", "2026-Q3", "2026-07", "2026-07-14"]),
    "zone": st.sampled_from(["America/New_York", "America/Chicago", "UTC", "Asia/Kathmandu"]),
    "sha256": st.binary(max_size=4).map(lambda seed: hashlib.sha256(seed).hexdigest()),
    "id": ids,
    "bool": st.booleans(),
}
tiers = st.one_of(
    st.builds(Tier, rent_days_per_day=st.integers(0, 9), after_months=st.integers(0, 24)),
    st.builds(Tier, rent_days_per_day=st.integers(0, 9), after_days=st.integers(0, 400)),
)


def values(field: Field) -> st.SearchStrategy[Any]:
    """Any value a field may hold, a tuple for a list."""
    if field.form == "int":
        one: st.SearchStrategy[Any] = st.integers(field.low, field.high)
    elif field.form == "choice":
        one = st.sampled_from(field.choices)
    elif field.form == "struct":
        one = tiers
    else:
        one = FORMS[field.form]
    return st.lists(one, max_size=3).map(tuple) if field.many else one


def bodies(kind: Kind) -> st.SearchStrategy[Fact]:
    """Any body of a kind."""
    said = {
        field.name: values(field) if field.required else st.one_of(st.just(UNSET), values(field))
        for field in fields_of(kind.body)
    }
    return st.fixed_dictionaries(said).map(lambda found: kind.body(**found))


any_kind = st.sampled_from(KINDS)
sayable_kinds = st.sampled_from(
    [kind for kind in KINDS if kind.disclosure is None or kind.disclosure in CLASSES]
)


@st.composite
def any_record(draw: st.DrawFn) -> Record:
    """A record of any kind with any body: well formed, not necessarily possible."""
    body = draw(any_kind.flatmap(bodies))
    return record_of(body, at=draw(instants), index=draw(st.integers(5, 10**9)), pos=draw(st.integers(0, 5)))


@st.composite
def any_claim(draw: st.DrawFn) -> Claim:
    """A well-formed claim of any kind a person may say."""
    kind = draw(sayable_kinds)
    body = draw(bodies(kind))
    if hasattr(body, "balancing_authority") and not hasattr(body, "site"):
        body = msgspec.structs.replace(
            body, balancing_authority=draw(st.sampled_from(["SWPP", "ERCO", "PJM"]))
        )
    corrects = draw(st.one_of(st.just(UNSET), st.lists(ids, min_size=1, max_size=3, unique=True).map(tuple)))
    source = st.builds(
        Source, texts, st.one_of(st.just(UNSET), texts), st.one_of(st.just(UNSET), FORMS["sha256"])
    )
    return envelope.make_claim(
        kind,
        draw(instants),
        body,
        place=getattr(body, "site", None) or _authority(body) or draw(slugs),
        disclosure=kind.disclosure or draw(st.sampled_from(CLASSES)),
        actor=draw(texts),
        corrects=corrects,
        reason=UNSET if corrects is UNSET else draw(texts),
        source=draw(st.one_of(st.just(UNSET), source)),
        id=draw(st.one_of(st.just(UNSET), ids)),
    )
