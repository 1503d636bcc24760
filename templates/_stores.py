"""The buckets of data and models, as every stack whose roles work on them names them.

Two buckets by default: raw data is for reading, models are for writing. A team that keeps all in one bucket,
below raw/, silver/, gold/ and a folder of models, says so in each of these stacks (`Buckets`): then the
folder of the models (`ModelPrefix`) is what keeps them apart.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from awacs import kms, sagemaker
from awacs.aws import Statement
from troposphere import And, Condition, Equals, If, Not, Or, Ref, Sub

from cfngen.define import iam, recipes
from cfngen.define.parameters import ParameterGroup
from cfngen.define.stack import Stack
from templates import _naming


class Layout(NamedTuple):
    """Conditions: whether models have a bucket of their own; whether the one bucket is named by account."""

    two: str
    account: str


def add_layout(group: ParameterGroup) -> Layout:
    """How many buckets there are, and how the one is named."""
    group.choice(
        "Buckets",
        "two: models apart. one: models in the data bucket. account: one, <Project>-<Environment>-<account>.",
        ["two", "one", "account"],
        label="Number of buckets",
    )
    stack = group.stack
    return Layout(
        two=stack.condition("UseTwoBuckets", Equals(Ref("Buckets"), "two")),
        account=stack.condition("UseAccountName", Equals(Ref("Buckets"), "account")),
    )


def data_name(layout: Layout) -> If:
    """The name of the data bucket where none is given."""
    return If(layout.account, Sub(_naming.ACCOUNT_BUCKET), recipes.bucket("dat"))


def name_data_bucket(group: ParameterGroup, layout: Layout) -> recipes.BucketName:
    """Add the parameter for the data bucket's name, in the stack that makes it, and choose the namespace."""
    regional = recipes.bucket_name(group, "DataBucketName", "dat", label="Data bucket")
    given, name = regional.name.data["Fn::If"][:2]
    is_global = group.stack.condition("HasGlobalDataBucket", Or(Condition(given), Condition(layout.account)))
    return recipes.BucketName(
        name=If(given, name, data_name(layout)), namespace=If(is_global, "global", "account-regional")
    )


def add_data_bucket(group: ParameterGroup, layout: Layout) -> Any:
    """The name of the data bucket."""
    return recipes.existing_bucket(
        group, "DataBucketName", data_name(layout), label="Data bucket, as in artifact-stores"
    )


def add_model_bucket(group: ParameterGroup, layout: Layout, data: Any) -> Any:
    """The name of the bucket that models are in; `data` is the data bucket's."""
    otherwise = If(layout.two, recipes.bucket("mdl"), data)
    return recipes.existing_bucket(
        group, "ModelBucketName", otherwise, label="Model bucket, as in artifact-stores"
    )


def add_model_prefix(group: ParameterGroup) -> None:
    """The folder of the models."""
    group.text(
        "ModelPrefix",
        "Folder of the bucket that models are in, without a slash at its ends.",
        default=_naming.MODELS_PREFIX,
        pattern="[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*",
        max_length=100,
        allowed="1 to 100 letters, digits, hyphens, underscores and inner slashes",
        label="Folder of the models",
    )


def refuse_mixtures(stack: Stack) -> None:
    """Two buckets have two names, one bucket has one."""
    both_given = And(
        Not(Equals(Ref("DataBucketName"), "")), Equals(Ref("DataBucketName"), Ref("ModelBucketName"))
    )
    stack.rule(
        "BucketsDiffer",
        [
            {
                "Assert": Not(both_given),
                "AssertDescription": "DataBucketName and ModelBucketName must differ; Buckets: one has one.",
            },
        ],
    )
    refuse_second_name(stack)


def refuse_second_name(stack: Stack) -> None:
    """One bucket has no name for a second."""
    stack.rule(
        "OneBucketHasOneName",
        [
            {
                "Assert": Or(Equals(Ref("Buckets"), "two"), Equals(Ref("ModelBucketName"), "")),
                "AssertDescription": "Buckets: one or account has no ModelBucketName; give DataBucketName.",
            }
        ],
    )


def through(service: str) -> dict[str, dict[str, Any]]:
    """The condition: with the key of the artifacts, and by way of a service of this Region only.

    https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
    """
    return {
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": Sub(_naming.ARTIFACT_KEY)},
        "StringEquals": {"kms:ViaService": Sub(f"{service}.${{AWS::Region}}.${{AWS::URLSuffix}}")},
    }


def lets_volumes_use_key() -> Statement:
    """Allow the grant by which EC2 encrypts a job's or endpoint's volumes with the key of the artifacts.

    Of a job's starter and of its role: https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
    """
    return iam.allow(
        "LetVolumesUseKey",
        [kms.CreateGrant],
        [recipes.arn("kms", "key/*")],
        when={
            "ForAnyValue:StringEquals": {"kms:ResourceAliases": Sub(_naming.ARTIFACT_KEY)},
            "Bool": {"kms:GrantIsForAWSResource": "true"},
        },
    )


def finds_key() -> Statement:
    """Let whoever starts a job or an endpoint find the ARN of the artifacts' key by its alias, to name it."""
    return iam.allow(
        "FindKey",
        [kms.DescribeKey],
        [recipes.arn("kms", "key/*")],
        when={"ForAnyValue:StringEquals": {"kms:ResourceAliases": Sub(_naming.ARTIFACT_KEY)}},
    )


def approves_nothing() -> Statement:
    """Deny the approval of a model, to training code and to those who start it.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
    """
    return iam.deny(
        "ApproveNothing",
        [sagemaker.CreateModelPackage, sagemaker.UpdateModelPackage],
        ["*"],
        when={"StringEquals": {"sagemaker:ModelApprovalStatus": "Approved"}},
    )
