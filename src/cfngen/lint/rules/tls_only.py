from __future__ import annotations

from collections.abc import Iterator

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from cfngen.lint.rules._policy import Statement, statements
from cfngen.lint.rules._walk import references, resources, text

_POLICY = "AWS::S3::BucketPolicy"


class TlsOnly(CloudFormationLintRule):
    """Nobody reads or writes a bucket in plain text."""

    id = "E9506"
    shortdesc = "Deny requests to a bucket that do not use TLS"
    description = (
        "S3 answers plain HTTP, too. Each bucket needs a bucket policy that denies every s3 action to "
        "everybody when aws:SecureTransport is false, on the bucket and on its objects."
    )
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html#transit"
    tags = ["resources", "s3", "security"]  # noqa: RUF012 - cfn-lint wants a list
    wrong = """
        Models: {Type: AWS::S3::Bucket}
    """
    right = """
        Models: {Type: AWS::S3::Bucket}
        ModelsPolicy:
          Type: AWS::S3::BucketPolicy
          Properties:
            Bucket: !Ref Models
            PolicyDocument:
              Version: '2012-10-17'
              Statement:
                - Effect: Deny
                  Principal: '*'
                  Action: 's3:*'
                  Resource: [!GetAtt Models.Arn, !Sub '${Models.Arn}/*']
                  Condition: {Bool: {'aws:SecureTransport': 'false'}}
    """

    def match(self, cfn: Template) -> list[RuleMatch]:
        secured: dict[str, list[Statement]] = {}
        for statement in statements(cfn, ((_POLICY, ("PolicyDocument",)),)):
            if _denies_plain_text(statement):
                secured.setdefault(statement.logical_id, []).append(statement)
        found = []
        for logical_id, bucket, properties in resources(cfn, "AWS::S3::Bucket"):
            names = {f"${{{logical_id}}}", *(text(name.data) for name in properties.get("BucketName"))}
            policies = list(_policies(cfn, names, bucket.get("Condition")))
            if not policies:
                found.append(
                    RuleMatch(["Resources", logical_id], "the bucket has no bucket policy of its own")
                )
            elif not any(_covers(secured.get(policy, []), logical_id) for policy in policies):
                found.append(
                    RuleMatch(["Resources", policies[0]], f"{logical_id} may be read and written without TLS")
                )
        return found


def _policies(cfn: Template, names: set[str], condition: object) -> Iterator[str]:
    """The bucket policies for a bucket of these names that exist whenever it does."""
    for logical_id, resource, properties in resources(cfn, _POLICY):
        for bucket in properties.get("Bucket"):
            if text(bucket.data) in names and resource.get("Condition") in (None, condition):
                yield logical_id
                break


def _denies_plain_text(statement: Statement) -> bool:
    plain = [
        test
        for branch in statement.conditions
        for test in branch
        if test.operator in {"Bool", "BoolIfExists"} and test.key == "aws:securetransport"
    ]
    return (
        statement.denies()
        and "*" in statement.principals("AWS")
        and bool({"*", "s3:*"} & set(statement.strings("Action")))
        # With a second test in the block, only what fails both would be denied.
        and all(len(branch) == 1 for branch in statement.conditions)
        and any("false" in map(str.lower, test.wanted) for test in plain)
    )


def _covers(found: list[Statement], logical_id: str) -> bool:
    """Whether the bucket and its objects are both denied; a name computed elsewhere is taken as it is."""
    named = [item for statement in found for item in statement.value.each("Resource")]
    written = [text(item.data) for item in named]
    if any(name == "*" for name in written):
        return True
    ours = [name for item, name in zip(named, written, strict=True) if logical_id in references(item.data)]
    ours = ours or written
    return any(name.endswith("/*") for name in ours) and any(not name.endswith("/*") for name in ours)
