"""Conditions of statements, compared: whether one lets through more than another."""

from __future__ import annotations

from typing import Final, Literal

from cfngen.template.access.statements import Condition

Relation = Literal["same", "looser", "stricter", "unknown"]

_IF_EXISTS: Final = "IfExists"
_ARN_COLONS: Final = 5  # before the last part of an ARN


def in_words(condition: Condition) -> str:
    """
    >>> from cfngen.template.access.statements import Limit
    >>> in_words((Limit("StringEquals aws:SourceAccount", ("1", "2")), Limit("the condition C holds")))
    'StringEquals aws:SourceAccount 1 or 2 and the condition C holds'
    """
    return " and ".join(f"{test} {' or '.join(values)}" if values else test for test, values in condition)


def relation(old: Condition, new: Condition) -> Relation:
    """Whether `new` holds for more requests than `old`, for fewer, or whether that is not known.

    More values let more through, and fewer where the operator is a negation; a further test lets fewer
    through; `IfExists` more. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html

    >>> from cfngen.template.access.statements import Limit
    >>> relation((), (Limit("Bool aws:SecureTransport", ("true",)),))
    'stricter'
    """
    before, after = dict(old), dict(new)
    if len(before) < len(old) or len(after) < len(new):
        return "same" if old == new else "unknown"
    found: set[Relation] = set()
    for test, values in before.items():
        other = test if test in after else _other_spelling(test)
        if other not in after:
            found.add("looser")
        elif values != (wanted := after.pop(other)) or other != test:
            found |= _of_values(test, values, other, wanted)
    found |= {"stricter"} if after else set()
    return found.pop() if len(found) == 1 else "unknown" if found else "same"


def _other_spelling(test: str) -> str:
    """The same test with or without `IfExists`."""
    operator, _, key = test.partition(" ")
    if operator.endswith(_IF_EXISTS):
        return f"{operator.removesuffix(_IF_EXISTS)} {key}"
    return f"{operator}{_IF_EXISTS} {key}"


def _of_values(test: str, values: tuple[str, ...], other: str, wanted: tuple[str, ...]) -> set[Relation]:
    operator = test.partition(" ")[0]
    wider, narrower = _within(values, wanted, operator), _within(wanted, values, operator)
    found: set[Relation] = set()
    if not (wider and narrower):
        more: Relation = "looser" if wider else "stricter" if narrower else "unknown"
        turned: dict[Relation, Relation] = {"looser": "stricter", "stricter": "looser"}
        found.add(turned.get(more, more) if "Not" in operator else more)
    if test != other:
        # A negation holds without the key, too: there IfExists says nothing new.
        found.add("unknown" if "Not" in operator else "looser" if len(other) > len(test) else "stricter")
    return found


def _within(values: tuple[str, ...], others: tuple[str, ...], operator: str) -> bool:
    """Whether every value is one of the others, or what a pattern among them matches."""
    patterns = others if "Like" in operator else ()
    return all(
        value in others or any(_matches(value, pattern, operator) for pattern in patterns) for value in values
    )


def _matches(value: str, pattern: str, operator: str) -> bool:
    """Whether a pattern that ends in its only wildcard matches. One of an ARN reaches to its part's end only.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    start = pattern.removesuffix("*")
    if start == pattern or not value.startswith(start) or set("*?") & set(start):
        return False
    return "Arn" not in operator or start.count(":") >= _ARN_COLONS
