"""Which addresses reach which ports: the rules of security groups and their like.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cfngen.template.access.alternatives import both, branches, during
from cfngen.template.access.in_properties import at, unknown
from cfngen.template.access.names import name_of, properties_of
from cfngen.template.access.public_addresses import PUBLIC, when_public
from cfngen.template.intrinsics import text

if TYPE_CHECKING:
    import ipaddress

_ALL: Final = "-1"
_PROTOCOLS: Final = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}
_PORTS: Final = (0, 65_535)
_LISTED: Final = ""  # the rule is an address block of a prefix list
_AT_ADDRESS: Final = "*"  # what passes is not the resource's own to say
_WORLD: Final = frozenset({"0.0.0.0/0", "::/0"})


class Rule(NamedTuple):
    """One rule: who reaches whom, by which protocol, on which ports.

    Attributes:
        owner: the security group, network ACL or prefix list that has it.
        inbound: whether the others reach the owner.
        other: an address block, a security group or a prefix list.
        protocol: in small letters; `-1` is every protocol.
        ports: the first and the last, or a text where they are not known here.
        allows: False for a rule that denies.
        condition: the limits under which it is there.
        by: what lets it pass, such as a network ACL's rule, of which the lowest that fits decides.
    """

    owner: str
    inbound: bool
    other: str
    protocol: str
    ports: tuple[int, int] | str
    allows: bool = True
    condition: str = ""
    by: str = ""

    def covers(self, other: Rule) -> bool:
        """Whether all that the other rule lets pass passes by this one."""
        return (
            (self.owner, self.inbound, self.allows, self.by)
            == (other.owner, other.inbound, other.allows, other.by)
            and self.condition in {"", other.condition}
            and self.protocol in {_ALL, other.protocol}
            and (self.protocol == _ALL or _within(other.ports, self.ports))
            and _part_of(other.other, self.other)
        )

    def sentence(self, *, gained: bool) -> str:
        """What the rule lets pass, or does not any more."""
        limits = f" by {self.by}" if self.by else ""
        limits += f", if {self.condition}" if self.condition else ""
        who, whom = (self.other, self.owner) if self.inbound else (self.owner, self.other)
        if self.protocol == _LISTED:
            return f"{who} {'is' if gained else 'is no longer'} in {whom}{limits}"
        if self.allows:
            can = "can" if gained else "can no longer"
        else:
            can = "is denied to" if gained else "is no longer denied to"
        return f"{who} {can} reach {whom} on {self._where()}{limits}"

    def _where(self) -> str:
        if self.protocol == _ALL:
            return "every port of every protocol"
        if self.protocol == _AT_ADDRESS:
            return "its public address"
        if isinstance(self.ports, str):
            return f"{self.protocol} {self.ports}"
        first, last = self.ports
        if (first, last) == _PORTS:
            return f"every {self.protocol} port"
        return (
            f"{self.protocol} port {first}" if first == last else f"{self.protocol} ports {first} to {last}"
        )


def rules(template: Mapping[str, Any]) -> dict[str, list[Rule]]:
    """All network rules of a template by their owner."""
    by_owner: dict[str, list[Rule]] = {}
    for logical_id, body in template.get("Resources", {}).items():
        if not isinstance(body, dict):
            continue
        kind = str(body.get("Type"))
        if kind in _READERS or kind in PUBLIC:
            when = during(body["Condition"]) if isinstance(body.get("Condition"), str) else ""
            for rule in _of_resource(kind, logical_id, properties_of(body)):
                limited = rule._replace(condition=both(when, rule.condition))
                by_owner.setdefault(rule.owner, []).append(limited)
    return by_owner


def uncovered(wanted: list[Rule], given: list[Rule]) -> list[Rule]:
    """Those of `wanted` that none of `given` covers, each once."""
    same = set(given)
    together = dict.fromkeys([*given, *_in_fewer(given)])
    return [
        rule
        for rule in dict.fromkeys(wanted)
        if rule not in same and not any(other.covers(rule) for other in together)
    ]


def _in_fewer(rules: list[Rule]) -> Iterator[Rule]:
    """What several rules let pass together: neighbouring address blocks as one, neighbouring ports as one."""
    import ipaddress

    by_ports: dict[Rule, list[Any]] = {}
    for rule in rules:
        block = _network(rule.other)
        if block is not None:
            by_ports.setdefault(rule._replace(other=str(block.version)), []).append(block)
    joined = [
        rule._replace(other=_block(str(block)))
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
    if kind in _READERS:
        yield from _READERS[kind](logical_id, properties)
    if kind in PUBLIC:
        for limit, when in when_public(kind, properties):
            owner = f"what runs in the subnet {logical_id}" if kind == _SUBNET else logical_id
            condition = both(limit, when)
            yield Rule(owner, True, "anyone on the internet", _AT_ADDRESS, "", condition=condition)


_SUBNET: Final = "AWS::EC2::Subnet"


def _of_group(logical_id: str, properties: Mapping[str, Any]) -> Iterator[Rule]:
    owner = f"security group {logical_id}"
    for item, when in branches(properties.get("SecurityGroupIngress", [])):
        yield from _of_item(owner, item, when, inbound=True)
    outbound = list(branches(properties.get("SecurityGroupEgress", [])))
    for item, when in outbound:
        yield from _of_item(owner, item, when, inbound=False)
    if not outbound:
        # A group without outbound rules has the one that EC2 gives it: everything everywhere.
        yield from (Rule(owner, False, _block(block), _ALL, _PORTS) for block in sorted(_WORLD))


def _of_own_rule(properties: Mapping[str, Any], *, inbound: bool) -> Iterator[Rule]:
    named = properties.get("GroupId", properties.get("GroupName", ""))
    yield from _of_item(f"security group {name_of(named)}", properties, "", inbound=inbound)


def _of_ingress(_: str, properties: Mapping[str, Any]) -> Iterator[Rule]:
    return _of_own_rule(properties, inbound=True)


def _of_egress(_: str, properties: Mapping[str, Any]) -> Iterator[Rule]:
    return _of_own_rule(properties, inbound=False)


def _of_item(owner: str, item: Any, when: str, *, inbound: bool) -> Iterator[Rule]:
    if not isinstance(item, dict):
        yield Rule(owner, inbound, text(item), _ALL, _PORTS, condition=when)
        return
    protocol = text(item.get("IpProtocol", _ALL)).lower()
    protocol = _PROTOCOLS.get(protocol, protocol)
    for other in _others(item):
        yield Rule(owner, inbound, other, protocol, _ports(item, protocol), condition=when)


def _others(item: Mapping[str, Any]) -> Iterator[str]:
    for name in ("CidrIp", "CidrIpv6"):
        if name in item:
            yield _block(text(item[name]))
    for start in ("Source", "Destination"):
        for name in ("SecurityGroupId", "SecurityGroupName"):
            if start + name in item:
                yield f"security group {name_of(item[start + name])}"
        if f"{start}PrefixListId" in item:
            yield f"prefix list {name_of(item[f'{start}PrefixListId'])}"


def _ports(item: Mapping[str, Any], protocol: str) -> tuple[int, int] | str:
    first, last = text(item.get("FromPort", "-1")), text(item.get("ToPort", item.get("FromPort", "-1")))
    if protocol.startswith("icmp"):
        return "of every type" if first == "-1" else f"type {first} code {last}"
    if first == "-1" or last == "-1":
        return _PORTS
    if first.isdecimal() and last.isdecimal():
        return int(first), int(last)
    return f"ports {first} to {last}" if first != last else f"port {first}"


def _of_acl_entry(_: str, properties: Mapping[str, Any]) -> Iterator[Rule]:
    owner = f"the subnets of network ACL {name_of(properties.get('NetworkAclId', ''))}"
    protocol = text(properties.get("Protocol", _ALL))
    protocol = _PROTOCOLS.get(protocol, protocol)
    span = properties.get("PortRange")
    span = {"FromPort": span.get("From"), "ToPort": span.get("To")} if isinstance(span, dict) else {}
    known = {name: value for name, value in span.items() if value is not None}
    inbound = text(properties.get("Egress", False)) != "true"
    allows = text(properties.get("RuleAction", "")).lower() == "allow"
    for name in ("CidrBlock", "Ipv6CidrBlock"):
        if name in properties:
            other = _block(text(properties[name]))
            by = f"rule {text(properties['RuleNumber'])}" if "RuleNumber" in properties else ""
            yield Rule(owner, inbound, other, protocol, _ports(known, protocol), allows, by=by)


def _of_prefix_list(logical_id: str, properties: Mapping[str, Any]) -> Iterator[Rule]:
    for entry, when in branches(properties.get("Entries", [])):
        if isinstance(entry, dict) and "Cidr" in entry:
            owner = f"prefix list {logical_id}"
            yield Rule(owner, True, _block(text(entry["Cidr"])), _LISTED, "", condition=when)


def _of_fleet(logical_id: str, properties: Mapping[str, Any]) -> Iterator[Rule]:
    for name in ("EC2InboundPermissions", "InstanceInboundPermissions"):
        for item, when in branches(properties.get(name, [])):
            if isinstance(item, dict):
                named = {"IpProtocol": item.get("Protocol", _ALL), "CidrIp": item.get("IpRange", "")}
                yield from _of_item(f"fleet {logical_id}", {**item, **named}, when, inbound=True)


def _of_route(_: str, properties: Mapping[str, Any]) -> Iterator[Rule]:
    owner = f"what routes by {name_of(properties.get('RouteTableId', ''))}"
    target = next((name for name in properties if name in _TARGETS), "")
    by = f"{_TARGETS[target]} {name_of(properties[target])}" if target else ""
    for name in ("DestinationCidrBlock", "DestinationIpv6CidrBlock"):
        for value, when in branches(properties.get(name, [])):
            yield Rule(owner, False, _block(text(value)), _ALL, _PORTS, condition=when, by=by)
    for value, when in branches(properties.get("DestinationPrefixListId", [])):
        yield Rule(owner, False, f"prefix list {name_of(value)}", _ALL, _PORTS, condition=when, by=by)


_TARGETS: Final = {
    "GatewayId": "gateway",
    "NatGatewayId": "NAT gateway",
    "EgressOnlyInternetGatewayId": "outbound gateway",
    "TransitGatewayId": "transit gateway",
    "VpcPeeringConnectionId": "peering connection",
    "NetworkInterfaceId": "network interface",
    "InstanceId": "instance",
    "VpcEndpointId": "endpoint",
    "LocalGatewayId": "local gateway",
    "CarrierGatewayId": "carrier gateway",
    "CoreNetworkArn": "core network",
}


def _of_cluster(logical_id: str, properties: Mapping[str, Any]) -> Iterator[Rule]:
    """https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html"""
    for value, when in at("ResourcesVpcConfig.EndpointPublicAccess", properties) or [("true", "")]:
        limit = unknown("EndpointPublicAccess", value)
        if limit or text(value).lower() == "true":
            for block, also in at("ResourcesVpcConfig.PublicAccessCidrs", properties) or [("0.0.0.0/0", "")]:
                condition = both(limit, when, also)
                owner = f"the Kubernetes API of {logical_id}"
                yield Rule(owner, True, _block(text(block)), "tcp", (443, 443), condition=condition)


def _of_ports(logical_id: str, properties: Mapping[str, Any]) -> Iterator[Rule]:
    for item, when in at("Networking.Ports", properties):
        blocks = [text(block) for name in ("Cidrs", "Ipv6Cidrs") for block, _ in at(name, item)]
        for block in blocks or ["0.0.0.0/0"]:
            protocol = text(item.get("Protocol", "all")).lower().replace("all", _ALL)
            yield Rule(logical_id, True, _block(block), protocol, _ports(item, protocol), condition=when)


def _of_addresses(path: str) -> Callable[[str, Mapping[str, Any]], Iterator[Rule]]:
    """A list of address blocks that may sign in."""

    def reader(logical_id: str, properties: Mapping[str, Any]) -> Iterator[Rule]:
        for block, when in at(path, properties):
            yield Rule(logical_id, True, _block(text(block)), _ALL, _PORTS, condition=when)

    return reader


def _of_filter(logical_id: str, properties: Mapping[str, Any]) -> Iterator[Rule]:
    address = (
        properties.get("Filter", {}).get("IpFilter", {}) if isinstance(properties.get("Filter"), dict) else {}
    )
    if isinstance(address, dict) and "Cidr" in address:
        allows = text(address.get("Policy", "")).lower() == "allow"
        owner = f"the mail receipt of {logical_id}"
        yield Rule(owner, True, _block(text(address["Cidr"])), _ALL, _PORTS, allows)


_READERS: Final[Mapping[str, Callable[[str, Mapping[str, Any]], Iterator[Rule]]]] = {
    "AWS::EC2::NetworkAclEntry": _of_acl_entry,
    "AWS::EC2::PrefixList": _of_prefix_list,
    "AWS::EC2::SecurityGroup": _of_group,
    "AWS::EC2::SecurityGroupEgress": _of_egress,
    "AWS::EC2::SecurityGroupIngress": _of_ingress,
    "AWS::EC2::Route": _of_route,
    "AWS::EKS::Cluster": _of_cluster,
    "AWS::GameLift::ContainerFleet": _of_fleet,
    "AWS::GameLift::Fleet": _of_fleet,
    "AWS::Lightsail::Instance": _of_ports,
    "AWS::SES::ReceiptFilter": _of_filter,
    "AWS::SageMaker::Workforce": _of_addresses("SourceIpConfig.Cidrs"),
    "AWS::WorkSpacesWeb::IpAccessSettings": _of_addresses("IpRules.IpRange"),
}


def _block(word: str) -> str:
    """An address block by its one spelling, told as the internet where it is everybody."""
    import ipaddress

    try:
        block = str(ipaddress.ip_network(word, strict=False))
    except ValueError:
        return word
    return f"anyone on the internet ({block})" if block in _WORLD else block


@lru_cache(maxsize=4096)
def _network(word: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    import ipaddress

    _, bracket, inside = word.rpartition("(")
    try:
        return ipaddress.ip_network(inside.rstrip(")") if bracket else word)
    except ValueError:
        return None


def _part_of(inner: str, outer: str) -> bool:
    if inner == outer:
        return True
    small, large = _network(inner), _network(outer)
    if small is None or large is None or small.version != large.version:
        return False
    first, last = int(small.network_address), int(small.broadcast_address)
    return int(large.network_address) <= first and last <= int(large.broadcast_address)


def _within(inner: tuple[int, int] | str, outer: tuple[int, int] | str) -> bool:
    if inner == outer or outer in {_PORTS, "of every type"}:
        return True
    if isinstance(inner, str) or isinstance(outer, str):
        return False
    return outer[0] <= inner[0] and inner[1] <= outer[1]
