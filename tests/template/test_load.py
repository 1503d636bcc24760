"""What cfngen takes as a template, and how it says what it does not take."""

from __future__ import annotations

import json
import string
import time
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cfngen.errors import TemplateError
from cfngen.template.load import load
from cfngen.template.values import MAX_BYTES, MAX_DEPTH

RESOURCES = b"Resources: {A: {Type: 'A::B::C'}}\n"


def metadata(text: str) -> Any:
    """What a template's Metadata section holds when `text` is written there in YAML."""
    return load(RESOURCES + b"Metadata: {M: " + text.encode() + b"}", "t.yaml").data["Metadata"]["M"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2010-09-09", "2010-09-09"),
        ("2010-09-09T10:00:00Z", "2010-09-09T10:00:00Z"),
        ("yes", True),
        ("off", False),
        ("'yes'", "yes"),
        ("012", 10),
        ("0x1F", 31),
        ("1_000", 1000),
        ("012345678901", "012345678901"),
        ("1.5", 1.5),
        ("1e3", "1e3"),
        ("=", "="),
        ("! 12", "12"),
        ("!!str 12", "12"),
        ("!!int '12'", 12),
        ("!Ref A", {"Ref": "A"}),
        ("!Condition A", {"Condition": "A"}),
        ("!Sub 12", {"Fn::Sub": "12"}),
        ("!Sub ['${a}', {a: !Ref B}]", {"Fn::Sub": ["${a}", {"a": {"Ref": "B"}}]}),
        ("!GetAtt A.Endpoint.Port", {"Fn::GetAtt": ["A", "Endpoint.Port"]}),
        ("!GetAtt [A, Arn]", {"Fn::GetAtt": ["A", "Arn"]}),
        ("{'Fn::GetAtt': A.Arn}", {"Fn::GetAtt": ["A", "Arn"]}),
        ("!If [C, !GetAtt A.Arn, '']", {"Fn::If": ["C", {"Fn::GetAtt": ["A", "Arn"]}, ""]}),
        ("!Transform {Name: X}", {"Fn::Transform": {"Name": "X"}}),
        ("!GetAZs ''", {"Fn::GetAZs": ""}),
        ("{123456789012: a, true: b}", {"123456789012": "a", "true": "b"}),
    ],
)
def test_values_are_those_that_cloudformation_sees(text: str, value: Any) -> None:
    loaded = metadata(text)
    assert loaded == value
    assert type(loaded) is type(value)


@pytest.mark.parametrize(
    ("data", "place", "problem"),
    [
        (b"", "1:1", "is empty"),
        (b"# nothing\n", "1:1", "is empty"),
        (b"[]", "1:1", "not a mapping"),
        (b"hello", "1:1", "not a mapping"),
        (b"A: 1", "1:1", "no Resources section"),
        (b"Resources:\n", "1:11", "null value"),
        (b"Resources: {}\n", "1:1", "Resources is empty"),
        (b"Resources: []\n", "1:1", "Resources is not a mapping"),
        (b"Resources:\n  A: 1\n", "2:3", "Resources/A is not a mapping"),
        (b"Resources:\n  A: {B: 1}\n", "2:3", "Resources/A has no Type"),
        (
            b"Resources:\n  A:\n    Type: X\n    Properties: []\n",
            "4:5",
            "Resources/A/Properties is not a mapping",
        ),
        (RESOURCES + b"Outputs: [1]", "2:1", "Outputs is not a mapping"),
        (RESOURCES + b"Resources: {}", "2:1", "the key Resources twice"),
        (RESOURCES + b"A:\n  B: 1\n  B: 2\n", "4:3", "the key B twice"),
        (RESOURCES + b"A: &x 1", "2:4", "YAML anchor &x"),
        (RESOURCES + b"A: &x {}", "2:4", "YAML anchor &x"),
        (RESOURCES + b"A: *x", "2:4", "YAML alias *x"),
        (RESOURCES + b"A: {<<: {B: 1}}", "2:5", "merge key"),
        (RESOURCES + b"A: !Foo 1", "2:4", "unknown tag !Foo"),
        (RESOURCES + b"A: !!binary aaaa", "2:4", "unknown tag !!binary"),
        (RESOURCES + b"A: ~", "2:4", "null value"),
        (RESOURCES + b"A: .nan", "2:4", "not finite"),
        (RESOURCES + b"A: " + b"1" * 5000, "2:4", "not of the type int"),
        (RESOURCES + b"A: !!bool x", "2:4", "not of the type bool"),
        (RESOURCES + b"? [A]\n: 1", "2:3", "key that is not a string"),
        (RESOURCES + b"---\nA: 1", "2:1", "second YAML document"),
        (RESOURCES + b"A: 'b", "2:6", "is not YAML"),
        (RESOURCES + b"A: {b: c\n", "3:1", "is not YAML"),
        (RESOURCES + b"A: b\n\tc: d", "3:1", "is not YAML"),
        (RESOURCES + b"A: \xff", "2:4", "not UTF-8"),
        (RESOURCES + b"A: b\x00c", "2:5", "control character U+0000"),
        (b'{"Resources": {"A": {"Type": "X"', "1:33", "is not JSON"),
        (b'{"Resources": {"A": 1,\n  "A": 2}}', "2:3", "the key A twice"),
        (b'{"Resources": null}', "1:15", "null value"),
        (b'{"A": NaN}', "1:7", "not finite"),
        (b'{"A":\n 1e999}', "2:2", "not finite"),
        (b'{"A": ' + b"1" * 5000 + b"}", "1:7", "too many digits"),
        (b'{"A": 01}', "1:8", "is not JSON"),
    ],
)
def test_one_error_with_line_and_column(data: bytes, place: str, problem: str) -> None:
    with pytest.raises(TemplateError) as caught:
        load(data, "t.yaml")
    assert caught.value.place == f"t.yaml:{place}"
    assert problem in caught.value.problem


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 10_000_000,
        b"[" * 900_000,
        b"- " * 400_000,
        b'{"a":' * 150_000,
        b'{"a":[' * 90 + b"]}" * 90,
        b"a: {" + b"[" * 900_000,
        b"'" * 1_000_000,
        b"? " * 400_000,
        b"a: b: " * 100_000,
        b'"\\' * 500_000,
        b"Resources:\n" + b"  A: {Type: X}\n" * 60_000,
    ],
    ids=lambda data: data[:12].decode(),
)
def test_hostile_input_is_refused_within_a_second(data: bytes) -> None:
    start = time.process_time()
    with pytest.raises(TemplateError) as caught:
        load(data, "t.yaml")
    assert time.process_time() - start < 1
    assert caught.value.place is not None
    assert caught.value.place.count(":") == 2


def test_size_and_depth_limits_are_exact() -> None:
    load(RESOURCES + b"#" * (MAX_BYTES - len(RESOURCES)), "t.yaml")
    with pytest.raises(TemplateError, match=r"1,048,577 bytes.*at most 1,048,576"):
        load(RESOURCES + b"#" * (MAX_BYTES - len(RESOURCES) + 1), "t.yaml")
    lists = MAX_DEPTH - 2  # inside the template's own mapping and the Metadata section
    load(RESOURCES + b"Metadata: {M: " + b"[" * lists + b"]" * lists + b"}", "t.yaml")
    with pytest.raises(TemplateError, match="nests deeper than 100 levels"):
        load(RESOURCES + b"Metadata: {M: [" + b"[" * lists + b"]" * lists + b"]}", "t.yaml")


def test_a_byte_order_mark_is_no_content() -> None:
    assert load(b"\xef\xbb\xbf" + RESOURCES, "t.yaml").data == load(RESOURCES, "t.yaml").data


def test_position_of_keys_items_and_what_has_none() -> None:
    text = (
        b"Resources:\n  A:\n    Type: X\n    Properties:\n      L:\n        - a\n        - {b: !GetAtt A.B}\n"
    )
    document = load(text, "t.yaml")
    assert document.position(("Resources", "A", "Type")) == (3, 5)
    assert document.position(("Resources", "A", "Properties", "L", 0)) == (6, 11)
    assert document.position(("Resources", "A", "Properties", "L", 1, "b")) == (7, 12)
    assert document.position(("Resources", "A", "Properties", "L", 1, "b", "Fn::GetAtt", 0)) == (7, 12)
    assert document.position(("Resources", "Gone")) == (1, 1)
    assert load(b'{"Resources":\n {"A": {"Type": "X"}}}', "t.json").position(("Resources", "A", "Type")) == (
        2,
        9,
    )


KEYS = st.text(string.ascii_letters + ':"{}[], \\é\U0001f600', min_size=1, max_size=6)
VALUES = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | KEYS | st.just("null"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_json_is_read_as_json_has_it(value: Any, indent: int | None, ascii_only: bool) -> None:
    template = {"Resources": {"A": {"Type": "X"}}, "M": value}
    text = json.dumps(template, indent=indent, ensure_ascii=ascii_only)
    assert load(text.encode(), "t.json").data == template


@given(VALUES)
def test_yaml_is_read_back_as_written_with_and_without_libyaml(value: Any) -> None:
    template = {"Resources": {"A": {"Type": "X"}}, "M": value}
    data = yaml.safe_dump(template, allow_unicode=True).encode()
    with pytest.MonkeyPatch.context() as patch:
        assert load(data, "t.yaml").data == template
        patch.delattr(yaml, "CSafeLoader", raising=False)
        pure = load(data, "t.yaml")
    assert pure.data == template
    assert pure.position(("M",)) == load(data, "t.yaml").position(("M",))


@given(st.binary(max_size=60) | st.text("{}[]:,-?!&*'\"|>%@` \nRa1", max_size=40).map(str.encode))
def test_whatever_the_bytes_only_template_errors_come_out(data: bytes) -> None:
    try:
        load(data, "t.yaml")
        load(RESOURCES + data, "t.yaml")
    except TemplateError as error:
        assert str(error).startswith("t.yaml:")  # noqa: PT017 - either outcome is right
