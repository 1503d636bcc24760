"""Renew src/cfngen/cost/prices.json from the AWS price list.

    python tools/prices.py DIR             read DIR/<OfferCode>/<region>.json, write the table
    python tools/prices.py DIR --fetch     fetch those files first; needs the network, no AWS account
    python tools/prices.py DIR --region eu-west-1    add a Region
    python tools/prices.py DIR --accept kms.key      take a price over that is far from the one before

The files are those of the bulk price list, whole in one file each
(https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/bulk-api-reading-price-list-files.html). A price
that cannot be taken over stays as it is and is named, with the reason: the list does not have it, or more
than once at different prices; another unit, another currency, tiers with gaps, a price that begins later, or
one that is far from the price before. The same files give the same table.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parents[1] / "src" / "cfngen" / "cost" / "prices.json"
HOST = "https://pricing.us-east-1.amazonaws.com"
SOURCE = "price-list"
FAR = 5
"""How many times dearer or cheaper a price may be than before without --accept: a unit may have changed."""

# A usage type begins with a Region's code, such as APS1, or its name; us-east-1 often has none.
PREFIX = r"([A-Z]{2,4}\d?-|[a-z]{2}(-[a-z]+)+-\d-)?"


class Unusable(Exception):  # noqa: N818 - no error of the tool: a reason why a price stays
    """Why a price of the list is not taken over."""


def main(argv: list[str] | None = None, target: Path = TARGET) -> int:
    """Renew the table; returns the exit code."""
    parser = argparse.ArgumentParser(description="Renew the price table from the AWS price list.")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--fetch", action="store_true", help="fetch the price list's files into DIR first")
    parser.add_argument("--region", action="append", default=[], help="add a Region; can be repeated")
    parser.add_argument(
        "--accept", action="append", default=[], metavar="KEY", help="take this price over, however far it is"
    )
    args = parser.parse_args(argv)
    data = json.loads(target.read_text(encoding="utf-8"))
    regions = sorted({*args.region, *(region for row in data["prices"] for region in row["regions"])})
    if args.fetch:
        _fetch(args.folder, {row["offer"] for row in data["prices"] if "offer" in row}, regions)
    renewed = stay = 0
    for row in data["prices"]:
        for region in regions:
            try:
                row["regions"][region] = _renewed(row, region, args.folder, far=row["key"] in args.accept)
                renewed += 1
            except Unusable as reason:
                stay += region in row["regions"]
                print(f"{row['key']} {region}: {reason}")
    if renewed:
        dates = [found["date"] for row in data["prices"] for found in row["regions"].values()]
        data["collected"] = max(dates)
        data["sources"][SOURCE] = {"what": "the AWS price list itself", "date": max(dates)}
        target.write_text(json.dumps(data, indent=1), encoding="utf-8")
    print(f"renewed {renewed} prices; {stay} stay as they were")
    return 0 if renewed else 1


def _renewed(row: dict[str, Any], region: str, folder: Path, *, far: bool) -> dict[str, Any]:
    """The row's entry for the Region, from the price list.

    Raises:
        Unusable: the list does not have it in a form that can be taken over.
    """
    if "offer" not in row:
        raise Unusable("the table names no offer of the price list")
    offer = _offer(folder / row["offer"] / f"{region}.json", row["offer"])
    try:
        dimensions = [_dimensions(offer, sku, row) for sku in _skus(offer, row, region)]
        found = [_tiers(each, row["per"]) for each in dimensions]
    except (KeyError, TypeError, AttributeError, InvalidOperation) as error:
        raise Unusable(f"the file has not the form of a price list: {error!r}") from None
    tiers = found[0]
    if any(other != tiers for other in found):
        raise Unusable(f"{len(found)} products of usage type {row['usage_type']} at different prices")
    before = row["regions"].get(region) or next(iter(row["regions"].values()), None)
    first = Decimal(str(tiers[0][1]))
    old = Decimal(before["tiers"][0][1]) if before else first
    if not far and not (first and old / FAR <= first <= old * FAR):
        raise Unusable(f"{first} is far from {old}: look at its unit, then use --accept {row['key']}")
    row["list_unit"] = dimensions[0][0]["unit"]
    return {
        "tiers": tiers,
        "confidence": "A",
        "sources": [SOURCE],
        "date": offer["publicationDate"][:10],
    }


def _offer(path: Path, code: str) -> Mapping[str, Any]:
    try:
        offer = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Unusable(f"{path} does not exist") from None
    except (OSError, ValueError) as error:
        raise Unusable(f"{path} is not JSON: {error}") from None
    if not isinstance(offer, dict) or not {"products", "terms", "publicationDate"} <= offer.keys():
        raise Unusable(f"{path} is not a file of the price list")
    if offer.get("offerCode", code) != code:
        raise Unusable(f"{path} is the file of {offer['offerCode']}")
    return offer


def _skus(offer: Mapping[str, Any], row: Mapping[str, Any], region: str) -> list[str]:
    """The SKUs of a row: a usage type alone is not unique, so the operation is compared where it is known."""
    skus = dict(_products(offer, row, region))
    if not skus:
        raise Unusable(f"no products of usage type {row['usage_type']}")
    plain = [sku for sku, operation in skus.items() if not operation]
    return plain or list(skus)  # Intelligent-Tiering has Standard's usage type, with an operation


def _products(offer: Mapping[str, Any], row: Mapping[str, Any], region: str) -> Iterator[tuple[str, str]]:
    usage_type = re.compile(PREFIX + re.escape(row["usage_type"]) + "s?")
    for sku, product in offer["products"].items():
        attributes = product["attributes"]
        operation = attributes.get("operation", "")
        if (
            attributes.get("regionCode") == region
            and usage_type.fullmatch(attributes.get("usagetype", ""))
            and row.get("operation") in (None, operation)
        ):
            yield sku, operation


def _dimensions(offer: Mapping[str, Any], sku: str, row: dict[str, Any]) -> list[Mapping[str, Any]]:
    """The price dimensions of the term that holds on the day of the list, in order."""
    terms = list(offer["terms"]["OnDemand"].get(sku, {}).values())
    begun = [each for each in terms if each.get("effectiveDate", "") <= offer["publicationDate"]]
    if not begun:
        raise Unusable(f"product {sku} has no price" + (" that holds already" if terms else ""))
    latest = max(each.get("effectiveDate", "") for each in begun)
    newest = [each for each in begun if each.get("effectiveDate", "") == latest]
    if len(newest) != 1:
        raise Unusable(f"product {sku} has {len(newest)} prices at once")
    dimensions = list(newest[0]["priceDimensions"].values())
    if not dimensions or any("USD" not in each["pricePerUnit"] for each in dimensions):
        raise Unusable(f"product {sku} has no price in US dollars")
    units = sorted({each["unit"] for each in dimensions})
    known = row.get("list_unit", units[0])
    if units != [known]:
        raise Unusable(f"the unit is {', '.join(units)}, not {known}")
    dimensions.sort(key=lambda each: Decimal(each.get("beginRange", "0")))
    return dimensions


def _tiers(dimensions: list[Mapping[str, Any]], per: int) -> list[list[str | None]]:
    """Upper bounds and prices for `per` units. A free first band has the price of the next: allowances are
    given to the whole account, and the table has them apart."""
    tiers: list[list[str | None]] = []
    end = "0"
    for dimension in dimensions:
        begin = dimension.get("beginRange", "0")
        if end == "Inf" or Decimal(begin) != Decimal(end):
            raise Unusable(f"the tiers have a gap or overlap at {begin}")
        end = dimension.get("endRange", "Inf")
        price = Decimal(dimension["pricePerUnit"]["USD"]) * per
        if price or dimension is dimensions[-1]:
            bound = None if end == "Inf" else f"{Decimal(end).normalize():f}"
            tiers.append([bound, f"{price.normalize():f}"])
    if end != "Inf":
        raise Unusable(f"the tiers end at {end}")
    return tiers


def _fetch(folder: Path, offers: set[str], regions: list[str]) -> None:
    """Fetch the files; one that cannot be fetched is named, and an older one of that name is deleted."""
    for offer in sorted(offers):
        for region in regions:
            path = folder / offer / f"{region}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            url = f"{HOST}/offers/v1.0/aws/{offer}/current/{region}/index.json"
            try:
                with urllib.request.urlopen(url, timeout=120) as answer:  # noqa: S310 - constant, https
                    path.write_bytes(answer.read())
            except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
                print(f"{offer} {region}: the file cannot be fetched: {error}")


if __name__ == "__main__":
    sys.exit(main())
