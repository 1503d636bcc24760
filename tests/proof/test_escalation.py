"""No role of the stacks can make itself mightier: not by any known path, with the boundary or without.

A path is open for a role only if each of its calls is allowed on some resource that fits: a role that may be
passed is one that the service may take and that is not the passing role itself. A role Administrator, which
may do everything and which everybody in the account may take, is always among the targets, and so is every
role that a policy names and no stack makes. What conditions ask for is tried as the policies state it. What
is open by intention is listed here with its reason, and so is who a role becomes in the end, path after path.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from functools import cache
from typing import Any

import pytest

from tests.proof.escalation_paths import PATHS
from tests.support.proof.account import VERSION, Account, account
from tests.support.proof.escalation import Way, reached, strongest, ways, with_targets
from tests.support.proof.tools import ACCOUNT, NEXT

SCENARIOS = ("dev", "prod", "workshop", "prod without the boundary", "prod with IRSA", NEXT)
UNBOUND = "prod without the boundary"

JOBS = "it starts jobs, as the job's own role: that is what the runner is for"
REVIEWED = "it executes what was reviewed; the execution role makes no role without the boundary"
UNDER = "CloudFormation's own, of roles under the boundary; while one lacks it, no pipeline is deployed"
# (role's name without project and environment, path): why it is meant to be so.
MEANT = {
    **dict.fromkeys(
        [("pipeline-deploy", path) for path in ("cloudformation-005", "cloudformation-execute")], REVIEWED
    ),
    ("pipeline-batch", "codebuild-002"): "it starts plans, whose role it could not take; it has no PassRole",
    **dict.fromkeys(
        [("cfn-execution", path) for path in ("iam-001", "iam-009", "iam-012", "iam-019", "iam-020")], UNDER
    ),
    ("cfn-execution", "iam-issuer"): "the issuers of GitHub and of EKS, by their addresses",
    ("cfn-execution", "events"): "a rule that publishes alerts, with a role under the boundary",
    ("cfn-execution", "cloudtrail"): "the audit trail, with the role that delivers to its log group alone",
    ("cfn-execution", "kms-policy"): "of keys with the project's tags: the stacks make them",
    ("cfn-execution", "s3-policy"): "of the stacks' buckets, but not of the one that builds run from",
    ("cfn-execution", "ecr-policy"): "of the project's repositories: the stacks make them",
    ("github-push", "ecr-image"): "it delivers the images that jobs and pods run: that is what it is for",
    ("eks-nodegroup-role", "eks-agent"): "the agent on a node asks for each pod's role, with the pod's token",
    ("model-deployment", "sagemaker-endpoint"): "it lets models serve, as the role that serves them",
    **dict.fromkeys(
        [
            ("job-runner", path)
            for path in (
                *("glue-003", "glue-005", "glue-run", "s3-code", "sagemaker-002", "sagemaker-003"),
                *("sagemaker-pipeline", "sagemaker-other-pipeline"),
            )
        ],
        JOBS,
    ),
}
PODS = {"pod-model-access", "pod-monitoring", "pod-network", "pod-secrets"}
# Who a role becomes in the end; nobody else becomes anybody. CloudFormation's role: see the test.
BECOMES = {
    "pipeline-batch": {"pipeline-plan"},
    "job-runner": {"sagemaker-execution", "glue-job"},
    "model-deployment": {"sagemaker-execution"},
    "eks-nodegroup-role": PODS,
}


@cache
def found() -> dict[str, list[Way]]:
    """The open paths of every role, in each scenario."""
    asked = [(with_targets(account(scenario)), list(account(scenario).roles)) for scenario in SCENARIOS]
    return dict(zip(SCENARIOS, ways(asked, PATHS), strict=True))


def short(here: Account, role: str) -> str:
    """A role's name without project and environment."""
    return role.rpartition("/")[2].removeprefix(f"{here.prefix}-")


def opened(scenario: str) -> set[tuple[str, str]]:
    here = account(scenario)
    return {(short(here, way.role), way.path) for way in found()[scenario]}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_known_path_is_open_but_those_that_are_meant(scenario: str) -> None:
    assert sorted(opened(scenario) - MEANT.keys()) == []


def test_what_is_meant_is_open_somewhere() -> None:
    assert sorted(MEANT.keys() - set().union(*map(opened, SCENARIOS))) == []


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_step_by_step_a_role_becomes_those_that_are_meant_and_nobody_else(scenario: str) -> None:
    """No path leads out of the stacks, and CloudFormation's role changes roles under the boundary alone.

    Where a role lacks the boundary, its policy's next version is what the template says: the pipeline is not
    deployed there. The role that CloudTrail delivers with is passed to CloudTrail, and not changed.
    """
    here = account(scenario)
    everybody = {short(here, role) for role in here.roles}
    delivery = short(here, here.arn_of("audit-trail", "DeliveryRole"))
    of_people = {name for name in everybody if name.startswith(("pipeline-", "cfn-"))} | {delivery}
    changed = everybody - of_people if scenario == UNBOUND else {short(here, role) for role in here.boundary}
    assert not changed & of_people
    made = changed | {delivery}
    allowed = {**BECOMES, "cfn-execution": made, "pipeline-deploy": made | {"cfn-execution"}}
    for role in here.roles:
        others = {short(here, other) for other in reached(found()[scenario], role) if ":role/" in other}
        assert others <= allowed.get(short(here, role), set()), role


def injected(here: Account, role: str, statement: Mapping[str, Any]) -> Account:
    """The account in which a role has one more statement, and no boundary."""
    changed = copy(here)
    policy = {"Version": VERSION, "Statement": [{"Sid": "More", "Effect": "Allow", **statement}]}
    changed.identity = {**here.identity, role: [*here.identity[role], ("more", policy)]}
    changed.boundary = {arn: name for arn, name in here.boundary.items() if arn != role}
    return with_targets(changed)


def test_a_role_that_could_do_everything_is_noticed_on_every_path_and_held_by_the_boundary() -> None:
    """Or the test would be silent where it asks wrongly; the boundary lets nothing lead out of the stacks."""
    here = account("prod")
    role = here.arn_of("audit-alarms", "InsightsRole")
    free = injected(here, role, {"Action": "*", "Resource": "*"})
    held = copy(free)
    held.boundary = here.boundary
    without, under = ways([(free, [role]), (held, [role])], PATHS)
    # Every key's own policy refuses a grant that is not for an AWS service.
    assert {way.path for way in without} == PATHS.keys() - {"kms-grant"}
    of_the_work = {path for role, path in MEANT if role in BECOMES or role == "github-push"}
    assert {way.path for way in under} <= of_the_work
    jobs = {"sagemaker-execution", "glue-job", "job-runner"}
    assert {short(here, way.to) for way in under if ":role/" in way.to} <= PODS | jobs


ROLE = f"arn:aws:iam::{ACCOUNT}:role"
# A permission too much: the stack and the role that get it, and a path that it opens.
TOO_MUCH: Sequence[tuple[str, str, Mapping[str, Any], str]] = (
    ("platform-roles", "SageMakerRole",
     {"Action": ["iam:PassRole", "lambda:Create*", "lambda:Invoke*"], "Resource": "*"}, "lambda-001"),
    ("platform-roles", "NodeRole", {"NotAction": ["iam:*", "organizations:*"], "Resource": "*"}, "ssm-002"),
    ("platform-roles", "ClusterRole",
     {"Action": ["iam:PassRole", "ec2:RunInstances"], "Resource": "*",
      "Condition": {"StringLikeIfExists": {"iam:PassedToService": "ec2*"}}}, "ec2-001"),
    ("job-roles", "Runner", {"Action": "iam:PutRolePolicy", "Resource": f"{ROLE}/*-job-runner"}, "iam-005"),
    ("job-roles", "GlueRole",
     {"Action": ["iam:PassRole", "glue:*Session", "glue:RunStatement"],
      "Resource": [f"{ROLE}/teams/DataLake", "arn:aws:glue:*:*:session/*"]}, "glue-session"),
    ("job-roles", "Approver",
     {"Action": "sts:AssumeRole", "Resource": f"{ROLE}/Deployer",
      "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}, "sts-001"),
    ("pod-roles", "SecretsRole", {"Action": "iam:Set*", "Resource": f"arn:aws:iam::{ACCOUNT}:policy/*"},
     "iam-default-version"),
    ("pod-roles", "MonitoringRole",
     {"Action": "iam:AttachRolePolicy", "Resource": "*", "Condition": {
         "ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}}}, "iam-009"),
    ("delivery-pipeline", "PlanRole",
     {"Action": "cloudformation:ExecuteChangeSet", "Resource": "*",
      "Condition": {"StringLike": {"cloudformation:ChangeSetName": "cfngen-plan-*"}}}, "cloudformation-005"),
    ("delivery-pipeline", "PlanRole", {"Action": "s3:Put*", "Resource": "*"}, "s3-code"),
    ("delivery-pipeline", "BatchRole",
     {"Action": "codebuild:StartSandbox", "Resource": "arn:aws:codebuild:*:*:project/*-deploy"},
     "codebuild-sandbox"),
    ("delivery-pipeline", "DeployRole", {"Action": "eks:*Access*", "Resource": "*"}, "eks-access"),
    ("delivery-access", "PushRole", {"Action": "kms:*", "Resource": "*"}, "kms-policy"),
)  # fmt: skip


def test_a_permission_too_much_is_noticed() -> None:
    here = account("prod")
    asked = []
    for stack, logical_id, statement, _ in TOO_MUCH:
        role = here.arn_of(stack, logical_id)
        asked.append((injected(here, role, statement), [role]))
    for (stack, logical_id, _, path), open_ in zip(TOO_MUCH, ways(asked, PATHS), strict=True):
        assert path in {way.path for way in open_}, (stack, logical_id)


def test_a_trust_too_wide_and_a_chain_are_noticed() -> None:
    """Who starts jobs becomes whoever the job's role becomes."""
    here = account("prod")
    execution, sagemaker, runner = (
        here.arn_of(stack, name)
        for stack, name in (
            ("delivery-roles", "ExecutionRole"),
            ("platform-roles", "SageMakerRole"),
            ("job-roles", "Runner"),
        )
    )
    trusting = copy(here)
    trusting.boundary = {}
    lets_in = {"Sid": "T", "Effect": "Allow", "Principal": {"AWS": sagemaker}, "Action": "sts:AssumeRole"}
    trusting.roles = {
        **here.roles,
        execution: {"Version": VERSION, "Statement": [*here.roles[execution]["Statement"], lets_in]},
    }
    chained = injected(here, sagemaker, {"Action": "iam:UpdateAssumeRolePolicy", "Resource": f"{ROLE}/*"})
    first, second = ways([(with_targets(trusting), [sagemaker]), (chained, [runner, sagemaker])], PATHS)
    assert Way(sagemaker, "sts-001", execution) in first
    assert strongest(here) in reached(second, runner)
