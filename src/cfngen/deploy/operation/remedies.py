"""What helps against the failures that everybody meets."""

from __future__ import annotations

import re

_KNOWN = (
    (
        r"already exists|AlreadyExists|EntityAlreadyExists",
        "a resource of that name is there, outside of this stack: adopt it (cfngen help adopt), give it "
        "another name, or delete it",
    ),
    (
        r"not authorized to perform|AccessDenied|Access ?Denied|UnauthorizedOperation",
        "allow that action to the role that deploys, or name a role that may: --role-arn",
    ),
    (r"No export named|export .* not found", "deploy the stack that exports it first"),
    (r"Export .* (is|cannot be).*(imported|in use|updated)", "change the stacks that import it first"),
    (r"stack policy", "the stack policy protects it: --allow-replace with its logical id lifts that once"),
    (
        r"custom-named resource",
        "CloudFormation cannot replace a resource with a fixed name: give it another name in the same change",
    ),
    (
        r"is invalid or cannot be assumed",
        "name a role that is there and that CloudFormation can assume: --role-arn",
    ),
    (r"LimitExceeded|limit exceeded|quota", "ask for a higher quota, or remove what is no longer used"),
    (r"not empty", "empty it first, or keep it: DeletionPolicy Retain"),
    (
        r"timed out|did not stabilize|exceeded .*time",
        "see in the service itself what the operation waited for",
    ),
    (r"log group does not exist", "create the log group first, or depend on the resource that does"),
    (
        r"Database .*not found|EntityNotFound",
        "create the database first, or depend on the resource that does",
    ),
)


# CloudTrail tries the role that it is given at once. IAM takes a while to tell every service of a new role:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
_NEW_ROLE = (
    "if the trail's role was made just before, CloudTrail may not know it yet: run the same command again; "
    "if it is denied again, correct the role's trust policy and its permissions"
)


def remedy(reason: str, resource_type: str = "") -> str | None:
    """What helps, where that is known.

    Arguments:
        reason: AWS's words.
        resource_type: of the resource that failed; empty where it is the stack.

    >>> remedy("No export named vpc found")
    'deploy the stack that exports it first'
    >>> remedy("something new") is None
    True
    """
    denied = re.search("access ?denied", reason, re.IGNORECASE)
    if resource_type == "AWS::CloudTrail::Trail" and denied and "not authorized to perform" not in reason:
        return _NEW_ROLE
    return next((helps for pattern, helps in _KNOWN if re.search(pattern, reason)), None)
