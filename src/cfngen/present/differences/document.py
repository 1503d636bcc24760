"""A difference as data: JSON in the format of `diff.schema.json`, its keys stable."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from cfngen.present import FORMAT_VERSION
from cfngen.present.cost import change_document
from cfngen.present.differences.difference import Difference
from cfngen.template.change.diff import Cause
from cfngen.template.change.json_text import inside
from cfngen.template.change.judgement import Judgement
from cfngen.template.intrinsics import ABSENT


def render(differences: Sequence[Difference]) -> str:
    """All differences, those without a change too."""
    stacks = [stack_document(difference) for difference in differences]
    return json.dumps({"format_version": FORMAT_VERSION, "stacks": stacks}, indent=2, ensure_ascii=False)


def stack_document(difference: Difference) -> dict[str, Any]:
    """One stack's entry of the document."""
    return {
        "stack": difference.stack,
        "against": difference.against or None,
        "environment": difference.environment,
        "from_version": difference.from_version,
        "to_version": difference.to_version,
        "bump": difference.comparison.bump,
        "changes": [_change(item) for item in difference.comparison.judgements],
        "permissions": [
            {
                "principal": permission.principal,
                "direction": permission.direction,
                "statement": permission.statement,
                "kind": permission.kind,
                "certain": permission.certain,
            }
            for permission in difference.comparison.permissions
        ],
        "values": [vars(change) for change in difference.values],
        "findings": [vars(finding) for finding in difference.findings],
        "removed": difference.removed or None,
        "notes": list(difference.notes),
        "promises": [promise._asdict() for promise in difference.promises],
        "cost": difference.cost and change_document(difference.cost),
    }


def _change(item: Judgement) -> dict[str, Any]:
    change = item.change
    return {
        "section": change.section,
        "logical_id": change.logical_id,
        "type": change.type,
        "action": change.action,
        "renamed_to": change.renamed_to or None,
        "consequence": item.consequence,
        "certain": item.certain,
        "data_loss": item.data_loss,
        "known_type": item.known_type,
        "reasons": list(item.reasons),
        "causes": [_cause(cause) for cause in change.causes],
    }


def _cause(cause: Cause) -> dict[str, Any]:
    """A cause, with what differs inside of it where its values are the text of JSON."""
    inner = inside(cause)
    return _plain(cause) | ({} if inner is None else {"inside": [_plain(part) for part in inner]})


def _plain(cause: Cause) -> dict[str, Any]:
    return {
        "path": "".join(f"/{_pointer(step)}" for step in cause.path),
        "before": None if cause.before is ABSENT else cause.before,
        "after": None if cause.after is ABSENT else cause.after,
        "reason": cause.reason or None,
    }


def _pointer(step: str | int) -> str:
    """A step as JSON Pointer writes it: https://www.rfc-editor.org/rfc/rfc6901

    >>> _pointer("a/b")
    'a~1b'
    """
    return str(step).replace("~", "~0").replace("/", "~1")
