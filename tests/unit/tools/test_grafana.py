"""The dashboard that ``tools/grafana`` provisions, asked of a server of the demonstration's book."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.support.grafana import FOLDER, Asked, dashboards, queries
from tests.support.once import AsRun
from tests.support.serving import copied, serving

QUERIES = {one.title: one for one in queries()}


@pytest.fixture(scope="module")
def ledger(readme: AsRun, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    pytest.importorskip("duckdb", reason="not run: duckdb is not installed")
    book = copied(readme.place / "demo-book", tmp_path_factory.mktemp("grafana") / "book")
    with serving(book, surroundings=None, read_only=True) as served, served.client() as client:
        client.timeout = httpx.Timeout(120)
        yield client


@pytest.fixture(scope="module")
def answers(ledger: httpx.Client) -> dict[str, list[dict[str, Any]]]:
    """The rows of every query, asked once."""
    return {title: answer(ledger, asked) for title, asked in QUERIES.items()}


def answer(ledger: httpx.Client, asked: Asked) -> list[dict[str, Any]]:
    found = ledger.request(asked.method, asked.path, params=asked.params)
    assert found.status_code == 200, found.text
    rows: list[dict[str, Any]] = found.json()[asked.rows]
    return rows


@pytest.mark.parametrize("title", QUERIES)
def test_a_query_of_the_dashboard_returns_every_column_that_its_panel_names(
    title: str, answers: dict[str, list[dict[str, Any]]]
) -> None:
    rows = answers[title]
    assert (bool(rows), set(rows[0])) == (True, set(QUERIES[title].columns))


@pytest.mark.parametrize("title", QUERIES)
def test_a_column_holds_what_grafana_is_told_of_it(
    title: str, answers: dict[str, list[dict[str, Any]]]
) -> None:
    """A number is a JSON number, an instant ISO text in UTC."""
    asked = QUERIES[title]
    forms: dict[str, type | tuple[type, ...]] = {
        "number": (int, float),
        "timestamp": str,
        "string": str,
        "boolean": bool,
    }
    wrong = [
        (column, value)
        for row in answers[title]
        for column, value in row.items()
        if value is not None
        and (
            not isinstance(value, forms[asked.columns[column]])
            or (asked.columns[column] == "timestamp" and not str(value).endswith("Z"))
        )
    ]
    assert wrong == []


def test_panels_and_variables_ask_the_data_source_that_is_provisioned() -> None:
    """One uid and one plugin, in the provisioning and everywhere in the dashboards."""
    (source,) = yaml.safe_load((FOLDER / "provisioning/datasources/wattledger.yaml").read_text())[
        "datasources"
    ]
    asked = {
        (one["datasource"]["type"], one["datasource"]["uid"])
        for dashboard in dashboards().values()
        for one in (*dashboard["templating"]["list"], *dashboard["panels"])
    }
    assert asked == {(source["type"], source["uid"])}


def test_the_provisioning_holds_no_secret() -> None:
    """Address and token come from the environment of Grafana."""
    (source,) = yaml.safe_load((FOLDER / "provisioning/datasources/wattledger.yaml").read_text())[
        "datasources"
    ]
    said = (source["url"], *source["jsonData"]["allowedHosts"], *source["secureJsonData"].values())
    assert [value for value in said if not value.startswith("$WATTLEDGER_")] == []


def test_a_provider_loads_a_folder_of_dashboards() -> None:
    (provider,) = yaml.safe_load((FOLDER / "provisioning/dashboards/wattledger.yaml").read_text())[
        "providers"
    ]
    assert Path(provider["options"]["path"]).name == (FOLDER / "dashboards").name
