"""`cfngen diff` from outside: what it compares, how it shows it, what it says when it cannot."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import cfngen
from cfngen.present.differences import markdown
from cfngen.present.differences.difference import Difference
from cfngen.template.change.compare import compare
from tests.support.projects import TOPIC, SmallProject, make

NAMED = TOPIC.replace('"news"', '"other"')
SCHEMA = Path(cfngen.__file__).parent / "present" / "schemas" / "diff.schema.json"

OLD = """\
Parameters:
  Project: {Type: String, Default: shop}
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties: {KeySpec: RSA_2048}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: 'sts:AssumeRole'}]
  Table: {Type: AWS::DynamoDB::Table}
  Topic:
    Type: AWS::SNS::Topic
    Properties: {TopicName: !Sub '${Project}-news'}
"""
NEW = """\
Parameters:
  Project: {Type: String, Default: shop}
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties: {KeySpec: RSA_4096}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {AWS: '*'}, Action: 'sts:AssumeRole'}]
      ManagedPolicyArns: [!Sub 'arn:${AWS::Partition}:iam::aws:policy/AmazonS3FullAccess']
  Topic:
    Type: AWS::SNS::Topic
    Properties: {TopicName: shop-news}
"""


@lru_cache
def schema() -> Any:
    read = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(read)
    return jsonschema.Draft202012Validator(read)


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("original") / "project"
    project = make(root, alarms=TOPIC, news_desk=TOPIC)
    assert project.render().returncode == 0
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "first")
    project.define("alarms", NAMED)
    assert project.render().returncode == 0
    return root


@pytest.fixture
def project(original: Path, tmp_path: Path) -> SmallProject:
    """Two committed stacks, one of which has changed since."""
    return SmallProject(Path(shutil.copytree(original, tmp_path / "project")))


@pytest.fixture
def files(tmp_path: Path) -> SmallProject:
    project = make(tmp_path)
    (tmp_path / "old.yaml").write_text(OLD)
    (tmp_path / "new.yaml").write_text(NEW)
    return project


def document(run: subprocess.CompletedProcess[str]) -> Any:
    assert run.stderr == ""
    read = json.loads(run.stdout)
    schema().validate(read)
    return read


def test_before_the_first_release_with_what_is_committed(project: SmallProject) -> None:
    run = project.cfngen("diff")
    assert run.returncode == 0
    assert run.stdout.splitlines() == [
        "compared with HEAD",
        "  alarms  1.0.0  major, 1 to replace",
        "  news-desk: no change",
        "",
        "alarms  1.0.0  major",
        "  -/+ Topic  AWS::SNS::Topic  replace",
        "        TopicName  news -> other",
        "        only a new resource can have another TopicName",
        "        the old resource is deleted",
        "",
        "In all: 0 to add, 0 to change, 1 to replace, 0 to delete. Permissions: 0 wider, 0 narrower.",
    ]


def test_stacks_without_a_change_are_one_line(tmp_path: Path) -> None:
    project = make(tmp_path / "project", **{f"news{number}": TOPIC for number in range(8)})
    project.render()
    git(project.root, "init", "-q")
    git(project.root, "add", "-A")
    git(project.root, "commit", "-q", "-m", "first")
    assert project.cfngen("diff").stdout == "compared with HEAD\n  8 stacks: no change\n"


def test_after_a_release_with_it_unless_told_otherwise(project: SmallProject) -> None:
    assert project.cfngen("release").returncode == 0
    assert project.cfngen("diff", "alarms").stdout == "compared with release 1.0.0\n  alarms: no change\n"
    assert "compared with what each stack was before" not in project.cfngen("diff").stdout
    assert "compared with HEAD" in project.cfngen("diff", "alarms", "--against", "HEAD").stdout
    git(project.root, "add", "-A")
    git(project.root, "commit", "-q", "-m", "second")
    assert "compared with HEAD~1" in project.cfngen("diff", "alarms", "--against", "HEAD~1").stdout
    project.define("alarms", TOPIC)
    project.render()
    stack = document(project.cfngen("diff", "alarms", "--against", "release", "--format", "json"))["stacks"][
        0
    ]
    assert (stack["from_version"], stack["to_version"], stack["bump"]) == ("1.0.0", "2.0.0", "major")


def test_a_stack_that_is_new(project: SmallProject) -> None:
    project.define("later")
    project.render()
    assert project.cfngen("diff", "later").stdout.startswith(
        "nothing to compare with\n  later  1.0.0  new, 1 to add\n"
    )
    [stack] = document(project.cfngen("diff", "later", "--format", "json"))["stacks"]
    assert (stack["against"], stack["from_version"], stack["to_version"]) == (None, None, "1.0.0")


def test_with_a_file(project: SmallProject) -> None:
    (project.root / "old.yaml").write_text(OLD)
    run = project.cfngen("diff", "news-desk", "--against", "old.yaml")
    assert "compared with old.yaml" in run.stdout
    refused = project.cfngen("diff", "--against", "old.yaml")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "a file is compared with one stack" in refused.stderr


def test_the_exit_code_tells_only_when_asked(project: SmallProject) -> None:
    assert project.cfngen("diff").returncode == 0
    assert project.cfngen("diff", "--exit-code").returncode == 3
    assert project.cfngen("diff", "news-desk", "--exit-code").returncode == 0


def test_from_a_folder_below(project: SmallProject) -> None:
    run = subprocess.run(
        [
            project.run("-c", "import sys; print(sys.executable)").stdout.strip(),
            "-m",
            "cfngen",
            "diff",
            "alarms",
        ],
        cwd=project.root / "templates",
        capture_output=True,
        text=True,
        check=True,
    )
    assert "compared with HEAD" in run.stdout


def test_two_files_as_json(files: SmallProject) -> None:
    [stack] = document(files.cfngen("diff", "old.yaml", "new.yaml", "--format", "json"))["stacks"]
    found = [(one["logical_id"], one["action"], one["consequence"]) for one in stack["changes"]]
    assert found == [
        ("Key", "modify", "impossible"),
        ("Table", "remove", "delete"),
        ("Topic", "modify", "maybe-replace"),
        ("Role", "modify", "in-place"),
    ]
    assert stack["changes"][0]["causes"][0] == {
        "path": "/Properties/KeySpec",
        "before": "RSA_2048",
        "after": "RSA_4096",
        "reason": None,
    }
    assert stack["changes"][1]["data_loss"] is True
    assert [(one["principal"], one["direction"]) for one in stack["permissions"]] == [
        ("*", "wider"),
        ("ec2.amazonaws.com", "narrower"),
        ("role Role", "wider"),
    ]
    assert "managed policy AmazonS3FullAccess" in stack["permissions"][2]["statement"]


def test_two_files_outside_of_any_project(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text(OLD)
    (tmp_path / "new.json").write_text('{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}')
    nowhere = SmallProject(tmp_path)
    assert "Table  AWS::DynamoDB::Table  delete" in nowhere.cfngen("diff", "old.yaml", "new.json").stdout
    refused = nowhere.cfngen("diff")
    assert refused.returncode == 2
    assert "no templates/ folder" in refused.stderr


def test_two_files_as_text_and_in_colour(files: SmallProject) -> None:
    plain = files.cfngen("diff", "old.yaml", "new.yaml").stdout
    assert "  -   Table  AWS::DynamoDB::Table  delete  DATA LOSS\n" in plain
    assert "TopicName  ${Project}-news -> shop-news" in plain
    assert "  role Role\n      + may be assumed by everyone\n      - may be assumed by ec2" in plain
    assert "      + AmazonS3FullAccess (1 statement, 2 action patterns; --full lists them)\n" in plain
    assert "s3:*" not in plain
    assert "Permissions: 2 wider, 1 narrower." in plain
    assert "\x1b[" not in plain
    whole = files.cfngen("diff", "old.yaml", "new.yaml", "--full").stdout
    assert "+ s3:*, s3-object-lambda:* on * (managed policy AmazonS3FullAccess" in whole
    coloured = files.cfngen("diff", "old.yaml", "new.yaml", NO_COLOR="", FORCE_COLOR="1").stdout
    assert "\x1b[31m  impossible\x1b[0m" in coloured
    assert re.sub("\x1b[[][0-9]*m", "", coloured) == plain


def test_markdown_for_a_pull_request(files: SmallProject) -> None:
    shown = files.cfngen("diff", "old.yaml", "new.yaml", "--format", "markdown").stdout
    assert shown.startswith("### new.yaml (major), compared with old.yaml\n\n| consequence | what | why |\n")
    assert "| **delete** **data loss** | resource Table (AWS::DynamoDB::Table) |" in shown
    assert "- **wider**: everyone is allowed sts:AssumeRole on role Role" in shown
    assert "TopicName: ${Project}-news -> shop-news" in shown
    assert shown.count("```") == 2


def test_markdown_stays_within_a_comment() -> None:
    def template(name: str) -> dict[str, Any]:
        body = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name * 50, "DisplayName": name * 50}}
        return {"Resources": {f"Topic{number}": body for number in range(600)}}

    found = compare(template("a"), template("b"))
    shown = markdown.render([Difference("many", "HEAD", None, None, found)])
    assert len(shown) <= 65_536
    assert shown.endswith("The rest is left out: `cfngen diff` shows it all.\n")


def test_an_environment_decides_what_a_template_leaves_open(project: SmallProject) -> None:
    folder = project.root / "deployments" / "dev"
    folder.mkdir(parents=True)
    (folder / "environment.yaml").write_text("region: eu-west-1\naccounts: ['123456789012']\n")
    (folder / "news-desk.yaml").write_text(
        "template-file-path: out/news-desk.yaml\nparameters: {Project: shop}\n"
    )
    parameter = 'stack.template.add_parameter(Parameter("Project", Type="String", MaxLength=9))\n'
    source = TOPIC.replace(
        "from troposphere.sns", "from troposphere import Parameter, Sub\nfrom troposphere.sns"
    )
    project.define(
        "news_desk", source.replace("stack.add", parameter + "stack.add").replace('"news"', '"shop-news"')
    )
    project.render()
    git(project.root, "add", "-A")
    git(project.root, "commit", "-q", "-m", "second")
    computed = source.replace("stack.add", parameter + "stack.add").replace(
        '"news"', 'Sub("${Project}-news")'
    )
    project.define("news_desk", computed)
    project.render()
    assert "-/+ Topic  AWS::SNS::Topic  maybe replace" in project.cfngen("diff", "news-desk").stdout
    assert "news-desk: no change\n" in project.cfngen("diff", "news-desk", "--env", "dev").stdout
    (folder / "news-desk.yaml").write_text(
        "template-file-path: out/news-desk.yaml\nparameters: {Project: store}\n"
    )
    assert "TopicName  shop-news -> store-news" in project.cfngen("diff", "news-desk", "--env", "dev").stdout
    everything = document(project.cfngen("diff", "--env", "dev", "--format", "json"))["stacks"]
    assert [(stack["stack"], stack["environment"]) for stack in everything] == [
        ("alarms", None),
        ("news-desk", "dev"),
    ]
    missing = project.cfngen("diff", "alarms", "--env", "dev")
    assert missing.returncode == 1
    assert "deployments/dev/alarms.yaml" in missing.stderr
    assert project.cfngen("diff", "--env", "nowhere").returncode == 2


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["no-such"], 2, "there is no stack 'no-such'"),
        (["--against", "no-such-revision"], 2, "'no-such-revision' is neither a file nor a revision"),
        (["--against", "--output=x"], 2, "expected one argument"),
        (["--against=--output=x"], 2, "is neither a file nor a revision"),
        (["alarms", "--against", "release"], 2, "alarms has no release"),
        (["old.yaml", "gone.yaml"], 1, "gone.yaml: cannot be read: No such file"),
        (["old.yaml"], 2, "two files can only be compared with each other"),
        (["old.yaml", "broken.yaml"], 1, "broken.yaml:3:3: has the key A twice"),
        (["old.yaml", "."], 1, "cannot be read"),
        (["--format", "html"], 2, "invalid choice"),
    ],
)
def test_one_clear_error(project: SmallProject, arguments: list[str], code: int, said: str) -> None:
    (project.root / "old.yaml").write_text(OLD)
    (project.root / "broken.yaml").write_text("Resources:\n  A: {Type: X}\n  A: {Type: Y}\n")
    run = project.cfngen("diff", *arguments)
    assert (run.returncode, run.stdout) == (code, "")
    assert said in run.stderr
    assert "Traceback" not in run.stderr


def test_without_git_everything_is_new_and_a_revision_is_an_error(tmp_path: Path) -> None:
    project = make(tmp_path, alarms=TOPIC)
    project.render()
    outside = {"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}
    assert project.cfngen("diff", **outside).stdout.startswith(
        "nothing to compare with\n  alarms  1.0.0  new, "
    )
    refused = project.cfngen("diff", "--against", "HEAD", **outside)
    assert refused.returncode == 2
    assert "this is not a git repository" in refused.stderr
    missing = project.cfngen("diff", "--against", "HEAD", PATH=str(tmp_path))
    assert missing.returncode == 1
    assert "git is not installed" in missing.stderr


def test_markdown_draws_the_stacks_in_which_something_came_or_went(project: SmallProject) -> None:
    for name in ("dev", "prod"):
        folder = project.root / "deployments" / name
        folder.mkdir(parents=True)
        (folder / "environment.yaml").write_text("region: eu-west-1\n")
        (folder / "news-desk.yaml").write_text("template-file-path: out/news-desk.yaml\n")
    git(project.root, "add", "-A")
    git(project.root, "commit", "-q", "-m", "environments")

    def shown() -> str:
        done = project.cfngen("diff", "--every-env", "--against", "HEAD", "--format", "markdown")
        assert done.returncode == 0, done.stderr
        return done.stdout

    project.define("news_desk", TOPIC.replace('"news"', '"other"'))
    project.render()
    assert "with the values of dev" in shown()
    assert "mermaid" not in shown()
    project.define("news_desk", TOPIC.replace('Topic("Topic"', 'Topic("Second"'))
    project.render()
    assert shown().count("```mermaid\nflowchart LR\n") == 1
    assert '"Second<br>SNS Topic"' in shown()
    (project.root / "out" / "manifest.json").write_text(
        (project.root / "out" / "manifest.json").read_text().replace('"sha256": "', '"sha256": "0')
    )
    assert "mermaid" not in shown()
