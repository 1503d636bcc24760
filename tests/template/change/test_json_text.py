"""JSON in a string is compared as JSON, and shown by the paths in it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cfngen.present.differences import document, markdown
from cfngen.present.differences.difference import Difference
from cfngen.present.differences.wording import shown_values, value_text
from cfngen.template.change.compare import compare
from cfngen.template.change.diff import Cause
from tests.support.schemas import valid

BODY = {"widgets": [{"type": "text", "properties": {"title": "old", "stat": 5}}, {"type": "alarm"}]}


def dashboard(body: Any) -> dict[str, Any]:
    properties = {"DashboardName": "d", "DashboardBody": body}
    return {"Resources": {"D": {"Type": "AWS::CloudWatch::Dashboard", "Properties": properties}}}


def lines(before: Any, after: Any) -> list[str]:
    [judgement] = compare(dashboard(before), dashboard(after)).judgements
    return [value_text(value) for value in shown_values(judgement.change.causes)]


def changed(**properties: Any) -> Any:
    body = json.loads(json.dumps(BODY))
    body["widgets"][0]["properties"].update(properties)
    return body


@pytest.mark.parametrize("function", [False, True], ids=["text", "Fn::Sub"])
def test_what_changed_is_shown_by_its_path(function: bool) -> None:
    def written(body: Any, **layout: Any) -> Any:
        text = json.dumps(body, **layout).replace('"text"', '"${Kind}"')
        return {"Fn::Sub": text} if function else text

    assert lines(written(BODY), written(changed(title="new"), indent=2)) == [
        "DashboardBody.widgets[0].properties.title: old -> new"
    ]
    assert lines(written(BODY), written(changed(stat="5"))) == [
        'DashboardBody.widgets[0].properties.stat: 5 -> "5"'
    ]
    assert lines(written(BODY), written(BODY, indent=1)) == [
        "DashboardBody: the same JSON, written another way"
    ]


def test_what_is_no_json_is_shown_as_it_is() -> None:
    assert lines("{not json", '{"a": 1}') == ['DashboardBody: {not json -> {"a": 1}']
    assert lines({"Fn::Sub": '{"a": 2${More}}'}, {"Fn::Sub": '{"a": 1}'}) == [
        'DashboardBody: {"a": 2${More}} -> {"a": 1}'
    ]
    assert lines('{"a": NaN}', '{"a": 1}') == ['DashboardBody: {"a": NaN} -> {"a": 1}']


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ({"Fn::Sub": '{"a": ${Number}}'}, {"Fn::Sub": '{"a": 1}'}, "a: ${Number} -> 1"),
        ({"Fn::Sub": '{"n": ${Number}, "a": 1}'}, {"Fn::Sub": '{"n": ${Number}, "a": 2}'}, "a: 1 -> 2"),
        ({"Fn::Sub": '{"a": "\\"${X}"}'}, {"Fn::Sub": '{"a": "\\"${Y}"}'}, 'a: "${X} -> "${Y}'),
        ({"Fn::Sub": '{"a": ${X}}'}, {"Fn::Sub": '{"a": "${X}"}'}, 'a: {"Ref": "X"} -> "${X}"'),
        ('{"a": "${X}"}', {"Fn::Sub": '{"a": "${X}"}'}, "a: ${!X} -> ${X}"),
        (
            {"Fn::Join": ["", ['{"a": 1, "b": "', {"Fn::ImportValue": "x"}, '"}']]},
            {"Fn::Join": ["", ['{"a": 2, "b": "', {"Fn::ImportValue": "x"}, '"}']]},
            "a: 1 -> 2",
        ),
    ],
)
def test_computed_parts_stand_where_they_are(before: Any, after: Any, shown: str) -> None:
    assert lines(before, after) == [f"DashboardBody.{shown}"]


def test_markdown_and_json_show_the_same() -> None:
    old, new = dashboard(json.dumps(BODY)), dashboard(json.dumps(changed(title="new")))
    difference = Difference("d", "release 1.0.0", "1.0.0", "1.1.0", compare(old, new))
    assert "DashboardBody.widgets[0].properties.title: old -> new" in markdown.render([difference])
    shown = json.loads(document.render([difference]))
    valid("diff", shown)
    [cause] = shown["stacks"][0]["changes"][0]["causes"]
    [inner] = cause["inside"]
    assert (inner["path"], inner["before"], inner["after"]) == (
        "/Properties/DashboardBody/widgets/0/properties/title",
        "old",
        "new",
    )


def test_long_values_that_begin_alike_are_told_apart() -> None:
    [value] = shown_values([Cause(("Properties", "Text"), "x" * 300 + "a", "x" * 300 + "b")])
    line = value_text(value)
    before, after = line.removeprefix("Text: ").split(" -> ")
    assert before.startswith("...xxx")
    assert before.endswith('a"')
    assert after.endswith('b"')


def test_a_text_with_a_part_that_nobody_can_write_down_is_no_json() -> None:
    def written(default: str) -> Any:
        return {"Fn::Sub": ["${A}", {"A": {"Fn::FindInMap": ["M", "k", default]}}]}

    [line] = lines(written("one"), written("another"))
    assert "FindInMap" in line
