"""With which values: the files of deployments/, read as strictly as CloudFormation Git sync reads them.

    deployments/<environment>/environment.yaml   region, accounts, stack-name-prefix, protected
    deployments/<environment>/<stack>.yaml       template-file-path, parameters, tags

A stack's file is CloudFormation's own stack deployment file, so that Git sync can take it as it is:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/git-sync-concepts-terms.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cfngen.errors import DeploymentFileError, unknown
from cfngen.project import ENVIRONMENT_FILE, USAGE_FILE
from cfngen.template.environment.strict_yaml import Mapped, Node, Scalar, Sequence, read_mapping

if TYPE_CHECKING:
    from cfngen.project import Project

NO_ACCOUNT: Final = "000000000000"
"""Stands for the account where none is known, so that ARNs are whole."""


@dataclass(frozen=True)
class Environment:
    """Where an environment lives.

    Attributes:
        name: its folder's name.
        region: the Region that its stacks are deployed to.
        accounts: the account ids that it may be deployed to; empty: any.
        stack_name_prefix: what a deployed stack's name begins with; None: its Project and Environment.
        protected: whether `cfngen destroy` refuses it.
    """

    name: str
    region: str
    accounts: tuple[str, ...] = ()
    stack_name_prefix: str | None = None
    protected: bool = False

    @property
    def account(self) -> str | None:
        """The account that is meant where no account is asked: the first; None where none is named."""
        return self.accounts[0] if self.accounts else None


@dataclass(frozen=True)
class Deployment:
    """The values for one stack in one environment.

    Attributes:
        environment: where the stack goes.
        stack: the logical stack name: the file's.
        file: the deployment file, relative to the project's root.
        template: the template, relative to the project's root.
        parameters: the strings that CloudFormation gets.
        tags: the stack's tags.
        lines: the line of each parameter in `file`, from 1.
    """

    environment: Environment
    stack: str
    file: Path
    template: Path
    parameters: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    def place(self, parameter: str) -> str:
        """`file:line` of a parameter, or the file where it has none."""
        line = self.lines.get(parameter)
        return f"{self.file.as_posix()}:{line}" if line else self.file.as_posix()

    def stack_name(self, defaults: Mapping[str, str | None]) -> str:
        """The name of the deployed stack.

        Arguments:
            defaults: the template's parameter defaults, as the manifest holds them.

        >>> dev = Environment("dev", "ap-southeast-1")
        >>> deployment = Deployment(dev, "trail", Path("f"), Path("t"), {"Environment": "dev"})
        >>> deployment.stack_name({"Project": "shop", "Environment": None})
        'shop-dev-trail'
        """
        prefix = self.environment.stack_name_prefix
        if prefix is None:
            values = {**defaults, **self.parameters}
            given = values.get("Project"), values.get("Environment") or self.environment.name
            prefix = "-".join(part for part in given if part)
        return f"{prefix}-{self.stack}"


def environments(project: Project) -> list[Environment]:
    """The environments of a project, by name: the folders of deployments/.

    Raises:
        DeploymentFileError: an environment file is missing or broken.
    """
    return [environment(project, name) for name in environment_names(project)]


def environment(project: Project, name: str) -> Environment:
    """One environment.

    Raises:
        UsageError: deployments/ has no such folder.
        DeploymentFileError: its environment file is missing or broken.
    """
    known = environment_names(project)
    if name not in known:
        raise unknown("environment", name, known, remedy="make deployments/ENV/environment.yaml first")
    path = project.deployments / name / ENVIRONMENT_FILE
    content = read_mapping(
        path,
        project.relative(path),
        allowed=("region", "accounts", "stack-name-prefix", "protected"),
        required=("region",),
        missing="make it, with at least one line, such as 'region: eu-west-1'",
    )
    prefix = content.entries.get("stack-name-prefix")
    protected = content.entries.get("protected")
    return Environment(
        name,
        region=_matching(content.entries["region"], _REGION, "a Region, such as eu-west-1"),
        accounts=_accounts(content.entries.get("accounts")),
        stack_name_prefix=None
        if prefix is None
        else _matching(prefix, r"[A-Za-z][A-Za-z0-9-]{0,99}", "letters, digits and hyphens, a letter first"),
        protected=protected is not None and _matching(protected, "true|false", "true or false") == "true",
    )


def deployments(project: Project, where: Environment, *, generated: bool = True) -> list[Deployment]:
    """Every deployment of an environment, by stack name.

    Arguments:
        generated: as for `deployment`.

    Raises:
        DeploymentFileError: one of the files is broken.
    """
    files = sorted((project.deployments / where.name).glob("*.yaml"))
    others = {ENVIRONMENT_FILE, USAGE_FILE}
    stacks = [file.stem for file in files if file.name not in others]
    return [deployment(project, where, stack, generated=generated) for stack in stacks]


def deployment(project: Project, where: Environment, stack: str, *, generated: bool = True) -> Deployment:
    """The deployment file of one stack.

    Arguments:
        generated: whether the template must exist.

    Raises:
        DeploymentFileError: it is missing, is not a deployment file, or names a template that does not exist.
    """
    path = project.deployments / where.name / f"{stack}.yaml"
    name = project.relative(path)
    content = read_mapping(
        path,
        name,
        allowed=("template-file-path", "parameters", "tags"),
        required=("template-file-path",),
        missing=f"make it, with at least one line: 'template-file-path: out/{stack}.yaml'",
    )
    parameters, lines = _strings(content.entries.get("parameters"))
    tags, _ = _strings(content.entries.get("tags"))
    return Deployment(
        environment=where,
        stack=stack,
        file=Path(name),
        template=_template(project, content.entries["template-file-path"], generated=generated),
        parameters=parameters,
        tags=tags,
        lines=lines,
    )


def environment_names(project: Project) -> list[str]:
    """The names of the environments, sorted."""
    if not project.deployments.is_dir():
        return []
    return sorted(entry.name for entry in project.deployments.iterdir() if entry.is_dir())


_REGION = r"[a-z]{2,3}(-[a-z]+)+-\d"


def is_region(text: str) -> bool:
    """Whether the text has the form of a Region's name.

    >>> is_region("eu-west-1"), is_region("Frankfurt")
    (True, False)
    """
    return re.fullmatch(_REGION, text) is not None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that no file system takes
        return False


def _template(project: Project, node: Node, *, generated: bool) -> Path:
    written = _string(node)
    path = Path(written)
    inside = not path.is_absolute() and ".." not in path.parts
    if inside and (not generated or _is_file(project.root / path)):
        return path
    if inside:
        problem, remedy = f"{written} does not exist", "generate it (cfngen generate), or correct the path"
    else:
        problem, remedy = f"{written} is outside of the repository", "write a path from the repository's root"
    raise DeploymentFileError(problem, place=node.place, remedy=remedy)


def _accounts(node: Node | None) -> tuple[str, ...]:
    if node is None:
        return ()
    if not isinstance(node, Sequence):
        raise DeploymentFileError(
            "accounts is not a list", place=node.place, remedy="write a list: accounts: ['123456789012']"
        )
    return tuple(_matching(item, r"\d{12}", "an account id: twelve digits, in quotes") for item in node.items)


def _strings(node: Node | None) -> tuple[dict[str, str], dict[str, int]]:
    if node is None:
        return {}, {}
    if not isinstance(node, Mapped):
        raise DeploymentFileError(
            "this is not a mapping of names to values",
            place=node.place,
            remedy="write 'Name: value' lines",
        )
    return (
        {key: _string(value) for key, value in node.entries.items()},
        {key: node.lines[key] for key in node.entries},
    )


def _string(node: Node) -> str:
    if isinstance(node, Scalar):
        return node.text
    remedy = "write a list as one string, with commas between the items: 'a,b'"
    raise DeploymentFileError(
        "the value is a list or a mapping; write one value", place=node.place, remedy=remedy
    )


def _matching(node: Node, pattern: str, wanted: str) -> str:
    text = _string(node)
    if not re.fullmatch(pattern, text):
        raise DeploymentFileError(f"{text!r} is not valid here", place=node.place, remedy=f"write {wanted}")
    return text
