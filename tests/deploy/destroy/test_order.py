"""Which stack goes before which, and what stands against it."""

from __future__ import annotations

from typing import Any

from cfngen.aws.session import Account
from cfngen.aws.steps import Pace, run_alone
from cfngen.deploy.destroy.order import Order, order
from cfngen.deploy.destroy.removal import Removal, Removed, StackResource
from cfngen.deploy.request import Request
from cfngen.deploy.stack import DeployedStack
from cfngen.deploy.status import StackStatus
from cfngen.manifest import StackEntry
from tests.support.account_world import FastClock

ROLE = "arn:aws:iam::111122223333:role/path/deployer"


def request(stack: str, *depends_on: str) -> Request:
    entry = StackEntry("1.0.0", "", 0, depends_on=depends_on)
    path: Any = None
    return Request(stack, f"dev-{stack}", path, b"", {}, {}, frozenset(), {}, entry)


def removal(stack: str, *roles: str, role: str = "", kind: Any = "deleted") -> Removal:
    deployed = DeployedStack(f"dev-{stack}", f"id-{stack}", StackStatus("CREATE_COMPLETE"), role=role)
    made = (Removed(StackResource(name, "AWS::IAM::Role", name, ""), kind) for name in roles)
    return Removal(stack, deployed, tuple(made))


def ordered(
    requests: list[Request],
    removals: list[Removal],
    every: list[Request] | None = None,
    *,
    role_arn: str | None = None,
    others: dict[str, DeployedStack] | None = None,
) -> Order:
    account = Account("111122223333", "eu-west-1", "aws", "arn", lambda _service: None)
    clock = FastClock()
    return run_alone(
        lambda: order(
            account, requests, removals, others or {}, every or requests, Pace(clock), role_arn=role_arn
        ),
        clock,
    )


def test_a_stack_goes_before_the_one_that_has_its_role() -> None:
    requests = [request("roles"), request("other")]
    found = ordered(requests, [removal("roles", "deployer"), removal("other", role=ROLE)])
    assert (found.after["roles"], found.obstacles) == (("other",), ())


def test_a_role_that_goes_first_stands_against_it_unless_another_one_is_named() -> None:
    requests = [request("trail"), request("middle", "trail"), request("roles", "middle")]
    removals = [removal("trail", role=ROLE), removal("middle"), removal("roles", "deployer")]
    (obstacle,) = ordered(requests, removals).obstacles
    assert (obstacle.stack, obstacle.by, obstacle.role) == ("trail", "roles", True)
    assert obstacle.why == (
        f"CloudFormation deletes the stack with the role {ROLE}, which is deleted with roles before it"
    )
    assert ordered(requests, removals, role_arn="arn:another").obstacles == ()


def test_a_stack_cannot_be_deleted_with_a_role_of_its_own() -> None:
    requests = [request("roles")]
    (obstacle,) = ordered(requests, [removal("roles", "deployer", role=ROLE)]).obstacles
    assert obstacle.why.endswith("which is deleted with the stack itself")


def test_a_role_that_stays_is_no_obstacle() -> None:
    requests = [request("roles")]
    kept = removal("roles", "deployer", role=ROLE, kind="stays")
    assert ordered(requests, [kept]).obstacles == ()


def test_a_stack_of_the_environment_that_is_not_deployed_needs_nothing() -> None:
    base, user = request("base"), request("user", "base")
    review = DeployedStack("dev-user", "id", StackStatus("REVIEW_IN_PROGRESS"))
    for others in ({}, {"dev-user": review}):
        assert ordered([base], [removal("base")], [base, user], others=others).obstacles == ()
    there = {"dev-user": DeployedStack("dev-user", "id", StackStatus("UPDATE_COMPLETE"))}
    (obstacle,) = ordered([base], [removal("base")], [base, user], others=there).obstacles
    assert (obstacle.stack, obstacle.by) == ("base", "user")
