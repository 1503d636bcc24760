"""A project with this repository's stacks, and log files to ask about."""

from __future__ import annotations

import argparse
import gzip
import io
import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cfngen.activity.declared import Declared, declared
from cfngen.aws.session import Account
from cfngen.aws.steps import SystemClock
from cfngen.cli.commands import activity
from cfngen.cli.console import Console
from cfngen.cli.session import Services
from cfngen.project import Project
from cfngen.template.environment.deployment_file import Environment, environment
from tests.support.projects import ROOT
from tests.support.stacks.cloudtrail import ACCOUNT

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
REGION = "ap-southeast-1"


class NoStub:
    """A client of a service that the test does not ask."""


@dataclass(frozen=True)
class Desk:
    """Where somebody asks `cfngen activity`."""

    root: Path

    @property
    def project(self) -> Project:
        return Project(self.root)

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def environment(self) -> Environment:
        return environment(self.project, "dev")

    @property
    def declared(self) -> Declared:
        return declared(self.project, self.environment, ACCOUNT)

    def ask(
        self,
        *argv: str,
        connect: Callable[[Environment], Account] | None = None,
        now: Callable[[], datetime] = lambda: NOW,
    ) -> str:
        """What `cfngen activity --env dev` writes; the days are those of the sample logs."""
        parser = argparse.ArgumentParser()
        activity.add_arguments(parser)
        args = parser.parse_args(["--env", "dev", "--from", "2026-03-01", "--to", "2026-03-05", *argv])
        out = io.StringIO()

        def nobody(_: Environment) -> Account:
            raise AssertionError("the account is not asked")

        services = Services(SystemClock(), connect or nobody)
        code = activity.run(args, self.project, Console(out, io.StringIO()), services, now)
        assert code == 0
        return out.getvalue()

    def json(self, *argv: str, connect: Callable[[Environment], Account] | None = None) -> dict[str, Any]:
        """The answers of the log files in the folder, as JSON."""
        place = () if connect else ("--logs", str(self.logs))
        document: dict[str, Any] = json.loads(self.ask(*place, "--format", "json", *argv, connect=connect))
        return document

    def file(self, name: str, content: bytes) -> Path:
        """A file in the folder with log files."""
        path = self.logs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A project with our out/ and deployments/, and an empty folder for log files."""
    return make_desk(tmp_path)


def make_desk(root: Path) -> Desk:
    (root / "templates").mkdir()
    (root / "logs").mkdir()
    for part in ("out", "deployments"):
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("releases"))
    return Desk(root)


def records(events: Iterable[Any]) -> bytes:
    """A log file."""
    return gzip.compress(json.dumps({"Records": list(events)}).encode())


def rows(document: dict[str, Any], question: str) -> list[dict[str, Any]]:
    """The rows of one answer."""
    (found,) = (each for each in document["questions"] if each["name"] == question)
    answer: list[dict[str, Any]] = found["rows"]
    return answer
