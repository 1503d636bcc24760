"""An AWS for tests: `aws` is an empty account of a real emulator, `sandbox` the emulator itself.

A worker of pytest-xdist has one emulator; each test has an account of its own, so nothing needs a reset
and tests may run side by side. The environment variables of every AWS tool point there during the test.
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

import pytest

from cfngen.sandbox.launcher import REGION, Sandbox
from tests.support.projects import MEASURED

_ACCOUNTS = itertools.count(200_000_000_000)


@dataclass(frozen=True)
class Aws:
    """One account of the emulator, in one Region."""

    sandbox: Sandbox
    account: str
    region: str = REGION
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make a child process act as this account."""
        return self.sandbox.environment(self.account, self.region)

    def client(self, service: str, region: str = "") -> Any:
        """A boto3 client of this account, in its Region unless told otherwise.

        Its credentials are given, never found: boto3 itself keeps those of the account that asked it first.
        """
        import boto3

        region = region or self.region
        if (service, region) not in self._clients:
            self._clients[service, region] = boto3.client(
                service,
                region_name=region,
                endpoint_url=self.sandbox.endpoint_url,
                aws_access_key_id=self.account,
                aws_secret_access_key=self.sandbox.key,
            )
        return self._clients[service, region]


@contextmanager
def fresh_account(sandbox: Sandbox, region: str = REGION, number: str = "") -> Iterator[Aws]:
    """An account that nobody has used; afterwards its bucket names are free again, as they are global.

    Arguments:
        number: its id, which nothing else uses; one of its own where it is empty.
    """
    account = Aws(sandbox, number or str(next(_ACCOUNTS)), region)
    yield account
    trails = account.client("cloudtrail")
    for trail in trails.describe_trails()["trailList"]:
        # A trail writes to its bucket while that is being emptied.
        trails.delete_trail(Name=trail["TrailARN"])
    s3 = account.client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        versions = s3.list_object_versions(Bucket=bucket["Name"])
        for version in (*versions.get("Versions", ()), *versions.get("DeleteMarkers", ())):
            s3.delete_object(
                Bucket=bucket["Name"],
                Key=version["Key"],
                VersionId=version["VersionId"],
                BypassGovernanceRetention=True,
            )
        s3.delete_bucket(Bucket=bucket["Name"])


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """A running emulator, stopped after the last test of this worker."""
    with ExitStack() as until_then:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in MEASURED.items():  # whichever test asks first
                patch.setenv(name, value)
            running = until_then.enter_context(Sandbox())
        yield running


@pytest.fixture
def aws(sandbox: Sandbox) -> Iterator[Aws]:
    """An empty account, which this process's environment points to."""
    with fresh_account(sandbox) as account, pytest.MonkeyPatch.context() as patch:
        point_to(account, patch)
        yield account


@contextmanager
def limited(
    account: Aws, *actions: str, elsewhere: Mapping[str, Sequence[str]] | None = None
) -> Iterator[None]:
    """This process acts as a user who may do no more than these actions, and some of them on one resource."""
    iam = account.client("iam")
    name = f"looker-{token_hex(4)}"
    iam.create_user(UserName=name)
    statements = [
        {"Effect": "Allow", "Action": list(names), "Resource": resource}
        for resource, names in {"*": actions, **(elsewhere or {})}.items()
    ]
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_user_policy(UserName=name, PolicyName="look", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
        patch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
        yield


def point_to(account: Aws, patch: pytest.MonkeyPatch) -> None:
    """Let the environment of this process lead every AWS tool to the account."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        patch.delenv(name)
    for name, value in account.environment.items():
        patch.setenv(name, value)
    # Nothing of the developer's own configuration, and no search for an instance's credentials.
    patch.setenv("AWS_CONFIG_FILE", os.devnull)
    patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
