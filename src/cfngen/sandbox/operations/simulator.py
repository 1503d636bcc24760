"""IAM's policy simulator, with conditions, several resources and the shape of an answer since mid 2026.

The judge is MiniStack's own evaluator, which every request to the sandbox passes. Its own simulator knows one
resource and no keys of a request.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region

from cfngen.sandbox import private
from cfngen.template.access.managed_policies import statements

_WORDS = {"Allow": "allowed", "Deny": "explicitDeny", "ImplicitDeny": "implicitDeny"}
_GRAVITY = ("allowed", "implicitDeny", "explicitDeny")


def install() -> None:
    """Answer both simulators here, and know what AWS managed policies allow; once a process."""
    by_itself = private.iam_evaluator.resolve_managed_policy_document

    def document(arn: str, account: str) -> Any:
        found = by_itself(arn, account)
        known = None if found else statements(arn)
        return found or (known and {"Version": "2012-10-17", "Statement": known})

    private.iam_evaluator.resolve_managed_policy_document = document
    private.iam.IAM_HANDLERS["SimulatePrincipalPolicy"] = _principal
    private.iam.IAM_HANDLERS["SimulateCustomPolicy"] = _custom


def _principal(given: Any) -> Any:
    arn = private.iam.p(given, "PolicySourceArn")
    kind, _, name = arn.partition(":iam::")[2].partition(":")[2].partition("/")
    name = name.rpartition("/")[2]
    known = private.iam.roles if kind == "role" else private.iam.users
    if kind not in {"role", "user"} or name not in known:
        return private.iam.error(404, "NoSuchEntity", f"Invalid Entity Arn: {arn} does not exist.", ns="iam")
    gather = (
        private.iam_evaluator.gather_role_policies
        if kind == "role"
        else private.iam_evaluator.gather_user_policies
    )
    limits = private.iam_evaluator.permissions_boundary(known, name, get_account_id())
    return _answer("SimulatePrincipalPolicy", given, arn, gather(name, get_account_id()), limits)


def _custom(given: Any) -> Any:
    policies = [iam_evaluator.parse_policy_document(text) for text in _members(given, "PolicyInputList")]
    boundaries = _members(given, "PermissionsBoundaryPolicyInputList")
    limits = [[iam_evaluator.parse_policy_document(text)] for text in boundaries]
    caller = private.iam.p(given, "CallerArn") or f"arn:aws:iam::{get_account_id()}:root"
    return _answer("SimulateCustomPolicy", given, caller, policies, limits)


def _answer(operation: str, given: Any, principal: str, policies: Any, limits: list[Any]) -> Any:
    resources = list(_members(given, "ResourceArns")) or ["*"]
    context = dict(_context(given))
    results = "".join(
        _result(action, resources, principal, policies, limits, context)
        for action in _members(given, "ActionNames")
    )
    body = f"<EvaluationResults>{results}</EvaluationResults><IsTruncated>false</IsTruncated>"
    return private.iam.xml(
        200, f"{operation}Response", f"<{operation}Result>{body}</{operation}Result>", ns="iam"
    )


def _result(
    action: str,
    resources: list[str],
    principal: str,
    policies: Any,
    limits: list[Any],
    context: dict[str, Any],
) -> str:
    each = {
        resource: _decision(action, resource, principal, policies, limits, context) for resource in resources
    }
    gravest = max(each.values(), key=_GRAVITY.index)
    specific = "".join(
        f"<member><EvalResourceName>{escape(resource)}</EvalResourceName>"
        f"<EvalResourceDecision>{word}</EvalResourceDecision></member>"
        for resource, word in each.items()
    )
    return (
        f"<member><EvalActionName>{escape(action)}</EvalActionName><EvalResourceName>*</EvalResourceName>"
        f"<EvalDecision>{gravest}</EvalDecision>"
        f"<ResourceSpecificResults>{specific}</ResourceSpecificResults></member>"
    )


def _decision(
    action: str, resource: str, principal: str, policies: Any, limits: list[Any], context: dict[str, Any]
) -> str:
    asked = iam_evaluator.EvalContext(
        principal_arn=principal,
        principal_type="Role",
        principal_account=get_account_id(),
        action=action,
        resource_arn=resource,
        region=context.get("aws:requestedregion", get_region()),
        secure_transport=context.get("aws:securetransport", "true") == "true",
        service_context=context,
        principal_keys=context,
    )
    return _WORDS[iam_evaluator.evaluate(asked, policies, *limits).decision]


def _context(given: Any) -> Iterator[tuple[str, Any]]:
    number = 1
    while name := private.iam.p(given, f"ContextEntries.member.{number}.ContextKeyName"):
        values = _members(given, f"ContextEntries.member.{number}.ContextKeyValues")
        listed = private.iam.p(given, f"ContextEntries.member.{number}.ContextKeyType").endswith("List")
        yield name.lower(), values if listed else "".join(values)
        number += 1


def _members(given: Any, name: str) -> list[str]:
    found: list[str] = []
    while value := private.iam.p(given, f"{name}.member.{len(found) + 1}"):
        found.append(value)
    return found
