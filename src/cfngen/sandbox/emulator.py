"""MiniStack in this process, with the resource types and API operations it lacks."""

from __future__ import annotations

import sys

from ministack import app

from cfngen.sandbox import delivery, guard
from cfngen.sandbox.operations.install import install as install_operations
from cfngen.sandbox.resources.install import install as install_resources


def serve(port: int, key: str, *, execute: bool) -> None:
    """Run until SIGTERM.

    Arguments:
        key: what reset and configuration need.
        execute: whether services run the code that they are given.
    """
    install_operations()
    install_resources()
    delivery.install()
    if not execute:
        guard.execute_nothing(app.SERVICE_HANDLERS)
    app.app = guard.guarded(app.app, port, key)
    sys.argv = ["ministack"]  # its main() reads the command line
    app.main()
