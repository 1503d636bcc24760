"""What AWS documents about resource types and the resource schemas do not say, each fact with its source."""

from __future__ import annotations

from typing import Final

from cfngen.template.change.resource_types import PropertyPath

REFUSES_REPLACEMENT: Final[dict[str, tuple[PropertyPath, ...]]] = {
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html
    "AWS::KMS::Key": (("KeySpec",), ("KeyUsage",), ("Origin",), ("MultiRegion",)),
}
"""Properties that cannot change at all: the update fails instead of replacing the resource."""

NAMES_MAY_REPEAT: Final = frozenset(
    {
        # https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateNamedQuery.html: told by their id
        "AWS::Athena::NamedQuery",
    }
)
"""Types whose name is a label: a replacement may have the name of the resource it replaces."""

SNAPSHOT_BY_DEFAULT: Final = frozenset({"AWS::RDS::DBCluster", "AWS::RDS::DBInstance"})
"""Types deleted with a last snapshot when no policy says otherwise.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html"""

STATEFUL: Final[dict[str, bool]] = {
    # https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepository.html
    "AWS::ECR::Repository": True,
    # https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DeleteEventDataStore.html
    "AWS::CloudTrail::EventDataStore": False,
}
"""Types that hold data, besides those cfn-lint lists; True where AWS refuses to delete one with content."""
