"""What is installed with wattledger: the distributions that its dependencies bring, their licenses, and whether
the program imports what it declares and nothing else.

The license of a distribution is what its metadata states as an SPDX expression, else the reading of its free
words here. ``ALLOWED`` is what may be installed; a license outside of it is decided by a person, in this file.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path
from typing import Any, Final, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).resolve().parents[2]
OWN: Final = ("ledger", "projections", "wattledger")
ALLOWED: Final = frozenset(
    [
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "MIT", "MIT-0", "PSF-2.0"),
        *("Unlicense", "Zlib"),
        "MPL-2.0",  # by file: what we install unchanged asks nothing of our own files
        "LGPL-3.0-only",  # a package of its own that the user can exchange, as the license asks
    ]
)
READ: Final = {
    "Apache 2": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "License :: Public Domain": "Unlicense",
    "PSFL": "PSF-2.0",
}
"""Words of metadata that mean one license."""
BY_NAME: Final = {"jinja2": "BSD-3-Clause", "partd": "BSD-3-Clause", "zict": "BSD-3-Clause"}
"""Licenses of which the metadata names the family only, read in the file of the distribution."""

THROUGH: Final = frozenset(["httptools"])
"""Declared packages that are used through another, which asks for them by an extra alone: uvicorn's parser."""


LOADED_BY_OTHERS: Final = {"httptools": "uvicorn.protocols.http.httptools_impl"}
"""Declared packages that the program asks another one for, and the module of that one which loads it."""


class Installed(NamedTuple):
    """A distribution that a user gets: its name as it is compared, its version, its license as an SPDX expression
    (empty: none can be read), and the names of those that it needs.
    """

    name: str
    version: str
    license: str
    needs: tuple[str, ...]


def project() -> Any:
    """The project's declarations."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def declared() -> dict[str, Requirement]:
    """The dependencies of users, those of extras too."""
    made = project()["project"]
    lines = [
        *made["dependencies"],
        *(line for extra in made["optional-dependencies"].values() for line in extra),
    ]
    return {canonicalize_name(one.name): one for one in map(Requirement, lines)}


def installed() -> list[Installed]:
    """Every distribution that the declared ones bring on this Python, by name."""
    found: dict[str, Installed] = {}
    waiting = [(name, frozenset(one.extras)) for name, one in declared().items()]
    while waiting:
        name, extras = waiting.pop()
        needs = list(_needs(distribution(name), extras))
        names = tuple(sorted({canonicalize_name(one.name) for one in needs}))
        known = found.get(name)
        if known is None or not set(names) <= set(known.needs):
            before = () if known is None else known.needs
            one = distribution(name)
            found[name] = Installed(name, one.version, license_of(one), tuple(sorted({*before, *names})))
            waiting += [(canonicalize_name(need.name), frozenset(need.extras)) for need in needs]
    return sorted(found.values())


def _needs(one: Distribution, extras: frozenset[str]) -> Iterator[Requirement]:
    for need in map(Requirement, one.requires or ()):
        asked = ("", *extras)
        if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in asked):
            yield need


def _stated(one: Distribution, name: str) -> list[str]:
    return [str(line) for line in one.metadata.get_all(name) or ()]


def license_of(one: Distribution) -> str:
    """The license of a distribution as an SPDX expression; empty where none can be read."""
    words = _stated(one, "License-Expression") or [BY_NAME.get(canonicalize_name(one.name), "")]
    if words[0]:
        return words[0]
    classified = [line for line in _stated(one, "Classifier") if line.startswith("License")]
    for line in (*_stated(one, "License"), *classified):
        if line in ALLOWED or line in READ:
            return READ.get(line, line)
    return ""


def outside(license_: str) -> set[str]:
    """The licenses of an expression that are not allowed; of alternatives one is enough."""
    parts = [part.strip("() ") for part in license_.split(" AND ")]
    return {
        part for part in parts if not any(choice.strip("() ") in ALLOWED for choice in part.split(" OR "))
    }


# --- pins and imports ---------------------------------------------------------------------------------------


def pins() -> dict[str, Requirement]:
    """What the project was built and tested with."""
    lines = project()["tool"]["uv"]["constraint-dependencies"]
    return {canonicalize_name(one.name): one for one in map(Requirement, lines)}


def imported(root: Path = ROOT) -> dict[str, str]:
    """Every module of others that the program imports, by its first name, with a file that does."""
    found: dict[str, str] = {}
    through = {module: name for name, module in LOADED_BY_OTHERS.items()}
    for package in OWN:
        for path in sorted((root / package).rglob("*.py")):
            for name in _modules(ast.parse(path.read_text("utf-8"))):
                first = name.partition(".")[0]
                if name in through:
                    found.setdefault(through[name], str(path.relative_to(root)))
                if first not in sys.stdlib_module_names and first not in OWN:
                    found.setdefault(first, str(path.relative_to(root)))
    return found


def _modules(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module


@cache
def _holders() -> Mapping[str, list[str]]:
    """Distributions by module: the files of all are read for it."""
    return packages_distributions()


def providers(module: str) -> set[str]:
    """The distributions that hold a module."""
    return {canonicalize_name(name) for name in _holders().get(module, ())}


# --- faults -------------------------------------------------------------------------------------------------


def license_faults(found: list[Installed]) -> Iterator[str]:
    """Packages whose license cannot be read, or is not allowed."""
    for one in found:
        if not one.license:
            yield f"{one.name} {one.version}: its license cannot be read from its metadata"
        elif others := outside(one.license):
            yield f"{one.name} {one.version}: {', '.join(sorted(others))} is not an allowed license"


def pin_faults(found: list[Installed], known: dict[str, Requirement]) -> Iterator[str]:
    """Pins that do not name one version, packages of users without one, and pins that a declaration excludes."""
    asked = declared()
    for name, pin in sorted(known.items()):
        versions = [one.version for one in pin.specifier if one.operator == "=="]
        if len(versions) != 1 or len(pin.specifier) != 1 or pin.url:
            yield f"{pin}: a pin names one version, as {name}==1.2.3"
        elif name in asked and not asked[name].specifier.contains(versions[0], prereleases=True):
            yield f"{pin}: the declaration {asked[name]} excludes it"
    for one in found:
        if one.name not in known:
            yield f"{one.name} {one.version} is installed for users and not pinned"


def import_faults(modules: dict[str, str]) -> Iterator[str]:
    """Imports that nothing declares, and declarations that nothing imports."""
    asked, used = set(declared()), set[str]()
    for module, file in sorted(modules.items()):
        found = providers(module) & asked
        used |= found
        if not found:
            yield f"{file} imports {module}, which no dependency declares"
    for name in sorted(asked - used - THROUGH):
        yield f"{name} is declared and never imported"
