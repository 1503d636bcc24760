"""Change -> consequence -> version number, each backed by the resource schema or AWS's documentation.

`schema:` names what the schema that cfn-lint ships says of the property; a link is AWS's documentation.
"""

from __future__ import annotations

from typing import Any

import pytest

from cfngen.template.change.compare import Comparison, compare

REFERENCE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"
GUIDE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide"
CUSTOM_NAMES = f"{REFERENCE}/aws-properties-name.html"
DELETION_POLICY = f"{REFERENCE}/aws-attribute-deletionpolicy.html"
UPDATE_REPLACE_POLICY = f"{REFERENCE}/aws-attribute-updatereplacepolicy.html"
UPDATES = f"{GUIDE}/using-cfn-updating-stacks-update-behaviors.html"
PARAMETERS = f"{GUIDE}/parameters-section-structure.html"
CONDITIONS = f"{GUIDE}/conditions-section-structure.html"
OUTPUTS = f"{GUIDE}/outputs-section-structure.html"
EXPORTS = f"{GUIDE}/using-cfn-stack-exports.html"
METADATA = f"{REFERENCE}/aws-attribute-metadata.html"
IN_PLACE = "schema: neither createOnly nor conditionalCreateOnly"

TRUST = {
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ]
}
ANYONE = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}]}
NAMED = {"Fn::Sub": "${Project}-x"}
PARAMETER = {"Project": {"Type": "String", "Default": "shop"}}


def resource(kind: str, properties: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    return {"Resources": {"R": {"Type": kind, **attributes, "Properties": properties}}}


def pair(
    kind: str, common: dict[str, Any], old: dict[str, Any], new: dict[str, Any], **attributes: Any
) -> tuple[Any, Any]:
    """Two templates whose one resource differs in some properties."""
    return resource(kind, {**common, **old}, **attributes), resource(kind, {**common, **new}, **attributes)


def parameter(old: dict[str, Any] | None, new: dict[str, Any] | None) -> tuple[Any, Any]:
    """Two templates that differ in a parameter which nothing uses."""
    base = resource("AWS::SNS::Topic", {})
    templates = []
    for definition in (old, new):
        extra = {} if definition is None else {"P": {"Type": "String", **definition}}
        templates.append({**base, "Parameters": {**PARAMETER, **extra}})
    return templates[0], templates[1]


def output(old: dict[str, Any] | None, new: dict[str, Any] | None) -> tuple[Any, Any]:
    base = resource("AWS::SNS::Topic", {})
    outputs = [{} if one is None else {"O": one} for one in (old, new)]
    keep = {"Kept": {"Value": "v"}}
    return {**base, "Outputs": keep | outputs[0]}, {**base, "Outputs": keep | outputs[1]}


def using(
    kind: str, properties: dict[str, Any], section: str, old: Any, new: Any, **attributes: Any
) -> tuple[Any, Any]:
    """Two templates of which only `section` differs, with a resource that uses it."""
    base = resource(kind, properties, **attributes)
    return {**base, section: old}, {**base, section: new}


def attribute(kind: str, old: dict[str, Any], new: dict[str, Any]) -> tuple[Any, Any]:
    return resource(kind, {}, **old), resource(kind, {}, **new)


def removed(kind: str, properties: dict[str, Any], **attributes: Any) -> tuple[Any, Any]:
    old = resource(kind, properties, **attributes)
    old["Resources"]["Kept"] = {"Type": "AWS::SNS::Topic"}
    return old, {"Resources": {"Kept": {"Type": "AWS::SNS::Topic"}}}


def renamed(kind: str, properties: dict[str, Any], **attributes: Any) -> tuple[Any, Any]:
    old = resource(kind, properties, **attributes)
    return old, {"Resources": {"S": old["Resources"]["R"]}}


STATEMENT = {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}
POLICY = {"Statement": [STATEMENT]}
WIDER = {"Statement": [{**STATEMENT, "Action": "logs:*"}]}
RETAIN: dict[str, Any] = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
TRAIL = {"IsLogging": True, "S3BucketName": "b"}
ALARM = {"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1}
CONDITION = {"Key": {"Fn::Equals": [{"Ref": "Project"}, "a"]}}
FLIPPED = {"Key": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Project"}, "a"]}]}}

TABLE: dict[str, tuple[tuple[Any, Any], str, str, str]] = {
    # change: (templates, consequence, bump, source)
    "trail name": (
        pair("AWS::CloudTrail::Trail", TRAIL, {"TrailName": "a"}, {"TrailName": "b"}),
        "replace",
        "major",
        "schema: createOnly /TrailName",
    ),
    "trail name added": (
        pair("AWS::CloudTrail::Trail", TRAIL, {}, {"TrailName": "b"}),
        "replace",
        "major",
        "schema: createOnly /TrailName",
    ),
    "trail multi-region": (
        pair("AWS::CloudTrail::Trail", TRAIL, {"IsMultiRegionTrail": False}, {"IsMultiRegionTrail": True}),
        "in-place",
        "minor",
        IN_PLACE,
    ),
    "bucket name": (
        pair("AWS::S3::Bucket", {}, {"BucketName": "a"}, {"BucketName": "b"}),
        "replace",
        "major",
        "schema: createOnly /BucketName",
    ),
    "bucket name computed": (
        pair("AWS::S3::Bucket", {}, {"BucketName": "a"}, {"BucketName": NAMED}),
        "maybe-replace",
        "major",
        "schema: createOnly /BucketName",
    ),
    "bucket name computed otherwise": (
        pair("AWS::S3::Bucket", {}, {"BucketName": NAMED}, {"BucketName": {"Fn::Sub": "${Project}-y"}}),
        "replace",
        "major",
        "schema: createOnly /BucketName",
    ),
    "bucket namespace of a named bucket": (
        pair("AWS::S3::Bucket", {"BucketName": "a"}, {}, {"BucketNamespace": "account-regional"}),
        "impossible",
        "major",
        CUSTOM_NAMES,
    ),
    "bucket versioning": (
        pair("AWS::S3::Bucket", {}, {}, {"VersioningConfiguration": {"Status": "Enabled"}}),
        "in-place",
        "minor",
        IN_PLACE,
    ),
    "bucket tags": (
        pair(
            "AWS::S3::Bucket",
            {},
            {"Tags": [{"Key": "a", "Value": "b"}]},
            {"Tags": [{"Key": "a", "Value": "c"}]},
        ),
        "in-place",
        "patch",
        "schema: tagging.tagProperty /Tags",
    ),
    "bucket policy's bucket": (
        pair("AWS::S3::BucketPolicy", {"PolicyDocument": ANYONE}, {"Bucket": "a"}, {"Bucket": "b"}),
        "replace",
        "major",
        "schema: createOnly /Bucket",
    ),
    "bucket policy's document": (
        pair(
            "AWS::S3::BucketPolicy", {"Bucket": "a"}, {"PolicyDocument": ANYONE}, {"PolicyDocument": POLICY}
        ),
        "in-place",
        "minor",
        IN_PLACE,
    ),
    "role path of a named role": (
        pair(
            "AWS::IAM::Role",
            {"AssumeRolePolicyDocument": TRUST, "RoleName": "r"},
            {"Path": "/a/"},
            {"Path": "/b/"},
        ),
        "impossible",
        "major",
        CUSTOM_NAMES,
    ),
    "role path of an unnamed role": (
        pair("AWS::IAM::Role", {"AssumeRolePolicyDocument": TRUST}, {"Path": "/a/"}, {"Path": "/b/"}),
        "replace",
        "major",
        "schema: createOnly /Path",
    ),
    "role path and name": (
        pair(
            "AWS::IAM::Role",
            {"AssumeRolePolicyDocument": TRUST},
            {"Path": "/a/", "RoleName": "r"},
            {"Path": "/b/", "RoleName": "s"},
        ),
        "replace",
        "major",
        CUSTOM_NAMES,
    ),
    "role description": (
        pair(
            "AWS::IAM::Role", {"AssumeRolePolicyDocument": TRUST}, {"Description": "a"}, {"Description": "b"}
        ),
        "in-place",
        "patch",
        IN_PLACE,
    ),
    "role trust": (
        pair(
            "AWS::IAM::Role",
            {"RoleName": "r"},
            {"AssumeRolePolicyDocument": TRUST},
            {"AssumeRolePolicyDocument": ANYONE},
        ),
        "in-place",
        "minor",
        IN_PLACE,
    ),
    "role policies reordered": (
        pair(
            "AWS::IAM::Role",
            {"AssumeRolePolicyDocument": TRUST},
            {"ManagedPolicyArns": ["a", "b"]},
            {"ManagedPolicyArns": ["b", "a"]},
        ),
        "",
        "none",
        "schema: uniqueItems, insertionOrder false",
    ),
    "managed policy document": (
        pair(
            "AWS::IAM::ManagedPolicy",
            {"ManagedPolicyName": "p"},
            {"PolicyDocument": POLICY},
            {"PolicyDocument": WIDER},
        ),
        "in-place",
        "minor",
        IN_PLACE,
    ),
    "managed policy description": (
        pair(
            "AWS::IAM::ManagedPolicy", {"PolicyDocument": POLICY}, {"Description": "a"}, {"Description": "b"}
        ),
        "replace",
        "major",
        "schema: createOnly /Description",
    ),
    "named managed policy's description": (
        pair(
            "AWS::IAM::ManagedPolicy",
            {"PolicyDocument": POLICY, "ManagedPolicyName": "p"},
            {"Description": "a"},
            {"Description": "b"},
        ),
        "impossible",
        "major",
        CUSTOM_NAMES,
    ),
    "log-group name, kept": (
        pair("AWS::Logs::LogGroup", {}, {"LogGroupName": "a"}, {"LogGroupName": "b"}, **RETAIN),
        "replace",
        "major",
        "schema: createOnly /LogGroupName",
    ),
    "log-group retention": (
        pair("AWS::Logs::LogGroup", {"LogGroupName": "a"}, {"RetentionInDays": 365}, {"RetentionInDays": 90}),
        "in-place",
        "minor",
        IN_PLACE,
    ),
    "log-group key": (
        pair("AWS::Logs::LogGroup", {"LogGroupName": "a"}, {}, {"KmsKeyId": "k"}),
        "in-place",
        "minor",
        IN_PLACE,
    ),
    "metric filter's log group": (
        pair("AWS::Logs::MetricFilter", {"FilterName": "f"}, {"LogGroupName": "a"}, {"LogGroupName": "b"}),
        "replace",
        "major",
        "schema: createOnly /LogGroupName, replacementStrategy delete_then_create",
    ),
    "metric filter's pattern": (
        pair(
            "AWS::Logs::MetricFilter", {"LogGroupName": "a"}, {"FilterPattern": "a"}, {"FilterPattern": "b"}
        ),
        "in-place",
        "minor",
        IN_PLACE,
    ),
    "key policy": (
        pair("AWS::KMS::Key", {}, {"KeyPolicy": ANYONE}, {"KeyPolicy": POLICY}),
        "in-place",
        "minor",
        IN_PLACE,
    ),
    "key spec": (
        pair("AWS::KMS::Key", {"KeyPolicy": ANYONE}, {"KeySpec": "RSA_2048"}, {"KeySpec": "RSA_4096"}),
        "impossible",
        "major",
        f"{REFERENCE}/aws-resource-kms-key.html",
    ),
    "key rotation": (
        pair(
            "AWS::KMS::Key", {"KeyPolicy": ANYONE}, {"EnableKeyRotation": False}, {"EnableKeyRotation": True}
        ),
        "in-place",
        "minor",
        IN_PLACE,
    ),
    "alias name": (
        pair("AWS::KMS::Alias", {"TargetKeyId": "k"}, {"AliasName": "alias/a"}, {"AliasName": "alias/b"}),
        "replace",
        "major",
        "schema: createOnly /AliasName",
    ),
    "alias target": (
        pair("AWS::KMS::Alias", {"AliasName": "alias/a"}, {"TargetKeyId": "k"}, {"TargetKeyId": "l"}),
        "in-place",
        "minor",
        IN_PLACE,
    ),
    "alarm name": (
        pair("AWS::CloudWatch::Alarm", ALARM, {"AlarmName": "a"}, {"AlarmName": "b"}),
        "replace",
        "major",
        "schema: createOnly /AlarmName",
    ),
    "alarm threshold": (
        pair("AWS::CloudWatch::Alarm", ALARM, {"Threshold": 1}, {"Threshold": 2}),
        "in-place",
        "minor",
        IN_PLACE,
    ),
    "topic name": (
        pair("AWS::SNS::Topic", {}, {"TopicName": "a"}, {"TopicName": "b"}),
        "replace",
        "major",
        "schema: createOnly /TopicName",
    ),
    "topic becomes FIFO under its name": (
        pair("AWS::SNS::Topic", {"TopicName": "a.fifo"}, {}, {"FifoTopic": True}),
        "impossible",
        "major",
        CUSTOM_NAMES,
    ),
    "subscription endpoint": (
        pair(
            "AWS::SNS::Subscription",
            {"TopicArn": "t", "Protocol": "email"},
            {"Endpoint": "a"},
            {"Endpoint": "b"},
        ),
        "replace",
        "major",
        "schema: createOnly /Endpoint",
    ),
    "subscription Region": (
        pair("AWS::SNS::Subscription", {"TopicArn": "t", "Protocol": "sqs"}, {}, {"Region": "eu-west-1"}),
        "maybe-replace",
        "major",
        "schema: conditionalCreateOnly /Region",
    ),
    "ECR encryption of a named repository": (
        pair(
            "AWS::ECR::Repository",
            {"RepositoryName": "a"},
            {"EncryptionConfiguration": {"EncryptionType": "AES256"}},
            {"EncryptionConfiguration": {"EncryptionType": "KMS"}},
        ),
        "impossible",
        "major",
        CUSTOM_NAMES,
    ),
    "ECR encryption of an unnamed repository": (
        pair("AWS::ECR::Repository", {}, {}, {"EncryptionConfiguration": {"EncryptionType": "KMS"}}),
        "replace",
        "major",
        "schema: createOnly /EncryptionConfiguration",
    ),
    "ECR tag mutability": (
        pair(
            "AWS::ECR::Repository",
            {"RepositoryName": "a"},
            {"ImageTagMutability": "MUTABLE"},
            {"ImageTagMutability": "IMMUTABLE"},
        ),
        "in-place",
        "minor",
        IN_PLACE,
    ),
    "OIDC URL": (
        pair("AWS::IAM::OIDCProvider", {}, {"Url": "https://a"}, {"Url": "https://b"}),
        "replace",
        "major",
        "schema: createOnly /Url",
    ),
    "OIDC audience": (
        pair(
            "AWS::IAM::OIDCProvider",
            {"Url": "https://a"},
            {"ClientIdList": ["a"]},
            {"ClientIdList": ["a", "b"]},
        ),
        "in-place",
        "minor",
        IN_PLACE,
    ),
    "event rule's bus": (
        pair("AWS::Events::Rule", {}, {"EventBusName": "a"}, {"EventBusName": "b"}),
        "maybe-replace",
        "major",
        "schema: conditionalCreateOnly /EventBusName",
    ),
    "event pattern": (
        pair(
            "AWS::Events::Rule", {}, {"EventPattern": {"source": ["a"]}}, {"EventPattern": {"source": ["b"]}}
        ),
        "in-place",
        "minor",
        IN_PLACE,
    ),
    "dashboard body": (
        pair("AWS::CloudWatch::Dashboard", {}, {"DashboardBody": "{}"}, {"DashboardBody": "[]"}),
        "in-place",
        "minor",
        IN_PLACE,
    ),
    "named query's text": (
        pair(
            "AWS::Athena::NamedQuery",
            {"Name": "q", "Database": "d"},
            {"QueryString": "a"},
            {"QueryString": "b"},
        ),
        "replace",
        "major",
        "schema: createOnly /QueryString; https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateNamedQuery.html",
    ),
    "workgroup configuration": (
        pair("AWS::Athena::WorkGroup", {"Name": "w"}, {"State": "ENABLED"}, {"State": "DISABLED"}),
        "in-place",
        "minor",
        IN_PLACE,
    ),
    "table's database": (
        pair(
            "AWS::Glue::Table",
            {"CatalogId": "1", "TableInput": {"Name": "t"}},
            {"DatabaseName": "a"},
            {"DatabaseName": "b"},
        ),
        "replace",
        "major",
        "schema: createOnly /DatabaseName",
    ),
    "budget's notifications under its name": (
        pair(
            "AWS::Budgets::Budget",
            {"Budget": {"BudgetName": "b"}},
            {"NotificationsWithSubscribers": []},
            {"NotificationsWithSubscribers": [{"Notification": {}}]},
        ),
        "impossible",
        "major",
        CUSTOM_NAMES,
    ),
    "budget's limit": (
        pair(
            "AWS::Budgets::Budget",
            {},
            {"Budget": {"BudgetName": "b", "BudgetLimit": {"Amount": 1}}},
            {"Budget": {"BudgetName": "b", "BudgetLimit": {"Amount": 2}}},
        ),
        "in-place",
        "minor",
        IN_PLACE,
    ),
    "anomaly monitor's tags": (
        pair(
            "AWS::CE::AnomalyMonitor",
            {"MonitorName": "m"},
            {"ResourceTags": [{"Key": "a", "Value": "b"}]},
            {"ResourceTags": [{"Key": "a", "Value": "c"}]},
        ),
        "replace",
        "major",
        "schema: createOnly /ResourceTags",
    ),
    "analyzer type": (
        pair("AWS::AccessAnalyzer::Analyzer", {}, {"Type": "ACCOUNT"}, {"Type": "ORGANIZATION"}),
        "replace",
        "major",
        "schema: createOnly /Type",
    ),
    "rule of AWS Config": (
        pair("AWS::Config::ConfigRule", {"ConfigRuleName": "c"}, {"Description": "a"}, {"Description": "b"}),
        "in-place",
        "patch",
        IN_PLACE,
    ),
    "build project's image": (
        pair(
            "AWS::CodeBuild::Project",
            {"Name": "p"},
            {"Environment": {"Image": "a"}},
            {"Environment": {"Image": "b"}},
        ),
        "in-place",
        "minor",
        IN_PLACE,
    ),
    "type of a resource": (
        (resource("AWS::SNS::Topic", {}), resource("AWS::SQS::Queue", {})),
        "impossible",
        "major",
        UPDATES,
    ),
    "unknown type": (
        pair("Custom::Thing", {}, {"A": 1}, {"A": 2}),
        "maybe-replace",
        "major",
        f"{REFERENCE}/aws-resource-cloudformation-customresource.html",
    ),
    "resource added": (
        (
            resource("AWS::SNS::Topic", {}),
            {"Resources": {**resource("AWS::SNS::Topic", {})["Resources"], "S": {"Type": "AWS::SQS::Queue"}}},
        ),
        "none",
        "minor",
        UPDATES,
    ),
    "resource removed": (removed("AWS::SNS::Subscription", {}), "delete", "major", DELETION_POLICY),
    "retained resource removed": (
        removed("AWS::S3::Bucket", {}, **RETAIN),
        "retain",
        "major",
        DELETION_POLICY,
    ),
    "resource renamed": (renamed("AWS::SNS::Topic", {}), "delete", "major", UPDATES),
    "named resource renamed": (
        renamed("AWS::SNS::Topic", {"TopicName": "t"}),
        "impossible",
        "major",
        CUSTOM_NAMES,
    ),
    "deletion policy only": (
        attribute("AWS::S3::Bucket", {}, {"DeletionPolicy": "Retain"}),
        "none",
        "minor",
        DELETION_POLICY,
    ),
    "replace policy only": (
        attribute("AWS::S3::Bucket", RETAIN, {"DeletionPolicy": "Retain"}),
        "none",
        "minor",
        UPDATE_REPLACE_POLICY,
    ),
    "order only": (
        attribute("AWS::S3::Bucket", {"DependsOn": "A"}, {"DependsOn": ["A", "B"]}),
        "none",
        "patch",
        f"{REFERENCE}/aws-attribute-dependson.html",
    ),
    "metadata of a resource": (
        attribute("AWS::S3::Bucket", {}, {"Metadata": {"a": "b"}}),
        "none",
        "patch",
        METADATA,
    ),
    "condition on a resource": (
        attribute("AWS::S3::Bucket", {}, {"Condition": "Key"}),
        "delete",
        "major",
        CONDITIONS,
    ),
    "condition flipped": (
        using("AWS::SNS::Topic", {}, "Conditions", CONDITION, FLIPPED, Condition="Key"),
        "delete",
        "major",
        CONDITIONS,
    ),
    "condition flipped, retained": (
        using(
            "AWS::S3::Bucket", {}, "Conditions", CONDITION, FLIPPED, Condition="Key", DeletionPolicy="Retain"
        ),
        "retain",
        "major",
        CONDITIONS,
    ),
    "condition of a property flipped": (
        using(
            "AWS::Logs::LogGroup",
            {"RetentionInDays": {"Fn::If": ["Key", 1, 7]}},
            "Conditions",
            CONDITION,
            FLIPPED,
        ),
        "in-place",
        "minor",
        CONDITIONS,
    ),
    "condition of a name flipped": (
        using(
            "AWS::SNS::Topic", {"TopicName": {"Fn::If": ["Key", "a", "b"]}}, "Conditions", CONDITION, FLIPPED
        ),
        "maybe-replace",
        "major",
        CONDITIONS,
    ),
    "parameter default in a name": (
        using(
            "AWS::SNS::Topic",
            {"TopicName": {"Fn::Sub": "${P}-t"}},
            "Parameters",
            {"P": {"Type": "String", "Default": "a"}},
            {"P": {"Type": "String", "Default": "b"}},
        ),
        "maybe-replace",
        "major",
        PARAMETERS,
    ),
    "parameter default elsewhere": (
        using(
            "AWS::SNS::Topic",
            {"DisplayName": {"Ref": "P"}},
            "Parameters",
            {"P": {"Type": "String", "Default": "a"}},
            {"P": {"Type": "String", "Default": "b"}},
        ),
        "in-place",
        "minor",
        PARAMETERS,
    ),
    "mapping used in place": (
        using(
            "AWS::SNS::Topic",
            {"DisplayName": {"Fn::FindInMap": ["M", "a", "b"]}},
            "Mappings",
            {"M": {"a": {"b": "c"}}},
            {"M": {"a": {"b": "d"}}},
        ),
        "in-place",
        "minor",
        f"{GUIDE}/mappings-section-structure.html",
    ),
    "parameter added with default": (parameter(None, {"Default": "x"}), "none", "minor", PARAMETERS),
    "parameter added without default": (parameter(None, {}), "none", "major", PARAMETERS),
    "parameter removed": (parameter({"Default": "x"}, None), "none", "major", PARAMETERS),
    "parameter description": (
        parameter({"Description": "a"}, {"Description": "b"}),
        "none",
        "patch",
        PARAMETERS,
    ),
    "parameter allows less": (
        parameter({"AllowedValues": ["a", "b"]}, {"AllowedValues": ["a"]}),
        "none",
        "major",
        PARAMETERS,
    ),
    "parameter allows more": (
        parameter({"AllowedValues": ["a"]}, {"AllowedValues": ["a", "b"]}),
        "none",
        "minor",
        PARAMETERS,
    ),
    "output added": (output(None, {"Value": "v"}), "none", "minor", OUTPUTS),
    "output removed": (output({"Value": "v"}, None), "delete", "major", OUTPUTS),
    "output value": (output({"Value": "v"}, {"Value": "w"}), "in-place", "minor", OUTPUTS),
    "output description": (
        output({"Value": "v"}, {"Value": "v", "Description": "d"}),
        "none",
        "patch",
        OUTPUTS,
    ),
    "export renamed": (
        output({"Value": "v", "Export": {"Name": "a"}}, {"Value": "v", "Export": {"Name": "b"}}),
        "delete",
        "major",
        EXPORTS,
    ),
    "description": (
        (
            {**resource("AWS::SNS::Topic", {}), "Description": "a"},
            {**resource("AWS::SNS::Topic", {}), "Description": "b"},
        ),
        "none",
        "patch",
        f"{GUIDE}/template-description-structure.html",
    ),
    "template metadata": (
        (
            {**resource("AWS::SNS::Topic", {}), "Metadata": {"a": 1}},
            {**resource("AWS::SNS::Topic", {}), "Metadata": {"a": 2}},
        ),
        "none",
        "patch",
        f"{GUIDE}/metadata-section-structure.html",
    ),
    "version stamp": (
        (
            {**resource("AWS::SNS::Topic", {}), "Metadata": {"cfngen": {"Version": "1.0.0"}}},
            {**resource("AWS::SNS::Topic", {}), "Metadata": {"cfngen": {"Version": "1.0.1"}}},
        ),
        "",
        "none",
        METADATA,
    ),
    "the same by another function": (
        pair(
            "AWS::SNS::Topic",
            {},
            {"TopicName": {"Fn::Join": ["-", [{"Ref": "P"}, "t"]]}},
            {"TopicName": {"Fn::Sub": "${P}-t"}},
        ),
        "",
        "none",
        f"{REFERENCE}/intrinsic-function-reference-sub.html",
    ),
    "the same as text": (
        pair(
            "AWS::CloudWatch::Alarm",
            ALARM,
            {"Threshold": 1, "ActionsEnabled": True},
            {"Threshold": "1", "ActionsEnabled": "true"},
        ),
        "",
        "none",
        f"{GUIDE}/template-formats.html",
    ),
    "the same Availability Zones": (
        pair(
            "AWS::AutoScaling::AutoScalingGroup",
            {},
            {"AvailabilityZones": {"Fn::GetAZs": ""}},
            {"AvailabilityZones": {"Fn::GetAZs": {"Ref": "AWS::Region"}}},
        ),
        "",
        "none",
        f"{REFERENCE}/intrinsic-function-reference-getavailabilityzones.html",
    ),
    "the same item of a list": (
        pair(
            "AWS::SNS::Topic",
            {},
            {"TopicName": {"Fn::Select": [1, {"Fn::Split": [",", "x,a"]}]}},
            {"TopicName": {"Fn::Select": ["1", {"Fn::Split": [",", "x,a"]}]}},
        ),
        "",
        "none",
        f"{REFERENCE}/intrinsic-function-reference-select.html",
    ),
    "the same whether a condition holds or not": (
        pair("AWS::SNS::Topic", {}, {"TopicName": {"Fn::If": ["C", "a", "a"]}}, {"TopicName": "a"}),
        "",
        "none",
        CONDITIONS,
    ),
    "nothing instead of no value": (
        pair("AWS::SNS::Topic", {}, {"TopicName": {"Ref": "AWS::NoValue"}}, {}),
        "",
        "none",
        f"{REFERENCE}/pseudo-parameter-reference.html",
    ),
}


@pytest.mark.parametrize("change", TABLE)
def test_consequence_and_version(change: str) -> None:
    (old, new), consequence, bump, source = TABLE[change]
    found = compare(old, new)
    assert source
    resources = [item for item in found.judgements if item.change.section == "Resources"]
    gravest = (resources or list(found.judgements))[:1]
    assert [item.consequence for item in gravest] == ([consequence] if consequence else [])
    assert found.bump == bump


@pytest.mark.parametrize(
    "change", [change for change in TABLE if TABLE[change][3].startswith("schema: createOnly")]
)
def test_the_schema_says_what_the_table_says(change: str) -> None:
    from cfngen.template.change.resource_types import Schemas

    (old, _), _, _, source = TABLE[change]
    schema = Schemas().get(old["Resources"]["R"]["Type"])
    assert schema is not None
    named = source.removeprefix("schema: createOnly /").split(",")[0].split(";")[0]
    assert (named,) in schema.create_only


def one(old: Any, new: Any) -> Any:
    found: Comparison = compare(old, new)
    return found.judgements[0]


def test_data_loss_is_said_where_nothing_keeps_the_data() -> None:
    lost = one(*removed("AWS::DynamoDB::Table", {}))
    assert lost.data_loss
    assert "no DeletionPolicy" in lost.reasons[0]
    no_snapshot = one(*removed("AWS::DynamoDB::Table", {}, DeletionPolicy="Snapshot"))
    assert no_snapshot.data_loss
    assert "makes no snapshot of its type" in no_snapshot.reasons[0]
    assert not one(*removed("AWS::EC2::Volume", {}, DeletionPolicy="Snapshot")).data_loss
    assert one(*removed("AWS::MSK::Cluster", {})).data_loss
    assert not one(*removed("AWS::RDS::DBInstance", {})).data_loss
    assert one(*removed("AWS::RDS::DBInstance", {}, DeletionPolicy="Delete")).data_loss
    assert not one(*removed("AWS::SNS::Topic", {})).data_loss
    bucket = one(*removed("AWS::S3::Bucket", {}))
    assert bucket.data_loss
    assert "fails while the resource holds anything" in bucket.reasons[0]


def test_a_replacement_tells_what_becomes_of_the_old_resource() -> None:
    names = {"LogGroupName": "a"}, {"LogGroupName": "b"}
    lost = one(*pair("AWS::Logs::LogGroup", {}, *names, DeletionPolicy="Retain"))
    assert lost.data_loss
    assert "no UpdateReplacePolicy" in lost.reasons[-1]
    names_of_database = {"DBName": "a"}, {"DBName": "b"}
    assert one(
        *pair("AWS::RDS::DBInstance", {}, *names_of_database)
    ).data_loss  # a snapshot: when removed only
    snapshot = pair("AWS::RDS::DBInstance", {}, *names_of_database, UpdateReplacePolicy="Snapshot")
    assert not one(*snapshot).data_loss
    kept = one(*pair("AWS::Logs::LogGroup", {}, *names, **RETAIN))
    assert not kept.data_loss
    assert "the old resource stays" in kept.reasons[-1]


def test_the_users_of_a_replaced_resource_are_told() -> None:
    def template(name: str) -> Any:
        return {
            "Resources": {
                "Logs": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}},
                "Policy": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Logs"}}},
                "Trail": {
                    "Type": "AWS::CloudTrail::Trail",
                    "Properties": {"S3BucketName": {"Ref": "Logs"}, "IsLogging": True},
                },
                "Unmoved": {"Type": "AWS::SNS::Topic"},
            }
        }

    found = {item.change.logical_id: item for item in compare(template("a"), template("b")).judgements}
    assert found.keys() == {"Logs", "Policy", "Trail"}
    assert found["Policy"].consequence == "maybe-replace"
    assert "Logs is replaced" in found["Policy"].reasons[0]
    assert found["Trail"].consequence == "in-place"
    assert found["Trail"].reasons == ("Logs is replaced",)


def test_replacement_travels_along_a_chain() -> None:
    def template(name: str) -> Any:
        links: dict[str, Any] = {"L0": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}}}
        for index in range(1, 30):
            arn = {"Ref": f"L{index - 1}"}
            links[f"L{index}"] = {
                "Type": "AWS::SNS::Subscription",
                "Properties": {"TopicArn": arn, "Protocol": "sqs"},
            }
        return {"Resources": links}

    found = compare(template("a"), template("b")).judgements
    assert len(found) == 30
    assert [item.consequence for item in found] == ["replace"] + ["maybe-replace"] * 29


def test_a_default_reaches_through_conditions() -> None:
    def template(default: str) -> Any:
        return {
            "Parameters": {"P": {"Type": "String", "Default": default}},
            "Conditions": {
                "A": {"Fn::Equals": [{"Ref": "P"}, "x"]},
                "B": {"Fn::And": [{"Condition": "A"}, {"Condition": "A"}]},
            },
            "Resources": {"T": {"Type": "AWS::SNS::Topic", "Condition": "B"}},
        }

    topic = compare(template("x"), template("y")).judgements[0]
    assert topic.consequence == "delete"
    assert not topic.certain
    assert "the default of the parameter P changed" in topic.reasons[0]


def test_a_name_that_may_be_generated_makes_an_impossible_change_uncertain() -> None:
    name = {"RoleName": {"Fn::If": ["C", "r", {"Ref": "AWS::NoValue"}]}, "AssumeRolePolicyDocument": TRUST}
    role = one(*pair("AWS::IAM::Role", name, {"Path": "/a/"}, {"Path": "/b/"}))
    assert (role.consequence, role.certain) == ("impossible", False)


def test_an_unknown_type_is_said_to_be_unknown() -> None:
    thing = one(*pair("Some::Private::Type", {}, {"A": 1}, {"A": 2}))
    assert not thing.known_type
    assert "has no published schema" in thing.reasons[0]


def test_a_deletion_policy_that_is_computed_is_told() -> None:
    table = one(*removed("AWS::DynamoDB::Table", {}, DeletionPolicy={"Ref": "P"}))
    assert table.consequence == "delete"
    assert "unless DeletionPolicy says otherwise: ${P}" in table.reasons[0]


def test_what_a_loop_makes_is_told_as_if_it_were_written_out() -> None:
    def template(names: list[str]) -> Any:
        loop = ["N", names, {"Topic${N}": {"Type": "AWS::SNS::Topic"}}]
        return {"Resources": {"Fn::ForEach::Topics": loop, "T": {"Type": "AWS::SNS::Topic"}}}

    gone = one(template(["a", "b"]), template(["a"]))
    assert (gone.change.logical_id, gone.consequence, gone.certain) == ("Topicb", "delete", True)
    written_out = {"Resources": {name: {"Type": "AWS::SNS::Topic"} for name in ("T", "Topica")}}
    assert compare(template(["a"]), written_out).same


def test_what_an_open_loop_makes_is_said_to_be_unknown() -> None:
    def template(kind: str) -> Any:
        loop = ["N", {"Ref": "Names"}, {"Topic${N}": {"Type": kind}}]
        return {
            "Parameters": {"Names": {"Type": "CommaDelimitedList"}},
            "Resources": {"Fn::ForEach::Topics": loop, "T": {"Type": "AWS::SNS::Topic"}},
        }

    changed = one(template("AWS::SNS::Topic"), template("AWS::SQS::Queue"))
    assert (changed.consequence, changed.certain, changed.known_type) == ("maybe-replace", False, False)
    alone = {**template("AWS::SNS::Topic"), "Resources": {"T": {"Type": "AWS::SNS::Topic"}}}
    gone = one(template("AWS::SNS::Topic"), alone)
    assert (gone.consequence, gone.certain) == ("delete", False)


def test_the_gravest_comes_first() -> None:
    old = {"Resources": {
        "A": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "a"}},
        "B": {"Type": "AWS::SNS::Topic"},
        "C": {"Type": "AWS::KMS::Key", "Properties": {"KeySpec": "RSA_2048"}},
        "D": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "a"}},
        "E": {"Type": "AWS::CloudTrail::Trail", "Properties": {"TrailName": "a"}},
    }}  # fmt: skip
    new = {"Resources": {
        "A": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "b"}},
        "C": {"Type": "AWS::KMS::Key", "Properties": {"KeySpec": "RSA_4096"}},
        "D": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "b"}},
        "E": {"Type": "AWS::CloudTrail::Trail", "Properties": {"TrailName": "b"}},
    }}  # fmt: skip
    assert [item.change.logical_id for item in compare(old, new).judgements] == ["C", "B", "D", "E", "A"]
