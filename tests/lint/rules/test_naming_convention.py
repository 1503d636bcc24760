from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from cfngen.lint.engine import Engine
from cfngen.lint.work import Work
from tests.lint.conftest import REGION, Check

TEMPLATE = """
    Parameters:
      Project: {Type: String, Default: shop}
      Environment: {Type: String, Default: dev}
      Given: {Type: String, Default: ''}
      Literal: {Type: String, Default: Old_Topic}
    Conditions: {HasName: !Not [!Equals [!Ref Given, '']]}
    Resources:
      Topic:
        Type: AWS::SNS::Topic
        Properties: {TopicName: NAME}
"""


@pytest.mark.parametrize(
    "name",
    [
        "!Sub '${Project}-${Environment}-alarms'",
        "!Join ['-', [!Ref Project, !Ref Environment, alarms]]",
        "!Ref Given",
        "!If [HasName, !Ref Given, !Sub '${Project}-${Environment}-alarms']",
        "!Select [0, !Split [',', !Ref Given]]",
    ],
)
def test_accepts_the_prefix_or_a_free_choice(check: Check, name: str) -> None:
    assert check(TEMPLATE.replace("NAME", name), "W9501") == []


@pytest.mark.parametrize(
    "name",
    [
        "alarms",
        "!Sub '${Environment}-${Project}-alarms'",
        "!Sub 'alarms-${Project}-${Environment}'",
        "!Ref Literal",
        "!If [HasName, !Ref Given, alarms]",
    ],
)
def test_reports_any_other_name(check: Check, name: str) -> None:
    [finding] = check(TEMPLATE.replace("NAME", name), "W9501")
    assert (finding.level, finding.logical_id) == ("warning", "Topic")


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::KMS::Alias", "{AliasName: !Sub 'alias/PREFIXtrail', TargetKeyId: x}"),
        (
            "AWS::Glue::Database",
            "{CatalogId: !Ref AWS::AccountId, DatabaseInput: {Name: !Sub 'PREFIXaudit'}}",
        ),
        ("AWS::Logs::LogGroup", "{LogGroupName: !Sub '/aws/vendedlogs/PREFIXtrail'}"),
        ("AWS::Athena::WorkGroup", "{Name: !Sub 'PREFIXaudit'}"),
    ],
)
def test_finds_the_name_where_the_type_has_it(check: Check, kind: str, properties: str) -> None:
    template = TEMPLATE.replace("AWS::SNS::Topic", kind).replace("{TopicName: NAME}", properties)
    assert check(template.replace("PREFIX", "${Project}-${Environment}-"), "W9501") == []
    assert len(check(template.replace("PREFIX", "x${Project}"), "W9501")) == 1


def test_asks_for_nothing_in_a_template_without_the_parameters(check: Check) -> None:
    template = TEMPLATE.replace("NAME", "alarms").replace("Environment:", "Stage:")
    assert check(template, "W9501") == []


def test_an_exception_is_written_down_with_its_reason(check: Check) -> None:
    template = TEMPLATE.replace("NAME", "alarms") + (
        "        Metadata: {cfn-lint: {config: {ignore_checks: [W9501]}, reasons: {W9501: 'known by it'}}}\n"
    )
    assert check(template, "W9501") == []
    assert check(template, "W9510") == []


def test_the_prefix_can_be_configured(tmp_path: Path) -> None:
    configuration = tmp_path / ".cfnlintrc"
    configuration.write_text("configure_rules: {W9501: {prefix: acme}}\n")
    path = tmp_path / "stack.yaml"
    engine = Engine(configuration)
    for name, expected in (("acme-alarms", 0), ("alarms", 1)):
        path.write_text(dedent(TEMPLATE.replace("NAME", name)))
        findings = engine.check(Work(path, "out/stack.yaml", (REGION,)))
        assert [finding.rule for finding in findings].count("W9501") == expected
