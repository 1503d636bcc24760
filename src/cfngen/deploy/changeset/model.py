"""A change set, read: DescribeChangeSet's pages into dataclasses. Pure.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from cfngen.template.intrinsics import ABSENT, Absent
from cfngen.template.values import Path

KNOWN_AFTER_APPLY = "{{changeSet:KNOWN_AFTER_APPLY}}"
_NONE: Mapping[str, Any] = MappingProxyType({})
_EMPTY = ("The submitted information didn't contain changes.", "No updates are to be performed.")
_INCOMPLETE = "[WARN] --include-property-values option can return incomplete ChangeSet data"


class Detail(NamedTuple):
    """One value that a change touches.

    Attributes:
        attribute: `Properties`, `Tags`, `DeletionPolicy`, …
        path: from the resource down, e.g. `("Properties", "TrailName")`.
        recreation: `Never`, `Conditionally` or `Always`.
        before, after: the values as text, ABSENT where there is none or the change set does not say.
        source: what the change comes from, `DirectModification`, `ParameterReference`, …
        entity: the parameter or resource that it comes from.
        certain: whether the value is known now.
    """

    attribute: str
    path: Path
    recreation: str
    before: str | Absent
    after: str | Absent
    source: str
    entity: str
    certain: bool


class ResourceChange(NamedTuple):
    """What happens to one resource.

    Attributes:
        action: `Add`, `Modify`, `Remove`, `Import`, `Dynamic` or `SyncWithActual`.
        replacement: `True`, `False`, `Conditional`, or empty.
        policy_action: what becomes of the old resource, e.g. `ReplaceAndRetain`, or empty.
    """

    logical_id: str
    physical_id: str
    type: str
    action: str
    replacement: str
    policy_action: str
    details: tuple[Detail, ...]


class ChangeSet(NamedTuple):
    """One change set, all pages of it.

    Attributes:
        parameters: values by name, NoEcho ones as CloudFormation masks them.
        settings: what else it was made with, by the API's names, where it is not the default.
    """

    id: str
    name: str
    stack_id: str
    stack_name: str
    status: str
    execution_status: str
    reason: str
    description: str
    changes: tuple[ResourceChange, ...]
    parameters: Mapping[str, str] = _NONE
    tags: Mapping[str, str] = _NONE
    capabilities: frozenset[str] = frozenset()
    settings: Mapping[str, Any] = _NONE

    @property
    def pending(self) -> bool:
        """Whether it is still being made."""
        return self.status in {"CREATE_PENDING", "CREATE_IN_PROGRESS"}

    @property
    def empty(self) -> bool:
        """Whether there is nothing to change; never to be seen in `changes`, as outputs are not in there."""
        return self.status == "FAILED" and self.reason.startswith(_EMPTY)

    @property
    def executable(self) -> bool:
        """Whether it can be executed now."""
        return self.status == "CREATE_COMPLETE" and self.execution_status == "AVAILABLE"

    @property
    def executed(self) -> bool:
        """Whether somebody executed it."""
        return self.execution_status in {"EXECUTE_IN_PROGRESS", "EXECUTE_COMPLETE", "EXECUTE_FAILED"}

    @property
    def done(self) -> bool:
        """Whether it was executed with success."""
        return self.execution_status == "EXECUTE_COMPLETE"

    @property
    def incomplete(self) -> bool:
        """Whether changes are missing because property values were asked for."""
        return _INCOMPLETE in self.reason


def parse(pages: Sequence[Mapping[str, Any]]) -> ChangeSet:
    """The change set that the pages of DescribeChangeSet show."""
    head = pages[0]
    return ChangeSet(
        id=head["ChangeSetId"],
        name=head["ChangeSetName"],
        stack_id=head["StackId"],
        stack_name=head["StackName"],
        status=head["Status"],
        execution_status=head.get("ExecutionStatus", ""),
        reason=head.get("StatusReason", ""),
        description=head.get("Description", ""),
        changes=tuple(
            _change(change["ResourceChange"])
            for page in pages
            for change in page.get("Changes", ())
            if "ResourceChange" in change
        ),
        parameters={
            item["ParameterKey"]: item.get("ParameterValue", "") for item in head.get("Parameters", ())
        },
        tags={item["Key"]: item["Value"] for item in head.get("Tags", ())},
        capabilities=frozenset(head.get("Capabilities", ())),
        settings=_settings(head),
    )


_SETTINGS = (
    "NotificationARNs",
    "RollbackConfiguration",
    "OnStackFailure",
    "IncludeNestedStacks",
    "ParentChangeSetId",
    "ImportExistingResources",
    "DeploymentMode",
    "DeploymentConfig",
)
_DEFAULTS: Mapping[str, Any] = {
    "OnStackFailure": "ROLLBACK",
    "DeploymentConfig": {"Mode": "STANDARD", "DisableRollback": False},
}


def _settings(head: Mapping[str, Any]) -> dict[str, Any]:
    """What differs from a change set for which nothing was said."""
    given = {name: head[name] for name in _SETTINGS if _said(head.get(name))}
    return {name: value for name, value in given.items() if not _default(name, value)}


def _said(value: Any) -> bool:
    return any(map(_said, value.values())) if isinstance(value, Mapping) else bool(value)


def _default(name: str, value: Any) -> bool:
    default = _DEFAULTS.get(name)
    if isinstance(value, Mapping) and isinstance(default, Mapping):
        return all(default.get(key) == item for key, item in value.items())
    return bool(value == default)


def merge(with_values: ChangeSet, without: ChangeSet) -> ChangeSet:
    """All changes of `without`, with the details of `with_values` where it has them."""
    valued = {change.logical_id: change for change in with_values.changes}
    changes = tuple(valued.get(change.logical_id, change) for change in without.changes)
    return without._replace(changes=changes)


def _change(data: Mapping[str, Any]) -> ResourceChange:
    return ResourceChange(
        logical_id=data["LogicalResourceId"],
        physical_id=data.get("PhysicalResourceId", ""),
        type=data.get("ResourceType", ""),
        action=data["Action"],
        replacement=data.get("Replacement", ""),
        policy_action=data.get("PolicyAction", ""),
        details=tuple(_details(data.get("Details", ()))),
    )


def _details(details: Iterable[Mapping[str, Any]]) -> Iterable[Detail]:
    for data in details:
        target = data.get("Target", {})
        attribute = target.get("Attribute", "")
        yield Detail(
            attribute=attribute,
            path=_path(target.get("Path", "")) or tuple(filter(None, (attribute, target.get("Name")))),
            recreation=target.get("RequiresRecreation", ""),
            before=target.get("BeforeValue", ABSENT),
            after=target.get("AfterValue", ABSENT),
            source=data.get("ChangeSource", ""),
            entity=data.get("CausingEntity", ""),
            certain=data.get("Evaluation", "Static") == "Static"
            and target.get("AfterValue") != KNOWN_AFTER_APPLY,
        )


def _path(pointer: str) -> Path:
    """
    >>> _path("/Properties/Tags/0/Value")
    ('Properties', 'Tags', 0, 'Value')
    """
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/") if step]
    return tuple(int(step) if step.isdigit() else step for step in steps)
