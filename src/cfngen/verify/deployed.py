"""A deployed stack: what CloudFormation says of it, and its template with everything filled in."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cfngen.aws.resources import Scope
from cfngen.template.environment.resolve import SECTIONS, resolve
from cfngen.template.values import mark

_NAMED_BY_ITS_END = re.compile(r"[^:/|]+$")


@dataclass(frozen=True)
class Deployed:
    """One stack.

    Attributes:
        described: the entry of DescribeStacks.
        ids: the physical id of each resource that exists, by logical id.
        types: the type of each resource of the template whose condition holds.
        properties: what the template gives each of them, resolved as far as it can be.
        outputs: the names of the outputs whose conditions hold.
        statuses: CloudFormation's status of each resource.
        resolve: fills the deployment's values into something written in the template's terms.
    """

    described: Mapping[str, Any] = field(repr=False)
    ids: Mapping[str, str]
    types: Mapping[str, str] = field(repr=False)
    properties: Mapping[str, Mapping[str, Any]] = field(repr=False)
    outputs: tuple[str, ...]
    statuses: Mapping[str, str] = field(repr=False)

    @property
    def name(self) -> str:
        return str(self.described["StackName"])

    @property
    def arn(self) -> str:
        return str(self.described["StackId"])

    @property
    def status(self) -> str:
        return str(self.described["StackStatus"])


def expected(
    template: Mapping[str, Any],
    parameters: Mapping[str, str],
    described: Mapping[str, Any],
    summaries: Sequence[Mapping[str, Any]],
    scope: Scope,
) -> Deployed:
    """The stack, from the entries of DescribeStacks and ListStackResources."""
    live = [each for each in summaries if each["ResourceStatus"] != "DELETE_COMPLETE"]
    ids = {each["LogicalResourceId"]: each.get("PhysicalResourceId", "") for each in live}
    whole = resolved(template, parameters, described["StackName"], ids, scope)
    resources = whole.get("Resources", {})
    return Deployed(
        described=described,
        ids=ids,
        types={name: body["Type"] for name, body in resources.items()},
        properties={name: body.get("Properties", {}) for name, body in resources.items()},
        outputs=tuple(whole.get("Outputs", {})),
        statuses={each["LogicalResourceId"]: each["ResourceStatus"] for each in live},
    )


def resolved(
    template: Mapping[str, Any],
    parameters: Mapping[str, str],
    stack_name: str,
    ids: Mapping[str, str],
    scope: Scope,
    sections: Collection[str] = SECTIONS,
) -> dict[str, Any]:
    """A template with its values, and with the names that the deployment gave.

    Arguments:
        sections: only these of Resources and Outputs.
    """
    whole = resolve(
        template,
        parameters,
        account=scope.account,
        region=scope.region,
        partition=scope.partition,
        stack_name=stack_name,
        sections=sections,
    )
    names = {mark(logical_id): _name(identifier) for logical_id, identifier in ids.items() if identifier}
    filled: dict[str, Any] = _filled(whole, {mark(key): value for key, value in ids.items() if value}, names)
    return filled


def _filled(node: Any, whole: Mapping[str, str], parts: Mapping[str, str]) -> Any:
    """`<Key>` alone is what Ref gives; within a text, such as an ARN, the name that ends it."""
    if isinstance(node, str) and "<" in node:
        if node in whole:
            return whole[node]
        for sign, name in parts.items():
            node = node.replace(sign, name)
        return node
    if isinstance(node, Mapping):
        return {key: _filled(item, whole, parts) for key, item in node.items()}
    if isinstance(node, list):
        return [_filled(item, whole, parts) for item in node]
    return node


def _name(physical_id: str) -> str:
    """The last part of an ARN; of what is not one, all of it."""
    if not physical_id.startswith("arn:"):
        return physical_id
    found = _NAMED_BY_ITS_END.search(physical_id)
    return found[0] if found else physical_id
