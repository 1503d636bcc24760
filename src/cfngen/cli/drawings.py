"""The diagrams that help to read a difference: those of the stacks whose resources or permissions changed."""

from __future__ import annotations

from collections.abc import Sequence

from cfngen.errors import CfngenError
from cfngen.present.differences.difference import Difference
from cfngen.project import Project


def drawings(project: Project, differences: Sequence[Difference]) -> dict[tuple[str, str], str]:
    """Mermaid's text by stack and environment: each stack once, in the first environment that changes it.

    Where out/ or the values cannot be read, there is none: the difference itself says what is wrong.
    """
    wanted: dict[str, str] = {}
    for difference in differences:
        if difference.environment and not difference.removed and _moved(difference):
            wanted.setdefault(difference.stack, difference.environment)
    return {
        (stack, environment): text
        for environment in dict.fromkeys(wanted.values())
        for stack, text in _drawn(project, environment).items()
        if wanted.get(stack) == environment
    }


def _moved(difference: Difference) -> bool:
    """Whether something came, went or may do otherwise than before."""
    comparison = difference.comparison
    return bool(comparison.permissions) or any(
        item.change.section == "Resources" and item.change.action != "modify"
        for item in comparison.judgements
    )


def _drawn(project: Project, name: str) -> dict[str, str]:
    from cfngen.report.graph.mermaid import mermaid
    from cfngen.report.graph.pictures import stack
    from cfngen.report.page import drawn
    from cfngen.report.source import read_source
    from cfngen.template.environment.deployment_file import environment

    try:
        graph = drawn(read_source(project, environment(project, name)))
    except CfngenError:
        return {}
    return {group: mermaid(stack(graph, group)) for group in graph.groups}
