"""MiniStack in this process, with the resource types and API operations it lacks."""

from __future__ import annotations

import sys
from types import FunctionType

import yaml
from ministack import app
from ministack.core import iam_evaluator
from ministack.services.cloudformation import engine

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
    _parse_yaml_in_c()
    if not execute:
        guard.execute_nothing(app.SERVICE_HANDLERS)
    _check_signatures_of_root()
    app.app = guard.guarded(app.app, port, key)
    sys.argv = ["ministack"]  # its main() reads the command line
    app.main()


def _check_signatures_of_root() -> None:
    """MiniStack takes any signature of a root user; here it must be made with the key of this start."""
    by_itself = iam_evaluator.pin_signed_request
    names = {**vars(iam_evaluator), "_is_root_key": lambda _access_key_id: False}
    checked = FunctionType(by_itself.__code__, names, by_itself.__name__, by_itself.__defaults__)
    checked.__kwdefaults__ = by_itself.__kwdefaults__
    app.pin_signed_request = checked


def _parse_yaml_in_c() -> None:
    """MiniStack parses a stack's template again and again, in Python: half of its work for a deployment."""
    loader = getattr(yaml, "CSafeLoader", None)  # where PyYAML was built with libyaml
    if loader is not None:
        constructors = {"yaml_constructors": engine.CfnLoader.yaml_constructors}
        engine.CfnLoader = type("CfnLoader", (loader,), constructors)
