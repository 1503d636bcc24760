from __future__ import annotations

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from cfngen.lint.rules._policy import statements

_REPOSITORY = (("AWS::ECR::Repository", ("RepositoryPolicyText",)),)


class RepositoryPolicyResource(CloudFormationLintRule):
    """A repository policy is about its own repository."""

    id = "E9515"
    shortdesc = "Do not name a Resource in a repository policy"
    description = (
        "The policy of an ECR repository applies to the repository that it is attached to. ECR refuses one "
        "that names a Resource or NotResource, with 'Invalid repository policy provided', at deployment only."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html"
    tags = ["resources", "ecr", "iam"]  # noqa: RUF012 - cfn-lint wants a list
    wrong = """
        Images:
          Type: AWS::ECR::Repository
          Properties:
            RepositoryPolicyText:
              Version: '2012-10-17'
              Statement:
                - Effect: Allow
                  Principal: {AWS: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root'}
                  Action: ecr:BatchGetImage
                  Resource: '*'
    """
    right = """
        Images:
          Type: AWS::ECR::Repository
          Properties:
            RepositoryPolicyText:
              Version: '2012-10-17'
              Statement:
                - Effect: Allow
                  Principal: {AWS: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root'}
                  Action: ecr:BatchGetImage
    """

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(statement.path, f"ECR refuses a repository policy that has a {key}: leave it out")
            for statement in statements(cfn, _REPOSITORY)
            for key in ("Resource", "NotResource")
            if key in statement.value.data
        ]
