"""Names, values, reasons and outputs that try to be more than text, over every command that shows them."""

from __future__ import annotations

import copy
import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.support.account_world import World
from tests.support.nasty import NASTY

UNSEEN = {
    chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), 0x200B, 0xFEFF)
} - {"\n"}


def _template(name: str) -> dict[str, Any]:
    """Whatever may hold any text holds it: names of outputs' values, descriptions, tags, properties."""
    topics = {
        f"Topic{number}": {
            "Type": "AWS::SNS::Topic",
            "Properties": {
                "TopicName": f"{name}{number}",
                "DisplayName": text,
                "Tags": [{"Key": f"k{number}", "Value": text}],
            },
        }
        for number, text in enumerate(NASTY)
    }
    policy = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Statement": [
                    {"Effect": "Allow", "Principal": {"AWS": text}, "Action": "sts:AssumeRole"}
                    for text in NASTY
                ]
            },
            "Description": name.join(NASTY),
        },
    }
    return {
        "Description": "".join(NASTY),
        "Metadata": dict(zip(NASTY, NASTY, strict=True)),
        "Resources": {
            **topics,
            "Role": policy,
            "x\n::add-path::/tmp/evil\x1b[2K": copy.deepcopy(topics["Topic0"]),
        },
        "Outputs": {f"Out{number}": {"Value": text} for number, text in enumerate(NASTY)},
    }


def _check(text: str) -> None:
    assert not UNSEEN & set(text), sorted(UNSEEN & set(text))
    assert "\u2028" not in text
    for line in text.splitlines():
        assert not line.strip().startswith("::"), line
        assert "##[" not in line
        assert not line.startswith("  wider         role is allowed nothing")


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_differences(here: World, form: str) -> None:
    here.stack("one", _template("a"))
    old = here.root / "old.yaml"
    old.write_bytes((here.root / "out" / "one.yaml").read_bytes())
    here.stack("one", _template("b"))
    arguments = ["diff", str(old), str(here.root / "out" / "one.yaml"), "--format", form]
    ran = here.alone(*arguments)
    assert ran.code == 0, ran.err
    _check(ran.out + ran.err)
    if form == "json":
        assert json.loads(ran.out)
    if form == "markdown":
        outside = "".join(ran.out.split("```")[::2])
        assert "@octocat" not in outside
        assert "<script" not in outside.replace("\\<script", "")
        assert "https://evil" not in outside
        rows = [line.replace("\\|", "") for line in outside.splitlines() if line.startswith("|")]
        assert {row.count("|") for row in rows} == {4}


@pytest.mark.parametrize("form", ["text", "json", "junit", "sarif"])
def test_findings(here: World, form: str) -> None:
    here.stack("one", _template("a"))
    ran = here.alone("lint", "--format", form)
    _check(ran.out + ran.err)
    if form == "junit":
        ElementTree.fromstring(ran.out)  # noqa: S314 - our own
    elif form != "text":
        json.loads(ran.out)


def test_in_an_account(here: World) -> None:
    template = _template("a")
    template["Resources"] = {name: template["Resources"][name] for name in ("Topic2", "Topic5")}
    del template["Metadata"], template["Description"]
    # What XML cannot hold, CloudFormation's answers cannot hold either.
    outputs = enumerate(text for text in NASTY if not re.search("[\x00-\x08\x1b]", text))
    template["Outputs"] = {f"Out{number}": {"Value": text} for number, text in outputs}
    here.stack("one", template, tags={"Project": "t"})
    for command in (
        "list",
        "plan",
        "deploy --yes",
        "drift",
        "explain one",
        "verify",
        "recover one --yes",
        "status",
        "outputs",
    ):
        run = here.alone if command == "list" else here.run
        ran = run(*command.split())
        _check(ran.out + ran.err)
    bad = {"TopicName": "x\n::error::y\u202e"}
    template["Resources"]["Bad"] = {"Type": "AWS::SNS::Topic", "Properties": bad}
    here.stack("one", template)
    for command in ("deploy --yes", "explain one", "deploy --yes --format json", "explain one --format json"):
        ran = here.run(*command.split())
        _check(ran.out + ran.err)
        if "json" in command:
            json.loads(ran.out)
    for command in ("destroy --dry-run", "destroy --yes --confirm dev", "destroy --leftovers"):
        ran = here.run(*command.split())
        assert ran.code == 0
        _check(ran.out + ran.err)
    topic = template["Resources"]["Topic2"]["Properties"]["TopicName"]
    here.aws.client("sns").create_topic(Name=topic, Attributes={"DisplayName": NASTY[2]})
    for command in ("adopt one --dry-run", "adopt one --yes --format json"):
        ran = here.run(*command.split())
        assert topic in ran.out + ran.err
        _check(ran.out + ran.err)
