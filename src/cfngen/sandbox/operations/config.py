"""AWS Config: deletion, and the order and limits that a template can get wrong.

One recorder and one delivery channel a Region, and rules want a recorder first:
https://docs.aws.amazon.com/config/latest/APIReference/API_PutConfigRule.html

The API wants a recorder before a channel as well. CloudFormation creates the two in any order, waiting for
each other, so that is not asked here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ministack.services import config

from cfngen.sandbox import private
from cfngen.sandbox.operations.serving import Operation, RefusedError


def _put_recorder(given: dict[str, Any]) -> dict[str, Any]:
    name = given["ConfigurationRecorder"].get("name", "default")
    if any(other != name for other in private.config.recorders):
        raise RefusedError(
            "MaxNumberOfConfigurationRecordersExceededException",
            f"Failed to put configuration recorder '{name}' because the maximum number of configuration "
            "recorders: 1 is reached.",
        )
    return _own("_put_configuration_recorder", given)


def _delete_recorder(given: dict[str, Any]) -> dict[str, Any]:
    name = given["ConfigurationRecorderName"]
    if private.config.recorders.pop(name, None) is None:
        raise RefusedError("NoSuchConfigurationRecorderException", f"Cannot find recorder '{name}'.")
    return {}


def _put_channel(given: dict[str, Any]) -> dict[str, Any]:
    name = given["DeliveryChannel"].get("name", "default")
    if any(other != name for other in private.config.delivery_channels):
        raise RefusedError(
            "MaxNumberOfDeliveryChannelsExceededException",
            f"Failed to put delivery channel '{name}' because the maximum number of delivery channels: 1 is "
            "reached.",
        )
    return _own("_put_delivery_channel", given)


def _delete_channel(given: dict[str, Any]) -> dict[str, Any]:
    name = given["DeliveryChannelName"]
    if name not in private.config.delivery_channels:
        raise RefusedError("NoSuchDeliveryChannelException", f"Cannot find delivery channel '{name}'.")
    if any(recorder["recording"] for recorder in private.config.recorders.values()):
        raise RefusedError(
            "LastDeliveryChannelDeleteFailedException",
            f"Failed to delete last specified delivery channel with name '{name}', because there is a "
            "running configuration recorder.",
        )
    del private.config.delivery_channels[name]
    return {}


def _start_recorder(given: dict[str, Any]) -> dict[str, Any]:
    if not private.config.delivery_channels:
        raise RefusedError("NoAvailableDeliveryChannelException", "Delivery channel is not available.")
    return _own("_start_configuration_recorder", given)


def _put_rule(given: dict[str, Any]) -> dict[str, Any]:
    if not private.config.recorders:
        raise RefusedError(
            "NoAvailableConfigurationRecorderException", "Configuration recorder is not available."
        )
    return _own("_put_config_rule", given)


def _own(function: str, given: dict[str, Any]) -> dict[str, Any]:
    """MiniStack's own answer."""
    status, _headers, body = getattr(config, function)(given)
    said: dict[str, Any] = json.loads(body)
    if status >= 400:  # noqa: PLR2004 - HTTP
        raise RefusedError(said["__type"], said.get("message", ""), status)
    return said


OPERATIONS: Mapping[str, Operation] = {
    "PutConfigurationRecorder": _put_recorder,
    "DeleteConfigurationRecorder": _delete_recorder,
    "StartConfigurationRecorder": _start_recorder,
    "PutDeliveryChannel": _put_channel,
    "DeleteDeliveryChannel": _delete_channel,
    "PutConfigRule": _put_rule,
}
