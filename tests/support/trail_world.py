"""Some days of a small company's log: every way in which somebody comes to be the one who did it.

Short names for the people; each test says what it expects of them.
"""

from __future__ import annotations

import itertools
from typing import Any

from tests.support.stacks.cloudtrail import ACCOUNT, ROOT, event, service, session, sign_in, user

OTHER = "444455556666"
REGION = "ap-southeast-1"

_numbers = itertools.count(1)


def call(service_name: str, name: str, when: str, who: dict[str, Any], **members: Any) -> dict[str, Any]:
    """An event with an id of its own; `when` is day and time of March 2026, `02T10:00`."""
    number = next(_numbers)
    usual = {
        "eventTime": f"2026-03-{when}:00Z",
        "userIdentity": who,
        "eventID": f"6f1c0e5e-0000-4000-8000-{number:012}",
    }
    return event(service_name, name, **{**usual, **members})


def held(who: dict[str, Any], key: str, **context: Any) -> dict[str, Any]:
    """The identity with an access key, and more about its session."""
    full: dict[str, Any] = {**who, "accessKeyId": key}
    if context:
        full["sessionContext"] = {**who.get("sessionContext", {}), **context}
    return full


def begun(when: str) -> dict[str, Any]:
    """A session's attributes."""
    return {"attributes": {"mfaAuthenticated": "false", "creationDate": f"2026-03-{when}:00Z"}}


def assumed(  # the call that begins a session
    when: str,
    who: dict[str, Any],
    role: str,
    name: str,
    key: str,
    operation: str = "AssumeRole",
    **members: Any,
) -> dict[str, Any]:
    answer = {
        "credentials": {"accessKeyId": key, "sessionToken": "HIDDEN_DUE_TO_SECURITY_REASONS"},
        "assumedRoleUser": {
            "assumedRoleId": f"AROAEXAMPLE:{name}",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}",
        },
    }
    members = {"responseElements": answer, "readOnly": True, **members}
    request = {"roleArn": f"arn:aws:iam::{ACCOUNT}:role/{role}", "roleSessionName": name}
    return call("sts", operation, when, who, **{"requestParameters": request, **members})


def change_set(
    name: str, when: str, who: dict[str, Any], stack: str, change: str, **members: Any
) -> dict[str, Any]:
    """`CreateChangeSet` or `ExecuteChangeSet`; the former is answered with ARNs."""
    request = {"stackName": stack, "changeSetName": change}
    answer = None
    if name == "CreateChangeSet":
        arn = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}"
        number = next(_numbers)
        answer = {"id": f"{arn}:changeSet/{change}/{number}", "stackId": f"{arn}:stack/{stack}/{number}"}
    members = {"requestParameters": request, "responseElements": answer, **members}
    return call("cloudformation", name, when, who, **members)


ALICE = held(user("alice"), "AKIAALICE")
BOB = held(session("AWSReservedSSO_Admin_1234", "bob@example.com"), "ASIABOB")
PIPELINE = {
    "type": "WebIdentityUser",
    "principalId": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
    "userName": "repo:example/retail:ref:refs/heads/main",
    "identityProvider": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
}
POD = {
    "type": "WebIdentityUser",
    "principalId": "oidc.eks",
    "userName": "system:serviceaccount:retail:trainer",
    "identityProvider": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.example/id/1",
}
FOREIGN = {"type": "AWSAccount", "principalId": "AIDACAROL", "accountId": OTHER}
CAROL = {
    **held(user("carol"), "AKIACAROL"),
    "arn": f"arn:aws:iam::{OTHER}:user/carol",
    "accountId": OTHER,
}
GITHUB = {
    "webIdFederationData": {
        "federatedProvider": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com",
        "attributes": {"aud": "sts.amazonaws.com"},
    }
}

CHAINS = [
    # alice -> Deployer -> Admin -> Breakglass
    assumed("02T08:00", ALICE, "Deployer", "cli", "ASIA1"),
    assumed("02T08:01", held(session("Deployer", "cli"), "ASIA1"), "Admin", "more", "ASIA2"),
    assumed("02T08:02", held(session("Admin", "more"), "ASIA2"), "Breakglass", "most", "ASIA3"),
    call("s3", "DeleteBucketPolicy", "02T08:03", held(session("Breakglass", "most"), "ASIA3")),
    # in the console: a key for each call, one time at which the session began
    assumed("02T09:00", ALICE, "Viewer", "tab", "ASIA4"),
    call(
        "ec2",
        "StopInstances",
        "02T09:05",
        held(session("Viewer", "tab"), "ASIA5", **begun("02T09:00")),
        sessionCredentialFromConsole="true",
        userAgent="Mozilla/5.0",
    ),
    # GitHub's pipeline, and a pod
    assumed("02T10:00", PIPELINE, "Pipeline", "GitHubActions", "ASIA6", "AssumeRoleWithWebIdentity"),
    call("s3", "PutBucketTagging", "02T10:01", held(session("Pipeline", "GitHubActions"), "ASIA6", **GITHUB)),
    assumed("02T11:00", POD, "Trainer", "botocore-session-1", "ASIA7", "AssumeRoleWithWebIdentity"),
    call("sagemaker", "CreateModel", "02T11:01", held(session("Trainer", "botocore-session-1"), "ASIA7")),
    # another account's user: each account has its view of the one call
    assumed("02T12:00", FOREIGN, "Guest", "visit", "ASIA8", sharedEventID="shared-1"),
    assumed("02T12:00", CAROL, "Guest", "visit", "ASIA8", sharedEventID="shared-1", recipientAccountId=OTHER),
    call("kms", "DisableKey", "02T12:01", held(session("Guest", "visit"), "ASIA8")),
    # the organization asks for a source identity; nobody knows the call that began the session
    call("iam", "CreateUser", "02T13:00", held(session("Ops", "x"), "ASIA9", sourceIdentity="dora")),
    # single sign-on, a federated user, root, Identity Center, a service, an instance, a service-linked role
    call("iam", "PutRolePolicy", "02T14:00", BOB, requestParameters={"roleName": "app"}),
    call(
        "s3",
        "CreateBucket",
        "02T14:01",
        {
            "type": "FederatedUser",
            "arn": f"arn:aws:sts::{ACCOUNT}:federated-user/broker",
            "accessKeyId": "ASIA10",
            "sessionContext": {"sessionIssuer": {"type": "IAMUser", "userName": "erin"}},
        },
    ),
    call("iam", "CreateAccessKey", "02T14:02", ROOT),
    call(
        "codewhisperer",
        "SendMessage",
        "02T14:03",
        {"type": "IdentityCenterUser", "accountId": ACCOUNT, "onBehalfOf": {"userId": "u-1"}},
    ),
    call("autoscaling", "CreateAutoScalingGroup", "02T14:04", service("eks")),
    assumed("02T14:05", service("ec2"), "Web", "i-0123", "ASIA11"),
    call("ec2", "CreateTags", "02T14:06", held(session("Web", "i-0123"), "ASIA11")),
    call(
        "ec2",
        "TerminateInstances",
        "02T14:07",
        {**session("AWSServiceRoleForAutoScaling", "AutoScaling"), "invokedBy": "autoscaling.amazonaws.com"},
    ),
]

RUNNER = held(session("Pipeline", "AWSCodeBuild-1"), "ASIA12")
STACKS = [
    change_set("CreateChangeSet", "03T08:00", ALICE, "dev-trail", "v2"),
    call(
        "codepipeline",
        "PutApprovalResult",
        "03T08:30",
        BOB,
        requestParameters={"pipelineName": "p", "result": {"summary": "fine", "status": "Approved"}},
    ),
    change_set("ExecuteChangeSet", "03T09:00", RUNNER, "dev-trail", "v2"),
    # the same name again; one failed call that names nothing
    change_set("CreateChangeSet", "03T10:00", BOB, "dev-trail", "v2"),
    change_set(
        "ExecuteChangeSet",
        "03T11:00",
        BOB,
        f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/dev-trail/1",
        "v2",
    ),
    change_set(
        "CreateChangeSet", "03T11:30", ALICE, "x", "v9", errorCode="ValidationError", responseElements=None
    ),
    change_set("CreateChangeSet", "03T12:00", ALICE, "dev-roles", "v1"),
    change_set("ExecuteChangeSet", "03T12:30", RUNNER, "dev-old", "v7", errorCode="AccessDenied"),
    call("cloudformation", "DeleteStack", "03T13:00", ALICE, requestParameters={"stackName": "dev-old"}),
    call("cloudformation", "UpdateStack", "03T13:01", ALICE, errorCode="ValidationError"),
    call(
        "cloudformation", "CancelUpdateStack", "03T13:02", ALICE, requestParameters={"stackName": {"a": []}}
    ),
    call(
        "s3",
        "CreateBucket",
        "03T09:01",
        {**ALICE, "accessKeyId": "ASIA13", "invokedBy": "cloudformation.amazonaws.com"},
        sourceIPAddress="cloudformation.amazonaws.com",
    ),
]

READS = {"errorCode": "AccessDenied", "readOnly": True}
TROUBLE = [
    call("s3", "GetObject", "04T01:00", BOB, errorMessage="no", **READS),
    call("s3", "GetObject", "04T01:05", BOB, errorMessage="still no", **READS),
    call("ec2", "RunInstances", "04T01:10", ALICE, errorCode="Client.UnauthorizedOperation"),
    call("ec2", "RunInstances", "04T01:11", ALICE, errorCode="InsufficientInstanceCapacity"),
    call("sqs", "SendMessage", "04T01:12", ALICE, errorCode="AccessDenied", errorMessage="an older one"),
    call("sqs", "SendMessage", "04T01:13", ALICE, errorCode="AccessDenied"),
    call("cloudtrail", "StopLogging", "04T01:20", ROOT, requestParameters={"name": "audit"}),
    # old: nothing tells whether it reads, nor its category
    call("iam", "DeleteRole", "04T01:30", ALICE, readOnly=None, eventCategory=None, eventVersion="1.02"),
    call("iam", "GetRole", "04T01:31", ALICE, readOnly=None, eventCategory=None, eventVersion="1.02"),
    {**sign_in(eventTime="2026-03-04T05:00:00Z", mfa="No"), "eventID": "sign-in-1"},
    {**sign_in(eventTime="2026-03-04T05:01:00Z", mfa="YES", userIdentity=ROOT), "eventID": "sign-in-2"},
    {**sign_in(eventTime="2026-03-04T05:02:00Z", mfa="No", userIdentity=BOB), "eventID": "sign-in-3"},
    {**sign_in(eventTime="2026-03-04T05:03:00Z", mfa="No", success=False), "eventID": "sign-in-4"},
]

WORLD = [*CHAINS, *STACKS, *TROUBLE]
