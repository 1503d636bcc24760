"""A stack's own KMS key, where the stack is asked for one: the parameters, the rule, the key, its alias."""

from __future__ import annotations

from typing import Any

from awacs import kms
from awacs.aws import Action, Principal, Statement
from troposphere import And, Condition, Equals, GetAtt, If, Not, NoValue, Ref, Sub
from troposphere.kms import Alias, Key

from cfngen.define import iam, recipes
from cfngen.define.stack import Stack
from templates import _common, _naming

ASKED_FOR = "IsCustomerManaged"


def add_encryption(stack: Stack, description: str) -> None:
    """The choice of key as parameters, and the rule that a key of one's own needs an administrator."""
    encryption = stack.group("Encryption")
    encryption.choice("Encryption", description, ["aws-managed", "customer-managed"])
    recipes.existing_role(
        encryption,
        "KeyAdministratorRole",
        "Existing role of this account, with its path, that administers the key.",
    )
    stack.rule(
        "CustomerManagedKeyHasAdministrator",
        [
            {
                "Assert": Not(Equals(Ref("KeyAdministratorRole"), "")),
                "AssertDescription": "A customer-managed key needs a KeyAdministratorRole.",
            }
        ],
        when=Equals(Ref("Encryption"), "customer-managed"),
    )
    stack.condition(ASKED_FOR, Equals(Ref("Encryption"), "customer-managed"))


def add_key(stack: Stack, name: str, *statements: Statement, only_if: str | None = None) -> str:
    """The key `Key` with the alias `alias/P-<name>`; returns the condition under which it exists.

    The account's identity policies and the administrator manage it; nobody but AWS services may grant it
    on (https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html).

    Arguments:
        statements: who else uses it.
        only_if: a condition that must hold too.
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
            KeyPolicy=iam.policy(
                iam.allow("AccountAdministersThroughIam", [Action("kms", "*")], ["*"], to=iam.account()),
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
                    to=Principal("AWS", _naming.role_arn("${KeyAdministratorRole}")),
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
