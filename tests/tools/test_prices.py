"""The price table is renewed from files of the price list, in the form that AWS publishes them in.

https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from tools import prices

SG = "ap-southeast-1"


def product(sku: str, usage: str, operation: str = "", region: str = SG) -> dict[str, Any]:
    """A product; most of Amazon S3's have no productFamily, and many no operation."""
    attributes = {
        "servicecode": "AmazonS3",
        "location": "Asia Pacific (Singapore)",
        "locationType": "AWS Region",
        "usagetype": usage,
        "operation": operation,
        "regionCode": region,
        "servicename": "Amazon Simple Storage Service",
    }
    return {sku: {"sku": sku, "attributes": attributes}}


def term(sku: str, unit: str, *tiers: tuple[str, str, str], since: str = "2026-11-01") -> dict[str, Any]:
    code = f"{sku}.JRTCKXETXF"
    dimensions = {
        f"{code}.{number}": {
            "rateCode": f"{code}.{number}",
            "description": f"${usd} per {unit}",
            "beginRange": begin,
            "endRange": end,
            "unit": unit,
            "pricePerUnit": {"USD": usd},
            "appliesTo": [],
        }
        for number, (begin, end, usd) in enumerate(tiers)
    }
    body = {
        "offerTermCode": "JRTCKXETXF",
        "sku": sku,
        "effectiveDate": f"{since}T00:00:00Z",
        "priceDimensions": dimensions,
        "termAttributes": {},
    }
    return {sku: {code: body}}


def offer(code: str, day: str, products: list[dict[str, Any]], terms: list[dict[str, Any]]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for each in products:
        merged |= each
    on_demand: dict[str, Any] = {}
    for each in terms:
        on_demand |= each
    return {
        "formatVersion": "v1.0",
        "disclaimer": "This pricing list is for informational purposes only.",
        "offerCode": code,
        "version": day.replace("-", "") + "174747",
        "publicationDate": f"{day}T17:47:47Z",
        "products": merged,
        "terms": {"OnDemand": on_demand},
        "attributesList": {},
    }


S3 = offer(
    "AmazonS3",
    "2026-12-01",
    [
        product("A", "APS1-TimedStorage-ByteHrs"),
        product("A2", "APS1-TimedStorage-ByteHrs", "INTAAS3ObjectOverhead"),
        product("B", "APS1-Tables-TimedStorage-ByteHrs"),
        product("C", "APS1-Requests-Tier3", "S3-GlacierTransition"),
        product("D", "APS1-Requests-Tier3", "RestoreObject"),
        product("E", "APS1-Requests-Tier1"),
        product("F", "APS2-Requests-Tier1", region="ap-southeast-2"),
        product("G", "APS1-Requests-Tier2"),
        product("H", "APS1-Requests-Tier2"),
    ],
    [
        term("A", "GB-Mo", ("51200", "512000", "0.023"), ("0", "51200", "0.026"), ("512000", "Inf", "0.02")),
        term("A2", "GB-Mo", ("0", "Inf", "9")),
        term("B", "GB-Mo", ("0", "Inf", "9")),
        term("C", "Requests", ("0", "Inf", "0.0000400000")),
        term("D", "Requests", ("0", "Inf", "9")),
        term("G", "Requests", ("0", "Inf", "0.0000004000")),
        term("H", "Requests", ("0", "Inf", "0.0000005000")),
        term("E", "Requests", ("0", "Inf", "0.0000060000")),
    ],
)
LOGS = offer(
    "AmazonCloudWatch",
    "2026-12-02",
    [product("L", "APS1-DataProcessing-Bytes", "PutLogEvents")],
    [term("L", "GB", ("0", "5", "0.0000000000"), ("5", "Inf", "0.7100000000"))],
)
KMS = offer(
    "awskms",
    "2026-12-02",
    [product("K", "ap-southeast-1-KMS-Keys")],
    [term("K", "Keys", ("0", "Inf", "1.1000000000"))],
)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    copied = tmp_path / "prices.json"
    shutil.copy(prices.TARGET, copied)
    for content in (S3, LOGS, KMS):
        write(tmp_path, content)
    return copied


def write(folder: Path, content: dict[str, Any], region: str = SG) -> None:
    place = folder / "offers" / content["offerCode"]
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{region}.json").write_text(json.dumps(content))


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
    assert after["kms.key"][SG]["tiers"] == [[None, "1.1"]]
    assert json.loads(target.read_text())["collected"] == "2026-12-02"
    said = capsys.readouterr().out
    assert f"s3.requests.get {SG}: 2 products of usage type Requests-Tier2 at different prices" in said
    assert f"s3.storage.standard-ia {SG}: no products of usage type TimedStorage-SIA-ByteHrs" in said
    assert f"cloudtrail.aggregation {SG}: the table names no offer" in said
    assert "renewed 5 prices" in said
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
    write(target.parent, other, "eu-west-3")
    prices.main([str(target.parent / "offers"), "--region", "eu-west-3"], target)
    assert rows(target)["s3.requests.put"]["eu-west-3"]["tiers"] == [[None, "0.006"]]
    assert "eu-west-3" not in rows(target)["s3.requests.get"]


def changed(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Sets one value of a key's term: `effectiveDate`, or one of its price dimension."""

    def change(content: dict[str, Any]) -> None:
        body = content["terms"]["OnDemand"]["K"]["K.JRTCKXETXF"]
        if path == "effectiveDate":
            body[path] = value
        elif value is None:
            del body["priceDimensions"]["K.JRTCKXETXF.0"][path]
        else:
            body["priceDimensions"]["K.JRTCKXETXF.0"][path] = value

    return change


def second_product(usd: str) -> Callable[[dict[str, Any]], None]:
    """Of the same usage type, such as those of two types of Insights."""

    def change(content: dict[str, Any]) -> None:
        content["products"] |= product("K2", "ap-southeast-1-KMS-Keys")
        content["terms"]["OnDemand"] |= term("K2", "Keys", ("0", "Inf", usd))

    return change


def second_term(since: str, usd: str) -> Callable[[dict[str, Any]], None]:
    def change(content: dict[str, Any]) -> None:
        later = term("K", "Keys", ("0", "Inf", usd), since=since)["K"]["K.JRTCKXETXF"]
        content["terms"]["OnDemand"]["K"]["K.OTHER"] = later

    return change


@pytest.mark.parametrize(
    ("change", "usd", "reason"),
    [
        (second_product("1.10"), "1.1", ""),
        (second_product("1.2"), None, "2 products of usage type KMS-Keys at different prices"),
        (second_term("2027-01-01", "2"), "1.1", ""),  # begins later
        (second_term("2026-11-15", "1.2"), "1.2", ""),  # is newer
        (second_term("2026-11-01", "1.2"), None, "has 2 prices at once"),
        (changed("effectiveDate", "2027-01-01T00:00:00Z"), None, "has no price that holds already"),
        (changed("pricePerUnit", {"CNY": "7.1"}), None, "has no price in US dollars"),
        (changed("unit", "Hrs"), None, "the unit is Hrs, not Keys"),
        (changed("pricePerUnit", {"USD": "0.0013698630"}), None, "0.001369863 is far from 1.00"),
        (changed("pricePerUnit", {"USD": "0.0000000000"}), None, "0 is far from 1.00"),
        (changed("pricePerUnit", {"USD": "one"}), None, "has not the form of a price list"),
        (changed("beginRange", None), "1.1", ""),  # a product with one band may have no range
        (changed("beginRange", "1"), None, "the tiers have a gap or overlap at 1"),
        (changed("endRange", "20"), None, "the tiers end at 20"),
        (lambda content: content["terms"].clear(), None, "has not the form of a price list"),
        (lambda content: content["terms"]["OnDemand"].clear(), None, "has no price"),
        (lambda content: content.pop("products"), None, "is not a file of the price list"),
        (lambda content: content.update(offerCode="AmazonEKS"), None, "is the file of AmazonEKS"),
        (lambda content: content["products"]["K"]["attributes"].pop("regionCode"), None, "no products"),
    ],
)
def test_what_cannot_be_taken_over_stays_and_says_why(
    target: Path, change: Callable[[dict[str, Any]], Any], usd: str | None, reason: str,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    before = rows(target)["kms.key"][SG]
    content = json.loads(json.dumps(KMS))
    change(content)
    (target.parent / "offers" / "awskms" / f"{SG}.json").write_text(json.dumps(content))
    assert prices.main([str(target.parent / "offers")], target) == 0  # the other files are good
    after = rows(target)["kms.key"][SG]
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith(f"kms.key {SG}: ")]
    assert (after == before) is (usd is None)
    assert bool(told) is (usd is None)
    if usd is None:
        assert reason in told[0]
        assert "Traceback" not in told[0]
    else:
        assert after["tiers"] == [[None, usd]]


def test_a_unit_is_learned_with_the_price_and_not_from_what_is_refused(target: Path) -> None:
    def unit() -> Any:
        table = json.loads(target.read_text())["prices"]
        return next(row for row in table if row["key"] == "athena.scan").get("list_unit")

    for usd, learned in (("0.0048828125", None), ("5.0000000000", "Terabytes")):
        content = offer(
            "AmazonAthena",
            "2026-12-02",
            [product("T", "APS1-DataScannedInTB")],
            [term("T", "Terabytes" if learned else "GB", ("0", "Inf", usd))],
        )
        write(target.parent, content)
        prices.main([str(target.parent / "offers")], target)
        assert unit() == learned


def test_a_price_that_is_far_is_taken_over_where_somebody_says_so(target: Path) -> None:
    content = json.loads(json.dumps(KMS).replace("1.1000000000", "9.0000000000"))
    write(target.parent, content)
    prices.main([str(target.parent / "offers"), "--accept", "kms.key"], target)
    assert rows(target)["kms.key"][SG]["tiers"] == [[None, "9"]]


@pytest.mark.parametrize("content", ["not JSON", "[]", None])
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


def test_a_file_that_cannot_be_fetched_is_named(
    target: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    def refuse(url: str, **_options: Any) -> Any:
        asked.append(url)
        raise HTTPError(url, 403, "Forbidden", None, None)  # type: ignore[arg-type]

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    before = target.read_bytes()
    assert prices.main([str(target.parent / "offers"), "--fetch"], target) == 1
    assert target.read_bytes() == before
    said = capsys.readouterr().out
    assert f"awskms {SG}: the file cannot be fetched: HTTP Error 403: Forbidden" in said
    assert f"{prices.HOST}/offers/v1.0/aws/awskms/current/{SG}/index.json" in asked
    assert len(asked) == len(set(asked))
