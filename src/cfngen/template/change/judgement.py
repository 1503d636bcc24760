"""What a change does to what is deployed, from the resource schemas and the deletion policies.

Where only a deployment can tell, the graver consequence is named and `certain` is False.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cfngen.template.change.consequence import Consequence, worst
from cfngen.template.change.custom_names import at, dotted, kept_names, set_names
from cfngen.template.change.diff import Change
from cfngen.template.change.fate import fate
from cfngen.template.change.property_change import judge_cause
from cfngen.template.change.resource_types import ResourceSchema, Schemas
from cfngen.template.change.table_indexes import of_indexes


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
        exported = "Export" in old.get("Outputs", {}).get(change.logical_id, {})
        return _of_output(change, exported=exported)
    if change.section != "Resources":
        return Judgement(change, Consequence.NONE)
    if change.logical_id.startswith("Fn::"):
        return _of_loop(change)
    schema = schemas.get(change.type)
    if change.action == "add":
        return Judgement(change, Consequence.NONE, ("is created",), known_type=schema is not None)
    body = old["Resources"][change.logical_id]
    if change.action == "remove":
        return _gone(change, body, schemas)
    if change.action == "rename":
        return _renamed(change, body, schemas)
    return _modified(change, body, new["Resources"][change.logical_id], schema, schemas)


def gravest_first(judgements: Iterable[Judgement]) -> list[Judgement]:
    """The judgements in the order in which they are read; data loss outranks the same without it."""
    return sorted(judgements, key=lambda item: (-item.consequence.rank, not item.data_loss))


def _of_output(change: Change, *, exported: bool) -> Judgement:
    if change.action == "add":
        return Judgement(change, Consequence.NONE, ("is new",))
    if change.action != "modify":
        return Judgement(
            change, Consequence.DELETE, ("its readers, and stacks that import its export, lose the value",)
        )
    touched = {cause.path[:1] for cause in change.causes}
    if ("Export",) in touched:
        return Judgement(
            change, Consequence.DELETE, ("the update fails while another stack imports the old export",)
        )
    if ("Condition",) in touched:
        return Judgement(
            change, Consequence.DELETE, ("exists only while its condition holds",), certain=False
        )
    if exported and ("Value",) in touched:
        told = dict.fromkeys(cause.reason for cause in change.causes if cause.reason)
        reason = "the update fails while another stack imports the export, if its value changes"
        if any(cause.path[:1] == ("Value",) and not cause.reason for cause in change.causes):
            reason = "the update fails while another stack imports the export"
        return Judgement(change, Consequence.IMPOSSIBLE, (reason, *told), certain=False)
    return Judgement(change, Consequence.NONE if touched == {("Description",)} else Consequence.IN_PLACE)


def _of_loop(change: Change) -> Judgement:
    verdicts = {"add": Consequence.NONE, "modify": Consequence.MAYBE_REPLACE}
    told = ("only CloudFormation knows which resources this makes",)
    return Judgement(
        change, verdicts.get(change.action, Consequence.DELETE), told, certain=False, known_type=False
    )


def _gone(change: Change, body: Mapping[str, Any], schemas: Schemas) -> Judgement:
    known = schemas.get(change.type) is not None
    consequence, reason, data_loss = fate(change.type, body, "DeletionPolicy", schemas)
    return Judgement(change, consequence, (reason,), data_loss, known_type=known)


def _renamed(change: Change, body: Mapping[str, Any], schemas: Schemas) -> Judgement:
    gone = _gone(change, body, schemas)
    schema = schemas.get(change.type)
    told = f"to CloudFormation, {change.renamed_to} is a new resource"
    names = () if schema is None else set_names(schema, body)
    if names:
        clash = f"and the old resource still has the name ({dotted(names[0])}) when the new one is created"
        return replace(gone, consequence=Consequence.IMPOSSIBLE, reasons=(told, clash), data_loss=False)
    return replace(gone, reasons=(told, *gone.reasons))


def _modified(
    change: Change,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    schema: ResourceSchema | None,
    schemas: Schemas,
) -> Judgement:
    if before.get("Type") != after.get("Type"):
        return Judgement(change, Consequence.IMPOSSIBLE, ("the type of a resource cannot change",))
    verdicts = [judge_cause(cause, change.type, schema, after) for cause in change.causes]
    if not any(verdict.consequence is Consequence.REPLACE for verdict in verdicts):
        verdicts += of_indexes(change.type, before, after)
    gravest = worst([verdict.consequence for verdict in verdicts])
    decisive = [verdict for verdict in verdicts if verdict.consequence == gravest]
    reasons = tuple(dict.fromkeys(verdict.reason for verdict in decisive if verdict.reason))
    certain = any(verdict.certain for verdict in decisive)
    judgement = Judgement(change, gravest, reasons, certain=certain, known_type=schema is not None)
    if gravest is Consequence.DELETE:
        gone = _gone(change, before, schemas)
        return replace(gone, reasons=(*reasons, f"without it, {gone.reasons[0]}"), certain=False)
    if gravest.replaces:
        return _replaced(judgement, before, after, schema, schemas)
    return judgement


def _replaced(
    judgement: Judgement,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    schema: ResourceSchema | None,
    schemas: Schemas,
) -> Judgement:
    """A replacement in full: whether a fixed name forbids it, and what becomes of the old resource."""
    derived = [cause.path[1:] for cause in judgement.change.causes if cause.reason]
    names = () if schema is None else kept_names(schema, before, after, derived)
    if names:
        told = f"a custom-named resource cannot be replaced unless its {dotted(names[0])} changes too"
        if judgement.consequence is Consequence.MAYBE_REPLACE:
            return replace(judgement, reasons=(*judgement.reasons, told))
        unnamed = any("AWS::NoValue" in str(at(after, name)) for name in names)
        return replace(
            judgement,
            consequence=Consequence.IMPOSSIBLE,
            reasons=(*judgement.reasons, told),
            certain=not unnamed,
        )
    _, reason, data_loss = fate(judgement.change.type, after, "UpdateReplacePolicy", schemas)
    return replace(judgement, reasons=(*judgement.reasons, reason), data_loss=data_loss)
