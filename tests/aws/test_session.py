"""Who and where."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from cfngen.aws.session import Account, connect
from cfngen.errors import AccountError, UsageError
from cfngen.template.environment.deployment_file import Environment
from tests.support.sandbox_account import Aws
from tests.support.stubbed import CHANGE_SET, STACK_ID, Cloud


def test_the_account_of_the_credentials_in_the_environments_region(aws: Aws) -> None:
    account = connect(Environment("dev", "eu-west-1"))
    assert (account.id, account.region, account.partition) == (aws.account, "eu-west-1", "aws")
    assert account.cloudformation.meta.region_name == "eu-west-1"
    assert account.cloudformation is account.cloudformation


def test_only_the_accounts_that_the_environment_names(aws: Aws) -> None:
    connect(Environment("dev", aws.region, (aws.account, "999999999999")))
    with pytest.raises(AccountError, match="is only for 999999999999"):
        connect(Environment("dev", aws.region, ("999999999999",)))


@pytest.mark.usefixtures("aws")
def test_without_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    with pytest.raises(AccountError, match="was refused, because the credentials are not valid"):
        connect(Environment("dev", "eu-west-1"))


@pytest.mark.usefixtures("aws")
def test_a_profile_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(UsageError, match="nobody"):
        connect(Environment("dev", "eu-west-1"))


def test_the_consoles_page() -> None:
    account = Cloud().account
    url = account.console_url(STACK_ID, CHANGE_SET)
    assert url is not None
    start = (
        "https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1#/stacks/changesets/"
    )
    assert url.startswith(start)
    assert "stackId=arn%3Aaws%3Acloudformation" in url
    china = Account("1", "cn-north-1", "aws-cn", "", lambda _service: account.cloudformation)
    assert (china.console_url(STACK_ID) or "").startswith("https://cn-north-1.console.amazonaws.cn/")


def test_no_page_where_it_is_no_aws(aws: Aws) -> None:
    assert connect(Environment("dev", aws.region)).console_url(STACK_ID) is None


def test_clients_are_made_one_after_the_other_and_once() -> None:
    made: list[str] = []
    making = threading.Lock()

    def make(service: str) -> str:
        assert making.acquire(blocking=False), "two are made at a time"
        time.sleep(0.01)
        making.release()
        made.append(service)
        return service

    account = Account("111122223333", "eu-west-1", "aws", "arn", make)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(account.client, ["s3", "sns", "iam"] * 8)) == ["s3", "sns", "iam"] * 8
    assert sorted(made) == ["iam", "s3", "sns"]
