"""usage.yaml: numbers, three cases, single resources; everything else is one error with its line."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from cfngen.cost.quantity import Quantity
from cfngen.cost.usage import ASSUMPTIONS, Usage, read
from cfngen.errors import DeploymentFileError


def written(folder: Path, text: str) -> Usage:
    path = folder / "usage.yaml"
    path.write_text(text, encoding="utf-8")
    return read(path, "deployments/dev/usage.yaml")


def test_numbers_cases_and_resources(tmp_path: Path) -> None:
    usage = written(
        tmp_path,
        "management_events: 1000\n"
        "write_share: {low: 0.1, expected: 0.2, high: 0.5}\n"
        "resources:\n  stores/Models: {gb: 40}\n",
    )
    assert usage.get("management_events") == Quantity.of(1000)
    assert usage.get("write_share").high == Decimal("0.5")
    assert usage.get("months") == ASSUMPTIONS["months"].default
    assert usage.of("stores", "Models", "gb", "bucket_gb") == (Quantity.of(40), "stores/Models gb")
    assert usage.get("stores/Models gb") == Quantity.of(40)
    assert usage.of("stores", "Data", "gb", "bucket_gb") == (ASSUMPTIONS["bucket_gb"].default, "bucket_gb")


@pytest.mark.parametrize("text", ["1.50", "1.0", "0.00001", "'1.5'", "1e3", "0"])
def test_a_number_may_be_written_in_any_way_that_is_one_number(tmp_path: Path, text: str) -> None:
    assert written(tmp_path, f"bucket_gb: {text}").get("bucket_gb") == Quantity.of(text.strip("'"))


def test_what_is_said_of_a_resource_that_is_not_there_is_one_error(tmp_path: Path) -> None:
    usage = written(tmp_path, "resources:\n  stores/Modles: {gb: 40}")
    with pytest.raises(DeploymentFileError, match="there is no resource 'stores/Modles'") as error:
        usage.check({"stores/Models": "AWS::S3::Bucket"})
    assert str(error.value.place).endswith("usage.yaml:2")
    assert "stores/Models" in str(error.value.remedy)
    usage = written(tmp_path, "resources:\n  stores/Models: {minutes: 40}")
    with pytest.raises(DeploymentFileError, match="minutes says nothing of stores/Models"):
        usage.check({"stores/Models": "AWS::S3::Bucket"})


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("event: 1", ":1", "unknown key 'event'"),
        ("months: many", ":1", "months is 'many', which is not a number of 0 to 1,200"),
        ("months: '-1'", ":1", "not a number of 0 to 1,200"),
        ("months: -1", ":1", "not a number of 0 to 1,200"),
        ("months: NaN", ":1", "not a number of 0 to 1,200"),
        ("months: 1000000000", ":1", "not a number of 0 to 1,200"),
        ("write_share: 1.5", ":1", "not a number of 0 to 1"),
        ("bucket_gb: '1e99'", ":1", "not a number of 0 to 1,000,000,000,000"),
        ("bucket_gb: '1_000'", ":1", "not a number of 0"),
        ("bucket_gb: '5 GB'", ":1", "not a number of 0"),
        ("bucket_gb: 010", ":1", "not every program reads this value"),
        ("bucket_gb: .inf", ":1", "not every program reads this value"),
        ("bucket_gb: 2026-01-01", ":1", "not every program reads this value"),
        ("bucket_gb: true", ":1", "not a number of 0"),
        ("bucket_gb:", ":1", "has no value here"),
        ("bucket_gb: 1\nbucket_gb: 2", ":2", "is given twice"),
        ("bucket_gb: {low: 1, expected: 2, high: 3, top: 4}", ":1", "bucket_gb is not a number"),
        ("bucket_gb: {low: {low: 1}, expected: 2, high: 3}", ":1", "not a number of 0"),
        ("a: &a [*a]", ":1", "contains itself"),
        ("- months", ":1", "is not a mapping"),
        ("months: [1]", ":1", "months is not a number"),
        ("months: {low: 1, high: 2}", ":1", "months is not a number"),
        ("\nmonths: {low: 3, expected: 2, high: 4}", ":2", "not in ascending order"),
        ("resources: 3", ":1", "resources is not a mapping"),
        ("resources:\n  a/B: 3", ":2", "a/B is not a mapping"),
        ("resources:\n  a/B: {tb: 3}", ":2", "unknown key 'tb'"),
    ],
)
def test_anything_else_is_one_error(tmp_path: Path, text: str, place: str, problem: str) -> None:
    with pytest.raises(DeploymentFileError) as error:
        written(tmp_path, text)
    assert str(error.value.place).endswith(place)
    assert problem in error.value.problem


def test_defaults_rise_and_say_what_they_count() -> None:
    for name, (quantity, meaning, most) in ASSUMPTIONS.items():
        assert quantity.low <= quantity.expected <= quantity.high <= most, name
        assert meaning
