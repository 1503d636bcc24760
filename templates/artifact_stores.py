"""Where data, models and images are kept, and who may touch them.

Choices, where the obvious one is wrong:

- The bucket policies only deny: who is not denied still needs permission of their own. An object can be
  touched by the roles that work on it and by a break-glass role, by nobody else of this account either,
  administrators included. No statement denies an action on a bucket itself to this account, so that a
  person can always repair the policy, and the trail shows who did.
- `aws:PrincipalArn` instead of role principals: a principal must exist when the policy is written, and is
  pinned to an id that a re-created role does not have. The roles are made by other stacks, in any order.
- An upload without an encryption header passes, since the bucket's default applies; only a header that asks
  for something else is denied. With a customer-managed key a header must name that key: `aws:kms` alone
  means the key that AWS manages. SageMaker sends that header itself and asks for `aws:kms` when a job gives
  no KmsKeyId: so that is allowed with aws-managed encryption, and with a customer-managed key jobs must give
  the key's ARN (output ArtifactKeyArn) as KmsKeyId.
- Uploads with a key of the uploader's own (SSE-C) are denied: whoever has that key has the data for ransom.
- An identity policy alone suffices inside an account, so the allowing statements of the repositories only
  name who is meant. What holds in prod is the denial of every push but the delivery's (ImagePush). In dev
  the team still pushes by hand. The account as the principal of a denial is everybody in it; other accounts
  are allowed nothing.
- ECR cannot change a repository's encryption, nor CloudFormation replace a named repository: choose
  Encryption before the first deployment.
- One bucket instead of two (Buckets) keeps raw/, silver/, gold/ and the folder of the models in one place:
  the roles' own policies keep them apart, its bucket policy only says who works there at all. A model bucket
  that is there already stays, with its objects.
- Access logs go to the audit trail's access-log bucket, which takes those of buckets of this project and
  environment by name: a name given by hand should begin with `<Project>-<Environment>-`.
- Buckets, repositories and key hold what cannot be made again: they outlive the stack. So do the bucket
  policies, or the buckets would be left behind unprotected.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/specifying-kms-encryption.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OutputDataConfig.html
https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html
https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
"""

from __future__ import annotations

from typing import Any

from awacs import ecr, s3
from awacs.aws import Action, PolicyDocument
from troposphere import AccountId, Equals, GetAtt, If, Not, NoValue, Or, Ref, Sub
from troposphere.ecr import (
    EncryptionConfiguration,
    ImageScanningConfiguration,
    LifecyclePolicy,
    Repository,
)
from troposphere.s3 import Bucket, BucketPolicy, LifecycleConfiguration, LoggingConfiguration

from cfngen.define import iam, recipes
from cfngen.define.stack import Stack
from templates import _common, _keys, _naming, _stores
from templates._claims import artifact_stores as promises
from templates._claims import facts, table

stack = Stack(
    "Artifact stores: the data and model buckets and the image repositories, open to the roles that work on "
    "them only.",
    depends_on=["audit-trail"],
    termination_protection=True,
    protected=["DataBucket", "ModelBucket", "TrainingRepository", "ServingRepository", "Key"],
)

# --- Parameters ---------------------------------------------------------------------------------------------

_common.add_common(stack)

BUCKETS = stack.group("Buckets")
IMAGES = stack.group("Images")
ACCESS = stack.group("Access to data and models")

layout = _stores.add_layout(BUCKETS)
data_bucket_name = _stores.name_data_bucket(BUCKETS, layout)
model_bucket_name = recipes.bucket_name(BUCKETS, "ModelBucketName", "mdl", label="Model bucket")
access_log_bucket = recipes.existing_bucket(
    BUCKETS, "AccessLogBucketName", "acc", label="Access-log bucket, as in audit-trail"
)
BUCKETS.days(
    "NoncurrentVersionDays",
    "Days that overwritten and deleted objects can be brought back.",
    default=90,
    label="Keep old versions (days)",
)
IMAGES.choice(
    "ImagePush",
    "account: whom an own policy allows. delivery-only: delivery-access's role, break-glass.",
    ["account", "delivery-only"],
    label="Who may push images",
)
IMAGES.days(
    "UntaggedImageDays",
    "Days that images without a tag are kept.",
    default=14,
    most=365,
    label="Keep untagged images (days)",
)
IMAGES.number(
    "KeptImages",
    "Images kept in each repository; the oldest go first.",
    default=200,
    least=10,
    most=10000,
    unit="images",
    label="Keep images (number)",
)
recipes.existing_role(
    ACCESS,
    "DataRole",
    "Existing role of the people and jobs that bring data in: every object of the data bucket.",
    label="Data role",
)
data_role_given = stack.given("DataRole")
recipes.existing_role(
    ACCESS,
    "BreakGlassRole",
    "Existing role for emergencies: every object and image. Watch its use.",
    label="Break-glass role",
)
break_glass_given = stack.given("BreakGlassRole")
_keys.add_encryption(
    stack, "aws-managed: SSE-S3, AES-256. customer-managed: a KMS key of this stack. For good."
)

stack.rule(
    "BucketsDiffer",
    [
        {
            "Assert": Or(
                Equals(Ref(one), ""),
                Not(Equals(Ref(one), Ref(other))),
            ),
            "AssertDescription": f"{one} and {other} must differ.",
        }
        for one, other in (
            ("DataBucketName", "ModelBucketName"),
            ("DataBucketName", "AccessLogBucketName"),
            ("ModelBucketName", "AccessLogBucketName"),
        )
    ],
)

_stores.refuse_second_name(stack)

delivery_only = stack.condition("OnlyDeliveryPushes", Equals(Ref("ImagePush"), "delivery-only"))

sagemaker = recipes.role_arn(_naming.SAGEMAKER_ROLE)
runner = recipes.role_arn(_naming.RUNNER_ROLE)
pods = recipes.role_arn(_naming.MODEL_ACCESS_ROLE)
break_glass = If(break_glass_given, recipes.role_arn("${BreakGlassRole}"), NoValue)

own_key = _keys.add_key(stack, "artifacts")

# --- Data and models ----------------------------------------------------------------------------------------

SSE = "s3:x-amz-server-side-encryption"


def add_bucket(
    logical_id: str, name: recipes.BucketName, prefix: str, *workers: Any, only_if: str | None = None
) -> None:
    """A bucket whose objects are for `workers` and the break-glass role only, and its policy."""
    optional: dict[str, Any] = {} if only_if is None else {"Condition": only_if}
    bucket, objects = GetAtt(logical_id, "Arn"), Sub(f"${{{logical_id}.Arn}}/*")
    stack.add(
        Bucket(
            logical_id,
            DeletionPolicy="Retain",
            UpdateReplacePolicy="Retain",
            BucketName=name.name,
            BucketNamespace=name.namespace,
            BucketEncryption=If(own_key, recipes.encrypted(GetAtt("Key", "Arn")), recipes.encrypted()),
            LifecycleConfiguration=LifecycleConfiguration(
                Rules=recipes.cleanup_rules(Ref("NoncurrentVersionDays"))
            ),
            LoggingConfiguration=LoggingConfiguration(
                DestinationBucketName=access_log_bucket, LogFilePrefix=prefix
            ),
            **recipes.private_bucket(),
            Tags=_common.tags(),
            **optional,
        )
    )
    stack.add(
        BucketPolicy(
            f"{logical_id}Policy",
            DeletionPolicy="Retain",
            UpdateReplacePolicy="Retain",
            Bucket=Ref(logical_id),
            PolicyDocument=iam.policy(
                *iam.tls_only(bucket, objects),
                iam.deny(
                    "DenyForeignAccounts",
                    [Action("s3", "*")],
                    [bucket, objects],
                    to=iam.anyone(),
                    when={
                        "StringNotEqualsIfExists": {"aws:PrincipalAccount": AccountId},
                        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                    },
                ),
                iam.deny(
                    "DenyOthersObjects",
                    [Action("s3", "*")],
                    [objects],
                    to=iam.anyone(),
                    when={"ArnNotEquals": {"aws:PrincipalArn": [*workers, break_glass]}},
                ),
                If(
                    own_key,
                    iam.deny(
                        "DenyOtherEncryption",
                        [s3.PutObject],
                        [objects],
                        to=iam.anyone(),
                        when={
                            "Null": {SSE: "false"},
                            "ArnNotEquals": {f"{SSE}-aws-kms-key-id": GetAtt("Key", "Arn")},
                        },
                    ),
                    iam.deny(
                        "DenyOtherEncryption",
                        [s3.PutObject],
                        [objects],
                        to=iam.anyone(),
                        when={"Null": {SSE: "false"}, "StringNotEquals": {SSE: ["AES256", "aws:kms"]}},
                    ),
                ),
                iam.deny(
                    "DenyKeysOfUploaders",
                    [s3.PutObject],
                    [objects],
                    to=iam.anyone(),
                    when={"Null": {f"{SSE}-customer-algorithm": "false"}},
                ),
            ),
            **optional,
        )
    )


add_bucket(
    "DataBucket",
    data_bucket_name,
    "data-bucket/",
    sagemaker,
    runner,
    recipes.role_arn(_naming.GLUE_ROLE),
    If(data_role_given, recipes.role_arn("${DataRole}"), NoValue),
    If(layout.two, NoValue, pods),
)
add_bucket(
    "ModelBucket",
    model_bucket_name,
    "model-bucket/",
    sagemaker,
    runner,
    pods,
    only_if=layout.two,
)

# --- Images -------------------------------------------------------------------------------------------------

PULL = [ecr.BatchCheckLayerAvailability, ecr.GetDownloadUrlForLayer, ecr.BatchGetImage]
PUSH = [ecr.InitiateLayerUpload, ecr.UploadLayerPart, ecr.CompleteLayerUpload, ecr.PutImage]
LIFECYCLE = """\
{
  "rules": [
    {
      "rulePriority": 1,
      "description": "Untagged images go",
      "selection": {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": ${UntaggedImageDays}
      },
      "action": {"type": "expire"}
    },
    {
      "rulePriority": 2,
      "description": "The oldest images go",
      "selection": {
        "tagStatus": "any",
        "countType": "imageCountMoreThan",
        "countNumber": ${KeptImages}
      },
      "action": {"type": "expire"}
    }
  ]
}
"""

pullers = [recipes.role_arn(_naming.NODE_ROLE), sagemaker]
pusher = recipes.role_arn(_naming.PUSH_ROLE)
meant = [
    iam.allow(
        "PullByNodesAndSageMaker", PULL, to=iam.account(), when={"ArnEquals": {"aws:PrincipalArn": pullers}}
    ),
    iam.allow(
        "PushByDelivery",
        [ecr.BatchCheckLayerAvailability, ecr.BatchGetImage, *PUSH],
        to=iam.account(),
        when={"ArnEquals": {"aws:PrincipalArn": pusher}},
    ),
]
nobody_else = iam.deny(
    "DenyOthersPushes",
    PUSH,
    to=iam.account(),
    when={"ArnNotEquals": {"aws:PrincipalArn": [pusher, break_glass]}},
)


def images_policy() -> PolicyDocument:
    """Who pulls and pushes; a repository's policy names no resource, it is the repository's own."""
    return iam.policy(*meant, If(delivery_only, nobody_else, NoValue))


for logical_id, name in zip(("TrainingRepository", "ServingRepository"), _naming.REPOSITORIES, strict=True):
    stack.add(
        Repository(
            logical_id,
            DeletionPolicy="Retain",
            UpdateReplacePolicy="Retain",
            RepositoryName=Sub(name),
            ImageTagMutability="IMMUTABLE",
            ImageScanningConfiguration=ImageScanningConfiguration(ScanOnPush=True),
            EncryptionConfiguration=If(
                own_key,
                EncryptionConfiguration(EncryptionType="KMS", KmsKey=GetAtt("Key", "Arn")),
                EncryptionConfiguration(EncryptionType="AES256"),
            ),
            LifecyclePolicy=LifecyclePolicy(LifecyclePolicyText=Sub(LIFECYCLE)),
            RepositoryPolicyText=images_policy(),
            Tags=_common.tags(),
        )
    )

# --- Outputs ------------------------------------------------------------------------------------------------

recipes.export(stack, "DataBucketName", "Bucket of the data", Ref("DataBucket"))
recipes.export(
    stack, "ModelBucketName", "Bucket of the models", If(layout.two, Ref("ModelBucket"), Ref("DataBucket"))
)
recipes.export(
    stack,
    "TrainingRepositoryUri",
    "Where training images are pushed to and pulled from",
    GetAtt("TrainingRepository", "RepositoryUri"),
)
recipes.export(
    stack,
    "ServingRepositoryUri",
    "Where serving images are pushed to and pulled from",
    GetAtt("ServingRepository", "RepositoryUri"),
)
recipes.export(
    stack,
    "ArtifactKeyArn",
    "Key that encrypts data, models and images: KmsKeyId of SageMaker's jobs",
    GetAtt("Key", "Arn"),
    condition=own_key,
)

# --- Promises -----------------------------------------------------------------------------------------------

stack.claim(*facts.of_roles(stack), *facts.of_buckets(stack))
stack.claim(*table.claims(stack, "artifact-stores", promises.cases))
