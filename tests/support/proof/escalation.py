"""Which of the known paths to more permissions are open to a role, and to whom they lead."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from copy import copy
from fnmatch import fnmatchcase
from itertools import chain
from typing import Any, NamedTuple

from policy_sentry.querying.actions import get_action_data

from tests.support.proof.account import VERSION, Account, Document, Request, decide, is_about
from tests.support.proof.tools import ACCOUNT

# What a caller cannot choose: who calls, on whose behalf, and what a role is under (see `_facts`).
NOT_CHOSEN = ("aws:principal", "kms:grantisforawsresource", "iam:permissionsboundary")
# Who writes the policy of one of these, or puts something there, has the thing, and no role by that.
THINGS = ("ecr", "kms", "s3", "secretsmanager")


class Way(NamedTuple):
    """A path that is open to a role, and a role that it leads to."""

    role: str
    path: str
    to: str


def strongest(here: Account) -> str:
    """A role that may do everything, and that everybody in the account may take."""
    return here.arn("iam", "role/Administrator")


def of_a_person(here: Account) -> str:
    """A role with a name of the project's that a person made, without the boundary."""
    return here.arn("iam", f"role/{here.prefix}-of-a-person")


def with_targets(here: Account) -> Account:
    """The account with these two roles, and with each role that a policy names and no stack makes."""
    changed = copy(here)
    changed.identity = {**here.identity, of_a_person(here): []}
    machines = {**_trust("x"), "Principal": {"Service": "ec2.amazonaws.com"}}
    trust = {"Version": VERSION, "Statement": [_trust(f"arn:aws:iam::{ACCOUNT}:root")]}
    named = {
        _filled(here, pattern)
        for held in here.identity.values()
        for _, policy in held
        for statement in policy["Statement"]
        if statement["Effect"] == "Allow"
        for pattern in _several(statement.get("Resource", []))
        if ":role/" in pattern and not any(fnmatchcase(role, pattern) for role in here.roles)
        if ":role/aws-service-role/" not in pattern  # of one service alone
    }
    changed.roles = {
        **here.roles,
        **dict.fromkeys([strongest(here), *sorted(named)], trust),
        of_a_person(here): {"Version": VERSION, "Statement": [machines]},
    }
    return changed


def ways(asked: Sequence[tuple[Account, Sequence[str]]], paths: Mapping[str, str]) -> list[list[Way]]:
    """The open paths of some roles in each account, from one run of the evaluator."""
    steps = [
        {
            (role, path): [calls(here, role, call) for call in text.split()]
            for role in roles
            for path, text in paths.items()
        }
        for here, roles in asked
    ]
    requests = {
        (number, _key(each)): (asked[number][0], each)
        for number, several in enumerate(steps)
        for options in several.values()
        if all(options)
        for each in chain(*options)
    }
    decided = dict(zip(requests, decide(list(requests.values())), strict=True))
    found = []
    for number, several in enumerate(steps):
        here, open_ = asked[number][0], []
        for (role, path), options in several.items():
            allowed = [
                [each for each in option if all(options) and decided[number, _key(each)].allowed]
                for option in options
            ]
            if all(allowed):
                passed = [each for option in allowed for each in option if each.action == "iam:PassRole"]
                leads = chain(*(_leads(here, each) for each in passed or chain(*allowed)))
                open_ += [Way(role, path, target) for target in dict.fromkeys(leads)]
        found.append(open_)
    return found


def reached(found: Sequence[Way], role: str) -> set[str]:
    """Whom a role becomes in the end, by any number of open paths."""
    known, new = set[str](), {role}
    while new:
        new = {way.to for way in found if way.role in new} - known
        known |= new
    return known - {role}


def calls(here: Account, role: str, call: str) -> list[Request]:
    """Every request that would make one call of a path."""
    passes = call.startswith("PassRole>")
    action = "iam:PassRole" if passes else call
    # Most roles have nothing of the kind, and need no evaluator to say so. A trust policy alone lets in, too.
    granting = [
        statement
        for _, policy in here.identity.get(role, [])
        for statement in policy["Statement"]
        if statement["Effect"] == "Allow" and is_about(action, statement)
    ]
    if not granting and action != "sts:AssumeRole":
        return []
    if passes:
        service = f"{call.partition('>')[2]}.amazonaws.com"
        contexts, targets = [{"iam:PassedToService": service}], _takeable(here, service, role)
    else:
        contexts, targets = _contexts(here, granting), _resources(here, call, role, granting)
    return [
        Request(role, action, target, {**context, **_facts(here, target)})
        for target in targets
        for context in contexts
    ]


def _takeable(here: Account, service: str, role: str) -> list[str]:
    """The roles that a service may take, but for the one that would pass itself."""
    of_service = f'"{service}"'
    return [
        arn
        for arn, trust in here.roles.items()
        if arn != role and (arn not in here.identity or of_service in json.dumps(trust))
    ]


def _resources(here: Account, action: str, role: str, granting: Sequence[Document]) -> list[str]:
    """What the call could be about: what the policies name, our own things, and somebody else's."""
    service, _, name = action.partition(":")
    if service == "sts":
        return [arn for arn in here.roles if arn != role]
    if service == "iam" and "Role" in name and "Profile" not in name:
        return list(here.roles)
    if "PolicyVersion" in name:
        ours = {policy for policy in here.policies() if not policy.startswith("arn:")}
        return sorted({*(here.arn("iam", f"policy/{each}") for each in ours), here.arn("iam", "policy/any")})
    formats = {row["resource_arn_format"] for row in get_action_data(service, name)[service]} - {"*"}
    named = [
        _filled(here, pattern)
        for statement in granting
        for pattern in _several(statement.get("Resource", []))
    ]
    guarded = [arn for arn in here.guarded if arn.split(":")[2] == service]
    if service == "kms":
        return guarded
    if action == "s3:PutObject":
        return _code(here)
    return list(
        dict.fromkeys(
            [
                *(arn for arn in named if arn.split(":")[2:3] == [service]),
                *guarded,
                *(
                    _any(each, here.region, name)
                    for each in sorted(formats)
                    for name in ("any", f"{here.prefix}-any")
                ),
                *(["*"] if not formats else []),
            ]
        )
    )


def _code(here: Account) -> list[str]:
    """What roles run, in the stacks' buckets."""
    templates = here.arn_of("delivery-pipeline", "TemplateBucket")
    data = here.arn_of("artifact-stores", "DataBucket")
    return [f"{templates}/source/source.zip", f"{templates}/audit-trail/9.9.9.yaml", f"{data}/code/train.py"]


def _contexts(here: Account, granting: Sequence[Document]) -> list[dict[str, Any]]:
    """What a caller can choose of a request's condition keys: nothing, or what a statement asks for."""
    chosen: list[dict[str, Any]] = [{}]
    for statement in granting:
        wanted = {
            key: _filled(here, _several(values)[0])
            for keys in statement.get("Condition", {}).values()
            for key, values in keys.items()
            if not key.lower().startswith(NOT_CHOSEN)
        }
        if wanted not in chosen:
            chosen.append(wanted)
    return chosen


def _facts(here: Account, target: str) -> dict[str, Any]:
    """What a role is under is not for its caller to choose."""
    return {"iam:PermissionsBoundary": here.boundary[target]} if target in here.boundary else {}


def _leads(here: Account, request: Request) -> list[str]:
    """What an allowed call leads to: the role that is changed, has the policy, or works on the thing."""
    target, service = request.resource, request.action.partition(":")[0]
    if target in here.roles or service in THINGS or ":oidc-provider/" in target:
        return [target]
    if ":policy/" in target:
        name = target.rpartition("/")[2]
        held = [role for role, policies in here.identity.items() if name in dict(policies)]
        return held or [role for role, boundary in here.boundary.items() if boundary == target] or [target]
    if service == "eks-auth":  # the agent on a node, for the pods on it
        return [role for role, trust in here.roles.items() if _works_on(trust, "pods.eks", target)]
    ours = [
        role
        for role, trust in here.roles.items()
        if here.prefix in target and _works_on(trust, service, target)
    ]
    return ours or [strongest(here)]


def _works_on(trust: Document, service: str, thing: str) -> bool:
    """Whether a service may take the role for a thing, as far as the trust policy names things."""
    for statement in trust["Statement"]:
        named = [
            pattern
            for keys in statement.get("Condition", {}).values()
            for pattern in _several(keys.get("aws:SourceArn", []))
        ]
        if f"{service}.amazonaws.com" in _several(statement["Principal"].get("Service", [])) and (
            not named or any(fnmatchcase(thing, pattern) for pattern in named)
        ):
            return True
    return False


def _trust(principal: str) -> dict[str, Any]:
    return {"Sid": "T", "Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}


def _several(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]


def _filled(here: Account, pattern: str) -> str:
    """Something that the pattern stands for, in this Region and account where it says nothing else."""
    parts = pattern.split(":", 5)
    if len(parts) == 6 and parts[0] == "arn":
        parts[3:5] = (
            ours if part == "*" else part
            for part, ours in zip(parts[3:5], (here.region, ACCOUNT), strict=True)
        )
    return re.sub(r"\$\{[^}]*\}|[*?]", "x", ":".join(parts))


def _any(arn_format: str, region: str, name: str) -> str:
    known = {"Partition": "aws", "Region": region, "Account": ACCOUNT}
    return re.sub(r"\$\{(\w+)\}", lambda found: known.get(found[1], name), arn_format)


def _key(request: Request) -> str:
    return json.dumps([request.principal, request.action, request.resource, dict(request.context)])
