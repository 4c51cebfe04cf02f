r"""Story text: one fact a line, written and read by people; also used for tests and the incident export.

``INSTANT SITE KIND key=value ...``

    2026-07-14T18:00Z sandersville curtailment-started dispatch=d7 block=m1 depth=250MW

- INSTANT is UTC (seconds optional) or local with its zone, ``2026-07-14T14:00[America/New_York]``; beside
  a book also everyday words in the zone of the site: ``now``, ``06:14``, ``yesterday 18:00``,
  ``2026-07-14 14:30 EDT``.
- SITE fills ``site`` or is the place the fact belongs to; ``ba-SWPP`` fills ``balancing_authority``;
  ``fleet`` is for facts that belong to no single site. KIND without a version is the current one.
- The unit suffixes of field names are dropped from the key and the value carries its unit: ``load=250MW`` is
  ``load_w``, ``hashrate=45.6EH/s``, ``performance=97.5%``, ``credit=12.50USD``, ``response=10min``. Names in
  ``_days`` and ``_on`` stay.
- Lists are ``[a,b]``, lease tiers ``[2mo:1,3mo:2]`` or ``[60d:1]``; text with spaces is in double quotes with
  \" \\ \n \r \t \u{..}; booleans are true and false; dates are bare.
- ``id= actor= corrects=[..] reason= class=`` go to the envelope, ``source= ref= sha256=`` to its source.
- ``#`` begins a comment, at the start of a line or after a space.

Formatting and parsing are exact inverses: ``parse(format_claim(claim)) == claim`` (law P13).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import UNSET

from ledger import calendar, units
from ledger.errors import Malformed, MalformedFact, Problem, collected, did_you_mean, malformed_fact, named
from ledger.exchange.everyday_times import EverydayTimes, instant_words
from ledger.exchange.reading import Reading, check_line, lines_of, too_many
from ledger.fields import Field, fields_of, form_faults
from ledger.kinds import BY_TAG, CURRENT, Kind, SiteRegistered, Source, Tier, kind_of
from ledger.records.envelope import DEFAULT_ACTOR, Claim, derived_id, make_claim
from ledger.records.wording import quoted, sentence, short, story_key

ENVELOPE: Final = ("id", "actor", "corrects", "reason", "class", "source", "ref", "sha256")
BYTE_ORDER_MARK: Final = "\ufeff"
UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")

_KEY = re.compile(r"([a-z0-9_]+)=", re.ASCII)
_BLANK = re.compile(r"[ \t]*")
_WORD = re.compile(r"[^ \t]*")
_ITEM = re.compile(r"[^ ,\]]*")
_PLAIN_LIST = re.compile(r"""\[([^\s,\]"]+(?:,[^\s,\]"]+)*)\](?![^ \t])""")
"""A list without quotes and spaces, as most are: taken at once, where the others are read item by item."""
_ESCAPES = {'"': '"', "\\": "\\", "n": "\n", "r": "\r", "t": "\t"}
ParseInstant = Callable[[str], str]
_TIER = re.compile(r"([0-9]{1,5})(mo|d):([0-9]{1,9})", re.ASCII)


# --- reading ------------------------------------------------------------------------------------------------


def read(data: bytes, source: str, times: EverydayTimes | None = None) -> Reading:
    """All facts of a story file; each line that cannot be read is a Problem, and the others go on.

    After a thousand problems the rest is not read, and the last problem states that. With ``times`` instants
    may be everyday words. Editors and shells on Windows end lines with CR LF and begin a file with a byte
    order mark, which stands at the begin of a later line where files were joined; neither is part of a fact.
    UTF-16 is one Problem.
    """
    if data.startswith(UTF_16):
        problem = Problem(source, 0, "is UTF-16, as some Windows programs save text; save it as UTF-8")
        return Reading((), (problem,))
    claims, lines = [], []
    problems: list[Problem] = []
    for number, raw in lines_of(data):
        try:
            check_line(raw)
            claim = parse(raw.decode("utf-8").lstrip(BYTE_ORDER_MARK).removesuffix("\r"), times)
        except UnicodeDecodeError as why:
            problems.append(Problem(source, number, f"is not UTF-8 at byte {why.start + 1}", repr(raw[:200])))
        except Malformed as why:
            shown = raw[:800].decode("utf-8", "replace").removesuffix("\r")[:200]
            problems.append(Problem(source, number, str(why), shown))
        else:
            if claim is not None:
                claims.append(claim)
                lines.append(number)
            continue
        if too_many(problems, source):
            break
    return Reading(tuple(claims), tuple(problems), (), tuple(lines))


def parse(line: str, times: EverydayTimes | None = None) -> Claim | None:
    """The claim of one line, None for a blank or comment line; ``Malformed`` names the wrong value and its
    fault.
    """
    words = _words(line)
    if not words:
        return None
    leading = [str(word) for word in words[:3]]  # no pair stands before the third
    count = 1 if calendar.is_complete(leading[0]) else instant_words(leading)
    rest = words[count:]
    if len(rest) < 2 or isinstance(rest[0], _Pair) or isinstance(rest[1], _Pair):
        raise Malformed(f"a fact is INSTANT SITE KIND key=value ...: {line[:80]!r}")
    at, site, tag = " ".join(leading[:count]), rest[0], rest[1]
    kind = _kind_of(tag, words, count)
    said: dict[str, str | list[str]] = {}
    for word in rest[2:]:
        if not isinstance(word, _Pair):
            raise Malformed(_no_pair(said, word))
        if word.key in said:
            raise Malformed(f"{word.key} is given twice")
        said[word.key] = word.value
    instant = calendar.parse_instant if times is None else _instant_of(times, kind, site, said)
    wrong: list[str] = []
    with collected(wrong), named("at"):
        at = instant(at)
    return _claim(kind, at, site, said, wrong, instant)


def _kind_of(tag: str, words: list[str | _Pair], count: int) -> Kind:
    """The kind of a line; where a later word is a kind, the text before its site is not an instant."""
    if tag not in BY_TAG and tag not in CURRENT:
        for place, word in enumerate(words[count + 2 :], count + 2):
            if isinstance(word, str) and (word in BY_TAG or word in CURRENT):
                with named("at"):
                    calendar.parse_instant(" ".join(map(str, words[: place - 1])))
    return kind_of(tag)


def _instant_of(times: EverydayTimes, kind: Kind, site: str, said: dict[str, Any]) -> ParseInstant:
    """The parser of a line's instants: in the zone of its site, which the line itself may register."""
    if kind.body is SiteRegistered and isinstance(said.get("tz"), str):
        times.zones.setdefault(site, said["tz"])
    return partial(times.instant, place=site)


def _no_pair(said: dict[str, Any], word: str) -> str:
    """The fault of a word that is not key=value: it may be the rest of an instant."""
    key, value = next(reversed(said.items()), ("", ""))
    if isinstance(value, str) and instant_words([value, word]) == 2:
        return f'an instant with a blank must be in double quotes: {key}="{value} {word}"'
    return f"expected key=value, found {word[:80]!r}"


def _claim(
    kind: Kind,
    at: str,
    site: str,
    values: dict[str, str | list[str]],
    wrong: list[str],
    instant: ParseInstant,
) -> Claim:
    """The claim of values; a fault is reported with an example of the kind."""
    try:
        return claim_of_values(kind, at, site, values, wrong, instant)
    except MalformedFact as why:
        example = CURRENT[kind.name].body.example
        raise Malformed(f"{why}; for example: {example}" if example else str(why)) from None


def claim_of_values(
    kind: Kind,
    at: str,
    site: str,
    values: dict[str, str | list[str]],
    wrong: list[str],
    instant: ParseInstant = calendar.parse_instant,
) -> Claim:
    """The claim of values of story text by their keys, those of the envelope included.

    ``MalformedFact`` names every fault, those found ``wrong`` before included.
    """
    envelope: dict[str, Any] = {key: values[key] for key in ENVELOPE if key in values}
    said = {key: value for key, value in values.items() if key not in envelope}
    place, body = _body(kind, site, said, wrong, instant)
    source: Any = UNSET
    if envelope.keys() & {"source", "ref", "sha256"}:
        if "source" not in envelope:
            raise Malformed("ref and sha256 belong to a source: add source=NAME")
        source = Source(
            _scalar("source", envelope["source"]),
            _scalar("ref", envelope.get("ref", UNSET)),
            _scalar("sha256", envelope.get("sha256", UNSET)),
        )
    corrects = envelope.get("corrects", UNSET)
    if isinstance(corrects, str):
        corrects = [corrects]
    return make_claim(
        kind,
        at,
        body,
        place=place,
        disclosure=_scalar("class", envelope.get("class")),
        actor=_scalar("actor", envelope.get("actor", "")),
        id=_scalar("id", envelope.get("id", UNSET)),
        corrects=UNSET if corrects is UNSET else tuple(corrects),
        reason=_scalar("reason", envelope.get("reason", UNSET)),
        source=source,
    )


GIVEN_OTHERWISE: Final = ("id", "corrects", "reason", "class")
NULL: Final = "null"


def corrected(
    claim: Claim,
    corrects: str,
    reason: str,
    changes: Iterable[str],
    instant: ParseInstant = calendar.parse_instant,
) -> Claim:
    """The claim that corrects the record of an id: the content of ``claim`` with some keys changed.

    A change is ``KEY=VALUE`` as in a line of story text, where text needs no quotes, because a shell took
    them; ``KEY=null`` removes an optional key, ``at=INSTANT`` moves the fact. The source of the fact is not
    repeated: it is the document of the old values.
    """
    kind = BY_TAG[claim.kind]
    known = {story_key(field): field for field in fields_of(kind.body)}
    said: dict[str, Any] = {}
    for word in _words(f"INSTANT SITE KIND {sentence(claim.body)}")[3:]:
        assert isinstance(word, _Pair), "a sentence is pairs"
        said[word.key] = word.value
    at, changed_keys = claim.at, set()
    for change in changes:
        key, equals, text = (part.strip() for part in change.partition("="))
        if not equals or not key:
            raise Malformed(f"a change is KEY=VALUE, such as {_some_key(known)}=...: {change[:80]!r}")
        if key in changed_keys:
            raise Malformed(f"{key} is given twice")
        changed_keys.add(key)
        if key in ("site", "balancing_authority"):
            raise Malformed(f"{key} cannot be changed; retract the fact there and record it where it belongs")
        if key in GIVEN_OTHERWISE:
            raise Malformed(f"{key} cannot be changed; the correction has its own")
        if not text:
            raise Malformed(f"{key} has no value; {key}={NULL} removes an optional field")
        if text != NULL:
            said[key] = typed_value(known.get(key), key, text)
        elif key == "at" or (key in known and known[key].required):
            raise Malformed(f"{key} is required in {kind.name} and cannot be removed; give it another value")
        elif key in known or key in ENVELOPE:
            said.pop(key, None)
        else:
            said[key] = text  # for the parser to refuse as unknown
    if "at" in said and "at" not in known:
        with named("at"):
            at = instant(_scalar("at", said.pop("at")))
    said |= {"corrects": [corrects], "reason": reason}
    said.setdefault("actor", claim.actor)
    if kind.disclosure is None:
        said["class"] = claim.disclosure
    return _claim(kind, at, _site(claim), said, [], instant)


def _some_key(known: dict[str, Field]) -> str:
    return next((key for key in known if key not in ("site", "balancing_authority")), "at")


def typed_value(field: Field | None, key: str, text: str) -> str | list[str]:
    """The value of a key typed alone: a list or quoted text as in a line, anything else as it stands."""
    if (field is not None and field.many and text.startswith("[")) or text.startswith('"'):
        value, end = _scan_value(text, 0, key)
        if text[end:].strip():
            raise Malformed(f"{key} has {text[end:][:20]!r} after its value")
        return value
    return text


def _scalar(key: str, value: Any) -> Any:
    if isinstance(value, list):
        raise Malformed(f"{key} is one value, not a list")
    return value


def _body(
    kind: Kind, site: str, said: dict[str, Any], wrong: list[str], instant: ParseInstant
) -> tuple[str, Any]:
    """Place and body of a line; ``Malformed`` names every fault, those found before included."""
    known = {story_key(f): f for f in fields_of(kind.body)}
    values: dict[str, Any] = {}
    place = site
    if "site" in known:
        values["site"] = site
    elif "balancing_authority" in known:
        if not site.startswith("ba-"):
            raise Malformed(f"{kind.name} belongs to a balancing authority: write ba-CODE, not {site!r}")
        values["balancing_authority"] = site.removeprefix("ba-")
        place = site.lower()
    filled = tuple(values)
    unknown = []
    for key, value in said.items():
        field = known.get(key)
        if field is None or key in filled:
            unknown.append(key)
            continue
        values[field.name] = None
        with collected(wrong):
            values[field.name] = field_value(field, key, value, instant)
    meant = {key.removesuffix(units.suffix(key) or "") for key in unknown}
    missing = [
        f"{key}=[...]" if field.many else f"{key}="
        for key, field in known.items()
        if field.required and field.name not in values and key not in meant
    ]
    if not (unknown or missing or wrong):
        try:
            return place, msgspec.convert(values, kind.body)
        except msgspec.ValidationError as why:
            wrong += _bounds(known, values) or [str(why)]
    else:
        given = {key: field for key, field in known.items() if values.get(field.name) is not None}
        wrong += _bounds(given, values)
        wrong += [fault for field in given.values() for fault in form_faults(field, values[field.name])]
    raise malformed_fact(
        _unknown_keys(kind, unknown, known, filled),
        f"{kind.name} needs {', '.join(missing)}" if missing else None,
        wrong,
    )


def _bounds(known: dict[str, Field], values: dict[str, Any]) -> list[str]:
    return [
        _out_of_bounds(key, field, value)
        for key, field in known.items()
        if field.form == "int"
        for value in (values.get(field.name, ()) if field.many else (values.get(field.name),))
        if isinstance(value, int) and not field.low <= value <= field.high
    ]


def _out_of_bounds(key: str, field: Field, value: int) -> str:
    """The fault of a number, shown with its unit; of a negative one, only that it is negative."""
    shown = str(value) if field.unit is None else units.format_quantity(value, field.unit)
    if field.low == 0 > value:
        return f"{key} must not be below 0: {shown}"
    return f"{key} must be from {field.low} to {field.high}: {shown}"


def _unknown_keys(
    kind: Kind, keys: list[str], known: dict[str, Field], filled: tuple[str, ...]
) -> str | None:
    """A message about keys that a kind does not have, and the right form of each."""
    faults, others = [], []
    for key in keys:
        suffix = units.suffix(key)
        if suffix and key.removesuffix(suffix) in known:
            short_key = key.removesuffix(suffix)
            faults.append(f"unknown key {key!r}: write {short_key}= and put the unit on the value")
        elif key in (*filled, "site"):
            faults.append(f"{key} is the second word of the line, not {key}=")
        else:
            others.append(key)
    if others:
        import difflib

        names = [key for key in known if key not in filled]
        near = [match for key in others for match in difflib.get_close_matches(key, names, n=1)]
        hint = f" (did you mean {' and '.join(near)}?)" if near else ""
        faults.append(
            f"{kind.name} has no {', '.join(map(repr, others))}{hint}; it has {', '.join(names) or 'no keys'}"
        )
    return "; ".join(faults) or None


def field_value(field: Field, key: str, value: Any, instant: ParseInstant = calendar.parse_instant) -> Any:
    """The value of a field from its text, or from a list of texts."""
    if field.many:
        if not isinstance(value, list):
            raise Malformed(f"{key} is a list: {key}=[{value}]")
        with named(key):
            return tuple(_single(field, text, instant) for text in value)
    text = _scalar(key, value)
    with named(key):
        return _single(field, text, instant)


def _single(field: Field, text: str, instant: ParseInstant) -> Any:
    if field.form == "int":
        unit = field.unit
        return units.parse_integer(text) if unit is None else units.parse_quantity(text, unit)
    if field.form == "bool":
        return _boolean(text)
    if field.form == "choice":
        return _choice(field, text)
    if field.form == "struct":
        return _tier(text)
    return instant(text) if field.form == "instant" else text


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise Malformed(f"is true or false: {text!r}")
    return text == "true"


def _choice(field: Field, text: str) -> str:
    if text not in field.choices:
        near = did_you_mean(text, field.choices)
        raise Malformed(f"is one of {', '.join(field.choices)}: {text!r}{near}")
    return text


def _tier(text: str) -> Tier:
    match = _TIER.fullmatch(text)
    if match is None:
        raise Malformed(f"is a list of tiers such as 2mo:1 or 60d:1 (after: days' rent a day): {text!r}")
    after, unit, rate = int(match[1]), match[2], int(match[3])
    if unit == "mo":
        return Tier(rent_days_per_day=rate, after_months=after)
    return Tier(rent_days_per_day=rate, after_days=after)


# --- words of a line ----------------------------------------------------------------------------------------


class _Pair(NamedTuple):
    key: str
    value: str | list[str]


def _words(line: str) -> list[str | _Pair]:
    words: list[str | _Pair] = []
    place = 0
    while True:
        place = _end(_BLANK, line, place)
        if place >= len(line) or line[place] == "#":
            return words
        match = _KEY.match(line, place) if len(words) >= 3 else None
        if match:
            value, place = _scan_value(line, match.end(), match[1])
            words.append(_Pair(match[1], value))
        else:
            end = _end(_WORD, line, place)
            words.append(line[place:end])
            place = end


def _end(what: re.Pattern[str], line: str, place: int) -> int:
    """Where the characters of a pattern that matches anywhere end."""
    match = what.match(line, place)
    assert match is not None, "it matches nothing too"
    return match.end()


def parse_list(text: str, key: str) -> list[str]:
    """The items of a list in story text: ``[A,"B, C"]``."""
    items, place = _scan_value(text, 0, key)
    if not isinstance(items, list) or place != len(text):
        raise Malformed(f"{key} is not a list such as [A,B]: {text[:80]!r}")
    return items


def _scan_value(line: str, place: int, key: str) -> tuple[str | list[str], int]:
    if not line.startswith("[", place):
        return _scan_one(line, place, key, " \t", _WORD)
    if plain := _PLAIN_LIST.match(line, place):
        return plain[1].split(","), plain.end()
    place += 1
    items: list[str] = []
    while True:
        while line.startswith(" ", place):
            place += 1
        if line.startswith("]", place) and not items:
            place += 1
            break
        item, place = _scan_one(line, place, key, " ,]", _ITEM)
        items.append(item)
        while line.startswith(" ", place):
            place += 1
        closing = line[place : place + 1]
        if closing not in (",", "]"):
            raise Malformed(f"{key} has a list that does not end: {line[place - 20 : place]!r}")
        place += 1
        if closing == "]":
            break
    if place < len(line) and line[place] not in " \t":
        raise Malformed(f"{key} has {line[place : place + 20]!r} directly after its list")
    return items, place


def _scan_one(line: str, place: int, key: str, stops: str, rest: re.Pattern[str]) -> tuple[str, int]:
    if line.startswith('"', place):
        text, place = _scan_quoted(line, place + 1, key)
        if place < len(line) and line[place] not in stops:
            raise Malformed(f"{key} has {line[place : place + 20]!r} directly after its closing quote")
        return text, place
    end = _end(rest, line, place)
    text = line[place:end]
    if not text:
        raise Malformed(f'{key} has no value; write {key}="" only if it may be empty')
    if '"' in text:
        raise Malformed(f"{key} has a quote in the middle of {text[:80]!r}: put the whole value in quotes")
    return text, end


def _scan_quoted(line: str, place: int, key: str) -> tuple[str, int]:
    out: list[str] = []
    while place < len(line):
        char = line[place]
        if char == '"':
            return "".join(out), place + 1
        if char != "\\":
            out.append(char)
            place += 1
            continue
        escape = line[place + 1 : place + 2]
        if escape in _ESCAPES and escape:
            out.append(_ESCAPES[escape])
            place += 2
        elif escape == "u" and (match := re.compile(r"\{([0-9a-fA-F]{1,6})\}").match(line, place + 2)):
            out.append(_code_point(match[1], key))
            place = match.end()
        else:
            raise Malformed(
                rf"{key} has an unknown escape {line[place : place + 2]!r}; use \" \\ \n \r \t \u{{..}}"
            )
    raise Malformed(f"{key} has a quote that does not end")


def _code_point(digits: str, key: str) -> str:
    code = int(digits, 16)
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        raise Malformed(rf"{key} has an escape that is not a character: \u{{{digits}}}")
    return chr(code)


# --- writing ------------------------------------------------------------------------------------------------


def format_claim(claim: Claim, tz: str | None = None, *, brief: bool = False) -> str:
    """The line that ``parse`` reads back as this claim; its instant is UTC, or local with offset and zone. In
    brief, long lists are cut: such a line is for reading only.
    """
    kind = BY_TAG[claim.kind]
    words = [
        short(claim.at) if tz is None else _local(claim.at, tz),
        _site(claim),
        kind.name if CURRENT[kind.name] is kind else kind.tag,
    ]
    return " ".join(
        word for word in (*words, sentence(claim.body, brief=brief), *_envelope(claim, kind)) if word
    )


def _site(claim: Claim) -> str:
    """The second word of a claim's line."""
    authority = getattr(claim.body, "balancing_authority", None)
    return claim.place if authority is None or hasattr(claim.body, "site") else f"ba-{authority}"


def _envelope(claim: Claim, kind: Kind) -> list[str]:
    words = []
    if claim.id != derived_id(claim):
        words.append(f"id={claim.id}")
    if claim.actor != DEFAULT_ACTOR:
        words.append(f"actor={quoted(claim.actor)}")
    if kind.disclosure is None and claim.disclosure is not None:
        words.append(f"class={claim.disclosure}")
    if claim.corrects is not UNSET:
        words.append(f"corrects=[{','.join(claim.corrects)}]")
    if claim.reason is not UNSET:
        words.append(f"reason={quoted(claim.reason)}")
    if claim.source is not UNSET:
        words.append(f"source={quoted(claim.source.name)}")
        words += [
            f"{name}={quoted(value)}"
            for name in ("ref", "sha256")
            if (value := getattr(claim.source, name)) is not UNSET
        ]
    return words


def _local(instant: str, tz: str) -> str:
    local = calendar.format_local(calendar.instant_s(instant), calendar.zone(tz))
    stamp, offset = local[:19], local[19:]
    if len(offset) != len("+00:00"):  # Monrovia was 44 min 30 s behind until 1972
        return short(instant)
    return f"{stamp.removesuffix(':00')}{offset}[{tz}]"
