"""tools/exactness.py finds what it is there to find, and the project is free of it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from projections.reports.catalogue import REPORTS

ROOT = Path(__file__).parents[3]
TOOL = ROOT / "tools" / "exactness.py"


def checked(*files: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(TOOL), *map(str, files)], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("x = 0.5", "has the float 0.5"),
        ("x = a / b", "divides with /"),
        ("x /= 2", "divides with /"),
        ("import time", "imports time"),
        ("from os import environ", "imports os"),
        ("from uuid import uuid4", "imports uuid"),
        ("from math import sqrt", "imports math.sqrt"),
        ("x = float('1')", "calls float()"),
        ("x = hash('a')", "calls hash()"),
        ("x = date.today()", "calls .today()"),
        ("for x in {1, 2}: pass", "walks a set"),
        ("x = [y for y in set(z)]", "walks a set"),
        ("x = tuple(set(z) - {1})", "walks a set"),
        ("x = ','.join({'a', 'b'})", "walks a set"),
        ("open('x')", "calls open()"),
        ("import threading", "imports threading"),
    ],
)
def test_what_is_not_exact_is_found(tmp_path: Path, source: str, what: str) -> None:
    path = tmp_path / "fold.py"
    path.write_text(source + "\n")
    assert f"{path}:1: {what}" in checked(path).stdout


@pytest.mark.parametrize(
    "source",
    [
        "x = Fraction(1) / 3",
        "x = sorted({1, 2})",
        "x = 7 // 2",
        "x = max(y for y in set(z))",
        "from uuid import UUID",
    ],
)
def test_what_is_exact_is_not(tmp_path: Path, source: str) -> None:
    path = tmp_path / "fold.py"
    path.write_text(source + "\n")
    assert checked(path).returncode == 0


def test_the_project_is_exact() -> None:
    assert checked().stdout.endswith("0 findings\n")


def test_no_report_imports_another_report() -> None:
    modules = {(report.asking or report.compute).__module__ for report in REPORTS}
    wrong = []
    for module in sorted(modules):
        tree = ast.parse((ROOT / (module.replace(".", "/") + ".py")).read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                named = {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
                wrong += [(module, name) for name in sorted(named & (modules - {module}))]
    assert wrong == []
