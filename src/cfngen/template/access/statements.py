"""A policy's statements, one permission at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

from cfngen.template.intrinsics import NO_VALUE, choice, intrinsic, literal, parts, text

Kind = Literal["trust", "resource", "network", "membership", "identity", "boundary"]

EVERYONE: Final = "*"

_FACTOR: Final = 20
"""A statement that multiplies out to more than this often its own length is kept in fewer, longer words, so
that the work stays in proportion to the template's size."""

_MOST_CHOICES: Final = 4
"""A text that depends on more conditions than this is told as one, with its conditions in it."""

_ID: Final = r"(\d{12}|\$\{AWS::AccountId\}|<AWS::AccountId>)"
_ACCOUNT: Final = re.compile(rf"arn:(?:[\w-]+|\$\{{AWS::Partition\}}|<AWS::Partition>):iam::{_ID}:root|{_ID}")


@dataclass(frozen=True)
class Policy:
    """A policy document and where it applies.

    Attributes:
        holder: for `trust` and `identity` who has it, as `role Trainer`; else the resource it is attached to.
        via: the managed policy's name, where it is one.
        when: the template conditions under which it is there.
    """

    kind: Kind
    holder: str
    document: Any
    via: str = ""
    when: str = ""


class Limit(NamedTuple):
    """One test of a condition.

    Attributes:
        test: operator and key, as `StringEquals aws:SourceAccount`; or a whole sentence.
        values: what the key is compared with; none of a sentence.
    """

    test: str
    values: tuple[str, ...] = ()


Condition = tuple[Limit, ...]
"""All of them have to hold; empty where there is no condition."""


class Grant(NamedTuple):
    """One permission: one principal, one action, one resource."""

    kind: Kind
    holder: str
    principal: str
    effect: str
    action: str
    resource: str
    condition: Condition


def grants(policy: Policy) -> Iterator[Grant]:
    """The permissions of one policy. What cannot be read here is one permission in its own words."""
    if policy.kind == "boundary":
        yield Grant(
            "boundary", policy.holder, policy.holder, "Deny", policy.via, "*", _sentences(policy.when)
        )
        return
    if policy.kind == "membership":
        what = f"whatever {policy.via} is allowed"
        yield Grant("membership", policy.holder, policy.holder, "Allow", what, "", _sentences(policy.when))
        return
    for document, when in branches(policy.document, policy.when):
        read = document_of(document)
        if read is None:
            what = f"whatever {policy.via or text(document)} says"
            yield Grant(policy.kind, policy.holder, policy.holder, "Allow", what, "*", _sentences(when))
            continue
        for statement, inner in branches(read.get("Statement", []), when):
            if isinstance(statement, dict):
                yield from _of_statement(statement, policy, inner)


def branches(value: Any, when: str = "") -> Iterator[tuple[Any, str]]:
    """The items of a list, or the one item; both branches of an Fn::If, each with its condition.

    An Fn::If inside of a text makes two texts.

    >>> named = {"Fn::Join": ["/", ["role", {"Fn::If": ["Named", {"Ref": "Name"}, "a"]}]]}
    >>> for item, when in branches(named):
    ...     print(text(item), when)
    role/${Name} the template's condition Named holds
    role/a the template's condition Named does not hold
    """
    if isinstance(value, list):
        for item in value:
            yield from branches(item, when)
    elif chosen := choice(value):
        condition, yes, no = chosen
        yield from branches(yes, both(when, during(condition)))
        yield from branches(no, both(when, during(condition, holds=False)))
    elif value != NO_VALUE:
        conditions = tuple(dict.fromkeys(_conditions(value))) if intrinsic(value) else ()
        if not 0 < len(conditions) <= _MOST_CHOICES:
            yield value, when
            return
        for holds in (True, False):
            decided = _decided(value, conditions[0], holds=holds)
            yield from branches(decided, both(when, during(conditions[0], holds=holds)))


def _conditions(value: Any) -> Iterator[str]:
    """The conditions of every well-formed Fn::If inside of a value."""
    if chosen := choice(value):
        yield chosen[0]
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for member in members:
        yield from _conditions(member)


def _decided(value: Any, condition: str, *, holds: bool) -> Any:
    """The value as it is where the condition holds, or does not."""
    if (chosen := choice(value)) and chosen[0] == condition:
        return _decided(chosen[1 if holds else 2], condition, holds=holds)
    if isinstance(value, dict):
        return {key: _decided(member, condition, holds=holds) for key, member in value.items()}
    if isinstance(value, list):
        return [_decided(item, condition, holds=holds) for item in value]
    return value


def word(value: Any) -> str:
    """A value in Fn::Sub's words, in which no text can be taken for a parameter or a resource."""
    return literal(value) if isinstance(value, str) else text(value)


def document_of(value: Any) -> dict[str, Any] | None:
    """A policy document, also one that is written as a string of JSON; None where there is none."""
    if intrinsic(value) == "Fn::ToJsonString":
        value = value["Fn::ToJsonString"]
    if isinstance(value, dict) and "Statement" in value:
        return value
    computed = intrinsic(value) in {"Fn::Sub", "Fn::Join"}
    if computed and not all(isinstance(part, str) or part.refers for part in parts(value)):
        return None
    if isinstance(value, str) or computed:
        written = text(value)
        if '"Statement"' in written:
            try:
                read = json.loads(written)
            except (ValueError, RecursionError):
                return None
            if isinstance(read, dict) and "Statement" in read:
                return {**read, "Statement": _substituted(read["Statement"])} if computed else read
    return None


def _substituted(value: Any) -> Any:
    """What was read from a computed text: its strings are Fn::Sub's still."""
    if isinstance(value, dict):
        return {key: _substituted(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_substituted(item) for item in value]
    return {"Fn::Sub": value} if isinstance(value, str) and "${" in value else value


def during(condition: Any, *, holds: bool = True) -> str:
    """The template's condition as a limit, in words."""
    return f"the template's condition {text(condition)} {'holds' if holds else 'does not hold'}"


def both(*limits: str) -> str:
    """All limits as one.

    >>> both("a", "", "b", "a")
    'a and b'
    """
    return " and ".join(dict.fromkeys(limit for limit in limits if limit))


def principal_name(word: str) -> str:
    """A principal by one name: an account's id and the ARN of its root are the account.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html

    >>> principal_name("arn:aws:iam::111122223333:root") == principal_name("111122223333")
    True
    >>> principal_name("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")
    'account ${AWS::AccountId}'
    """
    match = _ACCOUNT.fullmatch(word)
    return f"account {match.group(1) or match.group(2)}" if match else word


def _of_statement(statement: Mapping[str, Any], policy: Policy, when: str) -> Iterator[Grant]:
    actions = _words(statement, "Action", policy.holder)
    resources = _words(statement, "Resource", policy.holder if policy.kind != "identity" else "*")
    if policy.kind == "resource":
        resources = [(policy.holder if name == "*" else name, limit) for name, limit in resources]
    principals = [(policy.holder, "")] if policy.kind == "identity" else _principals(statement)
    if len(actions) * len(resources) > _FACTOR * (len(actions) + len(resources)):
        resources = [(", ".join(name for name, _ in resources), "")]
    if len(actions) * len(principals) > _FACTOR * (len(actions) + len(principals)):
        principals = [(", ".join(name for name, _ in principals), "")]
    condition = _condition(statement.get("Condition"))
    effect = text(statement.get("Effect", "Deny"))
    for principal, for_principal in principals:
        for action, for_action in actions:
            for resource, for_resource in resources:
                limits = both(when, for_principal, for_action, for_resource)
                whole = tuple(dict.fromkeys((*condition, *_sentences(limits))))
                if limits and _contradicts(whole):
                    continue
                yield Grant(policy.kind, policy.holder, principal, effect, action, resource, whole)


def _words(statement: Mapping[str, Any], key: str, default: str) -> list[tuple[str, str]]:
    if f"Not{key}" in statement:
        but = sorted(word(item) for item, _ in branches(statement[f"Not{key}"]))
        return [(f"everything but {', '.join(but)}", "")]
    return [(word(item), when) for item, when in branches(statement.get(key, default))]


def _principals(statement: Mapping[str, Any]) -> list[tuple[str, str]]:
    key = "NotPrincipal" if "NotPrincipal" in statement else "Principal"
    value = statement.get(key, EVERYONE)
    members = value.values() if isinstance(value, dict) and not intrinsic(value) else [value]
    named = [(principal_name(word(item)), when) for member in members for item, when in branches(member)]
    if key == "NotPrincipal":
        return [(f"everyone but {', '.join(sorted(name for name, _ in named))}", "")]
    return named


def _condition(value: Any) -> Condition:
    if not isinstance(value, dict) or intrinsic(value):
        return (Limit(text(value)),) if value else ()
    tests = [
        Limit(f"{operator} {name}", tuple(sorted(word(item) for item, _ in branches(wanted))))
        for operator, names in value.items()
        for name, wanted in (names.items() if isinstance(names, dict) else [("", names)])
    ]
    return tuple(sorted(tests))


def _contradicts(condition: Condition) -> bool:
    """Whether one of the template's conditions would have to hold and not to hold."""
    tests = {limit.test for limit in condition}
    return any(
        f"{test.removesuffix(' holds')} does not hold" in tests for test in tests if test.endswith(" holds")
    )


_HOLDS: Final = re.compile(r" and (?=the template's condition )")


def _sentences(limits: str) -> Condition:
    """Limits in words, as `during` and `both` make them."""
    return tuple(Limit(limit) for limit in _HOLDS.split(limits) if limit)
