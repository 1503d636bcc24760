"""Plans of what the emulator cannot show: pages, values, replacements, hooks, validation, throttling."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from cfngen.deploy.changeset.make import Options, change_set_name
from cfngen.deploy.flow import plan_stack
from cfngen.deploy.outcome import StackResult
from cfngen.deploy.stack import DeployedStack
from cfngen.template.change.judgement import Judgement
from tests.support.stubbed import ANY, CHANGE_SET, NOW, STACK_ID, TEMPLATE, Cloud, FakeClock, finish, request

ROLE = "arn:aws:iam::111122223333:role/deployer"
NOTHING = "The submitted information didn't contain changes. Submit different information."


def plan(cloud: Cloud, options: Options | None = None, template: Any = TEMPLATE) -> StackResult:
    clock = FakeClock()
    steps = plan_stack(cloud.account, request(template), options or Options(), clock)
    result = finish(steps, clock)
    cloud.done()
    assert isinstance(result, StackResult)
    return result


def deployed(cloud: Cloud, template: Any = TEMPLATE) -> Cloud:
    """GetTemplate: what is there now."""
    body = json.dumps(template)
    return cloud.answer("GetTemplate", {"TemplateBody": body, "StagesAvailable": ["Original"]})


def modify(replacement: str, *details: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "Action": "Modify",
        "LogicalResourceId": "Topic",
        "ResourceType": "AWS::SNS::Topic",
        "Replacement": replacement,
        "Details": list(details),
    } | more


def detail(recreation: str, evaluation: str = "Static", **target: Any) -> dict[str, Any]:
    known = {"Attribute": "Properties", "Name": "TopicName", "RequiresRecreation": recreation}
    source = {"ChangeSource": "DirectModification"}
    return {"Target": known | target, "Evaluation": evaluation} | source


def only(result: StackResult) -> Judgement:
    (found,) = result.effect.comparison.judgements
    return found


def test_all_pages_are_read() -> None:
    cloud = Cloud().stack(None).created()
    first = {"Action": "Add", "LogicalResourceId": "A", "ResourceType": "AWS::SNS::Topic"}
    cloud.change_set(first, NextToken="more").change_set(first | {"LogicalResourceId": "B"})
    result = plan(cloud)
    names = [item.change.logical_id for item in result.effect.comparison.judgements]
    assert (result.result, names) == ("planned", ["A", "B"])


def test_everything_is_sent_explicitly() -> None:
    cloud = Cloud().stack(None)
    asked = request()
    name = change_set_name(asked, DeployedStack("dev-one"), Options(role_arn=ROLE))
    cloud.created(
        StackName="dev-one",
        ChangeSetName=name,
        ClientToken=name,
        ChangeSetType="CREATE",
        Description="cfngen: one 1.0.0; made the stack",
        Parameters=[],
        Tags=[{"Key": "Project", "Value": "t"}],
        Capabilities=[],
        TemplateBody=asked.content.decode(),
        RoleARN=ROLE,
    )
    cloud.change_set()
    assert plan(cloud, Options(role_arn=ROLE)).result == "planned"


def test_values_come_from_the_change_set() -> None:
    cloud = deployed(
        Cloud()
        .stack("UPDATE_COMPLETE")
        .created()
        .change_set(
            modify(
                "True",
                detail("Always", Path="/Properties/TopicName", BeforeValue="zero", AfterValue="one"),
                PolicyAction="ReplaceAndRetain",
            )
        )
    )
    result = plan(cloud)
    found = only(result)
    (cause,) = found.change.causes
    assert (cause.path, cause.before, cause.after) == (("Properties", "TopicName"), "zero", "one")
    assert (found.consequence, found.certain) == ("replace", True)
    assert "only a new resource can have another TopicName" in found.reasons
    assert "the old resource stays, outside of the stack" in found.reasons
    assert result.effect.policy_actions == {"Topic": "ReplaceAndRetain"}


def test_a_value_known_later_only_may_replace() -> None:
    unknown = "{{changeSet:KNOWN_AFTER_APPLY}}"
    cause = {"CausingEntity": "Other.Name", "ChangeSource": "ResourceAttribute"}
    cloud = deployed(
        Cloud()
        .stack("UPDATE_COMPLETE")
        .created()
        .change_set(
            modify("True", detail("Always", "Dynamic", BeforeValue="zero", AfterValue=unknown) | cause)
        )
    )
    found = only(plan(cloud))
    assert (found.consequence, found.certain) == ("maybe-replace", False)
    (reason, *_) = found.reasons
    assert "TopicName, which comes from Other.Name; its value is known at deployment only" in reason


@pytest.mark.parametrize(
    ("change", "consequence"),
    [
        (modify("Conditional", detail("Conditionally")), "maybe-replace"),
        (modify("False", detail("Never")), "in-place"),
        (modify("False", {"Target": {"Attribute": "DeletionPolicy"}}), "none"),
        (modify("False", Action="Dynamic"), "maybe-replace"),
        (modify("False", Action="SyncWithActual"), "none"),
        (modify("False", Action="Import"), "none"),
        (modify("True", Action="Remove", PolicyAction="Delete"), "delete"),
        (modify("True", Action="Remove", PolicyAction="Snapshot"), "delete"),
        (modify("True", Action="Remove", PolicyAction="Retain"), "retain"),
    ],
)
def test_each_action_has_its_consequence(change: dict[str, Any], consequence: str) -> None:
    cloud = deployed(Cloud().stack("UPDATE_COMPLETE").created().change_set(change))
    assert only(plan(cloud)).consequence == consequence


def test_a_fixed_name_makes_a_replacement_impossible() -> None:
    old = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "a.fifo"}}
    new = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "a.fifo", "FifoTopic": True}}
    change = modify("True", detail("Always", Name="FifoTopic"))
    cloud = Cloud().stack("UPDATE_COMPLETE").created().change_set(change)
    deployed(cloud, {"Resources": {"Topic": old}})
    assert only(plan(cloud, template={"Resources": {"Topic": new}})).consequence == "impossible"


def test_what_values_leave_out_is_read_again_without_them() -> None:
    reason = "[WARN] --include-property-values option can return incomplete ChangeSet data because: x"
    valued = modify("False", detail("Never", BeforeValue="a", AfterValue="b"))
    other = modify("False", LogicalResourceId="Other")
    cloud = Cloud().stack("UPDATE_COMPLETE").created()
    cloud.change_set(valued, StatusReason=reason)
    cloud.change_set(modify("False", detail("Never")), other)
    result = plan(deployed(cloud))
    found = {item.change.logical_id: item for item in result.effect.comparison.judgements}
    assert set(found) == {"Topic", "Other"}
    assert [cause.after for cause in found["Topic"].change.causes] == ["b"]


def test_an_output_only_change_set_has_no_changes_and_can_be_executed() -> None:
    cloud = deployed(Cloud().stack("UPDATE_COMPLETE").created().change_set())
    new = {**TEMPLATE, "Outputs": {"Name": {"Value": "x"}}}
    result = plan(cloud, template=new)
    assert result.result == "planned"
    assert (only(result).change.section, only(result).change.action) == ("Outputs", "add")


@pytest.mark.parametrize("reason", [NOTHING, "No updates are to be performed."])
def test_an_empty_change_set_is_no_failure_and_is_deleted(reason: str) -> None:
    cloud = Cloud().stack("UPDATE_COMPLETE").created()
    cloud.change_set(Status="FAILED", ExecutionStatus="UNAVAILABLE", StatusReason=reason)
    cloud.answer("DeleteChangeSet", {}, ChangeSetName=CHANGE_SET, StackName=STACK_ID)
    assert plan(cloud).result == "no-change"


def test_that_an_empty_change_set_cannot_be_deleted_is_a_warning() -> None:
    cloud = Cloud().stack("UPDATE_COMPLETE").created()
    cloud.change_set(Status="FAILED", ExecutionStatus="UNAVAILABLE", StatusReason=NOTHING)
    cloud.refuse("DeleteChangeSet", "AccessDenied")
    result = plan(cloud)
    assert result.result == "no-change"
    assert "could not be deleted" in result.warnings[0]


def test_early_validation_is_told_and_leaves_nothing() -> None:
    cloud = Cloud().stack(None).created()
    cloud.change_set(
        Status="FAILED",
        ExecutionStatus="UNAVAILABLE",
        StatusReason="The following hook(s)/validation failed: [AWS::EarlyValidation::PropertyValidation].",
        Description="cfngen: one 1.0.0; made the stack",
    )
    event = {
        "EventId": "1",
        "StackId": STACK_ID,
        "OperationType": "CREATE_CHANGESET",
        "OperationStatus": "FAILED",
        "EventType": "VALIDATION_ERROR",
        "LogicalResourceId": "Topic",
        "ResourceType": "AWS::SNS::Topic",
        "Timestamp": NOW,
        "ValidationName": "PROPERTY_VALIDATION",
        "ValidationStatus": "FAILED",
        "ValidationStatusReason": "Unsupported property",
        "ValidationPath": "/Resources/Topic/Properties/Nope",
    }
    cloud.answer("DescribeEvents", {"OperationEvents": [event]}, ChangeSetName=CHANGE_SET)
    cloud.answer("DeleteChangeSet", {})
    cloud.stack("REVIEW_IN_PROGRESS")
    cloud.answer("ListChangeSets", {"Summaries": []})
    cloud.answer("DeleteStack", {}, StackName=STACK_ID)
    result = plan(cloud)
    assert result.failure is not None
    assert (result.result, result.failure.logical_id) == ("failed", "Topic")
    assert result.failure.reason == "Unsupported property (/Resources/Topic/Properties/Nope)"


def test_a_hook_that_fails_is_named() -> None:
    cloud = Cloud().stack("UPDATE_COMPLETE").created()
    cloud.change_set(Status="FAILED", ExecutionStatus="UNAVAILABLE", StatusReason="hooks failed")
    event = {
        "EventId": "1",
        "StackId": STACK_ID,
        "OperationStatus": "FAILED",
        "EventType": "HOOK_INVOCATION_ERROR",
        "LogicalResourceId": "Topic",
        "Timestamp": NOW,
        "HookType": "Team::Encryption::Hook",
        "HookStatus": "HOOK_COMPLETE_FAILED",
        "HookStatusReason": "no key",
    }
    cloud.answer("DescribeEvents", {"OperationEvents": [event]}).answer("DeleteChangeSet", {})
    failure = plan(cloud).failure
    assert failure is not None
    assert failure.reason == "hook Team::Encryption::Hook: no key"


def test_where_events_are_denied_the_change_sets_own_reason_is_told() -> None:
    cloud = Cloud().stack("UPDATE_COMPLETE").created()
    cloud.change_set(Status="FAILED", ExecutionStatus="UNAVAILABLE", StatusReason="something else")
    cloud.refuse("DescribeEvents", "AccessDenied").answer("DeleteChangeSet", {})
    failure = plan(cloud).failure
    assert failure is not None
    assert failure.reason == "something else"


def test_throttled_reads_are_asked_again() -> None:
    cloud = Cloud().refuse("DescribeStacks", "Throttling").stack(None).created()
    for _ in range(7):
        cloud.refuse("DescribeChangeSet", "Throttling", "Rate exceeded")
    cloud.change_set(Status="CREATE_IN_PROGRESS", ExecutionStatus="UNAVAILABLE").change_set()
    assert plan(cloud).result == "planned"


def test_reads_that_lag_behind_are_believed_after_a_while() -> None:
    cloud = Cloud().stack(None).created()
    cloud.refuse("DescribeChangeSet", "ChangeSetNotFound", status=404).change_set()
    assert plan(cloud).result == "planned"


def test_a_lost_answer_to_create_finds_the_change_set() -> None:
    cloud = Cloud().stack(None).refuse("CreateChangeSet", "InternalFailure", status=500)
    cloud.change_set().change_set().template()
    assert plan(cloud).result == "planned"


def test_without_get_template_the_plan_is_told_without_permissions() -> None:
    cloud = Cloud().stack("UPDATE_COMPLETE").created().change_set(modify("False", detail("Never")))
    cloud.refuse("GetTemplate", "AccessDenied")
    result = plan(cloud)
    assert result.result == "planned"
    assert "permissions are not shown" in result.warnings[0]


def test_drift_is_reverted_by_its_own_mode() -> None:
    cloud = deployed(
        Cloud()
        .stack("UPDATE_COMPLETE")
        .created(
            StackName="dev-one",
            ChangeSetName=ANY,
            ClientToken=ANY,
            ChangeSetType="UPDATE",
            Description=ANY,
            Parameters=[],
            Tags=ANY,
            Capabilities=[],
            TemplateBody=ANY,
            DeploymentMode="REVERT_DRIFT",
        )
        .change_set(modify("False", detail("Never", BeforeValue="hand", AfterValue="one")))
    )
    assert plan(cloud, Options(revert_drift=True)).result == "planned"


@pytest.mark.parametrize(
    "status", ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "UPDATE_ROLLBACK_FAILED", "DELETE_FAILED"]
)
def test_a_stack_that_must_be_recovered_first(status: str) -> None:
    result = plan(Cloud().stack(status))
    assert result.failure is not None
    assert (result.result, status in result.failure.reason) == ("failed", True)
    assert "cfngen recover one" in (result.failure.remedy or "")


def test_describe_calls_keep_their_distance() -> None:
    cloud = Cloud().stack(None).created()
    for _ in range(5):
        cloud.change_set(Status="CREATE_IN_PROGRESS", ExecutionStatus="UNAVAILABLE")
    cloud.change_set()
    times: list[float] = []
    clock = FakeClock()
    events = cloud.client.meta.events
    events.register(
        "provide-client-params.cloudformation.DescribeChangeSet", lambda **_: times.append(clock.now())
    )
    finish(plan_stack(cloud.account, request(), Options(), clock), clock)
    distances = [later - earlier for earlier, later in pairwise(times)]
    assert len(times) == 6
    assert min(distances) >= 1
    assert max(distances) <= 5


def _validation(number: int, name: str, mode: str, said: str) -> dict[str, Any]:
    return {
        "EventId": str(number),
        "StackId": STACK_ID,
        "EventType": "VALIDATION_ERROR",
        "LogicalResourceId": name,
        "ResourceType": "AWS::S3::Bucket",
        "Timestamp": NOW + timedelta(seconds=number),
        "ValidationFailureMode": mode,
        "ValidationStatus": "FAILED",
        "ValidationStatusReason": said,
    }


def _that_failed(cloud: Cloud, *events: dict[str, Any]) -> Cloud:
    cloud.change_set(Status="FAILED", ExecutionStatus="UNAVAILABLE", StatusReason="validation failed")
    return cloud.answer("DescribeEvents", {"OperationEvents": list(events)})


def test_every_validation_error_is_told_and_a_warning_is_not_the_cause() -> None:
    cloud = _that_failed(
        Cloud().stack("UPDATE_COMPLETE").created(),
        _validation(1, "Old", "WARN", "the bucket is not empty"),
        _validation(2, "Logs", "FAIL", "the name logs-a already exists"),
        {**_validation(3, "Later", "FAIL", "no permission to look"), "ValidationStatus": "SKIPPED"},
        _validation(4, "Runner", "FAIL", "the name runner already exists"),
        _validation(5, "Logs", "FAIL", "the name logs-a already exists"),
    )
    result = plan(cloud.answer("DeleteChangeSet", {}))
    failure = result.failure
    assert result.warnings == (
        "CloudFormation warns: Old: the bucket is not empty",
        "CloudFormation warns: Later: the validation was skipped: no permission to look",
    )
    assert failure is not None
    assert (failure.logical_id, [other.logical_id for other in failure.also]) == ("Logs", ["Runner"])
    assert "adopt it" in str(failure.remedy)


def test_validations_that_only_warn_are_in_the_plan_of_a_change_set_that_can_be_executed() -> None:
    cloud = Cloud().stack(None).created().change_set()
    cloud.answer("DescribeEvents", {"OperationEvents": [_validation(1, "Old", "WARN", "not empty")]})
    result = plan(cloud)
    assert (result.result, result.warnings) == ("planned", ("CloudFormation warns: Old: not empty",))


RESULT = "11111111-2222-3333-4444-555555555555"


def _hook(name: str, mode: str) -> dict[str, Any]:
    return {
        "EventId": name,
        "StackId": STACK_ID,
        "EventType": "HOOK_INVOCATION_ERROR",
        "LogicalResourceId": name,
        "ResourceType": "AWS::S3::Bucket",
        "Timestamp": NOW,
        "HookType": "My::Buckets::Hook",
        "HookStatusReason": "not private",
        "HookFailureMode": mode,
    }


def test_each_resource_has_the_advice_of_its_own_hook_also_where_that_only_warns() -> None:
    cloud = Cloud().stack(None).created().change_set()
    cloud.answer("DescribeEvents", {"OperationEvents": [_hook("Logs", "WARN"), _hook("Data", "WARN")]})
    for page, name in enumerate(("Logs", "Data")):
        number = RESULT.replace("1", str(page + 1))
        asked = {
            "TargetType": "CHANGE_SET",
            "TargetId": CHANGE_SET,
            **({"NextToken": "more"} if page else {}),
        }
        summary = {"HookResultId": number, "Status": "HOOK_COMPLETE_FAILED", "TypeName": "My::Buckets::Hook"}
        answer = {"HookResults": [summary], **({} if page else {"NextToken": "more"})}
        cloud.answer("ListHookResults", answer, **asked)
        annotation = {"AnnotationName": "a", "Status": "FAILED", "RemediationMessage": f"lock {name}"}
        target = {"TargetType": "RESOURCE", "TargetTypeName": "AWS::S3::Bucket"}
        target |= {"TargetId": name, "Action": "CREATE"}
        cloud.answer("GetHookResult", {"Target": target, "Annotations": [annotation]}, HookResultId=number)
    assert plan(cloud).warnings == (
        "CloudFormation warns: Logs: hook My::Buckets::Hook: not private; lock Logs",
        "CloudFormation warns: Data: hook My::Buckets::Hook: not private; lock Data",
    )


def test_a_hook_says_what_to_do() -> None:
    hook = _hook("Logs", "FAIL")
    cloud = _that_failed(Cloud().stack("UPDATE_COMPLETE").created(), hook)
    summary = {"HookResultId": RESULT, "Status": "HOOK_COMPLETE_FAILED", "TypeName": "My::Buckets::Hook"}
    cloud.answer("ListHookResults", {"HookResults": [summary]}, TargetType="CHANGE_SET", TargetId=CHANGE_SET)
    advice = {
        "AnnotationName": "a",
        "Status": "FAILED",
        "RemediationMessage": "Block public access",
        "RemediationLink": "https://example.com/a",
    }
    cloud.answer("GetHookResult", {"Annotations": [advice]}, HookResultId=RESULT)
    failure = plan(cloud.answer("DeleteChangeSet", {})).failure
    assert failure is not None
    assert (failure.logical_id, failure.remedy) == ("Logs", "Block public access (https://example.com/a)")
