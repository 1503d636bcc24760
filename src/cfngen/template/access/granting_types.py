"""The resource types that grant access, and how each is read. `docs/grants.md` shows this table.

A policy document in a type that is not here is read, too: as one that is about the resource that has it.
What each property means stands on the type's page in
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

_NONE: Final[Mapping[str, str]] = MappingProxyType({})


class Holder(NamedTuple):
    """A role, a user or a group: what it may do, and who may become it."""

    word: str


class Attached(NamedTuple):
    """A policy of its own, for the roles, users and groups that it names or that name it."""


class IdentityPolicy(NamedTuple):
    """A policy without a principal, for whoever has it.

    Attributes:
        holder: who has it, in words; `{}` is the logical id.
    """

    holder: str


class ResourcePolicy(NamedTuple):
    """A policy document about a resource; `Resource: *` in it is that resource.

    Attributes:
        about: the property that names the resource; empty for the one that has the document.
    """

    about: str = ""


class Permission(NamedTuple):
    """A permission in properties instead of a document.

    Attributes:
        principal: the property with who is allowed. In braces are properties: `user {PrincipalId}`.
        action: the property with what is allowed, or words with properties in braces.
        resource: the property with what it is about; empty for the resource itself.
        each: the list whose items are a permission each; empty where the resource is one.
        limits: condition operator and key by the property that has the value.
    """

    principal: str
    action: str
    resource: str = ""
    each: str = ""
    limits: Mapping[str, str] = _NONE


class Membership(NamedTuple):
    """Members that get whatever another is allowed.

    Attributes:
        member: the property with the members, with a word before it: `user {Users}`.
        of: the property with what they become a member of.
    """

    member: str
    of: str


class Network(NamedTuple):
    """Rules about which addresses reach which ports."""


class Serverless(NamedTuple):
    """A function or state machine of AWS SAM, whose role the transform makes."""


class PermissionSet(NamedTuple):
    """What an assigned user or group of IAM Identity Center may do."""


class BucketAcl(NamedTuple):
    """A bucket's canned ACL; policy documents are resources of their own."""


class NotGranting(NamedTuple):
    """A type with a property that looks like a grant and is none, or that nobody can read here.

    Attributes:
        reason: why.
    """

    reason: str


Reading = (
    Holder
    | Attached
    | IdentityPolicy
    | ResourcePolicy
    | Permission
    | Membership
    | Network
    | Serverless
    | PermissionSet
    | BucketAcl
    | NotGranting
)

_ORGANIZATION: Final = "StringEquals aws:PrincipalOrgID"
_QUICKSIGHT: Final = Permission("Principal", "Actions", each="Permissions")
_CEDAR: Final = NotGranting("its policy is in the language Cedar; the changed values are shown")
_DEFAULTS: Final = NotGranting("default permissions of Lake Formation for what is made later")
_NO_IAM: Final = NotGranting("a policy about data or traffic, not about who has access")
_OWN_DOCUMENT: Final = ResourcePolicy()

GRANTING_TYPES: Final[Mapping[str, Reading]] = {
    "AWS::ACMPCA::Permission": Permission(
        "Principal",
        "Actions",
        "CertificateAuthorityArn",
        limits={"SourceAccount": "StringEquals aws:SourceAccount"},
    ),
    "AWS::AIOps::InvestigationGroup": _OWN_DOCUMENT,
    "AWS::APS::ResourcePolicy": ResourcePolicy("WorkspaceArn"),
    "AWS::AccountAccess::Entitlement": Permission("Entitlement", "its entitlement", "ApplicationArn"),
    "AWS::ApiGateway::DomainNameV2": _OWN_DOCUMENT,
    "AWS::ApiGateway::RestApi": _OWN_DOCUMENT,
    "AWS::Backup::BackupVault": _OWN_DOCUMENT,
    "AWS::Backup::LogicallyAirGappedBackupVault": _OWN_DOCUMENT,
    "AWS::Bedrock::KnowledgeBasePolicy": ResourcePolicy("KnowledgeBaseId"),
    "AWS::Bedrock::ResourcePolicy": ResourcePolicy("ResourceArn"),
    "AWS::BedrockAgentCore::Policy": _CEDAR,
    "AWS::BedrockAgentCore::ResourcePolicy": ResourcePolicy("ResourceArn"),
    "AWS::CleanRooms::ConfiguredTable": _NO_IAM,
    "AWS::CloudTrail::ResourcePolicy": ResourcePolicy("ResourceArn"),
    "AWS::CodeArtifact::Domain": _OWN_DOCUMENT,
    "AWS::CodeArtifact::Repository": _OWN_DOCUMENT,
    "AWS::CodeGuruProfiler::ProfilingGroup": Permission(
        "AgentPermissions.Principals", "codeguru-profiler:ConfigureAgent and PostAgentProfile"
    ),
    "AWS::Cognito::UserPoolUserToGroupAttachment": Membership("user {Username}", "group {GroupName}"),
    "AWS::Comprehend::DocumentClassifier": _OWN_DOCUMENT,
    "AWS::Comprehend::EntityRecognizer": _OWN_DOCUMENT,
    "AWS::DSQL::Cluster": _OWN_DOCUMENT,
    "AWS::DataSync::LocationHDFS": NotGranting("the Kerberos principal that DataSync itself uses"),
    "AWS::DataSync::LocationSMB": NotGranting("the Kerberos principal that DataSync itself uses"),
    "AWS::DataZone::PolicyGrant": Permission("Principal", "{PolicyType}", "EntityIdentifier"),
    "AWS::DynamoDB::GlobalTable": _OWN_DOCUMENT,
    "AWS::DynamoDB::Table": _OWN_DOCUMENT,
    "AWS::EC2::ClientVpnAuthorizationRule": Permission(
        "group {AccessGroupId}", "to reach {TargetNetworkCidr}", "ClientVpnEndpointId"
    ),
    "AWS::EC2::ClientVpnEndpoint": _OWN_DOCUMENT,
    "AWS::EC2::NetworkAclEntry": Network(),
    "AWS::EC2::NetworkInterfacePermission": Permission("AwsAccountId", "Permission", "NetworkInterfaceId"),
    "AWS::EC2::PrefixList": Network(),
    "AWS::EC2::SecurityGroup": Network(),
    "AWS::EC2::SecurityGroupEgress": Network(),
    "AWS::EC2::SecurityGroupIngress": Network(),
    "AWS::EC2::VPCEndpoint": _OWN_DOCUMENT,
    "AWS::EC2::VPCEndpointServicePermissions": Permission(
        "AllowedPrincipals", "ec2:CreateVpcEndpoint", "ServiceId"
    ),
    "AWS::EC2::VerifiedAccessEndpoint": _CEDAR,
    "AWS::EC2::VerifiedAccessGroup": _CEDAR,
    "AWS::ECR::PublicRepository": _OWN_DOCUMENT,
    "AWS::ECR::PullTimeUpdateExclusion": NotGranting("a principal whose pulls are not counted"),
    "AWS::ECR::RegistryPolicy": _OWN_DOCUMENT,
    "AWS::ECR::Repository": _OWN_DOCUMENT,
    "AWS::ECR::RepositoryCreationTemplate": ResourcePolicy("Prefix"),
    "AWS::EFS::FileSystem": _OWN_DOCUMENT,
    "AWS::EKS::AccessEntry": Permission(
        "PrincipalArn", "the EKS access policy {AccessPolicies.PolicyArn}", "ClusterName"
    ),
    "AWS::EKS::PodIdentityAssociation": Permission(
        "service account {ServiceAccount} of namespace {Namespace}",
        "whatever {RoleArn} is allowed",
        "ClusterName",
    ),
    "AWS::Elasticsearch::Domain": _OWN_DOCUMENT,
    "AWS::EntityResolution::PolicyStatement": Permission("Principal", "Action", "Arn"),
    "AWS::EventSchemas::RegistryPolicy": ResourcePolicy("RegistryName"),
    "AWS::Events::EventBus": _OWN_DOCUMENT,
    "AWS::Events::EventBusPolicy": ResourcePolicy("EventBusName"),
    "AWS::EventsV2::ResourcePolicy": ResourcePolicy("EventBusArn"),
    "AWS::FSx::S3AccessPointAttachment": _OWN_DOCUMENT,
    "AWS::GameLift::ContainerFleet": Network(),
    "AWS::GameLift::Fleet": Network(),
    "AWS::GlobalAccelerator::CrossAccountAttachment": Permission(
        "Principals", "to add to its accelerators", "Resources.EndpointId"
    ),
    "AWS::Glue::Catalog": _DEFAULTS,
    "AWS::Glue::Database": _DEFAULTS,
    "AWS::IAM::Group": Holder("group"),
    "AWS::IAM::GroupPolicy": Attached(),
    "AWS::IAM::InstanceProfile": Membership("whoever has the instance profile {}", "role {Roles}"),
    "AWS::IAM::ManagedPolicy": Attached(),
    "AWS::IAM::Policy": Attached(),
    "AWS::IAM::Role": Holder("role"),
    "AWS::IAM::RolePolicy": Attached(),
    "AWS::IAM::User": Holder("user"),
    "AWS::IAM::UserPolicy": Attached(),
    "AWS::IAM::UserToGroupAddition": Membership("user {Users}", "group {GroupName}"),
    "AWS::IdentityStore::GroupMembership": Membership("user {MemberId.UserId}", "group {GroupId}"),
    "AWS::IoT::Policy": IdentityPolicy("whoever has the policy {}"),
    "AWS::IoT::PolicyPrincipalAttachment": Membership("{Principal}", "the holder of the policy {PolicyName}"),
    "AWS::IoT::ThingPrincipalAttachment": Membership("{Principal}", "thing {ThingName}"),
    "AWS::IoTSiteWise::AccessPolicy": Permission(
        "AccessPolicyIdentity", "AccessPolicyPermission", "AccessPolicyResource"
    ),
    "AWS::KMS::Key": _OWN_DOCUMENT,
    "AWS::KMS::ReplicaKey": _OWN_DOCUMENT,
    "AWS::Kinesis::ResourcePolicy": ResourcePolicy("ResourceArn"),
    "AWS::LakeFormation::DataLakeSettings": Permission("Admins", "to administer the data lake"),
    "AWS::LakeFormation::Permissions": Permission(
        "DataLakePrincipal.DataLakePrincipalIdentifier", "Permissions", "Resource"
    ),
    "AWS::LakeFormation::PrincipalPermissions": Permission(
        "Principal.DataLakePrincipalIdentifier", "Permissions", "Resource"
    ),
    "AWS::Lambda::LayerVersionPermission": Permission(
        "Principal", "Action", "LayerVersionArn", limits={"OrganizationId": _ORGANIZATION}
    ),
    "AWS::Lambda::Permission": Permission(
        "Principal",
        "Action",
        "FunctionName",
        limits={
            "EventSourceToken": "StringEquals lambda:EventSourceToken",
            "FunctionUrlAuthType": "StringEquals lambda:FunctionUrlAuthType",
            "InvokedViaFunctionUrl": "Bool lambda:InvokedViaFunctionUrl",
            "PrincipalOrgID": _ORGANIZATION,
            "SourceAccount": "StringEquals aws:SourceAccount",
            "SourceArn": "ArnLike aws:SourceArn",
        },
    ),
    "AWS::Lambda::ResourcePolicy": ResourcePolicy("ResourceArn"),
    "AWS::Lex::ResourcePolicy": ResourcePolicy("ResourceArn"),
    "AWS::LicenseManager::Grant": Permission("Principals", "AllowedOperations", "LicenseArn"),
    "AWS::Lightsail::Container": NotGranting(
        "the principal of the service itself, which the service chooses"
    ),
    "AWS::Logs::AccountPolicy": _NO_IAM,
    "AWS::Logs::DeliveryDestination": _OWN_DOCUMENT,
    "AWS::Logs::Destination": _OWN_DOCUMENT,
    "AWS::Logs::LogGroup": _OWN_DOCUMENT,
    "AWS::Logs::ResourcePolicy": _OWN_DOCUMENT,
    "AWS::MSK::ClusterPolicy": ResourcePolicy("ClusterArn"),
    "AWS::MediaPackage::Asset": NotGranting("it has no policy; its packaging group authorizes"),
    "AWS::MediaPackageV2::ChannelPolicy": ResourcePolicy("ChannelName"),
    "AWS::MediaPackageV2::OriginEndpointPolicy": ResourcePolicy("OriginEndpointName"),
    "AWS::MediaStore::Container": _OWN_DOCUMENT,
    "AWS::MediaTailor::ChannelPolicy": ResourcePolicy("ChannelName"),
    "AWS::NetworkManager::CoreNetwork": _NO_IAM,
    "AWS::ODB::OdbNetwork": _OWN_DOCUMENT,
    "AWS::OSIS::Pipeline": _OWN_DOCUMENT,
    "AWS::Oam::Sink": _OWN_DOCUMENT,
    "AWS::Omics::SequenceStore": _OWN_DOCUMENT,
    "AWS::OpenSearchServerless::AccessPolicy": NotGranting(
        "its policy is in a language of OpenSearch Serverless; the changed values are shown"
    ),
    "AWS::OpenSearchServerless::LifecyclePolicy": _NO_IAM,
    "AWS::OpenSearchServerless::SecurityPolicy": NotGranting(
        "its policy is in a language of OpenSearch Serverless; the changed values are shown"
    ),
    "AWS::OpenSearchService::Domain": _OWN_DOCUMENT,
    "AWS::Organizations::Policy": NotGranting(
        "a policy of an organization limits permissions and gives none"
    ),
    "AWS::Organizations::ResourcePolicy": _OWN_DOCUMENT,
    "AWS::PaymentCryptography::Key": _OWN_DOCUMENT,
    "AWS::QBusiness::DataAccessor": Permission("Principal", "to access the data", "ApplicationId"),
    "AWS::QBusiness::Permission": Permission("Principal", "Actions", "ApplicationId"),
    "AWS::QuickSight::ActionConnector": _QUICKSIGHT,
    "AWS::QuickSight::Analysis": _QUICKSIGHT,
    "AWS::QuickSight::Dashboard": _QUICKSIGHT,
    "AWS::QuickSight::DataSet": _QUICKSIGHT,
    "AWS::QuickSight::DataSource": _QUICKSIGHT,
    "AWS::QuickSight::Flow": _QUICKSIGHT,
    "AWS::QuickSight::Folder": _QUICKSIGHT,
    "AWS::QuickSight::Group": NotGranting("the id that the service gives the group"),
    "AWS::QuickSight::KnowledgeBase": _QUICKSIGHT,
    "AWS::QuickSight::Space": _QUICKSIGHT,
    "AWS::QuickSight::Template": _QUICKSIGHT,
    "AWS::QuickSight::Theme": _QUICKSIGHT,
    "AWS::QuickSight::TopicV2": _QUICKSIGHT,
    "AWS::RAM::PrincipalAssociation": Permission("Principal", "to use what is shared", "ResourceShareArn"),
    "AWS::RAM::ResourceShare": Permission("Principals", "to use what is shared", "ResourceArns"),
    "AWS::RUM::AppMonitor": _OWN_DOCUMENT,
    "AWS::Redshift::Cluster": _OWN_DOCUMENT,
    "AWS::RedshiftServerless::Namespace": _OWN_DOCUMENT,
    "AWS::ResilienceHub::ResiliencyPolicy": _NO_IAM,
    "AWS::RolesAnywhere::Profile": Membership("whoever uses the profile {}", "role {RoleArns}"),
    "AWS::S3::AccessGrant": Permission("Grantee.GranteeIdentifier", "Permission", "AccessGrantsLocationId"),
    "AWS::S3::AccessGrantsInstance": NotGranting("the grants in it are resources of their own"),
    "AWS::S3::AccessPoint": _OWN_DOCUMENT,
    "AWS::S3::Bucket": BucketAcl(),
    "AWS::S3::BucketPolicy": ResourcePolicy("Bucket"),
    "AWS::S3::MultiRegionAccessPointPolicy": ResourcePolicy("MrapName"),
    "AWS::S3Express::AccessPoint": _OWN_DOCUMENT,
    "AWS::S3Express::BucketPolicy": ResourcePolicy("Bucket"),
    "AWS::S3Files::FileSystemPolicy": ResourcePolicy("FileSystemId"),
    "AWS::S3ObjectLambda::AccessPointPolicy": ResourcePolicy("ObjectLambdaAccessPoint"),
    "AWS::S3Outposts::AccessPoint": _OWN_DOCUMENT,
    "AWS::S3Outposts::BucketPolicy": ResourcePolicy("Bucket"),
    "AWS::S3Tables::TableBucketPolicy": ResourcePolicy("TableBucketARN"),
    "AWS::S3Tables::TablePolicy": ResourcePolicy("TableARN"),
    "AWS::S3Vectors::VectorBucketPolicy": ResourcePolicy("VectorBucketArn"),
    "AWS::SES::EmailIdentity": _OWN_DOCUMENT,
    "AWS::SES::ReceiptFilter": Network(),
    "AWS::SES::Tenant": _NO_IAM,
    "AWS::SMSVOICE::ResourcePolicy": ResourcePolicy("ResourceArn"),
    "AWS::SNS::TopicInlinePolicy": ResourcePolicy("TopicArn"),
    "AWS::SNS::TopicPolicy": ResourcePolicy("Topics"),
    "AWS::SQS::QueueInlinePolicy": ResourcePolicy("Queue"),
    "AWS::SQS::QueuePolicy": ResourcePolicy("Queues"),
    "AWS::SSM::ResourcePolicy": ResourcePolicy("ResourceArn"),
    "AWS::SSO::ApplicationAssignment": Permission(
        "{PrincipalType} {PrincipalId}", "to use the application", "ApplicationArn"
    ),
    "AWS::SSO::Assignment": Permission(
        "{PrincipalType} {PrincipalId}", "permission set {PermissionSetArn}", "account {TargetId}"
    ),
    "AWS::SSO::PermissionSet": PermissionSet(),
    "AWS::SageMaker::ModelPackageGroup": _OWN_DOCUMENT,
    "AWS::SecretsManager::ResourcePolicy": ResourcePolicy("SecretId"),
    "AWS::SecurityHub::ConfigurationPolicy": _NO_IAM,
    "AWS::SecurityLake::Subscriber": Permission("SubscriberIdentity.Principal", "AccessTypes", "DataLakeArn"),
    "AWS::Serverless::Function": Serverless(),
    "AWS::Serverless::StateMachine": Serverless(),
    "AWS::Signer::ProfilePermission": Permission("Principal", "Action", "ProfileName"),
    "AWS::Transfer::User": IdentityPolicy("user {} of the transfer server"),
    "AWS::VerifiedPermissions::Policy": _CEDAR,
    "AWS::VerifiedPermissions::PolicyTemplate": _CEDAR,
    "AWS::VpcLattice::AuthPolicy": ResourcePolicy("ResourceIdentifier"),
    "AWS::VpcLattice::ResourcePolicy": ResourcePolicy("ResourceArn"),
    "AWS::XRay::ResourcePolicy": _OWN_DOCUMENT,
}
"""Every resource type with a grant, or with what looks like one, and how it is read."""


def reading(resource_type: str) -> Reading:
    """How a type is read; any other type's policy documents are its own.

    >>> reading("AWS::SQS::QueuePolicy").about, reading("Some::Private::Type")
    ('Queues', ResourcePolicy(about=''))
    """
    return GRANTING_TYPES.get(resource_type, _OWN_DOCUMENT)
