"""CloudTrail's trail, AWS Config's recorder, delivery channel and rules, IAM Access Analyzer."""

from __future__ import annotations

from typing import Any

from cfngen.sandbox.calls import call
from cfngen.sandbox.resources.kinds import Properties, ResourceType, as_tags, tag_changes

_EVERY_MANAGEMENT_EVENT = [{"ReadWriteType": "All", "IncludeManagementEvents": True}]


def _create_trail(name: str, given: Properties) -> str:
    call("s3", "HeadBucket", Bucket=given["S3BucketName"])
    call("cloudtrail", "CreateTrail", Name=name, S3BucketName=given["S3BucketName"])
    return name


def _configure_trail(name: str, new: Properties, old: Properties) -> None:
    def put(operation: str, **parameters: Any) -> dict[str, Any]:
        return call("cloudtrail", operation, **parameters)

    settings = {
        # What a template no longer gives goes back to the API's default.
        "S3KeyPrefix": "",
        "SnsTopicName": "",
        "IncludeGlobalServiceEvents": True,
        "IsMultiRegionTrail": False,
        "EnableLogFileValidation": False,
        "CloudWatchLogsLogGroupArn": "",
        "CloudWatchLogsRoleArn": "",
        "IsOrganizationTrail": False,
    }
    arn = put(
        "UpdateTrail",
        Name=name,
        S3BucketName=new["S3BucketName"],
        KmsKeyId=new.get("KMSKeyId", ""),
        **{setting: new.get(setting, default) for setting, default in settings.items()},
    )["TrailARN"]
    if "AdvancedEventSelectors" in new:
        put("PutEventSelectors", TrailName=name, AdvancedEventSelectors=new["AdvancedEventSelectors"])
    else:
        put(
            "PutEventSelectors",
            TrailName=name,
            EventSelectors=new.get("EventSelectors", _EVERY_MANAGEMENT_EVENT),
        )
    put("PutInsightSelectors", TrailName=name, InsightSelectors=new.get("InsightSelectors", []))
    put(
        "PutEventConfiguration",
        TrailName=name,
        AggregationConfigurations=new.get("AggregationConfigurations", []),
    )
    put("StartLogging" if str(new["IsLogging"]).lower() == "true" else "StopLogging", Name=name)
    wanted, gone = tag_changes(new, old)
    put("AddTags", ResourceId=arn, TagsList=as_tags(wanted))
    put("RemoveTags", ResourceId=arn, TagsList=[{"Key": key} for key in gone])


def _trail_attributes(name: str, _: Properties) -> dict[str, str]:
    return {"Arn": call("cloudtrail", "GetTrail", Name=name)["Trail"]["TrailARN"]}


def _create_recorder(name: str, given: Properties) -> str:
    _put_recorder(name, given, {})
    _start_recording()
    return name


def _put_recorder(name: str, new: Properties, _: Properties) -> None:
    recorder = {key: new.get(key) for key in ("RoleARN", "RecordingGroup", "RecordingMode") if key in new}
    call("config", "PutConfigurationRecorder", ConfigurationRecorder={"Name": name, **recorder})


def _delete_recorder(name: str, _: Properties) -> None:
    call("config", "DeleteConfigurationRecorder", ConfigurationRecorderName=name)


def _create_channel(name: str, given: Properties) -> str:
    _put_channel(name, given, {})
    _start_recording()
    return name


def _start_recording() -> None:
    """CloudFormation starts the recorder as soon as there is a channel, whichever of them comes first."""
    if call("config", "DescribeDeliveryChannels")["DeliveryChannels"]:
        for recorder in call("config", "DescribeConfigurationRecorders")["ConfigurationRecorders"]:
            call("config", "StartConfigurationRecorder", ConfigurationRecorderName=recorder["name"])


def _put_channel(name: str, new: Properties, _: Properties) -> None:
    call("s3", "HeadBucket", Bucket=new["S3BucketName"])
    call("config", "PutDeliveryChannel", DeliveryChannel={**new, "Name": name})


def _delete_channel(name: str, _: Properties) -> None:
    for recorder in call("config", "DescribeConfigurationRecorders")["ConfigurationRecorders"]:
        call("config", "StopConfigurationRecorder", ConfigurationRecorderName=recorder["name"])
    call("config", "DeleteDeliveryChannel", DeliveryChannelName=name)


def _put_rule(name: str, new: Properties, _: Properties) -> None:
    call("config", "PutConfigRule", ConfigRule={**new, "ConfigRuleName": name})


def _create_rule(name: str, given: Properties) -> str:
    _put_rule(name, given, {})
    return name


def _rule_attributes(name: str, _: Properties) -> dict[str, str]:
    (rule,) = call("config", "DescribeConfigRules", ConfigRuleNames=[name])["ConfigRules"]
    return {"Arn": rule["ConfigRuleArn"], "ConfigRuleId": rule["ConfigRuleId"]}


# What CloudFormation calls the members of an analyzer's configuration, and the API.
_KINDS = {"UnusedAccessConfiguration": "unusedAccess", "InternalAccessConfiguration": "internalAccess"}


def _create_analyzer(name: str, given: Properties) -> str:
    arn: str = call("accessanalyzer", "CreateAnalyzer", AnalyzerName=name, Type=given["Type"])["arn"]
    return arn


def _configure_analyzer(arn: str, new: Properties, old: Properties) -> None:
    name = arn.rpartition("/")[2]
    if "AnalyzerConfiguration" in new:
        configuration = {_KINDS[kind]: value for kind, value in new["AnalyzerConfiguration"].items()}
        call("accessanalyzer", "UpdateAnalyzer", AnalyzerName=name, Configuration=configuration)
    for rule in old.get("ArchiveRules", []):
        call("accessanalyzer", "DeleteArchiveRule", AnalyzerName=name, RuleName=rule["RuleName"])
    for rule in new.get("ArchiveRules", []):
        tests = {
            test["Property"]: {key: value for key, value in test.items() if key != "Property"}
            for test in rule["Filter"]
        }
        call(
            "accessanalyzer", "CreateArchiveRule", AnalyzerName=name, RuleName=rule["RuleName"], Filter=tests
        )
    wanted, gone = tag_changes(new, old)
    call("accessanalyzer", "TagResource", ResourceArn=arn, Tags=wanted)
    call("accessanalyzer", "UntagResource", ResourceArn=arn, TagKeys=gone)


TYPES = (
    ResourceType(
        "AWS::CloudTrail::Trail",
        create=_create_trail,
        configure=_configure_trail,
        delete=lambda name, _: _nothing(call("cloudtrail", "DeleteTrail", Name=name)),
        attributes=_trail_attributes,
        named="TrailName",
        create_only=("TrailName",),
        tags="Tags",
    ),
    ResourceType(
        "AWS::Config::ConfigurationRecorder",
        create=_create_recorder,
        configure=_put_recorder,
        delete=_delete_recorder,
        named="Name",
        create_only=("Name",),
    ),
    ResourceType(
        "AWS::Config::DeliveryChannel",
        create=_create_channel,
        configure=_put_channel,
        delete=_delete_channel,
        named="Name",
        create_only=("Name",),
    ),
    ResourceType(
        "AWS::Config::ConfigRule",
        create=_create_rule,
        configure=_put_rule,
        delete=lambda name, _: _nothing(call("config", "DeleteConfigRule", ConfigRuleName=name)),
        attributes=_rule_attributes,
        named="ConfigRuleName",
        create_only=("ConfigRuleName",),
    ),
    ResourceType(
        "AWS::AccessAnalyzer::Analyzer",
        create=_create_analyzer,
        configure=_configure_analyzer,
        delete=lambda arn, _: _nothing(
            call("accessanalyzer", "DeleteAnalyzer", AnalyzerName=arn.rpartition("/")[2])
        ),
        attributes=lambda arn, _: {"Arn": arn},
        named="AnalyzerName",
        create_only=("AnalyzerName", "Type"),
        tags="Tags",
    ),
)


def _nothing(_: object) -> None:
    """Drop an API's answer."""
