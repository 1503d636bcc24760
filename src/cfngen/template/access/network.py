"""Which addresses reach which ports: the rules of security groups and their like."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from cfngen.template.access.alternatives import alternatives, both, during, each, opposite
from cfngen.template.access.names import properties_of
from cfngen.template.access.network_readers import READERS
from cfngen.template.access.network_rule import AT_ADDRESS, Rule, addresses, network
from cfngen.template.access.public_addresses import PUBLIC, when_public

_GROUP: Final = "AWS::EC2::SecurityGroup"
_SUBNET: Final = "AWS::EC2::Subnet"


def rules(template: Mapping[str, Any]) -> dict[str, list[Rule]]:
    """All network rules of a template by their owner."""
    by_owner: dict[str, list[Rule]] = {}
    for logical_id, body in template.get("Resources", {}).items():
        if not isinstance(body, dict):
            continue
        kind = str(body.get("Type"))
        if kind in READERS or kind in PUBLIC:
            when = during(body["Condition"]) if isinstance(body.get("Condition"), str) else ""
            for rule in _of_resource(kind, logical_id, properties_of(body)):
                limited = rule._replace(condition=both(when, rule.condition))
                by_owner.setdefault(rule.owner, []).append(limited)
    return by_owner


def uncovered(wanted: list[Rule], given: list[Rule]) -> list[Rule]:
    """Those of `wanted` that none of `given` covers, each once."""
    same = set(given)
    together = dict.fromkeys([*given, *_in_fewer(given)])
    tests = list(dict.fromkeys(test for rule in given for test in each(rule.condition) if opposite(test)))
    return [
        rule
        for rule in dict.fromkeys(wanted)
        if rule not in same
        and not _is_covered(rule, together)
        and not any(
            all(
                _is_covered(rule._replace(condition=both(rule.condition, one)), together)
                for one in (test, opposite(test))
            )
            for test in tests[:_MOST]
        )
    ]


_MOST: Final = 20
"""So many of the template's conditions are looked at, both ways."""


def _is_covered(rule: Rule, given: Iterable[Rule]) -> bool:
    return any(other.covers(rule) for other in given)


def _in_fewer(rules: list[Rule]) -> Iterator[Rule]:
    """What several rules let pass together: neighbouring address blocks as one, neighbouring ports as one."""
    import ipaddress

    by_ports: dict[Rule, list[Any]] = {}
    for rule in rules:
        block = network(rule.other)
        if block is not None:
            by_ports.setdefault(rule._replace(other=str(block.version)), []).append(block)
    joined = [
        rule._replace(other=addresses(str(block)))
        for rule, blocks in by_ports.items()
        for block in ipaddress.collapse_addresses(blocks)
    ]
    yield from joined
    by_other: dict[Rule, list[tuple[int, int]]] = {}
    for rule in dict.fromkeys([*rules, *joined]):
        if not isinstance(rule.ports, str):
            by_other.setdefault(rule._replace(ports=""), []).append(rule.ports)
    for rule, ports in by_other.items():
        first, last = min(ports)
        for start, end in sorted(ports):
            if start > last + 1:
                yield rule._replace(ports=(first, last))
                first = start
            last = max(last, end) if start <= last + 1 else end
        yield rule._replace(ports=(first, last))


def _of_resource(kind: str, logical_id: str, properties: Mapping[str, Any]) -> Iterator[Rule]:
    reader = READERS.get(kind, _of_no_rules)
    # A security group has many rules: each of them is looked at alone.
    for some, limit in alternatives(properties) if kind != _GROUP else [(properties, "")]:
        for rule in reader(logical_id, some):
            yield rule._replace(condition=both(limit, rule.condition))
    if kind in PUBLIC:
        for limit, when in when_public(kind, properties):
            owner = f"what runs in the subnet {logical_id}" if kind == _SUBNET else logical_id
            condition = both(limit, when)
            yield Rule(owner, True, "anyone on the internet", AT_ADDRESS, "", condition=condition)


def _of_no_rules(_: str, __: Mapping[str, Any]) -> Iterator[Rule]:
    return iter(())
