"""Parameters in one call: what CloudFormation gets, and what the console's form says."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from troposphere import Parameter

from cfngen.define.parameters import ParameterGroup
from cfngen.define.stack import Stack


@pytest.fixture
def group() -> ParameterGroup:
    return Stack("A place for reports").group("Storage")


def _interface(group: ParameterGroup) -> Any:
    return group.stack.template.to_dict()["Metadata"]["AWS::CloudFormation::Interface"]


def test_text_that_must_be_given(group: ParameterGroup) -> None:
    prefix = group.text("Prefix", "First folder.", pattern="[a-z]+", allowed="lower-case letters")
    assert prefix.to_dict() == {
        "Type": "String",
        "Description": "First folder.",
        "AllowedPattern": "[a-z]+",
        "ConstraintDescription": "Lower-case letters.",
    }


def test_optional_text_is_empty_by_default_and_its_pattern_says_so(group: ParameterGroup) -> None:
    mail = group.text(
        "Email", "Address.", pattern="[^@]+@[^@]+", allowed="one address", optional=True, max_length=9
    ).to_dict()
    assert mail["Default"] == ""
    assert re.fullmatch(mail["AllowedPattern"], "")
    assert re.fullmatch(mail["AllowedPattern"], "a@b")
    assert not re.fullmatch(mail["AllowedPattern"], "a")
    assert mail["ConstraintDescription"] == "Empty, or one address."
    assert mail["MaxLength"] == 9


def test_optional_text_may_have_a_value_by_default(group: ParameterGroup) -> None:
    bucket = group.text("Bucket", "B.", pattern="[a-z]+", allowed="letters", optional=True, default="logs")
    assert bucket.to_dict()["Default"] == "logs"


def test_the_first_choice_is_the_default(group: ParameterGroup) -> None:
    mode = group.choice("Mode", "How.", ["none", "GOVERNANCE", "COMPLIANCE"]).to_dict()
    assert mode["Type"] == "String"
    assert mode["Default"] == "none"
    assert mode["AllowedValues"] == ["none", "GOVERNANCE", "COMPLIANCE"]
    assert mode["ConstraintDescription"] == "none, GOVERNANCE or COMPLIANCE."


def test_a_choice_of_numbers(group: ParameterGroup) -> None:
    limit = group.choice("Limit", "GB.", [1, 5], default=5, allowed="one or five gigabytes").to_dict()
    assert (limit["Type"], limit["Default"]) == ("Number", 5)
    assert limit["ConstraintDescription"] == "One or five gigabytes."


def test_a_default_that_is_no_choice_is_refused(group: ParameterGroup) -> None:
    with pytest.raises(ValueError, match="is not one of"):
        group.choice("Mode", "How.", ["a", "b"], default="c")


@given(least=st.integers(0, 100), more=st.integers(0, 100))
def test_a_number_says_its_bounds(least: int, more: int) -> None:
    group = Stack("S").group("G")
    number = group.number(
        "Images", "Kept.", default=least, least=least, most=least + more, unit="images"
    ).to_dict()
    assert (number["MinValue"], number["MaxValue"]) == (least, least + more)
    assert number["ConstraintDescription"] == f"{least} to {least + more} images."


def test_days_are_ten_years_at_most(group: ParameterGroup) -> None:
    days = group.days("ReportDays", "Days that reports are kept.").to_dict()
    assert (days["MinValue"], days["MaxValue"]) == (1, 3650)
    assert "Default" not in days


def test_the_form_shows_the_groups_and_labels(group: ParameterGroup) -> None:
    group.days("ReportDays", "Days.")
    group.days("DraftDays", "Days.", label="Keep drafts (days)")
    group.stack.group("Access").add(Parameter("Readers", Type="CommaDelimitedList"))
    assert _interface(group) == {
        "ParameterGroups": [
            {"Label": {"default": "Storage"}, "Parameters": ["ReportDays", "DraftDays"]},
            {"Label": {"default": "Access"}, "Parameters": ["Readers"]},
        ],
        "ParameterLabels": {
            "ReportDays": {"default": "Report days"},
            "DraftDays": {"default": "Keep drafts (days)"},
            "Readers": {"default": "Readers"},
        },
    }


def test_a_name_is_given_once(group: ParameterGroup) -> None:
    group.days("ReportDays", "Days.")
    with pytest.raises(ValueError, match="ReportDays"):
        group.days("ReportDays", "Days.")


def test_whether_an_optional_parameter_is_given(group: ParameterGroup) -> None:
    group.text("Email", "Address.", pattern=".+", allowed="one address", optional=True)
    assert group.stack.given("Email") == "HasEmail"
    assert group.stack.template.to_dict()["Conditions"] == {
        "HasEmail": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Email"}, ""]}]}
    }
