"""The OpenADR 3.1.0 OpenAPI as a judge of what we write: every object is validated against the schema that
the standard gives for it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from openapi_schema_validator import OAS30Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

PATH = Path(__file__).parents[1] / "data" / "openadr3" / "openadr3_3.1.0.yaml"


@cache
def document() -> Any:
    """The OpenAPI document; instants stay text."""
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's takes a tenth of the time
    resolvers = {
        first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
        for first, pairs in loader.yaml_implicit_resolvers.items()
    }
    plain: Any = type("Plain", (loader,), {"yaml_implicit_resolvers": resolvers})
    return yaml.load(PATH.read_text(), plain)


@cache
def validator(schema: str) -> Any:
    """The validator of a schema by its name: ``event``, ``reportRequest``, ``clientCredentialRequest``."""
    registry: Any = Registry().with_resource("urn:openadr", DRAFT4.create_resource(document()))
    return OAS30Validator(
        {"$ref": f"urn:openadr#/components/schemas/{schema}"},
        registry=registry,
        format_checker=OAS30Validator.FORMAT_CHECKER,
    )


def wrong(value: Any, schema: str) -> list[str]:
    """What of a value is not as its schema says."""
    return [f"{error.json_path}: {error.message}" for error in validator(schema).iter_errors(value)]
