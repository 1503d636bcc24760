"""What gets a stack going again that cannot be deployed to."""

from __future__ import annotations

from typing import NamedTuple

from cfngen.aws.calls import call
from cfngen.aws.session import Account
from cfngen.aws.steps import Pace, Steps
from cfngen.deploy.operation.events import recent
from cfngen.deploy.operation.follow import End, Report, follow
from cfngen.deploy.request import short_hash
from cfngen.deploy.stack import DeployedStack


class Choices(NamedTuple):
    """What a person may add.

    Attributes:
        skip: resources that rolling back leaves as they are.
        retain: resources that a deletion leaves in the account.
    """

    skip: tuple[str, ...] = ()
    retain: tuple[str, ...] = ()


def proposal(stack: DeployedStack, choices: Choices) -> str | None:
    """What would be done, in a sentence; None where nothing is in the way.

    >>> from cfngen.deploy.status import StackStatus
    >>> proposal(DeployedStack("s", "id", StackStatus("ROLLBACK_COMPLETE")), Choices())
    'delete the stack s, so that it can be created again'
    """
    match stack.status.recovery:
        case "delete":
            first = "turn off its termination protection and " if stack.protected else ""
            kept = f", leaving {', '.join(choices.retain)} in the account" if choices.retain else ""
            return f"{first}delete the stack {stack.name}{kept}, so that it can be created again"
        case "roll-back":
            return f"roll the stack {stack.name} back to how it was before its last update"
        case "continue-rollback":
            left = f", leaving {', '.join(choices.skip)} as they are" if choices.skip else ""
            return f"go on rolling the stack {stack.name} back{left}"
    return None


def recover(
    account: Account, stack: DeployedStack, choices: Choices, pace: Pace, report: Report
) -> Steps[End]:
    """Do what was proposed, and follow it to its end.

    Raises:
        CallError: it was refused, or its end cannot be seen.
    """
    # A deletion that failed leaves the stack as it was: only the time makes the next one another operation.
    content = [stack.id, stack.status.name, stack.changed, pace.clock.now()]
    token = f"cfngen-recover-{short_hash(content)}"
    client = account.cloudformation
    match stack.status.recovery:
        case "delete":
            if stack.protected:
                asked = {"StackName": stack.id, "EnableTerminationProtection": False}
                call(client, "UpdateTerminationProtection", **asked)
            kept = {"RetainResources": list(choices.retain)} if choices.retain else {}
            call(client, "DeleteStack", StackName=stack.id, ClientRequestToken=token, **kept)
        case "roll-back":
            call(client, "RollbackStack", StackName=stack.id, ClientRequestToken=token)
        case "continue-rollback":
            skipped = {"ResourcesToSkip": list(choices.skip)} if choices.skip else {}
            call(client, "ContinueUpdateRollback", StackName=stack.id, ClientRequestToken=token, **skipped)
    return (yield from follow(account, stack, token, pace, report))


def watch(account: Account, stack: DeployedStack, pace: Pace, report: Report) -> Steps[End]:
    """The end of the operation that is running already, whoever began it.

    Raises:
        CallError: its end cannot be seen.
    """
    events = yield from recent(account, pace, stack.id, "")
    return (yield from follow(account, stack, events[-1].token if events else "", pace, report))
