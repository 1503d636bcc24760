"""A deployed stack as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from cfngen.aws.calls import CallError, Trouble, patiently
from cfngen.aws.steps import Pace, Steps
from cfngen.deploy.status import StackStatus

_NONE: Mapping[str, str] = MappingProxyType({})


class DeployedStack(NamedTuple):
    """What DescribeStacks says.

    Attributes:
        id: the stack's ARN; empty where there is no stack.
        changed: when it was last changed, as AWS wrote it.
        parameters: values by name, NoEcho ones as `****`.
        outputs: values by name.
        protected: whether termination protection is on.
        exports: the names of the outputs that other stacks can import.
        role: the ARN of the role that CloudFormation acts with; empty where it has none.
        tags: the stack's own tags.
        change_set: the ARN of the change set that made it as it is, where there was one.
    """

    name: str
    id: str = ""
    status: StackStatus = StackStatus()
    changed: str = ""
    parameters: Mapping[str, str] = _NONE
    outputs: Mapping[str, str] = _NONE
    protected: bool = False
    role: str = ""
    exports: frozenset[str] = frozenset()
    tags: Mapping[str, str] = _NONE
    change_set: str = ""


def look(pace: Pace, client: Any, name: str) -> Steps[DeployedStack]:
    """The stack of that name or ARN; one with an absent status where there is none.

    Raises:
        CallError: it cannot be known.
    """
    try:
        answer = yield from patiently(pace, client, "DescribeStacks", StackName=name)
    except CallError as error:
        if error.trouble is Trouble.MISSING:
            return DeployedStack(name)
        raise
    return parse(answer["Stacks"][0])


def parse(data: Mapping[str, Any]) -> DeployedStack:
    """The stack that an entry of DescribeStacks shows."""
    return DeployedStack(
        name=data["StackName"],
        id=data["StackId"],
        status=StackStatus(data["StackStatus"]),
        changed=str(data.get("LastUpdatedTime") or data["CreationTime"]),
        parameters={item["ParameterKey"]: item["ParameterValue"] for item in data.get("Parameters", ())},
        outputs={item["OutputKey"]: item["OutputValue"] for item in data.get("Outputs", ())},
        protected=bool(data.get("EnableTerminationProtection")),
        role=data.get("RoleARN", ""),
        exports=frozenset(item["ExportName"] for item in data.get("Outputs", ()) if item.get("ExportName")),
        tags={item["Key"]: item["Value"] for item in data.get("Tags", ())},
        change_set=data.get("ChangeSetId", ""),
    )
