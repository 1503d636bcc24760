"""buildspec.yml's own commands, in fresh clones, against the emulator, which asks IAM.

Before, a person deploys delivery-pipeline, as docs/codebuild.md says. The builds act with the policies of the
roles that it makes: what they do is allowed there. The emulator does not know CloudFormation's own condition
keys, `cloudformation:RoleArn` and `cloudformation:ChangeSetName`; these alone are left out (tests/proof holds
them).
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest

from cfngen.manifest import Manifest
from cfngen.project import Project
from cfngen.sandbox.launcher import Sandbox
from cfngen.template.environment.deployment_file import deployment, environment
from tests.support.codebuild import BUILDSPEC, Build, Repository, build
from tests.support.deployments import deploy
from tests.support.planted import ATTACKS, plant
from tests.support.projects import ROOT
from tests.support.sandbox_account import Aws, fresh_account

pytestmark = pytest.mark.unmeasured

P = "mlops-retail-prediction-dev"
PIPELINE = "delivery-pipeline"
ROLES = "delivery-roles"
STACKS = set(Manifest.read(Project(ROOT).manifest, "manifest").order()) - {PIPELINE, ROLES}
PUSH = {"CODEBUILD_WEBHOOK_EVENT": "PUSH", "CODEBUILD_WEBHOOK_HEAD_REF": "refs/heads/main"}
PULL_REQUEST = {
    "CODEBUILD_WEBHOOK_EVENT": "PULL_REQUEST_UPDATED",
    "CODEBUILD_WEBHOOK_HEAD_REF": "refs/heads/change",
    "CODEBUILD_WEBHOOK_BASE_REF": "refs/heads/main",
}
DESCRIPTION = "EKS cluster service role for retail prediction MLOps platform"
CHANGE = {
    "templates/platform_roles.py": (DESCRIPTION, "Role of the cluster of the retail prediction platform")
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository.make(tmp_path_factory.mktemp("pipeline") / "origin")


@pytest.fixture(scope="module")
def aws(sandbox: Sandbox) -> Iterator[Aws]:
    with fresh_account(sandbox) as account:
        set_up(account)
        yield account


def set_up(aws: Aws) -> None:
    """What a person does once in an account."""
    project = Project(ROOT)
    for stack in (ROLES, PIPELINE):
        file = deployment(project, environment(project, "dev"), stack)
        body = (ROOT / "out" / f"{stack}.yaml").read_text(encoding="utf-8")
        assert deploy(aws, f"{P}-{stack}", body, file.parameters, file.tags).status == "CREATE_COMPLETE"


def acting_as(aws: Aws, role: str) -> dict[str, str]:
    """The variables of a process that may do what a role of the pipeline may."""
    iam = aws.client("iam")
    user = f"{role}-{uuid4()}"[:64]
    iam.create_user(UserName=user)
    for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
        version = iam.get_policy_version(PolicyArn=policy["PolicyArn"], VersionId="v1")["PolicyVersion"]
        document = version["Document"]
        for statement in document["Statement"]:
            for operator, keys in [*statement.get("Condition", {}).items()]:
                if statement["Effect"] == "Allow" and any(key.startswith("cloudformation:") for key in keys):
                    del statement["Condition"][operator]
        iam.put_user_policy(
            UserName=user, PolicyName=policy["PolicyName"], PolicyDocument=json.dumps(document)
        )
    key = iam.create_access_key(UserName=user)["AccessKey"]
    return {
        **aws.environment,
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }


@pytest.fixture(scope="module")
def deployed(repository: Repository, aws: Aws) -> Build:
    """The build of a push to main, into an empty account."""
    commit = repository.commit("main")
    return run(repository, commit, aws, "deploy", **PUSH)


@pytest.fixture(scope="module")
def changed(repository: Repository) -> str:
    """The commit of a pull request that changes a template."""
    repository.commit("change", CHANGE)
    subprocess.run([sys.executable, "generate.py"], cwd=repository.root, capture_output=True, check=True)
    return repository.amend()


@pytest.fixture(scope="module")
def reviewed(repository: Repository, deployed: Build, changed: str, aws: Aws) -> dict[str, Build]:
    """The batch of the pull request: one build per environment, side by side."""
    assert deployed.succeeded, deployed.log

    def one(element: dict[str, Any]) -> Build:
        variables = element["env"]["variables"]
        return run(
            repository,
            changed,
            aws,
            "plan",
            CODEBUILD_BATCH_BUILD_IDENTIFIER=element["identifier"],
            **PULL_REQUEST,
            **variables,
        )

    elements = BUILDSPEC["batch"]["build-list"]
    with ThreadPoolExecutor() as pool:
        builds = pool.map(one, elements)
        return dict(zip((each["identifier"] for each in elements), builds, strict=True))


def run(
    repository: Repository,
    commit: str,
    aws: Aws,
    goal: str,
    phases: Collection[str] = tuple(BUILDSPEC["phases"]),
    **variables: str,
) -> Build:
    """A build of the project of delivery-pipeline with this goal, in dev."""
    number = sum(1 for _ in repository.root.parent.glob("build-*"))
    name = f"build-{number}-{variables.get('CFNGEN_ENVIRONMENT', goal)}"
    project = {
        "CFNGEN_ENVIRONMENT": "dev",
        "CFNGEN_GOAL": goal,
        "CFNGEN_ROLE_ARN": f"arn:aws:iam::{aws.account}:role/{P}-cfn-execution",
    }
    credentials = acting_as(aws, f"{P}-pipeline-{goal}")
    source = repository.root.parent / name
    return build(repository, commit, source, {**credentials, **variables}, project, phases)


def stacks(aws: Aws) -> dict[str, dict[str, Any]]:
    """Every stack of the account but the pipeline's, by its logical name, with its resources."""
    api = aws.client("cloudformation")
    found = {}
    for stack in api.describe_stacks()["Stacks"]:
        resources = api.describe_stack_resources(StackName=stack["StackName"])["StackResources"]
        found[stack["StackName"].removeprefix(f"{P}-")] = {**stack, "resources": resources}
    del found[PIPELINE], found[ROLES]
    return found


def read(build: Build, name: str) -> Any:
    return json.loads((build.source / "reports" / name).read_text(encoding="utf-8"))


def by_stack(document: Any, key: str) -> dict[str, Any]:
    return {each["stack"]: each[key] for each in document["stacks"]}


# --- A push to main -----------------------------------------------------------------------------------------


def test_a_push_to_main_is_deployed(deployed: Build, aws: Aws) -> None:
    assert deployed.phases == {"INSTALL": True, "BUILD": True, "POST_BUILD": True}, deployed.log
    found = stacks(aws)
    assert {name: stack["StackStatus"] for name, stack in found.items()} == dict.fromkeys(
        STACKS, "CREATE_COMPLETE"
    )


def test_what_is_executed_is_what_was_planned(deployed: Build) -> None:
    planned, done = read(deployed, "plan.json"), read(deployed, "deploy.json")
    assert by_stack(planned, "change_set") == by_stack(done, "change_set")
    assert set(by_stack(done, "result").values()) == {"deployed"}
    assert deployed.variables == {
        "CFNGEN_GOAL": "deploy",
        "CFNGEN_CHANGE_SETS": " ".join(by_stack(planned, "change_set").values()),
    }


def test_everything_is_kept(deployed: Build) -> None:
    kept = deployed.artifacts()
    assert {f"out/{stack}.yaml" for stack in STACKS} | {"out/manifest.json"} <= kept
    for name in ("plan", "deploy", "outputs"):
        assert f"reports/{name}.json" in kept
    assert {"reports/lint.sarif", "reports/diff.md"} <= kept
    assert {f"reports/configuration/{stack}.json" for stack in STACKS} <= kept
    outputs = read(deployed, "outputs.json")
    assert set(outputs) == STACKS
    assert outputs["audit-trail"]["TrailArn"].startswith("arn:aws:cloudtrail:")


def test_reports_are_what_codebuild_reads(deployed: Build) -> None:
    for name, files in deployed.reports().items():
        (file,) = files
        suites = list(ET.parse(file).iter("testsuite"))  # noqa: S314
        assert suites, name
        assert all(suite.get("failures", "0") == "0" for suite in suites)
        assert sum(1 for suite in suites for _ in suite.iter("testcase")) > 1


# --- A pull request -----------------------------------------------------------------------------------------


def test_a_pull_request_is_planned_and_changes_nothing(reviewed: dict[str, Build], aws: Aws) -> None:
    dev = reviewed["dev"]
    assert dev.phases == {"INSTALL": True, "BUILD": True, "POST_BUILD": True}, dev.log
    plan = read(dev, "plan.json")
    results = by_stack(plan, "result")
    assert results.pop("platform-roles") == "planned"
    assert set(results.values()) == {"no-change"}
    (change,) = next(each for each in plan["stacks"] if each["stack"] == "platform-roles")["changes"]
    assert (change["logical_id"], change["consequence"]) == ("ClusterRole", "in-place")
    assert not (dev.source / "reports" / "deploy.json").exists()
    assert dev.variables["CFNGEN_GOAL"] == "plan"
    role = aws.client("iam").get_role(RoleName=f"{P}-eks-cluster-role")["Role"]
    assert role["Description"] == DESCRIPTION


def test_its_change_set_waits_for_review(reviewed: dict[str, Build], aws: Aws) -> None:
    dev = reviewed["dev"]
    arn = dev.variables["CFNGEN_CHANGE_SETS"]
    found = aws.client("cloudformation").describe_change_set(ChangeSetName=arn)
    assert (found["Status"], found["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE")


def test_the_difference_is_told_against_the_base_branch(reviewed: dict[str, Build]) -> None:
    for each in reviewed.values():
        told = (each.source / "reports" / "diff.md").read_text(encoding="utf-8")
        assert "ClusterRole" in told
        assert told in each.log


def test_in_a_batch_each_role_plans_its_own_environment(reviewed: dict[str, Build], aws: Aws) -> None:
    others = [build for environment, build in reviewed.items() if environment != "dev"]
    assert len(others) > 1
    for each in others:
        assert each.phases == {"INSTALL": True, "BUILD": True, "POST_BUILD": True}, each.log
        assert not (each.source / "reports" / "plan.json").exists()
        assert "CFNGEN_CHANGE_SETS" not in each.variables
    assert set(stacks(aws)) == STACKS


def test_what_was_approved_is_deployed_and_nothing_else(
    reviewed: dict[str, Build], repository: Repository, changed: str, aws: Aws
) -> None:
    del reviewed  # those are for people to look at; a role that deploys makes its own
    asked = run(repository, changed, aws, "deploy", ("post_build",), CFNGEN_GOAL="approve")
    approved = asked.variables["CFNGEN_CHANGE_SETS"]
    assert ":changeSet/cfngen-deploy-" in approved
    before = stacks(aws)
    done = run(repository, changed, aws, "deploy", CFNGEN_CHANGE_SETS=approved)
    assert done.succeeded, done.log
    assert by_stack(read(done, "deploy.json"), "change_set") == {"platform-roles": approved}
    assert not (done.source / "reports" / "plan.json").exists()
    after = stacks(aws)
    assert after.pop("platform-roles")["StackStatus"] == "UPDATE_COMPLETE"
    before.pop("platform-roles")
    assert after == before


# --- An attack --------------------------------------------------------------------------------------------


def test_change_sets_that_somebody_else_made_first_are_not_executed(repository: Repository) -> None:
    commit, only = repository.commit("main"), ("post_build",)
    # A world of its own: a bucket name can exist once in each, and `deployed` may have taken them here.
    with Sandbox() as world, fresh_account(world) as account:
        set_up(account)
        planned = run(repository, commit, account, "deploy", only, CFNGEN_GOAL="approve")
        assert planned.succeeded, planned.log
        told, planted = {}, []
        arns = by_stack(read(planned, "plan.json"), "change_set")
        for (stack, arn), wanted in zip(arns.items(), itertools.cycle(ATTACKS), strict=False):
            kind = "tag" if wanted == "parameter" and not parameters(account, arn) else wanted
            planted.append(plant(account, arn, kind))
            told[stack] = ATTACKS[kind][1]
        assert set(told.values()) == {text for _, text in ATTACKS.values()}

        approved = run(repository, commit, account, "deploy", only, CFNGEN_CHANGE_SETS=" ".join(planted))
        assert not approved.succeeded
        assert not {"deployed", "no-change"} & set(by_stack(read(approved, "deploy.json"), "result").values())
        assert {each["StackStatus"] for each in stacks(account).values()} == {"REVIEW_IN_PROGRESS"}
        assert next(iter(told.values())) in approved.log

        pushed = run(repository, commit, account, "deploy", only, **PUSH)
        assert pushed.succeeded, pushed.log
        for stack, warnings in by_stack(read(pushed, "plan.json"), "warnings").items():
            assert told[stack] in warnings[0]
        assert {each["StackStatus"] for each in stacks(account).values()} == {"CREATE_COMPLETE"}
        for stack in told:
            body = account.client("cloudformation").get_template(StackName=f"{P}-{stack}")["TemplateBody"]
            assert body == (ROOT / "out" / f"{stack}.yaml").read_text(encoding="utf-8")


def parameters(aws: Aws, arn: str) -> list[Any]:
    found = aws.client("cloudformation").describe_change_set(ChangeSetName=arn)
    return list(found.get("Parameters", []))


@pytest.mark.parametrize(
    "value",
    [
        "--yes",
        "arn:aws:x --no-rollback",
        "$(touch planted)",
        "*",
        "a;touch planted",
        "--role-arn\narn:aws:iam",
    ],
)
def test_the_variable_for_change_sets_carries_nothing_else(value: str, tmp_path: Path) -> None:
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / "reports").mkdir()
    seen = tmp_path / ".venv" / "bin" / "cfngen"
    seen.write_text('#!/bin/sh\nprintf "%s\\n" "$@" >arguments\n')
    seen.chmod(0o755)
    command = next(each for each in BUILDSPEC["phases"]["post_build"]["commands"] if "arns" in each)
    variables = {"CFNGEN_GOAL": "deploy", "CFNGEN_CHANGE_SETS": value, "CFNGEN_ENVIRONMENT": "dev"}
    subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env={"PATH": os.environ["PATH"], **variables}, check=True
    )
    arguments = (tmp_path / "arguments").read_text().splitlines()
    given = [each for each in arguments if each.startswith("--change-set=")]
    assert given == [f"--change-set={word}" for word in value.split()]
    assert [each for each in arguments if each not in given] == [
        *("deploy", "--env", "dev", "--yes", "--format", "json", "--save-outputs", "reports/outputs.json")
    ]
    assert not (tmp_path / "planted").exists()


@pytest.mark.parametrize("batch", [False, True])
def test_a_build_whose_role_does_not_fit_fails(batch: bool, repository: Repository) -> None:
    command = next(each for each in BUILDSPEC["phases"]["post_build"]["commands"] if "plans=yes" in each)
    variables = {"CODEBUILD_BATCH_BUILD_IDENTIFIER": "dev"} if batch else {}

    def code(environment: str, role: str) -> int:
        ran = subprocess.run(
            ["bash", "-c", command],
            cwd=repository.root,
            env={
                "PATH": os.environ["PATH"],
                "CFNGEN_ENVIRONMENT": environment,
                "CFNGEN_ROLE_ARN": f"arn:aws:iam::111122223333:role/{role}",
                **variables,
            },
            check=False,
        )
        return ran.returncode

    assert code("dev", f"{P}-cfn-execution") == 0
    assert code("dev", "p-devel-cfn-execution") == 1
    assert code("dev", "something") == 1
    assert code("prod", f"{P}-cfn-execution") == (0 if batch else 1)


# --- Failures -----------------------------------------------------------------------------------------------


def test_a_lint_error_fails_the_check_and_nothing_is_planned(
    repository: Repository, sandbox: Sandbox
) -> None:
    wrong = {"deployments/dev/cost-guard.yaml": ("CostCenter: mlops\n", "CostCenter: '!'\n")}
    with fresh_account(sandbox) as empty:
        set_up(empty)
        failed = run(repository, repository.commit("wrong", wrong), empty, "deploy", **PUSH)
        assert failed.phases == {"INSTALL": True, "BUILD": False, "POST_BUILD": False}, failed.log
        assert stacks(empty) == {}
    assert "deployments/dev/cost-guard.yaml" in failed.log
    (report,) = failed.reports()["lint"]
    assert list(ET.parse(report).iter("failure"))  # noqa: S314
    kept = failed.artifacts()
    assert {"reports/lint.sarif", "reports/lint.xml", "out/manifest.json"} <= kept
    assert not {"reports/plan.json", "reports/tests.xml"} & kept


def test_a_failing_deployment_fails_the_build_and_leaves_its_evidence(
    repository: Repository, deployed: Build, sandbox: Sandbox
) -> None:
    assert deployed.succeeded, deployed.log
    # The name that dev gives the trail's bucket can exist once in the world, and the first account has it.
    with fresh_account(sandbox) as account:
        set_up(account)
        failed = run(repository, repository.commit("main"), account, "deploy", **PUSH)
        assert failed.phases == {"INSTALL": True, "BUILD": True, "POST_BUILD": False}, failed.log
        assert stacks(account)["audit-trail"]["StackStatus"] == "ROLLBACK_COMPLETE"
    done = read(failed, "deploy.json")
    results = by_stack(done, "result")
    assert results.pop("audit-trail") == "rolled-back"
    assert set(results.values()) == {"skipped"}
    failure = by_stack(done, "failure")["audit-trail"]
    assert failure["logical_id"] == "TrailBucket"
    assert failure["reason"] in " ".join(failed.log.split())  # lines are wrapped
    assert {"reports/plan.json", "reports/deploy.json", "reports/outputs.json"} <= failed.artifacts()
    found = {name: len(files) for name, files in failed.reports().items()}
    assert found == {"lint": 1, "tests": 1, "verify": 0}  # what is not deployed is not verified


# --- The decision alone -------------------------------------------------------------------------------------


def decided(folder: Path, **variables: str) -> list[str]:
    """The goal, and the commit to compare with, of a build that these variables are given to."""
    decision = next(each for each in BUILDSPEC["phases"]["post_build"]["commands"] if "since=" in each)
    ran = subprocess.run(
        ["bash", "-c", f'{decision}\necho "$CFNGEN_GOAL $since"'],
        cwd=folder,
        env={"CFNGEN_BRANCH": "main", "PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.split()


@pytest.mark.parametrize("goal", ["plan", "deploy"])
def test_the_event_decides_before_the_project_does(goal: str, tmp_path: Path) -> None:
    elsewhere = {**PUSH, "CODEBUILD_WEBHOOK_HEAD_REF": "refs/heads/other"}
    assert decided(tmp_path, CFNGEN_GOAL=goal, **PULL_REQUEST) == ["plan"]
    assert decided(tmp_path, CFNGEN_GOAL=goal, **elsewhere) == ["plan"]
    assert decided(tmp_path, CFNGEN_GOAL=goal, **PUSH) == [goal]
    assert decided(tmp_path, CFNGEN_GOAL=goal) == [goal]


def test_without_a_goal_a_push_to_the_branch_deploys_and_a_person_plans(tmp_path: Path) -> None:
    assert decided(tmp_path, **PUSH) == ["deploy"]
    assert decided(tmp_path) == ["plan"]
    assert decided(tmp_path, CFNGEN_BRANCH="release", **PUSH) == ["plan"]


def test_a_push_is_compared_with_what_was_there_before(repository: Repository) -> None:
    before = repository.commit("main")
    repository.commit("main")
    found = decided(repository.root, CODEBUILD_WEBHOOK_PREV_COMMIT=before, **PUSH)
    assert found == ["deploy", before]
