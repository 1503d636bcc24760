"""What a new value of each property of a type does: schemas, documents and update policies in one order.

Where a type has handlers, its schema is newer than what is documented: a document that says more makes
"maybe". Where it has none, CloudFormation's own code decides, and the documents tell what that does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from cfngen.template.change.consequence import Consequence
from cfngen.template.change.custom_names import dotted, names_type
from cfngen.template.change.documented_updates import DocumentedUpdate, documented_updates
from cfngen.template.change.exceptional_types import exceptional
from cfngen.template.change.resource_types import PropertyPath, ResourceSchema
from cfngen.template.intrinsics import intrinsic, text
from cfngen.template.values import as_text

_ONLY_NEW = "only a new resource can have another {}"
_SOME_CASES = "in some cases only a new resource can have another {}"
_REFUSES = "{} of an existing resource cannot change: the update fails"
_DOCUMENTED = "AWS documents that only a new resource can have another {}; its schema does not say so"
_MORE_CASES = "AWS documents that only a new resource can have another {}; its schema says so for some cases"
_SCHEMA_ONLY = "its schema says that only a new resource can have another {}; AWS documents otherwise"
_OLDER = (
    "CloudFormation's older specification, not AWS CDK, says that only a new resource can have another {}"
)
_NEWER = (
    "AWS CDK, not CloudFormation's older specification, says that only a new resource can have another {}"
)


class UpdateRule(NamedTuple):
    """What a new value of one property does.

    Attributes:
        path: the property, without `*`.
        consequence: what the new value does to the resource.
        reason: why, as a sentence about the property.
        as_a_whole: it is about the whole property, added or removed; those below have rules of their own.
    """

    path: PropertyPath
    consequence: Consequence
    reason: str = ""
    as_a_whole: bool = False


@lru_cache(maxsize=256)
def update_rules(resource_type: str, schema: ResourceSchema | None) -> tuple[UpdateRule, ...] | None:
    """The rules of a type, the gravest first; None for a type that nothing is known of.

    A property without a rule is updated in place where there is a schema, and unknown where there is none.
    """
    documented = documented_updates(resource_type)
    if schema is None and documented is None:
        return None
    rules: dict[PropertyPath, UpdateRule] = {}
    for rule in (*_of_schema(schema), *_of_documents(resource_type, documented or {}, schema)):
        rules[rule.path] = rule
    for path in exceptional(resource_type).refuses:
        rules[path] = _rule(path, Consequence.IMPOSSIBLE, _REFUSES)
    return tuple(sorted(rules.values(), key=lambda rule: -rule.consequence.rank))


def rules_of_policy(resource_type: str, body: Mapping[str, Any]) -> tuple[UpdateRule, ...]:
    """The rules that a resource's own UpdatePolicy makes; they stand above those of its type.

    >>> [rule] = rules_of_policy("AWS::OpenSearchService::Domain", {})
    >>> rule.path, rule.consequence.value
    (('EngineVersion',), 'replace')
    """
    switch = exceptional(resource_type).update_policy
    if switch is None:
        return ()
    chosen: Any = body.get("UpdatePolicy", {})
    for name in switch.policy:
        chosen = chosen.get(name, False) if isinstance(chosen, dict) and not intrinsic(chosen) else chosen
    named = dotted(("UpdatePolicy", *switch.policy))
    if isinstance(chosen, dict):
        consequence, reason = Consequence.MAYBE_REPLACE, f"{named}, {text(chosen)}, decides about {{}}"
    elif (as_text(chosen) == "true") is switch.replaces_when:
        state = "" if switch.replaces_when else "not "
        consequence, reason = (
            Consequence.REPLACE,
            f"only a new resource can have another {{}}: {named} is {state}true",
        )
    else:
        consequence, reason = Consequence.IN_PLACE, ""
    return tuple(_rule(path, consequence, reason) for path in switch.properties)


def _of_schema(schema: ResourceSchema | None) -> Iterator[UpdateRule]:
    if schema is not None:
        for path in schema.conditional_create_only:
            yield _rule(path, Consequence.MAYBE_REPLACE, _SOME_CASES)
        for path in schema.create_only:
            yield _rule(path, Consequence.REPLACE, _ONLY_NEW)


def _of_documents(
    resource_type: str, documented: Mapping[PropertyPath, DocumentedUpdate], schema: ResourceSchema | None
) -> Iterator[UpdateRule]:
    handled = schema is not None and schema.has_handlers
    fixed = set(map(_plain, schema.create_only)) if schema is not None else set()
    described = fixed.union(map(_plain, schema.conditional_create_only) if schema is not None else ())
    for path, update in documented.items():
        match update.newer, update.older:
            case _ if path in fixed:
                consequence, reason = Consequence.MAYBE_REPLACE, _SCHEMA_ONLY
            case _ if update.agreed is Consequence.REPLACE:
                sure = not handled or _identifies(path, resource_type, schema)
                consequence = Consequence.REPLACE if sure else Consequence.MAYBE_REPLACE
                reason = _ONLY_NEW if sure else _MORE_CASES if path in described else _DOCUMENTED
            case _ if update.agreed is Consequence.IN_PLACE and schema is not None:
                continue
            case _ if update.agreed is Consequence.IN_PLACE:
                consequence, reason = Consequence.IN_PLACE, ""
            case Consequence.REPLACE, Consequence.IN_PLACE:
                consequence, reason = Consequence.MAYBE_REPLACE, _NEWER
            case Consequence.IN_PLACE, Consequence.REPLACE:
                consequence, reason = Consequence.MAYBE_REPLACE, _OLDER
            case _:
                consequence, reason = Consequence.MAYBE_REPLACE, _SOME_CASES
        yield _rule(path, consequence, reason, as_a_whole=update.as_a_whole and path not in described)


def _identifies(path: PropertyPath, resource_type: str, schema: ResourceSchema | None) -> bool:
    """Whether the property tells one resource from every other: no update gives it another identity.

    >>> _identifies(("DatabaseInput", "Name"), "AWS::Glue::Database", None)
    True
    """
    kind = resource_type.rpartition("::")[2]
    if schema is not None and path in schema.primary_identifier:
        return True
    return names_type(path[-1], kind) and all(name.startswith(kind) for name in path[:-1])


def _rule(
    path: PropertyPath, consequence: Consequence, reason: str, *, as_a_whole: bool = False
) -> UpdateRule:
    plain = _plain(path)
    return UpdateRule(plain, consequence, reason.replace("{}", dotted(path)), as_a_whole)


def _plain(path: PropertyPath) -> PropertyPath:
    return tuple(name for name in path if name != "*")
