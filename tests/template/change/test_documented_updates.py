"""The verdict on every property that AWS documents: it agrees, says "maybe" with both sources, or is listed.

documented_updates.json.gz beside this file is made by tools/documented_updates.py.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cfngen.template.change import update_rules
from cfngen.template.change.consequence import Consequence
from cfngen.template.change.diff import Cause
from cfngen.template.change.property_change import UpdateVerdict, judge_cause
from cfngen.template.change.resource_types import ResourceSchema, Schemas
from cfngen.template.intrinsics import ABSENT

_NOT_SUPPORTED = "its page says that updates are not supported; the documents know the schema's word only"
_ONE_AT_MOST = "an account has one: its page tells to delete it in an update before that with the new name"
_CUSTOM = "its function decides what becomes of it"
_REPLACING = "UpdatePolicy.AutoScalingReplacingUpdate decides: without it, the group stays"
_RESHARDING = "UpdatePolicy.UseOnlineResharding decides: without it, the group is replaced"
_KMS = "its page says that another value fails the update; the documents know replacement only"
_UPGRADE = "UpdatePolicy.EnableVersionUpgrade decides: without it, another version replaces the domain"
DISAGREEMENTS = {
    "AWS::AutoScaling::AutoScalingGroup LaunchConfigurationName": _REPLACING,
    "AWS::AutoScaling::AutoScalingGroup LaunchTemplate": _REPLACING,
    "AWS::AutoScaling::AutoScalingGroup LaunchTemplate.LaunchTemplateId": _REPLACING,
    "AWS::AutoScaling::AutoScalingGroup LaunchTemplate.LaunchTemplateName": _REPLACING,
    "AWS::AutoScaling::AutoScalingGroup LaunchTemplate.Version": _REPLACING,
    "AWS::AutoScaling::AutoScalingGroup MixedInstancesPolicy": _REPLACING,
    "AWS::AutoScaling::AutoScalingGroup MixedInstancesPolicy.InstancesDistribution": _REPLACING,
    "AWS::AutoScaling::AutoScalingGroup MixedInstancesPolicy.LaunchTemplate": _REPLACING,
    "AWS::AutoScaling::AutoScalingGroup VPCZoneIdentifier": _REPLACING,
    "AWS::CloudFormation::CustomResource ServiceTimeout": _CUSTOM,
    "AWS::CloudFormation::CustomResource ServiceToken": _NOT_SUPPORTED,
    "AWS::CloudFormation::WaitCondition Count": _NOT_SUPPORTED,
    "AWS::CloudFormation::WaitCondition Handle": _NOT_SUPPORTED,
    "AWS::CloudFormation::WaitCondition Timeout": _NOT_SUPPORTED,
    "AWS::Config::ConfigurationRecorder Name": _ONE_AT_MOST,
    "AWS::Config::DeliveryChannel Name": _ONE_AT_MOST,
    "AWS::EC2::Volume AvailabilityZone": _NOT_SUPPORTED,
    "AWS::EC2::Volume Encrypted": _NOT_SUPPORTED,
    "AWS::EC2::Volume KmsKeyId": _NOT_SUPPORTED,
    "AWS::EC2::Volume SnapshotId": _NOT_SUPPORTED,
    "AWS::ElastiCache::ReplicationGroup NodeGroupConfiguration": _RESHARDING,
    "AWS::ElastiCache::ReplicationGroup NodeGroupConfiguration.NodeGroupId": _RESHARDING,
    "AWS::ElastiCache::ReplicationGroup NumNodeGroups": _RESHARDING,
    "AWS::Elasticsearch::Domain ElasticsearchVersion": _UPGRADE,
    "AWS::KMS::Key KeySpec": _KMS,
    "AWS::KMS::Key KeyUsage": _KMS,
    "AWS::KMS::Key MultiRegion": _KMS,
    "AWS::KMS::Key Origin": _KMS,
    "AWS::OpenSearchService::Domain EngineVersion": _UPGRADE,
    "AWS::Organizations::Account AccountName": _NOT_SUPPORTED,
    "AWS::Organizations::Account Email": _NOT_SUPPORTED,
    "AWS::Organizations::Account RoleName": _NOT_SUPPORTED,
}
"""Each with the reason why the verdict is another one than the documents'."""
MOST = 60


def documented() -> dict[str, dict[str, str]]:
    content = (Path(__file__).parent / "documented_updates.json.gz").read_bytes()
    types: dict[str, dict[str, str]] = json.loads(gzip.decompress(content))["types"]
    return types


def verdict(
    kind: str, path: tuple[str, ...], schema: ResourceSchema | None, *, container: bool
) -> UpdateVerdict:
    before, after = (ABSENT, {}) if container else ("one", "another")
    return judge_cause(Cause(("Properties", *path), before, after), kind, schema, {})


def fixed(schema: ResourceSchema | None, path: tuple[str, ...]) -> str:
    """The schema's own word about a property or what it is a part of, without any code of the package."""
    if schema is None:
        return ""
    for letter, key in (("R", "createOnlyProperties"), ("C", "conditionalCreateOnlyProperties")):
        for pointer in schema.document.get(key) or ():
            names = tuple(name for name in pointer.split("/")[2:] if name != "*")
            if path[: len(names)] == names:
                return letter
    return "M"


def agrees(word: str, by_schema: str, told: UpdateVerdict, *, part_of_fixed: bool, handlers: bool) -> bool:
    said = set(word.rstrip("=")) - {"-"}
    if said == {"R"}:
        both_named = handlers and by_schema != "R" and "; its schema " in told.reason
        return told.consequence is Consequence.REPLACE or both_named or (by_schema == "C" and _maybe(told))
    if said == {"M"} and by_schema in {"M", ""} and not part_of_fixed:
        return told.consequence is Consequence.IN_PLACE
    if by_schema == "R":
        return told.consequence is Consequence.REPLACE or "AWS documents otherwise" in told.reason
    return _maybe(told)


def _maybe(told: UpdateVerdict) -> bool:
    return told.consequence is Consequence.MAYBE_REPLACE and bool(told.reason) and not told.certain


def disagreements() -> Iterator[tuple[str, str, str]]:
    schemas = Schemas()
    for kind, properties in documented().items():
        schema = schemas.get(kind)
        handlers = schema is not None and bool(schema.document.get("handlers"))
        for dotted, word in properties.items():
            path = tuple(dotted.split("."))
            above = "" if len(path) == 1 else properties.get(path[0], "")
            part_of_fixed = not handlers and bool(set(above) & {"R", "C"})
            told = verdict(kind, path, schema, container=word.endswith("="))
            if not agrees(word, fixed(schema, path), told, part_of_fixed=part_of_fixed, handlers=handlers):
                yield kind, dotted, f"{word} {fixed(schema, path)} {told.consequence} {told.reason}"


def test_every_documented_property_agrees_or_is_listed() -> None:
    assert sum(map(len, documented().values())) > 10_000
    assert len(DISAGREEMENTS) <= MOST
    unlike = {f"{kind} {path}": told for kind, path, told in disagreements()}
    assert {name: told for name, told in unlike.items() if name not in DISAGREEMENTS} == {}
    assert DISAGREEMENTS.keys() <= unlike.keys()


def test_without_the_table_of_exceptions_hundreds_of_verdicts_are_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(update_rules, "documented_updates", lambda _: None)
    wrong = list(disagreements())
    assert ("AWS::Route53::RecordSet", "Name") in {(kind, path) for kind, path, _ in wrong}
    assert len(wrong) > 300
