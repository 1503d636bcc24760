"""The evidence for controls: what each status means, and that it never says more than is known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from cfngen.report.controls.evidence import (
    STATUSES,
    ControlEvidence,
    Outcome,
    evidence,
    outcomes,
)
from cfngen.report.controls.mapping import mapping
from cfngen.report.controls.rows import ROWS
from cfngen.report.controls.subjects import SUBJECTS
from cfngen.verify.claims import Claim
from tests.support.evidence import made
from tests.support.projects import ROOT

TRAIL = {
    "IsLogging": True,
    "IsMultiRegionTrail": True,
    "EnableLogFileValidation": True,
    "S3BucketName": "logs",
}
VALIDATION = Claim(
    "audit", "Trail/validation", "it can be proven", "trail", "Trail", given={"demand": "validation"}
)
ID = "audit/Trail/validation"


def _trail(**properties: Any) -> dict[str, Any]:
    return {
        "audit": {
            "Resources": {"Trail": {"Type": "AWS::CloudTrail::Trail", "Properties": {**TRAIL, **properties}}}
        }
    }


def _control(found: list[ControlEvidence], framework: str, control: str) -> ControlEvidence:
    (one,) = (each for each in found if (each.framework, each.control) == (framework, control))
    return one


def test_what_the_template_sets_is_evidence() -> None:
    control = _control(evidence(_trail()), "cis", "3.2")
    assert control.status == "evidence"
    (item,) = control.checks[0].items
    assert (item.stack, item.logical_id, item.row.property) == ("audit", "Trail", "EnableLogFileValidation")


def test_what_the_template_does_not_set_is_none() -> None:
    assert _control(evidence(_trail(EnableLogFileValidation=False)), "cis", "3.2").status == "no evidence"


def test_one_of_two_trails_is_a_part_of_it() -> None:
    stacks = _trail() | {"more": _trail(EnableLogFileValidation=False)["audit"]}
    assert _control(evidence(stacks), "cis", "3.2").status == "partly"
    assert _control(evidence(stacks), "cis", "3.1").status == "evidence"  # one trail is enough for that


def test_what_the_stacks_are_not_about_is_not_covered() -> None:
    control = _control(evidence(_trail()), "cis", "2.2.1")
    assert control.status == "not covered by these stacks"
    assert control.others == ("rds_instance_storage_encrypted",)
    assert _control(evidence(_trail()), "cis", "3.6").status == "not covered by these stacks"


def test_what_an_environment_leaves_out_has_no_evidence() -> None:
    found = evidence(_trail(), possible={"AWS::KMS::Key"})
    assert _control(found, "cis", "3.6").status == "no evidence"


def test_what_asks_for_every_region_is_a_part_of_it() -> None:
    stacks = {
        "detection": {
            "Resources": {"D": {"Type": "AWS::GuardDuty::Detector", "Properties": {"Enable": True}}}
        }
    }
    assert _control(evidence(stacks), "fsbp", "GuardDuty.1").status == "partly"


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        ("holds", "evidence"),
        ("not yet", "evidence"),
        ("cannot tell", "evidence"),
        ("does not hold", "no evidence"),
    ],
)
def test_a_claim_that_does_not_hold_takes_the_evidence_away(outcome: str, status: str) -> None:
    control = _control(evidence(_trail(), [VALIDATION], {ID: Outcome(outcome, "seen")}), "cis", "3.2")
    assert control.status == status
    assert control.checks[0].items[0].claims == ((ID, "it can be proven", Outcome(outcome, "seen")),)


def test_a_claim_that_was_not_checked_is_said_to_be_so() -> None:
    control = _control(evidence(_trail(), [VALIDATION]), "cis", "3.2")
    assert control.checks[0].items[0].claims[0].outcome is None


@pytest.mark.parametrize(
    ("details", "status"),
    [
        (("EnableLogFileValidation: true, and is false",), "no evidence"),
        (("TrailName: a, and is b",), "evidence"),
        ((), "no evidence"),
    ],
)
def test_a_resource_that_is_not_as_its_template_says(details: tuple[str, ...], status: str) -> None:
    results = {"audit/Trail/as-template": Outcome("does not hold", "it differs", details)}
    assert _control(evidence(_trail(), [], results), "cis", "3.2").status == status


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (None, "partly"),
        (Outcome("holds"), "evidence"),
        (Outcome("not yet"), "partly"),
        (Outcome("does not hold", details=("root-mfa",)), "no evidence"),
        (Outcome("does not hold", details=("another",)), "partly"),
    ],
)
def test_a_rule_of_aws_config_shows_what_its_result_says(outcome: Outcome | None, status: str) -> None:
    rule = {
        "Type": "AWS::Config::ConfigRule",
        "Properties": {
            "ConfigRuleName": "root-mfa",
            "Source": {"SourceIdentifier": "ROOT_ACCOUNT_MFA_ENABLED"},
        },
    }
    claim = Claim("watch", "First/rules", "no rule is broken", "rules", "First")
    results = {} if outcome is None else {claim.id: outcome}
    found = evidence({"watch": {"Resources": {"Mfa": rule}}}, [claim], results)
    assert _control(found, "cis", "1.4").status == status


def test_the_results_of_verify_are_read() -> None:
    claim = {"id": ID, "outcome": "does-not-hold", "evidence": "off", "details": ["a"]}
    assert outcomes({"claims": [claim]}) == {ID: Outcome("does not hold", "off", ("a",))}


@pytest.mark.parametrize("environment", ["dev", "prod", "workshop"])
def test_every_control_is_named_and_nothing_says_compliant(environment: str) -> None:
    stacks, claims, types = made(environment)
    found = evidence(stacks, claims, possible=types)
    assert [(each.framework, each.control) for each in found] == [
        (framework.id, control.id) for framework in mapping().frameworks for control in framework.controls
    ]
    assert {each.status for each in found} == set(STATUSES)
    assert "complian" not in json.dumps([STATUSES, [row.says for row in ROWS]]).lower()
    for control in found:
        asked = {check.check for check in control.checks} | set(control.others)
        assert len(asked) == len(control.checks) + len(control.others)


def test_prod_shows_more_than_dev() -> None:
    dev, prod = (
        {(each.framework, each.control): each.status for each in evidence(found.stacks, possible=found.types)}
        for found in (made("dev"), made("prod"))
    )
    assert (dev["cis", "3.5"], prod["cis", "3.5"]) == ("no evidence", "evidence")
    assert all(prod["cis", f"4.{number}"] == "evidence" for number in range(1, 16))
    assert all(prod["cis", f"3.{number}"] == "evidence" for number in (1, 2, 4, 5, 6, 8, 9))


def test_every_kind_of_claim_that_a_row_names_is_made() -> None:
    """A demand that is misspelt would link nothing, in silence."""
    claims = made("prod").claims
    kinds = {(claim.kind, claim.given.get("demand", "")) for claim in claims}
    kinds |= {(kind, "") for kind, _ in kinds}
    for row in ROWS:
        for shows in row.claims:
            assert (shows.kind, shows.demand) in kinds, row.check


def test_the_mapping_names_source_licence_and_date() -> None:
    known = mapping()
    assert known.licence == "Apache-2.0"
    for part in (known.source, known.commit[:12], known.date, known.licence):
        assert part in known.credit
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for part in (
        known.source,
        known.commit,
        known.date,
        known.licence,
        "src/cfngen/report/controls/prowler.json",
    ):
        assert part in notice


def test_every_control_says_what_it_is_about() -> None:
    for framework in mapping().frameworks:
        judged = {control.id for control in framework.controls if control.checks}
        assert SUBJECTS.get(framework.id, {}).keys() == (set() if framework.id == "fsbp" else judged)


def test_no_control_is_twice_and_every_row_belongs_to_one() -> None:
    for framework in mapping().frameworks:
        ids = [control.id for control in framework.controls]
        assert len(ids) == len(set(ids)), framework.id
    asked: Mapping[str, Any] = {
        check: control.id
        for framework in mapping().frameworks
        for control in framework.controls
        for check in control.checks
    }
    assert {row.check for row in ROWS} <= asked.keys()


def test_what_an_emulator_says_is_no_evidence() -> None:
    rule = {
        "Type": "AWS::Config::ConfigRule",
        "Properties": {
            "ConfigRuleName": "root-mfa",
            "Source": {"SourceIdentifier": "ROOT_ACCOUNT_MFA_ENABLED"},
        },
    }
    claim = Claim("watch", "First/rules", "no rule is broken", "rules", "First")
    found = evidence(
        {"watch": {"Resources": {"Mfa": rule}}}, [claim], {claim.id: Outcome("holds")}, emulated=True
    )
    assert _control(found, "cis", "1.4").status == "partly"
