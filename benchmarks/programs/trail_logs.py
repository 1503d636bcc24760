"""Log files as CloudTrail writes them, the same for the same numbers: `trail_logs.py FOLDER EVENTS FILES`."""

from __future__ import annotations

import gzip
import json
import random
import sys
import uuid
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ACCOUNT = "111122223333"
REGION = "ap-southeast-1"
FIRST = datetime(2026, 11, 1, tzinfo=UTC)
DAYS = 10

_PEOPLE = [f"person{number}@example.com" for number in range(40)]
_CALLS = [
    ("s3", "GetObject", True, "Data"),
    ("s3", "PutObject", False, "Data"),
    ("ec2", "DescribeInstances", True, "Management"),
    ("ec2", "RunInstances", False, "Management"),
    ("logs", "CreateLogStream", False, "Management"),
    ("kms", "Decrypt", True, "Management"),
    ("iam", "GetRole", True, "Management"),
    ("iam", "PutRolePolicy", False, "Management"),
    ("cloudformation", "DescribeStacks", True, "Management"),
    ("sts", "AssumeRole", True, "Management"),
]
_WEIGHTS = (25, 8, 25, 3, 8, 12, 6, 1, 8, 4)


def event(random_: random.Random, when: datetime) -> dict[str, Any]:
    """One event of a person who assumed a role, of the usual size."""
    service, name, read_only, category = random_.choices(_CALLS, _WEIGHTS)[0]
    person = random_.choice(_PEOPLE)
    begun = when.replace(
        hour=when.hour // 4 * 4, minute=0, second=0, microsecond=0
    )  # of the session, which lasts 4 hours
    role = f"Role{random_.randrange(3)}"
    key = f"ASIA{zlib.crc32(f'{person}{role}{begun}'.encode()):016d}"
    denied = random_.random() < 0.02
    answer: dict[str, Any] | None = None
    if name == "AssumeRole" and not denied:
        answer = {
            "credentials": {
                "accessKeyId": f"ASIA{random_.getrandbits(53):016d}",
                "sessionToken": "HIDDEN_DUE_TO_SECURITY_REASONS",
                "expiration": "Nov 1, 2026, 10:00:00 AM",
            },
            "assumedRoleUser": {
                "assumedRoleId": f"AROAEXAMPLE:{person}",
                "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{person}",
            },
        }
    made = {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": f"AROAEXAMPLE:{person}",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{person}",
            "accountId": ACCOUNT,
            "accessKeyId": key,
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": "AROAEXAMPLE",
                    "arn": f"arn:aws:iam::{ACCOUNT}:role/{role}",
                    "accountId": ACCOUNT,
                    "userName": role,
                },
                "attributes": {"creationDate": f"{begun:%Y-%m-%dT%H:%M:%SZ}", "mfaAuthenticated": "false"},
            },
        },
        "eventTime": f"{when:%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "awsRegion": REGION,
        "sourceIPAddress": f"203.0.113.{random_.randrange(250)}",
        "userAgent": "aws-cli/2.30.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.13.7",
        "requestParameters": {
            "bucketName": "mlops-retail-prediction-dev-models",
            "key": f"models/{random_.getrandbits(40):x}/artifact.tar.gz",
            "Host": f"mlops-retail-prediction-dev-models.s3.{REGION}.amazonaws.com",
        },
        "responseElements": answer,
        "requestID": str(uuid.UUID(int=random_.getrandbits(128))),
        "eventID": str(uuid.UUID(int=random_.getrandbits(128))),
        "readOnly": read_only,
        "resources": [{"accountId": ACCOUNT, "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::models"}],
        "eventType": "AwsApiCall",
        "managementEvent": category == "Management",
        "recipientAccountId": ACCOUNT,
        "eventCategory": category,
        "tlsDetails": {
            "tlsVersion": "TLSv1.3",
            "cipherSuite": "TLS_AES_128_GCM_SHA256",
            "clientProvidedHostHeader": f"{service}.{REGION}.amazonaws.com",
        },
    }
    if denied:
        made |= {"errorCode": "AccessDenied", "errorMessage": f"{person} is not authorized to perform {name}"}
    return made


def write(folder: Path, events: int, files: int) -> None:
    """The events in files below AWSLogs, in order of time, as a trail without a prefix."""
    random_ = random.Random(7)  # noqa: S311 - not a secret
    each = events // files
    step = timedelta(days=DAYS) / events
    for number in range(files):
        first = FIRST + step * (number * each)
        records = [event(random_, first + step * count) for count in range(each)]
        target = folder / "AWSLogs" / ACCOUNT / "CloudTrail" / REGION / f"{first:%Y/%m/%d}"
        target.mkdir(parents=True, exist_ok=True)
        name = f"{ACCOUNT}_CloudTrail_{REGION}_{first:%Y%m%dT%H%MZ}_{number:016}.json.gz"
        plain = json.dumps({"Records": records}, separators=(",", ":")).encode()
        (target / name).write_bytes(gzip.compress(plain, 6))


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
