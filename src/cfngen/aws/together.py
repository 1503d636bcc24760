"""Resources of which one call of their service tells many, in the template's terms.

Only types of which that call tells all that a template can set. They have no tags; what GetResource reads
beside, the compliance of a Config rule, no template sets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cfngen.aws.reading import Calls
from cfngen.aws.resources import Resource, capitalized

_MOST_RULES = 25  # https://docs.aws.amazon.com/config/latest/APIReference/API_DescribeConfigRules.html
_MOST_DEFINITIONS = 1000


class Together(NamedTuple):
    """How the resources of one type are read together.

    Attributes:
        api: the operation.
        read: the identifier that Cloud Control knows each by, and its properties, of those that were asked
            for and perhaps of others; raises CallError.
    """

    api: str
    read: Callable[[Calls, Sequence[Resource]], Iterator[tuple[str, dict[str, Any]]]]


def _config_rules(calls: Calls, resources: Sequence[Resource]) -> Iterator[tuple[str, dict[str, Any]]]:
    names = sorted({resource.id for resource in resources})
    for start in range(0, len(names), _MOST_RULES):
        some = names[start : start + _MOST_RULES]
        for rule in calls.pages("config", "DescribeConfigRules", "ConfigRules", ConfigRuleNames=some):
            yield rule["ConfigRuleName"], dict(rule)


def _metric_filters(calls: Calls, resources: Sequence[Resource]) -> Iterator[tuple[str, dict[str, Any]]]:
    for group in sorted({str(resource.given.get("LogGroupName")) for resource in resources}):
        for each in metric_filters(calls, group):
            metrics = [_metric(metric) for metric in each.get("metricTransformations", ())]
            yield (
                f"{group}|{each['filterName']}",
                {**capitalized(each), "MetricTransformations": metrics, "LogGroupName": group},
            )


def metric_filters(calls: Calls, group: str) -> list[Mapping[str, Any]]:
    """The metric filters of a log group, as the service tells them."""
    return calls.pages(
        "logs", "DescribeMetricFilters", "metricFilters", after="nextToken", logGroupName=group
    )


def _metric(given: Mapping[str, Any]) -> dict[str, Any]:
    dimensions = [{"Key": key, "Value": value} for key, value in given.get("dimensions", {}).items()]
    return {**capitalized(given), "Dimensions": dimensions} if dimensions else capitalized(given)


def _query_definitions(calls: Calls, _: Sequence[Resource]) -> Iterator[tuple[str, dict[str, Any]]]:
    for each in calls.pages(
        "logs",
        "DescribeQueryDefinitions",
        "queryDefinitions",
        after="nextToken",
        maxResults=_MOST_DEFINITIONS,
    ):
        yield each["queryDefinitionId"], capitalized(each)


TOGETHER: Mapping[str, Together] = {
    "AWS::Config::ConfigRule": Together("DescribeConfigRules", _config_rules),
    "AWS::Logs::MetricFilter": Together("DescribeMetricFilters", _metric_filters),
    "AWS::Logs::QueryDefinition": Together("DescribeQueryDefinitions", _query_definitions),
}


def read_together(
    calls: Calls, resource_type: str, resources: Iterable[Resource]
) -> Mapping[str, Mapping[str, Any]]:
    """The properties of each resource that was found, by its identifier; of a single one, none.

    Raises:
        CallError: a call failed, of which nothing follows about any of the resources: AWS refuses a call
            about many where one of them does not exist.
    """
    asked = list(resources)
    return dict(TOGETHER[resource_type].read(calls, asked)) if len(asked) > 1 else {}
