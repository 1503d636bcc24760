"""Two templates as their permissions are compared: what stands behind a name is put in the name's place.

A parameter's other default and a condition's other definition change a permission that is written as before.
So does a mapping's other value: `looked_up` has put it in already.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from operator import is_
from typing import Any, Final

from cfngen.template.intrinsics import (
    Call,
    choice,
    intrinsic,
    literal,
    placeholders,
    references,
    substitution,
    text,
)
from cfngen.template.loops import is_loop
from cfngen.template.values import as_text

_WHO: Final = frozenset(
    {
        *("Principal", "NotPrincipal", "Principals", "AllowedPrincipals", "PrincipalArn", "PrincipalId"),
        *("Action", "NotAction", "Effect", "Condition", "ManagedPolicyArns", "PermissionsBoundary", "Groups"),
        *("PrincipalOrgID", "OrganizationId", "SourceArn", "SourceAccount", "AccountId", "Account"),
        *("Cidr", "CidrIp", "CidrIpv6", "CidrBlock", "Ipv6CidrBlock", "FromPort", "ToPort", "IpProtocol"),
        *("SourceSecurityGroupId", "SourcePrefixListId", "AuthType", "AuthorizationType"),
    }
)
"""Properties in which a parameter's default is told: who is let in for what, not how things are named."""

_LOOP_PARTS: Final = 3
_NESTS: Final = (dict, list)


def comparable(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The two templates with other resources, and values that did not change as the very same objects.

    >>> trusts = {"R": {"Principal": {"Ref": "P"}}}
    >>> old, new = ({"Parameters": {"P": {"Default": who}}, "Resources": trusts} for who in ("me", "*"))
    >>> comparable(old, new)[1]["Resources"]
    {'R': {'Principal': {'Fn::Sub': '${P} (by default *)'}}}
    """
    was, now = _defaults(old), _defaults(new)
    changed = [name for name, value in now.items() if was.get(name, value) != value]
    before = _Reading(old, {name: was[name] for name in changed}, frozenset())
    after = _Reading(new, {name: now[name] for name in changed}, _changed_conditions(old, new, changed))
    return before.template(), after.template()


def _defaults(template: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: as_text(body["Default"])
        for name, body in _section(template, "Parameters").items()
        if isinstance(body, dict) and "Default" in body and as_text(body.get("NoEcho")) != "true"
    }


def _changed_conditions(
    old: Mapping[str, Any], new: Mapping[str, Any], parameters: Collection[str]
) -> frozenset[str]:
    """The conditions that may come out differently: by their definition, or by what they refer to."""
    conditions = _section(new, "Conditions")
    changed = {("name", name) for name in parameters}
    for kind, section in (("mapping", "Mappings"), ("condition", "Conditions")):
        was = _section(old, section)
        changed |= {
            (kind, name) for name, body in _section(new, section).items() if was.get(name, body) != body
        }
    reached = changed
    while reached:
        reached = {
            ("condition", name)
            for name, body in conditions.items()
            if not changed.isdisjoint(target for target, _ in references(body))
        } - changed
        changed |= reached
    return frozenset(name for kind, name in changed if kind == "condition")


def _section(template: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = template.get(name)
    return found if isinstance(found, dict) else {}


class _Reading:
    """One template, with what is to be put into it."""

    def __init__(
        self, template: Mapping[str, Any], defaults: Mapping[str, str], changed: frozenset[str]
    ) -> None:
        self._template = template
        self._defaults = defaults
        self._changed = changed

    def template(self) -> Mapping[str, Any]:
        written = self._template.get("Resources")
        if not isinstance(written, dict):
            return self._template
        resources = dict(_without_loops(written))
        if self._defaults or self._changed:
            resources = {name: self._resource(body) for name, body in resources.items()}
        return {**self._template, "Resources": resources}

    def _resource(self, body: Any) -> Any:
        seen = self._value(body, who=False)
        name = seen.get("Condition") if isinstance(seen, dict) else None
        return {**seen, "Condition": _as_changed(name)} if name in self._changed else seen

    def _value(self, node: Any, *, who: bool) -> Any:
        """The node with everything put in; itself where nothing is."""
        if isinstance(node, list):
            items = [self._value(item, who=who) if isinstance(item, _NESTS) else item for item in node]
            return node if all(map(is_, items, node)) else items
        if not isinstance(node, dict):
            return node
        function = intrinsic(node)
        if function is None:
            members = {
                key: self._value(value, who=who or key in _WHO) if isinstance(value, _NESTS) else value
                for key, value in node.items()
            }
            return node if all(map(is_, members.values(), node.values())) else members
        if who and self._defaults and function in {"Ref", "Fn::Sub"}:
            node = self._with_defaults(node)
            function = next(iter(node))
        argument = next(iter(node.values()))
        if not isinstance(argument, _NESTS):
            return node
        argument = self._value(argument, who=who)
        if (chosen := choice({function: argument})) and chosen[0] in self._changed:
            return {function: [_as_changed(chosen[0]), *argument[1:]]}
        return node if argument is next(iter(node.values())) else {function: argument}

    def _with_defaults(self, call: Any) -> Any:
        """A Ref or Fn::Sub with the defaults beside the parameters' names; itself where it has none."""
        written = substitution(call.get("Fn::Sub", f"${{{call.get('Ref')}}}"))
        template, variables = written or ("", {})
        pieces = placeholders(template)
        told = [part for part in pieces if isinstance(part, Call) and part.argument in self._defaults]
        if not any(part.argument not in variables for part in told):
            return call
        filled = "".join(self._named(part) if part in told else _written(part) for part in pieces)
        return {"Fn::Sub": [filled, variables] if variables else filled}

    def _named(self, parameter: Call) -> str:
        return f"{_written(parameter)} (by default {literal(self._defaults[parameter.argument])})"


def _written(part: str | Call) -> str:
    return literal(part) if isinstance(part, str) else f"${{{part.argument}}}"


def _as_changed(condition: str) -> str:
    return f"{condition} as changed"


def _without_loops(resources: Mapping[str, Any], of: str = "") -> Iterator[tuple[str, Any]]:
    """The resources; what a loop makes whose collection is not known, by its name with the variable in it."""
    for name, body in resources.items():
        if not is_loop(name):
            yield f"{name}{of}", body
        elif isinstance(body, list) and len(body) == _LOOP_PARTS and isinstance(body[2], dict):
            yield from _without_loops(body[2], f"{of} for each {text(body[0])} of {text(body[1])}")
