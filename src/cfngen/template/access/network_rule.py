"""A rule about which addresses reach which ports: what it lets pass, and what another one does too."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import ipaddress

ALL: Final = "-1"
PORTS: Final = (0, 65_535)
EVERY_CODE: Final = "of every code"
LISTED: Final = ""  # the rule is an address block of a prefix list
AT_ADDRESS: Final = "*"  # what passes is not the resource's own to say
WORLD: Final = frozenset({"0.0.0.0/0", "::/0"})


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
            and self.protocol in {ALL, other.protocol}
            and (self.protocol == ALL or _within(other.ports, self.ports))
            and _part_of(other.other, self.other)
        )

    def sentence(self, *, gained: bool) -> str:
        """What the rule lets pass, or does not any more."""
        limits = f" by {self.by}" if self.by else ""
        limits += f", if {self.condition}" if self.condition else ""
        who, whom = (self.other, self.owner) if self.inbound else (self.owner, self.other)
        if self.protocol == LISTED:
            return f"{who} {'is' if gained else 'is no longer'} in {whom}{limits}"
        if self.allows:
            can = "can" if gained else "can no longer"
        else:
            can = "is denied to" if gained else "is no longer denied to"
        return f"{who} {can} reach {whom} {self._where()}{limits}"

    def _where(self) -> str:
        if self.protocol == ALL:
            return "on every port of every protocol"
        if self.protocol == AT_ADDRESS:
            return "at its public address"
        if isinstance(self.ports, str):
            return f"on {self.protocol} {self.ports}"
        first, last = self.ports
        if (first, last) == PORTS:
            return f"on every {self.protocol} port"
        named = f"port {first}" if first == last else f"ports {first} to {last}"
        return f"on {self.protocol} {named}"


def addresses(word: str) -> str:
    """An address block by its one spelling, told as the internet where it is everybody."""
    import ipaddress

    try:
        block = str(ipaddress.ip_network(word, strict=False))
    except ValueError:
        return word
    return f"anyone on the internet ({block})" if block in WORLD else block


@lru_cache(maxsize=4096)
def network(word: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    import ipaddress

    _, bracket, inside = word.rpartition("(")
    try:
        return ipaddress.ip_network(inside.rstrip(")") if bracket else word)
    except ValueError:
        return None


def _part_of(inner: str, outer: str) -> bool:
    if inner == outer:
        return True
    small, large = network(inner), network(outer)
    if small is None or large is None or small.version != large.version:
        return False
    first, last = int(small.network_address), int(small.broadcast_address)
    return int(large.network_address) <= first and last <= int(large.broadcast_address)


def _within(inner: tuple[int, int] | str, outer: tuple[int, int] | str) -> bool:
    if inner == outer or outer in {PORTS, "of every type"}:
        return True
    if isinstance(inner, str) or isinstance(outer, str):
        words = str(inner), str(outer)
        return words[1].endswith(EVERY_CODE) and words[0].startswith(words[1].removesuffix(EVERY_CODE))
    return outer[0] <= inner[0] and inner[1] <= outer[1]
