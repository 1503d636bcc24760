from __future__ import annotations

import pytest

from tests.lint.conftest import Check

TEMPLATE = """
    Description: for 123456789012, see arn:aws:iam
    Parameters:
      Role: {Type: String, Default: DEFAULT, AllowedPattern: '^$|arn:aws[a-z-]*:iam::[0-9]+:role/.+'}
    Resources:
      Topic:
        Type: AWS::SNS::Topic
        Properties: {DisplayName: VALUE}
"""


def written(value: str, default: str = "''") -> str:
    return TEMPLATE.replace("VALUE", value).replace("DEFAULT", default)


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:"),
        ("!Sub 'arn:aws-cn:sns:${AWS::Region}:x'", "arn:aws-cn:"),
        ("'123456789012'", "123456789012"),
        ("!Sub 'log-123456789012-${AWS::Region}'", "123456789012"),
        ("!If [A, b, 'x:123456789012:y']", "123456789012"),
    ],
)
def test_reports_a_partition_and_an_account(check: Check, value: str, what: str) -> None:
    [finding] = check(written(value), "E9508")
    assert finding.message.startswith(what)
    assert (finding.level, finding.logical_id) == ("error", "Topic")


def test_reports_a_default_too(check: Check) -> None:
    findings = check(written("x", "'arn:aws:iam::123456789012:role/r'"), "E9508")
    assert [finding.path[1] for finding in findings] == ["Role", "Role"]
    assert [finding.logical_id for finding in findings] == [None, None]


@pytest.mark.parametrize(
    "value",
    [
        "!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/r'",
        "'1234567890123'",
        "'1a2b3c4d-1234-1234-1234-123456789012'",
        "'202511241200Z'",
    ],
)
def test_accepts_what_works_anywhere_and_prose(check: Check, value: str) -> None:
    assert check(written(value), "E9508") == []
