"""The resource types that grant access, and how each is read. `docs/grants.md` shows this table.

A policy document in a type that is not here is read, too: as one that is about the resource that has it.
What each property means stands on the type's page in
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cfngen.template.access.readings import (
    Attached,
    BucketAcl,
    Holder,
    IdentityPolicy,
    Membership,
    Network,
    NotGranting,
    Permission,
    PermissionSet,
    Reading,
    ResourcePolicy,
    RunsAs,
    SearchPolicy,
    Serverless,
    SessionPolicy,
    Several,
    Switch,
)

_ORGANIZATION: Final = "StringEquals aws:PrincipalOrgID"
_QUICKSIGHT: Final = Permission("Principal", "Actions", each="Permissions")
_CEDAR: Final = NotGranting("its policy is in the language Cedar; the changed values are shown")
_NO_IAM: Final = NotGranting("a policy about data or traffic, not about who has access")
_DEVICES: Final = NotGranting("what a container may do with a device of its host")
_FILES: Final = NotGranting("the POSIX permissions of a folder; they are for who can mount it")
_SIGNED_IN: Final = "whoever signs in by {AuthType}"
_OWN_DOCUMENT: Final = ResourcePolicy()
_SEARCH: Final = Several(
    (
        _OWN_DOCUMENT,
        Permission("AdvancedSecurityOptions.MasterUserOptions.MasterUserARN", "to administer the domain"),
        Switch("AdvancedSecurityOptions.AnonymousAuthEnabled", ("true",), "to sign in without login"),
    )
)
_BLOCKS: Final = {
    "BlockPublicAcls": "to make it public by an ACL",
    "BlockPublicPolicy": "to make it public by a policy",
    "IgnorePublicAcls": "what a public ACL allows",
    "RestrictPublicBuckets": "what a public policy allows",
}
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"""
_PUBLIC_BLOCKED: Final = tuple(
    Switch(f"PublicAccessBlockConfiguration.{name}", ("true",), what, "Deny")
    for name, what in _BLOCKS.items()
)
_SNAPSHOTS: Final = {"block-all-sharing": "public snapshots", "block-new-sharing": "new public snapshots"}
_LAUNCH: Final = "Distributions.AmiDistributionConfiguration.LaunchPermissionConfiguration"
_LAUNCHERS: Final = ("UserIds", "UserGroups", "OrganizationArns", "OrganizationalUnitArns")

_OF_WHAT_IS_NEW: Final = (
    Permission(
        "Principal.DataLakePrincipalIdentifier",
        "{Permissions} on new databases",
        each="CreateDatabaseDefaultPermissions",
    ),
    Permission(
        "Principal.DataLakePrincipalIdentifier",
        "{Permissions} on new tables",
        each="CreateTableDefaultPermissions",
    ),
)

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
    "AWS::AmazonMQ::Broker": Network(),
    "AWS::ApiGateway::DomainNameV2": _OWN_DOCUMENT,
    "AWS::ApiGateway::Method": Switch("AuthorizationType", ("none", ""), "requests without authorization"),
    "AWS::ApiGateway::RestApi": _OWN_DOCUMENT,
    "AWS::ApiGatewayV2::Route": Switch("AuthorizationType", ("none", ""), "requests without authorization"),
    "AWS::AppIntegrations::Application": Permission("the application {}", "Permissions"),
    "AWS::AppRunner::Service": Several((Network(), RunsAs("role {InstanceConfiguration.InstanceRoleArn}"))),
    "AWS::AppStream::StackUserAssociation": Permission("UserName", "to use the stack", "StackName"),
    "AWS::AppSync::Api": Several(
        (
            Permission(
                "whoever signs in by {AuthType}", "to connect", each="EventConfig.ConnectionAuthModes"
            ),
            Permission(
                "whoever signs in by {AuthType}", "to publish", each="EventConfig.DefaultPublishAuthModes"
            ),
            Permission(
                "whoever signs in by {AuthType}", "to subscribe", each="EventConfig.DefaultSubscribeAuthModes"
            ),
        )
    ),
    "AWS::AppSync::ChannelNamespace": Several(
        (
            Permission("whoever signs in by {AuthType}", "to publish", each="PublishAuthModes"),
            Permission("whoever signs in by {AuthType}", "to subscribe", each="SubscribeAuthModes"),
        )
    ),
    "AWS::AppSync::GraphQLApi": Several(
        (
            Permission("whoever signs in by {AuthenticationType}", "to send requests"),
            Permission(
                "whoever signs in by {AuthenticationType}",
                "to send requests",
                each="AdditionalAuthenticationProviders",
            ),
        )
    ),
    "AWS::AutoScaling::LaunchConfiguration": Several(
        (Network(), RunsAs("the instance profile {IamInstanceProfile}"))
    ),
    "AWS::Backup::BackupVault": _OWN_DOCUMENT,
    "AWS::Backup::LogicallyAirGappedBackupVault": _OWN_DOCUMENT,
    "AWS::Bedrock::KnowledgeBasePolicy": ResourcePolicy("KnowledgeBaseId"),
    "AWS::Bedrock::ResourcePolicy": ResourcePolicy("ResourceArn"),
    "AWS::BedrockAgentCore::Policy": _CEDAR,
    "AWS::BedrockAgentCore::ResourcePolicy": ResourcePolicy("ResourceArn"),
    "AWS::CleanRooms::ConfiguredTable": _NO_IAM,
    "AWS::CloudFormation::StackSet": RunsAs("role {AdministrationRoleARN}"),
    "AWS::CloudTrail::ResourcePolicy": ResourcePolicy("ResourceArn"),
    "AWS::CodeArtifact::Domain": _OWN_DOCUMENT,
    "AWS::CodeArtifact::Repository": _OWN_DOCUMENT,
    "AWS::CodeBuild::Project": Several(
        (Switch("Visibility", ("public_read",), "to read its builds"), RunsAs("role {ServiceRole}"))
    ),
    "AWS::CodeGuruProfiler::ProfilingGroup": Permission(
        "AgentPermissions.Principals", "codeguru-profiler:ConfigureAgent and PostAgentProfile"
    ),
    "AWS::Cognito::IdentityPool": Switch("AllowUnauthenticatedIdentities", ("true",), "to become a guest"),
    "AWS::Cognito::IdentityPoolRoleAttachment": Several(
        (
            Membership(
                "whoever signs in to the identity pool {IdentityPoolId}", "role {Roles.authenticated}"
            ),
            Membership("every guest of the identity pool {IdentityPoolId}", "role {Roles.unauthenticated}"),
            Membership(
                "whoever a rule of the identity pool {IdentityPoolId} fits",
                "role {RoleMappings.*.RulesConfiguration.Rules.RoleARN}",
            ),
        )
    ),
    "AWS::Cognito::UserPool": Switch(
        "AdminCreateUserConfig.AllowAdminCreateUserOnly", ("false", ""), "to sign up"
    ),
    "AWS::Cognito::UserPoolGroup": Membership("group {GroupName}", "role {RoleArn}"),
    "AWS::Cognito::UserPoolUserToGroupAttachment": Membership("user {Username}", "group {GroupName}"),
    "AWS::Comprehend::DocumentClassifier": _OWN_DOCUMENT,
    "AWS::Comprehend::EntityRecognizer": _OWN_DOCUMENT,
    "AWS::Config::AggregationAuthorization": Permission(
        "AuthorizedAccountId", "to collect what AWS Config records"
    ),
    "AWS::Connect::SecurityProfile": Permission("whoever has the security profile {}", "Permissions"),
    "AWS::DMS::InstanceProfile": Network(),
    "AWS::DMS::ReplicationInstance": Network(),
    "AWS::DSQL::Cluster": _OWN_DOCUMENT,
    "AWS::DataSync::LocationHDFS": NotGranting("the Kerberos principal that DataSync itself uses"),
    "AWS::DataSync::LocationSMB": NotGranting("the Kerberos principal that DataSync itself uses"),
    "AWS::DataZone::GroupProfile": Permission("{GroupIdentifier}", "to use the domain", "DomainIdentifier"),
    "AWS::DataZone::Owner": Permission("Owner", "to own the domain unit", "EntityIdentifier"),
    "AWS::DataZone::PolicyGrant": Permission("Principal", "{PolicyType}", "EntityIdentifier"),
    "AWS::DataZone::ProjectMembership": Permission(
        "Member", "what a {Designation} may do", "ProjectIdentifier"
    ),
    "AWS::DataZone::SubscriptionTarget": Permission("AuthorizedPrincipals", "to subscribe"),
    "AWS::DataZone::UserProfile": Permission("UserIdentifier", "to use the domain", "DomainIdentifier"),
    "AWS::DynamoDB::GlobalTable": _OWN_DOCUMENT,
    "AWS::DynamoDB::Table": _OWN_DOCUMENT,
    "AWS::EC2::ClientVpnAuthorizationRule": Permission(
        "group {AccessGroupId}", "to reach {TargetNetworkCidr}", "ClientVpnEndpointId"
    ),
    "AWS::EC2::ClientVpnEndpoint": _OWN_DOCUMENT,
    "AWS::EC2::EC2Fleet": Network(),
    "AWS::EC2::FpgaImage": Switch("Public", ("true",), "to load the image"),
    "AWS::EC2::Instance": Several((Network(), RunsAs("the instance profile {IamInstanceProfile}"))),
    "AWS::EC2::LaunchTemplate": Several(
        (
            Network(),
            RunsAs("the instance profile {LaunchTemplateData.IamInstanceProfile.Arn}"),
            RunsAs("the instance profile {LaunchTemplateData.IamInstanceProfile.Name}"),
        )
    ),
    "AWS::EC2::NetworkAclEntry": Network(),
    "AWS::EC2::NetworkInterfacePermission": Permission("AwsAccountId", "Permission", "NetworkInterfaceId"),
    "AWS::EC2::PrefixList": Network(),
    "AWS::EC2::Route": Network(),
    "AWS::EC2::SecurityGroup": Network(),
    "AWS::EC2::SecurityGroupEgress": Network(),
    "AWS::EC2::SecurityGroupIngress": Network(),
    "AWS::EC2::SnapshotBlockPublicAccess": Several(
        tuple(Switch("State", (state,), what, "Deny") for state, what in _SNAPSHOTS.items())
    ),
    "AWS::EC2::SpotFleet": Network(),
    "AWS::EC2::Subnet": Network(),
    "AWS::EC2::TransitGateway": Switch(
        "AutoAcceptSharedAttachments", ("enable",), "to attach without being accepted"
    ),
    "AWS::EC2::VPCEndpoint": _OWN_DOCUMENT,
    "AWS::EC2::VPCEndpointService": Switch(
        "AcceptanceRequired", ("false",), "to connect without being accepted"
    ),
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
    "AWS::ECS::DaemonTaskDefinition": _DEVICES,
    "AWS::ECS::Service": Network(),
    "AWS::ECS::TaskDefinition": Several((RunsAs("role {TaskRoleArn}"), RunsAs("role {ExecutionRoleArn}"))),
    "AWS::ECS::TaskSet": Network(),
    "AWS::EFS::AccessPoint": _FILES,
    "AWS::EFS::FileSystem": _OWN_DOCUMENT,
    "AWS::EKS::AccessEntry": Several(
        (
            Permission(
                "PrincipalArn",
                "the EKS access policy {PolicyArn}",
                "ClusterName",
                each="AccessPolicies",
                limits={"AccessScope.Namespaces": "StringEquals namespace"},
            ),
            Membership("{PrincipalArn}", "the Kubernetes group {KubernetesGroups} of {ClusterName}"),
        )
    ),
    "AWS::EKS::Cluster": Network(),
    "AWS::EKS::PodIdentityAssociation": Permission(
        "service account {ServiceAccount} of namespace {Namespace}",
        "whatever {RoleArn} is allowed",
        "ClusterName",
    ),
    "AWS::EMR::StudioSessionMapping": Membership(
        "{IdentityType} {IdentityName}", "the session policy {SessionPolicyArn}"
    ),
    "AWS::ElasticLoadBalancing::LoadBalancer": Network(),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Network(),
    "AWS::Elasticsearch::Domain": _SEARCH,
    "AWS::EntityResolution::PolicyStatement": Permission("Principal", "Action", "Arn"),
    "AWS::EventSchemas::RegistryPolicy": ResourcePolicy("RegistryName"),
    "AWS::Events::EventBus": _OWN_DOCUMENT,
    "AWS::Events::EventBusPolicy": ResourcePolicy("EventBusName"),
    "AWS::Events::Rule": Network(),
    "AWS::EventsV2::ResourcePolicy": ResourcePolicy("EventBusArn"),
    "AWS::FSx::S3AccessPointAttachment": _OWN_DOCUMENT,
    "AWS::GameLift::ContainerFleet": Network(),
    "AWS::GameLift::Fleet": Network(),
    "AWS::GlobalAccelerator::CrossAccountAttachment": Permission(
        "Principals", "to add to its accelerators", "Resources.EndpointId"
    ),
    "AWS::Glue::Catalog": Several(_OF_WHAT_IS_NEW),
    "AWS::Glue::Database": Permission(
        "Principal.DataLakePrincipalIdentifier",
        "{Permissions} on new tables",
        each="DatabaseInput.CreateTableDefaultPermissions",
    ),
    "AWS::Glue::Job": RunsAs("role {Role}"),
    "AWS::IAM::AccessKey": Membership("whoever has the access key {}", "user {UserName}"),
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
    "AWS::IVS::Channel": Switch("Authorized", ("false", ""), "to watch without a token"),
    "AWS::IdentityStore::GroupMembership": Membership("user {MemberId.UserId}", "group {GroupId}"),
    "AWS::ImageBuilder::DistributionConfiguration": Several(
        tuple(Permission(f"{_LAUNCH}.{who}", "to launch the images") for who in _LAUNCHERS)
    ),
    "AWS::IoT::Policy": IdentityPolicy("whoever has the policy {}"),
    "AWS::IoT::PolicyPrincipalAttachment": Membership("{Principal}", "the holder of the policy {PolicyName}"),
    "AWS::IoT::RoleAlias": Membership("whoever has a certificate for the role alias {}", "role {RoleArn}"),
    "AWS::IoT::ThingPrincipalAttachment": Membership("{Principal}", "thing {ThingName}"),
    "AWS::IoTSiteWise::AccessPolicy": Permission(
        "AccessPolicyIdentity", "AccessPolicyPermission", "AccessPolicyResource"
    ),
    "AWS::KMS::Key": _OWN_DOCUMENT,
    "AWS::KMS::ReplicaKey": _OWN_DOCUMENT,
    "AWS::Kinesis::ResourcePolicy": ResourcePolicy("ResourceArn"),
    "AWS::LakeFormation::DataLakeSettings": Several(
        (
            Permission("Admins.DataLakePrincipalIdentifier", "to administer the data lake"),
            *_OF_WHAT_IS_NEW,
        )
    ),
    "AWS::LakeFormation::Permissions": Several(
        (
            Permission("DataLakePrincipal.DataLakePrincipalIdentifier", "Permissions", "Resource"),
            Permission(
                "DataLakePrincipal.DataLakePrincipalIdentifier",
                "to grant {PermissionsWithGrantOption}",
                "Resource",
            ),
        )
    ),
    "AWS::LakeFormation::PrincipalPermissions": Several(
        (
            Permission("Principal.DataLakePrincipalIdentifier", "Permissions", "Resource"),
            Permission(
                "Principal.DataLakePrincipalIdentifier", "to grant {PermissionsWithGrantOption}", "Resource"
            ),
        )
    ),
    "AWS::Lambda::Function": RunsAs("role {Role}"),
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
    "AWS::Lambda::Url": Switch(
        "AuthType", ("none",), "lambda:InvokeFunctionUrl without login", resource="TargetFunctionArn"
    ),
    "AWS::Lambda::WebFunctionEndpoint": Switch("AuthType", ("none",), "requests without login"),
    "AWS::Lex::ResourcePolicy": ResourcePolicy("ResourceArn"),
    "AWS::LicenseManager::Grant": Permission("Principals", "AllowedOperations", "LicenseArn"),
    "AWS::Lightsail::Bucket": Several(
        (
            Switch("AccessRules.GetObject", ("public",), "to read every object"),
            Switch("AccessRules.AllowPublicOverrides", ("true",), "to read objects that are made public"),
            Permission("ReadOnlyAccessAccounts", "to read every object"),
        )
    ),
    "AWS::Lightsail::Container": NotGranting(
        "the principal of the service itself, which the service chooses"
    ),
    "AWS::Lightsail::Database": Network(),
    "AWS::Lightsail::Instance": Network(),
    "AWS::Logs::AccountPolicy": _NO_IAM,
    "AWS::Logs::DeliveryDestination": _OWN_DOCUMENT,
    "AWS::Logs::Destination": _OWN_DOCUMENT,
    "AWS::Logs::Integration": Permission(
        "ResourceConfig.OpenSearchResourceConfig.DashboardViewerPrincipals", "to view its dashboards"
    ),
    "AWS::Logs::LogGroup": _OWN_DOCUMENT,
    "AWS::Logs::ResourcePolicy": _OWN_DOCUMENT,
    "AWS::M2::Environment": Network(),
    "AWS::MGN::LaunchConfigurationTemplate": Network(),
    "AWS::MSK::Cluster": Several(
        (
            Network(),
            Switch("ClientAuthentication.Unauthenticated.Enabled", ("true",), "to connect without login"),
        )
    ),
    "AWS::MSK::ClusterPolicy": ResourcePolicy("ClusterArn"),
    "AWS::MWAA::Environment": Network(),
    "AWS::MediaPackage::Asset": NotGranting("it has no policy; its packaging group authorizes"),
    "AWS::MediaPackageV2::ChannelPolicy": ResourcePolicy("ChannelName"),
    "AWS::MediaPackageV2::OriginEndpointPolicy": ResourcePolicy("OriginEndpointName"),
    "AWS::MediaStore::Container": _OWN_DOCUMENT,
    "AWS::MediaTailor::ChannelPolicy": ResourcePolicy("ChannelName"),
    "AWS::Neptune::DBInstance": Network(),
    "AWS::NeptuneGraph::Graph": Network(),
    "AWS::NetworkManager::CoreNetwork": _NO_IAM,
    "AWS::ODB::OdbNetwork": _OWN_DOCUMENT,
    "AWS::OSIS::Pipeline": _OWN_DOCUMENT,
    "AWS::Oam::Sink": _OWN_DOCUMENT,
    "AWS::Omics::SequenceStore": _OWN_DOCUMENT,
    "AWS::OpenSearchServerless::AccessPolicy": SearchPolicy(),
    "AWS::OpenSearchServerless::LifecyclePolicy": _NO_IAM,
    "AWS::OpenSearchServerless::SecurityPolicy": SearchPolicy(),
    "AWS::OpenSearchService::Domain": _SEARCH,
    "AWS::Organizations::Policy": NotGranting(
        "a policy of an organization limits permissions and gives none"
    ),
    "AWS::Organizations::ResourcePolicy": _OWN_DOCUMENT,
    "AWS::PaymentCryptography::Key": _OWN_DOCUMENT,
    "AWS::Pipes::Pipe": Network(),
    "AWS::QBusiness::DataAccessor": Permission("Principal", "to access the data", "ApplicationId"),
    "AWS::QBusiness::Permission": Permission("Principal", "Actions", "ApplicationId"),
    "AWS::QuickSight::ActionConnector": _QUICKSIGHT,
    "AWS::QuickSight::Analysis": _QUICKSIGHT,
    "AWS::QuickSight::Dashboard": Several(
        (_QUICKSIGHT, Permission("Principal", "Actions", each="LinkSharingConfiguration.Permissions"))
    ),
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
    "AWS::RAM::Permission": Permission(
        "whoever a resource is shared with by this permission", "PolicyTemplate.Action"
    ),
    "AWS::RAM::PermissionAssociation": Permission(
        "whoever it is shared with", "the permission {PermissionArn}", "ResourceShareArn"
    ),
    "AWS::RAM::PrincipalAssociation": Permission("Principal", "to use what is shared", "ResourceShareArn"),
    "AWS::RAM::ResourceShare": Several(
        (
            Permission("Principals", "to use what is shared", "ResourceArns"),
            Permission("whoever it is shared with", "the permission {PermissionArns}"),
        )
    ),
    "AWS::RDS::DBCluster": Network(),
    "AWS::RDS::DBInstance": Network(),
    "AWS::RDS::DBShardGroup": Network(),
    "AWS::RUM::AppMonitor": _OWN_DOCUMENT,
    "AWS::Redshift::Cluster": Several((_OWN_DOCUMENT, Network())),
    "AWS::Redshift::EndpointAuthorization": Permission(
        "Account",
        "to connect to the cluster from its VPCs",
        "ClusterIdentifier",
        limits={"VpcIds": "StringEquals vpc"},
    ),
    "AWS::RedshiftServerless::Namespace": _OWN_DOCUMENT,
    "AWS::RedshiftServerless::Workgroup": Network(),
    "AWS::ResilienceHub::ResiliencyPolicy": _NO_IAM,
    "AWS::RolesAnywhere::Profile": Membership("whoever uses the profile {}", "role {RoleArns}"),
    "AWS::S3::AccessGrant": Permission("Grantee.GranteeIdentifier", "Permission", "AccessGrantsLocationId"),
    "AWS::S3::AccessGrantsInstance": NotGranting("the grants in it are resources of their own"),
    "AWS::S3::AccessPoint": Several((_OWN_DOCUMENT, *_PUBLIC_BLOCKED)),
    "AWS::S3::Bucket": Several((BucketAcl(), *_PUBLIC_BLOCKED)),
    "AWS::S3::BucketPolicy": ResourcePolicy("Bucket"),
    "AWS::S3::MultiRegionAccessPoint": Several(_PUBLIC_BLOCKED),
    "AWS::S3::MultiRegionAccessPointPolicy": ResourcePolicy("MrapName"),
    "AWS::S3Express::AccessPoint": Several((_OWN_DOCUMENT, *_PUBLIC_BLOCKED)),
    "AWS::S3Express::BucketPolicy": ResourcePolicy("Bucket"),
    "AWS::S3Files::AccessPoint": _FILES,
    "AWS::S3Files::FileSystemPolicy": ResourcePolicy("FileSystemId"),
    "AWS::S3ObjectLambda::AccessPoint": Several(_PUBLIC_BLOCKED),
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
    "AWS::SNS::TopicInlinePolicy": ResourcePolicy("TopicArn", whole=True),
    "AWS::SNS::TopicPolicy": ResourcePolicy("Topics", whole=True),
    "AWS::SQS::QueueInlinePolicy": ResourcePolicy("Queue", whole=True),
    "AWS::SQS::QueuePolicy": ResourcePolicy("Queues", whole=True),
    "AWS::SSM::ResourcePolicy": ResourcePolicy("ResourceArn"),
    "AWS::SSO::ApplicationAssignment": Permission(
        "{PrincipalType} {PrincipalId}", "to use the application", "ApplicationArn"
    ),
    "AWS::SSO::Assignment": Permission(
        "{PrincipalType} {PrincipalId}", "permission set {PermissionSetArn}", "account {TargetId}"
    ),
    "AWS::SSO::InstanceAccessControlAttributeConfiguration": Permission(
        "whoever signs in",
        "the session tag {Key} with {Value.Source}",
        "InstanceArn",
        each="AccessControlAttributes",
    ),
    "AWS::SSO::PermissionSet": PermissionSet(),
    "AWS::SageMaker::Model": RunsAs("role {ExecutionRoleArn}"),
    "AWS::SageMaker::ModelPackageGroup": _OWN_DOCUMENT,
    "AWS::SageMaker::NotebookInstance": RunsAs("role {RoleArn}"),
    "AWS::SageMaker::Workforce": Network(),
    "AWS::Scheduler::Schedule": Network(),
    "AWS::SecretsManager::ResourcePolicy": ResourcePolicy("SecretId"),
    "AWS::SecurityHub::ConfigurationPolicy": _NO_IAM,
    "AWS::SecurityHub::DelegatedAdmin": Permission("AdminAccountId", "to administer AWS Security Hub"),
    "AWS::SecurityLake::Subscriber": Permission("SubscriberIdentity.Principal", "AccessTypes", "DataLakeArn"),
    "AWS::Serverless::Function": Serverless(),
    "AWS::Serverless::StateMachine": Serverless(),
    "AWS::ServiceCatalog::PortfolioPrincipalAssociation": Permission(
        "PrincipalARN", "to use the portfolio", "PortfolioId"
    ),
    "AWS::ServiceCatalog::PortfolioShare": Permission("AccountId", "to import the portfolio", "PortfolioId"),
    "AWS::Shield::DRTAccess": Membership("the response team of AWS Shield", "role {RoleArn}"),
    "AWS::Signer::ProfilePermission": Permission("Principal", "Action", "ProfileName"),
    "AWS::StepFunctions::StateMachine": RunsAs("role {RoleArn}"),
    "AWS::SupportAuthZ::SupportPermit": Several(
        (
            Permission("AWS Support", "Permit.Actions.Actions", "Permit.Resources.Resources"),
            Permission("AWS Support", "every action {Permit.Actions.AllActions}"),
        )
    ),
    "AWS::Synthetics::Canary": RunsAs("role {ExecutionRoleArn}"),
    "AWS::Timestream::InfluxDBBackup": NotGranting(
        "a backup cannot be reached; what is restored from it is a resource of its own"
    ),
    "AWS::Timestream::InfluxDBCluster": Network(),
    "AWS::Timestream::InfluxDBInstance": Network(),
    "AWS::Transfer::User": SessionPolicy("user {} of the transfer server", "role {Role}"),
    "AWS::VerifiedPermissions::Policy": _CEDAR,
    "AWS::VerifiedPermissions::PolicyTemplate": _CEDAR,
    "AWS::VpcLattice::AuthPolicy": ResourcePolicy("ResourceIdentifier"),
    "AWS::VpcLattice::ResourcePolicy": ResourcePolicy("ResourceArn"),
    "AWS::VpcLattice::Service": Switch("AuthType", ("none", ""), "requests without authorization"),
    "AWS::VpcLattice::ServiceNetwork": Switch("AuthType", ("none", ""), "requests without authorization"),
    "AWS::WorkSpacesWeb::IpAccessSettings": Network(),
    "AWS::XRay::ResourcePolicy": _OWN_DOCUMENT,
}
"""Every resource type with a grant, or with what looks like one, and how it is read."""

DENIED_OF_NEW: Final = frozenset(one.action for one in _PUBLIC_BLOCKED)
"""What every new bucket denies, whatever the template says: it is not told of a new one.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html"""


def reading(resource_type: str) -> Reading:
    """How a type is read; any other type's policy documents are its own.

    >>> reading("AWS::SQS::QueuePolicy").about, reading("Some::Private::Type")
    ('Queues', ResourcePolicy(about='', whole=False))
    """
    return GRANTING_TYPES.get(resource_type, _OWN_DOCUMENT)


def readings(resource_type: str) -> tuple[Reading, ...]:
    """Each of the ways in which a type is read."""
    found = reading(resource_type)
    return found.readings if isinstance(found, Several) else (found,)
