"""Buckets with their lifecycle, repositories, keys, secrets.

https://aws.amazon.com/s3/pricing/ · https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import ceil
from typing import Final, NamedTuple

from cfngen.cost.account import GIB, ChargedAccount, ChargedResource, Feed
from cfngen.cost.models import Charge, Model
from cfngen.cost.quantity import NOTHING, Quantity, total
from cfngen.cost.shape import is_true, mapping, mappings, number
from cfngen.cost.usage import Assumed

SMALL: Final = 128 * 1024
"""Bytes below which a lifecycle rule moves no object, unless the bucket asks otherwise."""

ARCHIVED: Final = {"glacier", "deep-archive"}
"""Classes that add 40 KB to each object: 8 KB at Standard's price and 32 KB at their own."""

_CLASSES: Final = {
    "STANDARD_IA": "standard-ia",
    "GLACIER_IR": "glacier-ir",
    "GLACIER": "glacier",
    "DEEP_ARCHIVE": "deep-archive",
}
_FILTERS: Final = ("Prefix", "TagFilters", "ObjectSizeGreaterThan", "ObjectSizeLessThan")
_MONTH: Final = Decimal("30.4")  # days

_LEAST: Final = {"standard-ia": 30, "glacier-ir": 90, "glacier": 90, "deep-archive": 180}
"""Days for which an object is charged in each class, also where it leaves the class before."""

_EXTRAS: Final = {
    "ReplicationConfiguration": "replication",
    "IntelligentTieringConfigurations": "Intelligent-Tiering archives",
    "InventoryConfigurations": "inventory",
    "AnalyticsConfigurations": "storage class analysis",
    "MetricsConfigurations": "request metrics",
    "MetadataTableConfiguration": "metadata tables",
    "MetadataConfiguration": "metadata tables",
    "AccelerateConfiguration": "transfer acceleration",
}
"""Properties that are charged for and that no model knows."""


class Lifecycle(NamedTuple):
    """What a bucket does with objects as they age.

    Attributes:
        moves: days and storage class, in order.
        expires: after how many days objects are deleted; None for never.
        small: whether objects under 128 KB are archived, too.
    """

    moves: tuple[tuple[int, str], ...] = ()
    expires: int | None = None
    small: bool = False


def lifecycle(bucket: ChargedResource) -> Lifecycle:
    """The rules of a bucket that concern every current object."""
    configuration = mapping(bucket.properties.get("LifecycleConfiguration"))
    moves: list[tuple[int, str]] = []
    expires: int | None = None
    for rule in mappings(configuration.get("Rules")):
        if rule.get("Status") != "Enabled" or any(rule.get(key) for key in _FILTERS):
            continue
        for step in (*mappings(rule.get("Transitions")), mapping(rule.get("Transition"))):
            days, kind = number(step.get("TransitionInDays")), _CLASSES.get(str(step.get("StorageClass")))
            if days is not None and kind is not None:
                moves.append((int(days), kind))
        days = number(rule.get("ExpirationInDays"))
        if days is not None:
            expires = int(days) if expires is None else min(expires, int(days))
    small = configuration.get("TransitionDefaultMinimumObjectSize") == "varies_by_storage_class"
    return Lifecycle(tuple(sorted(moves)), expires, small)


def piled_up(feed: Feed, rules: Lifecycle, months: Quantity) -> dict[str, Quantity]:
    """What a feed leaves in a bucket after so many months: gigabytes by storage class.

    Also the objects that change class in the last month, as `transition.<class>`.
    """
    cases = [
        _aged(gb, objects, rules, age) for gb, objects, age in zip(feed.gb, feed.objects, months, strict=True)
    ]
    keys = dict.fromkeys(key for case in cases for key in case)
    return {key: Quantity(*(case.get(key, Decimal(0)) for case in cases)) for key in keys}


def _aged(gb: Decimal, objects: Decimal, rules: Lifecycle, months: Decimal) -> dict[str, Decimal]:
    mean = gb * GIB / objects if objects else Decimal(0)
    moves = [
        (days, kind) for days, kind in rules.moves if mean >= SMALL or (rules.small and kind in ARCHIVED)
    ]
    held: dict[str, Decimal] = {}

    def hold(kind: str, share: Decimal) -> None:
        overhead = objects * 1024 / GIB if kind in ARCHIVED else Decimal(0)
        held[kind] = held.get(kind, Decimal(0)) + share * (gb + 32 * overhead)
        if overhead:
            held["standard"] = held.get("standard", Decimal(0)) + share * 8 * overhead

    for month in range(ceil(months)):
        age = month * _MONTH
        if rules.expires is not None and age >= rules.expires:
            break
        kind = next((name for days, name in reversed(moves) if age >= days), "standard")
        hold(kind, min(months - month, Decimal(1)))
    ends = [days for days, _ in moves[1:]] + [rules.expires]
    for (days, kind), end in zip(moves, ends, strict=False):
        if months * _MONTH > days:
            held[f"transition.{kind}"] = held.get(f"transition.{kind}", Decimal(0)) + objects
        if end is not None and end - days < _LEAST[kind] and months * _MONTH > end:
            hold(kind, (days + _LEAST[kind] - end) / _MONTH)
    return held


def bucket(resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """Storage by class, requests, transitions."""
    for name, feature in _EXTRAS.items():
        if resource.properties.get(name):
            yield Charge(f"s3.{name}", NOTHING, item=f"{feature} of a bucket")
    feeds = account.feeds(resource)
    rules = lifecycle(resource)
    assumptions = tuple(dict.fromkeys(name for feed in feeds for name in feed.assumptions))
    own = account.usage.own(resource.stack, resource.logical_id, "gb")
    if own or not feeds:
        kept, name = own or Assumed(account.usage.get("bucket_gb"), "bucket_gb")
        moved = "what a bucket of this kind holds is counted in Standard, whatever its lifecycle rules move"
        yield Charge("s3.storage.standard", kept, (name,), moved if rules.moves else "")
    else:
        yield from _fed(feeds, rules, account.usage.get("months"), assumptions)
    puts = account.usage.own(resource.stack, resource.logical_id, "puts")
    gets = account.usage.own(resource.stack, resource.logical_id, "gets")
    if not feeds:
        puts = puts or Assumed(account.usage.get("bucket_puts"), "bucket_puts")
        gets = gets or Assumed(account.usage.get("bucket_gets"), "bucket_gets")
    written = total([feed.objects for feed in feeds])
    if puts:
        yield Charge("s3.requests.put", puts.quantity, (puts.name,))
    elif written:
        yield Charge("s3.requests.put", written, assumptions)
    if gets:
        yield Charge("s3.requests.get", gets.quantity, (gets.name,))


def _fed(
    feeds: list[Feed], rules: Lifecycle, months: Quantity, assumptions: tuple[str, ...]
) -> Iterator[Charge]:
    """What has piled up in a bucket that other resources write to."""
    held: dict[str, list[Quantity]] = {}
    for feed in feeds:
        for kind, quantity in piled_up(feed, rules, months).items():
            held.setdefault(kind, []).append(quantity)
    small = all(feed.gb.expected * GIB < SMALL * max(feed.objects.expected, Decimal(1)) for feed in feeds)
    note = "objects under 128 KB stay in Standard" if small and rules.moves and not rules.small else ""
    for kind, quantities in held.items():
        price = f"s3.{kind}" if kind.startswith("transition.") else f"s3.storage.{kind}"
        yield Charge(price, total(quantities), (*assumptions, "months"), note)


def repository(resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """Images kept; basic scanning is free."""
    quantity, name = account.usage.of(resource.stack, resource.logical_id, "gb", "image_gb")
    yield Charge("ecr.storage", quantity, (name,))


def registry(resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """Enhanced scanning, by Amazon Inspector; basic scanning is free.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
    """
    if resource.properties.get("ScanType") == "ENHANCED":
        yield Charge("ecr.scan.first", account.usage.get("scanned_images"), ("scanned_images",))
        yield Charge("ecr.scan.again", account.usage.get("image_rescans"), ("image_rescans",))


def key(resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """The key, one dollar more after each of its first two rotations, and the requests.

    https://aws.amazon.com/kms/pricing/
    """
    rotates = is_true(resource.properties.get("EnableKeyRotation"))
    rotations = account.usage.get("key_age") if rotates else NOTHING
    yield Charge(
        "kms.key", rotations.map(lambda count: 1 + min(count, Decimal(2))), ("key_age",) if rotates else ()
    )
    kind = str(resource.properties.get("KeySpec", "SYMMETRIC_DEFAULT"))
    price = "kms.requests" if kind == "SYMMETRIC_DEFAULT" else f"kms.requests.{kind}"
    item = f"requests with {kind} keys"
    yield Charge(price, account.usage.get("key_requests"), ("key_requests",), item=item)


def secret(resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """The secret, and its reads; its copies cost what they cost in their Regions."""
    yield Charge("secrets.secret", Quantity.of(1))
    copies = mappings(resource.properties.get("ReplicaRegions"))
    if copies:
        yield Charge("secrets.replica", Quantity.of(len(copies)), item="copies of secrets in other Regions")
    yield Charge("secrets.requests", account.usage.get("secret_requests"), ("secret_requests",))


MODELS: Final[Mapping[str, Model]] = {
    "AWS::ECR::RegistryScanningConfiguration": registry,
    "AWS::ECR::Repository": repository,
    "AWS::KMS::Key": key,
    "AWS::KMS::ReplicaKey": key,
    "AWS::S3::Bucket": bucket,
    "AWS::SecretsManager::Secret": secret,
}
