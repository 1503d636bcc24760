"""The price table: every price says where it comes from, and worked examples come out to the cent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cfngen.cost.models.audit import ERROR, RATE, analysed
from cfngen.cost.prices import table
from cfngen.cost.quantity import Quantity
from cfngen.cost.stored import monthly

US, SG = "us-east-1", "ap-southeast-1"
TABLE = table()
ROWS = [(key, region) for key, row in TABLE.rows.items() for region in row["regions"]]


@pytest.mark.parametrize(("key", "region"), ROWS)
def test_every_price_says_where_it_was_seen(key: str, region: str) -> None:
    price = TABLE.price(key, region)
    assert price is not None
    assert price.service
    assert price.item
    assert price.unit
    assert price.per > 0
    assert price.confidence in "ABC"
    assert price.sources
    assert set(price.sources) <= set(TABLE.sources)
    assert "2024-01-01" < price.date <= TABLE.collected
    days = [TABLE.sources[name]["date"] for name in price.sources]
    assert price.date == max(day for day in days if day)
    assert price.confidence != "A" or len(price.sources) > 1 or price.sources == ("price-list",)
    assert price.confidence != "C" or price.note
    bounds = [bound for bound, _ in price.tiers]
    assert bounds[-1] is None
    assert None not in bounds[:-1]
    assert bounds[:-1] == sorted(bounds[:-1])  # type: ignore[type-var]
    assert bool(price.free) == bool(price.free_note)


def test_both_regions_are_there_and_a_missing_price_is_told() -> None:
    assert TABLE.regions == sorted([US, SG])
    assert TABLE.price("codebuild.arm1.small", SG) is None
    assert TABLE.price("s3.storage.standard", "eu-west-1") is None


def test_a_price_is_confirmed_as_far_as_its_tiers_were_seen() -> None:
    rules, archive = TABLE.price("config.evaluation", SG), TABLE.price("s3.storage.deep-archive", SG)
    assert rules is not None
    assert archive is not None
    assert [rules.confirmed_for(Decimal(count)) for count in (0, 100_000, 100_001)] == [True, True, False]
    assert not archive.confirmed


def test_what_is_stored_says_whether_its_price_was_seen() -> None:
    archived = {"DEEP_ARCHIVE": 1024**4}
    assert monthly("AWS::S3::Bucket", archived, TABLE, SG) == (Decimal("2.048"), False)
    assert monthly("AWS::S3::Bucket", archived, TABLE, US) == (Decimal("1.01376"), True)
    assert monthly("AWS::S3::Bucket", archived, TABLE, "eu-west-1") is None


# What AWS's own pages, an invoice and public test data say the same quantities cost.
EXAMPLES: list[tuple[str, str, Any, str]] = [
    ("cloudtrail.management.copy", US, 150_000, "3.00"),
    ("cloudtrail.data", US, 2_000_000, "2.00"),
    ("cloudtrail.insights.management", US, 330_000, "1.155"),
    ("cloudtrail.insights.management", US, 90_000, "0.315"),
    ("cloudtrail.insights.management", US, 800_000, "2.80"),
    ("cloudtrail.insights.management", US, 620_000, "2.17"),
    ("cloudtrail.insights.data", US, 800_000, "0.24"),
    ("cloudtrail.insights.management", SG, 1_767_487, "6.19"),
    ("cloudtrail.insights.management", US, 15_448, "0.05"),
    ("cloudwatch.metric", US, 70, "21.00"),
    ("logs.ingestion", US, 25, "12.50"),
    ("logs.storage", US, 1, "0.03"),
    ("logs.ingestion", US, 1_000, "500"),
    ("logs.scan", US, 250, "1.25"),
    ("cloudwatch.metric", SG, "13.233", "3.97"),
    ("logs.ingestion", SG, "0.975", "0.68"),
    ("athena.scan", US, 3, "15.00"),
    ("athena.scan", US, 1, "5.00"),
    ("athena.scan", US, "0.25", "1.25"),
    ("s3.storage.standard", US, 52_900, "1215.00"),
    ("s3.storage.standard", US, 10_000, "230"),
    ("s3.storage.standard-ia", US, 30_000, "375"),
    ("s3.transition.standard-ia", US, 30_000, "0.30"),
    ("s3.storage.glacier", US, 50_000, "180"),
    ("s3.transition.glacier", US, 50_000, "1.50"),
    ("s3.storage.deep-archive", US, 60_000, "59.40"),
    ("s3.transition.deep-archive", US, 60_000, "3.00"),
    ("s3.requests.put", SG, 108_205, "0.54"),
    ("s3.requests.get", SG, 67_069, "0.03"),
    ("s3.storage.standard", SG, "14.045", "0.35"),
    ("config.item", SG, 47_131, "141.39"),
    ("config.evaluation", SG, 3_147, "3.15"),
    ("config.evaluation", US, 1_000_000, "670"),
    ("config.item", US, 50, "0.15"),
    ("config.item.daily", US, 100, "1.20"),
    ("kms.key", SG, "0.995", "1.00"),
    ("ecr.storage", SG, "119.357", "11.94"),
    ("ecr.scan.first", SG, 62, "5.58"),
    ("ecr.scan.again", SG, 5_901, "59.01"),
    ("codebuild.general1.small", SG, 498, "2.49"),
    ("codebuild.general1.small", US, 1_000, "5"),
    ("codebuild.general1.medium", US, 10_000, "100"),
    ("secrets.secret", SG, "1.986", "0.79"),
    ("secrets.requests", US, 100_000, "0.50"),
    ("events.custom", US, 1_000_000, "1.00"),
    ("guardduty.management", SG, 973_896, "4.48"),
    ("guardduty.flow", SG, "0.645", "0.74"),
    ("guardduty.s3", SG, 117_583, "0.14"),
    ("securityhub.check", SG, 41_144, "41.14"),
    ("access-analyzer.unused", US, 1_200, "240.00"),
    ("cloudtrail.data", US, 20_000_000, "20.00"),
    ("cloudtrail.network", US, 100_000, "0.10"),
    ("config.evaluation", US, 100_000, "100"),
    ("config.evaluation", US, 500_000, "420"),
    ("logs.storage", US, 500, "15"),
    ("cloudwatch.alarm.high-resolution", US, 1, "0.30"),
    ("cloudwatch.alarm.composite", US, 1, "0.50"),
    ("logs.ingestion.infrequent-access", US, 10, "2.50"),
]


@pytest.mark.parametrize(("key", "region", "quantity", "usd"), EXAMPLES)
def test_worked_examples_come_out_to_the_cent(key: str, region: str, quantity: Any, usd: str) -> None:
    price = TABLE.price(key, region)
    assert price is not None
    assert abs(price.cost(Decimal(quantity)) - Decimal(usd)) <= Decimal("0.0051")


@pytest.mark.parametrize(
    ("key", "quantity", "usd"),
    [
        ("glue.catalog.objects", 1_200_000, "2"),
        ("glue.catalog.requests", 301_000_000, "300"),
        ("kms.requests", 3_169, "0"),
        ("securityhub.finding", 2_072_917, "61.89"),
        ("logs.ingestion", 30, "12.50"),
        ("logs.storage", 6, "0.03"),
        ("cloudwatch.metric", 23, "3.90"),
        ("cloudwatch.dashboard", 3, "0"),
        ("codebuild.general1.small", 598, "2.49"),
    ],
)
def test_allowances_come_off_first(key: str, quantity: int, usd: str) -> None:
    price = TABLE.price(key, US)
    assert price is not None
    charged = price.cost(Decimal(quantity)) - price.saved(Decimal(quantity))
    assert abs(charged - Decimal(usd)) <= Decimal("0.0051")


@pytest.mark.parametrize(
    ("read", "write", "types", "events"),
    [
        (270_000, 30_000, {RATE, ERROR}, 330_000),
        (0, 90_000, {RATE}, 90_000),
        (710_000, 90_000, {ERROR}, 800_000),
        (380_000, 120_000, {RATE, ERROR}, 620_000),
        (1, 1, set(), 0),
    ],
)
def test_insights_analyse_what_aws_says(read: int, write: int, types: set[str], events: int) -> None:
    assert analysed(Quantity.of(read), Quantity.of(write), types).expected == events
