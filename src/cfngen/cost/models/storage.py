"""Buckets with their lifecycle, repositories, keys, secrets.

https://aws.amazon.com/s3/pricing/ · https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple

from cfngen.cost.account import GIB, ChargedAccount, ChargedResource, Feed
from cfngen.cost.models import Charge, Model
from cfngen.cost.quantity import NOTHING, Quantity, total

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
_MONTH: Final = Decimal("30.4")  # days


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
    configuration = bucket.properties.get("LifecycleConfiguration", {})
    moves: list[tuple[int, str]] = []
    expires: int | None = None
    for rule in configuration.get("Rules", ()):
        if rule.get("Status") != "Enabled" or rule.get("Prefix") or rule.get("TagFilters"):
            continue
        steps: list[Any] = [
            *rule.get("Transitions", ()),
            *([rule["Transition"]] if "Transition" in rule else []),
        ]
        moves += [
            (int(step["TransitionInDays"]), _CLASSES[step["StorageClass"]])
            for step in steps
            if step.get("StorageClass") in _CLASSES and "TransitionInDays" in step
        ]
        if "ExpirationInDays" in rule:
            days = int(rule["ExpirationInDays"])
            expires = days if expires is None else min(expires, days)
    small = configuration.get("TransitionDefaultMinimumObjectSize") == "varies_by_storage_class"
    return Lifecycle(tuple(sorted(moves)), expires, small)


def piled_up(feed: Feed, rules: Lifecycle, months: Quantity) -> dict[str, Quantity]:
    """What a feed leaves in a bucket after so many months: gigabytes by storage class.

    Also the objects that change class in the last month, as `transition.<class>`.
    """
    cases = [
        _aged(gb, objects, rules, int(age))
        for gb, objects, age in zip(feed.gb, feed.objects, months, strict=True)
    ]
    keys = dict.fromkeys(key for case in cases for key in case)
    return {key: Quantity(*(case.get(key, Decimal(0)) for case in cases)) for key in keys}


def _aged(gb: Decimal, objects: Decimal, rules: Lifecycle, months: int) -> dict[str, Decimal]:
    mean = gb * GIB / objects if objects else Decimal(0)
    moves = [
        (days, kind) for days, kind in rules.moves if mean >= SMALL or (rules.small and kind in ARCHIVED)
    ]
    held: dict[str, Decimal] = {}
    for month in range(months):
        age = month * _MONTH
        if rules.expires is not None and age >= rules.expires:
            break
        kind = next((name for days, name in reversed(moves) if age >= days), "standard")
        overhead = objects * 1024 / GIB if kind in ARCHIVED else Decimal(0)
        held[kind] = held.get(kind, Decimal(0)) + gb + 32 * overhead
        if overhead:
            held["standard"] = held.get("standard", Decimal(0)) + 8 * overhead
    for days, kind in moves:
        if months * _MONTH > days:
            held[f"transition.{kind}"] = held.get(f"transition.{kind}", Decimal(0)) + objects
    return held


def bucket(resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """Storage by class, requests, transitions."""
    feeds = account.feeds(resource)
    rules = lifecycle(resource)
    if not feeds:
        kept = account.usage.of(resource.stack, resource.logical_id, "gb", "bucket_gb")
        puts = account.usage.of(resource.stack, resource.logical_id, "puts", "bucket_puts")
        gets = account.usage.of(resource.stack, resource.logical_id, "gets", "bucket_gets")
        yield Charge("s3.storage.standard", kept, ("bucket_gb",))
        yield Charge("s3.requests.put", puts, ("bucket_puts",))
        yield Charge("s3.requests.get", gets, ("bucket_gets",))
        return
    held: dict[str, list[Quantity]] = {}
    for feed in feeds:
        for kind, quantity in piled_up(feed, rules, account.usage.get("months")).items():
            held.setdefault(kind, []).append(quantity)
    assumptions = tuple(dict.fromkeys(name for feed in feeds for name in feed.assumptions))
    small = all(feed.gb.expected * GIB < SMALL * max(feed.objects.expected, Decimal(1)) for feed in feeds)
    note = "objects under 128 KB stay in Standard" if small and rules.moves and not rules.small else ""
    for kind, quantities in held.items():
        price = f"s3.{kind}" if kind.startswith("transition.") else f"s3.storage.{kind}"
        yield Charge(price, total(quantities), (*assumptions, "months"), note)
    puts = total([feed.objects for feed in feeds])
    if puts:
        yield Charge("s3.requests.put", puts, assumptions)


def repository(resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """Images kept; basic scanning is free."""
    yield Charge(
        "ecr.storage", account.usage.of(resource.stack, resource.logical_id, "gb", "image_gb"), ("image_gb",)
    )


def key(resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """The key, one dollar more after each of its first two rotations, and the requests.

    https://aws.amazon.com/kms/pricing/
    """
    rotates = str(resource.properties.get("EnableKeyRotation", False)).lower() == "true"
    rotations = account.usage.get("key_age") if rotates else NOTHING
    yield Charge(
        "kms.key", rotations.map(lambda count: 1 + min(count, Decimal(2))), ("key_age",) if rotates else ()
    )
    yield Charge("kms.requests", account.usage.get("key_requests"), ("key_requests",))


def secret(_resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """The secret, and its reads."""
    yield Charge("secrets.secret", Quantity.of(1))
    yield Charge("secrets.requests", account.usage.get("secret_requests"), ("secret_requests",))


MODELS: Final[Mapping[str, Model]] = {
    "AWS::ECR::Repository": repository,
    "AWS::KMS::Key": key,
    "AWS::KMS::ReplicaKey": key,
    "AWS::S3::Bucket": bucket,
    "AWS::SecretsManager::Secret": secret,
}
