"""A small project with templates of its own, deployed to an empty account of the emulator; time is fast."""

from __future__ import annotations

import hashlib
import io
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from botocore.loaders import create_loader
from botocore.session import Session

from cfngen.aws.session import Account, connect
from cfngen.aws.steps import Clock
from cfngen.cli.console import Console
from cfngen.cli.gates import Review, Reviewer
from cfngen.cli.main import COMMANDS
from cfngen.cli.main import _run as run_alone
from cfngen.cli.session import Services
from cfngen.manifest import Manifest, StackEntry
from cfngen.present import visible
from cfngen.project import Project
from cfngen.template.capabilities import capabilities
from cfngen.template.environment.deployment_file import Environment
from tests.support.sandbox_account import Aws


class FastClock:
    """A clock whose seconds pass in a fiftieth of the time."""

    speed = 50

    def now(self) -> float:
        return time.monotonic() * self.speed

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / self.speed)


class Terminal(io.StringIO):
    """A stream that a person looks at, or types into."""

    def isatty(self) -> bool:
        return True


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def stacks(self) -> dict[str, Any]:
        """The JSON's stacks by name."""
        return {each["stack"]: each for each in self.json["stacks"]}


@dataclass
class World:
    """One project, and the account that its environment `dev` is deployed to.

    Attributes:
        clock: the time that the commands go by.
        session: makes the botocore session that they connect with.
        config: botocore's configuration; None for the commands' own.
        review: what the commands look at in the project beforehand; most tests have no definitions.
    """

    root: Path
    aws: Aws
    clock: Clock = field(default_factory=FastClock)
    session: Callable[[], Session] = field(default_factory=lambda: botocore_session)
    config: Any = None
    review: Reviewer = field(default=lambda *_: Review())
    entries: dict[str, StackEntry] = field(default_factory=dict)

    @property
    def project(self) -> Project:
        return Project(self.root)

    def environment(self, **settings: Any) -> None:
        """Write the environment file, for this account alone where nothing else is said."""
        folder = self.root / "deployments" / "dev"
        folder.mkdir(parents=True, exist_ok=True)
        made = {"region": self.aws.region, "accounts": [self.aws.account], **settings}
        (folder / "environment.yaml").write_text(yaml.safe_dump(made))

    def stack(
        self,
        name: str,
        template: Mapping[str, Any],
        parameters: Mapping[str, str] | None = None,
        *,
        tags: Mapping[str, str] | None = None,
        **entry: Any,
    ) -> None:
        """Write a stack's template, its deployment file, and the manifest."""
        content = yaml.safe_dump(dict(template), sort_keys=False).encode()
        (self.root / "out").mkdir(exist_ok=True)
        (self.root / "out" / f"{name}.yaml").write_bytes(content)
        values = {
            "template-file-path": f"out/{name}.yaml",
            "parameters": dict(parameters or {}),
            "tags": dict(tags or {"Project": "t"}),
        }
        (self.root / "deployments" / "dev" / f"{name}.yaml").write_text(yaml.safe_dump(values))
        old = self.entries.get(name, StackEntry("1.0.0", "", 0))
        self.entries[name] = old._replace(
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            capabilities=capabilities(template),
            **entry,
        )
        self.project.manifest.write_bytes(Manifest(self.entries).to_bytes())

    def run(self, *argv: str, answer: str | None = None) -> Ran:
        """Run a command in this process; with an answer, on a terminal that a person sits at."""
        out = io.StringIO() if answer is None else Terminal()
        err = io.StringIO() if answer is None else Terminal()
        source = None if answer is None else Terminal(f"{answer}\n")
        console = Console(out, err, source)
        code = self._guarded([*argv], console)
        return Ran(code, out.getvalue(), err.getvalue())

    def show(self, console: Console, *argv: str) -> int:
        """Run a command on this console."""
        return self._guarded([*argv], console)

    def alone(self, *argv: str) -> Ran:
        """Run a command that needs no account, as the command line does."""
        out, err = io.StringIO(), io.StringIO()
        console = Console(out, err, None)
        code = run_alone(["--project", str(self.root), *argv], console)
        return Ran(code, out.getvalue(), err.getvalue())

    def _guarded(self, argv: Sequence[str], console: Console) -> int:
        import argparse

        from cfngen.errors import CfngenError

        module = import_module(f"cfngen.cli.commands.{argv[0]}")
        assert argv[0] in COMMANDS
        parser = argparse.ArgumentParser()
        module.add_arguments(parser)
        try:
            arguments = parser.parse_args([*argv[1:], "--env", "dev"])
            return int(
                module.run(arguments, self.project, console, Services(self.clock, self._connect, self.review))
            )
        except CfngenError as error:
            console.note(f"error: {visible.error(error)}")
            return error.exit_code

    def _connect(self, environment: Environment) -> Account:
        return connect(environment, self.session(), self.config)

    def deploy(self, *argv: str) -> Ran:
        """`cfngen deploy --yes --format json`."""
        return self.run("deploy", "--yes", "--format", "json", *argv)

    def plan(self, *argv: str) -> Ran:
        """`cfngen plan --format json`."""
        return self.run("plan", "--format", "json", *argv)

    def status(self, stack: str) -> str | None:
        """The deployed stack's status."""
        found = self.deployed().get(f"dev-{stack}")
        return found and str(found["StackStatus"])

    def deployed(self) -> dict[str, Any]:
        """Every stack of the account, by name."""
        stacks = self.aws.client("cloudformation").describe_stacks()["Stacks"]
        return {stack["StackName"]: stack for stack in stacks}

    def change_sets(self, stack: str) -> list[str]:
        """The ARNs of a stack's change sets that were not executed."""
        from botocore.exceptions import ClientError

        try:
            listed = self.aws.client("cloudformation").list_change_sets(StackName=f"dev-{stack}")
        except ClientError:
            return []
        return [each["ChangeSetId"] for each in listed["Summaries"] if each["ExecutionStatus"] == "AVAILABLE"]


_LOADER = create_loader()  # the service models, read once for all tests of a worker


def botocore_session() -> Session:
    """A session as the commands make it."""
    session = Session()
    session.register_component("data_loader", _LOADER)
    return session


@pytest.fixture
def here(tmp_path: Path, aws: Aws) -> World:
    """An empty project and an empty account; the commands' clock is a fast one."""
    (tmp_path / "templates").mkdir()
    made = World(tmp_path, aws)
    made.environment()
    return made


def topic(name: str, **properties: Any) -> dict[str, Any]:
    """A template with one topic and one output."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {"Word": {"Type": "String", "Default": "hello", "AllowedPattern": "[a-z]*"}},
        "Resources": {
            "Topic": {
                "Type": "AWS::SNS::Topic",
                "Properties": {"TopicName": name, "DisplayName": {"Ref": "Word"}, **properties},
            }
        },
        "Outputs": {"Arn": {"Value": {"Ref": "Topic"}}},
    }
