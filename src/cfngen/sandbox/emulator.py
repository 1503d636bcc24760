"""MiniStack in this process, with the resource types and API operations it lacks."""

from __future__ import annotations

import sys

from ministack import app

from cfngen.sandbox import delivery
from cfngen.sandbox.operations.install import install as install_operations
from cfngen.sandbox.resources.install import install as install_resources


def serve() -> None:
    """Run until SIGTERM."""
    install_operations()
    install_resources()
    delivery.install()
    sys.argv = ["ministack"]  # its main() reads the command line
    app.main()
