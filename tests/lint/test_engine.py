"""The engine: with which values a template is wrong, and what happens to files that are no templates."""

from __future__ import annotations

import subprocess
import sys
from copy import deepcopy
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from cfnlint.context import Context
from cfnlint.context.context import Resource
from cfnlint.decode import decode_str
from cfnlint.rules import Rules
from cfnlint.template import Template
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cfngen.errors import CfngenError
from cfngen.lint.engine import INFORMATIONAL, OWN, RULES, Engine, EveryValue
from cfngen.lint.work import Values, Work
from tests.lint.conftest import REGION, Check

RETENTION = """
    Parameters: {Days: {Type: Number, Default: 30}}
    Resources:
      Logs:
        Type: AWS::Logs::LogGroup
        DeletionPolicy: Retain
        UpdateReplacePolicy: Retain
        Properties:
          RetentionInDays: !Ref Days
          Tags:
            - {Key: Project, Value: a}
            - {Key: Environment, Value: a}
            - {Key: ManagedBy, Value: a}
            - {Key: CostCenter, Value: a}
"""


def test_a_good_template_has_no_findings(check: Check) -> None:
    assert check(RETENTION, dev={"Days": "90"}, prod={"Days": "365"}) == []


def test_an_environments_value_is_checked_and_the_environment_named(check: Check) -> None:
    [finding] = check(RETENTION, dev={"Days": "31"}, prod={"Days": "365"}, test={"Days": "31"})
    assert finding.environments == ("dev", "test")
    assert (finding.rule, finding.level, finding.logical_id) == ("W1030", "warning", "Logs")
    assert finding.message.endswith("resolved to '31'")


def test_what_is_wrong_by_itself_is_said_once(check: Check) -> None:
    findings = check(RETENTION.replace("Default: 30", "Default: 31"), dev={"Days": "90"})
    assert [finding.environments for finding in findings] == [()]
    assert findings[0].path[:2] == ("Parameters", "Days")


def test_an_allowed_value_that_no_environment_takes_is_checked(check: Check) -> None:
    template = RETENTION.replace("Default: 30", "Default: 30, AllowedValues: [30, 31]")
    findings = check(template, dev={"Days": "30"})
    assert [finding.environments for finding in findings] == [()]


def test_a_parameter_that_the_template_does_not_have_is_found_in_the_deployment_file(
    engine: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(RETENTION.replace("\n    ", "\n"))
    values = Values("dev", REGION, "deployments/dev/a.yaml", {"Dais": "30"}, {"Dais": 4})
    [finding] = engine.check(Work(path, "out/a.yaml", (REGION,), (values,)))
    assert (finding.rule, finding.file, finding.line) == ("E9512", "deployments/dev/a.yaml", 4)
    assert finding.logical_id is None


def test_a_context_that_knows_every_value_evolves_as_cfn_lints_own() -> None:
    plain = Template("a.yaml", {"Resources": {"A": {"Type": "AWS::SNS::Topic"}}}, [REGION]).context
    names = [field.name for field in fields(Context) if field.init]
    ours = EveryValue(**{name: getattr(plain, name) for name in names})
    assert ours.module_names == ()
    module = {"B": Resource({"Type": "A::B::C::MODULE"})}
    for changes in (
        {"ref_values": {"A": 1}},
        {"ref_values": {"B": 2}, "strict_types": False},
        {"resources": module},
    ):
        plain, ours = plain.evolve(**changes), ours.evolve(**changes)
        assert type(ours) is EveryValue
        assert [getattr(ours, name) for name in names] == [getattr(plain, name) for name in names]
        assert ours.module_names == plain.module_names


def test_a_list_parameters_value_is_split(check: Check) -> None:
    template = """
        Parameters: {Names: {Type: CommaDelimitedList, Default: 'a,b'}}
        Resources:
          Budget:
            Type: AWS::SSM::Parameter
            Properties: {Type: StringList, Value: !Join [',', !Ref Names]}
    """
    assert check(template, "E", dev={"Names": "c,d"}) == []


def test_each_environment_is_checked_for_its_own_region(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("Resources: {App: {Type: 'AWS::AppRunner::Service', Properties: {}}}")
    regions = ("eu-west-1", "mx-central-1")
    values = tuple(Values(region, region, f"deployments/{region}/a.yaml") for region in regions)
    found = [
        finding for finding in engine.check(Work(path, "a.yaml", regions, values)) if finding.rule == "E3006"
    ]
    assert [finding.message for finding in found] == [
        "Resource type 'AWS::AppRunner::Service' does not exist in 'mx-central-1'"
    ]


def test_a_region_that_does_not_exist_is_one_clear_error(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("Resources: {T: {Type: AWS::SNS::Topic}}")
    with pytest.raises(CfngenError, match="mars-north-1"):
        engine.check(Work(path, "out/a.yaml", ("mars-north-1",)))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"just text",
        b"- a list",
        b"Resources: [",
        b"\xff\xfe\x00",
        b"Resources:\n  A: {Type: AWS::SNS::Topic}\n  A: {Type: AWS::SNS::Topic}\n",
        b"Resources: {T: {Type: AWS::SNS::Topic, Metadata: text}}",
        b"Resources: {T: {Type: AWS::SNS::Topic, Metadata: {cfn-lint: []}}}",
        b"Resources: {T: {Type: AWS::SNS::Topic, Properties: null}}",
        b"Resources: {T: text}",
        b"Metadata: text\nResources: {T: {Type: AWS::SNS::Topic}}",
        b"Parameters: [a]\nResources: {T: {Type: AWS::SNS::Topic}}",
    ],
)
def test_a_broken_template_is_a_finding(engine: Engine, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(content)
    values = (Values("dev", REGION, "deployments/dev/a.yaml", {"A": "b"}),)
    findings = engine.check(Work(path, "out/a.yaml", (REGION,), values))
    assert any(finding.level == "error" for finding in findings)
    assert all(str(tmp_path) not in finding.message for finding in findings)
    assert {finding.file for finding in findings} <= {"out/a.yaml", "deployments/dev/a.yaml"}


def test_a_file_that_is_not_there_is_a_finding(engine: Engine, tmp_path: Path) -> None:
    [finding] = engine.check(Work(tmp_path / "a.yaml", "out/a.yaml", (REGION,)))
    assert (finding.level, finding.file) == ("error", "out/a.yaml")


def test_a_broken_configuration_file_is_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / ".cfnlintrc"
    path.write_text("no_such_setting: 1\n")
    with pytest.raises(CfngenError, match="no_such_setting"):
        Engine(path)


def test_the_projects_configuration_counts(tmp_path: Path) -> None:
    configuration, template = tmp_path / ".cfnlintrc", tmp_path / "a.yaml"
    configuration.write_text("configure_rules: {W9507: {keys: [Owner]}}\n")
    template.write_text("Resources: {T: {Type: AWS::SNS::Topic}}")
    work = Work(template, "out/a.yaml", (REGION,))
    assert Engine(None).check(work) == []
    assert [finding.rule for finding in Engine(configuration).check(work)] == ["W9507"]


def test_our_own_rules_are_complete_and_their_ids_are_free() -> None:
    rules = Rules.create_from_directory(str(RULES))
    assert sorted(rules) == [
        "E9502", "E9503", "E9504", "E9505", "E9506", "E9508", "E9512", "E9513", "E9514", "E9515",
        "E9516", "E9517", "I9511", "W9501", "W9507", "W9509", "W9510",
    ]  # fmt: skip
    for rule in rules.values():
        assert rule.id[1:] >= OWN
        assert rule.source_url.startswith("https://")
        assert rule.description.endswith(".")
        assert rule.shortdesc
        assert rule.tags


def test_every_informational_rule_that_we_ask_for_exists(engine: Engine) -> None:
    known = {name for name in engine._rules if name.startswith("I")}
    assert all(any(name.startswith(asked) for name in known) for asked in INFORMATIONAL)


def test_our_rules_run_in_plain_cfn_lint_too(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("Resources: {Bucket: {Type: AWS::S3::Bucket}}")
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "cfnlint.runner.cli",
            "--append-rules",
            str(RULES),
            "--format",
            "parseable",
            str(path),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "E9506" in run.stdout


# A template with something for every rule, to break at any place.
RICH, _ = decode_str(
    """
    Parameters: {Project: {Type: String}, Environment: {Type: String}, Wide: {Type: String, Default: 'no'}}
    Conditions: {IsWide: !Equals [!Ref Wide, 'yes']}
    Resources:
      Logs:
        Type: AWS::S3::Bucket
        Metadata: {cfn-lint: {config: {ignore_checks: [W9501]}}, checkov: {skip: [{id: a, comment: b}]}}
        Properties: {BucketName: !Sub ['${P}-log', {P: !Ref Project}], Tags: [{Key: Project, Value: a}]}
      Policy:
        Type: AWS::S3::BucketPolicy
        Properties:
          Bucket: !Ref Logs
          PolicyDocument:
            Statement:
              - Effect: Deny
                Principal: {AWS: '*'}
                Action: [s3:*]
                Resource: !Sub '${Logs.Arn}/*'
                Condition: {Bool: {'aws:SecureTransport': ['false']}}
              - {Effect: Allow, Principal: {Service: config.amazonaws.com}, Action: a, Resource: '*'}
      Role:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument: !Sub '{"Statement": {"Effect": "Allow"}}'
          ManagedPolicyArns: !If [IsWide, ['arn:aws:iam::aws:policy/AmazonS3FullAccess'], !Ref AWS::NoValue]
          Policies:
            - {PolicyName: a, PolicyDocument: {Statement: {Effect: Allow, Action: '*', Resource: '*'}}}
      Trail:
        Type: AWS::CloudTrail::Trail
        DeletionPolicy: Retain
        Properties: {S3BucketName: !Ref Logs, KMSKeyId: !GetAtt [Key, Arn]}
      Key: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Statement: []}, Tags: {Fn::Transform: a}}}
    """.replace("\n    ", "\n")
)

OURS = Rules.create_from_directory(str(RULES))
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 7, 1.5, "", "text", "${", [], [[]], [None], {}, {"Ref": []}, {"Fn::If": ["IsWide"]},
     {"Fn::If": [1, 2, 3]}, {"Fn::Sub": []}, {"Fn::Sub": ["${a}", None]}, {"Fn::Join": "x"},
     {"Fn::GetAtt": []}, {"Fn::GetAtt": 1}, {"Fn::If": ["IsWide", {"Ref": "AWS::NoValue"}, [{}]]}]
)  # fmt: skip


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(place for key, value in steps for place in places(value, (*path, key)))]


@given(where=st.sampled_from(places(RICH)[1:]), odd=ODD)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_rule_of_ours_fails_on_a_malformed_template(where: tuple[Any, ...], odd: Any) -> None:
    broken: Any = deepcopy(RICH)
    inner = broken
    for key in where[:-1]:
        inner = inner[key]
    inner[where[-1]] = deepcopy(odd)
    try:
        cfn = Template("a.yaml", broken, [REGION])
        cfn.get_resources()
    except (AttributeError, TypeError, ValueError):
        return  # cfn-lint itself gives up before any rule runs
    for rule in OURS.values():
        rule.match(cfn)
