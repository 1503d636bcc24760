"""Switch a check off for one resource, with the reason beside it in the template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def suppressed(
    cfn_lint: Mapping[str, str] | None = None, checkov: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The resource's `Metadata`: each check's id with the sentence that says why it does not apply here.

    https://github.com/aws-cloudformation/cfn-lint#resource-based-metadata
    https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html

    Raises:
        ValueError: a reason is empty.

    >>> suppressed({"W9501": "Agreed."})
    {'cfn-lint': {'config': {'ignore_checks': ['W9501']}, 'reasons': {'W9501': 'Agreed.'}}}
    """
    for check, reason in {**(cfn_lint or {}), **(checkov or {})}.items():
        if not reason.strip():
            raise ValueError(f"the suppression of {check} gives no reason")
    metadata: dict[str, Any] = {}
    if cfn_lint:
        metadata["cfn-lint"] = {"config": {"ignore_checks": list(cfn_lint)}, "reasons": dict(cfn_lint)}
    if checkov:
        skips = [{"id": check, "comment": reason} for check, reason in checkov.items()]
        metadata["checkov"] = {"skip": skips}
    return metadata
