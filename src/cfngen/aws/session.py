"""Who we are and where: credentials, the account and the Region, checked before anything is done."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from cfngen.aws.calls import call
from cfngen.errors import AccountError, unknown
from cfngen.template.environment.deployment_file import Environment

_CONSOLES = {"aws": "console.aws.amazon.com", "aws-us-gov": "console.amazonaws-us-gov.com"}
_CHINA = "console.amazonaws.cn"


@dataclass(frozen=True)
class Account:
    """One account in one Region.

    Attributes:
        id: twelve digits.
        region: the environment's.
        partition: `aws`, `aws-cn`, …
        caller: the ARN of who acts.
    """

    id: str
    region: str
    partition: str
    caller: str
    _make: Callable[..., Any] = field(repr=False, compare=False)
    _clients: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    # botocore's sessions are not safe to make clients side by side.
    _making: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def client(self, service: str, region: str | None = None) -> Any:
        """The client of a service, made once; of the environment's Region where none is given."""
        name = service if region in {None, self.region} else f"{service} {region}"
        if name not in self._clients:
            with self._making:
                if name not in self._clients:
                    where = () if name == service else (region,)
                    self._clients[name] = self._make(service, *where)
        return self._clients[name]

    def marked(self, service: str, mark: str) -> Any:
        """A client of its own, whose calls carry `mark` in their user agent, as CloudTrail records it."""
        with self._making:
            client = self._make(service)

        # Only now: botocore writes the user agent anew for each attempt. The signature does not cover it.
        def sign(request: Any, **_: Any) -> None:
            agent = request.headers.pop("User-Agent", b"")
            text = agent.decode() if isinstance(agent, bytes) else str(agent)
            request.headers["User-Agent"] = f"{text} {mark}"

        client.meta.events.register("before-send", sign)
        return client

    @property
    def cloudformation(self) -> Any:
        return self.client("cloudformation")

    def console_url(self, stack_id: str, change_set: str | None = None) -> str | None:
        """The console's page about a stack or its change set; None where it is no AWS that is talked to."""
        if ".amazonaws.com" not in self.cloudformation.meta.endpoint_url:
            return None
        page = stacks_page(self.partition, self.region)
        stack = f"stackId={quote(stack_id, safe='')}"
        if change_set is None:
            return f"{page}stackinfo?{stack}"
        return f"{page}changesets/changes?{stack}&changeSetId={quote(change_set, safe='')}"


def stacks_page(partition: str, region: str) -> str:
    """What the URLs of CloudFormation's pages about stacks begin with.

    >>> stacks_page("aws-cn", "cn-north-1")
    'https://cn-north-1.console.amazonaws.cn/cloudformation/home?region=cn-north-1#/stacks/'
    """
    host = _CONSOLES.get(partition, _CHINA)
    return f"https://{region}.{host}/cloudformation/home?region={region}#/stacks/"


def connect(environment: Environment, session: Any = None, config: Any = None) -> Account:
    """The account that the process's credentials belong to, in the environment's Region.

    Arguments:
        environment: says the Region, and the accounts that it may be.
        session: a botocore session; None makes one that looks for credentials as every AWS tool does.
        config: a botocore configuration; None for patient retries and time limits.

    Raises:
        AccountError: no credentials, or an account that the environment does not allow.
    """
    import cfngen

    session = session or _session()
    config = config or _config(f"cfngen/{cfngen.__version__}")

    def make(service: str, region: str = environment.region) -> Any:
        return session.create_client(service, region_name=region, config=config)

    identity = call(make("sts"), "GetCallerIdentity")
    account: str = identity["Account"]
    if environment.accounts and account not in environment.accounts:
        raise AccountError(
            f"the credentials are of account {account}, and {environment.name} is only for "
            f"{', '.join(environment.accounts)}",
            place=f"deployments/{environment.name}/environment.yaml",
            remedy="use credentials of that account, or choose another environment; nothing was done",
        )
    return Account(account, environment.region, identity["Arn"].split(":")[1], identity["Arn"], make)


def configured_region() -> str | None:
    """The Region of the environment variables or of the AWS profile; None where neither says one.

    Raises:
        AccountError: a profile that does not exist, a broken configuration file.
    """
    from botocore.exceptions import BotoCoreError
    from botocore.session import get_session

    try:
        region = os.environ.get("AWS_REGION") or get_session().get_config_variable("region")
    except BotoCoreError as error:
        raise AccountError(str(error), remedy="correct the AWS profile or its configuration") from error
    return str(region) if region else None


def _session() -> Any:
    from botocore.exceptions import BotoCoreError, ProfileNotFound
    from botocore.session import get_session

    session = get_session()
    try:
        session.get_credentials()
    except ProfileNotFound as error:
        name, known = str(session.profile), session.available_profiles
        raise unknown("AWS profile", name, known, remedy="make it: aws configure") from error
    except BotoCoreError as error:  # a broken configuration file
        raise AccountError(str(error), remedy="correct the AWS profile or its configuration") from error
    return session


def _config(agent: str) -> Any:
    from botocore.config import Config

    return Config(
        retries={"mode": "adaptive", "total_max_attempts": 5},
        connect_timeout=10,
        read_timeout=60,
        user_agent_extra=agent,
    )
