"""What a stack promises beyond its template: claims that `cfngen verify` checks in the account.

A claim stands beside the resource that it is about. Its values may hold intrinsic functions, so that one
sentence is true of every environment. `generate` writes them to out/<stack>.claims.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple, get_args

from troposphere import AWSObject

Kind = Literal[
    "permission",
    "trust",
    "trail",
    "integrity",
    "storage",
    "alarm",
    "topic",
    "recorder",
    "rules",
    "boundary",
    "probe",
]
KINDS: Final = get_args(Kind)
Severity = Literal["critical", "high", "medium", "low"]
SEVERITIES: Final = get_args(Severity)


class DeclaredClaim(NamedTuple):
    """One claim as a definition declares it.

    Attributes:
        name: of the claim, one of its kind in the stack.
        says: the sentence, without a full stop.
        kind: how `cfngen verify` checks it.
        about: the logical id that it is about.
        given: what the check is told.
        when: under which it is claimed: the name of a condition of the template, or an expression as one.
        source: where the demand comes from: a URL, or the number of a control.
        before: whether it has to hold before the stack is deployed: `cfngen deploy` looks, and refuses.
    """

    name: str
    says: str
    kind: Kind
    about: str
    given: Mapping[str, Any]
    when: Any = None
    severity: Severity = "high"
    source: str | None = None
    before: bool = False


def claim(
    kind: Kind,
    about: AWSObject | str,
    says: str,
    *,
    name: str | None = None,
    given: Mapping[str, Any] | None = None,
    when: Any = None,
    severity: Severity = "high",
    source: str | None = None,
    before: bool = False,
) -> DeclaredClaim:
    """A claim about a resource.

    Arguments:
        before: `cfngen deploy` refuses the stack while the claim does not hold.

    Raises:
        ValueError: a kind that nothing checks, an unknown severity, or an empty sentence.
        TypeError: an argument is of another type.

    >>> claim("trail", "Trail", "the trail records").name
    'Trail/trail'
    """
    logical_id = about if isinstance(about, str) else str(about.title)
    if kind not in KINDS:
        raise ValueError(f"a claim is of one of the kinds {', '.join(KINDS)}, not {kind!r}")
    if severity not in SEVERITIES:
        raise ValueError(f"the severity of a claim is one of {', '.join(SEVERITIES)}, not {severity!r}")
    texts = {"about": logical_id, "says": says, "name": name or "", "source": source or ""}
    for argument, value in texts.items():
        if not isinstance(value, str):
            raise TypeError(f"{argument} of the claim about {logical_id} is not text: {value!r:.60}")
    if not isinstance(given or {}, Mapping) or not isinstance(before, bool):
        raise TypeError(f"the claim about {logical_id}: given is a mapping, and before is True or False")
    if not says.strip():
        raise ValueError(f"the claim about {logical_id} has no sentence")
    return DeclaredClaim(
        name or f"{logical_id}/{kind}", says, kind, logical_id, given or {}, when, severity, source, before
    )


def permission(
    about: AWSObject | str,
    says: str,
    *,
    name: str | None = None,
    allowed: bool,
    principal: Any,
    action: str,
    resource: Any,
    context: Mapping[str, Any] | None = None,
    holds: Literal["stack", "everything", "nothing"] = "stack",
    when: Any = None,
) -> DeclaredClaim:
    """One line of the table of who may do what.

    Arguments:
        principal: a role's ARN, a service (`cloudtrail.amazonaws.com`), an OIDC provider's ARN, `anonymous`.
        resource: an ARN; `*` for an action that knows no resource.
        context: the request's condition keys, beyond those that AWS always sets.
        holds: the policies of the principal: the `stack`'s, `everything` (an administrator), or `nothing`.
    """
    given = {
        "allowed": allowed,
        "principal": principal,
        "action": action,
        "resource": resource,
        **({"context": dict(context)} if context else {}),
        **({"holds": holds} if holds != "stack" else {}),
    }
    logical_id = about if isinstance(about, str) else str(about.title)
    return claim("permission", about, says, name=name or f"{logical_id}/{says}", given=given, when=when)
