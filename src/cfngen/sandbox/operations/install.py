"""Puts operations and services before and beside MiniStack's own."""

from __future__ import annotations

from types import ModuleType

from ministack import app
from ministack.core import router
from ministack.core.iam_actions import SERVICE_TO_IAM_NAMESPACE

from cfngen.sandbox import delivery, private
from cfngen.sandbox.operations import (
    accessanalyzer,
    answers,
    ce,
    cloudcontrol,
    cloudtrail,
    conditions,
    config,
    deleted_stacks,
    guardduty,
    logs,
    securityhub,
    simulator,
    summaries,
)
from cfngen.sandbox.operations.serving import Handler, json_service, rest_service


def install() -> None:
    """Add every operation; once a process, before the emulator serves."""
    for name, module in (("cloudtrail", cloudtrail), ("config", config), ("logs", logs)):
        app.SERVICE_HANDLERS[name] = json_service(module.OPERATIONS, app.SERVICE_HANDLERS[name])
    app.SERVICE_HANDLERS["cloudcontrol"] = json_service(
        cloudcontrol.OPERATIONS, app.SERVICE_HANDLERS["cloudcontrol"], version="1.0"
    )
    simulator.install()
    answers.install()
    summaries.install()
    deleted_stacks.install()
    conditions.install()
    # By their signing names: that is what requests are told apart by.
    _add("ce", json_service(ce.OPERATIONS), ce)
    _add("access-analyzer", rest_service("accessanalyzer", accessanalyzer.OPERATIONS), accessanalyzer)
    _add("guardduty", rest_service("guardduty", guardduty.OPERATIONS), guardduty)
    _add("securityhub", rest_service("securityhub", securityhub.OPERATIONS), securityhub)
    _empty_on_reset("logs-additions", logs)
    _empty_on_reset("trail-delivery", delivery)


def _add(name: str, handler: Handler, module: ModuleType) -> None:
    app.SERVICE_HANDLERS[name] = handler
    # Unlisted, the router would read every service model of botocore to learn that there is such a service.
    router.SERVICE_PATTERNS[name] = {}
    SERVICE_TO_IAM_NAMESPACE[name] = name
    _empty_on_reset(name, module)


def _empty_on_reset(name: str, module: ModuleType) -> None:
    app.SERVICE_REGISTRY[name] = {"module": name}
    private.app.loaded_modules[name] = module
