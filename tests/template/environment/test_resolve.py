"""A template with values put in: as CloudFormation would, and open where only a deployment knows."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ministack.services.cloudformation import engine

from cfngen.errors import TemplateError
from cfngen.project import Project
from cfngen.template.environment.deployment_file import deployments, environments
from cfngen.template.environment.resolve import resolve, resolve_open
from cfngen.template.load import load
from cfngen.template.values import unknowns

ACCOUNT = "123456789012"
REGION = "eu-west-1"
ROOT = Project(Path(__file__).parents[3])


def resolved(template: dict[str, Any], **parameters: str) -> dict[str, Any]:
    return resolve(template, parameters, account=ACCOUNT, region=REGION)


def value(node: object, **rest: Any) -> Any:
    """What `node` becomes as a property."""
    resources = {"It": {"Type": "AWS::SSM::Parameter", "Properties": {"Value": node}}}
    template = {**rest, "Resources": {**resources, **rest.get("Resources", {})}}
    return resolved(template)["Resources"]["It"]["Properties"].get("Value", "left out")


PARAMETERS = {
    "Name": {"Type": "String", "Default": "n"},
    "Days": {"Type": "Number", "Default": 30},
    "Names": {"Type": "CommaDelimitedList", "Default": "a, b"},
    "Empty": {"Type": "CommaDelimitedList", "Default": ""},
    "Stored": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/x"},
}
CONDITIONS = {
    "Yes": {"Fn::Equals": [{"Ref": "Name"}, "n"]},
    "No": {"Fn::Not": [{"Condition": "Yes"}]},
    "Both": {"Fn::And": [{"Condition": "Yes"}, {"Condition": "No"}]},
    "Either": {"Fn::Or": [{"Condition": "No"}, {"Fn::Equals": [True, "true"]}]},
    "List": {"Fn::Equals": [{"Ref": "Names"}, ["a", "b"]]},
}
MAPPINGS = {"Zones": {"eu-west-1": {"Id": "Z1", "All": ["x", "y"]}}}


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"Ref": "Days"}, "30"),
        ({"Ref": "Names"}, ["a", "b"]),
        ({"Ref": "Empty"}, [""]),
        ({"Ref": "Stored"}, "<Stored>"),
        ({"Ref": "AWS::AccountId"}, ACCOUNT),
        ({"Ref": "AWS::StackName"}, "<AWS::StackName>"),
        ({"Ref": "AWS::NoValue"}, "left out"),
        ([1, {"Ref": "AWS::NoValue"}], [1]),
        ({"Fn::Sub": "${Name}-${AWS::Region}-${!Name}-${Days}"}, "n-eu-west-1-${Name}-30"),
        ({"Fn::Sub": ["${Name}${X}", {"X": {"Ref": "Days"}, "Name": True}]}, "true30"),
        ({"Fn::Sub": "${Stored}/${aws}$"}, None),
        ({"Fn::Join": ["-", {"Ref": "Names"}]}, "a-b"),
        ({"Fn::Join": ["", ["a", {"Ref": "AWS::NoValue"}, 1]]}, "a1"),
        ({"Fn::Join": [",", {"Fn::GetAZs": ""}]}, "<Fn::GetAZs>"),
        ({"Fn::Select": [1, {"Fn::Split": ["/", "a/b/c"]}]}, "b"),
        ({"Fn::Select": ["0", {"Ref": "Names"}]}, "a"),
        ({"Fn::Select": [0, {"Fn::GetAZs": {"Ref": "AWS::Region"}}]}, "<Fn::GetAZs>"),
        ({"Fn::If": ["Yes", "y", {"Ref": "Nobody"}]}, "y"),
        ({"Fn::If": ["No", "y", {"Ref": "AWS::NoValue"}]}, "left out"),
        ({"Fn::If": ["Both", 1, 2]}, 2),
        ({"Fn::If": ["Either", 1, 2]}, 1),
        ({"Fn::If": ["List", 1, 2]}, 1),
        ({"Fn::FindInMap": ["Zones", {"Ref": "AWS::Region"}, "Id"]}, "Z1"),
        ({"Fn::FindInMap": ["Zones", "us-east-1", "Id", {"DefaultValue": "d"}]}, "d"),
        ({"Fn::Base64": {"Ref": "Name"}}, "bg=="),
        ({"Fn::Cidr": ["10.0.0.0/24", 2, 4]}, ["10.0.0.0/28", "10.0.0.16/28"]),
        ({"Fn::Length": {"Ref": "Names"}}, 2),
        ({"Fn::ToJsonString": {"a": {"Ref": "Names"}}}, '{"a":["a","b"]}'),
        ({"Fn::ImportValue": {"Fn::Sub": "${Name}-Vpc"}}, "<Fn::ImportValue:n.Vpc>"),
        ({"Condition": {"StringEquals": {"a": "b"}}}, {"Condition": {"StringEquals": {"a": "b"}}}),
        ("{{resolve:ssm:/x}}", "{{resolve:ssm:/x}}"),
    ],
)
def test_functions(node: object, expected: object) -> None:
    sections: dict[str, Any] = {"Parameters": PARAMETERS, "Conditions": CONDITIONS, "Mappings": MAPPINGS}
    if expected is None:
        with pytest.raises(TemplateError):
            value(node, **sections)
    else:
        assert value(node, **sections) == expected


@pytest.mark.parametrize(
    ("node", "says"),
    [
        ({"Ref": "Nobody"}, "the template has no Nobody"),
        ({"Ref": ["Name"]}, "Ref needs a name"),
        ({"Fn::GetAtt": ["Gone", "Arn"]}, "left out by its condition"),
        ({"Fn::GetAtt": "It"}, "an attribute"),
        ({"Fn::GetAtt": ["It", "Value"]}, "refers to itself"),
        ({"Fn::Sub": "${Names}"}, "is a list"),
        ({"Fn::Sub": [1]}, "Fn::Sub needs"),
        ({"Fn::Join": ["", "ab"]}, "Fn::Join needs"),
        ({"Fn::Split": ["", "ab"]}, "Fn::Split needs"),
        ({"Fn::Select": [2, {"Ref": "Names"}]}, "no item 2"),
        ({"Fn::Select": [-1, {"Ref": "Names"}]}, "Fn::Select needs"),
        ({"Fn::If": ["Unheard", 1, 2]}, "the condition Unheard is not defined"),
        ({"Fn::If": ["Yes", 1]}, "Fn::If needs"),
        ({"Fn::FindInMap": ["Zones", "us-east-1", "Id"]}, "no Zones.us-east-1.Id"),
        ({"Fn::FindInMap": ["Zones"]}, "two keys"),
        ({"Fn::Cidr": ["10.0.0.0/24", 2, 30]}, "Fn::Cidr"),
        ({"Fn::Cidr": ["10.0.0.0/24"]}, "IP block"),
        ({"Fn::Length": "a"}, "a list"),
        ({"Fn::NoSuch": {"Name": "x"}}, "Fn::NoSuch is not a condition function"),
        ({"Ref": "Needed"}, "Needed has no value"),
    ],
)
def test_what_is_wrong_is_said_with_its_path(node: object, says: str) -> None:
    sections: dict[str, Any] = {
        "Parameters": {**PARAMETERS, "Needed": {"Type": "String"}},
        "Conditions": CONDITIONS,
        "Mappings": MAPPINGS,
        "Resources": {"Gone": {"Type": "AWS::SNS::Topic", "Condition": "No"}},
    }
    with pytest.raises(TemplateError, match=says) as caught:
        value(node, **sections)
    assert str(caught.value.place).startswith("Resources.It.Properties.Value")


def test_the_error_of_a_template_of_ours_names_its_stack() -> None:
    template = {
        "Metadata": {"cfngen": {"Stack": "news", "Version": "1.0.0"}},
        "Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "Nobody"}}}},
    }
    with pytest.raises(TemplateError) as caught:
        resolved(template)
    assert caught.value.place == "stack news, Resources.T.Properties.TopicName"


@pytest.mark.parametrize(
    ("conditions", "says"),
    [
        ({"A": {"Condition": "B"}, "B": {"Condition": "A"}}, "refers to itself"),
        ({"A": {"Fn::Equals": [{"Ref": "Stored"}, "x"]}}, "known at deployment only: Stored"),
        ({"A": "yes"}, "yes is not a condition"),
        ({"A": {"Fn::Not": []}}, "Fn::Not is not a condition function, or its arguments are wrong"),
    ],
)
def test_broken_conditions(conditions: dict[str, Any], says: str) -> None:
    with pytest.raises(TemplateError, match=says):
        value({"Fn::If": ["A", 1, 2]}, Parameters=PARAMETERS, Conditions=conditions)


def test_what_a_false_condition_leaves_out() -> None:
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Metadata": {"A": 1},
        "Parameters": PARAMETERS,
        "Conditions": CONDITIONS,
        "Resources": {
            "Kept": {"Type": "AWS::SNS::Topic", "Condition": "Yes", "DependsOn": ["Gone", "Other"]},
            "Other": {"Type": "AWS::SNS::Topic", "DependsOn": "Gone"},
            "Gone": {"Type": "AWS::SNS::Topic", "Condition": "No"},
        },
        "Outputs": {"Kept": {"Value": 1}, "Gone": {"Value": {"Ref": "Gone"}, "Condition": "No"}},
    }
    assert resolved(template) == {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Metadata": {"A": 1},
        "Resources": {
            "Kept": {"Type": "AWS::SNS::Topic", "DependsOn": ["Other"]},
            "Other": {"Type": "AWS::SNS::Topic"},
        },
        "Outputs": {"Kept": {"Value": 1}},
    }


@pytest.mark.parametrize(
    ("kind", "properties", "key", "expected"),
    [
        ("S3::Bucket", {"BucketName": "b"}, None, "b"),
        ("S3::Bucket", {"BucketName": "b"}, "Arn", "arn:aws:s3:::b"),
        ("S3::Bucket", {}, "Arn", "arn:aws:s3:::<X>"),
        ("S3::Bucket", {"BucketName": {"Ref": "AWS::NoValue"}}, None, "<X>"),
        ("S3::Bucket", {"BucketName": "b"}, "RegionalDomainName", "b.s3.eu-west-1.amazonaws.com"),
        ("IAM::Role", {"RoleName": "r", "Path": "/p/"}, "Arn", "arn:aws:iam::123456789012:role/p/r"),
        ("IAM::Role", {"RoleName": {"Fn::Sub": "${AWS::Region}-r"}}, None, "eu-west-1-r"),
        ("IAM::ManagedPolicy", {"ManagedPolicyName": "m"}, None, "arn:aws:iam::123456789012:policy/m"),
        (
            "IAM::OIDCProvider",
            {"Url": "https://a.b/c"},
            None,
            "arn:aws:iam::123456789012:oidc-provider/a.b/c",
        ),
        ("IAM::OIDCProvider", {}, "Arn", "arn:aws:iam::123456789012:oidc-provider/<X.Url>"),
        ("KMS::Key", {}, None, "<X>"),
        ("KMS::Key", {}, "Arn", "arn:aws:kms:eu-west-1:123456789012:key/<X>"),
        ("KMS::Alias", {"AliasName": "alias/a"}, None, "alias/a"),
        ("Logs::LogGroup", {"LogGroupName": "l"}, "Arn", "arn:aws:logs:eu-west-1:123456789012:log-group:l:*"),
        ("SNS::Topic", {"TopicName": "t"}, None, "arn:aws:sns:eu-west-1:123456789012:t"),
        ("SNS::Topic", {"TopicName": "t"}, "TopicName", "t"),
        ("CloudTrail::Trail", {"TrailName": "t"}, "Arn", "arn:aws:cloudtrail:eu-west-1:123456789012:trail/t"),
        ("CloudTrail::Trail", {"TrailName": "t"}, "SnsTopicArn", "<X.SnsTopicArn>"),
        (
            "ECR::Repository",
            {"RepositoryName": "a/b"},
            "RepositoryUri",
            f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/a/b",
        ),
        ("SQS::Queue", {"QueueName": "q"}, None, f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/q"),
        ("Glue::Database", {"DatabaseInput": {"Name": "d"}}, None, "d"),
        ("EC2::VPC", {"CidrBlock": "10.0.0.0/16"}, "CidrBlock", "10.0.0.0/16"),
        ("EC2::VPC", {"CidrBlock": "10.0.0.0/16"}, "VpcId", "<X.VpcId>"),
    ],
)
def test_names_and_arns(kind: str, properties: dict[str, Any], key: str | None, expected: str) -> None:
    resources = {"X": {"Type": f"AWS::{kind}", "Properties": properties}}
    node = {"Fn::GetAtt": ["X", key]} if key else {"Ref": "X"}
    assert value(node, Resources=resources) == expected
    assert value({"Fn::Sub": f"${{X.{key}}}" if key else "${X}"}, Resources=resources) == expected


def test_another_partition() -> None:
    template = {
        "Resources": {
            "B": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": "AWS::URLSuffix"}}}
        }
    }
    outputs = {"A": {"Value": {"Fn::GetAtt": ["B", "Arn"]}}}
    found = resolve(
        {**template, "Outputs": outputs},
        {},
        account=ACCOUNT,
        region="cn-north-1",
        partition="aws-cn",
        stack_name="s",
    )
    assert found["Outputs"]["A"]["Value"] == "arn:aws-cn:s3:::amazonaws.com.cn"


NAMES = st.sampled_from(["Name", "Names", "It", "AWS::Region", "AWS::NoValue", "Nobody"])
FUNCTION_NAMES = [
    "Fn::Sub",
    "Fn::Join",
    "Fn::Split",
    "Fn::Select",
    "Fn::If",
    "Fn::GetAtt",
    "Fn::FindInMap",
    "Ref",
]
FUNCTION_NAMES += [
    "Fn::Cidr",
    "Fn::Base64",
    "Fn::Length",
    "Fn::And",
    "Fn::Equals",
    "Condition",
    "Fn::Nothing",
]
NODES = st.recursive(
    NAMES
    | st.text("a${}!.:-", max_size=6)
    | st.integers(-1, 40)
    | st.booleans()
    | st.sampled_from(["Yes", "10.0.0.0/24"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(FUNCTION_NAMES), inner, min_size=1, max_size=1)
        | st.dictionaries(st.sampled_from("ab"), inner)
    ),
    max_leaves=8,
)


@given(NODES)
def test_any_template_is_resolved_or_refused(node: object) -> None:
    """No traceback for whatever stands in a template; and what is resolved holds no function any more."""
    place = ""
    try:
        found = value(node, Parameters=PARAMETERS, Conditions=CONDITIONS, Mappings=MAPPINGS)
    except TemplateError as error:
        found, place = None, str(error.place)
    assert place.startswith(("Resources.It", "Conditions.")) or found is not None
    assert not any(f'"{name}":' in json.dumps(found) for name in FUNCTION_NAMES if name != "Condition")


CASES = [
    pytest.param(deployment, id=f"{deployment.environment.name}-{deployment.stack}")
    for environment in environments(ROOT)
    for deployment in deployments(ROOT, environment)
]


@pytest.mark.parametrize("deployment", CASES)
def test_the_emulators_engine_resolves_our_templates_to_the_same(deployment: Any) -> None:
    template = load((ROOT.root / deployment.template).read_bytes(), deployment.stack).data
    account, region = engine.get_account_id(), engine.get_region()
    ours = resolve(template, deployment.parameters, account=account, region=region, stack_name="s")

    given_values = [{"Key": key, "Value": text} for key, text in deployment.parameters.items()]
    parameters = engine._resolve_parameters(template, given_values)
    conditions = engine._evaluate_conditions(template, parameters)
    physical = _physical(template, deployment.parameters, account, region)
    for section in ("Resources", "Outputs"):
        for name, body in template.get(section, {}).items():
            if not conditions.get(body.get("Condition"), True):
                assert name not in ours[section]
                continue
            plain = {key: item for key, item in body.items() if key not in {"Condition", "DependsOn"}}
            theirs = engine._resolve_refs(
                plain, physical, parameters, conditions, template.get("Mappings", {}), "s", "<AWS::StackId>"
            )
            kept = {key: item for key, item in ours[section][name].items() if key != "DependsOn"}
            assert kept == theirs, f"{section}.{name}"


def _physical(template: dict[str, Any], parameters: Any, account: str, region: str) -> dict[str, Any]:
    """Our names and attributes in the emulator's form, so that only the functions are compared."""
    text = json.dumps(template)
    asked = re.findall(r'"Fn::GetAtt": \["(\w+)", "([\w.]+)"\]|\$\{(\w+)\.([\w.]+)\}', text)
    attributes = {(one or other, key or other_key) for one, key, other, other_key in asked}
    result = {}
    for name, body in template["Resources"].items():
        keys = sorted(key for resource, key in attributes if resource == name)
        probe = {"Value": [{"Ref": name}, *({"Fn::GetAtt": [name, key]} for key in keys)], **_condition(body)}
        outputs = resolve(
            {**template, "Outputs": {"Probe": probe}}, parameters, account=account, region=region
        )["Outputs"]
        if outputs:
            reference, *values = outputs["Probe"]["Value"]
            found = dict(zip(keys, values, strict=True))
            result[name] = {"PhysicalResourceId": reference, "Attributes": found}
    return result


def _condition(body: dict[str, Any]) -> dict[str, Any]:
    return {"Condition": body["Condition"]} if "Condition" in body else {}


@pytest.mark.parametrize("deployment", CASES)
def test_names_that_policies_need_are_known(deployment: Any) -> None:
    """What stays open in our own templates is what AWS alone chooses: ids of keys and the like."""
    template = load((ROOT.root / deployment.template).read_bytes(), deployment.stack).data
    found = resolve(template, deployment.parameters, account=ACCOUNT, region=REGION)
    named = {name for name, body in found["Resources"].items() if body["Type"] in _NAMED}
    assert not unknowns(found["Resources"]) & named


_NAMED = {
    "AWS::S3::Bucket",
    "AWS::IAM::Role",
    "AWS::Logs::LogGroup",
    "AWS::CloudTrail::Trail",
    "AWS::SNS::Topic",
}
_NAMED |= {
    "AWS::ECR::Repository",
    "AWS::IAM::ManagedPolicy",
    "AWS::CodeBuild::Project",
    "AWS::IAM::OIDCProvider",
}


@pytest.mark.parametrize(
    ("call", "left_open"),
    [
        ({"Fn::Transform": {"Name": "Include", "Parameters": {"Location": "s3://b/k"}}}, "<Fn::Transform>"),
        ({"Fn::GetStackOutput": ["stack", "Output"]}, "<Fn::GetStackOutput>"),
        ({"Fn::Select": [0, {"Fn::Cidr": [{"Fn::GetAtt": ["V", "CidrBlock"]}, 2, 8]}]}, "<Fn::Cidr>"),
    ],
    ids=str,
)
def test_what_cloudformation_alone_can_work_out_stays_open(call: Any, left_open: str) -> None:
    template = {
        "Resources": {
            "V": {"Type": "AWS::EC2::VPC", "Properties": {}},
            "T": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": call}},
        }
    }
    resolved = resolve(template, {}, account="111122223333", region="eu-west-1")
    assert resolved["Resources"]["T"]["Properties"]["DisplayName"] == left_open


def test_loops_are_written_out_and_others_stay() -> None:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Fn::Sub": "${Name}-${AWS::Region}"}}}
    open_loop = ["Name", {"Fn::Split": [",", "a,b"]}, {"Open${Name}": topic}]
    template = {
        "Parameters": {"Names": {"Type": "CommaDelimitedList"}},
        "Resources": {
            "Fn::ForEach::Known": ["Name", {"Ref": "Names"}, {"Topic${Name}": topic}],
            "Fn::ForEach::Open": open_loop,
        },
    }
    resolved = resolve(template, {"Names": "a,b"}, account="111122223333", region="eu-west-1")["Resources"]
    assert resolved["Topica"]["Properties"] == {"DisplayName": "a-eu-west-1"}
    assert list(resolved) == ["Topica", "Topicb", "Fn::ForEach::Open"]
    assert resolved["Fn::ForEach::Open"] == open_loop
    left_open = resolve_open(template, {}, account=None, region="eu-west-1")["Resources"]
    assert list(left_open) == ["Fn::ForEach::Known", "Fn::ForEach::Open"]
