"""docs/using-the-roles.md says who may do what: an IAM evaluator answers each row of its tables so."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest
import yaml

from tests.proof.cases._case import Here
from tests.support.projects import ROOT
from tests.support.proof.account import Decision, Request, account
from tests.support.proof.tools import ACCOUNT, scenario_targets, stacks

TEXT = (ROOT / "docs" / "using-the-roles.md").read_text(encoding="utf-8")
TITLE = "| who | call | on | with | answer |"
# Workshop asks for pipelines and Studio, and has the boundary, one bucket and names of its own.
ALL = ("dev", "prod", "workshop")
ANSWERS = {
    "yes": dict.fromkeys(ALL, True),
    "no": dict.fromkeys(ALL, False),
    "with Pipelines": {"dev": False, "prod": False, "workshop": True},
    "with Studio": {"dev": False, "prod": False, "workshop": True},
    "with a key": {"prod": True},
    "without a key": {"dev": True, "prod": False, "workshop": True},
}


def rows(text: str) -> list[tuple[str, ...]]:
    """The cells of every table of calls, without the marks of code."""
    found = []
    for table in text.split(TITLE)[1:]:
        lines = table.strip().splitlines()[1:]
        for line in lines:
            if not line.startswith("|"):
                break
            found.append(tuple(cell.strip().replace("`", "") for cell in line.strip("|").split("|")))
    return found


def request(here: Here, row: tuple[str, ...]) -> Request:
    """A row as a request in an account."""
    who, call, resource, context, _ = row
    person = who in {"Administrator", "DataScientist"}
    principal = here.arn("iam", f"role/{who}") if person else who if "." in who else here.role(who)
    return Request(
        principal,
        call,
        _resource(here, resource),
        {name: _value(here, value) for name, _, value in (each.partition("=") for each in context.split())},
        "everything" if person else "stack",
    )


def _resource(here: Here, text: str) -> str:
    kind, _, rest = text.partition(":")
    bucket, slash, key = text.partition("/")
    if text == "*":
        return text
    if text == "KEY":
        return here.account.arn_of("artifact-stores", "Key")
    if bucket in {"data", "models"}:
        apart = bucket == "models" and here.account.has("artifact-stores", "ModelBucket")
        logical_id = "ModelBucket" if apart else "DataBucket"
        return here.account.arn_of("artifact-stores", logical_id) + slash + _in_folder(here, key)
    cluster = _given(here, "pod-roles", "ClusterName") or "P-cluster"
    return here.role(rest) if kind == "role" else here.arn(kind, rest.replace("P-cluster", cluster))


def _given(here: Here, stack: str, parameter: str) -> str:
    return scenario_targets(here.scenario)[stack].parameters[parameter]


def _in_folder(here: Here, key: str) -> str:
    """The key, with the folder that the models are in there."""
    folder = _given(here, "platform-roles", "ModelPrefix")
    return re.sub("^models/", f"{folder}/", key)


def _value(here: Here, text: str) -> str:
    if text == "ACCOUNT":
        return ACCOUNT
    if text == "models/":
        return _in_folder(here, text)
    if text == "KEY" or re.match("(eks|glue):", text):
        return _resource(here, text)
    return text


@cache
def answers(scenario: str) -> list[tuple[tuple[str, ...], Decision]]:
    here = Here(account(scenario))
    asked = [row for row in rows(TEXT) if scenario in ANSWERS[row[4]]]
    return list(zip(asked, here.account.decide([request(here, row) for row in asked]), strict=True))


@pytest.mark.parametrize("scenario", ALL)
def test_each_row_is_answered_as_it_says(scenario: str) -> None:
    wrong = [
        (row, decision.because)
        for row, decision in answers(scenario)
        if decision.allowed is not ANSWERS[row[4]][scenario]
    ]
    assert wrong == []
    assert len(answers(scenario)) > 40


def test_a_row_that_is_untrue_is_noticed() -> None:
    here = Here(account("prod"))
    untrue = ("job-runner", "s3:PutObject", "data/raw/sales.csv", "", "yes")
    (decision,) = here.account.decide([request(here, untrue)])
    assert decision.allowed is False


def test_every_task_has_rows() -> None:
    for section in re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]:
        title = section.partition("\n")[0]
        if "```" in section:
            assert rows(section), title


def test_the_lines_can_be_read_by_what_they_are_for() -> None:
    blocks = re.findall(r"^```(\w+)\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)
    assert {language for language, _ in blocks} == {"bash", "ini", "python", "yaml"}
    for language, text in blocks:
        if language == "python":
            ast.parse(text)
        if language == "yaml":
            assert yaml.safe_load(text)


def test_each_call_of_the_lines_has_a_row() -> None:
    """Those of boto3, by their names; what the SDK of SageMaker calls is not written there."""
    lines = "\n".join(re.findall(r"^```python\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL))
    called = re.findall(r"\b(sagemaker|glue)\.([a-z_]+)\(", lines)
    called += re.findall(r'boto3\.client\("(\w+)"\)\.([a-z_]+)\(', lines)
    calls = {
        f"{service}:{''.join(word.capitalize() for word in method.split('_'))}" for service, method in called
    }
    assert len(calls) > 8
    assert calls - {"sts:GetCallerIdentity"} <= {call for _, call, *_ in rows(TEXT)}


def test_every_role_that_the_page_names_is_made_by_a_stack() -> None:
    made = {
        body["Properties"]["RoleName"]
        for resources in (template["Resources"] for template in stacks("dev").values())
        for body in resources.values()
        if body["Type"] == "AWS::IAM::Role"
    }
    named = set(re.findall(r"role/(mlops-retail-prediction-dev-[a-z-]+)", TEXT))
    assert len(named) >= 4
    assert named <= made
    assert {
        f"mlops-retail-prediction-dev-{suffix}" for suffix in re.findall(r"role/\{P\}-([a-z-]+)", TEXT)
    } <= made
