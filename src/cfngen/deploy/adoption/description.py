"""A resource that exists, in the template's terms: what an import may say of it, and how it differs. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from cfngen.aws.defaults import is_default
from cfngen.deploy.adoption.existing import Existing
from cfngen.template.change.resource_types import ResourceSchema, Schemas
from cfngen.template.environment.physical_names import reference
from cfngen.template.intrinsics import references
from cfngen.template.likeness import Unlike, differences, without
from cfngen.template.values import mark, unknowns

_NOTHING: Final[Mapping[str, frozenset[str]]] = MappingProxyType({})
AWS_TAG: Final = "aws:"


class Description(NamedTuple):
    """One resource as it is.

    Attributes:
        properties: what an import says of it: where it is as the template says, in the template's own words.
        unlike: what differs, and what the update brings to what the template says.
        stays: what differs and stays: only a new resource can have it otherwise.
        unset: what nobody but AWS may have set, its default being unknown: it stays, too.
    """

    properties: Mapping[str, Any]
    unlike: tuple[Unlike, ...] = ()
    stays: tuple[Unlike, ...] = ()
    unset: tuple[Unlike, ...] = ()


class Attachments(NamedTuple):
    """What the environment's stacks attach to resources from outside.

    Attributes:
        policies: the ARNs of the managed policies that other resources attach, by the role's name.
        inline: the names of inline policies that other resources give, by the role's name.
        roles: the names of the roles that attach it themselves, by the managed policy's ARN.
        endpoints: the endpoints that other resources subscribe, by the topic's ARN.
    """

    policies: Mapping[str, frozenset[str]] = _NOTHING
    inline: Mapping[str, frozenset[str]] = _NOTHING
    roles: Mapping[str, frozenset[str]] = _NOTHING
    endpoints: Mapping[str, frozenset[str]] = _NOTHING


def attachments(templates: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> Attachments:
    """What the resources of these templates attach to each other.

    Arguments:
        templates: resolved.
        names: `AccountId`, `Region`, `Partition`.
    """
    tables: tuple[dict[str, set[str]], ...] = ({}, {}, {}, {})
    policies, inline, roles, endpoints = tables
    for template in templates:
        for logical_id, body in template.get("Resources", {}).items():
            given = body.get("Properties", {})
            own = reference(logical_id, body.get("Type", ""), given.get, names)
            match body.get("Type"):
                case "AWS::IAM::ManagedPolicy":
                    for role in given.get("Roles", ()):
                        policies.setdefault(role, set()).add(own)
                case "AWS::IAM::RolePolicy":
                    inline.setdefault(str(given.get("RoleName")), set()).add(str(given.get("PolicyName")))
                case "AWS::IAM::Policy":
                    for role in given.get("Roles", ()):
                        inline.setdefault(role, set()).add(str(given.get("PolicyName")))
                case "AWS::IAM::Role":
                    for arn in given.get("ManagedPolicyArns", ()):
                        roles.setdefault(arn, set()).add(own)
                case "AWS::SNS::Subscription":
                    endpoints.setdefault(str(given.get("TopicArn")), set()).add(str(given.get("Endpoint")))
    return Attachments(*({key: frozenset(found) for key, found in table.items()} for table in tables))


class Words(NamedTuple):
    """What the import's template can say in the template's own words.

    Attributes:
        names: the parameters and resources that it has.
        conditions, mappings: those that it has.
        secret: the parameters whose values must not be written anywhere.
    """

    names: frozenset[str] = frozenset()
    conditions: frozenset[str] = frozenset()
    mappings: frozenset[str] = frozenset()
    secret: frozenset[str] = frozenset()

    def fit(self, written: Any) -> bool:
        """Whether all that a value refers to is there."""
        known = {"name": self.names, "condition": self.conditions, "mapping": self.mappings}
        return all(
            name in known[kind] or (kind == "name" and name.startswith("AWS::"))
            for (kind, name), _ in references(written)
        )

    def hide(self, written: Any) -> bool:
        """Whether a secret is in a value."""
        return any(kind == "name" and name in self.secret for (kind, name), _ in references(written))


def describe(
    existing: Existing,
    written: Mapping[str, Any],
    words: Words,
    schemas: Schemas,
    attached: Attachments,
    known: Mapping[str, str],
) -> Description:
    """The resource as an import describes it, so that the update makes it what the template says.

    Arguments:
        written: the properties as the template writes them, with their functions.
        known: what the marks of other existing resources stand for.
    """
    schema = schemas.get(existing.named.type)
    live = _own(existing, schema, attached)
    fixed = {path[0] for path in schema.create_only} if schema else set()
    made: dict[str, Any] = {}
    unlike: list[Unlike] = []
    stays: list[Unlike] = []
    for name, value in _filled(existing.named.properties, known).items():
        raw, actual = written.get(name, value), live.get(name)
        secret = words.hide(raw)
        said = raw if words.fit(raw) else None if secret or unknowns(value) else value
        differ = [*_differences(name, value, actual, schema)]
        same = not (differ or unknowns(value))
        # What has its default may not be answered.
        same = same or (actual is None and is_default(existing.named.type, name, value) is True)
        if same or secret or _write_only(name, schema):
            made |= {} if said is None else {name: said}
        elif differ and name in fixed:
            stays += differ
            made |= {} if said is None else {name: said}
        else:
            unlike += differ or [Unlike(name, value, actual)]
            made |= {} if actual is None else {name: _literal(name, actual, schema)}
    unset: list[Unlike] = []
    for name, value in _unset(existing, live, schema):
        default = True if name in made else is_default(existing.named.type, name, value)
        if default is False and name not in fixed:
            unlike.append(Unlike(name, None, value))
            made[name] = _literal(name, value, schema)
        elif default is False:
            stays.append(Unlike(name, None, value))
        elif default is None:
            unset.append(Unlike(name, None, value))
    return Description(made, tuple(unlike), tuple(stays), tuple(unset))


def _own(existing: Existing, schema: ResourceSchema | None, attached: Attachments) -> dict[str, Any]:
    """What the resource has by itself: without AWS's own tags, and what other resources attach to it."""
    live, given = dict(existing.live), existing.named.properties
    tags = (schema.tags if schema else None) or ""
    match live.get(tags):
        case list() as listed:
            live[tags] = [tag for tag in listed if not str(tag.get("Key", "")).startswith(AWS_TAG)]
        case dict() as mapped:
            live[tags] = {key: value for key, value in mapped.items() if not key.startswith(AWS_TAG)}
    own = existing.named.id

    def kept(name: str, others: frozenset[str], key: Callable[[Any], Any] = lambda item: item) -> None:
        mine = [key(item) for item in given.get(name) or ()]
        items = [item for item in live.get(name) or () if key(item) in mine or key(item) not in others]
        live.pop(name, None)
        live.update({name: items} if items else {})

    nobody: frozenset[str] = frozenset()
    if existing.named.type == "AWS::IAM::Role":
        kept("ManagedPolicyArns", attached.policies.get(own, nobody))
        kept("Policies", attached.inline.get(own, nobody), lambda item: item.get("PolicyName"))
    elif existing.named.type == "AWS::IAM::ManagedPolicy":
        kept("Roles", attached.roles.get(own, nobody))
    elif existing.named.type == "AWS::SNS::Topic":
        kept("Subscription", attached.endpoints.get(own, nobody), lambda item: item.get("Endpoint"))
    return live


def _differences(name: str, given: Any, actual: Any, schema: ResourceSchema | None) -> Iterator[Unlike]:
    """What differs, tags that only the resource has included."""
    tags = schema is not None and name == schema.tags
    yield from differences(given, type(given)() if tags and actual is None else actual, name)
    if tags:
        wanted = _tags(given)
        yield from (
            Unlike(f"{name}[{key}]", None, value) for key, value in _tags(actual).items() if key not in wanted
        )


def _tags(tags: Any) -> dict[str, Any]:
    """Tags by their keys, whichever way the type writes them."""
    if isinstance(tags, list):
        return {str(tag.get("Key")): tag.get("Value") for tag in tags}
    return dict(tags) if isinstance(tags, Mapping) else {}


def _write_only(name: str, schema: ResourceSchema | None) -> bool:
    return schema is not None and (name,) in schema.write_only


def _literal(name: str, value: Any, schema: ResourceSchema | None) -> Any:
    """A value that was read, as a template may give it."""
    hidden = {*schema.read_only, *schema.write_only} if schema else set()
    return without({name: value}, hidden)[name]


def _unset(
    existing: Existing, live: Mapping[str, Any], schema: ResourceSchema | None
) -> Iterator[tuple[str, Any]]:
    """What the resource has and the template does not say."""
    if schema is None:
        return
    known = schema.document.get("properties", {})
    hidden = {path[0] for path in (*schema.read_only, *schema.write_only, *schema.primary_identifier)}
    own = existing.named.id
    for name, value in live.items():
        if name not in known or name in hidden or name in existing.named.properties:
            continue
        # A name that nobody gave is a part of the physical id.
        if isinstance(value, str) and (value == own or (name.endswith("Name") and value in own)):
            continue
        yield name, value


def _filled(node: Any, known: Mapping[str, str]) -> Any:
    """The same with what is known in the place of its marks."""
    if isinstance(node, str):
        for sign in unknowns(node):
            node = node.replace(mark(sign), known.get(sign, mark(sign)))
        return node
    if isinstance(node, Mapping):
        return {key: _filled(item, known) for key, item in node.items()}
    return [_filled(item, known) for item in node] if isinstance(node, list) else node
