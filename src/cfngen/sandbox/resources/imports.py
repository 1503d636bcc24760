"""Import of existing resources, for types that MiniStack can create and not adopt.

MiniStack asks these on its event loop, where no API can be called: they look into its state.
"""

from __future__ import annotations

from collections.abc import Container

from cfngen.sandbox import private

Adopted = tuple[str, dict[str, str]]


def _trail(identifier: dict[str, str]) -> Adopted:
    name = identifier["TrailName"]
    return name, {"Arn": private.cloudtrail.trails[name]["TrailARN"]}


def _repository(identifier: dict[str, str]) -> Adopted:
    found = private.ecr.repositories[identifier["RepositoryName"]]
    return found["repositoryName"], {
        "Arn": found["repositoryArn"],
        "RepositoryUri": found["repositoryUri"],
    }


def _managed_policy(identifier: dict[str, str]) -> Adopted:
    arn = identifier["PolicyArn"]
    return arn, {"PolicyArn": arn}


def _bucket_policy(identifier: dict[str, str]) -> Adopted:
    return f"{identifier['Bucket']}-policy", {}


_IMPORTS = {
    "AWS::CloudTrail::Trail": ("TrailName", _trail, private.cloudtrail.trails),
    "AWS::IAM::ManagedPolicy": ("PolicyArn", _managed_policy, private.iam.policies),
    "AWS::ECR::Repository": ("RepositoryName", _repository, private.ecr.repositories),
    "AWS::S3::BucketPolicy": ("Bucket", _bucket_policy, private.s3.bucket_policies),
}


def install() -> None:
    """After the types themselves."""
    for kind, (key, adopt, known) in _IMPORTS.items():
        private.provisioners.RESOURCE_HANDLERS[kind]["import"] = adopt

        def problem(name: str, kind: str = kind, known: Container[str] = known) -> str | None:
            missing: str = private.changesets.IMPORT_NOT_FOUND.format(type=kind, value=name)
            return None if name in known else missing

        private.changesets.IMPORT_LOOKUPS[kind] = ((key,), problem)
