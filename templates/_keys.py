"""A stack's own KMS key, where the stack is asked for one: the parameters, the rule, the key, its alias."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awacs import kms
from awacs.aws import Action, Principal, Statement
from troposphere import AccountId, And, Condition, Equals, GetAtt, If, NoValue, Ref, Sub
from troposphere.kms import Alias, Key

from cfngen.define import iam, recipes
from cfngen.define.stack import Stack
from cfngen.define.suppress import suppressed
from templates import _common, _naming

ASKED_FOR = "IsCustomerManaged"


def add_encryption(stack: Stack, description: str) -> None:
    """The choice of key as parameters, and who administers it whatever IAM says."""
    encryption = stack.group("Encryption")
    encryption.choice("Encryption", description, ["aws-managed", "customer-managed"])
    recipes.existing_role(
        encryption,
        "KeyAdministratorRole",
        "Role, with its path, that administers the key by its policy. Empty: whoever IAM lets.",
    )
    stack.given("KeyAdministratorRole")
    stack.condition(ASKED_FOR, Equals(Ref("Encryption"), "customer-managed"))


def add_key(
    stack: Stack,
    name: str,
    *statements: Statement,
    only_if: str | None = None,
    accepted: Mapping[str, str] | None = None,
) -> str:
    """The key `Key` with the alias `alias/P-<name>`; returns the condition under which it exists.

    Whoever the account's identity policies let, and the administrator, manage it; nobody but AWS services
    may grant it on (https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html,
    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-caller-account).

    Arguments:
        statements: who else uses it.
        only_if: a condition that must hold too.
        accepted: findings of lint that stay, each with its reason.
    """
    exists = ASKED_FOR
    if only_if is not None:
        exists = stack.condition("HasKey", And(Condition(ASKED_FOR), Condition(only_if)))
    stack.add(
        Key(
            "Key",
            Condition=exists,
            DeletionPolicy="Retain",
            UpdateReplacePolicy="Retain",
            Description=Sub(f"{_naming.P}-{name}"),
            EnableKeyRotation=True,
            PendingWindowInDays=30,
            Metadata=suppressed(
                accepted or {},
                checkov={"CKV_AWS_33": "Its conditions name one role of the account, which need not exist."},
            ),
            KeyPolicy=iam.policy(
                iam.allow("AccountAdministersThroughIam", [Action("kms", "*")], ["*"], to=iam.account()),
                If(
                    "HasKeyAdministratorRole",
                    iam.allow(
                        "AdministratorManagesKey",
                        [
                            kms.DescribeKey,
                            kms.GetKeyPolicy,
                            kms.GetKeyRotationStatus,
                            kms.PutKeyPolicy,
                            kms.EnableKeyRotation,
                            kms.TagResource,
                            kms.UntagResource,
                            kms.UpdateKeyDescription,
                            kms.ScheduleKeyDeletion,
                            kms.CancelKeyDeletion,
                        ],
                        ["*"],
                        # KMS refuses a principal that does not exist; a condition may name one.
                        to=Principal("AWS", "*"),
                        when={
                            "ArnEquals": {"aws:PrincipalArn": recipes.role_arn("${KeyAdministratorRole}")},
                            "StringEquals": {"kms:CallerAccount": AccountId},
                        },
                    ),
                    NoValue,
                ),
                *statements,
                iam.deny(
                    "GrantsAreForServicesOnly",
                    [kms.CreateGrant],
                    ["*"],
                    to=iam.anyone(),
                    when={
                        "BoolIfExists": {
                            "kms:GrantIsForAWSResource": "false",
                            "aws:PrincipalIsAWSService": "false",
                        }
                    },
                ),
            ),
            Tags=_common.tags(),
        )
    )
    stack.add(
        Alias(
            "KeyAlias",
            Condition=exists,
            DeletionPolicy="Delete",
            AliasName=Sub(f"alias/{_naming.P}-{name}"),
            TargetKeyId=Ref("Key"),
        )
    )
    return exists


def key_arn(exists: str) -> Any:
    """The key's ARN where there is one, else the property is left out."""
    return If(exists, GetAtt("Key", "Arn"), NoValue)
