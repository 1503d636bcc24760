"""The emitter: what is written reads back as what was meant, and reads well."""

from __future__ import annotations

import json
from typing import Any

import cfn_flip
import pytest
import yaml
from cfnlint.decode import decode_str
from hypothesis import given
from hypothesis import strategies as st

from cfngen.generate import emit

_LOOK_LIKE_OTHER_TYPES = [
    *("yes", "no", "on", "off", "y", "null", "~", "=", "<<", "012", "0x1f", "1e3", "1_000", "1:30", ".5"),
    *("2012-10-17", "-", "-1", "+1", "?", ":", "!a", "&a", ".", "...", "--- a", "a:", "a #b"),
]
_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
_lines = st.lists(st.text(st.sampled_from("ab :#'\"-\t{}!&*%@0123.\\$"), max_size=12), max_size=5).map(
    "\n".join
)
_scalars = st.one_of(
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    _texts,
    _lines,
    st.lists(st.sampled_from(["word", "1:30", "a: b", "#", "-", "x" * 50]), min_size=2, max_size=40).map(
        " ".join
    ),
    st.sampled_from(_LOOK_LIKE_OTHER_TYPES),
)
_names = st.from_regex(r"[A-Za-z][A-Za-z0-9:_-]{0,12}", fullmatch=True)
_values = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(_names, inner, max_size=4),
        inner.map(lambda value: {"Fn::Sub": value}),
        inner.map(lambda value: {"Fn::Base64": {"Fn::Join": ["", value]}}),
        st.just({"Fn::GetAtt": ["Bucket", "Arn"]}),
        st.just({"Ref": "AWS::Region"}),
    ),
    max_leaves=12,
)


def _template(value: Any) -> dict[str, Any]:
    return {"Resources": {"Thing": {"Type": "AWS::SNS::Topic", "Properties": {"Value": value}}}}


@given(_values)
def test_yaml_reads_back_as_what_was_written(value: Any) -> None:
    template = _template(value)
    assert json.loads(cfn_flip.to_json(emit.to_yaml(template).decode())) == json.loads(json.dumps(template))


@given(_values)
def test_json_reads_back_as_what_was_written(value: Any) -> None:
    assert json.loads(emit.to_json(_template(value))) == _template(value)


@given(_texts | _lines)
def test_a_string_stays_a_string_for_a_yaml_1_1_reader(text: str) -> None:
    assert yaml.safe_load(emit.to_yaml({"Description": text}))["Description"] == text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"Ref": "Bucket"}, "!Ref Bucket"),
        ({"Fn::GetAtt": ["Bucket", "Arn"]}, "!GetAtt Bucket.Arn"),
        ({"Fn::Sub": "${A}-b"}, "!Sub ${A}-b"),
        ({"Fn::Sub": "a: b"}, "!Sub 'a: b'"),
        ("2012-10-17", "'2012-10-17'"),
        ("012345678901", "'012345678901'"),
        ("plain words", "plain words"),
        ("*", "'*'"),
        ("s3:GetObject", "s3:GetObject"),
        ("it's: so", "'it''s: so'"),
        (True, "true"),
        (30, "30"),
        ([], "[]"),
    ],
)
def test_how_a_value_is_written(value: Any, written: str) -> None:
    assert emit.to_yaml(_template(value)).decode().endswith(f"      Value: {written}\n")


def test_a_function_inside_a_function_keeps_one_long_form() -> None:
    text = emit.to_yaml(_template({"Fn::Base64": {"Fn::Sub": "x"}})).decode()
    assert text.endswith("      Value:\n        Fn::Base64: !Sub x\n")


def test_a_document_is_a_literal_block() -> None:
    text = emit.to_yaml(_template("SELECT *\n  FROM logs\n")).decode()
    assert text.endswith("      Value: |\n        SELECT *\n          FROM logs\n")


def test_only_a_string_too_wide_for_the_page_is_broken() -> None:
    fits = "word " * 20 + "end"
    wide = "word " * 60 + "end"
    assert f"Value: {fits}\n" in emit.to_yaml(_template(fits)).decode()
    text = emit.to_yaml(_template(wide)).decode()
    assert "Value: >-\n" in text
    assert max(map(len, text.splitlines())) <= emit.WIDTH


def test_everything_stands_in_the_order_people_read() -> None:
    statement = {"Condition": {}, "Resource": "*", "Action": "a:B", "Effect": "Deny", "Sid": "S"}
    template = {
        "Outputs": {"O": {"Export": {"Name": "n"}, "Value": 1, "Description": "d"}},
        "Resources": {
            "B": {
                "Properties": {"Policy": {"Statement": [statement], "Version": "2012-10-17"}},
                "UpdateReplacePolicy": "Retain",
                "DeletionPolicy": "Retain",
                "DependsOn": ["A"],
                "Condition": "C",
                "Type": "AWS::S3::Bucket",
            },
            "A": {"Type": "AWS::SNS::Topic"},
        },
        "Conditions": {},
        "Parameters": {"Z": {"Default": "d", "Type": "String"}, "A": {"Type": "String"}},
        "Rules": {},
        "AWSTemplateFormatVersion": "2010-09-09",
    }
    data = json.loads(emit.to_json(template))
    assert list(data) == [
        "AWSTemplateFormatVersion",
        "Parameters",
        "Rules",
        "Conditions",
        "Resources",
        "Outputs",
    ]
    assert list(data["Parameters"]) == ["Z", "A"]
    assert list(data["Parameters"]["Z"]) == ["Type", "Default"]
    assert list(data["Resources"]) == ["B", "A"]
    bucket = data["Resources"]["B"]
    assert list(bucket) == [
        "Type",
        "Condition",
        "DependsOn",
        "DeletionPolicy",
        "UpdateReplacePolicy",
        "Properties",
    ]
    assert list(bucket["Properties"]["Policy"]) == ["Version", "Statement"]
    assert list(bucket["Properties"]["Policy"]["Statement"][0]) == [
        "Sid",
        "Effect",
        "Action",
        "Resource",
        "Condition",
    ]
    assert list(data["Outputs"]["O"]) == ["Description", "Value", "Export"]


def test_cfn_lint_reads_it_as_cloudformation_does() -> None:
    template = _template({"Fn::If": ["C", {"Fn::GetAtt": ["A", "Arn"]}, {"Ref": "AWS::NoValue"}]})
    decoded, problems = decode_str(emit.to_yaml(template).decode())
    assert (decoded, problems) == (template, [])
