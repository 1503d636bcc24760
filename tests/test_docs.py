"""Of README.md, CONTRIBUTING.md and docs/, every command runs or is looked up, and every file is there.

Commands in `sh` blocks are run, page by page, in a clone of this checkout and an account of the emulator;
those with a placeholder (STACK, ARN), and those that install or never end, are only parsed by the parser that
they are for, as are the commands in the text. The walk-through of docs/adding-a-stack.md is run as a whole.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

from cfngen.cli.main import COMMANDS
from cfngen.manifest import Manifest
from cfngen.project import Project
from cfngen.sandbox.launcher import Sandbox
from cfngen.template.environment.deployment_file import deployment, environment
from cfngen.template.load import load
from tests.support.codebuild import Repository, borrow
from tests.support.deployments import deploy, settled
from tests.support.projects import ROOT
from tests.support.sandbox_account import Aws, fresh_account

VIETNAMESE = sorted((ROOT / "docs" / "vi").glob("*.md"))  # with the commands of the English pages
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *VIETNAMESE,
]
WALK = ROOT / "docs" / "adding-a-stack.md"
PROGRAMS = ("cfngen", "make", "python", "git", "aws", "source", "sed")
MADE = (".cfngen/", "reports/", "out/releases/", ".venv/bin/", "source.zip")  # by the commands
PLACEHOLDER = re.compile(r"\b(?!HEAD\b)[A-Z]{3,}(_[A-Z]+)*\b")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, the line before it, and the number of its section."""

    language: str
    text: str
    before: str
    section: int


def fenced(page: Path) -> list[Block]:
    whole = page.read_text(encoding="utf-8")
    found = re.finditer(
        r"^(?P<before>[^\n]*)\n+```(?P<language>\w*)\n(?P<text>.*?)^```$", whole, re.DOTALL | re.MULTILINE
    )
    return [
        Block(each["language"], each["text"], each["before"], whole.count("\n## ", 0, each.start()))
        for each in found
    ]


def written(page: Path) -> list[str]:
    """The commands of a page's blocks, without comments, each on one line."""
    return [command for _, command in by_section(page)]


def by_section(page: Path) -> list[tuple[int, str]]:
    """The same, each with the number of its section."""
    found = []
    for block in fenced(page):
        text = block.text.replace("\\\n", " ")
        if block.language == "sh":
            lines = text.splitlines()
        elif block.language == "console":
            lines = [line.removeprefix("$ ") for line in text.splitlines() if line.startswith("$ ")]
        else:
            continue
        commands = [shlex.join(words) for line in lines if (words := shlex.split(line, comments=True))]
        found += [(block.section, command) for command in commands]
    return found


def spans(page: Path) -> list[str]:
    """The inline code of a page."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return re.findall(r"`([^`\n]+)`", text)


def mentioned(page: Path) -> list[str]:
    """The commands in a page's text: inline code that begins with a program's name."""
    return [span for span in spans(page) if span.split(" ")[0] in PROGRAMS and " " in span]


ALL = [
    pytest.param(command, id=f"{page.name}: {command}")
    for page in PAGES
    for command in dict.fromkeys((*written(page), *mentioned(page)))
]


# --- Looked up ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ALL)
def test_every_command_exists_with_its_options(command: str) -> None:
    words = [word for word in shlex.split(command) if not re.fullmatch(r"[A-Z_]+=.*", word)]
    words = words[: words.index(">")] if ">" in words else words
    LOOKED_UP[words[0].removeprefix(".venv/bin/")](words[1:])


class _Strict(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise AssertionError(message)


def _cfngen(words: list[str]) -> None:
    if "--project" in words:
        words = words[words.index("--project") + 2 :]
    words = list(takewhile(lambda word: word != "|", words))
    if words in (["--version"], ["--help"], []):
        return
    if words[0] == "help":
        assert words[1:2] == [] or words[1] in COMMANDS
        return
    assert words[0] in COMMANDS
    parser = _Strict()
    import_module(f"cfngen.cli.commands.{words[0]}").add_arguments(parser)
    given = {word.split("=")[0] for word in words if word.startswith("--")}
    known = {option for action in parser._actions for option in action.option_strings}
    assert given <= known
    if len(words) > 1 and words[-1] not in known:  # a sentence may name an option without its value
        alone = "--env" in given or "--every-env" in given or "--env" not in known
        required = [] if alone else ["--env", "dev"]
        stack = ["STACK"] if len(words) > 1 and words[1].startswith("--") and _takes_one(parser) else []
        parser.parse_args([*words[1:], *required, *stack])


def _takes_one(parser: argparse.ArgumentParser) -> bool:
    return any(not action.option_strings and action.nargs is None for action in parser._actions)


def _python(words: list[str]) -> None:
    if words[:1] == ["generate.py"]:
        from cfngen.cli.commands import generate

        parser = _Strict()
        generate.add_arguments(parser)
        parser.parse_args(words[1:])
        return
    if words[0].startswith("tools/"):
        assert (ROOT / words[0]).is_file()
        return
    assert words[:2] in (["-m", "pytest"], ["-m", "venv"], ["-m", "cfngen"]), words


def _make(words: list[str]) -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {word for word in words if "=" not in word} <= set(targets)


def _git(words: list[str]) -> None:
    known = subprocess.run(["git", "--list-cmds=main"], capture_output=True, text=True, check=True)
    assert words[0] in known.stdout.split()


def _aws(words: list[str]) -> None:
    """Held against the service's own model; `aws s3` is the command line's own."""
    from botocore import xform_name
    from botocore.session import get_session

    if words[0] == "s3":
        assert words[1] in {"cp", "ls", "sync"}
        return
    service = get_session().get_service_model(words[0])
    names = {xform_name(name, "-"): name for name in service.operation_names}
    shape = service.operation_model(names[words[1]]).input_shape
    members = {xform_name(name, "-") for name in shape.members} if shape else set()
    given = {word.removeprefix("--") for word in words[2:] if word.startswith("--")}
    assert given <= members | {"region", "output", "query", "profile"}


def _shell(words: list[str]) -> None:
    assert words


LOOKED_UP: dict[str, Callable[[list[str]], None]] = {
    "cfngen": _cfngen,
    "python": _python,
    "pytest": lambda words: _python(["-m", "pytest", *words]),
    "make": _make,
    "git": _git,
    "aws": _aws,
    "cd": _shell,
    "source": _shell,
    "sed": _shell,
}


# --- Files --------------------------------------------------------------------------------------------------


FOLDERS = [ROOT, ROOT / "src" / "cfngen", ROOT / "tests"]


@cache
def _names() -> set[str]:
    """Every file's name without its folders."""
    found: set[str] = set()
    for _, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "node_modules"]
        found.update(files)
    return found


def _files(page: Path) -> Iterator[str]:
    """What looks like a file: by its ending, or by a folder that there is."""
    for span in spans(page):
        name = span.partition("::")[0]
        if not re.fullmatch(r"[\w./*<>…-]+", name) or name.startswith((*MADE, "/")):
            continue
        ending = re.search(r"\.(py|ya?ml|json|md|toml|txt|zip|xml|sarif)$", name)
        first = name.partition("/")[0]
        if ending or ("/" in name and any((folder / first).is_dir() for folder in FOLDERS)):
            yield name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_is_there(page: Path) -> None:
    made = {named for named, _ in walk_files()} | {"out/model-news.yaml"} if page == WALK else set()
    for name in dict.fromkeys(_files(page)):
        pattern = re.sub(r"<[^>]*>|…", "*", name).rstrip("/").removesuffix("/**/*")
        found = any(any(folder.glob(pattern)) for folder in (*FOLDERS, page.parent))
        assert found or name in made or ("/" not in name and name in _names()), f"{page.name} names {name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_that_is_named_is_there(page: Path) -> None:
    for span in spans(page):
        file, _, test = span.partition("::")
        if test and file.endswith(".py"):
            assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), span


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "#")):
            assert (page.parent / target.partition("#")[0]).exists(), target


# --- Run ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository.make(tmp_path_factory.mktemp("docs") / "origin")


@pytest.fixture
def clone(repository: Repository, tmp_path: Path) -> Path:
    """This checkout in a clone, with its environment linked to."""
    source = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(repository.root), str(source)], check=True)
    borrow(source)
    return source


@pytest.fixture
def account(sandbox: Sandbox) -> Iterator[Aws]:
    with fresh_account(sandbox) as made:
        yield made


def run(
    command: str, clone: Path, account: Aws, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """What a person with the environment activated types, in the clone or another folder; nobody confirms."""
    words = shlex.split(command)
    asking = {"adopt", "deploy", "destroy", "recover"}
    asks = words[0].endswith("cfngen") and words[1] in asking and "--yes" not in words
    answer = " --yes" if asks else ""
    answer += f" --confirm {words[words.index('--env') + 1]}" if asks and words[1] == "destroy" else ""
    ran = subprocess.run(
        ["bash", "-ec", f"{command}{answer}"],
        cwd=folder or clone,
        env={
            "PATH": f"{clone / '.venv' / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(clone / "src"),
            "HOME": str(clone.parent),
            "GIT_AUTHOR_NAME": "dev",
            "GIT_AUTHOR_EMAIL": "dev@example.com",
            "GIT_COMMITTER_NAME": "dev",
            "GIT_COMMITTER_EMAIL": "dev@example.com",
            **account.environment,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ran.returncode == 0, f"$ {command}\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}"
    return ran


def runnable(command: str) -> bool:
    words = shlex.split(command)
    program = words[0].removeprefix(".venv/bin/")
    never_ends = program == "cfngen" and words[1:2] == ["sandbox"]
    return program in {"cfngen", "python"} and not never_ends and not PLACEHOLDER.search(command)


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if page not in (WALK, *VIETNAMESE) and any(map(runnable, written(page)))],
    ids=lambda p: p.name,
)
def test_the_commands_of_a_page_run_in_its_order(page: Path, clone: Path, account: Aws) -> None:
    folders: dict[int, Path] = {}  # `cd` holds for the rest of its section
    for section, command in by_section(page):
        folder = folders.get(section, clone)
        if command.startswith("cd "):
            folders[section] = folder / shlex.split(command)[1]
        elif runnable(command):
            run(command, clone, account, folder)


def walk_files() -> list[tuple[str, str]]:
    """The files that the walk-through has its reader save: name and content."""
    found = []
    for block in fenced(WALK):
        name = re.search(r"Save this as `([^`]+)`:$", block.before)
        if block.language in {"python", "yaml"}:
            assert name, f"nobody says where this goes: {block.text[:40]}"
            found.append((name[1], block.text))
    return found


def test_the_walk_through_works_as_it_is_written(clone: Path, account: Aws) -> None:
    said = ""
    files = iter(walk_files())
    for block in fenced(WALK):
        if block.language == "sh":
            for line in block.text.splitlines():
                said += run(line, clone, account).stdout
        else:
            name, content = next(files)
            (clone / name).write_text(content, encoding="utf-8")
    assert "2 passed" in said
    assert "released model-news 1.0.0" in said
    assert (clone / "out" / "releases" / "model-news" / "1.0.0.yaml").is_file()
    assert Manifest.read(clone / "out" / "manifest.json", "out").stacks["model-news"].version == "1.1.0"
    (topic,) = account.client("sns").list_topics()["Topics"]
    attributes = account.client("sns").get_topic_attributes(TopicArn=topic["TopicArn"])["Attributes"]
    assert attributes["DisplayName"] == "Retail models"
    for program in (["ruff", "format", "--check"], ["ruff", "check"], ["mypy", "--follow-imports=silent"]):
        names = [name for name, _ in walk_files() if name.endswith(".py")]
        run(shlex.join([*program, *names]), clone, account)


# --- docs/console.md ----------------------------------------------------------------------------------------

CONSOLE = (ROOT / "docs" / "console.md").read_text(encoding="utf-8")


@cache
def _manifest() -> Manifest:
    return Manifest.read(Project(ROOT).manifest, "out/manifest.json")


def test_the_consoles_order_is_the_manifests() -> None:
    rows = re.findall(r"^\| (\d+) \| `([a-z-]+)` \| (yes|no) \| (.*) \|$", CONSOLE, re.MULTILINE)
    names = {number: stack for number, stack, _, _ in rows}
    assert set(names.values()) == set(_manifest().stacks)
    for number, stack, protected, waits in rows:
        entry = _manifest().stacks[stack]
        assert (protected == "yes") == entry.termination_protection, stack
        told = (
            set(names.values()) - {stack} if waits == "all" else {names[n] for n in re.findall(r"\d+", waits)}
        )
        assert told == set(entry.depends_on), stack
        assert all(int(number) > int(before) for before in re.findall(r"\d+", waits))


@pytest.mark.parametrize("stack", sorted(_manifest().stacks))
def test_the_console_page_explains_every_parameter_group(stack: str) -> None:
    template = load((ROOT / "out" / f"{stack}.yaml").read_bytes(), stack).data
    rows = re.split(r"^\| `", CONSOLE.partition("## What the parameter groups mean")[2], flags=re.MULTILINE)
    about = next(rows_of for rows_of in rows if rows_of.startswith(f"{stack}`"))
    about = about.partition("\n\n")[0]
    for group in template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]:
        label = group["Label"]["default"]
        everywhere = f"**{label}**" in CONSOLE
        assert everywhere or f"| {label} |" in about, label


def test_what_exists_already_can_be_taken_in_as_the_console_page_says(account: Aws) -> None:
    whole = load((ROOT / "out" / "audit-trail.yaml").read_bytes(), "audit-trail").data
    role = whole["Resources"]["DeliveryRole"]
    project = Project(ROOT)
    file = deployment(project, environment(project, "dev"), "audit-trail")
    name = file.parameters["DeliveryRoleName"]
    trust = {"Version": "2012-10-17", "Statement": []}
    account.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    copy = {key: value for key, value in whole.items() if key not in {"Outputs", "Rules"}}
    as_it_is = {**role["Properties"], "AssumeRolePolicyDocument": trust}
    copy["Resources"] = {"DeliveryRole": {**role, "Properties": as_it_is}}
    api = account.client("cloudformation")
    stack = file.stack_name(_manifest().stacks["audit-trail"].parameters)
    made = api.create_change_set(
        StackName=stack,
        ChangeSetName="import",
        ChangeSetType="IMPORT",
        TemplateBody=json.dumps(copy),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in file.parameters.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
        ResourcesToImport=[
            {
                "LogicalResourceId": "DeliveryRole",
                "ResourceType": role["Type"],
                "ResourceIdentifier": {"RoleName": name},
            }
        ],
    )
    api.get_waiter("change_set_create_complete").wait(ChangeSetName=made["Id"])
    api.execute_change_set(ChangeSetName=made["Id"])
    assert settled(account, made["StackId"]) == "IMPORT_COMPLETE"
    done = deploy(account, stack, json.dumps(whole), file.parameters, file.tags)
    assert (done.status, done.failed) == ("UPDATE_COMPLETE", [])
    found = account.client("iam").get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    assert found["Statement"][0]["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
