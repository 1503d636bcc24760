"""The policy documents of a template, and the statements inside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from cfnlint.template import Template

from cfngen.lint.rules._walk import Path, PropertyValue, document, resources, text

# Each: resource type, and the keys that lead to its documents.
IDENTITY: Final = (
    ("AWS::IAM::ManagedPolicy", ("PolicyDocument",)),
    ("AWS::IAM::Policy", ("PolicyDocument",)),
    ("AWS::IAM::RolePolicy", ("PolicyDocument",)),
    ("AWS::IAM::UserPolicy", ("PolicyDocument",)),
    ("AWS::IAM::GroupPolicy", ("PolicyDocument",)),
    ("AWS::IAM::Role", ("Policies", "PolicyDocument")),
    ("AWS::IAM::User", ("Policies", "PolicyDocument")),
    ("AWS::IAM::Group", ("Policies", "PolicyDocument")),
    ("AWS::SSO::PermissionSet", ("InlinePolicy",)),
)
TRUST: Final = (("AWS::IAM::Role", ("AssumeRolePolicyDocument",)),)
RESOURCE: Final = (
    ("AWS::S3::BucketPolicy", ("PolicyDocument",)),
    ("AWS::SNS::TopicPolicy", ("PolicyDocument",)),
    ("AWS::SNS::TopicInlinePolicy", ("PolicyDocument",)),
    ("AWS::SQS::QueuePolicy", ("PolicyDocument",)),
    ("AWS::SQS::QueueInlinePolicy", ("PolicyDocument",)),
    ("AWS::KMS::Key", ("KeyPolicy",)),
    ("AWS::KMS::ReplicaKey", ("KeyPolicy",)),
    ("AWS::ECR::Repository", ("RepositoryPolicyText",)),
    ("AWS::Logs::ResourcePolicy", ("PolicyDocument",)),
    ("AWS::SecretsManager::ResourcePolicy", ("ResourcePolicy",)),
)


@dataclass(frozen=True)
class Statement:
    """One statement of a policy document."""

    logical_id: str
    value: PropertyValue

    @property
    def path(self) -> Path:
        """Where it is written."""
        return self.value.path

    def strings(self, key: str) -> list[str]:
        """What a key lists, as text.

        A statement's `Action` may be one string or a list of them; both are a list here.
        """
        return [text(item.data) for item in self.value.each(key)]

    def allows(self) -> bool:
        """Whether it can be an Allow."""
        return "Allow" in self.strings("Effect")

    def denies(self) -> bool:
        """Whether it can be a Deny."""
        return "Deny" in self.strings("Effect")

    def principals(self, kind: str) -> list[str]:
        """The principals of a kind, such as `Service`; `*` for everybody of any kind."""
        found = []
        for principal in self.value.get("Principal"):
            if principal.data == "*":
                found.append("*")
            found += [text(item.data) for item in principal.each(kind)]
        return found

    @cached_property
    def conditions(self) -> list[list[Test]]:
        """What each branch of the Condition block tests; one empty list where there is no such block."""
        return [list(_tests(block)) for block in self.value.get("Condition")] or [[]]


@dataclass(frozen=True)
class Test:
    """One entry of a Condition block.

    Attributes:
        operator: such as `StringEquals`.
        key: in lower case: AWS does not care about the case of a condition key.
        wanted: the values, as text.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
    """

    operator: str
    key: str
    wanted: tuple[str, ...]

    def holds_without_the_key(self) -> bool:
        """Whether a request that does not carry the key passes."""
        return self.operator.endswith("IfExists") or "Not" in self.operator or self.operator == "Null"


def statements(cfn: Template, places: tuple[tuple[str, tuple[str, ...]], ...]) -> Iterator[Statement]:
    """Every statement of the documents in these places."""
    for kind, keys in places:
        for logical_id, _, properties in resources(cfn, kind):
            holders = [properties]
            for key in keys:
                holders = [found for holder in holders for found in holder.each(key)]
            for holder in holders:
                parsed = document(holder)
                if parsed is not None:
                    for found in parsed.each("Statement"):
                        if isinstance(found.data, dict):
                            yield Statement(logical_id, found)


def _tests(block: PropertyValue) -> Iterator[Test]:
    for operator in block.data if isinstance(block.data, dict) else ():
        for entries in block.get(operator):
            for key in entries.data if isinstance(entries.data, dict) else ():
                wanted = tuple(text(item.data) for item in entries.each(key))
                yield Test(str(operator), str(key).lower(), wanted)
