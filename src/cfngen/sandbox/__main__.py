"""`python -m cfngen.sandbox`: the emulator in the foreground, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading

from cfngen.sandbox.launcher import KEY, emulator_environment


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m cfngen.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=4566, help="a port of 127.0.0.1 (default: 4566)")
    parser.add_argument("--until-stdin-closes", action="store_true", help="also end with the starter")
    parser.add_argument("--execute", action="store_true", help="run code that Lambda and others are given")
    args = parser.parse_args()

    # MiniStack reads its settings from the environment while it is imported.
    made = emulator_environment(args.port, os.environ)
    os.environ.clear()
    os.environ.update(made)
    if args.until_stdin_closes:
        threading.Thread(target=_end_with_starter, daemon=True).start()

    from cfngen.sandbox import emulator

    emulator.serve(args.port, made[KEY], execute=args.execute)


def _end_with_starter() -> None:
    os.read(sys.stdin.fileno(), 1)  # a thread that waits in a buffer of sys.stdin would abort the exit
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
