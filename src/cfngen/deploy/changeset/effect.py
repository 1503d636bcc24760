"""What a change set does, in the words of `cfngen diff`. Pure.

CloudFormation says what will happen; our own comparison of the two templates says why, and what it means.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from cfngen.deploy.changeset.model import ChangeSet, Detail, ResourceChange
from cfngen.template.access.permissions import permission_changes
from cfngen.template.change.compare import Comparison, compare
from cfngen.template.change.consequence import Consequence
from cfngen.template.change.custom_names import dotted
from cfngen.template.change.diff import Cause, Change
from cfngen.template.change.judgement import Judgement, gravest_first
from cfngen.template.intrinsics import ABSENT
from cfngen.template.values import Path

NOTHING: Final = Comparison((), (), "none")
_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_NOTHING_ASKED: Final[Mapping[str, Any]] = MappingProxyType({})


class Effect(NamedTuple):
    """What the execution of a change set does.

    Attributes:
        comparison: its changes, the gravest first, and the permissions that come with them.
        policy_actions: by logical id, CloudFormation's word for what becomes of the old resource.
        imported: the logical ids of resources that exist and come under the stack's control.
        old: the deployed template with its values put in; empty for a new stack, None where it is unknown.
        new: the same of what is asked for.
    """

    comparison: Comparison = NOTHING
    policy_actions: Mapping[str, str] = _NONE
    imported: frozenset[str] = frozenset()
    old: Mapping[str, Any] | None = None
    new: Mapping[str, Any] = _NOTHING_ASKED


def loses(item: Judgement) -> bool:
    """Whether the resource that is there now may go."""
    return item.change.section == "Resources" and item.consequence.breaks


def effect(change_set: ChangeSet, old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> Effect:
    """What a change set does.

    Arguments:
        old: the deployed template with its values put in; empty for a new stack, None where it is unknown.
        new: the same of what is asked for.
    """
    if old:
        own = compare(old, new)
    else:
        own = Comparison((), permission_changes({}, new) if old is not None else (), "major")
    why = {item.change.logical_id: item for item in own.judgements if item.change.section == "Resources"}
    judged = [_judged(change, why.get(change.logical_id)) for change in change_set.changes]
    imported = frozenset(change.logical_id for change in change_set.changes if change.action == "Import")
    judged += [item for item in own.judgements if item.change.section == "Outputs"]
    return Effect(
        Comparison(tuple(gravest_first(judged)), own.permissions, own.bump),
        {change.logical_id: change.policy_action for change in change_set.changes if change.policy_action},
        imported,
        old,
        new,
    )


_SILENT: Final = frozenset({"Metadata", "DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy"})
_FATES: Final = {
    "Delete": "the old resource is deleted",
    "Retain": "the old resource stays, outside of the stack",
    "Snapshot": "the old resource is deleted, a snapshot stays",
}


def _judged(change: ResourceChange, why: Judgement | None) -> Judgement:
    """The judgement of what CloudFormation will do, with our own reasons where they are about the same."""
    consequence, certain = _consequence(change)
    if why is not None and why.consequence is Consequence.IMPOSSIBLE and consequence.replaces:
        consequence = Consequence.IMPOSSIBLE
    alike = why is not None and (
        why.consequence == consequence or (why.consequence.replaces and consequence.replaces)
    )
    return Judgement(
        Change(
            "Resources",
            change.logical_id,
            change.type,
            {"Add": "add", "Remove": "remove"}.get(change.action, "modify"),  # type: ignore[arg-type]
            tuple(_causes(change.details, why)),
        ),
        consequence,
        why.reasons if why is not None and alike else tuple(_reasons(change, consequence)),
        data_loss=why is not None and why.data_loss and consequence.breaks,
        certain=certain,
        known_type=why is None or why.known_type,
    )


def _consequence(change: ResourceChange) -> tuple[Consequence, bool]:
    """What CloudFormation says will happen, and whether it is sure."""
    if change.action in {"Add", "Import", "SyncWithActual"}:
        return Consequence.NONE, True
    if change.action == "Remove":
        return (Consequence.RETAIN if change.policy_action == "Retain" else Consequence.DELETE), True
    if change.action == "Dynamic" or change.replacement == "Conditional":
        return Consequence.MAYBE_REPLACE, False
    if change.replacement == "True":
        forcing = [detail for detail in change.details if detail.recreation == "Always"]
        if forcing and not any(detail.certain for detail in forcing):
            return Consequence.MAYBE_REPLACE, False  # the value may turn out to be the same
        return Consequence.REPLACE, True
    silent = change.details and all(detail.attribute in _SILENT for detail in change.details)
    return (Consequence.NONE if silent else Consequence.IN_PLACE), True


_PLAIN: Final = {
    "Add": "is created",
    "Import": "exists, and comes under the stack's control as it is",
    "SyncWithActual": "only the stack's record of it changes, to what it really is",
    "Dynamic": "what happens to it is known at deployment only",
}


def _reasons(change: ResourceChange, consequence: Consequence) -> Iterator[str]:
    if change.action in _PLAIN:
        yield _PLAIN[change.action]
    for detail in change.details if consequence.replaces else ():
        name = dotted(tuple(map(str, detail.path[1:])))
        if detail.recreation == "Conditionally":
            yield f"in some cases only a new resource can have another {name}"
        elif detail.recreation == "Always":
            known = "" if detail.certain else "; its value is known at deployment only"
            source = f", which comes from {detail.entity}" if detail.entity else ""
            yield f"only a new resource can have another {name}{source}{known}"
    fate = change.policy_action.removeprefix("ReplaceAnd")
    if consequence.breaks and fate in _FATES:
        yield _FATES[fate]


def _causes(details: Sequence[Detail], why: Judgement | None) -> Iterable[Cause]:
    """The values of the change set; those of our own comparison where it has none."""
    own = list(why.change.causes) if why is not None and why.change.action == "modify" else []
    if not details:
        return own
    causes: dict[Path, Cause] = {}
    for detail in details:
        below = [cause for cause in own if cause.path[: len(detail.path)] == detail.path]
        shown = detail.before is not ABSENT or detail.after is not ABSENT
        for cause in [_cause(detail)] if shown or not below else below:
            causes.setdefault(cause.path, cause)
    return causes.values()


_UNKNOWN: Final = "a value that the change set does not show"


def _cause(detail: Detail) -> Cause:
    if detail.before is ABSENT and detail.after is ABSENT:
        reason = f"which comes from {detail.entity}" if detail.entity else "which changes"
        return Cause(detail.path, _UNKNOWN, _UNKNOWN, reason)
    return Cause(detail.path, detail.before, detail.after)
