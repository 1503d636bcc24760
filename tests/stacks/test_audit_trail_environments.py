"""Where dev's audit trail and prod's must differ."""

from __future__ import annotations

from typing import Any

from tests.support.stacks.deployed import ACCOUNT, REGION, document, properties, resources

STACK = "audit-trail"


def test_dev_has_the_names_that_later_tasks_use_literally() -> None:
    trail = properties(STACK, "Trail", "dev")
    assert trail["TrailName"] == "mlops-retail-prediction-audit-trail"
    assert trail["S3BucketName"] == "mlops-cloudtrail-logs-ap-southeast-1"
    assert properties(STACK, "LogGroup", "dev")["LogGroupName"] == "mlops-cloudtrail-log-group"
    assert properties(STACK, "DeliveryRole", "dev")["RoleName"] == "CloudTrail_CloudWatchLogs_Role"


def test_dev_uses_the_key_that_costs_nothing() -> None:
    assert "Key" not in resources(STACK, "dev")
    assert "KMSKeyId" not in properties(STACK, "Trail", "dev")


def test_prod_encrypts_the_trail_and_its_log_group_with_one_rotating_key() -> None:
    key = resources(STACK, "prod")["Key"]
    assert (key["DeletionPolicy"], key["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert key["Properties"]["EnableKeyRotation"] is True
    trail = properties(STACK, "Trail", "prod")
    assert trail["KMSKeyId"] == properties(STACK, "LogGroup", "prod")["KmsKeyId"]


def _key_policy() -> dict[str, dict[str, Any]]:
    return document(properties(STACK, "Key", "prod")["KeyPolicy"])


def test_the_key_serves_our_trail_only() -> None:
    statements = _key_policy()
    arn = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/mlops-retail-prediction-prod-audit-trail"
    for sid in ("CloudTrailEncrypts", "CloudTrailDescribesAndDecrypts"):
        assert statements[sid]["Condition"]["StringEquals"] == {"aws:SourceArn": [arn]}
    context = statements["CloudTrailEncrypts"]["Condition"]["StringLike"]
    assert context == {"kms:EncryptionContext:aws:cloudtrail:arn": f"arn:aws:cloudtrail:*:{ACCOUNT}:trail/*"}


def test_the_key_serves_our_log_group_only() -> None:
    group = properties(STACK, "LogGroup", "prod")["LogGroupName"]
    assert _key_policy()["LogGroupEncrypts"]["Condition"]["ArnEquals"] == {
        "kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}"
    }


def test_the_key_is_granted_on_to_services_only() -> None:
    denied = _key_policy()["GrantsAreForServicesOnly"]
    assert (denied["Effect"], denied["Principal"]) == ("Deny", "*")
    # With the keys left out as well: AWS Control Tower's CT.KMS.PR.3.
    assert denied["Condition"] == {
        "BoolIfExists": {"kms:GrantIsForAWSResource": "false", "aws:PrincipalIsAWSService": "false"}
    }


def test_prod_locks_its_logs() -> None:
    bucket = properties(STACK, "TrailBucket", "prod")
    assert bucket["ObjectLockEnabled"] is True
    retention = bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert (retention["Mode"], int(retention["Days"])) == ("GOVERNANCE", 365)
    assert "ObjectLockEnabled" not in properties(STACK, "TrailBucket", "dev")


def test_prod_shares_no_name_with_dev() -> None:
    named = {
        "Trail": "TrailName",
        "LogGroup": "LogGroupName",
        "DeliveryRole": "RoleName",
        "TrailBucket": "BucketName",
        "AccessLogBucket": "BucketName",
        "DeliveryPolicy": "ManagedPolicyName",
    }
    for logical_id, name in named.items():
        assert properties(STACK, logical_id, "dev")[name] != properties(STACK, logical_id, "prod")[name]


def test_the_keys_administrator_need_not_exist() -> None:
    """KMS refuses a principal that does not exist, so the role stands in a condition."""
    statement = _key_policy()["AdministratorManagesKey"]
    assert statement["Principal"] == {"AWS": "*"}
    assert statement["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/PlatformAdministrator"},
        "StringEquals": {"kms:CallerAccount": ACCOUNT},
    }
    nobody = properties(STACK, "Key", "prod", KeyAdministratorRole="")["KeyPolicy"]
    assert "AdministratorManagesKey" not in document(nobody)
