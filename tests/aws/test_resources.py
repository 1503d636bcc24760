"""How a resource is read, and what a failure to read says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cfngen.aws.calls import CallError, Trouble
from cfngen.aws.resources import Resource, Scope, identifier, read
from cfngen.template.change.resource_types import Schemas

SCOPE = Scope("111122223333", "eu-west-1", "aws")
SCHEMAS = Schemas()


class Refused(Exception):  # noqa: N818 - what botocore raises, as far as it is looked at
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.response = {"Error": {"Code": code}}


def refusal(code: str, trouble: Trouble = Trouble.REFUSED) -> CallError:
    error = CallError("GetResource", trouble, "no", None)
    error.__cause__ = Refused(code)
    return error


@pytest.mark.parametrize(
    ("kind", "physical_id", "given", "wanted"),
    [
        ("AWS::S3::Bucket", "b", {}, "b"),
        ("AWS::S3::BucketPolicy", "stack-Policy-1X", {"Bucket": "b"}, "b"),
        ("AWS::Logs::MetricFilter", "f", {"LogGroupName": "g"}, "g|f"),
        ("AWS::Logs::SubscriptionFilter", "f", {"LogGroupName": "g"}, "f|g"),
        ("AWS::Logs::SubscriptionFilter", "f", {"LogGroupName": "g", "FilterName": "f"}, "f|g"),
        ("AWS::Glue::Table", "t", {"DatabaseName": "d"}, "111122223333|d|t"),
        ("AWS::Events::Rule", "r", {}, "arn:aws:events:eu-west-1:111122223333:rule/r"),
        ("AWS::Events::Rule", "bus|r", {}, "arn:aws:events:eu-west-1:111122223333:rule/bus/r"),
        ("AWS::KMS::Key", "id", {"Description": "x"}, "id"),
    ],
)
def test_identifiers(kind: str, physical_id: str, given: dict[str, Any], wanted: str) -> None:
    assert identifier(Resource(kind, physical_id, given), SCOPE, SCHEMAS) == wanted


def test_properties_come_from_the_generic_reader() -> None:
    asked: list[dict[str, Any]] = []

    def call(_service: str, _operation: str, **given: Any) -> dict[str, Any]:
        asked.append(given)
        return {"ResourceDescription": {"Properties": json.dumps({"BucketName": "b"})}}

    found = read(call, Resource("AWS::S3::Bucket", "b", {}), SCOPE, SCHEMAS)
    assert (found.properties, found.missing) == ({"BucketName": "b"}, False)
    assert asked == [{"TypeName": "AWS::S3::Bucket", "Identifier": "b"}]


def failing(error: CallError) -> Any:
    def call(_service: str, _operation: str, **_given: Any) -> dict[str, Any]:
        raise error

    return call


def test_denied_names_the_actions_of_the_reader_and_of_the_service() -> None:
    call = failing(refusal("AccessDeniedException", Trouble.DENIED))
    found = read(call, Resource("AWS::S3::BucketPolicy", "b", {"Bucket": "b"}), SCOPE, SCHEMAS)
    assert found.properties is None
    assert not found.missing
    assert found.needs == ("cloudformation:GetResource", "s3:GetBucketPolicy")


def test_denied_names_the_action_of_a_reader_of_our_own() -> None:
    error = CallError("BatchGetProjects", Trouble.DENIED, "no", None, service="codebuild")
    found = read(failing(error), Resource("AWS::CodeBuild::Project", "p", {}), SCOPE, SCHEMAS)
    assert found.needs == ("codebuild:BatchGetProjects",)


def test_what_is_gone_is_missing_and_what_has_no_reader_is_said() -> None:
    bucket = Resource("AWS::S3::Bucket", "b", {})
    assert read(failing(refusal("ResourceNotFoundException")), bucket, SCOPE, SCHEMAS).missing
    found = read(failing(refusal("UnsupportedActionException")), bucket, SCOPE, SCHEMAS)
    assert (found.properties, found.reason) == (None, "AWS has no reader for AWS::S3::Bucket")


def test_an_answer_that_says_nothing_about_the_resource_is_raised() -> None:
    with pytest.raises(CallError):
        read(
            failing(refusal("GeneralServiceException")), Resource("AWS::S3::Bucket", "b", {}), SCOPE, SCHEMAS
        )
