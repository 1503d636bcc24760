"""One call of an AWS API, and what its failure means for what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from functools import partial
from typing import Any

from cfngen.aws.deadline import within
from cfngen.aws.steps import Pace, Steps, backoff
from cfngen.errors import AccountError

PATIENCE = 300.0
"""Seconds that reading goes on while every answer is a passing trouble."""

STALE_READS = 5
"""How often "does not exist" is not believed right after something was made: reads lag behind writes."""


class Trouble(Enum):
    """Why a call failed."""

    MISSING = "missing"  # what it is about does not exist
    EXISTS = "exists"  # what it would make exists already
    CONFLICT = "conflict"  # another operation is in the way
    DENIED = "denied"  # the caller may not
    CREDENTIALS = "credentials"  # there are none, or they have expired
    PASSING = "passing"  # throttled, time-out, lost connection, 5xx; it may have been carried out
    REFUSED = "refused"  # anything else that AWS said no to


class CallError(AccountError):
    """A call failed, after botocore's own retries.

    Attributes:
        service: the name that its requests are signed with, e.g. `cloudformation`.
        operation: the API's name, e.g. `CreateChangeSet`.
        trouble: what kind of failure it is.
        said: AWS's own words, or the connection's.
        retried: whether botocore had tried before: what it tried may have been done, its answer lost.
    """

    def __init__(
        self,
        operation: str,
        trouble: Trouble,
        said: str,
        remedy: str | None,
        *,
        service: str = "",
        retried: bool = False,
    ) -> None:
        super().__init__(f"{operation} {_VERBS[trouble]}: {said}", remedy=remedy)
        self.service = service
        self.operation = operation
        self.trouble = trouble
        self.said = said
        self.retried = retried


_VERBS = {
    Trouble.DENIED: "was denied",
    Trouble.CREDENTIALS: "was refused, because the credentials are not valid",
    Trouble.PASSING: "got no answer",
    Trouble.MISSING: "did not find what it asks for",
    Trouble.EXISTS: "was refused, because it exists already",
    Trouble.CONFLICT: "was refused, because of another operation",
    Trouble.REFUSED: "was refused",
}
_CODES = {
    "ChangeSetNotFound": Trouble.MISSING,
    "ChangeSetNotFoundException": Trouble.MISSING,
    "NoSuchBucket": Trouble.MISSING,
    "NoSuchKey": Trouble.MISSING,
    "NoSuchEntity": Trouble.MISSING,  # IAM
    "NotFoundException": Trouble.MISSING,  # KMS
    "ResourceNotFoundException": Trouble.MISSING,
    "RepositoryNotFoundException": Trouble.MISSING,
    "NoSuchBucketPolicy": Trouble.MISSING,
    "ObjectLockConfigurationNotFoundError": Trouble.MISSING,
    "NoSuchObjectLockConfiguration": Trouble.MISSING,
    "InvalidAccessException": Trouble.DENIED,  # Security Hub; for an account without a hub, see below
    "404": Trouble.MISSING,  # S3 answers HEAD requests without a body: the status stands in for the code
    "403": Trouble.DENIED,
    "AlreadyExistsException": Trouble.EXISTS,
    "PreconditionFailed": Trouble.EXISTS,  # S3: nothing was to be there
    "ConditionalRequestConflict": Trouble.CONFLICT,
    "InvalidChangeSetStatus": Trouble.CONFLICT,
    "InvalidChangeSetStatusException": Trouble.CONFLICT,
    "TokenAlreadyExistsException": Trouble.CONFLICT,
    "OperationInProgressException": Trouble.CONFLICT,
    "AccessDenied": Trouble.DENIED,
    "AccessDeniedException": Trouble.DENIED,
    "AuthorizationError": Trouble.DENIED,  # SNS
    "UnauthorizedOperation": Trouble.DENIED,
    "ExpiredToken": Trouble.CREDENTIALS,
    "ExpiredTokenException": Trouble.CREDENTIALS,
    "InvalidClientTokenId": Trouble.CREDENTIALS,
    "UnrecognizedClientException": Trouble.CREDENTIALS,
    "SignatureDoesNotMatch": Trouble.CREDENTIALS,
    "RequestExpired": Trouble.CREDENTIALS,
    "Throttling": Trouble.PASSING,
    "ThrottlingException": Trouble.PASSING,
    "RequestLimitExceeded": Trouble.PASSING,
    "TooManyRequestsException": Trouble.PASSING,
    "RequestTimeout": Trouble.PASSING,
    "ServiceUnavailable": Trouble.PASSING,
    "InternalFailure": Trouble.PASSING,
    "InternalError": Trouble.PASSING,
}
_SERVER_ERROR = 500


def call(client: Any, operation: str, **parameters: Any) -> dict[str, Any]:
    """The answer to one API call.

    Arguments:
        client: a botocore client.
        operation: the API's name, `DescribeStacks`.

    Raises:
        CallError: it failed; botocore has tried again where that makes sense.
    """
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
    from botocore.parsers import ResponseParserError

    service = str(client.meta.service_model.signing_name)
    method = next(py for py, api in client.meta.method_to_api_mapping.items() if api == operation)
    seconds = client.meta.config.read_timeout * _DEADLINES
    ask = partial(getattr(client, method), **parameters)
    try:
        answer: dict[str, Any] = within(seconds, ask)
    except ClientError as error:
        trouble, said = _refusal(error)
        remedy = _remedy(operation, trouble, client)
        retried = error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0) > 0
        raise CallError(operation, trouble, said, remedy, service=service, retried=retried) from error
    except (HTTPClientError, ResponseParserError, TimeoutError, *_UNREADABLE) as error:
        remedy = _remedy(operation, Trouble.PASSING, client)
        told = str(error)
        if isinstance(error, _UNREADABLE):
            told = f"the response is not an answer of the service: {type(error).__name__}"
        raise CallError(operation, Trouble.PASSING, told, remedy, service=service) from error
    except BotoCoreError as error:
        trouble = _local(error)
        remedy = _remedy(operation, trouble, client)
        raise CallError(operation, trouble, str(error), remedy, service=service) from error
    missing = [name for name in _ALWAYS.get(operation, ()) if name not in answer]
    if missing:
        told, remedy = f"the answer has no {', '.join(missing)}", _remedy(operation, Trouble.PASSING, client)
        raise CallError(operation, Trouble.PASSING, told, remedy, service=service)
    return answer


_DEADLINES = 1.5
"""Of botocore's read time-out: what a whole call may take, its retries included."""

# What botocore's parsers raise besides: they have no kind of their own for an answer of something else that
# answers in the service's place, with status 200. What was asked for may have been done.
_UNREADABLE = (LookupError, ValueError, TypeError, AttributeError)

_ALWAYS: Mapping[str, Sequence[str]] = {
    "GetCallerIdentity": ("Account", "Arn"),
    "DescribeStacks": ("Stacks",),
    "CreateChangeSet": ("Id", "StackId"),
    "DescribeChangeSet": ("ChangeSetId", "ChangeSetName", "StackId", "StackName", "Status"),
    "ListChangeSets": ("Summaries",),
    "DescribeStackEvents": ("StackEvents",),
    "GetTemplate": ("TemplateBody",),
    "DetectStackDrift": ("StackDriftDetectionId",),
    "DescribeStackDriftDetectionStatus": ("DetectionStatus",),
    "DescribeStackResourceDrifts": ("StackResourceDrifts",),
    "GetRole": ("Role",),
    "GetUser": ("User",),
    "GetPolicy": ("Policy",),
    "ListBuckets": ("Buckets",),
    "ListOpenIDConnectProviders": ("OpenIDConnectProviderList",),
    "DescribeConfigurationRecorders": ("ConfigurationRecorders",),
    "DescribeDeliveryChannels": ("DeliveryChannels",),
    "ListAnalyzers": ("analyzers",),
    "GetAnomalyMonitors": ("AnomalyMonitors",),
    "ListDetectors": ("DetectorIds",),
    "DescribeHub": ("HubArn",),
}
"""What an answer has at the least, where something is read from it."""


def body(answer: Mapping[str, Any]) -> bytes:
    """The content of an answer that is streamed, GetObject's.

    Raises:
        CallError: the connection broke off.
    """
    from botocore.exceptions import BotoCoreError, HTTPClientError

    try:
        content: bytes = answer["Body"].read()
    except (BotoCoreError, HTTPClientError, OSError) as error:
        remedy = "see whether the network is up, then run this again"
        raise CallError("GetObject", Trouble.PASSING, str(error), remedy) from error
    return content


def patiently(pace: Pace, client: Any, operation: str, **parameters: Any) -> Steps[dict[str, Any]]:
    """The answer to a read, asked again while the trouble is a passing one.

    A describe call takes its turn; the further pages of one (`NextToken`) follow at once.

    Raises:
        CallError: the trouble is not of the passing kind, or lasts longer than PATIENCE.
    """
    waits = backoff()
    begun: float | None = None
    while True:
        if operation.startswith("Describe") and "NextToken" not in parameters:
            yield from pace.turn(operation)
        try:
            return call(client, operation, **parameters)
        except CallError as error:
            begun = pace.clock.now() if begun is None else begun
            if error.trouble is not Trouble.PASSING or pace.clock.now() - begun > PATIENCE:
                raise
            yield next(waits)


def _refusal(error: Any) -> tuple[Trouble, str]:
    """The kind of a ClientError, and what it said."""
    details = error.response.get("Error", {})
    code, said = details.get("Code", ""), details.get("Message") or str(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code == "InvalidAccessException" and "not subscribed" in said:
        return Trouble.MISSING, said
    if code in _CODES:
        return _CODES[code], said
    if status >= _SERVER_ERROR:
        return Trouble.PASSING, said
    if code == "ValidationError" and "does not exist" in said:
        return Trouble.MISSING, said
    if code == "ValidationError" and "_IN_PROGRESS" in said:
        return Trouble.CONFLICT, said
    return Trouble.REFUSED, said


def _local(error: Exception) -> Trouble:
    """The kind of an error that no server sent."""
    from botocore import exceptions

    credentials = (
        exceptions.NoCredentialsError,
        exceptions.PartialCredentialsError,
        exceptions.CredentialRetrievalError,
        exceptions.TokenRetrievalError,
        exceptions.SSOError,
        exceptions.NoAuthTokenError,
    )
    if isinstance(error, credentials):
        return Trouble.CREDENTIALS
    if isinstance(error, exceptions.ConnectionError):
        return Trouble.PASSING
    return Trouble.REFUSED


def _remedy(operation: str, trouble: Trouble, client: Any) -> str | None:
    service = client.meta.service_model.signing_name
    return {
        Trouble.DENIED: f"allow {service}:{operation} to the role or user that you act as",
        Trouble.CREDENTIALS: "sign in again (for example: aws sso login), then run this again",
        Trouble.PASSING: "see whether the network and the service are up, then run this again",
        Trouble.CONFLICT: "wait until the other operation has ended, then run this again",
    }.get(trouble)
