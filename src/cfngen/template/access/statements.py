"""A policy's statements, one permission at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

from cfngen.template.access.alternatives import alternatives, both, branches, each, opposite
from cfngen.template.intrinsics import NO_VALUE, intrinsic, literal, parts, text

Kind = Literal["trust", "resource", "network", "membership", "identity", "boundary"]

EVERYONE: Final = "*"
EVERYONE_BUT: Final = "everyone but "
EVERYTHING_BUT: Final = "everything but "
"""Before the names of a NotPrincipal; of a NotAction or NotResource."""

_AND: Final = ", "

_FACTOR: Final = 20
"""A statement that multiplies out to more than this often its own length is kept in fewer, longer words, so
that the work stays in proportion to the template's size."""

_ID: Final = r"(\d{12}|\$\{AWS::AccountId\}|<AWS::AccountId>)"
_ACCOUNT: Final = re.compile(rf"arn:(?:[\w-]+|\$\{{AWS::Partition\}}|<AWS::Partition>):iam::{_ID}:root|{_ID}")


@dataclass(frozen=True)
class Policy:
    """A policy document and where it applies.

    Attributes:
        holder: for `trust` and `identity` who has it, as `role Trainer`; else the resource it is attached to.
        via: the managed policy's name, where it is one.
        when: the template conditions under which it is there.
        whole: whether the ARN of the resource that it is attached to is all that it can be about.
    """

    kind: Kind
    holder: str
    document: Any
    via: str = ""
    when: str = ""
    whole: bool = False


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
        if document in ({}, ""):
            continue
        if read is None:
            yield _unread(policy, policy.via or text(document), when)
            continue
        for statement, inner in branches(read.get("Statement", []), when):
            if intrinsic(statement):
                yield _unread(policy, text(statement), inner)
            elif isinstance(statement, dict):
                yield from _of_statement(statement, policy, inner)


def _unread(policy: Policy, what: str, when: str) -> Grant:
    """What a document or a statement says that only a deployment knows."""
    who, about = (
        (policy.holder, "*") if policy.kind == "identity" else (f"whoever {what} names", policy.holder)
    )
    return Grant(policy.kind, policy.holder, who, "Allow", f"whatever {what} says", about, _sentences(when))


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
                return {**read, "Statement": substituted(read["Statement"])} if computed else read
    return None


def substituted(value: Any) -> Any:
    """What was read from a computed text: its strings are Fn::Sub's still."""
    if isinstance(value, dict):
        return {key: substituted(member) for key, member in value.items()}
    if isinstance(value, list):
        return [substituted(item) for item in value]
    return {"Fn::Sub": value} if isinstance(value, str) and "${" in value else value


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
        own = re.compile(rf"\*|(\$\{{|<){re.escape(policy.holder)}(\.\w+)?[>}}]" if policy.whole else r"\*")
        resources = [(policy.holder if own.fullmatch(name) else name, limit) for name, limit in resources]
    principals = [(policy.holder, "")] if policy.kind == "identity" else _principals(statement)
    if len(actions) * len(resources) > _FACTOR * (len(actions) + len(resources)):
        resources = [(_joined(resources), "")]
    if len(actions) * len(principals) > _FACTOR * (len(actions) + len(principals)):
        principals = [(_joined(principals), "")]
    effects = branches(statement.get("Effect", "Deny"), when)
    conditions = [
        (text(effect), _condition(wanted), limit)
        for effect, of_effect in effects
        for wanted, limit in alternatives(statement.get("Condition"), of_effect)
    ]
    for principal, of_principal in principals:
        for action, of_action in actions:
            for resource, of_resource in resources:
                for effect, condition, limit in conditions:
                    whole = condition
                    if limits := both(limit, of_principal, of_action, of_resource):
                        whole = tuple(dict.fromkeys((*condition, *_sentences(limits))))
                        if _contradicts(whole):
                            continue
                    yield Grant(policy.kind, policy.holder, principal, effect, action, resource, whole)


def _joined(names: Iterable[tuple[str, str]]) -> str:
    return _AND.join(sorted({name for name, _ in names}))


def several(name: str) -> bool:
    """Whether what stands for one name is several of them."""
    return _AND in name and not name.startswith((EVERYONE_BUT, EVERYTHING_BUT))


def _words(statement: Mapping[str, Any], key: str, default: str) -> list[tuple[str, str]]:
    if f"Not{key}" in statement:
        but = {word(item) for item, _ in branches(statement[f"Not{key}"])}
        return [(f"{EVERYTHING_BUT}{', '.join(sorted(but))}", "")]
    if key not in statement:
        return [(default, "")]
    return [(word(item), when) for item, when in branches(statement[key])]


def _principals(statement: Mapping[str, Any]) -> list[tuple[str, str]]:
    key = "NotPrincipal" if "NotPrincipal" in statement else "Principal"
    named = [
        (principal_name(word(item)), when)
        for value, outer in branches(statement.get(key, EVERYONE))
        for member in (value.values() if isinstance(value, dict) and not intrinsic(value) else [value])
        for item, when in branches(member, outer)
    ]
    if key == "NotPrincipal":
        return [(f"{EVERYONE_BUT}{', '.join(sorted({name for name, _ in named}))}", "")]
    return named


def _condition(value: Any) -> Condition:
    if not value or value == NO_VALUE:
        return ()
    if not isinstance(value, dict) or intrinsic(value):
        return (Limit(text(value)),)
    tests = [
        Limit(f"{operator} {name}", tuple(sorted({word(item) for item, _ in branches(wanted)})))
        for operator, names in value.items()
        for name, wanted in (
            names.items() if isinstance(names, dict) and not intrinsic(names) else [("", names)]
        )
    ]
    return tuple(sorted(tests))


def _contradicts(condition: Condition) -> bool:
    """Whether one of the template's conditions would have to hold and not to hold."""
    tests = {limit.test for limit in condition}
    return any(opposite(test) in tests for test in tests)


def _sentences(limits: str) -> Condition:
    """Limits in words, as `during` and `both` make them."""
    return tuple(Limit(limit) for limit in each(limits))
