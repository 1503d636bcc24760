from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from cfngen.lint.rules._walk import Path, PropertyValue, references, resources, text, values

# For each type: the properties that lead to what holds, or unlocks, its audit data.
_LEADS: Final = {
    "AWS::CloudTrail::Trail": (("S3BucketName",), ("CloudWatchLogsLogGroupArn",), ("KMSKeyId",)),
    "AWS::CloudTrail::EventDataStore": (("KmsKeyId",),),
    "AWS::S3::Bucket": (
        ("LoggingConfiguration", "DestinationBucketName"),
        (
            "BucketEncryption",
            "ServerSideEncryptionConfiguration",
            "ServerSideEncryptionByDefault",
            "KMSMasterKeyID",
        ),
    ),
    "AWS::Logs::LogGroup": (("KmsKeyId",),),
}
_HOLDS: Final = ("AWS::S3::Bucket", "AWS::Logs::LogGroup", "AWS::KMS::Key", "AWS::CloudTrail::EventDataStore")
_STARTS: Final = ("AWS::CloudTrail::Trail", "AWS::CloudTrail::EventDataStore")

_KEEPS: Final = {
    "DeletionPolicy": {"Retain", "RetainExceptOnCreate"},
    "UpdateReplacePolicy": {"Retain"},
}


class AuditDataRetained(CloudFormationLintRule):
    """What a trail recorded outlives its stack."""

    id = "E9502"
    shortdesc = "Retain what holds audit data"
    description = (
        "Audit records are evidence. The buckets and log groups that a trail writes to, the bucket of "
        "their access logs and the keys that encrypt them must not go with their stack or with a "
        "replacement: set DeletionPolicy Retain (or RetainExceptOnCreate) and UpdateReplacePolicy Retain."
    )
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html"
    )
    tags = ["resources", "security"]  # noqa: RUF012 - cfn-lint wants a list
    wrong = """
        Group:
          Type: AWS::Logs::LogGroup
          DeletionPolicy: Retain
          Properties: {RetentionInDays: 365}
    """
    right = """
        Group:
          Type: AWS::Logs::LogGroup
          DeletionPolicy: Retain
          UpdateReplacePolicy: Retain
          Properties: {RetentionInDays: 365}
    """
    around = """
        Trail:
          Type: AWS::CloudTrail::Trail
          Properties:
            IsLogging: true
            S3BucketName: !Ref Logs
            CloudWatchLogsLogGroupArn: !GetAtt Group.Arn
            CloudWatchLogsRoleArn: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:role/delivery
    """
    parameters = "Logs: {Type: String, Default: logs}"

    def match(self, cfn: Template) -> list[RuleMatch]:
        found = []
        for logical_id, why in _audit_data(cfn).items():
            resource = cfn.get_resources()[logical_id]
            for attribute, keeping in _KEEPS.items():
                given = [value.data for value in values(resource.get(attribute), [])]
                if not all(isinstance(value, str) and value in keeping for value in given):
                    path: Path = ["Resources", logical_id, *([attribute] if attribute in resource else [])]
                    message = f"{logical_id} holds audit data ({why}): {attribute} must be Retain"
                    found.append(RuleMatch(path, message))
        return found


def _audit_data(cfn: Template) -> dict[str, str]:
    """The logical ids of what holds audit data, each with the reason why."""
    all_resources = {logical_id: (resource, value) for logical_id, resource, value in resources(cfn)}
    names = _names(resources(cfn, *_HOLDS))
    queue = [(logical_id, "") for logical_id, _, _ in resources(cfn, *_STARTS)]
    reached: dict[str, str] = {}
    while queue:
        logical_id, why = queue.pop(0)
        if logical_id in reached:
            continue
        reached[logical_id] = why or "records events"
        resource, properties = all_resources[logical_id]
        for keys in _LEADS.get(str(resource.get("Type")), ()):
            places = [properties]
            for key in keys:
                places = [found for place in places for found in place.each(key)]
            for place in places:
                targets = references(place.data) | names.get(text(place.data), set())
                queue += [
                    (target, f"{logical_id}'s {keys[-1]}")
                    for target in sorted(targets)
                    if target in all_resources
                ]
    return {name: why for name, why in reached.items() if all_resources[name][0].get("Type") in _HOLDS}


def _names(found: Iterable[tuple[str, dict[str, Any], PropertyValue]]) -> dict[str, set[str]]:
    """Which resources bear a name, as text: a trail may name its bucket instead of referring to it."""
    names: dict[str, set[str]] = {}
    for logical_id, _, properties in found:
        for key in ("BucketName", "LogGroupName"):
            for value in properties.get(key):
                names.setdefault(text(value.data), set()).add(logical_id)
    return names
