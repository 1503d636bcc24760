"""What each resource type is billed for. A type that is in none of the tables is named as not modelled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from cfngen.cost.account import ChargedAccount, ChargedResource
from cfngen.cost.quantity import Quantity


class Charge(NamedTuple):
    """One thing that a resource is billed for.

    Attributes:
        price: the key of the price table.
        quantity: units a month.
        assumptions: the names of the assumptions that the quantity comes from.
        note: what a reader must know.
    """

    price: str
    quantity: Quantity
    assumptions: tuple[str, ...] = ()
    note: str = ""


Model = Callable[[ChargedResource, ChargedAccount], Iterator[Charge]]


def models() -> Mapping[str, Model]:
    """The model of each billable type."""
    from cfngen.cost.models import audit, builds, compliance, monitoring, storage

    return {
        **audit.MODELS,
        **monitoring.MODELS,
        **storage.MODELS,
        **compliance.MODELS,
        **builds.MODELS,
    }


FREE: Final[Mapping[str, str]] = {
    "AWS::Athena::NamedQuery": "a stored query costs nothing until it runs",
    "AWS::Budgets::Budget": "a budget without actions is free",
    "AWS::CE::AnomalyMonitor": "cost anomaly detection is free",
    "AWS::CE::AnomalySubscription": "cost anomaly detection is free",
    "AWS::CloudFormation::WaitConditionHandle": "makes no resource",
    "AWS::Config::DeliveryChannel": "only its files in S3 are charged, with the bucket",
    "AWS::EC2::SecurityGroup": "security groups are free",
    "AWS::EKS::PodIdentityAssociation": "associations are free",
    "AWS::Events::Rule": "rules for events of AWS services are free",
    "AWS::IAM::Group": "IAM is free",
    "AWS::IAM::InstanceProfile": "IAM is free",
    "AWS::IAM::ManagedPolicy": "IAM is free",
    "AWS::IAM::OIDCProvider": "IAM is free",
    "AWS::IAM::Policy": "IAM is free",
    "AWS::IAM::Role": "IAM is free",
    "AWS::IAM::RolePolicy": "IAM is free",
    "AWS::IAM::User": "IAM is free",
    "AWS::KMS::Alias": "only the key is charged",
    "AWS::Logs::QueryDefinition": "a stored query costs nothing until it runs",
    "AWS::Logs::ResourcePolicy": "policies are free",
    "AWS::S3::BucketPolicy": "policies are free",
    "AWS::SNS::TopicPolicy": "policies are free",
    "AWS::SQS::QueuePolicy": "policies are free",
}
"""The types that are free by themselves, each with the reason."""
