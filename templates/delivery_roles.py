"""What the pipeline's CloudFormation may do, the ceiling over every role that it makes, and who verifies.

Deployed by a person, right after the audit trail and before every stack that has roles: those roles are
made under the boundary of this stack from the first day on.

Choices, where the obvious one is wrong:

- A stack of its own. The boundary has to exist before the roles, and the builds (stack delivery-pipeline)
  come last; and no build may change either.
- A role that the execution role makes has the boundary, or is not made; trust and attachments of a role
  without it cannot be changed either. But IAM has no condition key for the version of a policy
  (`iam:CreatePolicyVersion`, `iam:SetDefaultPolicyVersion`): a new version of a policy that is attached to a
  role without the boundary gives that role whatever the version says. So every role of every stack takes the
  boundary, and the policies of the few that do not are denied by name: the execution role, the builds'
  roles, CloudTrail's delivery role, AWS Config's own recorder role.
- CloudTrail's delivery role stays outside of the boundary, and out of reach: stack audit-trail is deployed
  before this one. It has two actions on one log group, and only CloudTrail takes it.
- The boundary denies what shortens, deletes or forges the audit trail's log group, to every role but the
  delivery role. Without that exception the delivery would stop, and every alarm with it.
- What people make without the boundary (RecorderRole=own, Auto Mode, the full-access policies) stays theirs
  to make.
- cloudformation.amazonaws.com is trusted plainly: a role is passed inside of its account only, so no stranger
  can send CloudFormation here, and AWS documents no source for stacks
  (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html). That no change
  set is made without the role is on the other side: `cloudformation:RoleArn`, in stack delivery-pipeline.
- Whoever runs `cfngen verify` needs to read how everything is set up, and no role under the boundary may. So
  the policy for it is of this stack, out of the pipeline's reach: for the build that deploys, and for a role
  that people take, which exists only where somebody is named.
- A stack keeps the execution role that it was last deployed with, and cannot be deleted without that role:
  this stack is deleted after all others but the audit trail.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
"""

from __future__ import annotations

from awacs import sts
from troposphere import GetAtt, If, NoValue, Ref, Sub
from troposphere.iam import ManagedPolicy, Role

from cfngen.define import iam, recipes
from cfngen.define.stack import Stack
from templates import _boundary, _common, _execution, _naming, _trail, _verifying
from templates._claims import delivery_roles as promises
from templates._claims import facts, table

stack = Stack(
    "Delivery roles: what CloudFormation works with for the pipeline, the boundary of roles, who verifies.",
    depends_on=["audit-trail"],
    termination_protection=True,
    protected=["ExecutionRole", "Boundary"],
)

# --- Parameters ---------------------------------------------------------------------------------------------

_common.add_common(stack)

TRAIL = stack.group("Names of the audit trail, as in its own stack")
STORES = stack.group("Names of other buckets, where their stacks were given any")

_trail.add_trail_name(TRAIL)
_trail.add_log_group_name(TRAIL)
_trail.add_delivery_role_name(TRAIL, "Role that CloudTrail delivers with.")
trail_bucket = recipes.existing_bucket(TRAIL, "TrailBucketName", "log", label="Trail bucket")
recipes.existing_bucket(TRAIL, "AccessLogBucketName", "acc", label="Access-log bucket")
data_bucket = recipes.existing_bucket(STORES, "DataBucketName", "dat", label="Data bucket")
model_bucket = recipes.existing_bucket(STORES, "ModelBucketName", "mdl", label="Model bucket")
results_bucket = recipes.existing_bucket(STORES, "ResultsBucketName", "qry", label="Query results bucket")
recipes.existing_bucket(STORES, "ConfigBucketName", "cfg", label="AWS Config bucket")
template_bucket = recipes.existing_bucket(STORES, "TemplateBucketName", "tpl", label="Template bucket")
recipes.existing_role(
    stack.group("Who verifies"),
    "VerifierRole",
    "Existing role, with its path, whose people may take the verifying role. Empty: nobody.",
)
verifier = stack.given("VerifierRole")


# --- The ceiling over the roles that are made ---------------------------------------------------------------

stack.add(
    ManagedPolicy(
        "Boundary",
        # Roles under it would be left with no ceiling.
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
        ManagedPolicyName=Sub(_naming.BOUNDARY),
        Description="The most that a role made by the pipeline can have",
        PolicyDocument=iam.policy(
            *_boundary.ceiling(
                [
                    recipes.bucket_arn(name)
                    for name in (data_bucket, model_bucket, Sub(_naming.ACCOUNT_BUCKET))
                ]
            )
        ),
    )
)

# --- What CloudFormation works with -------------------------------------------------------------------------

stack.add(
    Role(
        "ExecutionRole",
        DeletionPolicy="Delete",
        RoleName=Sub(_naming.EXECUTION_ROLE),
        Description="CloudFormation makes what the stacks contain",
        AssumeRolePolicyDocument=iam.service_trust("cloudformation.amazonaws.com"),
        Tags=_common.tags(),
    )
)
buckets = [
    Sub(f"arn:${{AWS::Partition}}:s3:::{_naming.P}-*"),
    *(
        If(f"Has{given}", Sub(f"arn:${{AWS::Partition}}:s3:::${{{given}}}"), NoValue)
        for given in (
            *("TrailBucketName", "AccessLogBucketName", "DataBucketName", "ModelBucketName"),
            *("ResultsBucketName", "ConfigBucketName"),
        )
    ),
]
for logical_id, suffix, description, statements in (
    (
        "WatchPolicy",
        "watch",
        "Look after trail, alarms, evidence, images and costs",
        [*_execution.reading(), *_execution.watching()],
    ),
    (
        "StorePolicy",
        "store",
        "Look after buckets and keys",
        _execution.storing(buckets, recipes.bucket_arn(template_bucket), results_bucket),
    ),
    (
        "EmpowerPolicy",
        "iam",
        "Make roles under the boundary, and their policies",
        _execution.empowering(_execution.global_arn("iam", f"policy/{_naming.BOUNDARY}")),
    ),
):
    stack.add(
        ManagedPolicy(
            logical_id,
            DeletionPolicy="Delete",
            ManagedPolicyName=recipes.named(f"cfn-{suffix}"),
            Description=description,
            Roles=[Ref("ExecutionRole")],
            PolicyDocument=iam.policy(*statements),
        )
    )

# --- Who verifies -------------------------------------------------------------------------------------------

stack.add(
    Role(
        "VerifyRole",
        Condition=verifier,
        DeletionPolicy="Delete",
        RoleName=Sub(_naming.VERIFY),
        Description="People who check whether the account is as the stacks promise",
        AssumeRolePolicyDocument=iam.policy(
            iam.allow(
                "People",
                [sts.AssumeRole],
                to=iam.account(),
                # A principal must exist when the policy is written; a role that is named here need not.
                when={"ArnEquals": {"aws:PrincipalArn": recipes.role_arn("${VerifierRole}")}},
            )
        ),
        Tags=_common.tags(),
    )
)
stack.add(
    ManagedPolicy(
        "VerifyPolicy",
        DeletionPolicy="Delete",
        ManagedPolicyName=Sub(_naming.VERIFY),
        Description="Read whether the account is as the stacks promise",
        Roles=If(verifier, [Ref("VerifyRole")], NoValue),
        PolicyDocument=iam.policy(*_verifying.statements(trail_bucket)),
    )
)

# --- Outputs ------------------------------------------------------------------------------------------------

recipes.export(
    stack, "ExecutionRoleArn", "Role that CloudFormation works with", GetAtt("ExecutionRole", "Arn")
)
recipes.export(stack, "BoundaryName", "PermissionsBoundary of the other stacks", Sub(_naming.BOUNDARY))

# --- Promises -----------------------------------------------------------------------------------------------

stack.claim(*facts.of_roles(stack), *facts.of_buckets(stack))
stack.claim(*table.claims(stack, "delivery-roles", promises.cases))
