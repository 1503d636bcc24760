"""The audit queries: the questions that an auditor asks of the trail, ready to run.

A Glue table over the trail's log files for Athena, and the same questions for CloudWatch Logs Insights.

Choices, where the obvious one is wrong:

- No crawler: CloudTrail's format and folders are known. Partition projection computes the folders of account,
  Region and day, so a new day is there at once and a query reads the days that it asks for.
- The projection lists the Regions that an account has from the start. A Region that was opted into is one
  more name in the `Regions` parameter: what is not listed is not seen.
- The day is one partition, `yyyy/MM/dd` as in the folders' names: it compares as text, across months.
- Athena skips objects in GLACIER and DEEP_ARCHIVE without an error: an answer about more than 90 days ago is
  partial. So each question says it, objects that somebody has restored are read (a property of the table),
  and ArchiveClass=GLACIER_IR of stack audit-trail keeps a year readable, at a higher price.
- Each query has a limit on what it may scan, which nobody can lift in a session of their own.
- Query results are copies of audit data: encrypted, expired, served by TLS only, their reading logged.
- Long struct types are joined from parts, because Glue takes no spaces in a type to break a line at.
- The results bucket's access logs go where the trail bucket's go, which takes them from buckets that begin
  with the project and environment: a ResultsBucketName of your own should, too.

Sources: https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html
https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-org-wide-trail.html
https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
https://docs.aws.amazon.com/athena/latest/ug/restored-glacier-objects.html
https://docs.aws.amazon.com/athena/latest/ug/workgroups-setting-control-limits-cloudwatch.html
https://docs.aws.amazon.com/athena/latest/ug/encrypting-query-results-stored-in-s3.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
"""

from __future__ import annotations

from typing import Any

from troposphere import (
    AccountId,
    Equals,
    FindInMap,
    GetAtt,
    If,
    Join,
    Not,
    NoValue,
    Parameter,
    Ref,
    Split,
    Sub,
)
from troposphere.athena import (
    EncryptionConfiguration,
    EngineVersion,
    NamedQuery,
    ResultConfiguration,
    WorkGroup,
    WorkGroupConfiguration,
)
from troposphere.glue import Column, Database, DatabaseInput, SerdeInfo, StorageDescriptor, Table, TableInput
from troposphere.logs import QueryDefinition
from troposphere.s3 import Bucket, BucketPolicy, LifecycleConfiguration, LifecycleRule, LoggingConfiguration

from cfngen.define import iam, recipes
from cfngen.define.stack import Stack
from templates import _common, _naming, _trail
from templates._audit_questions import QUESTIONS, SHARED, TABLE
from templates._claims import audit_queries as promises
from templates._claims import facts, table

stack = Stack(
    "Audit queries: the CloudTrail log files as an Athena table, and ready-made questions to it and to the "
    "log group.",
    depends_on=["audit-trail"],
)

# --- Parameters ---------------------------------------------------------------------------------------------

_common.add_common(stack)

TRAIL = stack.group("Trail")
RESULTS = stack.group("Query results")

trail_bucket = recipes.existing_bucket(TRAIL, "TrailBucketName", "log", label="Trail bucket name")
_trail.add_log_prefix(TRAIL)
_trail.add_log_group_name(TRAIL)
TRAIL.add(
    Parameter(
        "Regions",
        Type="CommaDelimitedList",
        Description="Regions whose events can be asked for.",
        Default=(
            "us-east-1, us-east-2, us-west-1, us-west-2, ap-south-1, ap-northeast-1, ap-northeast-2, "
            "ap-northeast-3, ap-southeast-1, ap-southeast-2, ca-central-1, eu-central-1, eu-north-1, "
            "eu-west-1, eu-west-2, eu-west-3, sa-east-1"
        ),
        AllowedPattern="[a-z]{2}(-[a-z]+)+-[0-9]",
        ConstraintDescription="Names of Regions with commas between them.",
    ),
)
TRAIL.text(
    "FirstDay",
    "Day that the trail began, as yyyy/MM/dd.",
    default="2026/01/01",
    pattern="20[0-9]{2}/(0[1-9]|1[0-2])/(0[1-9]|[12][0-9]|3[01])",
    allowed="a day as yyyy/MM/dd",
)
_trail.add_organization_id(TRAIL)
TRAIL.text(
    "Accounts",
    "Accounts whose events can be asked for, with commas between them. Empty: this account.",
    pattern="[0-9]{12}(,[0-9]{12})*",
    allowed="account ids of 12 digits with commas between them, without spaces",
    optional=True,
)
results_bucket = recipes.bucket_name(RESULTS, "ResultsBucketName", "qry", label="Results bucket name")
access_log_bucket = recipes.existing_bucket(
    RESULTS, "AccessLogBucketName", "acc", label="Access-log bucket name"
)
RESULTS.days(
    "ResultDays", "Days that query results are kept.", default=30, most=365, label="Keep results (days)"
)
RESULTS.choice(
    "ScanLimit",
    "Gigabytes that one query may scan before Athena cancels it.",
    [1, 5, 10, 50, 100, 500, 1000],
    default=10,
    allowed="1, 5, 10, 50, 100, 500 or 1000 gigabytes",
    label="Scan limit (GB)",
)
RESULTS.choice(
    "Encryption",
    "customer-managed: the key of stack audit-trail, which then must have one.",
    ["aws-managed", "customer-managed"],
)

stack.rule(
    "OrganizationHasAccounts",
    [
        {
            "Assert": Not(Equals(Ref("Accounts"), "")),
            "AssertDescription": "An organization's trail needs the Accounts to look at.",
        }
    ],
    when=Not(Equals(Ref("OrganizationId"), "")),
)

own_key = stack.condition("UseCustomerManagedKey", Equals(Ref("Encryption"), "customer-managed"))
organization = stack.condition("IsOrganizationTrail", Not(Equals(Ref("OrganizationId"), "")))
given_accounts = stack.given("Accounts")

key_arn = recipes.arn("kms", _naming.AUDIT_KEY)

# --- Where the results go -----------------------------------------------------------------------------------

stack.add(
    Bucket(
        "ResultsBucket",
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
        BucketName=results_bucket.name,
        BucketNamespace=results_bucket.namespace,
        BucketEncryption=If(own_key, recipes.encrypted(key_arn), recipes.encrypted()),
        LifecycleConfiguration=LifecycleConfiguration(
            Rules=[
                LifecycleRule(Id="ExpireResults", Status="Enabled", ExpirationInDays=Ref("ResultDays")),
                *recipes.cleanup_rules(1),
            ]
        ),
        LoggingConfiguration=LoggingConfiguration(
            DestinationBucketName=access_log_bucket, LogFilePrefix="athena-results/"
        ),
        **recipes.private_bucket(),
        Tags=_common.tags(),
    )
)
stack.add(
    BucketPolicy(
        "ResultsBucketPolicy",
        Bucket=Ref("ResultsBucket"),
        PolicyDocument=iam.policy(
            *iam.tls_only(GetAtt("ResultsBucket", "Arn"), Sub("${ResultsBucket.Arn}/*"))
        ),
    )
)
stack.add(
    WorkGroup(
        "WorkGroup",
        DependsOn="ResultsBucketPolicy",
        Name=recipes.named("audit"),
        Description="Questions to the audit trail",
        State="ENABLED",
        RecursiveDeleteOption=True,
        WorkGroupConfiguration=WorkGroupConfiguration(
            EnforceWorkGroupConfiguration=True,
            PublishCloudWatchMetricsEnabled=True,
            # From gigabytes: CloudFormation cannot multiply.
            BytesScannedCutoffPerQuery=Sub("${ScanLimit}000000000"),
            EngineVersion=EngineVersion(SelectedEngineVersion="Athena engine version 3"),
            ResultConfiguration=ResultConfiguration(
                OutputLocation=Sub("s3://${ResultsBucket}/results/"),
                ExpectedBucketOwner=AccountId,
                EncryptionConfiguration=EncryptionConfiguration(
                    EncryptionOption=If(own_key, "SSE_KMS", "SSE_S3"), KmsKey=If(own_key, key_arn, NoValue)
                ),
            ),
        ),
        Tags=_common.tags(),
    )
)

# --- The log files as a table -------------------------------------------------------------------------------


def strings(*names: str) -> list[Column]:
    """Columns that hold text, or JSON as text."""
    return [Column(Name=name, Type="string") for name in names]


def column(name: str, *parts: str) -> Column:
    """A column whose type is made of parts, with a comma between them."""
    return Column(Name=name, Type=Join(",", list(parts)))


# As CloudTrail writes them, in the order of AWS's own statement for this table, which lacks sourceidentity.
COLUMNS = [
    *strings("eventversion"),
    column(
        "useridentity",
        "struct<type:string",
        "principalid:string",
        "arn:string",
        "accountid:string",
        "invokedby:string",
        "accesskeyid:string",
        "username:string",
        "onbehalfof:struct<userid:string,identitystorearn:string>",
        "sessioncontext:struct<attributes:struct<mfaauthenticated:string,creationdate:string>",
        "sessionissuer:struct<type:string,principalid:string,arn:string,accountid:string,username:string>",
        "ec2roledelivery:string",
        "webidfederationdata:struct<federatedprovider:string,attributes:map<string,string>>",
        "sourceidentity:string>>",
    ),
    *strings(
        "eventtime",
        "eventsource",
        "eventname",
        "awsregion",
        "sourceipaddress",
        "useragent",
        "errorcode",
        "errormessage",
        "requestparameters",
        "responseelements",
        "additionaleventdata",
        "requestid",
        "eventid",
        "readonly",
    ),
    column("resources", "array<struct<arn:string", "accountid:string", "type:string>>"),
    *strings(
        "eventtype",
        "apiversion",
        "recipientaccountid",
        "serviceeventdetails",
        "sharedeventid",
        "vpcendpointid",
        "vpcendpointaccountid",
        "eventcategory",
    ),
    column(
        "addendum",
        "struct<reason:string",
        "updatedfields:string",
        "originalrequestid:string",
        "originaleventid:string>",
    ),
    *strings("sessioncredentialfromconsole", "edgedevicedetails"),
    column(
        "tlsdetails", "struct<tlsversion:string", "ciphersuite:string", "clientprovidedhostheader:string>"
    ),
]


def location(rest: str) -> Sub:
    """The address of CloudTrail's folders; an organization's trail puts its id before the accounts'."""
    return Sub(
        f"s3://${{Bucket}}/${{LogPrefix}}/AWSLogs/{rest}",
        Bucket=trail_bucket,
        Folder=If(organization, Sub("${OrganizationId}/"), ""),
    )


PROJECTION: dict[str, Any] = {
    "projection.enabled": "true",
    "projection.account.type": "enum",
    "projection.account.values": If(given_accounts, Ref("Accounts"), AccountId),
    "projection.region.type": "enum",
    "projection.region.values": Join(",", Ref("Regions")),
    "projection.day.type": "date",
    "projection.day.format": "yyyy/MM/dd",
    "projection.day.range": Sub("${FirstDay},NOW"),
    "projection.day.interval": "1",
    "projection.day.interval.unit": "DAYS",
    "storage.location.template": location("${Folder}${!account}/CloudTrail/${!region}/${!day}"),
}

stack.add(
    Database(
        "Database",
        CatalogId=AccountId,
        DatabaseInput=DatabaseInput(
            # SQL wants quotes around a name with hyphens.
            Name=Join("_", Split("-", recipes.named("audit"))),
            Description="The audit trail's log files",
        ),
    )
)
stack.add(
    Table(
        "Table",
        CatalogId=AccountId,
        DatabaseName=Ref("Database"),
        TableInput=TableInput(
            Name=TABLE,
            Description="CloudTrail events: a row for each, a partition for each account, Region and day",
            TableType="EXTERNAL_TABLE",
            Parameters={
                "classification": "cloudtrail",
                "EXTERNAL": "TRUE",
                "read_restored_glacier_objects": "true",
                **PROJECTION,
            },
            PartitionKeys=strings("account", "region", "day"),
            StorageDescriptor=StorageDescriptor(
                Location=location("${Folder}"),
                InputFormat="com.amazon.emr.cloudtrail.CloudTrailInputFormat",
                OutputFormat="org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
                SerdeInfo=SerdeInfo(SerializationLibrary="org.apache.hive.hcatalog.data.JsonSerDe"),
                Columns=COLUMNS,
            ),
        ),
    )
)

# --- The questions ------------------------------------------------------------------------------------------

SQL = "Sql"


def _last(days: int) -> str:
    """How far back a query looks, in words."""
    return "since yesterday" if days == 1 else f"the last {days} days"


stack.template.add_mapping(SQL, {name: {"Text": text} for name, text in SHARED.items()})
shared = {name: FindInMap(SQL, name, "Text") for name in SHARED}

for question in QUESTIONS:
    stack.add(
        NamedQuery(
            f"{question.logical}Query",
            Name=recipes.named(question.name),
            Description=f"{question.description} ({_last(question.days)}; skips GLACIER)",
            Database=Ref("Database"),
            WorkGroup=Ref("WorkGroup"),
            QueryString=Sub(question.sql, shared) if "${" in question.sql else question.sql,
        )
    )
for question in QUESTIONS:
    if question.insights is not None:
        stack.add(
            QueryDefinition(
                f"{question.logical}Insights",
                # The slash makes a folder in the console.
                Name=recipes.named(f"audit/{question.name}"),
                LogGroupNames=[Ref("LogGroupName")],
                QueryString=question.insights,
            )
        )

# --- Outputs ------------------------------------------------------------------------------------------------

recipes.export(stack, "AuditDatabaseName", "Database of the audit trail's table", Ref("Database"))
recipes.export(stack, "AuditTableName", "Table of the audit trail's log files", Ref("Table"))
recipes.export(stack, "AuditWorkGroupName", "Workgroup to ask in", Ref("WorkGroup"))
recipes.export(stack, "QueryResultsBucketName", "Bucket of the query results", Ref("ResultsBucket"))

# --- Promises -----------------------------------------------------------------------------------------------

stack.claim(*facts.of_roles(stack), *facts.of_buckets(stack))
stack.claim(*table.claims(stack, "audit-queries", promises.cases))
