"""Every status that CloudFormation can answer has its place."""

from __future__ import annotations

import pytest

from cfngen.deploy.status import StackStatus
from tests.support.stubbed import Cloud

MODEL = Cloud().client.meta.service_model
STATUSES = MODEL.shape_for("StackStatus").enum


@pytest.mark.parametrize("name", STATUSES)
def test_exactly_one_thing_can_be_done_next(name: str) -> None:
    status = StackStatus(name)
    ways = [status.creatable, status.updatable, status.in_progress]
    if name == "IMPORT_ROLLBACK_FAILED":  # only a person with the console can help
        assert (any(ways), status.recovery) == (False, None)
    elif name == "REVIEW_IN_PROGRESS":  # can be created, or removed
        assert (ways, status.recovery) == ([True, False, False], "delete")
    else:
        assert sum([*ways, status.recovery is not None]) == 1
    assert status.meaning


def test_only_three_are_a_success() -> None:
    succeeded = {name for name in STATUSES if StackStatus(name).succeeded}
    assert succeeded == {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}


def test_a_stack_that_is_not_there() -> None:
    assert StackStatus().creatable
    assert StackStatus().meaning == "it does not exist"
