"""What is asked of the audit trail again and again: in SQL for Athena, and for CloudWatch Logs Insights.

Athena reads the bucket: everything, as far back as the trail goes, at the price of what a query scans. Logs
Insights reads the log group: the last year at most, minutes after it happened, over the console's time range.

Who somebody is, in Athena: the source identity of a session where there is one; else whoever began it, over
three roles; else the name of an IAM user, or the session's name (for people the one that single sign-on gives
them). Logs Insights cannot join events, and names the session. A query reads the log four times for that.

`cfngen activity` asks the same queries of log files: what they say about `day` is their usual time.

Sources: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
https://docs.aws.amazon.com/athena/latest/ug/functions-env3.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
"""

from __future__ import annotations

from typing import NamedTuple

# ruff: noqa: S608 - the SQL is put together from the constants of this file

TABLE = "cloudtrail_logs"

_DAYS_OF_SESSIONS = 2  # credentials of a session last 36 hours at most

_SINCE = "day >= date_format(current_date - interval '%s' day, '%%Y/%%m/%%d')"

# Who an event itself names. Root's ARN ends in no name; a caller of another account has no ARN here.
_NAMED = """\
CASE useridentity.type
             WHEN 'Root' THEN 'root'
             WHEN 'FederatedUser' THEN useridentity.sessioncontext.sessionissuer.username
             ELSE coalesce(useridentity.username, element_at(split(useridentity.arn, '/'), -1),
                           useridentity.onbehalfof.userid, useridentity.invokedby,
                           element_at(split(useridentity.principalid, ':'), -1), useridentity.accountid)
           END"""

# What joins the calls of a session to the call that began it. The console changes the access key at every
# call, and keeps the time at which the session began.
_SESSION = """\
CASE WHEN sessioncredentialfromconsole = 'true'
              THEN useridentity.principalid || '@' || useridentity.sessioncontext.attributes.creationdate
              ELSE useridentity.accesskeyid
         END"""


# Old events and some services do not say whether a call only reads: then its name does.
_READS = "^(Get|List|Describe|Head|Lookup|Search|Check|BatchGet)"

# In two parts, each of which ends where a query says since when: a template holds them once, as a mapping.
SHARED = {
    "Sessions": f"""\
WITH handed AS (
  SELECT credential,
         max(parent) AS parent,
         coalesce(max(source), max(CASE WHEN type <> 'AWSAccount' THEN person END), max(person)) AS person
  FROM (
    SELECT json_extract_scalar(responseelements, '$.credentials.accessKeyId') AS access_key,
           json_extract_scalar(responseelements, '$.assumedRoleUser.assumedRoleId') || '@' || eventtime
             AS session,
           {_SESSION} AS parent,
           useridentity.sessioncontext.sourceidentity AS source,
           useridentity.type AS type,
           {_NAMED} AS person
    FROM {TABLE}""",
    "People": f"""\
      AND eventsource = 'sts.amazonaws.com'
      AND errorcode IS NULL
      AND useridentity.type <> 'AWSService'
      AND responseelements IS NOT NULL
  )
  CROSS JOIN UNNEST(ARRAY[access_key, session]) AS credentials (credential)
  WHERE credential IS NOT NULL
  GROUP BY credential
),
people AS (
  SELECT one.credential, coalesce(three.person, two.person, one.person) AS person
  FROM handed AS one
  LEFT JOIN handed AS two ON two.credential = one.parent
  LEFT JOIN handed AS three ON three.credential = two.parent
),
events AS (
  SELECT logs.*,
         coalesce(readonly, CASE WHEN regexp_like(eventname, '{_READS}')
                            THEN 'true' ELSE 'false' END) = 'false' AS changes,
         coalesce(useridentity.sessioncontext.sourceidentity, people.person, {_NAMED})
           AS person
  FROM {TABLE} AS logs
  LEFT JOIN people ON people.credential = {_SESSION}""",
}


def _by_people(days: int, query: str) -> str:
    """The query with the table that it asks: `events`, the log with two more columns, `person` and `changes`.

    A session is followed through the calls that handed out its credentials, over three roles. A service that
    assumes a role stands for nobody: then the session's own name says more.
    """
    return f"""\
${{Sessions}}
    WHERE {_SINCE % (days + _DAYS_OF_SESSIONS)}
${{People}}
  WHERE {_SINCE % days}
){query}"""


_DENIED = "(errorcode LIKE '%AccessDenied%' OR errorcode LIKE '%UnauthorizedOperation%')"

# readOnly comes as true or false in JSON, which Logs Insights turns into 1 and 0.
_INSIGHTS_PERSON = """\
parse userIdentity.arn "assumed-role/*/*" as role, session
| fields coalesce(userIdentity.userName, session, userIdentity.invokedBy, userIdentity.type) as person"""


class Question(NamedTuple):
    """A question and how to ask it.

    Attributes:
        name: in kebab case.
        description: what it answers.
        days: how far back it looks.
        sql: for Athena engine version 3; `${...}` stand for the texts of `SHARED`.
        insights: for CloudWatch Logs Insights; None where it cannot answer.
    """

    name: str
    description: str
    days: int
    sql: str
    insights: str | None

    @property
    def logical(self) -> str:
        """The name as a logical id begins."""
        return "".join(word.capitalize() for word in self.name.split("-"))


QUESTIONS = (
    Question(
        "who-did-what",
        "Who changed what: every call that was to change something, the latest first.",
        1,
        _by_people(
            1,
            """
SELECT eventtime,
       person,
       eventname,
       eventsource,
       awsregion,
       sourceipaddress,
       errorcode,
       requestparameters
FROM events
WHERE coalesce(eventcategory, 'Management') = 'Management'
  AND changes
ORDER BY eventtime DESC, eventid
LIMIT 1000
""",
        ),
        f"""\
{_INSIGHTS_PERSON}
| filter eventCategory = "Management" and readOnly = 0
| sort @timestamp desc
| limit 1000
| display eventTime, person, eventName, eventSource, awsRegion, sourceIPAddress, errorCode
""",
    ),
    Question(
        "console-logins",
        "Who signed in to the console or tried to, from where, and with a second factor.",
        30,
        _by_people(
            30,
            """
SELECT eventtime,
       person,
       json_extract_scalar(responseelements, '$.ConsoleLogin') AS outcome,
       json_extract_scalar(additionaleventdata, '$.MFAUsed') AS second_factor,
       sourceipaddress,
       errormessage
FROM events
WHERE eventsource = 'signin.amazonaws.com'
  AND eventname = 'ConsoleLogin'
ORDER BY eventtime DESC, eventid
LIMIT 1000
""",
        ),
        f"""\
{_INSIGHTS_PERSON}
| filter eventSource = "signin.amazonaws.com" and eventName = "ConsoleLogin"
| sort @timestamp desc
| limit 1000
| display eventTime, person, responseElements.ConsoleLogin, additionalEventData.MFAUsed, sourceIPAddress,
    errorMessage
""",
    ),
    Question(
        "sign-ins-without-mfa",
        "Who signed in to the console without a second factor. People of single sign-on are left out: their "
        "identity provider asks for it, and the log does not know.",
        30,
        _by_people(
            30,
            """
SELECT eventtime,
       account,
       person,
       useridentity.type AS kind,
       sourceipaddress,
       useragent
FROM events
WHERE eventsource = 'signin.amazonaws.com'
  AND eventname = 'ConsoleLogin'
  AND json_extract_scalar(responseelements, '$.ConsoleLogin') = 'Success'
  AND lower(coalesce(json_extract_scalar(additionaleventdata, '$.MFAUsed'), 'no')) <> 'yes'
  AND useridentity.type IN ('Root', 'IAMUser')
ORDER BY eventtime DESC, eventid
LIMIT 1000
""",
        ),
        f"""\
{_INSIGHTS_PERSON}
| filter eventSource = "signin.amazonaws.com" and eventName = "ConsoleLogin"
| filter responseElements.ConsoleLogin = "Success" and additionalEventData.MFAUsed in ["No", "NO"]
| filter userIdentity.type in ["Root", "IAMUser"]
| sort @timestamp desc
| limit 1000
| display eventTime, person, userIdentity.type, sourceIPAddress
""",
    ),
    Question(
        "failed-calls",
        "What failed, for whom and how often: a permission missing, a mistake or a probe.",
        7,
        _by_people(
            7,
            """
SELECT person,
       eventsource,
       eventname,
       errorcode,
       count(*) AS calls,
       max(eventtime) AS latest,
       max_by(errormessage, eventtime) AS latest_message
FROM events
WHERE errorcode IS NOT NULL
GROUP BY 1, 2, 3, 4
ORDER BY calls DESC, latest DESC, 1, 2, 3, 4
LIMIT 1000
""",
        ),
        f"""\
{_INSIGHTS_PERSON}
| filter ispresent(errorCode)
| stats count(*) as calls, latest(eventTime) as latestTime, latest(errorMessage) as latestMessage
    by person, eventSource, eventName, errorCode
| sort calls desc
| limit 1000
""",
    ),
    Question(
        "denied-calls",
        "Who was denied what, how often, and what AWS said the last time.",
        7,
        _by_people(
            7,
            f"""
SELECT person,
       account,
       eventsource,
       eventname,
       count(*) AS calls,
       min(eventtime) AS earliest,
       max(eventtime) AS latest,
       max_by(errormessage, eventtime) AS latest_message
FROM events
WHERE {_DENIED}
GROUP BY 1, 2, 3, 4
ORDER BY calls DESC, latest DESC, 1, 2, 3, 4
LIMIT 1000
""",
        ),
        f"""\
{_INSIGHTS_PERSON}
| filter errorCode like "AccessDenied" or errorCode like "UnauthorizedOperation"
| stats count(*) as calls, latest(eventTime) as latestTime, latest(errorMessage) as latestMessage
    by person, eventSource, eventName
| sort calls desc
| limit 1000
""",
    ),
    Question(
        "iam-changes",
        "Who changed users, roles, policies or keys of IAM, and how.",
        30,
        _by_people(
            30,
            """
SELECT eventtime,
       person,
       eventname,
       errorcode,
       sourceipaddress,
       requestparameters
FROM events
WHERE eventsource = 'iam.amazonaws.com'
  AND changes
ORDER BY eventtime DESC, eventid
LIMIT 1000
""",
        ),
        f"""\
{_INSIGHTS_PERSON}
| filter eventSource = "iam.amazonaws.com" and readOnly = 0
| sort @timestamp desc
| limit 1000
| display eventTime, person, eventName, errorCode, sourceIPAddress, requestParameters.roleName,
    requestParameters.userName, requestParameters.policyArn
""",
    ),
    Question(
        "activity-per-person",
        "What each person and each role's session did, in numbers.",
        30,
        _by_people(
            30,
            """
SELECT person,
       count(*) AS calls,
       count_if(changes) AS changes,
       count_if(errorcode IS NOT NULL) AS failures,
       count(DISTINCT substr(eventtime, 1, 10)) AS days,
       min(eventtime) AS earliest,
       max(eventtime) AS latest,
       array_join(array_sort(array_agg(DISTINCT split_part(eventsource, '.', 1))), ', ') AS services
FROM events
WHERE useridentity.invokedby IS NULL
GROUP BY 1
ORDER BY calls DESC, person
LIMIT 1000
""",
        ),
        f"""\
{_INSIGHTS_PERSON}
| filter not ispresent(userIdentity.invokedBy)
| stats count(*) as calls, count(errorCode) as failures, count_distinct(eventSource) as services,
    earliest(eventTime) as earliestTime, latest(eventTime) as latestTime by person
| sort calls desc
| limit 1000
""",
    ),
    Question(
        "activity-per-day",
        "What each person did on each day, in numbers.",
        30,
        _by_people(
            30,
            """
SELECT person,
       substr(eventtime, 1, 10) AS date,
       count(*) AS calls,
       count_if(changes) AS changes,
       count_if(errorcode IS NOT NULL) AS failures,
       min(substr(eventtime, 12, 5)) AS earliest,
       max(substr(eventtime, 12, 5)) AS latest,
       array_join(array_sort(array_agg(DISTINCT split_part(eventsource, '.', 1))), ', ') AS services
FROM events
WHERE useridentity.invokedby IS NULL
GROUP BY 1, 2
ORDER BY date, calls DESC, person
LIMIT 10000
""",
        ),
        None,
    ),
    Question(
        "change-sets",
        "Who created and who executed each change set, and who approved in a pipeline of the account between "
        "the two: the log does not say which change set an approval is about.",
        30,
        _by_people(
            30,
            """,
calls AS (
  SELECT account,
         region,
         eventtime,
         eventid,
         eventname,
         errorcode,
         person,
         coalesce(json_extract_scalar(responseelements, '$.id'),
                  json_extract_scalar(requestparameters, '$.changeSetName')) AS id,
         json_extract_scalar(requestparameters, '$.stackName') AS stack
  FROM events
  WHERE eventsource = 'cloudformation.amazonaws.com'
    AND eventname IN ('CreateChangeSet', 'ExecuteChangeSet')
),
named AS (
  SELECT account, region, eventtime, eventid, eventname, errorcode, person, id,
         CASE WHEN id LIKE 'arn:%' THEN split_part(id, '/', 2) ELSE id END AS change_set,
         CASE WHEN stack LIKE 'arn:%' THEN split_part(stack, '/', 2) ELSE stack END AS stack
  FROM calls
),
created AS (
  SELECT * FROM named WHERE eventname = 'CreateChangeSet' AND errorcode IS NULL
),
executed AS (
  SELECT execution.account,
         execution.region,
         execution.eventtime,
         execution.errorcode,
         execution.person,
         execution.change_set,
         execution.stack,
         created.eventid AS creation,
         row_number() OVER (PARTITION BY execution.eventid ORDER BY created.eventtime DESC) AS nearness
  FROM named AS execution
  LEFT JOIN created
    ON created.account = execution.account
    AND created.region = execution.region
    AND created.change_set = execution.change_set
    AND created.eventtime <= execution.eventtime
    AND (created.id = execution.id OR execution.id NOT LIKE 'arn:%')
    AND (created.stack = execution.stack OR execution.stack IS NULL)
  WHERE execution.eventname = 'ExecuteChangeSet'
),
approved AS (
  SELECT account, eventtime, person
  FROM events
  WHERE eventsource = 'codepipeline.amazonaws.com'
    AND eventname = 'PutApprovalResult'
    AND errorcode IS NULL
    AND json_extract_scalar(requestparameters, '$.result.status') = 'Approved'
)
SELECT coalesce(created.account, executed.account) AS account,
       coalesce(created.region, executed.region) AS region,
       coalesce(created.stack, executed.stack) AS stack,
       coalesce(created.change_set, executed.change_set) AS change_set,
       created.eventtime AS created_at,
       created.person AS created_by,
       array_join(array_sort(array_agg(DISTINCT approved.person)), ', ') AS approved_by,
       executed.eventtime AS executed_at,
       executed.person AS executed_by,
       executed.errorcode AS failure,
       created.person = executed.person AS same_person
FROM created
FULL JOIN (SELECT * FROM executed WHERE nearness = 1) AS executed ON executed.creation = created.eventid
LEFT JOIN approved
  ON approved.account = created.account
  AND approved.eventtime >= created.eventtime
  AND approved.eventtime <= executed.eventtime
GROUP BY 1, 2, 3, 4, 5, 6, 8, 9, 10, 11
ORDER BY 5 DESC, 8 DESC, 3, 4
LIMIT 1000
""",
        ),
        None,
    ),
    Question(
        "stack-operations",
        "What was done to stacks without a change set, and by whom.",
        30,
        _by_people(
            30,
            """
SELECT eventtime,
       account,
       region,
       eventname,
       CASE WHEN json_extract_scalar(requestparameters, '$.stackName') LIKE 'arn:%'
            THEN split_part(json_extract_scalar(requestparameters, '$.stackName'), '/', 2)
            ELSE json_extract_scalar(requestparameters, '$.stackName')
       END AS stack,
       person,
       errorcode
FROM events
WHERE eventsource = 'cloudformation.amazonaws.com'
  AND eventname IN ('CreateStack', 'UpdateStack', 'DeleteStack', 'RollbackStack', 'ContinueUpdateRollback',
                    'CancelUpdateStack', 'SetStackPolicy', 'UpdateTerminationProtection', 'DeleteChangeSet')
ORDER BY eventtime DESC, eventid
LIMIT 1000
""",
        ),
        f"""\
{_INSIGHTS_PERSON}
| filter eventSource = "cloudformation.amazonaws.com" and readOnly = 0
| sort @timestamp desc
| limit 1000
| display eventTime, person, eventName, requestParameters.stackName, errorCode
""",
    ),
    Question(
        "console-or-pipeline",
        "How each person and session changed things: by hand in the console, through CloudFormation, in a "
        "pipeline, through a service of AWS, or with a tool of their own.",
        30,
        _by_people(
            30,
            """
SELECT CASE
         WHEN useridentity.invokedby = 'cloudformation.amazonaws.com'
           OR sourceipaddress = 'cloudformation.amazonaws.com' THEN 'CloudFormation'
         WHEN useridentity.arn LIKE '%/AWSCodeBuild-%'
           OR sourceipaddress IN ('codepipeline.amazonaws.com', 'codebuild.amazonaws.com')
           OR useridentity.invokedby IN ('codepipeline.amazonaws.com', 'codebuild.amazonaws.com')
           OR useridentity.sessioncontext.webidfederationdata.federatedprovider
              LIKE '%token.actions.githubusercontent.com' THEN 'pipeline'
         WHEN useridentity.invokedby IS NOT NULL OR useridentity.type = 'AWSService' THEN 'service'
         WHEN sessioncredentialfromconsole = 'true'
           OR eventsource = 'signin.amazonaws.com'
           OR useragent LIKE 'Mozilla/%'
           OR useragent LIKE '%S3Console%'
           OR useragent LIKE '%console%.amazonaws.com%'
           OR useragent LIKE '%signin.amazonaws.com%' THEN 'console'
         ELSE 'tool'
       END AS way,
       person,
       count(*) AS changes,
       count_if(errorcode IS NOT NULL) AS failures,
       min(eventtime) AS earliest,
       max(eventtime) AS latest,
       array_join(array_sort(array_agg(DISTINCT eventname)), ', ') AS calls
FROM events
WHERE coalesce(eventcategory, 'Management') = 'Management'
  AND changes
GROUP BY 1, 2
ORDER BY way, changes DESC, person
LIMIT 1000
""",
        ),
        None,
    ),
    Question(
        "trail-changes",
        "Who stopped, deleted or changed a trail or what it records.",
        30,
        _by_people(
            30,
            """
SELECT eventtime,
       account,
       region,
       person,
       eventname,
       errorcode,
       sourceipaddress,
       requestparameters
FROM events
WHERE eventsource = 'cloudtrail.amazonaws.com'
  AND eventname IN ('StopLogging', 'StartLogging', 'CreateTrail', 'UpdateTrail', 'DeleteTrail',
                    'PutEventSelectors', 'PutInsightSelectors', 'PutEventConfiguration')
ORDER BY eventtime DESC, eventid
LIMIT 1000
""",
        ),
        f"""\
{_INSIGHTS_PERSON}
| filter eventSource = "cloudtrail.amazonaws.com" and readOnly = 0
| sort @timestamp desc
| limit 1000
| display eventTime, person, eventName, errorCode, sourceIPAddress
""",
    ),
    Question(
        "quiet-hours",
        "Times in which an account has no event at all, in any Region: nobody and nothing did anything, or "
        "it was not recorded. The digests of the trail tell which.",
        7,
        f"""\
WITH hours AS (
  SELECT DISTINCT account, substr(eventtime, 1, 13) AS hour
  FROM {TABLE}
  WHERE {_SINCE % 7}
),
pairs AS (
  SELECT account,
         hour,
         lead(hour) OVER (PARTITION BY account ORDER BY hour) AS next_hour
  FROM hours
),
gaps AS (
  SELECT account,
         hour || ':59:59Z' AS after,
         next_hour || ':00:00Z' AS until,
         date_diff('hour', date_parse(hour, '%Y-%m-%dT%H'), date_parse(next_hour, '%Y-%m-%dT%H')) - 1 AS hours
  FROM pairs
  WHERE next_hour IS NOT NULL
)
SELECT account, after, until, hours
FROM gaps
WHERE hours > 0
ORDER BY hours DESC, after, account
LIMIT 1000
""",
        None,
    ),
)
