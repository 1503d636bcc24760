"""What a template calls its resources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cfngen.template.access.alternatives import branches
from cfngen.template.access.granting_types import reading
from cfngen.template.access.readings import Holder
from cfngen.template.intrinsics import NO_VALUE, intrinsic, parts, text
from cfngen.template.values import is_mark


def name_of(value: Any) -> str:
    """A resource by its logical id, however a template refers to it; anything else as it is written.

    >>> name_of({"Ref": "Queue"}), name_of({"Fn::GetAtt": ["Queue", "Arn"]}), name_of("arn:q")
    ('Queue', 'Queue', 'arn:q')
    >>> name_of("<Queue.Arn>")
    'Queue'
    """
    if isinstance(value, str) and is_mark(value) and ":" not in value:
        return value.strip("<>").partition(".")[0]
    match parts(value) if intrinsic(value) else ():
        case [call] if not isinstance(call, str) and call.refers and not call.argument.startswith("AWS::"):
            return str(call.argument).partition(".")[0]
    return text(value)


def properties_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """A resource's properties, without those that are none."""
    properties = body.get("Properties")
    if not isinstance(properties, dict):
        return {}
    return {name: value for name, value in properties.items() if value != NO_VALUE}


def fixed_names(resources: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Roles, users and groups that have a name of their own: by that, and by their logical id."""
    for logical_id, body in resources.items():
        match reading(str(body.get("Type"))):
            case Holder(word):
                name = properties_of(body).get(f"{word.capitalize()}Name")
                if name is not None:
                    yield f"{word} {text(name)}", f"{word} {logical_id}"


_MANAGED_POLICY: Final = "AWS::IAM::ManagedPolicy"


class OwnPolicies:
    """The managed policies of a template, found however they are referred to."""

    def __init__(self, resources: Mapping[str, Any]) -> None:
        self._documents: dict[str, Any] = {}
        self._by_name: dict[str, str] = {}
        for logical_id, body in resources.items():
            properties = properties_of(body)
            if body.get("Type") == _MANAGED_POLICY:
                self._documents[logical_id] = properties.get("PolicyDocument")
                if "ManagedPolicyName" in properties:
                    self._by_name[text(properties["ManagedPolicyName"])] = logical_id
        self.listed = frozenset(self._listed(resources))

    def find(self, arn: Any) -> str | None:
        """The logical id of the policy that an ARN is of; None where it is none of the template."""
        name = name_of(arn)
        if name in self._documents:
            return name
        place, policy, path = name.partition(":policy/")
        return self._by_name.get(path.rpartition("/")[2]) if policy and not place.endswith(":aws") else None

    def document(self, logical_id: str) -> Any:
        """The policy document of one of them."""
        return self._documents[logical_id]

    def _listed(self, resources: Mapping[str, Any]) -> Iterator[str]:
        """Those that the template's roles, users and groups list themselves."""
        for body in resources.values():
            if isinstance(reading(str(body.get("Type"))), Holder) and isinstance(
                body.get("Properties"), dict
            ):
                for arn, _ in branches(body["Properties"].get("ManagedPolicyArns", [])):
                    if found := self.find(arn):
                        yield found
