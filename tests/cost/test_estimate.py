"""Lines, sums, allowances: on small accounts whose bill can be worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfngen.cost.account import ChargedAccount
from cfngen.cost.change import compare
from cfngen.cost.estimate import Estimate, estimate
from cfngen.cost.models import FREE, models
from cfngen.cost.prices import table
from cfngen.cost.quantity import NOTHING, Quantity
from cfngen.cost.usage import ASSUMPTIONS, Usage
from cfngen.errors import CfngenError
from cfngen.present.cost import change_sentence, document, markdown
from tests.support.charged import CHARGED

IA = "logs.ingestion.infrequent-access"
REGION = "us-east-1"
TRAIL = {
    "Type": "AWS::CloudTrail::Trail",
    "Properties": {"S3BucketName": "logs", "CloudWatchLogsLogGroupArn": "arn:aws:logs:r:1:log-group:group:*"},
}
DATA = {"AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}]}
BOTH = {
    "AdvancedEventSelectors": [
        {"FieldSelectors": [{"Field": "eventCategory", "Equals": [category]}]}
        for category in ("Management", "Data")
    ]
}


def numbers(**given: Any) -> Usage:
    return Usage({name: Quantity.of(str(value)) for name, value in given.items()})


def bill(usage: Usage | None = None, **resources: Any) -> Estimate:
    template = {"Resources": resources}
    return estimate(ChargedAccount.of({"stack": template}, usage or Usage()), table(), REGION)


def charged(found: Estimate) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for line in found.lines:
        sums[line.key] = sums.get(line.key, Decimal(0)) + line.usd.expected
    return {key: round(usd, 4) for key, usd in sums.items() if usd}


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def trail(**properties: Any) -> dict[str, Any]:
    return {**TRAIL, "Properties": {**TRAIL["Properties"], **properties}}  # type: ignore[dict-item]


def test_the_first_copy_of_management_events_is_free() -> None:
    usage = numbers(management_events=300_000, data_events=2_000_000, trail_files=0)
    assert charged(bill(usage, T=trail())) == {}
    assert charged(bill(usage, T=trail(**BOTH))) == {"cloudtrail.data": Decimal("2.0000")}
    assert charged(bill(usage, T=trail(**DATA))) == {"cloudtrail.data": Decimal("2.0000")}
    two = bill(usage, T=trail(), U=trail())
    assert charged(two) == {"cloudtrail.management.copy": Decimal("6.0000")}
    elsewhere = numbers(management_events=300_000, other_trails=1, trail_files=0)
    assert charged(bill(elsewhere, T=trail())) == {"cloudtrail.management.copy": Decimal("6.0000")}


def test_insights_count_for_each_type() -> None:
    usage = numbers(management_events=300_000, write_share="0.1", data_events=400_000, trail_files=0)
    both = [{"InsightType": kind} for kind in ("ApiCallRateInsight", "ApiErrorRateInsight")]
    found = bill(usage, T=trail(InsightSelectors=both))
    assert charged(found) == {"cloudtrail.insights.management": Decimal("1.1550")}
    data = [{**one, "EventCategories": ["Management", "Data"]} for one in both]
    found = bill(usage, T=trail(**BOTH, InsightSelectors=data))
    assert charged(found)["cloudtrail.insights.data"] == Decimal("0.2400")


def test_a_trail_fills_its_log_group_and_its_bucket() -> None:
    usage = numbers(
        management_events=1_000_000, event_bytes=1_000, stored_event_bytes=1_073, trail_files=1_000,
        months=1, log_compression="0.2",
    )  # fmt: skip
    group = resource("AWS::Logs::LogGroup", LogGroupName="group", RetentionInDays=365)
    found = charged(bill(usage, T=trail(), G=group, B=resource("AWS::S3::Bucket", BucketName="logs")))
    assert found["logs.ingestion"] == Decimal("0.5000")  # 10^9 bytes
    assert found["logs.storage"] == Decimal("0.0060")
    assert found["s3.requests.put"] == Decimal("0.0050")
    assert found["s3.storage.standard"] == round(Decimal(1_073_000_000) / 1024**3 * Decimal("0.023"), 4)


def test_a_log_group_keeps_as_long_as_it_says() -> None:
    usage = numbers(log_gb=1, months=24, log_compression="0.2")
    year = charged(bill(usage, G=resource("AWS::Logs::LogGroup", RetentionInDays=360)))
    forever = charged(bill(usage, G=resource("AWS::Logs::LogGroup")))
    assert (year["logs.storage"], forever["logs.storage"]) == (Decimal("0.0720"), Decimal("0.1440"))


RULES = {
    "Rules": [
        {
            "Status": "Enabled",
            "Transitions": [
                {"StorageClass": "STANDARD_IA", "TransitionInDays": 30},
                {"StorageClass": "GLACIER", "TransitionInDays": 90},
            ],
        }
    ]
}


@pytest.mark.parametrize(
    ("files", "rules", "classes"),
    [
        # 1 GiB in one object a month: one month in Standard, two in IA, nine in Glacier.
        (1, RULES, {"standard": 1, "standard-ia": 2, "glacier": 9}),
        # The same in small objects stays in Standard.
        (10_000, RULES, {"standard": 12}),
        (1, {}, {"standard": 12}),
        (
            1,
            {"Rules": [{"Status": "Disabled", "Transitions": RULES["Rules"][0]["Transitions"]}]},
            {"standard": 12},
        ),
        (1, {"Rules": [{"Status": "Enabled", "ExpirationInDays": 90}]}, {"standard": 3}),
    ],
)
def test_objects_grow_old_as_their_bucket_says(files: int, rules: Any, classes: dict[str, int]) -> None:
    usage = numbers(management_events=1024**2, stored_event_bytes=1024, trail_files=files, months=12)
    bucket = resource("AWS::S3::Bucket", BucketName="logs", LifecycleConfiguration=rules)
    found = bill(usage, T=trail(), B=bucket)
    held = {
        line.key.removeprefix("s3.storage."): line.quantity.expected
        for line in found.lines
        if line.key.startswith("s3.storage.")
    }
    assert {kind: round(gb) for kind, gb in held.items()} == classes


def test_small_objects_are_archived_where_the_bucket_asks() -> None:
    usage = numbers(management_events=1024**2, stored_event_bytes=1024, trail_files=10_000, months=12)
    rules = {**RULES, "TransitionDefaultMinimumObjectSize": "varies_by_storage_class"}
    bucket = resource("AWS::S3::Bucket", BucketName="logs", LifecycleConfiguration=rules)
    found = {line.key: line.quantity.expected for line in bill(usage, T=trail(), B=bucket).lines}
    assert "s3.storage.standard-ia" not in found
    assert found["s3.transition.glacier"] == 10_000
    # 32 KB of each object at Glacier's price, 8 KB at Standard's.
    overhead = Decimal(10_000) * 1024 / 1024**3
    assert found["s3.storage.glacier"] == 9 * (1 + 32 * overhead)
    assert round(found["s3.storage.standard"], 6) == round(3 + 9 * 8 * overhead, 6)


@pytest.mark.parametrize(
    ("kind", "properties", "key", "usd"),
    [
        ("AWS::KMS::Key", {"EnableKeyRotation": True}, "kms.key", "3.0000"),
        ("AWS::KMS::Key", {}, "kms.key", "1.0000"),
        ("AWS::CloudWatch::Alarm", {}, "cloudwatch.alarm", "0.1000"),
        (
            "AWS::CloudWatch::Alarm",
            {"Metrics": [{"MetricStat": {}}, {"MetricStat": {}}]},
            "cloudwatch.alarm",
            "0.2000",
        ),
        ("AWS::Config::ConfigurationRecorder", {}, "config.item", "0.3000"),
        (
            "AWS::Config::ConfigurationRecorder",
            {"RecordingMode": {"RecordingFrequency": "DAILY"}},
            "config.item.daily",
            "1.2000",
        ),
        (
            "AWS::AccessAnalyzer::Analyzer",
            {"Type": "ACCOUNT_UNUSED_ACCESS"},
            "access-analyzer.unused",
            "2.0000",
        ),
        ("AWS::Logs::MetricFilter", {"MetricTransformations": [{}]}, "cloudwatch.metric", "0.1500"),
        (
            "AWS::Logs::MetricFilter",
            {"MetricTransformations": [{"DefaultValue": 0}]},
            "cloudwatch.metric",
            "0.3000",
        ),
        (
            "AWS::CodeBuild::Project",
            {"Environment": {"Type": "LINUX_CONTAINER", "ComputeType": "BUILD_GENERAL1_SMALL"}},
            "codebuild.general1.small",
            "0.5000",
        ),
        ("AWS::GuardDuty::Detector", {"Enable": True}, "guardduty.management", "4.0000"),
        ("AWS::CloudWatch::Alarm", {"Period": 10}, "cloudwatch.alarm.high-resolution", "0.3000"),
        (
            "AWS::CloudWatch::Alarm",
            {"Metrics": [{"MetricStat": {"Period": "30"}}, {"MetricStat": {"Period": 60}}]},
            "cloudwatch.alarm.high-resolution",
            "0.6000",
        ),
        (
            "AWS::CloudWatch::Alarm",
            {"Metrics": [{"MetricStat": {}}, {"Expression": "ANOMALY_DETECTION_BAND(m1, 2)"}]},
            "cloudwatch.alarm",
            "0.3000",
        ),
        ("AWS::CloudWatch::CompositeAlarm", {}, "cloudwatch.alarm.composite", "0.5000"),
        ("AWS::Events::EventBus", {}, "events.custom", "0.0100"),
        ("AWS::ECR::RegistryScanningConfiguration", {"ScanType": "ENHANCED"}, "ecr.scan.first", "1.8000"),
        ("AWS::Logs::LogGroup", {"LogGroupClass": "INFREQUENT_ACCESS"}, IA, "0.2500"),
        ("AWS::Logs::QueryDefinition", {}, "logs.scan", "0.5000"),
        # A query scans 10 MB at the least, and no more than its workgroup lets it.
        ("AWS::Athena::WorkGroup", {}, "athena.scan", "5.0000"),
        (
            "AWS::Athena::WorkGroup",
            {"WorkGroupConfiguration": {"BytesScannedCutoffPerQuery": 1024**3 // 2}},
            "athena.scan",
            "2.5000",
        ),
        (
            "AWS::Athena::WorkGroup",
            {"WorkGroupConfiguration": {"BytesScannedCutoffPerQuery": "1"}},
            "athena.scan",
            "0.0488",
        ),
        ("AWS::SecurityHub::Hub", {}, "securityhub.check", "5.0000"),
        ("AWS::SecretsManager::Secret", {}, "secrets.secret", "0.4000"),
    ],
)
def test_each_type_costs_what_it_is_set_to(kind: str, properties: Any, key: str, usd: str) -> None:
    usage = numbers(
        key_age=5, configuration_items=100, analysed_identities=10, active_metrics="0.5", build_minutes=100,
        management_events=1_000_000, log_gb=1, log_queries_gb=100, queries=1_024, query_gb=1,
    )  # fmt: skip
    assert charged(bill(usage, R=resource(kind, **properties)))[key] == Decimal(usd)


def test_what_costs_nothing_is_not_charged() -> None:
    assert charged(bill(A=resource("AWS::AccessAnalyzer::Analyzer", Type="ACCOUNT"))) == {}
    assert charged(bill(A=resource("AWS::GuardDuty::Detector", Enable=False))) == {}
    assert charged(bill(A=resource("AWS::SecurityHub::Hub", EnableDefaultStandards=False))) == {
        "securityhub.finding": Decimal("0.0300")
    }
    assert charged(bill(A=resource("AWS::Athena::WorkGroup", State="DISABLED"))) == {}
    assert charged(bill(T=trail(IsLogging=False))) == {}
    assert charged(bill(R=resource("AWS::ECR::RegistryScanningConfiguration", ScanType="BASIC"))) == {}
    found = bill(A=resource("AWS::IAM::Role"))
    assert (found.free, found.lines, found.unmodelled) == (1, (), ())


def test_what_nobody_here_knows_is_named_and_never_guessed() -> None:
    found = bill(A=resource("AWS::RDS::DBInstance"))
    assert [each.type for each in found.unmodelled] == ["AWS::RDS::DBInstance"]
    machine = {"Type": "LINUX_GPU_CONTAINER", "ComputeType": "BUILD_GENERAL1_LARGE"}
    found = bill(A=resource("AWS::CodeBuild::Project", Environment=machine))
    (line,) = found.unpriced
    assert (line.price, line.usd.expected) == (None, Decimal(0))
    assert line.item == "build minutes, LINUX_GPU_CONTAINER BUILD_GENERAL1_LARGE"
    with pytest.raises(CfngenError, match="no prices for the Region eu-west-1"):
        estimate(ChargedAccount.of({}, Usage()), table(), "eu-west-1")


def test_what_is_charged_beside_a_model_is_said_and_never_guessed() -> None:
    found = estimate(ChargedAccount.of({"stack": CHARGED}, Usage()), table(), "ap-southeast-1")
    assert {line.item for line in found.unpriced} == {
        "log ingestion, Infrequent Access class",
        "log ingestion, class DELIVERY",
        "notifications by sms",
        "replication of a bucket",
        "requests with RSA_4096 keys",
        "copies of secrets in other Regions",
        "resources analysed for access from inside",
        "GuardDuty feature EKS_AUDIT_LOGS",
        "build minutes, Linux arm1.small",
    }
    assert [each.type for each in found.unmodelled] == ["AWS::EKS::Cluster"]
    assert all(line.usd == NOTHING for line in found.unpriced)
    assert set(models()) <= {str(body["Type"]) for body in CHARGED["Resources"].values()} | {
        "AWS::Glue::Table",
        "AWS::KMS::ReplicaKey",
    }


def test_every_price_is_of_something_that_a_model_charges() -> None:
    found = estimate(ChargedAccount.of({"stack": CHARGED}, Usage()), table(), REGION)
    continuous = bill(R=resource("AWS::Config::ConfigurationRecorder"))
    used = {line.key for line in (*found.lines, *continuous.lines)}
    assert {key for key in table().rows if not key.startswith(("s3.storage.", "s3.transition."))} <= used


def test_every_assumption_changes_something() -> None:
    found = estimate(ChargedAccount.of({"stack": CHARGED}, Usage()), table(), REGION)
    logged = bill(B=resource("AWS::S3::Bucket", LoggingConfiguration={"LogFilePrefix": "own/"}))
    used = {name for line in (*found.lines, *logged.lines) for name in line.assumptions}
    assert used == set(ASSUMPTIONS)


def test_what_usage_says_of_one_resource_counts_for_it_alone() -> None:
    own = {
        "stack/Logs": {"gb": Quantity.of(100), "puts": Quantity.of(0), "gets": Quantity.of(10_000)},
        "stack/Group": {"log_gb": Quantity.of(2)},
    }
    usage = Usage(resources=own)
    bucket = resource("AWS::S3::Bucket", BucketName="logs")
    group = resource("AWS::Logs::LogGroup", LogGroupName="group", RetentionInDays=30)
    found = bill(usage, T=trail(), Logs=bucket, Group=group, Other=resource("AWS::Logs::LogGroup"))
    sums = {(line.logical_id, line.key): round(line.usd.expected, 4) for line in found.lines}
    assert sums["Logs", "s3.storage.standard"] == Decimal("2.3")
    assert sums["Logs", "s3.requests.get"] == Decimal("0.004")
    assert sums["Logs", "s3.requests.put"] == 0
    assert sums["Group", "logs.ingestion"] == 1
    assert sums["Other", "logs.ingestion"] == Decimal("0.05")
    names = {name for line in found.lines for name in line.assumptions}
    assert {"stack/Logs gb", "stack/Group log_gb", "log_gb"} <= names


def test_buckets_without_a_name_get_what_their_own_stack_writes() -> None:
    arn = "arn:aws:logs:us-east-1:111122223333:log-group:<Group>:*"
    stack = {
        "Resources": {
            "Logs": resource("AWS::S3::Bucket"),
            "Group": resource("AWS::Logs::LogGroup"),
            "T": trail(S3BucketName="<Logs>", CloudWatchLogsLogGroupArn=arn),
        }
    }
    usage = numbers(management_events=1024**2, stored_event_bytes=1024, months=1)
    two = ChargedAccount.of({"a": stack, "b": stack}, usage)
    lines = estimate(two, table(), REGION).lines
    stored = [line.quantity.expected for line in lines if line.key == "s3.storage.standard"]
    assert stored == [1, 1]
    logged = [line.quantity.expected for line in lines if line.key == "logs.ingestion"]
    assert logged == [Decimal("1.572864")] * 2  # 1,500 bytes an event, GB of 10^9


def test_a_price_is_marked_where_so_much_is_used_that_nobody_saw_it() -> None:
    account = {"stack": {"Resources": {f"R{n}": resource("AWS::Config::ConfigRule") for n in range(10)}}}
    for evaluations, mark in ((10_000, ""), (10_001, " ?")):
        usage = numbers(rule_evaluations=evaluations)
        found = estimate(ChargedAccount.of(account, usage), table(), "ap-southeast-1")
        assert f"rule evaluations (10 resources){mark} |" in markdown(found, "dev", "2026-11-27", usage)
        assert {line.confirmed for line in found.lines} == {not mark}


@pytest.mark.parametrize(("months", "gb"), [(0, 0), ("0.5", "0.5"), (1, 1), ("2.25", "2.25")])
def test_a_part_of_a_month_is_a_part_of_what_piles_up(months: Any, gb: Any) -> None:
    usage = numbers(management_events=1024**2, stored_event_bytes=1024, months=months)
    lines = bill(usage, T=trail(), B=resource("AWS::S3::Bucket", BucketName="logs")).lines
    stored = [line.quantity.expected for line in lines if line.key == "s3.storage.standard"]
    assert sum(stored) == Decimal(gb)


WRONG: tuple[Any, ...] = (
    "text",
    7,
    None,
    [],
    ["text", None, 7],
    {"Fn::If": ["A", 1, 2]},
    {"Rules": "x"},
    {"Rules": [{"Status": 1}]},
)


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_properties_of_any_shape_are_read(wrong: Any) -> None:
    resources = {
        f"{logical_id}{name}": {**body, "Properties": {**body["Properties"], name: wrong}}
        for logical_id, body in CHARGED["Resources"].items()
        for name in (*body["Properties"], "LoggingConfiguration", "WorkGroupConfiguration", "Environment")
    }
    odd: dict[str, Any] = {
        "Loop": [],
        "Nothing": None,
        "Bare": {"Type": "AWS::S3::Bucket", "Properties": wrong},
    }
    found = bill(None, **resources, **odd)
    assert found.usd.low <= found.usd.expected <= found.usd.high
    assert {each.type for each in found.unmodelled} == {"AWS::EKS::Cluster", "Fn::ForEach"}


def test_the_most_that_usage_may_say_is_still_a_number() -> None:
    most = {name: Quantity.of(each.most) for name, each in ASSUMPTIONS.items()}
    found = estimate(ChargedAccount.of({"stack": CHARGED}, Usage(most)), table(), REGION)
    assert found.usd.expected.is_finite()
    assert found.usd_after_allowances.expected <= found.usd.expected


def test_an_object_is_charged_for_the_least_time_of_its_class() -> None:
    rule = {
        "Status": "Enabled",
        "Transition": {"StorageClass": "DEEP_ARCHIVE", "TransitionInDays": "0"},
        "ExpirationInDays": 30,
    }
    usage = numbers(management_events=1024**2, stored_event_bytes=1024, trail_files=1, months=12)
    bucket = resource("AWS::S3::Bucket", BucketName="logs", LifecycleConfiguration={"Rules": [rule]})
    held = {line.key: line.quantity.expected for line in bill(usage, T=trail(), B=bucket).lines}
    assert round(held["s3.storage.deep-archive"], 2) == round(1 + Decimal(150) / Decimal("30.4"), 2)


def test_tiers_count_for_the_account_and_the_sum_equals_the_lines() -> None:
    usage = numbers(rule_evaluations=100_000)
    found = bill(usage, **{f"R{n}": resource("AWS::Config::ConfigRule") for n in range(10)})
    assert round(found.usd.expected, 6) == 670
    assert found.usd == Quantity(
        *(sum(case) for case in zip(*(line.usd for line in found.lines), strict=True))
    )


def test_an_allowance_is_given_once() -> None:
    projects = {
        name: resource(
            "AWS::CodeBuild::Project",
            Environment={"Type": kind, "ComputeType": "BUILD_GENERAL1_SMALL"},
        )
        for name, kind in (("A", "LINUX_CONTAINER"), ("B", "ARM_CONTAINER"))
    }
    found = bill(numbers(build_minutes=1_000), **projects)
    assert [allowance.usd.expected for allowance in found.allowances] == [Decimal("0.500")]
    assert found.usd_after_allowances.expected == found.usd.expected - Decimal("0.5")


def test_a_change_names_what_costs_more() -> None:
    key = resource("AWS::KMS::Key")
    before = estimate(
        ChargedAccount.of({"a": {"Resources": {}}, "b": {"Resources": {}}}, Usage()), table(), REGION
    )
    stacks: Mapping[str, Any] = {name: {"Resources": {"Key": key}} for name in "ab"}
    after = estimate(ChargedAccount.of(stacks, Usage()), table(), REGION)
    change = compare(before, after)
    assert change.items[0].item == "customer-managed keys"
    assert change.items[0].stacks == ("a", "b")
    assert change.items[0].usd.expected == 2
    assert compare(after, before).usd.expected == -change.usd.expected
    assert compare(after, after).items == ()
    unknown = estimate(
        ChargedAccount.of({"a": {"Resources": {"D": resource("AWS::DAX::Cluster")}}}, Usage()),
        table(),
        REGION,
    )
    assert compare(before, unknown).unmodelled == ("AWS::DAX::Cluster",)
    assert compare(unknown, before).unmodelled == ("AWS::DAX::Cluster",)
    assert compare(unknown, unknown).unmodelled == ()


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ({}, {}, "+0.00 USD a month"),
        ({}, {"R": resource("AWS::IAM::Role")}, "+0.00 USD a month"),
        ({"A": resource("AWS::CloudWatch::Alarm")}, {}, "-0.10 USD a month: -0.10 Amazon CloudWatch, alarms"),
        # One more of what no model knows, and one that is set otherwise.
        (
            {"A": resource("AWS::DAX::Cluster")},
            {"A": resource("AWS::DAX::Cluster"), "B": resource("AWS::DAX::Cluster")},
            "+0.00 USD a month: not modelled: AWS::DAX::Cluster",
        ),
        (
            {"A": resource("AWS::DAX::Cluster", ReplicationFactor=1)},
            {"A": resource("AWS::DAX::Cluster", ReplicationFactor=9)},
            "+0.00 USD a month: not modelled: AWS::DAX::Cluster",
        ),
        (
            {"A": resource("AWS::Logs::LogGroup")},
            {"A": resource("AWS::Logs::LogGroup", LogGroupClass="INFREQUENT_ACCESS")},
            "-0.07 USD a month: -0.07 Amazon CloudWatch, log ingestion, in stack; "
            "without a price, so not counted: log ingestion, Infrequent Access class",
        ),
        ({}, {"T": resource("AWS::SNS::Topic")}, "+0.00005 USD a month: +0.00005 Amazon SNS, API requests"),
        (
            {"A": resource("AWS::KMS::Key")},
            {"A": resource("AWS::KMS::Key", EnableKeyRotation=True)},
            "+0.00 (up to +2.00) USD a month: +0.00 (up to +2.00) AWS KMS, customer-managed keys, in stack",
        ),
        (
            {},
            {"A": resource("AWS::CloudWatch::CompositeAlarm")},
            "+0.50 USD a month: +0.50 Amazon CloudWatch, composite alarms (price not confirmed), in stack",
        ),
    ],
)
def test_a_change_is_one_sentence(before: Any, after: Any, sentence: str) -> None:
    old, new = (
        estimate(ChargedAccount.of({"stack": {"Resources": side}}, Usage()), table(), "ap-southeast-1")
        for side in (before, after)
    )
    assert change_sentence(compare(old, new)).startswith(sentence)


@given(
    st.dictionaries(st.sampled_from(sorted(ASSUMPTIONS)), st.integers(0, 10**6)),
    st.sampled_from(sorted(models())),
)
def test_no_usage_breaks_a_model(given: dict[str, int], kind: str) -> None:
    given = {**given, "months": given.get("months", 12) % 120}
    found = bill(numbers(**given), R=resource(kind))
    assert found.usd.expected >= 0
    assert float(found.usd.expected) == pytest.approx(
        sum(item["usd"]["expected"] for item in document(found, "dev", "2026-11-27", Usage())["lines"]),
        abs=1e-9,
    )


def test_no_type_is_both_free_and_charged() -> None:
    assert not FREE.keys() & models().keys()
