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
        defaults: the documented defaults that neither its schema nor the table of documents knows.
        name_is_label: a replacement may have the name of the resource it replaces.
        snapshot_unless: a removed resource leaves a last snapshot where no policy says otherwise, unless it
            has this property; empty where it is so whatever it has, None where it is not so.
        update_policy: the update policy that decides about replacement.
        holds_data: True where AWS refuses to delete one with content, False where all is deleted with it.
        holds_resources: it makes resources from a template of its own, which may be replaced when it changes.
    """

    refuses: tuple[PropertyPath, ...] = ()
    filled_in: Mapping[PropertyPath, Any] = field(default_factory=dict)
    defaults: Mapping[PropertyPath, str] = field(default_factory=dict)
    name_is_label: bool = False
    snapshot_unless: str | None = None
    holds_data: bool | None = None
    holds_resources: bool = False
    update_policy: PolicySwitch | None = None


_ORDINARY: Final = Exceptional()

_VERSION_UPGRADE: Final = ("EnableVersionUpgrade",)
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html"""

_HOLD_DATA: Final = (
    # https://docs.aws.amazon.com/amazon-mq/latest/api-reference/brokers-broker-id.html
    "AWS::AmazonMQ::Broker",
    # https://docs.aws.amazon.com/keyspaces/latest/devguide/keyspaces.html
    "AWS::Cassandra::Keyspace",
    "AWS::Cassandra::Table",
    # https://docs.aws.amazon.com/codecommit/latest/APIReference/API_DeleteRepository.html
    "AWS::CodeCommit::Repository",
    # https://docs.aws.amazon.com/fsx/latest/APIReference/API_DeleteVolume.html
    "AWS::FSx::Volume",
    # https://docs.aws.amazon.com/msk/1.0/apireference/clusters-clusterarn.html
    "AWS::MSK::ServerlessCluster",
    # https://docs.aws.amazon.com/memorydb/latest/APIReference/API_DeleteCluster.html
    "AWS::MemoryDB::Cluster",
    # https://docs.aws.amazon.com/opensearch-service/latest/ServerlessAPIReference/API_DeleteCollection.html
    "AWS::OpenSearchServerless::Collection",
    # https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/API_DeleteNamespace.html
    "AWS::RedshiftServerless::Namespace",
    # https://docs.aws.amazon.com/timestream/latest/developerguide/API_DeleteTable.html
    "AWS::Timestream::Database",
    "AWS::Timestream::Table",
)
"""Types that cfn-lint's list of those that hold data leaves out; all goes when they are deleted."""

_TYPES: Final[Mapping[str, Exceptional]] = {
    **dict.fromkeys(_HOLD_DATA, Exceptional(holds_data=False)),
    # https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateNamedQuery.html: told by their id
    "AWS::Athena::NamedQuery": Exceptional(name_is_label=True),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html
    "AWS::AutoScaling::AutoScalingGroup": Exceptional(
        update_policy=PolicySwitch(
            (
                ("LaunchConfigurationName",),
                ("LaunchTemplate",),
                ("MixedInstancesPolicy",),
                ("PlacementGroup",),
                ("VPCZoneIdentifier",),
            ),
            ("AutoScalingReplacingUpdate", "WillReplace"),
            replaces_when=True,
        )
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html
    "AWS::CloudFormation::Stack": Exceptional(holds_resources=True),
    "AWS::CloudFormation::StackSet": Exceptional(holds_resources=True),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitcondition.html
    "AWS::CloudFormation::WaitCondition": Exceptional(refuses=(("Count",), ("Handle",), ("Timeout",))),
    # https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DeleteEventDataStore.html
    "AWS::CloudTrail::EventDataStore": Exceptional(holds_data=False),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-config-configurationrecorder.html
    # and aws-resource-config-deliverychannel.html: an account has one of each, so that it is deleted first
    "AWS::Config::ConfigurationRecorder": Exceptional(refuses=(("Name",),)),
    "AWS::Config::DeliveryChannel": Exceptional(refuses=(("Name",),)),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-volume.html
    "AWS::EC2::Volume": Exceptional(
        refuses=(("AvailabilityZone",), ("Encrypted",), ("KmsKeyId",), ("SnapshotId",))
    ),
    # https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepository.html
    # https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_EncryptionConfiguration.html
    "AWS::ECR::Repository": Exceptional(
        defaults={("EncryptionConfiguration", "EncryptionType"): "AES256"}, holds_data=True
    ),
    # https://docs.aws.amazon.com/emr/latest/APIReference/API_RunJobFlow.html: told by their id
    "AWS::EMR::Cluster": Exceptional(name_is_label=True),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html
    "AWS::ElastiCache::ReplicationGroup": Exceptional(
        update_policy=PolicySwitch(
            (("NodeGroupConfiguration",), ("NumNodeGroups",)), ("UseOnlineResharding",), replaces_when=False
        )
    ),
    "AWS::Elasticsearch::Domain": Exceptional(
        update_policy=PolicySwitch((("ElasticsearchVersion",),), _VERSION_UPGRADE, replaces_when=False)
    ),
    # https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html
    "AWS::IAM::InstanceProfile": Exceptional(defaults={("Path",): "/"}),
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
    # https://docs.aws.amazon.com/msk/1.0/apireference/clusters-clusterarn.html
    "AWS::MSK::Cluster": Exceptional(
        defaults={("EncryptionInfo", "EncryptionInTransit", "InCluster"): "true"}, holds_data=False
    ),
    "AWS::OpenSearchService::Domain": Exceptional(
        update_policy=PolicySwitch((("EngineVersion",),), _VERSION_UPGRADE, replaces_when=False)
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-organizations-account.html
    "AWS::Organizations::Account": Exceptional(refuses=(("AccountName",), ("Email",), ("RoleName",))),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    "AWS::RDS::DBCluster": Exceptional(snapshot_unless=""),
    "AWS::RDS::DBInstance": Exceptional(snapshot_unless="DBClusterIdentifier"),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
    "AWS::S3::Bucket": Exceptional(defaults={("BucketNamespace",): "global"}),
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct": Exceptional(holds_resources=True),
}


def exceptional(resource_type: str) -> Exceptional:
    """The type's row; one without any exception for every other type.

    >>> exceptional("AWS::ECR::Repository").holds_data, exceptional("AWS::SNS::Topic").holds_data
    (True, None)
    """
    return _TYPES.get(resource_type, _ORDINARY)
