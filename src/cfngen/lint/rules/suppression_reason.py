from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from cfngen.lint.rules._walk import Path


class SuppressionReason(CloudFormationLintRule):
    """Who switches a check off says why, in the template."""

    id = "W9510"
    shortdesc = "Give each suppression a reason"
    description = (
        "A check that is switched off without a reason is switched off for ever. Beside 'config' with its "
        "ignore_checks, Metadata 'cfn-lint' takes 'reasons', a sentence for each rule id; an entry of "
        "'checkov: skip' takes a 'comment'. This rule itself cannot be switched off."
    )
    source_url = "https://github.com/aws-cloudformation/cfn-lint#resource-based-metadata"
    tags = ["metadata", "suppressions"]  # noqa: RUF012 - cfn-lint wants a list
    wrong = """
        Topic:
          Type: AWS::SNS::Topic
          Metadata: {cfn-lint: {config: {ignore_checks: [W9507]}}}
    """
    right = """
        Topic:
          Type: AWS::SNS::Topic
          Metadata:
            cfn-lint:
              config: {ignore_checks: [W9507]}
              reasons: {W9507: Another team makes this topic and tags it.}
    """

    def match(self, cfn: Template) -> list[RuleMatch]:
        places: list[tuple[Any, Path]] = [(cfn.template.get("Metadata"), ["Metadata"])]
        for logical_id, resource in cfn.get_resources().items():
            places.append((resource.get("Metadata"), ["Resources", logical_id, "Metadata"]))
        return [
            RuleMatch(where, f"{check} is switched off without a reason")
            for metadata, path in places
            for check, where in _unexplained(metadata, path)
        ]


def _unexplained(metadata: Any, path: Path) -> Iterator[tuple[str, Path]]:
    ours = _mapping(_mapping(metadata).get("cfn-lint"))
    ignored = _mapping(ours.get("config")).get("ignore_checks")
    reasons = _mapping(ours.get("reasons"))
    for index, check in enumerate(ignored if isinstance(ignored, list) else ()):
        if not _said(reasons.get(str(check))):
            yield str(check), [*path, "cfn-lint", "config", "ignore_checks", index]
    skipped = _mapping(_mapping(metadata).get("checkov")).get("skip")
    for index, entry in enumerate(skipped if isinstance(skipped, list) else ()):
        if not _said(_mapping(entry).get("comment")):
            yield str(_mapping(entry).get("id")), [*path, "checkov", "skip", index]


def _mapping(data: Any) -> dict[Any, Any]:
    return data if isinstance(data, dict) else {}


def _said(reason: Any) -> bool:
    return isinstance(reason, str) and bool(reason.strip())
