"""The contract: every route answers its example as it declares."""

from __future__ import annotations

import msgspec
import pytest

from ledger.app.web.contract import ROUTES
from ledger.app.web.openapi import shapes
from ledger.app.web.pages.contract import PAGES
from ledger.app.web.routes import JSON, Right, Route
from tests.support.route_examples import EXAMPLES
from tests.support.serving import Served

ALL = {route.name: route for route in (*ROUTES, *PAGES)}


def test_every_route_has_an_example() -> None:
    """Whoever adds a route says what a request of it looks like. The live stream, which does not end, and
    tokens, which change who may ask, are tested beside.
    """
    beside = {"getLive", *(name for name, route in ALL.items() if "access" in route.handler.__module__)}
    assert set(EXAMPLES) == set(ALL) - beside


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_route_answers_as_it_declares(name: str, shown: Served) -> None:
    """Status, media type and JSON shape are those of the contract."""
    route, (path, request) = ALL[name], EXAMPLES[name]
    with shown.client() as client:
        answer = client.request(route.method, path, **request)
    kind = answer.headers["content-type"]
    declared = answer.status_code in route.statuses and kind in route.answers
    assert (declared, _shaped(route, kind, answer.content)) == (True, True)


def _shaped(route: Route, kind: str, body: bytes) -> bool:
    """Whether JSON is of one of the shapes that the route declares; other answers have none."""
    if kind != JSON or route.schema is None:
        return True
    for shape in shapes(route.schema):
        try:
            msgspec.json.decode(body, type=shape)
        except msgspec.ValidationError:
            continue
        return True
    return False


def test_only_what_tells_nothing_is_open_to_anyone() -> None:
    """A witness is asked by whoever holds a checkpoint that a log signed, and tells nothing of this book."""
    assert {route.name for route in ALL.values() if route.right is Right.OPEN} == {
        *("getOpenapi", "getHealth", "postCheckpoint"),
        *("pageSignIn", "pageSignedIn", "pageSignedOut", "pageStatic"),
    }


def test_a_route_is_named_once() -> None:
    assert len(ALL) == len(ROUTES) + len(PAGES)
