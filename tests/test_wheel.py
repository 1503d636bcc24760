"""The wheel: what it says of itself, and a project that begins with it in an empty folder."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml
from jsonschema import Draft202012Validator

from cfngen.sandbox.launcher import Sandbox
from tests.support import github
from tests.support.projects import ROOT
from tests.support.sandbox_account import Aws, fresh_account
from tests.support.wheel import Installed

SCHEMA = ROOT / "tests" / "pipeline" / "buildspec.schema.json"
BUILDSPECS = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder."""
    return tmp_path_factory.mktemp("begin") / "shop"


@pytest.fixture(scope="module")
def installed(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("wheel"), shop / ".venv")


@pytest.fixture(scope="module")
def metadata(installed: Installed) -> Message:
    with ZipFile(installed.wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def test_the_metadata_is_complete(metadata: Message) -> None:
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Summary"] == PROJECT["description"]
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata.get_payload()
    classifiers = metadata.get_all("Classifier", [])
    assert {"Typing :: Typed", "Programming Language :: Python :: 3.11"} <= set(classifiers)
    assert {"cloudformation", "aws"} <= set(metadata["Keywords"].split(","))
    assert set(metadata.get_all("Provides-Extra", [])) == set(PROJECT["optional-dependencies"])


def test_the_wheel_holds_the_package_and_its_starter_and_nothing_else(installed: Installed) -> None:
    with ZipFile(installed.wheel) as archive:
        names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {"cfngen", f"cfngen-{PROJECT['version']}.dist-info"}
    starter = ROOT / "src" / "cfngen" / "cli" / "starter"
    files = {path.relative_to(ROOT / "src").as_posix() for path in starter.rglob("*") if path.is_file()}
    assert files <= set(names)
    assert "cfngen/py.typed" in names


def test_the_emulator_does_not_hold_back_the_tools_boto3() -> None:
    """The extra names no version of boto3, and the locks with and without it have the same."""
    assert not [line for line in PROJECT["optional-dependencies"]["sandbox"] if "boto" in line]
    locked = [
        re.findall(
            r"^(boto3|botocore)==(\S+)", (ROOT / "requirements" / f"{name}.txt").read_text(), re.MULTILINE
        )
        for name in ("run", "dev")
    ]
    assert locked[0] == locked[1] != []


def _next(output: str) -> list[str]:
    """The commands below `Next:`, as a shell reads them."""
    _, _, after = output.partition("\nNext:\n")
    return [line.strip() for line in after.splitlines() if line.startswith("  ")]


@pytest.fixture(scope="module")
def account(sandbox: Sandbox) -> Iterator[Aws]:
    with fresh_account(sandbox) as made:
        yield made


@pytest.fixture(scope="module")
def begun(installed: Installed, shop: Path, account: Aws) -> str:
    """What `cfngen init` said in the empty folder."""
    done = installed.run("cfngen init", shop, **account.environment)
    assert done.returncode == 0, done.stderr
    shutil.copy(shop / "requirements.txt", installed.environment)  # as `make setup` leaves it
    return done.stdout


def test_the_next_commands_work_as_they_are_printed(
    installed: Installed, shop: Path, account: Aws, begun: str
) -> None:
    commands = _next(begun)
    assert [command.partition(" #")[0].strip() for command in commands] == [
        "cfngen generate",
        "git init",
        "git add .",
        "git commit -m 'Begin with one stack'",
        "cfngen plan --env dev",
    ]
    said = ""
    for command in commands:
        done = installed.run(command, shop, **account.environment)
        assert done.returncode == 0, f"$ {command}\n{done.stdout}{done.stderr}"
        said += done.stdout
    assert "wrote out/reports.yaml" in said
    assert "AWS::S3::BucketPolicy" in said
    # What is imported is the wheel's own.
    where = installed.run("python -c 'import cfngen; print(cfngen.__file__)'", shop)
    assert Path(where.stdout.strip()).is_relative_to(installed.environment)


def test_the_two_commands_of_its_makefile_work(installed: Installed, shop: Path, begun: str) -> None:
    assert begun
    for target in ("generate", "test"):
        done = installed.run(f"make {target}", shop)
        assert done.returncode == 0, done.stdout + done.stderr
    assert "out/ is up to date: 1 stack" in done.stdout
    assert "Success: no issues found" in done.stdout  # mypy --strict
    assert "3 passed" in done.stdout


def test_a_type_error_is_found_in_such_a_project(installed: Installed, shop: Path, begun: str) -> None:
    """cfngen's own types reach the type checker: the wheel says that it is typed."""
    assert begun
    wrong = shop / "templates" / "_wrong.py"
    wrong.write_text("from cfngen import Stack\n\nstack = Stack(1)\n", encoding="utf-8")
    done = installed.run("python -m mypy", shop)
    wrong.unlink()
    assert done.returncode == 1
    assert "templates/_wrong.py:3: error: Argument 1" in done.stdout


@pytest.fixture
def committed(installed: Installed, shop: Path, begun: str) -> Path:
    """The new project, generated and committed."""
    assert begun
    done = installed.run(
        "cfngen generate && git init --quiet && git add . && git commit --quiet --allow-empty -m Begin", shop
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return shop


@pytest.mark.parametrize(
    ("event", "deployed"), [("PULL_REQUEST_UPDATED refs/heads/more", False), ("PUSH refs/heads/main", True)]
)
def test_its_buildspec_plans_each_change_and_deploys_the_main_branch(
    installed: Installed, committed: Path, sandbox: Sandbox, event: str, deployed: bool
) -> None:
    buildspec = yaml.safe_load((committed / "buildspec.yml").read_text(encoding="utf-8"))
    assert [error.message for error in BUILDSPECS.iter_errors(buildspec)] == []
    name, branch = event.split()
    variables = {
        **buildspec["env"]["variables"],
        "CODEBUILD_BUILD_SUCCEEDING": "1",
        "CODEBUILD_WEBHOOK_EVENT": name,
        "CODEBUILD_WEBHOOK_HEAD_REF": branch,
    }
    with fresh_account(sandbox) as account:
        for command in buildspec["phases"]["post_build"]["commands"]:
            done = installed.run(command, committed, **variables, **account.environment)
            assert done.returncode == 0, f"$ {command}\n{done.stdout}{done.stderr}"
        stacks = account.client("cloudformation").describe_stacks()["Stacks"]
        assert [stack["StackStatus"] == "CREATE_COMPLETE" for stack in stacks] == [deployed]


def test_its_action_comments_what_a_pull_request_changes(installed: Installed, committed: Path) -> None:
    values = committed / "deployments" / "dev" / "reports.yaml"
    before = values.read_text(encoding="utf-8")
    values.write_text(before.replace("tags:", "  OldVersionDays: '30'\ntags:"), encoding="utf-8")
    action = committed / ".github" / "actions" / "cfngen" / "action.yml"
    command = {"command": str(installed.environment / "bin" / "cfngen")}
    with github.api(github.PullRequest()) as pull_request:
        done = github.run(action, committed, pull_request, "HEAD", command, committed / "reports")
    values.write_text(before, encoding="utf-8")
    assert all(done.steps.values()), done.log
    assert "30" in pull_request.comments[0]["body"]


def test_it_is_deployed_and_verified_with_the_claims_that_every_template_makes(
    installed: Installed, shop: Path, account: Aws, begun: str
) -> None:
    assert begun
    for command in ("cfngen generate", "cfngen deploy --env dev --yes"):
        done = installed.run(command, shop, **account.environment)
        assert done.returncode == 0, done.stdout + done.stderr
    done = installed.run("cfngen verify --env dev", shop, **account.environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^(\d+) claims: \1 hold", done.stdout, re.MULTILINE), done.stdout


def test_one_more_stack_is_as_good(installed: Installed, shop: Path, account: Aws, begun: str) -> None:
    assert begun
    done = installed.run("cfngen new model-news", shop)
    assert done.returncode == 0, done.stderr
    commands = _next(done.stdout)
    assert commands == ["cfngen generate model-news", "cfngen plan model-news --env dev"]
    for command in (*commands, "make test"):
        done = installed.run(command, shop, **account.environment)
        assert done.returncode == 0, f"$ {command}\n{done.stdout}{done.stderr}"
    assert "4 passed" in done.stdout
