"""What the handlers of a CloudFormation resource type are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Properties = Mapping[str, Any]


@dataclass(frozen=True)
class ResourceType:
    """A type that MiniStack does not know.

    Attributes:
        create: makes the bare resource from its name and properties; returns the physical id, what Ref gives.
        configure: brings all the rest to what the template says; gets the physical id, the new properties
            and the ones before ({} on creation). Must be able to go back as well: a rollback calls it too.
        delete: removes it.
        attributes: what Fn::GetAtt gives.
        named: the property that names it, if a template may choose the name.
        create_only: properties whose change replaces the resource (createOnlyProperties of its schema).
        tags: the property that the stack's own tags are added to.
    """

    type_name: str
    create: Callable[[str, Properties], str]
    configure: Callable[[str, Properties, Properties], None]
    delete: Callable[[str, Properties], None]
    attributes: Callable[[str, Properties], dict[str, str]] = lambda _id, _properties: {}
    named: str | None = None
    create_only: tuple[str, ...] = ()
    tags: str | None = None


@dataclass(frozen=True)
class Completion:
    """What is added to a type that MiniStack provisions without some of its properties.

    Attributes:
        configure: as above, called after MiniStack's own creation or update.
        delete: in the place of MiniStack's own deletion; None leaves that.
        create_only: as above; None leaves MiniStack's answer alone.
        tags: as above, where MiniStack does not add the stack's tags itself.
    """

    type_name: str
    configure: Callable[[str, Properties, Properties], None] = lambda _id, _new, _old: None
    delete: Callable[[str, Properties], None] | None = None
    create_only: tuple[str, ...] | None = None
    tags: str | None = None


def tag_changes(new: Properties, old: Properties, name: str = "Tags") -> tuple[dict[str, str], list[str]]:
    """The tags to set and the keys to remove, without the ones that only AWS may set.

    >>> tag_changes({"Tags": [{"Key": "a", "Value": 1}]}, {"Tags": [{"Key": "b", "Value": "2"}]})
    ({'a': '1'}, ['b'])
    """
    wanted, before = (
        {
            tag["Key"]: str(tag["Value"])
            for tag in properties.get(name) or []
            if not tag["Key"].startswith("aws:")
        }
        for properties in (new, old)
    )
    return wanted, [key for key in before if key not in wanted]


def as_tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as most APIs take them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]
