"""IAM, CodeBuild, SSM and CloudFormation itself."""

from __future__ import annotations

from typing import Any

from cfngen.sandbox.readers.common import EmulatedAccount, Properties


def role(aws: EmulatedAccount, name: str, _: Properties) -> dict[str, Any]:
    """get_role, list_attached_role_policies and the inline policies."""
    api = aws.client("iam")
    found = api.get_role(RoleName=name)["Role"]
    inline = [
        {
            "PolicyName": policy,
            "PolicyDocument": api.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"],
        }
        for policy in api.list_role_policies(RoleName=name)["PolicyNames"]
    ]
    return {
        **found,
        "ManagedPolicyArns": [
            policy["PolicyArn"]
            for policy in api.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        ],
        "PermissionsBoundary": found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "Policies": inline,
    }


def managed_policy(aws: EmulatedAccount, arn: str, _: Properties) -> dict[str, Any]:
    """get_policy, get_policy_version of the default version and list_entities_for_policy."""
    api = aws.client("iam")
    found = api.get_policy(PolicyArn=arn)["Policy"]
    version = api.get_policy_version(PolicyArn=arn, VersionId=found["DefaultVersionId"])["PolicyVersion"]
    entities = api.list_entities_for_policy(PolicyArn=arn)
    return {
        **found,
        "ManagedPolicyName": found["PolicyName"],
        "PolicyDocument": version["Document"],
        "Roles": [item["RoleName"] for item in entities["PolicyRoles"]],
    }


def oidc_provider(aws: EmulatedAccount, arn: str, _: Properties) -> dict[str, Any]:
    """get_open_id_connect_provider, which answers the URL without its scheme."""
    found = aws.client("iam").get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    return {**found, "Url": f"https://{found['Url']}"}


def project(aws: EmulatedAccount, name: str, _: Properties) -> dict[str, Any]:
    """CodeBuild's batch_get_projects."""
    (found,) = aws.client("codebuild").batch_get_projects(names=[name])["projects"]
    return {**found, "Triggers": {"Webhook": "webhook" in found, **found.get("webhook", {})}}


def ssm_parameter(aws: EmulatedAccount, name: str, _: Properties) -> dict[str, Any]:
    """get_parameter and list_tags_for_resource."""
    api = aws.client("ssm")
    found = api.get_parameter(Name=name)["Parameter"]
    tags = api.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"]
    return {**found, "Tags": {tag["Key"]: tag["Value"] for tag in tags}}


def wait_condition_handle(_aws: EmulatedAccount, _url: str, _given: Properties) -> dict[str, Any]:
    """CloudFormation's own, which no other service knows; it has no properties."""
    return {}
