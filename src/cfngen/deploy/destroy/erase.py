"""A leftover deleted, with all that it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, NamedTuple

from cfngen.aws.calls import CallError, Trouble, patiently
from cfngen.aws.resources import Resource, Scope, identifier
from cfngen.aws.session import Account
from cfngen.aws.steps import Pace, Steps
from cfngen.deploy.destroy.bucket import delete_bucket, once
from cfngen.deploy.destroy.leftovers import Candidate
from cfngen.deploy.outcome import Failure
from cfngen.template.change.resource_types import Schemas

KEY_DAYS: Final = 30
"""The longest waiting period: https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html"""

Say = Callable[[str], None]
End = Literal["deleted", "scheduled", "gone", "declined", "failed"]


class Erased(NamedTuple):
    """What became of a leftover.

    Attributes:
        end: `deleted`; `scheduled`, where AWS deletes it later; `gone`, where it was not there any more.
        text: what a person has to know about it.
    """

    candidate: Candidate
    end: End
    text: str = ""
    failure: Failure | None = None


def erase(account: Account, candidate: Candidate, pace: Pace, say: Say) -> Steps[Erased]:
    """Delete the leftover; whatever was done before, running it again goes on from there."""
    try:
        failure, text = yield from ERASERS[candidate.type](account, candidate.physical_id, pace, say)
    except CallError as error:
        helps = _DENIED if error.trouble is Trouble.DENIED else error.remedy
        return Erased(candidate, "failed", failure=Failure(error.problem, remedy=helps))
    if failure is not None:
        return Erased(candidate, "failed", failure=failure)
    return Erased(candidate, "scheduled" if text else "deleted", text)


_DENIED = "allow it to the role that you act as; the policy of the resource may allow it to another role only"

_Erased = Steps[tuple[Failure | None, str]]


def _bucket(account: Account, name: str, pace: Pace, say: Say) -> _Erased:
    return (yield from delete_bucket(account, name, pace, say)), ""


def _log_group(account: Account, name: str, pace: Pace, _say: Say) -> _Erased:
    yield from once(pace, account.client("logs"), "DeleteLogGroup", logGroupName=name)
    return None, ""


def _key(account: Account, key_id: str, pace: Pace, _say: Say) -> _Erased:
    kms = account.client("kms")
    key = yield from patiently(pace, kms, "DescribeKey", KeyId=key_id)
    date = key["KeyMetadata"].get("DeletionDate")
    if date is None:
        asked = {"KeyId": key_id, "PendingWindowInDays": KEY_DAYS}
        date = (yield from patiently(pace, kms, "ScheduleKeyDeletion", **asked))["DeletionDate"]
    cancel = f"aws kms cancel-key-deletion --key-id {key_id} --region {account.region}"
    return None, f"AWS deletes it on {date.isoformat()[:10]}; until then: {cancel}"


def _repository(account: Account, name: str, pace: Pace, _say: Say) -> _Erased:
    yield from once(pace, account.client("ecr"), "DeleteRepository", repositoryName=name, force=True)
    return None, ""


def _policy(account: Account, arn: str, pace: Pace, _say: Say) -> _Erased:
    """A managed policy, if nobody has it: to take it away from somebody is not asked for."""
    iam = account.client("iam")
    users: list[str] = []
    for usage in ("PermissionsPolicy", "PermissionsBoundary"):
        asked: dict[str, Any] = {"PolicyArn": arn, "PolicyUsageFilter": usage}
        page = yield from patiently(pace, iam, "ListEntitiesForPolicy", **asked)
        users += [each["RoleName"] for each in page.get("PolicyRoles", ())]
        users += [each["UserName"] for each in page.get("PolicyUsers", ())]
        users += [each["GroupName"] for each in page.get("PolicyGroups", ())]
    if users:
        remedy = "delete them, or detach the policy from them, then run this again"
        return Failure(f"{', '.join(sorted(set(users)))} still have the policy", remedy=remedy), ""
    versions = yield from patiently(pace, iam, "ListPolicyVersions", PolicyArn=arn)
    for version in versions["Versions"]:
        if not version["IsDefaultVersion"]:
            asked = {"PolicyArn": arn, "VersionId": version["VersionId"]}
            yield from once(pace, iam, "DeletePolicyVersion", **asked)
    yield from once(pace, iam, "DeletePolicy", PolicyArn=arn)
    return None, ""


ERASERS: Mapping[str, Callable[[Account, str, Pace, Say], _Erased]] = {
    "AWS::ECR::Repository": _repository,
    "AWS::IAM::ManagedPolicy": _policy,
    "AWS::KMS::Key": _key,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::S3::Bucket": _bucket,
}
"""The types that `cfngen destroy --delete` deletes."""


def command(
    account: Account, candidate: Candidate, environment: str, schemas: Schemas, *, alone: bool = True
) -> str:
    """The command that deletes a leftover: cfngen's own, or that of AWS's generic API.

    Arguments:
        alone: whether no other leftover has its id; otherwise its own name is used.

    https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/resource-operations-delete.html
    """
    if candidate.type in ERASERS:
        name = candidate.id if alone else candidate.physical_id
        return f"cfngen destroy --env {environment} --delete {name}"
    scope = Scope(account.id, account.region, account.partition)
    known = identifier(Resource(candidate.type, candidate.physical_id, {}), scope, schemas)
    return (
        f"aws cloudcontrol delete-resource --type-name {candidate.type} --identifier '{known}' "
        f"--region {account.region}"
    )
