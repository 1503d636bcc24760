"""What out/ declares to be asked: the saved Athena queries of its stacks, and the table that they ask.

Nothing is declared twice: an `AWS::Athena::NamedQuery` over a Glue table of CloudTrail's log files is a
question, its logical id without `Query` is the question's name, and the table says where the log files lie.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cfngen.errors import UsageError
from cfngen.manifest import Manifest
from cfngen.project import Project
from cfngen.template.environment.deployment_file import NO_ACCOUNT, Environment, deployments
from cfngen.template.environment.resolve import resolve
from cfngen.template.load import load

_FORMAT: Final = "CloudTrailInputFormat"
_USUAL_TIME: Final = re.compile(r" \((?:since yesterday|the last \d+ days)(?:; [^)]*)?\)$")
"""What a description ends with: here the days are chosen."""

_LOCATION: Final = re.compile(r"s3://(?P<bucket>[^/]+)/(?P<base>(?:.*/)?AWSLogs/(?:o-[a-z0-9]+/)?)")


@dataclass(frozen=True)
class Question:
    """A question and its query, in the dialect of Athena engine version 3."""

    name: str
    description: str
    sql: str


@dataclass(frozen=True)
class Declared:
    """The questions of one stack, and where they are asked.

    Attributes:
        table, database, workgroup: Athena's.
        bucket: of the trail.
        base: what the keys of all log files begin with, `prefix/AWSLogs/`.
    """

    stack: str
    questions: tuple[Question, ...]
    table: str
    database: str
    workgroup: str
    bucket: str
    base: str

    def chosen(self, names: list[str]) -> tuple[Question, ...]:
        """The questions of these names, in their order; all of them where none is named.

        Raises:
            UsageError: a question does not exist.
        """
        known = {question.name: question for question in self.questions}
        for name in names:
            if name not in known:
                raise UsageError(
                    f"the question {name} does not exist", remedy=f"choose from: {', '.join(known)}"
                )
        return tuple(known[name] for name in dict.fromkeys(names)) if names else self.questions


def declared(project: Project, where: Environment, account: str = NO_ACCOUNT) -> Declared:
    """What the environment's stacks declare.

    Raises:
        UsageError: no stack of the environment declares questions about CloudTrail's log files.
        CfngenError: out/ or a deployment file is broken.
    """
    manifest = Manifest.read(project.manifest, project.relative(project.manifest))
    for each in deployments(project, where):
        path = project.out / f"{each.stack}.yaml"
        if each.stack not in manifest.stacks or not path.is_file():
            continue
        content = path.read_bytes()
        if _FORMAT.encode() not in content:
            continue
        template = load(content, project.relative(path)).data
        resolved = resolve(template, each.parameters, account=account, region=where.region)
        if (found := _of(each.stack, resolved["Resources"])) is not None:
            return found
    raise UsageError(
        f"no stack of {where.name} declares questions about CloudTrail's log files",
        remedy="deploy a stack with AWS::Athena::NamedQuery over a Glue table of such files",
    )


def _of(stack: str, resources: Mapping[str, Any]) -> Declared | None:
    tables = [each["TableInput"] for each in _all(resources, "AWS::Glue::Table")]
    table = next(
        (each for each in tables if _FORMAT in each.get("StorageDescriptor", {}).get("InputFormat", "")), None
    )
    if table is None:
        return None
    parameters = table.get("Parameters", {})
    location = parameters.get("storage.location.template") or table["StorageDescriptor"].get("Location", "")
    place = _LOCATION.match(location)
    queries = {
        logical_id: body["Properties"]
        for logical_id, body in resources.items()
        if body["Type"] == "AWS::Athena::NamedQuery" and table["Name"] in body["Properties"]["QueryString"]
    }
    if not queries or place is None:
        return None
    first = next(iter(queries.values()))
    return Declared(
        stack,
        tuple(
            Question(
                _name(logical_id), _USUAL_TIME.sub("", query.get("Description", "")), query["QueryString"]
            )
            for logical_id, query in queries.items()
        ),
        table["Name"],
        str(first["Database"]),
        str(first.get("WorkGroup", "primary")),
        place["bucket"],
        place["base"],
    )


def _all(resources: Mapping[str, Any], kind: str) -> Iterator[Mapping[str, Any]]:
    for body in resources.values():
        if body["Type"] == kind:
            yield body["Properties"]


def _name(logical_id: str) -> str:
    """
    >>> _name("WhoDidWhatQuery")
    'who-did-what'
    """
    return re.sub(r"(?<!^)(?=[A-Z])", "-", logical_id.removesuffix("Query")).lower()
