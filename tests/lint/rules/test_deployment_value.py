from __future__ import annotations

import pytest

from tests.lint.conftest import Check

TEMPLATE = """
    Parameters:
      Name: {Type: String, Default: '', AllowedPattern: '^[a-z]*$'}
      Days: {Type: Number, MinValue: 1, MaxValue: 9}
      Names: {Type: CommaDelimitedList, Default: 'a,b', AllowedValues: [a, b, c]}
    Resources:
      Topic:
        Type: AWS::SNS::Topic
        Properties: {TopicName: !Join ['', [!Ref Name, !Ref Days, !Select [0, !Ref Names]]]}
"""


def test_accepts_values_that_fit(check: Check) -> None:
    assert check(TEMPLATE, "E", dev={"Name": "a", "Days": "3", "Names": "b,c"}) == []


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"Name": "A", "Days": "3"}, "Name is 'A'"),
        ({"Days": "0"}, "Days is '0', less than 1"),
        ({}, "Days has no value and no default"),
        ({"Days": "3", "Dais": "3"}, "Dais is not a parameter of the template: did you mean Days?"),
        ({"Days": "3", "Names": "a,z"}, "Names is 'a,z'"),
    ],
)
def test_reports_what_cloudformation_would_refuse(check: Check, values: dict[str, str], what: str) -> None:
    [finding] = check(TEMPLATE, "E9512", dev=values, prod={"Days": "1"})
    assert finding.message.startswith(what)
    assert (finding.level, finding.environments) == ("error", ("dev",))
    assert finding.file == "deployments/dev/stack.yaml"
    # Each problem is one finding: cfn-lint's E2900 does not repeat it.
    assert check(TEMPLATE, "E2", dev=values) == []
