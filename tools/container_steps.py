#!/usr/bin/env python3
"""Run the steps of tools/Containerfile without a container program: its copies and its build as written, with a
temporary folder in place of the root, then what the image starts, its health check and its end.

    uv run python tools/container_steps.py

What needs another root is not run: the base image, the user and the volume. Exit 1 if a step fails.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support import container  # noqa: E402


def main() -> int:
    """Build, start, ask, stop."""
    build, image = container.stages(container.instructions(container.FILE.read_text()))
    place = Path(tempfile.mkdtemp(prefix="container-steps-"))
    try:
        sources, installed = place / "src", place / "opt"
        sources.mkdir()
        container.copied(build, ROOT, sources)
        for step in container.of(build, "RUN"):
            words = step.text.replace(container.PROGRAM, str(installed))
            print(f"RUN {words}", flush=True)
            subprocess.run(words, shell=True, cwd=sources, check=True)
        environment = {
            "PATH": f"{installed}/bin:/usr/bin:/bin",
            "WATTLEDGER_BOOK": str(place / "book"),
            "PYTHONUNBUFFERED": "1",
        }
        program = (str(installed / "bin" / "wattledger"),)
        found = container.answers_its_health_check(image, program, environment, place)
    finally:
        shutil.rmtree(place)
    print("the health check ended with {}, the server with {}, the check afterwards with {}".format(*found))
    return int(found != (0, 0, 1))


if __name__ == "__main__":
    sys.exit(main())
