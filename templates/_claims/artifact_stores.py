"""Data, models and images: each for the roles that work with them, encrypted as the bucket says."""

from __future__ import annotations

from templates._claims.table import INSECURE, OLD_TLS, Case, Here, lines

STACK = "artifact-stores"
SSE, SSE_KEY = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"
CUSTOMER_KEY = {"s3:x-amz-server-side-encryption-customer-algorithm": "AES256"}
GET, PUT, PULL, PUSH = "s3:GetObject", "s3:PutObject", "ecr:BatchGetImage", "ecr:PutImage"


def cases(here: Here) -> list[Case]:
    """All lines about the stack."""
    stores = [*_data(here), *_models(here)]
    images = [*_images(here, "TrainingRepository"), *_images(here, "ServingRepository")]
    return [*stores, *images, *(_key(here) if here.prod else [])]


def _break_glass(here: Here) -> str:
    return here.arn("iam", f"role/{'BreakGlass' if here.prod else 'PlatformAdministrator'}")


def _common(here: Here, subject: str, bucket: str, key: str) -> list[Case]:
    """What holds for both buckets."""
    may, may_not = lines(subject)
    sagemaker, rescuer, someone = here.role("sagemaker-execution"), _break_glass(here), here.administrator
    everything = "everything"
    return [
        may("the break-glass role reads", rescuer, GET, key, holds=everything),
        may("the break-glass role deletes", rescuer, "s3:DeleteObject", key, holds=everything),
        may("an administrator mends the policy", someone, "s3:PutBucketPolicy", bucket),
        may("an administrator lists", someone, "s3:ListBucket", bucket),
        may_not("an administrator reads", someone, GET, key),
        may_not("an administrator writes", someone, PUT, key),
        may_not("an administrator deletes", someone, "s3:DeleteObject", key),
        may_not("SageMaker over HTTP", sagemaker, GET, key, INSECURE),
        may_not("SageMaker over TLS 1.1", sagemaker, GET, key, OLD_TLS),
        may_not("the break-glass role over HTTP", rescuer, GET, key, INSECURE, holds=everything),
        may_not("the nodes", here.role("eks-nodegroup-role"), GET, key),
        may_not("another account's administrator reads", here.stranger, GET, key),
        may_not("another account's administrator lists", here.stranger, "s3:ListBucket", bucket),
        may_not(
            "another account's role of the same name",
            here.stranger.replace("Stranger", sagemaker.rpartition("/")[2]),
            GET,
            key,
            holds=everything,
        ),
        may_not("anyone", "anonymous", GET, key),
    ]


def _encryption(here: Here, subject: str, key: str) -> list[Case]:
    """How an upload may ask for encryption: not at all, or as the bucket does by itself."""
    may, may_not = lines(subject)
    role = here.role("sagemaker-execution")
    own = here.arn_of(STACK, "Key") if here.prod else ""
    other = here.arn("kms", "key/0f0e0d0c-0b0a-0908-0706-050403020100")
    result = [
        may("an upload without a header", role, PUT, key),
        may_not("an upload with the caller's own key", role, PUT, key, CUSTOMER_KEY),
        may_not("an upload with an unknown encryption", role, PUT, key, {SSE: "none"}),
    ]
    if here.prod:
        return [
            *result,
            may("an upload with our key", role, PUT, key, {SSE: "aws:kms", SSE_KEY: own}),
            may_not("an upload with another key", role, PUT, key, {SSE: "aws:kms", SSE_KEY: other}),
            may_not("an upload with AWS's key", role, PUT, key, {SSE: "aws:kms"}),
            may_not("an upload with SSE-S3", role, PUT, key, {SSE: "AES256"}),
        ]
    return [*result, may("an upload with SSE-S3", role, PUT, key, {SSE: "AES256"})]


def _data(here: Here) -> list[Case]:
    bucket = here.arn_of(STACK, "DataBucket")
    may, may_not = lines("DataBucketPolicy")
    engineer, raw = here.arn("iam", "role/DataEngineer"), f"{bucket}/raw/sales.csv"
    return [
        *_common(here, "DataBucketPolicy", bucket, raw),
        *_encryption(here, "DataBucketPolicy", f"{bucket}/output/predictions.csv"),
        may("SageMaker reads", here.role("sagemaker-execution"), GET, raw),
        may("the data engineer writes", engineer, PUT, raw, holds="everything"),
        may_not("the data engineer over HTTP", engineer, PUT, raw, INSECURE, holds="everything"),
        may("who starts jobs reads", here.role("job-runner"), GET, raw),
        may("Glue reads", here.role("glue-job"), GET, raw),
        may_not("who approves models", here.role("model-deployment"), GET, raw),
        may_not("pods that serve models", here.role("pod-model-access"), GET, raw),
    ]


def _models(here: Here) -> list[Case]:
    bucket = here.arn_of(STACK, "ModelBucket")
    may, may_not = lines("ModelBucketPolicy")
    model = f"{bucket}/models/m.tar.gz"
    through_s3 = here.role("pod-model-access")
    return [
        *_common(here, "ModelBucketPolicy", bucket, model),
        *_encryption(here, "ModelBucketPolicy", model),
        may("SageMaker reads", here.role("sagemaker-execution"), GET, model),
        may("pods that serve models read", through_s3, GET, model),
        may("who starts jobs reads", here.role("job-runner"), GET, model),
        may_not("who starts jobs writes", here.role("job-runner"), PUT, model),
        may_not("Glue", here.role("glue-job"), GET, model),
        may_not("pods that serve models write", through_s3, PUT, model),
        may_not("pods that serve models delete", through_s3, "s3:DeleteObject", model),
        may_not("the data engineer", here.arn("iam", "role/DataEngineer"), GET, model, holds="everything"),
    ]


def _images(here: Here, logical_id: str) -> list[Case]:
    repository = here.arn_of(STACK, logical_id)
    may, may_not = lines(repository)
    nodes, sagemaker, push = (
        here.role(name) for name in ("eks-nodegroup-role", "sagemaker-execution", "github-push")
    )
    in_dev = may_not if here.prod else may
    return [
        may("the nodes pull", nodes, PULL, repository),
        may("SageMaker pulls", sagemaker, PULL, repository),
        may("GitHub pushes", push, PUSH, repository),
        may("the break-glass role pushes", _break_glass(here), PUSH, repository, holds="everything"),
        in_dev("an administrator pushes", here.administrator, PUSH, repository),
        may_not("the nodes push", nodes, PUSH, repository),
        may_not("the nodes upload a layer", nodes, "ecr:UploadLayerPart", repository),
        may_not("SageMaker pushes", sagemaker, PUSH, repository),
        may_not("GitHub deletes", push, "ecr:BatchDeleteImage", repository),
        may_not("GitHub opens the repository", push, "ecr:SetRepositoryPolicy", repository),
        may_not("pods pull by themselves", here.role("pod-secrets"), PULL, repository),
        may_not("another account pulls", here.stranger, PULL, repository),
        may_not("another account pushes", here.stranger, PUSH, repository),
    ]


def _key(here: Here) -> list[Case]:
    key = here.arn_of(STACK, "Key")
    may, may_not = lines("Key")
    sagemaker, pods = here.role("sagemaker-execution"), here.role("pod-model-access")
    through_s3 = {"kms:ViaService": f"s3.{here.region}.amazonaws.com"}
    keeper = here.arn("iam", "role/PlatformAdministrator")
    grant, for_aws = "kms:CreateGrant", "kms:GrantIsForAWSResource"
    return [
        may("SageMaker reads through S3", sagemaker, "kms:Decrypt", key, through_s3),
        may("SageMaker writes through S3", sagemaker, "kms:GenerateDataKey", key, through_s3),
        may("pods read through S3", pods, "kms:Decrypt", key, through_s3),
        may("ECR gets its grant", here.administrator, grant, key, {for_aws: "true"}),
        may("the key's keeper changes its policy", keeper, "kms:PutKeyPolicy", key, holds="nothing"),
        may_not("the key's keeper reads", keeper, "kms:Decrypt", key, holds="nothing"),
        may_not(
            "another role changes its policy", here.administrator, "kms:PutKeyPolicy", key, holds="nothing"
        ),
        may_not("SageMaker by itself", sagemaker, "kms:Decrypt", key),
        may_not("pods by themselves", pods, "kms:Decrypt", key),
        may_not("pods write", pods, "kms:GenerateDataKey", key, through_s3),
        may_not("the nodes", here.role("eks-nodegroup-role"), "kms:Decrypt", key, through_s3),
        may_not("a grant for a person", here.administrator, grant, key, {for_aws: "false"}),
        may_not("a grant for nobody in particular", here.administrator, grant, key),
        may_not("SageMaker deletes it", sagemaker, "kms:ScheduleKeyDeletion", key),
        may_not("another account's administrator", here.stranger, "kms:Decrypt", key),
    ]
