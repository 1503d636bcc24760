"""CloudWatch Logs: query definitions, policies of the account, and the trial of a metric filter's pattern."""

from __future__ import annotations

import json
import time
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_account_id, new_uuid

from cfngen.sandbox.metric_filter import matches
from cfngen.sandbox.operations.serving import RefusedError

_DEFINITIONS = AccountRegionScopedDict()
_POLICIES = AccountRegionScopedDict()


def _put(given: dict[str, Any]) -> dict[str, Any]:
    identifier = given.get("queryDefinitionId") or new_uuid()
    if "queryDefinitionId" in given:
        _known(identifier)
    kept = {key: value for key, value in given.items() if key != "clientToken"}
    _DEFINITIONS[identifier] = {
        "queryLanguage": "CWLI",
        **kept,
        "queryDefinitionId": identifier,
        "lastModified": int(time.time() * 1000),
    }
    return {"queryDefinitionId": identifier}


def _describe(given: dict[str, Any]) -> dict[str, Any]:
    prefix = given.get("queryDefinitionNamePrefix", "")
    found = [item for item in _DEFINITIONS.values() if item["name"].startswith(prefix)]
    return {"queryDefinitions": found}


def _delete(given: dict[str, Any]) -> dict[str, Any]:
    _known(given["queryDefinitionId"])
    del _DEFINITIONS[given["queryDefinitionId"]]
    return {"success": True}


def _known(identifier: str) -> None:
    if identifier not in _DEFINITIONS:
        raise RefusedError("ResourceNotFoundException", f"Query definition {identifier} does not exist.")


def _put_policy(given: dict[str, Any]) -> dict[str, Any]:
    told = {"scope": "ALL", **given}
    kept = {**told, "lastUpdatedTime": int(time.time() * 1000), "accountId": get_account_id()}
    _POLICIES[f"{given['policyType']} {given['policyName']}"] = kept
    return {"accountPolicy": kept}


def _describe_policies(given: dict[str, Any]) -> dict[str, Any]:
    name = given.get("policyName")
    found = [item for item in _POLICIES.values() if item["policyType"] == given["policyType"]]
    return {"accountPolicies": [item for item in found if name in {None, item["policyName"]}]}


def _delete_policy(given: dict[str, Any]) -> dict[str, Any]:
    if _POLICIES.pop(f"{given['policyType']} {given['policyName']}", None) is None:
        raise RefusedError("ResourceNotFoundException", f"Policy {given['policyName']} does not exist.")
    return {}


def _test(given: dict[str, Any]) -> dict[str, Any]:
    """Only patterns for JSON events are known: another one is refused, rather than guessed at."""
    pattern, found = given["filterPattern"], []
    for number, message in enumerate(given["logEventMessages"], start=1):
        try:
            event = json.loads(message)
            taken = matches(pattern, event)
        except (ValueError, TypeError, IndexError) as error:
            said = f"the sandbox cannot judge {pattern}: {error}"
            raise RefusedError("InvalidParameterException", said) from error
        if taken:
            found.append({"eventNumber": number, "eventMessage": message, "extractedValues": {}})
    return {"matches": found}


OPERATIONS = {
    "TestMetricFilter": _test,
    "PutQueryDefinition": _put,
    "DescribeQueryDefinitions": _describe,
    "DeleteQueryDefinition": _delete,
    "PutAccountPolicy": _put_policy,
    "DescribeAccountPolicies": _describe_policies,
    "DeleteAccountPolicy": _delete_policy,
}


def reset() -> None:
    """Forget all of it."""
    _DEFINITIONS.clear()
    _POLICIES.clear()
