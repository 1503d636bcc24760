"""AWS Config, Access Analyzer, GuardDuty, Security Hub.

https://aws.amazon.com/config/pricing/ · https://aws.amazon.com/iam/access-analyzer/pricing/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from cfngen.cost.account import ChargedAccount, ChargedResource
from cfngen.cost.models import Charge, Model
from cfngen.cost.quantity import NOTHING
from cfngen.cost.shape import is_true, mapping, mappings

TRIAL: Final = "GuardDuty and Security Hub are free for their first 30 days in an account and Region"
"""https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-pricing.html"""


def recorder(resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """The changes that are recorded, one by one or once a day."""
    mode = mapping(resource.properties.get("RecordingMode"))
    price = "config.item.daily" if mode.get("RecordingFrequency") == "DAILY" else "config.item"
    mixed = bool(mode.get("RecordingModeOverrides"))
    note = (
        "AWS Config records some types in another way than the others: all are counted alike" if mixed else ""
    )
    yield Charge(price, account.usage.get("configuration_items"), ("configuration_items",), note)


def rule(_resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """Each resource that a rule looks at, each time."""
    yield Charge("config.evaluation", account.usage.get("rule_evaluations"), ("rule_evaluations",))


def analyzer(resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """Unused access is charged for each role and user; access from outside is free."""
    kind = str(resource.properties.get("Type"))
    if "INTERNAL_ACCESS" in kind:
        yield Charge("access-analyzer.internal", NOTHING, item="resources analysed for access from inside")
    if "UNUSED_ACCESS" in kind:
        yield Charge(
            "access-analyzer.unused", account.usage.get("analysed_identities"), ("analysed_identities",)
        )


def detector(resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """What GuardDuty reads: events, flow and DNS logs, and S3 data events where that is on."""
    if not is_true(resource.properties.get("Enable", True)):
        return
    yield Charge(
        "guardduty.management", account.usage.get("management_events"), ("management_events",), TRIAL
    )
    yield Charge("guardduty.flow", account.usage.get("flow_gb"), ("flow_gb",))
    on = {
        str(feature.get("Name"))
        for feature in mappings(resource.properties.get("Features"))
        if feature.get("Status") == "ENABLED"
    }
    sources = mapping(mapping(resource.properties.get("DataSources")).get("S3Logs"))
    if "S3_DATA_EVENTS" in on or is_true(sources.get("Enable")):
        yield Charge("guardduty.s3", account.usage.get("data_events"), ("data_events",))
    for name in sorted(on - {"S3_DATA_EVENTS"}):
        yield Charge(f"guardduty.{name}", NOTHING, item=f"GuardDuty feature {name}")


def hub(resource: ChargedResource, account: ChargedAccount) -> Iterator[Charge]:
    """The checks of the standards that are on: AWS's own two, and those that the account has resources of.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-securityhub-hub.html
    """
    own = str(resource.properties.get("EnableDefaultStandards", True)).lower() != "false"
    if own or any(account.typed("AWS::SecurityHub::Standard")):
        yield Charge("securityhub.check", account.usage.get("security_checks"), ("security_checks",), TRIAL)
    yield Charge("securityhub.finding", account.usage.get("security_findings"), ("security_findings",), TRIAL)


MODELS: Final[Mapping[str, Model]] = {
    "AWS::AccessAnalyzer::Analyzer": analyzer,
    "AWS::Config::ConfigRule": rule,
    "AWS::Config::ConfigurationRecorder": recorder,
    "AWS::GuardDuty::Detector": detector,
    "AWS::SecurityHub::Hub": hub,
}
