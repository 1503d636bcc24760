"""What a change does to what is deployed, from the resource schemas and the deletion policies.

Where only a deployment can tell, the graver consequence is named and `certain` is False.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from cfngen.template.change.custom_names import at, dotted, kept_names, set_names, without_branches
from cfngen.template.change.diff import Cause, Change
from cfngen.template.change.documented import REFUSES_REPLACEMENT, SNAPSHOT_BY_DEFAULT, STATEFUL
from cfngen.template.change.equality import canonical, surely_different
from cfngen.template.change.resource_types import PropertyPath, ResourceSchema, Schemas
from cfngen.template.intrinsics import ABSENT, text
from cfngen.template.values import Path

Consequence = Literal["none", "in-place", "replace", "maybe-replace", "impossible", "delete", "retain"]

DANGER: Final[tuple[Consequence, ...]] = (
    *("none", "in-place", "retain", "maybe-replace", "replace", "delete", "impossible"),
)
"""From harmless to grave."""

_KEEPS: Final = frozenset({"Retain", "RetainExceptOnCreate"})


@dataclass(frozen=True)
class Judgement:
    """A change and what it does.

    Attributes:
        reasons: why, in sentences without a full stop.
        data_loss: whether data that the resource holds goes with it.
        certain: False where it depends on values or conditions that only a deployment knows.
        known_type: False for a resource type without a schema.
    """

    change: Change
    consequence: Consequence
    reasons: tuple[str, ...] = ()
    data_loss: bool = False
    certain: bool = True
    known_type: bool = True


def judge(change: Change, old: Mapping[str, Any], new: Mapping[str, Any], schemas: Schemas) -> Judgement:
    """What one change does by itself; `ripple` adds what it does to others."""
    if change.section == "Outputs":
        return _of_output(change)
    if change.section != "Resources":
        return Judgement(change, "none")
    if change.logical_id.startswith("Fn::"):
        return _of_loop(change)
    schema = schemas.get(change.type)
    if change.action == "add":
        return Judgement(change, "none", ("is created",), known_type=schema is not None)
    body = old["Resources"][change.logical_id]
    if change.action == "remove":
        return _gone(change, body, schemas)
    if change.action == "rename":
        return _renamed(change, body, schemas)
    return _modified(change, body, new["Resources"][change.logical_id], schema, schemas)


def worst(verdicts: Sequence[Consequence]) -> Consequence:
    """The gravest of them.

    >>> worst(["in-place", "replace", "none"])
    'replace'
    """
    return max(verdicts, key=DANGER.index, default="none")


def _of_output(change: Change) -> Judgement:
    if change.action == "add":
        return Judgement(change, "none", ("is new",))
    if change.action != "modify":
        return Judgement(change, "delete", ("whoever reads the output or imports its export loses it",))
    touched = {cause.path[:1] for cause in change.causes}
    if ("Export",) in touched:
        return Judgement(change, "delete", ("the update fails while another stack imports the old export",))
    if ("Condition",) in touched:
        return Judgement(change, "delete", ("exists only while its condition holds",), certain=False)
    return Judgement(change, "none" if touched == {("Description",)} else "in-place")


def _of_loop(change: Change) -> Judgement:
    verdicts: dict[str, Consequence] = {"add": "none", "modify": "maybe-replace"}
    told = ("only CloudFormation knows the resources that this makes",)
    return Judgement(change, verdicts.get(change.action, "delete"), told, certain=False, known_type=False)


def _gone(change: Change, body: Mapping[str, Any], schemas: Schemas) -> Judgement:
    known = schemas.get(change.type) is not None
    verdict, reason, loses = _fate(change.type, body, "DeletionPolicy", schemas)
    return Judgement(change, verdict, (reason,), data_loss=loses, known_type=known)


def _fate(
    resource_type: str, body: Mapping[str, Any], policy: str, schemas: Schemas
) -> tuple[Literal["delete", "retain"], str, bool]:
    """What becomes of a resource that its stack has no use for: verdict, sentence, whether data is lost."""
    default = "Snapshot" if resource_type in SNAPSHOT_BY_DEFAULT else "Delete"
    chosen = body.get(policy, default)
    stateful = schemas.stateful | STATEFUL
    if not isinstance(chosen, str):
        told = f"the old resource is deleted, unless {policy} says otherwise: {text(chosen)}"
        return "delete", told, resource_type in stateful
    if chosen in _KEEPS:
        return "retain", f"the old resource stays, outside of the stack ({policy} {chosen})", False
    if chosen == "Snapshot":
        return "delete", "the old resource is deleted, a snapshot stays", False
    if resource_type not in stateful:
        return "delete", "the old resource is deleted", False
    missing = "" if policy in body else f": it has no {policy}"
    if stateful[resource_type]:
        return "delete", f"the deletion fails while the resource holds anything{missing}", True
    return "delete", f"all that the resource holds is deleted with it{missing}", True


def _renamed(change: Change, body: Mapping[str, Any], schemas: Schemas) -> Judgement:
    gone = _gone(change, body, schemas)
    schema = schemas.get(change.type)
    told = f"to CloudFormation, {change.renamed_to} is a new resource"
    names = () if schema is None else set_names(schema, body)
    if names:
        clash = f"and the old one still has its name ({dotted(names[0])}) when it is created"
        return replace(gone, consequence="impossible", reasons=(told, clash), data_loss=False)
    return replace(gone, reasons=(told, *gone.reasons))


def _modified(
    change: Change,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    schema: ResourceSchema | None,
    schemas: Schemas,
) -> Judgement:
    if before.get("Type") != after.get("Type"):
        return Judgement(change, "impossible", ("the type of a resource cannot change",))
    verdicts = [judge_cause(cause, change.type, schema) for cause in change.causes]
    gravest = worst([verdict.consequence for verdict in verdicts])
    decisive = [verdict for verdict in verdicts if verdict.consequence == gravest]
    reasons = tuple(dict.fromkeys(verdict.reason for verdict in decisive if verdict.reason))
    certain = any(verdict.certain for verdict in decisive)
    found = Judgement(change, gravest, reasons, certain=certain, known_type=schema is not None)
    if gravest == "delete":
        gone = _gone(change, before, schemas)
        return replace(gone, reasons=(*reasons, f"without it, {gone.reasons[0]}"), certain=False)
    if gravest in {"replace", "maybe-replace"}:
        return _replaced(found, before, after, schema, schemas)
    return found


@dataclass(frozen=True)
class Verdict:
    """What one changed value does to its resource."""

    consequence: Consequence
    reason: str = ""
    certain: bool = True


def judge_cause(cause: Cause, resource_type: str, schema: ResourceSchema | None) -> Verdict:
    """What the change of one value does to its resource, whatever its name and its policies are."""
    attribute, path = cause.path[:1], cause.path[1:]
    if attribute == ("Condition",):
        told = f": {cause.reason}" if cause.reason else ""
        return Verdict("delete", f"exists only while its condition holds{told}", certain=False)
    if attribute != ("Properties",):
        return Verdict("none")
    if schema is None:
        told = f"whether {resource_type} is replaced is unknown: it has no published schema"
        return Verdict("maybe-replace", told, certain=False)
    sure = not cause.reason and surely_different(cause.before, cause.after) and "Fn::If" not in cause.path
    if refused := _touched(cause, path, REFUSES_REPLACEMENT.get(resource_type, ())):
        told = f"{dotted(refused)} of an existing resource cannot change: the update fails"
        return Verdict("impossible", told, sure)
    if fixed := _touched(cause, path, schema.create_only):
        told = f"only a new resource can have another {dotted(fixed)}"
        if sure:
            return Verdict("replace", told)
        known = cause.reason or "its value is known at deployment only"
        return Verdict("maybe-replace", f"{told}; {known}", certain=False)
    if fixed := _touched(cause, path, schema.conditional_create_only):
        told = f"in some cases only a new resource can have another {dotted(fixed)}"
        return Verdict("maybe-replace", told, certain=False)
    return Verdict("in-place", cause.reason, certain=not cause.reason)


def _touched(cause: Cause, path: Path, fixed: Sequence[PropertyPath]) -> PropertyPath | None:
    """The first of the fixed properties whose value the cause changes."""
    plain = tuple(step for step in without_branches(path) if not isinstance(step, int))
    for candidate in fixed:
        names = tuple(name for name in candidate if name != "*")
        shared = min(len(names), len(plain))
        if names[:shared] != plain[:shared]:
            continue
        if len(plain) >= len(names) or _differs_below(cause, names[shared:]):
            return candidate
    return None


def _differs_below(cause: Cause, names: Sequence[str]) -> bool:
    """Whether a value that changed as a whole changed at the property that `names` lead to."""
    before, after = cause.before, cause.after
    for name in names:
        before = before.get(name, ABSENT) if isinstance(before, dict) else before
        after = after.get(name, ABSENT) if isinstance(after, dict) else after
    return bool(cause.reason) or canonical(before) != canonical(after)


def _replaced(
    found: Judgement,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    schema: ResourceSchema | None,
    schemas: Schemas,
) -> Judgement:
    """A replacement in full: whether a fixed name forbids it, and what becomes of the old resource."""
    derived = [cause.path[1:] for cause in found.change.causes if cause.reason]
    names = () if schema is None else kept_names(schema, before, after, derived)
    if names:
        told = f"a custom-named resource cannot be replaced unless its {dotted(names[0])} changes too"
        if found.consequence == "maybe-replace":
            return replace(found, reasons=(*found.reasons, told))
        unnamed = any("AWS::NoValue" in str(at(after, name)) for name in names)
        return replace(found, consequence="impossible", reasons=(*found.reasons, told), certain=not unnamed)
    _, fate, loses = _fate(found.change.type, after, "UpdateReplacePolicy", schemas)
    return replace(found, reasons=(*found.reasons, fate), data_loss=loses)
