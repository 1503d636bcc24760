"""How a line of the table is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tests.support.proof.account import FOREIGN, Account, Request
from tests.support.proof.tools import ACCOUNT

PROJECT_NAME = "mlops-retail-prediction"
FULL_SCENARIOS = {"dev", "prod", "prod without the boundary"}
INSECURE = {"aws:SecureTransport": "false"}
OLD_TLS = {"s3:TlsVersion": "1.1"}


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
        self.prefix = f"{PROJECT_NAME}-{self.environment}"
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
