"""What docs/first-deployment.md says of the stacks and their values is so."""

from __future__ import annotations

import re

from tests.support.projects import ROOT
from tests.support.stacks.deployed import refused, resources

TEXT = (ROOT / "docs" / "first-deployment.md").read_text(encoding="utf-8")
OF_A_REPOSITORY = {"GitHubRepository": "octo-org/octo-repo", "GitHubEnvironment": "production"}


def one_account() -> dict[str, dict[str, str]]:
    """The values that prod needs beside dev in one account, by stack."""
    section = TEXT.partition("## One account or two")[2].partition("\n## ")[0]
    changed: dict[str, dict[str, str]] = {}
    for stack, cells in re.findall(r"^\| `([a-z-]+)\.yaml` \| (.*) \|", section, flags=re.MULTILINE):
        changed.setdefault(stack, {}).update(re.findall(r"`(\w+): (\w+)`", cells))
    return changed


def test_prod_takes_the_values_that_one_account_needs() -> None:
    changed = one_account()
    assert changed["compliance"] == {
        "Recorder": "existing",
        "AccessAnalyzer": "none",
        "UnusedAccess": "disabled",
    }
    changed["delivery-access"] |= OF_A_REPOSITORY
    assert {stack: refused(stack, "prod", **values) for stack, values in changed.items()} == {
        stack: [] for stack in changed
    }


def test_what_an_account_has_once_is_then_made_by_dev_alone() -> None:
    once = {
        "AWS::AccessAnalyzer::Analyzer",
        "AWS::CE::AnomalyMonitor",
        "AWS::Config::ConfigurationRecorder",
        "AWS::Config::DeliveryChannel",
        "AWS::GuardDuty::Detector",
        "AWS::IAM::OIDCProvider",
        "AWS::SecurityHub::Hub",
    }
    changed = one_account()
    changed["delivery-access"] |= OF_A_REPOSITORY
    made = {
        body["Type"]
        for stack, values in changed.items()
        for body in resources(stack, "prod", **values).values()
    }
    assert not made & once


def test_without_a_repository_the_stack_that_is_left_out_would_be_empty() -> None:
    assert refused("delivery-access", "prod", GitHubProvider="existing")
    assert "without one delete the file" in TEXT


def test_the_number_of_alarms_is_that_of_the_stack() -> None:
    alarms = [body for body in resources("audit-alarms").values() if body["Type"] == "AWS::CloudWatch::Alarm"]
    assert f"| {len(alarms)} alarms, their metrics, a dashboard |" in TEXT
