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
    assert usage.of("stores", "Models", "gb", "bucket_gb") == Quantity.of(40)
    assert usage.of("stores", "Data", "gb", "bucket_gb") == ASSUMPTIONS["bucket_gb"].default


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("event: 1", ":1", "unknown key 'event'"),
        ("months: many", ":1", "months is 'many', which is not a number of 0 or more"),
        ("months: '-1'", ":1", "not a number of 0 or more"),
        ("months: NaN", ":1", "not a number of 0 or more"),
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
    for name, (quantity, meaning) in ASSUMPTIONS.items():
        assert quantity.low <= quantity.expected <= quantity.high, name
        assert meaning
