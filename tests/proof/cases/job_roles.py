"""What parameters open to those who start jobs and to those who deploy: pipelines, Studio, GitHub."""

from __future__ import annotations

from tests.proof.cases._case import Case, Here, lines
from tests.support.proof.account import FOREIGN
from tests.support.proof.tools import ACCOUNT

ASSUME, WEB_IDENTITY = "sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"
SAGEMAKER, ISSUER = "sagemaker.amazonaws.com", "token.actions.githubusercontent.com"
DOMAIN = "d-0123456789ab"


def cases(here: Here) -> list[Case]:
    """Open where they are asked for, else shut."""
    if not here.everything:
        return []
    return [*_github(here), *_pipelines(here), *_studio(here)]


def _token(place: str) -> dict[str, str]:
    return {f"{ISSUER}:sub": f"repo:octo-org/octo-repo:{place}", f"{ISSUER}:aud": "sts.amazonaws.com"}


def _github(here: Here) -> list[Case]:
    provider = here.arn("iam", f"oidc-provider/{ISSUER}")
    main, production = _token("ref:refs/heads/main"), _token("environment:production")
    found = []
    for name, right, wrong in (("job-runner", main, production), ("model-deployment", production, main)):
        role = here.role(name)
        may, may_not = lines(role)
        if_asked = may if here.next else may_not
        found += [
            if_asked("its workflow", provider, WEB_IDENTITY, role, right),
            may_not("the other's workflow", provider, WEB_IDENTITY, role, wrong),
            may_not("another branch", provider, WEB_IDENTITY, role, _token("ref:refs/heads/feature")),
            may_not("a pull request", provider, WEB_IDENTITY, role, _token("pull_request")),
            may_not("another environment", provider, WEB_IDENTITY, role, _token("environment:test")),
            may_not("another audience", provider, WEB_IDENTITY, role, right | {f"{ISSUER}:aud": "x"}),
        ]
    return found


def _pipelines(here: Here) -> list[Case]:
    role = here.role("job-runner")
    may, may_not = lines(role)
    if_asked = may if here.next else may_not
    pipeline, job = (
        here.arn("sagemaker", "pipeline/P-sales"),
        here.arn("sagemaker", "training-job/pipelines-x"),
    )
    return [
        if_asked("makes a pipeline", role, "sagemaker:CreatePipeline", pipeline),
        if_asked("starts a pipeline", role, "sagemaker:StartPipelineExecution", pipeline),
        if_asked("watches a job that a pipeline names", role, "sagemaker:DescribeTrainingJob", job),
        may_not("starts a job under a pipeline's name", role, "sagemaker:CreateTrainingJob", job),
        may_not("starts another project's pipeline", role, "sagemaker:StartPipelineExecution",
                here.arn("sagemaker", "pipeline/other")),
    ]  # fmt: skip


def _studio(here: Here) -> list[Case]:
    role = here.role("job-runner")
    may, may_not = lines(role)
    if_asked = may if here.next else may_not
    profile = here.arn("sagemaker", f"user-profile/{DOMAIN}/me")
    space, app = (here.arn("sagemaker", f"{kind}/{DOMAIN}/x") for kind in ("space", "app"))
    me = {"sagemaker:DomainId": DOMAIN, "sagemaker:UserProfileName": "me"}
    mine, yours = (
        me | {"sagemaker:OwnerUserProfileArn": profile.replace("/me", f"/{name}")} for name in ("me", "you")
    )
    tagging = {"sagemaker:TaggingAction": "CreateSpace"}
    ours = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": profile}
    theirs = {name: text.replace(ACCOUNT, FOREIGN) for name, text in ours.items()}
    return [
        if_asked("SageMaker takes it, for Studio", SAGEMAKER, ASSUME, role, ours),
        may_not("SageMaker takes it for another account", SAGEMAKER, ASSUME, role, theirs),
        may_not("SageMaker does not say for whom", SAGEMAKER, ASSUME, role),
        if_asked("makes a space of its own", role, "sagemaker:CreateSpace", space, mine),
        if_asked("starts its own app", role, "sagemaker:CreateApp", f"{app}/JupyterLab/default", mine),
        if_asked("tags the space that it makes", role, "sagemaker:AddTags", space, tagging),
        if_asked("sees its user profile", role, "sagemaker:DescribeUserProfile", profile),
        if_asked("sees networks", role, "ec2:DescribeSubnets", "*"),
        may_not("deletes another person's space", role, "sagemaker:DeleteSpace", space, yours),
        may_not(
            "starts another person's app", role, "sagemaker:CreateApp", f"{app}/JupyterLab/default", yours
        ),
        may_not("tags a space that is there", role, "sagemaker:AddTags", space),
        may_not("changes a user profile", role, "sagemaker:UpdateUserProfile", profile),
    ]
