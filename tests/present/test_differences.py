"""The words of a difference: what a reader sees of each kind of change."""

from __future__ import annotations

from typing import Any

import pytest

from cfngen.present.differences import changelog, markdown, text
from cfngen.present.differences.difference import Difference
from cfngen.present.layout.lines import text_of
from cfngen.present.style import Plain
from cfngen.template.change.compare import compare


def role(**properties: Any) -> dict[str, Any]:
    return {"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": properties}}}


def difference(old: Any, new: Any) -> Difference:
    return Difference("roles", "release 1.0.0", "1.0.0", "1.1.0", compare(old, new))


def shown(old: Any, new: Any) -> str:
    return text_of(text.render([difference(old, new)]), Plain(), 300)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ({"MaxSessionDuration": 3600}, {"MaxSessionDuration": 7200}, "MaxSessionDuration  3600 -> 7200"),
        ({}, {"Description": "x"}, "Description  + x"),
        ({"Description": "x"}, {"Description": ""}, "Description  x -> ''"),
        ({"Description": "a\nb"}, {"Description": "a"}, "Description  a\\nb -> a"),
        ({"ManagedPolicyArns": ["a", "b"]}, {"ManagedPolicyArns": ["b"]}, "ManagedPolicyArns  - a"),
        (
            {"ManagedPolicyArns": ["a"]},
            {"ManagedPolicyArns": ["a", {"Ref": "P"}]},
            "ManagedPolicyArns  + ${P}",
        ),
        ({"Tags": [{"Key": "a", "Value": "b"}]}, {"Tags": []}, 'Tags  - {"Key": "a", "Value": "b"}'),
        (
            {"Description": {"Fn::If": ["C", "a", "b"]}},
            {"Description": {"Fn::If": ["C", "a", "c"]}},
            "Description[else]  b -> c",
        ),
        ({"Description": "a" * 300}, {"Description": "b"}, "Description  " + "a" * 157 + "... -> b"),
    ],
)
def test_a_value_is_one_line(old: Any, new: Any, line: str) -> None:
    assert f"        {line}\n" in shown(role(**old), role(**new)) + "\n"


def test_what_only_moved_is_told_place_by_place() -> None:
    def template(*names: str) -> Any:
        return {"Resources": {"P": {"Type": "Custom::P", "Properties": {"Stages": list(names)}}}}

    told = shown(template("a", "b"), template("b", "a"))
    assert "Stages[0]  a -> b" in told
    assert "Stages[1]  b -> a" in told


def test_a_rename_is_told_with_what_it_does() -> None:
    body = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}}
    told = shown({"Resources": {"A": body}}, {"Resources": {"B": body}})
    assert "  !   A renamed to B  AWS::SNS::Topic  impossible\n" in told
    assert "to CloudFormation, B is a new resource" in told


def test_an_unknown_type_is_told() -> None:
    old, new = ({"Resources": {"R": {"Type": "Custom::X", "Properties": {"A": a}}}} for a in (1, 2))
    assert "R  Custom::X (a type without published schema)" in shown(old, new)


def test_no_changes_in_markdown_and_text() -> None:
    same = difference(role(), role())
    assert markdown.render([same]) == "No changes: roles\n"
    assert shown(role(), role()) == "compared with release 1.0.0\n  roles: no change"


def test_markdown_cannot_be_broken_by_what_it_shows() -> None:
    old, new = role(Description="a"), role(Description="```\n| <b>x</b>")
    assert markdown.render([difference(old, new)]).count("```") == 2
    named = {"Resources": {"R": {"Type": "A|<b>", "Properties": {}}}}
    assert "A\\|\\<b\\>" in markdown.render([difference({"Resources": {}}, named)])


def test_a_condition_that_became_another_one_is_one_line_of_the_changelog() -> None:
    def trust(account: str) -> Any:
        test = {"StringEquals": {"aws:SourceAccount": account}}
        statement = {"Effect": "Allow", "Principal": {"Service": "a.com"}, "Action": "sts:AssumeRole"}
        return role(AssumeRolePolicyDocument={"Statement": [{**statement, "Condition": test}]})

    entry = changelog.entry(difference(trust("1"), trust("2")), "2030-01-31")
    (line,) = (line for line in entry.splitlines() if "a.com" in line)
    assert line == (
        "- maybe wider: a.com is allowed sts:AssumeRole on role R, "
        "now if StringEquals aws:SourceAccount 2, instead of StringEquals aws:SourceAccount 1"
    )
    assert f"**maybe wider**: {line[15:30]}" in markdown.render([difference(trust("1"), trust("2"))])


def test_the_changelog_names_what_changed() -> None:
    table = {"T": {"Type": "AWS::DynamoDB::Table"}}
    old = {"Resources": {**role(Description="a")["Resources"], **table}}
    entry = changelog.entry(difference(old, role(Description="b")), "2030-01-31")
    assert entry == (
        "## roles 1.1.0 - 2030-01-31\n\n"
        "### Removed\n\n- resource `T` (AWS::DynamoDB::Table): delete; data loss\n\n"
        "### Changed\n\n- resource `R` (AWS::IAM::Role): in-place; Description\n"
    )
