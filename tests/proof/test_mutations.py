"""Whether the table notices: each statement and each condition of our policies, taken out, changes a line."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, NamedTuple

import pytest

from tests.proof.test_permissions import table
from tests.support.proof.account import Account, Document, Request, account, decide, is_about
from tests.support.proof.tools import NEXT

# What no line can notice, because something else decides the same.
REDUNDANT = {
    "DenyForeignAccounts": "nothing lets another account in; this keeps it so, whatever is added",
    "DenyForeignAccounts aws:PrincipalIsAWSService": "as above",
    "PullByNodesAndSageMaker": "in one account the roles' own policies are enough; ECR shows who may pull",
    "PullByNodesAndSageMaker aws:PrincipalArn": "as above: the account principal alone lets nobody in",
    "PushByDelivery": "as above, for who may push",
    "PushByDelivery aws:PrincipalArn": "as above",
    "GrantsAreForServicesOnly aws:PrincipalIsAWSService": "AWS Control Tower's form of the rule",
    "AdministratorManagesKey kms:CallerAccount": "the role's ARN names the account, too",
    "LetVolumesUseKey kms:GrantIsForAWSResource": "every key's own policy refuses grants for people, too",
    "UseConnection": "neither dev nor prod has a connection to GitHub yet",
}
# AWS wants both on a service principal, and each is noticed where the other is gone.
TWINS = {"aws:SourceArn": "aws:SourceAccount", "aws:SourceAccount": "aws:SourceArn"}


class Mutation(NamedTuple):
    """A policy with something taken out of one statement."""

    what: str
    statement: Document
    policy: Document

    def could_change(self, request: Request) -> bool:
        """Whether the statement is about the request's action: no other line can notice."""
        return is_about(request.action, self.statement)


def mutations(policy: Document) -> Iterator[Mutation]:
    """Every statement left out, and every condition key left out."""
    for number, statement in enumerate(policy["Statement"]):
        without: Any = deepcopy(policy)
        del without["Statement"][number]
        yield Mutation(statement["Sid"], statement, without)
        for keys in statement.get("Condition", {}).values():
            for key in keys:
                relaxed: Any = deepcopy(policy)
                _relax(relaxed["Statement"][number], {key, TWINS.get(key, key)})
                yield Mutation(f"{statement['Sid']} {key}", statement, relaxed)


def _relax(statement: dict[str, Any], gone: set[str]) -> None:
    kept = {
        operator: {key: value for key, value in keys.items() if key not in gone}
        for operator, keys in statement.pop("Condition").items()
    }
    if any(kept.values()):
        statement["Condition"] = {operator: keys for operator, keys in kept.items() if keys}


@pytest.mark.parametrize(
    ("scenario", "only"),
    [
        (f"{NEXT}, without the boundary", ""),
        ("prod with IRSA", ""),
        ("dev without the boundary", "AuditLogsStay"),
        # What the scenario adds to prod.
        ("prod with an audit administrator", "OnlyItsAdministratorConfigures"),
    ],
)
def test_the_table_notices_what_is_taken_out(scenario: str, only: str) -> None:
    here = account(scenario)
    trials: list[tuple[str, bool, Account, Request]] = []
    noticed: dict[str, bool] = {}
    for policy, lines in _judged(here, scenario):
        for mutation in mutations(policy):
            if not mutation.what.startswith(only):
                continue
            changed, what = here.replaced(policy, mutation.policy), f"{lines[0][0]}: {mutation.what}"
            noticed.setdefault(what, False)
            trials += [
                (what, allowed, changed, request)
                for _, allowed, request in lines
                if mutation.could_change(request)
            ]
    decisions = decide([(changed, request) for _, _, changed, request in trials])
    for (what, allowed, _, _), decision in zip(trials, decisions, strict=True):
        noticed[what] = noticed[what] or decision.allowed is not allowed
    unnoticed = {what for what, seen in noticed.items() if not seen}
    assert {what for what in unnoticed if what.partition(": ")[2] not in REDUNDANT} == set()


def _judged(here: Account, scenario: str) -> Iterator[tuple[Document, list[tuple[str, bool, Request]]]]:
    """Each policy of ours with the lines that it takes part in."""
    lines: dict[int, list[tuple[str, bool, Request]]] = {}
    policies: dict[int, Document] = {}
    for case in table(scenario):
        for policy in here.deciding(case.request):
            policies[id(policy)] = policy
            lines.setdefault(id(policy), []).append((case.subject, case.allowed, case.request))
    for number, policy in policies.items():
        yield policy, lines[number]
