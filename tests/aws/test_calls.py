"""What each failure of a call means."""

from __future__ import annotations

from typing import Any

import pytest
from botocore import exceptions

from cfngen.aws.calls import PATIENCE, CallError, Trouble, call, patiently
from cfngen.aws.steps import Pace
from tests.support.stubbed import Cloud, FakeClock, finish

STACK = "Stack with id dev-one does not exist"
BUSY = "Stack:arn is in UPDATE_IN_PROGRESS state and can not be updated."


@pytest.mark.parametrize(
    ("code", "message", "status", "trouble"),
    [
        ("ValidationError", STACK, 400, Trouble.MISSING),
        ("ValidationError", BUSY, 400, Trouble.CONFLICT),
        ("ValidationError", "Template format error", 400, Trouble.REFUSED),
        ("ChangeSetNotFound", "", 404, Trouble.MISSING),
        ("AlreadyExistsException", "", 400, Trouble.EXISTS),
        ("InvalidChangeSetStatus", "", 400, Trouble.CONFLICT),
        ("AccessDenied", "", 403, Trouble.DENIED),
        ("AuthorizationError", "", 403, Trouble.DENIED),
        ("ExpiredToken", "", 403, Trouble.CREDENTIALS),
        ("InvalidClientTokenId", "", 403, Trouble.CREDENTIALS),
        ("Throttling", "", 400, Trouble.PASSING),
        ("Whatever", "", 503, Trouble.PASSING),
        ("InsufficientCapabilitiesException", "", 400, Trouble.REFUSED),
    ],
)
def test_what_a_service_says(code: str, message: str, status: int, trouble: Trouble) -> None:
    cloud = Cloud().refuse("DescribeStacks", code, message, status)
    with pytest.raises(CallError) as caught:
        call(cloud.client, "DescribeStacks")
    assert caught.value.trouble is trouble
    assert str(caught.value).startswith("DescribeStacks ")


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (exceptions.NoCredentialsError(), Trouble.CREDENTIALS),
        (exceptions.UnauthorizedSSOTokenError(), Trouble.CREDENTIALS),
        (exceptions.TokenRetrievalError(provider="sso", error_msg="x"), Trouble.CREDENTIALS),
        (exceptions.EndpointConnectionError(endpoint_url="x"), Trouble.PASSING),
        (exceptions.ConnectTimeoutError(endpoint_url="x"), Trouble.PASSING),
        (exceptions.ReadTimeoutError(endpoint_url="x"), Trouble.PASSING),
        (exceptions.ConnectionClosedError(endpoint_url="x"), Trouble.PASSING),
        (exceptions.ParamValidationError(report="x"), Trouble.REFUSED),
    ],
)
def test_what_the_connection_says(error: Exception, trouble: Trouble) -> None:
    client = Cloud().client

    def fail(**_: Any) -> None:
        raise error

    client.meta.events.register("provide-client-params.cloudformation.DescribeStacks", fail)
    with pytest.raises(CallError) as caught:
        call(client, "DescribeStacks")
    assert caught.value.trouble is trouble


def test_patience_has_an_end() -> None:
    cloud, clock = Cloud(), FakeClock()
    for _ in range(200):
        cloud.refuse("DescribeStacks", "Throttling")
    with pytest.raises(CallError):
        finish(patiently(Pace(clock), cloud.client, "DescribeStacks"), clock)
    assert PATIENCE < clock.now() < PATIENCE + 10


def test_only_what_asks_the_same_again_waits() -> None:
    cloud, clock = Cloud(), FakeClock()
    pace = Pace(clock)
    for _ in range(2):
        cloud.answer("DescribeStacks", {"Stacks": []})
    finish(patiently(pace, cloud.client, "DescribeStacks"), clock)
    finish(patiently(pace, cloud.client, "DescribeEvents"), clock)
    assert clock.now() == 0
    finish(patiently(pace, cloud.client, "DescribeStacks"), clock)
    assert clock.now() == 1
