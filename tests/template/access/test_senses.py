"""A pair of templates is wider, narrower or the same, and no sentence says anything else."""

from __future__ import annotations

from typing import Any

import pytest

from cfngen.template.access.permissions import permission_changes
from cfngen.template.change.compare import compare

ROOT = "arn:aws:iam::111122223333:root"
NOTHING = {"Ref": "AWS::NoValue"}


def allow(action: Any = "a:B", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = "a:B", **more: Any) -> dict[str, Any]:
    return {**allow(action), "Effect": "Deny", **more}


def but(key: str, *names: str, effect: str = "Allow", **more: Any) -> dict[str, Any]:
    """A statement about everything but what is named."""
    return {"Effect": effect, "Action": "s3:*", "Resource": "*", **more} | {f"Not{key}": list(names)}


def no_action(*names: str, effect: str = "Allow") -> dict[str, Any]:
    return {"Effect": effect, "NotAction": list(names), "Resource": "*"}


def limited(*tests: tuple[str, str, Any], action: Any = "a:B") -> dict[str, Any]:
    condition: dict[str, dict[str, Any]] = {}
    for operator, key, value in tests:
        condition.setdefault(operator, {})[key] = value
    return allow(action, Condition=condition)


def only(operator: str, value: Any, key: str = "k:k") -> dict[str, Any]:
    return limited((operator, key, value))


def role(*statements: Any, **properties: Any) -> dict[str, Any]:
    inline = [{"PolicyName": "p", "PolicyDocument": {"Statement": list(statements)}}]
    return {"R": {"Type": "AWS::IAM::Role", "Properties": {"Policies": inline, **properties}}}


def trust(principal: Any, **more: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}
    return {
        "R": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": statement}}}
    }


def bucket(*statements: dict[str, Any], name: Any = "b") -> dict[str, Any]:
    document = {"Statement": list(statements)}
    return {
        "P": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": name, "PolicyDocument": document}}
    }


def policy(kind: str, action: str, **properties: Any) -> dict[str, Any]:
    return {
        "Type": f"AWS::IAM::{kind}",
        "Properties": {"PolicyDocument": {"Statement": allow(action)}, **properties},
    }


def group(*ingress: dict[str, Any], **more: Any) -> dict[str, Any]:
    properties = {"GroupDescription": "g", "SecurityGroupIngress": list(ingress), **more}
    return {"R": {"Type": "AWS::EC2::SecurityGroup", "Properties": properties}}


def tcp(source: Any, first: Any, last: Any = None, protocol: Any = "tcp", **more: Any) -> dict[str, Any]:
    return {"IpProtocol": protocol, "FromPort": first, "ToPort": last or first, "CidrIp": source, **more}


def queue(resource: Any) -> dict[str, Any]:
    document = {"Statement": allow("sqs:*", resource, Principal="*")}
    properties = {"Queues": [{"Ref": "Q"}], "PolicyDocument": document}
    return {"P": {"Type": "AWS::SQS::QueuePolicy", "Properties": properties}}


GROUP = {"G": {"Type": "AWS::IAM::Group", "Properties": {"GroupName": "admins"}}}

NARROWER: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "more exclusions": (role(no_action("iam:*")), role(no_action("iam:*", "s3:*"))),
    "everything to an exclusion": (role(allow("*")), role(no_action("iam:*"))),
    "an exclusion to what it leaves": (role(no_action("iam:*")), role(allow("s3:Get*"))),
    "a longer exclusion": (role(no_action("iam:Get*")), role(no_action("iam:*"))),
    "more excluded resources": (role(but("Resource", "a")), role(but("Resource", "a", "b"))),
    "a denial of more": (
        role(allow("*"), no_action("iam:*", "s3:*", effect="Deny")),
        role(allow("*"), no_action("iam:*", effect="Deny")),
    ),
    "fewer exempted from a denial": (
        bucket(but("Principal", "arn:a", "arn:b", effect="Deny")),
        bucket(but("Principal", "arn:a", effect="Deny")),
    ),
    "nobody exempted from a denial": (
        bucket(but("Principal", "arn:a", effect="Deny")),
        bucket(deny("s3:*", Principal="*")),
    ),
    "a wildcard inside": (role(allow("s3:*Object")), role(allow("s3:GetObject"))),
    "a wildcard for one letter": (role(allow("s3:GetObjec?")), role(allow("s3:GetObject"))),
    "a resource's wildcard inside": (
        role(allow("a:B", "arn:aws:s3:::*/x")),
        role(allow("a:B", "arn:aws:s3:::b/x")),
    ),
    "a policy variable": (role(allow("a:B", "arn:b/*")), role(allow("a:B", "arn:b/${aws:username}/*"))),
    "less, and only if": (
        role(limited(("StringEquals", "a:a", "1"), action="s3:*")),
        role(limited(("StringEquals", "a:a", "1"), ("StringEquals", "b:b", "2"), action="s3:Get*")),
    ),
    "a pattern to a value": (role(only("StringLike", "x*")), role(only("StringEquals", "xy"))),
    "any case to one": (role(only("StringEqualsIgnoreCase", "X")), role(only("StringEquals", "x"))),
    "a smaller block": (role(only("IpAddress", "10.0.0.0/8")), role(only("IpAddress", "10.1.0.0/16"))),
    "a shorter time": (role(only("NumericLessThan", 3600)), role(only("NumericLessThan", "300"))),
    "an earlier end": (
        role(only("DateLessThan", "2027-01-01T00:00:00Z")),
        role(only("DateLessThan", "2026-01-01T00:00:00Z")),
    ),
    "one of two statements": (
        role(only("StringEquals", "x"), only("StringEquals", "y")),
        role(only("StringEquals", ["x"])),
    ),
    "a condition block in one case only": (
        role(allow(Condition={"Fn::If": ["C", {"StringEquals": {"k:k": "x"}}, NOTHING]})),
        role(only("StringEquals", "x")),
    ),
    "less in one case": (
        role(allow({"Fn::If": ["C", ["a:*"], "a:B"]})),
        role(allow("a:B")),
    ),
    "an effect that depends": (role({**allow(), "Effect": {"Fn::If": ["C", "Allow", "Deny"]}}), role(deny())),
    "a statement that is not known": (role({"Fn::Transform": {"Name": "AWS::Include"}}), role()),
    "everyone in one case": (trust({"Fn::If": ["C", {"AWS": "*"}, {"AWS": ROOT}]}), trust({"AWS": ROOT})),
    "a group's ports": (group(tcp("10.0.0.0/8", 0, 65535)), group(tcp("10.0.0.0/8", 80))),
    "a group's halves": (group(tcp("0.0.0.0/1", 80), tcp("128.0.0.0/1", 80)), group(tcp("10.0.0.0/8", 80))),
    "a group's block in one case": (
        group(tcp({"Fn::If": ["C", "0.0.0.0/0", "10.0.0.0/8"]}, 80)),
        group(tcp("10.0.0.0/8", 80)),
    ),
    "a group's ports in one case": (
        group(tcp("10.0.0.0/8", {"Fn::If": ["C", 0, 80]}, {"Fn::If": ["C", 65535, 80]})),
        group(tcp("10.0.0.0/8", 80)),
    ),
    "a message's code": (
        group(tcp("10.0.0.0/8", 8, -1, protocol="icmp")),
        group(tcp("10.0.0.0/8", 8, 3, protocol="icmp")),
    ),
    "a database on the internet, perhaps": (
        {"D": {"Type": "AWS::RDS::DBInstance", "Properties": {"PubliclyAccessible": {"Ref": "P"}}}},
        {"D": {"Type": "AWS::RDS::DBInstance", "Properties": {"PubliclyAccessible": False}}},
    ),
    "a boundary that is the template's": (
        {**role(), "B": policy("ManagedPolicy", "*")},
        {**role(), "B": policy("ManagedPolicy", "s3:*")},
    ),
}

SAME: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "exclusions": (role(no_action("iam:*", "S3:*")), role(no_action("s3:*", "IAM:*", "s3:*"))),
    "what an exclusion leaves": (role(no_action("iam:*")), role(no_action("iam:*"), allow("s3:GetObject"))),
    "statements split": (
        role(allow(["a:B", "a:C"], ["x", "y"])),
        role(allow("a:B", ["y", "x"]), allow("a:C", "x"), allow("a:C", "y")),
    ),
    "values split": (
        role(only("StringEquals", ["x", "y"])),
        role(only("StringEquals", "x"), only("StringEquals", "y")),
    ),
    "branches alike": (role(allow()), role({"Fn::If": ["C", allow(), {**allow(), "Sid": "Other"}]})),
    "a key's letters": (
        role(only("ArnLike", "x", "aws:SourceArn")),
        role(only("ArnEquals", "x", "aws:sourcearn")),
    ),
    "a pattern without wildcard": (role(only("StringEquals", "x")), role(only("StringLike", ["x"]))),
    "the own partition": (
        role(allow("a:B", "arn:aws:s3:::b")),
        role(allow("a:B", {"Fn::Sub": "arn:${AWS::Partition}:s3:::b"})),
    ),
    "a bucket's ARN": (
        {
            **bucket(allow("s3:Get*", {"Fn::Sub": "arn:aws:s3:::${B}/*"}, Principal="*"), name={"Ref": "B"}),
        },
        {
            **bucket(allow("s3:Get*", {"Fn::Sub": "${B.Arn}/*"}, Principal="*"), name={"Fn::Sub": "${B}"}),
        },
    ),
    "a policy of the template by reference": (
        role(allow()),
        {**role(ManagedPolicyArns=[{"Fn::Sub": "${P}"}]), "P": policy("ManagedPolicy", "a:B")},
    ),
    "a policy of the template by attribute": (
        role(allow()),
        {**role(ManagedPolicyArns=[{"Fn::GetAtt": ["P", "PolicyArn"]}]), "P": policy("ManagedPolicy", "a:B")},
    ),
    "a policy of the template by name": (
        role(allow()),
        {
            **role(ManagedPolicyArns=[{"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:policy/path/${N}-own"}]),
            "P": policy("ManagedPolicy", "a:B", ManagedPolicyName={"Fn::Sub": "${N}-own"}),
        },
    ),
    "a policy of its own": (
        role(allow()),
        {**role(), "P": policy("RolePolicy", "a:B", RoleName={"Ref": "R"})},
    ),
    "many names": (
        role(allow([f"a:A{n}" for n in range(99)], [f"r{n}" for n in range(99)])),
        role(allow([f"a:A{n}" for n in range(99)][::-1], [f"r{n}" for n in range(99)][::-1])),
    ),
    "a group of users by its name": (
        {**GROUP, "U": {"Type": "AWS::IAM::User", "Properties": {"Groups": [{"Ref": "G"}]}}},
        {**GROUP, "U": {"Type": "AWS::IAM::User", "Properties": {"Groups": ["admins"]}}},
    ),
    "a queue's ARN": (queue("*"), queue({"Fn::GetAtt": ["Q", "Arn"]})),
    "a rule alike in both cases": (
        group({"Fn::If": ["C", tcp("10.0.0.0/8", 80), tcp("10.0.0.0/8", 80)]}),
        group(tcp("10.0.0.0/8", 80)),
    ),
    "neighbouring blocks": (
        group(tcp("10.0.0.0/9", 80), tcp("10.128.0.0/9", 80)),
        group(tcp("10.0.0.0/8", 80)),
    ),
    "neighbouring ports": (
        group(tcp("10.0.0.0/8", 80, 81), tcp("10.0.0.0/8", 82, 90)),
        group(tcp("10.0.0.0/8", 80, 90)),
    ),
    "a rule's words": (
        group(tcp("10.1.2.3/8", "443", protocol="TCP", Description="a")),
        group(tcp("10.0.0.0/8", 443, protocol=6)),
    ),
    "a rule of its own": (
        group(tcp("10.0.0.0/8", 80)),
        {
            **group(),
            "I": {
                "Type": "AWS::EC2::SecurityGroupIngress",
                "Properties": {"GroupId": {"Fn::Sub": "${R.GroupId}"}, **tcp("10.0.0.0/8", 80)},
            },
        },
    ),
}


def directions(old: dict[str, Any], new: dict[str, Any]) -> set[str]:
    return {change.word for change in permission_changes({"Resources": old}, {"Resources": new})}


@pytest.mark.parametrize("name", NARROWER)
def test_a_narrowing_is_only_that(name: str) -> None:
    wide, narrow = NARROWER[name]
    assert directions(wide, narrow) == {"narrower"}
    assert directions(narrow, wide) == {"wider"}


@pytest.mark.parametrize("name", SAME)
def test_another_way_to_write_it_is_no_change(name: str) -> None:
    one, other = SAME[name]
    assert directions(one, other) == set()
    assert directions(other, one) == set()


def lookup(value: str) -> dict[str, Any]:
    return {"Mappings": {"M": {"k": {"a": value}}}}


def default(value: str) -> dict[str, Any]:
    return {"Parameters": {"P": {"Type": "String", "Default": value}}}


def defined(value: str) -> dict[str, Any]:
    condition = {"C": {"Fn::Equals": [value, "yes"]}, "D": {"Fn::Not": [{"Condition": "C"}]}}
    return {"Conditions": condition}


FOUND = {"Fn::FindInMap": ["M", "k", "a"]}
LOOP = ["X", {"Ref": "Names"}]


@pytest.mark.parametrize(
    ("resources", "old", "new", "sentence"),
    [
        (trust({"AWS": FOUND}), lookup(ROOT), lookup("*"), "everyone is allowed sts:AssumeRole on role R"),
        (
            group(tcp(FOUND, 22)),
            lookup("10.0.0.0/8"),
            lookup("0.0.0.0/0"),
            "anyone on the internet (0.0.0.0/0) can reach security group R on tcp port 22",
        ),
        (
            trust({"AWS": {"Ref": "P"}}),
            default(ROOT),
            default("*"),
            "${P} (by default *) is allowed sts:AssumeRole on role R",
        ),
        (
            trust({"AWS": {"Fn::Sub": "arn:aws:iam::${P}:root"}}),
            default("111122223333"),
            default("444455556666"),
            "arn:aws:iam::${P} (by default 444455556666):root is allowed sts:AssumeRole on role R",
        ),
        (
            role({"Fn::If": ["D", allow(), NOTHING]}),
            defined("no"),
            defined("yes"),
            "role R is allowed a:B on *, now if the template's condition D as changed holds,"
            " instead of the template's condition D holds",
        ),
        (
            {"R": {**role(allow())["R"], "Condition": "C"}},
            {**default("no"), "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, "yes"]}}},
            {**default("yes"), "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, "yes"]}}},
            "role R is allowed a:B on *, now if the template's condition C as changed holds,"
            " instead of the template's condition C holds",
        ),
    ],
)
def test_what_stands_behind_a_name_is_told(
    resources: dict[str, Any], old: dict[str, Any], new: dict[str, Any], sentence: str
) -> None:
    wider = [
        change.statement
        for change in compare({**old, "Resources": resources}, {**new, "Resources": resources}).permissions
        if change.direction == "wider"
    ]
    assert wider == [sentence]


def test_a_default_of_a_name_is_no_permission() -> None:
    resources = role(allow("a:B", {"Fn::Sub": "${P}-logs"}))
    assert (
        compare(
            {**default("a"), "Resources": resources}, {**default("b"), "Resources": resources}
        ).permissions
        == ()
    )


def test_what_a_loop_over_unknown_names_grants_is_told() -> None:
    def loop(action: str) -> dict[str, Any]:
        return {"Resources": {"Fn::ForEach::L": [*LOOP, {"R${X}": role(allow(action))["R"]}]}}

    told = [change.statement for change in compare(loop("a:B"), loop("a:*")).permissions]
    assert told == ["role R${X} for each X of ${Names} is allowed a:* on *"]
    assert [change.statement for change in compare({}, loop("a:B")).permissions][-1].endswith(
        "is allowed a:B on *"
    )


def test_another_accounts_group_is_another_group() -> None:
    old, new = (
        group({"IpProtocol": "tcp", "FromPort": 22, "SourceSecurityGroupId": "sg-1", **owner})
        for owner in ({}, {"SourceSecurityGroupOwnerId": "444455556666"})
    )
    assert directions(old, new) == {"wider", "narrower"}
    own = {"SourceSecurityGroupOwnerId": {"Ref": "AWS::AccountId"}}
    same = group({"IpProtocol": "tcp", "FromPort": 22, "SourceSecurityGroupId": "sg-1", **own})
    assert directions(old, same) == set()


def test_a_network_acls_rule_that_comes_later_is_told() -> None:
    def entry(number: int) -> dict[str, Any]:
        rule = {
            "NetworkAclId": "a",
            "RuleNumber": number,
            "Protocol": -1,
            "RuleAction": "deny",
            "CidrBlock": "192.0.2.0/24",
        }
        return {"N": {"Type": "AWS::EC2::NetworkAclEntry", "Properties": rule}}

    assert directions(entry(100), entry(300)) == {"wider", "narrower"}
