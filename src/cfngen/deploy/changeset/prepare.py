"""One stack's change set: made or found again, read in full, kept or discarded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from cfngen.aws.calls import CallError, Trouble, patiently
from cfngen.aws.session import Account
from cfngen.aws.steps import Pace, Steps
from cfngen.deploy.changeset.content import differences
from cfngen.deploy.changeset.delete import delete, tidy
from cfngen.deploy.changeset.effect import Effect, effect
from cfngen.deploy.changeset.make import Options, change_set_name, make
from cfngen.deploy.changeset.model import ChangeSet
from cfngen.deploy.changeset.read import read
from cfngen.deploy.operation.events import operation_events, root_cause, warned
from cfngen.deploy.operation.hooks import advice, advised
from cfngen.deploy.outcome import Failure
from cfngen.deploy.request import Request
from cfngen.deploy.stack import DeployedStack
from cfngen.deploy.trail import Trail
from cfngen.errors import TemplateError
from cfngen.template.change.version import stamped
from cfngen.template.environment.resolve import resolve
from cfngen.template.load import load


class PreparedChangeSet(NamedTuple):
    """A change set that was read.

    Attributes:
        made: whether this run made it.
        stack: the stack as it was before.
        effect: what it does.
        from_version: the version of the template that is deployed, where it has one.
        failure: why it cannot be executed; None for one that can, and for an empty one.
    """

    change_set: ChangeSet
    made: bool
    stack: DeployedStack
    effect: Effect = Effect()
    from_version: str | None = None
    failure: Failure | None = None

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return self.change_set.empty


def prepare(
    account: Account, request: Request, stack: DeployedStack, options: Options, pace: Pace, trail: Trail
) -> Steps[PreparedChangeSet]:
    """The change set that makes the stack what is asked for, made or change_set again, and what it does.

    Arguments:
        stack: as it is; one that can be created or updated.

    Raises:
        CallError: a call failed.
    """
    name = change_set_name(request, stack, options)
    trail.where = f"a change set {name} of stack {request.stack_name} may be there; nothing was executed"
    for _ in range(_ATTEMPTS):
        made = yield from make(account, request, stack, options, name, pace, trail)
        change_set = yield from read(account, pace, made.id or name, request.stack_name, settle=True)
        trail.change_set = change_set.id
        trail.where = f"the change set {change_set.id} is kept; nothing was executed"
        # What CloudFormation gave its ARN for is what was sent; a name says nothing about the content.
        wrong = [] if made.id else (yield from _wrong(account, request, stack, options, change_set, pace))
        if not wrong:
            break
        planted = f"a change set {name} was there that is not what out/ and deployments/ ask for"
        if change_set.executed:
            return _not_ours(change_set, stack, f"{planted}, and it was executed: {'; '.join(wrong)}")
        yield from delete(account, change_set, pace)
        trail.warnings.append(f"{planted}, it was deleted and made again: {'; '.join(wrong)}")
    else:
        trail.change_set = None
        return _not_ours(change_set, stack, f"{planted}, repeatedly: {'; '.join(wrong)}")
    by_us = made.by_us
    if change_set.executable or change_set.executed:  # somebody who asked for the same came first
        # CloudFormation's own validations are told nowhere else, also where they only warn.
        yield from _look(account, change_set, pace, trail)
        return (yield from judged(account, request, PreparedChangeSet(change_set, by_us, stack), pace, trail))
    failure = None
    if not change_set.empty:
        cause = yield from _look(account, change_set, pace, trail)
        failure = cause or Failure(change_set.reason or f"its status is {change_set.status}")
    yield from tidy(account, change_set, pace, trail)
    return PreparedChangeSet(change_set, by_us, stack, failure=failure)


_ATTEMPTS = 3


def _wrong(
    account: Account,
    request: Request,
    stack: DeployedStack,
    options: Options,
    change_set: ChangeSet,
    pace: Pace,
) -> Steps[list[str]]:
    """Why a change set that was found by its name is not to be used."""
    if not (change_set.executable or change_set.executed):
        return [change_set.reason or f"its status is {change_set.status}"]
    try:
        return (yield from differences(account, request, stack, options, change_set, pace))
    except CallError as error:
        if error.trouble is Trouble.DENIED:
            return [f"its template cannot be read: {error.said}"]
        raise


def _not_ours(change_set: ChangeSet, stack: DeployedStack, why: str) -> PreparedChangeSet:
    remedy = "find out who makes change sets of this name, and what was executed (CloudTrail shows it)"
    return PreparedChangeSet(change_set, made=False, stack=stack, failure=Failure(why, remedy=remedy))


def judged(
    account: Account, request: Request, prepared: PreparedChangeSet, pace: Pace, trail: Trail
) -> Steps[PreparedChangeSet]:
    """The plan with what its changes do."""
    old: Mapping[str, Any] | None = {}
    if not prepared.stack.status.creatable:
        try:
            old = yield from deployed_template(account, prepared.stack, pace)
        except (CallError, TemplateError) as error:
            old = None
            unseen = "the deployed template cannot be compared, so permissions are not shown"
            trail.warnings.append(f"{unseen}: {error}")
    new = resolved(account, request)
    before = stamped(old) if old else None
    return prepared._replace(effect=effect(prepared.change_set, old, new), from_version=before)


def deployed_template(account: Account, stack: DeployedStack, pace: Pace) -> Steps[dict[str, Any]]:
    """The stack's template with its values put in."""
    answer = yield from patiently(
        pace, account.cloudformation, "GetTemplate", StackName=stack.id, TemplateStage="Original"
    )
    return as_resolved(account, parsed(answer["TemplateBody"], stack.name), stack.parameters, stack.name)


def parsed(body: Any, stack_name: str) -> dict[str, Any]:
    """The template that GetTemplate answered for a stack, as data.

    Raises:
        TemplateError: it is not one that can be read.
    """
    if not isinstance(body, str):  # botocore makes an object of a JSON template
        import json

        body = json.dumps(body)
    return load(body.encode(), f"the template of {stack_name}").data


def resolved(account: Account, request: Request) -> Mapping[str, Any]:
    """What is asked for, with its values put in; secrets stay hidden. Only to be read: it is made once.

    Raises:
        TemplateError: see `resolve`.
    """
    place = (account.id, account.region, account.partition)
    if place not in request.resolved:
        made = as_resolved(account, request.template, request.shown, request.stack_name)
        request.resolved[place] = made
    return request.resolved[place]


def as_resolved(
    account: Account, template: Mapping[str, Any], values: Mapping[str, str], stack_name: str
) -> dict[str, Any]:
    """A template with these values put in, as it comes out in the account.

    Raises:
        TemplateError: see `resolve`.
    """
    return resolve(
        template,
        values,
        account=account.id,
        region=account.region,
        partition=account.partition,
        stack_name=stack_name,
    )


def _look(account: Account, change_set: ChangeSet, pace: Pace, trail: Trail) -> Steps[Failure | None]:
    """What early validation and hooks say that its status does not: why it failed, and what they warn of."""
    events = yield from operation_events(account, pace, change_set=change_set.id)
    cause, warnings = root_cause(events), warned(events)
    if any(event.get("EventType") == "HOOK_INVOCATION_ERROR" for event in events):
        told = yield from advice(account, pace, change_set.id)
        cause = cause and advised(cause, told)
        warnings = [advised(warning, told) for warning in warnings]
    for warning in warnings:
        said = f"{warning.logical_id or 'the stack'}: {warning.reason}"
        trail.warnings.append(
            f"CloudFormation warns: {said}{f'; {warning.remedy}' if warning.remedy else ''}"
        )
    return cause
