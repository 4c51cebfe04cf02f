"""The container image's description says what the program has: its options, its extras, its health."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from ledger.app.cli.commands.serve import serve
from ledger.app.web.contract import ROUTES

ROOT = Path(__file__).parents[3]
LINES = (ROOT / "tools" / "Containerfile").read_text().splitlines()


def of(instruction: str) -> list[str]:
    """The arguments of an instruction, once for each line of it."""
    return [line.removeprefix(f"{instruction} ") for line in LINES if line.startswith(f"{instruction} ")]


def test_it_starts_the_server_with_options_that_the_server_has() -> None:
    options = {name for option in serve.params for name in option.opts}
    (words,) = map(json.loads, of("CMD"))
    assert (words[0], {word for word in words if word.startswith("--")} - options) == ("serve", set())


def test_its_health_is_asked_at_a_route_that_the_server_has() -> None:
    path = re.search(r"http://127\.0\.0\.1:8080(/[^']+)", of("HEALTHCHECK")[0])
    assert path is not None and path[1] in {route.path for route in ROUTES}  # noqa: PT018


def test_it_installs_extras_that_the_package_has() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    (named,) = re.findall(r"'\.\[([a-z,]+)\]'", "\n".join(LINES))
    assert set(named.split(",")) - set(extras) == set()


def test_it_runs_without_root_and_keeps_the_book_outside() -> None:
    assert (of("USER"), of("VOLUME")) == (["10001"], ["/book"])
