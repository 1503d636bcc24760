"""Looking at an account, read only: each thing once, and what cannot be seen is noted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cfngen.aws.calls import CallError, Trouble, call
from cfngen.aws.session import Account


class NewResource(NamedTuple):
    """A resource that would be created, its properties resolved."""

    stack: str
    logical_id: str
    type: str
    properties: Mapping[str, Any]


class UnseenError(Exception):
    """A call did not answer; `Eyes.unseen` says why."""


class Eyes:
    """Looks at the account; the same look is made once.

    Attributes:
        environment: the name of the environment.
        planned: the ARNs of the roles, users and managed policies that the requests have.
        config_role: whether the requests make the service-linked role of AWS Config.
        types: the resource types of each stack.
        unseen: what could not be looked at, and why.
    """

    def __init__(self, account: Account, resources: Sequence[NewResource], environment: str = "") -> None:
        self.account = account
        self.environment = environment
        self.planned = {arn for each in resources if (arn := self._arn(each))}
        self.config_role = any(
            each.type == "AWS::IAM::ServiceLinkedRole"
            and each.properties.get("AWSServiceName") == "config.amazonaws.com"
            for each in resources
        )
        self.types: dict[str, set[str]] = {}
        for each in resources:
            self.types.setdefault(each.stack, set()).add(each.type)
        self.unseen: dict[str, None] = {}
        self._seen: dict[str, dict[str, Any] | CallError | None] = {}

    def see(self, service: str, operation: str, **parameters: Any) -> dict[str, Any] | None:
        """The answer; None where what it is about does not exist.

        Raises:
            UnseenError: there is no answer.
        """
        seen = self.ask(service, operation, **parameters)
        if not isinstance(seen, CallError):
            return seen
        needs = _ACTIONS.get(operation, f"{seen.service}:{operation}")
        denied = seen.trouble is Trouble.DENIED
        self.unseen[f"{operation}: not looked at: {f'needs {needs}' if denied else seen.said}"] = None
        raise UnseenError

    def ask(self, service: str, operation: str, **parameters: Any) -> dict[str, Any] | CallError | None:
        """The same, with the failure itself."""
        key = f"{operation} {parameters}"
        if key not in self._seen:
            try:
                self._seen[key] = call(self.account.client(service), operation, **parameters)
            except CallError as error:
                self._seen[key] = None if error.trouble is Trouble.MISSING else error
        return self._seen[key]

    def _arn(self, resource: NewResource) -> str | None:
        kind, name_property = _NAMED.get(resource.type, ("", ""))
        name = resource.properties.get(name_property)
        if not isinstance(name, str):
            return None
        path = resource.properties.get("Path", "/")
        return f"arn:{self.account.partition}:iam::{self.account.id}:{kind}{path}{name}"


_NAMED = {
    "AWS::IAM::Role": ("role", "RoleName"),
    "AWS::IAM::User": ("user", "UserName"),
    "AWS::IAM::ManagedPolicy": ("policy", "ManagedPolicyName"),
}
# The S3 operations whose permission has another name:
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html
_ACTIONS = {"ListBuckets": "s3:ListAllMyBuckets", "HeadBucket": "s3:ListBucket"}
