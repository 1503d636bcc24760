"""What the stores refuse to everybody: connections without today's TLS, images that delivery did not push."""

from __future__ import annotations

from tests.proof.cases._case import Case, Here, lines

STORES = {
    "audit-trail": ("TrailBucket", "AccessLogBucket"),
    "artifact-stores": ("DataBucket", "ModelBucket"),
    "audit-queries": ("ResultsBucket",),
    "compliance": ("ConfigBucket",),
    "delivery-pipeline": ("TemplateBucket",),
}
PUSHES = ("InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage")
OLD = {"without TLS": {"aws:SecureTransport": "false"}, "with TLS 1.1": {"s3:TlsVersion": "1.1"}}


def cases(here: Here) -> list[Case]:
    """The lines of one scenario."""
    return [*_lists(here), *_pushes(here)] if here.next else []


def _lists(here: Here) -> list[Case]:
    found = []
    for stack, names in STORES.items():
        for name in names:
            bucket = here.account.arn_of(stack, name)
            may, may_not = lines(f"{stack} {name}")
            found += [
                may("an administrator lists", here.administrator, "s3:ListBucket", bucket),
                *(
                    may_not(
                        f"an administrator lists {how}", here.administrator, "s3:ListBucket", bucket, sent
                    )
                    for how, sent in OLD.items()
                ),
            ]
    return found


def _pushes(here: Here) -> list[Case]:
    found = []
    for name in ("TrainingRepository", "ServingRepository"):
        repository = here.account.arn_of("artifact-stores", name)
        may, may_not = lines(f"artifact-stores {name}")
        found += [
            line(f"{who}: {push}", role, f"ecr:{push}", repository)
            for line, who, role in (
                (may, "delivery", here.role("github-push")),
                (may_not, "an administrator", here.administrator),
            )
            for push in PUSHES
        ]
    return found
