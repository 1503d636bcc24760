"""Change sets made, under a name that follows from what is asked for and from the stack's last change.

Whoever asks for the same again finds the same change set instead of making another one. Those of plans and
of deployments begin differently, so that an IAM policy can allow a role to make one kind and not the other:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
(cloudformation:ChangeSetName).
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, get_args

from cfngen.aws.calls import CallError, Trouble, call, patiently
from cfngen.aws.session import Account
from cfngen.aws.steps import Pace, Steps
from cfngen.deploy import bucket
from cfngen.deploy.changeset.delete import MADE_STACK, delete
from cfngen.deploy.changeset.read import find
from cfngen.deploy.request import MAX_INLINE_BYTES, Request, short_hash
from cfngen.deploy.stack import DeployedStack
from cfngen.deploy.trail import Trail
from cfngen.template.values import MASK

Purpose = Literal["plan", "deploy", "import"]
"""What a change set is made for: to be looked at, to be executed, to take in what exists."""


class ResourceToImport(NamedTuple):
    """A resource that exists, and its place in the template.

    Attributes:
        identifier: the properties that CloudFormation knows it by, and their values.
    """

    logical_id: str
    type: str
    identifier: tuple[tuple[str, str], ...]


class Options(NamedTuple):
    """How change sets are made.

    Attributes:
        purpose: what for.
        revert_drift: bring resources that were changed by hand back to the template.
        import_existing: take resources that exist under the same name into the stack.
        role_arn: the role that CloudFormation acts with, None for the caller's own permissions.
        template_bucket: the bucket that templates over 51,200 bytes go through.
        imports: what an IMPORT change set takes in; empty for every other one.
    """

    purpose: Purpose = "plan"
    revert_drift: bool = False
    import_existing: bool = False
    role_arn: str | None = None
    template_bucket: str | None = None
    imports: tuple[ResourceToImport, ...] = ()


class Made(NamedTuple):
    """What came of making a change set.

    Attributes:
        id: its ARN, where CloudFormation gave it as the answer; empty where one of that name is there,
            whoever made it.
        by_us: whether this run has made it, or may have: the answer was lost.
    """

    id: str
    by_us: bool


def change_set_name(request: Request, stack: DeployedStack, options: Options) -> str:
    """`cfngen-<purpose>-<what is asked for>-<how, and of which state of the stack>`."""
    state = "new" if stack.status.creatable else [stack.id, stack.changed]
    how: list[object] = [options.revert_drift, options.import_existing, options.role_arn, state]
    how += [options.imports] if options.imports else []
    return f"{_prefix(request, options.purpose)}{short_hash(how)[:8]}"


def names_request(name: str, request: Request) -> bool:
    """Whether a change set of this name is for this request, if its content is what its name says."""
    return name.startswith(tuple(_prefix(request, purpose) for purpose in get_args(Purpose)))


def _prefix(request: Request, purpose: Purpose) -> str:
    return f"cfngen-{purpose}-{request.digest}-"


def make(
    account: Account,
    request: Request,
    stack: DeployedStack,
    options: Options,
    name: str,
    pace: Pace,
    trail: Trail,
) -> Steps[Made]:
    """Make the change set unless one of that name is there.

    Raises:
        CallError: it cannot be made.
    """
    client = account.cloudformation
    wanted = _parameters(account, request, stack, options, name, trail)
    if stack.status.in_review and (yield from _ours(client, stack, pace)):
        wanted["Description"] += f"; {MADE_STACK}"
    for attempt in (1, 2):
        try:
            return Made(call(client, "CreateChangeSet", **wanted)["Id"], by_us=True)
        except CallError as error:
            if error.trouble not in {Trouble.EXISTS, Trouble.PASSING, Trouble.CONFLICT} or attempt == 2:  # noqa: PLR2004
                raise
            there = yield from find(account, pace, name, request.stack_name)
            if there is None:
                if error.trouble is Trouble.PASSING:
                    raise
                continue
            if (there.executable or there.pending or there.executed) and not request.secrets:
                return Made("", by_us=error.trouble is Trouble.PASSING)
            yield from delete(account, there, pace)
    raise AssertionError("unreachable")


def _ours(client: Any, stack: DeployedStack, pace: Pace) -> Steps[bool]:
    """Whether a never-created stack is there because an earlier plan of ours made it."""
    listed = yield from patiently(pace, client, "ListChangeSets", StackName=stack.name)
    return any(MADE_STACK in summary.get("Description", "") for summary in listed["Summaries"])


def _parameters(
    account: Account, request: Request, stack: DeployedStack, options: Options, name: str, trail: Trail
) -> dict[str, Any]:
    """CreateChangeSet's: all parameters and all tags, as it takes neither from before."""
    described = f"cfngen: {request.stack} {request.entry.version}"
    wanted: dict[str, Any] = {
        "StackName": request.stack_name,
        "ChangeSetName": name,
        "ClientToken": name,
        "ChangeSetType": "CREATE" if stack.status.creatable else "UPDATE",
        "Description": f"{described}; {MADE_STACK}" if stack.status.absent else described,
        "Parameters": [
            _parameter(key, value, known=not options.imports) for key, value in request.parameters.items()
        ],
        "Tags": [{"Key": key, "Value": value} for key, value in request.tags.items()],
        "Capabilities": list(request.capabilities),
    }
    if len(request.content) > MAX_INLINE_BYTES and options.template_bucket:
        s3 = account.client("s3")
        wanted["TemplateURL"] = bucket.template_url(s3, options.template_bucket, request.content, trail)
    else:
        wanted["TemplateBody"] = request.content.decode()
    if options.role_arn:
        wanted["RoleARN"] = options.role_arn
    if options.imports:
        # It may change nothing else, and the stack's tags count as that.
        del wanted["Tags"]
        wanted["ChangeSetType"] = "IMPORT"
        wanted["ResourcesToImport"] = [
            {
                "LogicalResourceId": each.logical_id,
                "ResourceType": each.type,
                "ResourceIdentifier": dict(each.identifier),
            }
            for each in options.imports
        ]
    if options.import_existing:
        wanted["ImportExistingResources"] = True
    if options.revert_drift and not stack.status.creatable:
        wanted["DeploymentMode"] = "REVERT_DRIFT"
    return wanted


def _parameter(name: str, value: str, *, known: bool) -> dict[str, Any]:
    """One of CreateChangeSet's parameters.

    Arguments:
        known: whether every value is; otherwise a secret one that only the stack knows stays what it is.
    """
    if value == MASK and not known:
        return {"ParameterKey": name, "UsePreviousValue": True}
    return {"ParameterKey": name, "ParameterValue": value}
