"""How each resource type is found through its own service's API, as its template would write it.

A reader gets the account, the physical id and the template's properties, and returns the properties that
the service answers. It may rename members to CloudFormation's names, and nothing else: what it leaves out,
the service did not say.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from botocore.exceptions import ClientError

Properties = Mapping[str, Any]


class Account(Protocol):
    """Something that makes boto3 clients for one account and Region."""

    @property
    def account(self) -> str:
        """Its id."""

    def client(self, service: str) -> Any:
        """A boto3 client."""


Reader = Callable[[Account, str, Properties], dict[str, Any]]


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _or_nothing(read: Callable[[], Any], *codes: str) -> Any:
    """What `read` returns, or {} where the service says by one of these error codes that there is none."""
    try:
        return read()
    except ClientError as error:
        if error.response["Error"]["Code"] in codes:
            return {}
        raise


def trail(aws: Account, name: str, _: Properties) -> dict[str, Any]:
    """describe_trails, get_trail_status, the three kinds of selectors, the event configuration, tags."""
    api = aws.client("cloudtrail")
    (found,) = api.describe_trails(trailNameList=[name])["trailList"]
    return {
        **found,
        **api.get_event_selectors(TrailName=name),
        **_or_nothing(lambda: api.get_insight_selectors(TrailName=name), "InsightNotEnabledException"),
        **api.get_event_configuration(TrailName=name),
        "TrailName": found["Name"],
        "EnableLogFileValidation": found["LogFileValidationEnabled"],
        "IsLogging": api.get_trail_status(Name=name)["IsLogging"],
        "Tags": api.list_tags(ResourceIdList=[found["TrailARN"]])["ResourceTagList"][0]["TagsList"],
    }


def bucket(aws: Account, name: str, _: Properties) -> dict[str, Any]:
    """Every get_bucket_… call whose property a stack of ours may give."""
    api = aws.client("s3")

    def get(operation: str, *codes: str) -> dict[str, Any]:
        answer = _or_nothing(lambda: getattr(api, operation)(Bucket=name), *codes)
        return {key: value for key, value in answer.items() if key != "ResponseMetadata"}

    lock = get("get_object_lock_configuration", "ObjectLockConfigurationNotFoundError")
    configuration = lock.get("ObjectLockConfiguration", {})
    encryption = get("get_bucket_encryption", "ServerSideEncryptionConfigurationNotFoundError")
    lifecycle = get("get_bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration")
    return {
        "BucketName": name,
        "BucketNamespace": "account-regional" if name.endswith("-an") else "global",
        "Tags": get("get_bucket_tagging", "NoSuchTagSet").get("TagSet", []),
        "VersioningConfiguration": get("get_bucket_versioning"),
        "BucketEncryption": _renamed(
            encryption.get("ServerSideEncryptionConfiguration", {}),
            {
                "Rules": "ServerSideEncryptionConfiguration",
                "ApplyServerSideEncryptionByDefault": "ServerSideEncryptionByDefault",
            },
        ),
        "LifecycleConfiguration": {
            **lifecycle,
            "Rules": [_rule(rule) for rule in lifecycle.get("Rules", [])],
        },
        "LoggingConfiguration": _renamed(
            get("get_bucket_logging").get("LoggingEnabled", {}),
            {"TargetBucket": "DestinationBucketName", "TargetPrefix": "LogFilePrefix"},
        ),
        "OwnershipControls": get("get_bucket_ownership_controls", "OwnershipControlsNotFoundError").get(
            "OwnershipControls", {}
        ),
        "PublicAccessBlockConfiguration": get(
            "get_public_access_block", "NoSuchPublicAccessBlockConfiguration"
        ).get("PublicAccessBlockConfiguration", {}),
        "ObjectLockEnabled": configuration.get("ObjectLockEnabled") == "Enabled",
        "ObjectLockConfiguration": configuration,
        "NotificationConfiguration": _notifications(get("get_bucket_notification_configuration")),
    }


def _notifications(answer: Mapping[str, Any]) -> dict[str, Any]:
    if "EventBridgeConfiguration" not in answer:
        return dict(answer)
    return {**answer, "EventBridgeConfiguration": {"EventBridgeEnabled": True}}


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A lifecycle rule of the S3 API with the names of the template."""
    found = dict(rule)
    expiration = found.pop("Expiration", {})
    conditions = found.pop("Filter", {})
    conditions = conditions.get("And", conditions)
    return {
        **_renamed(found, {"ID": "Id", "Days": "TransitionInDays"}),
        **{
            key: conditions[key]
            for key in ("Prefix", "ObjectSizeGreaterThan", "ObjectSizeLessThan")
            if key in conditions
        },
        "TagFilters": [*conditions.get("Tags", []), *([conditions["Tag"]] if "Tag" in conditions else [])],
        "ExpirationInDays": expiration.get("Days"),
        "ExpiredObjectDeleteMarker": expiration.get("ExpiredObjectDeleteMarker"),
        "NoncurrentVersionTransitions": [
            _renamed(item, {"NoncurrentDays": "TransitionInDays"})
            for item in found.get("NoncurrentVersionTransitions", [])
        ],
    }


def _renamed(node: Any, names: Mapping[str, str]) -> Any:
    if isinstance(node, Mapping):
        return {names.get(key, key): _renamed(value, names) for key, value in node.items()}
    if isinstance(node, list):
        return [_renamed(item, names) for item in node]
    return node


def bucket_policy(aws: Account, _: str, given: Properties) -> dict[str, Any]:
    """get_bucket_policy."""
    policy = aws.client("s3").get_bucket_policy(Bucket=given["Bucket"])["Policy"]
    return {"Bucket": given["Bucket"], "PolicyDocument": json.loads(policy)}


def log_group(aws: Account, name: str, _: Properties) -> dict[str, Any]:
    """describe_log_groups and list_tags_for_resource."""
    api = aws.client("logs")
    groups = api.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    (found,) = [group for group in groups if group["logGroupName"] == name]
    arn = found["arn"].removesuffix(":*")
    return {**found, "Tags": _tags(api.list_tags_for_resource(resourceArn=arn)["tags"])}


def metric_filter(aws: Account, name: str, given: Properties) -> dict[str, Any]:
    """describe_metric_filters."""
    found = aws.client("logs").describe_metric_filters(
        logGroupName=given["LogGroupName"], filterNamePrefix=name
    )
    (match,) = [item for item in found["metricFilters"] if item["filterName"] == name]
    return dict(match)


def query_definition(aws: Account, identifier: str, _: Properties) -> dict[str, Any]:
    """describe_query_definitions."""
    found = aws.client("logs").describe_query_definitions()["queryDefinitions"]
    return dict(next(item for item in found if item["queryDefinitionId"] == identifier))


def alarm(aws: Account, name: str, _: Properties) -> dict[str, Any]:
    """describe_alarms and list_tags_for_resource."""
    api = aws.client("cloudwatch")
    (found,) = api.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return {**found, "Tags": api.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"]}


def dashboard(aws: Account, name: str, _: Properties) -> dict[str, Any]:
    """get_dashboard and list_tags_for_resource."""
    api = aws.client("cloudwatch")
    found = api.get_dashboard(DashboardName=name)
    return {**found, "Tags": api.list_tags_for_resource(ResourceARN=found["DashboardArn"])["Tags"]}


def rule(aws: Account, name: str, given: Properties) -> dict[str, Any]:
    """describe_rule, list_targets_by_rule and list_tags_for_resource."""
    api = aws.client("events")
    bus = {"EventBusName": given["EventBusName"]} if "EventBusName" in given else {}
    found = api.describe_rule(Name=name.rpartition("|")[2], **bus)
    return {
        **found,
        "Targets": api.list_targets_by_rule(Rule=found["Name"], **bus)["Targets"],
        "Tags": api.list_tags_for_resource(ResourceARN=found["Arn"])["Tags"],
    }


def topic(aws: Account, arn: str, _: Properties) -> dict[str, Any]:
    """get_topic_attributes, list_tags_for_resource and list_subscriptions_by_topic."""
    api = aws.client("sns")
    return {
        **api.get_topic_attributes(TopicArn=arn)["Attributes"],
        "TopicName": arn.rpartition(":")[2],
        "Tags": api.list_tags_for_resource(ResourceArn=arn)["Tags"],
        "Subscription": api.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"],
    }


def topic_policy(aws: Account, _: str, given: Properties) -> dict[str, Any]:
    """The Policy attribute of each topic."""
    api = aws.client("sns")
    documents = [
        json.loads(api.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"]) for arn in given["Topics"]
    ]
    if any(document != documents[0] for document in documents):
        return {"Topics": given["Topics"], "PolicyDocument": documents}
    return {"Topics": given["Topics"], "PolicyDocument": documents[0]}


def subscription(aws: Account, arn: str, given: Properties) -> dict[str, Any]:
    """list_subscriptions_by_topic: an e-mail subscription has no ARN before it is confirmed."""
    found = aws.client("sns").list_subscriptions_by_topic(TopicArn=given["TopicArn"])["Subscriptions"]
    return dict(
        next(
            item
            for item in found
            if arn in (item["SubscriptionArn"], item["Endpoint"]) or item["Endpoint"] == given["Endpoint"]
        )
    )


def key(aws: Account, identifier: str, _: Properties) -> dict[str, Any]:
    """describe_key, get_key_policy, get_key_rotation_status and list_resource_tags."""
    api = aws.client("kms")
    found = api.describe_key(KeyId=identifier)["KeyMetadata"]
    rotation = api.get_key_rotation_status(KeyId=identifier)
    return {
        **found,
        "KeyPolicy": json.loads(api.get_key_policy(KeyId=identifier, PolicyName="default")["Policy"]),
        "EnableKeyRotation": rotation["KeyRotationEnabled"],
        "RotationPeriodInDays": rotation.get("RotationPeriodInDays"),
        "Tags": [
            {"Key": tag["TagKey"], "Value": tag["TagValue"]}
            for tag in api.list_resource_tags(KeyId=identifier)["Tags"]
        ],
    }


def alias(aws: Account, name: str, given: Properties) -> dict[str, Any]:
    """list_aliases; the key is answered as id, the template may give its ARN."""
    found = next(item for item in aws.client("kms").list_aliases()["Aliases"] if item["AliasName"] == name)
    same = given["TargetKeyId"].rpartition("/")[2] == found["TargetKeyId"]
    return {**found, "TargetKeyId": given["TargetKeyId"] if same else found["TargetKeyId"]}


def role(aws: Account, name: str, _: Properties) -> dict[str, Any]:
    """get_role, list_attached_role_policies and the inline policies."""
    api = aws.client("iam")
    found = api.get_role(RoleName=name)["Role"]
    inline = [
        api.get_role_policy(RoleName=name, PolicyName=policy)
        for policy in api.list_role_policies(RoleName=name)["PolicyNames"]
    ]
    return {
        **found,
        "ManagedPolicyArns": [
            policy["PolicyArn"]
            for policy in api.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        ],
        "PermissionsBoundary": found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "Policies": inline,
    }


def managed_policy(aws: Account, arn: str, _: Properties) -> dict[str, Any]:
    """get_policy, get_policy_version of the default version and list_entities_for_policy."""
    api = aws.client("iam")
    found = api.get_policy(PolicyArn=arn)["Policy"]
    version = api.get_policy_version(PolicyArn=arn, VersionId=found["DefaultVersionId"])["PolicyVersion"]
    entities = api.list_entities_for_policy(PolicyArn=arn)
    return {
        **found,
        "ManagedPolicyName": found["PolicyName"],
        "PolicyDocument": version["Document"],
        "Roles": [item["RoleName"] for item in entities["PolicyRoles"]],
    }


def oidc_provider(aws: Account, arn: str, _: Properties) -> dict[str, Any]:
    """get_open_id_connect_provider, which answers the URL without its scheme."""
    found = aws.client("iam").get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    return {**found, "Url": f"https://{found['Url']}"}


def repository(aws: Account, name: str, _: Properties) -> dict[str, Any]:
    """describe_repositories, the two policies and list_tags_for_resource."""
    api = aws.client("ecr")
    (found,) = api.describe_repositories(repositoryNames=[name])["repositories"]
    policy = _or_nothing(
        lambda: api.get_repository_policy(repositoryName=name), "RepositoryPolicyNotFoundException"
    )
    lifecycle = _or_nothing(
        lambda: api.get_lifecycle_policy(repositoryName=name), "LifecyclePolicyNotFoundException"
    )
    return {
        **found,
        "RepositoryPolicyText": json.loads(policy.get("policyText", "null")),
        "LifecyclePolicy": lifecycle,
        "Tags": api.list_tags_for_resource(resourceArn=found["repositoryArn"])["tags"],
    }


def database(aws: Account, name: str, given: Properties) -> dict[str, Any]:
    """The Glue API's get_database."""
    return {
        "DatabaseInput": aws.client("glue").get_database(Name=name)["Database"],
        "CatalogId": given.get("CatalogId"),
        "DatabaseName": name,
    }


def table(aws: Account, name: str, given: Properties) -> dict[str, Any]:
    """The Glue API's get_table."""
    found = aws.client("glue").get_table(DatabaseName=given["DatabaseName"], Name=name.rpartition("|")[2])[
        "Table"
    ]
    return {
        "TableInput": found,
        "DatabaseName": found["DatabaseName"],
        "CatalogId": found.get("CatalogId", given.get("CatalogId")),
    }


def workgroup(aws: Account, name: str, _: Properties) -> dict[str, Any]:
    """get_work_group and list_tags_for_resource."""
    api = aws.client("athena")
    found = api.get_work_group(WorkGroup=name)["WorkGroup"]
    region = api.meta.region_name
    arn = f"arn:aws:athena:{region}:{aws.account}:workgroup/{name}"
    return {
        **found,
        "WorkGroupConfiguration": found["Configuration"],
        "Tags": api.list_tags_for_resource(ResourceARN=arn)["Tags"],
    }


def named_query(aws: Account, identifier: str, _: Properties) -> dict[str, Any]:
    """get_named_query."""
    return dict(aws.client("athena").get_named_query(NamedQueryId=identifier)["NamedQuery"])


def recorder(aws: Account, name: str, _: Properties) -> dict[str, Any]:
    """describe_configuration_recorders."""
    (found,) = aws.client("config").describe_configuration_recorders(ConfigurationRecorderNames=[name])[
        "ConfigurationRecorders"
    ]
    return dict(found)


def delivery_channel(aws: Account, name: str, _: Properties) -> dict[str, Any]:
    """describe_delivery_channels."""
    (found,) = aws.client("config").describe_delivery_channels(DeliveryChannelNames=[name])[
        "DeliveryChannels"
    ]
    return dict(found)


def config_rule(aws: Account, name: str, _: Properties) -> dict[str, Any]:
    """describe_config_rules."""
    (found,) = aws.client("config").describe_config_rules(ConfigRuleNames=[name])["ConfigRules"]
    return dict(found)


def budget(aws: Account, name: str, _: Properties) -> dict[str, Any]:
    """describe_budget, its notifications, their subscribers and list_tags_for_resource."""
    api = aws.client("budgets")
    found = api.describe_budget(AccountId=aws.account, BudgetName=name)["Budget"]
    notifications = api.describe_notifications_for_budget(AccountId=aws.account, BudgetName=name)[
        "Notifications"
    ]
    return {
        "Budget": found,
        "NotificationsWithSubscribers": [
            {
                "Notification": item,
                "Subscribers": api.describe_subscribers_for_notification(
                    AccountId=aws.account, BudgetName=name, Notification=item
                )["Subscribers"],
            }
            for item in notifications
        ],
        "ResourceTags": api.list_tags_for_resource(
            ResourceARN=f"arn:aws:budgets::{aws.account}:budget/{name}"
        )["ResourceTags"],
    }


def anomaly_monitor(aws: Account, arn: str, _: Properties) -> dict[str, Any]:
    """get_anomaly_monitors and list_tags_for_resource."""
    api = aws.client("ce")
    (found,) = api.get_anomaly_monitors(MonitorArnList=[arn])["AnomalyMonitors"]
    return {**found, "ResourceTags": api.list_tags_for_resource(ResourceArn=arn)["ResourceTags"]}


def anomaly_subscription(aws: Account, arn: str, _: Properties) -> dict[str, Any]:
    """get_anomaly_subscriptions and list_tags_for_resource."""
    api = aws.client("ce")
    (found,) = api.get_anomaly_subscriptions(SubscriptionArnList=[arn])["AnomalySubscriptions"]
    return {**found, "ResourceTags": api.list_tags_for_resource(ResourceArn=arn)["ResourceTags"]}


def analyzer(aws: Account, arn: str, _: Properties) -> dict[str, Any]:
    """get_analyzer and list_archive_rules."""
    api = aws.client("accessanalyzer")
    name = arn.rpartition("/")[2]
    found = api.get_analyzer(analyzerName=name)["analyzer"]
    rules = api.list_archive_rules(analyzerName=name)["archiveRules"]
    return {
        **found,
        "AnalyzerName": found["name"],
        "AnalyzerConfiguration": _renamed(
            found.get("configuration", {}),
            {"unusedAccess": "UnusedAccessConfiguration", "internalAccess": "InternalAccessConfiguration"},
        ),
        "ArchiveRules": [
            {
                "RuleName": item["ruleName"],
                "Filter": [{"Property": name, **test} for name, test in item["filter"].items()],
            }
            for item in rules
        ],
        "Tags": _tags(found["tags"]),
    }


def project(aws: Account, name: str, _: Properties) -> dict[str, Any]:
    """CodeBuild's batch_get_projects."""
    (found,) = aws.client("codebuild").batch_get_projects(names=[name])["projects"]
    return {**found, "Triggers": {"Webhook": "webhook" in found, **found.get("webhook", {})}}


def ssm_parameter(aws: Account, name: str, _: Properties) -> dict[str, Any]:
    """get_parameter and list_tags_for_resource."""
    api = aws.client("ssm")
    found = api.get_parameter(Name=name)["Parameter"]
    tags = api.list_tags_for_resource(ResourceType="Parameter", ResourceId=name)["TagList"]
    return {**found, "Tags": {tag["Key"]: tag["Value"] for tag in tags}}


def wait_condition_handle(_aws: Account, _url: str, _given: Properties) -> dict[str, Any]:
    """CloudFormation's own, which no other service knows; it has no properties."""
    return {}


READERS: Mapping[str, Reader] = {
    "AWS::AccessAnalyzer::Analyzer": analyzer,
    "AWS::Athena::NamedQuery": named_query,
    "AWS::Athena::WorkGroup": workgroup,
    "AWS::Budgets::Budget": budget,
    "AWS::CE::AnomalyMonitor": anomaly_monitor,
    "AWS::CE::AnomalySubscription": anomaly_subscription,
    "AWS::CloudFormation::WaitConditionHandle": wait_condition_handle,
    "AWS::CloudTrail::Trail": trail,
    "AWS::CloudWatch::Alarm": alarm,
    "AWS::CloudWatch::Dashboard": dashboard,
    "AWS::CodeBuild::Project": project,
    "AWS::Config::ConfigRule": config_rule,
    "AWS::Config::ConfigurationRecorder": recorder,
    "AWS::Config::DeliveryChannel": delivery_channel,
    "AWS::ECR::Repository": repository,
    "AWS::Events::Rule": rule,
    "AWS::Glue::Database": database,
    "AWS::Glue::Table": table,
    "AWS::IAM::ManagedPolicy": managed_policy,
    "AWS::IAM::OIDCProvider": oidc_provider,
    "AWS::IAM::Role": role,
    "AWS::KMS::Alias": alias,
    "AWS::KMS::Key": key,
    "AWS::Logs::LogGroup": log_group,
    "AWS::Logs::MetricFilter": metric_filter,
    "AWS::Logs::QueryDefinition": query_definition,
    "AWS::S3::Bucket": bucket,
    "AWS::S3::BucketPolicy": bucket_policy,
    "AWS::SNS::Subscription": subscription,
    "AWS::SNS::Topic": topic,
    "AWS::SNS::TopicPolicy": topic_policy,
    "AWS::SSM::Parameter": ssm_parameter,
}
