"""The verification itself: it finds what is missing, changed or of another kind."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.deployments import deploy
from tests.support.everything import template
from tests.support.readback import deployed, differences, read_back
from tests.support.sandbox_account import Aws


@pytest.mark.parametrize(
    ("given", "actual"),
    [
        ({"RetentionInDays": "365"}, {"retentionInDays": 365}),
        ({"Enabled": "true"}, {"enabled": True}),
        ({"Threshold": 1}, {"Threshold": 1.0}),
        ({"Document": {"a": [1]}}, {"Document": '{"a": [1]}'}),
        ({"Document": '{"a": 1}'}, {"Document": {"a": 1, "b": 2}}),
        ({"Actions": ["a", "b"]}, {"Actions": ["b", "a"]}),
        (
            {"Tags": [{"Key": "a", "Value": 1}]},
            {"Tags": [{"key": "b", "value": "2"}, {"key": "a", "value": "1"}]},
        ),
        ({"Rules": []}, {}),
    ],
)
def test_the_same_said_differently(given: Any, actual: Any) -> None:
    assert differences(given, actual) == []


@pytest.mark.parametrize(
    ("given", "actual"),
    [
        ({"RetentionInDays": 365}, {"retentionInDays": 30}),
        ({"KmsKeyId": "k"}, {}),
        ({"Enabled": True}, {"enabled": False}),
        ({"Actions": ["a"]}, {"Actions": ["a", "b"]}),
        ({"Actions": ["a", "b"]}, {"Actions": ["a"]}),
        ({"Rules": [{"Id": 1, "Days": 2}]}, {"Rules": [{"Id": 1}]}),
        ({"Tags": [{"Key": "a", "Value": "1"}]}, {"Tags": []}),
        ({"Document": {"a": 1}}, {"Document": "text"}),
        ({"Document": {"a": 1}}, {"Document": ["a"]}),
    ],
)
def test_what_is_not_the_same(given: Any, actual: Any) -> None:
    assert len(differences(given, actual)) == 1


def test_what_changed_behind_the_stack_is_found(aws: Aws) -> None:
    assert deploy(aws, "everything", template()).status == "CREATE_COMPLETE"
    ids = deployed(aws, "everything").physical_ids
    aws.client("logs").put_retention_policy(logGroupName=ids["LogGroup"], retentionInDays=1)
    aws.client("cloudtrail").stop_logging(Name=ids["Trail"])
    aws.client("s3").delete_bucket_policy(Bucket=ids["LogBucket"])
    aws.client("iam").attach_role_policy(
        RoleName=ids["Role"], PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )
    aws.client("budgets").delete_budget(AccountId=aws.account, BudgetName=ids["Budget"])
    found = read_back(aws, "everything")
    assert {line.partition(":")[0].partition(".")[0] for line in found} == {
        "LogGroup",
        "Trail",
        "BucketPolicy",
        "Role",
        "Budget",
    }
    assert "Trail.IsLogging: True -> False" in found
