"""The request whose template takes in what exists as it is, and changes nothing. Pure.

Each resource needs a DeletionPolicy; outputs, tags and every resource that is in the stack already stay as
they are. CloudFormation does not compare what the template says with what exists:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-manually.html
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from cfngen.deploy.adoption.description import Attachments, Description, Words, describe
from cfngen.deploy.adoption.existing import Existing
from cfngen.deploy.changeset.make import ResourceToImport
from cfngen.deploy.request import Request
from cfngen.template.change.resource_types import Schemas
from cfngen.template.loops import expanded
from cfngen.template.values import as_text, unknowns

_KEPT = ("AWSTemplateFormatVersion", "Description", "Transform", "Parameters", "Mappings", "Conditions")
_IN_WORDS = ("UpdateReplacePolicy", "Condition", "Metadata", "CreationPolicy", "UpdatePolicy")


class Base(NamedTuple):
    """What the stack is now.

    Attributes:
        template: the deployed template.
        parameters: the values that it was deployed with, secret ones as `****`.
    """

    template: Mapping[str, Any]
    parameters: Mapping[str, str]


class Import(NamedTuple):
    """What an import takes in.

    Attributes:
        request: the stack with what is taken in, and nothing else changed.
        resources: what CloudFormation is told of each.
        descriptions: each as it is, by logical id.
    """

    request: Request
    resources: tuple[ResourceToImport, ...]
    descriptions: Mapping[str, Description]


def import_of(
    request: Request,
    found: Sequence[Existing],
    base: Base | None,
    schemas: Schemas,
    attached: Attachments,
) -> Import:
    """The import of these resources.

    Arguments:
        found: what exists, is in no stack and can be imported.
        base: what the stack is now; None where there is none, or one without resources.
    """
    whole = expanded(request.template, request.parameters)
    names = [each.named.logical_id for each in found]
    words = _words(request, whole, names, base)
    known = _known(found)
    described = {
        each.named.logical_id: describe(
            each,
            whole["Resources"][each.named.logical_id].get("Properties", {}),
            words,
            schemas,
            attached,
            known,
        )
        for each in found
    }
    resources = {name: _body(whole["Resources"][name], described[name], words, names) for name in described}
    start: Mapping[str, Any] = {key: whole[key] for key in _KEPT if key in whole}
    if base is not None:
        start = base.template
    template = {**start, "Resources": {**start.get("Resources", {}), **resources}}
    content = json.dumps(template, separators=(",", ":")).encode()
    values = request.parameters if base is None else dict(base.parameters)
    made = replace(request, content=content, template=template, parameters=values, tags={})
    return Import(
        made,
        tuple(
            ResourceToImport(each.named.logical_id, each.named.type, tuple(each.identifier.items()))
            for each in found
        ),
        described,
    )


def _words(request: Request, whole: Mapping[str, Any], names: Sequence[str], base: Base | None) -> Words:
    """What the import's template has: of a deployed one only where it says the same of everything."""
    if base is not None and not _alike(request, whole, base):
        return Words(secret=request.secret)
    there = set() if base is None else {*base.template.get("Resources", {})}
    return Words(
        frozenset({*whole.get("Parameters", {}), *names, *there}),
        frozenset(whole.get("Conditions", {})),
        frozenset(whole.get("Mappings", {})),
        request.secret,
    )


def _alike(request: Request, whole: Mapping[str, Any], base: Base) -> bool:
    sections = ("Parameters", "Conditions", "Mappings")
    same = all(base.template.get(section, {}) == whole.get(section, {}) for section in sections)
    return same and dict(base.parameters) == request.shown


def _body(
    written: Mapping[str, Any], described: Description, words: Words, names: Collection[str]
) -> dict[str, Any]:
    """The resource; whatever becomes of its stack before the update, it stays in the account."""
    named = written.get("DependsOn", [])
    after = [name for name in ([named] if isinstance(named, str) else named) if name in names]
    kept = {key: written[key] for key in _IN_WORDS if key in written and _fits(key, written[key], words)}
    return {
        "Type": written["Type"],
        "DeletionPolicy": "Retain",
        **kept,
        **({"DependsOn": after} if after else {}),
        "Properties": dict(described.properties),
    }


def _fits(key: str, value: Any, words: Words) -> bool:
    return value in words.conditions if key == "Condition" else words.fit(value)


def _known(found: Sequence[Existing]) -> dict[str, str]:
    """What the marks of these resources stand for: their ids, and the attributes that were read."""
    known = {}
    for each in found:
        name = each.named.logical_id
        known[name] = each.named.id
        for key, value in each.live.items():
            if isinstance(value, str | int | bool) and not unknowns(value):
                known[f"{name}.{key}"] = as_text(value)
    return known
