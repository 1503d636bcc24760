"""Five queues, each fed by a topic, from CloudFormation's own resource types: the least that CDK can do."""

from aws_cdk import App, DefaultStackSynthesizer, Stack
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

app = App()
stack = Stack(
    app,
    "messages",
    description="Five queues, each fed by a topic",
    synthesizer=DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
)

for name in ("Orders", "Payments", "Shipments", "Returns", "Reviews"):
    queue = sqs.CfnQueue(
        stack, f"{name}Queue", message_retention_period=1209600, sqs_managed_sse_enabled=True
    )
    subscription = sns.CfnTopic.SubscriptionProperty(endpoint=queue.attr_arn, protocol="sqs")
    topic = sns.CfnTopic(stack, f"{name}Topic", subscription=[subscription])
    fed = {
        "Sid": "TopicSends",
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": ["sqs:SendMessage"],
        "Resource": [queue.attr_arn],
        "Condition": {"ArnEquals": {"aws:SourceArn": topic.ref}},
    }
    document = {"Version": "2012-10-17", "Statement": [fed]}
    sqs.CfnQueuePolicy(stack, f"{name}Policy", queues=[queue.ref], policy_document=document)

app.synth()
