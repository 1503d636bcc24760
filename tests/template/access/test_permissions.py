"""Permissions gained and lost, as a reviewer reads them."""

from __future__ import annotations

from typing import Any

import pytest

from cfngen.template.access.managed_policies import date, statements
from cfngen.template.access.permissions import permission_changes

BUCKET = {"Fn::GetAtt": ["Bucket", "Arn"]}


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(principal: Any, **more: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}]}


def role(*statements: Any, **properties: Any) -> dict[str, Any]:
    inline = [{"PolicyName": "p", "PolicyDocument": {"Statement": list(statements)}}] if statements else []
    return {"Type": "AWS::IAM::Role", "Properties": {"Policies": inline, **properties}}


def told(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str]]:
    changes = permission_changes({"Resources": old}, {"Resources": new})
    return [(change.direction, change.statement) for change in changes]


def test_a_statement_gained_and_one_lost() -> None:
    old = {"R": role(allow(["s3:GetObject", "s3:PutObject"], {"Fn::Sub": "${Bucket.Arn}/*"}))}
    new = {"R": role(allow(["s3:GetObject", "s3:DeleteObject"], {"Fn::Join": ["", [BUCKET, "/*"]]}))}
    assert told(old, new) == [
        ("wider", "role R is allowed s3:DeleteObject on ${Bucket.Arn}/*"),
        ("narrower", "role R is no longer allowed s3:PutObject on ${Bucket.Arn}/*"),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (allow("s3:Get*"), allow(["s3:Get*", "s3:GetObject"])),
        (allow("*"), allow(["*", "s3:GetObject"])),
        (allow("S3:getobject"), allow("s3:GetObject")),
        (allow("s3:GetObject", "arn:x/*"), allow("s3:GetObject", ["arn:x/*", "arn:x/y"])),
        (allow(["a:B", "a:C"], ["r", "s"]), allow(["a:C", "a:B"], ["s", "r"])),
        (allow("a:B"), [allow("a:B"), allow("a:B", Condition={"Bool": {"aws:SecureTransport": "true"}})]),
        (allow("a:B"), {**allow("a:B"), "Sid": "New"}),
        (allow("a:B"), {"Fn::If": ["C", allow("a:B"), allow("a:B")]}),
    ],
)
def test_what_another_statement_gives_already_is_no_change(old: Any, new: Any) -> None:
    statements = new if isinstance(new, list) else [new]
    gained = [one for one in told({"R": role(old)}, {"R": role(*statements)}) if one[0] == "wider"]
    if "Fn::If" not in statements[0]:
        assert gained == []
    else:
        assert all("if the template's condition C" in sentence for _, sentence in gained)


def test_narrowing_a_wildcard_loses_and_gains_nothing() -> None:
    assert told({"R": role(allow("s3:*"))}, {"R": role(allow("s3:GetObject"))}) == [
        ("narrower", "role R is no longer allowed s3:* on *")
    ]


def test_a_condition_taken_away_widens() -> None:
    limited = allow("a:B", Condition={"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}})
    assert told({"R": role(limited)}, {"R": role(allow("a:B"))}) == [
        (
            "wider",
            "role R is allowed a:B on *, no longer only if StringEquals aws:SourceAccount ${AWS::AccountId}",
        )
    ]
    assert told({"R": role(allow("a:B"))}, {"R": role(limited)}) == [
        (
            "narrower",
            "role R is allowed a:B on *, now only if StringEquals aws:SourceAccount ${AWS::AccountId}",
        )
    ]


def test_a_denial_with_a_further_condition_is_one_change_that_widens() -> None:
    deny = {"Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"}
    but = {**deny, "Condition": {"ArnNotEquals": {"aws:PrincipalArn": "a"}}}
    other = {**deny, "Condition": {"ArnNotEquals": {"aws:PrincipalArn": ["a", "b"]}}}
    assert told({"R": role(deny)}, {"R": role(but)}) == [
        (
            "wider",
            "role R is denied s3:Delete* on *, now only if ArnNotEquals aws:PrincipalArn a",
        )
    ]
    ((direction, sentence),) = told({"R": role(but)}, {"R": role(other)})
    assert (direction, " or b, instead of ArnNotEquals" in sentence) == ("wider", True)
    assert told({"R": role(other)}, {"R": role(but)})[0][0] == "narrower"


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_another_value_is_one_change_that_may_widen(effect: str) -> None:
    def only(account: str) -> dict[str, Any]:
        return {
            **allow("a:B"),
            "Effect": effect,
            "Condition": {"StringEquals": {"aws:SourceAccount": account}},
        }

    (change,) = permission_changes(
        {"Resources": {"R": role(only("1"))}}, {"Resources": {"R": role(only("2"))}}
    )
    assert (change.direction, change.certain) == ("wider", False)
    assert change.before == (("StringEquals aws:SourceAccount", ("1",)),)


def test_a_condition_that_another_statement_makes_void_is_not_what_changed() -> None:
    limited = allow("s3:GetObject", Condition={"Bool": {"aws:SecureTransport": "true"}})
    other = allow("s3:GetObject", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    assert told({"R": role(limited)}, {"R": role(other, allow("s3:*"))}) == [
        ("wider", "role R is allowed s3:GetObject on *, if Bool aws:MultiFactorAuthPresent true"),
        ("wider", "role R is allowed s3:* on *"),
    ]


def test_denials_count_the_other_way() -> None:
    deny = {"Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"}
    assert told({"R": role()}, {"R": role(deny)}) == [("narrower", "role R is denied s3:Delete* on *")]
    assert told({"R": role(deny)}, {"R": role()}) == [("wider", "role R is no longer denied s3:Delete* on *")]


def test_trust_comes_first_and_wider_before_narrower() -> None:
    old = {"R": role(allow("a:B"), AssumeRolePolicyDocument=trust({"Service": "ec2.amazonaws.com"}))}
    new = {"R": role(allow("a:C"), AssumeRolePolicyDocument=trust({"AWS": "*"}))}
    assert told(old, new) == [
        ("wider", "everyone is allowed sts:AssumeRole on role R"),
        ("narrower", "ec2.amazonaws.com is no longer allowed sts:AssumeRole on role R"),
        ("wider", "role R is allowed a:C on *"),
        ("narrower", "role R is no longer allowed a:B on *"),
    ]


def test_trust_written_as_a_string_of_json() -> None:
    issuer = (
        '{"Statement": [{"Effect": "Allow", "Principal": {"Federated": "${Oidc.Arn}"},'
        ' "Action": "sts:AssumeRoleWithWebIdentity",'
        ' "Condition": {"StringEquals": {"${Issuer}:sub": "system:serviceaccount:ml:serve"}}}]}'
    )
    old = {"R": role(AssumeRolePolicyDocument=trust({"Service": "pods.eks.amazonaws.com"}))}
    new = {"R": role(AssumeRolePolicyDocument={"Fn::Sub": issuer})}
    assert told(old, new)[0] == (
        "wider",
        "${Oidc.Arn} is allowed sts:AssumeRoleWithWebIdentity on role R,"
        " if StringEquals ${Issuer}:sub system:serviceaccount:ml:serve",
    )


def test_aws_managed_policies_are_seen_as_what_they_are() -> None:
    arn = {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AmazonS3FullAccess"}
    assert told({"R": role()}, {"R": role(ManagedPolicyArns=[arn])}) == [
        (
            "wider",
            "role R is allowed s3:*, s3-object-lambda:* on *"
            f" (managed policy AmazonS3FullAccess as of {date()})",
        )
    ]
    own = role(allow(["s3:*", "s3-object-lambda:*"]))
    assert told({"R": own}, {"R": role(ManagedPolicyArns=[arn])}) == []


def test_an_unknown_managed_policy_is_named() -> None:
    [(direction, sentence)] = told({"R": role()}, {"R": role(ManagedPolicyArns=[{"Ref": "Given"}])})
    assert (direction, sentence) == (
        "wider",
        "role R is allowed whatever ${Given} says on * (managed policy ${Given})",
    )


@pytest.mark.parametrize("attached", ["by the policy", "by the role"])
def test_customer_managed_policies_belong_to_who_they_are_attached_to(attached: str) -> None:
    def template(action: str) -> dict[str, Any]:
        policy: dict[str, Any] = {"PolicyDocument": {"Statement": allow(action)}}
        user = role()
        if attached == "by the policy":
            policy["Roles"] = [{"Ref": "R"}]
        else:
            user = role(ManagedPolicyArns=[{"Ref": "P"}])
        return {"R": user, "P": {"Type": "AWS::IAM::ManagedPolicy", "Properties": policy}}

    assert told(template("a:B"), template("a:*")) == [("wider", "role R is allowed a:* on *")]


def test_a_policy_that_nobody_has_yet() -> None:
    policy = {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {"PolicyDocument": {"Statement": allow("a:B")}},
    }
    assert told({}, {"P": policy}) == [("wider", "whoever has the policy P is allowed a:B on *")]


@pytest.mark.parametrize(
    ("kind", "properties", "document", "where"),
    [
        ("AWS::S3::BucketPolicy", {"Bucket": "b"}, "PolicyDocument", "arn:b/*"),
        ("AWS::SNS::TopicPolicy", {"Topics": ["t"]}, "PolicyDocument", "arn:t"),
        ("AWS::KMS::Key", {}, "KeyPolicy", "*"),
        ("AWS::ECR::Repository", {}, "RepositoryPolicyText", None),
        ("Some::Private::Type", {}, "AccessPolicy", "x"),
    ],
)
def test_resource_policies(kind: str, properties: Any, document: str, where: str | None) -> None:
    statement = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "a:B"}
    if where:
        statement["Resource"] = where
    new = {"X": {"Type": kind, "Properties": {**properties, document: {"Statement": [statement]}}}}
    old = {"X": {"Type": kind, "Properties": properties}}
    about = {"AWS::S3::BucketPolicy": "b", "AWS::SNS::TopicPolicy": "t"}.get(kind, "X")
    suffix = f"on {where} (policy of {about})" if where not in {None, "*"} else f"on {about}"
    assert told(old, new) == [("wider", f"cloudtrail.amazonaws.com is allowed a:B {suffix}")]


def test_a_function_permission_and_a_boundary() -> None:
    permission = {
        "FunctionName": {"Ref": "F"},
        "Action": "lambda:InvokeFunction",
        "Principal": "s3.amazonaws.com",
        "SourceArn": "arn:b",
    }
    assert told({}, {"P": {"Type": "AWS::Lambda::Permission", "Properties": permission}}) == [
        ("wider", "s3.amazonaws.com is allowed lambda:InvokeFunction on F, if ArnLike aws:SourceArn arn:b")
    ]
    bounded = role(PermissionsBoundary="arn:aws:iam::1:policy/limit")
    boundary = "the permissions boundary arn:aws:iam::1:policy/limit"
    assert told({"R": role()}, {"R": bounded}) == [("narrower", f"role R is limited by {boundary}")]
    assert told({"R": bounded}, {"R": role()}) == [("wider", f"role R is no longer limited by {boundary}")]


def test_inverted_elements_are_told_in_words() -> None:
    statement = {"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "NotResource": "arn:x"}
    assert told({"R": role()}, {"R": role(statement)}) == [
        ("wider", "role R is allowed everything but iam:*, sts:* on everything but arn:x")
    ]
    policy = {
        "Statement": {
            "Effect": "Deny",
            "NotPrincipal": {"AWS": "arn:me"},
            "Action": "s3:*",
            "Resource": "arn:b",
        }
    }
    assert told({}, {"P": {"Type": "AWS::S3::BucketPolicy", "Properties": {"PolicyDocument": policy}}}) == [
        ("narrower", "everyone but arn:me is denied s3:* on arn:b (policy of P)")
    ]


def test_conditions_of_the_template_limit_a_permission() -> None:
    statement = {"Fn::If": ["Open", allow("a:B"), {"Ref": "AWS::NoValue"}]}
    assert told({"R": role()}, {"R": role(statement)}) == [
        ("wider", "role R is allowed a:B on *, if the template's condition Open holds")
    ]


def test_a_name_that_depends_on_a_condition_is_two_permissions() -> None:
    name = {"Fn::If": ["Named", {"Ref": "Name"}, {"Fn::Sub": "${Project}-logs"}]}
    bucket = {"Fn::Sub": ["arn:${AWS::Partition}:s3:::${Bucket}/*", {"Bucket": name}]}
    assert [sentence for _, sentence in told({"R": role()}, {"R": role(allow("a:B", bucket))})] == [
        "role R is allowed a:B on arn:${AWS::Partition}:s3:::${Name}/*, "
        "if the template's condition Named holds",
        "role R is allowed a:B on arn:${AWS::Partition}:s3:::${Project}-logs/*, "
        "if the template's condition Named does not hold",
    ]


def test_what_two_conditions_exclude_is_not_told() -> None:
    name = {"Fn::Join": ["", ["a/", {"Fn::If": ["Named", {"Ref": "Name"}, "b"]}]]}
    statement = {"Fn::If": ["Named", allow("a:B", name), {"Ref": "AWS::NoValue"}]}
    assert [sentence for _, sentence in told({"R": role()}, {"R": role(statement)})] == [
        "role R is allowed a:B on a/${Name}, if the template's condition Named holds"
    ]


def test_a_name_that_depends_on_many_conditions_is_one_text() -> None:
    parts = [{"Fn::If": [f"C{n}", f"a{n}", f"b{n}"]} for n in range(5)]
    [(_, sentence)] = told({"R": role()}, {"R": role(allow("a:B", {"Fn::Join": ["-", parts]}))})
    assert sentence.startswith("role R is allowed a:B on ${Fn::If: C0, a0, b0}-${Fn::If: C1, a1, b1}-")


@pytest.mark.parametrize(
    ("resource", "shown"),
    [
        ({"Ref": "Bucket"}, "${Bucket}"),
        ({"Fn::GetAtt": ["Bucket", "Arn"]}, "${Bucket.Arn}"),
        ({"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::b"]]}, "arn:${AWS::Partition}:s3:::b"),
        ("arn:${Bucket}/${aws:username}", "arn:${!Bucket}/${aws:username}"),
        ({"Fn::Sub": "${Bucket}/${!Bucket}/${!aws:username}"}, "${Bucket}/${!Bucket}/${aws:username}"),
        ({"Fn::ImportValue": {"Fn::Sub": "${Project}-Arn"}}, "${Fn::ImportValue: ${Project}-Arn}"),
        ({"Fn::Join": [":", ["a", {"Fn::FindInMap": ["M", "k", "l"]}]]}, "a:${Fn::FindInMap: M, k, l}"),
    ],
)
def test_a_resource_is_told_in_the_words_of_fn_sub(resource: Any, shown: str) -> None:
    [(_, sentence)] = told({"R": role()}, {"R": role(allow("a:B", resource))})
    assert sentence == f"role R is allowed a:B on {shown}"


def test_a_forgotten_fn_sub_is_seen_in_a_policy_written_as_json() -> None:
    written = '{"Statement": [{"Effect": "Allow", "Action": "a:B", "Resource": "${Bucket}/${!Bucket}"}]}'
    policy = {
        "Type": "AWS::IAM::RolePolicy",
        "Properties": {"RoleName": "x", "PolicyDocument": {"Fn::Sub": written}},
    }
    [(_, sentence)] = told({}, {"P": policy})
    assert sentence == "role x is allowed a:B on ${Bucket}/${!Bucket}"


def test_a_statement_that_multiplies_is_kept_short() -> None:
    many = allow([f"a:A{n}" for n in range(300)], [f"r{n}" for n in range(300)])
    [(_, sentence)] = told({"R": role()}, {"R": role(many)})
    assert "a:A299" in sentence
    assert "r299" in sentence


def test_the_data_of_managed_policies_is_dated_and_holds_those_of_the_node_role() -> None:
    assert date() >= "2026-08-26"
    for name in (
        "AmazonEKSWorkerNodePolicy",
        "AmazonEKS_CNI_Policy",
        "AmazonEC2ContainerRegistryReadOnly",
        "CloudWatchAgentServerPolicy",
        "AmazonEKSClusterPolicy",
        "AmazonSageMakerFullAccess",
    ):
        found = statements(f"arn:aws:iam::aws:policy/{name}")
        assert found, name
        assert all(statement["Effect"] in {"Allow", "Deny"} for statement in found)
    assert statements("arn:aws:iam::123456789012:policy/AmazonS3FullAccess") is None
    assert statements("arn:aws:iam::aws:policy/NoSuchPolicy") is None
