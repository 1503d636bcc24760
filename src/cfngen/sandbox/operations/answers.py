"""What MiniStack's answers leave out or say otherwise than AWS, of CloudWatch, CodeBuild and IAM.

CloudWatch answers in three wire formats, and only the two newer ones tell what an alarm does: older SDKs, and
scanners that pin them, would take every alarm for a silent one.
"""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from cfngen.sandbox import private

_ACTIONS = ("OKActions", "AlarmActions", "InsufficientDataActions")
Answer = tuple[int, dict[str, str], bytes]


def install() -> None:
    """Once a process, before the emulator serves."""
    describe, shape = private.cloudwatch.describe_alarms, private.codebuild.project_shape
    report = private.iam.build_credential_report

    def described(params: Any, given: dict[str, Any], is_cbor: bool, is_json: bool = False) -> Answer:
        status, headers, body = describe(params, given, is_cbor, is_json)
        if not (is_cbor or is_json):
            for alarm in private.cloudwatch.alarms.values():
                arn = f"<AlarmArn>{alarm['AlarmArn']}</AlarmArn>"
                body = body.replace(arn.encode(), f"{arn}{_what_it_does(alarm)}".encode())
        return status, headers, body

    def shaped(project: dict[str, Any]) -> dict[str, Any]:
        # https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Project.html
        told = {"projectVisibility": "PRIVATE", **shape(project)}
        environment = told.get("environment") or {}
        variables = [{"type": "PLAINTEXT", **each} for each in environment.get("environmentVariables", ())]
        return {**told, "environment": {**environment, "environmentVariables": variables}}

    def reported() -> str:
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
        unsupported = "not_supported,not_supported,"
        text: str = report()
        return text.replace(2 * unsupported, f"not_supported,no_information,{unsupported}", 1)

    private.cloudwatch.describe_alarms = described
    private.iam.build_credential_report = reported
    private.codebuild.project_shape = shaped


def _what_it_does(alarm: dict[str, Any]) -> str:
    enabled = str(alarm.get("ActionsEnabled", True)).lower()
    actions = "".join(
        f"<{name}>{''.join(f'<member>{escape(arn)}</member>' for arn in alarm.get(name) or [])}</{name}>"
        for name in _ACTIONS
    )
    return f"<ActionsEnabled>{enabled}</ActionsEnabled>{actions}"
