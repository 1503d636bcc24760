"""Every widening has a sentence: policies made by chance, judged request by request by IAM's own rules.

`make test-fuzz` tries 5,000 pairs; CFNGEN_FUZZ says how many, CFNGEN_FUZZ_SEED where to begin.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import os
import random
import re
from functools import lru_cache
from itertools import product
from typing import Any

import pytest

from cfngen.template.access.permissions import permission_changes

pytestmark = pytest.mark.unmeasured

COUNT = int(os.environ.get("CFNGEN_FUZZ", "60"))
SEED = int(os.environ.get("CFNGEN_FUZZ_SEED", "20261128"))

REQUESTS = list(
    product(
        ("s3:GetObject", "s3:PutObject", "iam:Get"),
        ("b/x", "b/y", "c"),
        (None, "a", "ab"),  # the value of the key, None where the request has none
        (True, False),  # whether the template's condition holds
    )
)
ACTIONS = ("*", "s3:*", "s3:*Object", "S3:getobject", "s3:?etObject", "iam:*", "i*")
RESOURCES = ("*", "b/*", "b/x", "*/x", "b/?", "c")
VALUES = ("a", "ab", "a*", "*", "A", "?b")
OPERATORS = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase")
NOTHING = {"Ref": "AWS::NoValue"}
Request = tuple[str, str, str | None, bool]


def statement(chance: random.Random) -> dict[str, Any]:
    made: dict[str, Any] = {"Effect": "Allow" if chance.random() < 0.7 else "Deny"}
    for key, patterns in (("Action", ACTIONS), ("Resource", RESOURCES)):
        name = f"Not{key}" if chance.random() < 0.2 else key
        made[name] = chance.sample(patterns, chance.choice((1, 1, 2)))
    if chance.random() < 0.5:
        operator = chance.choice(OPERATORS) + chance.choice(("", "", "IfExists"))
        values: Any = chance.sample(VALUES, chance.choice((1, 1, 2)))
        if chance.random() < 0.2:
            values = {"Fn::If": ["C", values[0], chance.choice(VALUES)]}
        made["Condition"] = {operator: {chance.choice(("k:k", "K:k")): values}}
    return made


def policy(chance: random.Random) -> list[Any]:
    made = []
    for _ in range(chance.choice((1, 2, 3))):
        other = NOTHING if chance.random() < 0.6 else statement(chance)
        one = statement(chance)
        made.append({"Fn::If": ["C", one, other]} if chance.random() < 0.2 else one)
    return made


def changed(statements: list[Any], chance: random.Random) -> list[Any]:
    if chance.random() < 0.3:
        return policy(chance)
    if len(statements) > 1 and chance.random() < 0.3:
        return statements[1:]
    return [*statements[chance.choice((0, 1)) :], statement(chance)]


@lru_cache
def matches(pattern: str, name: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), name) is not None


def chosen(value: Any, *, holds: bool) -> Any:
    return value["Fn::If"][1 if holds else 2] if isinstance(value, dict) and "Fn::If" in value else value


def fits(condition: dict[str, dict[str, Any]], key: str | None, *, holds: bool) -> bool:
    for operator, names in condition.items():
        (wanted,) = (chosen(value, holds=holds) for value in names.values())
        values = wanted if isinstance(wanted, list) else [wanted]
        turned = "Not" in operator
        if key is None:
            return turned or operator.endswith("IfExists")
        if "Like" in operator:
            found = any(matches(value, key) for value in values)
        elif "IgnoreCase" in operator:
            found = key.lower() in [value.lower() for value in values]
        else:
            found = key in values
        return found != turned
    return True


def allowed(statements: list[Any]) -> set[Request]:
    return {request for request in REQUESTS if _allows(statements, request)}


def _allows(statements: list[Any], request: Request) -> bool:
    action, resource, key, holds = request
    effects = set()
    for some in statements:
        one = chosen(some, holds=holds)
        if one == NOTHING:
            continue
        acts = any(
            matches(pattern.lower(), action.lower()) for pattern in one.get("Action", one.get("NotAction"))
        )
        about = any(matches(pattern, resource) for pattern in one.get("Resource", one.get("NotResource")))
        if (
            acts == ("Action" in one)
            and about == ("Resource" in one)
            and fits(one.get("Condition", {}), key, holds=holds)
        ):
            effects.add(one["Effect"])
    return effects == {"Allow"}


def directions(old: list[Any], new: list[Any]) -> set[str]:
    before, after = (
        {
            "Resources": {
                "R": {
                    "Type": "AWS::IAM::Role",
                    "Properties": {"Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": some}}]},
                }
            }
        }
        for some in (old, new)
    )
    return {change.word for change in permission_changes(before, after)}


def test_whatever_is_possible_now_and_was_not_has_a_sentence() -> None:
    widened = 0
    for seed in range(SEED, SEED + COUNT):
        chance = random.Random(seed)  # noqa: S311
        old = policy(chance)
        new = changed(old, chance)
        was, now, told = allowed(old), allowed(new), directions(old, new)
        widened += not now <= was
        assert now <= was or told & {"wider", "maybe wider"}, seed
        assert was <= now or told & {"narrower", "maybe wider"}, seed
        assert not directions(old, old[::-1]), seed
    assert widened > COUNT / 10
