"""What counts as a difference between a template and an account, and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from cfngen.template.likeness import Unlike, differences

STATEMENT = {"Sid": "Read", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


@pytest.mark.parametrize(
    ("given", "actual"),
    [
        ("365", 365),
        (True, "true"),
        ({"A": "1"}, {"a": 1, "AddedByAws": 2}),
        (["a", "b"], ["b", "a"]),
        ("<Key.Arn>", "whatever it is"),
        ({"P": '{"a": [1]}'}, {"P": {"a": [1]}}),
        (policy(STATEMENT), policy(STATEMENT | {"Principal": {"AWS": "*"}})),
        (policy(STATEMENT), policy(STATEMENT | {"Action": ["s3:GetObject"]})),
        (policy(STATEMENT), policy(STATEMENT) | {"Id": "made by AWS"}),
    ],
)
def test_the_same_written_otherwise(given: Any, actual: Any) -> None:
    assert differences(given, actual) == []


@pytest.mark.parametrize(
    ("given", "actual", "path"),
    [
        ("007", "7", ""),
        ({"A": {"B": 1}}, {"A": {"B": 2}}, "A.B"),
        ({"A": 1}, {}, "A"),
        (["a"], ["a", "b"], "[1]"),
        ([{"Id": "x", "Days": 1}], [{"Id": "x", "Days": 2}], "[x].Days"),
        ({"Tags": [{"Key": "a", "Value": "1"}]}, {"Tags": []}, "Tags[a]"),
    ],
)
def test_another_value(given: Any, actual: Any, path: str) -> None:
    assert [each.path for each in differences(given, actual)] == [path]


def test_in_a_policy_what_was_added_counts_as_much_as_what_was_taken() -> None:
    added = {"Sid": "Open", "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    assert differences(policy(STATEMENT), policy(STATEMENT, added)) == [
        Unlike("Statement[Open]", None, added)
    ]
    (widened,) = differences(policy(STATEMENT), policy(STATEMENT | {"Condition": {"Bool": {"a": "b"}}}))
    assert widened.path == "Statement[Read].Condition"
    assert differences(policy(STATEMENT), policy()) == [Unlike("Statement[Read]", STATEMENT, None)]
