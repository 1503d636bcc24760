"""Detection: AWS's own services that look for attacks and for weak settings, each off until asked for.

All of them charge for what they read, so a default that deploys untouched has none of them. Each part says
in its parameter what it costs; the numbers are those of ap-southeast-1 where no other Region is named, seen
between May 2025 and September 2026, and change: look them up before you decide.

Choices, where the obvious one is wrong:

- One stack works in one Region, as these services do. For another Region take the stack there with values
  of its own (docs/first-deployment.md); for many accounts and Regions CloudFormation's StackSets do that.
- An account and Region has one GuardDuty detector and one Security Hub: creation fails where somebody
  switched it on in the console. Import it, or leave the part off here.
- GuardDuty switches every protection plan on by itself that a new detector does not name, whatever else it
  names: each plan that is paid for is named here, on or off, so that none costs unasked.
- Security Hub's default standards are off for the same reason: each standard is a parameter. Most of its
  checks read what AWS Config recorded, so they want a recorder in the Region (stack compliance).
- External access is analyzed per Region; stack compliance does it where it is deployed. Turn it on here in
  the other Regions only: it costs nothing.
- Findings of all Regions come together in one: turn FindingAggregation on in that Region alone.
- Nothing is deleted with the stack but the services' own settings and findings. GuardDuty's and Security
  Hub's findings end with 90 days anyway.

Sources: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-features-activation-model.html
https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateDetector.html
https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-settingup.html
https://docs.aws.amazon.com/securityhub/latest/userguide/standards-reference.html
https://docs.aws.amazon.com/securityhub/latest/userguide/finding-aggregation.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/what-is-access-analyzer.html
https://aws.amazon.com/guardduty/pricing/
https://aws.amazon.com/security-hub/pricing/
https://aws.amazon.com/iam/access-analyzer/pricing/
"""

from __future__ import annotations

from typing import Any

from troposphere import And, Condition, Equals, If, Not, NoValue, Or, Ref, Sub
from troposphere.accessanalyzer import Analyzer
from troposphere.cloudformation import WaitConditionHandle
from troposphere.guardduty import CFNFeatureConfiguration, Detector, TagItem
from troposphere.securityhub import FindingAggregator, Hub, Standard

from cfngen.define import recipes
from cfngen.define.stack import Stack
from templates import _common

stack = Stack(
    "Detection: GuardDuty, Security Hub and Access Analyzer in this Region, each off until it is asked for.",
    depends_on=["audit-trail"],
)

# --- Parameters ---------------------------------------------------------------------------------------------

_common.add_common(stack)

THREATS = stack.group("Threats (GuardDuty)")
SETTINGS = stack.group("Weak settings (Security Hub)")
OUTSIDE = stack.group("Access from outside (Access Analyzer)")


def part(group: Any, name: str, description: str, label: str) -> str:
    """Add the switch of one part, off by default; returns the condition that the part is on."""
    group.choice(name, description, ["enabled", "disabled"], default="disabled", label=label)
    return stack.condition(f"Use{name}", Equals(Ref(name), "enabled"))


threats = part(
    THREATS,
    "GuardDuty",
    "Threats in API calls, network flows, DNS. $4.60 a million events, $1.15 a GB; 30 days free.",
    "GuardDuty",
)
s3_events = part(
    THREATS,
    "S3Protection",
    "Threats to S3 objects, with GuardDuty. $1.16 a million object events; 30 days free.",
    "Objects in S3",
)
cluster_audit = part(
    THREATS,
    "EksProtection",
    "Threats to EKS clusters, with GuardDuty. Charged a million audit events: see GuardDuty's prices.",
    "EKS audit logs",
)
THREATS.choice(
    "AiProtection",
    "Threats to Bedrock and SageMaker AI, with GuardDuty: see its prices. not-offered: in this Region.",
    ["enabled", "disabled", "not-offered"],
    default="disabled",
    label="AI workloads",
)
ai = stack.condition("UseAiProtection", Equals(Ref("AiProtection"), "enabled"))
ai_offered = stack.condition("IsAiProtectionOffered", Not(Equals(Ref("AiProtection"), "not-offered")))
hub = part(
    SETTINGS,
    "SecurityHub",
    "Where findings meet. 10,000 findings a month free, then $0.00003 each; 30 days free.",
    "Security Hub",
)
best_practices = part(
    SETTINGS,
    "BestPractices",
    "AWS Foundational Security Best Practices, with Security Hub. $0.001 a check, and AWS Config.",
    "AWS Foundational Security Best Practices",
)
SETTINGS.choice(
    "CisBenchmark",
    "CIS AWS Foundations Benchmark of this version, with Security Hub. $0.001 a check, and AWS Config.",
    ["none", "5.0.0", "3.0.0"],
    label="CIS AWS Foundations Benchmark",
)
aggregated = part(
    SETTINGS,
    "FindingAggregation",
    "Findings of all Regions come to this one, with Security Hub. Free; what each Region finds is not.",
    "Findings of all Regions",
)
external = part(
    OUTSIDE,
    "ExternalAccess",
    "Who outside the account reaches what is in this Region. Free; stack compliance has it in its Region.",
    "Analyzer of external access",
)

stack.rule(
    "PlansNeedGuardDuty",
    [
        {
            "Assert": Or(Not(Equals(Ref(name), "enabled")), Equals(Ref("GuardDuty"), "enabled")),
            "AssertDescription": f"{name} is a part of GuardDuty: enable that too.",
        }
        for name in ("S3Protection", "EksProtection", "AiProtection")
    ],
)
stack.rule(
    "StandardsNeedSecurityHub",
    [
        {
            "Assert": Or(Equals(Ref(name), off), Equals(Ref("SecurityHub"), "enabled")),
            "AssertDescription": f"{name} is a part of Security Hub: enable that too.",
        }
        for name, off in (
            ("BestPractices", "disabled"),
            ("CisBenchmark", "none"),
            ("FindingAggregation", "disabled"),
        )
    ],
)

benchmark = stack.condition("UseCisBenchmark", Not(Equals(Ref("CisBenchmark"), "none")))

# --- What is always there -----------------------------------------------------------------------------------

# CloudFormation refuses a stack without a resource, and each part is off by default. It costs nothing.
stack.add(WaitConditionHandle("NothingElseYet"))

# --- Threats ------------------------------------------------------------------------------------------------


def plan(name: str, condition: str | None = None) -> CFNFeatureConfiguration:
    """A protection plan, on under a condition, else off: GuardDuty turns on what is not named."""
    return CFNFeatureConfiguration(
        Name=name, Status=If(condition, "ENABLED", "DISABLED") if condition else "DISABLED"
    )


stack.add(
    Detector(
        "Detector",
        Condition=threats,
        DeletionPolicy="Delete",
        Enable=True,
        FindingPublishingFrequency="FIFTEEN_MINUTES",
        Features=[
            plan("S3_DATA_EVENTS", s3_events),
            plan("EKS_AUDIT_LOGS", cluster_audit),
            plan("EBS_MALWARE_PROTECTION"),
            plan("RDS_LOGIN_EVENTS"),
            plan("LAMBDA_NETWORK_LOGS"),
            plan("RUNTIME_MONITORING"),
            # Its Regions are not documented; what one does with a plan that it lacks is not either.
            If(ai_offered, plan("AI_PROTECTION", ai), NoValue),
        ],
        Tags=[
            TagItem(Key="Project", Value=Ref("Project")),
            TagItem(Key="Environment", Value=Ref("Environment")),
            TagItem(Key="ManagedBy", Value="cfngen"),
            TagItem(Key="CostCenter", Value=Ref("CostCenter")),
        ],
    )
)

# --- Weak settings ------------------------------------------------------------------------------------------

stack.add(
    Hub(
        "Hub",
        Condition=hub,
        DeletionPolicy="Delete",
        EnableDefaultStandards=False,
        ControlFindingGenerator="SECURITY_CONTROL",
        AutoEnableControls=True,
        Tags={
            "Project": Ref("Project"),
            "Environment": Ref("Environment"),
            "ManagedBy": "cfngen",
            "CostCenter": Ref("CostCenter"),
        },
    )
)


def standard(logical_id: str, condition: str, name: str) -> None:
    """One standard; Security Hub must be there first, and goes last."""
    stack.add(
        Standard(
            logical_id,
            Condition=stack.condition(f"{condition}InHub", And(Condition(condition), Condition(hub))),
            DependsOn="Hub",
            DeletionPolicy="Delete",
            StandardsArn=Sub(f"arn:${{AWS::Partition}}:securityhub:${{AWS::Region}}::standards/{name}"),
        )
    )


standard("BestPracticesStandard", best_practices, "aws-foundational-security-best-practices/v/1.0.0")
standard("CisStandard", benchmark, "cis-aws-foundations-benchmark/v/${CisBenchmark}")
stack.add(
    FindingAggregator(
        "Aggregator",
        Condition=stack.condition("UseAggregatorInHub", And(Condition(aggregated), Condition(hub))),
        DependsOn="Hub",
        DeletionPolicy="Delete",
        RegionLinkingMode="ALL_REGIONS",
    )
)

# --- Access from outside ------------------------------------------------------------------------------------

stack.add(
    Analyzer(
        "ExternalAccessAnalyzer",
        Condition=external,
        DeletionPolicy="Delete",
        AnalyzerName=recipes.named("detection-external-access"),
        Type="ACCOUNT",
        Tags=_common.tags(),
    )
)

# --- Outputs ------------------------------------------------------------------------------------------------

recipes.export(stack, "DetectorId", "GuardDuty's detector", Ref("Detector"), condition=threats)
recipes.export(stack, "HubArn", "Security Hub", Ref("Hub"), condition=hub)
