"""The execution role can do what the stacks need, and little else."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from policy_sentry.querying.actions import (
    get_actions_that_support_wildcard_arns_only,
    get_actions_with_access_level,
)

from cfngen.template.change.resource_types import Schemas
from tests.support.stacks.actions import expanded
from tests.support.stacks.deployed import ACCOUNT, REGION, document, properties, resources, template

STACK = "delivery-roles"
POLICIES = ("WatchPolicy", "StorePolicy", "EmpowerPolicy")
STACKS = sorted(
    {file.stem for file in (Path(__file__).parents[2] / "out").glob("*.yaml")} - {STACK, "delivery-pipeline"}
)

# What the schemas' handlers ask for and the role does not get: actions, the property that would need them
# (checked to be in no template), and why else.
UNUSED: tuple[tuple[str, str | None, str], ...] = (
    ("cloudtrail:stoplogging", None, "IsLogging is always true"),
    ("firehose:tagdeliverystream", "DeliveryDestinationArn", "no log delivery"),
    ("glue:*connection", "FederatedDatabase", "no connection"),
    ("glue:getschemaversion", "SchemaReference", "columns are written in the template"),
    ("iam:*group*policy", "Groups", "policies are for roles"),
    ("iam:*user*policy", "Users", "policies are for roles"),
    ("iam:deleterolepermissionsboundary", None, "a boundary stays"),
    ("iam:*rolepolicy", "Policies", "no inline policies"),
    ("kms:*ablekey", "Enabled", "no key is switched off"),
    ("kms:disablekeyrotation", None, "keys rotate"),
    ("lakeformation:createtable", None, "no such action"),
    ("lakeformation:getdataaccess", None, "the logs' place is not registered with Lake Formation"),
    ("logs:*dataprotectionpolicy", "DataProtectionPolicy", "no data protection policy"),
    ("logs:*indexpolicy", "FieldIndexPolicies", "no field indexes"),
    ("logs:*resourcepolicy", "ResourcePolicyDocument", "no resource policy"),
    ("logs:createlogdelivery", "DeliveryDestinationArn", "no log delivery"),
    ("logs:putbearertokenauthentication", "BearerTokenAuthenticationEnabled", "no bearer tokens"),
    ("s3:*analyticsconfiguration", "AnalyticsConfigurations", "no analytics"),
    ("s3:*bucketabac", "AbacStatus", "no ABAC"),
    ("s3:*bucketacl", "AccessControl", "no ACLs"),
    ("s3:*cors", "CorsConfiguration", "no CORS"),
    ("s3:*intelligenttiering*", "IntelligentTieringConfigurations", "no Intelligent-Tiering"),
    ("s3:*inventoryconfiguration", "InventoryConfigurations", "no inventory"),
    ("s3:*metadata*", "MetadataConfiguration", "no metadata tables"),
    ("s3:*metricsconfiguration", "MetricsConfigurations", "no request metrics"),
    ("s3:*replication*", "ReplicationConfiguration", "no replication"),
    ("s3:*website", "WebsiteConfiguration", "no website"),
    ("s3:deletebucketencryption", None, "no such action"),
    ("s3:deletebucketlifecycle", None, "no such action"),
    ("s3:deleteobject", None, "CloudFormation deletes no object of ours"),
    ("s3:putaccelerateconfiguration", "AccelerateConfiguration", "no acceleration"),
    ("s3:putbucketnotification", "NotificationConfiguration", "no notifications"),
    ("s3:putobjectacl", "AccessControl", "no ACLs"),
    ("s3:putobjectlockconfiguration", None, "no such action: s3:PutBucketObjectLockConfiguration is it"),
    ("s3:rest.put.object", None, "no such action"),
    ("s3tables:*", "MetadataConfiguration", "no metadata tables"),
    ("sns:putdataprotectionpolicy", "DataProtectionPolicy", "no data protection policy"),
)

# What a wildcard brings beyond the handlers and does more than describe, with the reason why it may.
WELCOME = {
    "access-analyzer:applyarchiverule": "applies an archive rule that it may make",
    "athena:updatenamedquery": "changes a query that it may make",
    "ce:untagresource": "tags that the handlers cannot update",
    "sns:confirmsubscription": "needs the token of the confirmation",
}


def allowing(where: str = "prod") -> Iterator[dict[str, Any]]:
    for policy in POLICIES:
        for statement in properties(STACK, policy, where)["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Allow":
                yield statement


@cache
def granted() -> frozenset[str]:
    return frozenset(expanded(action for statement in allowing() for action in statement["Action"]))


@cache
def needed() -> frozenset[str]:
    """What the handlers of every resource type in out/ call, by the resource schemas."""
    schemas = Schemas()
    found = [
        schema
        for stack in STACKS
        for resource in template(stack)["Resources"].values()
        if (schema := schemas.get(resource["Type"]))
    ]
    return frozenset(
        permission.lower()
        for schema in found
        for handler in ("create", "read", "update", "delete")
        for permission in schema.permissions(handler)
    )


def unused() -> dict[str, set[str]]:
    """What each line of UNUSED leaves out: what only reads is granted all the same."""
    missing = needed() - granted()
    return {
        pattern: {action for action in missing if fnmatchcase(action, pattern)} for pattern, _, _ in UNUSED
    }


def test_handlers_name_the_permissions_of_nearly_every_type() -> None:
    """A type without handlers would make the rest of this module say less than it seems to."""
    types = {body["Type"] for stack in STACKS for body in template(stack)["Resources"].values()}
    silent = {kind for kind in types if not (found := Schemas().get(kind)) or not found.permissions("create")}
    assert silent == {"AWS::CloudFormation::WaitConditionHandle"}


def test_the_execution_role_has_what_the_handlers_need() -> None:
    left_out = set().union(*unused().values())
    assert sorted(needed() - granted() - left_out) == []


def test_and_little_else() -> None:
    describing = {
        action
        for service in {action.partition(":")[0] for action in granted()}
        for level in ("Read", "List")
        for action in map(str.lower, get_actions_with_access_level(service, level))
    }
    assert sorted(granted() - needed() - describing) == sorted(WELCOME)


def test_what_knows_no_resource_is_allowed_on_all() -> None:
    """On a name such an action would be denied, as a subscription's are that names its topic.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
    """
    for_all = expanded(
        action for statement in allowing() if "*" in statement["Resource"] for action in statement["Action"]
    )
    unnamed = {
        action
        for service in {action.partition(":")[0] for action in needed()}
        for action in map(str.lower, get_actions_that_support_wildcard_arns_only(service))
    }
    assert {"sns:getsubscriptionattributes", "kms:createkey"} <= unnamed
    assert sorted((needed() & granted() & unnamed) - for_all) == []


def test_nothing_is_left_out_without_need() -> None:
    assert [pattern for pattern, left_out in unused().items() if not left_out] == []
    used = {
        (stack, key)
        for stack in STACKS
        for resource in template(stack)["Resources"].values()
        for key in _keys(resource.get("Properties", {}))
    }
    for pattern, needing, reason in UNUSED:
        assert reason
        assert not {stack for stack, key in used if key == needing}, f"{needing} needs {pattern}"


def _keys(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield key
            # Policy documents and strings are not properties.
            if not key.endswith("PolicyDocument"):
                yield from _keys(value)
    elif isinstance(node, list):
        for item in node:
            yield from _keys(item)


def _allowed(action: str, arn: str, where: str) -> bool:
    return any(
        action.lower() in expanded(statement["Action"])
        and any(fnmatchcase(arn, pattern) for pattern in statement["Resource"])
        for statement in allowing(where)
    )


HERE = f"{REGION}:{ACCOUNT}"
CREATED = {
    "AWS::Athena::WorkGroup": ("athena:CreateWorkGroup", "Name", f"arn:aws:athena:{HERE}:workgroup/"),
    "AWS::CloudTrail::Trail": ("cloudtrail:CreateTrail", "TrailName", f"arn:aws:cloudtrail:{HERE}:trail/"),
    "AWS::CloudWatch::Alarm": ("cloudwatch:PutMetricAlarm", "AlarmName", f"arn:aws:cloudwatch:{HERE}:alarm:"),
    "AWS::CloudWatch::Dashboard": (
        "cloudwatch:PutDashboard",
        "DashboardName",
        f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/",
    ),
    "AWS::ECR::Repository": ("ecr:CreateRepository", "RepositoryName", f"arn:aws:ecr:{HERE}:repository/"),
    "AWS::Events::Rule": ("events:PutRule", "Name", f"arn:aws:events:{HERE}:rule/"),
    "AWS::IAM::ManagedPolicy": ("iam:CreatePolicy", "ManagedPolicyName", f"arn:aws:iam::{ACCOUNT}:policy/"),
    "AWS::IAM::Role": ("iam:CreateRole", "RoleName", f"arn:aws:iam::{ACCOUNT}:role/"),
    "AWS::KMS::Alias": ("kms:CreateAlias", "AliasName", f"arn:aws:kms:{HERE}:"),
    "AWS::Logs::LogGroup": ("logs:CreateLogGroup", "LogGroupName", f"arn:aws:logs:{HERE}:log-group:"),
    "AWS::S3::Bucket": ("s3:CreateBucket", "BucketName", "arn:aws:s3:::"),
    "AWS::SNS::Topic": ("sns:CreateTopic", "TopicName", f"arn:aws:sns:{HERE}:"),
}


@pytest.mark.parametrize("where", ["dev", "prod"])
@pytest.mark.parametrize("stack", STACKS)
def test_every_name_of_the_stacks_is_within_reach(stack: str, where: str) -> None:
    for logical_id, body in resources(stack, where).items():
        # A person makes the audit trail's delivery role: it has no boundary.
        if body["Type"] in CREATED and logical_id != "DeliveryRole":
            action, name, prefix = CREATED[body["Type"]]
            arn = prefix + body["Properties"][name]
            assert _allowed(action, arn, where), f"{logical_id}: {action} on {arn}"


def test_a_bucket_under_a_name_that_was_given_is_within_reach() -> None:
    """The stacks that make buckets, and this one, are told the same names."""

    def named(stack: str) -> dict[str, str]:
        names = (name for name in template(stack)["Parameters"] if name.endswith("BucketName"))
        return {name: name.lower() for name in names}

    made = {
        body["Properties"]["BucketName"]
        for stack in STACKS
        for body in resources(stack, "prod", **named(stack)).values()
        if body["Type"] == "AWS::S3::Bucket"
    }
    assert len(made) == 6
    store = document(properties(STACK, "StorePolicy", "prod", **named(STACK))["PolicyDocument"])
    assert {f"arn:aws:s3:::{name}" for name in made} <= set(store["Buckets"]["Resource"])
    assert store["QueryResults"]["Resource"] == [f"arn:aws:s3:::resultsbucketname{end}" for end in ("", "/*")]


@pytest.mark.parametrize(
    ("action", "arn"),
    [
        ("s3:PutBucketPolicy", "arn:aws:s3:::someones-bucket"),
        ("s3:CreateBucket", "arn:aws:s3:::mlops-retail-prediction-dev-dat-x"),
        ("iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/Administrator"),
        ("iam:CreatePolicyVersion", f"arn:aws:iam::{ACCOUNT}:policy/Administrator"),
        ("cloudtrail:DeleteTrail", f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/organization"),
        ("logs:DeleteLogGroup", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/eks/x"),
        ("ecr:DeleteRepository", f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/base"),
        ("sns:DeleteTopic", f"arn:aws:sns:{REGION}:{ACCOUNT}:pager"),
        ("glue:DeleteDatabase", f"arn:aws:glue:{REGION}:{ACCOUNT}:database/sales"),
    ],
)
def test_what_is_not_ours_is_out_of_reach(action: str, arn: str) -> None:
    assert not _allowed(action, arn, "prod")


def test_the_database_of_the_trail_is_within_reach() -> None:
    name = resources("audit-queries", "prod")["Database"]["Properties"]["DatabaseInput"]["Name"]
    for part in ("database/{}", "table/{}/x"):
        assert _allowed("glue:CreateTable", f"arn:aws:glue:{REGION}:{ACCOUNT}:{part.format(name)}", "prod")


def test_a_key_of_somebody_else_cannot_be_made_ours_by_a_tag() -> None:
    tagging = {
        name: statement
        for statement in allowing()
        for name in expanded(statement["Action"])
        if name == "kms:tagresource" and "*" in statement["Resource"]
    }
    assert tagging["kms:tagresource"]["Condition"] == {
        "StringEquals": {
            "aws:RequestTag/Project": "mlops-retail-prediction",
            "aws:RequestTag/Environment": "prod",
        },
        "Null": {"aws:ResourceTag/Project": "true"},
    }
