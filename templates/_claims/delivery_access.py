"""GitHub Actions: one repository, one branch or environment; it pushes images and does nothing else."""

from __future__ import annotations

from templates._claims.table import ACCOUNT, FOREIGN, Case, Here, lines

STACK = "delivery-access"
ISSUER = "token.actions.githubusercontent.com"
WEB_IDENTITY, ASSUME = "sts:AssumeRoleWithWebIdentity", "sts:AssumeRole"


def cases(here: Here) -> list[Case]:
    """All lines about the stack."""
    return [*_trust(here), *_work(here)]


def _trust(here: Here) -> list[Case]:
    role = here.role("github-push")
    may, may_not = lines(role)
    provider = here.arn("iam", f"oidc-provider/{ISSUER}")
    main, production = (
        "repo:octo-org/octo-repo:ref:refs/heads/main",
        "repo:octo-org/octo-repo:environment:production",
    )
    right, wrong = (production, main) if here.prod else (main, production)

    def token(sub: str, aud: str = "sts.amazonaws.com") -> dict[str, str]:
        return {f"{ISSUER}:sub": sub, f"{ISSUER}:aud": aud}

    tokens = {
        "a branch where an environment is wanted, or the reverse": token(wrong),
        "a fork": token(right.replace("octo-org", "somebody")),
        "another repository": token(right.replace("octo-repo", "other")),
        "a repository that begins alike": token(right.replace("octo-repo", "octo-repo-x")),
        "an owner that ends alike": token(right.replace("octo-org", "x-octo-org")),
        "another branch": token("repo:octo-org/octo-repo:ref:refs/heads/feature"),
        "a branch that begins alike": token(f"{main}-x"),
        "a tag": token("repo:octo-org/octo-repo:ref:refs/tags/main"),
        "a pull request": token("repo:octo-org/octo-repo:pull_request"),
        "another environment": token("repo:octo-org/octo-repo:environment:staging"),
        "another letter case": token(right.upper()),
        "another audience": token(right, "https://github.com/octo-org"),
        "no subject": {f"{ISSUER}:aud": "sts.amazonaws.com"},
    }
    return [
        may("the workflow", provider, WEB_IDENTITY, role, token(right)),
        *(may_not(what, provider, WEB_IDENTITY, role, context) for what, context in tokens.items()),
        may_not(
            "another issuer", here.arn("iam", "oidc-provider/gitlab.com"), WEB_IDENTITY, role, token(right)
        ),
        may_not(
            "another account's provider", provider.replace(ACCOUNT, FOREIGN), WEB_IDENTITY, role, token(right)
        ),
        may_not("an administrator", here.administrator, ASSUME, role),
        may_not("CodeBuild", "codebuild.amazonaws.com", ASSUME, role),
    ]


def _work(here: Here) -> list[Case]:
    role = here.role("github-push")
    may, may_not = lines(role)
    training, serving = here.arn("ecr", "repository/P-training"), here.arn("ecr", "repository/P-serving")
    return [
        may("signs in", role, "ecr:GetAuthorizationToken", "*"),
        may("uploads a layer", role, "ecr:UploadLayerPart", training),
        may("pushes a training image", role, "ecr:PutImage", training),
        may("pushes a serving image", role, "ecr:PutImage", serving),
        may_not("pushes elsewhere", role, "ecr:PutImage", here.arn("ecr", "repository/other")),
        may_not("deletes images", role, "ecr:BatchDeleteImage", training),
        may_not("deletes the repository", role, "ecr:DeleteRepository", serving),
        may_not("makes repositories", role, "ecr:CreateRepository", here.arn("ecr", "repository/P-new")),
        may_not("changes the lifecycle", role, "ecr:PutLifecyclePolicy", training),
        may_not("reads models", role, "s3:GetObject", here.bucket("mdl") + "/models/m.tar.gz"),
        may_not("takes the SageMaker role", role, ASSUME, here.role("sagemaker-execution")),
        may_not(
            "hands out roles",
            role,
            "iam:PassRole",
            here.role("sagemaker-execution"),
            {"iam:PassedToService": "sagemaker.amazonaws.com"},
        ),
        may_not(
            "deploys stacks",
            role,
            "cloudformation:CreateChangeSet",
            here.arn("cloudformation", "stack/P-audit-trail/1"),
        ),
        may_not("calls EKS", role, "eks:DescribeCluster", here.arn("eks", "cluster/P-cluster")),
    ]
