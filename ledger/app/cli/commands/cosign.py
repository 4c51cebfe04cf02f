"""The command ``cosign``."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import click

from ledger.app.cli.options import common, wants_json


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option(
    "--key",
    "keys",
    multiple=True,
    required=True,
    help="Verifier key of a log to be cosigned (repeatable).",
)
@click.option(
    "--state",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="State file of what was cosigned last; keep it for ever.",
)
@click.option(
    "--witness-key",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The witness's key file.",
)
@click.option(
    "--log",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The whole log (export jsonl), read and rebuilt first; for a key named .../full-log.",
)
@click.option(
    "--publish",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of a web server that shows monitors what was cosigned last.",
)
@common
@click.pass_context
def cosign(
    ctx: click.Context,
    file: IO[bytes],
    keys: tuple[str, ...],
    state: Path,
    witness_key: Path,
    log: Path | None,
    publish: Path | None,
) -> None:
    """Cosign a checkpoint as a witness, and print the cosignature.

    FILE is a request (export tlog-witness) or a bundle; no book is needed. A checkpoint that does not
    continue the one cosigned last is refused: a fork, a rollback, a proof that does not lead there, a
    signature by another key. The log may be another program's, and its checkpoints may have extension lines.

    With --publish DIRECTORY the checkpoint is also written there with its cosignature, in HASH/checkpoint,
    where HASH is the SHA-256 of the log's origin: a web server serves it to monitors (C2SP tlog-witness).

    A full-log witness has a key whose name ends with /full-log and cosigns with --log only: every record is
    hashed again and every stream and the directory are rebuilt, and they must be what the checkpoint commits
    to. A reader whose policy says "quorum full" asks for such a cosignature.
    """
    from functools import partial

    from ledger.app.host.clock import Machine
    from ledger.app.host.terminal import say_json
    from ledger.app.maintenance.full_log import check_whole
    from ledger.app.proofs.cosignatures import cosign as answered
    from ledger.app.proofs.cosignatures import read_witness

    witness = read_witness(witness_key)
    check = None if log is None else partial(check_whole, log)
    now_s = Machine().now_us() // 1_000_000
    found = answered(file.read(), keys, witness, state, now_s, check, publish)
    assert found.cosigned is not None, "what is refused is raised"
    if wants_json(ctx):
        origin, size, root = found.cosigned
        say_json(
            {
                "origin": origin,
                "size": size,
                "root": root.hex(),
                "witness": witness.vkey,
                "line": found.body.decode(),
            }
        )
    else:
        click.echo(found.body.decode(), nl=False)
