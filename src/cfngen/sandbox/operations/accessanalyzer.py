"""IAM Access Analyzer: analyzers and their archive rules; nothing is analyzed."""

from __future__ import annotations

from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, now_iso

from cfngen.sandbox.operations.serving import RefusedError

_ANALYZERS = AccountRegionScopedDict()
_RULES = "_archiveRules"


def _create(given: dict[str, Any]) -> dict[str, Any]:
    name = given["analyzerName"]
    if name in _ANALYZERS:
        raise RefusedError("ConflictException", f"An analyzer named {name} already exists.", 409)
    arn = f"arn:aws:access-analyzer:{get_region()}:{get_account_id()}:analyzer/{name}"
    _ANALYZERS[name] = {
        "arn": arn,
        "name": name,
        "type": given["type"],
        "createdAt": now_iso(),
        "status": "ACTIVE",
        "tags": given.get("tags", {}),
        **({"configuration": given["configuration"]} if "configuration" in given else {}),
        _RULES: {},
    }
    for rule in given.get("archiveRules", []):
        _create_rule({"analyzerName": name, **rule})
    return {"arn": arn}


def _get(given: dict[str, Any]) -> dict[str, Any]:
    return {"analyzer": _shown(_found(given["analyzerName"]))}


def _list(_given: dict[str, Any]) -> dict[str, Any]:
    return {"analyzers": [_shown(item) for item in _ANALYZERS.values()]}


def _update(given: dict[str, Any]) -> dict[str, Any]:
    _found(given["analyzerName"])["configuration"] = given["configuration"]
    return {"configuration": given["configuration"]}


def _delete(given: dict[str, Any]) -> dict[str, Any]:
    _found(given["analyzerName"])
    del _ANALYZERS[given["analyzerName"]]
    return {}


def _create_rule(given: dict[str, Any]) -> dict[str, Any]:
    now = now_iso()
    _found(given["analyzerName"])[_RULES][given["ruleName"]] = {
        "ruleName": given["ruleName"],
        "filter": given["filter"],
        "createdAt": now,
        "updatedAt": now,
    }
    return {}


def _list_rules(given: dict[str, Any]) -> dict[str, Any]:
    return {"archiveRules": list(_found(given["analyzerName"])[_RULES].values())}


def _delete_rule(given: dict[str, Any]) -> dict[str, Any]:
    _found(given["analyzerName"])[_RULES].pop(given["ruleName"], None)
    return {}


def _tag(given: dict[str, Any]) -> dict[str, Any]:
    _by_arn(given)["tags"].update(given["tags"])
    return {}


def _untag(given: dict[str, Any]) -> dict[str, Any]:
    for key in given.get("tagKeys", []):
        _by_arn(given)["tags"].pop(key, None)
    return {}


def _list_tags(given: dict[str, Any]) -> dict[str, Any]:
    return {"tags": _by_arn(given)["tags"]}


def _found(name: str) -> dict[str, Any]:
    if name not in _ANALYZERS:
        raise RefusedError("ResourceNotFoundException", f"Analyzer {name} does not exist.", 404)
    found: dict[str, Any] = _ANALYZERS[name]
    return found


def _by_arn(given: dict[str, Any]) -> dict[str, Any]:
    return _found(given["resourceArn"].rpartition("/")[2])


def _shown(analyzer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in analyzer.items() if key != _RULES}


OPERATIONS = {
    "CreateAnalyzer": _create,
    "CreateArchiveRule": _create_rule,
    "DeleteAnalyzer": _delete,
    "DeleteArchiveRule": _delete_rule,
    "GetAnalyzer": _get,
    "ListAnalyzers": _list,
    "ListArchiveRules": _list_rules,
    "ListTagsForResource": _list_tags,
    "TagResource": _tag,
    "UntagResource": _untag,
    "UpdateAnalyzer": _update,
}

reset = _ANALYZERS.clear
