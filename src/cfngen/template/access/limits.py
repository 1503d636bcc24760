"""Conditions of statements, compared: whether one lets through more than another.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from cfngen.template.access.limit_values import within
from cfngen.template.access.statements import Condition, Limit

Relation = Literal["same", "looser", "stricter", "unknown"]

_IF_EXISTS: Final = "IfExists"
_FAMILIES: Final = ("String", "Arn", "IpAddress", "Numeric", "Date", "Bool", "Null", "Binary")


def in_words(condition: Condition) -> str:
    """
    >>> from cfngen.template.access.statements import Limit
    >>> in_words((Limit("StringEquals aws:SourceAccount", ("1", "2")), Limit("the condition C holds")))
    'StringEquals aws:SourceAccount 1 or 2 and the condition C holds'
    """
    return " and ".join(f"{test} {' or '.join(values)}" if values else test for test, values in condition)


class _Test(NamedTuple):
    """What a limit compares: two limits with the same can be compared with each other.

    Attributes:
        subject: qualifier, family and key; a sentence as a whole.
        negated: whether more values let fewer requests through.
    """

    subject: str
    negated: bool


def relation(old: Condition, new: Condition) -> Relation:
    """Whether `new` holds for more requests than `old`, for fewer, or whether that is not known.

    More values let more through, and fewer where the operator is a negation; a further test lets fewer
    through; `IfExists` more. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html

    >>> from cfngen.template.access.statements import Limit
    >>> relation((), (Limit("Bool aws:SecureTransport", ("true",)),))
    'stricter'
    """
    if old == new:
        return "same"
    gone = [limit for limit in old if limit not in new]
    come = [limit for limit in new if limit not in old]
    before, after = ({_test(limit): limit for limit in some} for some in (gone, come))
    if len(before) < len(gone) or len(after) < len(come):
        return "unknown"
    found: set[Relation] = set()
    for test, limit in before.items():
        other = after.pop(test, None)
        found |= {"looser"} if other is None else _of_values(limit, other, negated=test.negated)
    found |= {"stricter"} if after else set()
    return found.pop() if len(found) == 1 else "unknown" if found else "same"


def alternatives_of(limit: Limit) -> list[Limit]:
    """A limit with several values as limits with one each, any of which is enough; else the limit itself.

    >>> [one.values for one in alternatives_of(Limit("StringEquals k", ("a", "b")))]
    [('a',), ('b',)]
    """
    if len(limit.values) < 2 or "Not" in limit.test or limit.test.startswith("ForAllValues:"):  # noqa: PLR2004
        return [limit]
    return [Limit(limit.test, (value,)) for value in limit.values]


def _test(limit: Limit) -> _Test:
    if not limit.values:
        return _Test(limit.test, negated=False)
    operator, _, key = limit.test.partition(" ")
    qualifier, _, name = operator.rpartition(":")
    negated = "Not" in name
    family = next((one for one in _FAMILIES if one in name), name)
    if family in {"Numeric", "Date"} and not name.startswith((f"{family}Equals", f"{family}NotEquals")):
        family = name.removesuffix(_IF_EXISTS).removesuffix("Equals")
    return _Test(f"{qualifier} {family} {key.lower()}", negated)


def _of_values(old: Limit, new: Limit, *, negated: bool) -> set[Relation]:
    operators = [limit.test.partition(" ")[0] for limit in (old, new)]
    names = [operator.removesuffix(_IF_EXISTS).rpartition(":")[2] for operator in operators]
    wider = within(names[0], old.values, names[1], new.values)
    narrower = within(names[1], new.values, names[0], old.values)
    found: set[Relation] = set()
    if not (wider and narrower):
        more: Relation = "looser" if wider else "stricter" if narrower else "unknown"
        turned: dict[Relation, Relation] = {"looser": "stricter", "stricter": "looser"}
        found.add(turned.get(more, more) if negated else more)
    optional = [operator.endswith(_IF_EXISTS) for operator in operators]
    if optional[0] != optional[1]:
        # A negation holds without the key, too: there IfExists says nothing new.
        found.add("unknown" if negated else "looser" if optional[1] else "stricter")
    return found
