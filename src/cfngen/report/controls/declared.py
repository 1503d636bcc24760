"""The claims of out/<stack>.claims.json that are made in one environment, without an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cfngen.template.environment.resolve import resolve_open
from cfngen.verify.claims import Claim


def declared_claims(
    stack: str,
    claims: Mapping[str, Mapping[str, Any]],
    template: Mapping[str, Any],
    parameters: Mapping[str, str],
    *,
    account: str | None,
    region: str,
) -> list[Claim]:
    """The claims whose conditions hold with these values, in the order of the definition.

    A value that only a deployment knows, such as a resource of another stack, stays as it is written.

    Arguments:
        claims: by name, the content of `claims` in the file.

    Raises:
        TemplateError: as `template.environment.resolve`.
    """
    resources = template.get("Resources", {})
    conditions = dict(template.get("Conditions", {}))
    outputs: dict[str, Any] = {}
    for number, claim in enumerate(claims.values()):
        asked = [claim.get("when"), resources.get(claim.get("about"), {}).get("Condition")]
        both = [{"Condition": each} if isinstance(each, str) else each for each in asked if each]
        given = claim.get("given", {})
        plain = {key: given[key] for key in ("demand", "filter") if key in given}
        outputs[f"C{number}"] = {"Value": plain}
        if both:
            conditions[f"C{number}When"] = {"Fn::And": [*both, both[0]]}
            outputs[f"C{number}"]["Condition"] = f"C{number}When"
    whole = {**template, "Conditions": conditions, "Outputs": outputs, "Resources": resources}
    made = resolve_open(whole, parameters, account=account, region=region).get("Outputs", {})
    return [
        Claim(
            stack,
            name,
            claim["says"],
            claim["kind"],
            claim.get("about", ""),
            claim.get("severity", "high"),
            claim.get("source", ""),
            made[f"C{number}"]["Value"],
        )
        for number, (name, claim) in enumerate(claims.items())
        if f"C{number}" in made
    ]
