"""IAM: OIDC providers, and the permissions boundary of roles."""

from __future__ import annotations

from cfngen.sandbox import private
from cfngen.sandbox.calls import call
from cfngen.sandbox.resources.kinds import Completion, Properties, ResourceType, as_tags, tag_changes


def _create_provider(_: str, given: Properties) -> str:
    answer = call("iam", "CreateOpenIDConnectProvider", Url=given["Url"])
    return str(answer["OpenIDConnectProviderArn"])


def _configure_provider(arn: str, new: Properties, _: Properties) -> None:
    # MiniStack has no operation that changes a provider, and answers the URL with its scheme, unlike IAM:
    # https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html
    private.iam.oidc_providers[arn].update(
        Url=arn.partition("/")[2],
        ClientIDList=list(new.get("ClientIdList", [])),
        ThumbprintList=list(new.get("ThumbprintList", [])),
        Tags=as_tags(tag_changes(new, {})[0]),
    )


def _delete_provider(arn: str, _: Properties) -> None:
    call("iam", "DeleteOpenIDConnectProvider", OpenIDConnectProviderArn=arn)


def _configure_role(name: str, new: Properties, old: Properties) -> None:
    if "PermissionsBoundary" in new:
        call(
            "iam", "PutRolePermissionsBoundary", RoleName=name, PermissionsBoundary=new["PermissionsBoundary"]
        )
    elif "PermissionsBoundary" in old:
        call("iam", "DeleteRolePermissionsBoundary", RoleName=name)


TYPES = (
    ResourceType(
        "AWS::IAM::OIDCProvider",
        create=_create_provider,
        configure=_configure_provider,
        delete=_delete_provider,
        attributes=lambda arn, _: {"Arn": arn},
        create_only=("Url",),
        tags="Tags",
    ),
    Completion("AWS::IAM::Role", _configure_role),
)
