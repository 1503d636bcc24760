"""What `cfngen watch` does and shows at a save: out/, the difference in words, what cfn-lint finds.

cfn-lint stays loaded, which is most of what linting one template takes.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cfngen.cli.commands.diff import of_stack
from cfngen.cli.commands.lint import summary
from cfngen.cli.console import Console
from cfngen.cli.sources import Sources
from cfngen.errors import BusyError, CfngenError
from cfngen.generate import definitions, pipeline, write
from cfngen.generate.kept import Kept
from cfngen.generate.pipeline import Plan
from cfngen.lint.runner import CONFIGURATION, lint_project, load_engine
from cfngen.present import visible
from cfngen.present.differences import text
from cfngen.present.findings.text_format import render_text
from cfngen.project import Project

if TYPE_CHECKING:
    from cfngen.lint.engine import Engine
    from cfngen.lint.finding import Finding

_BUSY = 0.2
"""Seconds until the lock on out/ is tried again, which another run holds for a moment."""


class Watch:
    """What is known of the stacks between two saves.

    Arguments:
        stacks: only these; empty: all.
    """

    def __init__(self, project: Project, stacks: Sequence[str], console: Console, sources: Sources) -> None:
        self._project = project
        self._asked = stacks
        self._console = console
        self._sources = sources
        self._engine: Engine | None = None
        self._built: frozenset[str] = frozenset()
        self._findings: dict[str, list[Finding]] = {}

    def begin(self) -> None:
        """Make out/ and lint it.

        Raises:
            UsageError: a stack that no module defines.
        """
        definitions.select(definitions.find(self._project), self._asked)
        planned = self._generate()
        self._load()
        if planned is not None:
            self._show_generated(planned)
            self._lint(sorted(planned.built))
        self._wait()

    def saved(self, paths: Sequence[str]) -> None:
        """Make out/ anew and say what that changes.

        Arguments:
            paths: the files that were saved, relative to the project.
        """
        self._console.clear_screen()
        self._console.data(f"{time.strftime('%H:%M:%S')}  {', '.join(paths)}")
        before = self._built
        planned = self._generate()
        if planned is not None:
            self._show_generated(planned)
            stacks = self._touched(paths, planned, before)
            self._show_differences(stacks)
            if not (stacks or planned.errors or planned.changes):
                self._console.data("no template changed")
            self._console.flush()
            if any(path in CONFIGURATION or path.startswith("lint/") for path in paths):
                self._load()
            self._lint(stacks)
        self._wait()

    def _generate(self) -> Plan | None:
        """What out/ is from now on; None where that is an error, which is shown."""
        self._console.progress("rendering ...")
        kept = Kept.read(self._project)
        try:
            planned = self._written(kept)
        except CfngenError as error:
            self._show(error)
            return None
        self._sources.also(kept.outside())
        self._built = frozenset(planned.built)
        return planned

    def _written(self, kept: Kept) -> Plan:
        while True:
            try:
                with write.lock(self._project):
                    planned = pipeline.plan(self._project, self._asked, kept)
                    pipeline.write_plan(self._project, planned)
                    kept.write()
                    return planned
            except BusyError:
                time.sleep(_BUSY)

    def _touched(self, paths: Sequence[str], planned: Plan, before: frozenset[str]) -> list[str]:
        """The stacks that a save is about: changed, mended, or saved themselves; the smallest first."""
        project = self._project
        module_stack = {
            project.relative(definition.path): definition.stack for definition in definitions.find(project)
        }
        changed = {path.partition(".")[0] for path in planned.changes if path != "manifest.json"}
        saved = {module_stack.get(path, "") for path in paths}
        valued = {Path(path).stem for path in paths if path.startswith("deployments/")}
        touched = (changed | saved | valued | (self._built - before)) & self._built
        return sorted(touched, key=lambda stack: (project.out / f"{stack}.yaml").stat().st_size)

    def _show_generated(self, planned: Plan) -> None:
        for path, change in planned.changes.items():
            if change.after is None:
                self._console.data(f"removed {self._project.relative(self._project.out / path)}")
        for warning in planned.warnings:
            self._console.warn(warning)
        for error in planned.errors:
            self._show(error)

    def _show_differences(self, stacks: Sequence[str]) -> None:
        try:
            differences = [of_stack(stack, None, self._project) for stack in stacks]
        except CfngenError as error:
            self._show(error)
            return
        self._console.lines(text.render(differences))

    def _show(self, error: CfngenError) -> None:
        self._console.error(visible.error(error))

    def _load(self) -> None:
        self._console.progress("loading cfn-lint ...")
        try:
            self._engine = load_engine(self._project)
        except CfngenError:
            self._engine = None  # linting says why

    def _lint(self, stacks: Sequence[str]) -> None:
        """Lint these stacks, then the others, until a save; of the others, show only what is new."""
        others = sorted(self._built - set(stacks))
        for stack in [*stacks, *others]:
            if self._sources.changed:
                return
            try:
                findings = lint_project(
                    self._project,
                    [stack],
                    locate=partial(definitions.locate, self._project),
                    progress=self._console.progress,
                    engine=self._engine,
                )
            except CfngenError as error:
                self._show(error)
                return
            if findings and (stack in stacks or findings != self._findings.get(stack)):
                self._console.data(render_text(findings, self._console))
            self._findings[stack] = findings
            if stacks and stack == stacks[-1]:
                found = [finding for name in stacks for finding in self._findings[name]]
                self._console.data(summary(found, len(stacks)))
                self._console.flush()
        left = [finding for stack in others for finding in self._findings[stack]]
        if left:
            self._console.data(f"the other stacks: {summary(left, len(others))}")

    def _wait(self) -> None:
        self._console.progress("")
        self._console.flush()
        self._console.note("watching templates/, deployments/ and lint/; Ctrl-C ends it")
