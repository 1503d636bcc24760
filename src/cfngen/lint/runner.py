"""Lint a project: one run of cfn-lint over all templates that have no verdict yet."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cfngen import files
from cfngen.errors import OutError
from cfngen.lint import cache
from cfngen.lint.finding import Finding
from cfngen.lint.work import Work, inputs, known, plan

if TYPE_CHECKING:
    from cfngen.lint.engine import Engine
    from cfngen.project import Project

Locate = Callable[[str, str], str | None]
"""From a stack and a logical id to the `file:line` of the Python that defines it."""

CONFIGURATION: Final = (".cfnlintrc", ".cfnlintrc.yaml", ".cfnlintrc.yml")
"""cfn-lint's own configuration files: https://github.com/aws-cloudformation/cfn-lint#config-file"""


def lint(project: Project, stacks: Iterable[str] = (), *, environments: Sequence[str] = ()) -> list[Finding]:
    """What is wrong with the templates of out/: `lint_project` for programs.

    Arguments:
        stacks: only these; empty: all that out/ has.
        environments: the environments whose values to check; empty: all.

    Raises:
        UsageError: a stack or an environment that does not exist.
        OutError: out/ has no template, or one that cannot be read.
        DeploymentFileError: a file of deployments/ is broken.
        CfngenError: cfn-lint's configuration file or the project's rules are broken, or a Region is unknown.
    """
    return lint_project(project, known(project, list(stacks)), environments=environments)


def lint_project(
    project: Project,
    stacks: Iterable[str],
    *,
    environments: Sequence[str] = (),
    locate: Locate = lambda _stack, _logical_id: None,
    progress: Callable[[str], None] = lambda _: None,
    cached: bool = True,
    engine: Engine | None = None,
) -> list[Finding]:
    """What is wrong with the templates of out/, sorted by file and line.

    Each template is checked by itself, with its parameters' defaults and allowed values, and with the
    values of each environment's deployment file, for the environments' Regions.

    Arguments:
        stacks: the stacks to lint, such as `cfngen.lint.work.stacks` lists.
        environments: the environments whose values to check; empty: all.
        locate: finds the Python definition of a resource.
        progress: told, in a few words, what is being done.
        cached: whether to use and keep verdicts.
        engine: what `load_engine` gave, for a process that lints many times; None loads one if it is needed.

    Raises:
        UsageError: an environment that does not exist.
        OutError: a template cannot be read.
        DeploymentFileError: a file of deployments/ is broken.
        CfngenError: cfn-lint's configuration file or the project's rules are broken, or a Region is unknown.
    """
    chosen = sorted(set(environments))
    configuration = _configuration(project)
    folder = project.cache / "lint"
    tools = cache.toolchain(configuration, project.lint_rules)
    verdicts: dict[str, list[Finding]] = {}
    missing: dict[str, str] = {}
    for stack in sorted(set(stacks)):
        name = _key(project, stack, chosen, tools)
        found = cache.read(folder, name) if cached else None
        if found is None:
            missing[stack] = name
        else:
            verdicts[stack] = found
    if missing:
        jobs = [(stack, work) for stack in missing for work in plan(project, stack, chosen)]
        verdicts |= _check(jobs, list(missing), engine or partial(load_engine, project), progress)
        if cached:
            with suppress(OSError):  # verdicts only save time
                project.make_cache()
            for stack, name in missing.items():
                cache.write(folder, name, verdicts[stack])
            cache.prune(folder)
    return sorted(
        (_located(finding, stack, locate) for stack, findings in verdicts.items() for finding in findings),
        key=lambda finding: finding.order,
    )


def _key(project: Project, stack: str, chosen: list[str], tools: bytes) -> str:
    paths = [project.out / f"{stack}.yaml", *inputs(project, stack, chosen)]
    try:
        return cache.key(
            tools, [(project.relative(path), files.read(path, files.MEBIBYTE)) for path in paths]
        )
    except OSError as error:
        place = project.relative(Path(error.filename))
        remedy = "make the file readable; what is missing in out/ is made by: cfngen generate"
        raise OutError(f"cannot be read: {error.strerror}", place=place, remedy=remedy) from error


def load_engine(project: Project) -> Engine:
    """cfn-lint with the project's configuration, which takes a second to load.

    Raises:
        CfngenError: the configuration file or the project's rules are broken.
    """
    with _kept():
        from cfngen.lint.engine import Engine

        return Engine(_configuration(project), project.lint_rules)


def _configuration(project: Project) -> Path | None:
    return next((path for name in CONFIGURATION if (path := project.root / name).is_file()), None)


def _check(
    jobs: list[tuple[str, Work]],
    stacks: list[str],
    engine: Engine | Callable[[], Engine],
    progress: Callable[[str], None],
) -> dict[str, list[Finding]]:
    jobs.sort(key=lambda job: job[1].path.stat().st_size)
    finished: list[Work] = []

    def done(job: tuple[str, Work]) -> None:
        finished.append(job[1])
        progress(f"Linted {job[1].name} ({len(finished)} of {len(jobs)})")

    with _kept():
        from cfngen.lint import workers

        if callable(engine):
            progress("Loading cfn-lint ...")
            engine = engine()
        # The smallest one before the workers part: what cfn-lint loads at its first use, they then share.
        results = workers.run(lambda job: engine.check(job[1]), jobs[:1], done)
    # The largest first: begun last, it would keep one worker busy while the other has nothing to do.
    rest = jobs[:0:-1]
    results += workers.run(lambda job: engine.check(job[1]), rest, done)
    verdicts: dict[str, list[Finding]] = {stack: [] for stack in stacks}
    for (stack, _), findings in zip([jobs[0], *rest], results, strict=True):
        verdicts[stack] += findings
    return verdicts


@contextmanager
def _kept() -> Iterator[None]:
    """What is made inside stays until the end: the garbage collector neither looks for garbage meanwhile nor
    walks it ever again, which in a forked worker would copy every page of it.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collecting:
            gc.enable()


def _located(finding: Finding, stack: str, locate: Locate) -> Finding:
    if finding.logical_id is None:
        return finding
    return replace(finding, definition=locate(stack, finding.logical_id))
