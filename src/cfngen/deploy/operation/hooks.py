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


def advice(account: Account, pace: Pace, change_set: str) -> Steps[dict[str, str]]:
    """By the type name of each hook that failed for a change set: what it advises, with its link.

    Empty where the hooks' results may not be read.

    Raises:
        CallError: the credentials have gone, or nothing answers.
    """
    client, told = account.cloudformation, {}
    try:
        listed = yield from patiently(
            pace, client, "ListHookResults", TargetType="CHANGE_SET", TargetId=change_set
        )
        for summary in listed.get("HookResults", ()):
            if summary.get("Status") not in {"HOOK_COMPLETE_FAILED", "HOOK_FAILED"}:
                continue
            result = yield from patiently(pace, client, "GetHookResult", HookResultId=summary["HookResultId"])
            told[summary.get("TypeName", "")] = "; ".join(_sentences(result.get("Annotations", ())))
    except CallError as error:
        if error.trouble not in {Trouble.DENIED, Trouble.REFUSED, Trouble.MISSING}:
            raise
    return {name: text for name, text in told.items() if text}


def advised(failure: Failure, advice: Mapping[str, str]) -> Failure:
    """The failure with what its hook advises as the remedy, and the same for those told with it."""
    hook = next((text for name, text in advice.items() if f"hook {name}:" in failure.reason), None)
    others = tuple(advised(other, advice) for other in failure.also)
    return failure._replace(remedy=hook or failure.remedy, also=others)


def _sentences(annotations: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for annotation in annotations:
        if annotation.get("Status") != "FAILED":
            continue
        parts = [annotation.get("RemediationMessage") or annotation.get("StatusMessage", "")]
        parts += [f"({annotation['RemediationLink']})"] if annotation.get("RemediationLink") else []
        yield " ".join(filter(None, parts))
