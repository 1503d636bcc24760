"""The names that stacks know each other by, computed here for both sides.

Stacks do not import each other's outputs (`Fn::ImportValue` would keep the exporting stack from changing):
the one that makes a thing and the one that uses it write the same name.

`P` is `${Project}-${Environment}`. Bucket names are at most 63 characters, of which S3's account-regional
namespace takes 31 in ap-southeast-1 (`-<account>-<region>-an`), so buckets have codes of three letters:

    log  trail logs         dat  data         qry  Athena results     tpl  templates
    acc  access logs        mdl  models       cfg  AWS Config
"""

from __future__ import annotations

from cfngen.define import recipes

P = recipes.PREFIX

# The page's own names, where AWS does not force others: the defaults of parameters.
TRAIL = "mlops-retail-prediction-audit-trail"
TRAIL_LOG_GROUP = "mlops-cloudtrail-log-group"
TRAIL_DELIVERY_ROLE = "CloudTrail_CloudWatchLogs_Role"
TRAIL_PREFIX = "mlops-logs"

# Roles that other stacks' policies name.
NODE_ROLE = f"{P}-eks-nodegroup-role"
SAGEMAKER_ROLE = f"{P}-sagemaker-execution"
MODEL_ACCESS_ROLE = f"{P}-pod-model-access"
RUNNER_ROLE = f"{P}-job-runner"
GLUE_ROLE = f"{P}-glue-job"
PUSH_ROLE = f"{P}-github-push"

# What has no permissions boundary, so that only people change it.
TRAIL_DELIVERY_POLICY = f"{P}-cloudtrail-delivery"
RECORDER_ROLE = f"{P}-config-recorder"
RECORDER_POLICY = f"{P}-config-delivery"

# What holds the artifacts, and where in the buckets they are.
REPOSITORIES = (f"{P}-training", f"{P}-serving")
ARTIFACT_KEY = f"alias/{P}-artifacts"
ACCOUNT_BUCKET = f"{P}-${{AWS::AccountId}}"  # the one bucket, where there are not two
OUTPUT_PREFIX = "output"  # of the data bucket: what jobs write
CODE_PREFIX = "code"  # of the data bucket: what starts a job brings its code here
MODELS_PREFIX = "models"  # of the model bucket: what pods read

# Of the audit trail and its alarms: the key, where it is the customer's, and the topic.
AUDIT_KEY = f"alias/{P}-audit"
ALERT_TOPIC = f"{P}-audit-alerts"

# The role that CloudFormation works with for the pipeline, and the boundary of the roles that it makes.
EXECUTION_ROLE = f"{P}-cfn-execution"
BOUNDARY = f"{P}-boundary"

# The role of whoever verifies, and the policy that it shares with the deployment's build.
VERIFY = f"{P}-pipeline-verify"

# The first part of the names of change sets: of plans, and of what is deployed.
PLANNED, DEPLOYED = "cfngen-plan", "cfngen-deploy"
