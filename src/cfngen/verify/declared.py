"""The claims that definitions declare, with the deployment's values in them."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from cfngen.aws.resources import Scope
from cfngen.errors import OutError
from cfngen.manifest import StackEntry
from cfngen.project import CLAIMS, Project
from cfngen.template.change.promises import read_claims
from cfngen.verify.claims import Claim
from cfngen.verify.deployed import resolved
from cfngen.verify.world import Target

_SIBLING = re.compile(r"\$\{([a-z][a-z0-9-]*):([A-Za-z0-9]+)\}")


class Sibling(NamedTuple):
    """Another stack of the environment."""

    template: Mapping[str, Any]
    parameters: Mapping[str, str]
    stack_name: str
    ids: Mapping[str, str]


_REMEDY = "generate it again (cfngen generate) and review what changes; nothing was verified"


def declared(project: Project, entry: StackEntry, template: Path) -> dict[str, Any]:
    """The claims that belong to a template: to the current one, or to one of its releases.

    Arguments:
        template: relative to the project's root.

    Raises:
        OutError: the file is not what the manifest says: what was reviewed is what is verified.
    """
    released = (project.root / template).is_relative_to(project.releases)
    wanted = entry.released_claims.get(template.stem) if released else entry.claims
    if wanted is None:
        return {}
    path = (project.root / template).with_name(template.name.removesuffix(".yaml") + CLAIMS)
    place = project.relative(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise OutError(f"cannot be read: {error.strerror}", place=place, remedy=_REMEDY) from error
    if hashlib.sha256(content).hexdigest() != wanted:
        raise OutError(
            "is not what the manifest says: it was changed after it was generated",
            place=place,
            remedy=_REMEDY,
        )
    return read_claims(content, place)


def of_definition(
    target: Target, ids: Mapping[str, str], scope: Scope, siblings: Mapping[str, Sibling]
) -> list[Claim]:
    """The claims whose conditions hold, in the order of the definition.

    Arguments:
        ids: the physical ids of the stack's resources.
        siblings: the other stacks of the environment, which a claim may refer to: `${stack:LogicalId}`.

    Raises:
        TemplateError: a claim that no values can be put into.
    """
    if not target.claims:
        return []
    claims = _with_siblings(target.claims, siblings, scope)
    names = {f"C{number}": name for number, name in enumerate(claims)}
    resources = target.template["Resources"]
    outputs: dict[str, Any] = {}
    conditions = dict(target.template.get("Conditions", {}))
    for key, name in names.items():
        body = claims[name]
        # A resource that its condition leaves out promises nothing.
        asked = [body.get("when"), resources.get(body["about"], {}).get("Condition")]
        both = [{"Condition": each} if isinstance(each, str) else each for each in asked if each]
        outputs[key] = {"Value": body.get("given", {})}
        if both:
            conditions[f"{key}When"] = {"Fn::And": [*both, both[0]]}
            outputs[key]["Condition"] = f"{key}When"
    template: Mapping[str, Any] = {**target.template, "Conditions": conditions, "Outputs": outputs}
    whole = resolved(template, target.parameters, target.stack_name, ids, scope, ("Outputs",))
    return [
        _claim(target.stack, names[key], claims[names[key]], body["Value"])
        for key, body in whole["Outputs"].items()
    ]


def _with_siblings(
    claims: Mapping[str, Any], siblings: Mapping[str, Sibling], scope: Scope
) -> dict[str, Any]:
    """The claims with the names of other stacks' resources; without those about what is not there."""
    asked: dict[str, set[str]] = defaultdict(set)
    texts = {name: json.dumps(claim) for name, claim in claims.items()}
    for text in texts.values():
        for match in _SIBLING.finditer(text):
            asked[match[1]].add(match[2])
    known = {
        f"${{{stack}:{logical_id}}}": value
        for stack, names in asked.items()
        if stack in siblings
        for logical_id, value in _references(siblings[stack], names, scope).items()
    }
    found = {}
    for name, text in texts.items():
        filled = _SIBLING.sub(lambda match: json.dumps(known.get(match[0], match[0]))[1:-1], text)
        if not _SIBLING.search(filled):
            found[name] = json.loads(filled)
    return found


def _references(sibling: Sibling, names: set[str], scope: Scope) -> dict[str, str]:
    """What `Ref` of the resources gives, as far as they are there."""
    template, parameters, stack_name, ids = sibling
    resources = template["Resources"]
    outputs = {
        name: {
            "Value": {"Ref": name},
            **({"Condition": resources[name]["Condition"]} if "Condition" in resources[name] else {}),
        }
        for name in names
        if name in resources
    }
    if not outputs:
        return {}
    whole = resolved({**template, "Outputs": outputs}, parameters, stack_name, ids, scope, ("Outputs",))
    return {name: str(body["Value"]) for name, body in whole["Outputs"].items()}


def _claim(stack: str, name: str, body: Mapping[str, Any], given: Mapping[str, Any]) -> Claim:
    return Claim(
        stack=stack,
        name=name,
        says=body["says"],
        kind=body["kind"],
        about=body["about"],
        severity=body.get("severity", "high"),
        source=body.get("source", ""),
        given=given,
        before=body.get("before", False),
    )
