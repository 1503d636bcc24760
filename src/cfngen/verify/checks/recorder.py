"""AWS Config records, and delivers what it records."""

from __future__ import annotations

from cfngen.verify.claims import Claim
from cfngen.verify.results import Verdict, fails, holds
from cfngen.verify.world import World

NEEDS = (
    "config:DescribeConfigurationRecorders",
    "config:DescribeConfigurationRecorderStatus",
    "config:DescribeDeliveryChannels",
)


def check(claim: Claim, world: World) -> Verdict:
    """Look at the recorder of the Region, `given["recorder"]` where it is named."""
    name = claim.given.get("recorder")
    named = {"ConfigurationRecorderNames": [name]} if name else {}
    statuses = world.calls("config", "DescribeConfigurationRecorderStatus", **named)[
        "ConfigurationRecordersStatus"
    ]
    if not statuses:
        return fails("there is no configuration recorder")
    status = statuses[0]
    if not status.get("recording"):
        return fails(f"the recorder {status['name']} does not record")
    if status.get("lastStatus") == "Failure":
        return fails(
            f"the last delivery failed: {status.get('lastErrorMessage', status.get('lastErrorCode'))}"
        )
    if not world.calls("config", "DescribeDeliveryChannels")["DeliveryChannels"]:
        return fails("there is no delivery channel")
    return holds(f"the recorder {status['name']} records, and a delivery channel takes what it records")
