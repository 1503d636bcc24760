"""Which resources of a template exist already: looked up by the names that the environment's values give."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

from cfngen.aws.calls import CallError, Trouble
from cfngen.aws.reading import Calls, side_by_side
from cfngen.aws.resources import Reading, Resource, Scope, identifier, read
from cfngen.deploy.status import gone
from cfngen.template.change.resource_types import Schemas
from cfngen.template.environment.physical_names import reference
from cfngen.template.values import unknowns

_NONE: Mapping[str, str] = MappingProxyType({})


class Named(NamedTuple):
    """A resource of the template whose name is known before it is made.

    Attributes:
        id: the physical id, what `Ref` gives.
        properties: as the template gives them, resolved.
    """

    logical_id: str
    type: str
    id: str
    properties: Mapping[str, Any]


class Existing(NamedTuple):
    """A resource of the template that exists.

    Attributes:
        live: its properties now, as the template names them.
        owner: the name of the stack that it is in; empty where it is in none.
        identifier: what CloudFormation imports it by; empty where its type cannot be imported.
    """

    named: Named
    live: Mapping[str, Any]
    owner: str = ""
    identifier: Mapping[str, str] = _NONE


class Search(NamedTuple):
    """What was found.

    Attributes:
        existing: what exists.
        missing: the logical ids of what does not.
        unread: why it is not known of a resource whether it exists, by logical id.
        unknown: why it is not known which stacks the resources are in; None where it is.
    """

    existing: tuple[Existing, ...] = ()
    missing: tuple[str, ...] = ()
    unread: Mapping[str, str] = _NONE
    unknown: str | None = None


def named(
    resources: Mapping[str, Any], scope: Scope, schemas: Schemas, given: Mapping[str, str]
) -> tuple[list[Named], list[str]]:
    """The resources whose names are known, and the logical ids of the others.

    Arguments:
        resources: of the template, resolved.
        given: the physical ids that a person gave, by logical id.
    """
    found, others = [], []
    names = {"AccountId": scope.account, "Region": scope.region, "Partition": scope.partition}
    for logical_id, body in resources.items():
        properties = body.get("Properties", {})
        own = given.get(logical_id) or reference(logical_id, body["Type"], properties.get, names)
        if unknowns(own):
            schema = schemas.get(body["Type"])
            parts = [path[0] for path in schema.primary_identifier] if schema else []
            values = [properties.get(part) for part in parts]
            own = str(values[-1]) if values and all(map(_plain, values)) else ""
        if own:
            found.append(Named(logical_id, body["Type"], own, properties))
        else:
            others.append(logical_id)
    return found, others


def _plain(value: object) -> bool:
    return isinstance(value, str) and bool(value) and not unknowns(value)


def search(calls: Calls, wanted: Sequence[Named], scope: Scope, schemas: Schemas) -> Search:
    """Look for each of them, side by side.

    Raises:
        CallError: an API gave no answer.
    """
    for each in wanted:
        schemas.get(each.type)  # read once, and not by several threads at a time
    readings = side_by_side([partial(_read, calls, each, scope, schemas) for each in wanted])
    there = [
        (each, reading.properties)
        for each, reading in zip(wanted, readings, strict=True)
        if reading.properties is not None
    ]
    try:
        owners = side_by_side([partial(_owner, calls, each) for each, _ in there])
        unknown = None
    except CallError as error:
        if error.trouble is not Trouble.DENIED:
            raise
        owners = [""] * len(there)
        unknown = "which stacks they are in is not known: needs cloudformation:DescribeStackResources on *"
    importable = _importable(calls, [each for each, _ in there])
    return Search(
        tuple(
            Existing(each, live, owner, _identifier(each, importable.get(each.type, ()), scope, schemas))
            for (each, live), owner in zip(there, owners, strict=True)
        ),
        tuple(each.logical_id for each, reading in zip(wanted, readings, strict=True) if reading.missing),
        {
            each.logical_id: reading.reason + (f"; needs {', '.join(reading.needs)}" if reading.needs else "")
            for each, reading in zip(wanted, readings, strict=True)
            if reading.properties is None and not reading.missing
        },
        unknown,
    )


def _read(calls: Calls, each: Named, scope: Scope, schemas: Schemas) -> Reading:
    return read(calls, Resource(each.type, each.id, each.properties), scope, schemas)


def _owner(calls: Callable[..., dict[str, Any]], each: Named) -> str:
    """The stack that the resource is in.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html
    """
    try:
        answer = calls("cloudformation", "DescribeStackResources", PhysicalResourceId=each.id)
    except CallError as error:
        if error.trouble is Trouble.MISSING:
            return ""
        raise
    for resource in answer.get("StackResources", ()):
        mine = resource.get("PhysicalResourceId") == each.id and resource.get("ResourceType") == each.type
        if mine and not gone(resource.get("ResourceStatus", "")):
            return str(resource["StackName"])
    return ""


def _importable(calls: Calls, wanted: Iterable[Named]) -> dict[str, list[list[str]]]:
    """For each type that CloudFormation imports: the sets of properties that it takes as identifier.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceIdentifierSummary.html
    """
    resources = {each.logical_id: {"Type": each.type} for each in wanted}
    if not resources:
        return {}
    body = json.dumps({"Resources": resources})
    answer = calls("cloudformation", "GetTemplateSummary", TemplateBody=body)
    return {
        summary["ResourceType"]: [names.split(",") for names in summary.get("ResourceIdentifiers", ())]
        for summary in answer.get("ResourceIdentifierSummaries", ())
    }


def _identifier(
    each: Named, alternatives: Iterable[Sequence[str]], scope: Scope, schemas: Schemas
) -> dict[str, str]:
    schema = schemas.get(each.type)
    parts = [path[-1] for path in schema.primary_identifier] if schema else []
    known = identifier(Resource(each.type, each.id, each.properties), scope, schemas).split("|")
    values = {name: value for name, value in each.properties.items() if _plain(value)}
    values |= dict(zip(parts, known, strict=False)) if len(parts) == len(known) else {}
    for names in alternatives:
        if all(name in values for name in names):
            return {name: values[name] for name in names}
    return {}
