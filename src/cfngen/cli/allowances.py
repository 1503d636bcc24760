"""Whether what `--allow-replace` names exists: a wrong name would allow nothing, and nobody would notice."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from cfngen.aws.steps import Pace, Steps, run_alone
from cfngen.cli.session import AccountSession
from cfngen.deploy.changeset.prepare import deployed_template
from cfngen.deploy.stack import look
from cfngen.errors import UsageError, nearest


def check_allowed(names: Collection[str], opened: AccountSession) -> None:
    """Refuse a name that no template has, neither those of out/ nor those that are deployed.

    Raises:
        UsageError: no template has this resource.
        CallError: a deployed template cannot be read.
    """
    known = {name for request in opened.requests for name in request.template["Resources"]}
    if not set(names) - known:
        return
    known |= run_alone(partial(_deployed, opened), opened.clock)
    stacks = ", ".join(request.stack for request in opened.requests)
    for name in names:
        if name not in known:
            raise UsageError(
                f"--allow-replace {name}: no resource has this logical id in {stacks}",
                remedy=nearest(name, known, "did you mean {}?") or "write it as the plan does",
            )


def _deployed(opened: AccountSession) -> Steps[set[str]]:
    """The logical ids of the deployed stacks: what the change set deletes is in these alone."""
    ids: set[str] = set()
    pace = Pace(opened.clock)
    for request in opened.requests:
        stack = yield from look(pace, opened.account.cloudformation, request.stack_name)
        if not stack.status.creatable:
            template = yield from deployed_template(opened.account, stack, pace)
            ids |= set(template["Resources"])
    return ids
