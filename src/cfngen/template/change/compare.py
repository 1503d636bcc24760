"""Two templates of one stack compared in full: changes, consequences, permissions, version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cfngen.manifest import FIRST_VERSION
from cfngen.template.access.comparable import comparable
from cfngen.template.access.permissions import PermissionChange, held, permission_changes
from cfngen.template.change.clashes import with_clashes
from cfngen.template.change.diff import diff
from cfngen.template.change.judgement import Judgement, gravest_first, judge
from cfngen.template.change.resource_types import Schemas
from cfngen.template.change.ripple import ripple
from cfngen.template.change.said_by_permissions import with_pointers
from cfngen.template.change.version import Bump, bump, next_version, stamped, unstamped
from cfngen.template.environment.parameters import effective, secret
from cfngen.template.environment.resolve import SECTIONS, resolve_open
from cfngen.template.loops import expanded
from cfngen.template.mappings import looked_up
from cfngen.template.values import is_address


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
    """All that differs between two templates; the version that cfngen stamps into them does not count.

    >>> topic = {"Type": "AWS::SNS::Topic"}
    >>> compare({"Resources": {"A": topic}}, {"Resources": {"A": topic, "B": topic}}).bump
    'minor'
    """
    schemas = schemas or Schemas()
    old, new = _written_out(old), _written_out(new)
    if old == new:
        return Comparison((), (), "none")
    alone, permissions = _judged(old, new, schemas)
    judgements = ripple(alone, old, new, schemas)
    return Comparison(tuple(gravest_first(judgements)), permissions, bump(judgements, schemas))


def _written_out(template: Mapping[str, Any]) -> dict[str, Any]:
    """The template as it is without loops and mappings, as far as the template itself tells."""
    return looked_up(expanded(looked_up(unstamped(template))))


def _judged(
    old: Mapping[str, Any], new: Mapping[str, Any], schemas: Schemas
) -> tuple[list[Judgement], tuple[PermissionChange, ...]]:
    """Every change, judged without what it reaches elsewhere, and every permission gained or lost."""
    seen = comparable(old, new)
    known = held(*seen)
    permissions = permission_changes(*seen, known)
    changes = with_pointers(diff(old, new, schemas), permissions, known, *seen)
    judgements = (judge(change, old, new, schemas) for change in changes)
    return list(with_clashes(judgements, old, new, schemas)), permissions


def compare_in(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    parameters: Mapping[str, str],
    *,
    account: str | None,
    region: str,
    earlier: Mapping[str, str] | None = None,
) -> Comparison:
    """The same for one environment: values, names and conditions as they come out there.

    Arguments:
        earlier: the values that `old` was deployed with; None: the same ones.

    What a value of a NoEcho parameter makes stays open, and so does a parameter without a value. The version
    is the stack's, whatever the environment.

    Raises:
        TemplateError: a template that no values can be put into.

    >>> topic = lambda name: {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}}
    >>> template = lambda name: {"Parameters": {"P": {"Type": "String"}}, "Resources": {"T": topic(name)}}
    >>> where = {"account": None, "region": "eu-west-1"}
    >>> compare_in(template("dev-t"), template({"Fn::Sub": "${P}-t"}), {"P": "dev"}, **where).judgements
    ()
    """
    schemas = Schemas(region)
    everywhere = compare(old, new, schemas)
    last = parameters if earlier is None else earlier
    old, new = expanded(unstamped(old), last), expanded(unstamped(new), parameters)
    before = resolve_open(old, last, account=account, region=region)
    after = resolve_open(new, parameters, account=account, region=region)
    alone, permissions = _judged(before, after, schemas)
    elsewhere = [item for item in everywhere.judgements if item.change.section not in SECTIONS]
    for_all = [item for item in elsewhere if item.change.section == "Globals"]
    other = dict(_open_and_other(old, new, last, parameters))
    here = ripple([*alone, *for_all], before, after, schemas, written=new, parameters=other)
    elsewhere = [item for item in elsewhere if item not in for_all]
    ordered = tuple(gravest_first([*here, *elsewhere]))
    return Comparison(ordered, permissions, everywhere.bump)


def _open_and_other(
    old: Mapping[str, Any], new: Mapping[str, Any], last: Mapping[str, str], now: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """The parameters of which a template does not show the value, and which are given another one."""
    before, hidden = old.get("Parameters", {}), secret(new)
    given = effective(old, last), effective(new, now)
    for name, definition in new.get("Parameters", {}).items():
        if name not in before:
            continue
        stored, was_stored = (is_address(str(body.get("Type"))) for body in (definition, before[name]))
        other = given[0].get(name) != given[1].get(name) or stored != was_stored
        if other and (stored or name in hidden):
            yield name, f"the value of the parameter {name} changed"


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
        return FIRST_VERSION, compare({}, new)
    comparison = compare(released, new)
    return next_version(last, comparison.bump), comparison


def versions(old: Mapping[str, Any], new: Mapping[str, Any], moved: Bump) -> tuple[str | None, str | None]:
    """The versions that two templates are stamped with; the one after `old` where `new` has none."""
    before, after = stamped(old), stamped(new)
    return before, after or (next_version(before, moved) if before else None)
