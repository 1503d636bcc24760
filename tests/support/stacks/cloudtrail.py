"""Sample CloudTrail events, of the shape that
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
describes: who, when, where from, what, and how it ended."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

ACCOUNT = "111122223333"

ROOT = {
    "type": "Root",
    "principalId": ACCOUNT,
    "arn": f"arn:aws:iam::{ACCOUNT}:root",
    "accountId": ACCOUNT,
}


def user(name: str) -> dict[str, Any]:
    """An IAM user."""
    return {
        "type": "IAMUser",
        "principalId": "AIDAEXAMPLE",
        "arn": f"arn:aws:iam::{ACCOUNT}:user/{name}",
        "accountId": ACCOUNT,
        "userName": name,
    }


def session(role: str, name: str) -> dict[str, Any]:
    """A person or a machine that assumed a role."""
    return {
        "type": "AssumedRole",
        "principalId": f"AROAEXAMPLE:{name}",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}",
        "accountId": ACCOUNT,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": "AROAEXAMPLE",
                "arn": f"arn:aws:iam::{ACCOUNT}:role/{role}",
                "accountId": ACCOUNT,
                "userName": role,
            },
            "attributes": {"mfaAuthenticated": "false", "creationDate": "2026-03-02T08:00:00Z"},
        },
    }


def service(name: str) -> dict[str, Any]:
    """An AWS service on its own behalf."""
    return {"type": "AWSService", "invokedBy": f"{name}.amazonaws.com"}


def event(service_name: str, name: str, **members: Any) -> dict[str, Any]:
    """One event; `members` override what a changing call of an IAM user looks like. None leaves one out."""
    full = {
        "eventVersion": "1.11",
        "userIdentity": user("alice"),
        "eventTime": "2026-03-02T09:15:00Z",
        "eventSource": f"{service_name}.amazonaws.com",
        "eventName": name,
        "awsRegion": "ap-southeast-1",
        "sourceIPAddress": "203.0.113.7",
        "userAgent": "aws-cli/2.30.0",
        "requestParameters": None,
        "responseElements": None,
        "requestID": "6f1c0e5e-0000-4000-8000-000000000001",
        "eventID": "6f1c0e5e-0000-4000-8000-000000000002",
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
        **members,
    }
    nullable = {"requestParameters", "responseElements"}
    return {key: value for key, value in full.items() if value is not None or key in nullable}


def sign_in(*, mfa: str = "Yes", success: bool = True, **members: Any) -> dict[str, Any]:
    """Someone at the door of the console.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
    """
    return event(
        "signin",
        "ConsoleLogin",
        **{
            "eventType": "AwsConsoleSignIn",
            "additionalEventData": {"MobileVersion": "No", "MFAUsed": mfa},
            "responseElements": {"ConsoleLogin": "Success" if success else "Failure"},
            "errorMessage": None if success else "Failed authentication",
            **members,
        },
    )


def insight(state: str, region: str) -> dict[str, Any]:
    """What CloudTrail Insights saw, as the trail delivers it to CloudWatch Logs.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-insights-fields-trails.html
    """
    return {
        "eventVersion": "1.09",
        "eventTime": "2026-03-02T09:15:00Z",
        "awsRegion": region,
        "eventID": "6f1c0e5e-0000-4000-8000-000000000003",
        "eventType": "AwsCloudTrailInsight",
        "recipientAccountId": ACCOUNT,
        "sharedEventID": "6f1c0e5e-0000-4000-8000-000000000004",
        "insightDetails": {
            "state": state,
            "eventSource": "ssm.amazonaws.com",
            "eventName": "UpdateInstanceInformation",
            "insightType": "ApiCallRateInsight",
        },
        "eventCategory": "Insight",
    }


def deliver(logs: Path, account: str, region: str, *events: dict[str, Any]) -> None:
    """Write log files below AWSLogs as a trail does: gzipped, in a folder for each day, an event to a file.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
    """
    for number, each in enumerate(events):
        day, _, time = each["eventTime"].partition("T")
        folder = logs / account / "CloudTrail" / region / day.replace("-", "/")
        stamp = f"{day.replace('-', '')}T{time[:5].replace(':', '')}Z"
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{account}_CloudTrail_{region}_{stamp}_{number:016}.json.gz"
        file.write_bytes(gzip.compress(json.dumps({"Records": [each]}).encode()))
