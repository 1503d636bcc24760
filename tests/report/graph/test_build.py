"""What is found between the resources of a few small templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cfngen.report.access.matrix import matrix
from cfngen.report.graph.build import build
from cfngen.report.graph.collect import collected
from cfngen.report.graph.deliveries import DELIVERIES, PART_OF
from cfngen.report.graph.model import Graph
from cfngen.report.graph.pictures import copied, overview, stack
from cfngen.report.view import View, of_templates
from cfngen.template.change.resource_types import Schemas

Resources = Mapping[str, Any]


def view(**stacks: Resources) -> View:
    return of_templates(
        [(name, {"Resources": resources}, {}, f"it-{name}", {}) for name, resources in stacks.items()],
        region="eu-west-1",
        account="111122223333",
    )


def graph(**stacks: Resources) -> Graph:
    return build(view(**stacks))


def said(found: Graph) -> set[tuple[str, str, str]]:
    return {(edge.source, edge.kind, edge.target) for edge in found.edges}


def a(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def bucket(name: str | None = None, **more: Any) -> dict[str, Any]:
    return a("AWS::S3::Bucket", **({"BucketName": name} if name else {}), **more)


def test_a_trail_delivers_and_what_is_about_a_bucket_belongs_to_it() -> None:
    found = graph(
        audit={
            "Logs": bucket(),
            "LogsPolicy": a(
                "AWS::S3::BucketPolicy", Bucket={"Ref": "Logs"}, PolicyDocument={"Statement": []}
            ),
            "Group": a("AWS::Logs::LogGroup"),
            "Role": a("AWS::IAM::Role", AssumeRolePolicyDocument={"Statement": []}),
            "Trail": a(
                "AWS::CloudTrail::Trail",
                S3BucketName={"Ref": "Logs"},
                CloudWatchLogsLogGroupArn={"Fn::GetAtt": ["Group", "Arn"]},
                CloudWatchLogsRoleArn={"Fn::Sub": "${Role.Arn}"},
            ),
        }
    )
    assert said(found) == {
        ("audit/Trail", "delivers to", "audit/Logs"),
        ("audit/Trail", "delivers to", "audit/Group"),
        ("audit/Trail", "refers to", "audit/Role"),
    }
    assert found.node("audit/Logs").members == ("Logs", "LogsPolicy")


def test_stacks_meet_by_exports_names_and_arns() -> None:
    export = {"Value": {"Fn::GetAtt": ["Topic", "TopicArn"]}, "Export": {"Name": "it-topic"}}
    giver = {"Resources": {"Topic": a("AWS::SNS::Topic")}, "Outputs": {"Topic": export}}
    taker = {
        "Resources": {
            "Alarm": a("AWS::CloudWatch::Alarm", AlarmActions=[{"Fn::ImportValue": "it-topic"}]),
            "Logs": bucket("it-logs-of-all"),
        }
    }
    third = {
        "Resources": {
            "Data": bucket(LoggingConfiguration={"DestinationBucketName": "it-logs-of-all"}),
            "Function": a(
                "AWS::Lambda::Function", Environment={"Variables": {"B": "arn:aws:s3:::it-logs-of-all/*"}}
            ),
        }
    }
    found = build(
        of_templates(
            [(name, body, {}, None, {}) for name, body in {"a": giver, "b": taker, "c": third}.items()]
        )
    )
    assert said(found) == {
        ("b/Alarm", "delivers to", "a/Topic"),
        ("c/Data", "delivers to", "b/Logs"),
        ("c/Function", "refers to", "b/Logs"),
    }
    assert {(line.source, line.target) for line in overview(found).lines} == {
        ("b", "a"),
        ("c", "b"),
    }


def test_what_a_condition_leaves_out_is_not_there() -> None:
    template = {
        "Parameters": {"Keep": {"Type": "String", "Default": "no"}},
        "Conditions": {"HasLogs": {"Fn::Equals": [{"Ref": "Keep"}, "yes"]}},
        "Resources": {
            "Logs": {"Type": "AWS::S3::Bucket", "Condition": "HasLogs"},
            "Data": bucket(
                LoggingConfiguration={
                    "Fn::If": [
                        "HasLogs",
                        {"DestinationBucketName": {"Ref": "Logs"}},
                        {"Ref": "AWS::NoValue"},
                    ]
                }
            ),
        },
    }
    without, with_ = (build(of_templates([("s", template, {"Keep": to}, None, {})])) for to in ("no", "yes"))
    assert ([node.id for node in without.nodes], said(without)) == (["s/Data"], set())
    assert said(with_) == {("s/Data", "delivers to", "s/Logs")}


def test_a_metric_filter_counts_for_the_alarm_on_its_metric() -> None:
    found = graph(
        s={
            "Group": a("AWS::Logs::LogGroup"),
            "Filter": a(
                "AWS::Logs::MetricFilter",
                LogGroupName={"Ref": "Group"},
                MetricTransformations=[{"MetricNamespace": "N", "MetricName": "m"}],
            ),
            "Alarm": a("AWS::CloudWatch::Alarm", Namespace="N", MetricName="m"),
        }
    )
    assert said(found) == {
        ("s/Group", "delivers to", "s/Filter"),
        ("s/Filter", "delivers to", "s/Alarm"),
    }


def test_permissions_are_edges_dashed_where_conditions_decide() -> None:
    allow = {"Effect": "Allow", "Action": "s3:GetObject*", "Resource": "arn:aws:s3:::it-data/*"}
    limited = {**allow, "Action": "s3:PutObject", "Condition": {"Bool": {"aws:ViaAWSService": "true"}}}
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}

    def role(*statements: Any) -> dict[str, Any]:
        policies = [{"PolicyName": "p", "PolicyDocument": {"Statement": list(statements)}}]
        return a("AWS::IAM::Role", AssumeRolePolicyDocument={"Statement": [trust]}, Policies=policies)

    seen = view(s={"Data": bucket("it-data"), "Reader": role(allow), "Writer": role(limited)})
    found = build(seen, matrix(seen))
    may = {
        (edge.source, edge.target): (edge.what, edge.condition) for edge in found.edges if edge.kind == "may"
    }
    assert may == {
        ("outside/ec2.amazonaws.com", "s/Reader"): (("become",), False),
        ("outside/ec2.amazonaws.com", "s/Writer"): (("become",), False),
        ("s/Reader", "s/Data"): (("read",), False),
        ("s/Writer", "s/Data"): (("write",), True),
    }
    assert [node.id for node in stack(found, "s").nodes if node.id.startswith("outside")] == [
        "outside/ec2.amazonaws.com"
    ]


def test_alike_things_are_one_box_and_different_ones_are_not() -> None:
    alarms = {
        f"Alarm{number}": a("AWS::CloudWatch::Alarm", AlarmActions=[{"Ref": "Topic"}]) for number in range(4)
    }
    alarms["Quiet"] = a("AWS::CloudWatch::Alarm")
    found = collected(graph(s={"Topic": a("AWS::SNS::Topic"), **alarms}))
    assert {(node.id, node.count) for node in found.nodes} == {
        ("s/Topic", 1),
        ("s/Alarm0", 4),
        ("s/Quiet", 1),
    }
    assert said(found) == {("s/Alarm0", "delivers to", "s/Topic")}


def test_a_neighbour_of_many_is_drawn_beside_each() -> None:
    logs = {"Logs": bucket("it-logs-of-all")}
    data = {
        f"Data{number}": bucket(
            f"it-data-{number}", LoggingConfiguration={"DestinationBucketName": "it-logs-of-all"}
        )
        for number in range(2)
    }
    picture = stack(graph(a=logs, b=data), "b")
    assert picture.stubs == {"a"}
    assert copied(picture, 2) == picture
    beside = copied(picture, 1)
    assert {node.thing for node in beside.nodes if node.id in beside.stubs} == {"a"}
    assert len(beside.stubs) == len(data)


def test_every_property_of_the_tables_is_one_of_its_type() -> None:
    """Held against the resource schemas that cfn-lint carries."""
    schemas = Schemas()
    properties = {(kind, path) for kind, path in DELIVERIES} | set(PART_OF.items())
    for kind, path in properties:
        schema = schemas.get(kind)
        assert schema is not None, kind
        assert path.partition(".")[0] in schema.document["properties"], (kind, path)
