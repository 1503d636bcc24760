"""Two templates of one stack compared in full: changes, consequences, permissions, version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cfngen.template.consequence import DANGER, Judgement, judge
from cfngen.template.diff import diff
from cfngen.template.permissions import PermissionChange, permission_changes
from cfngen.template.ripple import ripple
from cfngen.template.schema import Schemas
from cfngen.template.version import FIRST, Bump, bump, next_version, stamped, unstamped


@dataclass(frozen=True)
class Comparison:
    """What lies between two templates.

    Attributes:
        judgements: every change with its consequence, the gravest first.
        permissions: every permission gained or lost: trust first, wider before narrower.
        bump: which number of the version the changes move.
    """

    judgements: tuple[Judgement, ...]
    permissions: tuple[PermissionChange, ...]
    bump: Bump

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not self.judgements


def compare(old: Mapping[str, Any], new: Mapping[str, Any], schemas: Schemas | None = None) -> Comparison:
    """All that differs between two templates; the version that cfngen stamps into them is no difference.

    >>> topic = {"Type": "AWS::SNS::Topic"}
    >>> compare({"Resources": {"A": topic}}, {"Resources": {"A": topic, "B": topic}}).bump
    'minor'
    """
    schemas = schemas or Schemas()
    old, new = unstamped(old), unstamped(new)
    if old == new:
        return Comparison((), (), "none")
    alone = [judge(change, old, new, schemas) for change in diff(old, new, schemas)]
    judgements = ripple(alone, old, new, schemas)
    ordered = sorted(judgements, key=lambda item: -_danger(item))
    return Comparison(tuple(ordered), permission_changes(old, new), bump(judgements, schemas))


def version_of(
    last: str | None, released: Mapping[str, Any] | None, new: Mapping[str, Any]
) -> tuple[str, Comparison]:
    """The version of a stack's template, and what it changes.

    Arguments:
        last: the version of its last release; None before the first.
        released: that release's template.

    >>> version_of(None, None, {"Resources": {}})[0]
    '1.0.0'
    >>> version_of("1.2.0", {"Description": "a"}, {"Description": "b"})[0]
    '1.2.1'
    """
    if last is None or released is None:
        return FIRST, compare({}, new)
    found = compare(released, new)
    return next_version(last, found.bump), found


def versions(old: Mapping[str, Any], new: Mapping[str, Any], moved: Bump) -> tuple[str | None, str | None]:
    """The versions that two templates are stamped with; the one after `old` where `new` has none."""
    before, after = stamped(old), stamped(new)
    return before, after or (next_version(before, moved) if before else None)


def _danger(item: Judgement) -> int:
    """Data loss outranks the same consequence without it."""
    return 2 * DANGER.index(item.consequence) + item.data_loss
