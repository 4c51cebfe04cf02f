"""What a user installs is declared, pinned, imported, and under a license that is allowed; a bill of materials
lists it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from tests.support import supply
from tests.support.supply import Installed

X = Installed("x", "1", "MIT", ())


def test_every_license_is_allowed() -> None:
    """Of every package that a user may get, by any extra."""
    assert list(supply.license_faults(supply.installed())) == []


def test_every_package_of_users_is_pinned_to_one_version() -> None:
    """A pin names the version with which all was tested."""
    assert list(supply.pin_faults(supply.installed(), supply.pins())) == []


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    """Whatever another package happens to bring may be gone with its next version."""
    assert list(supply.import_faults(supply.imported())) == []


@pytest.mark.parametrize(
    ("license_", "others"),
    [
        ("GPL-3.0-only", {"GPL-3.0-only"}),
        ("GPL-3.0-only OR MIT", set()),
        ("MIT AND (AGPL-3.0-only OR SSPL-1.0)", {"AGPL-3.0-only OR SSPL-1.0"}),
        ("BSD-3-Clause AND 0BSD", set()),
    ],
)
def test_a_license_outside_of_the_list_is_found(license_: str, others: set[str]) -> None:
    """Of alternatives one is enough; of what holds together all must be allowed."""
    assert supply.outside(license_) == others


@pytest.mark.parametrize(
    ("license_", "fault"),
    [
        ("", "x 1: its license cannot be read from its metadata"),
        ("SSPL-1.0", "x 1: SSPL-1.0 is not an allowed license"),
    ],
)
def test_a_package_whose_license_is_not_allowed_is_named(license_: str, fault: str) -> None:
    """Also one that states none."""
    assert list(supply.license_faults([X._replace(license=license_)])) == [fault]


@pytest.mark.parametrize(
    ("pin", "fault"),
    [
        ("click>=8", "click>=8: a pin names one version, as click==1.2.3"),
        ("click==8.5.1,<9", "click<9,==8.5.1: a pin names one version, as click==1.2.3"),
        ("click==7.0", "click==7.0: the declaration click<9,>=8.2 excludes it"),
    ],
)
def test_a_pin_that_pins_nothing_is_named(pin: str, fault: str) -> None:
    """A range lets in a version that nobody tested."""
    assert list(supply.pin_faults([], {"click": Requirement(pin)})) == [fault]


def test_a_package_of_users_without_a_pin_is_named() -> None:
    """It came with a new version of another."""
    assert list(supply.pin_faults([X], {})) == ["x 1 is installed for users and not pinned"]


def test_an_import_that_nothing_declares_is_named(tmp_path: Path) -> None:
    """Within a function too, where it fails only when it is reached."""
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "a.py").write_text("def f():\n    from hypothesis.strategies import integers\n")
    (fault,) = [one for one in supply.import_faults(supply.imported(tmp_path)) if "imports" in one]
    assert fault == "ledger/a.py imports hypothesis, which no dependency declares"


def test_a_declaration_that_nothing_imports_is_named() -> None:
    """Users would install it for nothing."""
    assert "click is declared and never imported" in list(supply.import_faults({}))


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the command writes; it checks the bill against the schema of CycloneDX 1.6."""
    out = tmp_path_factory.mktemp("supply")
    command = [sys.executable, str(supply.ROOT / "tools" / "supply"), "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True)
    return json.loads((out / "wattledger.cdx.json").read_text())


def test_the_bill_names_every_package_with_its_version(bill: Any) -> None:
    """And what each needs."""
    listed = {(one["name"], one["version"]) for one in bill["components"]}
    assert (bill["specVersion"], listed) == ("1.6", {one[:2] for one in supply.installed()})


def test_the_bill_says_nothing_of_the_time_or_the_machine(bill: Any) -> None:
    """The same versions give the same bytes."""
    assert "timestamp" not in bill["metadata"]
