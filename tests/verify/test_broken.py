"""Things broken by hand in the deployed stacks of this repository, one after the other.

Each is found by the claims that are about it, in the right words, and no claim about anything else fails.
Nothing is mended in between: what counts is what a run says that the run before did not.
"""

from __future__ import annotations

import gzip
import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from cfngen.sandbox.launcher import Sandbox
from tests.support.account_world import World
from tests.support.projects import ROOT
from tests.support.sandbox_account import fresh_account, point_to

STACKS = ("audit-trail", "artifact-stores", "compliance", "audit-alarms", "platform-roles", "cost-guard")
P = "mlops-retail-prediction-dev"
TRAIL = "mlops-retail-prediction-audit-trail"
LOGS = "mlops-cloudtrail-logs-ap-southeast-1"
ELSEWHERE = "eu-west-1"
GROUP = "mlops-cloudtrail-log-group"
ELSEWHERE_STREAM = "arn:aws:logs:ap-southeast-1:999988887777:destination:stranger"
DELIVERY = "CloudTrail_CloudWatchLogs_Role"
BLOCKS_PUBLIC_ACCESS = "S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS_PERIODIC"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


@dataclass
class Deployed:
    """The stacks, and what the last run said."""

    world: World
    said: dict[str, str] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        return self.world.aws.client(service)

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.world.aws.account}"

    def verify(self, *stacks: str) -> dict[str, str]:
        """What does not hold, by claim: what is new since the last run."""
        ran = self.world.run("verify", *stacks, "--format", "json")
        claims = {each["id"]: each for each in ran.json["claims"]}
        said = {
            name: "\n".join([claim["evidence"], *claim["details"]])
            for name, claim in claims.items()
            if claim["outcome"] == "does-not-hold"
        }
        new = {name: text for name, text in said.items() if self.said.get(name) != text}
        self.said.update({name: said.get(name, "") for name in claims})
        return new


@pytest.fixture(scope="module")
def there(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """dev, deployed to an account of its own."""
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "out", root / "out")
    shutil.copytree(ROOT / "deployments" / "dev", root / "deployments" / "dev")
    (root / "templates").mkdir()
    for path in (root / "deployments" / "dev").glob("*.yaml"):
        if path.stem not in {*STACKS, "environment", "delivery-roles"}:
            path.unlink()
    with fresh_account(sandbox) as account, pytest.MonkeyPatch.context() as patch:
        point_to(account, patch)
        world = World(root, account)
        ran = world.deploy()
        assert ran.code == 0, ran.err[-2000:]
        elsewhere = account.client("sns", ELSEWHERE)
        found = Deployed(world)
        for number in (1, 2):  # two digests, of which the second names the first
            elsewhere.list_topics()
            until = time.monotonic() + 300  # the trail delivers once a second, on an idle machine
            while len(keys(found, "CloudTrail-Digest", ELSEWHERE)) < number:
                assert time.monotonic() < until, f"no digest of {ELSEWHERE}"
                time.sleep(0.5)
        first = found.verify(*STACKS)
        assert first == {}
        yield found


# --- How things are broken ----------------------------------------------------------------------------------


def stop_logging(on: Deployed) -> None:
    on.client("cloudtrail").stop_logging(Name=TRAIL)


def no_validation(on: Deployed) -> None:
    on.client("cloudtrail").update_trail(Name=TRAIL, EnableLogFileValidation=False)


def one_region(on: Deployed) -> None:
    on.client("cloudtrail").update_trail(Name=TRAIL, IsMultiRegionTrail=False)


def only_writing(on: Deployed) -> None:
    fields = [
        {"Field": "eventCategory", "Equals": ["Management"]},
        {"Field": "readOnly", "Equals": ["false"]},
    ]
    on.client("cloudtrail").put_event_selectors(
        TrailName=TRAIL, AdvancedEventSelectors=[{"Name": "writes", "FieldSelectors": fields}]
    )


def no_insights(on: Deployed) -> None:
    on.client("cloudtrail").put_insight_selectors(TrailName=TRAIL, InsightSelectors=[])


def log_changed(on: Deployed) -> None:
    key = first_log(on)
    on.client("s3").put_object(Bucket=LOGS, Key=key, Body=gzip.compress(b'{"Records":[]}'))


def log_removed(on: Deployed) -> None:
    on.client("s3").delete_object(Bucket=LOGS, Key=first_log(on))


def log_added(on: Deployed) -> None:
    key = first_log(on)
    name = key.rpartition("_")[0].rpartition("_")[0] + "_20260101T0000Z_0123456789abcdef.json.gz"
    on.client("s3").put_object(Bucket=LOGS, Key=name, Body=gzip.compress(b'{"Records":[]}'))


def digest_removed(on: Deployed) -> None:
    on.client("s3").delete_object(Bucket=LOGS, Key=sorted(keys(on, "CloudTrail-Digest"))[1])


def oldest_digest_removed(on: Deployed) -> None:
    on.client("s3").delete_object(Bucket=LOGS, Key=min(keys(on, "CloudTrail-Digest")))


def log_elsewhere_changed(on: Deployed) -> None:
    key = min(keys(on, "CloudTrail", ELSEWHERE))
    on.client("s3").put_object(Bucket=LOGS, Key=key, Body=gzip.compress(b'{"Records":[]}'))


def digest_elsewhere_removed(on: Deployed) -> None:
    on.client("s3").delete_object(Bucket=LOGS, Key=min(keys(on, "CloudTrail-Digest", ELSEWHERE)))


def keys(on: Deployed, kind: str, region: str = "ap-southeast-1") -> list[str]:
    prefix = f"mlops-logs/AWSLogs/{on.world.aws.account}/{kind}/{region}/"
    found = on.client("s3").list_objects_v2(Bucket=LOGS, Prefix=prefix).get("Contents", [])
    return [item["Key"] for item in found]


def first_log(on: Deployed) -> str:
    """The first log file that a digest names: of any other, nobody knows what it held."""
    s3, until = on.client("s3"), time.monotonic() + 300
    while time.monotonic() < until:
        there = keys(on, "CloudTrail")
        for key in sorted(keys(on, "CloudTrail-Digest")):
            digest = json.loads(gzip.decompress(s3.get_object(Bucket=LOGS, Key=key)["Body"].read()))
            for each in digest["logFiles"]:
                if each["s3Object"] in there:
                    return str(each["s3Object"])
        time.sleep(0.5)
    pytest.fail("no digest names a log file")


def statement_added(on: Deployed) -> None:
    s3 = on.client("s3")
    policy = json.loads(s3.get_bucket_policy(Bucket=LOGS)["Policy"])
    stranger = {"AWS": "arn:aws:iam::999988887777:root"}
    added = {"Sid": "Stranger", "Effect": "Allow", "Principal": stranger, "Action": "s3:GetObject"}
    policy["Statement"].append(added | {"Resource": f"arn:aws:s3:::{LOGS}/*"})
    s3.put_bucket_policy(Bucket=LOGS, Policy=json.dumps(policy))


def policy_deleted(on: Deployed) -> None:
    on.client("s3").delete_bucket_policy(Bucket=access_logs(on))


def access_logs(on: Deployed) -> str:
    return f"{P}-acc-{on.world.aws.account}-ap-southeast-1-an"


def no_lifecycle(on: Deployed) -> None:
    on.client("s3").delete_bucket_lifecycle(Bucket=LOGS)


def logs_expire(on: Deployed) -> None:
    s3 = on.client("s3")
    rules = s3.get_bucket_lifecycle_configuration(Bucket=LOGS)["Rules"]
    expiring = [rule | {"Expiration": {"Days": 1}} for rule in rules]
    s3.put_bucket_lifecycle_configuration(Bucket=LOGS, LifecycleConfiguration={"Rules": expiring})


def other_origins(on: Deployed) -> None:
    rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}
    on.client("s3").put_bucket_cors(Bucket=LOGS, CORSConfiguration={"CORSRules": [rule]})


def no_versions(on: Deployed) -> None:
    on.client("s3").put_bucket_versioning(Bucket=LOGS, VersioningConfiguration={"Status": "Suspended"})


def public(on: Deployed) -> None:
    on.client("s3").delete_public_access_block(Bucket=LOGS)


def no_access_log(on: Deployed) -> None:
    on.client("s3").put_bucket_logging(Bucket=LOGS, BucketLoggingStatus={})


def no_encryption(on: Deployed) -> None:
    on.client("s3").delete_bucket_encryption(Bucket=LOGS)


def bucket_notifies(on: Deployed) -> None:
    on.client("s3").put_bucket_notification_configuration(
        Bucket=LOGS, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )


def tag_added(on: Deployed) -> None:
    s3 = on.client("s3")
    tags = s3.get_bucket_tagging(Bucket=access_logs(on))["TagSet"]
    s3.put_bucket_tagging(
        Bucket=access_logs(on), Tagging={"TagSet": [*tags, {"Key": "Mine", "Value": "yes"}]}
    )


def short_retention(on: Deployed) -> None:
    on.client("logs").put_retention_policy(logGroupName=GROUP, retentionInDays=1)


def events_copied(on: Deployed) -> None:
    on.client("logs").put_subscription_filter(
        logGroupName=GROUP, filterName="copy", filterPattern="", destinationArn=ELSEWHERE_STREAM
    )


def all_events_copied(on: Deployed) -> None:
    on.client("logs").put_account_policy(
        policyName="copy-all",
        policyType="SUBSCRIPTION_FILTER_POLICY",
        policyDocument=json.dumps({"DestinationArn": ELSEWHERE_STREAM, "FilterPattern": ""}),
    )


def administrator(role: str) -> Callable[[Deployed], None]:
    def attach(on: Deployed) -> None:
        on.client("iam").attach_role_policy(RoleName=role, PolicyArn=ADMINISTRATOR)

    return attach


def anybody(role: str) -> Callable[[Deployed], None]:
    def trust(on: Deployed) -> None:
        iam = on.client("iam")
        document = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
        principal = {"AWS": "arn:aws:iam::999988887777:root"}
        added = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        document["Statement"].append(added)
        iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(document))

    return trust


def inline(on: Deployed) -> None:
    statement = {"Effect": "Allow", "Action": "logs:DeleteLogGroup", "Resource": "*"}
    on.client("iam").put_role_policy(
        RoleName=DELIVERY,
        PolicyName="sneaky",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )


def long_sessions(on: Deployed) -> None:
    on.client("iam").update_role(RoleName=DELIVERY, MaxSessionDuration=43200)


def another_role_holds(on: Deployed) -> None:
    iam = on.client("iam")
    document = iam.get_role(RoleName=DELIVERY)["Role"]["AssumeRolePolicyDocument"]
    iam.create_role(RoleName="other", AssumeRolePolicyDocument=json.dumps(document))
    iam.attach_role_policy(RoleName="other", PolicyArn=f"{on.arn}:policy/{P}-cloudtrail-delivery")


def unprotected(on: Deployed) -> None:
    on.client("cloudformation").update_termination_protection(
        StackName=f"{P}-audit-trail", EnableTerminationProtection=False
    )


def another_stack_policy(on: Deployed) -> None:
    everything = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
    on.client("cloudformation").set_stack_policy(
        StackName=f"{P}-platform-roles", StackPolicyBody=json.dumps({"Statement": [everything]})
    )


def actions_disabled(on: Deployed) -> None:
    on.client("cloudwatch").disable_alarm_actions(AlarmNames=[f"{P}-root-usage"])


def changed_alarm(name: str, **changed: Any) -> Callable[[Deployed], None]:
    def put(on: Deployed) -> None:
        cloudwatch = on.client("cloudwatch")
        (alarm,) = cloudwatch.describe_alarms(AlarmNames=[f"{P}-{name}"])["MetricAlarms"]
        kept = {
            key: alarm[key]
            for key in (
                "AlarmName",
                "AlarmDescription",
                "AlarmActions",
                "Namespace",
                "MetricName",
                "Statistic",
                "Period",
                "EvaluationPeriods",
                "Threshold",
                "ComparisonOperator",
                "TreatMissingData",
            )
        }
        cloudwatch.put_metric_alarm(**{**kept, **changed})

    return put


def alarm_deleted(on: Deployed) -> None:
    on.client("cloudwatch").delete_alarms(AlarmNames=[f"{P}-nacl-changes"])


def filter_deleted(on: Deployed) -> None:
    on.client("logs").delete_metric_filter(logGroupName=GROUP, filterName=f"{P}-vpc-changes")


def filter_changed(on: Deployed) -> None:
    on.client("logs").put_metric_filter(
        logGroupName=GROUP,
        filterName=f"{P}-route-table-changes",
        filterPattern="{($.eventName=Nothing)}",
        metricTransformations=[
            {"metricName": "RouteTableChanges", "metricNamespace": "CISBenchmark", "metricValue": "1"}
        ],
    )


def filter_counts_silence(on: Deployed) -> None:
    logs = on.client("logs")
    name = f"{P}-root-usage"
    (found,) = logs.describe_metric_filters(logGroupName=GROUP, filterNamePrefix=name)["metricFilters"]
    logs.put_metric_filter(
        logGroupName=GROUP,
        filterName=name,
        filterPattern=found["filterPattern"],
        metricTransformations=[found["metricTransformations"][0] | {"defaultValue": 5.0}],
    )


def topic(on: Deployed) -> str:
    return f"arn:aws:sns:ap-southeast-1:{on.world.aws.account}:{P}-audit-alerts"


def stranger_subscribed(on: Deployed) -> None:
    on.client("sns").subscribe(TopicArn=topic(on), Protocol="email", Endpoint="stranger@example.com")


def topic_opened(on: Deployed) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": topic(on)}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    on.client("sns").set_topic_attributes(TopicArn=topic(on), AttributeName="Policy", AttributeValue=policy)


def topic_renamed(on: Deployed) -> None:
    on.client("sns").set_topic_attributes(
        TopicArn=topic(on), AttributeName="DisplayName", AttributeValue="Spam"
    )


def rule_disabled(on: Deployed) -> None:
    on.client("events").disable_rule(Name=f"{P}-insights")


def rule_without_target(on: Deployed) -> None:
    on.client("events").remove_targets(Rule=f"{P}-insights", Ids=["alerts"])


def detached(on: Deployed) -> None:
    on.client("iam").detach_role_policy(
        RoleName=f"{P}-eks-cluster-role", PolicyArn="arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
    )


def policy_widened(on: Deployed) -> None:
    statement = {"Sid": "All", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    on.client("iam").create_policy_version(
        PolicyArn=f"{on.arn}:policy/{P}-sagemaker-execution",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        SetAsDefault=True,
    )


def other_description(on: Deployed) -> None:
    on.client("iam").update_role(RoleName=f"{P}-eks-cluster-role", Description="mine")


def role_deleted(on: Deployed) -> None:
    iam = on.client("iam")
    name = f"{P}-eks-nodegroup-role"
    for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    iam.delete_role(RoleName=name)


def recorder_stopped(on: Deployed) -> None:
    config = on.client("config")
    (recorder,) = config.describe_configuration_recorders()["ConfigurationRecorders"]
    config.stop_configuration_recorder(ConfigurationRecorderName=recorder["name"])


def rule_narrowed(on: Deployed) -> None:
    config = on.client("config")
    rules = config.describe_config_rules()["ConfigRules"]
    (rule,) = [each for each in rules if each["Source"]["SourceIdentifier"] == BLOCKS_PUBLIC_ACCESS]
    kept = {
        name: rule[name]
        for name in ("ConfigRuleName", "Source", "InputParameters", "Description")
        if name in rule
    }
    scope = {"ComplianceResourceTypes": ["AWS::EC2::Volume"]}
    config.put_config_rule(ConfigRule=kept | {"Scope": scope})


def rule_deleted(on: Deployed) -> None:
    config = on.client("config")
    names = sorted(rule["ConfigRuleName"] for rule in config.describe_config_rules()["ConfigRules"])
    config.delete_config_rule(ConfigRuleName=names[0])


def repository_opened(on: Deployed) -> None:
    statement = {"Sid": "Open", "Effect": "Allow", "Principal": "*", "Action": ["ecr:PutImage"]}
    on.client("ecr").set_repository_policy(
        repositoryName=f"{P}-training",
        policyText=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )


def tags_mutable(on: Deployed) -> None:
    on.client("ecr").put_image_tag_mutability(repositoryName=f"{P}-serving", imageTagMutability="MUTABLE")


def repository_deleted(on: Deployed) -> None:
    on.client("ecr").delete_repository(repositoryName=f"{P}-serving", force=True)


def budget_deleted(on: Deployed) -> None:
    budgets = on.client("budgets")
    (budget,) = budgets.describe_budgets(AccountId=on.world.aws.account)["Budgets"]
    budgets.delete_budget(AccountId=on.world.aws.account, BudgetName=budget["BudgetName"])


def data_policy_deleted(on: Deployed) -> None:
    on.client("s3").delete_bucket_policy(Bucket=f"{P}-dat-{on.world.aws.account}-ap-southeast-1-an")


# --- What is found ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Break:
    """Something broken.

    Attributes:
        found: the claims that must find it, each with words of what it says.
        about: the logical ids that further claims may be about, beside those of `found`.
    """

    how: Callable[[Deployed], None]
    stack: str
    found: dict[str, str]
    about: frozenset[str] = frozenset()


AT, AA, PR, AS, CO = "audit-trail", "audit-alarms", "platform-roles", "artifact-stores", "compliance"
GONE = "the resource does not exist any more"
BREAKS = [
    # The digest chain, before the bucket and the trail are broken.
    Break(log_elsewhere_changed, AT, {"Trail/integrity": f"/{ELSEWHERE}/"}),
    Break(oldest_digest_removed, AT, {"Trail/integrity": "is missing, and the digest after it names it"}),
    Break(log_changed, AT, {"Trail/integrity": "was changed"}),
    Break(log_removed, AT, {"Trail/integrity": "is missing"}),
    Break(log_added, AT, {"Trail/integrity": "was added: no digest names it"}),
    Break(digest_removed, AT, {"Trail/integrity": "is missing, and the digest after it names it"}),
    Break(digest_elsewhere_removed, AT, {"Trail/integrity": f"_CloudTrail-Digest_{ELSEWHERE}_"}),
    # The trail.
    Break(
        no_insights,
        AT,
        {"Trail/as-template": "InsightSelectors", "Trail/insights": "Insights events are off"},
    ),
    Break(
        only_writing,
        AT,
        {
            "Trail/as-template": "AdvancedEventSelectors",
            "Trail/management events": "no event selector selects every management event",
            "Trail/data events": "no event selector selects the data events of S3 objects",
        },
    ),
    Break(no_validation, AT, {"Trail/validation": "log file validation is off"}),
    Break(one_region, AT, {"Trail/every region": "the trail records ap-southeast-1 only"}),
    Break(
        stop_logging,
        AT,
        {
            "Trail/as-template": "IsLogging: true in the template, false in the account",
            "Trail/logging": "the trail is not logging, since",
        },
    ),
    # Its bucket.
    Break(
        logs_expire, AT, {"TrailBucket/nothing-added": "LifecycleConfiguration.Rules.ExpirationInDays is 1"}
    ),
    Break(other_origins, AT, {"TrailBucket/nothing-added": "CorsConfiguration is"}),
    Break(no_lifecycle, AT, {"TrailBucket/lifecycle": "there is no lifecycle rule CloudTrailLogLifecycle"}),
    Break(no_versions, AT, {"TrailBucket/versioning": "versioning is suspended"}),
    Break(public, AT, {"TrailBucket/private": "the public access block lacks BlockPublicAcls"}),
    Break(no_access_log, AT, {"TrailBucket/access log": "access to the bucket is not logged"}),
    Break(no_encryption, AT, {"TrailBucket/as-template": "BucketEncryption"}),
    Break(bucket_notifies, AT, {"TrailBucket/nothing-added": "NotificationConfiguration is"}),
    Break(
        statement_added,
        AT,
        {
            "TrailBucketPolicy/as-template": "PolicyDocument.Statement[Stranger]: nothing in the template",
            "TrailBucketPolicy/an administrator deletes a log": "differs from the one that was tested",
        },
    ),
    Break(policy_deleted, AT, {"AccessLogBucketPolicy/as-template": GONE}),
    Break(tag_added, AT, {"AccessLogBucket/nothing-added": "Tags[Mine] is Mine"}),
    # Its log group and role.
    Break(short_retention, AT, {"LogGroup/as-template": "RetentionInDays: 365 in the template, 1 in the"}),
    Break(
        events_copied,
        AT,
        {"LogGroup/nothing-added": f"SubscriptionFilter[copy] is {ELSEWHERE_STREAM}, and no"},
    ),
    Break(
        all_events_copied,
        AT,
        {"LogGroup/nothing-added": f"AccountPolicy[copy-all] is {ELSEWHERE_STREAM}, and no template sets"},
    ),
    Break(long_sessions, AT, {"DeliveryRole/nothing-added": "MaxSessionDuration is 43200"}),
    Break(
        inline,
        AT,
        {
            "DeliveryRole/nothing-added": "Policies[sneaky] is",
            "DeliveryRole/deletes the group": "IAM's policy simulator says allowed, and it should be denied",
        },
    ),
    Break(
        anybody(DELIVERY),
        AT,
        {
            "DeliveryRole/as-template": "AssumeRolePolicyDocument.Statement[1]",
            "DeliveryRole/trust": "the trust policy differs from the template's",
        },
    ),
    Break(
        administrator(DELIVERY),
        AT,
        {
            "DeliveryRole/nothing-added": f"ManagedPolicyArns is {ADMINISTRATOR}",
            "DeliveryRole/reads the logs in S3": "it should be denied",
        },
    ),
    Break(another_role_holds, AT, {"DeliveryPolicy/nothing-added": "Roles is other"}),
    Break(unprotected, AT, {"protection": "termination protection is off, and should be on"}),
    # The alarms.
    Break(
        actions_disabled,
        AA,
        {
            "RootUsageAlarm/nothing-added": "ActionsEnabled is false",
            "RootUsageAlarm/alarm": "the alarm's actions are disabled: nobody is notified",
        },
    ),
    Break(
        changed_alarm("unauthorized-api-calls", AlarmActions=[]),
        AA,
        {
            "UnauthorizedApiCallsAlarm/as-template": "AlarmActions",
            "UnauthorizedApiCallsAlarm/alarm": "the alarm does not publish to",
        },
    ),
    Break(
        changed_alarm("cmk-disable-or-delete", Threshold=1000.0),
        AA,
        {"CmkDisableOrDeleteAlarm/as-template": "Threshold: 1 in the template, 1000.0 in the account"},
    ),
    Break(
        alarm_deleted,
        AA,
        {"NaclChangesAlarm/as-template": GONE, "NaclChangesAlarm/alarm": "there is no alarm"},
    ),
    Break(
        filter_counts_silence,
        AA,
        {"RootUsageFilter/nothing-added": "MetricTransformations.DefaultValue is 5"},
    ),
    Break(
        filter_deleted,
        AA,
        {"VpcChangesFilter/as-template": GONE, "VpcChangesAlarm/alarm": "there is no metric filter"},
    ),
    Break(
        filter_changed,
        AA,
        {
            "RouteTableChangesFilter/as-template": "FilterPattern",
            "RouteTableChangesAlarm/alarm": "the metric filter does not match the sample event",
        },
    ),
    Break(stranger_subscribed, AA, {"Topic/nothing-added": "Subscription is email stranger@example.com"}),
    Break(topic_renamed, AA, {"Topic/as-template": "DisplayName"}, frozenset({"Topic"})),
    Break(
        topic_opened,
        AA,
        {
            "TopicPolicy/as-template": "PolicyDocument",
            "TopicPolicy/S3": "differs from the one that was tested",
        },
    ),
    Break(rule_disabled, AA, {"InsightsRule/nothing-added": "State is DISABLED"}),
    Break(rule_without_target, AA, {"InsightsRule/as-template": "Targets"}),
    # The roles.
    Break(
        detached,
        PR,
        {
            "ClusterRole/as-template": "AmazonEKSClusterPolicy in the template, nothing in the account",
            "ClusterRole/sees instances": "simulator says implicitDeny, and it should be allowed",
        },
    ),
    Break(other_description, PR, {"ClusterRole/as-template": "Description: EKS cluster service role"}),
    Break(
        anybody(f"{P}-eks-cluster-role"),
        PR,
        {"ClusterRole/trust": "the trust policy differs from the template's"},
    ),
    Break(
        policy_widened,
        PR,
        {
            "SageMakerPolicy/as-template": "PolicyDocument.Statement",
            "SageMakerRole/deletes a model": "it should be denied",
        },
        frozenset({"SageMakerRole"}),
    ),
    Break(
        administrator(f"{P}-sagemaker-execution"),
        PR,
        {
            "SageMakerRole/nothing-added": f"ManagedPolicyArns is {ADMINISTRATOR}",
            "SageMakerRole/fakes AWS metrics": "it should be denied",
        },
    ),
    Break(role_deleted, PR, {"NodeRole/as-template": GONE}, frozenset({"NodeGuard"})),
    Break(another_stack_policy, PR, {"protection": "the stack policy differs from that of out/"}),
    # The rest.
    Break(recorder_stopped, CO, {"DeliveryChannel/recorder": "does not record"}, frozenset({"Recorder"})),
    Break(rule_narrowed, CO, {"AccountBlocksPublicAccess/nothing-added": "Scope is"}),
    Break(rule_deleted, CO, {}, frozenset({"*"})),
    Break(
        repository_opened,
        AS,
        {
            "TrainingRepository/as-template": "RepositoryPolicyText",
            "TrainingRepository/another account pushes": "differs from the one that was tested",
        },
    ),
    Break(tags_mutable, AS, {"ServingRepository/as-template": "ImageTagMutability"}),
    Break(repository_deleted, AS, {"ServingRepository/as-template": GONE}),
    Break(data_policy_deleted, AS, {"DataBucketPolicy/as-template": GONE}),
    Break(budget_deleted, "cost-guard", {"Budget/as-template": GONE}),
]


def test_enough_is_broken() -> None:
    assert len(BREAKS) >= 40


def test_a_call_that_is_made_now_is_seen_everywhere(there: Deployed) -> None:
    ran = there.world.run("verify", "audit-trail", "--live", "--format", "json")
    (probe,) = [each for each in ran.json["claims"] if each["kind"] == "probe"]
    assert probe["outcome"] == "holds", probe
    for place in ("the event history", "the log group", "the bucket"):
        assert place in probe["evidence"]


def test_what_happens_in_another_region_reaches_the_log_group_of_the_trail(there: Deployed) -> None:
    stream = f"{there.world.aws.account}_CloudTrail_{ELSEWHERE}"
    found = there.client("logs").filter_log_events(logGroupName=GROUP, logStreamNames=[stream])
    assert {json.loads(each["message"])["awsRegion"] for each in found["events"]} == {ELSEWHERE}


def test_the_policy_made_from_the_claims_is_enough_and_changes_nothing(there: Deployed) -> None:
    policy = there.world.run("verify", "--policy").json
    assert not [
        action
        for statement in policy["Statement"]
        for action in [statement["Action"]] * isinstance(statement["Action"], str) or statement["Action"]
        if not action.partition(":")[2].startswith(
            ("Get", "List", "Describe", "BatchGet", "View", "Lookup", "Filter", "Simulate", "Test", "Decrypt")
        )
    ]
    iam = there.client("iam")
    iam.create_user(UserName="verifier")
    iam.put_user_policy(UserName="verifier", PolicyName="p", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName="verifier")["AccessKey"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
        patch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
        ran = there.world.run("verify", "audit-trail", "audit-alarms", "--format", "json")
    unsure = [each for each in ran.json["claims"] if each["outcome"] == "cannot-tell"]
    # The sandbox has no TLS, which the buckets' own policies demand of everybody but the account's root.
    of_buckets = "with an explicit deny in a resource-based policy"
    assert [each["id"] for each in unsure if of_buckets not in each["evidence"]] == []
    assert len(unsure) < len(ran.json["claims"]) / 10


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: f"{broken.stack} {broken.how.__name__}")
def test_what_is_broken_is_found_in_the_right_words_and_by_claims_about_it_alone(
    there: Deployed, broken: Break
) -> None:
    broken.how(there)
    new = there.verify(broken.stack)
    assert new, "nobody noticed"
    for name, words in broken.found.items():
        assert words in new.get(f"{broken.stack}/{name}", "no new word"), (name, new)
    about = {name.partition("/")[0] for name in broken.found} | broken.about
    others = [name for name in new if name.split("/")[1] not in about]
    assert others == [] or "*" in about
    assert all(name.startswith(f"{broken.stack}/") for name in new)
