"""The properties that say where a resource delivers to, and which resources belong to another one.

What each property means stands on the type's page in
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class Delivery(NamedTuple):
    """One property that makes a delivery.

    Attributes:
        what: is delivered.
        back: whether the resource receives from what the property names.
    """

    what: str
    back: bool = False


DELIVERIES: Final[Mapping[tuple[str, str], Delivery]] = {
    ("AWS::Athena::WorkGroup", "WorkGroupConfiguration.ResultConfiguration.OutputLocation"): Delivery(
        "results"
    ),
    ("AWS::Budgets::Budget", "NotificationsWithSubscribers"): Delivery("notifications"),
    ("AWS::CE::AnomalySubscription", "Subscribers"): Delivery("notifications"),
    ("AWS::CloudTrail::Trail", "CloudWatchLogsLogGroupArn"): Delivery("events"),
    ("AWS::CloudTrail::Trail", "S3BucketName"): Delivery("events"),
    ("AWS::CloudTrail::Trail", "SnsTopicName"): Delivery("notifications"),
    ("AWS::CloudWatch::Alarm", "AlarmActions"): Delivery("alarms"),
    ("AWS::CloudWatch::Alarm", "InsufficientDataActions"): Delivery("alarms"),
    ("AWS::CloudWatch::Alarm", "OKActions"): Delivery("alarms"),
    ("AWS::CodeBuild::Project", "Artifacts.Location"): Delivery("artifacts"),
    ("AWS::CodeBuild::Project", "LogsConfig.CloudWatchLogs.GroupName"): Delivery("logs"),
    ("AWS::CodeBuild::Project", "LogsConfig.S3Logs.Location"): Delivery("logs"),
    ("AWS::Config::DeliveryChannel", "S3BucketName"): Delivery("configuration"),
    ("AWS::Config::DeliveryChannel", "SnsTopicARN"): Delivery("notifications"),
    ("AWS::EC2::FlowLog", "LogDestination"): Delivery("flow logs"),
    ("AWS::EC2::FlowLog", "LogGroupName"): Delivery("flow logs"),
    ("AWS::Events::Rule", "Targets"): Delivery("events"),
    ("AWS::KinesisFirehose::DeliveryStream", "ExtendedS3DestinationConfiguration.BucketARN"): Delivery(
        "records"
    ),
    ("AWS::Lambda::EventSourceMapping", "EventSourceArn"): Delivery("records", back=True),
    ("AWS::Lambda::Function", "DeadLetterConfig.TargetArn"): Delivery("failed events"),
    ("AWS::Lambda::Function", "LoggingConfig.LogGroup"): Delivery("logs"),
    ("AWS::Logs::MetricFilter", "LogGroupName"): Delivery("events", back=True),
    ("AWS::Logs::SubscriptionFilter", "DestinationArn"): Delivery("events"),
    ("AWS::Logs::SubscriptionFilter", "LogGroupName"): Delivery("events", back=True),
    ("AWS::S3::Bucket", "InventoryConfigurations"): Delivery("inventory"),
    ("AWS::S3::Bucket", "LoggingConfiguration.DestinationBucketName"): Delivery("access logs"),
    ("AWS::S3::Bucket", "NotificationConfiguration"): Delivery("notifications"),
    ("AWS::S3::Bucket", "ReplicationConfiguration.Rules"): Delivery("copies"),
    ("AWS::SNS::Subscription", "Endpoint"): Delivery("messages"),
    ("AWS::SNS::Subscription", "TopicArn"): Delivery("messages", back=True),
    ("AWS::SQS::Queue", "RedrivePolicy.deadLetterTargetArn"): Delivery("failed messages"),
    ("AWS::Scheduler::Schedule", "Target.Arn"): Delivery("calls"),
}
"""By type and the property's path without indices; a longer path counts to the nearest one that is here."""

PART_OF: Final[Mapping[str, str]] = {
    "AWS::IAM::InstanceProfile": "Roles",
    "AWS::IAM::ManagedPolicy": "Roles",
    "AWS::IAM::Policy": "Roles",
    "AWS::IAM::RolePolicy": "RoleName",
    "AWS::KMS::Alias": "TargetKeyId",
    "AWS::Lambda::Permission": "FunctionName",
    "AWS::S3::BucketPolicy": "Bucket",
    "AWS::SNS::TopicPolicy": "Topics",
    "AWS::SQS::QueuePolicy": "Queues",
    "AWS::SecretsManager::ResourcePolicy": "SecretId",
}
"""What only says more about another resource, and the property that names it: shown as a part of it."""

NOT_SHOWN: Final = frozenset({"AWS::CloudFormation::WaitConditionHandle", "AWS::CDK::Metadata"})
"""What stands for nothing in the account."""

WORDS: Final = frozenset({"Description", "AlarmDescription", "Tags", "QueryString", "FilterPattern"})
"""Properties for people or with languages of their own: a name in them is not a reference."""


def delivery(kind: str, path: str) -> Delivery | None:
    """What a property of a type delivers; None where it only refers.

    >>> delivery("AWS::Events::Rule", "Targets.Arn").what
    'events'
    """
    while path:
        if found := DELIVERIES.get((kind, path)):
            return found
        path = path.rpartition(".")[0]
    return None
