"""The table of who may and may not do what, judged by an IAM evaluator that is not ours.

`@cloud-copilot/iam-simulate` evaluates the generated templates, with dev's and with prod's values in them:
identity, resource, trust and boundary policies, AWS managed policies expanded. The lines are what the stacks
promise, in out/<stack>.claims.json, and for further scenarios those in `cases/`.
"""

from __future__ import annotations

import pkgutil
from collections import Counter
from functools import cache
from importlib import import_module

import pytest

from tests.proof import cases
from tests.proof.cases._case import Case, Here, declared
from tests.support.proof.account import Decision, account
from tests.support.proof.tools import ENVIRONMENTS, SCENARIOS, manifest, stacks

FEWEST_LINES = 12
ANSWER = {True: "allowed", False: "denied", None: "not judged"}
# Keys of the sessions that Studio starts; AmazonSageMakerFullAccess uses them, no reference lists them.
OF_STUDIO = {"sagemaker:DomainId", "sagemaker:UserProfileName"}
MODULES = {
    module.name.replace("_", "-"): import_module(f"{cases.__name__}.{module.name}")
    for module in pkgutil.iter_modules(cases.__path__)
    if not module.name.startswith("_")
}


@cache
def table(scenario: str) -> tuple[Case, ...]:
    """Every line about a scenario."""
    here = Here(account(scenario))
    promised = declared(here) if here.everything else []
    return (*promised, *(case for module in MODULES.values() for case in module.cases(here)))


@cache
def decisions(scenario: str) -> list[Decision]:
    """IAM's answer to each line, from one run of the evaluator."""
    return account(scenario).decide([case.request for case in table(scenario)])


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_line_is_what_iam_decides(scenario: str) -> None:
    """And only keys of identity providers and callers escape the check of words: no reference lists them."""
    judged = list(zip(table(scenario), decisions(scenario), strict=True))
    wrong = [
        f"{case.subject.rpartition('/')[2]}: {case.what}: {case.request}: "
        f"{ANSWER[decision.allowed]} by {', '.join(decision.because) or 'no statement'}"
        for case, decision in judged
        if decision.allowed is not case.allowed
    ]
    assert wrong == []
    unknown = [
        (case, key)
        for case, decision in judged
        for key in decision.unchecked
        if not (
            (case.request.action == "sts:AssumeRoleWithWebIdentity" and key.endswith((":sub", ":aud")))
            or key in OF_STUDIO
            or key.startswith("kms:EncryptionContext:")
        )
    ]
    assert unknown == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_role_and_guarded_resource_has_its_lines(environment: str) -> None:
    """At least twelve for a role, and as many denials as allowances for everything."""
    found = Counter((case.subject, case.allowed) for case in table(environment))
    subjects = {subject for subject, _ in found}
    assert account(environment).roles.keys() <= subjects
    for subject in subjects:
        allowed, denied = found[subject, True], found[subject, False]
        assert denied >= allowed > 0, subject
        assert allowed + denied >= FEWEST_LINES, subject


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_policy_on_a_resource_decides_a_line(environment: str) -> None:
    asked = {case.request.resource.split("/x")[0] for case in table(environment)}
    unasked = [
        guarded
        for guarded in account(environment).guarded
        if not any(resource == guarded or resource.startswith(f"{guarded}/") for resource in asked)
    ]
    assert unasked == []


def test_every_stack_that_is_made_is_deployed_and_judged() -> None:
    for environment in ENVIRONMENTS:
        assert stacks(environment).keys() == manifest().stacks.keys()
    assert manifest().stacks.keys() >= MODULES.keys()


def test_what_the_stacks_promise_holds_with_the_workshops_names() -> None:
    """One bucket, another folder of models, another cluster: the promises follow the values."""
    here = Here(account("workshop"))
    promised = declared(here)
    decided = here.account.decide([case.request for case in promised])
    assert len(promised) > 500
    wrong = [
        case.what
        for case, decision in zip(promised, decided, strict=True)
        if decision.allowed is not case.allowed
    ]
    assert wrong == []
