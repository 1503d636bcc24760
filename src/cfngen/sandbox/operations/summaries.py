"""What GetTemplateSummary tells of an import: which types can be imported, and by which properties.

A type that cannot be imported is not in the list. Identifiers that belong together are one text, with commas
between them:
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceIdentifierSummary.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

from cfngen.sandbox import private

Answer = tuple[int, dict[str, str], bytes]
_END = b"</GetTemplateSummaryResult>"


def install() -> None:
    """Once a process, before the emulator serves."""
    by_itself: Callable[[dict[str, Any]], Answer] = private.handlers.ACTION_HANDLERS["GetTemplateSummary"]

    def summarized(given: dict[str, Any]) -> Answer:
        status, headers, body = by_itself(given)
        content, problem = private.handlers.resolve_template(given)
        if _END not in body or problem or not content:
            return status, headers, body
        told = "".join(_summaries(private.engine.parse_template(content)))
        added = f"<ResourceIdentifierSummaries>{told}</ResourceIdentifierSummaries>"
        return status, headers, body.replace(_END, added.encode() + _END)

    private.handlers.ACTION_HANDLERS["GetTemplateSummary"] = summarized


def _summaries(template: Mapping[str, Any]) -> Iterator[str]:
    names: dict[str, list[str]] = {}
    for logical_id, resource in template.get("Resources", {}).items():
        names.setdefault(resource.get("Type", ""), []).append(logical_id)
    for kind, logical_ids in sorted(names.items()):
        if (
            kind in private.changesets.IMPORT_LOOKUPS
            and "import" in private.provisioners.RESOURCE_HANDLERS.get(kind, {})
        ):
            keys = ",".join(private.changesets.IMPORT_LOOKUPS[kind][0])
            yield (
                f"<member><ResourceType>{escape(kind)}</ResourceType>"
                f"<LogicalResourceIds>{_members(logical_ids)}</LogicalResourceIds>"
                f"<ResourceIdentifiers>{_members([keys])}</ResourceIdentifiers></member>"
            )


def _members(texts: list[str]) -> str:
    return "".join(f"<member>{escape(text)}</member>" for text in texts)
