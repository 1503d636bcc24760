from __future__ import annotations

import pytest

from tests.lint.conftest import Check

RULE = """
    Parameters:
      Tag: {Type: String}
    Conditions:
      Tagged: !Not [!Equals [!Ref Tag, '']]
    Resources:
      Rule:
        Type: AWS::Config::ConfigRule
        Properties:
          Source: {Owner: AWS, SourceIdentifier: IDENTIFIER}
          Scope: SCOPE
"""
GIVEN = "{TagKey: Project, TagValue: x}"


@pytest.mark.parametrize("scope", [GIVEN, f"!If [Tagged, {GIVEN}, !Ref AWS::NoValue]"])
@pytest.mark.parametrize(
    "identifier", ["CMK_BACKING_KEY_ROTATION_ENABLED", "S3_RESOURCES_PROTECTED_BY_BACKUP_PLAN"]
)
def test_reports_the_scope_of_a_periodic_rule(check: Check, identifier: str, scope: str) -> None:
    [finding] = check(RULE.replace("IDENTIFIER", identifier).replace("SCOPE", scope), "E9516")
    assert finding.message == f"{identifier} runs at a frequency and takes no Scope"
    assert finding.level == "error"


@pytest.mark.parametrize(
    ("identifier", "scope"),
    [
        ("S3_BUCKET_VERSIONING_ENABLED", GIVEN),
        # It reacts to changes, too.
        ("S3_BUCKET_PUBLIC_READ_PROHIBITED", GIVEN),
        ("CMK_BACKING_KEY_ROTATION_ENABLED", "!Ref AWS::NoValue"),
        ("!Ref Tag", GIVEN),
    ],
)
def test_accepts_a_scope_that_limits_and_no_scope(check: Check, identifier: str, scope: str) -> None:
    assert check(RULE.replace("IDENTIFIER", identifier).replace("SCOPE", scope), "E9516") == []
