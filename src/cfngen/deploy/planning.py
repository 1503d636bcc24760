"""The plan of an environment in one call, for programs: a change set for each stack, read and judged."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from cfngen.aws.scheduler import Task, run
from cfngen.aws.session import Account, connect
from cfngen.aws.steps import SystemClock
from cfngen.deploy.changeset.make import Options
from cfngen.deploy.flow import plan_stack
from cfngen.deploy.outcome import StackResult
from cfngen.deploy.request import Request, requests
from cfngen.deploy.stack_run import skipped
from cfngen.project import Project
from cfngen.template.environment.deployment_file import environment as read_environment


def plan(
    project: Project,
    environment: str,
    stacks: Iterable[str] = (),
    *,
    keep: bool = True,
    role_arn: str | None = None,
    template_bucket: str | None = None,
    account: Account | None = None,
) -> list[StackResult]:
    """What deploying an environment would change: one result a stack, each after those it depends on.

    Nothing is executed. A result is `no-change`, `planned` with its change set and its effect, or `failed`
    with its failure; `cfngen deploy --change-set ARN` executes one that is kept.

    Arguments:
        environment: the name of a folder of deployments/.
        stacks: only these; empty: all that the environment has a deployment file for.
        keep: whether the change sets stay in the account.
        role_arn: the role that CloudFormation would act with; None for the caller's own permissions.
        template_bucket: the bucket that templates over 51,200 bytes go through.
        account: one that is connected already; None connects with the process's credentials.

    Raises:
        UsageError: an environment or a stack that does not exist.
        OutError: out/ is not what its manifest says.
        DeploymentFileError: a value does not fit its template.
        AccountError: no credentials, or an account that the environment does not allow.
        KeyboardInterrupt: change sets that were being made may be left, under their own names.
    """
    where = read_environment(project, environment)
    wanted = requests(project, where, list(stacks), inline_only=template_bucket is None)
    here = account or connect(where)
    clock = SystemClock()
    options = Options("plan", role_arn=role_arn, template_bucket=template_bucket)

    def task(request: Request) -> Task[StackResult]:
        return Task(partial(plan_stack, here, request, options, clock, keep=keep), partial(skipped, request))

    tasks = {request.stack: task(request) for request in wanted}
    results, interrupted = run(tasks, lambda result: result.good, clock, lambda _: None)
    if interrupted:
        raise KeyboardInterrupt
    return list(results.values())
