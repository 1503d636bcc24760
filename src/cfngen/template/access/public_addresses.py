"""Resources that the internet can reach, as far as their security groups let it.

What each property means, and its default, stands on the type's page in
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cfngen.template.access.in_properties import at, unknown
from cfngen.template.intrinsics import text

_PUBLIC: Final = "PubliclyAccessible"
_ADDRESS: Final = "AssociatePublicIpAddress"
_YES: Final = frozenset({"true"})
_BY_DEFAULT: Final = frozenset({"true", ""})
_FACING: Final = frozenset({"internet-facing", ""})

_ENABLED: Final = frozenset({"enabled"})
_VPC: Final = "AwsvpcConfiguration.AssignPublicIp"

PUBLIC: Final[Mapping[str, tuple[str, frozenset[str]]]] = {
    "AWS::AmazonMQ::Broker": (_PUBLIC, _YES),
    "AWS::AppRunner::Service": (
        "NetworkConfiguration.IngressConfiguration.IsPubliclyAccessible",
        _BY_DEFAULT,
    ),
    "AWS::AutoScaling::LaunchConfiguration": (_ADDRESS, _YES),
    "AWS::DMS::InstanceProfile": (_PUBLIC, _BY_DEFAULT),
    "AWS::DMS::ReplicationInstance": (_PUBLIC, _BY_DEFAULT),
    "AWS::EC2::EC2Fleet": (f"LaunchTemplateConfigs.Overrides.NetworkInterfaces.{_ADDRESS}", _YES),
    "AWS::EC2::Instance": (f"NetworkInterfaces.{_ADDRESS}", _YES),
    "AWS::EC2::LaunchTemplate": (f"LaunchTemplateData.NetworkInterfaces.{_ADDRESS}", _YES),
    "AWS::EC2::SpotFleet": (
        f"SpotFleetRequestConfigData.LaunchSpecifications.NetworkInterfaces.{_ADDRESS}",
        _YES,
    ),
    "AWS::EC2::Subnet": ("MapPublicIpOnLaunch", _YES),
    "AWS::ECS::Service": (f"NetworkConfiguration.{_VPC}", _ENABLED),
    "AWS::ECS::TaskSet": ("NetworkConfiguration.AwsVpcConfiguration.AssignPublicIp", _ENABLED),
    "AWS::ElasticLoadBalancing::LoadBalancer": ("Scheme", _FACING),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("Scheme", _FACING),
    "AWS::Events::Rule": (
        "Targets.EcsParameters.NetworkConfiguration.AwsVpcConfiguration.AssignPublicIp",
        _ENABLED,
    ),
    "AWS::Lightsail::Database": (_PUBLIC, _YES),
    "AWS::M2::Environment": (_PUBLIC, _YES),
    "AWS::MGN::LaunchConfigurationTemplate": (_ADDRESS, _YES),
    "AWS::MSK::Cluster": (
        "BrokerNodeGroupInfo.ConnectivityInfo.PublicAccess.Type",
        frozenset({"service_provided_eips"}),
    ),
    "AWS::MWAA::Environment": ("WebserverAccessMode", frozenset({"public_only"})),
    "AWS::Neptune::DBInstance": (_PUBLIC, _YES),
    "AWS::NeptuneGraph::Graph": ("PublicConnectivity", _YES),
    "AWS::Pipes::Pipe": (
        f"TargetParameters.EcsTaskParameters.NetworkConfiguration.{_VPC}",
        _ENABLED,
    ),
    "AWS::RDS::DBCluster": (_PUBLIC, _YES),
    "AWS::RDS::DBInstance": (_PUBLIC, _YES),
    "AWS::RDS::DBShardGroup": (_PUBLIC, _YES),
    "AWS::Redshift::Cluster": (_PUBLIC, _YES),
    "AWS::RedshiftServerless::Workgroup": (_PUBLIC, _YES),
    "AWS::Scheduler::Schedule": (f"Target.EcsParameters.NetworkConfiguration.{_VPC}", _ENABLED),
    "AWS::Timestream::InfluxDBCluster": (_PUBLIC, _YES),
    "AWS::Timestream::InfluxDBInstance": (_PUBLIC, _YES),
}
"""The property that decides, and the values in small letters that open; an empty one is that of no value."""


def when_public(kind: str, properties: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Where the resource is or may be open: a value that is not known, and the template's conditions."""
    path, values = PUBLIC[kind]
    for value, when in at(path, properties) or [("", "")]:
        limit = unknown(path, value)
        if limit or text(value).lower() in values:
            yield limit, when
