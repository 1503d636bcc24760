"""Every reader of `${…}` gives the same answer: differences, values put in, name lengths and lint rules."""

from __future__ import annotations

from typing import Any

import pytest

from cfngen.errors import TemplateError
from cfngen.generate.name_lengths import length
from cfngen.lint.rules import _walk
from cfngen.template.change.equality import canonical
from cfngen.template.environment.resolve import resolve
from cfngen.template.intrinsics import references, text

PARAMETERS = {"P": {"Type": "String", "MaxLength": 4}}
NOTHING = {("name", "AWS::NoValue")}
SPELLINGS = [
    {"Fn::Sub": "${P}-log"},
    {"Fn::Sub": "${ P }-log"},
    {"Fn::Sub": ["${Name}-log", {"Name": {"Ref": "P"}}]},
    {"Fn::Sub": ["${ Name }-log", {"Name": {"Fn::Sub": "${P}"}}]},
    {"Fn::Join": ["-", [{"Ref": "P"}, "log"]]},
    {"Fn::Join": ["", [{"Fn::Sub": "${ P}"}, "-log", {"Ref": "AWS::NoValue"}]]},
]


def put_in(value: Any) -> Any:
    template = {
        "Parameters": PARAMETERS,
        "Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": value}}},
    }
    resolved = resolve(template, {"P": "abcd"}, account="111122223333", region="eu-west-1")
    return resolved["Resources"]["T"]["Properties"]["DisplayName"]


@pytest.mark.parametrize("value", SPELLINGS, ids=str)
def test_all_readers_agree_on_every_spelling(value: Any) -> None:
    assert canonical(value) == canonical(SPELLINGS[0])
    assert text(value) == _walk.text(value) == "${P}-log"
    assert {target for target, _ in references(value)} - NOTHING == {("name", "P")}
    assert _walk.references(value) - {"AWS::NoValue"} == {"P"}
    assert length(value, PARAMETERS) == 8
    assert put_in(value) == "abcd-log"


@pytest.mark.parametrize("literal", ["${!P}", "${ !P}", "a${!P}b"])
def test_a_literal_refers_to_nothing(literal: str) -> None:
    value = {"Fn::Sub": literal}
    plain = literal.replace(" ", "").replace("!", "")
    assert _walk.references(value) == set()
    assert not list(references(value))
    assert put_in(value) == plain
    assert text(value) == literal.replace(" ", "")
    assert length(value, PARAMETERS) == len(plain)


@pytest.mark.parametrize("written", ["${P${Q}}", "${a b}", "${P-Q}", "${x|y}"])
def test_a_name_that_cloudformation_refuses_is_an_error_where_values_are_put_in(written: str) -> None:
    with pytest.raises(TemplateError, match="is not a name"):
        put_in({"Fn::Sub": written})
    assert ("name", "Q") not in {target for target, _ in references({"Fn::Sub": written})}


@pytest.mark.parametrize("text_", ["${", "${P", "$P", "$", "}", "$${", ""])
def test_an_open_brace_is_text(text_: str) -> None:
    assert put_in({"Fn::Sub": text_}) == text_
