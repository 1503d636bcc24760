"""The claims that a definition declares, as the file that is reviewed with its template."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from cfngen.define.claims import DeclaredClaim
from cfngen.errors import DefinitionError
from cfngen.generate.plain import UnwritableError, plain
from cfngen.generate.render import Locate
from cfngen.template.intrinsics import references

FORMAT_VERSION = "1.0"


def claims_of(claims: Sequence[DeclaredClaim], template: Mapping[str, Any], locate: Locate) -> bytes | None:
    """The bytes of the file, a claim a line so that git shows what changed; None where nothing is claimed.

    Raises:
        DefinitionError: two claims of one name, or one about what the template does not have.
    """
    if not claims:
        return None
    named: dict[str, dict[str, Any]] = {}
    known = {
        "name": {*template.get("Resources", {}), *template.get("Parameters", {})},
        "condition": {*template.get("Conditions", {})},
        "mapping": {*template.get("Mappings", {})},
    }
    for claim in claims:
        if claim.name in named:
            raise _error(claim, "is declared twice", "give one of the two another sentence or name", locate)
        named[claim.name] = _checked(claim, known, template, locate)
    encoded = json.JSONEncoder(ensure_ascii=False).encode
    lines = ",\n".join(f"    {encoded(name)}: {encoded(body)}" for name, body in named.items())
    return f'{{\n  "format_version": "{FORMAT_VERSION}",\n  "claims": {{\n{lines}\n  }}\n}}\n'.encode()


def _checked(
    claim: DeclaredClaim, known: Mapping[str, set[str]], template: Mapping[str, Any], locate: Locate
) -> dict[str, Any]:
    resources = template.get("Resources", {})
    if claim.about not in resources:
        raise _error(
            claim, "is not about a resource of the template", f"known: {', '.join(resources)}", locate
        )
    try:
        when = plain(claim.when) if claim.when is not None else None
        given = plain(dict(claim.given))
    except UnwritableError as error:
        raise _error(claim, f"cannot be written: {error.sentence}", error.remedy, locate) from error
    if isinstance(when, str) and when not in known["condition"]:
        raise _error(
            claim,
            f"names the condition {when}, which the template does not have",
            "name a condition of the template",
            locate,
        )
    for (kind, name), _ in chain(references(given), references(when)):
        if claim.before and ":" in name and not name.startswith("AWS::"):
            remedy = "compute the name here: the other stack may not be deployed when this is looked at"
            raise _error(claim, f"has to hold before the deployment and refers to {name}", remedy, locate)
        # `${other-stack:Logical}`, and AWS's own names, are not the template's.
        if name not in known[kind] and ":" not in name:
            raise _error(
                claim,
                f"refers to {name}, which the template does not have",
                "name a parameter or a resource",
                locate,
            )
    body: dict[str, Any] = {"says": claim.says, "kind": claim.kind, "about": claim.about}
    body["severity"] = claim.severity
    optional = (("when", when), ("source", claim.source), ("before", claim.before), ("given", given))
    body.update((key, value) for key, value in optional if value)
    return body


def _error(claim: DeclaredClaim, problem: str, remedy: str | None, locate: Locate) -> DefinitionError:
    return DefinitionError(f"claim {claim.name!r} {problem}", place=locate(claim.about), remedy=remedy)
