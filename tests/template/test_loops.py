"""A loop over plain values is what it makes; every other loop stays as it is."""

from __future__ import annotations

from typing import Any

import pytest

from cfngen.template.loops import expanded


def resources(template: Any, parameters: dict[str, str] | None = None) -> Any:
    return expanded(template, parameters)["Resources"]


def loop(collection: Any, fragment: Any, identifier: str = "Name") -> Any:
    return {"Resources": {"Fn::ForEach::Loop": [identifier, collection, fragment]}}


def test_names_are_filled_in_everywhere() -> None:
    queue = {
        "Type": "AWS::SQS::Queue",
        "DependsOn": "${Name}Topic",
        "Properties": {
            "QueueName": {"Fn::Sub": "${Name}-${AWS::Region}"},
            "Tags": [{"Key": "of", "Value": {"Ref": "Name"}}],
            "Other": {"Fn::GetAtt": ["${Name}Topic", "Arn"]},
        },
    }
    made = resources(loop(["Red", 5], {"${Name}Queue": queue}))
    assert list(made) == ["RedQueue", "5Queue"]
    assert made["RedQueue"] == {
        "Type": "AWS::SQS::Queue",
        "DependsOn": "RedTopic",
        "Properties": {
            "QueueName": {"Fn::Sub": "Red-${AWS::Region}"},
            "Tags": [{"Key": "of", "Value": "Red"}],
            "Other": {"Fn::GetAtt": ["RedTopic", "Arn"]},
        },
    }


def test_a_name_of_letters_and_digits_for_a_value_that_has_others() -> None:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "${Name}"}}
    made = resources(loop(["10.0.0.1"], {"Host&{Name}": topic}))
    assert made == {"Host10001": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "10.0.0.1"}}}


def test_a_loop_in_a_loop_and_in_properties() -> None:
    inner = {"Fn::ForEach::Inner": ["B", ["x", "y"], {"${A}${B}": {"Type": "AWS::SNS::Topic"}}]}
    assert list(resources(loop(["a", "b"], inner, "A"))) == ["ax", "ay", "bx", "by"]
    properties = {"Fn::ForEach::P": ["Name", ["DelaySeconds", "MaximumMessageSize"], {"${Name}": "1024"}]}
    queue = {"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": properties}}}
    assert resources(queue)["Q"]["Properties"] == {"DelaySeconds": "1024", "MaximumMessageSize": "1024"}


def test_a_list_parameter_is_known_where_values_are_put_in() -> None:
    template = {
        "Parameters": {"Names": {"Type": "CommaDelimitedList", "Default": "a,b"}},
        **loop({"Ref": "Names"}, {"T${Name}": {"Type": "AWS::SNS::Topic"}}),
    }
    assert list(resources(template)) == ["Fn::ForEach::Loop"]
    assert list(resources(template, {})) == ["Ta", "Tb"]
    assert list(resources(template, {"Names": "c"})) == ["Tc"]


@pytest.mark.parametrize(
    "written",
    [
        [],
        "text",
        ["Name"],
        ["Name", {"Ref": []}, {"A": 1}],
        ["Name", [["a"]], {"A": 1}],
        ["Name", {"Fn::Split": [",", "a,b"]}, {"${Name}": 1}],
        [{"Ref": "A"}, ["a"], {"A": 1}],
        ["Name", ["a"], ["no mapping"]],
    ],
    ids=str,
)
def test_what_is_not_known_stays(written: Any) -> None:
    template = {"Resources": {"Fn::ForEach::Loop": written}}
    assert expanded(template) == template


def test_a_loop_that_would_make_more_than_any_template_holds_stays() -> None:
    thousand = [f"n{index}" for index in range(1_000)]
    inner = {"Fn::ForEach::Inner": ["B", thousand, {"${A}${B}": {"Type": "AWS::SNS::Topic"}}]}
    template = loop(thousand, inner, "A")
    assert expanded(template) == template
