"""What AWS's detection services must guarantee here: nothing is paid for unasked."""

from __future__ import annotations

import botocore.session
import pytest

from tests.support.stacks.deployed import REGION, properties, refused, resources, template

STACK = "detection"
PAID = (
    "GuardDuty",
    "S3Protection",
    "EksProtection",
    "AiProtection",
    "SecurityHub",
    "BestPractices",
    "CisBenchmark",
)
EVERYTHING = {
    "GuardDuty": "enabled",
    "S3Protection": "enabled",
    "EksProtection": "enabled",
    "AiProtection": "enabled",
    "SecurityHub": "enabled",
    "BestPractices": "enabled",
    "CisBenchmark": "5.0.0",
    "FindingAggregation": "enabled",
    "ExternalAccess": "enabled",
}


@pytest.mark.parametrize("where", ["dev", "prod"])
def test_everything_is_off_until_it_is_asked_for(where: str) -> None:
    assert set(resources(STACK, where)) == {"NothingElseYet"}


@pytest.mark.parametrize("part", PAID)
def test_each_paid_part_says_what_it_costs(part: str) -> None:
    description = template(STACK)["Parameters"][part]["Description"]
    assert "$" in description or "prices" in description


def test_no_protection_plan_comes_on_by_itself() -> None:
    """GuardDuty turns on what is not named: so each plan that it can be asked for and charges for is.

    https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateDetector.html
    """
    guardduty = botocore.session.get_session().get_service_model("guardduty")
    offered, charged = (set(guardduty.shape_for(name).enum) for name in ("DetectorFeature", "UsageFeature"))
    # Runtime Monitoring is charged by kind of machine, and contains what EKS alone had before.
    plans = (offered & charged) - {"EKS_RUNTIME_MONITORING"} | {"RUNTIME_MONITORING"}
    found = properties(STACK, "Detector", GuardDuty="enabled")
    assert {feature["Status"] for feature in found["Features"]} == {"DISABLED"}
    assert {feature["Name"] for feature in found["Features"]} == plans
    chosen = properties(STACK, "Detector", GuardDuty="enabled", S3Protection="enabled")["Features"]
    assert [feature["Name"] for feature in chosen if feature["Status"] == "ENABLED"] == ["S3_DATA_EVENTS"]


def test_a_plan_that_a_region_does_not_offer_is_not_named() -> None:
    named = properties(STACK, "Detector", GuardDuty="enabled", AiProtection="not-offered")["Features"]
    assert "AI_PROTECTION" not in {feature["Name"] for feature in named}
    assert refused(STACK, AiProtection="not-offered") == []


def test_no_standard_comes_on_by_itself() -> None:
    assert properties(STACK, "Hub", SecurityHub="enabled")["EnableDefaultStandards"] is False
    assert set(resources(STACK, SecurityHub="enabled")) == {"NothingElseYet", "Hub"}
    arns = {
        properties(STACK, name, **EVERYTHING)["StandardsArn"]
        for name in ("BestPracticesStandard", "CisStandard")
    }
    assert arns == {
        f"arn:aws:securityhub:{REGION}::standards/aws-foundational-security-best-practices/v/1.0.0",
        f"arn:aws:securityhub:{REGION}::standards/cis-aws-foundations-benchmark/v/5.0.0",
    }


def test_all_parts_together() -> None:
    assert refused(STACK, **EVERYTHING) == []
    assert set(resources(STACK, **EVERYTHING)) == {
        "NothingElseYet",
        "Detector",
        "Hub",
        "BestPracticesStandard",
        "CisStandard",
        "Aggregator",
        "ExternalAccessAnalyzer",
    }


def test_the_analyzer_does_not_take_the_name_of_compliances() -> None:
    ours = properties(STACK, "ExternalAccessAnalyzer", ExternalAccess="enabled")["AnalyzerName"]
    assert ours != properties("compliance", "ExternalAccessAnalyzer")["AnalyzerName"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"S3Protection": "enabled"}, "enable that too"),
        ({"EksProtection": "enabled"}, "enable that too"),
        ({"AiProtection": "enabled"}, "enable that too"),
        ({"BestPractices": "enabled"}, "enable that too"),
        ({"CisBenchmark": "5.0.0"}, "enable that too"),
        ({"FindingAggregation": "enabled"}, "enable that too"),
        ({"CisBenchmark": "9.9"}, "none, 5.0.0 or 3.0.0"),
        ({"GuardDuty": "yes"}, "enabled or disabled"),
    ],
)
def test_wrong_values_are_refused_with_what_is_wanted(wrong: dict[str, str], says: str) -> None:
    assert any(says in remedy for remedy in refused(STACK, **wrong))
    assert refused(STACK) == []
