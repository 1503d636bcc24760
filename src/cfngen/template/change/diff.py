"""What a change is: two templates -> what was added, removed, renamed or modified, value by value.

Pure and linear in the size of both templates. What a change does to an account is `consequence`'s to say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

from cfngen.template.change.equality import canonical
from cfngen.template.change.resource_types import FREE_FORM, Node, ResourceSchema, Schemas
from cfngen.template.intrinsics import ABSENT, choice, intrinsic
from cfngen.template.values import Path

Action = Literal["add", "remove", "modify", "rename"]

_BY_NAME: Final = frozenset(
    {"Parameters", "Mappings", "Conditions", "Rules", "Resources", "Outputs", "Metadata"}
)
_UNORDERED: Final = Node({"insertionOrder": False}, {})
_UNDESCRIBED: Final = Node({}, {})
_STACK: Final = "AWS::CloudFormation::Stack"
_SPELLINGS: Final[Mapping[Path, Callable[[Any], Any]]] = {
    ("Properties",): lambda value: value or {},
    ("DependsOn",): lambda value: [value] if isinstance(value, str) else value,
}
"""The attributes of a resource that can be written in two ways, with what each stands for."""

_BRANCHES: Final = (1, 2)  # of Fn::If: the value when the condition holds, and otherwise


@dataclass(frozen=True)
class Cause:
    """One value that is not the same any more.

    Attributes:
        path: from the body of the change's logical id down; `()` is the body itself.
        before: the old template's value, ABSENT where it has none.
        after: the new template's.
        reason: why the value may come out differently where both templates write the same.
        instead: what is shown in the place of the values, where the permission sentences say all of it.
    """

    path: Path
    before: Any
    after: Any
    reason: str = ""
    instead: str = ""


@dataclass(frozen=True)
class Change:
    """One thing of a template that is not as it was.

    Attributes:
        section: the template's section, e.g. `Resources`.
        logical_id: the name in it; empty for a section that is one value, such as `Description`.
        type: the old resource's or parameter's type, the new one's where it is added; empty where none is.
        action: what happened to it.
        causes: the values that differ; none for a rename.
        renamed_to: the new logical id of a rename.
    """

    section: str
    logical_id: str
    type: str
    action: Action
    causes: tuple[Cause, ...]
    renamed_to: str = ""


def diff(
    old: Mapping[str, Any], new: Mapping[str, Any], schemas: Schemas | None = None
) -> tuple[Change, ...]:
    """Every change from `old` to `new`, in the order of the new template's sections.

    Arguments:
        schemas: tells the lists whose order CloudFormation ignores; without it every order counts.

    >>> before = {"Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "a"}}}}
    >>> after = {"Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "b"}}}}
    >>> [change] = diff(before, after)
    >>> change.logical_id, change.action, change.causes
    ('T', 'modify', (Cause(path=('Properties', 'TopicName'), before='a', after='b', reason='', instead=''),))
    """
    return tuple(
        change
        for section in dict.fromkeys([*new, *old])
        if not _alike(old.get(section, ABSENT), new.get(section, ABSENT))
        for change in _section(section, old, new, schemas)
    )


def apply(template: Mapping[str, Any], changes: Sequence[Change]) -> dict[str, Any]:
    """The template that results from the changes: `apply(old, diff(old, new))` is `new` again.

    >>> apply({"Description": "a"}, diff({"Description": "a"}, {"Description": "b"}))
    {'Description': 'b'}
    """
    result = deepcopy(dict(template))
    for change in changes:
        steps: Path = (change.section, change.logical_id) if change.logical_id else (change.section,)
        if change.action == "rename":
            result[change.section][change.renamed_to] = result[change.section].pop(change.logical_id)
        for cause in change.causes:
            _put(result, (*steps, *cause.path), cause.after)
    emptied = {change.section for change in changes if change.action == "remove"}
    return {section: body for section, body in result.items() if body or section not in emptied}


def _put(container: Any, path: Path, value: Any) -> None:
    for step in path[:-1]:
        container = container.setdefault(step, {}) if isinstance(container, dict) else container[step]
    if value is ABSENT:
        del container[path[-1]]
    else:
        container[path[-1]] = deepcopy(value)


def _section(
    section: str, old: Mapping[str, Any], new: Mapping[str, Any], schemas: Schemas | None
) -> Iterator[Change]:
    before, after = old.get(section, ABSENT), new.get(section, ABSENT)
    if section not in _BY_NAME:
        if canonical(before) != canonical(after):
            action: Action = "add" if before is ABSENT else "remove" if after is ABSENT else "modify"
            yield Change(section, "", "", action, (Cause((), before, after),))
        return
    before, after = before or {}, after or {}
    removed = [name for name in before if name not in after]
    added = [name for name in after if name not in before]
    renamed = _renamed(removed, added, before, after) if section != "Metadata" else {}
    targets = set(renamed.values())
    for name in removed:
        if name in renamed:
            yield Change(section, name, type_of(before[name]), "rename", (), renamed[name])
        else:
            cause = Cause((), before[name], ABSENT)
            yield Change(section, name, type_of(before[name]), "remove", (cause,))
    for name, body in after.items():
        if name not in before:
            if name not in targets:
                yield Change(section, name, type_of(body), "add", (Cause((), ABSENT, body),))
        elif not _alike(before[name], body):
            root = _body_node(section, body, schemas)
            if causes := tuple(differences(before[name], body, (), root)):
                yield Change(section, name, type_of(before[name]), "modify", causes)


def _renamed(
    removed: Sequence[str], added: Sequence[str], before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, str]:
    """Old name -> new name, where something disappeared and its like appeared under another name."""
    if not removed or not added:
        return {}
    waiting: dict[Hashable, list[str]] = {}
    for name in sorted(added, reverse=True):
        waiting.setdefault(canonical(after[name]), []).append(name)
    pairs = {}
    for name in sorted(removed):
        if candidates := waiting.get(canonical(before[name])):
            pairs[name] = candidates.pop()
    return pairs


def type_of(body: Any) -> str:
    """The type of a resource or parameter; empty where it has none."""
    kind = body.get("Type", "") if isinstance(body, dict) else ""
    return kind if isinstance(kind, str) else ""


def is_custom(kind: str) -> bool:
    """Whether a type is a custom resource, of which a function of its own makes everything.

    >>> is_custom("Custom::Lookup"), is_custom("AWS::SNS::Topic")
    (True, False)
    """
    return kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource"


def _body_node(section: str, body: Any, schemas: Schemas | None) -> Node | None:
    """A schema of the whole resource, so that one walk serves attributes and properties."""
    if section != "Resources" or schemas is None or not isinstance(body, dict):
        return None
    kind = type_of(body)
    return _described(kind, schemas.get(kind))


@lru_cache(maxsize=256)
def _described(kind: str, schema: ResourceSchema | None) -> Node:
    texts = not kind or is_custom(kind) or kind.endswith("::MODULE")  # all that these are given comes as text
    properties = _UNDESCRIBED if texts else schema.root if schema else FREE_FORM
    described = properties.schema
    if kind == _STACK:
        described = {**described, "properties": {**described["properties"], "Parameters": {}}}
    members = {"Properties": described, "DependsOn": _UNORDERED.schema}
    return Node({"properties": members}, properties.definitions)


def differences(before: Any, after: Any, path: Path, node: Node | None) -> Iterator[Cause]:
    """The smallest values that differ. An intrinsic function's call is one value, save Fn::If's branches.

    Arguments:
        path: of the two values; the causes' paths begin with it.
        node: the part of a resource schema that describes them; None where nothing is known.
    """
    if _alike(before, after):
        return
    if _spelled_otherwise(before, after, path, node):
        return
    old, new = choice(before), choice(after)
    if old and new and old[0] == new[0]:
        for branch in _BRANCHES:
            yield from differences(old[branch], new[branch], (*path, "Fn::If", branch), node)
    elif intrinsic(before) or intrinsic(after):
        if canonical(before, node) != canonical(after, node):
            yield Cause(path, before, after)
    elif isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            values = before.get(key, ABSENT), after.get(key, ABSENT)
            yield from differences(*values, (*path, key), node and node.member(key))
    elif isinstance(before, list) and isinstance(after, list) and _same_places(before, after, node):
        inner = node and node.items()
        for index, values in enumerate(zip(before, after, strict=True)):
            yield from differences(*values, (*path, index), inner)
    elif canonical(before, node) != canonical(after, node):
        yield Cause(path, before, after)


def _spelled_otherwise(before: Any, after: Any, path: Path, node: Node | None) -> bool:
    """Whether one of the two is an attribute's other spelling, and both say the same."""
    spelling = _SPELLINGS.get(path)
    if spelling is None:
        return False
    old, new = spelling(before), spelling(after)
    return (old is not before or new is not after) and canonical(old, node) == canonical(new, node)


def _alike(before: Any, after: Any) -> bool:
    """Whether the two are surely the same. Only Python holds `True` and `1` for equal."""
    return bool(before == after) and str(before) == str(after)


def _same_places(before: list[Any], after: list[Any], node: Node | None) -> bool:
    """Whether the items are to be compared one by one: as many as before, and none has only moved."""
    if len(before) != len(after):
        return False
    if node is None or not node.unordered:
        return True
    differing = [pair for pair in zip(before, after, strict=True) if not _alike(*pair)]
    if len(differing) < 2:  # noqa: PLR2004 - a single one cannot have moved
        return True
    inner = node.items()
    old, new = ([canonical(item, inner) for item in items] for items in zip(*differing, strict=True))
    elsewhere = sum((Counter(old) - Counter(new)).values())
    return elsewhere == sum(one != other for one, other in zip(old, new, strict=True))
