"""Renew src/cfngen/cost/prices.json from the AWS price list.

    python tools/prices.py DIR             read DIR/<OfferCode>/<region>.json, write the table
    python tools/prices.py DIR --fetch     fetch those files first; needs the network, no AWS account
    python tools/prices.py DIR --region eu-west-1    add a Region

The files are those of the bulk price list
(https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/bulk-api-reading-price-list-files.html). A price
that the list does not have, or has twice, stays as it is and is named. The same files give the same table.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parents[1] / "src" / "cfngen" / "cost" / "prices.json"
HOST = "https://pricing.us-east-1.amazonaws.com"
SOURCE = "price-list"
# A usage type begins with a Region's code, such as APS1, or its name; us-east-1 often has none.
PREFIX = r"([A-Z]{2,4}\d?-|[a-z]{2}(-[a-z]+)+-\d-)?"


def main(argv: list[str] | None = None, target: Path = TARGET) -> int:
    """Renew the table; returns the exit code."""
    parser = argparse.ArgumentParser(description="Renew the price table from the AWS price list.")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--fetch", action="store_true", help="fetch the price list's files into DIR first")
    parser.add_argument("--region", action="append", default=[], help="add a Region; can be repeated")
    args = parser.parse_args(argv)
    data = json.loads(target.read_text(encoding="utf-8"))
    regions = sorted({*args.region, *(region for row in data["prices"] for region in row["regions"])})
    if args.fetch:
        _fetch(args.folder, {row["offer"] for row in data["prices"] if "offer" in row}, regions)
    renewed = 0
    for row in data["prices"]:
        for region in regions:
            told = _renew(row, region, args.folder)
            renewed += not told
            if told:
                print(f"{row['key']} {region}: {told}")
    dates = [found["date"] for row in data["prices"] for found in row["regions"].values()]
    if renewed:
        data["collected"] = max(dates)
        data["sources"][SOURCE] = "the AWS price list itself"
        target.write_text(json.dumps(data, indent=1), encoding="utf-8")
    print(f"renewed {renewed} prices")
    return 0 if renewed else 1


def _renew(row: dict[str, Any], region: str, folder: Path) -> str | None:
    """Why the price could not be renewed; None where it was."""
    if "offer" not in row:
        return "the table names no offer of the price list"
    path = folder / row["offer"] / f"{region}.json"
    try:
        offer = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return f"{path} does not exist"
    except ValueError as error:
        return f"{path} is not JSON: {error}"
    products = list(_products(offer, row, region))
    if len(products) != 1:
        return f"{len(products) or 'no'} products of usage type {row['usage_type']}"
    tiers = _tiers(offer, products[0], row["per"])
    if not tiers:
        return f"product {products[0]} has no price in US dollars"
    row["regions"][region] = {
        "tiers": tiers,
        "confidence": "A",
        "sources": [SOURCE],
        "date": offer["publicationDate"][:10],
    }
    return None


def _products(offer: Mapping[str, Any], row: Mapping[str, Any], region: str) -> Iterator[str]:
    """The SKUs of a row: a usage type alone is not unique, so the operation is compared where it is known."""
    usage_type = re.compile(PREFIX + re.escape(row["usage_type"]) + "s?")
    for sku, product in offer["products"].items():
        attributes = product["attributes"]
        if (
            attributes.get("regionCode") == region
            and usage_type.fullmatch(attributes.get("usagetype", ""))
            and row.get("operation") in (None, attributes.get("operation"))
        ):
            yield sku


def _tiers(offer: Mapping[str, Any], sku: str, per: int) -> list[list[str | None]]:
    """Upper bounds and prices for `per` units. A free first band has the price of the next: allowances are
    given to the whole account, and the table has them apart."""
    dimensions = [
        dimension
        for term in offer["terms"]["OnDemand"].get(sku, {}).values()
        for dimension in term["priceDimensions"].values()
        if "USD" in dimension["pricePerUnit"]
    ]
    dimensions.sort(key=lambda dimension: Decimal(dimension["beginRange"]))
    tiers: list[list[str | None]] = []
    for dimension in dimensions:
        price = Decimal(dimension["pricePerUnit"]["USD"]) * per
        bound = None if dimension["endRange"] == "Inf" else str(Decimal(dimension["endRange"]))
        if price or dimension is dimensions[-1]:
            tiers.append([bound, f"{price.normalize():f}"])
    return tiers


def _fetch(folder: Path, offers: set[str], regions: list[str]) -> None:
    for offer in sorted(offers):
        for region in regions:
            path = folder / offer / f"{region}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            url = f"{HOST}/offers/v1.0/aws/{offer}/current/{region}/index.json"
            with urllib.request.urlopen(url, timeout=120) as answer:  # noqa: S310 - a constant https address
                path.write_bytes(answer.read())


if __name__ == "__main__":
    sys.exit(main())
