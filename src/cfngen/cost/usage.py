"""How much will be used in a month: assumptions with defaults, changed by `deployments/<env>/usage.yaml`.

The defaults are this project's own judgement of a small team that trains and serves models; each is shown
with its estimate, and each can be changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final, NamedTuple

from cfngen.cost.quantity import Quantity
from cfngen.errors import DeploymentFileError
from cfngen.template.environment.strict_yaml import Mapped, Node, Scalar, read_mapping

CASES: Final = ("low", "expected", "high")
RESOURCE_KEYS: Final = ("gb", "puts", "gets", "log_gb", "minutes")


class Assumption(NamedTuple):
    """One number that nobody knows before: its default and what it counts."""

    default: Quantity
    meaning: str


def _cases(low: int | str, expected: int | str, high: int | str) -> Quantity:
    return Quantity(Decimal(low), Decimal(expected), Decimal(high))


ASSUMPTIONS: Final[Mapping[str, Assumption]] = {
    "months": Assumption(_cases(1, 12, 36), "age of the account in months: what is kept piles up"),
    "management_events": Assumption(_cases(50_000, 200_000, 1_000_000), "API calls that CloudTrail records"),
    "write_share": Assumption(_cases("0.1", "0.2", "0.4"), "share of those calls that change something"),
    "data_events": Assumption(_cases(10_000, 100_000, 1_000_000), "S3 object calls that CloudTrail records"),
    "other_trails": Assumption(_cases(0, 0, 0), "other trails that record management events already"),
    "event_bytes": Assumption(_cases(1_200, 1_500, 2_000), "bytes of an event in CloudWatch Logs"),
    "stored_event_bytes": Assumption(_cases(100, 150, 250), "bytes of an event in a compressed log file"),
    "trail_files": Assumption(_cases(9_000, 20_000, 60_000), "log and digest files that CloudTrail delivers"),
    "log_compression": Assumption(_cases("0.15", "0.2", "0.3"), "size of stored log data, of what came in"),
    "log_gb": Assumption(_cases(0, "0.1", 1), "GB that come into any other log group"),
    "active_metrics": Assumption(_cases(0, "0.2", 1), "share of hours in which a metric filter matches"),
    "log_queries_gb": Assumption(_cases(0, 5, 50), "GB that Logs Insights queries scan"),
    "notifications": Assumption(_cases(20, 100, 1_000), "messages to a topic"),
    "access_log_files": Assumption(_cases(300, 1_500, 10_000), "access log files of each logged bucket"),
    "access_log_bytes": Assumption(_cases(500, 2_000, 10_000), "bytes of an access log file"),
    "configuration_items": Assumption(_cases(100, 500, 3_000), "changes that AWS Config records"),
    "rule_evaluations": Assumption(_cases(10, 60, 500), "evaluations of each Config rule"),
    "analysed_identities": Assumption(_cases(20, 40, 100), "roles and users of the account"),
    "queries": Assumption(_cases(5, 50, 500), "Athena queries"),
    "query_gb": Assumption(_cases("0.01", "0.1", 1), "GB that a query scans"),
    "image_gb": Assumption(_cases(1, 10, 50), "GB of images in each repository"),
    "build_minutes": Assumption(_cases(10, 60, 400), "build minutes of each project"),
    "bucket_gb": Assumption(_cases("0.01", 5, 100), "GB in any other bucket"),
    "bucket_puts": Assumption(_cases(100, 2_000, 50_000), "objects written to any other bucket"),
    "bucket_gets": Assumption(_cases(500, 10_000, 500_000), "objects read from any other bucket"),
    "key_age": Assumption(_cases(0, 0, 2), "rotations that a key has behind it"),
    "key_requests": Assumption(_cases(500, 5_000, 50_000), "requests to each customer-managed key"),
    "secret_requests": Assumption(_cases(0, 1_000, 20_000), "reads of each secret"),
    "flow_gb": Assumption(_cases("0.1", 1, 20), "GB of VPC flow and DNS logs that GuardDuty reads"),
    "security_checks": Assumption(_cases(1_000, 5_000, 20_000), "checks of Security Hub"),
}


@dataclass(frozen=True)
class Usage:
    """The assumptions of one environment.

    Attributes:
        given: what `usage.yaml` says.
        resources: what it says of single resources, by `<stack>/<logical id>`.
    """

    given: Mapping[str, Quantity] = field(default_factory=dict)
    resources: Mapping[str, Mapping[str, Quantity]] = field(default_factory=dict)

    def get(self, name: str) -> Quantity:
        """An assumption, as it was given or its default."""
        return self.given.get(name, ASSUMPTIONS[name].default)

    def of(self, stack: str, logical_id: str, key: str, default: str) -> Quantity:
        """What is assumed of one resource: its own number, else the general assumption `default`."""
        return self.resources.get(f"{stack}/{logical_id}", {}).get(key, self.get(default))


def read(path: Path, name: str) -> Usage:
    """The usage that a file gives.

    Raises:
        DeploymentFileError: the file is broken, or names an assumption that does not exist.
    """
    content = read_mapping(
        path,
        name,
        allowed=(*ASSUMPTIONS, "resources"),
        required=(),
        missing="make it, or leave out --usage",
    )
    given = {key: _quantity(node, key) for key, node in content.entries.items() if key != "resources"}
    resources: dict[str, dict[str, Quantity]] = {}
    listed = content.entries.get("resources")
    if listed is not None:
        for resource, node in _mapping(listed, "resources").entries.items():
            keys = _mapping(node, resource)
            for key, line in keys.lines.items():
                if key not in RESOURCE_KEYS:
                    raise DeploymentFileError(
                        f"unknown key {key!r}",
                        place=f"{name}:{line}",
                        remedy=f"known are: {', '.join(RESOURCE_KEYS)}",
                    )
            resources[resource] = {key: _quantity(item, key) for key, item in keys.entries.items()}
    return Usage(given, resources)


def _mapping(node: Node, what: str) -> Mapped:
    if not isinstance(node, Mapped):
        raise DeploymentFileError(
            f"{what} is not a mapping", place=node.place, remedy="write 'stack/LogicalId:' and keys below it"
        )
    return node


def _quantity(node: Node, name: str) -> Quantity:
    if isinstance(node, Scalar):
        return Quantity.of(_number(node, name))
    if isinstance(node, Mapped) and set(node.entries) == set(CASES):
        quantity = Quantity(*(_number(node.entries[case], name) for case in CASES))
        if quantity.low <= quantity.expected <= quantity.high:
            return quantity
        raise DeploymentFileError(
            f"{name}: low, expected and high are not in ascending order",
            place=node.place,
            remedy="write low <= expected <= high",
        )
    raise DeploymentFileError(
        f"{name} is not a number",
        place=node.place,
        remedy="write one number, or {low: …, expected: …, high: …}",
    )


def _number(node: Node, name: str) -> Decimal:
    text = node.text if isinstance(node, Scalar) else ""
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or number < 0:
        raise DeploymentFileError(
            f"{name} is {text!r}, which is not a number of 0 or more",
            place=node.place,
            remedy="write a number",
        )
    return number
