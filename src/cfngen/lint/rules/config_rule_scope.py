from __future__ import annotations

from typing import Final

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from cfngen.lint.rules._walk import resources

# AWS's managed rules that run at a frequency only, as their pages say; looked up on 2026-11-27. Those that
# react to changes as well are not among them: they take a scope. That AWS Config refuses it was seen in
# https://github.com/cloud-custodian/cloud-custodian/pull/10008
PERIODIC: Final = frozenset(
    {
        "ACCESS_KEYS_ROTATED",
        "ACCOUNT_PART_OF_ORGANIZATIONS",
        "ALB_HTTP_TO_HTTPS_REDIRECTION_CHECK",
        "API_GWV2_AUTHORIZATION_TYPE_CONFIGURED",
        "CLOUDTRAIL_S3_DATAEVENTS_ENABLED",
        "CLOUDTRAIL_SECURITY_TRAIL_ENABLED",
        "CLOUDWATCH_ALARM_RESOURCE_CHECK",
        "CLOUDWATCH_LOG_GROUP_ENCRYPTED",
        "CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED",
        "CLOUD_TRAIL_ENABLED",
        "CLOUD_TRAIL_ENCRYPTION_ENABLED",
        "CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED",
        "CMK_BACKING_KEY_ROTATION_ENABLED",
        "CW_LOGGROUP_RETENTION_PERIOD_CHECK",
        "DAX_ENCRYPTION_ENABLED",
        "DMS_REPLICATION_NOT_PUBLIC",
        "DYNAMODB_AUTOSCALING_ENABLED",
        "DYNAMODB_IN_BACKUP_PLAN",
        "DYNAMODB_THROUGHPUT_LIMIT_CHECK",
        "EBS_IN_BACKUP_PLAN",
        "EBS_SNAPSHOT_PUBLIC_RESTORABLE_CHECK",
        "EC2_EBS_ENCRYPTION_BY_DEFAULT",
        "EC2_SECURITY_GROUP_ATTACHED_TO_ENI_PERIODIC",
        "EC2_STOPPED_INSTANCE",
        "ECR_PRIVATE_IMAGE_SCANNING_ENABLED",
        "EFS_ENCRYPTED_CHECK",
        "EFS_IN_BACKUP_PLAN",
        "EKS_ENDPOINT_NO_PUBLIC_ACCESS",
        "EKS_SECRETS_ENCRYPTED",
        "ELASTICACHE_REDIS_CLUSTER_AUTOMATIC_BACKUP_CHECK",
        "ELASTICSEARCH_ENCRYPTED_AT_REST",
        "ELASTICSEARCH_IN_VPC_ONLY",
        "ELBV2_ACM_CERTIFICATE_REQUIRED",
        "EMR_KERBEROS_ENABLED",
        "EMR_MASTER_NO_PUBLIC_IP",
        "GUARDDUTY_ENABLED_CENTRALIZED",
        "GUARDDUTY_NON_ARCHIVED_FINDINGS",
        "IAM_EXTERNAL_ACCESS_ANALYZER_ENABLED",
        "IAM_PASSWORD_POLICY",
        "IAM_POLICY_IN_USE",
        "IAM_ROOT_ACCESS_KEY_CHECK",
        "IAM_USER_MFA_ENABLED",
        "IAM_USER_UNUSED_CREDENTIALS_CHECK",
        "KMS_CMK_NOT_SCHEDULED_FOR_DELETION",
        "MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS",
        "MULTI_REGION_CLOUD_TRAIL_ENABLED",
        "RDS_IN_BACKUP_PLAN",
        "ROOT_ACCOUNT_HARDWARE_MFA_ENABLED",
        "ROOT_ACCOUNT_MFA_ENABLED",
        "S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS_PERIODIC",
        "SAGEMAKER_ENDPOINT_CONFIGURATION_KMS_KEY_CONFIGURED",
        "SAGEMAKER_NOTEBOOK_INSTANCE_KMS_KEY_CONFIGURED",
        "SAGEMAKER_NOTEBOOK_NO_DIRECT_INTERNET_ACCESS",
        "SECRETSMANAGER_SECRET_PERIODIC_ROTATION",
        "SECRETSMANAGER_SECRET_UNUSED",
        "SECURITYHUB_ENABLED",
        "SECURITY_ACCOUNT_INFORMATION_PROVIDED",
        "SERVICE_VPC_ENDPOINT_ENABLED",
        "SHIELD_ADVANCED_ENABLED_AUTORENEW",
        "SHIELD_DRT_ACCESS",
        "SSM_DOCUMENT_NOT_PUBLIC",
        "VPC_FLOW_LOGS_ENABLED",
        "WAFV2_LOGGING_ENABLED",
        "WAF_CLASSIC_LOGGING_ENABLED",
    }
)
FAMILIES: Final = ("_RESOURCES_PROTECTED_BY_BACKUP_PLAN", "_LAST_BACKUP_RECOVERY_POINT_CREATED")


class ConfigRuleScope(CloudFormationLintRule):
    """A rule that runs every day looks at everything."""

    id = "E9516"
    shortdesc = "Do not give a scope to an AWS Config rule that runs at a frequency"
    description = (
        "A managed rule whose trigger type is periodic looks at the whole account. A Scope never limited it, "
        "and since 2025 AWS Config refuses one (InvalidParameterValueException of PutConfigRule): the stack "
        "cannot be created."
    )
    source_url = "https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-trigger-type.html"
    tags = ["resources", "config"]  # noqa: RUF012 - cfn-lint wants a list
    wrong = """
        KeysRotate:
          Type: AWS::Config::ConfigRule
          Properties:
            Source: {Owner: AWS, SourceIdentifier: CMK_BACKING_KEY_ROTATION_ENABLED}
            Scope: {TagKey: Project, TagValue: reports}
    """
    right = """
        KeysRotate:
          Type: AWS::Config::ConfigRule
          Properties:
            Description: All KMS keys of the account rotate.
            Source: {Owner: AWS, SourceIdentifier: CMK_BACKING_KEY_ROTATION_ENABLED}
    """

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch([*scope.path], f"{identifier.data} runs at a frequency and takes no Scope")
            for _, _, properties in resources(cfn, "AWS::Config::ConfigRule")
            for source in properties.get("Source")
            for identifier in source.get("SourceIdentifier")
            if str(identifier.data) in PERIODIC or str(identifier.data).endswith(FAMILIES)
            for scope in properties.get("Scope")
        ]
