"""CodeBuild, Athena, Glue's catalogue.

https://aws.amazon.com/codebuild/pricing/ · https://aws.amazon.com/athena/pricing/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from cfngen.cost.account import ChargedAccount, ChargedResource
from cfngen.cost.models import Charge, Model
from cfngen.cost.quantity import Quantity

_COMPUTE: Final = {
    ("LINUX_CONTAINER", "BUILD_GENERAL1_SMALL"): "codebuild.general1.small",
    ("LINUX_CONTAINER", "BUILD_GENERAL1_MEDIUM"): "codebuild.general1.medium",
    ("LINUX_CONTAINER", "BUILD_GENERAL1_LARGE"): "codebuild.general1.large",
    ("ARM_CONTAINER", "BUILD_GENERAL1_SMALL"): "codebuild.arm1.small",
}
LEAST_SCANNED: Final = Decimal(10) / 1024
"""Gigabytes that every Athena query counts at the least: 10 MB."""


def project(resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """Build minutes on the machine that the project names."""
    environment = resource.properties.get("Environment", {})
    price = _COMPUTE.get((str(environment.get("Type")), str(environment.get("ComputeType"))))
    minutes = account.usage.of(resource.stack, resource.logical_id, "minutes", "build_minutes")
    yield Charge(price or "codebuild.unknown", minutes, ("build_minutes",))


def work_group(_resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """What queries scan."""
    scanned = account.usage.get("query_gb").map(lambda gb: max(gb, LEAST_SCANNED) / 1024)
    yield Charge("athena.scan", account.usage.get("queries") * scanned, ("queries", "query_gb"))


def catalogue(_resource: ChargedResource, _account: ChargedAccount) -> Iterator[Charge]:
    """One object of Glue's Data Catalog."""
    yield Charge("glue.catalog.objects", Quantity.of(1))


MODELS: Final[Mapping[str, Model]] = {
    "AWS::Athena::WorkGroup": work_group,
    "AWS::CodeBuild::Project": project,
    "AWS::Glue::Database": catalogue,
    "AWS::Glue::Table": catalogue,
}
