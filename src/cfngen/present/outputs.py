"""What stacks give out, as text, as JSON and as a shell's assignments."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Mapping
from typing import Any

from cfngen.aws.session import Account
from cfngen.deploy.stack import DeployedStack
from cfngen.errors import CfngenError
from cfngen.present import FORMAT_VERSION, visible
from cfngen.present.style import Palette


def document(stacks: Mapping[str, DeployedStack], account: Account, environment: str) -> dict[str, Any]:
    """The JSON of outputs, in the format of `outputs.schema.json`."""
    return {
        "format_version": FORMAT_VERSION,
        "environment": environment,
        "account": account.id,
        "region": account.region,
        "stacks": [
            {
                "stack": stack,
                "stack_name": each.name,
                "deployed": not each.status.never_created,
                "outputs": dict(each.outputs),
            }
            for stack, each in stacks.items()
        ],
    }


def text(stacks: Mapping[str, DeployedStack], palette: Palette) -> str:
    """The same for a person."""
    lines = []
    for stack, each in stacks.items():
        if each.status.never_created:
            continue
        lines.append(f"{palette.colour(stack, 'bold')}{'' if each.outputs else ': it has no outputs'}")
        lines += [f"  {name} = {value}" for name, value in each.outputs.items()]
    return visible.lines(lines)


def shell(stacks: Mapping[str, DeployedStack], without: Collection[tuple[str, str]] = ()) -> str:
    """One assignment a line, for `eval` and for files of an environment: the value in a shell's quotes.

    Arguments:
        without: the stack and name of each output to leave out.

    Raises:
        CfngenError: two outputs would have the same variable.
    """
    found: dict[str, tuple[str, str]] = {}
    lines = []
    for stack, each in stacks.items():
        for name, value in each.outputs.items():
            if (stack, name) in without:
                continue
            variable = variable_name(stack, name)
            if variable in found:
                other = " of ".join(reversed(found[variable]))
                raise CfngenError(
                    f"{name} of {stack} and {other} would both be {variable}",
                    remedy="ask for one stack at a time, or use --format json",
                )
            found[variable] = (stack, name)
            lines.append(f"{variable}={shlex.quote(value)}")
    return "\n".join(lines)


def variable_name(stack: str, output: str) -> str:
    """The variable of an output: capitals, digits and underscores, no digit first.

    https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html

    >>> variable_name("audit-trail", "TrailArn"), variable_name("2nd", "URLOfX")
    ('AUDIT_TRAIL_TRAIL_ARN', '_2ND_URL_OF_X')
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", output)
    name = re.sub(r"[^A-Z0-9]+", "_", f"{stack}_{words}".upper())
    return f"_{name}" if name[0].isdigit() else name
