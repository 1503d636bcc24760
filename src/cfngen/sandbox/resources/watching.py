"""SNS, EventBridge, CloudWatch and CodeBuild: the properties that MiniStack's own provisioning leaves out."""

from __future__ import annotations

from ministack.core.responses import get_account_id

from cfngen.sandbox import private
from cfngen.sandbox.calls import call, fitted
from cfngen.sandbox.resources.kinds import Completion, Properties, as_tags, tag_changes


def _configure_topic(arn: str, new: Properties, old: Properties) -> None:
    if "KmsMasterKeyId" in new or "KmsMasterKeyId" in old:
        call(
            "sns",
            "SetTopicAttributes",
            TopicArn=arn,
            AttributeName="KmsMasterKeyId",
            AttributeValue=new.get("KmsMasterKeyId", ""),
        )


def _configure_rule(name: str, new: Properties, old: Properties) -> None:
    bus = {"EventBusName": new["EventBusName"]} if "EventBusName" in new else {}
    arn = call("events", "DescribeRule", Name=name.rpartition("|")[2], **bus)["Arn"]
    wanted, gone = tag_changes(new, old)
    call("events", "TagResource", ResourceARN=arn, Tags=as_tags(wanted))
    call("events", "UntagResource", ResourceARN=arn, TagKeys=gone)


def _configure_dashboard(name: str, new: Properties, old: Properties) -> None:
    arn = f"arn:aws:cloudwatch::{get_account_id()}:dashboard/{name}"
    wanted, gone = tag_changes(new, old)
    call("cloudwatch", "TagResource", ResourceARN=arn, Tags=as_tags(wanted))
    call("cloudwatch", "UntagResource", ResourceARN=arn, TagKeys=gone)


_PROJECT_MEMBERS = (
    "autoRetryLimit",
    "buildBatchConfig",
    "cache",
    "concurrentBuildLimit",
    "logsConfig",
    "queuedTimeoutInMinutes",
)


def _configure_project(name: str, new: Properties, _: Properties) -> None:
    # MiniStack's UpdateProject knows none of these.
    project = private.codebuild.projects[name]
    for member in _PROJECT_MEMBERS:
        project.pop(member, None)
        given = {key: value for key, value in new.items() if key.lower() == member.lower()}
        project.update(fitted("codebuild", "Project", given))


def answer_whole_projects() -> None:
    """BatchGetProjects answers these members too."""
    shown = private.codebuild.project_shape
    private.codebuild.project_shape = lambda project: {
        **shown(project),
        **{member: project[member] for member in _PROJECT_MEMBERS if member in project},
    }


def accept_dashboard_tags() -> None:
    """CloudWatch's tagging operations take a dashboard's ARN too."""
    refuse = private.cloudwatch.validate_alarm_tag_arn
    private.cloudwatch.validate_alarm_tag_arn = lambda arn, **how: (
        None if ":dashboard/" in arn else refuse(arn, **how)
    )


TYPES = (
    Completion("AWS::SNS::Topic", _configure_topic),
    Completion("AWS::SNS::TopicPolicy", create_only=()),
    Completion("AWS::SNS::Subscription", create_only=("Endpoint", "Protocol", "TopicArn")),
    Completion("AWS::Events::Rule", _configure_rule, create_only=("Name",), tags="Tags"),
    Completion("AWS::CloudWatch::Dashboard", _configure_dashboard, create_only=("DashboardName",)),
    Completion("AWS::CloudWatch::Alarm", create_only=("AlarmName",)),
    Completion("AWS::CodeBuild::Project", _configure_project, create_only=("Name",)),
    Completion("AWS::KMS::Key", create_only=()),
    Completion("AWS::KMS::Alias", create_only=("AliasName",)),
    Completion("AWS::Logs::LogGroup", create_only=("LogGroupName",)),
    Completion("AWS::Logs::MetricFilter", create_only=("FilterName", "LogGroupName")),
)
