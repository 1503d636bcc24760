"""A change of a policy is said once, by the permission sentences; what they do not say is shown as values."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cfngen.present.differences import changelog, markdown, text
from cfngen.present.differences.difference import Difference
from cfngen.present.layout.lines import text_of
from cfngen.present.style import Plain
from cfngen.template.change.compare import compare

READS = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*"}
FOLDED = "PolicyDocument: see the permissions"


def policy(*statements: Any, **others: Any) -> Any:
    document = {"Statement": list(statements), **others}
    properties = {"Roles": [{"Ref": "R"}], "PolicyDocument": document}
    return {
        "Resources": {
            "R": {"Type": "AWS::IAM::Role", "Properties": {}},
            "P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties},
        }
    }


def trust(**principal: Any) -> Any:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    properties = {"AssumeRolePolicyDocument": {"Statement": [statement]}}
    return {"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": properties}}}


def difference(old: Any, new: Any) -> Difference:
    return Difference("s", "release 1.0.0", "1.0.0", "1.1.0", compare(old, new))


def lines(old: Any, new: Any) -> list[str]:
    shown = text_of(text.render([difference(old, new)]), Plain(), 300)
    return [line.strip() for line in shown.splitlines() if line.startswith("        ")]


def permissions(old: Any, new: Any) -> list[str]:
    shown = text_of(text.render([difference(old, new)]), Plain(), 300)
    return [line.strip() for line in shown.splitlines() if line.startswith("      ") and line[6] in "+-~"]


@pytest.mark.parametrize(
    ("old", "new", "sentences"),
    [
        (
            policy(READS),
            policy({**READS, "Action": ["s3:GetObject", "s3:PutObject"]}),
            ["+ s3:PutObject on *"],
        ),
        (policy(READS), policy(READS, {**READS, "Action": "ec2:*"}), ["+ ec2:* on *"]),
        (
            policy(READS),
            policy({**READS, "Effect": "Deny"}),
            ["+ denied: s3:GetObject on * (narrower)", "- s3:GetObject on *"],
        ),
        (
            policy({**READS, "Condition": {"Bool": {"a:b": "true"}}}),
            policy({**READS, "Condition": {"Bool": {"a:b": "false"}}}),
            ["~ s3:GetObject on *, now if Bool a:b false, instead of Bool a:b true (maybe wider)"],
        ),
        (
            policy({**READS, "Resource": "${X}"}),
            policy({**READS, "Resource": {"Ref": "X"}}),
            ["+ s3:GetObject on ${X}", "- s3:GetObject on ${!X}"],
        ),
    ],
)
def test_what_sentences_say_is_not_shown_a_second_time(old: Any, new: Any, sentences: list[str]) -> None:
    assert lines(old, new) == [FOLDED]
    assert permissions(old, new) == sentences


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        # A wider permission gives it still: no sentence is about it.
        (
            policy({**READS, "Action": ["s3:*", "s3:GetObject"]}),
            policy({**READS, "Action": ["s3:*"]}),
            ["PolicyDocument.Statement[0].Action  - s3:GetObject"],
        ),
        (
            policy({**READS, "Action": ["s3:Get*", "s3:GetObject"]}),
            policy({**READS, "Action": ["s3:Get*", "s3:PutObject"]}),
            ["PolicyDocument.Statement[0].Action[1]  s3:GetObject -> s3:PutObject"],
        ),
        # Another statement gives it still.
        (
            policy(READS, {**READS, "Resource": ["*", "a"]}, {**READS, "Action": "x:y"}),
            policy(READS, {**READS, "Resource": ["a", "b"]}, {**READS, "Action": "x:z"}),
            [
                "PolicyDocument.Statement[1].Resource[0]  * -> a",
                "PolicyDocument.Statement[1].Resource[1]  a -> b",
                FOLDED,
            ],
        ),
        # What no sentence says of a statement, or of the document.
        (
            policy({**READS, "Sid": "A"}),
            policy({**READS, "Sid": "B", "Action": "x:y"}),
            [FOLDED, "PolicyDocument.Statement[0].Sid  A -> B"],
        ),
        (
            policy(READS),
            policy(READS, {**READS, "Sid": "B", "Action": "ec2:*"}),
            [f"{FOLDED}; Sid + B"],
        ),
        (
            policy(READS),
            policy(READS, {**READS, "Sid": "B", "Action": "ec2:*"}, {**READS, "Sid": "B", "Action": "x:y"}),
            [f"{FOLDED}; Sid + B, + B"],
        ),
        (
            policy(READS, Version="2008-10-17"),
            policy({**READS, "Action": "x:y"}, Version="2012-10-17"),
            [FOLDED, "PolicyDocument.Version  2008-10-17 -> 2012-10-17"],
        ),
        # The type of a principal, and the name of a condition of the template.
        (
            trust(AWS="a.com"),
            trust(Service=["a.com", "b.com"]),
            [
                "AssumeRolePolicyDocument.Statement[0].Principal.AWS  - a.com",
                'AssumeRolePolicyDocument.Statement[0].Principal.Service  + ["a.com", "b.com"]',
            ],
        ),
        (
            policy({**READS, "Condition": {"Bool": {"a:b": {"Fn::If": ["C", "1", "2"]}}}}),
            policy({**READS, "Condition": {"Bool": {"a:b": {"Fn::If": ["D", "1", "3"]}}}}),
            ["PolicyDocument.Statement[0].Condition.Bool.a:b  1 if C, else 2 -> 1 if D, else 3"],
        ),
    ],
)
def test_what_no_sentence_says_is_shown(old: Any, new: Any, shown: list[str]) -> None:
    assert sorted(lines(old, new)) == sorted(shown)


def test_a_document_without_statements_is_shown() -> None:
    empty = policy(READS)
    del empty["Resources"]["P"]["Properties"]["PolicyDocument"]["Statement"]
    assert lines(empty, policy(READS))[0].startswith("PolicyDocument.Statement  + [")


def test_markdown_folds_the_same() -> None:
    told = markdown.render([difference(policy(READS), policy({**READS, "Action": "x:y"}))])
    assert f"\n  {FOLDED}\n```" in told
    assert "role R is allowed x:y on" in told


def test_the_changelog_counts_many_actions_and_names_wildcards() -> None:
    many = [f"s3:Get{letter}" for letter in "ABCDEFGH"] + [f"ec2:Run{letter}" for letter in "ABCD"]
    told = changelog.entry(difference(policy(READS), policy(READS, {**READS, "Action": many})), "2030-01-31")
    assert f"- wider: role R is allowed {', '.join(many)} on *\n" in told
    told = changelog.entry(
        difference(policy(READS), policy(READS, {**READS, "Action": [*many, "iam:*"]})), "2030-01-31"
    )
    assert "allowed 13 actions (8 of s3, 4 of ec2, iam:*; the template of 1.1.0 names each) on *\n" in told
    gone = changelog.entry(
        difference(policy(READS, {**READS, "Action": [*many, "iam:*"]}), policy(READS)), "2030-01-31"
    )
    assert (
        "- narrower: role R is no longer allowed 13 actions (8 of s3, 4 of ec2, iam:*; the template of 1.0.0"
        in gone
    )


def test_the_changelog_says_that_a_managed_policy_names_its_actions() -> None:
    """The template names the policy only, and the policy may have thousands of actions."""

    def role(*policies: str) -> Any:
        arns = [f"arn:aws:iam::aws:policy/{name}" for name in policies]
        return {"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": arns}}}}

    told = changelog.entry(difference(role(), role("ReadOnlyAccess")), "2030-01-31")
    found = re.search(r"allowed [\d]+ actions \((.*)\) on \* \(managed policy ReadOnlyAccess as of", told)
    assert found is not None
    assert re.fullmatch(r"of \d+ services in part(, [\w-]+:\*)*; the managed policy names each", found[1])
