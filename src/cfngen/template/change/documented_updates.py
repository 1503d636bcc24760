"""What AWS documents about updates and the resource schemas do not say, from a file that a tool makes.

`tools/documented_updates.py` reads CloudFormation's older resource specification (`@aws-cdk/cfnspec`) and the
database of AWS CDK (`@aws-cdk/aws-service-spec`), Copyright Amazon.com, Inc. or its affiliates, Apache-2.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from cfngen.template.change.consequence import Consequence
from cfngen.template.change.resource_types import PropertyPath

_LETTERS: Mapping[str, Consequence] = {
    "R": Consequence.REPLACE,
    "C": Consequence.MAYBE_REPLACE,
    "M": Consequence.IN_PLACE,
}


class DocumentedUpdate(NamedTuple):
    """What the two documents say about the update of one property.

    Attributes:
        newer: AWS CDK's database; None where it does not know the property.
        older: CloudFormation's resource specification of 2023; None likewise.
        as_a_whole: the properties below have words of their own.
    """

    newer: Consequence | None
    older: Consequence | None
    as_a_whole: bool

    @property
    def agreed(self) -> Consequence | None:
        """What all that know the property say; None where they disagree."""
        said = {word for word in (self.newer, self.older) if word is not None}
        return said.pop() if len(said) == 1 else None


def documented_updates(resource_type: str) -> Mapping[PropertyPath, DocumentedUpdate] | None:
    """The exceptions of a type by their path, without `*`; all that is known of a type without a schema.

    None for a type of which the schema says all, or that is not documented.

    >>> documented_updates("AWS::Route53::RecordSet")[("Name",)].agreed.value
    'replace'
    >>> documented_updates("Custom::Anything") is None
    True
    """
    properties = _document()["types"].get(resource_type)
    if properties is None:
        return None
    return {
        tuple(path.split(".")): DocumentedUpdate(
            _LETTERS.get(word[0]), _LETTERS.get(word[1]), word.endswith("=")
        )
        for path, word in properties.items()
    }


def documented_default(resource_type: str, path: PropertyPath) -> str | None:
    """The value that a property without one has, as text; None where no sentence about it says so.

    >>> documented_default("AWS::DMS::ReplicationInstance", ("PubliclyAccessible",))
    'true'
    """
    default: str | None = _document()["defaults"].get(resource_type, {}).get(".".join(path))
    return default


@lru_cache(maxsize=1)
def _document() -> dict[str, Any]:
    import gzip
    import json

    content = (Path(__file__).parent / "documented_updates.json.gz").read_bytes()
    document: dict[str, Any] = json.loads(gzip.decompress(content))
    return document
