"""The account as the checks see it: deployed stacks, their resources, and every call made once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from cfngen.aws.calls import CallError, Trouble
from cfngen.aws.reading import Calls, side_by_side
from cfngen.aws.resources import Reading, Resource, Scope, identifier, read
from cfngen.aws.session import Account
from cfngen.aws.steps import Clock
from cfngen.aws.together import TOGETHER, read_together
from cfngen.manifest import StackEntry
from cfngen.template.change.resource_types import Schemas
from cfngen.template.environment.deployment_file import Environment
from cfngen.verify.claims import Claim
from cfngen.verify.deployed import Deployed, expected

T = TypeVar("T")


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
        self.account = account
        self.environment = environment
        self.targets = targets
        self.clock = clock
        self.calls = Calls(account, clock)
        self.schemas = Schemas(account.region)
        self._made: dict[Hashable, Any] = {}
        self._locks: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

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
        return self.once(("deployed", stack), lambda: self._look(self.targets[stack]))

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made once a run; safe to be asked for from several threads."""
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._made:
                self._made[key] = make()
            found: T = self._made[key]
        return found

    def look(self) -> None:
        """Look at all stacks side by side, so that what is asked of one after the other is known."""
        side_by_side([partial(self._seen, name) for name in self.targets])

    @property
    def stacks(self) -> list[Deployed]:
        """The stacks that are deployed and could be looked at; the claims of the others tell why."""
        return [seen for name in self.targets if isinstance(seen := self._seen(name), Deployed)]

    @property
    def unseen(self) -> Mapping[str, CallError]:
        """The stacks that could not be looked at: what they give the others' resources is not known."""
        return {name: seen for name in self.targets if isinstance(seen := self._seen(name), CallError)}

    def read(self, stack: Deployed, logical_id: str) -> Reading:
        """A resource's properties now.

        Raises:
            CallError: the API gave no answer.
        """
        return self.once(("read", stack.arn, logical_id), lambda: self._read(_resource(stack, logical_id)))

    def known(self, resource_type: str, physical_id: str) -> Mapping[str, Any] | None:
        """The properties of what a stack has made, as `read` reads them; None where that tells nothing.

        Only in a run that reads the stacks' resources anyway.
        """
        if not any(claim.kind in {"resource", "additions"} for claim in self.claims):
            return None
        for stack in self.stacks:
            for logical_id, kind in stack.types.items():
                if kind == resource_type and stack.ids.get(logical_id) == physical_id:
                    try:
                        return self.read(stack, logical_id).properties
                    except CallError:
                        return None
        return None

    def _read(self, resource: Resource) -> Reading:
        with self._lock:  # the schemas are read when they are first asked for
            self.schemas.get(resource.type)
        if resource.type in TOGETHER:
            all_of_type = self.once(("all", resource.type), lambda: self._all(resource.type))
            found = all_of_type.get(identifier(resource, self.scope, self.schemas))
            if found is not None:
                return Reading(found, api=TOGETHER[resource.type].api)
        return read(self.calls, resource, self.scope, self.schemas)

    def _all(self, resource_type: str) -> Mapping[str, Mapping[str, Any]]:
        """Those of the type that one call tells; what it does not tell is read by itself."""
        resources = [
            _resource(stack, logical_id)
            for stack in self.stacks
            for logical_id, kind in stack.types.items()
            if kind == resource_type and stack.ids.get(logical_id)
        ]
        try:
            return read_together(self.calls, resource_type, resources)
        except CallError:
            return {}

    def _seen(self, name: str) -> Deployed | CallError | None:
        try:
            return self.deployed(name)
        except CallError as error:
            return error

    def _look(self, target: Target) -> Deployed | None:
        described = self._described(target.stack_name)
        if described is None:
            return None
        summaries = self.calls.pages(
            "cloudformation",
            "ListStackResources",
            "StackResourceSummaries",
            StackName=described["StackId"],
        )
        return expected(target.template, target.parameters, described, summaries, self.scope)

    def _described(self, stack_name: str) -> Mapping[str, Any] | None:
        """The entry of DescribeStacks, out of the list of all stacks where several are asked about."""
        if len(self.targets) > 1:
            try:
                listed = self.calls.pages("cloudformation", "DescribeStacks", "Stacks")
            except CallError:
                pass  # the caller may be allowed to see these stacks alone
            else:
                return next((each for each in listed if each["StackName"] == stack_name), None)
        try:
            answer = self.calls("cloudformation", "DescribeStacks", StackName=stack_name)
        except CallError as error:
            if error.trouble is Trouble.MISSING:
                return None
            raise
        (described,) = answer["Stacks"]
        return dict(described)


def _resource(stack: Deployed, logical_id: str) -> Resource:
    return Resource(stack.types[logical_id], stack.ids[logical_id], stack.properties.get(logical_id, {}))
