"""Deployments of what the emulator cannot show: denials, lost answers, stack policies, failed rollbacks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from cfngen.aws.steps import Pace, Steps
from cfngen.deploy.changeset.make import Options
from cfngen.deploy.changeset.prepare import PreparedChangeSet
from cfngen.deploy.flow import deploy_stack, plan_stack
from cfngen.deploy.operation.events import StackEvent
from cfngen.deploy.operation.recover import Choices, recover
from cfngen.deploy.outcome import StackResult
from cfngen.deploy.request import Request
from cfngen.deploy.stack import DeployedStack
from cfngen.deploy.stack_run import Orders
from cfngen.deploy.status import StackStatus
from tests.support.stubbed import (
    ANY,
    CHANGE_SET,
    NOW,
    STACK_ID,
    TOKEN,
    Cloud,
    FakeClock,
    finish,
    of_resource,
    of_stack,
    request,
)


@dataclass
class Agreeing:
    """A person who agrees to everything."""

    seen: list[str] = field(default_factory=list)

    def confirm(self, request: Request, found: PreparedChangeSet) -> Steps[bool]:  # noqa: ARG002
        return True
        yield

    def unmet(self, request: Request) -> None: ...

    def event(self, request: Request, event: StackEvent) -> None:  # noqa: ARG002
        self.seen.append(f"{event.logical_id} {event.status}")

    def say(self, request: Request, text: str) -> None: ...


def deploy(cloud: Cloud, orders: Orders | None = None, **more: Any) -> StackResult:
    clock = FakeClock()
    steps = deploy_stack(cloud.account, request(**more), orders or Orders(), Agreeing(), clock)
    result = finish(steps, clock)
    cloud.done()
    assert isinstance(result, StackResult)
    return result


def planned() -> Cloud:
    """A first deployment, up to its execution."""
    add = {"Action": "Add", "LogicalResourceId": "Topic", "ResourceType": "AWS::SNS::Topic"}
    return Cloud().stack(None).created().change_set(add)


def executed(**expected: Any) -> Cloud:
    return planned().answer("ExecuteChangeSet", {}, **expected)


def test_it_is_executed_with_its_token_and_followed_to_its_end() -> None:
    cloud = executed(
        ChangeSetName=CHANGE_SET, StackName=STACK_ID, ClientRequestToken=TOKEN, RetainExceptOnCreate=True
    )
    start, made = of_stack("CREATE_IN_PROGRESS", EventId="1"), of_resource("Topic", "CREATE_COMPLETE")
    cloud.events(start)
    cloud.events(of_stack("CREATE_COMPLETE", EventId="3"), made | {"EventId": "2"}, start)
    cloud.stack("CREATE_COMPLETE", Outputs=[{"OutputKey": "A", "OutputValue": "b"}])
    result = deploy(cloud)
    assert (result.result, result.outputs) == ("deployed", {"A": "b"})


def test_without_rollback_it_says_so() -> None:
    cloud = executed(ChangeSetName=ANY, StackName=ANY, ClientRequestToken=ANY, DisableRollback=True)
    failure = of_resource("Topic", "CREATE_FAILED", "no", EventId="2")
    cloud.events(of_stack("CREATE_FAILED", EventId="3"), failure, of_stack("CREATE_IN_PROGRESS", EventId="1"))
    cloud.stack("CREATE_FAILED")
    result = deploy(cloud, Orders(rollback=False))
    assert result.failure is not None
    assert (result.result, result.failure.logical_id) == ("failed", "Topic")


def test_events_of_another_operation_are_not_ours() -> None:
    cloud = executed()
    cloud.events(
        of_stack("ROLLBACK_COMPLETE", ClientRequestToken="theirs", EventId="2"),
        of_stack("CREATE_IN_PROGRESS", ClientRequestToken="theirs", EventId="1"),
    )
    cloud.events(of_stack("CREATE_COMPLETE", EventId="4"), of_stack("CREATE_IN_PROGRESS", EventId="3"))
    assert deploy(cloud.stack("CREATE_COMPLETE")).result == "deployed"


def test_the_first_failure_is_found_behind_what_was_called_off() -> None:
    cloud = executed()
    cancelled = [
        of_resource(f"T{number}", "CREATE_FAILED", "Resource creation cancelled", EventId=f"c{number}")
        for number in range(20)
    ]
    cloud.events(of_stack("ROLLBACK_COMPLETE", EventId="9"), *cancelled, NextToken="more")
    cloud.events(
        of_resource("Second", "CREATE_FAILED", "later", EventId="3"),
        of_resource("First", "CREATE_FAILED", "User is not authorized to perform: sns:X", EventId="2"),
        of_stack("CREATE_IN_PROGRESS", EventId="1"),
    )
    result = deploy(cloud)
    assert result.failure is not None
    assert (result.result, result.failure.logical_id) == ("rolled-back", "First")
    assert "--role-arn" in (result.failure.remedy or "")


def test_a_stack_policys_denial_names_the_way_out() -> None:
    cloud = executed()
    cloud.events(
        of_stack("UPDATE_ROLLBACK_COMPLETE", EventId="3"),
        of_resource("Topic", "UPDATE_FAILED", "Action denied by stack policy: ...", EventId="2"),
        of_stack("UPDATE_IN_PROGRESS", EventId="1"),
    )
    result = deploy(cloud)
    assert result.failure is not None
    assert (result.result, "--allow-replace" in (result.failure.remedy or "")) == ("rolled-back", True)


def test_a_failing_hook_is_the_root_cause() -> None:
    cloud = executed()
    hook = {"HookType": "Team::Hook", "HookStatus": "HOOK_COMPLETE_FAILED", "HookStatusReason": "no tags"}
    cloud.events(
        of_stack("ROLLBACK_COMPLETE", EventId="4"),
        of_resource("Topic", "CREATE_FAILED", "The following hook(s) failed: [Team::Hook]", EventId="3"),
        of_resource("Topic", "CREATE_IN_PROGRESS", EventId="2") | hook,
        of_stack("CREATE_IN_PROGRESS", EventId="1"),
    )
    failure = deploy(cloud).failure
    assert failure is not None
    assert (failure.logical_id, failure.reason) == ("Topic", "hook Team::Hook: no tags")


def test_where_only_the_stack_failed_describe_events_is_asked() -> None:
    cloud = executed()
    cloud.events(
        of_stack("ROLLBACK_COMPLETE", EventId="3"),
        of_stack("CREATE_FAILED", ResourceStatusReason="Validation failed with 1 error(s).", EventId="2"),
        of_stack("CREATE_IN_PROGRESS", EventId="1"),
    )
    event = {
        "EventId": "1",
        "EventType": "VALIDATION_ERROR",
        "LogicalResourceId": "Topic",
        "StackId": STACK_ID,
        "Timestamp": NOW,
        "ValidationStatusReason": "name is taken",
    }
    cloud.answer("DescribeEvents", {"OperationEvents": [event]})
    failure = deploy(cloud).failure
    assert failure is not None
    assert (failure.logical_id, failure.reason) == ("Topic", "name is taken")


def test_where_events_are_denied_the_status_is_followed() -> None:
    cloud = executed().refuse("DescribeStackEvents", "AccessDenied")
    cloud.stack("CREATE_IN_PROGRESS").stack("ROLLBACK_IN_PROGRESS").stack("ROLLBACK_COMPLETE")
    result = deploy(cloud)
    assert (result.result, result.status) == ("rolled-back", "ROLLBACK_COMPLETE")
    assert "the events cannot be read" in result.warnings[0]


def test_throttled_polls_never_fail_a_deployment() -> None:
    cloud = executed()
    for _ in range(20):
        cloud.refuse("DescribeStackEvents", "Throttling", "Rate exceeded")
    cloud.events(of_stack("CREATE_COMPLETE", EventId="2"), of_stack("CREATE_IN_PROGRESS", EventId="1"))
    assert deploy(cloud.stack("CREATE_COMPLETE")).result == "deployed"


def test_lost_credentials_leave_the_operation_running_and_say_so() -> None:
    result = deploy(executed().refuse("DescribeStackEvents", "ExpiredToken"))
    assert result.result == "interrupted"
    assert result.state == "the operation goes on in the account, on stack dev-one"


def test_a_lost_answer_to_execute_is_looked_up() -> None:
    cloud = planned().refuse("ExecuteChangeSet", "InternalFailure", status=500)
    cloud.change_set(ExecutionStatus="EXECUTE_IN_PROGRESS")
    cloud.events(of_stack("CREATE_COMPLETE", EventId="2"), of_stack("CREATE_IN_PROGRESS", EventId="1"))
    assert deploy(cloud.stack("CREATE_COMPLETE")).result == "deployed"


def test_an_execute_that_was_not_carried_out_is_repeated() -> None:
    cloud = planned().refuse("ExecuteChangeSet", "Throttling").change_set().answer("ExecuteChangeSet", {})
    cloud.events(of_stack("CREATE_COMPLETE", EventId="2"), of_stack("CREATE_IN_PROGRESS", EventId="1"))
    assert deploy(cloud.stack("CREATE_COMPLETE")).result == "deployed"


def test_an_execute_that_came_second_is_no_deployment() -> None:
    cloud = planned().refuse("ExecuteChangeSet", "ChangeSetNotFound", status=404)
    cloud.refuse("DescribeChangeSet", "ChangeSetNotFound", status=404)
    result = deploy(cloud)
    assert result.failure is not None
    assert (result.result, "executed first" in result.failure.reason) == ("failed", True)


@pytest.mark.parametrize("status", ["OBSOLETE", "UNAVAILABLE", "EXECUTE_FAILED"])
def test_a_given_change_set_that_cannot_be_executed_is_refused(status: str) -> None:
    name = f"cfngen-plan-{request().digest}-00000000"
    cloud = Cloud().stack("UPDATE_COMPLETE").change_set(ChangeSetName=name, ExecutionStatus=status)
    cloud.template()
    result = deploy(cloud, Orders(change_set=CHANGE_SET))
    assert result.failure is not None
    assert (result.result, status in result.failure.reason) == ("failed", True)


def test_protection_that_cannot_be_turned_on_is_no_success() -> None:
    cloud = executed()
    cloud.events(of_stack("CREATE_COMPLETE", EventId="2"), of_stack("CREATE_IN_PROGRESS", EventId="1"))
    cloud.refuse("UpdateTerminationProtection", "AccessDenied")
    result = deploy(cloud, entry=request().entry._replace(termination_protection=True))
    assert (result.result, result.state) == (
        "failed",
        "dev-one is deployed, but its protection may not be on",
    )


def test_outputs_that_cannot_be_read_are_a_warning() -> None:
    cloud = executed()
    cloud.events(of_stack("CREATE_COMPLETE", EventId="2"), of_stack("CREATE_IN_PROGRESS", EventId="1"))
    result = deploy(cloud.refuse("DescribeStacks", "AccessDenied"))
    assert (result.result, len(result.warnings)) == ("deployed", 1)


def test_a_rollback_that_failed_goes_on_without_what_is_skipped() -> None:
    stack = DeployedStack("dev-one", STACK_ID, StackStatus("UPDATE_ROLLBACK_FAILED"), changed="x")
    cloud = Cloud().answer(
        "ContinueUpdateRollback",
        {},
        StackName=STACK_ID,
        ClientRequestToken=ANY,
        ResourcesToSkip=["Topic"],
    )
    clock = FakeClock()
    steps = recover(cloud.account, stack, Choices(skip=("Topic",)), Pace(clock), lambda _event: None)
    token = _recovery_token(stack, clock)
    cloud.events(of_stack("UPDATE_ROLLBACK_COMPLETE", ClientRequestToken=token, EventId="1"))
    end = finish(steps, clock)
    cloud.done()
    assert (end.status.name, end.status.updatable) == ("UPDATE_ROLLBACK_COMPLETE", True)


def test_a_deletion_that_failed_goes_on_without_what_is_retained() -> None:
    stack = DeployedStack("dev-one", STACK_ID, StackStatus("DELETE_FAILED"), changed="x")
    cloud = Cloud().answer(
        "DeleteStack", {}, StackName=STACK_ID, ClientRequestToken=ANY, RetainResources=["Bucket"]
    )
    clock = FakeClock()
    token = _recovery_token(stack, clock)
    cloud.events(of_stack("DELETE_COMPLETE", ClientRequestToken=token, EventId="1"))
    end = finish(
        recover(cloud.account, stack, Choices(retain=("Bucket",)), Pace(clock), lambda _event: None), clock
    )
    cloud.done()
    assert end.status.absent


def _recovery_token(stack: DeployedStack, clock: FakeClock) -> str:
    from cfngen.deploy.request import short_hash

    return f"cfngen-recover-{short_hash([stack.id, stack.status.name, stack.changed, clock.now()])}"


def test_a_deletion_that_failed_is_tried_again_as_another_operation() -> None:
    tokens = []
    stack = DeployedStack("dev-one", STACK_ID, StackStatus("DELETE_FAILED"), changed="x")
    clock = FakeClock()
    for _ in range(2):
        token = _recovery_token(stack, clock)
        cloud = Cloud().answer("DeleteStack", {}, StackName=STACK_ID, ClientRequestToken=token)
        cloud.events(of_stack("DELETE_COMPLETE", ClientRequestToken=token, EventId="1"))
        finish(recover(cloud.account, stack, Choices(), Pace(clock), lambda _event: None), clock)
        cloud.done()
        clock.sleep(1)
        tokens.append(token)
    assert len(set(tokens)) == 2


def test_an_operation_without_events_of_its_own_is_followed_by_its_status() -> None:
    cloud = executed()
    for number in range(11):
        cloud.events(of_stack("CREATE_IN_PROGRESS", ClientRequestToken="other", EventId=str(number)))
    cloud.stack("CREATE_COMPLETE", LastUpdatedTime=NOW).stack("CREATE_COMPLETE")
    result = deploy(cloud)
    assert (result.result, "no event carries" in result.warnings[0]) == ("deployed", True)


def test_planning_what_is_being_executed_waits_for_nothing() -> None:
    cloud = Cloud().stack("UPDATE_COMPLETE").refuse("CreateChangeSet", "AlreadyExistsException")
    cloud.change_set(ExecutionStatus="EXECUTE_IN_PROGRESS").change_set(ExecutionStatus="EXECUTE_IN_PROGRESS")
    cloud.template().template()
    clock = FakeClock()
    result = finish(plan_stack(cloud.account, request(), Options(), clock), clock)
    cloud.done()
    assert (result.result, "is being executed" in result.failure.reason) == ("failed", True)


def test_a_change_set_that_cannot_be_used_again_is_replaced() -> None:
    cloud = Cloud().stack(None).refuse("CreateChangeSet", "AlreadyExistsException")
    cloud.change_set(ExecutionStatus="OBSOLETE").answer("DeleteChangeSet", {}).created().change_set()
    clock = FakeClock()
    result = finish(plan_stack(cloud.account, request(), Options(), clock), clock)
    cloud.done()
    assert result.result == "planned"


def test_a_failure_that_reads_lag_behind_is_looked_at_again() -> None:
    cloud = executed()
    failure = of_resource("Topic", "CREATE_FAILED", "no", EventId="2")
    start = of_stack("CREATE_IN_PROGRESS", EventId="1")
    ended = of_stack("CREATE_FAILED", EventId="3")
    cloud.events(ended, failure, start).stack("CREATE_IN_PROGRESS")
    cloud.events(ended, failure, start).stack("CREATE_FAILED")
    assert deploy(cloud, Orders(rollback=False)).status == "CREATE_FAILED"
