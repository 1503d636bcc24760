"""A template with every resource type our stacks use, in two variants that differ wherever they may."""

from __future__ import annotations

from typing import Any

from tests.support.everything import analysis, audit, detection, identity, money, storage, watching


def template(second: bool = False) -> dict[str, Any]:
    """The template; `second` is the update of the first."""
    v = "two" if second else "one"
    days = "400" if second else "365"
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {"Days": {"Type": "Number", "Default": days}},
        "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
        "Resources": {
            **storage.resources(v, second),
            **audit.resources(v, second),
            **detection.resources(v, second),
            **identity.resources(v, second),
            **analysis.resources(v, second),
            **watching.resources(v, second),
            **money.resources(v, second),
            "Absent": {"Type": "AWS::SNS::Topic", "Condition": "Never"},
        },
    }
