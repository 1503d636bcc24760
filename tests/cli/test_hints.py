"""What a message tells the reader to run can be run: every command that one names is run here, as printed."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from cfngen.cli.main import COMMANDS
from cfngen.cli.usage import Parser
from cfngen.sandbox.launcher import Sandbox
from tests.support.projects import ROOT, TOPIC, SmallProject, make
from tests.support.sandbox_account import Aws, fresh_account

pytestmark = pytest.mark.unmeasured

MODULES = sorted((ROOT / "src" / "cfngen").rglob("*.py"))
# What follows the name where a sentence is about cfngen itself.
PROSE = {"asks", "inside", "with"}


def _strings(path: Path) -> Iterator[str]:
    """Every string of a module but its docstrings, which the program never prints."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def _unknown(text: str) -> list[str]:
    """The commands of a text that do not exist; `generate.py` stands in this project only."""
    named = re.findall(r"\bcfngen ([a-z][a-z-]*)", text)
    unknown = [command for command in named if command not in {*COMMANDS, "help", *PROSE}]
    return [*unknown, *re.findall(r"\bgenerate\.py\b", text)]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT / "src").as_posix())
def test_every_command_that_a_message_names_exists(path: Path) -> None:
    assert [word for text in _strings(path) for word in _unknown(text)] == []


def test_a_command_that_is_gone_is_seen() -> None:
    assert _unknown("make it: cfngen build") == ["build"]
    assert _unknown("make it: python generate.py") == ["generate.py"]


# --- Run ----------------------------------------------------------------------------------------------------

# What an expression in a message stands for, by a part of it; any other is left out.
SAMPLES = {
    "result.change_set": "ARN",
    "named": " news",
    "path": "plan.json",
    "environment": "dev",
    "where.name": "dev",
    ".env": "dev",
    "kind": "cost",
    "candidate": "news/Topic",
    "asked": "--delete news/Topic",
    "stack": "news",
    "name": "news/Topic",
}
PLACEHOLDERS = {
    "STACK": "news",
    "FILE": "out/news.yaml",
    "OLD_FILE": "out/news.yaml",
    "NEW_FILE": "out/news.yaml",
}
NEVER_END = {"sandbox", "watch"}
# These ask before they act, on a terminal that is not here.
ASK = {
    "adopt": ["--dry-run"],
    "deploy": ["--yes"],
    "destroy": ["--yes", "--confirm", "dev"],
    "recover": ["--yes"],
}


def _hints(path: Path) -> Iterator[str]:
    """What a module may print, with samples for its expressions; the help, which shows forms, is left out."""
    source = path.read_text(encoding="utf-8")
    if "cfngen " not in source:  # every worker of pytest-xdist collects, and most modules name no command
        return
    nodes = list(ast.walk(ast.parse(source)))
    left_out = {id(node.value) for node in nodes if isinstance(node, ast.Expr)} | {
        id(part)
        for node in nodes
        if (isinstance(node, ast.keyword) and node.arg == "help")
        or (
            isinstance(node, ast.Assign)
            and ast.unparse(node.targets[0]).strip("_") in {"EXAMPLES", "COMMANDS"}
        )
        or isinstance(node, ast.JoinedStr)
        for part in ast.walk(node)
        if part is not node
    }
    for node in nodes:
        if id(node) in left_out:
            continue
        if isinstance(node, ast.JoinedStr):
            yield "".join(map(_part, node.values))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _part(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    expression = ast.unparse(part)
    return next((value for word, value in SAMPLES.items() if word in expression), "")


def _named(text: str) -> Iterator[tuple[str, ...]]:
    """The commands of a text, each up to where prose goes on.

    >>> list(_named("run cfngen plan --env dev, or cfngen list and look"))
    [('plan', '--env', 'dev'), ('list',)]
    """
    for found in re.finditer(r"(?<!what )\bcfngen ((?:help )?[a-z]+)(?![\w-])([^`,;()\n]*)", text):
        words = found[1].split()
        if words[0] not in {*COMMANDS, "help"}:
            continue
        takes = _options(words[0])
        expected = 0
        for word in found[2].replace("`", " ").split():
            if not (word.startswith("--") or expected or word in {"news", *PLACEHOLDERS}):
                break
            words.append(PLACEHOLDERS.get(word, word.rstrip(":.")))
            expected = takes.get(word, 0) if word.startswith("--") else 0
        yield tuple(words)


def _options(command: str) -> dict[str, int]:
    """How many words each option of a command takes."""
    parser = Parser()
    if command != "help":
        import_module(f"cfngen.cli.commands.{command}").add_arguments(parser)
    return {option: int(action.nargs != 0) for action in parser._actions for option in action.option_strings}


HINTS = sorted(
    {
        command
        for path in MODULES
        if "junit" not in path.name and path.name != "completion.py"  # names of suites, scripts
        for text in _hints(path)
        for command in _named(text)
        if command[0] not in NEVER_END
    }
)


@pytest.fixture(scope="module")
def deployed(
    sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[SmallProject, Aws]]:
    """A project in git whose stack is deployed."""
    project = make(tmp_path_factory.mktemp("hints") / "project", news=TOPIC)
    folder = project.root / "deployments" / "dev"
    folder.mkdir(parents=True)
    (folder / "environment.yaml").write_text("region: ap-southeast-1\n")
    (folder / "news.yaml").write_text("template-file-path: out/news.yaml\ntags: {Project: shop}\n")
    identity = ["-c", "user.name=dev", "-c", "user.email=dev@example.com"]
    with fresh_account(sandbox) as account:
        assert project.cfngen("generate", **account.environment).returncode == 0
        for words in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "begin"]):
            subprocess.run(["git", *words], cwd=project.root, check=True)
        made = project.cfngen("plan", "--env", "dev", "--save", "plan.json", **account.environment)
        assert made.returncode == 0, made.stderr
        done = project.cfngen("deploy", "--env", "dev", "--yes", **account.environment)
        assert done.returncode == 0, done.stderr
        yield project, account


@pytest.mark.parametrize("command", HINTS, ids=" ".join)
def test_a_command_that_a_message_names_runs_as_it_is_printed(
    deployed: tuple[SmallProject, Aws], command: tuple[str, ...], tmp_path: Path
) -> None:
    project, account = deployed
    (planned,) = json.loads((project.root / "plan.json").read_text())["stacks"]
    samples = {"ARN": planned["change_set"], **({"news": "brand-new"} if command[0] == "new" else {})}
    words = [samples.get(word, word) for word in command]
    dry = command[0] == "destroy" and "--delete" not in command
    more = ["--dry-run"] if dry else ASK.get(command[0], [])
    there = SmallProject(tmp_path) if command[0] == "init" else project
    done = there.cfngen(*words, *more, **account.environment, CFNGEN_ENV="")
    # 1: there may be nothing to do it to, which is the account's answer and not the command line's.
    nothing_left = "there is no leftover 'news/Topic'" in done.stderr
    assert done.returncode in {0, 1} or ("--delete" in command and nothing_left), done.stderr
    assert "has a fault" not in done.stderr


def test_the_hints_are_found_with_their_values() -> None:
    assert ("generate",) in HINTS
    assert ("recover", "news", "--env", "dev") in HINTS
    assert ("plan", "--env", "dev", "--save", "plan.json") in HINTS
    assert ("help", "adopt") in HINTS
    assert len(HINTS) > 15
