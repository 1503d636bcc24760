"""How an environment stands: what is deployed, whether out/ and deployments/ say the same, who changed it.

One look at all stacks, one at each deployed template, three questions to CloudTrail; nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from cfngen.aws.calls import CallError, Trouble
from cfngen.aws.reading import Calls, side_by_side
from cfngen.aws.session import Account
from cfngen.deploy import stack as stacks
from cfngen.deploy.changeset.content import same_template
from cfngen.deploy.changeset.prepare import as_resolved, parsed, resolved
from cfngen.deploy.last_change import LastChange, last_changes
from cfngen.deploy.neighbours import undefined
from cfngen.deploy.request import Request
from cfngen.deploy.stack import DeployedStack
from cfngen.errors import TemplateError
from cfngen.manifest import Manifest
from cfngen.project import Project
from cfngen.template.change.compare import compare
from cfngen.template.change.version import stamped
from cfngen.template.environment.deployment_file import Environment

State = Literal["up-to-date", "out-of-date", "not-deployed", "unknown"]


class StackOverview(NamedTuple):
    """How one stack stands.

    Attributes:
        deployed: the stack in the account; with an absent status where there is none.
        from_version: the version of the deployed template; None where it has none, or cannot be read.
        to_version: that of out/.
        differences: what a deployment would change, in words.
        notes: what differs and what no deployment changes, or what could not be compared.
        change: its last change; None where it is not deployed.
    """

    stack: str
    deployed: DeployedStack
    state: State
    from_version: str | None
    to_version: str
    differences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    change: LastChange | None = None


class Overview(NamedTuple):
    """How an environment stands.

    Attributes:
        undefined: the deployed stacks with the environment's prefix that no environment defines.
        changes: the last change of each of those, by their ARNs.
    """

    stacks: tuple[StackOverview, ...]
    undefined: tuple[DeployedStack, ...] = ()
    changes: Mapping[str, LastChange] = MappingProxyType({})

    @property
    def outdated(self) -> bool:
        """Whether a deployment would change something, as far as that is known."""
        return any(each.state in {"out-of-date", "not-deployed"} for each in self.stacks)


def overview(
    account: Account, project: Project, environment: Environment, requests: Sequence[Request], calls: Calls
) -> Overview:
    """Look at every stack that is asked about, and for those that nothing defines.

    Raises:
        CallError: the stacks cannot be listed.
        OutError, DeploymentFileError: out/ or deployments/ cannot be read.
    """
    listed = [
        stacks.parse(data)
        for data in calls.pages("cloudformation", "DescribeStacks", "Stacks")
        if not data.get("ParentId")
    ]
    deployed = {each.name: each for each in listed}
    manifest = Manifest.read(project.manifest, project.relative(project.manifest))
    forgotten = [deployed[name] for name in undefined(project, environment, manifest, deployed)]
    own = [deployed.get(request.stack_name, DeployedStack(request.stack_name)) for request in requests]
    there = [each for each in own if not each.status.never_created]
    names = [each.id for each in (*there, *forgotten)]
    templates = dict(
        zip(names, side_by_side([partial(_template, calls, name) for name in names]), strict=True)
    )
    changes = last_changes([*there, *forgotten], calls)
    return Overview(
        tuple(
            _stack(account, request, each, templates.get(each.id), changes.get(each.id))
            for request, each in zip(requests, own, strict=True)
        ),
        tuple(forgotten),
        {each.id: changes[each.id] for each in forgotten},
    )


def _template(calls: Calls, stack_id: str) -> Any:
    """The deployed template, or the failure to read it."""
    try:
        answer = calls("cloudformation", "GetTemplate", StackName=stack_id, TemplateStage="Original")
    except CallError as error:
        return error
    return answer["TemplateBody"]


def _stack(
    account: Account, request: Request, deployed: DeployedStack, body: Any, change: LastChange | None
) -> StackOverview:
    to_version = request.entry.version
    if deployed.status.never_created:
        return StackOverview(request.stack, deployed, "not-deployed", None, to_version)
    differences, notes = [*_settings(request, deployed)], [*_unseen(request)]
    if isinstance(body, CallError):
        needs = "needs cloudformation:GetTemplate" if body.trouble is Trouble.DENIED else body.said
        notes.append(f"its template cannot be read: {needs}")
        state: State = "out-of-date" if differences else "unknown"
        return StackOverview(
            request.stack, deployed, state, None, to_version, tuple(differences), tuple(notes), change
        )
    from_version = None
    try:
        from_version = stamped(parsed(body, deployed.name))
        if not same_template(body, request.content):
            changed, silent = _changes(account, request, deployed, body)
            differences = [*changed, *differences]
            notes += [] if changed else silent
    except TemplateError as error:
        differences.insert(0, f"template: it differs and cannot be compared: {error.problem}")
    state = "out-of-date" if differences else "up-to-date"
    return StackOverview(
        request.stack, deployed, state, from_version, to_version, tuple(differences), tuple(notes), change
    )


def _changes(
    account: Account, request: Request, deployed: DeployedStack, body: Any
) -> tuple[list[str], list[str]]:
    """What another template changes, and what about it no deployment changes."""
    template = parsed(body, deployed.name)
    old = as_resolved(account, template, deployed.parameters, deployed.name)
    new = resolved(account, request)
    counted = [item for item in compare(old, new).judgements if item.change.section in _DEPLOYED]
    if not counted:
        return [], ["its template differs only in text that no deployment applies"]
    kinds = [item.change.action for item in counted]
    told = [f"{kinds.count(kind)} {word}" for kind, word in _WORDS.items() if kind in kinds]
    return [f"template: {', '.join(told)}"], []


_DEPLOYED = {"Resources", "Outputs"}
"""What a deployment changes: to CloudFormation, other words and metadata of a template are no change."""

_WORDS = {"add": "to add", "modify": "to change", "rename": "to rename", "remove": "to remove"}


def _settings(request: Request, deployed: DeployedStack) -> Iterator[str]:
    """What the stack was deployed with, where that is something else now."""
    yield from _values("parameter", request.shown, deployed.parameters, both=True)
    yield from _values("tag", request.tags, deployed.tags)
    if request.entry.termination_protection and not deployed.protected:
        yield "termination protection is off"


def _values(
    kind: str, wanted: Mapping[str, str], actual: Mapping[str, str], *, both: bool = False
) -> Iterator[str]:
    """The values that differ, in words.

    Arguments:
        both: leave out what only one side has: that is a difference of the templates.
    """
    for name in sorted({*wanted, *actual}):
        before, after = actual.get(name), wanted.get(name)
        if before != after and not (both and None in (before, after)):
            yield f"{kind} {name}: {_quoted(before)} -> {_quoted(after)}"


def _quoted(value: str | None) -> str:
    return "(none)" if value is None else repr(value) if value.strip() != value or not value else value


def _unseen(request: Request) -> Iterator[str]:
    if request.secret:
        secret = ", ".join(sorted(request.secret))
        yield f"not compared, as CloudFormation does not tell their values: {secret}"
