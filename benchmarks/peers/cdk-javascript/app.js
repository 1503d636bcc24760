// Five queues, each fed by a topic, from CloudFormation's own resource types: the least that CDK can do.
const { App, DefaultStackSynthesizer, Stack } = require('aws-cdk-lib');
const sns = require('aws-cdk-lib/aws-sns');
const sqs = require('aws-cdk-lib/aws-sqs');

const app = new App();
const stack = new Stack(app, 'messages', {
  description: 'Five queues, each fed by a topic',
  synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }),
});

for (const name of ['Orders', 'Payments', 'Shipments', 'Returns', 'Reviews']) {
  const queue = new sqs.CfnQueue(stack, `${name}Queue`, {
    messageRetentionPeriod: 1209600,
    sqsManagedSseEnabled: true,
  });
  const topic = new sns.CfnTopic(stack, `${name}Topic`, {
    subscription: [{ endpoint: queue.attrArn, protocol: 'sqs' }],
  });
  new sqs.CfnQueuePolicy(stack, `${name}Policy`, {
    queues: [queue.ref],
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'TopicSends',
          Effect: 'Allow',
          Principal: { Service: 'sns.amazonaws.com' },
          Action: ['sqs:SendMessage'],
          Resource: [queue.attrArn],
          Condition: { ArnEquals: { 'aws:SourceArn': topic.ref } },
        },
      ],
    },
  });
}

app.synth();
