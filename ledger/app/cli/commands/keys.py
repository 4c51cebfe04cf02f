"""Commands about keys: keys show, keys add-ml-dsa, keys rotate, keys witness."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from ledger.app.cli.options import clock_option, common, key_option, opened, wants_json


@click.group()
@common
@click.pass_context
def keys(ctx: click.Context) -> None:
    """Show, rotate or add keys of the book, or make a witness's key."""


@keys.command()
@key_option
@common
@click.pass_context
def show(ctx: click.Context, key_file: str | None) -> None:
    """Show the keys that sign the log, and those that did before.

    The fingerprint is the SHA-256 of the verifier key's line, for comparing it by telephone or on paper.
    """
    from ledger.app.host.terminal import say_json, say_pairs

    with opened(ctx, write=False, key_file=key_file) as book:
        found = keys_of(book)
    if wants_json(ctx):
        say_json(found)
        return
    pairs = [("origin", found["origin"]), ("verifier key", found["key"] or "- (no signing key is here)")]
    pairs += [("fingerprint", found["fingerprint"])] if found["key"] else []
    if found["ml_dsa"] is not None:
        pairs += [("ML-DSA-44 key", found["ml_dsa"]["key"]), ("fingerprint", found["ml_dsa"]["fingerprint"])]
    say_pairs(pairs)
    for was in found["history"]:
        click.echo(f"  until record {was['until']} of {was['rec']}: {was['key']}")


def keys_of(book: Any) -> dict[str, Any]:
    """``{"origin","key","fingerprint","ml_dsa":{"key","fingerprint","since"},"history":[{"key","until",
    "rec"}]}``, oldest first; the present key is null where neither file nor log gives it, ``ml_dsa`` where
    the log has none.
    """
    rotations = book.seals.rotations()
    history = [{"key": r.old_vkey, "until": r.record, "rec": r.rec} for r in rotations]
    key, added = book.seals.vkey(), book.seals.ml_dsa_keys()
    ml_dsa = (
        None
        if not added
        else {
            "key": added[-1].ml_dsa_vkey,
            "fingerprint": fingerprint(added[-1].ml_dsa_vkey),
            "since": added[-1].record,
        }
    )
    return {
        "origin": book.config.origin,
        "key": key,
        "fingerprint": None if key is None else fingerprint(key),
        "ml_dsa": ml_dsa,
        "history": history,
    }


def fingerprint(vkey: str) -> str:
    """The SHA-256 of a verifier key's line, in hex."""
    return sha256(vkey.encode()).hexdigest()


@keys.command("add-ml-dsa")
@clock_option
@key_option
@common
@click.pass_context
def add_ml_dsa(ctx: click.Context, accept_clock: bool, key_file: str | None) -> None:
    """Sign with ML-DSA-44 too, from the next checkpoint on.

    A quantum computer does not forge ML-DSA-44. The log records the key, signed by both keys, and each
    checkpoint carries both signatures. The key is made from the signing key's file: there is no second file
    to keep. Give the printed key to readers who want to name it in their policy, as a line "log KEY".
    """
    from ledger.app.host.terminal import say_json

    with opened(ctx, write=True, key_file=key_file, accept_clock=accept_clock) as book:
        done = book.add_ml_dsa_key()
    if wants_json(ctx):
        say_json({**done._asdict(), "fingerprint": fingerprint(done.ml_dsa_vkey)})
        return
    click.echo(f"Added in record {done.record}; each checkpoint is signed with Ed25519 and with ML-DSA-44")
    click.echo(f"  ML-DSA-44 key  {done.ml_dsa_vkey}")
    click.echo(f"  fingerprint    {fingerprint(done.ml_dsa_vkey)}")
    click.echo('Readers who want to rely on it name it in their policy, as a line "log KEY"')


@keys.command()
@clock_option
@key_option
@common
@click.pass_context
def rotate(ctx: click.Context, accept_clock: bool, key_file: str | None) -> None:
    """Make a new signing key and hand the log on to it.

    The log records it, signed by both keys, and both sign the next checkpoint; later ones the new key signs
    alone. Readers with an earlier verifier key can still use it. The old signing key is deleted. An
    ML-DSA-44 key that the log has is handed on too.
    """
    from ledger.app.host.terminal import say_json

    with opened(ctx, write=True, key_file=key_file, accept_clock=accept_clock) as book:
        done = book.rotate_key()
    if wants_json(ctx):
        say_json(done._asdict())
        return
    click.echo(f"Handed on in record {done.record}; the old signing key is deleted")
    click.echo(f"  verifier key  {done.new_vkey}")
    click.echo("Readers with an earlier key can still use it; give this one to new readers")


@keys.command()
@click.argument("name")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The key file to create.",
)
@common
@click.pass_context
def witness(ctx: click.Context, name: str, output: Path) -> None:
    """Make a key for a witness called NAME, such as utility.example/witness.

    It needs no book. Its verifier key, which is printed, goes into the policy of every reader who trusts the
    witness.
    """
    from ledger.app.book.keys import SEED_BYTES
    from ledger.app.host.terminal import say_json, say_pairs
    from ledger.app.proofs.cosignatures import create_witness

    made = create_witness(output, name, os.urandom(SEED_BYTES))
    if wants_json(ctx):
        say_json({"name": name, "key": made.vkey, "path": str(output)})
        return
    click.echo(f"Made the key of a witness in {output}")
    say_pairs([("verifier key", made.vkey)])
    click.echo("Next: wattledger cosign REQUEST --key LOG-VKEY --state FILE --witness-key " + str(output))
