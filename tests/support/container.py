"""The Containerfile as instructions, and what of it can be run without a container program: its image's program in a
folder in place of the root, as written but for paths and the port.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]
FILE: Final = ROOT / "tools" / "Containerfile"
PORT: Final = "8080"
PROGRAM: Final = "/opt/wattledger"
STARTS_S: Final = 30


class Instruction(NamedTuple):
    """An instruction and its arguments, on one line."""

    name: str
    text: str

    @property
    def words(self) -> list[str]:
        """The words of the form that is a JSON array, behind what options it has."""
        found: list[str] = json.loads(self.text[self.text.index("[") :])
        return found


def instructions(text: str) -> list[Instruction]:
    """Every instruction; a backslash goes on with the next line."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    whole = "\n".join(lines).replace("\\\n", " ").splitlines()
    return [Instruction(*line.split(None, 1)) for line in whole if line.strip()]


def stages(found: Sequence[Instruction]) -> list[list[Instruction]]:
    """The instructions of each stage; each begins with FROM."""
    made: list[list[Instruction]] = []
    for one in found:
        if one.name == "FROM":
            made.append([])
        made[-1].append(one)
    return made


def of(stage: Sequence[Instruction], name: str) -> list[Instruction]:
    """The instructions of a name."""
    return [one for one in stage if one.name == name]


def copied(stage: Sequence[Instruction], project: Path, into: Path) -> None:
    """Do what COPY says, of files of the project."""
    for one in of(stage, "COPY"):
        *sources, target = one.text.split()
        for source in sources:
            place = into / target / (project / source).name if target.endswith("/") else into / target
            if (project / source).is_dir():
                shutil.copytree(project / source, place)
            else:
                shutil.copy2(project / source, place)


def answers_its_health_check(
    stage: Sequence[Instruction], program: Sequence[str], environment: Mapping[str, str], place: Path
) -> tuple[int, int, int]:
    """Make a book, start what the image starts, ask the health check, and stop it by the image's signal: exit codes of
    the check while it runs, of the server, and of the check afterwards.
    """
    asked = of(stage, "HEALTHCHECK")[0].words
    words = [word.replace("0.0.0.0", "127.0.0.1") for word in of(stage, "CMD")[0].words]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    asked, words = ([word.replace(PORT, port) for word in each] for each in (asked, words))
    known = {**os.environ, **environment}
    subprocess.run([*program, "init", "--origin", "example.com/ledger"], env=known, cwd=place, check=True)
    with subprocess.Popen([*program, *words], env=known, cwd=place, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None, "it is a pipe"
        server.stdout.readline()  # it says where it serves once it does
        during = subprocess.run(asked, env=known, check=False, timeout=STARTS_S).returncode
        server.send_signal(getattr(signal, of(stage, "STOPSIGNAL")[0].text))
        ended = server.wait(STARTS_S)
    after = subprocess.run(asked, env=known, check=False, timeout=STARTS_S, stderr=subprocess.DEVNULL)
    return during, ended, after.returncode
