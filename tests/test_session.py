"""docs/session.md and README.md show what the commands say: their sessions are played again and compared.

`CFNGEN_RECORD=1` writes down what they say now.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cfngen.sandbox.launcher import Sandbox
from tests.support.deployments import settled
from tests.support.projects import ROOT
from tests.support.sandbox_account import Aws, fresh_account
from tests.support.terminal import in_terminal

ACCOUNT = "111122223333"
COPIED = ("templates", "deployments", "out")
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)
PROMPT = re.compile(r"(?:\[y/N\]|\? for help:|delete all of this:|delete this:) (\S+)$", re.MULTILINE)
CHANGES = (
    (r"\d+ s\b", "N s"),
    (r" {2,}\d+$", "  N"),
    (r"dev-\d{8}-\d{6}", "dev-MOMENT"),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID"),
    (r"-[A-Z0-9]{13}\b", "-ID"),
    (r"holds [^;]*;", "holds N;"),
    (r"left on\s+\d{4}-\d\d-\d\d", "left on DAY"),
)


@pytest.fixture
def account(sandbox: Sandbox) -> Iterator[Aws]:
    with fresh_account(sandbox, number=ACCOUNT) as made:
        yield made
        _without_stacks(made)


def _without_stacks(account: Aws) -> None:
    """The next session begins in the same account, and is told of a first deployment."""
    api = account.client("cloudformation")
    for stack in api.describe_stacks()["Stacks"]:
        api.update_termination_protection(StackName=stack["StackId"], EnableTerminationProtection=False)
        api.delete_stack(StackName=stack["StackId"])
        settled(account, stack["StackId"])


def _alike(text: str) -> str:
    """The text without what is another one each time; events that come at one time in one order."""
    for pattern, same in CHANGES:
        text = re.sub(pattern, same, text, flags=re.MULTILINE)
    lines = text.splitlines()
    events = sorted(
        line for line in lines if re.match(r"[a-z-]+: \S+ [A-Z_]+_(COMPLETE|SKIPPED|IN_PROGRESS)$", line)
    )
    return "\n".join([*(line for line in lines if line not in events), *events])


def _played(block: str, project: Path, account: Aws) -> str:
    """The session of a block, played now."""
    played = []
    for part in re.split(r"^(?=\$ )", block, flags=re.MULTILINE)[1:]:
        command, _, said = part.partition("\n")
        words = shlex.split(command.removeprefix("$ "))
        environment = {
            "PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT / "src"),
            "HOME": str(project.parent),
            "TERM": "dumb",
            **{name: value for name, value in os.environ.items() if name.startswith("COVERAGE")},
            **account.environment,
        }
        answers = PROMPT.findall(said)
        shown = in_terminal(words, project, environment, answers=answers)
        text = shown.text.replace("\r\n", "\n")
        played.append(f"{command}\n{text.rstrip()}\n")
    return "\n".join(f"{part.rstrip()}\n" for part in played)


@pytest.mark.parametrize("page", ["docs/session.md", "README.md"])
def test_what_a_page_shows_is_what_the_commands_say(page: str, account: Aws, tmp_path: Path) -> None:
    project = tmp_path / "project"
    for name in COPIED:
        shutil.copytree(ROOT / name, project / name)
    path = ROOT / page
    written = path.read_text(encoding="utf-8")
    for block in BLOCK.findall(written):
        if "--env dev" not in block:
            continue  # a difference, which needs a history
        played = _played(block, project, account)
        if os.environ.get("CFNGEN_RECORD"):
            written = written.replace(block, played)
            path.write_text(written, encoding="utf-8")
        else:
            assert _alike(played) == _alike(block)
