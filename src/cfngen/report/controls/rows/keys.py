"""What keys, log groups and topics show.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html
"""

from __future__ import annotations

from cfngen.report.controls.policy import is_open
from cfngen.report.controls.row import CheckRow, Shows
from cfngen.report.controls.stacks import ResolvedResource, Stacks, is_on

KEY, GROUP, TOPIC = "AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::SNS::Topic"
YEAR = 365
"""Days: what prowler asks of a log group's retention, unless it is told another number."""


def _rotates(key: ResolvedResource, _: Stacks) -> bool | None:
    if not str(key.properties.get("KeySpec", "SYMMETRIC_DEFAULT")).startswith("SYMMETRIC"):
        return None
    return is_on(key.at("EnableKeyRotation"))


def _kept(group: ResolvedResource, _: Stacks) -> bool:
    days = group.at("RetentionInDays")
    return days is None or (str(days).isdigit() and int(days) >= YEAR)


def _closed_topic(topic: ResolvedResource, stacks: Stacks) -> bool:
    name = topic.at("TopicName")
    mine = [
        policy
        for policy in stacks.typed("AWS::SNS::TopicPolicy")
        if any(
            str(arn) == f"<{topic.logical_id}>" or (name and str(arn).endswith(f":{name}"))
            for arn in policy.properties.get("Topics", ())
        )
    ]
    return not any(is_open(policy.at("PolicyDocument")) for policy in mine)


_STATE = ("key.manager", "key.state")

ROWS = (
    CheckRow(
        "kms_cmk_rotation_enabled",
        KEY,
        "EnableKeyRotation",
        "the KMS key rotates every year",
        _rotates,
        looks_at=("key.rotation_enabled", "key.spec"),
        beyond=_STATE,
    ),
    CheckRow(
        "kms_cmk_not_multi_region",
        KEY,
        "MultiRegion",
        "the KMS key stays in its Region",
        lambda key, _: not is_on(key.at("MultiRegion")),
        looks_at=("key.multi_region",),
        beyond=_STATE,
    ),
    CheckRow(
        "kms_key_not_publicly_accessible",
        KEY,
        "KeyPolicy",
        "the key's policy lets nobody outside use it",
        lambda key, _: not is_open(key.at("KeyPolicy")),
        looks_at=("key.policy",),
        beyond=_STATE,
    ),
    CheckRow(
        "cloudwatch_log_group_kms_encryption_enabled",
        GROUP,
        "KmsKeyId",
        "the log group is encrypted with a KMS key",
        lambda group, _: bool(group.at("KmsKeyId")),
        looks_at=("log_group.kms_id",),
    ),
    CheckRow(
        "cloudwatch_log_group_retention_policy_specific_days_enabled",
        GROUP,
        "RetentionInDays",
        "the log group keeps its events for a year or more",
        _kept,
        looks_at=("log_group.never_expire", "log_group.retention_days"),
    ),
    CheckRow(
        "sns_topics_kms_encryption_at_rest_enabled",
        TOPIC,
        "KmsMasterKeyId",
        "the topic is encrypted with a KMS key",
        lambda topic, _: bool(topic.at("KmsMasterKeyId")),
        looks_at=("topic.kms_master_key_id",),
    ),
    CheckRow(
        "sns_topics_not_publicly_accessible",
        TOPIC,
        "PolicyDocument",
        "the topic's policy lets nobody outside publish or subscribe",
        _closed_topic,
        looks_at=("policy.Statement", "statement.Condition", "statement.Effect", "topic.policy"),
        claims=(Shows("topic"),),
    ),
)
