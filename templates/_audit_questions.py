"""What is asked of the audit trail again and again: in SQL for Athena, and for CloudWatch Logs Insights.

Athena reads the bucket: everything, as far back as the trail goes, at the price of what a query scans. Logs
Insights reads the log group: the last year at most, minutes after it happened, over the console's time range.

Who somebody is: the name of an IAM user, the session's name of whoever assumed a role (for people the one
that single sign-on gives them), else what is known. Root's ARN ends in no name.

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

_PERSON = """\
CASE WHEN useridentity.type = 'Root' THEN 'root'
       ELSE coalesce(useridentity.username, element_at(split(useridentity.arn, '/'), -1),
                     useridentity.onbehalfof.userid, useridentity.invokedby, useridentity.principalid)
       END AS person"""

_SINCE = "day >= date_format(current_date - interval '%s' day, '%%Y/%%m/%%d')"

# readOnly comes as true or false in JSON, which Logs Insights turns into 1 and 0.
_INSIGHTS_PERSON = """\
parse userIdentity.arn "assumed-role/*/*" as role, session
| fields coalesce(userIdentity.userName, session, userIdentity.invokedBy, userIdentity.type) as person"""


class Question(NamedTuple):
    """A question and how to ask it.

    Attributes:
        name: in kebab case.
        description: what it answers.
        sql: for Athena engine version 3.
        insights: for CloudWatch Logs Insights.
    """

    name: str
    description: str
    sql: str
    insights: str

    @property
    def logical(self) -> str:
        """The name as a logical id begins."""
        return "".join(word.capitalize() for word in self.name.split("-"))


QUESTIONS = (
    Question(
        "who-did-what",
        "Who changed what since yesterday: every call that was to change something, the latest first.",
        f"""\
SELECT eventtime,
       {_PERSON},
       eventname,
       eventsource,
       awsregion,
       sourceipaddress,
       errorcode,
       requestparameters
FROM {TABLE}
WHERE {_SINCE % 1}
  AND eventcategory = 'Management'
  AND readonly = 'false'
ORDER BY eventtime DESC
LIMIT 1000
""",
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
        "Who signed in to the console in the last 30 days or tried to, from where, and with a second factor.",
        f"""\
SELECT eventtime,
       {_PERSON},
       json_extract_scalar(responseelements, '$.ConsoleLogin') AS outcome,
       json_extract_scalar(additionaleventdata, '$.MFAUsed') AS second_factor,
       sourceipaddress,
       errormessage
FROM {TABLE}
WHERE {_SINCE % 30}
  AND eventsource = 'signin.amazonaws.com'
  AND eventname = 'ConsoleLogin'
ORDER BY eventtime DESC
LIMIT 1000
""",
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
        "failed-calls",
        "What failed in the last 7 days, for whom and how often: a permission missing, a mistake or a probe.",
        f"""\
SELECT {_PERSON},
       eventsource,
       eventname,
       errorcode,
       count(*) AS calls,
       max(eventtime) AS latest,
       max_by(errormessage, eventtime) AS latest_message
FROM {TABLE}
WHERE {_SINCE % 7}
  AND errorcode IS NOT NULL
GROUP BY 1, 2, 3, 4
ORDER BY calls DESC, latest DESC
LIMIT 1000
""",
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
        "iam-changes",
        "Who changed users, roles, policies or keys of IAM in the last 30 days, and how.",
        f"""\
SELECT eventtime,
       {_PERSON},
       eventname,
       errorcode,
       sourceipaddress,
       requestparameters
FROM {TABLE}
WHERE {_SINCE % 30}
  AND eventsource = 'iam.amazonaws.com'
  AND readonly = 'false'
ORDER BY eventtime DESC
LIMIT 1000
""",
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
        "What each person and each role's session did in the last 30 days, in numbers.",
        f"""\
SELECT {_PERSON},
       count(*) AS calls,
       count_if(readonly = 'false') AS changes,
       count_if(errorcode IS NOT NULL) AS failures,
       count(DISTINCT day) AS days,
       min(eventtime) AS earliest,
       max(eventtime) AS latest,
       array_join(array_sort(array_agg(DISTINCT split_part(eventsource, '.', 1))), ', ') AS services
FROM {TABLE}
WHERE {_SINCE % 30}
  AND useridentity.invokedby IS NULL
GROUP BY 1
ORDER BY calls DESC, person
LIMIT 1000
""",
        f"""\
{_INSIGHTS_PERSON}
| filter not ispresent(userIdentity.invokedBy)
| stats count(*) as calls, count(errorCode) as failures, count_distinct(eventSource) as services,
    earliest(eventTime) as earliestTime, latest(eventTime) as latestTime by person
| sort calls desc
| limit 1000
""",
    ),
)
