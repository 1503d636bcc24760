"""The policies of a template: who holds which, and their statements one permission at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, NamedTuple

from cfngen.template.access.managed_policies import date
from cfngen.template.access.managed_policies import statements as managed_statements
from cfngen.template.intrinsics import NO_VALUE, choice, intrinsic, text

Kind = Literal["trust", "identity", "resource", "boundary"]

_HOLDERS: Final = {"AWS::IAM::Role": "role", "AWS::IAM::User": "user", "AWS::IAM::Group": "group"}
_ATTACHED: Final = {
    "AWS::IAM::Policy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::UserPolicy",
    "AWS::IAM::GroupPolicy",
}
_ATTACHMENTS: Final = (
    *(("Roles", "role"), ("RoleName", "role"), ("Users", "user"), ("UserName", "user")),
    *(("Groups", "group"), ("GroupName", "group")),
)
_FACTOR: Final = 20
"""A statement that multiplies out to more than this often its own length is kept in fewer, longer words, so
that the work stays in proportion to the template's size."""


@dataclass(frozen=True)
class Policy:
    """A policy document and where it applies.

    Attributes:
        holder: for `trust` and `identity` who has it, as `role Trainer`; else the resource it is attached to.
        via: the managed policy's name, where it is one.
        when: the template conditions under which it is there.
    """

    kind: Kind
    holder: str
    document: Any
    via: str = ""
    when: str = ""


class Grant(NamedTuple):
    """One permission: one principal, one action, one resource."""

    kind: Kind
    holder: str
    principal: str
    effect: str
    action: str
    resource: str
    condition: str


def policies(template: Mapping[str, Any]) -> dict[str, list[Policy]]:
    """All policies of a template by their holder."""
    resources = {name: body for name, body in template.get("Resources", {}).items() if isinstance(body, dict)}
    listed = set(_listed(resources))
    found: dict[str, list[Policy]] = {}
    for logical_id, body in resources.items():
        when = _while(body["Condition"]) if isinstance(body.get("Condition"), str) else ""
        for policy in _of_resource(logical_id, body, resources, listed):
            joined = _and(when, policy.when)
            found.setdefault(policy.holder, []).append(replace(policy, when=joined))
    return found


def grants(policy: Policy) -> Iterator[Grant]:
    """The permissions of one policy. What cannot be read here is one permission in its own words."""
    if policy.kind == "boundary":
        yield Grant("boundary", policy.holder, policy.holder, "Deny", policy.via, "*", policy.when)
        return
    for document, when in branches(policy.document, policy.when):
        read = _document(document)
        if read is None:
            what = f"whatever {policy.via or text(document)} says"
            yield Grant(policy.kind, policy.holder, policy.holder, "Allow", what, "*", when)
            continue
        for statement, inner in branches(read.get("Statement", []), when):
            if isinstance(statement, dict):
                yield from _of_statement(statement, policy, inner)


def branches(value: Any, when: str = "") -> Iterator[tuple[Any, str]]:
    """The items of a list, or the one item; both branches of an Fn::If, each with its condition."""
    if isinstance(value, list):
        for item in value:
            yield from branches(item, when)
    elif chosen := choice(value):
        condition, yes, no = chosen
        yield from branches(yes, _and(when, _while(condition)))
        yield from branches(no, _and(when, _while(condition, holds=False)))
    elif value != NO_VALUE:
        yield value, when


def _of_resource(
    logical_id: str, body: Mapping[str, Any], resources: Mapping[str, Any], listed: Set[str]
) -> Iterator[Policy]:
    properties: Mapping[str, Any] = body.get("Properties", {})
    kind = str(body.get("Type"))
    if kind in _HOLDERS:
        yield from _of_holder(f"{_HOLDERS[kind]} {logical_id}", properties, resources)
    elif kind in _ATTACHED:
        attached = [
            (_holder(word, item), when)
            for name, word in _ATTACHMENTS
            for item, when in branches(properties.get(name, []))
        ]
        if not attached and logical_id not in listed:
            attached = [(f"whoever has the policy {logical_id}", "")]
        for holder, when in attached:
            yield Policy("identity", holder, properties.get("PolicyDocument"), when=when)
    elif kind == "AWS::Lambda::Permission":
        names = {"ArnLike": "SourceArn", "StringEquals": "SourceAccount"}
        limits = {test: {f"aws:{key}": properties[key]} for test, key in names.items() if key in properties}
        statement = {
            "Effect": "Allow",
            "Principal": properties.get("Principal"),
            "Action": properties.get("Action"),
            "Condition": limits,
        }
        yield Policy("resource", text(properties.get("FunctionName", "")), {"Statement": [statement]})
    else:
        for value in properties.values():
            if any(_document(branch) is not None for branch, _ in branches(value)):
                yield Policy("resource", logical_id, value)


def _of_holder(holder: str, properties: Mapping[str, Any], resources: Mapping[str, Any]) -> Iterator[Policy]:
    if "AssumeRolePolicyDocument" in properties:
        yield Policy("trust", holder, properties["AssumeRolePolicyDocument"])
    for inline, when in branches(properties.get("Policies", [])):
        if isinstance(inline, dict):
            yield Policy("identity", holder, inline.get("PolicyDocument"), when=when)
    for arn, when in branches(properties.get("ManagedPolicyArns", [])):
        own = resources.get(str(arn["Ref"])) if intrinsic(arn) == "Ref" else None
        if own is not None:
            yield Policy("identity", holder, own.get("Properties", {}).get("PolicyDocument"), when=when)
            continue
        name = text(arn)
        known = managed_statements(name)
        document = {"Statement": known} if known is not None else None
        via = name.rpartition("/")[2] + (f" as of {date()}" if known is not None else "")
        yield Policy("identity", holder, document, via=via, when=when)
    for boundary, when in branches(properties.get("PermissionsBoundary", [])):
        yield Policy("boundary", holder, None, via=text(boundary), when=when)


def _holder(word: str, value: Any) -> str:
    return f"{word} {value['Ref'] if intrinsic(value) == 'Ref' else text(value)}"


def _listed(resources: Mapping[str, Any]) -> Iterator[str]:
    """The policies of the template that its roles, users and groups list themselves."""
    for body in resources.values():
        if body.get("Type") in _HOLDERS:
            for arn, _ in branches(body.get("Properties", {}).get("ManagedPolicyArns", [])):
                if intrinsic(arn) == "Ref":
                    yield str(arn["Ref"])


def _document(value: Any) -> dict[str, Any] | None:
    """A policy document, also one that is written as a string of JSON; None where there is none."""
    if isinstance(value, dict) and "Statement" in value:
        return value
    if isinstance(value, str) or intrinsic(value) in {"Fn::Sub", "Fn::Join"}:
        written = text(value)
        if '"Statement"' in written:
            try:
                read = json.loads(written)
            except (ValueError, RecursionError):
                return None
            return read if isinstance(read, dict) else None
    return None


def _of_statement(statement: Mapping[str, Any], policy: Policy, when: str) -> Iterator[Grant]:
    actions = _words(statement, "Action", policy.holder)
    resources = _words(statement, "Resource", policy.holder if policy.kind != "identity" else "*")
    principals = [(policy.holder, "")] if policy.kind == "identity" else _principals(statement)
    if len(actions) * len(resources) > _FACTOR * (len(actions) + len(resources)):
        resources = [(", ".join(word for word, _ in resources), "")]
    if len(actions) * len(principals) > _FACTOR * (len(actions) + len(principals)):
        principals = [(", ".join(word for word, _ in principals), "")]
    condition = _and(_condition(statement.get("Condition")), when)
    effect = text(statement.get("Effect", "Deny"))
    for principal, for_principal in principals:
        for action, for_action in actions:
            for resource, for_resource in resources:
                limits = _and(condition, for_principal, for_action, for_resource)
                yield Grant(policy.kind, policy.holder, principal, effect, action, resource, limits)


def _words(statement: Mapping[str, Any], key: str, default: str) -> list[tuple[str, str]]:
    if f"Not{key}" in statement:
        but = sorted(text(item) for item, _ in branches(statement[f"Not{key}"]))
        return [(f"everything but {', '.join(but)}", "")]
    return [(text(item), when) for item, when in branches(statement.get(key, default))]


def _principals(statement: Mapping[str, Any]) -> list[tuple[str, str]]:
    key = "NotPrincipal" if "NotPrincipal" in statement else "Principal"
    value = statement.get(key, "*")
    members = value.values() if isinstance(value, dict) and not intrinsic(value) else [value]
    found = [(text(item), when) for member in members for item, when in branches(member)]
    if key == "NotPrincipal":
        return [(f"everyone but {', '.join(sorted(word for word, _ in found))}", "")]
    return found


def _condition(value: Any) -> str:
    if not isinstance(value, dict) or intrinsic(value):
        return text(value) if value else ""
    tests = [
        f"{operator} {name} {' or '.join(sorted(text(item) for item, _ in branches(wanted)))}"
        for operator, names in value.items()
        for name, wanted in (names.items() if isinstance(names, dict) else [("", names)])
    ]
    return " and ".join(sorted(tests))


def _while(condition: Any, *, holds: bool = True) -> str:
    return f"the template's condition {text(condition)} {'holds' if holds else 'does not hold'}"


def _and(*limits: str) -> str:
    return " and ".join(dict.fromkeys(limit for limit in limits if limit))
