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
        item: what is charged for, where the price table has no such key: then it is said and counts nothing.
    """

    price: str
    quantity: Quantity
    assumptions: tuple[str, ...] = ()
    note: str = ""
    item: str = ""


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


_PART_OF = "charged with what it is a part of"

FREE: Final[Mapping[str, str]] = {
    "AWS::Athena::NamedQuery": "a stored query costs nothing until it runs",
    "AWS::Budgets::Budget": "a budget without actions is free",
    "AWS::CE::AnomalyMonitor": "cost anomaly detection is free",
    "AWS::CE::AnomalySubscription": "cost anomaly detection is free",
    "AWS::CloudFormation::WaitCondition": "makes no resource",
    "AWS::CloudFormation::WaitConditionHandle": "makes no resource",
    "AWS::Config::DeliveryChannel": "only its files in S3 are charged, with the bucket",
    "AWS::EKS::AccessEntry": "access entries are free",
    "AWS::EKS::PodIdentityAssociation": "associations are free",
    "AWS::ElasticLoadBalancingV2::Listener": _PART_OF,
    "AWS::ElasticLoadBalancingV2::ListenerRule": _PART_OF,
    "AWS::ElasticLoadBalancingV2::TargetGroup": _PART_OF,
    "AWS::Events::EventBusPolicy": "policies are free",
    "AWS::Events::Rule": "rules for events of AWS services are free",
    "AWS::KMS::Alias": "only the key is charged",
    "AWS::Lambda::Permission": "policies are free",
    "AWS::Logs::LogStream": "only what comes in is charged, with the log group",
    "AWS::Logs::ResourcePolicy": "policies are free",
    "AWS::S3::BucketPolicy": "policies are free",
    "AWS::SNS::TopicPolicy": "policies are free",
    "AWS::SQS::QueuePolicy": "policies are free",
    "AWS::SecretsManager::ResourcePolicy": "policies are free",
    "AWS::SecretsManager::SecretTargetAttachment": "only the secret is charged",
    "AWS::SecurityHub::Standard": "its checks are charged with the hub",
    **{
        f"AWS::IAM::{name}": "IAM is free"
        for name in (
            "AccessKey",
            "Group",
            "GroupPolicy",
            "InstanceProfile",
            "ManagedPolicy",
            "OIDCProvider",
            "Policy",
            "Role",
            "RolePolicy",
            "SAMLProvider",
            "ServiceLinkedRole",
            "User",
            "UserPolicy",
            "UserToGroupAddition",
        )
    },
    **{
        f"AWS::EC2::{name}": "a VPC is free; gateways, endpoints and addresses are charged"
        for name in (
            "DHCPOptions",
            "EgressOnlyInternetGateway",
            "InternetGateway",
            "NetworkAcl",
            "NetworkAclEntry",
            "Route",
            "RouteTable",
            "SecurityGroup",
            "SecurityGroupEgress",
            "SecurityGroupIngress",
            "Subnet",
            "SubnetNetworkAclAssociation",
            "SubnetRouteTableAssociation",
            "VPC",
            "VPCCidrBlock",
            "VPCDHCPOptionsAssociation",
            "VPCGatewayAttachment",
        )
    },
}
"""The types that are free by themselves, each with the reason."""
