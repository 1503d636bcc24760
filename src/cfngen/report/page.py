"""The one data document that the page is drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cfngen.project import Project
from cfngen.report.access.matrix import matrix
from cfngen.report.graph.build import build
from cfngen.report.graph.model import Graph
from cfngen.report.parts.access import Access, access
from cfngen.report.parts.activity import ActivitySummary, activity
from cfngen.report.parts.architecture import Architecture, architecture
from cfngen.report.parts.changes import StackChanges, changes
from cfngen.report.parts.cost import Cost, cost
from cfngen.report.parts.evidence import Evidence, evidence_part
from cfngen.report.parts.limits import Group, limits
from cfngen.report.parts.overview import EnvironmentOverview, overview
from cfngen.report.results import Results
from cfngen.report.source import ReportSource
from cfngen.report.view import View, of_templates


@dataclass(frozen=True)
class ReportPage:
    """Everything that the page shows.

    Attributes:
        source: the environment.
        results: what was measured in the account, where it was given.
        written: when, in UTC: the only thing that two pages of the same input differ in.
        activity: None where it was not given.
        cost: None where there are no prices of the Region.
    """

    source: ReportSource
    results: Results
    written: datetime
    overview: EnvironmentOverview
    architecture: Architecture
    access: Access
    evidence: Evidence
    activity: ActivitySummary | None
    cost: Cost | None
    changes: tuple[StackChanges, ...]
    limits: tuple[Group, ...]

    @property
    def anchors(self) -> dict[str, int]:
        """A number for each claim that another part leads to, from 1."""
        of_access = {f"{claim.stack}/{claim.name}" for claim in self.access.claims}
        linked = self.evidence.linked | of_access | {claim["id"] for claim in self.overview.failing}
        return {name: number for number, name in enumerate(sorted(linked), start=1)}


def page(project: Project, source: ReportSource, results: Results, written: datetime) -> ReportPage:
    """The page about an environment.

    Arguments:
        project: whose releases are compared.
        written: the time that it is dated with.

    Raises:
        OutError, TemplateError: a release cannot be read.
    """
    seen = view(source)
    found = matrix(seen)
    who, evidence, estimate = access(found), evidence_part(source, results), cost(source)
    return ReportPage(
        source,
        results,
        written,
        overview(source, results),
        architecture(source, build(seen, found)),
        who,
        evidence,
        activity(results.activity) if results.activity else None,
        estimate,
        changes(project, source),
        limits(source, results, evidence, who, estimate),
    )


def view(source: ReportSource) -> View:
    """The environment as the graph and the access matrix read it."""
    return of_templates(
        [
            (stack.name, stack.template, stack.parameters, stack.stack_name, stack.claims)
            for stack in source.stacks
        ],
        environment=source.environment.name,
        region=source.environment.region,
        account=source.environment.account,
    )


def drawn(source: ReportSource) -> Graph:
    """The graph of the environment, for its text in Mermaid."""
    seen = view(source)
    return build(seen, matrix(seen))
