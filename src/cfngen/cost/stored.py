"""What a resource costs a month by what it holds now, with nothing that happens to it any more."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple

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


class Stored(NamedTuple):
    """US dollars a month at the list price, and whether the price was seen for the Region."""

    usd: Decimal
    confirmed: bool = True


def monthly(resource_type: str, stored: Mapping[str, int], prices: PriceTable, region: str) -> Stored | None:
    """What the resource costs a month; None where the price is not known.

    Arguments:
        stored: bytes by storage class, as the service names them.

    >>> from cfngen.cost.prices import table
    >>> monthly("AWS::KMS::Key", {}, table(), "us-east-1")
    Stored(usd=Decimal('1.00'), confirmed=True)
    >>> monthly("AWS::S3::Bucket", {"SNOW": 1}, table(), "us-east-1") is None
    True
    """
    if resource_type in FREE:
        return Stored(Decimal(0))
    if resource_type in _EACH:
        price = prices.price(_EACH[resource_type], region)
        return Stored(price.cost(Decimal(1)), price.confirmed) if price else None
    if resource_type not in _BY_CLASS:
        return None
    usd, confirmed = Decimal(0), True
    for storage_class, count in stored.items():
        key = _BY_CLASS[resource_type].get(storage_class)
        price = prices.price(key, region) if key else None
        if price is None:
            return None
        gb = Decimal(count) / GIB
        usd, confirmed = usd + price.cost(gb), confirmed and price.confirmed_for(gb)
    return Stored(usd, confirmed)
