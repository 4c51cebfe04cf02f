"""The contract as OpenAPI 3.1, made from the routes and the structs of bodies and answers."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, Final

import msgspec

from ledger.app.web.bodies import BATCH
from ledger.app.web.problems import PROBLEM, ProblemDocument
from ledger.app.web.routes import JSON, Right, Route, RouteParameter
from ledger.errors import WattledgerError

REFERENCE: Final = "#/components/schemas/{name}"
ALWAYS: Final = (401, 403, 406, 421, 422, 500, 503)
WITH_BODY: Final = (400, 408, 413, 415)
INTEGER: Final = "^(0|[1-9][0-9]*)$"


def document(routes: Sequence[Route]) -> bytes:
    """The document."""
    types = [part for route in routes for part in _types(route)]
    schemas, components = msgspec.json.schema_components([*types, ProblemDocument], ref_template=REFERENCE)
    made = dict(zip(map(repr, types), schemas, strict=False))
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, made)
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "wattledger",
                "version": version("wattledger"),
                "description": "An operations ledger over HTTP. Errors are problem+json (RFC 9457).",
            },
            "paths": paths,
            "components": {
                "schemas": components,
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            },
        }
    )


def _types(route: Route) -> list[Any]:
    return [one for form in (route.schema, *(form for _, form in route.bodies)) for one in shapes(form)]


def shapes(form: Any) -> tuple[Any, ...]:
    """The shapes that a body or an answer may have: none, one, or one of several."""
    return () if form is None else form if isinstance(form, tuple) else (form,)


def _operation(route: Route, made: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.what,
        "parameters": [_parameter(one) for one in route.parameters],
        "responses": _responses(route, made),
        "x-right": route.right.value,
    }
    if route.name == "getLive":
        found["parameters"].append(_LAST_EVENT_ID)
    if route.right is not Right.OPEN:
        found["security"] = [{}, {"token": []}]
    if route.bodies:
        content = {kind: {"schema": _schema(made, form)} for kind, form in route.bodies}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _schema(made: dict[str, Any], form: Any) -> dict[str, Any]:
    found = [made[repr(one)] for one in shapes(form)]
    for one in found:
        if one.get("type") == "array":
            one |= {"minItems": 1, "maxItems": BATCH}
    return {"anyOf": found} if len(found) > 1 else found[0] if found else {"type": "string"}


_LAST_EVENT_ID: Final = {
    "name": "Last-Event-ID",
    "in": "header",
    "description": "the id of the last event that the client was sent: it goes on from there",
    "schema": {"type": "integer", "minimum": 0, "maximum": 10**15},
}


def parameter_schema(one: RouteParameter) -> dict[str, Any]:
    """The JSON Schema of a parameter's value."""
    schema: dict[str, Any] = {"type": "string", "minLength": 1}
    if one.form == "integer":
        schema = {"type": "integer", "minimum": one.least, "maximum": one.most}
    elif one.form == "flag":
        schema = {"type": "boolean"}
    elif one.choices:
        schema = {"type": "string", "enum": list(one.choices)}
    return {"type": "array", "items": schema} if one.many else schema


def _parameter(one: RouteParameter) -> dict[str, Any]:
    found = {
        "name": one.name,
        "in": "path" if one.in_path else "query",
        "description": one.what,
        "required": one.required,
        "schema": parameter_schema(one),
    }
    return found if one.example is None else {**found, "example": _example(one)}


def _example(one: RouteParameter) -> Any:
    assert one.example is not None, "asked only where there is one"
    return int(one.example) if one.form == "integer" else one.example


def _responses(route: Route, made: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {kind: {"schema": {}} for kind in route.answers}
    if route.schema is not None:
        content[JSON] = {"schema": _schema(made, route.schema)}
    found: dict[str, Any] = {
        str(status): {"description": HTTPStatus(status).phrase, "content": content}
        for status in route.statuses
    }
    for status in _errors(route):
        problem = {"description": HTTPStatus(status).phrase, "content": {PROBLEM: {"schema": _PROBLEM}}}
        found.setdefault(str(status), problem)
    return found


_PROBLEM: Final = {"$ref": REFERENCE.format(name=ProblemDocument.__name__)}


def _errors(route: Route) -> list[int]:
    own = [kind.http_status for kind in route.errors if issubclass(kind, WattledgerError)]
    missing = (
        [404] if route.names or any(one.in_path or one.name == "record" for one in route.parameters) else []
    )
    return sorted({*own, *missing, *ALWAYS, *(WITH_BODY if route.bodies else ())})
