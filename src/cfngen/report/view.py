"""What one environment deploys, as the graph and the access matrix read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cfngen.aws.resources import Scope
from cfngen.manifest import StackEntry
from cfngen.template.environment.physical_names import attribute, reference
from cfngen.template.environment.resolve import open_values, partition_of, resolve_open
from cfngen.template.values import mark
from cfngen.verify.claims import Claim
from cfngen.verify.declared import Sibling, of_definition
from cfngen.verify.world import Target

DEFAULT_REGION: Final = "us-east-1"
"""Where the stacks stand when no environment says it."""

OPEN_ACCOUNT: Final = mark("AccountId")
"""Stands for the account's id where it is not known; without the colons that would break an ARN's parts."""

_OPEN: Final = re.compile(r"<((?!AWS::|AccountId>)[A-Za-z0-9]+(?:[.:][A-Za-z0-9.:]+)?)>")


@dataclass(frozen=True)
class StackView:
    """One stack with an environment's values, or the defaults, in it.

    What only a deployment knows is `<stack/LogicalId>` or `<stack/LogicalId.Attribute>`.

    Attributes:
        stack: the logical stack name.
        resources: the resources whose conditions hold, names and ARNs filled in as far as they are known.
        traced: the same, every reference to a resource of the stack left as its mark.
        outputs: the outputs whose conditions hold, references left as marks.
    """

    stack: str
    resources: Mapping[str, Mapping[str, Any]]
    traced: Mapping[str, Mapping[str, Any]]
    outputs: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class View:
    """All stacks of one environment.

    Attributes:
        environment: its name; None: the templates' defaults.
        account: the account id, or `<AccountId>` where it is not known.
        stacks: in the order in which they are deployed.
        claims: what the stacks' definitions declare, with the values in it.
    """

    environment: str | None
    region: str
    account: str
    stacks: tuple[StackView, ...]
    claims: tuple[Claim, ...] = ()

    @property
    def partition(self) -> str:
        return partition_of(self.region)

    def resources(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Stack, logical id and body of each resource."""
        for stack in self.stacks:
            for logical_id, body in stack.resources.items():
                yield stack.stack, logical_id, body

    def name(self, stack: str, logical_id: str, body: Mapping[str, Any]) -> str:
        """What `Ref` of a resource gives."""
        kind, read = str(body.get("Type", "")), (body.get("Properties") or {}).get
        return str(own_marks(reference(logical_id, kind, read, self._scope), stack))

    def arn(self, stack: str, logical_id: str, body: Mapping[str, Any]) -> str:
        """The ARN of a resource; the mark `<stack/LogicalId.Arn>` where its type's format is not known."""
        kind, read = str(body.get("Type", "")), (body.get("Properties") or {}).get
        return str(own_marks(attribute(logical_id, kind, "Arn", read, self._scope), stack))

    @property
    def _scope(self) -> dict[str, str]:
        suffix = "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"
        known = {"AccountId": self.account, "Region": self.region}
        return {**known, "Partition": self.partition, "URLSuffix": suffix}


def own_marks(value: Any, stack: str) -> Any:
    """`value` with the marks of a stack told apart from those of another: `<Key>` is `<stack/Key>`.

    >>> own_marks(["key/<Key>", OPEN_ACCOUNT], "audit")
    ['key/<audit/Key>', '<AccountId>']
    """
    if isinstance(value, str):
        return _OPEN.sub(lambda match: f"<{stack}/{match[1]}>", value) if "<" in value else value
    if isinstance(value, Mapping):
        return {key: own_marks(item, stack) for key, item in value.items()}
    return [own_marks(item, stack) for item in value] if isinstance(value, list) else value


def of_templates(
    templates: Sequence[tuple[str, Mapping[str, Any], Mapping[str, str], str | None, Mapping[str, Any]]],
    *,
    environment: str | None = None,
    region: str = DEFAULT_REGION,
    account: str | None = None,
) -> View:
    """The view of templates that are at hand.

    Arguments:
        templates: stack, template, values, the deployed stack's name, claims of each.

    Raises:
        TemplateError: the values make no template: a function that is unknown, a reference to nothing.
    """
    stacks, owner = [], account or OPEN_ACCOUNT
    for stack, template, values, stack_name, _ in templates:

        def resolved(
            *,
            named: bool,
            template: Mapping[str, Any] = template,
            values: Mapping[str, str] = values,
            name: str | None = stack_name,
            stack: str = stack,
        ) -> Any:
            found = resolve_open(template, values, account=owner, region=region, stack_name=name, named=named)
            return own_marks(found, stack)

        whole, traced = resolved(named=True), resolved(named=False)
        stacks.append(
            StackView(
                stack,
                {name: body for name, body in whole.get("Resources", {}).items() if isinstance(body, dict)},
                {name: body for name, body in traced.get("Resources", {}).items() if isinstance(body, dict)},
                traced.get("Outputs", {}),
            )
        )
    return View(environment, region, owner, tuple(stacks), tuple(_declared(templates, owner, region)))


def _declared(
    templates: Sequence[tuple[str, Mapping[str, Any], Mapping[str, str], str | None, Mapping[str, Any]]],
    account: str,
    region: str,
) -> Iterator[Claim]:
    """The claims of all stacks, with the values in them."""
    ids = {
        stack: {name: f"<{stack}/{name}>" for name in template.get("Resources", {})}
        for stack, template, *_ in templates
    }
    siblings = {
        stack: Sibling(template, open_values(template, values), name or mark("AWS::StackName"), ids[stack])
        for stack, template, values, name, _ in templates
    }
    scope = Scope(account, region, partition_of(region))
    for stack, template, _, _, claims in templates:
        mine = siblings[stack]
        entry = StackEntry("", "", 0)
        target = Target(
            stack, mine.stack_name, b"", template, mine.parameters, frozenset(), {}, entry, claims
        )
        others = {name: each for name, each in siblings.items() if name != stack}
        yield from of_definition(target, ids[stack], scope, others)
