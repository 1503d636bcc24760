"""What becomes of a resource that its stack has no use for any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from cfngen.template.change.consequence import Consequence
from cfngen.template.change.exceptional_types import exceptional
from cfngen.template.change.resource_types import Schemas
from cfngen.template.intrinsics import text

_KEEPS: Final = frozenset({"Retain", "RetainExceptOnCreate"})
_SNAPSHOTS: Final = frozenset(
    {
        "AWS::DocDB::DBCluster",
        "AWS::EC2::Volume",
        "AWS::ElastiCache::CacheCluster",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::Neptune::DBCluster",
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
        "AWS::Redshift::Cluster",
    }
)
"""The types of which a snapshot can stay; of every other type, `Snapshot` does what `Delete` does."""


class Fate(NamedTuple):
    """What becomes of it, in a sentence, and whether the data that it holds is lost."""

    consequence: Consequence
    reason: str
    data_loss: bool = False


def fate(resource_type: str, body: Mapping[str, Any], policy: str, schemas: Schemas) -> Fate:
    """What `policy` (DeletionPolicy or UpdateReplacePolicy) of the resource's body, or its default, does.

    A replaced resource is deleted where no UpdateReplacePolicy says otherwise, also where it would leave a
    snapshot if it were removed.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html
    """
    exceptions = exceptional(resource_type)
    must_be_empty = exceptions.holds_data
    if must_be_empty is None:
        must_be_empty = schemas.stateful.get(resource_type)
    unless = exceptions.snapshot_unless if policy == "DeletionPolicy" else None
    chosen = body.get(policy, _default(unless, body))
    if not isinstance(chosen, str):
        reason = f"the old resource is deleted, unless {policy} says otherwise: {text(chosen)}"
        return Fate(Consequence.DELETE, reason, must_be_empty is not None)
    if chosen in _KEEPS:
        reason = f"the old resource stays, outside of the stack ({policy} {chosen})"
        return Fate(Consequence.RETAIN, reason)
    if chosen == "Snapshot" and resource_type in _SNAPSHOTS:
        return Fate(Consequence.DELETE, "the old resource is deleted, a snapshot stays")
    if must_be_empty is None:
        return Fate(Consequence.DELETE, "the old resource is deleted")
    missing = "" if policy in body else f": it has no {policy}"
    if chosen == "Snapshot":
        missing = f": CloudFormation makes no snapshot of its type ({policy} Snapshot)"
    if must_be_empty:
        reason = f"the deletion fails while the resource holds anything{missing}"
    else:
        reason = f"all that the resource holds is deleted with it{missing}"
    return Fate(Consequence.DELETE, reason, data_loss=True)


def _default(snapshot_unless: str | None, body: Mapping[str, Any]) -> str:
    if snapshot_unless is None or snapshot_unless in body.get("Properties", {}):
        return "Delete"
    return "Snapshot"
