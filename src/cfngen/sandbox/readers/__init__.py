"""How each resource type is found through its own service's API, as its template would write it.

A reader gets the account, the physical id and the template's properties, and returns the properties that
the service answers. It may rename members to CloudFormation's names, and nothing else: what it leaves out,
the service did not say.
"""

from __future__ import annotations

from collections.abc import Mapping

from cfngen.sandbox.readers import analysis, audit, detection, identity, storage, watching
from cfngen.sandbox.readers.common import EmulatedAccount, Reader

__all__ = ["READERS", "EmulatedAccount", "Reader"]

READERS: Mapping[str, Reader] = {
    "AWS::AccessAnalyzer::Analyzer": audit.analyzer,
    "AWS::Athena::NamedQuery": analysis.named_query,
    "AWS::Athena::WorkGroup": analysis.workgroup,
    "AWS::Budgets::Budget": analysis.budget,
    "AWS::CE::AnomalyMonitor": analysis.anomaly_monitor,
    "AWS::CE::AnomalySubscription": analysis.anomaly_subscription,
    "AWS::CloudFormation::WaitConditionHandle": identity.wait_condition_handle,
    "AWS::CloudTrail::Trail": audit.trail,
    "AWS::CloudWatch::Alarm": watching.alarm,
    "AWS::CloudWatch::Dashboard": watching.dashboard,
    "AWS::CodeBuild::Project": identity.project,
    "AWS::Config::ConfigRule": audit.config_rule,
    "AWS::Config::ConfigurationRecorder": audit.recorder,
    "AWS::Config::DeliveryChannel": audit.delivery_channel,
    "AWS::ECR::Repository": storage.repository,
    "AWS::Events::Rule": watching.rule,
    "AWS::Glue::Database": analysis.database,
    "AWS::Glue::Table": analysis.table,
    "AWS::GuardDuty::Detector": detection.detector,
    "AWS::IAM::ManagedPolicy": identity.managed_policy,
    "AWS::IAM::OIDCProvider": identity.oidc_provider,
    "AWS::IAM::Role": identity.role,
    "AWS::KMS::Alias": storage.alias,
    "AWS::KMS::Key": storage.key,
    "AWS::Logs::LogGroup": watching.log_group,
    "AWS::Logs::MetricFilter": watching.metric_filter,
    "AWS::Logs::QueryDefinition": analysis.query_definition,
    "AWS::Logs::SubscriptionFilter": watching.subscription_filter,
    "AWS::S3::Bucket": storage.bucket,
    "AWS::S3::BucketPolicy": storage.bucket_policy,
    "AWS::SecurityHub::FindingAggregator": detection.aggregator,
    "AWS::SecurityHub::Hub": detection.hub,
    "AWS::SecurityHub::Standard": detection.standard,
    "AWS::SNS::Subscription": watching.subscription,
    "AWS::SNS::Topic": watching.topic,
    "AWS::SNS::TopicPolicy": watching.topic_policy,
    "AWS::SSM::Parameter": identity.ssm_parameter,
}
