"""The command ``kinds``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from ledger.app.cli import completion
from ledger.app.cli.options import common, wants_json

if TYPE_CHECKING:
    from ledger.kinds import Kind


class OfClasses(click.Command):
    """A command with a choice of classes, which the list of all commands does not load."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The options, ``--class`` with its choices."""
        from ledger.kinds import CLASSES

        for param in self.params:
            if param.name == "disclosure":
                param.type = click.Choice(CLASSES)
        return super().get_params(ctx)


@click.command(cls=OfClasses)
@click.argument("kind", required=False, shell_complete=completion.kinds)
@click.option("--class", "disclosure", help="Only the kinds of this class.")
@common
@click.pass_context
def kinds(ctx: click.Context, kind: str | None, disclosure: str | None) -> None:
    """List what can be recorded, or show how to record a KIND.

    For one kind: its fields with units and choices, the required fields, those kept in a section that can be
    erased, the facts that must be recorded before, and an example line of story text and of JSON.
    """
    from ledger.app.host.terminal import say, say_json
    from ledger.exchange.kind_guide import CLAIMABLE, guide

    if kind is None:
        chosen = [one for one in CLAIMABLE if disclosure in (None, one.disclosure)]
    else:
        chosen = [_claimable(kind, disclosure)]
    if wants_json(ctx):
        for one in chosen:
            say_json(guide(one))
    else:
        say(_list(chosen) if kind is None else _guide(chosen[0]))


def _claimable(name: str, disclosure: str | None) -> Kind:
    from ledger.kinds import kind_of

    kind = kind_of(name)
    if not kind.claimable:
        raise click.UsageError(f"{kind.name} is written by the ledger itself and cannot be recorded by hand")
    if disclosure not in (None, kind.disclosure):
        raise click.UsageError(f"{kind.name} is of class {kind.disclosure}, not {disclosure}")
    return kind


def _list(chosen: list[Kind]) -> Iterator[str]:
    from ledger.exchange.kind_guide import class_of, summary

    width = max(len(kind.name) for kind in chosen)
    for disclosure in dict.fromkeys(map(class_of, chosen)):
        yield f"Class {disclosure}:"
        for kind in chosen:
            if class_of(kind) == disclosure:
                yield f"  {kind.name:<{width}}  {summary(kind).partition('. ')[0].removesuffix('.')}"
        yield ""
    yield "wattledger kinds KIND shows the fields of one, and an example."


def _guide(kind: Kind) -> Iterator[str]:
    from ledger.exchange.kind_guide import class_of, guide, need, summary
    from ledger.kinds import BY_BODY

    found = guide(kind)
    yield f"{kind.name} (class: {class_of(kind)})"
    yield summary(kind)
    rows = [
        (
            "second word" if field["key"] is None else f"{field['key']}=",
            "required" if field["required"] else "optional",
            field["value"] + (f"; in the erasable section {field['section']}" if field["section"] else ""),
        )
        for field in found["fields"]
    ]
    if all(field["key"] is not None for field in found["fields"]):
        rows.insert(
            0, ("second word", "required", f"the site that it is about, as {kind.body.example.split()[1]}")
        )
    if rows:
        yield ""
        yield "Fields:"
        width = max(len(key) for key, _, _ in rows)
        yield from (f"  {key:<{width}}  {required}  {value}" for key, required, value in rows)
    if kind.needs:
        yield ""
        yield "Must be recorded before:"
        yield from (f"  {BY_BODY[body].name}: {need(kind, BY_BODY[body])}" for body in kind.needs)
    yield ""
    yield "Example, story text:"
    yield f"  {found['example']['story']}"
    yield "The same, JSON Lines:"
    yield f"  {found['example']['json']}"
    if found["before_example"]:
        yield "In an empty book the example records after these lines:"
        yield from (f"  {line}" for line in found["before_example"])
