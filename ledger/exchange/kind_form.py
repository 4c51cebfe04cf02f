"""A kind as a form: a control for each field, and the claim that a filled-in form makes.

Made from the table of kinds, as ``kind_guide`` is: a new kind has its form at once. What is typed is read as in
story text, so the same words are right and wrong here as there; an amount has its unit beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final, Literal, NamedTuple

from msgspec import UNSET

from ledger import units
from ledger.errors import collected, named
from ledger.exchange import story
from ledger.exchange.everyday_times import EverydayTimes
from ledger.exchange.kind_guide import key_of, value_of
from ledger.fields import Field, fields_of
from ledger.kinds import CLASSES, CURRENT, Fact, Kind
from ledger.records.envelope import Claim, Record
from ledger.records.wording import quoted, written

Control = Literal["line", "words", "choice", "amount", "date"]
ENTERED: Final = tuple(kind for kind in CURRENT.values() if kind.claimable and kind.disclosure in CLASSES)
"""The kinds that have a form; kinds whose class each record decides have a page of their own."""
ENVELOPE: Final = ("actor", "source", "ref", "sha256")
UNIT: Final = ".unit"
"""The ending of the name of an amount's unit, beside that of the amount."""
_AMOUNT: Final = re.compile(r"(-?[0-9.,]+) *([A-Za-z/%]*)", re.ASCII)
_FLAG: Final = ("true", "false")


class FormField(NamedTuple):
    """A control: its key in story text, what to type, and what is in it. ``choices`` are those of a choice, or the
    units of an amount, one of which is chosen in ``unit``.
    """

    key: str
    control: Control
    required: bool
    hint: str
    choices: tuple[str, ...] = ()
    value: str = ""
    unit: str = ""
    section: str = ""

    @property
    def label(self) -> str:
        """The key as words."""
        return self.key.replace("_", " ")


def family(kind: Kind) -> str:
    """The file of the kind's family: ``dispatches``."""
    return kind.body.__module__.rpartition(".")[2]


def form_of(kind: Kind, values: Mapping[str, str] | None = None) -> tuple[FormField, ...]:
    """The controls of a kind, with what was typed in them."""
    return tuple(_controls(kind, values or {}))


def values_of(kind: Kind, body: Fact) -> dict[str, str]:
    """The contents of the controls for a recorded fact: amounts with their unit, lists in brackets."""
    found = {}
    for field in fields_of(kind.body):
        key, value = key_of(kind, field), getattr(body, field.name)
        if key is not None and value is not UNSET:
            plain = field.form == "text" and not field.many
            found[key] = str(value) if plain else written(field, value)
    return found


def _controls(kind: Kind, values: Mapping[str, str]) -> Iterator[FormField]:
    for field in fields_of(kind.body):
        key = key_of(kind, field)
        if key is None:
            continue
        control, choices = _control(field)
        value, unit = values.get(key, ""), ""
        if control == "amount":
            value, unit = _split(value, values.get(f"{key}{UNIT}", ""), choices, _usual(kind, key))
        yield FormField(
            key, control, field.required, value_of(field), choices, value, unit, field.section or ""
        )


def _control(field: Field) -> tuple[Control, tuple[str, ...]]:
    if field.many:
        return "line", ()
    if field.unit is not None:
        return "amount", tuple(units.UNITS[field.unit])
    if field.form == "choice":
        return "choice", field.choices
    if field.form == "bool":
        return "choice", _FLAG
    if field.form == "date":
        return "date", ()
    return ("words" if field.form == "text" else "line"), ()


def _split(text: str, unit: str, choices: tuple[str, ...], usual: str) -> tuple[str, str]:
    """An amount and its unit, that stand in two controls."""
    found = _AMOUNT.fullmatch(text.strip())
    if found is not None and found[2] in choices:
        return found[1], found[2]
    return text, unit if unit in choices else usual if usual in choices else choices[-1]


def _usual(kind: Kind, key: str) -> str:
    """The unit that the example of a kind has for a key."""
    found = re.search(rf"\b{re.escape(key)}=-?[0-9.]+([A-Za-z/%]+)", kind.body.example)
    return found[1] if found else ""


# --- from a form to a claim -----------------------------------------------------------------------------------


def claim_of_form(kind: Kind, form: Mapping[str, str], times: EverydayTimes) -> Claim:
    """The claim of a filled-in form; ``Malformed`` names every fault."""
    place = form.get("site", "").strip()
    values: dict[str, Any] = dict(_typed(kind, form))
    values |= {key: text for key in ENVELOPE if (text := form.get(key, "").strip())}
    if isinstance(zone := values.get("tz"), str) and kind.name == "site-registered":
        times.zones.setdefault(place, zone)
    instant = partial(times.instant, place=place)
    wrong: list[str] = []
    at = ""
    with collected(wrong), named("at"):
        at = instant(form.get("at", "").strip())
    return story.claim_of_values(kind, at, place, values, wrong, instant)


def _typed(kind: Kind, form: Mapping[str, str]) -> Iterator[tuple[str, str | list[str]]]:
    """Key and value of each field that something was typed for."""
    for field in fields_of(kind.body):
        key = key_of(kind, field)
        text = "" if key is None else _text_of(form, key)
        if key is None or not text:
            continue
        if field.many and not text.startswith("["):
            yield key, [part.strip() for part in text.split(",")]
        elif field.many:
            yield key, story.typed_value(field, key, text)
        else:
            yield key, text


def _text_of(form: Mapping[str, str], key: str) -> str:
    """The text typed for a key, an amount with its unit."""
    text, unit = form.get(key, "").strip(), form.get(f"{key}{UNIT}", "")
    found = _AMOUNT.fullmatch(text) if unit else None
    return text if found is None or found[2] else f"{found[1].replace(',', '')}{unit}"


def changes_of_form(kind: Kind, before: Record, body: Fact, form: Mapping[str, str]) -> list[str]:
    """The ``KEY=VALUE`` of a correction by which a form differs from a fact with its sections in ``body``."""
    values = values_of(kind, body)
    changes = []
    for field in fields_of(kind.body):
        key = key_of(kind, field)
        if key is None or key not in form:
            continue
        typed, was = _text_of(form, key), values.get(key, "")
        if typed != was.strip():
            changes.append(f"{key}={_said(field, typed)}")
    at = form.get("at", "").strip()
    return [f"at={at}", *changes] if at not in ("", before.at) else changes


def _said(field: Field, typed: str) -> str:
    """A value as a correction takes it: text in quotes, so that it is never taken for anything else."""
    if not typed:
        return story.NULL
    if field.many:
        return (
            typed if typed.startswith("[") else f"[{','.join(quoted(p.strip()) for p in typed.split(','))}]"
        )
    if field.form != "text":
        return typed
    said = quoted(typed)
    return said if said.startswith('"') else f'"{said}"'
