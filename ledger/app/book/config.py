"""``book.toml``: the settings of a book, given once when it is made.

origin = "example.com/ledger"   # the log's name for life, a URL without its scheme
backend = "sqlite"              # or where the records are: "postgresql://wattledger@db.example.com/ledger?schema=north"
tz = "America/New_York"         # zone of reports whose sites share none; may be absent

[plausibility]                  # limits of what is noted as unlikely (rules/plausibility); may be absent
longest_h = 24
off = ["two-outages"]

[[anchor]]                      # where serve and anchor send each checkpoint (app/anchor); may be absent or repeated
folder = "/mnt/auditor/checkpoints"

[oidc]                          # sign-in with a provider (app/access/oidc_settings); may be absent
issuer = "https://login.example.com"

[operator]                      # who operates the sites; may be absent, and may change (wattledger operator)
name = "Example Compute, Inc."
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

import msgspec

from ledger import calendar
from ledger.app.host.files import PRIVATE, read_text, write_durably
from ledger.errors import Malformed, inert
from ledger.store.open import DEFAULT, check_backend, store_folder
from ledger.store.port import StoreFolder

NAME: Final = "book.toml"
LONGEST_NAME: Final = 80  # a workbook's footer holds 255 characters in all


class Operator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The operator of the sites: the name printed on pages, PDFs and workbooks; no record holds it."""

    name: str = ""


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of a book."""

    origin: str
    backend: str = DEFAULT
    tz: str | None = None
    plausibility: dict[str, Any] = {}
    operator: Operator = Operator()
    anchor: tuple[dict[str, Any], ...] = ()
    oidc: dict[str, Any] = {}


def read_config(directory: Path) -> Config:
    """The settings of the book in a directory; ``Malformed`` when it is not a book or a setting
    is impossible.
    """
    path = directory / NAME
    try:
        config = msgspec.convert(tomllib.loads(read_text(path)), Config)
    except FileNotFoundError:
        raise Malformed(
            f"{directory} is not a book: it has no {NAME}; make one with: wattledger --book {directory} init"
        ) from None
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError) as why:
        raise Malformed(f"{path}: {why}") from None
    check_config(config)
    return config


def folder_of(directory: Path) -> StoreFolder:
    """Folder of a book's store; by the default backend while no ``book.toml`` names one."""
    try:
        return store_folder(directory, read_config(directory).backend)
    except (Malformed, OSError):
        return store_folder(directory)


def write_config(directory: Path, config: Config) -> None:
    """Write ``book.toml``."""
    import tomlkit  # only where a book is made

    settings = {name: value for name, value in msgspec.to_builtins(config).items() if value}
    if not config.operator.name:
        del settings["operator"]
    write_durably(directory / NAME, tomlkit.dumps(settings).encode(), PRIVATE)


def write_operator(directory: Path, name: str) -> None:
    """Set the operator's display name in ``book.toml``, and leave all else there as it is."""
    import tomlkit

    check_config(msgspec.structs.replace(read_config(directory), operator=Operator(name)))
    document = tomlkit.parse(read_text(directory / NAME))
    if "operator" not in document:
        document["operator"] = tomlkit.table()
    document["operator"]["name"] = name
    write_durably(directory / NAME, tomlkit.dumps(document).encode(), PRIVATE)


def check_config(config: Config) -> None:
    """``Malformed`` unless the origin can be a key's name (C2SP signed-note) and backend and zone exist."""
    origin = config.origin
    if (
        not origin
        or "+" in origin
        or "://" in origin
        or any(c.isspace() or not c.isprintable() for c in origin)
    ):
        raise Malformed(
            f"origin must be a URL without scheme, spaces or '+', such as example.com/ledger: {origin!r}"
        )
    check_backend(config.backend)
    if config.tz is not None:
        calendar.zone(config.tz)
    if not config.operator.name.isprintable() or len(config.operator.name) > LONGEST_NAME:
        raise Malformed(
            f"the operator's name must be at most {LONGEST_NAME} printable characters:"
            f" {inert(config.operator.name[:LONGEST_NAME])}"
        )
    if config.plausibility:
        from ledger.rules.plausibility.table import chosen

        chosen(config.plausibility)
