"""What `cfngen init` and `cfngen new` write: the files of starter/, filled in.

In the names of starter's files, `dot-` stands for a dot at the beginning; an `.in` at the end is left out.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from keyword import iskeyword
from pathlib import Path
from typing import Final

from cfngen.project import NAME, NAME_LENGTH, Project
from cfngen.template.environment.deployment_file import Deployment, deployments, environments

FALLBACK_REGION: Final = "us-east-1"
"""Where nothing says a Region: one that every account has switched on.
https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html"""

_ONLY: Final = "# Every other account is refused.\naccounts: ['{}']"
_ANY: Final = "# Name the account here, and every other one is refused:\n# accounts: ['111122223333']"

_STARTER: Final = Path(__file__).parent / "starter"
_NO_STRINGS: Final = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
_ENVIRONMENT: Final = "[a-z][a-z0-9]{0,3}"


def project_files(name: str, region: str, account: str, requirement: str) -> dict[str, str]:
    """The files of a new project, text by path; the definition is the last one.

    Arguments:
        name: the project's.
        region: of its environment dev.
        account: the only account that dev may be deployed to; empty leaves that open.
        requirement: the line of requirements.txt that brings cfngen.
    """
    folder = _STARTER / "project"
    values = {
        "project": name,
        "region": region,
        "accounts": _ONLY.format(account) if account else _ANY,
        "requirement": requirement,
    }
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    found = {_name(path.relative_to(folder)): path for path in paths}
    # A folder with a definition is a project: a run that was cut short before can be run again.
    order = sorted(found, key=lambda path: (path.startswith("templates/"), path))
    return {path: _filled(found[path], values, path) for path in order}


def stack_files(project: Project, stack: str) -> dict[str, str]:
    """The files of a new stack, text by path: values for each environment, a test, last the definition.

    Names and tags are those that the project's other stacks have.

    Raises:
        DeploymentFileError: a file of deployments/ is broken.
    """
    given = {where.name: deployments(project, where, generated=False) for where in environments(project)}
    parameters = {
        name: {
            "Project": _usual("Project", NAME, files) or default_name(project.root),
            "Environment": _usual("Environment", _ENVIRONMENT, files) or _short(name),
        }
        for name, files in given.items()
    }
    first = next(iter(parameters.values()), {"Project": default_name(project.root), "Environment": "dev"})
    everywhere = _shared([file.tags for files in given.values() for file in files])
    more = {key: value for key, value in everywhere.items() if key not in {*first, "ManagedBy"}}
    *files_of_values, test, definition = stack_paths(project, stack)
    values = {
        "stack": stack,
        "title": stack.replace("-", " ").capitalize(),
        "prefix": "".join(word.capitalize() for word in stack.split("-")),
        "project": json.dumps(first["Project"]),
        "environment": json.dumps(first["Environment"]),
        "tags": _arguments(more),
    }
    made = {}
    for path, (name, files) in zip(files_of_values, given.items(), strict=True):
        tags = _shared([file.tags for file in files]) or {**parameters[name], "ManagedBy": "cfngen"}
        made[path] = _deployment(stack, parameters[name], tags)
    made[test] = _filled(_STARTER / "stack" / "test.py.in", values)
    made[definition] = _filled(_STARTER / "stack" / "definition.py.in", values)
    return made


def stack_paths(project: Project, stack: str) -> list[str]:
    """Where the files of a stack lie: a file of values for each environment, the test, the definition."""
    module = stack.replace("-", "_")
    tests = "tests/stacks" if (project.root / "tests" / "stacks").is_dir() else "tests"
    values = [f"deployments/{where.name}/{stack}.yaml" for where in environments(project)]
    return [*values, f"{tests}/test_{module}.py", f"templates/{module}.py"]


def default_name(folder: Path) -> str:
    """A project's name from its folder's; empty where the folder's holds no letter.

    >>> default_name(Path("/src/2026 Shop_Floor (new)")), default_name(Path("/7"))
    ('shop-floor-new', '')
    """
    return words_of(folder.name)[:NAME_LENGTH].rstrip("-")


def words_of(text: str) -> str:
    """The words of a text as a name: lower-case, with hyphens in between, a letter first.

    >>> words_of("Audit_Trail"), words_of("2nd")
    ('audit-trail', 'nd')
    """
    return re.sub("^[0-9-]+", "", "-".join(re.findall("[a-z0-9]+", text.lower())))


def installed_from() -> str:
    """The line of requirements.txt that brings this very cfngen: where it was installed from, or its version.

    https://packaging.python.org/en/latest/specifications/direct-url/
    """
    from importlib.metadata import PackageNotFoundError, distribution

    import cfngen

    try:
        written = distribution("cfngen").read_text("direct_url.json")
    except PackageNotFoundError:  # run from its source
        written = None
    if not written:
        return f"cfngen=={cfngen.__version__}"
    origin = json.loads(written)
    url, tool = origin["url"], origin.get("vcs_info")
    return f"cfngen @ {tool['vcs']}+{url}@{tool['commit_id']}" if tool else f"cfngen @ {url}"


def is_name(text: str) -> bool:
    """Whether a project can have this name."""
    return len(text) <= NAME_LENGTH and re.fullmatch(NAME, text) is not None


def is_project(project: Project) -> bool:
    """Whether there is a definition already."""
    return any(path.is_file() for path in project.templates.glob("*.py"))


def _name(path: Path) -> str:
    return "/".join(re.sub("^dot-", ".", part) for part in path.parts).removesuffix(".in")


def _filled(path: Path, values: Mapping[str, str], name: str = "") -> str:
    text = path.read_text(encoding="utf-8")
    for key, value in values.items():
        written = _scalar(value) if name.endswith(".yaml") and key == "project" else value
        text = text.replace(f"@{key}@", written)
    return text


def _short(environment: str) -> str:
    """An environment's name as names of resources have room for.

    >>> _short("dev"), _short("Staging-2")
    ('dev', 'stag')
    """
    return (
        environment
        if re.fullmatch(_ENVIRONMENT, environment)
        else default_name(Path(environment))[:4] or "dev"
    )


def _usual(parameter: str, pattern: str, files: list[Deployment]) -> str | None:
    """The value that most of them have, of those that the pattern allows."""
    values = [file.parameters.get(parameter, "") for file in files]
    counted = Counter(value for value in values if re.fullmatch(pattern, value))
    return counted.most_common(1)[0][0] if counted else None


def _shared(every: list[Mapping[str, str]]) -> dict[str, str]:
    """What all have, with the same value."""
    first = dict(every[0]) if every else {}
    return {key: value for key, value in first.items() if all(other.get(key) == value for other in every)}


def _deployment(stack: str, parameters: Mapping[str, str], tags: Mapping[str, str]) -> str:
    lines = [f"template-file-path: out/{stack}.yaml"]
    for section, values in (("parameters", parameters), ("tags", tags)):
        lines += [f"{section}:", *(f"  {_scalar(key)}: {_scalar(value)}" for key, value in values.items())]
    return "\n".join(lines) + "\n"


def _scalar(text: str) -> str:
    """A string as YAML: plain where no reader takes it for anything else.

    >>> _scalar("shop"), _scalar("on"), _scalar("it's")
    ('shop', "'on'", "'it''s'")
    """
    plain = re.fullmatch("[A-Za-z][A-Za-z0-9_-]*", text) and text.lower() not in _NO_STRINGS
    return text if plain else "'" + text.replace("'", "''") + "'"


def _arguments(values: Mapping[str, str]) -> str:
    """Keyword arguments as Python.

    >>> _arguments({"Team": "a", "cost:center": "b"})
    'Team="a", **{"cost:center": "b"}'
    """
    plain = {key: value for key, value in values.items() if key.isidentifier() and not iskeyword(key)}
    others = {key: value for key, value in values.items() if key not in plain}
    words = [f"{key}={json.dumps(value)}" for key, value in plain.items()]
    return ", ".join([*words, *([f"**{json.dumps(others)}"] if others else [])])
