"""Our reading of IAM against an evaluator that is not ours: policies by chance, from a fixed seed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, NamedTuple

from cfngen.report.access.account import AccountPolicies, Held
from cfngen.report.access.decide import AccessRequest, decide
from cfngen.report.access.model import Principal
from cfngen.report.access.statements import PolicyOrigin, statements
from tests.support.proof.tools import ACCOUNT, evaluate

WORLDS = 2500
REGION = "eu-west-1"
FOREIGN = "999988887777"
BUCKET, QUEUE = "arn:aws:s3:::logs", f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs"
KEY, ROLE = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234", f"arn:aws:iam::{ACCOUNT}:role/target"
ACTIONS = {
    f"{BUCKET}/a/b": ["s3:GetObject", "s3:PutObject"],
    QUEUE: ["sqs:SendMessage", "sqs:DeleteQueue"],
    KEY: ["kms:Decrypt", "kms:PutKeyPolicy"],
    ROLE: ["sts:AssumeRole"],
}
MINE, OTHER = f"arn:aws:iam::{ACCOUNT}:role/path/mine", f"arn:aws:iam::{ACCOUNT}:role/other"
SOMEONE = f"arn:aws:iam::{ACCOUNT}:user/someone"
CALLERS = [
    Principal("mine", "role", "mine", MINE),
    Principal("other", "role", "other", OTHER),
    Principal("stranger", "role", "stranger", f"arn:aws:iam::{FOREIGN}:role/stranger"),
    Principal("someone", "user", "someone", SOMEONE),
    Principal("events", "service", "events", "events.amazonaws.com"),
]
NAMED: list[Any] = [
    "*",
    {"AWS": "*"},
    {"AWS": [MINE, SOMEONE]},
    {"AWS": [OTHER, f"arn:aws:iam::{FOREIGN}:root"]},
    {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    {"AWS": ACCOUNT},
    {"Service": "events.amazonaws.com"},
]
VALUES: Mapping[str, list[Any]] = {
    "aws:SourceIp": ["203.0.113.7", "198.51.100.1"],
    "aws:RequestTag/team": ["a", "ab", "B"],
    "aws:TagKeys": [["a"], ["a", "b"], ["c"]],
    "aws:MultiFactorAuthAge": ["10", "300"],
    "aws:ViaAWSService": ["true", "false"],
    "aws:SourceArn": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/x", "arn:aws:s3:::logs"],
}
TESTS: list[tuple[str, str, Any]] = [
    ("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
    ("NotIpAddress", "aws:SourceIp", ["203.0.113.0/24"]),
    ("StringEquals", "aws:RequestTag/team", ["a", "b"]),
    ("StringEqualsIgnoreCase", "aws:RequestTag/team", "b"),
    ("StringNotEquals", "aws:RequestTag/team", "a"),
    ("StringLikeIfExists", "aws:RequestTag/team", "a*"),
    ("StringNotLike", "aws:RequestTag/team", "a?"),
    ("StringNotEqualsIfExists", "aws:RequestTag/team", ["a", "ab"]),
    ("ForAllValues:StringEquals", "aws:TagKeys", ["a", "b"]),
    ("ForAnyValue:StringLike", "aws:TagKeys", ["b*"]),
    ("ForAnyValue:StringNotEquals", "aws:TagKeys", ["a"]),
    ("ForAllValues:StringNotEquals", "aws:TagKeys", ["c"]),
    ("NumericLessThan", "aws:MultiFactorAuthAge", "300"),
    ("NumericGreaterThanEquals", "aws:MultiFactorAuthAge", "300"),
    ("NumericNotEqualsIfExists", "aws:MultiFactorAuthAge", "10"),
    ("Bool", "aws:ViaAWSService", "true"),
    ("BoolIfExists", "aws:ViaAWSService", "false"),
    ("Null", "aws:RequestTag/team", "true"),
    ("Null", "aws:SourceIp", "false"),
    ("ArnLike", "aws:SourceArn", f"arn:aws:events:*:{ACCOUNT}:rule/*"),
    ("ArnNotEquals", "aws:SourceArn", f"arn:aws:events:{REGION}:{ACCOUNT}:rule/x"),
    ("StringEquals", "aws:RequestTag/team", "${aws:RequestTag/team}"),
]


def statement(chance: random.Random, resource: str, *, on: bool) -> dict[str, Any]:
    """A statement by chance, of a policy on the resource or of one that somebody holds."""
    service = ACTIONS[resource][0].partition(":")[0]
    made: dict[str, Any] = {"Effect": chance.choices(["Allow", "Deny"], [4, 1])[0]}
    action = "NotAction" if chance.random() < 0.1 else "Action"
    made[action] = chance.choice([*ACTIONS[resource], f"{service}:*", ACTIONS[resource][0][:-3] + "*", "*"])
    if resource != ROLE or not on:
        name = "NotResource" if chance.random() < 0.1 else "Resource"
        made[name] = chance.choice(["*", resource, resource[:-1] + "?", f"{BUCKET}/a/*", f"{BUCKET}/c/*"])
    if on:
        deny = made["Effect"] == "Deny" and chance.random() < 0.2
        made["NotPrincipal" if deny else "Principal"] = chance.choice(NAMED[2:] if deny else NAMED)
    for operator, key, value in chance.sample(TESTS, chance.choice([0, 0, 1, 1, 2])):
        made.setdefault("Condition", {}).setdefault(operator, {})[key] = value
    return made


def policy(chance: random.Random, resource: str, *, on: bool = False) -> dict[str, Any]:
    """A policy of one to three statements; sometimes one that allows everything, as many do."""
    listed = [statement(chance, resource, on=on) for _ in range(chance.randint(1, 3))]
    if not on and chance.random() < 0.3:
        listed.append({"Effect": "Allow", "Action": "*", "Resource": "*"})
    return {"Version": "2012-10-17", "Statement": listed}


class World(NamedTuple):
    """One request, and the policies that decide it."""

    caller: Principal
    action: str
    resource: str
    context: Mapping[str, Any]
    identity: Any
    boundary: Any
    guard: Any


def world(chance: random.Random) -> World:
    resource, caller = chance.choice(list(ACTIONS)), chance.choice(CALLERS)
    action, service = chance.choice(ACTIONS[resource]), caller.kind == "service"
    identity = None if service else policy(chance, resource)
    boundary = policy(chance, resource) if identity and chance.random() < 0.4 else None
    guarded = resource in {KEY, ROLE} or chance.random() < 0.6
    guard = policy(chance, resource, on=True) if guarded else None
    sent = [key for key in VALUES if chance.random() < 0.5 and (key != "aws:SourceArn" or service)]
    context = {key: chance.choice(VALUES[key]) for key in sent}
    return World(caller, action, resource, context, identity, boundary, guard)


def test_policies_by_chance_are_decided_the_same() -> None:
    chance = random.Random(16)  # noqa: S311 the same policies each time
    worlds = [world(chance) for _ in range(WORLDS)]
    answers = [ours(each) for each in worlds]
    decided = evaluate([simulation(each) for each in worlds])
    assert [answer["error"] for answer in decided if "error" in answer] == []
    wrong = [
        (answer["decision"], each)
        for each, mine, answer in zip(worlds, answers, decided, strict=True)
        if mine is not (answer["decision"] == "Allowed")
    ]
    assert wrong == []
    assert WORLDS * 0.1 < sum(answers) < WORLDS * 0.9
    bound = [each for each in worlds if each.boundary]
    unbound = [ours(each._replace(boundary=None)) for each in bound]
    assert unbound != [ours(each) for each in bound]


def ours(asked: World) -> bool:
    source = PolicyOrigin("s", "P")
    held = Held(
        tuple(statements(asked.identity, source, "identity")) if asked.identity else (),
        tuple(statements(asked.boundary, source, "boundary")) if asked.boundary else None,
    )
    guard = tuple(statements(asked.guard, source, "trust" if asked.resource == ROLE else "resource"))
    who, guarded = asked.caller, asked.resource.partition("/a/")[0]
    guards = {guarded: guard} if asked.guard else {}
    here = AccountPolicies(ACCOUNT, REGION, "aws", {who.arn: who}, {who.arn: held}, guards, {}, frozenset())
    return decide(here, AccessRequest(who, asked.action, asked.resource, asked.context)).allowed


def simulation(asked: World) -> dict[str, Any]:
    """The request as the evaluator takes it."""
    who, service = asked.caller.arn, asked.caller.kind == "service"
    known: dict[str, Any] = {
        "aws:SecureTransport": "true",
        "aws:PrincipalIsAWSService": str(service).lower(),
        **asked.context,
    }
    if not service:
        owner, name = who.split(":")[4], who.rpartition("/")[2]
        known |= {"aws:PrincipalArn": who, "aws:PrincipalAccount": owner}
        if asked.caller.kind != "user":
            who = f"arn:aws:sts::{owner}:assumed-role/{name}/session"
    made: dict[str, Any] = {
        "request": {
            "principal": who,
            "action": asked.action,
            "resource": {"resource": asked.resource, "accountId": ACCOUNT},
            "contextVariables": known,
        }
    }
    if asked.identity:
        made["identityPolicies"] = [{"name": "held", "policy": asked.identity}]
    if asked.boundary:
        made["permissionBoundaryPolicies"] = [{"name": "boundary", "policy": asked.boundary}]
    if asked.guard:
        made["resourcePolicy"] = asked.guard
    return made
