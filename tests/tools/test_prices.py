"""The price table is renewed from files of the price list, in the documented form."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tools import prices

SG = "ap-southeast-1"


def product(sku: str, usage: str, operation: str = "", region: str = SG) -> dict[str, Any]:
    return {
        sku: {"sku": sku, "attributes": {"usagetype": usage, "operation": operation, "regionCode": region}}
    }


def term(sku: str, *tiers: tuple[str, str, str]) -> dict[str, Any]:
    dimensions = {
        f"{sku}.JRTCKXETXF.{number}": {
            "beginRange": begin,
            "endRange": end,
            "unit": "GB-Mo",
            "pricePerUnit": {"USD": usd},
        }
        for number, (begin, end, usd) in enumerate(tiers)
    }
    return {sku: {f"{sku}.JRTCKXETXF": {"offerTermCode": "JRTCKXETXF", "priceDimensions": dimensions}}}


S3 = {
    "formatVersion": "v1.0",
    "offerCode": "AmazonS3",
    "version": "20261201000000",
    "publicationDate": "2026-12-01T00:00:00Z",
    "products": {
        **product("A", "APS1-TimedStorage-ByteHrs"),
        **product("B", "APS1-Tables-TimedStorage-ByteHrs"),
        **product("C", "APS1-Requests-Tier3", "S3-GlacierTransition"),
        **product("D", "APS1-Requests-Tier3", "RestoreObject"),
        **product("E", "APS1-Requests-Tier1"),
        **product("F", "APS2-Requests-Tier1", region="ap-southeast-2"),
        **product("G", "APS1-Requests-Tier2"),
        **product("H", "APS1-Requests-Tier2"),
    },
    "terms": {
        "OnDemand": {
            **term("A", ("51200", "512000", "0.023"), ("0", "51200", "0.026"), ("512000", "Inf", "0.02")),
            **term("B", ("0", "Inf", "9")),
            **term("C", ("0", "Inf", "0.0000400000")),
            **term("D", ("0", "Inf", "9")),
            **term("E", ("0", "Inf", "0.0000060000")),
        }
    },
}
LOGS = {
    "publicationDate": "2026-12-02T00:00:00Z",
    "products": product("L", "APS1-DataProcessing-Bytes", "PutLogEvents"),
    "terms": {"OnDemand": term("L", ("0", "5", "0.0000000000"), ("5", "Inf", "0.7100000000"))},
}


@pytest.fixture
def target(tmp_path: Path) -> Path:
    copied = tmp_path / "prices.json"
    shutil.copy(prices.TARGET, copied)
    for offer, content in {"AmazonS3": S3, "AmazonCloudWatch": LOGS}.items():
        folder = tmp_path / "offers" / offer
        folder.mkdir(parents=True)
        (folder / f"{SG}.json").write_text(json.dumps(content))
    return copied


def rows(target: Path) -> dict[str, Any]:
    return {row["key"]: row["regions"] for row in json.loads(target.read_text())["prices"]}


def test_prices_tiers_and_dates_are_taken_over(target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = rows(target)
    assert prices.main([str(target.parent / "offers")], target) == 0
    after = rows(target)
    assert after["s3.storage.standard"][SG] == {
        "tiers": [["51200", "0.026"], ["512000", "0.023"], [None, "0.02"]],
        "confidence": "A",
        "sources": ["price-list"],
        "date": "2026-12-01",
    }
    assert after["s3.transition.glacier"][SG]["tiers"] == [[None, "0.04"]]  # for 1,000; not RestoreObject
    assert after["s3.requests.put"][SG]["tiers"] == [[None, "0.006"]]
    assert after["logs.ingestion"][SG]["tiers"] == [[None, "0.71"]]  # the free band is an allowance
    assert json.loads(target.read_text())["collected"] == "2026-12-02"
    said = capsys.readouterr().out
    assert f"s3.requests.get {SG}: 2 products of usage type Requests-Tier2" in said
    assert f"s3.storage.standard-ia {SG}: no products" in said
    assert f"cloudtrail.aggregation {SG}: the table names no offer" in said
    # What the list does not have stays.
    assert after["s3.requests.get"] == before["s3.requests.get"]
    assert after["s3.storage.standard"]["us-east-1"] == before["s3.storage.standard"]["us-east-1"]


def test_the_same_files_give_the_same_table(target: Path) -> None:
    prices.main([str(target.parent / "offers")], target)
    first = target.read_bytes()
    prices.main([str(target.parent / "offers")], target)
    assert target.read_bytes() == first


def test_a_region_is_added(target: Path) -> None:
    other = json.loads(json.dumps(S3).replace("APS1", "EUW3").replace(SG, "eu-west-3"))
    (target.parent / "offers" / "AmazonS3" / "eu-west-3.json").write_text(json.dumps(other))
    prices.main([str(target.parent / "offers"), "--region", "eu-west-3"], target)
    assert rows(target)["s3.requests.put"]["eu-west-3"]["tiers"] == [[None, "0.006"]]


@pytest.mark.parametrize("content", ["not JSON", None])
def test_without_a_usable_file_nothing_is_written(
    target: Path, content: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = target.parent / "offers"
    shutil.rmtree(folder)
    if content:
        (folder / "AmazonS3").mkdir(parents=True)
        (folder / "AmazonS3" / f"{SG}.json").write_text(content)
    before = target.read_bytes()
    assert prices.main([str(folder)], target) == 1
    assert target.read_bytes() == before
    assert "renewed 0 prices" in capsys.readouterr().out
