"""What CloudFormation's resource schemas say about a type; read from the data that cfn-lint ships.

cfn-lint itself is not imported: its folder is found, and of its data only the schemas asked for are read.
The schemas' own words: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from cfngen.errors import CfngenError
from cfngen.template.intrinsics import ABSENT

DEFAULT_REGION: Final = "us-east-1"
"""Where every type exists first; a template by itself belongs to no Region."""

_DESCRIBES: Final = frozenset({"properties", "patternProperties", "oneOf", "anyOf", "allOf", "$ref", "items"})

PropertyPath = tuple[str, ...]
"""Names from the resource's Properties down; `*` stands for any item of a list."""


@dataclass(frozen=True, eq=False)
class Node:
    """A part of a schema, with the definitions that its references lead to."""

    schema: dict[str, Any]
    definitions: dict[str, Any] = field(repr=False)
    _parts: dict[str | None, Node | None] = field(default_factory=dict, init=False, repr=False)

    @property
    def unordered(self) -> bool:
        """Whether the order of the list's items means nothing.

        `uniqueItems` alone does not say so: a pipeline's stages, a function's layers are unique and ordered.
        """
        return self.schema.get("insertionOrder") is False

    @cached_property
    def free_form(self) -> bool:
        """Whether it is JSON of which the schema says nothing: there, 5 and "5" are two values.

        https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/251
        """
        kinds = self.schema.get("type")
        is_object = kinds == "object" or (isinstance(kinds, list) and "object" in kinds)
        return is_object and not _DESCRIBES & self.schema.keys()

    def member(self, name: str) -> Node | None:
        """The part that describes the member `name` of a mapping."""
        if self.free_form:
            return self
        if name not in self._parts:
            self._parts[name] = self._member(name)
        return self._parts[name]

    def _member(self, name: str) -> Node | None:
        for schema in (self.schema, *self._alternatives()):
            member = schema.get("properties", {}).get(name)
            if member is not None:
                return self._node(member)
        for pattern, member in self.schema.get("patternProperties", {}).items():
            if isinstance(member, dict) and re.search(pattern, name):
                return self._node(member)
        return None

    def items(self) -> Node | None:
        """The part that describes each item of a list."""
        if self.free_form:
            return self
        if None not in self._parts:
            item = self.schema.get("items")
            self._parts[None] = self._node(item) if isinstance(item, dict) else None
        return self._parts[None]

    def _alternatives(self) -> list[dict[str, Any]]:
        return [
            self._resolved(schema)
            for word in ("oneOf", "anyOf", "allOf")
            for schema in self.schema.get(word, ())
            if isinstance(schema, dict)
        ]

    def _node(self, schema: dict[str, Any]) -> Node:
        return Node(self._resolved(schema), self.definitions)

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        name = str(schema.get("$ref", "")).removeprefix("#/definitions/")
        definition: dict[str, Any] = self.definitions.get(name, schema)
        return definition


FREE_FORM: Final = Node({"type": "object"}, {})
"""JSON that nothing describes."""


@dataclass(frozen=True, eq=False)
class ResourceSchema:
    """One resource type; each is read once, so that it is equal to itself alone."""

    type: str
    document: dict[str, Any] = field(repr=False)

    @cached_property
    def root(self) -> Node:
        """The part that describes the resource's Properties."""
        return Node(self.document, self.document.get("definitions", {}))

    @cached_property
    def create_only(self) -> tuple[PropertyPath, ...]:
        """The properties that only a new resource can have otherwise."""
        return self._paths("createOnlyProperties")

    @cached_property
    def conditional_create_only(self) -> tuple[PropertyPath, ...]:
        """The properties that in some cases only a new resource can have otherwise."""
        return self._paths("conditionalCreateOnlyProperties")

    @cached_property
    def read_only(self) -> tuple[PropertyPath, ...]:
        """The attributes that the service sets."""
        return self._paths("readOnlyProperties")

    @cached_property
    def write_only(self) -> tuple[PropertyPath, ...]:
        """The properties that can be set and that no reader answers."""
        return self._paths("writeOnlyProperties")

    @cached_property
    def primary_identifier(self) -> tuple[PropertyPath, ...]:
        """What together tells one resource of the type from every other in the account and Region."""
        return self._paths("primaryIdentifier")

    @property
    def required(self) -> tuple[str, ...]:
        """The properties that every resource of the type has."""
        return tuple(self.document.get("required", ()))

    @property
    def delete_then_create(self) -> bool:
        """Whether a replacement deletes the old resource first, so that both may have the same name."""
        return self.document.get("replacementStrategy") == "delete_then_create"

    @property
    def has_handlers(self) -> bool:
        """Whether CloudFormation makes and changes the type as this schema says, not by code of its own."""
        return bool(self.document.get("handlers"))

    @property
    def tags(self) -> str | None:
        """The property that holds the resource's tags."""
        tagging = self.document.get("tagging") or {}
        name = str(tagging.get("tagProperty", "/properties/Tags")).removeprefix("/properties/")
        return name if tagging.get("taggable") or name in self.document.get("properties", {}) else None

    def default(self, path: PropertyPath) -> Any:
        """The value that a property without one has, ABSENT where the schema names none."""
        node: Node | None = self.root
        for name in path:
            node = node and node.member(name)
        return ABSENT if node is None else node.schema.get("default", ABSENT)

    def permissions(self, handler: str) -> tuple[str, ...]:
        """The IAM actions that CloudFormation needs to `create`, `read`, `update`, `delete` or `list` it."""
        return tuple(self.document.get("handlers", {}).get(handler, {}).get("permissions", ()))

    def _paths(self, word: str) -> tuple[PropertyPath, ...]:
        pointers = self.document.get(word) or ()
        return tuple(tuple(pointer.removeprefix("/properties/").split("/")) for pointer in pointers)


class Schemas:
    """The resource types of one Region, each read when it is first asked for."""

    def __init__(self, region: str = DEFAULT_REGION) -> None:
        self._region = region
        self._read: dict[str, ResourceSchema | None] = {}

    def get(self, resource_type: str) -> ResourceSchema | None:
        """The type's schema; None for a type that AWS does not publish one for.

        >>> Schemas().get("AWS::CloudTrail::Trail").create_only
        (('TrailName',),)
        >>> Schemas().get("Custom::Anything") is None
        True
        """
        if resource_type not in self._read:
            key = self._types.get(resource_type)
            path = _folder() / "schemas" / "resources" / f"{key}.json"
            self._read[resource_type] = ResourceSchema(resource_type, _json(path)) if key else None
        return self._read[resource_type]

    def types(self) -> list[str]:
        """The names of all types that have a schema."""
        return sorted(self._types)

    @cached_property
    def _types(self) -> dict[str, str]:
        providers = _folder() / "schemas" / "providers"
        types = _json(providers / f"{DEFAULT_REGION}.json")
        if self._region != DEFAULT_REGION and (providers / f"{self._region}.json").exists():
            types |= _json(providers / f"{self._region}.json")
        return types

    @cached_property
    def stateful(self) -> dict[str, bool]:
        """The types that hold data; the value tells whether AWS refuses to delete one that is not empty."""
        listed = _json(_folder() / "AdditionalSpecs" / "StatefulResources.json")["ResourceTypes"]
        return {name: bool(facts.get("DeleteRequiresEmptyResource")) for name, facts in listed.items()}


def _folder() -> Path:
    spec = find_spec("cfnlint")
    if spec is None or not spec.submodule_search_locations:
        raise CfngenError("cfn-lint is not installed", remedy="install cfngen with its dependencies")
    return Path(next(iter(spec.submodule_search_locations))) / "data"


def _json(path: Path) -> dict[str, Any]:
    try:
        data: dict[str, Any] = json.loads(path.read_bytes())
    except OSError as error:
        raise CfngenError(
            f"cfn-lint's resource schemas cannot be read: {error.strerror}",
            place=str(path),
            remedy="install the cfn-lint version that cfngen asks for",
        ) from error
    return data
