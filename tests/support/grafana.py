"""The dashboard of ``tools/grafana`` as Grafana asks it: every query with its variables put in place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

FOLDER: Final = Path(__file__).parents[2] / "tools" / "grafana"
PUT: Final = {
    "${__from:date:iso}": "2025-10-01T00:00:00.000Z",
    "${__to:date:iso}": "2026-10-01T00:00:00.000Z",
    "${site:sqlstring}": "'sandersville','dalton','norcross'",
}


class Asked(NamedTuple):
    """A query of a panel or of a variable: what it asks, and the columns that it names."""

    title: str
    method: str
    path: str
    params: dict[str, str]
    rows: str
    columns: dict[str, str]


def dashboards() -> dict[str, Any]:
    """Every dashboard by its file."""
    return {path.name: json.loads(path.read_text()) for path in sorted((FOLDER / "dashboards").iterdir())}


def queries() -> Iterator[Asked]:
    """Every query of every dashboard."""
    for dashboard in dashboards().values():
        for variable in dashboard["templating"]["list"]:
            yield _asked(f"variable {variable['name']}", variable["query"]["infinityQuery"])
        for panel in dashboard["panels"]:
            yield from (_asked(panel["title"], target) for target in panel["targets"])


def _asked(title: str, target: dict[str, Any]) -> Asked:
    options = target["url_options"]
    params = {one["key"]: _put(one["value"]) for one in options["params"]}
    columns = {one["selector"]: one["type"] for one in target["columns"]}
    return Asked(title, options["method"], target["url"], params, target["root_selector"], columns)


def _put(text: str) -> str:
    for name, value in PUT.items():
        text = text.replace(name, value)
    return text
