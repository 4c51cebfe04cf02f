"""The tools: every route of the service that only reads.

A tool takes the parameters of its route and answers what the route answers, so a new route is a new tool. The
answer is text as people read it, where the route has such, with the JSON beside it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from ledger.app.web.arguments import checked
from ledger.app.web.auth import Principal, check_allowed
from ledger.app.web.contract import ROUTES
from ledger.app.web.openapi import parameter_schema
from ledger.app.web.problems import HttpProblem
from ledger.app.web.routes import JSON, TEXT, ApiCall, Right, Route
from ledger.app.web.service import Service
from ledger.errors import Malformed, WattledgerError

TEXT_MOST: Final = 200_000
JSON_MOST: Final = 400_000
_READS: Final = (Right.RECORDS, Right.REPORTS, Right.PROOFS)
_LEFT_OUT: Final = ("getReportFile",)


class Tool(NamedTuple):
    """A tool: its name, what it does, the JSON Schema of its arguments, and the call."""

    name: str
    what: str
    schema: dict[str, Any]
    call: Callable[[Service, Principal, dict[str, Any]], Awaitable[dict[str, Any]]]


def _tool(route: Route) -> Tool:
    properties = {one.name: {**parameter_schema(one), "description": one.what} for one in route.parameters}
    schema = {
        "type": "object",
        "properties": properties,
        "required": [one.name for one in route.parameters if one.required],
        "additionalProperties": False,
    }

    async def call(service: Service, principal: Principal, given: dict[str, Any]) -> dict[str, Any]:
        return await _asked(route, service, principal, given)

    return Tool(_snake(route.name), route.what, schema, call)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


async def _asked(
    route: Route, service: Service, principal: Principal, given: Mapping[str, Any]
) -> dict[str, Any]:
    """The answer of a route as a tool's result; an error is a result too, from which the caller can
    recover.
    """
    try:
        check_allowed(principal, route.right, route.name)
        arguments = checked(route.parameters, {name: _words(name, value) for name, value in given.items()})
        made = {}
        for form in dict.fromkeys((TEXT if TEXT in route.answers else JSON, JSON)):
            reply = await route.handler(ApiCall(service, route, principal, arguments, form))
            assert isinstance(reply.body, bytes), "only streams are not whole"
            made[form] = reply.body
    except (WattledgerError, HttpProblem) as why:
        return failed(str(why))
    text = made.get(TEXT, made[JSON]).decode()
    if len(text) > TEXT_MOST:
        return failed(f"the answer has {len(text):,} characters: narrow it by site, period or limit")
    result: dict[str, Any] = {"content": [{"type": "text", "text": text}], "isError": False}
    if len(made[JSON]) <= JSON_MOST:
        result["structuredContent"] = msgspec.json.decode(made[JSON])
    return result


def failed(why: str) -> dict[str, Any]:
    """The result of a tool that failed."""
    return {"content": [{"type": "text", "text": why}], "isError": True}


def _words(name: str, value: object) -> list[str]:
    """An argument as written in a query string."""
    if isinstance(value, list):
        return [word for one in value for word in _words(name, one)]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, int | str):
        return [str(value)]
    raise Malformed(f"{name} is text, a whole number, true or false, or a list of these: {value!r}")


READING: Final = tuple(
    _tool(route)
    for route in ROUTES
    if route.method == "GET"
    and route.right in _READS
    and JSON in route.answers  # the live log and tiles are for programs
    and route.name not in _LEFT_OUT
)
