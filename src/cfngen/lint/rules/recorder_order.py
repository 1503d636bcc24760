from __future__ import annotations

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from cfngen.lint.rules._walk import Path, resources, waits_for

_RECORDER = "AWS::Config::ConfigurationRecorder"
_CHANNEL = "AWS::Config::DeliveryChannel"


class RecorderOrder(CloudFormationLintRule):
    """A configuration recorder and its delivery channel are made side by side."""

    id = "E9514"
    shortdesc = "Let neither Config's recorder nor its delivery channel wait for the other"
    description = (
        "CloudFormation starts a configuration recorder as soon as a delivery channel is there, and reports "
        "the recorder as created only then; a delivery channel in turn needs a recorder. Where one of them "
        "depends on the other, the creation waits until it times out. Leave out DependsOn and references "
        "between the two."
    )
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-resource-config-configurationrecorder.html"
    )
    tags = ["resources", "config"]  # noqa: RUF012 - cfn-lint wants a list
    wrong = """
        Channel:
          Type: AWS::Config::DeliveryChannel
          DependsOn: Recorder
          Properties: {S3BucketName: !Ref Records}
    """
    right = """
        Channel:
          Type: AWS::Config::DeliveryChannel
          Properties: {S3BucketName: !Ref Records}
    """
    around = """
        Recorder:
          Type: AWS::Config::ConfigurationRecorder
          Properties:
            RoleARN: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:role/recorder
    """
    parameters = "Records: {Type: String, Default: records}"

    def match(self, cfn: Template) -> list[RuleMatch]:
        kinds = {
            logical_id: kind for kind in (_RECORDER, _CHANNEL) for logical_id, _, _ in resources(cfn, kind)
        }
        before = waits_for(cfn)
        matches = []
        for logical_id, resource, _ in resources(cfn, _RECORDER, _CHANNEL):
            for other in sorted(before(logical_id) & kinds.keys()):
                if kinds[other] != kinds[logical_id]:
                    path: Path = [
                        "Resources",
                        logical_id,
                        *(["DependsOn"] if "DependsOn" in resource else []),
                    ]
                    told = (
                        f"{logical_id} waits for {other}, and CloudFormation makes neither without the other"
                    )
                    matches.append(RuleMatch(path, told))
        return matches
