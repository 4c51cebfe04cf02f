"""Go programs of tests/go, built from Debian's packages; without them the tests that need them are not
run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

GO_PATH = Path("/usr/share/gocode")
SUMDB = GO_PATH / "src/golang.org/x/mod/sumdb/tlog"
SOURCES = Path(__file__).parents[1] / "go"


def built(name: str, folder: Path) -> Path:
    """The program, in a folder."""
    if shutil.which("go") is None or not SUMDB.exists():
        pytest.skip("not run: Go or golang-golang-x-mod-dev is not installed")
    environment = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": str(GO_PATH),
        "GOFLAGS": "",
        "GOCACHE": str(folder / "cache"),
    }
    source = SOURCES / f"{name}.go"
    subprocess.run(["go", "build", "-o", str(folder / name), str(source)], env=environment, check=True)
    return folder / name
