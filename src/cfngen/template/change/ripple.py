"""What a change reaches elsewhere: the users of a replaced resource, a default, a condition, a mapping."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from cfngen.template.change.consequence import Consequence
from cfngen.template.change.custom_names import without_branches
from cfngen.template.change.diff import Cause, Change, type_of
from cfngen.template.change.judgement import Judgement, judge
from cfngen.template.change.property_change import judge_cause
from cfngen.template.change.resource_types import Schemas
from cfngen.template.change.sources import GLOBALS, SERVERLESS, Sources, Ways, always
from cfngen.template.intrinsics import Target, references
from cfngen.template.values import Path, unknowns

_NONE: Final[Mapping[str, str]] = MappingProxyType({})


class ValueInUse(NamedTuple):
    """A value that uses something: where it is, what it is there, and how the template writes it."""

    logical_id: str
    path: Path
    value: Any
    written: Any


Uses = dict[Target, list[ValueInUse]]


def ripple(
    judgements: Sequence[Judgement],
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    schemas: Schemas,
    *,
    written: Mapping[str, Any] | None = None,
    parameters: Mapping[str, str] = _NONE,
) -> tuple[Judgement, ...]:
    """The judgements and, merged into them, those of every resource that a change reaches.

    Each use of a value is looked at once, so this is linear in the size of the new template.

    Arguments:
        written: the new template as it was before an environment's values were put into it. It tells who uses
            what, and only values that are still open in `new` can come out differently.
        parameters: why a parameter gives another value, by its name, beside what the changes tell.
    """
    ways = Ways(new.get("Resources", {}), schemas)
    for name, reason in parameters.items():
        ways.sources["name", name] = always(reason)
    for item in judgements:
        ways.begin(item)
    if not ways.sources:
        return tuple(judgements)
    _add_conditions(ways.sources, new.get("Conditions", {}))
    own = {item.change.logical_id: item for item in judgements if item.change.section == "Resources"}
    uses = _uses(new) if written is None else _open_uses(written, new)
    reached = _reached(ways, own, uses, old, new, schemas)
    outputs = _outputs_reached(judgements, ways.sources, old, new, written)
    result = []
    for item in judgements:
        causes = reached.pop(item.change.logical_id, {}) if item.change.section == "Resources" else {}
        if causes:
            merged = replace(item.change, causes=(*item.change.causes, *causes.values()))
            result.append(judge(merged, old, new, schemas))
        else:
            result.append(item)
    for logical_id, causes in reached.items():
        kind = type_of(new["Resources"][logical_id])
        change = Change("Resources", logical_id, kind, "modify", tuple(causes.values()))
        result.append(judge(change, old, new, schemas))
    return (*result, *(judge(change, old, new, schemas) for change in outputs))


def _outputs_reached(
    judgements: Iterable[Judgement],
    sources: Sources,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    written: Mapping[str, Any] | None,
) -> Iterator[Change]:
    """The outputs that stay as they are written and may come out differently.

    Of their values only exported ones count: what another stack imports cannot change.
    """
    told = {item.change.logical_id for item in judgements if item.change.section == "Outputs"}
    before = old.get("Outputs", {})
    for name, body in new.get("Outputs", {}).items():
        as_written = body if written is None else written.get("Outputs", {}).get(name)
        if name in told or name not in before or not isinstance(as_written, dict):
            continue
        causes: dict[Path, Cause] = {}
        for target, path in _asked_of_output(as_written):
            reason = sources[target](_at(as_written, path)) if target in sources else ""
            plain = path if written is None else tuple(without_branches(path))
            value = _at(body, plain)
            if reason and (written is None or unknowns(value)):
                causes[plain] = Cause(plain, value, value, reason)
        if causes:
            yield Change("Outputs", name, "", "modify", tuple(causes.values()))


def _asked_of_output(body: Mapping[str, Any]) -> Iterator[tuple[Target, Path]]:
    if isinstance(condition := body.get("Condition"), str):
        yield ("condition", condition), ("Condition",)
    if "Export" in body:
        yield from references(body.get("Value"), ("Value",))
        yield from references(body["Export"], ("Export",))


def _add_conditions(sources: Sources, conditions: Mapping[str, Any]) -> None:
    """Add the conditions that depend on a source, through however many others."""
    waiting = deque(sources)
    dependents: dict[Target, list[str]] = {}
    for name, definition in conditions.items():
        for target, _ in references(definition):
            dependents.setdefault(target, []).append(name)
    while waiting:
        target = waiting.popleft()
        for name in dependents.get(target, ()):
            reason = sources[target](conditions[name])
            if reason and ("condition", name) not in sources:
                sources["condition", name] = always(f"{reason}, and with it the condition {name}")
                waiting.append(("condition", name))


def _reached(
    ways: Ways,
    own: Mapping[str, Judgement],
    uses: Uses,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    schemas: Schemas,
) -> dict[str, dict[Path, Cause]]:
    """For each resource that a source reaches, the values that may come out differently."""
    direct = {name: {cause.path for cause in item.change.causes} for name, item in own.items()}
    reached: dict[str, dict[Path, Cause]] = {}
    waiting = deque(ways.sources)
    while waiting:
        target = waiting.popleft()
        for logical_id, path, value, as_written in uses.get(target, ()):
            known = reached.setdefault(logical_id, {}) if logical_id in old.get("Resources", {}) else None
            if known is None or path in known or path in direct.get(logical_id, ()):
                continue
            reason = ways.sources[target](as_written)
            if not reason:
                continue
            body = new["Resources"][logical_id]
            cause = known[path] = Cause(path, value, value, reason)
            verdict = judge_cause(cause, type_of(body), schemas.get(type_of(body)), body)
            news = (
                ways.replace(logical_id)
                if verdict.consequence.replaces
                else verdict.consequence is Consequence.IN_PLACE and ways.change_in_place(logical_id, path)
            )
            if news:
                waiting.append(("name", logical_id))
    return {logical_id: causes for logical_id, causes in reached.items() if causes}


def _uses(template: Mapping[str, Any]) -> Uses:
    """Each target's users, with the value at the place of use."""
    resources = template.get("Resources", {})
    uses: Uses = {}
    for target, places in _users(template).items():
        values = ((name, path, _at(resources[name], path)) for name, path in places)
        uses[target] = [ValueInUse(name, path, value, value) for name, path, value in values]
    return uses


def _open_uses(written: Mapping[str, Any], resolved: Mapping[str, Any]) -> Uses:
    """The users of a target whose value the environment's values leave open."""
    resources = resolved.get("Resources", {})
    uses: Uses = {}
    for target, places in _users(written).items():
        for name, path in places:
            plain = tuple(without_branches(path))
            value = _at(resources.get(name), plain)
            if unknowns(value) or target == GLOBALS:
                as_written = _at(written["Resources"][name], path)
                uses.setdefault(target, []).append(ValueInUse(name, plain, value, as_written))
    return uses


def _users(template: Mapping[str, Any]) -> dict[Target, list[tuple[str, Path]]]:
    """For each target, the resources that use it, with the paths at which they do."""
    uses: dict[Target, list[tuple[str, Path]]] = {}
    for logical_id, body in template.get("Resources", {}).items():
        if not isinstance(body, dict):
            continue
        if isinstance(condition := body.get("Condition"), str):
            uses.setdefault(("condition", condition), []).append((logical_id, ("Condition",)))
        if type_of(body).startswith(SERVERLESS):
            uses.setdefault(GLOBALS, []).append((logical_id, ("Properties",)))
        for target, path in references(body.get("Properties", {}), ("Properties",)):
            uses.setdefault(target, []).append((logical_id, path))
    return uses


def _at(body: Any, path: Path) -> Any:
    """The value at the path; None where there is none."""
    for step in path:
        try:
            body = body[step]
        except (LookupError, TypeError):
            return None
    return body
