"""No role of the stacks can make itself mightier: not by any known path, with the boundary or without.

A path is open for a role only if each of its calls is allowed on some resource that fits: a role that may be
passed is one that the service may take and that is not the passing role itself; the strongest role of the
account, Administrator, is always among them. What conditions ask for is tried with every value that a caller
can choose. What is open by intention is listed here with its reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from copy import copy
from fnmatch import fnmatchcase
from functools import cache
from itertools import chain
from typing import Any

import pytest
from policy_sentry.querying.actions import get_action_data

from tests.proof.escalation_paths import PATHS
from tests.support.proof.account import VERSION, Account, Request, account, decide
from tests.support.proof.tools import ACCOUNT

SCENARIOS = ["dev", "prod", "prod without the boundary", "prod with IRSA"]
PREFIX = "mlops-retail-prediction"
STACK_ID = "0f0e0d0c-0b0a-0908-0706-050403020100"

# (role's name without project and environment, path): why it is meant to be so.
MEANT = {
    ("pipeline-deploy", "cloudformation-005"): (
        "it executes what was reviewed; the execution role makes no role without the boundary"
    ),
    ("pipeline-batch", "codebuild-002"): "it starts plans, whose role it could not take; it has no PassRole",
    ("cfn-execution", "iam-001"): "CloudFormation's own: of roles under the boundary, or of nobody",
    ("cfn-execution", "iam-009"): "of roles under the boundary",
    ("cfn-execution", "iam-012"): "of roles under the boundary",
    ("cfn-execution", "events"): "a rule that publishes alerts, with a role under the boundary",
    **{
        ("job-runner", path): "it starts jobs, as the job's own role: that is what the runner is for"
        for path in ("glue-003", "glue-005", "sagemaker-002", "sagemaker-003")
    },
}


def strongest(here: Account) -> str:
    """A role that may do everything, and that everybody in the account may take."""
    return here.arn("iam", "role/Administrator")


@cache
def world(scenario: str) -> Account:
    """The account, with the strongest role in it."""
    here = copy(account(scenario))
    trust = {"Version": VERSION, "Statement": [_allow(f"arn:aws:iam::{ACCOUNT}:root", "sts:AssumeRole")]}
    here.roles = {**here.roles, strongest(here): trust}
    return here


def _allow(principal: str, action: str) -> dict[str, Any]:
    return {"Sid": "T", "Effect": "Allow", "Principal": {"AWS": principal}, "Action": action}


def takeable(here: Account, service: str, role: str) -> list[str]:
    """The roles that a service may take, but for the one that would pass itself."""
    of_service = f'"{service}.amazonaws.com"'
    ours = [arn for arn, trust in here.roles.items() if of_service in json.dumps(trust) and arn != role]
    return [strongest(here), *ours]


def resources(here: Account, action: str, role: str) -> list[str]:
    """What the call could be about: our own things by name, and somebody else's."""
    service, _, name = action.partition(":")
    if action in {"sts:AssumeRole", "iam:UpdateAssumeRolePolicy"} or "RolePolicy" in name or "RoleP" in name:
        return [arn for arn in here.roles if arn != role] if service == "sts" else list(here.roles)
    if "PolicyVersion" in name:
        names = {policy for policy in here.policies() if not policy.startswith("arn:")}
        return sorted({*(here.arn("iam", f"policy/{name}") for name in names), here.arn("iam", "policy/any")})
    if service == "cloudformation" and "StackSet" not in name and "Instances" not in name:
        own = here.name.partition(" ")[0]
        return [
            here.arn(service, f"stack/{stack}/{STACK_ID}")
            for stack in (f"{PREFIX}-{own}-audit-trail", f"{PREFIX}-{own}-delivery-roles", "any")
        ]
    rows = get_action_data(service, name)
    assert rows, f"{action} is not known"
    formats = {row["resource_arn_format"] for row in rows[service]} - {"*"}
    own = f"{PREFIX}-{here.name.partition(' ')[0]}-plan"
    return sorted(_filled(each, name, here.region) for each in formats for name in (own, "any")) or ["*"]


def _filled(arn: str, name: str, region: str) -> str:
    known = {"Partition": "aws", "Region": region, "Account": ACCOUNT}
    return re.sub(r"\$\{(\w+)\}", lambda found: known.get(found[1], name), arn)


def contexts(here: Account, action: str) -> list[dict[str, Any]]:
    """What a caller can choose of a request's condition keys."""
    own = here.name.partition(" ")[0]
    if action in {"cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"}:
        role = {"cloudformation:RoleArn": here.arn("iam", f"role/{PREFIX}-{own}-cfn-execution")}
        return [
            {**(role if "Create" in action else {}), "cloudformation:ChangeSetName": name}
            for name in ("cfngen-plan-x", "cfngen-deploy-x", "x")
        ]
    if "RolePolicy" in action or "RoleP" in action or "AssumeRolePolicy" in action:
        # The boundary of the role is not the caller's to choose, but some roles have it.
        under = {"iam:PermissionsBoundary": here.arn("iam", f"policy/{PREFIX}-{own}-boundary")}
        attached = {"iam:PolicyARN": "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"}
        return [{}, under | (attached if "Attach" in action else {})]
    return [{}]


def calls(here: Account, role: str, call: str) -> list[Request]:
    """Every request that would make one call of a path."""
    # Most roles have nothing of the kind, and need no evaluator to say so. A trust policy alone lets in, too.
    action = "iam:PassRole" if call.startswith("PassRole>") else call
    if action != "sts:AssumeRole" and not any(
        _names(action, policy) for _, policy in here.identity.get(role, [])
    ):
        return []
    if call.startswith("PassRole>"):
        service = call.partition(">")[2]
        passed = {"iam:PassedToService": f"{service}.amazonaws.com"}
        return [Request(role, "iam:PassRole", target, passed) for target in takeable(here, service, role)]
    return [
        Request(role, call, resource, context)
        for resource in resources(here, call, role)
        for context in contexts(here, call)
    ]


def _names(action: str, policy: Mapping[str, Any]) -> bool:
    """Whether a statement that allows names the action, whatever its resources and conditions."""
    granted = [each.get("Action", []) for each in policy["Statement"] if each["Effect"] == "Allow"]
    patterns = chain(*([each] if isinstance(each, str) else each for each in granted))
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)


def open_paths(here: Account, roles: list[str]) -> Iterator[tuple[str, str]]:
    """The paths that are open, each with the role's name."""
    steps = {
        (role, path): [calls(here, role, call) for call in PATHS[path].split()]
        for role in roles
        for path in PATHS
    }
    asked = list(dict.fromkeys(_key(each) for step in steps.values() for each in chain(*step)))
    by_key = {_key(each): each for step in steps.values() for each in chain(*step)}
    answers = decide([(here, by_key[key]) for key in asked])
    allowed = {key for key, answer in zip(asked, answers, strict=True) if answer.allowed}
    for (role, path), step in steps.items():
        if all(any(_key(each) in allowed for each in options) for options in step):
            yield role.rpartition("/")[2], path


def _key(request: Request) -> str:
    return json.dumps([request.principal, request.action, request.resource, dict(request.context)])


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_known_path_is_open_but_those_that_are_meant(scenario: str) -> None:
    here = world(scenario)
    own = f"{PREFIX}-{scenario.partition(' ')[0]}-"
    found = {(role.removeprefix(own), path) for role, path in open_paths(here, list(account(scenario).roles))}
    assert sorted(found - MEANT.keys()) == []


def test_what_is_meant_is_open_somewhere() -> None:
    here = world("prod")
    found = {
        (role.removeprefix(f"{PREFIX}-prod-"), path)
        for role, path in open_paths(here, list(account("prod").roles))
    }
    assert sorted(MEANT.keys() - found) == []


def test_a_role_that_could_do_everything_is_noticed_on_every_path() -> None:
    """Or the test would be silent where it asks wrongly."""
    here = copy(world("prod"))
    role = here.arn_of("platform-roles", "SageMakerRole")
    everything: Mapping[str, Any] = {
        "Version": VERSION,
        "Statement": [{"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}],
    }
    here.identity = {**here.identity, role: [("everything", everything)]}
    here.boundary = {arn: name for arn, name in here.boundary.items() if arn != role}
    assert {path for _, path in open_paths(here, [role])} == PATHS.keys()
