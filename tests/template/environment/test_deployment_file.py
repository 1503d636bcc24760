"""deployments/ is read strictly: whatever CloudFormation would refuse or misread is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cfngen.errors import DeploymentFileError, UsageError
from cfngen.project import Project
from cfngen.template.environment.deployment_file import (
    Environment,
    deployment,
    deployments,
    environment,
    environments,
)
from cfngen.template.environment.strict_yaml import Mapped, Scalar, read_mapping

DEV = Environment("dev", "ap-southeast-1")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    write(tmp_path / "out/trail.yaml", "Resources: {}\n")
    write(tmp_path / "deployments/dev/environment.yaml", "region: ap-southeast-1\n")
    return Project(tmp_path)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def trail(project: Project, text: str) -> None:
    write(project.deployments / "dev/trail.yaml", "template-file-path: out/trail.yaml\n" + text)


def test_a_deployment_file_is_read_as_strings(project: Project) -> None:
    trail(
        project,
        "parameters:\n  Days: 30\n  On: true\n  Off: 'false'\n  Code: '0123'\n  Ratio: 0.5\n"
        "  Empty: ''\n  Text: some words\ntags:\n  CostCenter: '007'\n",
    )
    read = deployment(project, DEV, "trail")
    assert read.parameters == {
        "Days": "30",
        "On": "true",
        "Off": "false",
        "Code": "0123",
        "Ratio": "0.5",
        "Empty": "",
        "Text": "some words",
    }
    assert read.tags == {"CostCenter": "007"}
    assert read.template == Path("out/trail.yaml")
    assert read.place("On") == "deployments/dev/trail.yaml:4"
    assert read.place("Unheard") == "deployments/dev/trail.yaml"


def test_all_deployments_of_an_environment(project: Project) -> None:
    trail(project, "")
    write(project.deployments / "dev/alarms.yaml", "template-file-path: out/trail.yaml\n")
    assert [each.stack for each in deployments(project, DEV)] == ["alarms", "trail"]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("parameters: {}\nparametres: {}\n", 3, "unknown key 'parametres'"),
        ("tags: {}\ntags: {}\n", 3, "twice"),
        ("parameters:\n  A: x\n  A: y\n", 4, "line 3"),
        ("parameters: [A]\n", 2, "a mapping of names to values"),
        ("parameters:\n  A: [x, y]\n", 3, "with commas"),
        ("parameters:\n  A: {b: c}\n", 3, "write one value"),
        ("parameters:\n  A:\n", 3, "no value"),
        ("parameters:\n  A: !Ref B\n", 3, "!Ref"),
        ("parameters:\n  ? [a]\n  : b\n", 3, "a key that is not a name"),
        ("parameters: &a\n  A: *a\n", 2, "contains itself"),
        ("parameters:\n  A: 'open\n", 4, "is not YAML"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(project: Project, text: str, line: int, says: str) -> None:
    trail(project, text)
    with pytest.raises(DeploymentFileError) as caught:
        deployment(project, DEV, "trail")
    assert caught.value.place == f"deployments/dev/trail.yaml:{line}"
    assert says in str(caught.value)


NUMBERS = ["0123", "1_000", "1e3", "0x1F", "0o17", "012345678901", "+5", "1.50", ".5", "12:30", "5.", ".inf"]
OTHERS = ["yes", "No", "on", "OFF", "True", "FALSE", "2026-01-01"]


@pytest.mark.parametrize("plain", [*NUMBERS, *OTHERS])
def test_what_yaml_readers_disagree_about_wants_quotes(project: Project, plain: str) -> None:
    trail(project, f"parameters:\n  A: {plain}\n")
    with pytest.raises(DeploymentFileError, match="quotes"):
        deployment(project, DEV, "trail")
    trail(project, f"parameters:\n  A: '{plain}'\n")
    assert deployment(project, DEV, "trail").parameters == {"A": plain}


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("out/nothing.yaml", "does not exist"),
        ("../trail.yaml", "outside"),
        ("/etc/hostname", "outside"),
        ("out", "does not exist"),
    ],
)
def test_the_template_must_be_there(project: Project, path: str, says: str) -> None:
    write(project.deployments / "dev/trail.yaml", f"template-file-path: {path}\n")
    with pytest.raises(DeploymentFileError, match=says):
        deployment(project, DEV, "trail")


def test_broken_files(project: Project) -> None:
    file = project.deployments / "dev/trail.yaml"
    with pytest.raises(DeploymentFileError, match=r"does not exist(.|\n)*template-file-path: out/trail.yaml"):
        deployment(project, DEV, "trail")
    for text, says in (
        ("", "empty"),
        ("- a\n", "not a mapping"),
        ("tags: {}\n", "template-file-path is missing"),
    ):
        write(file, text)
        with pytest.raises(DeploymentFileError, match=says):
            deployment(project, DEV, "trail")
    file.write_bytes(b"tags: {A: \xff}")
    with pytest.raises(DeploymentFileError, match="UTF-8"):
        deployment(project, DEV, "trail")
    file.write_bytes(b"tags: {A: \x00}")
    with pytest.raises(DeploymentFileError, match="is not YAML"):
        deployment(project, DEV, "trail")
    file.unlink()
    file.mkdir()
    with pytest.raises(DeploymentFileError, match="cannot be read"):
        deployment(project, DEV, "trail")


def test_environments(project: Project) -> None:
    write(
        project.deployments / "prod/environment.yaml",
        "region: eu-west-1\naccounts: ['012345678901']\nstack-name-prefix: shop\n",
    )
    assert environments(project) == [DEV, Environment("prod", "eu-west-1", ("012345678901",), "shop")]
    assert environments(Project(project.root / "out")) == []
    with pytest.raises(UsageError, match=r"no environment 'test'(.|\n)*dev, prod"):
        environment(project, "test")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("accounts: []\n", "region is missing"),
        ("region: Singapore\n", "such as eu-west-1"),
        ("region: eu-west-1\naccounts: '012345678901'\n", "not a list"),
        ("region: eu-west-1\naccounts: ['12']\n", "twelve digits"),
        ("region: eu-west-1\nstack-name-prefix: 1x\n", "a letter first"),
        ("region: eu-west-1\nprotected: maybe\n", "write true or false"),
        ("region: eu-west-1\nzone: a\n", "unknown key 'zone'"),
    ],
)
def test_a_broken_environment_file(project: Project, text: str, says: str) -> None:
    write(project.deployments / "dev/environment.yaml", text)
    with pytest.raises(DeploymentFileError, match=says):
        environments(project)


@pytest.mark.parametrize(
    ("line", "protected"), [("", False), ("protected: true\n", True), ("protected: false\n", False)]
)
def test_a_protected_environment(project: Project, line: str, protected: bool) -> None:
    write(project.deployments / "dev/environment.yaml", f"region: eu-west-1\n{line}")
    assert environment(project, "dev").protected is protected


def test_an_environment_without_its_file(project: Project) -> None:
    (project.deployments / "prod").mkdir()
    with pytest.raises(DeploymentFileError, match="region: eu-west-1"):
        environments(project)


def test_the_deployed_name(project: Project) -> None:
    trail(project, "parameters:\n  Project: shop\n")
    read = deployment(project, DEV, "trail")
    assert read.stack_name({"Project": "other", "Environment": "test"}) == "shop-test-trail"
    assert read.stack_name({"Environment": None}) == "shop-dev-trail"
    named = deployment(project, Environment("dev", "eu-west-1", (), "mine"), "trail")
    assert named.stack_name({}) == "mine-trail"


NUMBERLIKE = st.from_regex(r"[-+.]?[0-9xobe_.:]{1,8}", fullmatch=True)
ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)


@given(NUMBERLIKE | ANY_TEXT | st.sampled_from(["true", "False", "yes", "~", "null"]))
def test_a_value_is_refused_or_the_same_for_yaml_1_1(value: str) -> None:
    """Whatever a plain scalar may be, what is accepted is what PyYAML's own loader prints for it."""
    source = f"A: {value}\n"
    node = None
    try:
        loaded = yaml.safe_load(source)
        node = _read(source)
    except (yaml.YAMLError, ValueError, DeploymentFileError):
        return
    if (
        not isinstance(node, Mapped)
        or set(node.entries) != {"A"}
        or not isinstance(node.entries["A"], Scalar)
    ):
        return
    expected = loaded["A"]
    text = node.entries["A"].text
    assert text == (str(expected).lower() if isinstance(expected, bool) else str(expected))


def _read(source: str) -> Mapped:
    class Memory(type(Path())):  # type: ignore[misc]
        def read_text(self, *_: object, **__: object) -> str:
            return source

    return read_mapping(Memory("x"), "x", allowed=("A",), required=(), missing="")
