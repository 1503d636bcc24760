"""Who in a template depends on what: parameters, resources, conditions and mappings by those who use them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from cfngen.template.change.equality import SUB_VARIABLE, intrinsic
from cfngen.template.load import Path

Kind = Literal["name", "condition", "mapping"]
"""Parameters and resources share their names: `Ref` asks for either."""

Target = tuple[Kind, str]


def references(value: Any, path: Path = ()) -> Iterator[tuple[Target, Path]]:
    """Everything that `value` depends on, each with the path of the outermost computed value that needs it.

    >>> list(references({"Name": {"Fn::Sub": "${Project}-a"}, "Size": 1}))
    [(('name', 'Project'), ('Name',))]
    """
    function = intrinsic(value)
    if function == "Fn::If" and isinstance(value[function], list) and len(value[function]) == 3:  # noqa: PLR2004
        condition, *branches = value[function]
        if isinstance(condition, str):
            yield ("condition", condition), path
        for index, branch in enumerate(branches, start=1):
            yield from references(branch, (*path, function, index))
    elif function:
        for target in _inside(value):
            yield target, path
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from references(member, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from references(item, (*path, index))


def users(template: Mapping[str, Any]) -> dict[Target, list[tuple[str, Path]]]:
    """For each target, the resources that use it, with the paths at which they do."""
    found: dict[Target, list[tuple[str, Path]]] = {}
    for logical_id, body in template.get("Resources", {}).items():
        if not isinstance(body, dict):
            continue
        if isinstance(condition := body.get("Condition"), str):
            found.setdefault(("condition", condition), []).append((logical_id, ("Condition",)))
        for target, path in references(body.get("Properties", {}), ("Properties",)):
            found.setdefault(target, []).append((logical_id, path))
    return found


def _inside(value: Any) -> Iterator[Target]:
    """All targets anywhere in a function's call."""
    if isinstance(value, list):
        for item in value:
            yield from _inside(item)
    elif isinstance(value, dict):
        for key, argument in value.items():
            match key, argument:
                case "Ref", str():
                    yield "name", argument
                case "Fn::GetAtt", [str() as name, *_]:
                    yield "name", name
                case "Condition", str():
                    yield "condition", argument
                case "Fn::If", [str() as name, *branches]:
                    yield "condition", name
                    yield from _inside(branches)
                case "Fn::FindInMap", [str() as name, *keys]:
                    yield "mapping", name
                    yield from _inside(keys)
                case "Fn::Sub", str():
                    yield from _substituted(argument, {})
                case "Fn::Sub", [str() as text, dict() as variables]:
                    yield from _substituted(text, variables)
                    yield from _inside(list(variables.values()))
                case _:
                    yield from _inside(argument)


def _substituted(text: str, variables: Mapping[str, Any]) -> Iterator[Target]:
    for match in SUB_VARIABLE.finditer(text):
        name = match.group(1).strip()
        if name not in variables:
            yield "name", name.split(".", 1)[0]
