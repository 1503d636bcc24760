"""Which lines share a call of IAM's simulator, and that none is answered otherwise than alone."""

from __future__ import annotations

from typing import Any

import pytest

from cfngen.verify.sharing import MOST_ANSWERS, SimulatorCall, simulator_calls
from cfngen.verify.simulations import PermissionLine

PASS = {"iam:PassedToService": "ec2.amazonaws.com"}
READ = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}


def line(action: str, resource: str = "arn:aws:s3:::b/k", **context: Any) -> PermissionLine:
    given = {name.replace("_", ":", 1): value for name, value in context.items()}
    return PermissionLine(True, "arn:aws:iam::111122223333:role/r", action, resource, "stack", True, given)


def asked(
    *lines: PermissionLine, statements: list[dict[str, Any]] | None = None, known: bool = True
) -> list[SimulatorCall]:
    found = list(simulator_calls(lines, (statements or [READ]) if known else None))
    answered = [key for question in found for key in question.lines]
    assert sorted(answered) == sorted(each.key for each in lines)
    return found


def test_lines_with_the_same_keys_share_a_call() -> None:
    (question,) = asked(line("s3:GetObject"), line("s3:PutObject", "arn:aws:s3:::b/other"))
    assert question.actions == ["s3:GetObject", "s3:PutObject"]
    assert question.resources == ["arn:aws:s3:::b/k", "arn:aws:s3:::b/other"]


def test_the_key_of_another_service_shares_it_and_is_given() -> None:
    (question,) = asked(line("s3:GetObject"), line("iam:PassRole", iam_PassedToService="ec2.amazonaws.com"))
    assert question.context == PASS


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # Two values of one key; a key of the same service; a global key; `*` and an ARN.
        (line("iam:PassRole", iam_PassedToService="a"), line("iam:PassRole", iam_PassedToService="b")),
        (line("s3:ListBucket"), line("s3:ListBucket", s3_prefix="models/")),
        (line("s3:GetObject"), line("kms:CreateKey", aws_RequestTag="x")),
        (line("ec2:DescribeInstances", "*"), line("s3:GetObject")),
    ],
)
def test_what_would_change_an_answer_is_asked_by_itself(
    first: PermissionLine, second: PermissionLine
) -> None:
    assert len(asked(first, second)) == 2


@pytest.mark.parametrize(
    "about",
    [
        {"Action": ["iam:PassRole", "s3:Get*"]},
        {"Action": "*"},
        {"NotAction": "iam:*"},
        {"Action": "S3:GETOBJECT"},
    ],
)
def test_a_statement_that_names_the_key_for_the_other_action_keeps_them_apart(about: dict[str, Any]) -> None:
    condition = {"StringEquals": {"IAM:passedToService": "ec2.amazonaws.com"}}
    statement = {"Effect": "Allow", "Resource": "*", "Condition": condition, **about}
    lines = line("s3:GetObject"), line("iam:PassRole", iam_PassedToService="ec2.amazonaws.com")
    assert len(asked(*lines, statements=[READ, statement])) == 2
    assert len(asked(*lines, statements=[READ, {**statement, "Action": "iam:*"} | {"NotAction": []}])) == 1


def test_a_resource_that_a_statement_names_by_the_key_keeps_them_apart() -> None:
    statement = {**READ, "Resource": "arn:aws:s3:::b/${iam:PassedToService}"}
    lines = line("s3:GetObject"), line("iam:PassRole", iam_PassedToService="ec2.amazonaws.com")
    assert len(asked(*lines, statements=[statement])) == 2


def test_where_a_policy_is_not_known_only_lines_with_the_same_keys_share_a_call() -> None:
    lines = line("s3:GetObject"), line("iam:PassRole", iam_PassedToService="ec2.amazonaws.com")
    assert len(asked(*lines, known=False)) == 2


def test_an_answer_stays_small() -> None:
    many = [line(f"s3:Get{number}", f"arn:aws:s3:::b/{number}") for number in range(100)]
    found = asked(*many)
    assert len(found) > 1
    assert all(len(each.actions) * len(each.resources) <= MOST_ANSWERS for each in found)
