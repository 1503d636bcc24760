"""The ways in which a resource type grants access."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

_NONE: Final[Mapping[str, str]] = MappingProxyType({})


class Holder(NamedTuple):
    """A role, a user or a group: what it may do, and who may become it."""

    word: str


class Attached(NamedTuple):
    """A policy of its own, for the roles, users and groups that it names or that name it."""


class IdentityPolicy(NamedTuple):
    """A policy without a principal, for whoever has it.

    Attributes:
        holder: who has it, in words; `{}` is the logical id.
    """

    holder: str


class SessionPolicy(NamedTuple):
    """A policy that limits a role while somebody uses it; without one, whatever the role is allowed.

    Attributes:
        holder: who uses it, in words; `{}` is the logical id.
        role: the property with the role, with a word before it.
    """

    holder: str
    role: str


class ResourcePolicy(NamedTuple):
    """A policy document about a resource; `Resource: *` in it is that resource.

    Attributes:
        about: the property that names the resource; empty for the one that has the document.
        whole: whether its ARN is all of the resource: a bucket has objects, a queue has no parts.
    """

    about: str = ""
    whole: bool = False


class Permission(NamedTuple):
    """A permission in properties instead of a document.

    Attributes:
        principal: the property with who is allowed. In braces are properties: `user {PrincipalId}`.
        action: the property with what is allowed, or words with properties in braces.
        resource: the property with what it is about; empty for the resource itself.
        each: the list whose items are a permission each; empty where the resource is one.
        limits: condition operator and key by the property that has the value.
    """

    principal: str
    action: str
    resource: str = ""
    each: str = ""
    limits: Mapping[str, str] = _NONE


class Switch(NamedTuple):
    """A property that lets everyone do something, or denies it, while it has one of some values.

    Attributes:
        property: the property, or its path.
        values: in small letters; an empty one is that of no value.
        action: what is allowed or denied.
        effect: `Allow` or `Deny`.
        resource: the property with what it is about; empty for the resource itself.
    """

    property: str
    values: tuple[str, ...]
    action: str
    effect: str = "Allow"
    resource: str = ""


class Membership(NamedTuple):
    """Members that get whatever another is allowed.

    Attributes:
        member: the property with the members, with a word before it: `user {Users}`.
        of: the property with what they become a member of.
    """

    member: str
    of: str


class RunsAs(NamedTuple):
    """Something that runs with a role; told where another role is given to what is there already.

    Attributes:
        role: the property with the role, with a word before it.
    """

    role: str


class Network(NamedTuple):
    """Rules about which addresses reach which ports."""


class Serverless(NamedTuple):
    """A function or state machine of AWS SAM, whose role the transform makes."""


class PermissionSet(NamedTuple):
    """What an assigned user or group of IAM Identity Center may do."""


class BucketAcl(NamedTuple):
    """A bucket's canned ACL; policy documents are resources of their own."""


class SearchPolicy(NamedTuple):
    """A policy of OpenSearch Serverless, in a language of its own."""


class Several(NamedTuple):
    """A type that grants in several ways.

    Attributes:
        readings: each of them.
    """

    readings: tuple[Reading, ...]


class NotGranting(NamedTuple):
    """A type with a property that looks like a grant and is none, or that nobody can read here.

    Attributes:
        reason: why.
    """

    reason: str


Reading: TypeAlias = (
    Holder
    | Attached
    | IdentityPolicy
    | SessionPolicy
    | ResourcePolicy
    | Permission
    | Membership
    | RunsAs
    | Network
    | Serverless
    | PermissionSet
    | BucketAcl
    | Switch
    | SearchPolicy
    | NotGranting
    | Several
)
