"""Five queues, each fed by a topic: the stack that every peer renders, too."""

from awacs.aws import PolicyDocument, Principal
from awacs.sqs import SendMessage
from troposphere import GetAtt, Ref
from troposphere.sns import Subscription, Topic
from troposphere.sqs import Queue, QueuePolicy

from cfngen.define import iam
from cfngen.define.stack import Stack

stack = Stack("Five queues, each fed by a topic")

for name in ("Orders", "Payments", "Shipments", "Returns", "Reviews"):
    queue = stack.add(Queue(f"{name}Queue", MessageRetentionPeriod=1209600, SqsManagedSseEnabled=True))
    arn = GetAtt(queue, "Arn")
    topic = stack.add(Topic(f"{name}Topic", Subscription=[Subscription(Endpoint=arn, Protocol="sqs")]))
    fed = iam.allow(
        "TopicSends",
        [SendMessage],
        [arn],
        to=Principal("Service", "sns.amazonaws.com"),
        when={"ArnEquals": {"aws:SourceArn": Ref(topic)}},
    )
    policy = PolicyDocument(Version="2012-10-17", Statement=[fed])
    stack.add(QueuePolicy(f"{name}Policy", Queues=[Ref(queue)], PolicyDocument=policy))
