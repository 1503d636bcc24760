"""What the exit codes mean: one table for every command."""

from __future__ import annotations

from typing import Final

DONE: Final = 0
FAILED: Final = 1
WRONG_USAGE: Final = 2
CHANGED: Final = 3
FAULT: Final = 70  # EX_SOFTWARE: https://man.openbsd.org/sysexits.3
INTERRUPTED: Final = 130

MEANINGS: Final = {
    DONE: "done, also where nothing had to be done",
    FAILED: "failed, or something is wrong that the output names",
    WRONG_USAGE: "the command line is wrong: nothing was done",
    CHANGED: "done, and there is a difference: only with --exit-code",
    FAULT: "a fault of cfngen: run the command again with --debug",
    INTERRUPTED: "interrupted with Ctrl-C",
}
