"""What CloudFormation may do for the pipeline, and what no role under the boundary gets."""

from __future__ import annotations

from templates._claims.table import ACCOUNT, PROJECT_NAME, Case, Here, lines

STACK = "delivery-roles"
ASSUME, PASS, PUT, GET = "sts:AssumeRole", "iam:PassRole", "s3:PutObject", "s3:GetObject"
CLOUDFORMATION, CODEBUILD = "cloudformation.amazonaws.com", "codebuild.amazonaws.com"


def cases(here: Here) -> list[Case]:
    """All lines about the stack."""
    return [*_execution(here), *_execution_iam(here), *_execution_elsewhere(here), *_verifying(here)]


def _verifying(here: Here) -> list[Case]:
    """Whoever verifies sees how things are set up, reads the trail, and changes and reads nothing else."""
    role = here.role("pipeline-verify")
    may, may_not = lines(role)
    person = here.arn("iam", "role/PlatformAdministrator")
    log = here.arn_of("audit-trail", "TrailBucket")
    group = here.arn("logs", f"log-group:{here.reference('audit-trail', 'LogGroup')}:*")
    decrypt, through = "kms:Decrypt", {"kms:ViaService": f"s3.{here.region}.amazonaws.com"}
    keys = [here.arn_of(stack, "Key") for stack in ("audit-trail", "delivery-pipeline")] if here.prod else []
    return [
        may("the people who verify take the role", person, ASSUME, role, holds="everything"),
        may("sees how the trail is set up", role, "cloudtrail:GetTrail", here.arn_of("audit-trail", "Trail")),
        may("sees a role", role, "iam:GetRole", here.role("cfn-execution")),
        may("asks what a role may do", role, "iam:SimulatePrincipalPolicy", here.role("cfn-execution")),
        may("sees which log files arrived", role, "s3:ListBucket", log),
        may("reads a log file", role, GET, f"{log}/mlops-logs/AWSLogs/{ACCOUNT}/CloudTrail/x.json.gz"),
        may("finds a call of its own in the log group", role, "logs:FilterLogEvents", group),
        *(may("decrypts log files", role, decrypt, key, through) for key in keys[:1]),
        *(may_not("decrypts for itself", role, decrypt, key) for key in keys[:1]),
        *(may_not("decrypts with another key", role, decrypt, key, through) for key in keys[1:]),
        may_not("another role takes it", here.administrator, ASSUME, role),
        may_not("another account takes it", here.stranger, ASSUME, role),
        may_not("deletes a log file", role, "s3:DeleteObject", f"{log}/mlops-logs/AWSLogs/x"),
        may_not("reads data", role, GET, here.bucket("dat") + "/raw/sales.csv"),
        may_not(
            "reads other log groups", role, "logs:FilterLogEvents", here.arn("logs", "log-group:other:*")
        ),
        may_not(
            "reads a secret", role, "secretsmanager:GetSecretValue", here.arn("secretsmanager", "secret:P/x")
        ),
        may_not("stops the trail", role, "cloudtrail:StopLogging", here.arn_of("audit-trail", "Trail")),
        may_not("takes another role", role, ASSUME, here.role("cfn-execution")),
        may_not(
            "passes a role", role, PASS, here.role("cfn-execution"), {"iam:PassedToService": CLOUDFORMATION}
        ),
        may_not("changes a role", role, "iam:UpdateAssumeRolePolicy", here.role("job-runner")),
    ]


def _execution(here: Here) -> list[Case]:
    role = here.role("cfn-execution")
    may, _ = lines(role)
    tags = {
        "aws:RequestTag/Project": "mlops-retail-prediction",
        "aws:RequestTag/Environment": here.environment,
    }
    group = here.reference("audit-trail", "LogGroup")
    database = here.reference("audit-queries", "Database")
    trail = here.arn_of("audit-trail", "Trail")
    return [
        may("CloudFormation takes the role", CLOUDFORMATION, ASSUME, role),
        may("makes the trail", role, "cloudtrail:CreateTrail", trail),
        may("makes the trail of data events", role, "cloudtrail:CreateTrail", f"{trail}-data"),
        may(
            "protects the log group",
            role,
            "logs:PutLogGroupDeletionProtection",
            here.arn("logs", f"log-group:{group}"),
        ),
        may(
            "sets the trail bucket's policy",
            role,
            "s3:PutBucketPolicy",
            here.arn_of("audit-trail", "TrailBucket"),
        ),
        may("makes the data bucket", role, "s3:CreateBucket", here.bucket("dat")),
        may("makes metric filters", role, "logs:PutMetricFilter", here.arn("logs", f"log-group:{group}")),
        may("makes alarms", role, "cloudwatch:PutMetricAlarm", here.arn("cloudwatch", "alarm:P-root-usage")),
        may("makes the topic", role, "sns:CreateTopic", here.arn("sns", "P-audit-alerts")),
        may("sees who is told", role, "sns:GetSubscriptionAttributes", "*"),
        may("makes the repositories", role, "ecr:CreateRepository", here.arn("ecr", "repository/P-training")),
        may("makes a key with our tags", role, "kms:CreateKey", "*", tags),
        may("names a key", role, "kms:CreateAlias", here.arn("kms", "alias/P-audit")),
        may("sees trails", role, "cloudtrail:DescribeTrails", "*"),
        may("turns GuardDuty on", role, "guardduty:CreateDetector", "*", tags),
        may("changes its detector", role, "guardduty:UpdateDetector", here.arn("guardduty", "detector/x")),
        may("keeps queries", role, "logs:PutQueryDefinition", "*"),
        may("makes the tables", role, "glue:GetDatabase", here.arn("glue", f"database/{database}")),
        may(
            "sets the budget",
            role,
            "budgets:ModifyBudget",
            f"arn:aws:budgets::{ACCOUNT}:budget/{here.prefix}",
        ),
        may("lets Athena check its results", role, PUT, here.bucket("qry") + "/x"),
    ]


def _execution_iam(here: Here) -> list[Case]:
    """Whoever changes templates can make roles, but none that is more powerful than the boundary."""
    role = here.role("cfn-execution")
    may, may_not = lines(role)
    own, new = here.arn("iam", "policy/P-cfn-iam"), here.role("new")
    boundary = here.reference(STACK, "Boundary")
    under, policy_arn = {"iam:PermissionsBoundary": boundary}, "iam:PolicyARN"
    other = {"iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess"}
    create, attach, version = "iam:CreateRole", "iam:AttachRolePolicy", "iam:CreatePolicyVersion"
    administrator = "arn:aws:iam::aws:policy/AdministratorAccess"
    cluster = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
    deliver = here.arn_of("audit-trail", "DeliveryRole")
    deliver_policy = here.reference("audit-trail", "DeliveryPolicy")
    bound = "iam:PutRolePermissionsBoundary"
    passed = {"iam:PassedToService": "cloudtrail.amazonaws.com"}
    linked, linked_for = "iam:CreateServiceLinkedRole", "iam:AWSServiceName"
    linked_role = here.arn("iam", "role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX")
    return [
        may("makes a role under the boundary", role, create, new, under),
        may("attaches what EKS wants, under the boundary", role, attach, new, under | {policy_arn: cluster}),
        may("changes a policy of ours", role, version, here.arn("iam", "policy/P-sagemaker-execution")),
        may("passes the delivery role to CloudTrail", role, PASS, deliver, passed),
        may("sees the delivery role", role, "iam:GetRole", deliver),
        may(
            "lets Access Analyzer have its role",
            role,
            linked,
            linked_role,
            {linked_for: "access-analyzer.amazonaws.com"},
        ),
        may_not(
            "lets another service have its role", role, linked, linked_role, {linked_for: "ecs.amazonaws.com"}
        ),
        may_not("makes a role without a boundary", role, create, new),
        may_not("makes a role under another boundary", role, create, new, other),
        may_not("makes a role under another name", role, create, here.arn("iam", "role/other"), under),
        may_not("attaches without a boundary", role, attach, new, {policy_arn: cluster}),
        may_not("attaches AdministratorAccess", role, attach, new, under | {policy_arn: administrator}),
        may_not("puts an inline policy into a role", role, "iam:PutRolePolicy", new, under),
        may_not("takes the boundary off a role", role, "iam:DeleteRolePermissionsBoundary", new, under),
        may_not("raises the boundary", role, version, boundary),
        may_not("changes its own policy", role, version, own),
        may_not("changes the builds' policy", role, version, here.arn("iam", "policy/P-pipeline")),
        may_not("changes the delivery role's policy", role, version, deliver_policy),
        may_not("brings an older version of it back", role, "iam:SetDefaultPolicyVersion", deliver_policy),
        may_not("gives the delivery role a policy", role, attach, deliver, under | {policy_arn: cluster}),
        may_not("opens the delivery role to others", role, "iam:UpdateAssumeRolePolicy", deliver, under),
        may_not("puts the delivery role under a boundary", role, bound, deliver, under),
        may_not("deletes the delivery role", role, "iam:DeleteRole", deliver),
        may_not("changes the recorder's policy", role, version, here.arn("iam", "policy/P-config-delivery")),
        may_not("deletes the recorder's role", role, "iam:DeleteRole", here.role("config-recorder")),
        may_not("opens itself to others", role, "iam:UpdateAssumeRolePolicy", role, under),
        may_not(
            "opens a build's role to others",
            role,
            "iam:UpdateAssumeRolePolicy",
            here.role("pipeline-deploy"),
            under,
        ),
        may_not("gives itself a policy", role, attach, role, under | {policy_arn: administrator}),
        may_not("makes a person", role, "iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/new"),
        may_not("makes a person's key", role, "iam:CreateAccessKey", f"arn:aws:iam::{ACCOUNT}:user/new"),
        may_not("passes a role to EC2", role, PASS, new, {"iam:PassedToService": "ec2.amazonaws.com"}),
        may_not("passes a role to Lambda", role, PASS, new, {"iam:PassedToService": "lambda.amazonaws.com"}),
        may_not("passes somebody's role to CloudTrail", role, PASS, here.administrator, passed),
    ]


def _execution_elsewhere(here: Here) -> list[Case]:
    role = here.role("cfn-execution")
    _, may_not = lines(role)
    tags = {"aws:RequestTag/Project": PROJECT_NAME, "aws:RequestTag/Environment": here.environment}
    bucket, log = (
        here.arn_of("delivery-pipeline", "TemplateBucket"),
        here.arn_of("audit-trail", "TrailBucket"),
    )
    return [
        may_not("CodeBuild takes the role", CODEBUILD, ASSUME, role),
        may_not("an administrator takes the role", here.administrator, ASSUME, role),
        may_not("another account takes the role", here.stranger, ASSUME, role),
        may_not("stops the trail", role, "cloudtrail:StopLogging", here.arn_of("audit-trail", "Trail")),
        may_not(
            "deletes another trail", role, "cloudtrail:DeleteTrail", here.arn("cloudtrail", "trail/other")
        ),
        may_not("reads audit logs", role, GET, f"{log}/x"),
        may_not("deletes audit logs", role, "s3:DeleteObject", f"{log}/x"),
        may_not("reads data", role, GET, here.bucket("dat") + "/raw/sales.csv"),
        may_not("deletes the template bucket", role, "s3:DeleteBucket", bucket),
        may_not("opens the template bucket", role, "s3:PutBucketPolicy", bucket),
        may_not("writes templates", role, PUT, f"{bucket}/audit-trail/9.9.9.yaml", {"s3:if-none-match": "*"}),
        may_not("makes another project's bucket", role, "s3:CreateBucket", "arn:aws:s3:::somebody-elses"),
        *(
            may_not(
                f"makes a key with another {tag}",
                role,
                "kms:CreateKey",
                "*",
                tags | {f"aws:RequestTag/{tag}": "x"},
            )
            for tag in ("Project", "Environment")
        ),
        may_not("makes a key without our tags", role, "kms:CreateKey", "*"),
        may_not(
            "reads secrets",
            role,
            "secretsmanager:GetSecretValue",
            here.arn("secretsmanager", "secret:P/db-AbCdEf"),
        ),
        may_not("pushes images", role, "ecr:PutImage", here.arn("ecr", "repository/P-training")),
        may_not("makes functions", role, "lambda:CreateFunction", here.arn("lambda", "function:P-x")),
        may_not(
            "starts instances", role, "ec2:RunInstances", here.arn("ec2", "instance/i-0abcdef1234567890")
        ),
    ]
