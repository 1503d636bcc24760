"""An alarm would fire: its metric filter takes a sample event, and somebody is told.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TestMetricFilter.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from cfngen.aws.together import metric_filters
from cfngen.verify.claims import Claim
from cfngen.verify.results import Verdict, fails, holds
from cfngen.verify.world import World

NEEDS = ("logs:DescribeMetricFilters", "logs:TestMetricFilter", "cloudwatch:DescribeAlarms")


def check(claim: Claim, world: World) -> Verdict:
    """Try the deployed filter with `given["event"]` and with `given["other"]`; look at the alarm."""
    given = claim.given
    filters = metric_filters(world.calls, given["log_group"])
    deployed = next((each for each in filters if each["filterName"] == given["filter"]), None)
    if deployed is None:
        return fails(f"there is no metric filter {given['filter']} on {given['log_group']}")
    messages = [json.dumps(event) for event in (given["event"], given["other"])]
    matched = world.calls(
        "logs", "TestMetricFilter", filterPattern=deployed["filterPattern"], logEventMessages=messages
    )
    numbers = [match["eventNumber"] for match in matched["matches"]]
    if 1 not in numbers:
        return fails("the metric filter does not match the sample event")
    if 2 in numbers:  # noqa: PLR2004 - the second message
        return fails("the metric filter matches an event that it should not match")
    return _alarm(claim, world, deployed["metricTransformations"][0])


def _alarm(claim: Claim, world: World, metric: Mapping[str, str]) -> Verdict:
    # One call for all alarms that are claimed; it takes a hundred names.
    names = sorted({each.given["alarm"] for each in world.claims if each.kind == "alarm"})
    start = names.index(claim.given["alarm"]) // 100 * 100
    answer = world.calls(
        "cloudwatch", "DescribeAlarms", AlarmNames=names[start : start + 100], MaxRecords=100
    )
    found = [each for each in answer["MetricAlarms"] if each["AlarmName"] == claim.given["alarm"]]
    if not found:
        return fails(f"there is no alarm {claim.given['alarm']}")
    (alarm,) = found
    wanted = (metric["metricNamespace"], metric["metricName"])
    if (alarm.get("Namespace"), alarm.get("MetricName")) != wanted:
        return fails(f"the alarm looks at {alarm.get('Namespace')}/{alarm.get('MetricName')}")
    if not alarm.get("ActionsEnabled"):
        return fails("the alarm's actions are disabled: nobody is notified")
    if claim.given["topic"] not in alarm.get("AlarmActions", ()):
        return fails(f"the alarm does not publish to {claim.given['topic']}")
    return holds(
        "the deployed filter matches the sample event and does not match a similar one; the alarm publishes "
        f"to {claim.given['topic'].rpartition(':')[2]}"
    )
