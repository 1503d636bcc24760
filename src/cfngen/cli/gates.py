"""What is looked at before anything is begun: `plan` tells all of it, `deploy` refuses what must not run.

Nothing here is about one change set; what is, `deploy/flow.py` looks at.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from cfngen.cli.uncommitted import uncommitted
from cfngen.deploy.request import Request
from cfngen.errors import CfngenError
from cfngen.lint.finding import Finding
from cfngen.project import Project
from cfngen.template.environment.deployment_file import Environment


class Refusal(NamedTuple):
    """Why a stack is not to be deployed.

    Attributes:
        remedy: what to do about it.
        option: the option of `deploy` that accepts it.
    """

    stack: str
    reason: str
    remedy: str
    option: str

    def __str__(self) -> str:
        return f"{self.stack}: {self.reason}; {self.way_out}"

    @property
    def way_out(self) -> str:
        """The remedy, with the option."""
        return f"{self.remedy}, or accept it: {self.option}"


class Review(NamedTuple):
    """What was seen in the project.

    Attributes:
        refusals: what `deploy` does not accept.
        notes: what it does.
    """

    refusals: tuple[Refusal, ...] = ()
    notes: tuple[str, ...] = ()


Reviewer = Callable[[Project, Environment, Sequence[Request], Callable[[str], None]], Review]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that accept what is refused otherwise."""
    parser.add_argument(
        "--allow-stale", action="store_true", help="deploy out/ as it is, although templates/ says otherwise"
    )
    parser.add_argument(
        "--allow-lint-errors",
        action="append",
        default=[],
        metavar="RULE",
        help="accept the errors of this lint rule, by its id; can be repeated",
    )
    parser.add_argument(
        "--allow-missing-import",
        action="append",
        default=[],
        metavar="EXPORT",
        help="begin although no deployed stack has this export, which a stack imports; can be repeated",
    )
    parser.add_argument(
        "--allow-unmet",
        action="append",
        default=[],
        metavar="CLAIM",
        help="deploy although this claim, which must hold before, does not hold; can be repeated",
    )


def review(
    project: Project, environment: Environment, requests: Sequence[Request], progress: Callable[[str], None]
) -> Review:
    """Hold out/ against templates/, the linter and the last commit."""
    refusals = [*_stale(project, requests, progress), *_lint_errors(project, environment, requests, progress)]
    told = uncommitted(project, environment, requests)
    return Review(
        tuple(refusals), tuple(f"{stack}: {text}" for stack, texts in told.items() for text in texts)
    )


def accepted(refusals: Iterable[Refusal], args: argparse.Namespace) -> list[Refusal]:
    """Those that the command line does not accept."""
    options = accepting(args)
    return [refusal for refusal in refusals if refusal.option not in options]


def refuse(refusals: Collection[Refusal]) -> None:
    """Stop where something is not accepted.

    Raises:
        CfngenError: all of it.
    """
    if refusals:
        first, *others = refusals
        more = [str(other) for other in others]
        raise CfngenError(
            f"{first.stack}: {first.reason}; nothing was done", remedy="\n  ".join([first.way_out, *more])
        )


def missing_import(stack: str, export: str) -> Refusal:
    """That a stack imports what no stack gives out."""
    return Refusal(
        stack,
        f"imports {export}, which no deployed stack exports",
        "deploy the stack that exports it first",
        f"--allow-missing-import {export}",
    )


def accepting(args: argparse.Namespace) -> list[str]:
    """The options of the command line that accept a refusal."""
    options = [f"--allow-missing-import {name}" for name in args.allow_missing_import]
    options += [f"--allow-lint-errors {rule}" for rule in args.allow_lint_errors]
    return [*options, "--allow-stale"] if args.allow_stale else options


def _stale(
    project: Project, requests: Sequence[Request], progress: Callable[[str], None]
) -> Iterator[Refusal]:
    """The stacks whose definitions would render other bytes; none where the project has no definitions."""
    from cfngen.generate import fresh

    if fresh.last_summary(str(project.root)) is not None:
        return
    from cfngen.generate import definitions, pipeline
    from cfngen.generate.kept import Kept

    progress("comparing out/ with templates/ ...")
    stacks = {request.stack for request in requests}
    way_out = ("run cfngen generate and review what changes", "--allow-stale")
    try:
        if not project.templates.is_dir() or not definitions.find(project):
            return
        kept = Kept.read(project)
        planned = pipeline.plan(project, kept=kept)
        kept.write()
    except CfngenError as error:
        yield Refusal("out/", f"cannot be compared with templates/: {error.problem}", *way_out)
        return
    for broken in planned.errors:
        yield Refusal("templates/", str(broken).replace("\n  ", "; "), *way_out)
    for name in planned.changes:
        stack = name.removesuffix(".yaml")
        if stack in stacks:
            yield Refusal(stack, "out/ is stale: templates/ defines another template", *way_out)
    for request in requests:
        entry = planned.manifest.stacks.get(request.stack)
        if entry != request.entry and f"{request.stack}.yaml" not in planned.changes:
            yield Refusal(request.stack, "out/ is stale: its entry in the manifest differs", *way_out)


def _lint_errors(
    project: Project,
    environment: Environment,
    requests: Sequence[Request],
    progress: Callable[[str], None],
) -> Iterator[Refusal]:
    from cfngen.lint.runner import lint_project

    stacks = [request.stack for request in requests]
    findings = lint_project(project, stacks, progress=progress)
    progress("")
    for finding in findings:
        if finding.level == "error" and _about(finding, environment):
            place = f"{finding.file}:{finding.line}"
            yield Refusal(
                place,
                f"lint error {finding.rule}: {finding.message}",
                "correct it",
                f"--allow-lint-errors {finding.rule}",
            )


def _about(finding: Finding, environment: Environment) -> bool:
    return not finding.environments or environment.name in finding.environments
