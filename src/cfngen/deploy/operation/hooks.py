"""What CloudFormation Hooks advise about what they refused.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetHookResult.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cfngen.aws.calls import CallError, Trouble, patiently
from cfngen.aws.session import Account
from cfngen.aws.steps import Pace, Steps
from cfngen.deploy.outcome import Failure

Advice = Mapping[tuple[str, str], str]
"""What a hook of this type advises about the resource with this id."""


def advice(account: Account, pace: Pace, change_set: str) -> Steps[Advice]:
    """What each hook that failed for a change set advises about what it refused, with its link.

    Empty where the hooks' results may not be read.

    Raises:
        CallError: the credentials have gone, or nothing answers.
    """
    client, told = account.cloudformation, {}
    asked = {"TargetType": "CHANGE_SET", "TargetId": change_set}
    try:
        while True:
            listed = yield from patiently(pace, client, "ListHookResults", **asked)
            for summary in listed.get("HookResults", ()):
                if summary.get("Status") not in {"HOOK_COMPLETE_FAILED", "HOOK_FAILED"}:
                    continue
                identifier = summary["HookResultId"]
                result = yield from patiently(pace, client, "GetHookResult", HookResultId=identifier)
                about = result.get("Target", {}).get("TargetId", identifier)
                told[summary.get("TypeName", ""), about] = "; ".join(
                    _sentences(result.get("Annotations", ()))
                )
            if not listed.get("NextToken"):
                break
            asked["NextToken"] = listed["NextToken"]
    except CallError as error:
        if error.trouble not in {Trouble.DENIED, Trouble.REFUSED, Trouble.MISSING}:
            raise
    return {key: text for key, text in told.items() if text}


def advised(failure: Failure, advice: Advice) -> Failure:
    """The failure with what its hook advises as the remedy, and the same for those told with it.

    Where no advice names the resource, it is everything that the hook advises.
    """
    of_hook = {about: text for (name, about), text in advice.items() if f"hook {name}:" in failure.reason}
    own = of_hook.get(failure.logical_id or "") or "; ".join(dict.fromkeys(of_hook.values()))
    others = tuple(advised(other, advice) for other in failure.also)
    return failure._replace(remedy=own or failure.remedy, also=others)


def _sentences(annotations: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for annotation in annotations:
        if annotation.get("Status") != "FAILED":
            continue
        parts = [annotation.get("RemediationMessage") or annotation.get("StatusMessage", "")]
        parts += [f"({annotation['RemediationLink']})"] if annotation.get("RemediationLink") else []
        yield " ".join(filter(None, parts))
