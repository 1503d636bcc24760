"""What one call tells of many resources, in CloudFormation's words.

tests/verify/test_environments.py compares it with what GetResource tells.
"""

from __future__ import annotations

from typing import Any, cast

from cfngen.aws.reading import Calls
from cfngen.aws.resources import Resource
from cfngen.aws.together import read_together

RULE, FILTER = "AWS::Config::ConfigRule", "AWS::Logs::MetricFilter"


class Pages:
    """Answers with these pages, and remembers what was asked."""

    def __init__(self, *pages: list[dict[str, Any]]) -> None:
        self.asked: list[dict[str, Any]] = []
        self._pages = list(pages)

    def pages(self, _service: str, _operation: str, _result: str, **given: Any) -> list[dict[str, Any]]:
        self.asked.append(given)
        return self._pages.pop(0)


def together(pages: Pages, kind: str, resources: list[Resource]) -> Any:
    return read_together(cast("Calls", pages), kind, resources)


def test_rules_are_asked_for_25_at_a_time() -> None:
    names = [f"r{number:02}" for number in range(30)]
    rules = [{"ConfigRuleName": name, "InputParameters": "{}"} for name in names]
    pages = Pages(rules[:25], rules[25:])
    found = together(pages, RULE, [Resource(RULE, name, {}) for name in names])
    assert [len(each["ConfigRuleNames"]) for each in pages.asked] == [25, 5]
    assert [*found] == names


def test_a_metric_filter_has_cloudformations_names_and_its_dimensions_as_a_list() -> None:
    metric = {"metricName": "m", "metricValue": "1", "dimensions": {"Role": "$.role"}}
    pages = Pages([{"filterName": "f", "filterPattern": "{}", "metricTransformations": [metric]}], [])
    found = together(
        pages, FILTER, [Resource(FILTER, "f", {"LogGroupName": name}) for name in ("one", "two")]
    )
    assert found == {
        "one|f": {
            "FilterName": "f",
            "FilterPattern": "{}",
            "LogGroupName": "one",
            "MetricTransformations": [
                {"MetricName": "m", "MetricValue": "1", "Dimensions": [{"Key": "Role", "Value": "$.role"}]}
            ],
        }
    }


def test_a_single_resource_is_not_looked_for_in_a_list() -> None:
    pages = Pages()
    assert together(pages, FILTER, [Resource(FILTER, "f", {"LogGroupName": "one"})]) == {}
    assert pages.asked == []
