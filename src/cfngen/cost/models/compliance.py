"""AWS Config, Access Analyzer, GuardDuty, Security Hub.

https://aws.amazon.com/config/pricing/ · https://aws.amazon.com/iam/access-analyzer/pricing/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from cfngen.cost.account import ChargedAccount, ChargedResource
from cfngen.cost.models import Charge, Model


def recorder(resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """The changes that are recorded, one by one or once a day."""
    mode = resource.properties.get("RecordingMode", {}).get("RecordingFrequency", "CONTINUOUS")
    price = "config.item.daily" if mode == "DAILY" else "config.item"
    yield Charge(price, account.usage.get("configuration_items"), ("configuration_items",))


def rule(_resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """Each resource that a rule looks at, each time."""
    yield Charge("config.evaluation", account.usage.get("rule_evaluations"), ("rule_evaluations",))


def analyzer(resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """Unused access is charged for each role and user; access from outside is free."""
    if "UNUSED_ACCESS" in str(resource.properties.get("Type")):
        yield Charge(
            "access-analyzer.unused", account.usage.get("analysed_identities"), ("analysed_identities",)
        )


def detector(resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """What GuardDuty reads: events, flow and DNS logs, and S3 data events where that is on."""
    if str(resource.properties.get("Enable", True)).lower() != "true":
        return
    yield Charge("guardduty.management", account.usage.get("management_events"), ("management_events",))
    yield Charge("guardduty.flow", account.usage.get("flow_gb"), ("flow_gb",))
    on = {
        str(feature.get("Name"))
        for feature in resource.properties.get("Features", ())
        if feature.get("Status") == "ENABLED"
    }
    sources = resource.properties.get("DataSources", {}).get("S3Logs", {})
    if "S3_DATA_EVENTS" in on or str(sources.get("Enable", False)).lower() == "true":
        yield Charge("guardduty.s3", account.usage.get("data_events"), ("data_events",))


def hub(_resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """The checks of the standards that are on."""
    yield Charge("securityhub.check", account.usage.get("security_checks"), ("security_checks",))


MODELS: Final[Mapping[str, Model]] = {
    "AWS::AccessAnalyzer::Analyzer": analyzer,
    "AWS::Config::ConfigRule": rule,
    "AWS::Config::ConfigurationRecorder": recorder,
    "AWS::GuardDuty::Detector": detector,
    "AWS::SecurityHub::Hub": hub,
}
