"""The boundary, where a role of another stack holds more than it; what the execution role leaves alone."""

from __future__ import annotations

from tests.proof.cases._case import Case, Here, lines

NODES = {"dev", "dev without the boundary"}


def cases(here: Here) -> list[Case]:
    """The lines of one scenario."""
    return [*(_nodes(here) if here.scenario in NODES else []), *(_guards(here) if here.next else [])]


def _guards(here: Here) -> list[Case]:
    """Not even where somebody put a build's role under the boundary."""
    role = here.role("cfn-execution")
    may, may_not = lines(role)
    under = {"iam:PermissionsBoundary": here.arn("iam", "policy/P-boundary")}
    detach, policy = "iam:DetachRolePolicy", "s3:DeleteBucketPolicy"
    return [
        may("takes a policy off a role", role, detach, here.role("glue-job"), under),
        may_not("takes a policy off a build's role", role, detach, here.role("pipeline-plan"), under),
        may("deletes a bucket's policy", role, policy, here.account.arn_of("artifact-stores", "DataBucket")),
        may_not("deletes the policy of the template bucket", role, policy,
                here.account.arn_of("delivery-pipeline", "TemplateBucket")),
    ]  # fmt: skip


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
