"""How a line of the table of who may do what is written: once, for every environment.

What differs between environments is written as Fn::Sub does: `${Project}`, `${TrailBucket}` of the stack
itself, `${audit-trail:TrailBucket}` of another one. A line about what is not deployed is not made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from troposphere import And, Condition, Equals, If, Not, Ref, Sub
from troposphere.iam import Role

from cfngen.define import recipes
from cfngen.define.claims import DeclaredClaim, permission
from cfngen.define.stack import Stack
from templates import _naming

ACCOUNT = "${AWS::AccountId}"
FOREIGN = "999988887777"
PROJECT_NAME = "${Project}"
INSECURE = {"aws:SecureTransport": "false"}
OLD_TLS = {"s3:TlsVersion": "1.1"}

# The part of an ARN before a resource's name, by the end of its logical id.
_ARNS = {
    "Trail": f"arn:aws:cloudtrail:${{AWS::Region}}:{ACCOUNT}:trail/",
    "Bucket": "arn:aws:s3:::",
    "Role": f"arn:aws:iam::{ACCOUNT}:role/",
    "Key": f"arn:aws:kms:${{AWS::Region}}:{ACCOUNT}:key/",
    "Repository": f"arn:aws:ecr:${{AWS::Region}}:{ACCOUNT}:repository/",
}


# `${Cluster}` in a line of stack pod-roles: the name that the cluster has or will have.
_CLUSTER = If("HasClusterName", Ref("ClusterName"), recipes.named("cluster"))


@dataclass(frozen=True)
class Case:
    """One line.

    Attributes:
        subject: the logical id, or a role's ARN, that the line is about.
        what: the line in words.
        holds: the policies of the principal: the `stack`'s, `everything` (an administrator), or `nothing`.
        only_if: the condition of the stack under which the line is true.
    """

    subject: str
    what: str
    allowed: bool
    principal: str
    action: str
    resource: str
    context: Mapping[str, Any] = field(default_factory=dict)
    holds: Literal["stack", "everything", "nothing"] = "stack"
    only_if: str | None = None


class Here:
    """An environment, as the lines speak of it."""

    region = "${AWS::Region}"
    environment = "${Environment}"
    prefix = _naming.P
    administrator = f"arn:aws:iam::{ACCOUNT}:role/Administrator"
    stranger = f"arn:aws:iam::{FOREIGN}:role/Stranger"
    data = "arn:aws:s3:::${artifact-stores:DataBucket}"
    model = "arn:aws:s3:::${artifact-stores:ModelBucket}/${ModelPrefix}/m.tar.gz"

    def __init__(self, stack: str, *, prod: bool) -> None:
        self.stack = stack
        self.prod = prod

    def role(self, name: str) -> str:
        """The ARN of a role named `P-<name>`."""
        return f"arn:aws:iam::{ACCOUNT}:role/{self.prefix}-{name}"

    def bucket(self, code: str) -> str:
        """The ARN of a bucket of ours that has its default name."""
        return f"arn:aws:s3:::{self.prefix}-{code}-{ACCOUNT}-{self.region}-an"

    def arn(self, service: str, resource: str, account: str = ACCOUNT) -> str:
        """An ARN in this Region; `P` stands for project and environment."""
        named = resource.replace("P-", f"{self.prefix}-").replace("P/", f"{self.prefix}/")
        return f"arn:aws:{service}:{'' if service == 'iam' else self.region}:{account}:{named}"

    def reference(self, stack: str, logical_id: str) -> str:
        """What `Ref` of a resource gives."""
        return f"${{{logical_id}}}" if stack == self.stack else f"${{{stack}:{logical_id}}}"

    def arn_of(self, stack: str, logical_id: str) -> str:
        """A resource's ARN."""
        start = next(start for end, start in _ARNS.items() if logical_id.endswith(end))
        return f"{start}{self.reference(stack, logical_id)}"


Line = Callable[..., Case]


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
            only_if: str | None = None,
        ) -> Case:
            outside = principal.endswith(("role/Administrator", "role/Stranger"))
            held = holds or ("everything" if outside else "stack")
            return Case(subject, what, allowed, principal, action, resource, context or {}, held, only_if)

        return write

    return line(True), line(False)


def claims(stack: Stack, name: str, cases: Callable[[Here], Iterable[Case]]) -> list[DeclaredClaim]:
    """The lines as claims; those that production and the others write otherwise say of which they are."""
    prod, others = (
        {(case.subject, case.what): case for case in cases(Here(name, prod=prod))} for prod in (True, False)
    )
    in_prod = Equals(Ref("Environment"), "prod")
    everywhere = {line for line, case in prod.items() if others.get(line) == case}
    return [
        *(
            _claim(stack, case) if line in everywhere else _claim(stack, case, "in production", in_prod)
            for line, case in prod.items()
        ),
        *(
            _claim(stack, case, "outside of production", Not(in_prod))
            for line, case in others.items()
            if line not in everywhere
        ),
    ]


def _claim(stack: Stack, case: Case, where: str = "", when: Any = None) -> DeclaredClaim:
    about = _about(stack, case.subject)
    what = f"{case.what} {where}" if where else case.what
    return permission(
        about,
        f"{about}: {what}: {'allowed' if case.allowed else 'denied'}",
        name=f"{about}/{what}",
        allowed=case.allowed,
        principal=_text(case.principal),
        action=case.action,
        resource=_text(case.resource),
        context={key: _text(value) for key, value in case.context.items()},
        holds=case.holds,
        when=_both(case.only_if, when),
    )


def _both(condition: str | None, when: Any) -> Any:
    """What must hold: a condition of the stack by its name, an expression, both or neither."""
    if condition is None or when is None:
        return condition or when
    return And(Condition(condition), when)


def _about(stack: Stack, subject: str) -> str:
    """The logical id of a subject: itself, or the role or repository whose ARN it is."""
    name = subject.rpartition("/")[2]
    if name.startswith("${") and name.endswith("}") and "-" not in name:
        return name[2:-1]
    for logical_id, resource in stack.template.resources.items():
        if isinstance(resource, Role) and getattr(resource.RoleName, "data", {}).get("Fn::Sub") == name:
            return str(logical_id)
    return subject


def _text(value: Any) -> Any:
    if isinstance(value, list):
        return [_text(item) for item in value]
    text = str(value).replace("arn:aws:", "arn:${AWS::Partition}:")
    if "${Cluster}" in text:
        return Sub(text, Cluster=_CLUSTER)
    return Sub(text) if "${" in text else text
