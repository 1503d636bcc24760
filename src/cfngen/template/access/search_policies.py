"""Policies of OpenSearch Serverless: JSON in a language of its own.

https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-data-access.html
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-network.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cfngen.template.access.in_properties import at
from cfngen.template.access.statements import EVERYONE, Policy, substituted
from cfngen.template.intrinsics import intrinsic, text


def of_search_policy(logical_id: str, properties: Mapping[str, Any]) -> Iterator[Policy]:
    """Who reads what in collections, and from where these are reached. Encryption is neither."""
    written = properties.get("Policy", "")
    try:
        read = json.loads(text(written))
    except (ValueError, RecursionError):
        read = None
    if intrinsic(written):
        read = substituted(read)
    if not isinstance(read, list):
        if properties.get("Type") != "encryption" and not isinstance(read, dict):
            yield Policy("resource", logical_id, None, via=f"the policy {text(written)}")
        return
    yield Policy("resource", logical_id, {"Statement": [found for item in read for found in _of_item(item)]})


def _of_item(item: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(item, dict):
        return
    principals = item.get("Principal", [])
    if str(item.get("AllowFromPublic", "")).lower() == "true":
        principals = EVERYONE
    elif "AllowFromPublic" in item:
        principals = [who for name in ("SourceVPCEs", "SourceServices") for who, _ in at(name, item)]
    rules = item.get("Rules", [])
    for rule in rules if isinstance(rules, list) else []:
        if isinstance(rule, dict):
            action = rule.get("Permission", f"to reach the {text(rule.get('ResourceType', 'collection'))}")
            statement = {"Effect": "Allow", "Principal": principals, "Action": action}
            yield {**statement, "Resource": rule.get("Resource", "*")}
