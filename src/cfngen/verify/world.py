"""The account as the checks see it: deployed stacks, their resources, and every call made once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cfngen.aws.calls import CallError, Trouble
from cfngen.aws.reading import Calls
from cfngen.aws.resources import Reading, Resource, Scope, read
from cfngen.aws.session import Account
from cfngen.aws.steps import Clock
from cfngen.manifest import StackEntry
from cfngen.template.change.resource_types import Schemas
from cfngen.template.environment.deployment_file import Environment
from cfngen.verify.claims import Claim
from cfngen.verify.deployed import Deployed, expected


@dataclass(frozen=True)
class Target:
    """One stack as out/ and the environment say that it is.

    Attributes:
        content: the template's bytes.
        template: the same as data.
        parameters: every parameter's value.
        claims: what out/<stack>.claims.json declares; empty where there is none.
    """

    stack: str
    stack_name: str
    content: bytes = field(repr=False)
    template: Mapping[str, Any] = field(repr=False)
    parameters: Mapping[str, str] = field(repr=False)
    secret: frozenset[str]
    tags: Mapping[str, str]
    entry: StackEntry
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)


class World:
    """Everything that a check may ask.

    Attributes:
        targets: the stacks by name.
        calls: the account's APIs.
        live: whether harmless calls that leave a trace may be made.
        say: tells a person what a check waits for.
        claims: all that are checked in this run.
        simulations: kept by `verify.simulations`, which asks for many at once.
    """

    def __init__(
        self,
        account: Account,
        environment: Environment,
        targets: Mapping[str, Target],
        clock: Clock,
        *,
        live: bool = False,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.live = live
        self.say = say
        self.claims: Sequence[Claim] = ()
        self.simulations: object | None = None
        self.account = account
        self.environment = environment
        self.targets = targets
        self.clock = clock
        self.calls = Calls(account, clock)
        self.schemas = Schemas(account.region)
        self._deployed: dict[str, Deployed | CallError | None] = {}
        self._lock = threading.Lock()
        self._locks = {name: threading.Lock() for name in targets}

    @property
    def scope(self) -> Scope:
        return Scope(self.account.id, self.account.region, self.account.partition)

    @property
    def emulated(self) -> bool:
        """Whether it is an emulator that is talked to, and not AWS."""
        return self.account.console_url("x") is None

    def deployed(self, stack: str) -> Deployed | None:
        """The deployed stack, None where there is none.

        Raises:
            CallError: it cannot be known.
        """
        with self._locks[stack]:
            if stack not in self._deployed:
                try:
                    self._deployed[stack] = self._look(self.targets[stack])
                except CallError as error:
                    self._deployed[stack] = error
        found = self._deployed[stack]
        if isinstance(found, CallError):
            raise found
        return found

    def read(self, stack: Deployed, logical_id: str) -> Reading:
        """A resource's properties now.

        Raises:
            CallError: the API gave no answer.
        """
        with self._lock:  # the schemas are read when they are first asked for
            self.schemas.get(stack.types[logical_id])
        resource = Resource(
            stack.types[logical_id], stack.ids[logical_id], stack.properties.get(logical_id, {})
        )
        return read(self.calls, resource, self.scope, self.schemas)

    def _look(self, target: Target) -> Deployed | None:
        try:
            answer = self.calls("cloudformation", "DescribeStacks", StackName=target.stack_name)
        except CallError as error:
            if error.trouble is Trouble.MISSING:
                return None
            raise
        (described,) = answer["Stacks"]
        summaries = self.calls.pages(
            "cloudformation",
            "ListStackResources",
            "StackResourceSummaries",
            StackName=described["StackId"],
        )
        return expected(target.template, target.parameters, described, summaries, self.scope)
