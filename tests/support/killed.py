"""Runs one command in a process that is killed at one of its calls: `python -m tests.support.killed`.

Arguments: the project's root, the number of the call, from 1, `before` it is sent or `after` it was answered,
then the command.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from tests.support.account_world import World, botocore_session
from tests.support.projects import ROOT
from tests.support.sandbox_account import Aws


def run_killed(root: Path, call: int, moment: str, command: Sequence[str]) -> int:
    """The exit code of the command: -SIGKILL, or its own where it made fewer calls."""
    ran = subprocess.run(
        [sys.executable, "-m", __name__, str(root), str(call), moment, *command],
        cwd=ROOT,
        capture_output=True,
        timeout=600,
        check=False,
    )
    assert b"Traceback" not in ran.stderr, ran.stderr.decode()
    return ran.returncode


def _main(root: str, call: str, moment: str, *command: str) -> int:
    left = int(call)

    def count(**_: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def session() -> Any:
        made = botocore_session()
        event = "before-send" if moment == "before" else "after-call"
        made.get_component("event_emitter").register(event, count)
        return made

    world = World(Path(root), cast("Aws", None), session=session)
    return world.run(*command).code


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
