"""How GitHub Actions pushes images without a stored credential.

GitHub signs a token for each workflow run; IAM trusts it for exactly one branch or one environment of one
repository, and the role may push images to the project's two repositories and nothing else.

Choices, where the obvious one is wrong:

- `sub` is compared as a whole. `repo:ORG/REPO:*` would let in every branch, tag and pull request, and
  `repo:ORG/*` every repository. A pull request's subject ends in `:pull_request`, a fork's begins with the
  fork's own name: neither is let in.
- An environment (GitHubEnvironment) is stronger than a branch where it has required reviewers; a workflow
  that uses one has no branch in its subject, so exactly one of the two is given.
- Names can be given up and taken by a stranger, numbers cannot: repositories made or renamed since July
  2026, and older ones on request, have the ids of owner and repository in their subject. Then give them in
  GitHubRepository, as OWNER@ID/NAME@ID; by the name alone, whoever owns the name owns the role.
- One provider for an issuer may exist in an account: GitHubProvider is `existing` where there is one.
- No thumbprint: IAM checks GitHub's certificate with its own library of root certificates.
- Without a repository there is only the provider: nobody is trusted by a default.

Sources: https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
https://docs.github.com/en/actions/reference/security/oidc
https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
"""

from __future__ import annotations

from awacs import ecr
from troposphere import And, Equals, GetAtt, If, Not, Or, Ref, Sub
from troposphere.iam import ManagedPolicy, OIDCProvider, Role

from cfngen.define import iam, recipes
from cfngen.define.stack import Stack
from templates import _common, _naming
from templates._claims import delivery_access as promises
from templates._claims import facts, table

stack = Stack(
    "Delivery access: GitHub Actions pushes the project's images, from one branch or environment of one "
    "repository.",
    depends_on=["delivery-roles", "artifact-stores"],
)

# --- Parameters ---------------------------------------------------------------------------------------------

_common.add_common(stack)

GITHUB = stack.group("GitHub")

# https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication
OWNER = "[A-Za-z0-9][A-Za-z0-9_-]*"
NAME = "[A-Za-z0-9._-]+"

GITHUB.text(
    "GitHubRepository",
    "Repository that pushes images: OWNER@ID/NAME@ID, or OWNER/NAME where its tokens say so.",
    pattern=f"{OWNER}/{NAME}|{OWNER}@[0-9]+/{NAME}@[0-9]+",
    max_length=180,
    allowed="one repository as OWNER/NAME or OWNER@ID/NAME@ID, no wildcards",
    optional=True,
    label="Repository",
)
GITHUB.text(
    "GitHubBranch",
    "Branch that pushes images. Empty where an environment is given.",
    pattern="[A-Za-z0-9][A-Za-z0-9._/-]*",
    max_length=200,
    allowed="one branch, without refs/heads/ and wildcards",
    optional=True,
    label="Branch",
)
GITHUB.text(
    "GitHubEnvironment",
    "Environment of the repository, best with required reviewers, that pushes images.",
    pattern="[A-Za-z0-9][A-Za-z0-9._-]*",
    max_length=200,
    allowed="one environment: letters, digits and ._- without wildcards",
    optional=True,
    label="Environment of the repository",
)
GITHUB.choice(
    "GitHubProvider",
    "create, or existing where IAM has a provider for GitHub already: one an account.",
    ["create", "existing"],
    label="OIDC provider of GitHub",
)

boundary = _common.permissions_boundary(stack)

no_repository = Equals(Ref("GitHubRepository"), "")
no_branch = Equals(Ref("GitHubBranch"), "")
no_environment = Equals(Ref("GitHubEnvironment"), "")

stack.rule(
    "RepositoryHasBranchOrEnvironment",
    [
        {
            "Assert": Or(
                And(Not(no_branch), no_environment),
                And(no_branch, Not(no_environment)),
            ),
            "AssertDescription": "A GitHubRepository needs a GitHubBranch or a GitHubEnvironment, not both.",
        }
    ],
    when=Not(no_repository),
)
stack.rule(
    "BranchOrEnvironmentHasRepository",
    [
        {
            "Assert": And(no_branch, no_environment),
            "AssertDescription": "A GitHubBranch or GitHubEnvironment is of a GitHubRepository: give it.",
        }
    ],
    when=no_repository,
)
stack.rule(
    "ExistingProviderHasRepository",
    [
        {
            "Assert": Not(no_repository),
            "AssertDescription": "With an existing provider there is only a GitHubRepository's role to make.",
        }
    ],
    when=Equals(Ref("GitHubProvider"), "existing"),
)

new_provider = stack.condition("CreateGitHubProvider", Equals(Ref("GitHubProvider"), "create"))
trusted = stack.condition("HasGitHubRepository", Not(no_repository))
by_environment = stack.condition("HasGitHubEnvironment", Not(no_environment))

# --- GitHub's identity provider -----------------------------------------------------------------------------

stack.add(
    OIDCProvider(
        "IdentityProvider",
        Condition=new_provider,
        Url="https://token.actions.githubusercontent.com",
        ClientIdList=["sts.amazonaws.com"],
        Tags=_common.tags(),
    )
)

# --- The role -----------------------------------------------------------------------------------------------

stack.add(
    Role(
        "PushRole",
        Condition=trusted,
        DeletionPolicy="Delete",
        RoleName=Sub(_naming.PUSH_ROLE),
        Description="GitHub Actions pushes the images of retail prediction",
        MaxSessionDuration=3600,
        AssumeRolePolicyDocument=If(
            by_environment,
            iam.github_trust("repo:${GitHubRepository}:environment:${GitHubEnvironment}"),
            iam.github_trust("repo:${GitHubRepository}:ref:refs/heads/${GitHubBranch}"),
        ),
        PermissionsBoundary=boundary,
        Tags=_common.tags(),
    )
)
stack.add(
    ManagedPolicy(
        "PushPolicy",
        Condition=trusted,
        ManagedPolicyName=Sub(_naming.PUSH_ROLE),
        Description="Push images to the repositories of this project, and nothing else",
        Roles=[Ref("PushRole")],
        PolicyDocument=iam.policy(
            iam.allow("SignInToRegistry", [ecr.GetAuthorizationToken], ["*"]),
            iam.allow(
                "PushImages",
                [
                    ecr.BatchCheckLayerAvailability,
                    ecr.BatchGetImage,
                    ecr.InitiateLayerUpload,
                    ecr.UploadLayerPart,
                    ecr.CompleteLayerUpload,
                    ecr.PutImage,
                ],
                [recipes.arn("ecr", f"repository/{name}") for name in _naming.REPOSITORIES],
            ),
        ),
    )
)

# --- Outputs ------------------------------------------------------------------------------------------------

recipes.export(
    stack,
    "PushRoleArn",
    "Role of GitHub Actions: role-to-assume of configure-aws-credentials",
    GetAtt("PushRole", "Arn"),
    condition=trusted,
)
recipes.export(
    stack,
    "GitHubProviderArn",
    "OIDC provider of GitHub",
    GetAtt("IdentityProvider", "Arn"),
    condition=new_provider,
)

# --- Promises -----------------------------------------------------------------------------------------------

stack.claim(*facts.of_roles(stack), *facts.of_buckets(stack))
stack.claim(*table.claims(stack, "delivery-access", promises.cases))
