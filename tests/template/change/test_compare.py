"""A comparison in one environment: what its values decide, and what stays open even then."""

from __future__ import annotations

from typing import Any

import pytest

from cfngen.template.change.compare import Comparison, compare, compare_in
from cfngen.template.change.judgement import Judgement


def in_dev(old: Any, new: Any, **parameters: str) -> Comparison:
    return compare_in(old, new, parameters, account="123456789012", region="eu-west-1")


def only(found: Comparison) -> Judgement:
    [item] = [item for item in found.judgements if item.change.section == "Resources"]
    return item


def conditional(definition: Any) -> Any:
    return {
        "Parameters": {"Mode": {"Type": "String", "Default": "a"}},
        "Conditions": {"On": definition},
        "Resources": {
            "Kept": {"Type": "AWS::SNS::Topic"},
            "Table": {"Type": "AWS::DynamoDB::Table", "Condition": "On"},
        },
    }


IS_A = {"Fn::Equals": [{"Ref": "Mode"}, "a"]}
IS_B = {"Fn::Equals": [{"Ref": "Mode"}, "b"]}


def test_a_flipped_condition_is_decided() -> None:
    assert not only(compare(conditional(IS_A), conditional(IS_B))).certain
    gone = only(in_dev(conditional(IS_A), conditional(IS_B), Mode="a"))
    assert (gone.change.action, gone.consequence, gone.certain, gone.data_loss) == (
        "remove",
        "delete",
        True,
        True,
    )
    come = only(in_dev(conditional(IS_A), conditional(IS_B), Mode="b"))
    assert (come.change.action, come.consequence) == ("add", "none")
    unmoved = in_dev(conditional(IS_A), conditional(IS_B), Mode="c")
    assert [item.change.section for item in unmoved.judgements] == ["Conditions"]
    assert unmoved.bump == "major"


def test_a_default_that_the_environment_overrides_changes_nothing_there() -> None:
    def template(default: str) -> Any:
        topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "Name"}}}
        return {"Parameters": {"Name": {"Type": "String", "Default": default}}, "Resources": {"T": topic}}

    found = in_dev(template("a"), template("b"), Name="c")
    assert [item.change.section for item in found.judgements] == ["Parameters"]
    assert only(in_dev(template("a"), template("b"))).consequence == "replace"


def test_users_of_a_replaced_resource_are_told_where_the_value_is_open() -> None:
    def template(spec: str) -> Any:
        return {
            "Resources": {
                "Analyzer": {"Type": "AWS::AccessAnalyzer::Analyzer", "Properties": {"Type": spec}},
                "Subscribed": {
                    "Type": "AWS::SNS::Subscription",
                    "Properties": {"TopicArn": {"Fn::GetAtt": ["Analyzer", "Arn"]}, "Protocol": "sqs"},
                },
            }
        }

    found = in_dev(template("ACCOUNT"), template("ORGANIZATION"))
    assert [(item.change.logical_id, item.consequence) for item in found.judgements] == [
        ("Analyzer", "replace"),
        ("Subscribed", "maybe-replace"),
    ]


def test_users_of_a_renamed_bucket_see_its_new_name() -> None:
    def template(name: str) -> Any:
        return {
            "Resources": {
                "Logs": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::Sub": name}}},
                "Policy": {
                    "Type": "AWS::S3::BucketPolicy",
                    "Properties": {
                        "Bucket": {"Ref": "Logs"},
                        "PolicyDocument": {
                            "Statement": {
                                "Effect": "Allow",
                                "Principal": {"Service": "cloudtrail.amazonaws.com"},
                                "Action": "s3:PutObject",
                                "Resource": {"Fn::Sub": "${Logs.Arn}/*"},
                            }
                        },
                    },
                },
            }
        }

    found = in_dev(template("a-${AWS::AccountId}"), template("b-${AWS::AccountId}"))
    assert [item.consequence for item in found.judgements] == ["replace", "replace"]
    assert [one.statement for one in found.permissions] == [
        "cloudtrail.amazonaws.com is allowed s3:PutObject on arn:aws:s3:::b-123456789012/*"
        " (policy of b-123456789012)",
        "cloudtrail.amazonaws.com is no longer allowed s3:PutObject on arn:aws:s3:::a-123456789012/*"
        " (policy of a-123456789012)",
    ]


def test_secrets_and_missing_values_stay_open() -> None:
    def template(extra: str) -> Any:
        text = {"Fn::Sub": "${Secret}-${Missing}" + extra}
        return {
            "Parameters": {"Secret": {"Type": "String", "NoEcho": True}, "Missing": {"Type": "String"}},
            "Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": text}}},
        }

    [cause] = only(in_dev(template(""), template("!"), Secret="hunter2")).change.causes
    assert (cause.before, cause.after) == ("<Secret>-<Missing>", "<Secret>-<Missing>!")


@pytest.mark.parametrize(
    ("definition", "before", "now"),
    [
        ({"Type": "AWS::SSM::Parameter::Value<String>"}, {"P": "/a"}, {"P": "/b"}),
        ({"Type": "String", "NoEcho": True}, {"P": "a"}, {"P": "b"}),
    ],
    ids=["Parameter Store", "NoEcho"],
)
def test_another_value_that_no_template_shows_may_replace(definition: Any, before: Any, now: Any) -> None:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "P"}}}
    template = {"Parameters": {"P": definition}, "Resources": {"T": topic}}
    where: Any = {"account": None, "region": "eu-west-1"}
    changed = only(compare_in(template, template, now, earlier=before, **where))
    assert (changed.consequence, changed.certain) == ("maybe-replace", False)
    assert "the value of the parameter P changed" in changed.reasons[0]
    assert compare_in(template, template, now, earlier=now, **where).same


def test_what_a_parameter_of_parameter_store_gives_may_be_what_was_there() -> None:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "P"}}}

    def template(kind: str) -> Any:
        return {"Parameters": {"P": {"Type": kind}}, "Resources": {"T": topic}}

    found = in_dev(template("String"), template("AWS::SSM::Parameter::Value<String>"), P="/a")
    assert (only(found).consequence, only(found).certain) == ("maybe-replace", False)


def test_an_export_of_what_is_replaced_is_told_where_the_value_is_open() -> None:
    def template(cidr: str) -> Any:
        vpc = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": cidr}}
        output = {"Value": {"Ref": "Vpc"}, "Export": {"Name": "vpc"}}
        return {"Resources": {"Vpc": vpc}, "Outputs": {"Vpc": output}}

    found = in_dev(template("10.0.0.0/16"), template("10.1.0.0/16"))
    [output] = [item for item in found.judgements if item.change.section == "Outputs"]
    assert output.consequence == "impossible"
    assert "Vpc is replaced" in output.reasons


def test_all_properties_at_once_are_judged_one_by_one() -> None:
    bare = {"Resources": {"K": {"Type": "AWS::KMS::Key"}}}
    written = {"Resources": {"K": {"Type": "AWS::KMS::Key", "Properties": {"MultiRegion": False}}}}
    assert only(compare(bare, written)).consequence == only(compare(written, bare)).consequence == "none"


def test_a_dynamic_reference_may_give_what_was_there() -> None:
    old, new = (
        {"Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}}}}
        for name in ("{{resolve:ssm:/a}}", "{{resolve:ssm:/b}}")
    )
    assert only(compare(old, new)).consequence == "maybe-replace"
