"""What a change is: nothing lost, nothing made up, the same whatever the order of the keys."""

from __future__ import annotations

import json
import re
import string
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cfngen.template.change.compare import compare
from cfngen.template.change.diff import Cause, Change, apply, diff
from cfngen.template.change.equality import canonical
from cfngen.template.change.resource_types import Schemas
from cfngen.template.intrinsics import ABSENT
from cfngen.template.load import load
from cfngen.template.values import MAX_BYTES, MAX_DEPTH

SCHEMAS = Schemas()
TYPES = [
    "AWS::IAM::Role",
    "AWS::IAM::ManagedPolicy",
    "AWS::Lambda::Permission",
    "AWS::S3::Bucket",
    "AWS::SNS::Topic",
    "AWS::KMS::Key",
    "Custom::Unknown",
]
PROPERTIES = [
    "ManagedPolicyArns",
    "PermissionsBoundary",
    "PolicyDocument",
    "Principal",
    "Roles",
    "Tags",
    "RoleName",
    "Policies",
    "BucketName",
    "Description",
    "KeyPolicy",
    "AssumeRolePolicyDocument",
    "TopicName",
]
NAMES = st.sampled_from(["A", "B", "C", "Dd"])
SCALARS = (
    st.sampled_from(["a", "b", "", "true", "1", "${A}", "${B.Arn}-x"]) | st.booleans() | st.integers(0, 2)
)


def calls(value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.sampled_from(
            [{"Ref": "A"}, {"Ref": "AWS::NoValue"}, {"Fn::GetAtt": ["A", "Arn"]}, {"Condition": "C"}]
        ),
        st.builds(lambda text: {"Fn::Sub": text}, st.text("${A}.B-", max_size=8)),
        st.builds(lambda text, x: {"Fn::Sub": [text, {"A": x}]}, st.text("${A}-", max_size=6), value),
        st.builds(lambda items: {"Fn::Join": ["-", items]}, st.lists(value, max_size=3)),
        st.builds(lambda c, x, y: {"Fn::If": [c, x, y]}, NAMES, value, value),
        st.builds(lambda x: {"Fn::If": x}, value),
        st.builds(lambda x: {"Fn::Sub": x}, value),
        st.builds(lambda x: {"Fn::FindInMap": ["M", x, "k"]}, value),
        st.builds(lambda x: {"Ref": x}, value),
    )


VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Key", "Value", "Statement", "Action", "Principal", "Effect"]), inner, max_size=3
        )
        | calls(inner)
    ),
    max_leaves=8,
)
RESOURCES = st.fixed_dictionaries(
    {"Type": st.sampled_from(TYPES)},
    optional={
        "Properties": st.dictionaries(st.sampled_from(PROPERTIES), VALUES, max_size=4),
        "Condition": NAMES,
        "DependsOn": NAMES | st.lists(NAMES, max_size=2),
        "DeletionPolicy": st.sampled_from(["Retain", "Delete", {"Ref": "A"}, ["Retain"]]),
        "UpdateReplacePolicy": st.sampled_from(["Retain", {"Ref": "A"}]),
        "Metadata": VALUES,
    },
)
LOOPS = st.dictionaries(st.just("Fn::ForEach::L"), st.lists(VALUES, max_size=3), min_size=1)
TEMPLATES = st.fixed_dictionaries(
    {"Resources": st.dictionaries(NAMES, RESOURCES, min_size=1, max_size=4) | LOOPS},
    optional={
        "Description": st.sampled_from(["a", "b"]),
        "Transform": st.sampled_from(["x", ["x", "y"]]),
        "Parameters": st.dictionaries(
            NAMES,
            st.fixed_dictionaries({"Type": st.just("String")}, optional={"Default": SCALARS}),
            max_size=2,
        ),
        "Conditions": st.dictionaries(NAMES, VALUES, max_size=3),
        "Mappings": st.dictionaries(NAMES, st.dictionaries(NAMES, VALUES, max_size=1), max_size=1),
        "Outputs": st.dictionaries(
            NAMES,
            st.fixed_dictionaries({"Value": VALUES}, optional={"Export": VALUES, "Condition": NAMES}),
            max_size=2,
        ),
        "Metadata": st.dictionaries(NAMES, VALUES, max_size=2),
    },
)


def reordered(value: Any) -> Any:
    """The same with the keys of every mapping the other way round."""
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(value)}
    return [reordered(item) for item in value] if isinstance(value, list) else value


def told(changes: tuple[Change, ...]) -> set[tuple[Any, ...]]:
    return {
        (
            change.section,
            change.logical_id,
            change.action,
            change.renamed_to,
            cause.path,
            canonical(cause.before),
            canonical(cause.after),
        )
        for change in changes
        for cause in change.causes or diff({"D": 1}, {"D": 2})[0].causes
    }


@given(TEMPLATES)
def test_a_template_does_not_differ_from_itself(template: Any) -> None:
    assert diff(template, reordered(template), SCHEMAS) == ()
    found = compare(template, reordered(template), SCHEMAS)
    assert (found.same, found.bump, found.permissions) == (True, "none", ())


@given(TEMPLATES, TEMPLATES)
def test_the_order_of_keys_means_nothing(old: Any, new: Any) -> None:
    assert told(diff(old, new, SCHEMAS)) == told(diff(reordered(old), reordered(new), SCHEMAS))


@given(TEMPLATES, TEMPLATES)
@settings(max_examples=200, deadline=None)
def test_applying_the_changes_gives_the_new_template(old: Any, new: Any) -> None:
    plain = apply(old, diff(old, new))
    assert diff(plain, new) == ()
    assert canonical(_without_empty_sections(plain)) == canonical(_normal(new, plain))
    with_schemas = apply(old, diff(old, new, SCHEMAS))
    assert diff(with_schemas, new, SCHEMAS) == ()


def _without_empty_sections(template: Any) -> Any:
    return {section: body for section, body in template.items() if body}


def _normal(new: Any, plain: Any) -> Any:
    """`new`, written as `plain` is where both say the same: DependsOn of one name, Properties of none."""
    resources = {name: _as_in(plain["Resources"][name], body) for name, body in new["Resources"].items()}
    return _without_empty_sections({**new, "Resources": resources})


def _as_in(plain: Any, body: Any) -> Any:
    if not isinstance(body, dict):
        return body
    written = {**body, "DependsOn": plain["DependsOn"]} if "DependsOn" in body else body
    nothing = canonical({})
    if canonical(written.get("Properties", {})) == canonical(plain.get("Properties", {})) == nothing:
        written = {name: value for name, value in written.items() if name != "Properties"}
        if "Properties" in plain:
            written["Properties"] = plain["Properties"]
    return written


@given(TEMPLATES, TEMPLATES)
@settings(max_examples=200)
def test_any_two_templates_can_be_compared(old: Any, new: Any) -> None:
    found = compare(old, new, SCHEMAS)
    assert (found.bump == "none") == found.same
    assert len({(item.change.section, item.change.logical_id) for item in found.judgements}) == len(
        found.judgements
    )


def topic(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::SNS::Topic", "Properties": properties}


def only(old: Any, new: Any, schemas: Schemas | None = None) -> Change:
    [change] = diff({"Resources": {"R": old}}, {"Resources": {"R": new}}, schemas)
    return change


def paths(old: Any, new: Any, schemas: Schemas | None = None) -> list[tuple[Any, ...]]:
    return [cause.path for cause in only(old, new, schemas).causes]


def test_a_change_is_told_at_the_smallest_value() -> None:
    old = topic(Tags=[{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "d"}], TopicName="t")
    new = topic(Tags=[{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "e"}], TopicName="t", DisplayName="x")
    assert paths(old, new) == [("Properties", "Tags", 1, "Value"), ("Properties", "DisplayName")]


def test_an_intrinsic_function_is_one_value() -> None:
    assert paths(
        topic(TopicName={"Fn::Sub": "a"}), topic(TopicName={"Fn::Sub": ["${b}", {"b": {"Ref": "C"}}]})
    ) == [("Properties", "TopicName")]


def test_the_branches_of_a_condition_are_compared_alone() -> None:
    old = topic(TopicName={"Fn::If": ["C", "a", {"Ref": "AWS::NoValue"}]})
    new = topic(TopicName={"Fn::If": ["C", "b", {"Ref": "AWS::NoValue"}]})
    assert paths(old, new) == [("Properties", "TopicName", "Fn::If", 1)]
    other = topic(TopicName={"Fn::If": ["D", "a", {"Ref": "AWS::NoValue"}]})
    assert paths(old, other) == [("Properties", "TopicName")]


def test_order_is_ignored_where_the_schema_says_so_and_only_there() -> None:
    tags = [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "d"}]
    assert (
        diff({"Resources": {"R": topic(Tags=tags)}}, {"Resources": {"R": topic(Tags=tags[::-1])}}, SCHEMAS)
        == ()
    )
    changed = [tags[1], {"Key": "a", "Value": "x"}]
    assert paths(topic(Tags=tags), topic(Tags=changed), SCHEMAS) == [("Properties", "Tags")]
    assert paths(topic(Tags=tags), topic(Tags=[tags[0], {"Key": "c", "Value": "x"}]), SCHEMAS) == [
        ("Properties", "Tags", 1, "Value")
    ]
    bus = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Dimensions": [1, 2]}}
    swapped = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Dimensions": [2, 1]}}
    ordered = {
        "Type": "AWS::CodePipeline::Pipeline",
        "Properties": {"Stages": [{"Name": "a"}, {"Name": "b"}]},
    }
    turned = {"Type": "AWS::CodePipeline::Pipeline", "Properties": {"Stages": [{"Name": "b"}, {"Name": "a"}]}}
    assert diff({"Resources": {"R": bus}}, {"Resources": {"R": swapped}}, SCHEMAS) == ()
    assert diff({"Resources": {"R": ordered}}, {"Resources": {"R": turned}}, SCHEMAS) != ()


@pytest.mark.parametrize("section", ["Resources", "Parameters", "Conditions", "Outputs", "Mappings"])
def test_a_rename_keeps_the_content(section: str) -> None:
    body = {"Type": "X", "Value": {"Ref": "P"}}
    [change] = diff({section: {"A": body, "K": {"Type": "Y"}}}, {section: {"B": body, "K": {"Type": "Y"}}})
    assert (change.action, change.logical_id, change.renamed_to, change.causes) == ("rename", "A", "B", ())


def test_equal_resources_are_renamed_one_for_one() -> None:
    body = topic(DisplayName="x")
    changes = diff({"Resources": {"A": body, "B": body}}, {"Resources": {"C": body, "D": body, "E": body}})
    assert [(change.action, change.logical_id, change.renamed_to) for change in changes] == [
        ("rename", "A", "C"),
        ("rename", "B", "D"),
        ("add", "E", ""),
    ]


def test_a_section_that_is_one_value_is_one_change() -> None:
    [change] = diff({"Description": "a"}, {})
    assert (change.section, change.logical_id, change.causes[0].before, change.causes[0].after) == (
        "Description",
        "",
        "a",
        ABSENT,
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda inner: [inner],
        lambda inner: {"Statement": inner},
        lambda inner: {"Fn::Join": ["-", [inner, {"Ref": "A"}]]},
        lambda inner: {"Fn::If": ["C", inner, "x"]},
        lambda inner: {"Fn::Sub": ["${A}", {"A": inner}]},
        lambda inner: {"Fn::Join": ["", [{"Fn::If": ["C", inner, "x"]}]]},
    ],
)
def test_what_nests_as_deep_as_a_file_may_is_compared(call: Callable[[Any], Any]) -> None:
    def template(value: Any) -> dict[str, Any]:
        levels = 0
        while levels < MAX_DEPTH:
            value, before = call(value), levels
            levels = before + len(re.findall(r"[{\[]", json.dumps(call(""))))
        properties = {"PolicyDocument": value, "Bucket": value}
        return {"Resources": {"R": {"Type": "AWS::S3::BucketPolicy", "Properties": properties}}}

    old, new = template("a"), template("b")
    assert compare(old, new, SCHEMAS).judgements
    assert diff(apply(old, diff(old, new)), new) == ()


class Counting(dict[str, Any]):
    """A mapping that counts how often anybody looks into it."""

    looks = 0

    def __getitem__(self, key: str) -> Any:
        Counting.looks += 1
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        Counting.looks += 1
        return super().get(key, default)

    def items(self) -> Any:
        Counting.looks += len(self)
        return super().items()


def counted(value: Any) -> Any:
    if isinstance(value, dict):
        return Counting({key: counted(item) for key, item in value.items()})
    return [counted(item) for item in value] if isinstance(value, list) else value


def chained(index: int) -> dict[str, Any]:
    previous = {"Ref": f"R{index - 1}"} if index else "start"
    return {
        "Type": "AWS::SNS::Subscription",
        "Properties": {"TopicArn": previous, "Protocol": "sqs", "Endpoint": f"e{index}"},
    }


def policed(index: int) -> dict[str, Any]:
    statements = [
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": [f"s3:A{n}" for n in range(4)],
            "Resource": f"r{index}",
        }
    ]
    return {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {"Bucket": f"b{index}", "PolicyDocument": {"Statement": statements}},
    }


def managed(index: int) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": f"s3:A{index}", "Resource": "*"}
    properties = {"ManagedPolicyName": f"p{index}", "PolicyDocument": {"Statement": statement}}
    return {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}


@pytest.mark.parametrize("make", [chained, policed, managed])
def test_the_work_grows_with_the_size_and_not_faster(make: Callable[[int], dict[str, Any]]) -> None:
    def work(count: int) -> int:
        old = counted({"Resources": {f"R{index}": make(index) for index in range(count)}})
        changed = {f"R{index}": make(index) for index in range(count)}
        for index, body in enumerate(changed.values()):
            body["Properties"] |= {"Endpoint": f"x{index}", "Bucket": f"c{index}"}
        new = counted({"Resources": changed})
        Counting.looks = 0
        assert len(compare(old, new, SCHEMAS).judgements) == count
        return Counting.looks

    work(1)
    small, large = work(50), work(500)
    assert large <= 10.5 * small


def test_the_largest_template_takes_time_in_proportion() -> None:
    lines = ["Resources:"]
    for index in range(500):
        lines.append(f"  R{index}:\n    Type: AWS::S3::BucketPolicy\n    Properties:\n      Bucket: b{index}")
        lines.append("      PolicyDocument:\n        Statement:")
        for letter in string.ascii_letters[:19]:
            lines.append(f"          - {{Effect: Allow, Principal: '*', Action: 's3:Get{letter}{index}*',")
            lines.append(f"            Resource: 'arn:{letter}/{index}'}}")
    text = "\n".join(lines)
    assert 0.9 * MAX_BYTES < len(text) <= MAX_BYTES
    old, new = load(text.encode(), "old").data, load(text.replace("s3:Get", "s3:Put").encode(), "new").data
    found = compare(old, new, Schemas())
    assert len(found.judgements) == 500
    assert len(found.permissions) == 2 * 500 * 19


def test_a_boolean_is_not_the_number_that_python_holds_for_equal() -> None:
    old, new = ({"Parameters": {"A": {"Type": "String", "Default": value}}} for value in (True, 1))
    [change] = diff(old, new)
    assert (change.action, change.causes) == ("modify", (Cause(("Default",), True, 1),))
