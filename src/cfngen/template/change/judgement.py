"""What a change does to what is deployed, from the resource schemas and the deletion policies.

Where only a deployment can tell, the graver consequence is named and `certain` is False.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from cfngen.template.change.consequence import Consequence, worst
from cfngen.template.change.custom_names import at, dotted, kept_names, set_names
from cfngen.template.change.diff import Cause, Change
from cfngen.template.change.fate import fate
from cfngen.template.change.property_change import judge_cause
from cfngen.template.change.resource_types import ResourceSchema, Schemas
from cfngen.template.change.table_indexes import of_indexes
from cfngen.template.intrinsics import ABSENT, intrinsic, text

_HARMLESS: Final = ("AWS::LanguageExtensions", "AWS::Serverless-2016-10-31")
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-reference.html"""


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
    if change.section in {"Outputs", "Resources"} and change.logical_id.startswith("Fn::"):
        return _of_loop(change)
    if change.section == "Outputs":
        exported = "Export" in old.get("Outputs", {}).get(change.logical_id, {})
        return _of_output(change, exported=exported)
    if change.section != "Resources":
        return _of_section(change) if old.get("Resources") else Judgement(change, Consequence.NONE)
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


def _of_section(change: Change) -> Judgement:
    """What is neither a resource nor an output: macros change resources, hooks how those are deployed.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/about-blue-green-deployments.html
    """
    if change.section == "Hooks":
        told = "a hook of the template decides how CloudFormation deploys the resources that it names"
        return Judgement(change, Consequence.IN_PLACE, (told,), certain=False)
    if change.section != "Transform":
        return Judgement(change, Consequence.NONE)
    [cause] = change.causes
    macros = _macros(cause.before) ^ _macros(cause.after)
    if not macros:
        return Judgement(change, Consequence.NONE)
    told = f"the macro {', '.join(sorted(macros))} may change any part of the template before it is deployed"
    return Judgement(change, Consequence.MAYBE_REPLACE, (told,), certain=False)


def _macros(value: Any) -> frozenset[str]:
    """The macros of a Transform with their parameters, save those that leave plain resources as they are."""
    listed = value if isinstance(value, list) else [] if value is ABSENT else [value]
    return frozenset(text(item) for item in listed if item not in _HARMLESS)


def _of_output(change: Change, *, exported: bool) -> Judgement:
    if change.action == "add":
        return Judgement(change, Consequence.NONE, ("is new",))
    if change.action != "modify":
        lost = ("the update fails while another stack imports it",) if exported else ()
        return Judgement(change, Consequence.DELETE, (*lost, "its readers lose the value"))
    touched = {cause.path[:1]: cause for cause in change.causes}
    export, condition = touched.get(("Export",)), touched.get(("Condition",))
    if exported and export:
        told = "the update fails while another stack imports the old export"
        reasons = filter(None, (told, export.reason))
        return Judgement(change, Consequence.DELETE, tuple(reasons), certain=not export.reason)
    if condition:
        told = "exists only while its condition holds"
        return Judgement(change, Consequence.DELETE, (_with(told, condition.reason),), certain=False)
    if exported and ("Value",) in touched:
        told = "the update fails while another stack imports the export"
        because = dict.fromkeys(cause.reason for cause in change.causes if cause.reason)
        sure = any(cause.path[:1] == ("Value",) and not cause.reason for cause in change.causes)
        return Judgement(
            change,
            Consequence.IMPOSSIBLE,
            (told if sure else f"{told}, if its value changes", *because),
            certain=False,
        )
    if touched.keys() <= {("Description",), ("Export",)}:
        told = "is exported now"
        return Judgement(change, Consequence.NONE, (told,) if export else ())
    return Judgement(change, Consequence.IN_PLACE)


def _with(told: str, reason: str) -> str:
    return f"{told}: {reason}" if reason else told


def _of_loop(change: Change) -> Judgement:
    verdicts = {"add": Consequence.NONE, "modify": Consequence.MAYBE_REPLACE}
    told = (f"only CloudFormation knows which {change.section.lower()} this makes",)
    return Judgement(
        change, verdicts.get(change.action, Consequence.DELETE), told, certain=False, known_type=False
    )


def _gone(change: Change, body: Mapping[str, Any], schemas: Schemas) -> Judgement:
    known = schemas.get(change.type) is not None
    consequence, reason, data_loss = fate(change.type, body, "DeletionPolicy", schemas)
    certain = isinstance(body.get("DeletionPolicy", ""), str)
    return Judgement(change, consequence, (reason,), data_loss, certain, known)


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
    causes = [part for cause in change.causes for part in _by_property(cause)]
    verdicts = [judge_cause(cause, change.type, schema, after) for cause in causes]
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


def _by_property(cause: Cause) -> Iterator[Cause]:
    """The cause; one for each property where all of them came or went."""
    both = [{} if value is ABSENT else value for value in (cause.before, cause.after)]
    plain = all(isinstance(value, dict) and not intrinsic(value) for value in both)
    if cause.path != ("Properties",) or cause.reason or not plain:
        yield cause
        return
    for name in dict.fromkeys([*both[0], *both[1]]):
        values = both[0].get(name, ABSENT), both[1].get(name, ABSENT)
        yield Cause((*cause.path, name), *values)


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
