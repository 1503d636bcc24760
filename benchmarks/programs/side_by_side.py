"""All stacks of `dev` side by side, and one after the other.

Deploys as `cfngen deploy` does, to one emulator each: some names are global. EMULATORS, in the environment,
holds the variables of both, as JSON. Prints JSON: the seconds of the former, of the latter, and of the latter
along the longest chain of dependencies, without the start.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from cfngen.aws.scheduler import Task, run
from cfngen.aws.session import connect
from cfngen.aws.steps import Steps, SystemClock
from cfngen.deploy.changeset.prepare import PreparedChangeSet
from cfngen.deploy.flow import deploy_stack
from cfngen.deploy.operation.events import StackEvent
from cfngen.deploy.outcome import StackResult
from cfngen.deploy.request import Request, requests
from cfngen.deploy.stack_run import Orders, skipped
from cfngen.project import Project
from cfngen.template.environment.deployment_file import environment


class Agreeing:
    """Says yes, and looks at nothing."""

    def confirm(self, request: Request, prepared: PreparedChangeSet) -> Steps[bool]:  # noqa: ARG002
        return True
        yield

    def unmet(self, request: Request) -> None: ...

    def event(self, request: Request, event: StackEvent) -> None: ...

    def say(self, request: Request, text: str) -> None: ...


def deploy(
    emulator: Mapping[str, str], after: Mapping[str, Sequence[str]], asked: Sequence[Request]
) -> dict[str, float]:
    """When each stack was done, in seconds from the start, in that order."""
    os.environ |= {name: emulator[name] for name in ("AWS_ENDPOINT_URL", "AWS_SECRET_ACCESS_KEY")}
    there = connect(environment(Project(Path.cwd()), "dev"))
    times: dict[str, float] = {}

    def task(request: Request) -> Task[StackResult]:
        steps = partial(deploy_stack, there, request, Orders(), Agreeing(), SystemClock())
        return Task(steps, partial(skipped, request), after[request.stack])

    def done(result: StackResult) -> None:
        if not result.good:
            raise SystemExit(f"{result.stack}: {result.result}: {result.failure}")
        times[result.stack] = time.monotonic() - begun

    begun = time.monotonic()
    run({request.stack: task(request) for request in asked}, lambda result: result.good, SystemClock(), done)
    return times


def main() -> None:
    first, second = json.loads(os.environ["EMULATORS"])
    project = Project(Path.cwd())
    asked = requests(project, environment(project, "dev"))
    names = [request.stack for request in asked]
    needs = {request.stack: request.entry.depends_on for request in asked}
    together = deploy(first, needs, asked)
    times = deploy(second, {name: names[:index] for index, name in enumerate(names)}, asked)
    ends = list(times.values())
    alone = {name: end - begin for name, begin, end in zip(times, [0.0, *ends], ends, strict=False)}
    chain: dict[str, float] = {}
    for name in names:
        chain[name] = alone[name] + max(
            (chain[other] for other in needs[name] if other in chain), default=0.0
        )
    figures = {"together": max(together.values()), "chain": max(chain.values()), "alone": sum(alone.values())}
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
