"""What AWS documents about resource types and no schema says, one row a type, each fact with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cfngen.template.change.resource_types import PropertyPath


@dataclass(frozen=True)
class PolicySwitch:
    """An update policy that decides whether new values replace the resource.

    Attributes:
        properties: those whose new values it decides about.
        policy: the path of the switch in UpdatePolicy.
        replaces_when: the switch's value with which the resource is replaced; none is false.
    """

    properties: tuple[PropertyPath, ...]
    policy: tuple[str, ...]
    replaces_when: bool


@dataclass(frozen=True)
class Exceptional:
    """How a type differs from what its schema lets one expect.

    Attributes:
        refuses: the properties that cannot change at all: the update fails instead of replacing the resource.
        filled_in: the documented defaults that its handler fills in on both sides before it compares.
        name_is_label: a replacement may have the name of the resource it replaces.
        snapshot_unless: it is deleted with a last snapshot where no policy says otherwise, unless it has
            this property; empty where it is so whatever it has, None where it is not so.
        update_policy: the update policy that decides about replacement.
        holds_data: True where AWS refuses to delete one with content, False where all is deleted with it.
    """

    refuses: tuple[PropertyPath, ...] = ()
    filled_in: Mapping[PropertyPath, Any] = field(default_factory=dict)
    name_is_label: bool = False
    snapshot_unless: str | None = None
    holds_data: bool | None = None
    update_policy: PolicySwitch | None = None


_ORDINARY: Final = Exceptional()

_VERSION_UPGRADE: Final = ("EnableVersionUpgrade",)
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html"""

_TYPES: Final[Mapping[str, Exceptional]] = {
    # https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateNamedQuery.html: told by their id
    "AWS::Athena::NamedQuery": Exceptional(name_is_label=True),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html
    "AWS::AutoScaling::AutoScalingGroup": Exceptional(
        update_policy=PolicySwitch(
            (("LaunchConfigurationName",), ("LaunchTemplate",), ("PlacementGroup",), ("VPCZoneIdentifier",)),
            ("AutoScalingReplacingUpdate", "WillReplace"),
            replaces_when=True,
        )
    ),
    # https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DeleteEventDataStore.html
    "AWS::CloudTrail::EventDataStore": Exceptional(holds_data=False),
    # https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepository.html
    "AWS::ECR::Repository": Exceptional(holds_data=True),
    # https://docs.aws.amazon.com/emr/latest/APIReference/API_RunJobFlow.html: told by their id
    "AWS::EMR::Cluster": Exceptional(name_is_label=True),
    "AWS::Elasticsearch::Domain": Exceptional(
        update_policy=PolicySwitch((("ElasticsearchVersion",),), _VERSION_UPGRADE, replaces_when=False)
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html; the
    # defaults are set in ModelAdapter.setDefaults of
    # https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-kms
    "AWS::KMS::Key": Exceptional(
        refuses=(("KeySpec",), ("KeyUsage",), ("Origin",), ("MultiRegion",)),
        filled_in={
            ("Description",): "",
            ("Enabled",): "true",
            ("EnableKeyRotation",): "false",
            ("KeySpec",): "SYMMETRIC_DEFAULT",
            ("KeyUsage",): "ENCRYPT_DECRYPT",
            ("MultiRegion",): "false",
            ("Origin",): "AWS_KMS",
        },
    ),
    "AWS::OpenSearchService::Domain": Exceptional(
        update_policy=PolicySwitch((("EngineVersion",),), _VERSION_UPGRADE, replaces_when=False)
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    "AWS::RDS::DBCluster": Exceptional(snapshot_unless=""),
    "AWS::RDS::DBInstance": Exceptional(snapshot_unless="DBClusterIdentifier"),
}


def exceptional(resource_type: str) -> Exceptional:
    """The type's row; one without any exception for every other type.

    >>> exceptional("AWS::ECR::Repository").holds_data, exceptional("AWS::SNS::Topic").holds_data
    (True, None)
    """
    return _TYPES.get(resource_type, _ORDINARY)
