"""The ways to make a deployment fail half-way really roll back, on creation and on update."""

from __future__ import annotations

import pytest

from tests.support.deployments import deploy
from tests.support.failures import ALL, FIRST, Half
from tests.support.sandbox_account import Aws

each = pytest.mark.parametrize("half", [pytest.param(half, id=name) for name, half in ALL.items()])


@each
def test_creation_rolls_back_with_the_reason_first(aws: Aws, half: Half) -> None:
    half.prepare(aws)
    outcome = deploy(aws, "half", half.template, half.failing)
    assert outcome.status == "ROLLBACK_COMPLETE"
    logical_id, reason = outcome.failed[0]
    assert logical_id == half.culprit
    assert half.reason in reason
    assert aws.client("sns").list_topics()["Topics"] == []


@each
def test_update_rolls_back_to_what_was_there(aws: Aws, half: Half) -> None:
    half.prepare(aws)
    assert deploy(aws, "half", half.template, half.working).status == "CREATE_COMPLETE"
    outcome = deploy(aws, "half", half.template, half.failing)
    assert outcome.status == "UPDATE_ROLLBACK_COMPLETE"
    assert outcome.failed[0][0] == half.culprit
    (topic,) = [
        item["TopicArn"] for item in aws.client("sns").list_topics()["Topics"] if FIRST in item["TopicArn"]
    ]
    attributes = aws.client("sns").get_topic_attributes(TopicArn=topic)["Attributes"]
    assert attributes["DisplayName"] in half.working.values()
