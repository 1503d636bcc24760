"""The network rules of each type of resource.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from cfngen.template.access.alternatives import alternatives, both, branches
from cfngen.template.access.in_properties import at, unknown
from cfngen.template.access.names import name_of
from cfngen.template.access.network_rule import ALL, EVERY_CODE, LISTED, PORTS, WORLD, Rule, addresses
from cfngen.template.intrinsics import text

_PROTOCOLS: Final = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}
_OWN: Final = "${AWS::AccountId}"


def _of_group(logical_id: str, properties: Mapping[str, Any]) -> Iterator[Rule]:
    owner = f"security group {logical_id}"
    for item, when in branches(properties.get("SecurityGroupIngress", [])):
        yield from _of_item(owner, item, when, inbound=True)
    outbound = list(branches(properties.get("SecurityGroupEgress", [])))
    for item, when in outbound:
        yield from _of_item(owner, item, when, inbound=False)
    if not outbound:
        # A group without outbound rules has the one that EC2 gives it: everything everywhere.
        yield from (Rule(owner, False, addresses(cidr), ALL, PORTS) for cidr in sorted(WORLD))


def _of_own_rule(properties: Mapping[str, Any], *, inbound: bool) -> Iterator[Rule]:
    named = properties.get("GroupId", properties.get("GroupName", ""))
    yield from _of_item(f"security group {name_of(named)}", properties, "", inbound=inbound)


def _of_ingress(_: str, properties: Mapping[str, Any]) -> Iterator[Rule]:
    return _of_own_rule(properties, inbound=True)


def _of_egress(_: str, properties: Mapping[str, Any]) -> Iterator[Rule]:
    return _of_own_rule(properties, inbound=False)


def _of_item(owner: str, item: Any, when: str, *, inbound: bool) -> Iterator[Rule]:
    if not isinstance(item, dict):
        yield Rule(owner, inbound, text(item), ALL, PORTS, condition=when)
        return
    for rule, limits in alternatives(item, when):
        protocol = text(rule.get("IpProtocol", ALL)).lower()
        protocol = _PROTOCOLS.get(protocol, protocol)
        for other in _others(rule):
            yield Rule(owner, inbound, other, protocol, _ports(rule, protocol), condition=limits)


def _others(item: Mapping[str, Any]) -> Iterator[str]:
    for name in ("CidrIp", "CidrIpv6"):
        if name in item:
            yield addresses(text(item[name]))
    for start in ("Source", "Destination"):
        for name in ("SecurityGroupId", "SecurityGroupName"):
            if start + name in item:
                account = text(item.get("SourceSecurityGroupOwnerId", _OWN))
                of = "" if account in {_OWN, "<AWS::AccountId>"} else f" of account {account}"
                yield f"security group {name_of(item[start + name])}{of}"
        if f"{start}PrefixListId" in item:
            yield f"prefix list {name_of(item[f'{start}PrefixListId'])}"


def _ports(item: Mapping[str, Any], protocol: str) -> tuple[int, int] | str:
    first, last = text(item.get("FromPort", "-1")), text(item.get("ToPort", item.get("FromPort", "-1")))
    if protocol.startswith("icmp"):
        if first == "-1":
            return "of every type"
        return f"type {first} {EVERY_CODE}" if last == "-1" else f"type {first} code {last}"
    if first == "-1" or last == "-1":
        return PORTS
    if first.isdecimal() and last.isdecimal():
        return int(first), int(last)
    return f"ports {first} to {last}" if first != last else f"port {first}"


def _of_acl_entry(_: str, properties: Mapping[str, Any]) -> Iterator[Rule]:
    owner = f"the subnets of network ACL {name_of(properties.get('NetworkAclId', ''))}"
    protocol = text(properties.get("Protocol", ALL))
    protocol = _PROTOCOLS.get(protocol, protocol)
    span = properties.get("PortRange")
    span = {"FromPort": span.get("From"), "ToPort": span.get("To")} if isinstance(span, dict) else {}
    known = {name: value for name, value in span.items() if value is not None}
    inbound = text(properties.get("Egress", False)) != "true"
    allows = text(properties.get("RuleAction", "")).lower() == "allow"
    for name in ("CidrBlock", "Ipv6CidrBlock"):
        if name in properties:
            other = addresses(text(properties[name]))
            by = f"rule {text(properties['RuleNumber'])}" if "RuleNumber" in properties else ""
            yield Rule(owner, inbound, other, protocol, _ports(known, protocol), allows, by=by)


def _of_prefix_list(logical_id: str, properties: Mapping[str, Any]) -> Iterator[Rule]:
    for entry, when in branches(properties.get("Entries", [])):
        if isinstance(entry, dict) and "Cidr" in entry:
            owner = f"prefix list {logical_id}"
            yield Rule(owner, True, addresses(text(entry["Cidr"])), LISTED, "", condition=when)


def _of_fleet(logical_id: str, properties: Mapping[str, Any]) -> Iterator[Rule]:
    for name in ("EC2InboundPermissions", "InstanceInboundPermissions"):
        for item, when in branches(properties.get(name, [])):
            if isinstance(item, dict):
                named = {"IpProtocol": item.get("Protocol", ALL), "CidrIp": item.get("IpRange", "")}
                yield from _of_item(f"fleet {logical_id}", {**item, **named}, when, inbound=True)


def _of_route(_: str, properties: Mapping[str, Any]) -> Iterator[Rule]:
    owner = f"what routes by {name_of(properties.get('RouteTableId', ''))}"
    target = next((name for name in properties if name in _TARGETS), "")
    by = f"{_TARGETS[target]} {name_of(properties[target])}" if target else ""
    for name in ("DestinationCidrBlock", "DestinationIpv6CidrBlock"):
        for value, when in branches(properties.get(name, [])):
            yield Rule(owner, False, addresses(text(value)), ALL, PORTS, condition=when, by=by)
    for value, when in branches(properties.get("DestinationPrefixListId", [])):
        yield Rule(owner, False, f"prefix list {name_of(value)}", ALL, PORTS, condition=when, by=by)


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
                yield Rule(owner, True, addresses(text(block)), "tcp", (443, 443), condition=condition)


def _of_ports(logical_id: str, properties: Mapping[str, Any]) -> Iterator[Rule]:
    for item, when in at("Networking.Ports", properties):
        if not isinstance(item, dict):
            continue
        blocks = [text(block) for name in ("Cidrs", "Ipv6Cidrs") for block, _ in at(name, item)]
        for block in blocks or ["0.0.0.0/0"]:
            protocol = text(item.get("Protocol", "all")).lower().replace("all", ALL)
            yield Rule(logical_id, True, addresses(block), protocol, _ports(item, protocol), condition=when)


def _of_addresses(path: str) -> Callable[[str, Mapping[str, Any]], Iterator[Rule]]:
    """A list of address blocks that may sign in."""

    def reader(logical_id: str, properties: Mapping[str, Any]) -> Iterator[Rule]:
        for block, when in at(path, properties):
            yield Rule(logical_id, True, addresses(text(block)), ALL, PORTS, condition=when)

    return reader


def _of_filter(logical_id: str, properties: Mapping[str, Any]) -> Iterator[Rule]:
    address = (
        properties.get("Filter", {}).get("IpFilter", {}) if isinstance(properties.get("Filter"), dict) else {}
    )
    if isinstance(address, dict) and "Cidr" in address:
        allows = text(address.get("Policy", "")).lower() == "allow"
        owner = f"the mail receipt of {logical_id}"
        yield Rule(owner, True, addresses(text(address["Cidr"])), ALL, PORTS, allows)


READERS: Final[Mapping[str, Callable[[str, Mapping[str, Any]], Iterator[Rule]]]] = {
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
