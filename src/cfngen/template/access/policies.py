"""The policies of a template: who holds which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from typing import Any, Final

from cfngen.template.access.alternatives import both, branches, during
from cfngen.template.access.granting_types import (
    Attached,
    BucketAcl,
    Holder,
    IdentityPolicy,
    Membership,
    Permission,
    PermissionSet,
    ResourcePolicy,
    Serverless,
    reading,
)
from cfngen.template.access.managed_policies import date
from cfngen.template.access.managed_policies import statements as managed_statements
from cfngen.template.access.statements import Policy, document_of
from cfngen.template.intrinsics import intrinsic, parts, text
from cfngen.template.values import is_mark

_ATTACHMENTS: Final = (
    *(("Roles", "role"), ("RoleName", "role"), ("Users", "user"), ("UserName", "user")),
    *(("Groups", "group"), ("GroupName", "group")),
)
_CANNED_ACLS: Final = {
    "AuthenticatedRead": {
        "Effect": "Allow",
        "Principal": "everyone in any account",
        "Action": "s3:ListBucket",
    },
    "PublicRead": {"Effect": "Allow", "Principal": "*", "Action": "s3:ListBucket"},
    "PublicReadWrite": {"Effect": "Allow", "Principal": "*", "Action": ["s3:ListBucket", "s3:PutObject"]},
}
"""What the public ones of the canned ACLs grant on a bucket.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html"""

_PROPERTY: Final = re.compile(r"\{([\w.]*)\}")
_AWS_MANAGED: Final = "arn:aws:iam::aws:policy/"


def policies(template: Mapping[str, Any]) -> dict[str, list[Policy]]:
    """All policies of a template by their holder."""
    resources = {name: body for name, body in template.get("Resources", {}).items() if isinstance(body, dict)}
    listed, named = set(_listed(resources)), dict(_named(resources))
    by_holder: dict[str, list[Policy]] = {}
    for logical_id, body in resources.items():
        when = during(body["Condition"]) if isinstance(body.get("Condition"), str) else ""
        for found in _of_resource(logical_id, body, resources, listed):
            policy = replace(found, holder=named.get(found.holder, found.holder))
            by_holder.setdefault(policy.holder, []).append(replace(policy, when=both(when, policy.when)))
    return by_holder


def name_of(value: Any) -> str:
    """A resource by its logical id, however a template refers to it; anything else as it is written.

    >>> name_of({"Ref": "Queue"}), name_of({"Fn::GetAtt": ["Queue", "Arn"]}), name_of("arn:q")
    ('Queue', 'Queue', 'arn:q')
    >>> name_of("<Queue.Arn>")
    'Queue'
    """
    if isinstance(value, str) and is_mark(value) and ":" not in value:
        return value.strip("<>").partition(".")[0]
    match parts(value) if intrinsic(value) else ():
        case [call] if not isinstance(call, str) and call.refers and not call.argument.startswith("AWS::"):
            return str(call.argument).partition(".")[0]
    return text(value)


def _of_resource(  # noqa: PLR0912 one case for each way of reading
    logical_id: str, body: Mapping[str, Any], resources: Mapping[str, Any], listed: Set[str]
) -> Iterator[Policy]:
    properties = body.get("Properties", {})
    if not isinstance(properties, dict):
        return
    match reading(str(body.get("Type"))):
        case Holder(word):
            yield from _of_holder(f"{word} {logical_id}", properties, resources)
        case Attached():
            yield from _attached(logical_id, properties, listed)
        case IdentityPolicy(holder):
            for document, _ in _documents(properties):
                yield Policy("identity", holder.format(logical_id), document)
        case Permission() as permission:
            yield from _of_permission(logical_id, permission, properties)
        case Membership(member, of):
            for group, in_group in _filled_in(of, properties, logical_id):
                for who, when in _filled_in(member, properties, logical_id):
                    yield Policy("membership", who, None, via=group, when=both(in_group, when))
        case PermissionSet():
            yield from _of_permission_set(f"whoever has the permission set {logical_id}", properties)
        case BucketAcl():
            for acl, when in branches(properties.get("AccessControl", [])):
                if statement := _CANNED_ACLS.get(text(acl)):
                    yield Policy("resource", logical_id, {"Statement": [statement]}, when=when)
        case Serverless():
            yield from _of_serverless(logical_id, properties, resources)
        case ResourcePolicy(about):
            named = list(branches(properties.get(about, []))) if about else []
            for document, path in _documents(_one_statement(properties)):
                deeper = f"{logical_id} {path[0]}" if len(path) > _SHALLOW else logical_id
                for holder, when in [(name_of(item), when) for item, when in named] or [(deeper, "")]:
                    yield Policy("resource", holder, document, when=when)


_SHALLOW: Final = 2
"""A document this deep in the properties is about the resource; a deeper one about a part of it."""


def _documents(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Every policy document in a value, wherever it stands, with the names that lead to it."""
    document = document_of(value)
    if document is not None:
        if any(isinstance(item, dict) and "Effect" in item for item, _ in branches(document["Statement"])):
            yield value, path
    elif isinstance(value, dict):
        if intrinsic(value) == "Fn::If" and any(document_of(branch) for branch, _ in branches(value)):
            yield value, path
            return
        for key, member in value.items():
            if isinstance(member, dict | list) or (isinstance(member, str) and '"Statement"' in member):
                yield from _documents(member, path if key.startswith("Fn::") else (*path, key))
    elif isinstance(value, list):
        for item in value:
            yield from _documents(item, path)


def _one_statement(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """An event bus's policy has one statement, or its parts, instead of a document.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-eventbuspolicy.html
    """
    statement = properties.get("Statement")
    if isinstance(statement, dict) and "Effect" in statement:
        return {"Policy": {"Statement": [statement]}}
    if "StatementId" in properties and "Principal" in properties:
        limit = properties.get("Condition")
        test = {}
        if isinstance(limit, dict) and not intrinsic(limit):
            test = {text(limit.get("Type", "")): {text(limit.get("Key", "")): limit.get("Value", "")}}
        parts_of = {key: properties[key] for key in ("Principal", "Action") if key in properties}
        return {"Policy": {"Statement": [{"Effect": "Allow", **parts_of, "Condition": test}]}}
    return properties


def _attached(logical_id: str, properties: Mapping[str, Any], listed: Set[str]) -> Iterator[Policy]:
    attached = [
        (f"{word} {name_of(item)}", when)
        for name, word in _ATTACHMENTS
        for item, when in branches(properties.get(name, []))
    ]
    if not attached and logical_id not in listed:
        attached = [(f"whoever has the policy {logical_id}", "")]
    for holder, when in attached:
        yield Policy("identity", holder, properties.get("PolicyDocument"), when=when)


def _of_holder(holder: str, properties: Mapping[str, Any], resources: Mapping[str, Any]) -> Iterator[Policy]:
    if "AssumeRolePolicyDocument" in properties:
        yield Policy("trust", holder, properties["AssumeRolePolicyDocument"])
    for inline, when in branches(properties.get("Policies", [])):
        if isinstance(inline, dict):
            yield Policy("identity", holder, inline.get("PolicyDocument"), when=when)
    for arn, when in branches(properties.get("ManagedPolicyArns", [])):
        yield _managed(holder, arn, when, resources)
    for group, when in branches(properties.get("Groups", [])):
        yield Policy("membership", holder, None, via=f"group {name_of(group)}", when=when)
    for boundary, when in branches(properties.get("PermissionsBoundary", [])):
        yield Policy("boundary", holder, None, via=text(boundary), when=when)


def _managed(holder: str, arn: Any, when: str, resources: Mapping[str, Any]) -> Policy:
    own = resources.get(str(arn["Ref"])) if intrinsic(arn) == "Ref" else None
    if own is not None:
        return Policy("identity", holder, own.get("Properties", {}).get("PolicyDocument"), when=when)
    name = text(arn)
    known = managed_statements(name)
    document = {"Statement": known} if known is not None else None
    via = name.rpartition("/")[2] + (f" as of {date()}" if known is not None else "")
    return Policy("identity", holder, document, via=via, when=when)


def _of_permission_set(holder: str, properties: Mapping[str, Any]) -> Iterator[Policy]:
    for arn, when in branches(properties.get("ManagedPolicies", [])):
        yield _managed(holder, arn, when, {})
    for reference, when in branches(properties.get("CustomerManagedPolicyReferences", [])):
        named = reference.get("Name", reference) if isinstance(reference, dict) else reference
        yield Policy("identity", holder, None, via=f"the customer managed policy {text(named)}", when=when)
    if "InlinePolicy" in properties:
        yield Policy("identity", holder, properties["InlinePolicy"])
    for boundary, when in branches(properties.get("PermissionsBoundary", [])):
        yield Policy("boundary", holder, None, via=text(boundary), when=when)


def _of_serverless(
    logical_id: str, properties: Mapping[str, Any], resources: Mapping[str, Any]
) -> Iterator[Policy]:
    """https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html"""
    holder = f"the role of {logical_id}"
    if "AssumeRolePolicyDocument" in properties:
        yield Policy("trust", holder, properties["AssumeRolePolicyDocument"])
    for policy, when in branches(properties.get("Policies", [])):
        if document_of(policy) is not None:
            yield Policy("identity", holder, policy, when=when)
        elif isinstance(policy, dict) and not intrinsic(policy):
            for name, values in policy.items():
                yield Policy("identity", holder, None, via=f"the SAM policy {name} {text(values)}", when=when)
        else:
            full = _AWS_MANAGED + policy if isinstance(policy, str) and ":" not in policy else policy
            yield _managed(holder, full, when, resources)
    for boundary, when in branches(properties.get("PermissionsBoundary", [])):
        yield Policy("boundary", holder, None, via=text(boundary), when=when)
    url = properties.get("FunctionUrlConfig")
    if isinstance(url, dict) and url.get("AuthType") == "NONE":
        statement = {"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunctionUrl"}
        yield Policy("resource", logical_id, {"Statement": [statement]})


def _of_permission(
    logical_id: str, permission: Permission, properties: Mapping[str, Any]
) -> Iterator[Policy]:
    each = branches(properties.get(permission.each, [])) if permission.each else [(properties, "")]
    for item, when in each:
        if not isinstance(item, dict):
            continue
        limits: dict[str, dict[str, Any]] = {}
        for name, test in permission.limits.items():
            if name in item:
                operator, key = test.split(" ")
                limits.setdefault(operator, {})[key] = item[name]
        statement = {
            "Effect": item.get("Effect", "Allow"),
            "Principal": [who for who, _ in _filled_in(permission.principal, item, logical_id)],
            "Action": [what for what, _ in _filled_in(permission.action, item, logical_id)],
            "Condition": limits,
        }
        about = [("", "")]
        if permission.resource:
            plain = permission.resource.replace(".", "").isalnum()
            pattern = f"{{{permission.resource}}}" if plain else permission.resource
            about = list(_filled_in(pattern, item, logical_id))
        for resource, inner in about:
            holder = resource or logical_id
            yield Policy("resource", holder, {"Statement": [statement]}, when=both(when, inner))


def _filled_in(pattern: str, properties: Mapping[str, Any], logical_id: str) -> Iterator[tuple[str, str]]:
    """A property's values, or words with a property's values in them, each with the condition it has."""
    if pattern.replace(".", "").isalnum():
        for value, when in _at(pattern, properties):
            yield text(value), when
        return
    filled: list[tuple[str, str]] = [("", "")]
    end = 0
    for match in _PROPERTY.finditer(pattern):
        values = [(logical_id, "")]
        if match.group(1):
            values = [(name_of(value), when) for value, when in _at(match.group(1), properties)]
        before = pattern[end : match.start()]
        filled = [
            (start + before + value, both(limit, when)) for start, limit in filled for value, when in values
        ]
        end = match.end()
    yield from ((start + pattern[end:], limit) for start, limit in filled)


def _at(path: str, properties: Mapping[str, Any]) -> list[tuple[Any, str]]:
    values: list[tuple[Any, str]] = [(properties, "")]
    for name in path.split("."):
        values = [
            (inner, both(when, also))
            for value, when in values
            if isinstance(value, dict) and name in value
            for inner, also in branches(value[name])
        ]
    return values


def _named(resources: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Roles, users and groups of the template that have a fixed name: by that, and by their logical id."""
    for logical_id, body in resources.items():
        match reading(str(body.get("Type"))):
            case Holder(word) if isinstance(body.get("Properties"), dict):
                name = body["Properties"].get(f"{word.capitalize()}Name")
                if isinstance(name, str):
                    yield f"{word} {name}", f"{word} {logical_id}"


def _listed(resources: Mapping[str, Any]) -> Iterator[str]:
    """The policies of the template that its roles, users and groups list themselves."""
    for body in resources.values():
        if isinstance(reading(str(body.get("Type"))), Holder) and isinstance(body.get("Properties"), dict):
            for arn, _ in branches(body["Properties"].get("ManagedPolicyArns", [])):
                if intrinsic(arn) == "Ref":
                    yield str(arn["Ref"])
