"""`cfngen.plan`: change sets for a program, kept or not, and nothing executed."""

from __future__ import annotations

from pathlib import Path

import pytest

from cfngen import Project, plan
from cfngen.errors import AccountError, DeploymentFileError, UsageError
from tests.support.projects import make
from tests.support.sandbox_account import Aws

DEFINITION = """\
from troposphere.sns import Topic

from cfngen import Stack, recipes

stack = Stack("News")
recipes.naming(stack, project="shop")
stack.add(Topic("Topic", TopicName=recipes.named("news")))
"""
VALUES = "template-file-path: out/news.yaml\nparameters:\n  Project: shop\n  Environment: dev\n"


@pytest.fixture
def project(tmp_path: Path, aws: Aws) -> Project:
    small = make(tmp_path / "project", news=DEFINITION)
    values = small.root / "deployments" / "dev"
    values.mkdir(parents=True)
    (values / "environment.yaml").write_text(f"region: {aws.region}\n", encoding="utf-8")
    (values / "news.yaml").write_text(VALUES, encoding="utf-8")
    assert small.render().returncode == 0
    return Project(small.root)


def _change_sets(aws: Aws) -> list[str]:
    summaries = aws.client("cloudformation").list_change_sets(StackName="shop-dev-news")["Summaries"]
    return [summary["ChangeSetId"] for summary in summaries]


def test_a_change_set_is_kept_and_nothing_is_executed(project: Project, aws: Aws) -> None:
    (result,) = plan(project, "dev")
    assert (result.stack, result.stack_name, result.result) == ("news", "shop-dev-news", "planned")
    assert [judged.change.logical_id for judged in result.effect.comparison.judgements] == ["Topic"]
    assert _change_sets(aws) == [result.change_set]
    assert aws.client("sns").list_topics()["Topics"] == []


def test_without_keep_nothing_stays(project: Project, aws: Aws) -> None:
    (result,) = plan(project, "dev", ["news"], keep=False)
    assert (result.result, result.change_set) == ("planned", None)
    stacks = aws.client("cloudformation").describe_stacks()["Stacks"]
    assert [stack["StackStatus"] for stack in stacks if stack["StackStatus"] != "DELETE_COMPLETE"] == []


def test_what_is_deployed_has_no_change(project: Project, aws: Aws) -> None:
    (planned,) = plan(project, "dev")
    api = aws.client("cloudformation")
    api.execute_change_set(ChangeSetName=planned.change_set)
    api.get_waiter("stack_create_complete").wait(StackName="shop-dev-news", WaiterConfig={"Delay": 1})
    (again,) = plan(project, "dev")
    assert (again.result, again.change_set) == ("no-change", None)


def test_what_cannot_be_asked_for_is_raised_before_any_call(project: Project) -> None:
    with pytest.raises(UsageError, match="'prod'"):
        plan(project, "prod")
    with pytest.raises(UsageError, match="'olds'"):
        plan(project, "dev", ["olds"])
    values = project.deployments / "dev" / "news.yaml"
    values.write_text(VALUES.replace("Project: shop", "Project: Shop"), encoding="utf-8")
    with pytest.raises(DeploymentFileError, match="Project"):
        plan(project, "dev")


def test_another_account_is_refused(project: Project, aws: Aws) -> None:
    environment = project.deployments / "dev" / "environment.yaml"
    environment.write_text(f"region: {aws.region}\naccounts: ['111122223333']\n", encoding="utf-8")
    with pytest.raises(AccountError, match=f"account {aws.account}"):
        plan(project, "dev")
