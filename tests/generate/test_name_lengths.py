"""Names over AWS's limits are found before AWS finds them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfngen.generate.name_lengths import length, too_long

PARAMETERS: dict[str, Any] = {
    "Project": {"Type": "String", "MaxLength": 23},
    "Environment": {"Type": "String", "AllowedValues": ["dev", "prod"]},
    "Free": {"Type": "String"},
}


@pytest.mark.parametrize(
    ("value", "longest"),
    [
        ("abc", 3),
        ({"Ref": "Project"}, 23),
        ({"Ref": "Environment"}, 4),
        ({"Ref": "Free"}, None),
        ({"Ref": "AWS::AccountId"}, 12),
        ({"Ref": "SomeBucket"}, None),
        ({"Fn::Sub": "${Project}-${Environment}-x"}, 23 + 1 + 4 + 2),
        ({"Fn::Sub": "${!Literal}"}, len("${Literal}")),
        ({"Fn::Sub": ["${A}-b", {"A": {"Ref": "Environment"}}]}, 6),
        ({"Fn::Sub": "${Bucket.Arn}"}, None),
        ({"Fn::Join": ["-", [{"Ref": "Project"}, "b", "c"]]}, 23 + 4),
        ({"Fn::If": ["C", "abcd", {"Ref": "Project"}]}, 23),
        ({"Fn::If": ["C", "abcd", {"Ref": "Free"}]}, None),
        ({"Fn::GetAtt": ["A", "Arn"]}, None),
    ],
)
def test_the_longest_value(value: Any, longest: int | None) -> None:
    assert length(value, PARAMETERS) == longest


@given(
    st.lists(st.sampled_from(["Project", "Environment", "AWS::AccountId"]), max_size=5),
    st.text("ab-", max_size=9),
)
def test_no_value_of_the_parameters_is_longer_than_what_is_said(names: list[str], between: str) -> None:
    text = between.join(f"${{{name}}}" for name in names)
    longest = {"Project": "p" * 23, "Environment": "prod", "AWS::AccountId": "1" * 12}
    assert length({"Fn::Sub": text}, PARAMETERS) == len(between.join(longest[name] for name in names))


def _bucket(name: Any) -> dict[str, Any]:
    return {
        "Parameters": PARAMETERS,
        "Resources": {"Logs": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}},
    }


def test_a_name_that_can_become_too_long_is_told_with_both_numbers() -> None:
    name = {"Fn::Sub": "${Project}-${Environment}-logs-${AWS::AccountId}-${AWS::Region}-an"}
    assert list(too_long(_bucket(name))) == [("Logs", "BucketName can have 64 characters, AWS allows 63")]


def test_a_name_that_fits_is_fine() -> None:
    name = {"Fn::Sub": "${Project}-${Environment}-log-${AWS::AccountId}-${AWS::Region}-an"}
    assert list(too_long(_bucket(name))) == []


def test_a_parameter_without_a_greatest_length_is_told() -> None:
    assert list(too_long(_bucket({"Fn::Sub": "x-${Free}"}))) == [
        ("Logs", "BucketName uses parameter Free, which has no MaxLength or AllowedValues")
    ]


def test_a_resource_without_a_name_is_fine() -> None:
    assert list(too_long({"Resources": {"Logs": {"Type": "AWS::S3::Bucket"}}})) == []
