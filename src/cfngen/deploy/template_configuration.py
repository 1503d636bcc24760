"""CodePipeline's template configuration file: a stack's values, tags and stack policy for its own action.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-cfn-artifacts.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def template_configuration(
    parameters: Mapping[str, str], tags: Mapping[str, str], stack_policy: Mapping[str, Any] | None
) -> str:
    """The file's JSON.

    >>> print(template_configuration({"Word": "one"}, {}, None), end="")
    {
      "Parameters": {
        "Word": "one"
      },
      "Tags": {}
    }
    """
    document: dict[str, Any] = {"Parameters": dict(parameters), "Tags": dict(tags)}
    if stack_policy is not None:
        document["StackPolicy"] = stack_policy
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
