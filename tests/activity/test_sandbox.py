"""What really happened on the sandbox, from its own trail: recorded, delivered, signed, asked about."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

from cfngen.aws.session import Account, connect
from cfngen.template.environment.deployment_file import Environment
from tests.support.activity import Desk, rows
from tests.support.deployments import deploy
from tests.support.sandbox_account import Aws
from tests.support.stacks.deployed import template, values

PATIENCE = 60.0


def _connect(environment: Environment) -> Account:
    return connect(Environment(environment.name, environment.region))


def ask(desk: Desk) -> dict[str, Any]:
    """Of today, as the sandbox delivers now."""
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    told = desk.ask(
        "--from", today, "--to", today, "--format", "json", connect=_connect, now=lambda: datetime.now(UTC)
    )
    answers: dict[str, Any] = json.loads(told)
    return answers


def test_a_change_set_on_the_sandbox_is_told_from_its_verified_trail(desk: Desk, aws: Aws) -> None:
    deploy(aws, "audit-trail", template("audit-trail"), values("audit-trail", "dev"))
    topic = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    assert deploy(aws, "news", topic).status == "CREATE_COMPLETE"
    aws.client("iam").create_user(UserName="mallory")
    end = time.monotonic() + PATIENCE
    while True:
        answers = ask(desk)
        changes = {row["eventname"] for row in rows(answers, "iam-changes")}
        sets = [row for row in rows(answers, "change-sets") if row["stack"] == "news"]
        if ("CreateUser" in changes and sets) or time.monotonic() > end:
            break
        time.sleep(1)
    (change_set,) = sets
    assert change_set["created_by"] == change_set["executed_by"]
    assert change_set["same_person"] is True
    assert "CreateUser" in changes
    assert answers["counts"]["skipped"] == []
    # Its digests begin when the trail did: the hours before are told.
    assert answers["verification"]["status"] != "refuted", answers["verification"]["problems"]
    assert answers["verification"]["digests"] > 0
    assert answers["verification"]["files"] > 0
