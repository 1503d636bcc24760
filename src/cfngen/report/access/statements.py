"""The statements of a policy, as they are judged: plain data, one statement at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from cfngen.report.access.conditions import ConditionTest, unknown
from cfngen.report.access.model import Proof
from cfngen.template.access.alternatives import branches
from cfngen.template.access.statements import document_of
from cfngen.template.intrinsics import intrinsic, text

Part = Literal["identity", "resource", "trust", "boundary"]


@dataclass(frozen=True)
class PolicyOrigin:
    """Where a policy stands: the stack, the resource in it, and the policy's own name where it has one."""

    stack: str
    logical_id: str
    policy: str = ""


@dataclass(frozen=True, eq=False)  # each is itself: a list of them is the key of what is known about it
class PolicyStatement:
    """One statement.

    Attributes:
        actions: patterns; with `but_actions` all actions but these.
        resources: the same.
        principals: type and name, as (`Service`, `a.amazonaws.com`); (`*`, `*`) for everyone.
        name: its Sid, or `statement 2`.
        opaque: why this statement cannot be judged here; empty where it can.
    """

    effect: Literal["Allow", "Deny"]
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[tuple[str, str], ...]
    tests: tuple[ConditionTest, ...]
    source: PolicyOrigin
    part: Part
    name: str
    but_actions: bool = False
    but_resources: bool = False
    but_principals: bool = False
    opaque: str = ""

    def proof(self, limits: tuple[str, ...] = ()) -> Proof:
        """The statement as proof, with the limits that matter."""
        where = self.source
        return Proof(self.effect, where.stack, where.logical_id, where.policy, self.name, self.part, limits)

    @cached_property
    def services(self) -> frozenset[str] | None:
        """The services of its actions, as `s3`; None where a wildcard stands for one."""
        found = frozenset(action.partition(":")[0] for action in self.actions)
        return None if any("*" in name or "?" in name for name in found) else found

    @cached_property
    def personal(self) -> bool:
        """Whether it can tell one principal of an account from another."""
        named = any(
            kind == "AWS" and name != "*" and not name.endswith(":root") for kind, name in self.principals
        )
        values = (value for test in self.tests for value in test.values)
        return (
            named
            or any(test.key.lower().startswith("aws:principal") for test in self.tests)
            or any("${" in text for text in (*self.resources, *values))
        )


def statements(document: Any, source: PolicyOrigin, part: Part) -> Iterator[PolicyStatement]:
    """The statements of a resolved policy document.

    >>> document = {"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}
    >>> [(each.actions, each.name) for each in statements(document, PolicyOrigin("s", "P"), "identity")]
    [(('s3:get*',), 'statement 1')]
    """
    read = document_of(document)
    if read is None:
        yield opaque(f"what {source.policy or source.logical_id} says cannot be read", source, part)
        return
    listed = [item for item, _ in branches(read.get("Statement", []))]
    for number, statement in enumerate(listed, start=1):
        if isinstance(statement, dict) and not intrinsic(statement):
            yield _statement(statement, number, source, part)
        else:
            yield opaque(f"statement {number} of {source.logical_id} cannot be read", source, part)


def opaque(why: str, source: PolicyOrigin, part: Part) -> PolicyStatement:
    """A policy of which only its being there is known: it could allow everything."""
    return PolicyStatement("Allow", ("*",), ("*",), (("*", "*"),), (), source, part, "", opaque=why)


def _statement(
    statement: Mapping[str, Any], number: int, source: PolicyOrigin, part: Part
) -> PolicyStatement:
    actions, but_actions = _list(statement, "Action")
    resources, but_resources = _list(statement, "Resource")
    principals, but_principals = _principals(statement)
    tests = tuple(_tests(statement.get("Condition")))
    return PolicyStatement(
        "Deny" if statement.get("Effect") == "Deny" else "Allow",
        tuple(action.lower() for action in actions),
        resources or ("*",),
        principals,
        tests,
        source,
        part,
        text(statement.get("Sid") or f"statement {number}"),
        but_actions,
        but_resources,
        but_principals,
        _opaque(tests),
    )


def _opaque(tests: tuple[ConditionTest, ...]) -> str:
    """Why a statement cannot be judged here."""
    return next((why for test in tests if (why := unknown(test.operator))), "")


def _list(statement: Mapping[str, Any], key: str) -> tuple[tuple[str, ...], bool]:
    but = f"Not{key}" in statement
    value = statement.get(f"Not{key}" if but else key, [])
    return tuple(text(item) for item, _ in branches(value)), but


def _principals(statement: Mapping[str, Any]) -> tuple[tuple[tuple[str, str], ...], bool]:
    but = "NotPrincipal" in statement
    value = statement.get("NotPrincipal" if but else "Principal", "*")
    if not isinstance(value, dict):
        return (("*", "*"),) if value == "*" else (("AWS", text(value)),), but
    named = [(kind, text(item)) for kind, names in value.items() for item, _ in branches(names)]
    return tuple(("*", "*") if pair == ("AWS", "*") else pair for pair in named), but


def _tests(value: Any) -> Iterator[ConditionTest]:
    if not isinstance(value, dict):
        return
    for operator, keys in value.items():
        for key, wanted in keys.items() if isinstance(keys, dict) else ():
            yield ConditionTest(str(operator), str(key), tuple(text(item) for item, _ in branches(wanted)))
