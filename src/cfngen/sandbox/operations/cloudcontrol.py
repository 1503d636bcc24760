"""Cloud Control's GetResource over each service's own data, in the words of the type's schema.

What a resource has is asked of its own service, so that what was changed by hand shows. MiniStack's own
Cloud Control knows only what was created through it, and answers everything else.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError
from ministack.core.responses import get_account_id

from cfngen.sandbox import private
from cfngen.sandbox.calls import client
from cfngen.sandbox.operations.serving import RefusedError
from cfngen.sandbox.readers import READERS
from cfngen.template.change.resource_types import Node, ResourceSchema, Schemas

_SCHEMAS = Schemas(os.environ.get("AWS_DEFAULT_REGION", "us-east-1"))


class _Here:
    """The account and Region of the request."""

    @property
    def account(self) -> str:
        return str(get_account_id())

    def client(self, service: str) -> Any:
        return client(service)


def _get(given: dict[str, Any]) -> dict[str, Any]:
    kind, identifier = given["TypeName"], given["Identifier"]
    key = private.cloudcontrol.resource_key(kind, identifier)
    if key in private.cloudcontrol.resources:
        return {"TypeName": kind, "ResourceDescription": private.cloudcontrol.resources[key]}
    schema = _SCHEMAS.get(kind)
    if schema is None:
        raise RefusedError("TypeNotFoundException", f"The type {kind} cannot be found.", 404)
    if not schema.permissions("read") or kind not in READERS:
        raise RefusedError("UnsupportedActionException", f"Resource type {kind} does not support READ action")
    properties = _read(schema, identifier)
    return {
        "TypeName": kind,
        "ResourceDescription": {"Identifier": identifier, "Properties": json.dumps(properties, default=str)},
    }


def _read(schema: ResourceSchema, identifier: str) -> dict[str, Any]:
    names = [path[-1] for path in schema.primary_identifier]
    known = dict(zip(names, identifier.split("|"), strict=False))
    # An ARN has no bar in it, and a rule's name is the end of its own.
    name = identifier.rpartition("|")[2]
    if schema.type == "AWS::Events::Rule":
        name = name.rpartition("rule/")[2].replace("/", "|")
    try:
        found = READERS[schema.type](_Here(), name, known)
    except (StopIteration, KeyError, ValueError) as error:
        raise _missing(schema, identifier) from error
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in {400, 404}:
            raise _missing(schema, identifier) from error
        raise RefusedError("ServiceInternalErrorException", str(error), 500) from error
    return _in_words_of(schema, found)


def _missing(schema: ResourceSchema, identifier: str) -> RefusedError:
    said = f"Resource of type '{schema.type}' with identifier '{identifier}' was not found."
    return RefusedError("ResourceNotFoundException", said, 404)


def _in_words_of(schema: ResourceSchema, found: Mapping[str, Any]) -> dict[str, Any]:
    """What the type's schema knows, by its names; what nobody may read is left out."""
    hidden = {path[0] for path in schema.write_only if len(path) == 1}
    answer = _named(found, schema.root)
    known = schema.document.get("properties", {})
    return {
        name: value
        for name, value in answer.items()
        if name in known and name not in hidden and value is not None
    }


def _named(value: Any, node: Node | None) -> Any:
    if isinstance(value, Mapping) and node is not None and "properties" in node.schema:
        names: dict[str, str] = {name.lower(): name for name in node.schema["properties"]}
        named = {names.get(str(name).lower(), str(name)): item for name, item in value.items()}
        return {name: _named(item, node.member(name)) for name, item in named.items() if item is not None}
    if isinstance(value, list) and node is not None:
        return [_named(item, node.items()) for item in value]
    return _typed(value, node)


def _typed(value: Any, node: Node | None) -> Any:
    """A text as the number or boolean that the schema wants: attributes of topics come as text."""
    kind = node.schema.get("type") if node else None
    if not isinstance(value, str):
        return value
    if kind == "boolean" and value in {"true", "false"}:
        return value == "true"
    if kind == "integer" and value.lstrip("-").isdigit():
        return int(value)
    return value


OPERATIONS = {"GetResource": _get}
