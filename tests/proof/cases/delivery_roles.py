"""The boundary, where a role of another stack holds more than it."""

from __future__ import annotations

from tests.proof.cases._case import Case, Here, lines


def cases(here: Here) -> list[Case]:
    """The lines of one scenario."""
    return _nodes(here) if here.scenario == "dev" else []


def _nodes(here: Here) -> list[Case]:
    """dev's nodes have CloudWatchAgentServerPolicy, which allows every log group of the account."""
    role = here.role("eks-nodegroup-role")
    may, may_not = lines(role)
    agents = here.arn("logs", "log-group:/aws/containerinsights/cluster/application")
    audit = here.arn("logs", f"log-group:{here.account.reference('audit-trail', 'LogGroup')}")
    return [
        may("a pod's agent writes its log", role, "logs:PutLogEvents", f"{agents}:log-stream:x"),
        may("a pod's agent sets its retention", role, "logs:PutRetentionPolicy", agents),
        may_not("a pod forges audit events", role, "logs:PutLogEvents", f"{audit}:log-stream:x"),
        may_not("a pod makes a stream for them", role, "logs:CreateLogStream", f"{audit}:log-stream:x"),
        may_not("a pod shortens the audit log group", role, "logs:PutRetentionPolicy", audit),
    ]
