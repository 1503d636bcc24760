"""The JSON Schemas that come with the commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

import cfngen

_SCHEMAS = Path(cfngen.__file__).parent / "present" / "schemas"


def valid(name: str, document: Any) -> None:
    """Fail where the document is not what `<name>.schema.json` says."""
    schemas = {path.name: json.loads(path.read_text()) for path in _SCHEMAS.glob("*.schema.json")}
    registry: Registry[Any] = Registry().with_resources(
        (file, Resource.from_contents(schema)) for file, schema in schemas.items()
    )
    wanted = schemas[f"{name}.schema.json"]
    Draft202012Validator.check_schema(wanted)
    Draft202012Validator(wanted, registry=registry).validate(document)
