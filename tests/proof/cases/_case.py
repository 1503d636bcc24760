"""How a line of the table is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cfngen.aws.resources import Scope
from cfngen.verify.declared import Sibling, of_definition
from tests.support.proof.account import FOREIGN, Account, Request
from tests.support.proof.tools import ACCOUNT, NEXT, key_ids, scenario_targets, stacks, with_ids

PROJECT_NAME = "mlops-retail-prediction"
FULL_SCENARIOS = {"dev", "prod", "prod without the boundary", NEXT, f"{NEXT}, without the boundary"}


@dataclass(frozen=True)
class Case:
    """One line of the table.

    Attributes:
        subject: the role or guarded resource that the line is about.
        what: the line in words.
    """

    subject: str
    what: str
    allowed: bool
    request: Request


Line = Callable[..., Case]


class Here:
    """One scenario, as the lines speak of it."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.region = account.region
        self.scenario = account.name
        self.everything = account.name in FULL_SCENARIOS
        self.environment = account.name.partition(" ")[0]
        self.prod = self.environment == "prod"
        self.next = account.name.startswith(NEXT)
        # workshop is dev by another name.
        self.prefix = f"{PROJECT_NAME}-{'prod' if self.prod else 'dev'}"
        self.administrator = account.arn("iam", "role/Administrator")
        self.stranger = account.arn("iam", "role/Stranger", FOREIGN)

    def role(self, name: str) -> str:
        """The ARN of a role named `P-<name>`."""
        return self.account.arn("iam", f"role/{self.prefix}-{name}")

    def bucket(self, code: str) -> str:
        """The ARN of a bucket of ours that has its default name."""
        return f"arn:aws:s3:::{self.prefix}-{code}-{ACCOUNT}-{self.region}-an"

    def arn(self, service: str, resource: str, account: str = ACCOUNT) -> str:
        """An ARN in this Region; `P` stands for project and environment."""
        return self.account.arn(
            service, resource.replace("P-", f"{self.prefix}-").replace("P/", f"{self.prefix}/"), account
        )


def declared(here: Here) -> list[Case]:
    """The lines that the stacks themselves promise: out/<stack>.claims.json with a scenario's values.

    `cfngen verify` judges the same ones in the account.
    """
    targets = scenario_targets(here.scenario)
    siblings = {
        name: Sibling(target.template, target.parameters, target.stack_name, key_ids(name, target))
        for name, target in targets.items()
    }
    scope = Scope(ACCOUNT, here.region, "aws")
    found = []
    for stack, target in targets.items():
        others = {name: sibling for name, sibling in siblings.items() if name != stack}
        for claim in of_definition(target, key_ids(stack, target), scope, others):
            if claim.kind == "permission":
                given = with_ids(dict(claim.given), stack)
                found.append(_case(_subject(here, stack, claim.about), claim.says, given))
    return found


def _case(subject: str, says: str, given: Mapping[str, Any]) -> Case:
    request = Request(
        given["principal"],
        given["action"],
        given["resource"],
        given.get("context", {}),
        given.get("holds", "stack"),
    )
    return Case(subject, says, given["allowed"], request)


def _subject(here: Here, stack: str, logical_id: str) -> str:
    kind = stacks(here.scenario)[stack]["Resources"][logical_id]["Type"]
    return here.account.arn_of(stack, logical_id) if kind == "AWS::IAM::Role" else f"{stack} {logical_id}"


def lines(subject: str) -> tuple[Line, Line]:
    """`may` and `may_not`: they write lines about `subject`."""

    def line(allowed: bool) -> Line:
        def write(
            what: str,
            principal: str,
            action: str,
            resource: str,
            context: Mapping[str, Any] | None = None,
            *,
            holds: Literal["stack", "everything", "nothing"] | None = None,
        ) -> Case:
            outside = principal.endswith(("role/Administrator", "role/Stranger"))
            held = holds or ("everything" if outside else "stack")
            return Case(subject, what, allowed, Request(principal, action, resource, context or {}, held))

        return write

    return line(True), line(False)
