"""What an alarm does, who sees a project and when the root user came is told as AWS tells it."""

from __future__ import annotations

import csv
import urllib.parse
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

from tests.support.deployments import deploy
from tests.support.sandbox_account import Aws
from tests.support.stacks.deployed import template, values

TOPIC = "arn:aws:sns:eu-west-1:111122223333:told"


def _alarm(aws: Aws) -> None:
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName="a",
        Namespace="n",
        MetricName="m",
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        AlarmActions=[TOPIC],
    )


def test_the_older_wire_format_tells_what_an_alarm_does(aws: Aws) -> None:
    """An SDK of before 2025 asks in the Query protocol, and so do scanners that pin one."""
    _alarm(aws)
    body = urllib.parse.urlencode({"Action": "DescribeAlarms", "Version": "2010-08-01"})
    request = AWSRequest(
        "POST",
        aws.sandbox.endpoint_url,
        data=body,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    keys = aws.environment
    credentials = Credentials(keys["AWS_ACCESS_KEY_ID"], keys["AWS_SECRET_ACCESS_KEY"])
    SigV4Auth(credentials, "monitoring", aws.region).add_auth(request)
    told = URLLib3Session().send(request.prepare()).text
    assert "<ActionsEnabled>true</ActionsEnabled>" in told
    assert f"<AlarmActions><member>{TOPIC}</member></AlarmActions>" in told


def test_a_project_is_private_and_logged(aws: Aws) -> None:
    stack = "delivery-pipeline"
    body: Any = template(stack)
    assert deploy(aws, "p", body, values(stack, "dev")).status == "CREATE_COMPLETE"
    projects = aws.client("codebuild")
    for project in projects.batch_get_projects(names=projects.list_projects()["projects"])["projects"]:
        assert project["projectVisibility"] == "PRIVATE"
        assert project["logsConfig"]["cloudWatchLogs"]["status"] == "ENABLED"
        assert {each["type"] for each in project["environment"]["environmentVariables"]} == {"PLAINTEXT"}


def test_nothing_is_known_of_the_root_users_last_visit(aws: Aws) -> None:
    """A word that is no date and not `no_information` ends a scanner's check of it."""
    iam = aws.client("iam")
    iam.generate_credential_report()
    report = iam.get_credential_report()["Content"].decode()
    (root,) = [row for row in csv.DictReader(report.splitlines()) if row["user"] == "<root_account>"]
    assert root["password_last_used"] == "no_information"
    assert root["password_enabled"] == root["password_last_changed"] == "not_supported"
