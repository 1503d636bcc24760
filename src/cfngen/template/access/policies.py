"""The policies of a template: who holds which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from cfngen.template.access.alternatives import alternatives, both, branches, during
from cfngen.template.access.granting_types import readings
from cfngen.template.access.in_properties import filled_in, of_permission, of_switch
from cfngen.template.access.managed_policies import date
from cfngen.template.access.managed_policies import statements as managed_statements
from cfngen.template.access.names import OwnPolicies, fixed_names, name_of, properties_of
from cfngen.template.access.readings import (
    Attached,
    BucketAcl,
    Holder,
    IdentityPolicy,
    Membership,
    Permission,
    PermissionSet,
    Reading,
    ResourcePolicy,
    RunsAs,
    SearchPolicy,
    Serverless,
    SessionPolicy,
    Switch,
)
from cfngen.template.access.search_policies import of_search_policy
from cfngen.template.access.statements import Policy, document_of
from cfngen.template.intrinsics import intrinsic, text

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
    "AwsExecRead": {"Effect": "Allow", "Principal": "Amazon EC2", "Action": "s3:GetObject"},
    "LogDeliveryWrite": {
        "Effect": "Allow",
        "Principal": "S3's log delivery",
        "Action": ["s3:PutObject", "s3:GetBucketAcl"],
    },
    "PublicRead": {"Effect": "Allow", "Principal": "*", "Action": "s3:ListBucket"},
    "PublicReadWrite": {"Effect": "Allow", "Principal": "*", "Action": ["s3:ListBucket", "s3:PutObject"]},
}
"""What the canned ACLs grant others on a bucket.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html"""

_AWS_MANAGED: Final = "arn:aws:iam::aws:policy/"


def policies(template: Mapping[str, Any]) -> dict[str, list[Policy]]:
    """All policies of a template by their holder."""
    resources = {name: body for name, body in template.get("Resources", {}).items() if isinstance(body, dict)}
    own, named = OwnPolicies(resources), dict(fixed_names(resources))
    by_holder: dict[str, list[Policy]] = {}
    for logical_id, body in resources.items():
        when = during(body["Condition"]) if isinstance(body.get("Condition"), str) else ""
        for found in _of_resource(logical_id, body, own):
            holder, via = named.get(found.holder, found.holder), named.get(found.via, found.via)
            policy = replace(found, holder=holder, via=via, when=both(when, found.when))
            by_holder.setdefault(holder, []).append(policy)
    return by_holder


def _of_resource(logical_id: str, body: Mapping[str, Any], own: OwnPolicies) -> Iterator[Policy]:
    properties = properties_of(body)
    for one in readings(str(body.get("Type"))):
        yield from _as_read(one, logical_id, properties, own)


def _as_read(  # noqa: PLR0912 one case for each way of reading
    one: Reading, logical_id: str, properties: Mapping[str, Any], own: OwnPolicies
) -> Iterator[Policy]:
    match one:
        case Holder(word):
            yield from _of_holder(f"{word} {logical_id}", properties, own)
        case Attached():
            yield from _attached(logical_id, properties, own)
        case IdentityPolicy(holder):
            for document, _ in _documents(properties):
                yield Policy("identity", holder.format(logical_id), document)
        case SessionPolicy(holder, role):
            who = holder.format(logical_id)
            limiting = [Policy("identity", who, document) for document, _ in _documents(properties)]
            yield from limiting
            for name, when in filled_in(role, properties, logical_id) if not limiting else ():
                yield Policy("membership", who, None, via=name, when=when)
        case Permission() as permission:
            yield from of_permission(logical_id, permission, properties)
        case Membership(member, of):
            for group, in_group in filled_in(of, properties, logical_id):
                for who, when in filled_in(member, properties, logical_id):
                    yield Policy("membership", who, None, via=group, when=both(in_group, when))
        case RunsAs(role):
            for name, when in filled_in(role, properties, logical_id):
                yield Policy("membership", logical_id, None, via=name, when=when)
        case PermissionSet():
            yield from _of_permission_set(f"whoever has the permission set {logical_id}", properties, own)
        case BucketAcl():
            for acl, when in branches(properties.get("AccessControl", [])):
                if statement := _CANNED_ACLS.get(text(acl)):
                    yield Policy("resource", logical_id, {"Statement": [statement]}, when=when)
        case Switch() as switch:
            yield from of_switch(logical_id, switch, properties)
        case SearchPolicy():
            yield from of_search_policy(logical_id, properties)
        case Serverless():
            yield from _of_serverless(logical_id, properties, own)
        case ResourcePolicy(about, whole):
            named = list(branches(properties.get(about, []))) if about else []
            documents = list(_documents(_one_statement(properties)))
            for document, path in documents or _not_written_here(properties):
                deeper = f"{logical_id} {path[0]}" if len(path) > _SHALLOW else logical_id
                for holder, when in [(name_of(item), when) for item, when in named] or [(deeper, "")]:
                    yield Policy("resource", holder, document, when=when, whole=whole)


_SHALLOW: Final = 2
"""A document this deep in the properties is about the resource; a deeper one about a part of it."""


def _documents(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Every policy document in a value, wherever it stands, with the names that lead to it."""
    document = document_of(value)
    if document is not None:
        statements = (item for item, _ in branches(document["Statement"]) if isinstance(item, dict))
        if any("Effect" in item or intrinsic(item) for item in statements):
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


_NAMES: Final = re.compile(
    "(Access|Destination|FileSystem|Key|Namespace|Registry|Repository|Resource)?Polic(y|ies)(Document|Text)?"
)
"""The properties that hold a policy of who has access."""


def _not_written_here(properties: Mapping[str, Any]) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """The policies that only a deployment knows."""
    for name, value in properties.items():
        if _NAMES.fullmatch(name) and intrinsic(value):
            yield value, (name,)


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


def _attached(logical_id: str, properties: Mapping[str, Any], own: OwnPolicies) -> Iterator[Policy]:
    attached = [
        (f"{word} {name_of(item)}", when)
        for name, word in _ATTACHMENTS
        for item, when in branches(properties.get(name, []))
    ]
    if not attached and logical_id not in own.listed:
        attached = [(f"whoever has the policy {logical_id}", "")]
    for holder, when in attached:
        yield Policy("identity", holder, properties.get("PolicyDocument"), when=when)


def _of_holder(holder: str, properties: Mapping[str, Any], own: OwnPolicies) -> Iterator[Policy]:
    if "AssumeRolePolicyDocument" in properties:
        yield Policy("trust", holder, properties["AssumeRolePolicyDocument"])
    for inline, when in branches(properties.get("Policies", [])):
        if isinstance(inline, dict):
            yield Policy("identity", holder, inline.get("PolicyDocument"), when=when)
    for arn, when in branches(properties.get("ManagedPolicyArns", [])):
        yield _managed(holder, arn, when, own)
    for group, when in branches(properties.get("Groups", [])):
        yield Policy("membership", holder, None, via=f"group {name_of(group)}", when=when)
    for boundary, when in branches(properties.get("PermissionsBoundary", [])):
        yield Policy("boundary", holder, None, via=text(boundary), when=when)


def _managed(holder: str, arn: Any, when: str, own: OwnPolicies) -> Policy:
    if found := own.find(arn):
        return Policy("identity", holder, own.document(found), when=when)
    name = text(arn)
    known = managed_statements(name)
    document = {"Statement": known} if known is not None else None
    via = name.rpartition("/")[2] + (f" as of {date()}" if known is not None else "")
    return Policy("identity", holder, document, via=via, when=when)


def _of_permission_set(holder: str, properties: Mapping[str, Any], own: OwnPolicies) -> Iterator[Policy]:
    for arn, when in branches(properties.get("ManagedPolicies", [])):
        yield _managed(holder, arn, when, own)
    for name, when in _customer_managed(properties.get("CustomerManagedPolicyReferences", [])):
        yield Policy("identity", holder, None, via=f"the customer managed policy {name}", when=when)
    if "InlinePolicy" in properties:
        yield Policy("identity", holder, properties["InlinePolicy"])
    for boundary, when in branches(properties.get("PermissionsBoundary", [])):
        custom = boundary.get("CustomerManagedPolicyReference") if isinstance(boundary, dict) else None
        names = _customer_managed(custom) if custom else _aws_managed(boundary)
        for name, inner in names:
            yield Policy("boundary", holder, None, via=name, when=both(when, inner))


def _customer_managed(references: Any) -> Iterator[tuple[str, str]]:
    """The paths and names of customer managed policies; the path is part of the name."""
    for item, outer in branches(references):
        for reference, when in alternatives(item, outer):
            if not isinstance(reference, dict) or intrinsic(reference):
                yield text(reference), when
                continue
            path = text(reference.get("Path", "")).strip("/")
            yield "/".join(filter(None, (path, text(reference.get("Name", ""))))), when


def _aws_managed(boundary: Any) -> Iterator[tuple[str, str]]:
    known = isinstance(boundary, dict) and "ManagedPolicyArn" in boundary
    for arn, when in branches(boundary["ManagedPolicyArn"] if known else boundary):
        yield text(arn), when


def _of_serverless(logical_id: str, properties: Mapping[str, Any], own: OwnPolicies) -> Iterator[Policy]:
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
            yield _managed(holder, full, when, own)
    for boundary, when in branches(properties.get("PermissionsBoundary", [])):
        yield Policy("boundary", holder, None, via=text(boundary), when=when)
    url = properties.get("FunctionUrlConfig")
    if isinstance(url, dict) and url.get("AuthType") == "NONE":
        statement = {"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunctionUrl"}
        yield Policy("resource", logical_id, {"Statement": [statement]})
