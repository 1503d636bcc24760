"""A value that CloudFormation would refuse is named before it is sent; the emulator's engine agrees."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ministack.services.cloudformation import engine

from cfngen.errors import TemplateError
from cfngen.project import Project
from cfngen.template.environment import parameters
from cfngen.template.environment.deployment_file import deployments, environments
from cfngen.template.environment.parameters import Problem, check, effective
from cfngen.template.load import load


def problems(definition: dict[str, Any], value: str) -> list[str]:
    found = check({"Parameters": {"P": definition}}, {"P": value})
    return [problem.problem for problem in found]


@pytest.mark.parametrize(
    ("definition", "good", "bad", "says"),
    [
        ({"AllowedValues": ["a", True, 3]}, ["a", "true", "3"], ["b", "True"], "not an allowed value"),
        ({"AllowedPattern": "[a-z]+"}, ["abc"], ["abc1", "", "abc\n", "é"], "does not match [a-z]+"),
        ({"AllowedPattern": r"^\d+$"}, ["12"], ["٣", "12\n"], "does not match"),
        ({"MinLength": 2, "MaxLength": "3"}, ["ab", "abc"], ["a"], "shorter than 2"),
        ({"MinLength": 2, "MaxLength": "3"}, ["ab"], ["abcd"], "longer than 3"),
        ({"Type": "Number"}, ["1", "-1.5", "1e3"], ["", "x", "1_0", "NaN", "٣"], "not a number"),
        ({"Type": "Number", "MinValue": 1, "MaxValue": 5}, ["1", "5"], ["0.99"], "less than 1"),
        ({"Type": "Number", "MinValue": 1, "MaxValue": 5}, ["2"], ["5.01"], "more than 5"),
        ({"Type": "List<Number>", "MaxValue": 5}, ["1, 5"], ["1,6"], "more than 5"),
        ({"Type": "List<Number>"}, ["1,2"], ["1,,2", "1,x"], "not a number"),
        (
            {"Type": "CommaDelimitedList", "AllowedPattern": "[a-z]"},
            ["a", "a, b"],
            ["a,B", "", "a,"],
            "match",
        ),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}, ["b,a"], ["a,c"], "not an allowed"),
        ({}, ["é" * 2048], ["é" * 2049], "4098 bytes long"),
    ],
)
def test_each_constraint(definition: dict[str, Any], good: list[str], bad: list[str], says: str) -> None:
    definition = {"Type": "String", **definition}
    for value in good:
        assert problems(definition, value) == []
    for value in bad:
        assert any(says in problem for problem in problems(definition, value)), value


def test_all_problems_at_once_in_the_templates_order() -> None:
    template = {
        "Parameters": {
            "Bucket": {
                "Type": "String",
                "AllowedPattern": "[a-z]+",
                "ConstraintDescription": "lower case only",
            },
            "Days": {"Type": "Number", "Default": 0, "MinValue": 1},
            "Key": {"Type": "String", "Description": "the key's ARN"},
        }
    }
    assert check(template, {"Bucket": "B", "Dais": "3"}) == [
        Problem("Dais", "Dais is not a parameter of the template", "did you mean Days?"),
        Problem("Bucket", "Bucket is 'B', which does not match [a-z]+", "lower case only"),
        Problem("Days", "Days is '0', less than 1", "write 1 or more"),
        Problem("Key", "Key has no value and no default", "the key's ARN"),
    ]


def test_an_unknown_name_far_from_any_other() -> None:
    assert check({"Parameters": {"Days": {}}}, {"Bucket": "b", "Days": ""})[0].remedy.endswith("Days")
    assert "no parameters" in check({}, {"Bucket": "b"})[0].remedy


@pytest.mark.parametrize("no_echo", [True, "true"])
def test_a_secret_is_never_in_a_message(no_echo: object) -> None:
    definition = {"Type": "String", "NoEcho": no_echo, "AllowedPattern": "x", "MaxLength": 3}
    found = check({"Parameters": {"P": definition}}, {"P": "hunter2"})
    assert len(found) == 2
    assert all("hunter2" not in str(problem) for problem in found)


@pytest.mark.parametrize("pattern", [r"\p{Alpha}+", "[a-z&&[^b]]", "(?<name>a)", "["])
def test_a_pattern_that_cannot_be_checked_is_said(pattern: str) -> None:
    with pytest.raises(TemplateError) as caught:
        problems({"Type": "String", "AllowedPattern": pattern}, "a")
    assert caught.value.place == "Parameters.P"


def test_a_pattern_that_tries_for_years_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parameters, "_PATTERN_SECONDS", 0.05)
    definition = {"Type": "String", "AllowedPattern": "(a|b|ab)*c"}
    assert problems(definition, "ab" * 20 + "c") == []
    with pytest.raises(TemplateError, match=r"more than 0\.05 seconds") as raised:
        problems(definition, "ab" * 2000 + "c!")
    assert raised.value.place == "Parameters.P"


@pytest.mark.parametrize("limits", [{"MaxLength": "x"}, {"MinLength": [1]}])
def test_a_limit_that_is_not_a_number_is_said(limits: dict[str, object]) -> None:
    with pytest.raises(TemplateError, match="is not a number"):
        check({"Parameters": {"P": {"Type": "String", **limits}}}, {"P": "a"})


def test_effective_values() -> None:
    template = {"Parameters": {"A": {"Default": True}, "B": {"Default": "b"}, "C": {}}}
    assert effective(template, {"B": "x"}) == {"A": "true", "B": "x"}


def equals(left: object, right: object) -> dict[str, Any]:
    return {"Fn::Equals": [left, right]}


RULES: dict[str, Any] = {
    "Parameters": {
        "Encryption": {"Type": "String", "AllowedValues": ["aws-managed", "customer-managed"]},
        "Administrators": {"Type": "CommaDelimitedList", "Default": ""},
        "Repository": {"Type": "String", "Default": ""},
        "Branch": {"Type": "String", "Default": "", "AllowedPattern": "|[a-z]+"},
    },
    "Rules": {
        "Administrators": {
            "RuleCondition": equals({"Ref": "Encryption"}, "customer-managed"),
            "Assertions": [
                {
                    "Assert": {"Fn::Not": [{"Fn::Contains": [{"Ref": "Administrators"}, ""]}]},
                    "AssertDescription": "A customer-managed key needs administrators",
                }
            ],
        },
        "Branch": {
            "Assertions": [
                {
                    "Assert": {
                        "Fn::Or": [
                            equals({"Ref": "Repository"}, ""),
                            {"Fn::Not": [equals({"Ref": "Branch"}, "")]},
                        ]
                    },
                    "AssertDescription": "A repository needs a branch",
                }
            ]
        },
    },
}


@pytest.mark.parametrize(
    ("values", "remedies"),
    [
        ({"Encryption": "aws-managed"}, []),
        ({"Encryption": "customer-managed"}, ["A customer-managed key needs administrators"]),
        ({"Encryption": "customer-managed", "Administrators": "arn:a,arn:b"}, []),
        (
            {"Encryption": "customer-managed", "Repository": "o/r"},
            ["A customer-managed key needs administrators", "A repository needs a branch"],
        ),
        ({"Encryption": "aws-managed", "Repository": "o/r", "Branch": "main"}, []),
    ],
)
def test_rules(values: dict[str, str], remedies: list[str]) -> None:
    found = check(RULES, values)
    assert [problem.remedy for problem in found] == remedies
    assert all(problem.parameter is None for problem in found)


def test_rules_wait_until_each_value_by_itself_is_right() -> None:
    found = check(RULES, {"Encryption": "customer-managed", "Branch": "?"})
    assert [problem.parameter for problem in found] == ["Branch"]


@pytest.mark.parametrize(
    ("assertion", "holds"),
    [
        ({"Fn::EachMemberIn": [["a", "b"], ["b", "a", "c"]]}, True),
        ({"Fn::EachMemberIn": [{"Ref": "List"}, ["a"]]}, False),
        ({"Fn::EachMemberEquals": [["a", "a"], "a"]}, True),
        ({"Fn::EachMemberEquals": [{"Ref": "List"}, "a"]}, False),
        ({"Fn::Contains": [{"Fn::RefAll": "String"}, "s"]}, True),
        ({"Fn::And": [equals("a", "a"), equals({"Ref": "Text"}, "t")]}, False),
        # What only the account can tell is left to it...
        (equals({"Fn::ValueOf": ["Text", "VpcId"]}, "v"), True),
        ({"Fn::And": [equals({"Ref": "AWS::Region"}, "r"), True]}, True),
        (equals({"Ref": "Stored"}, "v"), True),
        ({"Fn::EachMemberIn": [["a", {"Ref": "Stored"}], ["a"]]}, True),
        # ... but not where the rest decides.
        ({"Fn::And": [equals({"Ref": "AWS::Region"}, "r"), False]}, False),
        ({"Fn::Not": [{"Fn::Or": [equals({"Ref": "AWS::Region"}, "r"), True]}]}, False),
    ],
)
def test_rule_functions(assertion: object, holds: bool) -> None:
    template = {
        "Parameters": {
            "Text": {"Type": "String", "Default": "s"},
            "List": {"Type": "CommaDelimitedList", "Default": "a,b"},
            "Stored": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/x"},
        },
        "Rules": {"R": {"Assertions": [{"Assert": assertion}]}},
    }
    assert (check(template, {}) == []) is holds


@pytest.mark.parametrize(
    "assertion", [None, "x", {"Fn::Sub": "x"}, {"Fn::Not": [True, True]}, equals({"Ref": "No"}, "")]
)
def test_a_broken_rule_is_a_template_error(assertion: object) -> None:
    with pytest.raises(TemplateError) as caught:
        check({"Rules": {"R": {"Assertions": [{"Assert": assertion}]}}}, {})
    assert caught.value.place == "Rules.R"


DEFINITIONS = st.fixed_dictionaries(
    {"Type": st.sampled_from(["String", "Number", "CommaDelimitedList", "List<Number>"])},
    optional={
        "AllowedPattern": st.sampled_from(["[a-c]*", "1|2|ab", "^a$", r"\d{1,2}"]),
        "MinLength": st.integers(0, 3),
        "MaxLength": st.integers(0, 3),
        "MinValue": st.integers(-1, 3),
        "MaxValue": st.integers(-1, 3),
    },
)


@given(DEFINITIONS, st.text("abc12,. -", max_size=5))
def test_the_emulator_agrees(definition: dict[str, Any], value: str) -> None:
    """MiniStack's engine was written from measured CloudFormation answers, by others."""
    if definition["Type"] == "Number":
        definition = {key: of for key, of in definition.items() if key != "AllowedPattern"}
        value = value.strip()
    template = {"Parameters": {"P": definition}}
    try:
        engine._resolve_parameters(template, [{"Key": "P", "Value": value}])
        accepted = True
    except ValueError:
        accepted = False
    assert (check(template, {"P": value}) == []) is accepted


def test_the_deployment_files_of_this_repository_fit_their_templates() -> None:
    project = Project(Path(__file__).parents[3])
    checked = [each for where in environments(project) for each in deployments(project, where)]
    assert checked
    for deployment in checked:
        template = load((project.root / deployment.template).read_bytes(), deployment.stack).data
        assert check(template, deployment.parameters) == [], deployment.file
