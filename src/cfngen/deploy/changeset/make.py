"""Change sets made, under a name that follows from what is asked for and from the stack's last change.

Whoever asks for the same again finds the same change set instead of making another one.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from cfngen.aws.calls import CallError, Trouble, call, patiently
from cfngen.aws.session import Account
from cfngen.aws.steps import Pace, Steps
from cfngen.deploy import bucket
from cfngen.deploy.changeset.delete import MADE_STACK
from cfngen.deploy.changeset.read import find
from cfngen.deploy.request import MAX_INLINE_BYTES, Request, short_hash
from cfngen.deploy.stack import DeployedStack


class Options(NamedTuple):
    """How change sets are made.

    Attributes:
        revert_drift: bring resources that were changed by hand back to the template.
        import_existing: take resources that exist under the same name into the stack.
        role_arn: the role that CloudFormation acts with, None for the caller's own permissions.
        template_bucket: the bucket that templates over 51,200 bytes go through.
    """

    revert_drift: bool = False
    import_existing: bool = False
    role_arn: str | None = None
    template_bucket: str | None = None


def change_set_name(request: Request, stack: DeployedStack, options: Options) -> str:
    """`cfngen-<what is asked for>-<how, and of which state of the stack>`."""
    state = "new" if stack.status.creatable else [stack.id, stack.changed]
    how = [options.revert_drift, options.import_existing, options.role_arn, state]
    return f"{prefix(request)}{short_hash(how)[:8]}"


def prefix(request: Request) -> str:
    """What the names of all change sets for the same request begin with."""
    return f"cfngen-{request.digest}-"


def make(
    account: Account, request: Request, stack: DeployedStack, options: Options, name: str, pace: Pace
) -> Steps[bool]:
    """Make the change set unless it is there; whether it was made now.

    Raises:
        CallError: it cannot be made.
    """
    client = account.cloudformation
    wanted = _parameters(account, request, stack, options, name)
    if stack.status.in_review and (yield from _ours(client, stack, pace)):
        wanted["Description"] += f"; {MADE_STACK}"
    for attempt in (1, 2):
        try:
            call(client, "CreateChangeSet", **wanted)
        except CallError as error:
            if error.trouble not in {Trouble.EXISTS, Trouble.PASSING, Trouble.CONFLICT} or attempt == 2:  # noqa: PLR2004
                raise
            there = yield from find(account, pace, name, request.stack_name)
            if there is None:
                if error.trouble is Trouble.PASSING:
                    raise
                continue
            if (there.executable or there.pending or there.executed) and not request.secrets:
                return error.trouble is Trouble.PASSING
            yield from patiently(
                pace, client, "DeleteChangeSet", ChangeSetName=there.id, StackName=there.stack_id
            )
        else:
            return True
    return True


def _ours(client: Any, stack: DeployedStack, pace: Pace) -> Steps[bool]:
    """Whether a never-created stack is there because an earlier plan of ours made it."""
    listed = yield from patiently(pace, client, "ListChangeSets", StackName=stack.name)
    return any(MADE_STACK in summary.get("Description", "") for summary in listed["Summaries"])


def _parameters(
    account: Account, request: Request, stack: DeployedStack, options: Options, name: str
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
            {"ParameterKey": key, "ParameterValue": value} for key, value in request.parameters.items()
        ],
        "Tags": [{"Key": key, "Value": value} for key, value in request.tags.items()],
        "Capabilities": list(request.capabilities),
    }
    if len(request.content) > MAX_INLINE_BYTES and options.template_bucket:
        s3 = account.client("s3")
        wanted["TemplateURL"] = bucket.template_url(s3, options.template_bucket, request.content)
    else:
        wanted["TemplateBody"] = request.content.decode()
    if options.role_arn:
        wanted["RoleARN"] = options.role_arn
    if options.import_existing:
        wanted["ImportExistingResources"] = True
    if options.revert_drift and not stack.status.creatable:
        wanted["DeploymentMode"] = "REVERT_DRIFT"
    return wanted
