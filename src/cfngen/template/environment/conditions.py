"""The Conditions section, decided.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cfngen.errors import TemplateError
from cfngen.template.values import as_text, unknowns


class Conditions:
    """The conditions of one template with one set of values; each is decided once.

    Arguments:
        definitions: the Conditions section.
        value: works out a node that stands at a path.

    >>> conditions = Conditions({"No": {"Fn::Equals": ["a", "b"]}}, lambda node, path: node)
    >>> conditions.hold("No", "Outputs"), conditions.truth({"Fn::Not": [{"Condition": "No"}]}, "")
    (False, True)
    """

    def __init__(self, definitions: Mapping[str, Any], value: Callable[[Any, str], Any]) -> None:
        self._definitions = definitions
        self._value = value
        self._decided: dict[str, bool | None] = {}

    def hold(self, name: str, path: str) -> bool:
        """Whether the condition of this name, mentioned at `path`, holds."""
        if not isinstance(name, str) or name not in self._definitions:
            raise TemplateError(
                f"the condition {name} is not defined", place=path, remedy="define it in Conditions"
            )
        if name not in self._decided:
            self._decided[name] = None
            self._decided[name] = self.truth(self._definitions[name], f"Conditions.{name}")
        decided = self._decided[name]
        if decided is None:
            raise TemplateError(
                f"condition {name} refers to itself", place=path, remedy="remove the circular reference"
            )
        return decided

    def truth(self, node: Any, path: str) -> bool:
        """Whether the condition expression at `path` holds."""
        match node:
            case {"Condition": str() as name}:
                return self.hold(name, path)
            case {"Fn::And": [*parts]}:
                return all(self.truth(part, path) for part in parts)
            case {"Fn::Or": [*parts]}:
                return any(self.truth(part, path) for part in parts)
            case {"Fn::Not": [part]}:
                return not self.truth(part, path)
            case {"Fn::Equals": [left, right]}:
                return self._equal(left, right, path)
        raise TemplateError(
            f"{next(iter(node), node)} is not a condition function, or its arguments are wrong"
            if isinstance(node, Mapping)
            else f"{node} is not a condition",
            place=path,
            remedy="see CloudFormation's function reference",
        )

    def _equal(self, left: Any, right: Any, path: str) -> bool:
        values = [self._value(left, path), self._value(right, path)]
        if unknowns(values):
            raise TemplateError(
                f"depends on values that are known at deployment only: {', '.join(sorted(unknowns(values)))}",
                place=path,
                remedy="let conditions depend on parameters alone",
            )
        texts = [each if isinstance(each, list) else as_text(each) for each in values]
        return bool(texts[0] == texts[1])
