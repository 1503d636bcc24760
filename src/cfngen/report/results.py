"""What was measured in an account, as `verify`, `activity` and `drift` saved it, added to the page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files as resources
from pathlib import Path
from typing import Any, Final, Literal

from cfngen import files
from cfngen.errors import CfngenError
from cfngen.report.source import ReportSource

Kind = Literal["verify", "activity", "drift"]
Document = Mapping[str, Any]

MAX_BYTES: Final = 64 * files.MEBIBYTE


@dataclass(frozen=True)
class Results:
    """The documents that were given; None for each that was not.

    Attributes:
        verify: in the format of `verify.schema.json`.
        activity: in the format of `activity.schema.json`.
        drift: in the format of `drift.schema.json`.
    """

    verify: Document | None = None
    activity: Document | None = None
    drift: Document | None = None


def read_results(source: ReportSource, paths: Mapping[Kind, Path]) -> Results:
    """The documents of the files, each checked against its schema and against the environment.

    Raises:
        CfngenError: a file cannot be read, is something else, or is of another environment.
    """
    return Results(**{kind: _read(kind, path, source) for kind, path in paths.items()})


def _read(kind: Kind, path: Path, source: ReportSource) -> Document:
    command = f"cfngen {kind} --env {source.environment.name} --format json"
    try:
        document = json.loads(files.read(path, MAX_BYTES, pipe=True))
    except OSError as error:
        raise CfngenError(
            f"cannot be read: {error.strerror}", place=str(path), remedy=f"write it with: {command}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise CfngenError("is not JSON", place=str(path), remedy=f"write it with: {command}") from error
    problem = _unlike_schema(kind, document) or _elsewhere(kind, document, source)
    if problem:
        raise CfngenError(problem, place=str(path), remedy=f"write it with: {command}")
    checked: Document = document
    return checked


def _unlike_schema(kind: Kind, document: object) -> str | None:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    schema = json.loads((resources("cfngen.present") / "schemas" / f"{kind}.schema.json").read_bytes())
    error = best_match(Draft202012Validator(schema).iter_errors(document))
    if error is None:
        return None
    where = f" at {error.json_path}" if error.path else ""
    message = error.message if len(error.message) < _LONGEST else f"{error.message[:_LONGEST]}…"
    return f"is not what cfngen {kind} writes{where}: {message}"


_LONGEST: Final = 200


def _elsewhere(kind: Kind, document: Document, source: ReportSource) -> str | None:
    """Why the document is not about this environment; None where it is."""
    name = source.environment.name
    if kind == "drift":
        names = {stack.name: stack.stack_name for stack in source.stacks}
        for stack in document["stacks"]:
            if names.get(stack["stack"]) != stack["stack_name"]:
                return f"is not about {name}, which has no stack {stack['stack_name']}"
        return None
    if document["environment"] != name:
        return f"is about the environment {document['environment']}, not {name}"
    if kind == "verify" and document["region"] != source.environment.region:
        return f"is about the Region {document['region']}, not {source.environment.region}"
    return None
