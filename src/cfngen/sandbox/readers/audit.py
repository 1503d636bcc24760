"""CloudTrail, AWS Config and Access Analyzer."""

from __future__ import annotations

from typing import Any

from cfngen.sandbox.readers.common import EmulatedAccount, Properties, or_nothing, renamed, tags


def trail(aws: EmulatedAccount, name: str, _: Properties) -> dict[str, Any]:
    """describe_trails, get_trail_status, the three kinds of selectors, the event configuration, tags."""
    api = aws.client("cloudtrail")
    (found,) = api.describe_trails(trailNameList=[name])["trailList"]
    return {
        **found,
        **api.get_event_selectors(TrailName=name),
        **or_nothing(lambda: api.get_insight_selectors(TrailName=name), "InsightNotEnabledException"),
        **api.get_event_configuration(TrailName=name),
        "TrailName": found["Name"],
        "EnableLogFileValidation": found["LogFileValidationEnabled"],
        "IsLogging": api.get_trail_status(Name=name)["IsLogging"],
        "Tags": api.list_tags(ResourceIdList=[found["TrailARN"]])["ResourceTagList"][0]["TagsList"],
    }


def recorder(aws: EmulatedAccount, name: str, _: Properties) -> dict[str, Any]:
    """describe_configuration_recorders."""
    (found,) = aws.client("config").describe_configuration_recorders(ConfigurationRecorderNames=[name])[
        "ConfigurationRecorders"
    ]
    return dict(found)


def delivery_channel(aws: EmulatedAccount, name: str, _: Properties) -> dict[str, Any]:
    """describe_delivery_channels."""
    (found,) = aws.client("config").describe_delivery_channels(DeliveryChannelNames=[name])[
        "DeliveryChannels"
    ]
    return dict(found)


def config_rule(aws: EmulatedAccount, name: str, _: Properties) -> dict[str, Any]:
    """describe_config_rules."""
    (found,) = aws.client("config").describe_config_rules(ConfigRuleNames=[name])["ConfigRules"]
    return dict(found)


def analyzer(aws: EmulatedAccount, arn: str, _: Properties) -> dict[str, Any]:
    """get_analyzer and list_archive_rules."""
    api = aws.client("accessanalyzer")
    name = arn.rpartition("/")[2]
    found = api.get_analyzer(analyzerName=name)["analyzer"]
    rules = api.list_archive_rules(analyzerName=name)["archiveRules"]
    return {
        **found,
        "AnalyzerName": found["name"],
        "AnalyzerConfiguration": renamed(
            found.get("configuration", {}),
            {"unusedAccess": "UnusedAccessConfiguration", "internalAccess": "InternalAccessConfiguration"},
        ),
        "ArchiveRules": [
            {
                "RuleName": item["ruleName"],
                "Filter": [{"Property": name, **test} for name, test in item["filter"].items()],
            }
            for item in rules
        ],
        "Tags": tags(found["tags"]),
    }
