"""What repositories, builds and workgroups show.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html
"""

from __future__ import annotations

import re

from cfngen.report.controls.policy import is_open
from cfngen.report.controls.row import CheckRow
from cfngen.report.controls.stacks import ResolvedResource, Stacks, is_on, items

REPOSITORY, PROJECT, WORKGROUP = "AWS::ECR::Repository", "AWS::CodeBuild::Project", "AWS::Athena::WorkGroup"
_IN_URL = re.compile(r"https?://[^/@\s]+:[^/@\s]+@")


def _logged(project: ResolvedResource, _: Stacks) -> bool:
    logs = [project.at("LogsConfig.CloudWatchLogs.Status"), project.at("LogsConfig.S3Logs.Status")]
    # CloudWatch Logs is on where nothing is set.
    return "ENABLED" in logs or logs[0] is None


def _logs_encrypted(project: ResolvedResource, _: Stacks) -> bool | None:
    if project.at("LogsConfig.S3Logs.Status") != "ENABLED":
        return None
    return not is_on(project.at("LogsConfig.S3Logs.EncryptionDisabled"))


def _no_credentials(project: ResolvedResource, _: Stacks) -> bool:
    sources = [project.at("Source"), *items(project.at("SecondarySources"))]
    return not any(_IN_URL.match(str(source.get("Location"))) for source in sources if source)


ROWS = (
    CheckRow(
        "ecr_repositories_lifecycle_policy_enabled",
        REPOSITORY,
        "LifecyclePolicy",
        "old images of the repository do not stay for ever",
        lambda repository, _: bool(repository.at("LifecyclePolicy.LifecyclePolicyText")),
        looks_at=("repository.lifecycle_policy",),
        beyond=("registry.repositories",),
    ),
    CheckRow(
        "ecr_repositories_not_publicly_accessible",
        REPOSITORY,
        "RepositoryPolicyText",
        "the repository's policy lets nobody outside in",
        lambda repository, _: not is_open(repository.at("RepositoryPolicyText")),
        looks_at=("repository.policy",),
        beyond=("registry.repositories",),
    ),
    CheckRow(
        "ecr_repositories_scan_images_on_push_enabled",
        REPOSITORY,
        "ImageScanningConfiguration",
        "images are scanned when they are pushed",
        lambda repository, _: is_on(repository.at("ImageScanningConfiguration.ScanOnPush")),
        looks_at=("repository.scan_on_push",),
        beyond=("registry.repositories",),
    ),
    CheckRow(
        "ecr_repositories_tag_immutability",
        REPOSITORY,
        "ImageTagMutability",
        "an image's tag never moves",
        lambda repository, _: str(repository.at("ImageTagMutability")).startswith("IMMUTABLE"),
        looks_at=("repository.immutability",),
        beyond=("registry.repositories",),
    ),
    CheckRow(
        "codebuild_project_logging_enabled",
        PROJECT,
        "LogsConfig",
        "builds are logged",
        _logged,
        looks_at=(
            "cloudwatch_logs.enabled",
            "project.cloudwatch_logs",
            "project.s3_logs",
            "s3_logs.enabled",
        ),
    ),
    CheckRow(
        "codebuild_project_s3_logs_encrypted",
        PROJECT,
        "LogsConfig.S3Logs",
        "the builds' logs in S3 are encrypted",
        _logs_encrypted,
        looks_at=("project.s3_logs", "s3_logs.enabled", "s3_logs.encrypted"),
    ),
    CheckRow(
        "codebuild_project_source_repo_url_no_sensitive_credentials",
        PROJECT,
        "Source.Location",
        "the source's address holds no password",
        _no_credentials,
        looks_at=(
            "project.secondary_sources",
            "project.source",
            "source.location",
            "source.type",
            "url.location",
            "url.type",
        ),
    ),
    CheckRow(
        "athena_workgroup_encryption",
        WORKGROUP,
        "WorkGroupConfiguration.ResultConfiguration.EncryptionConfiguration",
        "results of queries are encrypted",
        lambda group, _: bool(
            group.at("WorkGroupConfiguration.ResultConfiguration.EncryptionConfiguration.EncryptionOption")
        ),
        looks_at=("encryption_configuration.encrypted", "workgroup.encryption_configuration"),
        beyond=("workgroup.queries", "workgroup.state"),
    ),
    CheckRow(
        "athena_workgroup_logging_enabled",
        WORKGROUP,
        "WorkGroupConfiguration.PublishCloudWatchMetricsEnabled",
        "the workgroup publishes to CloudWatch",
        lambda group, _: is_on(
            group.properties.get("WorkGroupConfiguration", {}).get("PublishCloudWatchMetricsEnabled", True)
        ),
        looks_at=("workgroup.cloudwatch_logging",),
        beyond=("workgroup.queries", "workgroup.state"),
    ),
)
