"""Other people's rules over the templates, with values put in. What still fails is in docs/scanners.md.

checkov, cdk-nag's AwsSolutions and HIPAA packs, AWS Control Tower's Guard rules, and cloudsplaining.
"""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support.proof.account import ADMINISTRATOR, account
from tests.support.proof.tools import ENVIRONMENTS, NODE_MODULES, ROOT, node, run, stacks

GUARD = NODE_MODULES / "@cdklabs/cdk-validator-cfnguard"
SYSTEMS = {"Linux": "ubuntu", "Darwin": "macos"}
MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "arm64": "aarch64", "aarch64": "aarch64"}
ACCEPTED = ROOT / "docs/scanners.md"
ROW = re.compile(r"\| `(?P<rule>[^`]+)` \| `(?P<where>[^`]+)` \| (?P<reason>.+) \|")


class Finding(NamedTuple):
    """A rule that a resource breaks, as `<stack>/<logical id>`."""

    rule: str
    where: str


class Accepted(NamedTuple):
    """A row of docs/scanners.md; `*` in the rule or the place stands for anything."""

    rule: str
    where: str
    reason: str

    def covers(self, finding: Finding) -> bool:
        """Whether this row explains the finding."""
        return all(_glob(pattern).fullmatch(text) for pattern, text in zip(self[:2], finding, strict=True))


def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*"))


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def environment(request: pytest.FixtureRequest) -> str:
    """dev, then prod."""
    return str(request.param)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with each environment's templates in a folder of its own."""
    made = tmp_path_factory.mktemp("resolved")
    for name in ENVIRONMENTS:
        (made / name).mkdir()
        for stack, body in stacks(name).items():
            (made / name / f"{stack}.json").write_text(json.dumps(body, indent=1))
    return made


def checkov(folder: Path) -> dict[str, list[Finding]]:
    """checkov's failed and skipped checks; one that it could not parse would be neither."""
    program = ROOT / ".venv-checkov/bin/checkov"
    options = ["--framework", "cloudformation", "--output", "json", "--compact", "--skip-download"]
    report = json.loads(run([program, "--directory", folder, *options], accept=(0, 1)))
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["passed"] > 0
    return {
        kind: [
            Finding(
                check["check_id"], f"{Path(check['file_path']).stem}/{check['resource'].rpartition('.')[2]}"
            )
            for check in report["results"].get(f"{kind}_checks", [])
        ]
        for kind in ("failed", "skipped")
    }


def test_checkov(folder: Path, environment: str) -> None:
    found = checkov(folder / environment)
    keys = [f"{stack}/Key" for stack, body in stacks(environment).items() if "Key" in body["Resources"]]
    assert sorted(found["skipped"]) == [
        Finding("CKV_AWS_18", "audit-trail/AccessLogBucket"),
        *(Finding("CKV_AWS_33", key) for key in sorted(keys)),
    ]
    assert {finding.rule for finding in found["failed"]} == EXPECTED[environment]


EXPECTED: dict[str, set[str]] = {
    # dev's own choice is AWS's keys: log group, trail, topic and images want a customer-managed one.
    "dev": {"CKV_AWS_158", "CKV_AWS_35", "CKV_AWS_26", "CKV_AWS_136"},
    "prod": set(),
}


@cache
def nag() -> list[Finding]:
    """What cdk-nag's AwsSolutions and HIPAA packs say about prod."""
    return [
        Finding(rule, f"{stack}/{logical_id}") for stack, rule, logical_id in node("nag.mjs", stacks("prod"))
    ]


def guard(folder: Path) -> list[Finding]:
    """What AWS Control Tower's proactive controls, as Guard rules, say about prod."""
    program = GUARD / "bin" / SYSTEMS[platform.system()] / MACHINES[platform.machine().lower()] / "cfn-guard"
    read = ("--rules", GUARD / "rules/control-tower/cfn-guard", "--data", folder / "prod")
    write = ("--structured", "--output-format", "json", "--show-summary", "none")
    reports = json.loads(run([program, "validate", *read, *write], accept=(0, 19)))
    assert {Path(report["name"]).stem for report in reports} == stacks("prod").keys()
    return sorted(
        {
            Finding(control, f"{Path(report['name']).stem}/{logical_id}")
            for report in reports
            for control, logical_id in _controls(report["not_compliant"], "")
        }
    )


def _controls(node_: Any, control: str) -> Iterator[tuple[str, str]]:
    """Every control in Guard's tree of checks, with the resource that each of its failed clauses is about."""
    if isinstance(node_, list):
        for item in node_:
            yield from _controls(item, control)
    if not isinstance(node_, dict):
        return
    message = (node_.get("messages") or {}).get("custom_message") or ""
    named = re.search(r"\[(CT\.[\w.]+)\]", message)
    control = named[1] if named else control
    path = str(node_.get("path", ""))
    if control and path.startswith("/Resources/"):
        yield control, path.split("/")[2]
    for item in node_.values():
        yield from _controls(item, control)


def accepted() -> list[Accepted]:
    """The rows of docs/scanners.md."""
    return [Accepted(**match.groupdict()) for match in ROW.finditer(_page())]


def _page() -> str:
    """The page without prowler's rows, which `make judge` compares."""
    return ACCEPTED.read_text(encoding="utf-8").partition("## What prowler says")[0]


def test_every_finding_has_its_row_and_every_row_its_finding(
    folder: Path,
) -> None:
    found = [*nag(), *guard(folder), *cloudsplaining("prod")]
    rows = accepted()
    assert [finding for finding in found if not any(row.covers(finding) for row in rows)] == []
    assert [row for row in rows if not any(row.covers(finding) for finding in found)] == []


def test_the_scanners_find_what_is_there(folder: Path) -> None:
    """A scanner that reads nothing finds nothing: each must still say what is known to be so."""
    assert any(finding.rule.startswith("AwsSolutions-IAM4") for finding in nag())
    assert any(finding.rule.startswith("HIPAA") for finding in nag())
    assert Finding("CT.S3.PR.2", "audit-trail/AccessLogBucket") in guard(folder)
    assert "privilege escalation" in "".join(_risks(ADMINISTRATOR))
    full = account("prod").managed("arn:aws:iam::aws:policy/AmazonS3FullAccess")
    assert {"data exfiltration", "resource exposure", "service wildcard"} <= set(_risks(full))


def cloudsplaining(environment: str) -> list[Finding]:
    """cloudsplaining's risks in every policy, AWS managed ones expanded."""
    policies = account(environment).policies()
    return [
        Finding(f"cloudsplaining {risk}", name.rpartition("/")[2])
        for name, document in policies.items()
        for risk in _risks(document)
    ]


def _risks(document: Any) -> list[str]:
    from cloudsplaining.scan.policy_document import PolicyDocument

    policy = PolicyDocument(json.loads(json.dumps(document)))
    found = {
        "privilege escalation": policy.allows_privilege_escalation,
        "data exfiltration": policy.allows_data_exfiltration_actions,
        "resource exposure": policy.permissions_management_without_constraints,
        "service wildcard": policy.service_wildcard,
    }
    return [risk for risk, actions in found.items() if actions]


def test_every_row_has_a_reason() -> None:
    for row in accepted():
        assert len(row.reason.split()) > 5, row
    lines = [line for line in _page().splitlines() if line.startswith("| `")]
    assert len(lines) == len(accepted()), "a row of docs/scanners.md is not written as the others"
