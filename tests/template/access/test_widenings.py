"""Every way to open something up is told as wider, its way back as narrower, another order as nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cfngen.template.access.granting_types import GRANTING_TYPES
from cfngen.template.access.permissions import permission_changes
from cfngen.template.intrinsics import intrinsic

ACCOUNT = "arn:aws:iam::111122223333:root"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
READER = "arn:aws:iam::aws:policy/ReadOnlyAccess"
NOTHING = {"Ref": "AWS::NoValue"}


def of(kind: str, **properties: Any) -> dict[str, Any]:
    return {"R": {"Type": kind, "Properties": properties}}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: Any, resource: Any = "*", principal: Any = None, **more: Any) -> dict[str, Any]:
    who = {} if principal is None else {"Principal": principal}
    return {"Effect": "Allow", "Action": action, "Resource": resource, **who, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {**allow(action, resource, **more), "Effect": "Deny"}


def inline(*statements: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"PolicyName": "p", "PolicyDocument": document(*statements)}]


def about(kind: str, name: str, statement: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return of(kind, **properties, **{name: document(statement)})


def group(*ingress: dict[str, Any], **more: Any) -> dict[str, Any]:
    return of("AWS::EC2::SecurityGroup", GroupDescription="g", SecurityGroupIngress=list(ingress), **more)


def tcp(source: Any, first: int, last: int | None = None, name: str = "CidrIp") -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": first, "ToPort": last or first, name: source}


ORG = {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}}
LAMBDA = {"FunctionName": "f", "Action": "lambda:InvokeFunction", "Principal": "*"}
ROLE = "AWS::IAM::Role"
USER = "AWS::IAM::User"
TABLE = {"TableName": "t"}
IGNORED = {"IgnorePublicAcls": True}
ENTRY = {"ClusterName": "c", "PrincipalArn": "arn:r"}
NAMESPACE = {"Type": "namespace", "Namespaces": ["x"]}
CLUSTER = {"Type": "cluster"}
SEARCH = {
    "Rules": [{"ResourceType": "index", "Resource": ["index/c/*"], "Permission": ["aoss:ReadDocument"]}],
    "Principal": ["arn:a"],
}
REACHED = {
    "Rules": [{"ResourceType": "collection", "Resource": ["collection/c"]}],
    "AllowFromPublic": False,
    "SourceVPCEs": ["vpce-1"],
}

WIDENINGS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    # Roles, users and groups
    "a new action": (
        of(ROLE, Policies=inline(allow("s3:GetObject"))),
        of(ROLE, Policies=inline(allow(["s3:GetObject", "s3:PutObject"]))),
        "role R is allowed s3:PutObject on *",
    ),
    "a wildcard action": (
        of(ROLE, Policies=inline(allow("s3:Get*", "b"))),
        of(ROLE, Policies=inline(allow("s3:*", "b"))),
        "role R is allowed s3:* on b",
    ),
    "a wider resource": (
        of(USER, Policies=inline(allow("s3:GetObject", "arn:aws:s3:::b/x/*"))),
        of(USER, Policies=inline(allow("s3:GetObject", "arn:aws:s3:::b/*"))),
        "user R is allowed s3:GetObject on arn:aws:s3:::b/*",
    ),
    "an inverted action": (
        of("AWS::IAM::Group", Policies=inline(allow("s3:*"))),
        of("AWS::IAM::Group", Policies=inline({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})),
        "group R is allowed everything but iam:* on *",
    ),
    "a condition less": (
        of(ROLE, Policies=inline(allow("a:B", Condition={"Bool": {"aws:MultiFactorAuthPresent": True}}))),
        of(ROLE, Policies=inline(allow("a:B"))),
        "role R is allowed a:B on *",
    ),
    "a denial less": (
        of(ROLE, Policies=inline(allow("s3:*"), deny("s3:Delete*"))),
        of(ROLE, Policies=inline(allow("s3:*"))),
        "role R is no longer denied s3:Delete* on *",
    ),
    "a narrower denial": (
        of(ROLE, Policies=inline(deny("s3:*"))),
        of(ROLE, Policies=inline(deny("s3:DeleteObject"))),
        "role R is no longer denied s3:* on *",
    ),
    "a managed policy": (
        of(ROLE, ManagedPolicyArns=[READER]),
        of(ROLE, ManagedPolicyArns=[READER, ADMIN]),
        "role R is allowed * on * (managed policy AdministratorAccess",
    ),
    "a boundary less": (
        of(ROLE, PermissionsBoundary="arn:limit"),
        of(ROLE),
        "role R is no longer limited by the permissions boundary arn:limit",
    ),
    "a trusted account": (
        of(
            ROLE,
            AssumeRolePolicyDocument=document(allow("sts:AssumeRole", "*", {"Service": "ec2.amazonaws.com"})),
        ),
        of(
            ROLE,
            AssumeRolePolicyDocument=document(
                allow("sts:AssumeRole", "*", {"Service": "ec2.amazonaws.com", "AWS": ACCOUNT})
            ),
        ),
        "account 111122223333 is allowed sts:AssumeRole on",
    ),
    "a trust without external id": (
        of(
            ROLE,
            AssumeRolePolicyDocument=document(
                allow(
                    "sts:AssumeRole",
                    "*",
                    {"AWS": ACCOUNT},
                    Condition={"StringEquals": {"sts:ExternalId": "x"}},
                )
            ),
        ),
        of(ROLE, AssumeRolePolicyDocument=document(allow("sts:AssumeRole", "*", {"AWS": ACCOUNT}))),
        "account 111122223333 is allowed sts:AssumeRole on",
    ),
    "a web identity of any repository": (
        of(
            ROLE,
            AssumeRolePolicyDocument=document(
                allow(
                    "sts:AssumeRoleWithWebIdentity",
                    "*",
                    {"Federated": "arn:oidc"},
                    Condition={"StringLike": {"issuer:sub": "repo:example/one:*"}},
                )
            ),
        ),
        of(
            ROLE,
            AssumeRolePolicyDocument=document(
                allow(
                    "sts:AssumeRoleWithWebIdentity",
                    "*",
                    {"Federated": "arn:oidc"},
                    Condition={"StringLike": {"issuer:sub": "repo:*"}},
                )
            ),
        ),
        "arn:oidc is allowed sts:AssumeRoleWithWebIdentity on",
    ),
    "a policy attached to one more": (
        about("AWS::IAM::Policy", "PolicyDocument", allow("a:B"), Roles=["one"]),
        about("AWS::IAM::Policy", "PolicyDocument", allow("a:B"), Roles=["one", "two"]),
        "role two is allowed a:B on *",
    ),
    "a policy moved": (
        about("AWS::IAM::ManagedPolicy", "PolicyDocument", allow("a:B"), Users=["one"]),
        about("AWS::IAM::ManagedPolicy", "PolicyDocument", allow("a:B"), Groups=["one"]),
        "group one is allowed a:B on *",
    ),
    "a role's policy": (
        about("AWS::IAM::RolePolicy", "PolicyDocument", allow("a:B"), RoleName="r"),
        about("AWS::IAM::RolePolicy", "PolicyDocument", allow("a:*"), RoleName="r"),
        "role r is allowed a:* on *",
    ),
    "a user that joins a group": (
        of(USER),
        of(USER, Groups=[{"Ref": "Admins"}]),
        "user R is allowed whatever group Admins is allowed",
    ),
    "users added to a group": (
        of("AWS::IAM::UserToGroupAddition", GroupName="admins", Users=["one"]),
        of("AWS::IAM::UserToGroupAddition", GroupName="admins", Users=["one", {"Ref": "Two"}]),
        "user Two is allowed whatever group admins is allowed",
    ),
    "a member of an identity store's group": (
        {},
        of("AWS::IdentityStore::GroupMembership", GroupId="g", MemberId={"UserId": "u"}, IdentityStoreId="d"),
        "user u is allowed whatever group g is allowed",
    ),
    "another role in an instance profile": (
        of("AWS::IAM::InstanceProfile", Roles=["small"]),
        of("AWS::IAM::InstanceProfile", Roles=["large"]),
        "whoever has the instance profile R is allowed whatever role large is allowed",
    ),
    # IAM Identity Center
    "a permission set's managed policy": (
        of("AWS::SSO::PermissionSet", ManagedPolicies=[READER]),
        of("AWS::SSO::PermissionSet", ManagedPolicies=[ADMIN]),
        "whoever has the permission set R is allowed * on * (managed policy AdministratorAccess",
    ),
    "a permission set's inline policy": (
        of("AWS::SSO::PermissionSet", InlinePolicy=document(allow("s3:Get*"))),
        of("AWS::SSO::PermissionSet", InlinePolicy=document(allow("s3:*"))),
        "whoever has the permission set R is allowed s3:* on *",
    ),
    "a permission set's inline policy as text": (
        of("AWS::SSO::PermissionSet", InlinePolicy='{"Statement": []}'),
        of(
            "AWS::SSO::PermissionSet",
            InlinePolicy='{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}',
        ),
        "whoever has the permission set R is allowed * on *",
    ),
    "a permission set's customer managed policy": (
        of("AWS::SSO::PermissionSet"),
        of("AWS::SSO::PermissionSet", CustomerManagedPolicyReferences=[{"Name": "own", "Path": "/"}]),
        "whoever has the permission set R is allowed whatever the customer managed policy own says",
    ),
    "a permission set without boundary": (
        of("AWS::SSO::PermissionSet", PermissionsBoundary={"ManagedPolicyArn": "arn:limit"}),
        of("AWS::SSO::PermissionSet"),
        "whoever has the permission set R is no longer limited by the permissions boundary",
    ),
    "an assignment": (
        {},
        of(
            "AWS::SSO::Assignment",
            InstanceArn="i",
            PermissionSetArn={"Fn::GetAtt": ["Ops", "PermissionSetArn"]},
            PrincipalType="GROUP",
            PrincipalId="g-1",
            TargetId="111122223333",
            TargetType="AWS_ACCOUNT",
        ),
        "GROUP g-1 is allowed permission set Ops on account 111122223333",
    ),
    # Policies of resources
    "a bucket for everyone": (
        about(
            "AWS::S3::BucketPolicy",
            "PolicyDocument",
            allow("s3:GetObject", "b/*", {"AWS": ACCOUNT}),
            Bucket="b",
        ),
        about("AWS::S3::BucketPolicy", "PolicyDocument", allow("s3:GetObject", "b/*", "*"), Bucket="b"),
        "everyone is allowed s3:GetObject on b/* (policy of b)",
    ),
    "a bucket without its denial": (
        about("AWS::S3::BucketPolicy", "PolicyDocument", deny("s3:*", "b", principal="*"), Bucket="b"),
        {},
        "everyone is no longer denied s3:* on b",
    ),
    "a bucket's ACL": (
        of("AWS::S3::Bucket", AccessControl="PublicRead"),
        of("AWS::S3::Bucket", AccessControl="PublicReadWrite"),
        "everyone is allowed s3:PutObject on R",
    ),
    "a queue policy moved": (
        about("AWS::SQS::QueuePolicy", "PolicyDocument", allow("sqs:*", "*", "*"), Queues=[{"Ref": "One"}]),
        about("AWS::SQS::QueuePolicy", "PolicyDocument", allow("sqs:*", "*", "*"), Queues=[{"Ref": "Two"}]),
        "everyone is allowed sqs:* on Two",
    ),
    "a topic policy for one more": (
        about("AWS::SNS::TopicPolicy", "PolicyDocument", allow("sns:Publish", "*", "*"), Topics=["one"]),
        about(
            "AWS::SNS::TopicPolicy", "PolicyDocument", allow("sns:Publish", "*", "*"), Topics=["one", "two"]
        ),
        "everyone is allowed sns:Publish on two",
    ),
    "a queue's inline policy": (
        about("AWS::SQS::QueueInlinePolicy", "PolicyDocument", allow("sqs:Get*", "*", "*"), Queue="q"),
        about("AWS::SQS::QueueInlinePolicy", "PolicyDocument", allow("sqs:*", "*", "*"), Queue="q"),
        "everyone is allowed sqs:* on q",
    ),
    "a key": (
        about("AWS::KMS::Key", "KeyPolicy", allow("kms:Decrypt", "*", {"AWS": ACCOUNT})),
        about("AWS::KMS::Key", "KeyPolicy", allow("kms:*", "*", {"AWS": ACCOUNT})),
        "account 111122223333 is allowed kms:* on R",
    ),
    "a repository": (
        of("AWS::ECR::Repository"),
        about("AWS::ECR::Repository", "RepositoryPolicyText", {**allow("ecr:*", principal="*")}),
        "everyone is allowed ecr:* on R",
    ),
    "a secret": (
        about(
            "AWS::SecretsManager::ResourcePolicy", "ResourcePolicy", allow("a:B", "*", ACCOUNT), SecretId="s"
        ),
        about("AWS::SecretsManager::ResourcePolicy", "ResourcePolicy", allow("a:B", "*", "*"), SecretId="s"),
        "everyone is allowed a:B on s",
    ),
    "a table": (
        of("AWS::DynamoDB::Table", **TABLE),
        of(
            "AWS::DynamoDB::Table",
            **TABLE,
            ResourcePolicy={"PolicyDocument": document(allow("dynamodb:*", "*", {"AWS": ACCOUNT}))},
        ),
        "account 111122223333 is allowed dynamodb:* on R",
    ),
    "a table's stream": (
        of("AWS::DynamoDB::Table", **TABLE),
        of(
            "AWS::DynamoDB::Table",
            **TABLE,
            StreamSpecification={"ResourcePolicy": {"PolicyDocument": document(allow("d:G", "*", "*"))}},
        ),
        "everyone is allowed d:G on R StreamSpecification",
    ),
    "a replica of a global table": (
        of("AWS::DynamoDB::GlobalTable", Replicas=[{"Region": "eu-west-1"}]),
        of(
            "AWS::DynamoDB::GlobalTable",
            Replicas=[
                {
                    "Region": "eu-west-1",
                    "ResourcePolicy": {"PolicyDocument": document(allow("d:*", "*", "*"))},
                }
            ],
        ),
        "everyone is allowed d:*",
    ),
    "a stream": (
        about("AWS::Kinesis::ResourcePolicy", "ResourcePolicy", allow("k:G", "*", "*"), ResourceArn="one"),
        about("AWS::Kinesis::ResourcePolicy", "ResourcePolicy", allow("k:P", "*", "*"), ResourceArn="one"),
        "everyone is allowed k:P on one",
    ),
    "a file system": (
        of("AWS::EFS::FileSystem"),
        about("AWS::EFS::FileSystem", "FileSystemPolicy", allow("elasticfilesystem:*", "*", "*")),
        "everyone is allowed elasticfilesystem:* on R",
    ),
    "a domain": (
        about(
            "AWS::OpenSearchService::Domain", "AccessPolicies", allow("es:ESHttpGet", "d/*", {"AWS": ACCOUNT})
        ),
        about("AWS::OpenSearchService::Domain", "AccessPolicies", allow("es:*", "d/*", {"AWS": ACCOUNT})),
        "account 111122223333 is allowed es:* on d/* (policy of R)",
    ),
    "an access point": (
        of("AWS::S3::AccessPoint", Bucket="b"),
        about("AWS::S3::AccessPoint", "Policy", allow("s3:*", "*", "*"), Bucket="b"),
        "everyone is allowed s3:* on R",
    ),
    "an endpoint": (
        about("AWS::EC2::VPCEndpoint", "PolicyDocument", allow("s3:Get*", "*", "*")),
        about("AWS::EC2::VPCEndpoint", "PolicyDocument", allow("*", "*", "*")),
        "everyone is allowed * on R",
    ),
    "a REST API": (
        about("AWS::ApiGateway::RestApi", "Policy", allow("execute-api:Invoke", "*", "*", Condition=ORG)),
        about("AWS::ApiGateway::RestApi", "Policy", allow("execute-api:Invoke", "*", "*")),
        "everyone is allowed execute-api:Invoke on R",
    ),
    "a log destination written as text": (
        of("AWS::Logs::Destination", DestinationPolicy='{"Statement": []}'),
        of(
            "AWS::Logs::Destination",
            DestinationPolicy={
                "Fn::Sub": '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "logs:*"}]}'
            },
        ),
        "everyone is allowed logs:* on R",
    ),
    "a policy made by a function": (
        of(
            "AWS::Logs::ResourcePolicy",
            PolicyDocument={"Fn::ToJsonString": document(allow("l:G", "*", ACCOUNT))},
        ),
        of(
            "AWS::Logs::ResourcePolicy",
            PolicyDocument={"Fn::ToJsonString": document(allow("l:*", "*", ACCOUNT))},
        ),
        "account 111122223333 is allowed l:* on R",
    ),
    "a type that nobody here has heard of": (
        of("Some::Private::Type"),
        of("Some::Private::Type", Deep={"In": [{"It": document(allow("x:Y", "*", "*"))}]}),
        "everyone is allowed x:Y on R Deep",
    ),
    # Functions, layers and event buses
    "a function without organization": (
        of("AWS::Lambda::Permission", **LAMBDA, PrincipalOrgID="o-exampleorg1"),
        of("AWS::Lambda::Permission", **LAMBDA),
        "everyone is allowed lambda:InvokeFunction on f",
    ),
    "a function without source account": (
        of(
            "AWS::Lambda::Permission",
            **{**LAMBDA, "Principal": "s3.amazonaws.com"},
            SourceAccount="111122223333",
        ),
        of("AWS::Lambda::Permission", **{**LAMBDA, "Principal": "s3.amazonaws.com"}),
        "s3.amazonaws.com is allowed lambda:InvokeFunction on f",
    ),
    "a function of another source": (
        of("AWS::Lambda::Permission", **LAMBDA, SourceArn="arn:one"),
        of("AWS::Lambda::Permission", **LAMBDA, SourceArn="arn:*"),
        "everyone is allowed lambda:InvokeFunction on f, now if ArnLike aws:SourceArn arn:*",
    ),
    "a function's address without login": (
        of("AWS::Lambda::Permission", **LAMBDA, FunctionUrlAuthType="AWS_IAM"),
        of("AWS::Lambda::Permission", **LAMBDA, FunctionUrlAuthType="NONE"),
        "everyone is allowed lambda:InvokeFunction on f, now if StringEquals lambda:FunctionUrlAuthType NONE",
    ),
    "a function without token": (
        of("AWS::Lambda::Permission", **LAMBDA, EventSourceToken="amzn1.ask.skill.1"),
        of("AWS::Lambda::Permission", **LAMBDA),
        "everyone is allowed lambda:InvokeFunction on f",
    ),
    "a layer": (
        of(
            "AWS::Lambda::LayerVersionPermission",
            LayerVersionArn="l",
            Action="lambda:GetLayerVersion",
            Principal="*",
            OrganizationId="o-exampleorg1",
        ),
        of(
            "AWS::Lambda::LayerVersionPermission",
            LayerVersionArn="l",
            Action="lambda:GetLayerVersion",
            Principal="*",
        ),
        "everyone is allowed lambda:GetLayerVersion on l",
    ),
    "an event bus": (
        of(
            "AWS::Events::EventBusPolicy",
            StatementId="s",
            Statement=allow("events:PutEvents", "bus", ACCOUNT),
        ),
        of("AWS::Events::EventBusPolicy", StatementId="s", Statement=allow("events:PutEvents", "bus", "*")),
        "everyone is allowed events:PutEvents on bus",
    ),
    "an event bus in its older form": (
        of(
            "AWS::Events::EventBusPolicy",
            StatementId="s",
            Principal="*",
            Action="events:PutEvents",
            Condition={"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-exampleorg1"},
        ),
        of("AWS::Events::EventBusPolicy", StatementId="s", Principal="*", Action="events:PutEvents"),
        "everyone is allowed events:PutEvents on R",
    ),
    "an event bus policy on another bus": (
        about("AWS::Events::EventBusPolicy", "Statement", {}, StatementId="s")
        | of("AWS::Events::EventBusPolicy", EventBusName="a", Statement=allow("e:P", "*", "*")),
        of("AWS::Events::EventBusPolicy", EventBusName="b", Statement=allow("e:P", "*", "*")),
        "everyone is allowed e:P on b",
    ),
    "a thing's policy": (
        about("AWS::IoT::Policy", "PolicyDocument", allow("iot:Connect")),
        about("AWS::IoT::Policy", "PolicyDocument", allow("iot:*")),
        "whoever has the policy R is allowed iot:* on *",
    ),
    "a certificate that gets a thing's policy": (
        {},
        of("AWS::IoT::PolicyPrincipalAttachment", PolicyName={"Ref": "Open"}, Principal="arn:cert"),
        "arn:cert is allowed whatever the holder of the policy Open is allowed",
    ),
    "a SAM function's policy": (
        of("AWS::Serverless::Function", Policies=[document(allow("s3:Get*"))]),
        of("AWS::Serverless::Function", Policies=[document(allow("s3:*"))]),
        "the role of R is allowed s3:* on *",
    ),
    "a SAM function's managed policy": (
        of("AWS::Serverless::Function", Policies=["ReadOnlyAccess"]),
        of("AWS::Serverless::Function", Policies=["AdministratorAccess"]),
        "the role of R is allowed * on * (managed policy AdministratorAccess",
    ),
    "a SAM policy template": (
        of("AWS::Serverless::Function", Policies=[{"DynamoDBReadPolicy": {"TableName": "t"}}]),
        of("AWS::Serverless::Function", Policies=[{"DynamoDBCrudPolicy": {"TableName": "t"}}]),
        "the role of R is allowed whatever the SAM policy DynamoDBCrudPolicy",
    ),
    "a SAM function's address without login": (
        of("AWS::Serverless::Function", FunctionUrlConfig={"AuthType": "AWS_IAM"}),
        of("AWS::Serverless::Function", FunctionUrlConfig={"AuthType": "NONE"}),
        "everyone is allowed lambda:InvokeFunctionUrl on R",
    ),
    # Permissions in properties
    "an endpoint service": (
        of("AWS::EC2::VPCEndpointServicePermissions", ServiceId="s", AllowedPrincipals=[ACCOUNT]),
        of("AWS::EC2::VPCEndpointServicePermissions", ServiceId="s", AllowedPrincipals=["*"]),
        "everyone is allowed ec2:CreateVpcEndpoint on s",
    ),
    "a resource share": (
        of("AWS::RAM::ResourceShare", Name="n", ResourceArns=["arn:subnet"], Principals=["111122223333"]),
        of("AWS::RAM::ResourceShare", Name="n", ResourceArns=["arn:subnet"], Principals=["o-exampleorg1"]),
        "o-exampleorg1 is allowed to use what is shared on arn:subnet",
    ),
    "a cluster's access entry": (
        of("AWS::EKS::AccessEntry", ClusterName="c", PrincipalArn="arn:r"),
        of(
            "AWS::EKS::AccessEntry",
            ClusterName="c",
            PrincipalArn="arn:r",
            AccessPolicies=[{"PolicyArn": "AmazonEKSClusterAdminPolicy"}],
        ),
        "arn:r is allowed the EKS access policy AmazonEKSClusterAdminPolicy on c",
    ),
    "a private authority": (
        of(
            "AWS::ACMPCA::Permission",
            CertificateAuthorityArn="ca",
            Principal="acm.amazonaws.com",
            Actions=["a:I"],
        ),
        of(
            "AWS::ACMPCA::Permission",
            CertificateAuthorityArn="ca",
            Principal="acm.amazonaws.com",
            Actions=["a:I", "a:G"],
        ),
        "acm.amazonaws.com is allowed a:G on ca",
    ),
    "a dashboard": (
        of("AWS::QuickSight::Dashboard", Permissions=[{"Principal": "arn:a", "Actions": ["q:D"]}]),
        of("AWS::QuickSight::Dashboard", Permissions=[{"Principal": "arn:a", "Actions": ["q:D", "q:U"]}]),
        "arn:a is allowed q:U on R",
    ),
    "a database in the data lake": (
        {},
        of(
            "AWS::LakeFormation::PrincipalPermissions",
            Principal={"DataLakePrincipalIdentifier": "arn:r"},
            Permissions=["SELECT"],
            Resource={"Database": {"Name": "d"}},
        ),
        'arn:r is allowed SELECT on {"Database": {"Name": "d"}}',
    ),
    "a transfer user without its limits": (
        of(
            "AWS::Transfer::User",
            Role="arn:r",
            Policy=json.dumps(document(allow("s3:Get*"))),
        ),
        of("AWS::Transfer::User", Role="arn:r"),
        "user R of the transfer server is allowed whatever role arn:r is allowed",
    ),
    "an access policy for the whole cluster": (
        of("AWS::EKS::AccessEntry", **ENTRY, AccessPolicies=[{"PolicyArn": "a", "AccessScope": NAMESPACE}]),
        of("AWS::EKS::AccessEntry", **ENTRY, AccessPolicies=[{"PolicyArn": "a", "AccessScope": CLUSTER}]),
        "arn:r is allowed the EKS access policy a on c, no longer only if StringEquals namespace x",
    ),
    "guests of an identity pool": (
        of(
            "AWS::Cognito::IdentityPoolRoleAttachment",
            IdentityPoolId="p",
            Roles={"authenticated": "a"},
        ),
        of(
            "AWS::Cognito::IdentityPoolRoleAttachment",
            IdentityPoolId="p",
            Roles={"authenticated": "a", "unauthenticated": {"Fn::GetAtt": ["Guest", "Arn"]}},
        ),
        "every guest of the identity pool p is allowed whatever role Guest is allowed",
    ),
    "a bucket that may become public": (
        of(
            "AWS::S3::Bucket",
            PublicAccessBlockConfiguration={"BlockPublicPolicy": True, "IgnorePublicAcls": True},
        ),
        of(
            "AWS::S3::Bucket",
            PublicAccessBlockConfiguration={"BlockPublicPolicy": False, "IgnorePublicAcls": "true"},
        ),
        "everyone is no longer denied to make it public by a policy on R",
    ),
    "an API without authorization": (
        of("AWS::ApiGateway::Method", AuthorizationType="AWS_IAM"),
        of("AWS::ApiGateway::Method", AuthorizationType="NONE"),
        "everyone is allowed requests without authorization on R",
    ),
    "an address that may be without login": (
        of("AWS::Lambda::Url", AuthType="AWS_IAM", TargetFunctionArn={"Ref": "F"}),
        of("AWS::Lambda::Url", AuthType={"Ref": "Type"}, TargetFunctionArn={"Ref": "F"}),
        "everyone is allowed lambda:InvokeFunctionUrl without login on F, if AuthType is ${Type}",
    ),
    "a collection for one more": (
        of("AWS::OpenSearchServerless::AccessPolicy", Type="data", Policy=json.dumps([SEARCH])),
        of(
            "AWS::OpenSearchServerless::AccessPolicy",
            Type="data",
            Policy={"Fn::Sub": json.dumps([{**SEARCH, "Principal": ["arn:a", "${Role.Arn}"]}])},
        ),
        "${Role.Arn} is allowed aoss:ReadDocument on index/c/*",
    ),
    "a collection for the internet": (
        of("AWS::OpenSearchServerless::SecurityPolicy", Type="network", Policy=json.dumps([REACHED])),
        of(
            "AWS::OpenSearchServerless::SecurityPolicy",
            Type="network",
            Policy=json.dumps([{**REACHED, "AllowFromPublic": True}]),
        ),
        "everyone is allowed to reach the collection on collection/c",
    ),
    "a policy that is not known": (
        of("AWS::S3::BucketPolicy", Bucket="b"),
        of("AWS::S3::BucketPolicy", Bucket="b", PolicyDocument={"Ref": "Given"}),
        "whoever ${Given} names is allowed whatever ${Given} says on b",
    ),
    "a permission for a given principal": (
        {},
        of("AWS::Lambda::Permission", **{**LAMBDA, "Principal": {"Fn::If": ["C", "*", {"Ref": "P"}]}}),
        "${P} is allowed lambda:InvokeFunction on f, if the template's condition C does not hold",
    ),
    # Networks
    "a group opened to the world": (
        group(tcp("10.0.0.0/8", 22)),
        group(tcp("0.0.0.0/0", 22)),
        "anyone on the internet (0.0.0.0/0) can reach security group R on tcp port 22",
    ),
    "a group opened to every IPv6 address": (
        group(tcp("10.0.0.0/8", 22)),
        group(tcp("10.0.0.0/8", 22), tcp("::/0", 22, name="CidrIpv6")),
        "anyone on the internet (::/0) can reach security group R on tcp port 22",
    ),
    "more ports": (
        group(tcp("10.0.0.0/8", 443)),
        group(tcp("10.0.0.0/8", 1, 1024)),
        "10.0.0.0/8 can reach security group R on tcp ports 1 to 1024",
    ),
    "a larger block": (
        group(tcp("10.1.0.0/16", 443)),
        group(tcp("10.0.0.0/8", 443)),
        "10.0.0.0/8 can reach security group R on tcp port 443",
    ),
    "every protocol": (
        group(tcp("10.0.0.0/8", 443)),
        group({"IpProtocol": -1, "CidrIp": "10.0.0.0/8"}),
        "10.0.0.0/8 can reach security group R on every port of every protocol",
    ),
    "another group": (
        group(),
        group(tcp({"Fn::GetAtt": ["Web", "GroupId"]}, 5432, name="SourceSecurityGroupId")),
        "security group Web can reach security group R on tcp port 5432",
    ),
    "a prefix list": (
        group(),
        group(tcp("pl-1", 443, name="SourcePrefixListId")),
        "prefix list pl-1 can reach security group R on tcp port 443",
    ),
    "a longer prefix list": (
        of("AWS::EC2::PrefixList", Entries=[{"Cidr": "10.0.0.0/16"}]),
        of("AWS::EC2::PrefixList", Entries=[{"Cidr": "10.0.0.0/16"}, {"Cidr": "0.0.0.0/0"}]),
        "anyone on the internet (0.0.0.0/0) is in prefix list R",
    ),
    "a rule of its own": (
        {},
        of("AWS::EC2::SecurityGroupIngress", GroupId={"Ref": "Web"}, **tcp("0.0.0.0/0", 80)),
        "anyone on the internet (0.0.0.0/0) can reach security group Web on tcp port 80",
    ),
    "outbound rules given back": (
        group(SecurityGroupEgress=[tcp("10.0.0.0/8", 443)]),
        group(),
        "security group R can reach anyone on the internet (0.0.0.0/0) on every port of every protocol",
    ),
    "an outbound rule of its own": (
        {},
        of("AWS::EC2::SecurityGroupEgress", GroupId="g", **tcp("0.0.0.0/0", 25)),
        "security group g can reach anyone on the internet (0.0.0.0/0) on tcp port 25",
    ),
    "a cluster's address for everyone": (
        of("AWS::EKS::Cluster", ResourcesVpcConfig={"PublicAccessCidrs": ["192.0.2.0/24"]}),
        of("AWS::EKS::Cluster", ResourcesVpcConfig={"EndpointPublicAccess": True}),
        "anyone on the internet (0.0.0.0/0) can reach the Kubernetes API of R on tcp port 443",
    ),
    "a route to the internet": (
        {},
        of(
            "AWS::EC2::Route",
            RouteTableId={"Ref": "T"},
            DestinationCidrBlock="0.0.0.0/0",
            GatewayId={"Ref": "G"},
        ),
        "what routes by T can reach anyone on the internet (0.0.0.0/0) on every port of every protocol by",
    ),
    "a network ACL that allows": (
        {},
        of(
            "AWS::EC2::NetworkAclEntry",
            NetworkAclId="a",
            RuleNumber=1,
            Protocol=6,
            RuleAction="allow",
            CidrBlock="0.0.0.0/0",
            PortRange={"From": 22, "To": 22},
        ),
        "anyone on the internet (0.0.0.0/0) can reach the subnets of network ACL a on tcp port 22",
    ),
    "a network ACL that denies no more": (
        of(
            "AWS::EC2::NetworkAclEntry",
            NetworkAclId="a",
            RuleNumber=1,
            Protocol=-1,
            RuleAction="deny",
            CidrBlock="192.0.2.0/24",
        ),
        {},
        "192.0.2.0/24 is no longer denied to reach the subnets of network ACL a",
    ),
}


def told(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str]]:
    changes = permission_changes({"Resources": old}, {"Resources": new})
    return [(change.direction if change.certain else "maybe", change.statement) for change in changes]


def reordered(value: Any) -> Any:
    """The same with every list and mapping the other way round, save in a function's call."""
    if intrinsic(value):
        return value
    if isinstance(value, dict):
        return {key: reordered(item) for key, item in reversed(value.items())}
    return [reordered(item) for item in reversed(value)] if isinstance(value, list) else value


def test_there_are_many() -> None:
    assert len(WIDENINGS) >= 60


@pytest.mark.parametrize("name", WIDENINGS)
def test_a_widening_is_told(name: str) -> None:
    old, new, sentence = WIDENINGS[name]
    wider = [statement for direction, statement in told(old, new) if direction in {"wider", "maybe"}]
    assert any(statement.startswith(sentence) for statement in wider), told(old, new)


@pytest.mark.parametrize("name", WIDENINGS)
def test_the_way_back_is_a_narrowing(name: str) -> None:
    old, new, _ = WIDENINGS[name]
    assert any(direction in {"narrower", "maybe"} for direction, _ in told(new, old))


@pytest.mark.parametrize("name", WIDENINGS)
def test_another_order_is_no_change(name: str) -> None:
    for resources in WIDENINGS[name][:2]:
        assert told(resources, reordered(resources)) == []
        assert told(reordered(resources), resources) == []


@pytest.mark.parametrize("name", WIDENINGS)
def test_a_value_of_none_is_no_grant(name: str) -> None:
    _, new, _ = WIDENINGS[name]
    for body in new.values():
        emptied = {**body, "Properties": dict.fromkeys(body["Properties"], NOTHING)}
        assert told({}, {"R": emptied}) == told({}, {"R": {**body, "Properties": {}}})


@pytest.mark.parametrize(
    "spelling",
    [
        {"AWS": "111122223333"},
        {"AWS": ACCOUNT},
        {"AWS": [ACCOUNT]},
        ACCOUNT,
        {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::111122223333:root"}},
    ],
    ids=str,
)
def test_an_account_has_one_name(spelling: Any) -> None:
    plain = about("AWS::KMS::Key", "KeyPolicy", allow("kms:*", "*", {"AWS": "111122223333"}))
    assert told(plain, about("AWS::KMS::Key", "KeyPolicy", allow("kms:*", "*", spelling))) == []


def test_the_own_account_has_one_name() -> None:
    spellings = [
        {"Ref": "AWS::AccountId"},
        {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"},
        {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::", {"Ref": "AWS::AccountId"}, ":root"]]},
    ]
    policies = [
        about("AWS::KMS::Key", "KeyPolicy", allow("kms:*", "*", {"AWS": spelling})) for spelling in spellings
    ]
    assert all(told(policies[0], policy) == [] for policy in policies)


def test_a_function_has_one_name() -> None:
    spellings = [{"Ref": "F"}, {"Fn::GetAtt": ["F", "Arn"]}, {"Fn::Sub": "${F.Arn}"}, {"Fn::Sub": "${ F }"}]
    resources = [
        of("AWS::Lambda::Permission", **{**LAMBDA, "FunctionName": spelling}) for spelling in spellings
    ]
    assert all(told(resources[0], resource) == [] for resource in resources)


ODD = [
    {"PolicyDocument": {"Fn::GetAtt": ["A", "B"]}},
    {"PolicyDocument": "not json"},
    {"PolicyDocument": {"Statement": "x"}},
    {"PolicyDocument": {"Statement": [None, 5, {"Effect": "Allow"}]}},
    {"Policies": [5], "Groups": {"Ref": "Q"}, "Roles": 5},
    {"ManagedPolicyArns": {"Ref": "X"}, "PermissionsBoundary": {"a": 1}},
    {"Queues": {"Fn::Split": [",", "a"]}, "Topics": {"a": []}},
    {"SecurityGroupIngress": {"Ref": "P"}, "SecurityGroupEgress": [[{}]]},
    {"SecurityGroupIngress": [{"CidrIp": {"Ref": "P"}, "FromPort": {"Ref": "F"}, "IpProtocol": 6}]},
    {"Entries": [{"Cidr": 5}], "Permissions": "x", "FunctionUrlConfig": "x"},
    {"Principal": {"a": [1]}, "StatementId": 1, "Condition": []},
    {"Networking": {"Ports": [5]}, "ResourcesVpcConfig": 5, "Policy": '[{"Rules": [5], "Principal": null}]'},
    {"Policy": '[{"Rules": 5, "AllowFromPublic": false, "SourceVPCEs": null}]'},
    {"AccessPolicies": [{"PolicyArn": "x"}, 5], "AccessControl": {"a": 1}},
]


@pytest.mark.parametrize("properties", [*ODD, [], "text", {"Ref": "AWS::NoValue"}], ids=str)
def test_odd_properties_are_read_as_far_as_they_go(properties: Any) -> None:
    for kind in GRANTING_TYPES:
        bare: dict[str, Any] = {"R": {"Type": kind}}
        odd = {"R": {"Type": kind, "Properties": properties}}
        told(bare, odd)
        assert told(odd, odd) == []


def test_a_policy_that_is_retained_still_denies() -> None:
    [policy] = about(
        "AWS::S3::BucketPolicy", "PolicyDocument", deny("s3:*", principal="*"), Bucket="b"
    ).values()
    retained = {"R": {**policy, "DeletionPolicy": "Retain"}}
    assert told(retained, {}) == []
    open_instead = about("AWS::S3::BucketPolicy", "PolicyDocument", allow("s3:*", principal="*"), Bucket="b")
    assert ("wider", "everyone is no longer denied s3:* on b") in told(retained, {"New": open_instead["R"]})
    assert told(retained, {"New": {**policy}}) == []


def test_a_narrower_rule_of_a_group_is_covered_by_the_wider_one() -> None:
    old = group(tcp("10.0.0.0/8", 1, 1024))
    assert told(old, group(tcp("10.0.0.0/8", 1, 1024), tcp("10.1.2.0/24", 22))) == []
    other = [("narrower", "10.0.0.0/8 can no longer reach security group R on tcp ports 1 to 1024")]
    assert told(old, group(tcp("10.1.2.0/24", 22))) == other


def test_a_group_that_is_opened_under_a_condition() -> None:
    opened = {"Fn::If": ["Open", tcp("0.0.0.0/0", 22), NOTHING]}
    [(direction, sentence)] = told(group(), group(opened))
    assert (direction, sentence) == (
        "wider",
        "anyone on the internet (0.0.0.0/0) can reach security group R on tcp port 22,"
        " if the template's condition Open holds",
    )
