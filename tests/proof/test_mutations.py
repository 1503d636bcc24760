"""Whether the table notices: each statement and each condition of our policies, taken out, changes a line.

Of a statement that denies, so does each action and each resource.
"""

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
    **{
        f"AuditLogsStay logs:{action}": "no policy of the nodes allows it; this keeps it so"
        for action in (
            *("DeleteLogGroup", "DeleteLogStream", "DeleteRetentionPolicy"),
            "PutLogGroupDeletionProtection",
        )
    },
    "NotItselfNorWhatHasNoBoundary iam:Set*": "nothing lets it set a version; this keeps it so",
    "UseConnection": "neither dev nor prod has a connection to GitHub yet",
}
# Whatever it names: nothing lets another account in.
NOBODY = "DenyForeignAccounts arn:aws:s3:::"
# AWS wants both on a service principal, and each is noticed where the other is gone.
TWINS = {"aws:SourceArn": "aws:SourceAccount", "aws:SourceAccount": "aws:SourceArn"}


class Mutation(NamedTuple):
    """A policy with something taken out of one statement, which then allows more, or less."""

    what: str
    statement: Document
    policy: Document
    more: bool

    def could_change(self, allowed: bool, request: Request) -> bool:
        """Whether a line could notice: the statement is about its action, and more is allowed, or less."""
        return allowed is not self.more and is_about(request.action, self.statement)


def mutations(policy: Document) -> Iterator[Mutation]:
    """Every statement left out, every condition key, and whatever else a denial names."""
    for number, statement in enumerate(policy["Statement"]):
        without: Any = deepcopy(policy)
        del without["Statement"][number]
        denies = statement["Effect"] == "Deny"
        yield Mutation(statement["Sid"], statement, without, more=denies)
        for keys in statement.get("Condition", {}).values():
            for key in keys:
                relaxed: Any = deepcopy(policy)
                _relax(relaxed["Statement"][number], {key, TWINS.get(key, key)})
                yield Mutation(f"{statement['Sid']} {key}", statement, relaxed, more=not denies)
        if denies:
            for part in ("Action", "Resource"):
                named = statement.get(part)
                for each in named if isinstance(named, list) and len(named) > 1 else ():
                    narrow: Any = deepcopy(policy)
                    narrow["Statement"][number][part].remove(each)
                    yield Mutation(f"{statement['Sid']} {each}", statement, narrow, more=True)


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
                if mutation.could_change(allowed, request)
            ]
    decisions = decide([(changed, request) for _, _, changed, request in trials])
    for (what, allowed, _, _), decision in zip(trials, decisions, strict=True):
        noticed[what] = noticed[what] or decision.allowed is not allowed
    unnoticed = {what.partition(": ")[2] for what, seen in noticed.items() if not seen}
    assert {what for what in unnoticed if what not in REDUNDANT and not what.startswith(NOBODY)} == set()


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
