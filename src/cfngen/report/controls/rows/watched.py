"""What a rule of AWS Config watches: things that no template sets, such as the root user's MFA.

The rule in a template shows that AWS Config looks; only its result shows whether it is so.
https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html
"""

from __future__ import annotations

from typing import Any

from cfngen.report.controls.row import CheckRow, Holds, Shows
from cfngen.report.controls.stacks import ResolvedResource, Stacks

RULE = "AWS::Config::ConfigRule"


def _at_most(name: str, most: int) -> Any:
    return lambda given: str(given.get(name, "")).isdigit() and int(given[name]) <= most


def _at_least(name: str, least: int) -> Any:
    return lambda given: str(given.get(name, "")).isdigit() and int(given[name]) >= least


def _rule(identifiers: tuple[str, ...], test: Any) -> Holds:
    """Rules of these identifiers; the values count that the template gives: without the console there are
    no others."""

    def holds(rule: ResolvedResource, _: Stacks) -> bool | None:
        if rule.at("Source.SourceIdentifier") not in identifiers:
            return None
        return bool(test is None or test(rule.at("InputParameters") or {}))

    return holds


_WATCHED: tuple[tuple[str, tuple[str, ...], str, Any], ...] = (
    ("iam_root_mfa_enabled", ("ROOT_ACCOUNT_MFA_ENABLED",), "the root user signs in with MFA", None),
    (
        "iam_root_hardware_mfa_enabled",
        ("ROOT_ACCOUNT_HARDWARE_MFA_ENABLED",),
        "the root user signs in with a hardware MFA device",
        None,
    ),
    ("iam_no_root_access_key", ("IAM_ROOT_ACCESS_KEY_CHECK",), "the root user has no access key", None),
    (
        "iam_user_mfa_enabled_console_access",
        ("MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS",),
        "every user with a password has MFA",
        None,
    ),
    (
        "iam_password_policy_minimum_length_14",
        ("IAM_PASSWORD_POLICY",),
        "passwords have 14 characters or more",
        _at_least("MinimumPasswordLength", 14),
    ),
    (
        "iam_password_policy_reuse_24",
        ("IAM_PASSWORD_POLICY",),
        "the last 24 passwords cannot be used again",
        _at_least("PasswordReusePrevention", 24),
    ),
    (
        "iam_rotate_access_key_90_days",
        ("ACCESS_KEYS_ROTATED",),
        "access keys are not older than 90 days",
        _at_most("maxAccessKeyAge", 90),
    ),
    (
        "iam_user_accesskey_unused",
        ("IAM_USER_UNUSED_CREDENTIALS_CHECK",),
        "access keys that nobody used for 45 days are off",
        _at_most("maxCredentialUsageAge", 45),
    ),
    (
        "iam_user_console_access_unused",
        ("IAM_USER_UNUSED_CREDENTIALS_CHECK",),
        "passwords that nobody used for 45 days are off",
        _at_most("maxCredentialUsageAge", 45),
    ),
    (
        "iam_policy_attached_only_to_group_or_roles",
        ("IAM_USER_NO_POLICIES_CHECK",),
        "no policy is attached to a user",
        None,
    ),
    (
        "s3_account_level_public_access_blocks",
        ("S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS", "S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS_PERIODIC"),
        "the account's public access block is on",
        None,
    ),
    (
        "kms_cmk_not_deleted_unintentionally",
        ("KMS_CMK_NOT_SCHEDULED_FOR_DELETION",),
        "no KMS key waits to be deleted",
        None,
    ),
)

ROWS = tuple(
    CheckRow(
        check,
        RULE,
        "Source.SourceIdentifier",
        says,
        _rule(identifiers, test),
        claims=(Shows("rules"),),
        by="watch",
        one_is_enough=True,
    )
    for check, identifiers, says, test in _WATCHED
)
