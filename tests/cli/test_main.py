"""The command line as a whole: help, versions, errors, pipes."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from cfngen.cli.exit_codes import CHANGED, FAULT, MEANINGS
from cfngen.cli.main import COMMANDS
from cfngen.cli.usage import Parser
from tests.support.projects import ROOT, TOPIC, SmallProject, make


@pytest.fixture
def project(tmp_path: Path) -> SmallProject:
    return make(tmp_path / "project", news=TOPIC)


def test_help_names_every_command(project: SmallProject) -> None:
    done = project.cfngen("--help")
    assert done.returncode == 0
    for name, summary in COMMANDS.items():
        assert name in done.stdout
        assert " ".join(summary.split()[:4]) in " ".join(done.stdout.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_of_its_own(project: SmallProject, command: str) -> None:
    done = project.cfngen(command, "--help")
    assert done.returncode == 0, done.stderr
    assert f"usage: cfngen {command}" in done.stdout


def test_every_command_is_a_module_and_the_other_way_round() -> None:
    modules = {path.stem for path in (ROOT / "src" / "cfngen" / "cli" / "commands").glob("*.py")}
    assert modules - {"__init__"} == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_has_examples_that_parse_and_the_exit_codes(command: str) -> None:
    module = import_module(f"cfngen.cli.commands.{command}")
    parser = Parser()
    module.add_arguments(parser)
    assert module.EXAMPLES
    for example in module.EXAMPLES:
        words = shlex.split(example.partition("  ")[0])
        assert words[:2] == ["cfngen", command]
        args = parser.parse_args(words[2:])
        assert not getattr(args, "needs_environment", False) or args.env, example


def test_help_shows_the_examples_and_the_exit_codes(project: SmallProject) -> None:
    shown = project.cfngen("help", "plan").stdout
    assert shown == project.cfngen("plan", "--help").stdout
    assert "examples:\n  cfngen plan --env dev" in shown
    for code, meaning in MEANINGS.items():
        assert f"  {code:<4}{meaning}" in shown
    assert f"  {CHANGED} " not in project.cfngen("list", "--help").stdout
    assert project.cfngen("help").stdout == project.cfngen("--help").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "no command is given"),
        (["nonsense"], "there is no command 'nonsense'; cfngen --help lists the commands"),
        (["genrate"], "there is no command 'genrate'; did you mean generate?"),
        (["help", "genrate"], "there is no command 'genrate'; did you mean generate?"),
        (["generate", "--chekc"], "there is no option --chekc; did you mean --check?"),
        (["generate", "--che"], "there is no option --che; did you mean --check?"),
        (["--nonsense", "generate"], "there is no option --nonsense"),
        (["list", "news"], "unexpected argument: news"),
        (["show"], "STACK is missing"),
        (["show", "new"], "there is no stack 'new'\n  did you mean news? choose from: news"),
        (["lint", "new"], "there is no stack 'new'\n  did you mean news? choose from: news"),
        (["diff", "new"], "there is no stack 'new'\n  did you mean news? choose from: news"),
        (
            ["cost", "--env", "dve"],
            "there is no environment 'dve'\n  did you mean dev? choose from: dev, prod",
        ),
        (
            ["lint", "--env", "dve"],
            "there is no environment 'dve'\n  did you mean dev? choose from: dev, prod",
        ),
        (["cost", "new", "--env", "dev"], "there is no stack 'new'\n  did you mean news? choose from: news"),
        (["explain", "new", "--env", "dev"], "there is no stack 'new'\n  did you mean news?"),
        (["explain", "news"], "--env ENV is missing\n  choose from: dev, prod; or set CFNGEN_ENV"),
        (["cost", "--env", "dev", "--region", "Paris"], "'Paris' is not a Region"),
        (["lint", "--save", "lint.md"], "--save lint.md: this command writes no markdown"),
    ],
)
def test_a_usage_error_is_one_error_that_names_what_was_meant(
    deployed: SmallProject, arguments: list[str], said: str
) -> None:
    done = deployed.cfngen(*arguments, CFNGEN_ENV="")
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert done.stderr.startswith(f"error: {said}"), done.stderr
    assert done.stderr.count("\n") <= 2


@pytest.fixture
def deployed(project: SmallProject) -> SmallProject:
    """A project with two environments."""
    project.render()
    for name in ("dev", "prod"):
        folder = project.root / "deployments" / name
        folder.mkdir(parents=True)
        (folder / "environment.yaml").write_text("region: us-east-1\n")
        (folder / "news.yaml").write_text("template-file-path: out/news.yaml\n")
    return project


def test_the_environment_has_a_default(deployed: SmallProject) -> None:
    asked = deployed.cfngen("cost", "--env", "prod", "--format", "json", CFNGEN_ENV="dev")
    assumed = deployed.cfngen("cost", "--format", "json", CFNGEN_ENV="dev")
    assert json.loads(asked.stdout)["environment"] == "prod"
    assert json.loads(assumed.stdout)["environment"] == "dev"


def test_another_region_is_priced(deployed: SmallProject) -> None:
    elsewhere = deployed.cfngen("cost", "--env", "dev", "--region", "ap-southeast-1", "--format", "json")
    assert json.loads(elsewhere.stdout)["region"] == "ap-southeast-1", elsewhere.stderr


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_quiet_command_prints_results_and_warnings_only(deployed: SmallProject, where: str) -> None:
    quiet = ("--quiet", "lint") if where == "before" else ("lint", "--quiet")
    assert "linted 1 stack" in deployed.cfngen("lint").stderr
    done = deployed.cfngen(*quiet)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "there is no stack 'x'" in deployed.cfngen("lint", "x", "--quiet").stderr


BROKEN = """
import sys
from cfngen.cli import main
from cfngen.cli.commands import list as command

def run(args, project, console):
    raise KeyError("it is\\n::not-there::")

command.run = run
sys.exit(main.main(sys.argv[1:]))
"""


def test_a_fault_of_cfngen_is_one_line_that_says_how_to_report_it(project: SmallProject) -> None:
    done = project.run("-c", BROKEN, "list")
    assert (done.returncode, done.stdout) == (FAULT, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("error: cfngen ")
    assert "has a fault: KeyError: 'it is\\n::not-there::' (<string>, line 7)" in done.stderr
    assert "run the command with --debug and report what it prints" in done.stderr


def test_debug_shows_the_traceback(project: SmallProject) -> None:
    done = project.run("-c", BROKEN, "list", "--debug")
    assert done.returncode == FAULT
    assert done.stderr.startswith("Traceback (most recent call last):")
    assert done.stderr.rstrip().endswith("report it with the lines above")


def test_a_profile_is_used_and_keys_of_the_environment_are_not(deployed: SmallProject) -> None:
    (deployed.root / "config").write_text("[profile known]\naws_access_key_id = A\n")
    done = deployed.cfngen(
        *("explain", "news", "--env", "dev", "--profile", "knwon"),
        AWS_CONFIG_FILE=str(deployed.root / "config"),
        AWS_ACCESS_KEY_ID="111122223333",
        AWS_SECRET_ACCESS_KEY="secret",
    )
    assert done.returncode != 0
    assert "there is no AWS profile 'knwon'\n  did you mean known? choose from: known" in done.stderr


def test_version(project: SmallProject) -> None:
    done = project.cfngen("--version")
    assert (done.returncode, done.stdout.split()[0]) == (0, "cfngen")


def test_outside_a_project(tmp_path: Path) -> None:
    done = SmallProject(tmp_path).cfngen("list")
    assert done.returncode == 2
    assert "no templates/ folder here or in any folder above" in done.stderr


def test_another_project_by_option(project: SmallProject, tmp_path: Path) -> None:
    done = SmallProject(tmp_path).cfngen("--project", str(project.root), "generate", "--no-lint")
    assert done.returncode == 0, done.stderr
    assert "news.yaml" in project.out()


def test_a_folder_may_have_the_name_of_a_command(project: SmallProject, tmp_path: Path) -> None:
    project.render()
    project.root.rename(tmp_path / "lint")
    done = SmallProject(tmp_path).cfngen("--project", "lint", "list")
    assert (done.returncode, done.stdout.split()[0], done.stderr) == (0, "news", "")


def test_a_closed_pipe_is_no_failure(project: SmallProject) -> None:
    project.render()
    with subprocess.Popen(
        [sys.executable, "-m", "cfngen", "list"],
        cwd=project.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        _, errors = process.communicate()
    assert (process.returncode, errors) == (0, "")


def test_list_tells_the_order(project: SmallProject) -> None:
    project.define("again", TOPIC.replace('"A topic"', '"A topic", depends_on=["news"]'))
    project.render()
    lines = project.cfngen("list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["news", "again"]
    assert lines[1].endswith("after news")
    document = json.loads(project.cfngen("list", "--format", "json").stdout)
    assert [stack["stack"] for stack in document["stacks"]] == ["news", "again"]


def test_list_before_anything_is_generated(project: SmallProject) -> None:
    done = project.cfngen("list")
    assert done.returncode == 1
    assert "out/manifest.json: cannot be read" in done.stderr
    assert "make it: cfngen generate" in done.stderr


def test_show_prints_what_generate_writes(project: SmallProject) -> None:
    shown = project.cfngen("show", "news")
    assert "out" not in {path.name for path in project.root.iterdir()}
    project.render()
    assert shown.stdout.encode() == project.out()["news.yaml"]


def test_show_as_json(project: SmallProject) -> None:
    document = json.loads(project.cfngen("show", "news", "--format", "json").stdout)
    assert document["Resources"]["Topic"]["Type"] == "AWS::SNS::Topic"
