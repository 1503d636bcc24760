"""What changes in one environment: its templates with its values, those of before and those of now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Literal

from cfngen.cli import baseline
from cfngen.cli.baseline import Baseline
from cfngen.cli.costing import cost_changes, not_estimated, others, replaced_and_retained, usage_of
from cfngen.cli.past import Past
from cfngen.cost.change import NO_CHANGE, total_change
from cfngen.errors import CfngenError
from cfngen.present.differences.difference import Difference, ValueChange, ValueFinding
from cfngen.project import Project
from cfngen.template.change.compare import compare_in, versions
from cfngen.template.change.promises import promise_changes
from cfngen.template.change.version import stamped
from cfngen.template.environment.deployment_file import (
    Deployment,
    Environment,
    deployment,
    environment,
)
from cfngen.template.environment.parameters import secret
from cfngen.template.environment.resolve import resolve_open
from cfngen.template.load import load
from cfngen.template.loops import expanded
from cfngen.template.values import MASK

Resolved = tuple[Mapping[str, Any], Mapping[str, Any]]
"""A stack's template before and now, with the values put in."""


def differences(
    project: Project,
    past: Past,
    name: str,
    stacks: Sequence[str],
    gone: Collection[str],
    against: str | None,
    *,
    named: bool,
) -> list[Difference]:
    """What changes for each of the stacks that the environment deploys, or deployed before.

    Arguments:
        past: reads the commits that the stacks are compared with.
        gone: the stacks that no definition makes any longer.
        against: what to compare with, as `baseline.baseline` takes it.
        named: whether the stacks were asked for: one that the environment never had is an error then.

    Raises:
        UsageError, DeploymentFileError, TemplateError: as the functions of `baseline` and `deployment_file`.
    """
    where = environment(project, name)
    found: list[Difference] = []
    resolved: dict[str, Resolved] = {}
    for stack in stacks:
        base = _gone(past, project, stack, against) if stack in gone else None
        base = base or baseline.baseline(project, stack, against)
        then = past.at(base.commit) if base.commit else None
        has = (project.deployments / name / f"{stack}.yaml").is_file()
        had = then is not None and (then.deployments / name / f"{stack}.yaml").is_file()
        if not (has or had or named):
            continue
        if stack in gone or not (has or named):
            if then is not None and had:
                found.append(_ended(then, where, stack, base, resolved, left=has))
            continue
        found.append(
            _changed(project, then if had else None, where, stack, base, resolved, began=then and not had)
        )
    return [_linted(project, difference) for difference in _costed(project, where, found, resolved)]


def _gone(past: Past, project: Project, stack: str, against: str | None) -> Baseline | None:
    commit = baseline.revision(project, against)
    if commit is None:
        return None
    name = baseline.DEFAULT_REVISION if against in {None, baseline.RELEASE} else str(against)
    return Baseline(name, baseline.current(past.at(commit), stack), commit)


def _changed(
    project: Project,
    then: Project | None,
    where: Environment,
    stack: str,
    base: Baseline,
    resolved: dict[str, Resolved],
    *,
    began: Any,
) -> Difference:
    """The stack as it is deployed now, compared with what it was."""
    now = deployment(project, where, stack)
    new = _template(project, now)
    if began and not base.frozen:
        base = Baseline("", {})
    values: Deployment | None = None
    notes: tuple[str, ...] = ()
    if then is not None:
        try:
            values = deployment(then, where, stack)
            if not base.frozen:
                base = replace(base, template=_template(then, values))
        except CfngenError as error:
            said = f"the values of {base.name} cannot be used, so the current ones are used instead"
            notes = (f"{said}: {error.problem}",)
    old = base.template
    earlier = None if values is None else values.parameters
    comparison = _compare(old, new, now, where, earlier)
    resolved[stack] = _resolved(old, earlier or now.parameters, where), _resolved(new, now.parameters, where)
    return Difference(
        stack,
        base.name,
        *versions(old, new, comparison.bump),
        comparison,
        where.name,
        values=_values(values, now, old, new) if values else (),
        notes=notes,
        promises=promise_changes(base.claims, baseline.current_claims(project, stack)),
    )


def _ended(
    then: Project,
    where: Environment,
    stack: str,
    base: Baseline,
    resolved: dict[str, Resolved],
    *,
    left: bool,
) -> Difference:
    """The stack that this environment does not deploy any longer: what it holds, and what becomes of that."""
    values = deployment(then, where, stack)
    old = _template(then, values)
    resolved[stack] = _resolved(old, values.parameters, where), {}
    file = f"deployments/{where.name}/{stack}.yaml"
    notes = (f"{file} still names it, so every plan fails: remove that file",) if left else ()
    return Difference(
        stack,
        base.name,
        stamped(old),
        None,
        _compare(old, {}, values, where, None),
        where.name,
        removed=f"removed from {where.name}",
        notes=(*notes, baseline.STAYS),
    )


def _compare(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    values: Deployment,
    where: Environment,
    earlier: Mapping[str, str] | None,
) -> Any:
    return compare_in(
        old, new, values.parameters, account=where.account, region=where.region, earlier=earlier
    )


def _resolved(template: Mapping[str, Any], parameters: Mapping[str, str], where: Environment) -> Any:
    loops = expanded(template, parameters)
    return resolve_open(loops, parameters, account=where.account, region=where.region)


def _costed(
    project: Project, where: Environment, found: Sequence[Difference], resolved: Mapping[str, Resolved]
) -> list[Difference]:
    """The differences with what each adds to the bill; the environment's other stacks stay as they are."""
    if all(difference.same for difference in found):
        return list(found)
    rest = others(project, where, resolved)
    before = {**rest, **{stack: pair[0] for stack, pair in resolved.items()}}
    after = {**rest, **{stack: pair[1] for stack, pair in resolved.items()}}
    kept = {
        name
        for difference in found
        for name in replaced_and_retained(
            difference.stack, difference.comparison, after.get(difference.stack, {})
        )
    }
    costs = cost_changes(before, after, where.region, usage_of(project, where, None), kept)
    if costs:
        # What a change costs in stacks that stay as they are is told with the first stack that changes.
        told = {difference.stack for difference in found if not difference.same}
        first = next(difference.stack for difference in found if difference.stack in told)
        costs[first] = total_change(
            [costs[first], *(cost for stack, cost in costs.items() if stack not in told)]
        )
        return [
            replace(difference, cost=costs[difference.stack] if difference.stack in told else NO_CHANGE)
            for difference in found
        ]
    note = not_estimated(where.region)
    return [
        difference if difference.same else replace(difference, notes=(*difference.notes, note))
        for difference in found
    ]


def _template(project: Project, values: Deployment) -> dict[str, Any]:
    return load((project.root / values.template).read_bytes(), values.template.as_posix()).data


def _values(
    then: Deployment, now: Deployment, old: Mapping[str, Any], new: Mapping[str, Any]
) -> tuple[ValueChange, ...]:
    """What the deployment file says otherwise; of a NoEcho parameter only that it does."""
    hidden = {*secret(old), *secret(new)}
    changes = []
    kinds: tuple[tuple[Literal["parameter", "tag"], Mapping[str, str], Mapping[str, str]], ...] = (
        ("parameter", then.parameters, now.parameters),
        ("tag", then.tags, now.tags),
    )
    for kind, before, after in kinds:
        for name in sorted({*before, *after}):
            pair = before.get(name), after.get(name)
            if pair[0] != pair[1]:
                masked = kind == "parameter" and name in hidden
                shown = [MASK if masked and value is not None else value for value in pair]
                changes.append(ValueChange(kind, name, *shown))
    if then.template != now.template:
        places = then.template.as_posix(), now.template.as_posix()
        changes.append(ValueChange("template-file-path", "", *places))
    return tuple(changes)


def _linted(project: Project, difference: Difference) -> Difference:
    """The difference with what linting says of the values, where any changed."""
    if not difference.values:
        return difference
    from cfngen.generate.definitions import locate
    from cfngen.lint.runner import lint_project

    # With every environment's values, so that the verdict of `cfngen lint` is found again.
    findings = lint_project(project, [difference.stack], locate=partial(locate, project))
    about = tuple(
        ValueFinding(finding.rule, finding.level, f"{finding.file}:{finding.line}", finding.message)
        for finding in findings
        if difference.environment in finding.environments
    )
    return replace(difference, findings=about)
