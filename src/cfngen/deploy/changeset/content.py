"""Whether a change set holds what is asked for: its template, byte by byte, and all that it was made with.

The name of a change set follows from public content, so anybody who may make change sets can make one of that
very name first. A name therefore proves nothing; the content does.

CloudFormation tells everything but the role: no call says which role a change set was made with. The stack
tells its role once the change set is executed; before, only IAM can keep others from making change sets of
these names. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from cfngen.aws.calls import patiently
from cfngen.aws.session import Account
from cfngen.aws.steps import Pace, Steps
from cfngen.deploy.changeset.make import Options
from cfngen.deploy.changeset.model import ChangeSet
from cfngen.deploy.request import Request
from cfngen.deploy.stack import DeployedStack


def differences(
    account: Account,
    request: Request,
    stack: DeployedStack,
    options: Options,
    change_set: ChangeSet,
    pace: Pace,
) -> Steps[list[str]]:
    """What of a change set is not as it is asked for, in words; empty where it is the same.

    Arguments:
        stack: as it is; its status says of which type the change set has to be.

    Raises:
        CallError: its template cannot be read.
    """
    body = yield from template_of(account, change_set, pace)
    same = same_template(body, request.content)
    told = [] if same else ["its template is not that of out/"]
    return [*told, *_settings(request, stack, options, change_set)]


def template_of(account: Account, change_set: ChangeSet, pace: Pace) -> Steps[Any]:
    """The template that a change set was made with: text, or what botocore makes of JSON.

    Raises:
        CallError: it cannot be read.
    """
    answer = yield from patiently(
        pace,
        account.cloudformation,
        "GetTemplate",
        ChangeSetName=change_set.id,
        StackName=change_set.stack_name,
        TemplateStage="Original",
    )
    return answer["TemplateBody"]


def same_template(body: Any, content: bytes) -> bool:
    """Whether CloudFormation's answer is this template.

    It answers a question mark for each character that is not ASCII
    (https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1220).

    >>> same_template("A: caf?", "A: café".encode()), same_template("B: cafe", b"A: cafe")
    (True, False)
    """
    if not isinstance(body, str):
        try:
            return bool(json.loads(content) == json.loads(json.dumps(body)))
        except ValueError:
            return False
    text = content.decode()
    forms = {text, re.sub(r"[^\x00-\x7f]", "?", text), re.sub(r"[^\x00-\x7f]", _question_marks, text)}
    return _lines(body) in {_lines(form) for form in forms}


def _question_marks(character: re.Match[str]) -> str:
    """One for each unit of UTF-16."""
    return "?" * (len(character.group().encode("utf-16-le")) // 2)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").rstrip("\n")


def _settings(
    request: Request, stack: DeployedStack, options: Options, change_set: ChangeSet
) -> Iterator[str]:
    yield from _values(
        "parameter", _plain(request.parameters, request), _plain(change_set.parameters, request)
    )
    if not options.imports:  # the tags of the stack, which it may not change
        yield from _values("tag", request.tags, change_set.tags)
    if change_set.capabilities != set(request.capabilities):
        given = ", ".join(sorted(change_set.capabilities)) or "none"
        yield f"its capabilities are {given}, not {', '.join(request.capabilities) or 'none'}"
    imported = [change.logical_id for change in change_set.changes if change.action == "Import"]
    if options.imports:
        yield from _imports(options, change_set)
    elif imported and not options.import_existing:
        yield f"it imports {', '.join(imported)}"
    if stack.status.creatable and any(change.action in {"Modify", "Remove"} for change in change_set.changes):
        yield "it changes resources of a stack that was never created"
    expected: dict[str, Any] = {"ImportExistingResources": True} if options.import_existing else {}
    if options.revert_drift and not stack.status.creatable:
        expected["DeploymentMode"] = "REVERT_DRIFT"
    for name in sorted({*expected, *change_set.settings}):
        if expected.get(name) != change_set.settings.get(name):
            yield f"its {name} is {change_set.settings.get(name)}, not {expected.get(name)}"


def _imports(options: Options, change_set: ChangeSet) -> Iterator[str]:
    """Whether it takes in what is asked for, and does nothing else."""
    expected = {each.logical_id: each.type for each in options.imports}
    actual = {change.logical_id: change.type for change in change_set.changes if change.action == "Import"}
    if actual != expected:
        yield f"it imports {', '.join(sorted(actual)) or 'nothing'}, not {', '.join(sorted(expected))}"
    others = [change.logical_id for change in change_set.changes if change.action != "Import"]
    if others:
        yield f"it changes {', '.join(others)}"


def _plain(values: Mapping[str, str], request: Request) -> dict[str, str]:
    """The values, but for secrets: CloudFormation does not tell them."""
    return {name: "" if name in request.secret else value for name, value in values.items()}


def _values(kind: str, expected: Mapping[str, str], actual: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*expected, *actual}):
        if name not in actual:
            yield f"its {kind} {name} is missing"
        elif name not in expected:
            yield f"it has a {kind} {name} = {actual[name]}"
        elif actual[name] != expected[name]:
            yield f"its {kind} {name} is {actual[name]!r}, not {expected[name]!r}"
