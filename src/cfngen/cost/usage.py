"""How much will be used in a month: assumptions with defaults, changed by `deployments/<env>/usage.yaml`.

The defaults are this project's own judgement of a small team that trains and serves models; each is shown
with its estimate, and each can be changed.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple

from cfngen.cost.quantity import Quantity
from cfngen.errors import DeploymentFileError
from cfngen.template.environment.strict_yaml import PLAIN_NUMBER, Mapped, Node, Scalar, read_mapping

CASES: Final = ("low", "expected", "high")
MOST: Final = 10**12
"""The greatest number that usage.yaml may give: no account has a million million of anything in a month."""


class Assumption(NamedTuple):
    """One number that nobody knows before: its default, what it counts, and the most that it can be."""

    default: Quantity
    meaning: str
    most: int = MOST


class Own(NamedTuple):
    """A number of one resource alone: what it counts, and the types that have it."""

    meaning: str
    types: tuple[str, ...]


class Assumed(NamedTuple):
    """A number, and the name of the assumption that it comes from."""

    quantity: Quantity
    name: str


OWN: Final[Mapping[str, Own]] = {
    "gb": Own("GB in this one alone", ("AWS::S3::Bucket", "AWS::ECR::Repository")),
    "puts": Own("objects written to this one alone", ("AWS::S3::Bucket",)),
    "gets": Own("objects read from this one alone", ("AWS::S3::Bucket",)),
    "log_gb": Own("GB that come into this one alone", ("AWS::Logs::LogGroup",)),
    "minutes": Own("build minutes of this one alone", ("AWS::CodeBuild::Project",)),
}
"""What can be said of a single resource, below `resources:`."""


def _cases(low: int | str, expected: int | str, high: int | str) -> Quantity:
    return Quantity(Decimal(low), Decimal(expected), Decimal(high))


ASSUMPTIONS: Final[Mapping[str, Assumption]] = {
    "months": Assumption(_cases(1, 12, 36), "age of the account in months: what is kept piles up", 1_200),
    "management_events": Assumption(_cases(50_000, 200_000, 1_000_000), "API calls that CloudTrail records"),
    "write_share": Assumption(_cases("0.1", "0.2", "0.4"), "share of those calls that change something", 1),
    "data_events": Assumption(_cases(10_000, 100_000, 1_000_000), "S3 object calls that CloudTrail records"),
    "network_events": Assumption(
        _cases(0, 10_000, 100_000), "network activity events that CloudTrail records"
    ),
    "other_trails": Assumption(_cases(0, 0, 0), "other trails that record management events already"),
    "event_bytes": Assumption(_cases(1_200, 1_500, 2_000), "bytes of an event in CloudWatch Logs"),
    "stored_event_bytes": Assumption(_cases(100, 150, 250), "bytes of an event in a compressed log file"),
    "trail_files": Assumption(_cases(9_000, 20_000, 60_000), "log and digest files that CloudTrail delivers"),
    "log_compression": Assumption(
        _cases("0.15", "0.2", "0.3"), "size of stored log data, of what came in", 1
    ),
    "log_gb": Assumption(_cases(0, "0.1", 1), "GB that come into any other log group"),
    "active_metrics": Assumption(_cases(0, "0.2", 1), "share of hours in which a metric filter matches", 1),
    "log_queries_gb": Assumption(_cases(0, 5, 50), "GB that Logs Insights queries scan"),
    "notifications": Assumption(_cases(20, 100, 1_000), "messages to a topic"),
    "custom_events": Assumption(_cases(0, 10_000, 1_000_000), "events of programs to each event bus"),
    "access_log_files": Assumption(_cases(300, 1_500, 10_000), "access log files of each logged bucket"),
    "access_log_bytes": Assumption(_cases(500, 2_000, 10_000), "bytes of an access log file"),
    "configuration_items": Assumption(_cases(100, 500, 3_000), "changes that AWS Config records"),
    "rule_evaluations": Assumption(_cases(10, 60, 500), "evaluations of each Config rule"),
    "analysed_identities": Assumption(_cases(20, 40, 100), "roles and users of the account"),
    "queries": Assumption(_cases(5, 50, 500), "Athena queries"),
    "query_gb": Assumption(_cases("0.01", "0.1", 1), "GB that a query scans"),
    "catalog_requests": Assumption(_cases(50, 1_000, 50_000), "requests to Glue's Data Catalog"),
    "image_gb": Assumption(_cases(1, 10, 50), "GB of images in each repository"),
    "scanned_images": Assumption(_cases(5, 20, 200), "images that enhanced scanning sees for the first time"),
    "image_rescans": Assumption(_cases(0, 200, 5_000), "scans of images that were scanned before"),
    "build_minutes": Assumption(_cases(10, 60, 400), "build minutes of each project"),
    "bucket_gb": Assumption(_cases("0.01", 5, 100), "GB in any other bucket"),
    "bucket_puts": Assumption(_cases(100, 2_000, 50_000), "objects written to any other bucket"),
    "bucket_gets": Assumption(_cases(500, 10_000, 500_000), "objects read from any other bucket"),
    "key_age": Assumption(_cases(0, 0, 2), "rotations that a key has behind it"),
    "key_requests": Assumption(_cases(500, 5_000, 50_000), "requests to each customer-managed key"),
    "secret_requests": Assumption(_cases(0, 1_000, 20_000), "reads of each secret"),
    "flow_gb": Assumption(_cases("0.1", 1, 20), "GB of VPC flow and DNS logs that GuardDuty reads"),
    "security_checks": Assumption(_cases(1_000, 5_000, 20_000), "checks of Security Hub"),
    "security_findings": Assumption(_cases(0, 1_000, 20_000), "findings that Security Hub takes in"),
}


@dataclass(frozen=True)
class Usage:
    """The assumptions of one environment.

    Attributes:
        given: what `usage.yaml` says.
        resources: what it says of single resources, by `<stack>/<logical id>`.
        places: where it says that, `file:line`.
    """

    given: Mapping[str, Quantity] = field(default_factory=dict)
    resources: Mapping[str, Mapping[str, Quantity]] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> Quantity:
        """An assumption, as given or its default; `<stack>/<logical id> <key>` for a single resource."""
        resource, _, key = name.rpartition(" ")
        if resource:
            return self.resources[resource][key]
        return self.given.get(name, ASSUMPTIONS[name].default)

    def own(self, stack: str, logical_id: str, key: str) -> Assumed | None:
        """What `usage.yaml` says of one resource alone."""
        resource = f"{stack}/{logical_id}"
        quantity = self.resources.get(resource, {}).get(key)
        return None if quantity is None else Assumed(quantity, f"{resource} {key}")

    def of(self, stack: str, logical_id: str, key: str, default: str) -> Assumed:
        """What is assumed of one resource: its own number, else the general assumption `default`."""
        return self.own(stack, logical_id, key) or Assumed(self.get(default), default)

    def check(self, types: Mapping[str, str]) -> None:
        """Refuse what is said of a resource that is not there, or has no such number.

        Arguments:
            types: of all resources of the environment, by `<stack>/<logical id>`.

        Raises:
            DeploymentFileError: `usage.yaml` names such a resource or number.
        """
        for resource, keys in self.resources.items():
            if resource not in types:
                near = difflib.get_close_matches(resource, types, 1)
                having = {each for own in OWN.values() for each in own.types}
                near = near or [name for name, kind in types.items() if kind in having][:3]
                raise DeploymentFileError(
                    f"there is no resource {resource!r} in this environment",
                    place=self.places.get(resource, ""),
                    remedy=f"write stack/LogicalId, such as {', '.join(near) or 'stores/Bucket'}",
                )
            for key in keys:
                if types[resource] not in OWN[key].types:
                    known = [name for name, own in OWN.items() if types[resource] in own.types]
                    raise DeploymentFileError(
                        f"{key} says nothing of {resource}, an {types[resource]}",
                        place=self.places.get(resource, ""),
                        remedy=f"it takes {', '.join(known)}" if known else "remove it",
                    )


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
        numbers=True,
    )
    given = {
        key: _quantity(node, key, ASSUMPTIONS[key].most)
        for key, node in content.entries.items()
        if key != "resources"
    }
    resources: dict[str, dict[str, Quantity]] = {}
    places: dict[str, str] = {}
    listed = content.entries.get("resources")
    if listed is not None:
        named = _mapping(listed, "resources")
        for resource, node in named.entries.items():
            keys = _mapping(node, resource)
            for key, line in keys.lines.items():
                if key not in OWN:
                    raise DeploymentFileError(
                        f"unknown key {key!r}",
                        place=f"{name}:{line}",
                        remedy=f"known are: {', '.join(OWN)}",
                    )
            resources[resource] = {key: _quantity(item, key, MOST) for key, item in keys.entries.items()}
            places[resource] = f"{name}:{named.lines[resource]}"
    return Usage(given, resources, places)


def _mapping(node: Node, what: str) -> Mapped:
    if not isinstance(node, Mapped):
        raise DeploymentFileError(
            f"{what} is not a mapping", place=node.place, remedy="write 'stack/LogicalId:' and keys below it"
        )
    return node


def _quantity(node: Node, name: str, most: int) -> Quantity:
    if isinstance(node, Scalar):
        return Quantity.of(_number(node, name, most))
    if isinstance(node, Mapped) and set(node.entries) == set(CASES):
        quantity = Quantity(*(_number(node.entries[case], name, most) for case in CASES))
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


def _number(node: Node, name: str, most: int) -> Decimal:
    text = node.text if isinstance(node, Scalar) else ""
    number = Decimal(text) if PLAIN_NUMBER.fullmatch(text) else None
    if number is None or number > most:
        raise DeploymentFileError(
            f"{name} is {text!r}, which is not a number of 0 to {most:,}",
            place=node.place,
            remedy=f"write a number of 0 to {most:,}, without a unit",
        )
    return number
