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
from cfngen.cost.quantity import Quantity
from cfngen.cost.usage import ASSUMPTIONS, Usage
from cfngen.errors import CfngenError

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
    ],
)
def test_each_type_costs_what_it_is_set_to(kind: str, properties: Any, key: str, usd: str) -> None:
    usage = numbers(
        key_age=5, configuration_items=100, analysed_identities=10, active_metrics="0.5", build_minutes=100,
        management_events=1_000_000,
    )  # fmt: skip
    assert charged(bill(usage, R=resource(kind, **properties)))[key] == Decimal(usd)


def test_what_costs_nothing_is_not_charged() -> None:
    assert charged(bill(A=resource("AWS::AccessAnalyzer::Analyzer", Type="ACCOUNT"))) == {}
    assert charged(bill(A=resource("AWS::GuardDuty::Detector", Enable=False))) == {}
    found = bill(A=resource("AWS::IAM::Role"))
    assert (found.free, found.lines, found.unmodelled) == (1, (), ())


def test_what_nobody_here_knows_is_named_and_never_guessed() -> None:
    found = bill(A=resource("AWS::RDS::DBInstance"))
    assert [each.type for each in found.unmodelled] == ["AWS::RDS::DBInstance"]
    machine = {"Type": "LINUX_GPU_CONTAINER", "ComputeType": "BUILD_GENERAL1_LARGE"}
    found = bill(A=resource("AWS::CodeBuild::Project", Environment=machine))
    (line,) = found.unpriced
    assert (line.price, line.usd.expected) == (None, Decimal(0))
    with pytest.raises(CfngenError, match="no prices for the Region eu-west-1"):
        estimate(ChargedAccount.of({}, Usage()), table(), "eu-west-1")


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


@given(
    st.dictionaries(st.sampled_from(sorted(ASSUMPTIONS)), st.integers(0, 10**6)),
    st.sampled_from(sorted(models())),
)
def test_no_usage_breaks_a_model(given: dict[str, int], kind: str) -> None:
    given = {**given, "months": given.get("months", 12) % 120}
    found = bill(numbers(**given), R=resource(kind))
    assert found.usd.expected >= 0


def test_no_type_is_both_free_and_charged() -> None:
    assert not FREE.keys() & models().keys()
