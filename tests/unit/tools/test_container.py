"""The container image's description says what the program has, and what it starts answers its health check."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

from ledger.app.cli.commands.serve import serve
from ledger.app.web.contract import ROUTES
from tests.support import container

BUILD, IMAGE = container.stages(container.instructions(container.FILE.read_text()))


def test_it_starts_the_server_with_options_that_the_server_has() -> None:
    options = {name for option in serve.params for name in option.opts}
    words = container.of(IMAGE, "CMD")[0].words
    assert (words[0], {word for word in words if word.startswith("--")} - options) == ("serve", set())


def test_its_health_is_asked_at_a_route_that_the_server_has() -> None:
    path = re.search(r"http://127\.0\.0\.1:8080(/[^']+)", container.of(IMAGE, "HEALTHCHECK")[0].text)
    assert path is not None and path[1] in {route.path for route in ROUTES}  # noqa: PT018


def test_it_installs_extras_that_the_package_has() -> None:
    project = tomllib.loads((container.ROOT / "pyproject.toml").read_text())["project"]
    (named,) = re.findall(r"'\.\[([a-z,]+)\]'", container.of(BUILD, "RUN")[0].text)
    assert set(named.split(",")) - set(project["optional-dependencies"]) == set()


def test_it_copies_all_that_the_package_is_built_from(tmp_path: Path) -> None:
    """Its packages, and the files that its description names."""
    container.copied(BUILD, container.ROOT, tmp_path)
    settings = tomllib.loads((tmp_path / "pyproject.toml").read_text())
    project, built = settings["project"], settings["tool"]["hatch"]["build"]["targets"]["wheel"]
    wanted = (*built["packages"], project["readme"], *project["license-files"])
    assert [name for name in wanted if not (tmp_path / name).exists()] == []


def test_it_runs_without_root_and_keeps_the_book_outside() -> None:
    users, volumes, ports = (
        [one.text for one in container.of(IMAGE, name)] for name in ("USER", "VOLUME", "EXPOSE")
    )
    assert (users, volumes, ports) == (["10001"], ["/book"], ["8080"])


def test_its_base_is_of_one_python_and_one_release_of_debian() -> None:
    """A newer Python, or another Debian, is a change of this file."""
    bases = {stage[0].text.split()[0] for stage in (BUILD, IMAGE)}
    assert [base for base in bases if not re.fullmatch(r"python:3\.\d+-slim-[a-z]+", base)] == []


def test_what_it_starts_answers_its_health_check_and_stops_by_its_signal(tmp_path: Path) -> None:
    """The program is this checkout's, in place of the one that the image installs."""
    (tmp_path / "python").symlink_to(sys.executable)
    environment = {
        "WATTLEDGER_BOOK": str(tmp_path / "book"),
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(container.ROOT),
        "PATH": f"{tmp_path}:/usr/bin:/bin",
    }
    program = (sys.executable, "-m", "ledger.app")
    assert container.answers_its_health_check(IMAGE, program, environment, tmp_path) == (0, 0, 1)
