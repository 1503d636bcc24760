from __future__ import annotations

import pytest

from tests.lint.conftest import Check

TEMPLATE = """
    Resources:
      Topic:
        Type: AWS::SNS::Topic
        Metadata: METADATA
"""


@pytest.mark.parametrize(
    ("metadata", "what"),
    [
        ("{cfn-lint: {config: {ignore_checks: [W9507]}}}", "W9507"),
        ("{cfn-lint: {config: {ignore_checks: [W9507]}, reasons: {W9507: ' '}}}", "W9507"),
        ("{cfn-lint: {config: {ignore_checks: [W9507]}, reasons: {W9501: 'of another'}}}", "W9507"),
        ("{checkov: {skip: [{id: CKV_AWS_26}]}}", "CKV_AWS_26"),
        ("{checkov: {skip: [{id: CKV_AWS_26, comment: ''}]}}", "CKV_AWS_26"),
        # Nor can the question itself be switched off.
        ("{cfn-lint: {config: {ignore_checks: [W9510]}}}", "W9510"),
    ],
)
def test_asks_for_a_reason(check: Check, metadata: str, what: str) -> None:
    [finding] = check(TEMPLATE.replace("METADATA", metadata), "W9510")
    assert finding.message == f"{what} is switched off without a reason"
    assert (finding.level, finding.logical_id) == ("warning", "Topic")


@pytest.mark.parametrize(
    "metadata",
    [
        "{cfn-lint: {config: {ignore_checks: [W9507]}, reasons: {W9507: 'made by another team'}}}",
        "{checkov: {skip: [{id: CKV_AWS_26, comment: 'holds nothing secret'}]}}",
        "{Purpose: alarms}",
    ],
)
def test_accepts_a_reason(check: Check, metadata: str) -> None:
    findings = check(TEMPLATE.replace("METADATA", metadata))
    assert [finding.rule for finding in findings if finding.rule not in {"W9507"}] == []


def test_looks_at_the_template_as_a_whole_too(check: Check) -> None:
    template = (
        TEMPLATE.replace("METADATA", "{}") + "    Metadata: {cfn-lint: {config: {ignore_checks: [W9507]}}}\n"
    )
    [finding] = check(template, "W9510")
    assert finding.logical_id is None
