"""One run over one stack: what every step needs, and how it ends where it is cut short."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from cfngen.aws.session import Account
from cfngen.aws.steps import Interrupted, Pace, Steps
from cfngen.deploy.changeset.make import Options
from cfngen.deploy.changeset.prepare import PreparedChangeSet
from cfngen.deploy.operation.events import StackEvent
from cfngen.deploy.outcome import Failure, Result, StackResult
from cfngen.deploy.request import Request
from cfngen.deploy.stack import DeployedStack
from cfngen.deploy.trail import Trail
from cfngen.errors import CfngenError


class Person(Protocol):
    """Who is asked and told."""

    def confirm(self, request: Request, prepared: PreparedChangeSet) -> Steps[bool]:
        """Show the plan; whether it may be executed. Other stacks go on while a person thinks."""
        ...

    def unmet(self, request: Request) -> Failure | None:
        """Why the stack must not be deployed now: something that it demands beforehand does not hold."""
        ...

    def event(self, request: Request, event: StackEvent) -> None:
        """Something happened to the stack."""
        ...

    def say(self, request: Request, text: str) -> None:
        """A step began."""
        ...


class Orders(NamedTuple):
    """How to deploy.

    Attributes:
        change_set: execute this one, by its ARN, and no other.
        allow_replace: the protected resources that may be replaced or deleted this time.
        rollback: undo what a failed operation did.
    """

    options: Options = Options()
    change_set: str | None = None
    allow_replace: frozenset[str] = frozenset()
    rollback: bool = True


@dataclass
class StackRun:
    """What every step needs.

    Attributes:
        tightened: the stack policy, while it is lifted.
    """

    account: Account
    request: Request
    orders: Orders
    person: Person
    pace: Pace
    trail: Trail
    tightened: Mapping[str, Any] | None = None

    def result(
        self, tag: Result, prepared: PreparedChangeSet | None = None, failure: Failure | None = None
    ) -> StackResult:
        made = StackResult(
            self.request.stack,
            self.request.stack_name,
            tag,
            change_set=self.trail.change_set,
            failure=failure,
            to_version=self.request.entry.version,
            warnings=tuple(self.trail.warnings),
        )
        if prepared is None:
            return made
        status = prepared.stack.status.name
        return made._replace(effect=prepared.effect, from_version=prepared.from_version, status=status)


def guarded(run: StackRun, steps: Steps[StackResult]) -> Steps[StackResult]:
    """The result, also where the steps were cut short."""
    try:
        return (yield from steps)
    except KeyboardInterrupt as error:
        cut = run.result("interrupted", failure=Failure("interrupted"))
        raise Interrupted(cut._replace(state=run.trail.where)) from error
    except CfngenError as error:
        failure = Failure(
            f"{error.place}: {error.problem}" if error.place else error.problem, remedy=error.remedy
        )
        tag: Result = "interrupted" if run.trail.running else "failed"
        return run.result(tag, failure=failure)._replace(state=run.trail.where)


def unready(request: Request, stack: DeployedStack) -> Failure | None:
    """Why no change set can be made now; None where one can."""
    status = stack.status
    if status.creatable or status.updatable:
        return None
    if status.in_progress:
        remedy = "wait until it has ended, then run this again"
        return Failure(f"{stack.name} is in {status.name}: {status.meaning}", remedy=remedy)
    remedy = f"see what can be done: cfngen recover {request.stack} --env {request.environment}"
    return Failure(f"{stack.name} is in {status.name}: {status.meaning}", remedy=remedy)


def skipped(request: Request, because: Collection[str]) -> StackResult:
    """The result of a stack that was not begun."""
    reason = f"not begun: {', '.join(because)} did not succeed" if because else "not begun: interrupted"
    return StackResult(request.stack, request.stack_name, "skipped", failure=Failure(reason))
