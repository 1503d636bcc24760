"""The resources of an account-to-be, and what they send each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from cfngen.cost.quantity import NOTHING, Quantity, total
from cfngen.cost.shape import mapping, mappings
from cfngen.cost.usage import Usage

GIB = 1024**3
EVENTS = {"Management": "management_events", "Data": "data_events", "NetworkActivity": "network_events"}
LOOP = "Fn::ForEach"
"""Stands for the type of what a loop makes over values that only CloudFormation knows."""


class ChargedResource(NamedTuple):
    """One resource, with its environment's values put in."""

    stack: str
    logical_id: str
    type: str
    properties: Mapping[str, Any]


class Feed(NamedTuple):
    """What one resource writes to a bucket in a month.

    Attributes:
        name: what is written, for the estimate's notes.
        gb: gibibytes.
        objects: how many objects.
        assumptions: the names of the assumptions behind the numbers.
    """

    name: str
    gb: Quantity
    objects: Quantity
    assumptions: tuple[str, ...]


@dataclass(frozen=True)
class ChargedAccount:
    """All stacks of an environment together: traffic crosses their borders.

    Attributes:
        resources: of all stacks.
        usage: the assumptions.
    """

    resources: Sequence[ChargedResource]
    usage: Usage = field(default_factory=Usage)

    @classmethod
    def of(cls, stacks: Mapping[str, Mapping[str, Any]], usage: Usage) -> ChargedAccount:
        """The account that these templates make.

        Arguments:
            stacks: by name, each template with its values put in (`template.environment.resolve`).
        """
        return cls(
            [
                ChargedResource(
                    stack,
                    logical_id,
                    str(mapping(body).get("Type", LOOP)),
                    mapping(mapping(body).get("Properties")),
                )
                for stack, template in stacks.items()
                for logical_id, body in mapping(template.get("Resources")).items()
            ],
            usage,
        )

    def types(self) -> dict[str, str]:
        """The type of each resource, by `<stack>/<logical id>`."""
        return {f"{each.stack}/{each.logical_id}": each.type for each in self.resources}

    def typed(self, *types: str) -> Iterator[ChargedResource]:
        """The resources of these types."""
        return (resource for resource in self.resources if resource.type in types)

    def feeds(self, bucket: ChargedResource) -> list[Feed]:
        """What other resources write to a bucket."""
        return self._feeds.get(_place(bucket, name_of(bucket)), [])

    @cached_property
    def _feeds(self) -> dict[str, list[Feed]]:
        feeds: dict[str, list[Feed]] = {}
        for trail in self.typed("AWS::CloudTrail::Trail"):
            feed = Feed(
                "log files of CloudTrail",
                self.recorded(trail) * _per_gib(self.usage.get("stored_event_bytes")),
                self.usage.get("trail_files"),
                (*self.events(trail), "stored_event_bytes", "trail_files"),
            )
            feeds.setdefault(_place(trail, trail.properties.get("S3BucketName")), []).append(feed)
        for bucket in self.typed("AWS::S3::Bucket"):
            logging = mapping(bucket.properties.get("LoggingConfiguration"))
            # Without a name the bucket logs into itself.
            target = logging.get("DestinationBucketName") or (name_of(bucket) if logging else "")
            if target:
                files = self.usage.get("access_log_files")
                feed = Feed(
                    f"access logs of {bucket.logical_id}",
                    files * _per_gib(self.usage.get("access_log_bytes")),
                    NOTHING,  # AWS delivers access logs without charging the PUT
                    ("access_log_files", "access_log_bytes"),
                )
                feeds.setdefault(_place(bucket, target), []).append(feed)
        for channel in self.typed("AWS::Config::DeliveryChannel"):
            items = self.usage.get("configuration_items")
            feed = Feed(
                "files of AWS Config", items * _per_gib(Quantity.of(2_000)), items, ("configuration_items",)
            )
            feeds.setdefault(_place(channel, channel.properties.get("S3BucketName")), []).append(feed)
        for group in self.typed("AWS::Athena::WorkGroup"):
            configuration = mapping(group.properties.get("WorkGroupConfiguration"))
            configuration = mapping(configuration.get("ResultConfiguration"))
            name = str(configuration.get("OutputLocation", "")).removeprefix("s3://").split("/")[0]
            queries = self.usage.get("queries")
            feed = Feed(
                "results of Athena",
                queries * _per_gib(Quantity.of(1_000_000)),
                queries * Quantity.of(2),
                ("queries",),
            )
            feeds.setdefault(_place(group, name), []).append(feed)
        return feeds

    def recorded(self, trail: ChargedResource) -> Quantity:
        """The events that a trail records in a month."""
        return total([self.usage.get(name) for name in self.events(trail)])

    def events(self, trail: ChargedResource) -> tuple[str, ...]:
        """The assumptions that say how many events a trail records."""
        return tuple(name for category, name in EVENTS.items() if category in selects(trail))

    def log_trails(self, group: ChargedResource) -> list[ChargedResource]:
        """The trails that write to a log group."""
        name = str(group.properties.get("LogGroupName", f"<{group.logical_id}>"))
        return [
            trail
            for trail in self.typed("AWS::CloudTrail::Trail")
            if f":log-group:{name}:" in f"{trail.properties.get('CloudWatchLogsLogGroupArn', '')}:"
            and (not name.startswith("<") or trail.stack == group.stack)
        ]


def name_of(bucket: ChargedResource) -> str:
    """A bucket's name; a mark where only a deployment knows it."""
    return str(bucket.properties.get("BucketName", f"<{bucket.logical_id}>"))


def _place(resource: ChargedResource, name: Any) -> str:
    """A bucket's name as a resource writes it; one that a deployment makes up is of the same stack."""
    return f"{resource.stack}/{name}" if str(name).startswith("<") else str(name)


def selects(trail: ChargedResource) -> frozenset[str]:
    """What a trail records, of `Management`, `Data` and `NetworkActivity` events.

    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html
    """
    if str(trail.properties.get("IsLogging", True)).lower() == "false":
        return frozenset()
    categories = [
        value
        for selector in mappings(trail.properties.get("AdvancedEventSelectors"))
        for field_selector in mappings(selector.get("FieldSelectors"))
        if field_selector.get("Field") == "eventCategory"
        for value in field_selector.get("Equals") or ()
    ]
    if categories:
        return frozenset(map(str, categories))
    basic = mappings(trail.properties.get("EventSelectors"))
    included = [str(selector.get("IncludeManagementEvents", True)).lower() != "false" for selector in basic]
    management = {"Management"} if any(included) or not basic else set[str]()
    data = {"Data"} if any(selector.get("DataResources") for selector in basic) else set[str]()
    return frozenset(management | data)


def _per_gib(size: Quantity) -> Quantity:
    return size.map(lambda value: value / GIB)
