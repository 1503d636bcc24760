"""Whether one condition lets more through than another: held against requests that are tried on both."""

from __future__ import annotations

from itertools import product

import pytest

from cfngen.template.access.limits import relation
from cfngen.template.access.statements import Condition, Limit

A, B = ("a",), ("a", "b")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([("StringEquals k", A)], [("StringEquals k", A)], "same"),
        ([("StringEquals k", A)], [("StringEquals k", B)], "looser"),
        ([("StringEquals k", B)], [("StringEquals k", A)], "stricter"),
        ([("StringNotEquals k", A)], [("StringNotEquals k", B)], "stricter"),
        ([("StringEquals k", A)], [("StringEquals k", ("b",))], "unknown"),
        ([("StringEquals k", A)], [("StringEqualsIfExists k", A)], "looser"),
        ([("StringEqualsIfExists k", B)], [("StringEquals k", A)], "stricter"),
        ([("StringEquals k", B)], [("StringEqualsIfExists k", A)], "unknown"),
        ([("StringNotEquals k", A)], [("StringNotEqualsIfExists k", A)], "unknown"),
        ([], [("StringEquals k", A)], "stricter"),
        ([("StringEquals k", A)], [], "looser"),
        ([("StringEquals k", A)], [("StringEquals l", A)], "unknown"),
        ([("StringEquals k", A)], [("StringEquals k", B), ("Bool l", A)], "unknown"),
        ([("StringLike k", ("repo:a:x",))], [("StringLike k", ("repo:*",))], "looser"),
        ([("StringEquals k", ("repo:a:x",))], [("StringEquals k", ("repo:*",))], "unknown"),
        ([("ArnLike k", ("arn:aws:s3:::b",))], [("ArnLike k", ("arn:*",))], "unknown"),
        ([("ArnLike k", ("arn:aws:s3:::b-x",))], [("ArnLike k", ("arn:aws:s3:::b-*",))], "looser"),
        ([("StringLike k", ("a?c",))], [("StringLike k", ("a*c",))], "looser"),
        ([("StringLike k", ("a*",))], [("StringLike k", ("*b",))], "unknown"),
        ([("StringEquals k", A)], [("StringLike k", ("a*",))], "looser"),
        ([("StringEquals k", A)], [("StringLike k", A)], "same"),
        ([("StringLike k", ("a*",))], [("StringEquals k", ("a*",))], "stricter"),
        ([("StringNotEquals k", A)], [("StringNotLike k", ("a*",))], "stricter"),
        ([("StringEquals k", A)], [("StringEqualsIgnoreCase k", ("A",))], "looser"),
        ([("StringEquals aws:SourceArn", A)], [("StringEquals aws:sourcearn", A)], "same"),
        ([("ArnEquals k", ("arn:aws:s3:::b",))], [("ArnLike k", ("arn:aws:s3:::b",))], "same"),
        ([("ArnLike k", ("arn:aws:sns:a:1:t",))], [("ArnLike k", ("arn:aws:sns:*:1:t",))], "looser"),
        ([("ArnLike k", ("arn:aws:sns:a:1:t",))], [("ArnLike k", ("arn:aws:sns:*",))], "unknown"),
        ([("IpAddress k", ("10.1.0.0/16",))], [("IpAddress k", ("10.0.0.0/8", "::/0"))], "looser"),
        ([("IpAddress k", ("10.1.0.0/16",))], [("IpAddress k", ("::/0",))], "unknown"),
        ([("NotIpAddress k", ("10.1.0.0/16",))], [("NotIpAddress k", ("10.0.0.0/8",))], "stricter"),
        ([("NumericLessThan k", ("300",))], [("NumericLessThan k", ("3600",))], "looser"),
        ([("NumericLessThan k", ("300",))], [("NumericLessThanEquals k", ("300.0",))], "looser"),
        ([("NumericGreaterThan k", ("300",))], [("NumericGreaterThan k", ("3600",))], "stricter"),
        ([("NumericLessThan k", ("300",))], [("NumericGreaterThan k", ("300",))], "unknown"),
        ([("DateLessThan k", ("2026-01-01T00:00:00Z",))], [("DateLessThan k", ("2027-01-01",))], "looser"),
        ([("DateLessThan k", ("2026-01-01T00:00:00Z",))], [("DateLessThan k", ("${When}",))], "unknown"),
        ([("Bool k", ("true",))], [("Bool k", ("True",))], "same"),
        ([("Null k", ("true",))], [("Null k", ("false",))], "unknown"),
        ([("ForAllValues:StringEquals k", A)], [("ForAllValues:StringEquals k", B)], "looser"),
        ([("ForAllValues:StringEquals k", A)], [("ForAnyValue:StringEquals k", A)], "unknown"),
        ([("the condition C holds", ())], [("the condition D holds", ())], "unknown"),
    ],
)
def test_relations(
    old: list[tuple[str, tuple[str, ...]]], new: list[tuple[str, tuple[str, ...]]], expected: str
) -> None:
    made = [tuple(Limit(*limit) for limit in limits) for limits in (old, new)]
    assert relation(*made) == expected
    turned = {"looser": "stricter", "stricter": "looser"}
    assert relation(*reversed(made)) == turned.get(expected, expected)


def _holds(condition: Condition, request: dict[str, str]) -> bool:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"""
    for test, values in condition:
        operator, _, key = test.partition(" ")
        if key not in request:
            if not (operator.endswith("IfExists") or "Not" in operator):
                return False
        elif (request[key] in values) == ("Not" in operator):
            return False
    return True


def test_what_is_said_is_true_of_every_request() -> None:
    operators = ("StringEquals", "StringNotEquals", "StringEqualsIfExists", "StringNotEqualsIfExists")
    tests = [
        Limit(f"{operator} {key}", values)
        for operator in operators
        for key in "kl"
        for values in (A, B, ("b",))
    ]
    conditions: list[Condition] = [(), *((one,) for one in tests)]
    conditions += [(one, other) for one, other in product(tests, tests) if one.test < other.test]
    requests = [
        {key: value for key, value in (("k", k), ("l", el)) if value}
        for k in ("", "a", "b", "c")
        for el in ("", "a", "b")
    ]
    held = {
        condition: {index for index, request in enumerate(requests) if _holds(condition, request)}
        for condition in conditions
    }
    known = 0
    for old, new in product(conditions, conditions):
        said = relation(old, new)
        known += said != "unknown"
        if said in {"looser", "same"}:
            assert held[old] <= held[new], (old, new)
        if said in {"stricter", "same"}:
            assert held[new] <= held[old], (old, new)
    assert known > len(conditions)
