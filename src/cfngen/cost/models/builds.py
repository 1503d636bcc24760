"""CodeBuild, Athena, Glue's catalogue.

https://aws.amazon.com/codebuild/pricing/ · https://aws.amazon.com/athena/pricing/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from cfngen.cost.account import GIB, ChargedAccount, ChargedResource
from cfngen.cost.models import Charge, Model
from cfngen.cost.quantity import Quantity
from cfngen.cost.shape import mapping, number

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
    environment = mapping(resource.properties.get("Environment"))
    machine = str(environment.get("Type")), str(environment.get("ComputeType"))
    fleet = " on a fleet of its own" if environment.get("Fleet") else ""
    price = None if fleet else _COMPUTE.get(machine)
    minutes, name = account.usage.of(resource.stack, resource.logical_id, "minutes", "build_minutes")
    item = f"build minutes, {' '.join(machine)}{fleet}"
    yield Charge(price or f"codebuild.{' '.join(machine)}{fleet}", minutes, (name,), item=item)


def work_group(resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """What queries scan: at the least 10 MB each, at the most what the workgroup lets a query scan."""
    if resource.properties.get("State") == "DISABLED":
        return
    configuration = mapping(resource.properties.get("WorkGroupConfiguration"))
    most = number(configuration.get("BytesScannedCutoffPerQuery"))
    scanned = account.usage.get("query_gb")
    if most is not None:
        scanned = scanned.map(lambda gb: min(gb, most / GIB))
    scanned = scanned.map(lambda gb: max(gb, LEAST_SCANNED) / 1024)
    yield Charge("athena.scan", account.usage.get("queries") * scanned, ("queries", "query_gb"))


def catalogue(resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """One object of Glue's Data Catalog; the requests to all of them with the first database."""
    yield Charge("glue.catalog.objects", Quantity.of(1))
    if next(account.typed("AWS::Glue::Database"), None) == resource:
        yield Charge("glue.catalog.requests", account.usage.get("catalog_requests"), ("catalog_requests",))


MODELS: Final[Mapping[str, Model]] = {
    "AWS::Athena::WorkGroup": work_group,
    "AWS::CodeBuild::Project": project,
    "AWS::Glue::Database": catalogue,
    "AWS::Glue::Table": catalogue,
}
