"""What a resource costs a month by what it holds now, with nothing that happens to it any more."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from cfngen.cost.account import GIB
from cfngen.cost.models import FREE
from cfngen.cost.prices import PriceTable

_BY_CLASS: Final[Mapping[str, Mapping[str, str]]] = {
    "AWS::ECR::Repository": {"": "ecr.storage"},
    "AWS::Logs::LogGroup": {"": "logs.storage"},
    "AWS::S3::Bucket": {
        "STANDARD": "s3.storage.standard",
        "STANDARD_IA": "s3.storage.standard-ia",
        "GLACIER_IR": "s3.storage.glacier-ir",
        "GLACIER": "s3.storage.glacier",
        "DEEP_ARCHIVE": "s3.storage.deep-archive",
    },
}
_EACH: Final[Mapping[str, str]] = {"AWS::KMS::Key": "kms.key"}


def monthly(resource_type: str, stored: Mapping[str, int], prices: PriceTable, region: str) -> Decimal | None:
    """US dollars a month at the list price; None where the price is not known.

    Arguments:
        stored: bytes by storage class, as the service names them.

    >>> from cfngen.cost.prices import table
    >>> monthly("AWS::KMS::Key", {}, table(), "us-east-1")
    Decimal('1.00')
    >>> monthly("AWS::S3::Bucket", {"SNOW": 1}, table(), "us-east-1") is None
    True
    """
    if resource_type in FREE:
        return Decimal(0)
    if resource_type in _EACH:
        price = prices.price(_EACH[resource_type], region)
        return price.cost(Decimal(1)) if price else None
    if resource_type not in _BY_CLASS:
        return None
    usd = Decimal(0)
    for storage_class, count in stored.items():
        key = _BY_CLASS[resource_type].get(storage_class)
        price = prices.price(key, region) if key else None
        if price is None:
            return None
        usd += price.cost(Decimal(count) / GIB)
    return usd
