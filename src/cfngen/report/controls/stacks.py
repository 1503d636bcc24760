"""The resources of all stacks of an environment, as the rows ask for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class ResolvedResource(NamedTuple):
    """One resource, with its environment's values put in."""

    stack: str
    logical_id: str
    type: str
    properties: Mapping[str, Any]

    def at(self, path: str) -> Any:
        """The value at a path of property names, such as `Source.SourceIdentifier`; None where it is not set.

        >>> ResolvedResource("s", "Bucket", "AWS::S3::Bucket", {"A": {"B": "c"}}).at("A.B")
        'c'
        """
        value: Any = self.properties
        for name in path.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        return value


@dataclass(frozen=True)
class Stacks:
    """All stacks together: a bucket's policy may be in another one than the bucket."""

    resources: Sequence[ResolvedResource]

    @classmethod
    def of(cls, stacks: Mapping[str, Mapping[str, Any]]) -> Stacks:
        """The resources of these templates.

        Arguments:
            stacks: by name, each template with its values put in (`template.environment.resolve`).
        """
        return cls(
            [
                ResolvedResource(stack, logical_id, str(body.get("Type")), body.get("Properties") or {})
                for stack, template in stacks.items()
                for logical_id, body in template.get("Resources", {}).items()
            ]
        )

    def typed(self, *types: str) -> Iterator[ResolvedResource]:
        """The resources of these types."""
        return (resource for resource in self.resources if resource.type in types)

    def bucket(self, name: Any) -> ResolvedResource | None:
        """The bucket of this name, or of the mark that stands for a name that only a deployment knows."""
        for bucket in self.typed("AWS::S3::Bucket"):
            if name == bucket.properties.get("BucketName", f"<{bucket.logical_id}>"):
                return bucket
        return None

    def policies_of_bucket(self, bucket: ResolvedResource) -> list[ResolvedResource]:
        """The policies that are attached to a bucket."""
        return [
            policy
            for policy in self.typed("AWS::S3::BucketPolicy")
            if self.bucket(policy.properties.get("Bucket")) == bucket
        ]


def is_on(value: Any) -> bool:
    """Whether a Boolean property is true: templates write true, parameters "true".

    >>> is_on("true"), is_on(True), is_on(None)
    (True, True, False)
    """
    return str(value).lower() == "true"


def items(value: Any) -> list[Any]:
    """What may be one or a list, as a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
